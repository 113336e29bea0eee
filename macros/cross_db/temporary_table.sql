{#
    A temporary table, which only this connection sees, with the rows of a select: one of the
    statements of a step, which whoever runs them turns into what suits its warehouse.
#}
{% macro temporary_table(name, select_sql) -%}
    {{ return({'table': name, 'select': select_sql}) }}
{%- endmacro %}

{# The text of a step's statements, temporary tables among them. #}
{% macro sql_of(statements) -%}
    {%- set texts = [] -%}
    {%- for statement in statements -%}
        {%- do texts.append(
            headless_crm.make_temporary(statement.table, statement.select) if statement is mapping else statement
        ) -%}
    {%- endfor -%}
    {{ return(texts | join(';\n')) }}
{%- endmacro %}

{% macro make_temporary(name, select_sql) -%}
    {{ return(adapter.dispatch('make_temporary', 'headless_crm')(name, select_sql)) }}
{%- endmacro %}

{% macro default__make_temporary(name, select_sql) -%}
    create or replace temporary table {{ name }} as {{ select_sql }}
{%- endmacro %}

{# Without statistics the planner takes a new table for a small one. #}
{% macro postgres__make_temporary(name, select_sql) -%}
    drop table if exists pg_temp.{{ name }};
    create temporary table {{ name }} as {{ select_sql }};
    analyze {{ name }}
{%- endmacro %}

{#
    Whether the steps of single events find the temporary tables of those before them: PostgreSQL runs
    each step as one statement, and theirs are parts of it.
#}
{% macro changes_outlast_steps() -%}
    {{ return(adapter.dispatch('changes_outlast_steps', 'headless_crm')()) }}
{%- endmacro %}

{% macro default__changes_outlast_steps() -%}{{ return(true) }}{%- endmacro %}

{% macro postgres__changes_outlast_steps() -%}{{ return(false) }}{%- endmacro %}
