"""The contraction of a graph: any shape, in few rounds and little memory."""

from __future__ import annotations

import json
from dataclasses import dataclass

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from macros import render

Edges = list[tuple[str, str]]


@dataclass(frozen=True)
class Contracted:
    component: dict[str, str]
    rounds: int
    rows: int
    """The rows of all temporary tables together, at the end: none is removed before."""


def contract(edges: Edges) -> Contracted:
    """Run the macros' statements in the order of the materialization connected_components."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table given as select pair[1] as node_a, pair[2] as node_b "
            """from (select unnest(from_json(?, '[["varchar"]]')) as pair)""",
            [json.dumps(edges)],
        )
        for sql in render("contraction_start", "t", "select * from given"):
            connection.execute(sql)
        rounds = 0
        left = "contraction_edges_left"
        while connection.execute(render(left, "t", rounds + 1)).fetchall() != [(0,)]:
            rounds += 1
            for sql in render("contraction_round", "t", rounds):
                connection.execute(sql)
        for round_ in range(rounds, 0, -1):
            connection.execute(render("contraction_compose", "t", round_, rounds))
        component = dict(connection.execute(render("contraction_result", "t")).fetchall())
        counts = connection.execute("select estimated_size from duckdb_tables() where temporary")
        return Contracted(component, rounds, sum(size for (size,) in counts.fetchall()))


def components(edges: Edges) -> dict[str, str]:
    """The reference: union-find, each node with the least of its component."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for a, b in edges:
        if a != b:
            low, high = sorted((root(a), root(b)))
            parent[high] = low
    return {node: root(node) for node in parent}


NODE = st.integers(0, 40).map(lambda number: f"n{number:02}")


@given(st.lists(st.tuples(NODE, NODE), max_size=60))
def test_any_graph(edges: Edges) -> None:
    assert contract(edges).component == components(edges)


def test_no_edges() -> None:
    assert contract([]).component == {}
    assert contract([("a", "a")]).component == {}


def test_a_long_chain_takes_rounds_by_the_logarithm_of_its_length() -> None:
    chain = [(f"n{number:06}", f"n{number + 1:06}") for number in range(20_000)]
    contracted = contract(chain)
    assert set(contracted.component.values()) == {"n000000"}
    assert len(contracted.component) == 20_001
    assert contracted.rounds <= 25


def test_a_hub_takes_memory_in_proportion_to_its_edges() -> None:
    hub = [("hub", f"leaf{number}") for number in range(5_000)]
    contracted = contract(hub)
    assert set(contracted.component.values()) == {"hub"}
    # The closure of its leaves would have 12.5 million pairs.
    assert contracted.rows < 20 * len(hub)


def test_a_clique_takes_memory_in_proportion_to_its_edges() -> None:
    clique = [(f"n{a:03}", f"n{b:03}") for a in range(120) for b in range(a)]
    contracted = contract(clique)
    assert set(contracted.component.values()) == {"n000"}
    assert contracted.rows < 20 * len(clique)
