{#
    A text as orders and comparisons take it where they decide about rows: by its bytes, whatever
    the locale of the warehouse.
#}
{% macro binary_order(text) -%}
    {{ return(adapter.dispatch('binary_order', 'headless_crm')(text)) }}
{%- endmacro %}

{% macro default__binary_order(text) -%}
    {{ text }}
{%- endmacro %}

{% macro postgres__binary_order(text) -%}
    ({{ text }}) collate "C"
{%- endmacro %}
