-- Grain: (person, group): the newest role that was told; a membership told without one changes none.
with memberships as (
    {{ entity_memberships(
        ref('membership_identifiers'),
        ref('resolved_person_identifiers'),
        ref('resolved_group_identifiers'),
    ) }}
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
