-- Grain: (event, person, role): who took part in what.
{{ config(
    unique_key='id',
    scope='event_id',
    reads={
        'resolved_person_identifiers': {
            'via': 'person_identifiers',
            'on': ['identifier_key', 'identifier_key'],
            'key': 'event_id',
            'columns': ['person_id'],
        },
    },
) }}

with participants as (
    {{ participants(upstream('person_identifiers'), upstream('resolved_person_identifiers'), 'person_id') }}
)

select
    id,
    event_id,
    person_id,
    role,
    occurred_at,
    source,
    is_first_role,
    synced_at,
    source_ingested_at
from participants
