{# Who took part in which event, in which role: a row each (event, entity, role). #}
{% macro participants(identifiers, resolved, entity_id) -%}
    select
        {{ headless_crm.surrogate_key(['identifiers.event_id', 'resolved.' ~ entity_id, 'identifiers.role']) }} as id,
        identifiers.event_id,
        resolved.{{ entity_id }},
        identifiers.role,
        identifiers.occurred_at,
        identifiers.source,
        min(identifiers.synced_at) as synced_at,
        max(identifiers.source_ingested_at) as source_ingested_at
    from {{ resolved }} as resolved
    inner join {{ identifiers }} as identifiers
        on resolved.identifier_key = identifiers.identifier_key
    group by
        identifiers.event_id,
        resolved.{{ entity_id }},
        identifiers.role,
        identifiers.occurred_at,
        identifiers.source
{%- endmacro %}
