-- Grain: a membership as an event told it, with the person and the group that its identifiers are of.
{{ config(
    unique_key='id',
    scope='event_id',
    reads={
        'resolved_person_identifiers': {
            'via': 'membership_identifiers',
            'on': ['identifier_key', 'person_identifier_key'],
            'key': 'event_id',
            'columns': ['person_id'],
        },
        'resolved_group_identifiers': {
            'via': 'membership_identifiers',
            'on': ['identifier_key', 'group_identifier_key'],
            'key': 'event_id',
            'columns': ['group_id'],
        },
    },
) }}

with memberships as (
    select * from {{ upstream('membership_identifiers') }} as membership_identifiers
)

select
    memberships.id,
    memberships.event_id,
    {{ surrogate_key(['persons.person_id', 'resolved_groups.group_id']) }} as membership_id,
    persons.person_id,
    resolved_groups.group_id,
    memberships.role,
    memberships.source,
    memberships.occurred_at,
    memberships.synced_at,
    memberships.source_ingested_at
from memberships
inner join {{ upstream('resolved_person_identifiers') }} as persons
    on memberships.person_identifier_key = persons.identifier_key
inner join {{ upstream('resolved_group_identifiers') }} as resolved_groups
    on memberships.group_identifier_key = resolved_groups.identifier_key
