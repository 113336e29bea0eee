-- Grain: a version of a landed row that could not be processed.
{{ config(
    materialized='ephemeral',
    scope='source_key',
    reads={
        'gmail_messages_parsed': 'id',
        'gmail_messages_raw': 'id',
    },
    counts={
        'gmail_messages_parsed': 'dead_letter_reason is not null',
        'gmail_messages_raw': 'false',
    },
) }}

with dead_letters as (
    {{ dead_letter_rows(
        'gmail',
        'gmail_messages_raw',
        upstream('gmail_messages_raw'),
        upstream('gmail_messages_parsed'),
    ) }}
)

select * from dead_letters
