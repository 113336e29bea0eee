-- Grain: (person, trait): the value that survives, by the trait's rule.
{{ config(
    unique_key=['person_id', 'trait_name'],
    scope='person_id',
    reads={
        'person_traits': {
            'via': 'resolved_person_identifiers',
            'on': ['identifier_key', 'identifier_key'],
            'key': 'person_id',
        },
    },
) }}

with traits as (
    {{ entity_traits(upstream('person_traits'), upstream('resolved_person_identifiers'), 'person_id') }}
),

ranked as (
    {{ rank_traits('traits', 'person_id') }}
)

select
    person_id,
    trait_name,
    trait_value,
    occurred_at,
    source,
    event_id,
    synced_at,
    source_ingested_at
from ranked
where {{ is_first('survivor_rank') }}
