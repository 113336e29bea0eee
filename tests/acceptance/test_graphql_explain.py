"""Explanations over GraphQL, of warehouses of both kinds that were really built."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from people import ANN
from served import Served, serving

from conftest import Sandbox
from headless_crm.queries import queries


@pytest.fixture(scope="module")
def served(people: Sandbox, ids: dict[str, str]) -> Iterator[Served]:  # noqa: ARG001
    with serving(people) as served:
        yield served


def test_an_explanation_names_the_edges_between_two_identifiers(served: Served) -> None:
    question = """query($second: IdentifierInput!) {
      explain(entity: PERSON, first: {type: "user_id", value: "42"}, second: $second) {
        together text
        path { a { type value } b { type value } isActive inactiveReason source syncedAt }
      }
    }"""
    phone = {"type": "phone", "value": "+14155550100"}
    found = served.ask(question, second=phone)["explain"]
    assert found["together"]
    assert [(edge["a"]["value"], edge["b"]["value"]) for edge in found["path"]] == [
        ("ann@teas.example", "42"),
        ("ann@teas.example", "+14155550100"),
    ]
    assert {edge["source"] for edge in found["path"]} == {"manual"}
    assert found["path"][1]["syncedAt"] == "2025-02-10T00:00:00Z"
    assert "are one person" in found["text"][0]
    short = question.replace("text", "text(first: 1)").replace("path", "path(first: 1)")
    assert served.ask(short, second=phone)["explain"] == {
        "together": True,
        "text": found["text"][:1],
        "path": found["path"][:1],
    }
    apart = served.ask(question, second={"type": "email", "value": "bob@teas.example"})["explain"]
    assert (apart["together"], apart["path"]) == (False, [])
    nobody = served.ask(question, second={"type": "email", "value": "nobody@x.example"})
    assert nobody["explain"] is None


def test_an_explanation_is_of_what_is_spelt_so(served: Served) -> None:
    question = """query($user: String!, $email: String!) { explain(
        entity: PERSON,
        first: {type: "user_id", value: $user}, second: {type: "email", value: $email}
    ) { together } }"""
    for user, email in (("Abc", "upper@case.example"), ("abc", "lower@case.example")):
        found = served.ask(question, user=user, email=email)
        assert found == {"explain": {"together": True}}, user
    found = served.ask(question, user="ABC", email="Lower@Case.example")
    assert found == {"explain": {"together": True}}


def test_an_explanation_is_of_the_type_that_is_asked_for(served: Served) -> None:
    question = """query($first: IdentifierInput!) { explain(
        entity: PERSON, first: $first, second: {type: "email", value: "glued@x.example"}
    ) { together } }"""
    for type_, value, answer in (
        ("user_id", "email:zoe@x.example", {"together": True}),
        ("email", "zoe@x.example", None),
        ("email", "two@x.example", None),
        ("", "glued@x.example", None),
        ("staff_id", "email:two@x.example", {"together": False}),
    ):
        asked = {"type": type_, "value": value}
        assert served.ask(question, first=asked) == {"explain": answer}, value


def test_a_warehouse_that_fails_is_not_an_identifier_that_there_is_not(
    people: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(queries("explain"), "edges", "select secret_column, ?, ? from memberships")
    one = '{type: "email", value: "ann@teas.example"}'
    with serving(people) as served:
        asked = f"{{ explain(entity: PERSON, first: {one}, second: {one}) {{ together }} }}"
        assert served.code(asked) == "UNAVAILABLE"
    assert "CrmError at " in caplog.text
    assert "secret" not in caplog.text


def test_explanations_that_take_too_long_leave_the_server_at_work(
    people: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = {
        "duckdb": "select count(*), ?, ? from range(100000000000) as numbers (n)",
        "postgresql": "select pg_sleep(60), ?::text[], ?::timestamp",
    }[people.url.partition(":")[0]]
    monkeypatch.setitem(queries("explain"), "edges", slow)
    with serving(people, deadline_seconds=1) as served:
        started = time.monotonic()
        one = '{type: "email", value: "ann@teas.example"}'
        many = " ".join(
            f"a{n}: explain(entity: PERSON, first: {one}, second: {one}) {{ together }}"
            for n in range(40)
        )
        errors = served.post(f"{{ {many} }}").json()["errors"]
        assert {error["extensions"]["code"] for error in errors} == {"DEADLINE_EXCEEDED"}
        assert served.client.get("/readyz").status_code == 200
        assert served.ask(f"{{ person{ANN} {{ name }} }}") == {"person": {"name": "Ann"}}
    assert time.monotonic() - started < 15, "the server did not end"
