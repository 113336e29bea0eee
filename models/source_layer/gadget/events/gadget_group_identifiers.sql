-- Grain: (event, row, type, value), for every version of the event; a record names the shop.
{{ config(unique_key=['id', 'is_current'], scope='event_id') }}

with shops as (
    select
        *,
        {{ surrogate_key(['event_id', "'group'", '0']) }} as row_id
    from {{ upstream('gadget_shop_versions') }} as gadget_shop_versions
),

unpivoted as (
    {{ unpivot_identifiers('shops', {
        'shop_id': 'shop_id',
        'myshopify_domain': 'myshopify_domain',
        'domain': 'domain',
    }) }}
),

normalized as (
    {{ normalize_identifiers('unpivoted') }}
),

identifier_rows as (
    {{ identifier_rows('normalized', 'group', 'gadget', 'gadget_shops_raw') }}
)

select * from identifier_rows
