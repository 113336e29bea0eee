-- Grain: a membership as an event told it, with the person and the group that its rows are of.
{{ config(
    unique_key='id',
    scope='event_id',
    reads={
        'resolved_person_identifiers': {
            'via': 'person_identifiers',
            'on': ['identifier_key', 'identifier_key'],
            'key': 'event_id',
            'columns': ['person_id', 'is_guarded'],
        },
        'resolved_group_identifiers': {
            'via': 'group_identifiers',
            'on': ['identifier_key', 'identifier_key'],
            'key': 'event_id',
            'columns': ['group_id', 'is_guarded'],
        },
    },
    counts={'person_identifiers': 'not is_alone', 'group_identifiers': 'not is_alone'},
) }}

with memberships as (
    select * from {{ upstream('membership_identifiers') }} as membership_identifiers
),

persons as (
    {{ row_entities(upstream('person_identifiers'), upstream('resolved_person_identifiers'), 'person_id') }}
),

member_groups as (
    {{ row_entities(upstream('group_identifiers'), upstream('resolved_group_identifiers'), 'group_id') }}
)

select
    memberships.id,
    memberships.event_id,
    {{ surrogate_key(['persons.person_id', 'member_groups.group_id']) }} as membership_id,
    persons.person_id,
    member_groups.group_id,
    memberships.role,
    memberships.source,
    memberships.occurred_at,
    memberships.synced_at,
    memberships.source_ingested_at
from memberships
inner join persons on memberships.person_row_id = persons.row_id
inner join member_groups on memberships.group_row_id = member_groups.row_id
