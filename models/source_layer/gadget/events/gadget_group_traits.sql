-- Grain: (event, identifier, trait), as of the version: its event may be the shop's creation.
{{ config(materialized='ephemeral', scope='event_id') }}

with shops as (
    select
        *,
        {{ surrogate_key(['event_id', "'group'", '0']) }} as row_id
    from {{ upstream('gadget_shop_versions') }} as gadget_shop_versions
    where is_current
),

identifiers as (
    select
        gadget_group_identifiers.*,
        shops.updated_at
    from {{ upstream('gadget_group_identifiers') }} as gadget_group_identifiers
    inner join shops on gadget_group_identifiers.row_id = shops.row_id
    where gadget_group_identifiers.is_current and gadget_group_identifiers.identifier_value is not null
),

traits as (
    {{ unpivot_traits('shops', 'identifiers', {
        'name': 'name',
        'domain': 'domain',
        'plan': 'coalesce(plan_display_name, plan_name)',
        'timezone': 'timezone',
        'city': 'city',
        'country': 'country',
        'currency': 'currency',
        'type': 'type',
    }, told_at='identifiers.updated_at') }}
)

select * from traits
