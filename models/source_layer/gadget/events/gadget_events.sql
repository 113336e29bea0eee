-- Grain: an event: a shop was created, then updated with each later version of its record.
{{ config(unique_key='id', scope='id', reads={'gadget_shop_versions': 'event_id'}) }}

with shops as (
    select
        *,
        case when is_first then 'shop_created' else 'shop_updated' end as event_name
    from {{ upstream('gadget_shop_versions') }} as gadget_shop_versions
    where is_current
)

select
    event_id as id,
    occurred_at,
    event_name,
    concat_ws(' ', name, case when is_first then 'was created' else 'was updated' end) as event_description,
    cast(null as numeric(38, 9)) as value,
    cast(null as {{ dbt.type_string() }}) as value_unit,
    'shop_event' as event_type,
    'gadget' as source,
    'gadget_shops_raw' as source_table,
    id as source_record_id,
    shop_id,
    state,
    plan_name,
    customer_email,
    synced_at
from shops
