-- Grain: (person, trait): the value that survives, by the trait's rule.
with traits as (
    {{ entity_traits(ref('person_traits'), ref('resolved_person_identifiers'), 'person_id') }}
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
    source_ingested_at,
    {{ run_stamp() }} as _ingested_at
from ranked
where survivor_rank = 1
