{#
    The entity that each row of identifiers stands for in a membership: that of its first identifier,
    by type, then value, which is not guarded. Only where all of them are, that of the first one.
#}
{% macro row_entities(identifiers, resolved, entity_id) -%}
    select row_id, {{ entity_id }}
    from (
        select
            identifiers.row_id,
            resolved.{{ entity_id }},
            row_number() over (
                partition by identifiers.row_id
                order by
                    case when resolved.is_guarded then 1 else 0 end,
                    {{ headless_crm.binary_order('identifiers.identifier_type') }},
                    {{ headless_crm.binary_order('identifiers.identifier_value') }}
            ) as rank_in_row
        from {{ resolved }} as resolved
        inner join {{ identifiers }} as identifiers
            on resolved.identifier_key = identifiers.identifier_key
    ) as ranked
    where {{ headless_crm.is_first('rank_in_row') }}
{%- endmacro %}
