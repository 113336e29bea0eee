"""GraphQL that asks for too much, or for what is for development alone."""

from __future__ import annotations

import time
from typing import Any

import pytest
from served import Served
from small import ANN, PAGE, READ

from headless_crm.server import documents, endpoint, limits


def test_the_page_s_limits_are_those_that_hold() -> None:
    table = PAGE.partition("## Errors and limits")[2]
    for number in (
        *(f"{limits.MOST_DEPTH} |", f"{limits.MOST_COST:,} |", f"{limits.MOST_ALIASES} aliases"),
        *(f"{documents.MOST_CHARACTERS:,} char", f"{documents.MOST_TOKENS:,} tokens"),
        *(f"{limits.MOST_SELECTIONS} fields", f"{endpoint.MOST_BYTES // 2**20} MiB"),
        *(f"{limits.MOST_VALUES:,} values", f"{limits.MOST_IN_OBJECT} values"),
    ):
        assert number in table


def bomb(fragments: int) -> str:
    """Each fragment has the next one twice: 2 to the power of their number."""
    lines = [
        f"fragment f{at} on Person {{ memberships {{ a: person {{ ...f{at + 1} }} "
        f"b: person {{ ...f{at + 1} }} }} }}"
        for at in range(fragments)
    ]
    return (
        f"{{ person{ANN} {{ ...f0 }} }} {' '.join(lines)} fragment f{fragments} on Person {{ id }}"
    )


def flat_bomb(fragments: int) -> str:
    lines = [f"fragment f{at} on Person {{ ...f{at + 1} ...f{at + 1} }}" for at in range(fragments)]
    return (
        f"{{ person{ANN} {{ ...f0 }} }} {' '.join(lines)} fragment f{fragments} on Person {{ id }}"
    )


