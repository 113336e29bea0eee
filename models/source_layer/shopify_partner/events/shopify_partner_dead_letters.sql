-- Grain: a version of a landed row that could not be processed.
{{ config(
    materialized='ephemeral',
    scope='source_key',
    reads={
        'shopify_partner_app_events_parsed': 'id',
        'shopify_partner_app_events_raw': 'id',
    },
    counts={
        'shopify_partner_app_events_parsed': 'dead_letter_reason is not null',
        'shopify_partner_app_events_raw': 'false',
    },
) }}

with dead_letters as (
    {{ dead_letter_rows(
        'shopify_partner',
        'shopify_partner_app_events_raw',
        upstream('shopify_partner_app_events_raw'),
        upstream('shopify_partner_app_events_parsed'),
    ) }}
)

select * from dead_letters
