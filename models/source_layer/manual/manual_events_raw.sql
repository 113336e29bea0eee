{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    full_refresh=var('rebuild_raw'),
) }}

with source_rows as (
    select
        nullif(trim(cast(id as {{ dbt.type_string() }})), '') as source_id,
        cast(record as {{ dbt.type_string() }}) as record,
        {{ valid_json('record') }} as json,
        {{ utc_timestamp('synced_at') }} as synced_at
    from {{ source('manual', 'manual_events') }}
),

keyed as (
    select
        coalesce(source_id, {{ json_text('json', 'id') }}, md5(record)) as id,
        record,
        synced_at
    from source_rows
),

landings as (
    {{ first_landings('keyed') }}
)

select
    id,
    record,
    record_hash,
    synced_at,
    {{ run_stamp() }} as _ingested_at
from landings
where {{ incremental_source_filter('landings') }}
