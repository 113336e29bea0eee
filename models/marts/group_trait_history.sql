-- Grain: (group, trait, start of an interval): what a trait's value was, and when.
with traits as (
    {{ entity_traits(ref('group_traits'), ref('resolved_group_identifiers'), 'group_id') }}
),

intervals as (
    {{ value_intervals('traits', ['group_id', 'trait_name'], 'trait_value') }}
)

select
    group_id,
    trait_name,
    trait_value,
    valid_from,
    valid_to
from intervals
