-- Grain: a version of a shop that could be parsed, in the order of its shop's versions.
{{ config(unique_key=['id', 'record_hash'], scope='shop_id') }}

with versions as (
    select * from {{ upstream('gadget_shops_parsed') }} as gadget_shops_parsed
    where dead_letter_reason is null
),

sequenced as (
    select
        *,
        is_current
        and row_number() over (
            partition by shop_id, is_current
            order by updated_at, {{ binary_order('id') }}
        ) = 1 as is_first
    from versions
)

select
    id,
    record_hash,
    event_id,
    shop_id,
    name,
    domain,
    myshopify_domain,
    email,
    customer_email,
    phone,
    shop_owner,
    plan_name,
    plan_display_name,
    type,
    state,
    city,
    country,
    currency,
    timezone,
    updated_at,
    is_current,
    is_first,
    case
        when is_first then coalesce(shopify_created_at, created_at, updated_at)
        else updated_at
    end as occurred_at,
    synced_at
from sequenced
