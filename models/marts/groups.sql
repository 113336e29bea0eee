-- Grain: a group. A column of its own takes the resolved trait, or else its oldest identifier.
{{ config(unique_key='group_id', scope='group_id') }}

with identifiers as (
    select * from {{ upstream('resolved_group_identifiers') }} as resolved_group_identifiers
),

activity as (
    select
        group_id,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at,
        count(case when is_first_role then 1 end) as event_count
    from {{ upstream('group_participants') }} as group_participants
    group by group_id
),

identifier_columns as (
    {{ identifier_columns('identifiers', 'group_id', ['domain', 'shop_id', 'myshopify_domain']) }}
),

trait_columns as (
    {{ trait_columns(upstream('resolved_group_traits'), 'group_id', ['name']) }}
)

select
    activity.group_id,
    trait_columns.name,
    identifier_columns.domain,
    identifier_columns.shop_id,
    identifier_columns.myshopify_domain,
    activity.first_seen_at,
    activity.last_seen_at,
    activity.event_count,
    identifier_columns.identifiers,
    coalesce(trait_columns.traits, '{}') as traits,
    identifier_columns.synced_at,
    identifier_columns.source_ingested_at
from activity
inner join identifier_columns on activity.group_id = identifier_columns.group_id
left join trait_columns on activity.group_id = trait_columns.group_id
