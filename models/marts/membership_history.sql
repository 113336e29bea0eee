-- Grain: (person, group, start of an interval): what a role was, and when.
{{ config(
    unique_key=['membership_id', 'valid_from'],
    scope='membership_id',
    counts={'entity_memberships': 'role is not null'},
    settled={'entity_memberships': within_interval(['role'])},
) }}

with roles as (
    select * from {{ upstream('entity_memberships') }} as entity_memberships
    where role is not null
),

intervals as (
    {{ value_intervals('roles', ['membership_id', 'person_id', 'group_id'], 'role') }}
)

select
    membership_id,
    person_id,
    group_id,
    role,
    valid_from,
    valid_to
from intervals
