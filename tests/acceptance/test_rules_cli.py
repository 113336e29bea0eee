"""crm rules, crm preview and crm explain, on warehouses of both kinds that were really built."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Sandbox, run_crm, sandbox_of
from headless_crm.warehouse import open_warehouse

PHONE = "+14155550100"
ANN, BOB, EVE = (f"{name}@a.test" for name in ("ann", "bob", "eve"))
BEFORE_ALL = "0001-01-01T00:00:00+14:00"
HOSTILE = "<script>alert(1)</script>"


def event(key: str, **identifiers: Any) -> dict[str, Any]:
    record = {
        "occurred_at": "2025-01-01",
        "event_name": "signed_up",
        "persons": [{"identifiers": identifiers, "traits": {"name": key}}],
    }
    return {"id": key, "synced_at": f"2025-01-0{key[-1]}T00:00:00Z", "record": record}


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def sandbox(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    sandbox = sandbox_of(request.param, request, tmp_path_factory.mktemp("rules"), "rules")
    rows = [
        event("e1", email=ANN, phone=PHONE),
        event("e2", email=ANN, user_id="ann-1"),
        event("e3", email="info@a.test", user_id="ann-1"),
        event("e4", email=BOB, user_id="bob-1"),
        event("e5", user_id=HOSTILE, phone=PHONE),
    ]
    sandbox.load("manual", rows)
    sandbox.build("--no-test")
    return sandbox


def rows_of(sandbox: Sandbox, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(sandbox.url) as warehouse:
        return warehouse.query(sql)


def journal(sandbox: Sandbox) -> list[tuple[Any, ...]]:
    return rows_of(
        sandbox,
        "select entity, change, id, other_id, identifiers from crm.identity_journal "
        "order by stamp, entity, change, id, other_id",
    )


def written(sandbox: Sandbox, name: str, *lines: str) -> Path:
    path = sandbox.folder / name
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def test_a_preview_is_what_the_build_then_does_and_writes_nothing(sandbox: Sandbox) -> None:
    limits = written(
        sandbox,
        "limits.csv",
        "entity,identifier_type,identifier_value,max_partners,reason",
        f"person,email,{ANN.upper()},0,everyone's",
        "person,email,info@a.test,,hers alone",
    )
    links = written(
        sandbox,
        "links.csv",
        "entity,rule,identifier_type_a,identifier_value_a,identifier_type_b,identifier_value_b",
        f"person,always,email,{BOB},phone,{PHONE}",
    )
    files = ("--limits", limits, "--links", links)
    before, state = journal(sandbox), rows_of(sandbox, "select * from crm.writer_lock")
    previewed = json.loads(sandbox.crm("preview", *files, "--json"))
    assert journal(sandbox) == before
    assert rows_of(sandbox, "select * from crm.writer_lock") == state
    assert json.loads(sandbox.crm("rules", "--json")) == {
        "identifier_limits": [],
        "identifier_links": [],
    }
    assert previewed["counts"]["person"] == {"split": 2, "renamed": 2}
    assert previewed["counts"]["group"] == {}

    stored = json.loads(sandbox.crm("rules", *files, "--json"))
    assert [rule["reason"] for rule in stored["identifier_limits"]] == ["everyone's", "hers alone"]
    assert json.loads(sandbox.crm("preview", "--json")) == previewed
    sandbox.build()
    logged = [
        tuple(item[name] for name in ("entity", "change", "id", "other_id", "identifiers"))
        for item in previewed["changes"]
    ]
    assert sorted(logged) == sorted(journal(sandbox)[len(before) :])
    assert json.loads(sandbox.crm("preview", "--json"))["changes"] == []


def test_an_explanation_names_the_way_and_what_cuts_it(sandbox: Sandbox) -> None:
    """After the rules of the test before: Ann's address is blocked, Bob has her phone."""
    told = json.loads(sandbox.crm("explain", "person", "bob-1", PHONE, "--json"))
    assert told["together"]
    assert [edge["source"] for edge in told["path"]] == ["manual", "identifier_links"]
    told = json.loads(sandbox.crm("explain", "person", ANN.upper(), f"phone:{PHONE}", "--json"))
    assert not told["together"]
    [edge] = told["path"]
    assert (edge["inactive_reason"], edge["first_synced_at"][:10]) == ("blocked", "2025-01-01")
    [[guard]] = told["guards"].values()
    assert (guard["kind"], guard["reason"]) == ("blocked", "everyone's")
    text = sandbox.crm("explain", "person", "info@a.test", PHONE)
    assert "2 edges on the way do not join" in text
    early = json.loads(
        sandbox.crm("explain", "person", "ann-1", "info@a.test", "--as-of", "2025-01-02", "--json")
    )
    assert not early["path"]
    page = sandbox.folder / "page.html"
    sandbox.crm("explain", "person", HOSTILE, ANN, "--html", page)
    drawn = page.read_text(encoding="utf-8")
    assert HOSTILE not in drawn
    assert drawn.count("<circle") == 7
    assert 'class="way cut"' in drawn


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("explain", "person", EVE, ANN), 1, f"No person has the identifier '{EVE}'"),
        (("explain", "people", ANN, BOB), 2, "'people' is neither person nor group"),
        (("explain", "person", ANN, BOB, "--as-of", "then"), 2, "--as-of 'then' is no time"),
        (("explain", "person", ANN, BOB, "--as-of", BEFORE_ALL), 2, "is no time"),
        (("explain", "person", ANN, BOB, "--html", "/no/where.html"), 2, "can't be written"),
        (("rules", "--limits", "no.csv"), 2, "no.csv can't be read"),
    ],
)
def test_what_cannot_be_explained_is_said_in_one_line(
    sandbox: Sandbox, arguments: tuple[str, ...], code: int, message: str
) -> None:
    result = run_crm(*arguments, "--warehouse", sandbox.url)
    assert result.returncode == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("kind", ["duckdb", "postgres"])
