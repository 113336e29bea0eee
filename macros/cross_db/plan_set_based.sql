{#
    A statement before each model for planners that take a step in the middle of a query for a
    small one, and then join it row by row: thousands of rows took a minute. Empty where none is
    needed.
#}
{% macro plan_set_based() -%}
    {{ return(adapter.dispatch('plan_set_based', 'headless_crm')()) }}
{%- endmacro %}

{% macro default__plan_set_based() -%}
    {{ return('') }}
{%- endmacro %}

{# Until its transaction ends. Before version 18 the setting makes costs that start the JIT compiler. #}
{% macro postgres__plan_set_based() -%}
    {{ return('set local enable_nestloop = off; set local jit = off') }}
{%- endmacro %}
