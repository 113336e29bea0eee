-- Grain: (type, value). A group's id is the key of its oldest identifier: the first that landed.
{{ config(unique_key='identifier_key', scope='identifier_key', looked_up_by=['group_id'], found_by_value=true) }}

with identifiers as (
    select * from {{ upstream('group_identifier_arrivals') }} as group_identifier_arrivals
    where is_current
),

guards as (
    select identifier_key from {{ upstream('blocked_group_identifiers') }} as blocked_identifiers
    union
    select identifier_key from {{ upstream('shared_group_identifiers') }} as shared_identifiers
)

select
    identifiers.identifier_key,
    identifiers.identifier_type,
    identifiers.identifier_value,
    components.group_id,
    guards.identifier_key is not null as is_guarded,
    identifiers.first_seen_at,
    identifiers.synced_at,
    identifiers.source_ingested_at
from identifiers
inner join {{ upstream('group_components') }} as components
    on identifiers.identifier_key = components.identifier_key
left join guards on identifiers.identifier_key = guards.identifier_key
