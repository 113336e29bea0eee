{#
    The end of a subquery that narrows a large table to few rows, for planners that else may choose
    how to read it by what the query around it does, such as in the order of a sort: all of it, by
    an index. And of one whose columns are dear to compute, for planners that else compute them
    wherever the query around it names them. DuckDB looks into an index by one condition alone, so
    that single events need the others kept apart from it; to a build, all rows are many.
#}
{% macro planned_alone() -%}
    {{ return(adapter.dispatch('planned_alone', 'headless_crm')()) }}
{%- endmacro %}

{% macro default__planned_alone() -%}
    {{ return('offset 0' if var('build_mode', none) else '') }}
{%- endmacro %}

{% macro postgres__planned_alone() -%}
    {{ return('offset 0') }}
{%- endmacro %}

{#
    A column, where rows are filtered by it that were narrowed by it before: DuckDB would hand the
    second filter down to the table, which has an index for one.
#}
{% macro narrowed_before(column) -%}
    {{ return(adapter.dispatch('narrowed_before', 'headless_crm')(column)) }}
{%- endmacro %}

{% macro default__narrowed_before(column) -%}
    {{ return(column ~ " || ''") }}
{%- endmacro %}

{% macro postgres__narrowed_before(column) -%}
    {{ return(column) }}
{%- endmacro %}
