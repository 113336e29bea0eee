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
),

of_persons as (
    select
        memberships.*,
        persons.person_id
    from {{ upstream('resolved_person_identifiers') }} as persons
    inner join memberships
        on persons.identifier_key = memberships.person_identifier_key
)

select
    memberships.id,
    memberships.event_id,
    {{ surrogate_key(['memberships.person_id', 'resolved_groups.group_id']) }} as membership_id,
    memberships.person_id,
    resolved_groups.group_id,
    memberships.role,
    memberships.source,
    memberships.occurred_at,
    memberships.synced_at,
    memberships.source_ingested_at
from {{ upstream('resolved_group_identifiers') }} as resolved_groups
inner join of_persons as memberships
    on resolved_groups.identifier_key = memberships.group_identifier_key
