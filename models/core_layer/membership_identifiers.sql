-- Grain: event × row of a person × row of a group.
{{ config(unique_key='id', scope='event_id', unites='membership_sources') }}

with unioned as (
    {{ union_with_watermarks(
        sources_var='membership_sources',
        columns=[
            'id',
            'event_id',
            'person_row_id',
            'group_row_id',
            'person_identifier_key',
            'person_identifier_type',
            'person_identifier',
            'group_identifier_key',
            'group_identifier_type',
            'group_identifier',
            'role',
            'source',
            'occurred_at',
            'synced_at',
        ],
    ) }}
)

select * from unioned
