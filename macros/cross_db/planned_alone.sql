{#
    Ends a subquery that must be planned by itself: one that narrows a large table by an index, which
    a sort around it may make a planner ignore; or one whose columns are dear, which would be computed
    again wherever the query around it names them. DuckDB looks into an index by one condition alone,
    so that single events need it there, to keep other conditions apart; builds don't.
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
