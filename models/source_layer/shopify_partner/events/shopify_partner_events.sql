-- Grain: an event, as the newest version of its row tells it.
{{ config(unique_key='id', scope='id', reads={'shopify_partner_app_events_parsed': 'event_id'}) }}

with app_events as (
    select * from {{ upstream('shopify_partner_app_events_parsed') }} as shopify_partner_app_events_parsed
    where is_current
)

select
    event_id as id,
    occurred_at,
    {{ lower_text('type') }} as event_name,
    concat_ws(' ', shop_name, readable_name, app_name) as event_description,
    charge_amount as value,
    charge_currency as value_unit,
    'app_event' as event_type,
    'shopify_partner' as source,
    'shopify_partner_app_events_raw' as source_table,
    id as source_record_id,
    app_id,
    app_name,
    shop_id,
    charge_id,
    charge_name,
    charge_billing_on,
    is_test_charge,
    reason,
    description,
    synced_at
from app_events
