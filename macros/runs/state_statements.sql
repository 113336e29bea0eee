{#
    The tables of the runs' own state. None of them is rebuilt by a full refresh:

    writer_lock       one row: who writes now, the last stamp that was given out, and the one before
    ledger            a run; crm build notes there the recipe of rows that it made anew
    watermarks        (model, upstream): up to which stamp, or synced_at of a source, it has read
    identity_journal  what a run changed of an id
    failed_events     single events that the warehouse could not process, for a batch or another try
#}
{% macro state_tables() -%}
    {%- set text = dbt.type_string() -%}
    {{ return({
        'writer_lock': 'holder ' ~ text ~ ', kind ' ~ text ~ ', stamp timestamp, renewed_at timestamp, session_id bigint, previous_stamp timestamp',
        'ledger': 'stamp timestamp, run_id ' ~ text ~ ', kind ' ~ text ~ ', started_at timestamp, finished_at timestamp, '
            ~ 'status ' ~ text ~ ', recipe ' ~ text,
        'watermarks': 'model ' ~ text ~ ', upstream ' ~ text ~ ', absorbed timestamp',
        'identity_journal': 'stamp timestamp, run_id ' ~ text ~ ', entity ' ~ text ~ ', change ' ~ text ~ ', id ' ~ text
            ~ ', other_id ' ~ text ~ ', identifiers bigint, event_id ' ~ text,
        'failed_events': 'source ' ~ text ~ ', id ' ~ text ~ ', reason ' ~ text
            ~ ', attempts bigint, first_failed_at timestamp, last_failed_at timestamp',
    }) }}
{%- endmacro %}

{# The statements that make them. They lock tables, and so are for a warehouse that lacks one. #}
{% macro state_statements() -%}
    {%- set lock = headless_crm.state_table('writer_lock') -%}
    {%- set tables = headless_crm.state_tables() -%}
    {%- set statements = [] -%}
    {%- for name, columns in tables.items() -%}
        {%- do statements.append('create table if not exists ' ~ headless_crm.state_table(name) ~ ' (' ~ columns ~ ')') -%}
    {%- endfor -%}
    {%- set first -%}
        insert into {{ lock }} (stamp)
        select cast('0001-01-01' as timestamp)
        where not exists (select 1 from {{ lock }})
    {%- endset -%}
    {{ return(statements + headless_crm.state_index_statements() + [first]) }}
{%- endmacro %}
