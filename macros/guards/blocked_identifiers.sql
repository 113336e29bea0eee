{# The identifiers that may have no partner of whatever type, with the reason. #}
{% macro blocked_identifiers(identifiers, limits, entity) -%}
    {#- A limit for a whole type decides only where no other does: one that blocks nothing need not be looked at. -#}
    with candidates as (
        {{ headless_crm.with_limits(identifiers, limits, entity, "limits.partner_type = '*' and (limits.breadth < 3 or limits.max_partners = 0)") }}
    ),

    ranked as (
        select
            candidates.*,
            row_number() over (partition by identifier_key order by {{ headless_crm.limit_order() }}) as limit_rank
        from candidates
    )

    select
        identifier_key,
        identifier_type,
        identifier_value,
        reason
    from ranked
    where {{ headless_crm.is_first('limit_rank') }} and max_partners = 0
{%- endmacro %}
