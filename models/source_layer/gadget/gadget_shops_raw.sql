{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    full_refresh=var('rebuild_raw'),
) }}

with source_rows as (
    {{ source_rows(source('gadget', 'gadget_shops')) }}
),

-- One row a version of a shop: a bare shop id gets its version from the record's updatedAt.
keyed as (
    select
        coalesce(
            case
                when source_id is null or source_id = {{ json_text('json', 'id') }}
                    then {{ json_text('json', 'id') }} || '-' || coalesce(
                        {{ json_text('json', 'updatedAt') }}, {{ json_text('json', '_all.updatedAt') }}
                    )
            end,
            source_id,
            md5(record)
        ) as id,
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
