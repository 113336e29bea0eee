-- Grain: (person, trait, start of an interval): what a trait's value was, and when.
{{ config(
    unique_key=['person_id', 'trait_name', 'valid_from'],
    scope='person_id',
    reads={
        'person_traits': {
            'via': 'resolved_person_identifiers',
            'on': ['identifier_key', 'identifier_key'],
            'key': 'person_id',
        },
    },
    settled={'person_traits': within_interval(['trait_name', 'trait_value'])},
) }}

with traits as (
    {{ entity_traits(upstream('person_traits'), upstream('resolved_person_identifiers'), 'person_id') }}
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
