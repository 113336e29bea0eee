{#
    The condition by which a raw model takes source rows: on an incremental run those from the
    newest `synced_at` taken so far, less a lookback, that are not there already by `key`. Rows
    with equal times and late commits are so taken once. A full refresh looks at every row.

    The vars `event_id` or `realtime_event_id` narrow it to one source row.
#}
{% macro incremental_source_filter(relation, source_field='synced_at', key=['id', 'record_hash']) -%}
    true
    {%- set event_id = var('event_id', none) or var('realtime_event_id', none) %}
    {%- if event_id is not none %}
    and {{ relation }}.id = {{ dbt.string_literal(dbt.escape_single_quotes(event_id | string)) }}
    {%- endif %}
    {%- if is_incremental() %}
    {%- if not flags.FULL_REFRESH and event_id is none %}
    and (
        {{ relation }}.{{ source_field }} is null
        or {{ relation }}.{{ source_field }} >= (
            select
                coalesce(
                    {{ dbt.dateadd('day', -1 * var('lookback_days'), 'max(' ~ source_field ~ ')') }},
                    cast('0001-01-01' as timestamp)
                )
            from {{ this }}
        )
    )
    {%- endif %}
    and not exists (
        select 1
        from {{ this }} as taken
        where
            {%- for column in key %}
            taken.{{ column }} = {{ relation }}.{{ column }}
            {%- if not loop.last %} and{% endif %}
            {%- endfor %}
    )
    {%- endif %}
{%- endmacro %}
