-- Grain: (event, identifier, trait), as of the version: its event may be the shop's creation. An email
-- or phone is told in its normalised form.
{{ config(materialized='ephemeral', scope='event_id') }}

with versions as (
    select * from {{ upstream('gadget_shop_versions') }} as gadget_shop_versions
    where is_current
),

identifiers as (
    select
        gadget_person_identifiers.*,
        versions.updated_at
    from {{ upstream('gadget_person_identifiers') }} as gadget_person_identifiers
    inner join versions on gadget_person_identifiers.event_id = versions.event_id
    where gadget_person_identifiers.is_current and gadget_person_identifiers.identifier_value is not null
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
        versions.shop_owner
    from versions
    inner join contacts
        on {{ surrogate_key(['versions.event_id', "'person'", '0']) }} = contacts.row_id
),

traits as (
    {{ unpivot_traits('shops', 'identifiers', {
        'email': 'email',
        'name': 'shop_owner',
        'phone': 'phone',
    }, told_at='identifiers.updated_at') }}
)

select * from traits
