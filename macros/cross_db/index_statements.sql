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

{#
    The statements that index a model's table before single events, where it has no indexes yet: a
    columnar engine gains from them when it looks for a few rows, and pays for them at each build. A
    raw model's table has none, since it could get no new column then.
#}
{% macro event_index_statements(node) -%}
    {{ return(adapter.dispatch('event_index_statements', 'headless_crm')(node)) }}
{%- endmacro %}

{% macro default__event_index_statements(node) -%}
    {%- set statements = [] -%}
    {%- for names in headless_crm.lookups(node) if names != '_ingested_at' and not node.config.get('appends') -%}
        {%- set column = names.split(', ')[0] -%}
        {%- do statements.append(
            'create index if not exists ' ~ node.alias ~ '__' ~ column ~ ' on ' ~ headless_crm.relation_of(node) ~ ' (' ~ column ~ ')'
        ) -%}
    {%- endfor -%}
    {{ return(statements | unique | list) }}
{%- endmacro %}

{% macro postgres__event_index_statements(node) -%}
    {{ return([]) }}
{%- endmacro %}

{# The statements that index a table by an expression whose values may be too long for a tree. #}
{% macro hash_index_statements(relation, expression) -%}
    {{ return(adapter.dispatch('hash_index_statements', 'headless_crm')(relation, expression)) }}
{%- endmacro %}

{% macro default__hash_index_statements(relation, expression) -%}
    {{ return([]) }}
{%- endmacro %}

{% macro postgres__hash_index_statements(relation, expression) -%}
    {{ return(['create index on ' ~ relation ~ ' using hash ((' ~ expression ~ '))']) }}
{%- endmacro %}

{# The statements that index the tables of the runs' own state, where that is not done yet. #}
{% macro state_index_statements() -%}
    {{ return(adapter.dispatch('state_index_statements', 'headless_crm')()) }}
{%- endmacro %}

{% macro default__state_index_statements() -%}
    {{ return([]) }}
{%- endmacro %}

{% macro postgres__state_index_statements() -%}
    {%- set statements = [] -%}
    {%- for table, columns in [('identity_journal', 'id'), ('identity_journal', 'other_id'), ('ledger', 'stamp'), ('ledger', 'run_id'), ('ledger', 'status'), ('watermarks', 'model')] -%}
        {%- do statements.append(
            'create index if not exists ' ~ table ~ '_' ~ columns ~ ' on ' ~ headless_crm.state_table(table) ~ ' (' ~ columns ~ ')'
        ) -%}
    {%- endfor -%}
    {{ return(statements) }}
{%- endmacro %}
