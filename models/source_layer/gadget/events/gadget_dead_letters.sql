-- Grain: a version of a landed row that could not be processed.
with dead_letters as (
    {{ dead_letter_rows('gadget', ref('gadget_shops_raw'), ref('gadget_shops_parsed')) }}
)

select * from dead_letters
