-- Grain: (person, group): the newest role that was told; a membership told without one changes none.
with memberships as (
    select
        persons.person_id,
        resolved_groups.group_id,
        memberships.role,
        memberships.source,
        memberships.occurred_at,
        memberships.event_id,
        memberships.id,
        memberships.synced_at,
        memberships.source_ingested_at
    from {{ ref('membership_identifiers') }} as memberships
    inner join {{ ref('resolved_person_identifiers') }} as persons
        on
            memberships.person_identifier_type = persons.identifier_type
            and memberships.person_identifier = persons.identifier_value
    inner join {{ ref('resolved_group_identifiers') }} as resolved_groups
        on
            memberships.group_identifier_type = resolved_groups.identifier_type
            and memberships.group_identifier = resolved_groups.identifier_value
),

ranked as (
    select
        *,
        min(occurred_at) over (partition by person_id, group_id) as first_seen_at,
        max(occurred_at) over (partition by person_id, group_id) as last_seen_at,
        row_number() over (
            partition by person_id, group_id
            order by
                case when role is null then 1 else 0 end,
                occurred_at desc,
                synced_at desc,
                event_id desc,
                id desc
        ) as survivor_rank
    from memberships
)

select
    {{ surrogate_key(['person_id', 'group_id']) }} as id,
    person_id,
    group_id,
    role,
    source,
    occurred_at,
    first_seen_at,
    last_seen_at,
    synced_at,
    source_ingested_at,
    {{ run_stamp() }} as _ingested_at
from ranked
where survivor_rank = 1
