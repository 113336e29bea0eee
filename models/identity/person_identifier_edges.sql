-- Grain: an unordered pair of identifiers that some row gives to one person.
with identifiers as (
    select * from {{ ref('person_identifiers') }}
),

edges as (
    {{ create_and_dedup_edges('identifiers') }}
)

select
    edge_id,
    identifier_type_a,
    identifier_value_a,
    identifier_type_b,
    identifier_value_b,
    occurred_at,
    source,
    event_id,
    first_synced_at,
    is_active,
    inactive_reason,
    synced_at,
    source_ingested_at,
    {{ run_stamp() }} as _ingested_at
from edges
