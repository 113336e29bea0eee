-- Grain: (type, value). A group's id is the key of its oldest identifier: the first that landed.
with resolved as (
    {{ resolve_identifiers(
        ref('group_identifiers'),
        ref('group_identifier_arrivals'),
        ref('group_components'),
        'group_id',
    ) }}
)

select
    identifier_key,
    identifier_type,
    identifier_value,
    group_id,
    first_seen_at,
    synced_at,
    source_ingested_at,
    {{ run_stamp() }} as _ingested_at
from resolved
