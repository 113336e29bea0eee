-- Grain: (person, group): the newest role that was told; a membership told without one changes none.
{{ config(unique_key='id', scope='id', reads={'entity_memberships': 'membership_id'}) }}

with memberships as (
    select * from {{ upstream('entity_memberships') }} as entity_memberships
),

timed as (
    select
        *,
        min(occurred_at) over (partition by membership_id) as first_seen_at,
        max(occurred_at) over (partition by membership_id) as last_seen_at,
        max(case when role is not null then occurred_at end) over (partition by membership_id) as role_told_at
    from memberships
),

ranked as (
    select
        *,
        row_number() over (
            partition by membership_id
            order by
                case when role is null then 1 else 0 end,
                synced_at desc,
                event_id desc,
                {{ binary_order('role') }} desc,
                id desc
        ) as survivor_rank
    from timed
    where occurred_at = coalesce(role_told_at, last_seen_at)
)

select
    membership_id as id,
    person_id,
    group_id,
    role,
    source,
    occurred_at,
    first_seen_at,
    last_seen_at,
    synced_at,
    source_ingested_at
from ranked
where {{ is_first('survivor_rank') }}
