-- Grain: a version of a landed row that could not be processed.
with dead_letters as (
    {{ dead_letter_rows(
        'shopify_partner',
        ref('shopify_partner_app_events_raw'),
        ref('shopify_partner_app_events_parsed'),
    ) }}
)

select * from dead_letters
