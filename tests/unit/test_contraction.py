"""The contraction of a graph: any shape, in few rounds and little memory."""

from __future__ import annotations

from dataclasses import dataclass

from engines import Engine
from hypothesis import given
from hypothesis import strategies as st

Edges = list[tuple[str, str]]


@dataclass(frozen=True)
class Contracted:
    component: dict[str, str]
    rounds: int
    rows: int
    """The rows of all temporary tables together, at the end: none is removed before."""


def contract(engine: Engine, edges: Edges) -> Contracted:
    """Run the macros' statements in the order of the materialization connected_components.

    Nodes are keys, in the order of their names; each component is named here by its least node.
    """
    names = sorted({node for edge in edges for node in edge})
    key_of = {name: f"{number:032x}" for number, name in enumerate(names)}
    name_of = {key: name for name, key in key_of.items()}
    keys = [(key_of[a], key_of[b]) for a, b in edges]
    engine.table("given_edges", ["node_a", "node_b"], keys)
    start = engine.render("contraction_start", "t", "select * from given_edges")
    engine.execute(engine.render("sql_of", start))
    rounds = 0
    while engine.execute(engine.render("contraction_edges_left", "t", rounds + 1)) != [(0,)]:
        rounds += 1
        for sql in engine.render("contraction_round", "t", rounds):
            engine.execute(sql)
    for round_ in range(rounds, 0, -1):
        engine.execute(engine.render("contraction_compose", "t", round_))
    found = {
        name_of[str(node).replace("-", "")]: component
        for node, component in engine.execute(engine.render("contraction_result", "t"))
    }
    members: dict[object, list[str]] = {}
    for node, component_key in found.items():
        members.setdefault(component_key, []).append(node)
    component = {node: min(members[component_key]) for node, component_key in found.items()}
    tables = ("graph", "firsts", "rest", "nodes", "edges", "picks", "finals")
    sizes = [engine.execute(f"select count(*) from t__{table}")[0][0] for table in tables]
    return Contracted(component, rounds, sum(sizes))


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
def test_any_graph(engine: Engine, edges: Edges) -> None:
    assert contract(engine, edges).component == components(edges)


def test_no_edges(engine: Engine) -> None:
    assert contract(engine, []).component == {}
    assert contract(engine, [("a", "a")]).component == {}


def test_a_long_chain_takes_rounds_by_the_logarithm_of_its_length(engine: Engine) -> None:
    chain = [(f"n{number:06}", f"n{number + 1:06}") for number in range(20_000)]
    contracted = contract(engine, chain)
    assert set(contracted.component.values()) == {"n000000"}
    assert len(contracted.component) == 20_001
    assert contracted.rounds <= 25


def test_a_hub_takes_memory_in_proportion_to_its_edges(engine: Engine) -> None:
    hub = [("hub", f"leaf{number}") for number in range(5_000)]
    contracted = contract(engine, hub)
    assert set(contracted.component.values()) == {"hub"}
    # The closure of its leaves would have 12.5 million pairs.
    assert contracted.rows < 20 * len(hub)


def test_a_clique_takes_memory_in_proportion_to_its_edges(engine: Engine) -> None:
    clique = [(f"n{a:03}", f"n{b:03}") for a in range(120) for b in range(a)]
    contracted = contract(engine, clique)
    assert set(contracted.component.values()) == {"n000"}
    assert contracted.rows < 20 * len(clique)
