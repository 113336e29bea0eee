-- Grain: a version of a landed row. A key that was made from the content stands for a missing one.
{{ config(unique_key=['id', 'record_hash'], scope='id') }}

with landed as (
    select
        id,
        record_hash,
        {{ valid_json('record') }} as json,
        synced_at
    from {{ upstream('manual_events_raw') }} as manual_events_raw
),

row_sizes as (
    select
        id,
        record_hash,
        row_id,
        count(*) as identifiers
    from {{ upstream('manual_entity_identifiers') }} as manual_entity_identifiers
    group by id, record_hash, row_id
),

largest_rows as (
    select
        id,
        record_hash,
        max(identifiers) as identifiers
    from row_sizes
    group by id, record_hash
),

memberships as (
    select
        id,
        record_hash,
        {{ json_value('json', 'memberships') }} as memberships
    from landed
),

entities as (
    select * from {{ upstream('manual_entities') }} as manual_entities
),

items as (
    {{ json_array_items('memberships', 'memberships') }}
),

positions as (
    {% for entity in ['person', 'group'] %}
    select
        id,
        record_hash,
        '{{ entity }}' as entity,
        {{ json_text('item', entity) }} as position
    from items
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

-- What is no object where one is meant, or is of nobody in the record, would be read as nothing.
misshapen as (
    select
        id,
        record_hash
    from entities
    where not is_object
    union
    select
        positions.id,
        positions.record_hash
    from positions
    left join entities
        on
            positions.id = entities.id
            and positions.record_hash = entities.record_hash
            and positions.entity = entities.entity
            and positions.position = cast(entities.position as {{ dbt.type_string() }})
    where entities.id is null
),

fields as (
    select
        landed.id,
        landed.record_hash,
        {{ surrogate_key(["'manual'", 'landed.id']) }} as event_id,
        landed.json,
        {{ json_text('landed.json', 'occurred_at') }} as occurred_at_text,
        nullif({{ strip_space(json_text('landed.json', 'event_name')) }}, '') as event_name,
        {{ json_text('landed.json', 'event_type') }} as event_type,
        {{ json_text('landed.json', 'event_description') }} as event_description,
        {{ safe_number(json_text('landed.json', 'value')) }} as value,
        {{ json_text('landed.json', 'value_unit') }} as value_unit,
        {{ json_value('landed.json', 'memberships') }} as memberships,
        coalesce(largest_rows.identifiers, 0) as largest_row,
        misshapen.id is not null as is_misshapen,
        landed.synced_at
    from landed
    left join largest_rows
        on landed.id = largest_rows.id and landed.record_hash = largest_rows.record_hash
    left join misshapen
        on landed.id = misshapen.id and landed.record_hash = misshapen.record_hash
),

timed as (
    select
        *,
        {{ safe_timestamp('occurred_at_text') }} as occurred_at
    from fields
    {{ planned_alone() }}
),

parsed as (
    select
        *,
        case
            when json is null then 'malformed_json'
            when synced_at is null then 'missing_synced_at'
            when id = record_hash or occurred_at_text is null or event_name is null then 'missing_key'
            when occurred_at is null then 'invalid_timestamp'
            when value is null and nullif({{ strip_space(json_text('json', 'value')) }}, '') is not null
                then 'invalid_number'
            when is_misshapen then 'unexpected_type'
            when largest_row > {{ var('max_identifiers_per_row') }} then 'too_many_identifiers'
        end as dead_letter_reason
    from timed
)

{{ mark_current('parsed') }}
