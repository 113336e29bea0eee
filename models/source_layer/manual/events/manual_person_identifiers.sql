-- Grain: (event, row, type, value), for every version of the event; a row is a person of the list.
with records as (
    select * from {{ ref('manual_events_parsed') }}
    where dead_letter_reason is null
),

listed as (
    {{ listed_identifiers('records', ref('manual_entity_identifiers'), 'person') }}
),

normalized as (
    {{ normalize_identifiers('listed') }}
),

identifier_rows as (
    {{ identifier_rows('normalized', 'manual', 'manual_events_raw') }}
)

select * from identifier_rows
