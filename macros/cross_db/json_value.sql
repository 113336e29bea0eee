{# The JSON value at a dotted path of a JSON text; null where it is absent or JSON's null. #}
{% macro json_value(json, path) -%}
    {{ return(adapter.dispatch('json_value', 'headless_crm')(json, path)) }}
{%- endmacro %}

{% macro default__json_value(json, path) -%}
    nullif(cast(json_extract({{ json }}, '{{ headless_crm.json_path(path) }}') as varchar), 'null')
{%- endmacro %}
