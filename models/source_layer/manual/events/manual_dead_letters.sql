-- Grain: a version of a landed row that could not be processed.
with dead_letters as (
    {{ dead_letter_rows('manual', ref('manual_events_raw'), ref('manual_events_parsed')) }}
)

select * from dead_letters
