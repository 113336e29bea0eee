-- Grain: event × person × group: the owner of the shop.
{{ config(materialized='ephemeral', scope='event_id') }}

with person_rows as (
    {{ first_identifier(upstream('gadget_person_identifiers')) }}
),

group_rows as (
    {{ first_identifier(upstream('gadget_group_identifiers')) }}
),

pairs as (
    select
        event_id,
        row_id as person_row_id,
        {{ surrogate_key(['event_id', "'group'", '0']) }} as group_row_id,
        'owner' as role
    from person_rows
),

memberships as (
    {{ membership_rows('pairs', 'person_rows', 'group_rows', 'gadget') }}
)

select * from memberships
