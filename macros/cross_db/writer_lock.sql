{# What the writer lock needs of a warehouse: see lock_statements. #}
{% macro utc_now() -%}
    {{ return(adapter.dispatch('utc_now', 'headless_crm')()) }}
{%- endmacro %}

{% macro default__utc_now() -%}
    cast(current_timestamp at time zone 'UTC' as timestamp)
{%- endmacro %}

{# The transaction's start would be too early after a wait. #}
{% macro postgres__utc_now() -%}
    (clock_timestamp() at time zone 'UTC')
{%- endmacro %}

{# The session that stays open as long as the run lives, where there is one: null if none is known. #}
{% macro session_id() -%}
    {{ return(adapter.dispatch('session_id', 'headless_crm')()) }}
{%- endmacro %}

{% macro default__session_id() -%}
    cast(null as bigint)
{%- endmacro %}

{#
    `crm build` keeps a session open, which holds an advisory lock of ours under its own number, and
    tells dbt's of it by this setting.
#}
{% macro postgres__session_id() -%}
    cast(nullif(current_setting('crm.session_id', true), '') as bigint)
{%- endmacro %}

{# Whether the run that is written in the lock lives no more. #}
{% macro holder_is_gone() -%}
    {{ return(adapter.dispatch('holder_is_gone', 'headless_crm')()) }}
{%- endmacro %}

{# A process owns the file: whoever reads this is the only one alive. #}
{% macro default__holder_is_gone() -%}
    true
{%- endmacro %}

{% macro postgres__holder_is_gone() -%}
    case
        when session_id is null
            then renewed_at < {{ headless_crm.utc_now() }} - {{ var('lock_lapse_minutes') }} * interval '1 minute'
        else not exists (
            select 1 from pg_locks
            where locktype = 'advisory' and classid = 6517357 and cast(objid as bigint) = session_id and pid = session_id
        )
    end
{%- endmacro %}

{# The statement that renews a lock which lapses by the clock; none where no lock does. #}
{% macro renew_statement(holder) -%}
    {{ return(adapter.dispatch('renew_statement', 'headless_crm')(holder)) }}
{%- endmacro %}

{% macro default__renew_statement(holder) -%}
    {{ return(none) }}
{%- endmacro %}

{% macro postgres__renew_statement(holder) -%}
    update {{ headless_crm.state_table('writer_lock') }} set renewed_at = {{ headless_crm.utc_now() }}
    where holder = {{ holder }}
{%- endmacro %}

{# A second's wait where another process can hold the lock; a DuckDB file has one process. #}
{% macro pause() -%}
    {{ return(adapter.dispatch('pause', 'headless_crm')()) }}
{%- endmacro %}

{% macro default__pause() -%}
    select 1
{%- endmacro %}

{% macro postgres__pause() -%}
    select pg_sleep(1)
{%- endmacro %}
