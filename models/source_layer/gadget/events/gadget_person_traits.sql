-- Grain: (event, identifier, trait).
with shops as (
    select
        *,
        {{ surrogate_key(['event_id', "'person'", '0']) }} as row_id
    from {{ ref('gadget_shops_parsed') }}
    where is_current
),

identifiers as (
    select * from {{ ref('gadget_person_identifiers') }}
    where is_current and identifier_value is not null
),

traits as (
    {{ unpivot_traits('shops', 'identifiers', {
        'email': 'email',
        'name': 'shop_owner',
        'phone': 'phone',
    }) }}
)

select * from traits
