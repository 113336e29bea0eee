-- Grain: (event, person, role): who took part in what.
with participants as (
    {{ participants(ref('person_identifiers'), ref('resolved_person_identifiers'), 'person_id') }}
)

select
    id,
    event_id,
    person_id,
    role,
    occurred_at,
    source,
    synced_at,
    source_ingested_at,
    {{ run_stamp() }} as _ingested_at
from participants
