-- Grain: (type, value). A group's id is the key of its oldest identifier: the first that landed.
with sightings as (
    select
        identifier_type,
        identifier_value,
        min(occurred_at) as first_seen_at
    from {{ ref('group_identifiers') }}
    group by identifier_type, identifier_value
),

identifiers as (
    select
        arrivals.identifier_key,
        sightings.identifier_type,
        sightings.identifier_value,
        sightings.first_seen_at,
        coalesce(components.component, arrivals.identifier_key) as component,
        arrivals.synced_at,
        arrivals.source_ingested_at
    from sightings
    inner join {{ ref('group_identifier_arrivals') }} as arrivals
        on
            sightings.identifier_type = arrivals.identifier_type
            and sightings.identifier_value = arrivals.identifier_value
    left join {{ ref('group_components') }} as components
        on arrivals.identifier_key = components.node
)

select
    identifier_key,
    identifier_type,
    identifier_value,
    first_value(identifier_key) over (
        partition by component
        order by synced_at, identifier_type, identifier_value
    ) as group_id,
    first_seen_at,
    synced_at,
    source_ingested_at,
    {{ run_stamp() }} as _ingested_at
from identifiers
