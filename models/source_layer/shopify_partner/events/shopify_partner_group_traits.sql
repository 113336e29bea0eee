-- Grain: (event, identifier, trait).
{{ config(materialized='ephemeral', scope='event_id') }}

with app_events as (
    select
        *,
        {{ surrogate_key(['event_id', "'group'", '0']) }} as row_id
    from {{ upstream('shopify_partner_app_events_parsed') }} as shopify_partner_app_events_parsed
    where is_current
),

identifiers as (
    select * from {{ upstream('shopify_partner_group_identifiers') }} as shopify_partner_group_identifiers
    where is_current and identifier_value is not null
),

traits as (
    {{ unpivot_traits('app_events', 'identifiers', {
        'name': 'shop_name',
        'myshopify_domain': 'shop_domain',
        'charge_name': 'charge_name',
    }) }}
)

select * from traits
