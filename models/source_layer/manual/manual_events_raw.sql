-- Grain: (id, content) of what landed.
{{ config(appends=true, unique_key=['id', 'record_hash'], full_refresh=var('rebuild_raw')) }}

with source_rows as (
    {{ source_rows(source('manual', 'manual_events')) }}
),

keyed as (
    select
        coalesce(source_id, {{ record_id() }}, md5(record)) as id,
        record,
        synced_at
    from source_rows
),

raw_rows as (
    {{ raw_rows('keyed') }}
)

select * from raw_rows
