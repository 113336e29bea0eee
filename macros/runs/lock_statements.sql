{#
    The statements that take the writer lock for a run, if nobody holds it or its holder is gone,
    and enter the run in the ledger. Stamps rise strictly, whatever the clock does. `holder`, the
    run's id, and `kind` are SQL, of a literal or a bound value.

    The ledger has a row for each transaction of single events. It is looked up by stamps, which are
    written in their order, so that an engine without indexes reads the end of it. The run before,
    which had the previous stamp, is the only one that can have died with the lock.
#}
{% macro lock_statements(holder, kind) -%}
    {%- set lock = headless_crm.state_table('writer_lock') -%}
    {%- set take -%}
        update {{ lock }}
        set
            holder = {{ holder }},
            kind = {{ kind }},
            previous_stamp = stamp,
            stamp = greatest({{ headless_crm.utc_now() }}, {{ dbt.dateadd('microsecond', 1, 'stamp') }}),
            renewed_at = {{ headless_crm.utc_now() }},
            session_id = {{ headless_crm.session_id() }}
        where holder is null or {{ headless_crm.holder_is_gone() }}
    {%- endset -%}
    {%- set enter -%}
        insert into {{ headless_crm.state_table('ledger') }} (stamp, run_id, kind, started_at, status)
        select stamp, holder, kind, renewed_at, 'running' from {{ lock }}
        where
            holder = {{ holder }}
            and (select count(*) from {{ headless_crm.state_table('ledger') }} where {{ headless_crm.is_run_of(holder) }}) = 0
    {%- endset -%}
    {%- set bury -%}
        update {{ headless_crm.state_table('ledger') }} set status = 'died'
        where status = 'running' and {{ headless_crm.is_run_of(holder, 'previous_stamp') }}
    {%- endset -%}
    {{ return([take, enter, bury]) }}
{%- endmacro %}

{% macro unlock_statements(holder, status) -%}
    {%- set close -%}
        update {{ headless_crm.state_table('ledger') }}
        set status = {{ status }}, finished_at = {{ headless_crm.utc_now() }}
        where {{ headless_crm.is_run_of(holder) }}
    {%- endset -%}
    {%- set release -%}
        update {{ headless_crm.state_table('writer_lock') }} set holder = null where holder = {{ holder }}
    {%- endset -%}
    {{ return([close, release]) }}
{%- endmacro %}

{# Whether an entry of the ledger is that of the lock's holder, or of the run before. #}
{% macro is_run_of(holder, stamp='stamp') -%}
    stamp in (select {{ stamp }} from {{ headless_crm.state_table('writer_lock') }} where holder = {{ holder }})
{%- endmacro %}

{% macro lock_holder() -%}
    select kind, renewed_at from {{ headless_crm.state_table('writer_lock') }}
{%- endmacro %}

{#
    Before a model writes: the lock is renewed, where it lapses by the clock, and is still ours. A
    run that was taken for dead stops here.
#}
{% macro keep_lock() -%}
    {%- set renew = headless_crm.renew_statement(headless_crm.run_id()) -%}
    {%- if renew -%}{%- do headless_crm.in_one_transaction([renew]) -%}{%- endif -%}
    {%- if not headless_crm.holds_lock() -%}
        {{ exceptions.raise_compiler_error(
            "This run no longer holds the writer lock: another run took it for dead. Run again."
        ) }}
    {%- endif -%}
{%- endmacro %}
