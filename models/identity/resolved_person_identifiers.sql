-- Grain: (type, value). A person's id is the key of its oldest identifier: the first that landed.
with resolved as (
    {{ resolve_identifiers(
        ref('person_identifiers'),
        ref('person_identifier_arrivals'),
        ref('person_components'),
        'person_id',
    ) }}
)

select
    identifier_key,
    identifier_type,
    identifier_value,
    person_id,
    first_seen_at,
    synced_at,
    source_ingested_at,
    {{ run_stamp() }} as _ingested_at
from resolved
