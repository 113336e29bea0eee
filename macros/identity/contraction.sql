{#
    The statements that contract a graph, for whoever runs the loop: the materialization
    connected_components. They are the same in each round but for its number and its factors.
    Their tables are temporary:

    <prefix>__nodes   node (text), label: 1, 2, …
    <prefix>__edges   round, a, b: what joins two labels before that round
    <prefix>__picks   round, label, picked: what a label with an edge became in that round
    <prefix>__finals  round, label, final: what it had become when the last round was over

    Labels live in [0, p). Each round shuffles them by a bijection x → (a·x + b) mod p. A label
    without an edge takes part in nothing but the shuffling, so two of them never meet.
#}
{% macro contraction_start(prefix, edges_sql) -%}
    {%- set graph -%}
        select distinct node_a, node_b from ({{ edges_sql }}) as edges where node_a <> node_b
    {%- endset -%}
    {%- set nodes -%}
        select node, cast(row_number() over (order by {{ headless_crm.binary_order('node') }}) as bigint) as label
        from (
            select node_a as node from {{ prefix }}__graph
            union
            select node_b from {{ prefix }}__graph
        ) as nodes
    {%- endset -%}
    {%- set edges -%}
        select cast(1 as integer) as round, a.label as a, b.label as b
        from {{ prefix }}__graph as graph
        inner join {{ prefix }}__nodes as a on graph.node_a = a.node
        inner join {{ prefix }}__nodes as b on graph.node_b = b.node
    {%- endset -%}
    {%- set picks -%}
        select round, a as label, b as picked from {{ prefix }}__edges where false
    {%- endset -%}
    {%- set finals -%}
        select round, a as label, b as final from {{ prefix }}__edges where false
    {%- endset -%}
    {{ return([
        headless_crm.temporary_table(prefix ~ '__graph', graph),
        headless_crm.temporary_table(prefix ~ '__nodes', nodes),
        headless_crm.temporary_table(prefix ~ '__edges', edges),
        headless_crm.temporary_table(prefix ~ '__picks', picks),
        headless_crm.temporary_table(prefix ~ '__finals', finals),
    ]) }}
{%- endmacro %}

{% macro contraction_edges_left(prefix, round) -%}
    select count(*) from {{ prefix }}__edges where round = {{ round }}
{%- endmacro %}

{# Every label picks the least of its neighbourhood after the shuffle; the edges follow. #}
{% macro contraction_round(prefix, round) -%}
    {%- set factors = headless_crm.shuffle_factors(round) -%}
    {%- set picks -%}
        insert into {{ prefix }}__picks
        select
            {{ round }},
            label,
            least({{ headless_crm.shuffled('label', factors) }}, min({{ headless_crm.shuffled('neighbour', factors) }}))
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
{% macro contraction_compose(prefix, round, last_round) -%}
    {%- set rest = headless_crm.composed_factors(round + 1, last_round) -%}
    insert into {{ prefix }}__finals
    select
        {{ round }},
        picks.label,
        coalesce(finals.final, {{ headless_crm.shuffled('picks.picked', rest) }})
    from {{ prefix }}__picks as picks
    left join {{ prefix }}__finals as finals
        on picks.picked = finals.label and finals.round = {{ round + 1 }}
    where picks.round = {{ round }}
{%- endmacro %}

{% macro contraction_result(prefix) -%}
    select nodes.node, min({{ headless_crm.binary_order('nodes.node') }}) over (partition by finals.final) as component
    from {{ prefix }}__nodes as nodes
    inner join {{ prefix }}__finals as finals on nodes.label = finals.label and finals.round = 1
{%- endmacro %}
