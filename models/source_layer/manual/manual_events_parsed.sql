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

of_nobody as (
    {{ memberships_of_nobody('memberships', 'entities') }}
),

-- What is no object where one is meant, or is of nobody in the record, would be read as nothing.
misshapen as (
    select
        id,
        record_hash,
        'unexpected_type' as reason
    from entities
    where not is_object
    union all
    select
        id,
        record_hash,
        'unexpected_type' as reason
    from of_nobody
    union all
    select
        id,
        record_hash,
        'too_many_identifiers' as reason
    from {{ upstream('manual_entity_identifiers') }} as manual_entity_identifiers
    group by id, record_hash, row_id
    having count(*) > {{ var('max_identifiers_per_row') }}
),

-- Of the two, that of a wrong type counts.
shapes as (
    select
        id,
        record_hash,
        max(reason) as reason
    from misshapen
    group by id, record_hash
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
        shapes.reason as shape_reason,
        landed.synced_at
    from landed
    left join shapes
        on landed.id = shapes.id and landed.record_hash = shapes.record_hash
    {{ planned_alone() }}
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
            else shape_reason
        end as dead_letter_reason
    from timed
)

{{ mark_current('parsed') }}
