-- Grain: (event, row, type, value), for every version of the event; a record names the shop's owner.
with shops as (
    select
        *,
        {{ surrogate_key(['event_id', "'person'", '0']) }} as row_id
    from {{ ref('gadget_shops_parsed') }}
    where dead_letter_reason is null
),

unpivoted as (
    {{ unpivot_identifiers('shops', {'email': 'email', 'phone': 'phone'}) }}
),

normalized as (
    {{ normalize_identifiers('unpivoted') }}
),

identifier_rows as (
    {{ identifier_rows('normalized', 'gadget', 'gadget_shops_raw') }}
)

select * from identifier_rows
