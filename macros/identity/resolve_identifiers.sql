{#
    Each identifier with the id of its entity: the key of the oldest identifier of its component,
    by (first landing, type, value). Data that lands later can't make an older one, so that ids are
    stable and yet a pure function of the data.

    identifiers  those of current events       arrivals  when each first landed, in any version
    components   from connected_components; an identifier without an edge is one by itself
#}
{% macro resolve_identifiers(identifiers, arrivals, components, entity_id) -%}
    with sightings as (
        select
            identifier_type,
            identifier_value,
            min(occurred_at) as first_seen_at
        from {{ identifiers }}
        group by identifier_type, identifier_value
    ),

    members as (
        select
            arrivals.identifier_key,
            sightings.identifier_type,
            sightings.identifier_value,
            sightings.first_seen_at,
            coalesce(components.component, arrivals.identifier_key) as component,
            arrivals.synced_at,
            arrivals.source_ingested_at
        from sightings
        inner join {{ arrivals }} as arrivals
            on
                sightings.identifier_type = arrivals.identifier_type
                and sightings.identifier_value = arrivals.identifier_value
        left join {{ components }} as components
            on arrivals.identifier_key = components.node
    )

    select
        identifier_key,
        identifier_type,
        identifier_value,
        first_value(identifier_key) over (
            partition by component
            order by synced_at, {{ headless_crm.binary_order('identifier_type') }}, {{ headless_crm.binary_order('identifier_value') }}
        ) as {{ entity_id }},
        first_seen_at,
        synced_at,
        source_ingested_at
    from members
{%- endmacro %}
