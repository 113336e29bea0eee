-- Grain: (version of a landed row, entity, position, type, raw value). Types are an open set.
-- They are normalised here once, for persons and groups.
{{ config(unique_key=['row_id', 'record_hash', 'identifier_type', 'raw_value'], scope='id') }}

with entities as (
    select
        id,
        record_hash,
        event_id,
        entity,
        row_id,
        identifiers
    from {{ upstream('manual_entities') }} as manual_entities
),

identifier_types as (
    {{ json_object_fields('entities', 'identifiers') }}
),

identifier_values as (
    {{ json_array_items('identifier_types', 'field_value') }}
),

texts as (
    select
        *,
        {{ json_text('item') }} as raw_value
    from identifier_values
    {{ planned_alone() }}
),

listed as (
    select distinct
        id,
        record_hash,
        event_id,
        entity,
        row_id,
        {{ lower_text(strip_space('field')) }} as identifier_type,
        raw_value
    from texts
    where raw_value is not null
),

normalized as (
    {{ normalize_identifiers('listed') }}
)

select * from normalized
