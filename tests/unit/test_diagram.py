"""The picture of any tables: what refers to what, and that nothing lies on anything else."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from drawn import pages, untidy
from headless_crm.diagram.drawio import drawio
from headless_crm.diagram.layout import layout_of
from headless_crm.diagram.links import links_of
from headless_crm.diagram.project import Project
from headless_crm.diagram.svg import svg
from headless_crm.diagram.tables import SOURCES, STATE, Column, Link, Table

LAYERS = (SOURCES, "source_layer", "core_layer", "identity", "marts", STATE)


@st.composite
def projects(draw: st.DrawFn) -> tuple[list[Table], list[Link]]:
    """Tables that read others of their own layer or of an earlier one, and links between any."""
    tables: list[Table] = []
    layers = sorted(draw(st.lists(st.integers(0, 5), min_size=1, max_size=24)))
    for number, layer in enumerate(layers):
        earlier = [table.name for table in tables]
        reads = draw(st.lists(st.sampled_from(earlier), max_size=3)) if earlier else []
        entity = draw(st.sampled_from(["person", "group", "event"]))
        columns = draw(st.integers(1, 14))
        grouped = layer < 2
        tables.append(
            Table(
                f"{entity}_{number}",
                LAYERS[layer],
                tuple(Column(f"c{n}", "string", n == 0) for n in range(columns)),
                tuple(sorted(set(reads))),
                draw(st.sampled_from(["a", "b", ""])) if grouped else "",
                draw(st.sampled_from(["", "events"])) if layer == 1 else "",
            )
        )
    flows = {Link(name, table.name) for table in tables for name in table.reads}
    pairs = st.tuples(st.sampled_from(tables), st.sampled_from(tables), st.integers(0, 13))
    references = {
        Link(start.name, end.name, start.columns[n % len(start.columns)].name, "c0")
        for start, end, n in draw(st.lists(pairs, max_size=30))
        if start != end
    }
    return tables, sorted(flows | references)


def table(name: str, *columns: str, key: str = "id", **more: Any) -> Table:
    made = (Column(column, "string", column == key) for column in (key, *columns))
    return Table(name, more.pop("layer", "identity"), tuple(made), **more)


@given(projects())
def test_nothing_lies_on_anything_else(project: tuple[list[Table], list[Link]]) -> None:
    tables, links = project
    [page] = pages(drawio({"all": layout_of(tables, links)}))
    assert set(page.tables) == {table.name for table in tables}
    assert len(page.lines) == len(links)
    assert list(untidy(page)) == []


def test_tables_make_way_for_lines() -> None:
    rows = [f"r{n}" for n in range(14)]
    left = table("left", *rows, layer="core_layer")
    between = [table(name, *rows, reads=("left",)) for name in ("upper", "lower")]
    right = [table(f"right_{n}", layer="marts", reads=("upper",)) for n in range(12)]
    links = [Link("left", one.name, f"r{n}", "id") for n, one in enumerate(right)]
    links += [Link("lower", "right_5", "r9", "id"), Link("upper", "right_6", "r1", "id")]
    [page] = pages(drawio({"all": layout_of([left, *between, *right], links)}))
    upper, lower = sorted((page.tables["upper"], page.tables["lower"]), key=lambda box: box.top)
    assert lower.top - upper.bottom > 60
    assert list(untidy(page)) == []


@given(projects())
def test_the_order_of_what_is_given_makes_no_difference(
    project: tuple[list[Table], list[Link]],
) -> None:
    tables, links = project
    layout = layout_of(tables, links)
    shuffled = layout_of(tables[::-1], links[::-1])
    assert drawio({"all": shuffled}) == drawio({"all": layout})
    assert svg(shuffled) == svg(layout)


def test_a_new_table_hangs_on_others_by_what_its_columns_are_called() -> None:
    others = (
        table("events", layer="core_layer"),
        table("persons", key="person_id", layer="marts"),
        table("resolved_person_identifiers", key="identifier_key"),
        table("resolved_group_identifiers", key="identifier_key"),
        table("billing_events", layer="source_layer", group="billing"),
    )
    new = table("person_guards", "event_id", "person_id", "identifier_key", "row_id", "shop_id")
    pair = table("merges", "person_identifier_key", "group_identifier_key")
    columns = ("event_id", "identifier_key")
    invoice = table("billing_person_traits", *columns, layer="source_layer", group="billing")
    found = links_of(Project((*others, new, pair, invoice), ()))
    assert found == [
        Link("billing_person_traits", "billing_events", "event_id", "id"),
        Link("merges", "resolved_group_identifiers", "group_identifier_key", "identifier_key"),
        Link("merges", "resolved_person_identifiers", "person_identifier_key", "identifier_key"),
        Link("person_guards", "events", "event_id", "id"),
        Link("person_guards", "persons", "person_id", "person_id"),
        Link("person_guards", "resolved_person_identifiers", "identifier_key", "identifier_key"),
    ]


def test_a_table_without_references_hangs_on_what_it_is_made_of() -> None:
    plain = Table("summary", "marts", (Column("total", "bigint"),), reads=("events",))
    events = table("events", layer="core_layer")
    assert links_of(Project((events, plain), ())) == [Link("events", "summary")]
