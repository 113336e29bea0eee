{#
    The end of a subquery that narrows a large table to few rows, for planners that else may choose
    how to read it by what the query around it does, such as in the order of a sort: all of it, by
    an index. And of one whose columns are dear to compute, for planners that else compute them
    wherever the query around it names them.
#}
{% macro planned_alone() -%}
    {{ return(adapter.dispatch('planned_alone', 'headless_crm')()) }}
{%- endmacro %}

{% macro default__planned_alone() -%}
    {{ return('') }}
{%- endmacro %}

{% macro postgres__planned_alone() -%}
    {{ return('offset 0') }}
{%- endmacro %}
