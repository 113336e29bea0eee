{# Does an RE2 pattern match anywhere in the text? Anchor it to match all of the text. #}
{% macro regex_matches(expression, pattern) -%}
    {{ return(adapter.dispatch('regex_matches', 'headless_crm')(expression, pattern)) }}
{%- endmacro %}

{% macro default__regex_matches(expression, pattern) -%}
    regexp_matches({{ expression }}, '{{ pattern }}')
{%- endmacro %}

{% macro postgres__regex_matches(expression, pattern) -%}
    (({{ expression }}) collate "C" ~ '{{ headless_crm.postgres_pattern(pattern) }}')
{%- endmacro %}
