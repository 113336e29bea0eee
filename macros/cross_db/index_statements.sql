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

{# The statements that index a source table by its rows' ids, which may be too long for a tree. #}
{% macro source_id_index(relation) -%}
    {{ return(adapter.dispatch('source_id_index', 'headless_crm')(relation)) }}
{%- endmacro %}

{% macro default__source_id_index(relation) -%}
    {{ return([]) }}
{%- endmacro %}

{% macro postgres__source_id_index(relation) -%}
    {{ return(['create index on ' ~ relation ~ ' using hash ((' ~ headless_crm.source_id() ~ '))']) }}
{%- endmacro %}
