-- Grain: (person, trait, start of an interval): what a trait's value was, and when.
{{ config(materialized='view') }}

with traits as (
    select distinct
        resolved.person_id,
        traits.trait_name,
        traits.trait_value,
        traits.occurred_at,
        traits.synced_at,
        traits.event_id
    from {{ ref('person_traits') }} as traits
    inner join {{ ref('resolved_person_identifiers') }} as resolved
        on
            traits.identifier_type = resolved.identifier_type
            and traits.identifier_value = resolved.identifier_value
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
