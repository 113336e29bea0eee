-- Grain: a version of a landed row that could not be processed.
with dead_letters as (
    {{ dead_letter_rows('gmail', ref('gmail_messages_raw'), ref('gmail_messages_parsed')) }}
)

select * from dead_letters
