{# A text in which * stands for anything, as a pattern for `matches_wildcard`. #}
{% macro wildcard_pattern(text) -%}
    replace(replace(replace(replace({{ text }}, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%')
{%- endmacro %}

{% macro matches_wildcard(text, pattern) -%}
    {{ text }} like {{ pattern }} escape '\'
{%- endmacro %}
