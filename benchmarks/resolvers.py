"""Ways from a file's edges to its table of resolved identifiers, each run in a process of its own.

    python -m benchmarks.resolvers scipy graph.duckdb statements.json

All take the same keys from `crm.person_identifier_edges`, find the component of each, and write the
table `crm.person_components`, in which a person's id is its oldest identifier's key. Prints JSON:
seconds up to the components and up to the end, those of the processor, by how many MB the peak of
memory rose (1 at least), and a digest of the table's rows, in which all agree. Imports come before.
"""

from __future__ import annotations

import json
import re
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb

from headless_crm.realtime.rendering import DATABASE

Connection = duckdb.DuckDBPyConnection

_EDGES = """
    select identifier_key_a as a, identifier_key_b as b
    from crm.person_identifier_edges where is_active
"""
_NUMBERED = f"""
    create temporary table numbered as
    select node, cast(row_number() over () as integer) - 1 as label
    from (select a as node from ({_EDGES}) union select b from ({_EDGES}))
"""
_PAIRS = f"""
    select a.label as a, b.label as b from ({_EDGES}) as edges
    inner join numbered as a on edges.a = a.node inner join numbered as b on edges.b = b.node
"""
_RESOLVED = """
    create table crm.person_components as
    select
        nodes.identifier_key,
        first_value(nodes.identifier_key) over (
            partition by found.component, case when found.component is null then nodes.identifier_key end
            order by nodes.synced_at, nodes.identifier_type, nodes.identifier_value
        ) as person_id
    from crm.person_identifier_arrivals as nodes
    left join components as found on nodes.identifier_key = found.node
    where nodes.is_current
"""  # noqa: E501


def ours(connection: Connection, statements: dict[str, Any]) -> str:
    """The project's own statements, as a full build runs them; returns the last one."""
    for item in statements["start"]:
        select = _placed(item["select"]).replace(":edges", _placed(statements["edges"]))
        connection.execute(f"create temporary table {item['table']} as {select}")
    done = []
    for round_ in statements["rounds"]:
        if connection.execute(round_["edges_left"]).fetchall() == [(0,)]:
            break
        for sql in round_["contract"]:
            connection.execute(sql)
        done.append(round_)
    for round_ in reversed(done):
        connection.execute(round_["compose"])
    return _placed(statements["create"])


def scipy(connection: Connection, _: dict[str, Any]) -> str:
    """Compiled code over arrays, which the engine fills and takes back: the limit."""
    import numpy
    import pyarrow
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    [(nodes,)] = connection.execute(_NUMBERED).fetchall()
    pairs = connection.execute(_PAIRS).fetchnumpy()
    ones: Any = numpy.ones(len(pairs["a"]), dtype=numpy.int8)
    graph = coo_matrix((ones, (pairs["a"], pairs["b"])), shape=(nodes, nodes))
    _, labels = connected_components(graph, directed=False)
    found = pyarrow.table({"label": numpy.arange(nodes), "component": labels})
    connection.register("found", found)
    return _kept(connection, "select node, component from numbered inner join found using (label)")


def networkx(connection: Connection, _: dict[str, Any]) -> str:
    import pyarrow
    from networkx import Graph, connected_components

    graph = Graph(connection.execute(_EDGES).fetchall())
    nodes, numbers = [], []
    for number, members in enumerate(connected_components(graph)):
        nodes += members
        numbers += [number] * len(members)
    connection.register("found", pyarrow.table({"node": nodes, "component": numbers}))
    return _kept(connection, "select node, component from found")


def splink(connection: Connection, _: dict[str, Any]) -> str:
    from splink import DuckDBAPI
    from splink.clustering import cluster_pairwise_predictions_at_threshold

    connection.execute(f"create temporary table pairs as {_EDGES}")
    connection.execute(
        "create temporary table nodes as select a as node from pairs union select b from pairs"
    )
    clusters = cluster_pairwise_predictions_at_threshold(
        nodes=connection.table("nodes"),
        edges=connection.table("pairs"),
        db_api=DuckDBAPI(connection),
        node_id_column_name="node",
        edge_id_column_name_left="a",
        edge_id_column_name_right="b",
    )
    return _kept(connection, f"select node, cluster_id as component from {clusters.physical_name}")


def recursive(connection: Connection, _: dict[str, Any]) -> str:
    """Each node takes the least component of its neighbours, until none is less."""
    connection.execute(_NUMBERED)
    connection.execute(f"""
        create temporary table neighbours as
        with pairs as ({_PAIRS}) select a, b from pairs union all select b, a from pairs
    """)
    return _kept(
        connection,
        """
        with recursive reached (label, component) using key (label) as (
            select label, label from numbered
            union
            select known.label, min(changed.component)
            from reached as changed
            inner join neighbours on changed.label = neighbours.a
            inner join recurring.reached as known on neighbours.b = known.label
            where changed.component < known.component
            group by known.label
        )

        select node, component from numbered inner join reached using (label)
        """,
    )


IMPORTED = {
    "scipy": ("pyarrow", "scipy.sparse.csgraph"),
    "splink": ("splink.clustering",),
    "networkx": ("pyarrow", "networkx"),
}
RESOLVERS = {
    "ours": ours,
    "scipy": scipy,
    "splink": splink,
    "networkx": networkx,
    "recursive": recursive,
}


def _kept(connection: Connection, select: str) -> str:
    connection.execute(f"create temporary table components as {select}")
    return _RESOLVED


def _placed(sql: str) -> str:
    return sql.replace(f"{DATABASE}.", "")


def _peak_mb() -> float:
    """The process's own, of Linux; getrusage's begins with what its parent held when it started."""
    [kb] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kb) / 1024


def main() -> None:
    name, file, rendered = sys.argv[1:]
    statements = json.loads(Path(rendered).read_text())
    for module in IMPORTED.get(name, ()):
        import_module(module)
    connection = duckdb.connect()
    connection.execute(f"attach '{file}' as warehouse")
    connection.execute("use warehouse")
    for sql in statements["state"]:
        connection.execute(_placed(sql))
    before, started = _peak_mb(), time.perf_counter()
    processor = time.process_time()
    last = RESOLVERS[name](connection, statements)
    components = time.perf_counter() - started
    connection.execute(last)
    whole = time.perf_counter() - started
    processor = time.process_time() - processor
    [(digest,)] = connection.execute(
        "select cast(bit_xor(hash(identifier_key, person_id)) as varchar)"
        " from crm.person_components"
    ).fetchall()
    found = {
        "components": components,
        "whole": whole,
        "processor": processor,
        "peak_mb": max(1.0, _peak_mb() - before),
        "digest": digest,
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
