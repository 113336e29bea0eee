-- Grain: (type, value): when and by which event an identifier first landed, in any version of any
-- row, on which ids stand; and whether the newest version of some row still has it.
{{ config(unique_key='identifier_key', scope='identifier_key', settled=landed_later()) }}

with unioned as (
    {{ union_with_watermarks(
        sources_var='person_identifier_sources',
        columns=[
            'event_id',
            'identifier_key',
            'identifier_type',
            'identifier_value',
            'occurred_at',
            'is_current',
            'synced_at',
        ],
    ) }}
),

arrivals as (
    {{ identifier_arrivals('unioned') }}
)

select * from arrivals
