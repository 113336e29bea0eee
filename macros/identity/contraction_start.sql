{#
    The statements that contract a graph, for whoever runs the loop: the materialization
    connected_components. They are the same in each round but for its number and its factors.
    Their tables are temporary:

    <prefix>__nodes   node (text), label: 1, 2, …
    <prefix>__edges   round, a, b: what joins two labels before that round
    <prefix>__picks   round, label, picked: what a label with an edge became in that round
    <prefix>__finals  round, label, final: what it had become when the last round was over

    Each round orders the labels anew, by a bijection x → (a·x + b) mod p: labels in a bad order
    would shrink a chain by one a round.
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
