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
            {% for column in sides %}{{ column }}_{{ a }} as {{ column }}, {{ column }}_{{ b }} as other_{{ column }}{{ ', ' if not loop.last }}{% endfor %}
        from links
        where rule = 'never'
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ),

    own as (
        select ends.*, identifiers.row_id, identifiers.synced_at
        from {{ identifiers }} as identifiers
        inner join ends on identifiers.identifier_key = ends.identifier_key
    ),

    partners as (
        select
            own.id,
            {% for column in sides %}own.{{ column }}, partner.{{ column }} as other_{{ column }}, {% endfor %}
            min(own.synced_at) as first_synced_at
        from {{ identifiers }} as partner
        inner join own
            on partner.row_id = own.row_id and partner.identifier_key <> own.identifier_key
        group by {% for column in ['own.id'] + sides %}{{ column if loop.first else 'own.' ~ column ~ ', partner.' ~ column }}{{ ', ' if not loop.last }}{% endfor %}
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
        {% for column in sides %}{{ column }} as {{ column }}_a, other_{{ column }} as {{ column }}_b{{ ', ' if not loop.last }}{% endfor %}
    from cut
    union all
    select
        'always' as rule,
        {% for column in sides %}links.{{ column }}_a, links.{{ column }}_b{{ ', ' if not loop.last }}{% endfor %}
    from {{ arrivals }} as b
    inner join (
        select links.*
        from {{ arrivals }} as a
        inner join links on a.identifier_key = links.identifier_key_a
        where links.rule = 'always' and a.is_current
    ) as links on b.identifier_key = links.identifier_key_b
    left join cut on links.identifier_key_a = cut.identifier_key and links.identifier_key_b = cut.other_identifier_key
    where b.is_current and cut.identifier_key is null
{%- endmacro %}
