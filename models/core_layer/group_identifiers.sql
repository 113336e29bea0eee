-- Grain: (event, row, type, value), of the newest version of each event.
with unioned as (
    {{ union_with_watermarks(
        sources_var='group_identifier_sources',
        columns=[
            'id',
            'event_id',
            'row_id',
            'identifier_type',
            'identifier_value',
            'raw_value',
            'source',
            'source_table',
            'occurred_at',
            'role',
            'synced_at',
            'is_current',
        ],
    ) }}
)

select
    id,
    event_id,
    row_id,
    identifier_type,
    identifier_value,
    raw_value,
    source,
    source_table,
    occurred_at,
    role,
    synced_at,
    source_ingested_at,
    {{ run_stamp() }} as _ingested_at
from unioned
where is_current and identifier_value is not null
