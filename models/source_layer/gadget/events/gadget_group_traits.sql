-- Grain: (event, identifier, trait).
with shops as (
    select
        *,
        {{ surrogate_key(['event_id', "'group'", '0']) }} as row_id
    from {{ ref('gadget_shops_parsed') }}
    where is_current
),

identifiers as (
    select * from {{ ref('gadget_group_identifiers') }}
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
    }) }}
)

select * from traits
