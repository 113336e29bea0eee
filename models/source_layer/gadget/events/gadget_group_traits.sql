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
    select * from {{ upstream('gadget_group_identifiers') }} as gadget_group_identifiers
    where is_current and identifier_value is not null
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
    }, told_at='updated_at') }}
)

select * from traits
