-- Grain: (event, row, type, value), for every version of the event; a record names the shop's owner.
{{ config(unique_key=['id', 'is_current'], scope='event_id') }}

with shops as (
    select
        *,
        {{ surrogate_key(['event_id', "'person'", '0']) }} as row_id
    from {{ upstream('gadget_shop_versions') }} as gadget_shop_versions
),

unpivoted as (
    {{ unpivot_identifiers('shops', {'email': 'email', 'phone': 'phone'}) }}
),

normalized as (
    {{ normalize_identifiers('unpivoted') }}
),

identifier_rows as (
    {{ identifier_rows('normalized', 'person', 'gadget', 'gadget_shops_raw') }}
)

select * from identifier_rows
