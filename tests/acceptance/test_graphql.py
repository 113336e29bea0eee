"""Questions over GraphQL, to warehouses of both kinds that were really built."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from people import ANN
from served import Served, outcome, serving, sessions_of

from conftest import Sandbox
from headless_crm.errors import CrmError
from headless_crm.queries import queries
from headless_crm.realtime.outcome import Status
from headless_crm.server.sessions import postgres_sessions
from headless_crm.warehouse import open_warehouse


@pytest.fixture(scope="module")
def served(people: Sandbox, ids: dict[str, str]) -> Iterator[Served]:  # noqa: ARG001
    with serving(people) as served:
        yield served


def test_a_person_has_what_the_tables_have(served: Served, ids: dict[str, str]) -> None:
    found = served.ask(
        f"""{{ person{ANN} {{
            __typename id name email phone firstSeenAt lastSeenAt eventCount
            identifiers {{ type value firstSeenAt }}
            traits {{ name value occurredAt source eventId }}
            memberships {{ role source personName groupName firstSeenAt
                person {{ name }} group {{ id name domain shopId myshopifyDomain eventCount }} }}
            timeline(first: 2) {{ id name occurredAt source description type value valueUnit }}
        }} }}"""
    )["person"]
    traits = {trait["name"]: trait for trait in found.pop("traits")}
    assert {name: trait["value"] for name, trait in traits.items()}["plan"] == "pro"
    assert traits["name"]["occurredAt"] == "2025-01-01T10:00:00Z"
    assert traits["name"]["source"] == "manual"
    [membership] = found.pop("memberships")
    assert membership == {
        "role": "owner",
        "source": "manual",
        "personName": "Ann",
        "groupName": "Teas",
        "firstSeenAt": "2025-01-01T10:00:00Z",
        "person": {"name": "Ann"},
        "group": {
            "id": ids["teas.example"],
            "name": "Teas",
            "domain": "teas.example",
            "shopId": None,
            "myshopifyDomain": None,
            "eventCount": 2,
        },
    }
    assert [one["name"] for one in found.pop("timeline")] == ["event_known", "event_visit-3"]
    assert found == {
        "__typename": "Person",
        "id": ids["ann@teas.example"],
        "name": "Ann",
        "email": "ann@teas.example",
        "phone": "+14155550100",
        "firstSeenAt": "2025-01-01T10:00:00Z",
        "lastSeenAt": "2025-01-10T10:00:00Z",
        "eventCount": 7,
        "identifiers": [
            {"type": kind, "value": value, "firstSeenAt": f"2025-01-{day}T10:00:00Z"}
            for kind, value, day in (
                ("email", "ann@teas.example", "01"),
                ("user_id", "42", "01"),
                ("phone", "+14155550100", "03"),
            )
        ],
    }


def test_values_of_events_are_exact(served: Served) -> None:
    found = served.ask(f"{{ person{ANN} {{ timeline {{ name value valueUnit }} }} }}")
    [first] = [one for one in found["person"]["timeline"] if one["name"] == "event_ann"]
    assert (first["value"], first["valueUnit"]) == ("12.5", "EUR")


def test_a_group_is_read_as_a_person_is(served: Served, ids: dict[str, str]) -> None:
    found = served.ask(
        """query ($id: ID!) { group(id: $id) {
            id name
            identifiers { type value } traits { name value }
            memberships { personName person { email } }
            timeline { name }
        } }""",
        id=ids["teas.example"],
    )["group"]
    assert (found["id"], found["name"]) == (ids["teas.example"], "Teas")
    assert found["identifiers"] == [{"type": "domain", "value": "teas.example"}]
    assert {"name": "name", "value": "Teas"} in found["traits"]
    assert [one["personName"] for one in found["memberships"]] == ["Bob", "Ann"]
    assert found["memberships"][0]["person"] == {"email": "bob@teas.example"}
    assert [one["name"] for one in found["timeline"]] == ["event_bob", "event_ann"]


def test_lists_have_as_many_rows_as_asked_for(served: Served) -> None:
    lists = ("identifiers", "traits", "memberships", "timeline")
    asked = " ".join(f"{name}(first: 1) {{ __typename }}" for name in lists)
    found = served.ask(f"{{ person{ANN} {{ {asked} }} }}")["person"]
    assert {name: len(found[name]) for name in lists} == dict.fromkeys(lists, 1)
    two = served.ask(
        f"{{ person{ANN} {{ a: timeline(first: 2) {{ id }} b: timeline(first: 3) {{ id }} }} }}"
    )["person"]
    assert (len(two["a"]), len(two["b"])) == (2, 3)


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
def test_a_page_has_a_size(served: Served, first: int) -> None:
    asked = f"query ($n: Int) {{ person{ANN} {{ timeline(first: $n) {{ id }} }} }}"
    assert served.code(asked, n=first) == "INVALID"


def test_an_id_that_was_merged_leads_to_the_one_that_is(
    served: Served, ids: dict[str, str]
) -> None:
    found = served.ask("query ($id: ID!) { person(id: $id) { id } }", id=ids["+14155550100"])
    assert found == {"person": {"id": ids["ann@teas.example"]}}


def test_the_journal_knows_an_id_whose_identifier_is_gone(
    served: Served, ids: dict[str, str]
) -> None:
    asked = "query ($id: ID!) { person(id: $id) { id name } }"
    found = served.ask(asked, id=ids["eve@old.example"])
    assert found == {"person": {"id": ids["77"], "name": "Eve"}}


def test_a_membership_by_its_id(served: Served) -> None:
    [membership] = served.ask(f"{{ person{ANN} {{ memberships {{ id role }} }} }}")["person"][
        "memberships"
    ]
    asked = "query ($id: ID!) { membership(id: $id) { id role person { name } } }"
    found = served.ask(asked, id=membership["id"])["membership"]
    assert found == membership | {"person": {"name": "Ann"}}


@pytest.mark.parametrize(
    "strange",
    [
        "zzz' OR 1=1 --",
        "",
        "?",
        "%s",
        "\0",
        "a\0b",
        "\ud800",
        "x" * 10_000,
        "'; drop table persons",
    ],
)
def test_what_is_nobody_is_null(served: Served, strange: str) -> None:
    asked = """query ($id: ID!, $value: String!) {
        person(id: $id) { id }
        group(id: $id) { id }
        membership(id: $id) { id }
        named: person(identifier: {type: "email", value: $value}) { id }
    }"""
    found = served.ask(asked, id=strange, value=strange)
    assert found == {"person": None, "group": None, "membership": None, "named": None}


def test_either_an_id_or_an_identifier(served: Served) -> None:
    assert served.code("{ person { id } }") == "INVALID"
    both = '{ person(id: "x", identifier: {type: "email", value: "x"}) { id } }'
    assert served.code(both) == "INVALID"


def test_what_a_request_asks_for_at_a_time_is_one_statement(
    served: Served, ids: dict[str, str]
) -> None:
    lists = "identifiers { value } traits { name } timeline { name }"
    asked = f"""query ($a: ID!, $b: ID!, $c: ID!) {{
        a: person(id: $a) {{ {lists} memberships {{ person {{ {lists} }} group {{ name }} }} }}
        b: person(id: $b) {{ {lists} memberships {{ person {{ {lists} }} group {{ name }} }} }}
        c: person(id: $c) {{ {lists} memberships {{ person {{ {lists} }} group {{ name }} }} }}
    }}"""
    before = served.server.reads.statements
    people = {
        "a": ids["ann@teas.example"],
        "b": ids["bob@teas.example"],
        "c": ids["77"],
    }
    found = served.ask(asked, **people)
    assert [found[name]["memberships"] == [] for name in "abc"] == [False, False, True]
    # Persons, their four lists, and their groups: all persons and lists further in were read.
    assert served.server.reads.statements - before == 6


def test_what_became_of_an_event_costs_no_read(served: Served) -> None:
    before = served.server.reads.statements
    asked = 'mutation { processEvent(source: "manual", id: "x") { success status processedAt } }'
    found = served.ask(asked)["processEvent"]
    assert (found["success"], found["status"]) == (True, "DUPLICATE")
    assert found["processedAt"] == "2025-01-02T03:04:05Z"
    assert served.server.reads.statements == before


def test_an_event_tells_whom_it_is_about(served: Served, ids: dict[str, str]) -> None:
    [membership] = served.ask(f"{{ person{ANN} {{ memberships {{ id }} }} }}")["person"][
        "memberships"
    ]
    served.processor.outcomes["new"] = outcome(
        "new",
        persons=(ids["ann@teas.example"], ids["bob@teas.example"]),
        groups=(ids["teas.example"],),
        memberships=(membership["id"],),
    )
    asked = """mutation { processEvent(source: "manual", id: "new") {
        success status persons { name } groups { name } memberships { personName role }
        one: persons(first: 1) { name }
        userErrors { code }
    } }"""
    before = served.server.reads.statements
    assert served.ask(asked)["processEvent"] == {
        "success": True,
        "status": "PROCESSED",
        "persons": [{"name": "Ann"}, {"name": "Bob"}],
        "groups": [{"name": "Teas"}],
        "memberships": [{"personName": "Ann", "role": "owner"}],
        "one": [{"name": "Ann"}],
        "userErrors": [],
    }
    assert served.server.reads.statements - before == 3


MANY = """mutation ($events: [EventInput!]!) { processEvents(events: $events) {
    success status processedAt userErrors { field code message } persons { name }
} }"""


def test_many_events_at_once_are_told_in_their_order(served: Served, ids: dict[str, str]) -> None:
    known = served.processor.outcomes
    known["new"] = outcome("new", persons=(ids["ann@teas.example"],))
    known["gone"] = outcome("gone", Status.NOT_FOUND)
    known["bad"] = outcome("bad", Status.DEAD_LETTERED, reason="occurred_at is no time")
    known["refused"] = outcome("refused", Status.DEAD_LETTERED, reason="ConversionException")
    known["down"] = CrmError("secret/path gave no answer")
    names = ["new", "old", "gone", "bad", "refused", "down", ""]
    events = [{"source": "manual", "id": name} for name in names]
    found = served.ask(MANY, events=[*events, {"source": "sap", "id": "x"}])["processEvents"]
    codes = ["".join(error["code"] for error in one["userErrors"]) for one in found]
    assert [one["success"] for one in found] == [True, True, *[False] * 6]
    failures = ["NOT_FOUND", *["DEAD_LETTERED"] * 2, "UNAVAILABLE", "INVALID_ID", "UNKNOWN_SOURCE"]
    assert codes == ["", "", *failures]
    assert found[0]["persons"] == [{"name": "Ann"}]
    bad, refused = (one["userErrors"][0]["message"] for one in found[3:5])
    fix = "Correct the row and land it again."
    assert bad == f"Event 'bad' of manual can't be processed: occurred_at is no time. {fix}"
    assert refused == f"Event 'refused' of manual can't be processed. {fix}"
    assert "secret" not in str(found)


def test_a_read_that_fails_takes_no_status_away(
    people: Sandbox, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(queries("server"), "memberships_by_id", "select no_column, ? from persons")
    events = ", ".join(f'{{source: "manual", id: "{name}"}}' for name in ("new", "old"))
    asked = f"""mutation ($n: Int) {{ processEvents(events: [{events}]) {{
        status persons {{ name }} groups(first: $n) {{ name }} memberships {{ role }}
    }} }}"""
    with serving(people) as served:
        persons = (ids["ann@teas.example"],)
        served.processor.outcomes["new"] = outcome("new", persons=persons, memberships=("x",))
        answer = served.post(asked, {"n": 0}).json()
    assert answer["data"]["processEvents"] == [
        {"status": "PROCESSED", "persons": [{"name": "Ann"}], "groups": None, "memberships": None},
        {"status": "DUPLICATE", "persons": [], "groups": None, "memberships": []},
    ]
    failed = {".".join(map(str, error["path"][1:])) for error in answer["errors"]}
    assert failed == {"0.groups", "0.memberships", "1.groups"}


def test_as_many_events_as_fit_and_no_more(served: Served) -> None:
    events = [{"source": "manual", "id": "💧" * 500 + f"{at:012}"} for at in range(250)]
    submitted = served.processor.submitted
    submitted.clear()
    found = served.ask(MANY, events=events)["processEvents"]
    assert len(found) == len(submitted) == 250
    assert all(one["success"] for one in found)
    submitted.clear()
    [result] = served.ask(MANY, events=[{"source": "manual", "id": "x"}] * 251)["processEvents"]
    assert result["userErrors"][0]["code"] == "TOO_MANY_EVENTS"
    assert submitted == []
    assert served.ask(MANY, events=[]) == {"processEvents": []}


@pytest.mark.parametrize("strange", ["", "\0", "a\0", "\udfff", "x" * 513])
def test_ids_that_no_row_can_have(served: Served, strange: str) -> None:
    served.processor.submitted.clear()
    [result] = served.ask(MANY, events=[{"source": "manual", "id": strange}])["processEvents"]
    assert (result["success"], result["status"]) == (False, "FAILED")
    assert result["userErrors"][0]["code"] == "INVALID_ID"
    assert served.processor.submitted == []


def test_an_answer_that_takes_too_long_is_cut_off(
    people: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = {
        "duckdb": "select count(*), ? from range(100000000000) as numbers (n)",
        "postgresql": "select pg_sleep(60), ?::text[]",
    }[people.url.partition(":")[0]]
    monkeypatch.setitem(queries("server"), "memberships_by_id", slow)
    with serving(people, deadline_seconds=1) as served:
        started = time.monotonic()
        # Each thread that reads is taken, and taken again.
        for _ in range(5):
            assert served.code('{ membership(id: "x") { id } }') == "DEADLINE_EXCEEDED"
        assert time.monotonic() - started < 10
        assert served.ask(f"{{ person{ANN} {{ name }} }}") == {"person": {"name": "Ann"}}


def test_an_event_that_takes_too_long_is_not_known(people: Sandbox) -> None:
    with serving(people, deadline_seconds=2) as served:
        served.processor.outcomes["slow"] = None
        events = [{"source": "manual", "id": name} for name in ("slow", "quick")]
        asked = MANY.replace("persons { name }", "")
        slow, quick = served.ask(asked, events=events)["processEvents"]
    assert slow["userErrors"][0]["code"] == "DEADLINE_EXCEEDED"
    assert (slow["success"], quick["success"]) == (False, True)


def test_an_error_of_the_warehouse_is_masked(
    people: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = "select secret_column, ? from memberships"
    monkeypatch.setitem(queries("server"), "memberships_by_id", broken)
    with serving(people) as served:
        [error] = served.post('{ membership(id: "ann@secret") { id } }').json()["errors"]
    assert error["extensions"]["code"] == "UNAVAILABLE"
    assert "The warehouse gave no answer: CrmError at " in caplog.text
    assert "secret" not in str(error) + caplog.text


@pytest.mark.parametrize("people", ["postgres"], indirect=True)
def test_a_session_that_the_server_closed_is_opened_again(people: Sandbox) -> None:
    with serving(people) as served:
        asked = f"{{ person{ANN} {{ name }} }}"
        served.ask(asked)
        with open_warehouse(people.url) as warehouse:
            warehouse.query(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        for _ in range(5):
            assert served.ask(asked) == {"person": {"name": "Ann"}}


@pytest.mark.parametrize("people", ["postgres"], indirect=True)
def test_reads_can_t_write(people: Sandbox) -> None:
    with sessions_of(people, 5) as connect:
        session = connect()
        with pytest.raises(CrmError, match="read-only"):
            session.query("delete from persons", ())
        session.close()


@pytest.mark.parametrize("people", ["postgres"], indirect=True)
def test_a_password_may_have_a_question_mark(
    people: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _, folder = people.url.replace("@", ":is?this@", 1).partition("?host=")
    monkeypatch.setenv("PGHOST", folder)
    for given, seconds in ((url, "5"), (f"{url}?connect_timeout=7", "7")):
        session = postgres_sessions(given, 5)()
        assert session.query("select 1", ()) == [(1,)]
        assert session._connection.info.get_parameters()["connect_timeout"] == seconds  # type: ignore[attr-defined]
        session.close()


def test_an_identifier_is_found_with_capitals(served: Served) -> None:
    question = """query($type: String!, $value: String!) {
      person(identifier: {type: $type, value: $value}) { email }
    }"""
    for type_, value, email in (
        ("email", "Ann@Teas.example", "ann@teas.example"),
        ("user_id", "Abc", "upper@case.example"),
        ("user_id", "abc", "lower@case.example"),
        ("user_id", "ABC", "lower@case.example"),
    ):
        found = served.ask(question, type=type_, value=value)
        assert found == {"person": {"email": email}}, value
