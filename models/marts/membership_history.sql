-- Grain: (person, group, start of an interval): what a role was, and when.
with memberships as (
    {{ entity_memberships(
        ref('membership_identifiers'),
        ref('resolved_person_identifiers'),
        ref('resolved_group_identifiers'),
    ) }}
),

roles as (
    select * from memberships
    where role is not null
),

intervals as (
    {{ value_intervals('roles', ['person_id', 'group_id'], 'role') }}
)

select
    person_id,
    group_id,
    role,
    valid_from,
    valid_to
from intervals
