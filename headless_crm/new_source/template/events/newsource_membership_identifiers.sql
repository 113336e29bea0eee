-- Grain: event × person × group: the person of a record is a member of its group.
{{ config(materialized='ephemeral', scope='event_id') }}

with records as (
    select * from {{ upstream('newsource_events_parsed') }} as versions
    where is_current
),

pairs as (
    select
        event_id,
        {{ surrogate_key(['event_id', "'person'", '0']) }} as person_row_id,
        {{ surrogate_key(['event_id', "'group'", '0']) }} as group_row_id,
        nullif({{ strip_space('role') }}, '') as role
    from records
),

person_rows as (
    {{ first_identifier(upstream('newsource_person_identifiers')) }}
),

group_rows as (
    {{ first_identifier(upstream('newsource_group_identifiers')) }}
),

memberships as (
    {{ membership_rows('pairs', 'person_rows', 'group_rows', 'newsource') }}
)

select * from memberships
