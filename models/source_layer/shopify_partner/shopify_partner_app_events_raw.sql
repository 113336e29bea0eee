-- Grain: (id, content) of what landed.
{{ config(appends=true, unique_key=['id', 'record_hash'], full_refresh=var('rebuild_raw')) }}

{% set occurred_at = "coalesce(" ~ json_text('json', 'occurredAt') ~ ", " ~ json_text('json', 'occurred_at') ~ ")" %}
{% set shop_id = "coalesce(" ~ json_text('json', 'shop.id') ~ ", " ~ json_text('json', 'shop_id') ~ ")" %}

with source_rows as (
    {{ source_rows(source('shopify_partner', 'shopify_partner_app_events')) }}
),

-- The Partner API's events have no id of their own: what tells two of them apart is taken for one,
-- of its own nodes or of a loader's flat records that left the id out.
keyed as (
    select
        coalesce(
            source_id,
            {{ record_id() }},
            case
                when {{ occurred_at }} is not null and {{ shop_id }} is not null then {{ surrogate_key([
                    json_text('json', 'type'),
                    occurred_at,
                    "coalesce(" ~ json_text('json', 'app.id') ~ ", " ~ json_text('json', 'app_id') ~ ")",
                    shop_id,
                    "coalesce(" ~ json_text('json', 'charge.id') ~ ", " ~ json_text('json', 'charge_id') ~ ")",
                    json_text('json', 'appCredit.id'),
                ]) }}
            end,
            md5(record)
        ) as id,
        record,
        synced_at
    from source_rows
),

raw_rows as (
    {{ raw_rows('keyed') }}
)

select * from raw_rows
