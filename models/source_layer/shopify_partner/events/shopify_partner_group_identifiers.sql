-- Grain: (event, row, type, value), for every version of the event; an event names one shop.
{{ config(unique_key=['id', 'is_current'], scope='event_id') }}

with app_events as (
    select
        *,
        {{ surrogate_key(['event_id', "'group'", '0']) }} as row_id
    from {{ upstream('shopify_partner_app_events_parsed') }} as shopify_partner_app_events_parsed
    where dead_letter_reason is null
),

unpivoted as (
    {{ unpivot_identifiers('app_events', {'shop_id': 'shop_id', 'myshopify_domain': 'shop_domain'}) }}
),

normalized as (
    {{ normalize_identifiers('unpivoted') }}
),

identifier_rows as (
    {{ identifier_rows('normalized', 'group', 'shopify_partner', 'shopify_partner_app_events_raw') }}
)

select * from identifier_rows
