-- Grain: (type, value): when and by which event an identifier first landed, in any version of any
-- row, on which ids stand; and whether the newest version of some row still has it.
{{ config(
    unique_key='identifier_key',
    scope='identifier_key',
    settled='''
        (
            own.synced_at < told.synced_at
            or (own.synced_at = told.synced_at and own.event_id <= told.event_id)
        ) and (not told.is_current or (own.is_current and own.first_seen_at <= told.occurred_at))
    ''',
) }}

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
