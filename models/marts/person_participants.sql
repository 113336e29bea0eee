-- Grain: (event, person, role): who took part in what.
with identifiers as (
    select * from {{ ref('person_identifiers') }}
),

resolved as (
    select * from {{ ref('resolved_person_identifiers') }}
),

participants as (
    select
        identifiers.event_id,
        resolved.person_id,
        identifiers.role,
        identifiers.occurred_at,
        identifiers.source,
        min(identifiers.synced_at) as synced_at,
        max(identifiers.source_ingested_at) as source_ingested_at
    from identifiers
    inner join resolved
        on
            identifiers.identifier_type = resolved.identifier_type
            and identifiers.identifier_value = resolved.identifier_value
    group by
        identifiers.event_id,
        resolved.person_id,
        identifiers.role,
        identifiers.occurred_at,
        identifiers.source
)

select
    {{ surrogate_key(['event_id', 'person_id', 'role']) }} as id,
    event_id,
    person_id,
    role,
    occurred_at,
    source,
    synced_at,
    source_ingested_at,
    {{ run_stamp() }} as _ingested_at
from participants
