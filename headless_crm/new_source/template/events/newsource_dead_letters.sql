-- Grain: a version of a landed row that could not be processed.
{{ config(
    materialized='ephemeral',
    scope='source_key',
    reads={
        'newsource_events_parsed': 'id',
        'newsource_events_raw': 'id',
    },
    counts={
        'newsource_events_parsed': 'dead_letter_reason is not null',
        'newsource_events_raw': 'false',
    },
) }}

with dead_letters as (
    {{ dead_letter_rows(
        'newsource',
        'newsource_events_raw',
        upstream('newsource_events_raw'),
        upstream('newsource_events_parsed'),
    ) }}
)

select * from dead_letters
