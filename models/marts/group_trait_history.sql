-- Grain: (group, trait, start of an interval): what a trait's value was, and when.
{{ config(
    unique_key=['group_id', 'trait_name', 'valid_from'],
    scope='group_id',
    reads={
        'group_traits': {
            'via': 'resolved_group_identifiers',
            'on': ['identifier_key', 'identifier_key'],
            'key': 'group_id',
        },
    },
    settled={'group_traits': within_interval(['trait_name', 'trait_value'])},
) }}

with traits as (
    {{ entity_traits(upstream('group_traits'), upstream('resolved_group_identifiers'), 'group_id') }}
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
