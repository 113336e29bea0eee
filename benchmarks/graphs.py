"""Graphs of identifiers, by their number of edges, in the tables that the resolver reads.

An edge is a row of `crm.person_identifier_edges`, a node one of `crm.person_identifier_arrivals`,
with the columns that are read. Keys are md5 as the pipeline's are, and rows come in the order of
hashes, as those of the pipeline do. The same seed gives the same rows.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

CHAIN, HUB = 2_000, 10_000
"""Nodes of a long chain; leaves of a hub."""

# Of a build of `crm generate --persons 10000`: how many persons have so many identifiers, and
# whether these are joined each with each, as by one record, or one by one, as by a string of them.
_SIZES = (
    "(2, true, 3532), (3, true, 3978), (4, true, 727), (5, false, 136), "
    "(6, false, 145), (7, false, 136), (8, false, 136), (9, false, 146), (20, false, 8), "
    "(21, false, 4), (22, false, 11), (23, false, 9), (24, false, 8)"
)

# Each a select of pairs of node numbers, which are 0, 1, …; {edges} and {seed} are numbers.
GRAPHS = {
    "realistic": f"""
        with sizes as (
            select
                nodes,
                joined,
                sum(persons) over (order by nodes) as upto,
                sum(persons * if(joined, nodes * (nodes - 1) // 2, nodes - 1)) over ()
                    / sum(persons) over () as edges_of_one
            from (values {_SIZES}) as sizes (nodes, joined, persons)
        ),
        persons as (
            select nodes, joined, sum(nodes) over (order by person) - nodes as first_node
            from (
                select
                    range as person,
                    hash(range, {{seed}}) % (select max(upto) from sizes) as draw
                from range(cast({{edges}} / (select max(edges_of_one) from sizes) as bigint))
            ) as draws
            asof join sizes on draws.draw < sizes.upto
        )
        select first_node + one.range as a, first_node + other.range as b
        from persons,
            range(nodes - 1) as one,
            range(one.range + 1, if(joined, nodes, one.range + 2)) as other
    """,
    "chains": f"""
        select range + range // {CHAIN - 1} as a, a + 1 as b from range({{edges}})
    """,
    "hubs": f"""
        select range // {HUB} * {HUB + 1} as a, range + range // {HUB} + 1 as b
        from range({{edges}})
    """,
    "giant": """
        select hash(range, {seed}) % (range + 1) as a, range + 1 as b from range({edges} // 2)
        union all
        select hash(range, {seed}) % ({edges} // 2) as a, hash({seed}, range) % ({edges} // 2) as b
        from range({edges} - {edges} // 2)
    """,
}


def write_graph(file: Path, shape: str, edges: int, seed: int) -> int:
    """Make the two tables in a new file; returns how many edges there are, about `edges`."""
    pairs = GRAPHS[shape].format(edges=edges, seed=seed)
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema crm")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"create temporary table pairs as {pairs}")
        connection.execute(f"""
            create table crm.person_identifier_edges as
            select
                md5(concat({seed}, '-', a)) as identifier_key_a,
                md5(concat({seed}, '-', b)) as identifier_key_b,
                true as is_active
            from pairs
            order by hash(a, b)
        """)
        connection.execute(f"""
            create table crm.person_identifier_arrivals as
            select
                md5(concat({seed}, '-', node)) as identifier_key,
                'user_id' as identifier_type,
                cast(node as varchar) as identifier_value,
                timestamp '2025-01-01'
                    + to_seconds(cast(hash({seed}, node) % 10000000 as bigint)) as synced_at,
                true as is_current
            from (select a as node from pairs union select b from pairs)
            order by hash(node)
        """)
        connection.execute("drop table pairs")
        [(found,)] = connection.execute(
            "select count(*) from crm.person_identifier_edges"
        ).fetchall()
    return int(found)
