"""What a document costs, found without executing it."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import OperationType, parse

from headless_crm.server.documents import Documents
from headless_crm.server.limits import LimitError, Operation, check_variables, measured
from headless_crm.server.schema import graphql_schema

SCHEMA = graphql_schema()

EXPLAIN = """explain(
    entity: PERSON, first: {type: "email", value: "a"}, second: {type: "email", value: "b"}
)"""


def operation(text: str) -> Operation:
    [found] = measured(SCHEMA, parse(text), introspection=False)
    return found


@pytest.mark.parametrize(
    ("text", "cost", "depth"),
    [
        ("{ __typename }", 1, 1),
        ('{ person(id: "x") { id } }', 2, 2),
        ('{ person(id: "x") { id timeline { id } } }', 1 + 1 + 1 + 20, 3),
        ('{ person(id: "x") { timeline(first: 3) { id name } } }', 1 + 1 + 3 * 2, 3),
        ('{ person(id: "x") { timeline(first: 100) { id } } }', 1 + 1 + 100, 3),
        (f"{{ {EXPLAIN} {{ together path {{ source a {{ value }} }} }} }}", 1 + 1 + 1 + 20 * 3, 4),
        (f"{{ {EXPLAIN} {{ path(first: 2) {{ source }} }} }}", 1 + 1 + 2, 3),
        (f"{{ {EXPLAIN} {{ text a: text(first: 3) }} }}", 1 + 1 + 20 + 1 + 3, 2),
        ('query ($n: Int) { person(id: "x") { timeline(first: $n) { id } } }', 1 + 1 + 100, 3),
        ('{ person(id: "x") { ...f ...f } } fragment f on Person { id name }', 5, 2),
        ('{ person(id: "x") { ... on Person { id } ... { id } } }', 3, 2),
        ('{ person(id: "x") { memberships(first: 2) { person { id } } } }', 1 + 1 + 2 * 2, 4),
        (
            "mutation ($e: [EventInput!]!) { processEvents(events: $e) { success } }",
            1 + 250,
            2,
        ),
        (
            'mutation { processEvents(events: [{source: "a", id: "b"}]) '
            "{ userErrors { code } persons(first: 2) { id } } }",
            1 + 2 + 1 + 2,
            3,
        ),
        ("{ nothing { of { the } kind } }", 4, 3),
    ],
)
def test_cost_and_depth(text: str, cost: int, depth: int) -> None:
    found = operation(text)
    assert (found.cost, found.depth) == (cost, depth)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("{ __typename }", {"read"}),
        ('mutation { processEvent(source: "a", id: "b") { success } }', {"process"}),
        ("mutation { __typename }", {"process"}),
        (
            'mutation { processEvent(source: "a", id: "b") { groups { __typename } } }',
            {"read", "process"},
        ),
        (
            'mutation { processEvent(source: "a", id: "b") { ...f } } '
            "fragment f on ProcessResult { ...g } fragment g on ProcessResult { persons { id } }",
            {"read", "process"},
        ),
    ],
)
def test_roles(text: str, roles: set[str]) -> None:
    assert operation(text).roles == roles


def test_each_operation_is_measured() -> None:
    found = measured(
        SCHEMA, parse("query a { __typename } mutation b { __typename }"), introspection=False
    )
    assert [(one.name, one.kind) for one in found] == [
        ("a", OperationType.QUERY),
        ("b", OperationType.MUTATION),
    ]


def test_what_passes_a_limit_is_told() -> None:
    deep = '{ person(id: "x") { ' + "memberships(first: 1) { person { " * 5 + "id" + " } }" * 6
    with pytest.raises(LimitError, match="12 deep: nest at most 10"):
        operation(deep)
    costly = "memberships(first: 100) { person { " * 2 + "timeline { id }" + " } }" * 2
    with pytest.raises(LimitError, match=r"220,\d\d\d fields: ask for at most 20,000"):
        operation(f'{{ person(id: "x") {{ {costly} }} }}')


@pytest.mark.parametrize("first", ["0", "-1", "101", "-2147483648", "9" * 5_000])
def test_a_page_that_is_none_is_refused(first: str) -> None:
    persons = f"persons(first: {first}) {{ id }}"
    asked = f'mutation {{ processEvent(source: "a", id: "b") {{ {persons} }} }}'
    with pytest.raises(LimitError, match="ask for 1 to 100") as refused:
        operation(asked)
    assert (refused.value.code, len(str(refused.value)) < 60) == ("INVALID", True)


MANY = " ".join(f"a{at}: 1" for at in range(21))


@pytest.mark.parametrize(
    "text",
    [
        f"{{ person(identifier: {{ {MANY} }}) {{ id }} }}",
        f"{{ person(identifier: {{ type: [{MANY.replace('a', '{a').replace('1 ', '1} ')}}}] }}) }}",
        f"{{ person(id: [[{{ {MANY} }}]]) {{ id }} }}",
        f"query ($i: IdentifierInput = {{ {MANY} }}) {{ person(identifier: $i) {{ id }} }}",
        f"{{ __typename @skip(if: {{ {MANY} }}) }}",
    ],
)
def test_an_object_that_no_input_is_as_large_as_is_refused(text: str) -> None:
    with pytest.raises(LimitError, match="An object of the document has more than 20 values"):
        measured(SCHEMA, parse(text), introspection=False)


def test_of_many_mistakes_a_few_are_told() -> None:
    events = "{ source: 1 } " * 250
    asked = f"mutation {{ processEvents(events: [{events}]) {{ success }} }}"
    errors = Documents(SCHEMA, development=False).get(asked)
    assert isinstance(errors, list)
    assert len(errors) == 11
    assert "Too many" in errors[-1].message


EVENT = {"source": "manual", "id": "x"}


@pytest.mark.parametrize(
    "variables",
    [
        {"e": [EVENT] * 334},
        {"e": [{}] * 1_000},
        {"i": {str(at): 1 for at in range(1_000)}},
        {str(at): 1 for at in range(1_001)},
        {"i": [[[{"type": [1] * 1_000}]]]},
    ],
)
def test_variables_that_no_document_takes_are_refused(variables: dict[str, Any]) -> None:
    with pytest.raises(LimitError, match="The variables have more than 1,000 values") as refused:
        check_variables(variables)
    assert refused.value.code == "TOO_COMPLEX"


def test_variables_of_as_many_events_as_there_may_be_are_taken() -> None:
    check_variables({"e": [EVENT] * 250, "more": {"of": [None, "x", 1.5]}})
    check_variables({"e": [EVENT] * 251})  # They are told in their answer that they are too many.


PERSON = 'person(id: "x")'
OFTEN = {
    "leaves": f"{{ {PERSON} {{ {'id ' * 70} }} }}",
    "leaves of fields": f"{{ {f'{PERSON} {{ id name }} ' * 70} }}",
    "leaves in fragments": f"{{ {f'{PERSON} {{ id ...f }} ' * 20} }} "
    f"fragment f on Person {{ {'id ' * 20} }}",
    "fragments": f"{{ {PERSON} {{ {' '.join(f'...f{at}' for at in range(70))} }} }} "
    + " ".join(f"fragment f{at} on Person {{ a{at} }}" for at in range(70)),
    "long arguments": "mutation { "
    + f"processEvents(events: [{'{source: 1, id: 2} ' * 50}]) {{ success }} " * 5
    + "}",
    "in what is not spread": f"{{ __typename }} fragment f on Person {{ {'id ' * 70} }}",
    "in what has no fields": f"{{ __typename {{ {'id ' * 70} }} }}",
}


@pytest.mark.parametrize("what", OFTEN)
def test_what_would_be_compared_too_often_is_refused(what: str) -> None:
    with pytest.raises(LimitError, match="too often in one place"):
        measured(SCHEMA, parse(OFTEN[what]), introspection=False)


def test_what_is_not_compared_may_stand_often() -> None:
    aliased = " ".join(f"a{at}: {PERSON} {{ ...f __typename id name }}" for at in range(50))
    fragment = "fragment f on Person { id name email traits { name value } __typename }"
    assert operation(f"{{ {aliased} }} {fragment}").depth == 3


def test_fragments_are_spread_only_so_often() -> None:
    names = " ".join(f"f{at}" for at in range(100))
    text = f"{{ {' '.join(f'a{at}: {PERSON} {{ ...f }}' for at in range(50))} }}"
    with pytest.raises(LimitError, match=r"more than 5,000 fields, with each fragment"):
        operation(f"{text} fragment f on Person {{ {names} }}")
