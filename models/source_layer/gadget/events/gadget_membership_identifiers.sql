-- Grain: event × person × group: the owner of the shop, as of the version.
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
        {{ surrogate_key(['event_id', "'person'", '0']) }} as person_row_id,
        {{ surrogate_key(['event_id', "'group'", '0']) }} as group_row_id,
        'owner' as role,
        updated_at
    from {{ upstream('gadget_shop_versions') }} as gadget_shop_versions
    where is_current
),

memberships as (
    {{ membership_rows('pairs', 'person_rows', 'group_rows', 'gadget', told_at='pairs.updated_at') }}
)

select * from memberships
