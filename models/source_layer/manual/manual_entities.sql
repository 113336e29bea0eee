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

entities as (
    {{ json_array_items('listed', 'entities') }}
)

select
    id,
    record_hash,
    event_id,
    entity,
    position,
    {{ surrogate_key(['event_id', 'entity', 'position']) }} as row_id,
    {{ json_value('item', 'identifiers') }} as identifiers,
    {{ json_value('item', 'traits') }} as traits
from entities
