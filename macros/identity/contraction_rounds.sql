{# The rounds of the contraction that contraction_start describes, and what they come to. #}
{% macro contraction_edges_left(prefix, round) -%}
    select count(*) from {{ prefix }}__edges where round = {{ round }}
{%- endmacro %}

{# Every label picks the least of its neighbourhood in the round's order; the edges follow. #}
{% macro contraction_round(prefix, round) -%}
    {%- set factors = headless_crm.shuffle_factors(round) -%}
    {%- set least -%}
        least({{ headless_crm.shuffled('label', factors) }}, min({{ headless_crm.shuffled('neighbour', factors) }}))
    {%- endset -%}
    {%- set picks -%}
        insert into {{ prefix }}__picks
        select
            {{ round }},
            label,
            {{ headless_crm.unshuffled(least, factors) }}
        from (
            select a as label, b as neighbour from {{ prefix }}__edges where round = {{ round }}
            union all
            select b, a from {{ prefix }}__edges where round = {{ round }}
        ) as neighbours
        group by label
    {%- endset -%}
    {%- set edges -%}
        insert into {{ prefix }}__edges
        select distinct
            {{ round + 1 }},
            least(a.picked, b.picked),
            greatest(a.picked, b.picked)
        from {{ prefix }}__edges as edges
        inner join {{ prefix }}__picks as a on edges.a = a.label and a.round = {{ round }}
        inner join {{ prefix }}__picks as b on edges.b = b.label and b.round = {{ round }}
        where edges.round = {{ round }} and a.picked <> b.picked
    {%- endset -%}
    {{ return([picks, edges]) }}
{%- endmacro %}

{# From the last round to the first: a pick became what its own pick of the next round became. #}
{% macro contraction_compose(prefix, round) -%}
    insert into {{ prefix }}__finals
    select
        {{ round }},
        picks.label,
        coalesce(finals.final, picks.picked)
    from {{ prefix }}__picks as picks
    left join {{ prefix }}__finals as finals
        on picks.picked = finals.label and finals.round = {{ round + 1 }}
    where picks.round = {{ round }}
{%- endmacro %}

{# Each node that has an edge, by its packed key, and the one that its component ended in. #}
{% macro contraction_result(prefix) -%}
    select firsts.node, coalesce(last_nodes.node, firsts.picked) as component
    from {{ prefix }}__firsts as firsts
    left join {{ prefix }}__nodes as nodes on firsts.picked = nodes.node
    left join {{ prefix }}__finals as finals on nodes.label = finals.label and finals.round = 1
    left join {{ prefix }}__nodes as last_nodes on finals.final = last_nodes.label
{%- endmacro %}
