-- Grain: (event, row, type, value), of the newest version of each event.
{{ config(unique_key='id', scope='event_id', unites='person_identifier_sources') }}

with identifiers as (
    {{ current_identifiers('person_identifier_sources') }}
)

select * from identifiers
