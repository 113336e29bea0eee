{#
    Whether a row's `synced_at`, of whatever type the loader used, is at or after a time; a bound
    that an index can serve, and so only as exact as the type is about its zone. Text is read as it
    is everywhere: rows that one reading knew and another did not would never be taken.
#}
{% macro landed_since(synced_at, moment) -%}
    {{ return(adapter.dispatch('landed_since', 'headless_crm')(synced_at, moment)) }}
{%- endmacro %}

{# The type is known before the query runs, so that nothing but the branch for it remains. #}
{% macro default__landed_since(synced_at, moment) -%}
    case
        when starts_with(typeof({{ synced_at }}), 'TIMESTAMP') then try_cast({{ synced_at }} as timestamp)
        else {{ headless_crm.utc_timestamp(synced_at) }}
    end >= {{ moment }}
{%- endmacro %}

{# With an end, or the planner takes it for a third of the table; the function is inlined. #}
{% macro postgres__landed_since(synced_at, moment) -%}
    {%- set landed = headless_crm.own_function('as_timestamp') ~ '(' ~ synced_at ~ ')' -%}
    ({{ landed }} >= {{ moment }} and {{ landed }} <= (select cast('infinity' as timestamp)))
{%- endmacro %}

{# Whether a row's `synced_at` is none, or text that is no time: no bound finds such a row. #}
{% macro landed_without_time(synced_at) -%}
    {{ return(adapter.dispatch('landed_without_time', 'headless_crm')(synced_at)) }}
{%- endmacro %}

{% macro default__landed_without_time(synced_at) -%}
    case
        when starts_with(typeof({{ synced_at }}), 'TIMESTAMP') then {{ synced_at }} is null
        else {{ headless_crm.utc_timestamp(synced_at) }} is null
    end
{%- endmacro %}

{% macro postgres__landed_without_time(synced_at) -%}
    {{ headless_crm.own_function('is_no_timestamp') }}({{ synced_at }})
{%- endmacro %}

{# Of what `synced_at` can be, the time and whether it is none, each in words that an index on it serves. #}
{% macro postgres_as_timestamp(type, expression, is_none='given is null') -%}
    create or replace function {{ headless_crm.own_function('as_timestamp') }}(given {{ type }}) returns timestamp
    language sql immutable as $function$ select {{ expression }} $function$;
    create or replace function {{ headless_crm.own_function('is_no_timestamp') }}(given {{ type }}) returns boolean
    language sql immutable as $function$ select {{ is_none }} $function$
{%- endmacro %}
