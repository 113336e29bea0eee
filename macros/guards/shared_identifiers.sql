{#
    The identifiers that have more partners of a type than their limit allows, a row a type.
    A partner is an identifier that stands in a row with them. Those of one type that a row names
    together are one entity's by its own word, so that of each row only the least is counted, if it
    is not in another row with a lesser one. Blocked identifiers neither have partners nor are any.

    `identifiers` are those to look at, `partners` all that there are.
#}
{% macro shared_identifiers(identifiers, partners, blocked, limits, entity) -%}
    with paired as (
        select
            own.identifier_key,
            own.identifier_type,
            own.identifier_value,
            partner.identifier_type as partner_type,
            partner.identifier_key as partner_key,
            min({{ headless_crm.binary_order('partner.identifier_key') }}) over (
                partition by own.identifier_key, own.row_id, partner.identifier_type
            ) as least_key
        from {{ partners }} as partner
        inner join {{ identifiers }} as own
            on own.row_id = partner.row_id and own.identifier_key <> partner.identifier_key
        left join {{ blocked }} as blocked on own.identifier_key = blocked.identifier_key
        left join {{ blocked }} as blocked_partner on partner.identifier_key = blocked_partner.identifier_key
        where blocked.identifier_key is null and blocked_partner.identifier_key is null
    ),

    counted as (
        select
            identifier_key,
            identifier_type,
            identifier_value,
            partner_type,
            count(distinct partner_key)
            - count(distinct case when partner_key <> least_key then partner_key end) as partners
        from paired
        group by identifier_key, identifier_type, identifier_value, partner_type
    ),

    candidates as (
        {{ headless_crm.with_limits('counted', limits, entity, "(limits.partner_type <> '*' or limits.max_partners is null or limits.max_partners > 0) and limits.partner_type in ('*', given.partner_type)") }}
    ),

    ranked as (
        select
            candidates.*,
            row_number() over (
                partition by identifier_key, partner_type
                order by {{ headless_crm.limit_order() }}
            ) as limit_rank
        from candidates
    )

    select
        identifier_key,
        identifier_type,
        identifier_value,
        partner_type,
        partners,
        max_partners,
        reason
    from ranked
    where {{ headless_crm.is_first('limit_rank') }} and partners > max_partners
{%- endmacro %}
