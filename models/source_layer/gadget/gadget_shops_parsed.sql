-- Grain: a version of a landed row, which itself is a version of a shop. Accepts the fields at the
-- top level or under `_all`.
{{ config(unique_key=['id', 'record_hash'], scope='id') }}

with landed as (
    select
        id,
        record_hash,
        {{ valid_json('record') }} as json,
        synced_at
    from {{ upstream('gadget_shops_raw') }} as gadget_shops_raw
),

shops as (
    select
        *,
        coalesce({{ json_value('json', '_all') }}, json) as shop
    from landed
),

fields as (
    select
        id,
        record_hash,
        {{ surrogate_key(["'gadget'", 'id']) }} as event_id,
        json,
        {{ gid_digits(json_text('shop', 'id')) }} as shop_id,
        {{ json_text('shop', 'updatedAt') }} as updated_at_text,
        {{ safe_timestamp(json_text('shop', 'updatedAt')) }} as updated_at,
        {{ safe_timestamp(json_text('shop', 'createdAt')) }} as created_at,
        {{ safe_timestamp(json_text('shop', 'shopifyCreatedAt')) }} as shopify_created_at,
        {{ json_text('shop', 'name') }} as name,
        {{ json_text('shop', 'domain') }} as domain,
        {{ json_text('shop', 'myshopifyDomain') }} as myshopify_domain,
        {{ json_text('shop', 'email') }} as email,
        {{ json_text('shop', 'customerEmail') }} as customer_email,
        {{ json_text('shop', 'phone') }} as phone,
        {{ json_text('shop', 'shopOwner') }} as shop_owner,
        {{ json_text('shop', 'planName') }} as plan_name,
        {{ json_text('shop', 'planDisplayName') }} as plan_display_name,
        {{ json_text('shop', 'type') }} as type,
        {{ json_value('shop', 'state') }} as state,
        {{ json_text('shop', 'city') }} as city,
        {{ json_text('shop', 'countryCode') }} as country,
        {{ json_text('shop', 'currency') }} as currency,
        coalesce({{ json_text('shop', 'ianaTimezone') }}, {{ json_text('shop', 'timezone') }}) as timezone,
        synced_at
    from shops
    {{ planned_alone() }}
),

parsed as (
    select
        *,
        case
            when json is null then 'malformed_json'
            when synced_at is null then 'missing_synced_at'
            when shop_id is null or updated_at_text is null then 'missing_key'
            when updated_at is null then 'invalid_timestamp'
        end as dead_letter_reason
    from fields
)

{{ mark_current('parsed') }}
