{#
    The statements that contract a graph, for whoever runs the loop: the materialization
    connected_components. They are the same in each round but for its number and its factors.
    Their tables are temporary:

    <prefix>__graph   node_a, node_b: the edges as they are given, by packed keys
    <prefix>__firsts  node, picked: the least key of each node's neighbourhood
    <prefix>__rest    node_a, node_b: what joins two such keys
    <prefix>__nodes   node, label: those that it joins, numbered 1, 2, …
    <prefix>__edges   round, a, b: what joins two labels before that round
    <prefix>__picks   round, label, picked: what a label with an edge became in that round
    <prefix>__finals  round, label, final: what it had become when the last round was over

    Before the first round each node picks by its key. Keys are in no order that has to do with the
    edges, so that few are left to be numbered, which costs more than a round of numbers does. Each
    round then orders the labels anew, by a bijection x → (a·x + b) mod p: labels in a bad order
    would shrink a chain by one a round.
#}
{% macro contraction_start(prefix, edges_sql) -%}
    {%- set graph -%}
        select
            {{ headless_crm.packed_key('node_a') }} as node_a,
            {{ headless_crm.packed_key('node_b') }} as node_b
        from ({{ edges_sql }}) as edges
        where node_a <> node_b
    {%- endset -%}
    {%- set firsts -%}
        select node, least(node, min(neighbour)) as picked
        from (
            select node_a as node, node_b as neighbour from {{ prefix }}__graph
            union all
            select node_b, node_a from {{ prefix }}__graph
        ) as neighbours
        group by node
    {%- endset -%}
    {%- set rest -%}
        select distinct least(a.picked, b.picked) as node_a, greatest(a.picked, b.picked) as node_b
        from {{ prefix }}__graph as graph
        inner join {{ prefix }}__firsts as a on graph.node_a = a.node
        inner join {{ prefix }}__firsts as b on graph.node_b = b.node
        where a.picked <> b.picked
    {%- endset -%}
    {%- set nodes -%}
        select node, cast(row_number() over (order by node) as bigint) as label
        from (
            select node_a as node from {{ prefix }}__rest
            union
            select node_b from {{ prefix }}__rest
        ) as nodes
    {%- endset -%}
    {%- set edges -%}
        select cast(1 as integer) as round, a.label as a, b.label as b
        from {{ prefix }}__rest as rest
        inner join {{ prefix }}__nodes as a on rest.node_a = a.node
        inner join {{ prefix }}__nodes as b on rest.node_b = b.node
    {%- endset -%}
    {%- set picks -%}
        select round, a as label, b as picked from {{ prefix }}__edges where false
    {%- endset -%}
    {%- set finals -%}
        select round, a as label, b as final from {{ prefix }}__edges where false
    {%- endset -%}
    {{ return([
        headless_crm.temporary_table(prefix ~ '__graph', graph),
        headless_crm.temporary_table(prefix ~ '__firsts', firsts),
        headless_crm.temporary_table(prefix ~ '__rest', rest),
        headless_crm.temporary_table(prefix ~ '__nodes', nodes),
        headless_crm.temporary_table(prefix ~ '__edges', edges),
        headless_crm.temporary_table(prefix ~ '__picks', picks),
        headless_crm.temporary_table(prefix ~ '__finals', finals),
    ]) }}
{%- endmacro %}
