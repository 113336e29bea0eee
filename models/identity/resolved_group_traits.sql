-- Grain: (group, trait): the value that survives, by the trait's rule.
with traits as (
    select
        resolved.group_id,
        traits.*
    from {{ ref('group_traits') }} as traits
    inner join {{ ref('resolved_group_identifiers') }} as resolved
        on
            traits.identifier_type = resolved.identifier_type
            and traits.identifier_value = resolved.identifier_value
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
