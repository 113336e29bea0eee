-- Grain: (event, row, type, value), for every version of the event; a row is a person of the list.
{{ config(unique_key=['id', 'is_current'], scope='event_id') }}

with records as (
    select * from {{ upstream('manual_events_parsed') }} as manual_events_parsed
    where dead_letter_reason is null
),

listed as (
    {{ listed_identifiers('records', upstream('manual_entity_identifiers'), 'person') }}
),

identifier_rows as (
    {{ identifier_rows('listed', 'person', 'manual', 'manual_events_raw') }}
)

select * from identifier_rows
