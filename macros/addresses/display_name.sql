{# A name in single spaces, without the single quotes that Outlook puts around some. #}
{% macro display_name(expression) -%}
    {%- set spaced = headless_crm.regex_replace(expression, '\\s+', ' ') -%}
    {{ headless_crm.regex_replace(spaced, '^ ?\\x27+ ?(.*?) ?\\x27+ ?$|^ | $', '\\1') }}
{%- endmacro %}
