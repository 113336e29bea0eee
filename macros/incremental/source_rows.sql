{#
    The rows of a source table: `source_id` (null where the loader gave none), `record` as it came,
    `json` (the same, or null where it is no JSON object) and `synced_at` in UTC. A delta looks at
    those since the newest `synced_at` that was seen, less a lookback, since rows can become visible
    late; a full refresh, and a run for one event, at all.
#}
{% macro source_rows(table) -%}
    {%- set mode = headless_crm.build_mode() -%}
    {%- set windows = [] -%}
    {%- if mode == 'delta' and not flags.FULL_REFRESH and headless_crm.single_event() is none -%}
        {%- set source_node = {'name': model.sources[0][1]} -%}
        {#- A day more, for columns of times without a zone: this only has to be early enough. -#}
        {%- set since = dbt.dateadd('day', -1 - var('lookback_days'), headless_crm.watermark(model, source_node)) -%}
        {%- do windows.extend([headless_crm.landed_since('synced_at', since), 'synced_at is null']) -%}
    {%- endif -%}
    {%- for window in windows or ['true'] %}
    select
        nullif(trim(cast(id as {{ dbt.type_string() }})), '') as source_id,
        cast(record as {{ dbt.type_string() }}) as record,
        {{ headless_crm.valid_json('record') }} as json,
        {{ headless_crm.utc_timestamp('synced_at') }} as synced_at
    from {{ table }}
    where {{ window }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{# The one source row that a run is for, by the var `event_id` or `realtime_event_id`; or none. #}
{% macro single_event() -%}
    {{ return(var('event_id', none) or var('realtime_event_id', none)) }}
{%- endmacro %}
