-- Grain: a version of a landed row that could not be processed.
{{ config(
    materialized='ephemeral',
    scope='source_key',
    reads={
        'manual_events_parsed': 'id',
        'manual_events_raw': 'id',
    },
    counts={
        'manual_events_parsed': 'dead_letter_reason is not null',
        'manual_events_raw': 'false',
    },
) }}

with dead_letters as (
    {{ dead_letter_rows(
        'manual',
        'manual_events_raw',
        upstream('manual_events_raw'),
        upstream('manual_events_parsed'),
    ) }}
)

select * from dead_letters
