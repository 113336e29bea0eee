-- Grain: (person, group, start of an interval): what a role was, and when.
{{ config(materialized='view') }}

with roles as (
    select
        persons.person_id,
        resolved_groups.group_id,
        memberships.role,
        memberships.occurred_at,
        memberships.synced_at,
        memberships.event_id
    from {{ ref('membership_identifiers') }} as memberships
    inner join {{ ref('resolved_person_identifiers') }} as persons
        on
            memberships.person_identifier_type = persons.identifier_type
            and memberships.person_identifier = persons.identifier_value
    inner join {{ ref('resolved_group_identifiers') }} as resolved_groups
        on
            memberships.group_identifier_type = resolved_groups.identifier_type
            and memberships.group_identifier = resolved_groups.identifier_value
    where memberships.role is not null
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
