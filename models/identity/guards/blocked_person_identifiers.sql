-- Grain: an identifier that links nothing, because of what it is.
{{ config(
    unique_key='identifier_key',
    scope='identifier_key',
    reads={'identifier_limits': ways_of_limits('person_identifier_arrivals')},
) }}

with blocked as (
    {{ blocked_identifiers(
        upstream('person_identifier_arrivals'), upstream('identifier_limits', whole=true), 'person'
    ) }}
)

select * from blocked
