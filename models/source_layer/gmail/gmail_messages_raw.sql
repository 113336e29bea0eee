{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    full_refresh=var('rebuild_raw'),
) }}

with source_rows as (
    {{ source_rows(source('gmail', 'gmail_messages')) }}
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
