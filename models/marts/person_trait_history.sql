-- Grain: (person, trait, start of an interval): what a trait's value was, and when.
with traits as (
    {{ entity_traits(ref('person_traits'), ref('resolved_person_identifiers'), 'person_id') }}
),

intervals as (
    {{ value_intervals('traits', ['person_id', 'trait_name'], 'trait_value') }}
)

select
    person_id,
    trait_name,
    trait_value,
    valid_from,
    valid_to
from intervals
