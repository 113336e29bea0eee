{#
    Whether a row's `synced_at`, of whatever type the loader used, is at or after a time; a bound
    that an index can serve, and so only as exact as the type is about its zone.
#}
{% macro landed_since(synced_at, moment) -%}
    {{ return(adapter.dispatch('landed_since', 'headless_crm')(synced_at, moment)) }}
{%- endmacro %}

{% macro default__landed_since(synced_at, moment) -%}
    try_cast({{ synced_at }} as timestamp) >= {{ moment }}
{%- endmacro %}

{# With an end, or the planner takes it for a third of the table; the function is inlined. #}
{% macro postgres__landed_since(synced_at, moment) -%}
    {%- set landed = headless_crm.own_function('as_timestamp') ~ '(' ~ synced_at ~ ')' -%}
    ({{ landed }} >= {{ moment }} and {{ landed }} <= (select cast('infinity' as timestamp)))
{%- endmacro %}

{% macro postgres_as_timestamp(type, expression) -%}
    create or replace function {{ headless_crm.own_function('as_timestamp') }}(given {{ type }}) returns timestamp
    language sql immutable as $function$ select {{ expression }} $function$
{%- endmacro %}
