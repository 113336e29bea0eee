-- Grain: (event, identifier, trait). Trait names are an open set.
{{ config(materialized='ephemeral', scope='event_id') }}

with records as (
    select * from {{ upstream('manual_events_parsed') }} as manual_events_parsed
    where is_current
),

listed as (
    {{ listed_traits('records', upstream('manual_entities'), 'person') }}
),

identifiers as (
    select * from {{ upstream('manual_person_identifiers') }} as manual_person_identifiers
    where is_current and identifier_value is not null
),

traits as (
    {{ trait_rows('listed', 'identifiers') }}
)

select * from traits
