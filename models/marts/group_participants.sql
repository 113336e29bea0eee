-- Grain: (event, group, role): who took part in what.
{{ config(
    unique_key='id',
    scope='event_id',
    reads={
        'resolved_group_identifiers': {
            'via': 'group_identifiers',
            'on': ['identifier_key', 'identifier_key'],
            'key': 'event_id',
            'columns': ['group_id'],
        },
    },
) }}

with participants as (
    {{ participants(upstream('group_identifiers'), upstream('resolved_group_identifiers'), 'group_id') }}
)

select
    id,
    event_id,
    group_id,
    role,
    occurred_at,
    source,
    is_first_role,
    synced_at,
    source_ingested_at
from participants
