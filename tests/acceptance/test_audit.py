"""crm audit, on warehouses of both kinds, with numbers that are known."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browser import CHROMIUM, browsing

from conftest import Sandbox, run_crm, sandbox_of
from headless_crm.pipeline import invoke, profile_of
from headless_crm.recipe import recipe_of
from headless_crm.warehouse import dbt_output, open_warehouse, run_of_dbt
from postgres_server import Server

HOSTILE = "<script>alert('x')</script>\"'&\u202e\u0007"


def event(key: str, *persons: dict[str, Any], **fields: Any) -> dict[str, Any]:
    record = {"occurred_at": "2025-01-01T00:00:00Z", "event_name": "seen", "persons": persons}
    return {"id": key, "synced_at": "2025-01-02T00:00:00Z", "record": record | fields}


def person(traits: dict[str, str] | None = None, **identifiers: str) -> dict[str, Any]:
    return {"identifiers": identifiers, "traits": traits or {}}


# Two users share an inbox; a third person has one identifier; a phone is none; a row is dead.
ROWS = [
    event("1", person({"name": HOSTILE}, user_id="u1", email="desk@secret.example")),
    event("2", person(user_id="u2", email="desk@secret.example", phone="none")),
    event("3", person({"plan": "pro"}, email="eve@secret.example"), note="short"),
    event("4", person(email="x@secret.example"), occurred_at="never"),
]
SHOP = {"id": "7", "updatedAt": "2025-01-01T00:00:00Z", "name": "Tea", "domain": "tea.example"}
HEADER = "identifier_type_a,identifier_value_a,identifier_type_b,identifier_value_b,same\n"


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    sandbox = sandbox_of(request.param, request, tmp_path_factory.mktemp("audit"), "audit")
    sandbox.load("manual", ROWS)
    sandbox.load("gadget", [{"id": "7", "synced_at": "2025-01-02", "record": SHOP}])
    sandbox.build("--no-test")
    return sandbox


def audit(sandbox: Sandbox, *options: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sandbox.crm("audit", "--json", *options))
    return found


def change(sandbox: Sandbox, *statements: str) -> None:
    with open_warehouse(sandbox.url) as warehouse:
        for statement in statements:
            warehouse.query(statement)


def test_the_numbers_of_persons(built: Sandbox) -> None:
    persons = audit(built, "--no-save")["persons"]
    assert persons["entities"] == 2
    assert persons["sizes"] == [
        {"identifiers": 1, "entities": 1},
        {"identifiers": 3, "entities": 1},
    ]
    largest = persons["largest"][0]
    # A control character is no part of a name in JSON either way: it is kept as it came.
    assert (largest["identifiers"], largest["name"]) == (3, HOSTILE)
    told = {(one["type"], one["source"]): one["identifiers"] for one in persons["identifiers"]}
    assert told == {("email", "manual"): 2, ("user_id", "manual"): 2}
    assert persons["rejected"] == {"phone": 1}
    hub = {"type": "email", "value": "desk@secret.example", "partners": 2, "active": 2}
    assert persons["hubs"][0] == hub
    assert (persons["edges"], persons["suppressed"]) == (2, {})
    assert persons["several"] == {"user_id": 1}
    assert persons["worst_several"][0]["identifiers"] == 2
    traits = {one["name"]: (one["entities"], one["share"]) for one in persons["traits"]}
    assert traits["plan"] == (1, 0.5)


def test_the_numbers_of_groups_and_of_data_s_way(built: Sandbox) -> None:
    found = audit(built, "--no-save")
    assert found["groups"]["entities"] == 1
    manual = next(one for one in found["conservation"] if one["source"] == "manual")
    counts = ("landed", "processed", "dead_letters", "pending", "missing")
    assert [manual[name] for name in counts] == [4, 3, 1, 0, 0]
    [dead] = found["dead_letters"]
    assert (dead["source"], dead["rows"]) == ("manual", 1)
    manual_day = {"day": "2025-01-01", "source": "manual", "events": 3}
    assert manual_day in found["volume"]
    [batch] = found["processing"]
    assert (batch["kind"], batch["runs"]) == ("batch", 1)
    assert 0 < batch["p50"] == batch["p95"] == batch["longest"]
    fresh = next(one for one in found["freshness"] if one["source"] == "manual")
    assert (fresh["landing_p50"], fresh["landing_longest"]) == (86_400, 86_400)
    assert fresh["building_p50"] > 86_400


def test_types_of_which_there_should_be_one_can_be_said(built: Sandbox) -> None:
    told = "{single_identifier_types: {person: [email]}}"
    assert audit(built, "--no-save", "--vars", told)["persons"]["several"] == {}
    for wrong in ("{single_identifier_types: [email]}", "{single_identifier_types: {cat: [a]}}"):
        done = run_crm("audit", "--warehouse", built.url, "--vars", wrong)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_suppressed_edges_and_lost_rows_are_counted(built: Sandbox) -> None:
    change(
        built,
        "update crm.person_identifier_edges set is_active = false, inactive_reason = 'shared' "
        "where identifier_value_b = 'u1' or identifier_value_a = 'u1'",
        "create table crm.kept_events as select * from crm.events",
        "delete from crm.events where source = 'gadget'",
    )
    try:
        found = audit(built, "--no-save")
    finally:
        change(
            built,
            "update crm.person_identifier_edges set is_active = true, inactive_reason = null",
            "insert into crm.events select * from crm.kept_events where source = 'gadget'",
            "drop table crm.kept_events",
        )
    assert found["persons"]["suppressed"] == {"shared": 1}
    assert found["persons"]["hubs"][0]["active"] == 1
    assert {one["source"]: one["missing"] for one in found["conservation"]}["gadget"] == 1


def test_fields_that_changed_since_the_last_audit(built: Sandbox) -> None:
    def manual(found: dict[str, Any]) -> tuple[bool, int, list[dict[str, Any]]]:
        [drift] = [one for one in found["drift"] if one["source"] == "manual"]
        return drift["first"], drift["new_rows"], drift["changes"]

    assert manual(audit(built, "--no-save")) == (True, 4, [])
    assert manual(audit(built)) == (True, 4, [])
    assert manual(audit(built)) == (False, 0, [])
    record = {"note": 1, "fresh": {"inner": True}}
    raw = "insert into crm.manual_events_raw (id, record, record_hash, synced_at, _ingested_at) "
    rows = ", ".join(
        f"('n{n}', '{json.dumps(record)}', 'h{n}', '2025-01-02', '2999-01-01')" for n in range(20)
    )
    change(built, f"{raw} values {rows}")
    try:
        first, new, changes = manual(audit(built))
        assert manual(audit(built)) == (False, 0, [])
    finally:
        change(built, "delete from crm.manual_events_raw where _ingested_at >= '2999-01-01'")
        change(built, "drop table crm.audit_fields")
    assert (first, new) == (False, 20)
    told = {one["field"]: (one["change"], one["before"], one["after"]) for one in changes}
    assert told["note"] == ("changed type", ["string"], ["number"])
    assert told["fresh"] == ("appeared", [], ["object"])
    assert told["fresh.inner"] == ("appeared", [], ["boolean"])
    assert told["event_name"] == ("vanished", ["string"], [])


def test_labelled_pairs(built: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(
        HEADER
        + "user_id,u1,user_id,u2,0\n"
        + "user_id,u1,email,desk@secret.example,1\n"
        + "email,eve@secret.example,user_id,u1,1\n"
        + "email,nobody@secret.example,user_id,u1,1\n"
        + "domain,tea.example,shop_id,7,1\n"
    )
    scored = audit(built, "--no-save", "--pairs", file)["pairs"]
    assert (scored["pairs"], scored["unknown"], scored["found"], scored["right"]) == (5, 1, 3, 2)
    assert (scored["precision"], scored["recall"]) == (2 / 3, 0.5)
    assert "66.67%" in built.crm("audit", "--no-save", "--pairs", file)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a,b\n1,2\n", "has no column identifier_type_a"),
        (HEADER + "email,a,email,b,yes\n", "line 2: same must be 0 or 1"),
        (HEADER + "email,a,email\n", "line 2: same must be 0 or 1"),
        (HEADER + "email,,email,b,1\n", "line 2: an identifier's type or value is empty"),
        (HEADER + "\ud800,", "is no CSV in UTF-8"),
        (None, "can't be read"),
    ],
)
def test_pairs_that_are_none(tmp_path: Path, text: str | None, why: str) -> None:
    file = tmp_path / "pairs.csv"
    if text is not None:
        file.write_bytes(text.encode(errors="surrogatepass"))
    url = f"duckdb:///{tmp_path / 'crm.duckdb'}"
    done = run_crm("audit", "--warehouse", url, "--pairs", file)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert why in done.stderr


def test_generated_truth(built: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "persons.csv").write_text(
        "person,identifier_type,identifier_value,shared,component\n"
        "p1,user_id,u1,0,1\np2,user_id,u2,0,1\np3,email,eve@secret.example,0,1\n"
    )
    scored = audit(built, "--no-save", "--truth", tmp_path / "truth")["truth"]
    assert (scored["true_persons"], scored["found_persons"], scored["precision"]) == (3, 2, 0)
    done = run_crm("audit", "--warehouse", built.url, "--truth", built.folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_no_values_leaves_names_and_identifiers_out(built: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "audit.html"
    shown = built.crm("audit", "--no-save", "--no-values", "--html", file)
    shown += json.dumps(audit(built, "--no-save", "--no-values")) + file.read_text()
    assert "secret" not in shown and "alert" not in shown
    assert "desk@secret.example" in built.crm("audit", "--no-save")


class Parsed(HTMLParser):
    """The names of the tags of a page, and of attributes that could load or run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loading: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("src", "href", "style", "srcset", "action") or name.startswith("on"):
                self.loading.append((name, value))


