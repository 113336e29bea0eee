-- Grain: (event, identifier, trait). Trait names are an open set.
with records as (
    select * from {{ ref('manual_events_parsed') }}
    where is_current
),

listed as (
    {{ listed_traits('records', ref('manual_entities'), 'person') }}
),

identifiers as (
    select * from {{ ref('manual_person_identifiers') }}
    where is_current and identifier_value is not null
),

traits as (
    {{ trait_rows('listed', 'identifiers') }}
)

select * from traits
