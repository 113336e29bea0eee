-- Grain: a version of a landed row that could not be processed.
{{ config(
    materialized='ephemeral',
    scope='source_key',
    reads={
        'gadget_shops_parsed': 'id',
        'gadget_shops_raw': 'id',
    },
    counts={
        'gadget_shops_parsed': 'dead_letter_reason is not null',
        'gadget_shops_raw': 'false',
    },
) }}

with dead_letters as (
    {{ dead_letter_rows(
        'gadget',
        'gadget_shops_raw',
        upstream('gadget_shops_raw'),
        upstream('gadget_shops_parsed'),
    ) }}
)

select * from dead_letters
