{# A text as a quoted and escaped JSON string. #}
{% macro json_string(expression) -%}
    {{ return(adapter.dispatch('json_string', 'headless_crm')(expression)) }}
{%- endmacro %}

{% macro default__json_string(expression) -%}
    cast(to_json({{ expression }}) as varchar)
{%- endmacro %}
