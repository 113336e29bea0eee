{#
    A text that is to be compared with columns by an index, whichever way they are told to sort: a
    column that came out of `binary_order` keeps that way, an index on another column can't serve it.
#}
{% macro without_collation(text) -%}
    {{ return(adapter.dispatch('without_collation', 'headless_crm')(text)) }}
{%- endmacro %}

{% macro default__without_collation(text) -%}
    {{ text }}
{%- endmacro %}

{% macro postgres__without_collation(text) -%}
    {{ text }} collate "default"
{%- endmacro %}
