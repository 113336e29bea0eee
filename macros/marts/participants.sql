{#
    Who took part in which event, in which role: a row each (event, entity, role). The first role is
    the one by which the event counts among the entity's, which so is a sum.
#}
{% macro participants(identifiers, resolved, entity_id) -%}
    select
        {{ headless_crm.surrogate_key(['identifiers.event_id', 'resolved.' ~ entity_id, 'identifiers.role']) }} as id,
        identifiers.event_id,
        resolved.{{ entity_id }},
        identifiers.role,
        min(identifiers.occurred_at) as occurred_at,
        min(identifiers.source) as source,
        row_number() over (
            partition by identifiers.event_id, resolved.{{ entity_id }}
            order by {{ headless_crm.binary_order("coalesce(identifiers.role, '')") }}
        ) = 1 as is_first_role,
        min(identifiers.synced_at) as synced_at,
        max(identifiers.source_ingested_at) as source_ingested_at
    from {{ resolved }} as resolved
    inner join {{ identifiers }} as identifiers
        on resolved.identifier_key = identifiers.identifier_key
    group by
        identifiers.event_id,
        resolved.{{ entity_id }},
        identifiers.role
{%- endmacro %}