def same_fields(fields: int) -> str:
    """Fields of one name, each of which has to be compared with each other."""
    half = "id " * (fields // 2)
    return f"{{ person{ANN} {{ {half} }} person{ANN} {{ {half} }} }}"


HOSTILE = {
    "a bomb of fragments": bomb(20),
    "a flat bomb of fragments": flat_bomb(60),
    "a bomb of many fragments": flat_bomb(160),
    "fragments in a chain": " ".join(
        [
            f"{{ person{ANN} {{ ...f0 }} }}",
            *(f"fragment f{at} on Person {{ ...f{at + 1} }}" for at in range(450)),
        ]
    ),
    "a fragment in itself": f"{{ person{ANN} {{ ...f }} }} fragment f on Person {{ ...f }}",
    "fragments in each other": (
        f"{{ person{ANN} {{ ...f }} }} fragment f on Person {{ id ...g }} "
        f"fragment g on Person {{ name ...f }}"
    ),
    "an object of many fields": (
        f"{{ person(identifier: {{ {' '.join(f'a{at}: 1' for at in range(1_240))} }}) {{ id }} }}"
    ),
    "many aliases": "{ " + " ".join(f"a{at}: __typename" for at in range(10_000)) + " }",
    "some aliases": "{ " + " ".join(f"a{at}: __typename" for at in range(51)) + " }",
    "many fields": "{ " + "__typename " * 4_000 + "}",
    "fields to compare": same_fields(490),
    "persons to compare": f"{{ {f'person{ANN} {{ id }} ' * 240} }}",
    "nesting": "{ a" * 2_000 + " }" * 2_000,
    "deeper nesting": "{a" * 30_000,
    "nested lists": "{ person(id: " + "[" * 4_000,
    "a path in circles": f"{{ person{ANN} {{ " + "memberships { person { " * 10 + "id" + " } }" * 10
    + " } }",
    "a long document": "{ __typename } #" + "x" * 70_000,
    "many tokens": "query (" + "$a: Int " * 2_000 + ") { __typename }",
    "directives": "{ __typename " + "@a " * 2_000 + "}",
    "pages of pages": (
        f"{{ person{ANN} {{ memberships(first: 100) {{ group {{ memberships(first: 100) "
        "{ person { memberships(first: 100) { id } } } } } } }"
    ),
    "pages by a variable": (
        f"query ($n: Int) {{ person{ANN} {{ memberships(first: $n) {{ group "
        "{ memberships(first: $n) { person { memberships(first: $n) { id } } } } } } }"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_documents_are_refused_at_once(served: Served, what: str) -> None:
    before = served.server.reads.statements
    started = time.monotonic()
    response = served.post(HOSTILE[what])
    assert time.monotonic() - started < 1, what
    assert response.status_code == 200
    answer = response.json()
    assert answer.keys() == {"errors"}
    assert all(error["extensions"]["code"] != "INTERNAL" for error in answer["errors"])
    assert served.server.reads.statements == before
    strict = served.post(HOSTILE[what], accept="application/graphql-response+json")
    assert strict.status_code == 400


def test_hostile_variables_are_refused_before_they_are_checked(served: Served) -> None:
    many = "mutation ($e: [EventInput!]!) { processEvents(events: $e) { success } }"
    lookup = "query ($i: IdentifierInput) { person(identifier: $i) { id } }"
    assert served.code(many, e=[{"source": "", "id": 1}] * 60_000) == "TOO_COMPLEX"
    assert served.code(lookup, i={f"a{at}": 1 for at in range(100_000)}) == "TOO_COMPLEX"


def test_what_is_within_the_limits_and_costs_most_to_check(served: Served) -> None:
    started = time.monotonic()
    served.ask(f"{{ {f'person{ANN} {{ id }} ' * 25} }}")
    assert time.monotonic() - started < 1


def test_many_events_are_within_the_limits(served: Served) -> None:
    fields = "success status processedAt userErrors { field code message } persons { id }"
    events = ", ".join(f'{{source: "manual", id: "{at}"}}' for at in range(250))
    found = served.ask(f"mutation {{ processEvents(events: [{events}]) {{ {fields} }} }}")
    assert len(found["processEvents"]) == 250


@pytest.mark.parametrize(
    "asked",
    [
        "{ __schema { types { name } } }",
        '{ __type(name: "Person") { name } }',
        'query { ...f } fragment f on Query { a: __type(name: "Person") { name } }',
    ],
)
def test_introspection_is_for_development(
    served: Served, in_development: Served, asked: str
) -> None:
    assert served.code(asked) == "INTROSPECTION_DISABLED"
    in_development.ask(asked)


def test_suggestions_are_for_development(served: Served, in_development: Served) -> None:
    mistakes: list[tuple[str, dict[str, Any]]] = [
        ("{ persom { id } }", {}),
        (f"{{ person{ANN} {{ nam }} }}", {}),
        (f"{{ person{ANN} {{ ... on Persom {{ id }} }} }}", {}),
        ('{ person(idd: "x") { id } }', {}),
        ("query ($i: IdentifierInput) { person(identifier: $i) { id } }",
         {"i": {"typ": "email", "type": "email", "value": "x"}}),
    ]  # fmt: skip
    for asked, variables in mistakes:
        assert "Did you mean" in in_development.post(asked, variables).text
        response = served.post(asked, variables)
        assert "errors" in response.json()
        assert "Did you mean" not in response.text


def test_graphiql_is_for_development_and_loads_nothing_from_elsewhere(
    served: Served, in_development: Served
) -> None:
    assert served.client.get("/graphiql").status_code == 404
    page = in_development.client.get("/graphiql")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    files = [part.split('"')[0] for part in page.text.split('="/')[1:]]
    assert len(files) == 6
    for file in files:
        assert in_development.client.get(f"/{file}").status_code == 200
    assert "://" not in page.text
    assert served.client.get(f"/{files[0]}").status_code == 404


def test_answers_are_neither_kept_nor_guessed_nor_embedded(served: Served) -> None:
    responses = [
        served.post(READ),
        served.client.get("/graphql"),
        served.client.get("/nowhere"),
        served.client.get("/metrics"),
    ]
    for response in responses:
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert "server" not in response.headers
