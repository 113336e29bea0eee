-- Grain: (event, identifier, trait), as of the version: its event may be the shop's creation. An email
-- or phone is told in its normalised form.
{{ config(materialized='ephemeral', scope='event_id') }}

with identifiers as (
    select * from {{ upstream('gadget_person_identifiers') }} as gadget_person_identifiers
    where is_current and identifier_value is not null
),

contacts as (
    select
        row_id,
        max(case when identifier_type = 'email' then identifier_value end) as email,
        max(case when identifier_type = 'phone' then identifier_value end) as phone
    from identifiers
    group by row_id
),

shops as (
    select
        contacts.row_id,
        contacts.email,
        contacts.phone,
        parsed.shop_owner,
        parsed.updated_at
    from {{ upstream('gadget_shop_versions') }} as parsed
    inner join contacts
        on {{ surrogate_key(['parsed.event_id', "'person'", '0']) }} = contacts.row_id
    where parsed.is_current
),

traits as (
    {{ unpivot_traits('shops', 'identifiers', {
        'email': 'email',
        'name': 'shop_owner',
        'phone': 'phone',
    }, told_at='updated_at') }}
)

select * from traits