@pytest.fixture(scope="module")
def html(built: Sandbox) -> Path:
    file = built.folder / "audit.html"
    built.crm("audit", "--no-save", "--html", file)
    return file


def test_the_page_runs_and_loads_nothing_whatever_a_name_holds(html: Path) -> None:
    text = html.read_text(encoding="utf-8")
    page = Parsed(text)
    assert page.loading == []
    assert "script" not in page.tags and "svg" in page.tags
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in text
    assert "\x07" not in text
    assert re.search(r"default-src 'none'; style-src 'sha256-[\w+/]+='", text)
    assert text.index("names people and companies") < text.index("desk@secret.example")


@pytest.mark.skipif(not CHROMIUM, reason="chromium shows the page: install the package chromium")
def test_the_page_in_a_browser(html: Path, tmp_path: Path) -> None:
    with browsing(tmp_path) as browser:
        for width in (1280, 400):
            for dark in (False, True):
                browser.open(html, width, dark=dark)
                assert browser.value("innerWidth") == width
                assert browser.value("document.documentElement.scrollWidth") <= width
                plots = browser.value(
                    "[...document.querySelectorAll('svg.plot')].map(plot => {"
                    "  const box = plot.getBoundingClientRect();"
                    "  const marks = [...plot.querySelectorAll('[class^=c]')]"
                    "    .map(mark => mark.getBoundingClientRect());"
                    "  return box.width > 200 && box.height > 20 && marks.length > 0"
                    "    && marks.every(mark => mark.width > 0 && mark.height > 0)"
                    "    && plot.getAttribute('aria-label').length > 0"
                    "    && plot.parentElement.querySelector('table tbody tr') !== null; })"
                )
                assert len(plots) >= 14 and all(plots), plots
                # The style sheet counts: its hash is the one that the policy allows.
                paper = browser.value("getComputedStyle(document.body).backgroundColor")
                assert paper == ("rgb(18, 22, 28)" if dark else "rgb(246, 247, 249)")
        assert browser.value("document.title") == "Audit"
        assert browser.said == []
        assert set(browser.wanted) == {html.as_uri()}


