{# The statement that makes a temporary table, which only this connection sees, from a select. #}
{% macro temporary_table(name, select_sql) -%}
    {{ return(adapter.dispatch('temporary_table', 'headless_crm')(name, select_sql)) }}
{%- endmacro %}

{% macro default__temporary_table(name, select_sql) -%}
    create or replace temporary table {{ name }} as {{ select_sql }}
{%- endmacro %}

{# Without statistics the planner takes a new table for a small one. #}
{% macro postgres__temporary_table(name, select_sql) -%}
    drop table if exists pg_temp.{{ name }};
    create temporary table {{ name }} as {{ select_sql }};
    analyze {{ name }}
{%- endmacro %}
