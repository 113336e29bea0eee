{# The statements that index a new table by columns, or lists of them, where the warehouse has indexes to gain from. #}
{% macro index_statements(relation, columns) -%}
    {{ return(adapter.dispatch('index_statements', 'headless_crm')(relation, columns)) }}
{%- endmacro %}

{# A columnar engine skips what it need not read by each block's range of values. #}
{% macro default__index_statements(relation, columns) -%}
    {{ return([]) }}
{%- endmacro %}

{% macro postgres__index_statements(relation, columns) -%}
    {%- set statements = [] -%}
    {%- for names in columns -%}
        {%- do statements.append('create index on ' ~ relation ~ ' (' ~ names ~ ')') -%}
    {%- endfor -%}
    {{ return(statements + ['analyze ' ~ relation]) }}
{%- endmacro %}
