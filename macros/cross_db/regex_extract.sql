{# The first group of an RE2 pattern's first match, null where it does not match. #}
{% macro regex_extract(expression, pattern) -%}
    {{ return(adapter.dispatch('regex_extract', 'headless_crm')(expression, pattern)) }}
{%- endmacro %}

{% macro default__regex_extract(expression, pattern) -%}
    nullif(regexp_extract({{ expression }}, '{{ pattern }}', 1), '')
{%- endmacro %}

{% macro postgres__regex_extract(expression, pattern) -%}
    nullif(regexp_substr(({{ expression }}) collate "C", '{{ headless_crm.postgres_pattern(pattern) }}', 1, 1, '', 1), '')
{%- endmacro %}
