-- Grain: a version of a landed row. Accepts the API's own nodes (camelCase, nested) and a loader's
-- flat records (snake_case).
{{ config(unique_key=['id', 'record_hash'], scope='id') }}

{% set amount = "nullif(" ~ strip_space(
    "coalesce("
    ~ json_text('fields.charge', 'amount.amount') ~ ", "
    ~ json_text('fields.charge', 'amount') ~ ", "
    ~ json_text('fields.json', 'charge_amount') ~ ")"
) ~ ", '')" %}

with landed as (
    select
        id,
        record_hash,
        record,
        {{ valid_json('record') }} as json,
        synced_at
    from {{ upstream('shopify_partner_app_events_raw') }} as shopify_partner_app_events_raw
),

event_types as (
    select * from {{ ref('shopify_partner_event_types') }}
),

fields as (
    select
        *,
        {{ json_text('json', 'type') }} as type,
        coalesce({{ json_text('json', 'occurredAt') }}, {{ json_text('json', 'occurred_at') }}) as occurred_at_text,
        coalesce({{ json_text('json', 'app.id') }}, {{ json_text('json', 'app_id') }}) as app_gid,
        coalesce({{ json_text('json', 'app.name') }}, {{ json_text('json', 'app_name') }}) as app_name,
        coalesce({{ json_text('json', 'shop.id') }}, {{ json_text('json', 'shop_id') }}) as shop_gid,
        coalesce({{ json_text('json', 'shop.name') }}, {{ json_text('json', 'shop_name') }}) as shop_name,
        coalesce(
            {{ json_text('json', 'shop.myshopifyDomain') }}, {{ json_text('json', 'shop_domain') }}
        ) as shop_domain,
        coalesce({{ json_value('json', 'charge') }}, {{ json_value('json', 'appCredit') }}) as charge,
        {{ json_text('json', 'reason') }} as reason,
        {{ json_text('json', 'description') }} as description
    from landed
    {{ planned_alone() }}
),

parsed as (
    select
        fields.id,
        fields.record_hash,
        {{ surrogate_key(["'shopify_partner'", 'fields.id']) }} as event_id,
        fields.type,
        {{ safe_timestamp('fields.occurred_at_text') }} as occurred_at,
        {{ gid_digits('fields.app_gid') }} as app_id,
        fields.app_name,
        {{ gid_digits('fields.shop_gid', 'Shop') }} as shop_id,
        fields.shop_name,
        fields.shop_domain,
        {{ gid_digits(
            "coalesce(" ~ json_text('fields.charge', 'id') ~ ", " ~ json_text('fields.json', 'charge_id') ~ ")"
        ) }} as charge_id,
        coalesce(
            {{ json_text('fields.charge', 'name') }}, {{ json_text('fields.json', 'charge_name') }}
        ) as charge_name,
        {{ safe_number(amount) }} as charge_amount,
        coalesce(
            {{ json_text('fields.charge', 'amount.currencyCode') }}, {{ json_text('fields.json', 'charge_currency') }}
        ) as charge_currency,
        coalesce(
            {{ json_text('fields.charge', 'billingOn') }}, {{ json_text('fields.json', 'charge_billing_on') }}
        ) as charge_billing_on,
        {{ lower_text(
            "coalesce(" ~ json_text('fields.charge', 'test') ~ ", " ~ json_text('fields.json', 'charge_test') ~ ")"
        ) }} = 'true' as is_test_charge,
        fields.reason,
        fields.description,
        event_types.readable_name,
        case
            when fields.json is null then 'malformed_json'
            when fields.synced_at is null then 'missing_synced_at'
            when
                fields.type is null
                or fields.occurred_at_text is null
                or {{ gid_digits('fields.shop_gid', 'Shop') }} is null
                then 'missing_key'
            when event_types.type is null then 'unknown_event_type'
            when {{ safe_timestamp('fields.occurred_at_text') }} is null then 'invalid_timestamp'
            when substr(fields.charge, 1, 1) <> '{' and fields.charge <> '[]' then 'unexpected_type'
            when {{ amount }} is not null and {{ safe_number(amount) }} is null then 'invalid_number'
        end as dead_letter_reason,
        fields.synced_at
    from fields
    left join event_types on fields.type = event_types.type
)

{{ mark_current('parsed') }}
