{# Replace every match of an RE2 pattern; `\1` in the replacement is the first group. #}
{% macro regex_replace(expression, pattern, replacement) -%}
    {{ return(adapter.dispatch('regex_replace', 'headless_crm')(expression, pattern, replacement)) }}
{%- endmacro %}

{% macro default__regex_replace(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro postgres__regex_replace(expression, pattern, replacement) -%}
    regexp_replace(({{ expression }}) collate "C", '{{ headless_crm.postgres_pattern(pattern) }}', '{{ replacement }}', 'g')
{%- endmacro %}