@pytest.mark.parametrize("command", [("explain", "person", ANN, BOB), ("audit",), ("rules",)])
def test_before_the_first_build_one_is_told_to_build(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, command: tuple[str, ...]
) -> None:
    url = f"duckdb:///{tmp_path / 'crm.duckdb'}"
    if kind == "postgres":
        url = request.getfixturevalue("postgres").url("postgres")
    done = run_crm(*command, "--warehouse", url)
    assert (done.returncode, done.stdout) == (1, "")
    assert "yet" in done.stderr
    assert "Run crm build" in done.stderr
    assert not list(tmp_path.glob("crm.duckdb*"))


def test_rules_before_the_first_build_leave_no_file(tmp_path: Path) -> None:
    limits = tmp_path / "limits.csv"
    limits.write_text("entity,identifier_type,identifier_value\nperson,email,x\n")
    url = f"duckdb:///{tmp_path / 'crm.duckdb'}"
    done = run_crm("rules", "--limits", limits, "--warehouse", url)
    assert (done.returncode, "Run crm build first" in done.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == [limits]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["entity,identifier_type,value", "person,email,x"], "has 'value'"),
        (["entity,identifier_type", "person,email"], "lacks 'identifier_value'"),
        (["entity,entity,identifier_type,identifier_value", "person,group,email,x"], "two columns"),
        (
            ["entity,identifier_type,identifier_value", "people,email,x"],
            "line 2: entity is 'people'",
        ),
        (["entity,identifier_type,identifier_value", "person,email,"], "identifier_value is empty"),
        (["entity,identifier_type,identifier_value", "person,email"], "not as many fields"),
        (
            ["entity,identifier_type,identifier_value,max_partners", "person,email,x,-1"],
            "max_partners is '-1'",
        ),
        (
            [
                "entity,identifier_type,identifier_value,max_partners",
                f"person,email,x,{'9' * 5000}",
            ],
            "and must be a whole number",
        ),
    ],
)
def test_a_wrong_file_of_rules_changes_none(
    sandbox: Sandbox, lines: list[str], message: str
) -> None:
    before = sandbox.crm("rules", "--json")
    path = written(sandbox, "wrong.csv", *lines)
    result = run_crm("rules", "--limits", path, "--warehouse", sandbox.url)
    assert result.returncode == 2
    assert message in result.stderr
    assert sandbox.crm("rules", "--json") == before
