-- Grain: (id, content) of what landed.
{{ config(appends=true, unique_key=['id', 'record_hash'], full_refresh=var('rebuild_raw')) }}

with source_rows as (
    {{ source_rows(source('gadget', 'gadget_shops')) }}
),

-- One row a version of a shop: a bare shop id gets its version from the record's updatedAt.
keyed as (
    select
        coalesce(
            case
                when source_id is null or source_id = {{ record_id() }}
                    then {{ record_id() }} || '-' || coalesce(
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

raw_rows as (
    {{ raw_rows('keyed') }}
)

select * from raw_rows
