-- Grain: an event.
{{ config(unique_key='id', scope='id', unites='event_sources') }}

with unioned as (
    {{ union_with_watermarks(
        sources_var='event_sources',
        columns=[
            'id',
            'occurred_at',
            'event_name',
            'event_description',
            'value',
            'value_unit',
            'event_type',
            'source',
            'source_table',
            'synced_at',
        ],
    ) }}
)

select * from unioned
