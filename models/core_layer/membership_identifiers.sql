-- Grain: event × person × group.
with unioned as (
    {{ union_with_watermarks(
        sources_var='membership_sources',
        columns=[
            'id',
            'event_id',
            'person_identifier_type',
            'person_identifier',
            'group_identifier_type',
            'group_identifier',
            'role',
            'source',
            'occurred_at',
            'synced_at',
        ],
    ) }}
)

select
    *,
    {{ run_stamp() }} as _ingested_at
from unioned