THRESHOLDS = [
    f"test_name:{name}"
    for name in ("bounded_entity_size", "bounded_dead_letters", "bounded_suppression")
]


def test_thresholds_fail_a_build_when_they_are_crossed(built: Sandbox) -> None:
    tests = {
        "audit_max_entity_size": (2, 3, "persons_are_not_too_large"),
        "audit_max_dead_letter_share": (0.24, 0.25, "few_rows_are_dead_letters"),
        "audit_max_suppressed_share": (0.4, 0.5, "few_edges_of_persons_are_suppressed"),
    }
    suppress = "update crm.person_identifier_edges set is_active = {}, inactive_reason = {}"
    of_u1 = " where 'u1' in (identifier_value_a, identifier_value_b)"
    change(built, suppress.format("false", "'shared'") + of_u1)
    with profile_of(dbt_output(built.url)) as connection:
        for place, status in enumerate(("fail", "pass")):
            bounds = {name: told[place] for name, told in tests.items()}
            command = ["test", "--select", *THRESHOLDS, "--vars", json.dumps(bounds)]
            with run_of_dbt(built.url):
                done = invoke([*command, *connection])
            found = {
                one.node.name: str(one.status)
                for one in done.result.results
                if one.node.resource_type == "test"
            }
            assert found == dict.fromkeys((name for *_, name in tests.values()), status) | {
                "groups_are_not_too_large": "pass",
                "few_edges_of_groups_are_suppressed": "pass",
            }
    change(built, suppress.format("true", "null"))
    assert recipe_of(dict.fromkeys(tests, 1)) == recipe_of({}), "all rows would be made anew"


def test_what_was_never_built_is_an_error_of_one_line(tmp_path: Path) -> None:
    file = tmp_path / "crm.duckdb"
    page = tmp_path / "audit.html"
    done = run_crm("audit", "--warehouse", f"duckdb:///{file}", "--html", page)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("Error: Nothing was built yet. Run crm build first.\n")
    assert not file.exists() and not page.exists()
    nowhere = tmp_path / "no" / "audit.html"
    assert run_crm("audit", "--warehouse", f"duckdb:///{file}", "--html", nowhere).returncode == 2


@pytest.mark.parametrize("built", ["postgres"], indirect=True)
def test_the_right_to_read_is_enough_with_no_save(built: Sandbox, postgres: Server) -> None:
    change(
        built,
        "create role auditor login",
        "grant usage on schema crm, raw to auditor",
        "grant select on all tables in schema crm, raw to auditor",
    )
    url = postgres.url("audit").replace("postgres@", "auditor@")
    assert run_crm("audit", "--no-save", "--warehouse", url).returncode == 0
    done = run_crm("audit", "--warehouse", url)
    assert done.returncode == 1
    assert "Entities" in done.stdout
    assert "permission denied" in done.stderr and "--no-save" in done.stderr
