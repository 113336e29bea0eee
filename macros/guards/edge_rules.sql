{#
    The edges that the user's links make or cut. `always` joins two identifiers that there are.
    `never` cuts the edge between them; and where both are partners of the same identifier, it stays
    with the one that it was seen with first. A cut edge is given in both directions.
#}
{% macro edge_rules(links, arrivals, identifiers, entity) -%}
    {%- set sides = ['identifier_key', 'identifier_type', 'identifier_value'] -%}
    with links as (
        select * from {{ links }} as all_links
        where entity = '{{ entity }}'
    ),

    ends as (
        {% for a, b in [('a', 'b'), ('b', 'a')] -%}
        select
            id,
            {% for column in sides %}
            {{ column }}_{{ a }} as {{ column }},
            {{ column }}_{{ b }} as other_{{ column }}{{ ',' if not loop.last }}
            {% endfor %}
        from links
        where rule = 'never'
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ),

    partners as (
        select
            ends.id,
            {% for column in sides %}
            ends.{{ column }},
            partner.{{ column }} as other_{{ column }},
            {% endfor %}
            min(own.synced_at) as first_synced_at
        from ends
        inner join (
            select * from {{ identifiers }} as all_identifiers
            where identifier_key in (select identifier_key from ends)
        ) as own on ends.identifier_key = own.identifier_key
        inner join {{ identifiers }} as partner
            on own.row_id = partner.row_id and own.identifier_key <> partner.identifier_key
        group by {% for column in ['ends.id'] + sides %}{{ column if loop.first else 'ends.' ~ column ~ ', partner.' ~ column }}{{ ', ' if not loop.last }}{% endfor %}
    ),

    ranked as (
        select
            partners.*,
            row_number() over (
                partition by id, other_identifier_key
                order by first_synced_at, {{ headless_crm.binary_order('identifier_key') }}
            ) as landing
        from partners
    ),

    cut as (
        select {% for column in sides %}{{ column }}, other_{{ column }}{{ ', ' if not loop.last }}{% endfor %} from ends
        union
        select {% for column in sides %}{{ column }}, other_{{ column }}{{ ', ' if not loop.last }}{% endfor %} from ranked
        where landing > 1
        union
        select {% for column in sides %}other_{{ column }}, {{ column }}{{ ', ' if not loop.last }}{% endfor %} from ranked
        where landing > 1
    )

    select
        'never' as rule,
        {% for column in sides %}
        {{ column }} as {{ column }}_a,
        other_{{ column }} as {{ column }}_b{{ ',' if not loop.last }}
        {% endfor %}
    from cut
    union all
    select
        'always' as rule,
        {% for column in sides %}
        links.{{ column }}_a,
        links.{{ column }}_b{{ ',' if not loop.last }}
        {% endfor %}
    from links
    inner join {{ arrivals }} as a on links.identifier_key_a = a.identifier_key
    inner join {{ arrivals }} as b on links.identifier_key_b = b.identifier_key
    left join cut on links.identifier_key_a = cut.identifier_key and links.identifier_key_b = cut.other_identifier_key
    where links.rule = 'always' and a.is_current and b.is_current and cut.identifier_key is null
{%- endmacro %}
