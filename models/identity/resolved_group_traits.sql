-- Grain: (group, trait): the value that survives, by the trait's rule.
with traits as (
    {{ entity_traits(ref('group_traits'), ref('resolved_group_identifiers'), 'group_id') }}
),

ranked as (
    {{ rank_traits('traits', 'group_id') }}
)

select
    group_id,
    trait_name,
    trait_value,
    occurred_at,
    source,
    event_id,
    synced_at,
    source_ingested_at,
    {{ run_stamp() }} as _ingested_at
from ranked
where survivor_rank = 1
