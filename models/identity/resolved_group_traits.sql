-- Grain: (group, trait): the value that survives, by the trait's rule.
{{ config(
    unique_key=['group_id', 'trait_name'],
    scope='group_id',
    reads={
        'group_traits': {
            'via': 'resolved_group_identifiers',
            'on': ['identifier_key', 'identifier_key'],
            'key': 'group_id',
        },
    },
) }}

with traits as (
    {{ entity_traits(upstream('group_traits'), upstream('resolved_group_identifiers'), 'group_id') }}
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
    source_ingested_at
from ranked
where {{ is_first('survivor_rank') }}
