-- Grain: (version of a landed row, entity, position): the persons and groups that a record lists.
{{ config(unique_key=['row_id', 'record_hash'], scope='id') }}

with landed as (
    select
        id,
        record_hash,
        {{ surrogate_key(["'manual'", 'id']) }} as event_id,
        {{ valid_json('record') }} as json
    from {{ upstream('manual_events_raw') }} as manual_events_raw
),

listed as (
    {% for entity, list in {'person': 'persons', 'group': 'groups'}.items() %}
    select
        id,
        record_hash,
        event_id,
        '{{ entity }}' as entity,
        {{ json_value('json', list) }} as entities
    from landed
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

items as (
    {{ json_array_items('listed', 'entities') }}
),

entities as (
    select
        *,
        {{ json_value('item', 'identifiers') }} as identifiers,
        {{ json_value('item', 'traits') }} as traits
    from items
    {{ planned_alone() }}
)

select
    id,
    record_hash,
    event_id,
    entity,
    position,
    {{ surrogate_key(['event_id', 'entity', 'position']) }} as row_id,
    identifiers,
    traits,
    -- An empty list is how some programs write an object without fields.
    substr(coalesce(identifiers, ''), 1, 2) in ('{"', '{}', '[]')
    and substr(coalesce(traits, '{}'), 1, 2) in ('{"', '{}', '[]') as is_object
from entities
