-- Grain: (event, group, role): who took part in what.
with participants as (
    {{ participants(ref('group_identifiers'), ref('resolved_group_identifiers'), 'group_id') }}
)

select
    id,
    event_id,
    group_id,
    role,
    occurred_at,
    source,
    synced_at,
    source_ingested_at,
    {{ run_stamp() }} as _ingested_at
from participants
