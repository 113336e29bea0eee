-- Grain: (event, identifier, trait). Trait names are an open set.
with records as (
    select * from {{ ref('manual_events_parsed') }}
    where is_current
),

entities as (
    select
        entities.row_id,
        entities.traits
    from {{ ref('manual_entities') }} as entities
    inner join records
        on entities.id = records.id and entities.record_hash = records.record_hash
    where entities.entity = 'person'
),

trait_fields as (
    {{ json_object_fields('entities', 'traits') }}
),

long as (
    select
        row_id,
        field as trait_name,
        {{ json_text('field_value') }} as trait_value
    from trait_fields
),

identifiers as (
    select * from {{ ref('manual_person_identifiers') }}
    where is_current and identifier_value is not null
),

traits as (
    {{ trait_rows('long', 'identifiers') }}
)

select * from traits
