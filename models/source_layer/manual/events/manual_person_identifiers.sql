-- Grain: (event, row, type, value), for every version of the event; a row is a person of the list.
with records as (
    select * from {{ ref('manual_events_parsed') }}
    where dead_letter_reason is null
),

listed as (
    select
        identifiers.event_id,
        identifiers.row_id,
        identifiers.identifier_type,
        identifiers.raw_value,
        cast(null as {{ dbt.type_string() }}) as role,
        records.occurred_at,
        records.is_current,
        records.synced_at,
        records._ingested_at
    from {{ ref('manual_entity_identifiers') }} as identifiers
    inner join records
        on identifiers.id = records.id and identifiers.record_hash = records.record_hash
    where identifiers.entity = 'person'
),

normalized as (
    {{ normalize_identifiers('listed') }}
),

identifier_rows as (
    {{ identifier_rows('normalized', 'manual', 'manual_events_raw') }}
)

select * from identifier_rows
