-- Grain: event × person × group: those that the record lists by position, or the one that a record
-- with exactly one person and one group implies.
{{ config(materialized='ephemeral', scope='event_id') }}

with records as (
    select
        id,
        record_hash,
        event_id,
        memberships
    from {{ upstream('manual_events_parsed') }} as manual_events_parsed
    where is_current
),

listed as (
    {{ json_array_items('records', 'memberships') }}
),

explicit as (
    select
        event_id,
        {{ surrogate_key(['event_id', "'person'", json_text('item', 'person')]) }} as person_row_id,
        {{ surrogate_key(['event_id', "'group'", json_text('item', 'group')]) }} as group_row_id,
        nullif({{ strip_space(json_text('item', 'role')) }}, '') as role
    from listed
),

implied as (
    select
        records.event_id,
        max(case when entities.entity = 'person' then entities.row_id end) as person_row_id,
        max(case when entities.entity = 'group' then entities.row_id end) as group_row_id,
        cast(null as {{ dbt.type_string() }}) as role
    from records
    inner join {{ upstream('manual_entities') }} as entities
        on records.id = entities.id and records.record_hash = entities.record_hash
    where records.memberships is null
    group by records.event_id
    having
        sum(case when entities.entity = 'person' then 1 else 0 end) = 1
        and sum(case when entities.entity = 'group' then 1 else 0 end) = 1
),

pairs as (
    select * from explicit
    union all
    select * from implied
),

person_rows as (
    {{ first_identifier(upstream('manual_person_identifiers')) }}
),

group_rows as (
    {{ first_identifier(upstream('manual_group_identifiers')) }}
),

memberships as (
    {{ membership_rows('pairs', 'person_rows', 'group_rows', 'manual') }}
)

select * from memberships
