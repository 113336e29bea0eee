-- Grain: (event, row, type, value), of the newest version of each event.
with identifiers as (
    {{ current_identifiers('person_identifier_sources') }}
)

select
    *,
    {{ run_stamp() }} as _ingested_at
from identifiers
