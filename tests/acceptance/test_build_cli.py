"""crm build and its errors, as a user meets them."""

from __future__ import annotations

import json
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.cli.main import dbtRunnerResult
from typer.main import get_command

from conftest import Sandbox, run_crm, sandbox_of
from headless_crm import __version__, pipeline
from headless_crm.cli import app
from headless_crm.cli.options import parsed_variables
from headless_crm.config import Settings
from headless_crm.errors import CrmError
from headless_crm.sources import project_variables
from headless_crm.warehouse import open_warehouse
from postgres_server import Server

HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--warehouse", "duckdb://crm.duckdb"], 2, "names no file"),
        (["--warehouse", "duckbd:///crm.duckdb"], 2, "'duckbd:///crm.duckdb'"),
        (["--warehouse", "duckdb:////no/such/folder/crm.duckdb"], 2, "Folder /no/such/folder"),
        (["--warehouse", "duckdb:///crm.duckdb?memory_limit=half"], 2, "'half' is no memory_limit"),
        (["--warehouse", "duckdb:///crm.duckdb?memory=8GB"], 2, "has memory_limit alone"),
        (["--warehouse", "duckdb:///no#1.duckdb"], 2, "has a #, where it would end"),
        (["--warehouse", "duckdb:///o'neil.duckdb"], 2, "file o'neil.duckdb, which dbt can't use"),
        (["--warehouse", "duckdb:///Temp.duckdb"], 2, "a file Temp.duckdb, which dbt can't use"),
        (["--warehouse", "duckdb:///main.duckdb"], 2, "a file main.duckdb, which dbt can't use"),
        (["--warehouse", "duckdb:///:memory:"], 2, "is gone when crm ends"),
        (["--rebuild-raw"], 2, "--full-refresh"),
        (["--vars", "{unclosed"], 2, "is not YAML"),
        (["--vars", "word"], 2, "has no names"),
        (["--vars", "a: 2025-01-01"], 2, "the value 2025-01-01 as date. Put it into quotes"),
        (["--vars", "a: 2025-13-01"], 2, "is not YAML: month"),
        (["--vars", "a: [{1: 2}]"], 2, "the name 1 as int. Put it into quotes"),
        (["--vars", "&a {b: *a}"], 2, "holds itself"),
        (["--vars", "{defalt_phone_region: GB}"], 2, "Did you mean default_phone_region?"),
        (["--vars", "{build_mode: delta}"], 2, "'build_mode' is no variable of the models."),
        (["--vars", "{only_source: gmail}"], 2, "'only_source' is no variable of the models."),
        (["--vars", "{default_phone_region: NO}"], 2, "is false, and must be text, as in"),
        (["--vars", "{default_phone_region: UK}"], 2, "'UK', and must be one of seeds/phone_regi"),
        (["--vars", "{default_phone_region: }"], 2, "default_phone_region is null, and must be"),
        (["--vars", "{manual_events_table: 5}"], 2, "manual_events_table is 5, and must be text"),
        (["--vars", "{internal_domains: acme.com}"], 2, "as in {internal_domains: [acme.com]}."),
        (["--vars", "{test_emails: [a@acme.com, NO]}"], 2, "false], and must be a list, as in"),
        (["--vars", "{event_sources: [my_events]}"], 2, "as in {event_sources: [{name: shopify_pa"),
        (["--vars", "{gmail_canonical: 'false'}"], 2, '"false", and must be true or false, as in'),
        (["--vars", "{max_identifiers_per_row: many}"], 2, '"many", and must be a whole number, '),
        (["--vars", "{lookback_days: true}"], 2, "lookback_days is true, and must be a whole nu"),
        (["--vars", "{audit_max_entity_size: '50'}"], 2, '"50", and must be a number, as in'),
        (["--vars", "{trait_rules: {name: latest}}"], 2, "as in {trait_rules: {name: {rule: sou"),
        (["--vars", "{trait_rules: [name]}"], 2, 'trait_rules is ["name"], and must be a mapping'),
        (["--profile", "mine"], 2, "no profiles.yml"),
        (["--target", "prod"], 2, "--target prod is of no profile: name one with --profile"),
        (
            ["--profile", "mine", "--warehouse", "duckdb:///mine.duckdb"],
            2,
            "--warehouse duckdb:///mine.duckdb and --profile mine",
        ),
    ],
)
def test_wrong_use_is_one_line(
    arguments: list[str], code: int, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    done = run_crm("build", *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_cache_that_can_t_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    done = run_crm("build", "--warehouse", f"duckdb:///{tmp_path / 'crm.duckdb'}")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{tmp_path / 'file'}/headless_crm/" in done.stderr
    assert "can't be written: Not a directory. " in done.stderr
    assert "XDG_CACHE_HOME" in done.stderr


def test_what_dbt_parsed_for_a_warehouse_serves_others_of_its_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for name in ("one", "other"):
        url = f"duckdb:///{tmp_path / name}.duckdb"
        pipeline.run(Settings(url), ["seed"])
        with open_warehouse(url, read_only=True) as warehouse:
            assert warehouse.query("select count(*) > 0 from crm.generic_domains") == [(True,)]
    [log] = tmp_path.glob("headless_crm/*/dbt.log")
    assert log.read_text().count("Starting full parse") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["compile", "--compiled", "."], 2, "--compiled . is a folder. Name a file."),
        (["explain", "person", "\udcff", "b"], 1, "one of the two given is no text"),
        (["process", "manual", "1", "--compiled", "latin.json"], 1, "no artefact of crm compile"),
    ],
)
def test_wrong_use_of_other_commands_is_one_line(
    arguments: list[str], code: int, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin.json").write_bytes(b'{"format": "\xe9"}')
    done = run_crm(*arguments)
    assert (done.returncode, done.stderr.count("\n"), done.stdout) == (code, 1, "")
    assert words in done.stderr


@pytest.mark.parametrize("arguments", [("--version",), ("status", "--json")])
def test_an_output_that_can_t_be_written_is_told(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "headless_crm", *arguments],
            cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    told = "Error: The output can't be written: No space left on device.\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_a_demo_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run_crm("demo", tmp_path / "file")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {tmp_path / 'file'} is a file: name a folder")


@pytest.mark.parametrize("name", ["what?", "no#1"])
def test_a_demo_whose_folder_no_url_can_name_is_refused_before_it_writes(
    tmp_path: Path, name: str
) -> None:
    done = run_crm("demo", tmp_path / name, "--persons", 10)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{tmp_path / name} has a ? or # in its name" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_warehouse_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database\n" * 1000)
    done = run_crm("build", "--warehouse", f"duckdb:///{file}")
    assert (done.returncode, "is not a DuckDB file" in done.stderr) == (1, True)
    assert file.read_text() == "not a database\n" * 1000


def test_the_memory_that_the_url_allows_is_all_that_a_build_gets(tmp_path: Path) -> None:
    done = run_crm("build", "--warehouse", f"duckdb:///{tmp_path / 'crm.duckdb'}?memory_limit=2MB")
    assert done.returncode == 1
    assert "/1.9 MiB used" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_warehouse_in_use_is_told(tmp_path: Path) -> None:
    file = tmp_path / "crm.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        done = run_crm("build", "--warehouse", f"duckdb:///{file}")
        holder.communicate("\n")
    assert (done.returncode, "in use by another process" in done.stderr) == (1, True)
    assert done.stderr.count("\n") == 1


def test_a_name_with_lock_in_it_is_not_in_use(tmp_path: Path) -> None:
    folder = tmp_path / "clock.duckdb"
    folder.mkdir()
    with pytest.raises(CrmError, match=r"clock\.duckdb can't be opened: .*Is a directory"):
        open_warehouse(f"duckdb:///{folder}")


def test_a_file_that_can_t_be_looked_at_is_told(tmp_path: Path) -> None:
    file = tmp_path / f"{'x' * 300}.duckdb"
    with pytest.raises(CrmError, match=r"x\.duckdb can't be opened: File name too long\."):
        open_warehouse(f"duckdb:///{file}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_stopped_tidies_up_and_says_how_to_go_on(
    postgres: Server, number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    url = postgres.new_database(f"stopped_{number}")
    command = [sys.executable, "-m", "headless_crm", "build", "--warehouse", url]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as build:
        while not is_writing(url):
            assert build.poll() is None
            time.sleep(0.1)
        build.send_signal(number)
        _, told = build.communicate(timeout=120)
    assert (build.returncode, told) == (
        1,
        "Error: The build was stopped. The next crm build takes up what is left.\n",
    )
    assert not list(tmp_path.iterdir())  # The profile holds the password.


def is_writing(url: str) -> bool:
    with open_warehouse(url, read_only=True) as warehouse:
        there = warehouse.query("select 1 from pg_class where relname = 'writer_lock'")
        held = "select 1 from crm.writer_lock where holder is not null"
        return bool(there and warehouse.query(held))


def test_an_error_of_dbt_that_says_nothing_is_named() -> None:
    silent = dbtRunnerResult(success=False, exception=RecursionError())
    with pytest.raises(CrmError, match="did not start: RecursionError"):
        pipeline.checked(silent)


def test_a_failing_test_fails_the_build_and_names_it(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.load("manual", [{"id": "1"}])
    bound = "{audit_max_dead_letter_share: 0}"
    done = run_crm("build", "--vars", bound, "--warehouse", sandbox.url)
    assert done.returncode == 1
    assert "few_rows_are_dead_letters" in done.stderr
    assert "Traceback" not in done.stderr
    told = sandbox.crm("build")
    assert re.fullmatch(
        r"Built \d{2} models, [\d.]+ s\.\n"
        r"1 row can't be processed: crm\.dead_letters has the reasons\.\n",
        told,
    )
    assert sandbox.query("select count(*) from persons") == [(0,)]


def test_a_profile_of_one_s_own_is_built_and_tested_when_all_rows_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = Sandbox(tmp_path)
    output = {"type": "duckdb", "path": str(sandbox.file), "schema": "crm", "threads": 2}
    profile = {"mine": {"target": "none", "outputs": {"prod": output}}}
    (tmp_path / "profiles.yml").write_text(yaml.safe_dump(profile))
    monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path))
    elsewhere = tmp_path / "elsewhere.duckdb"
    monkeypatch.setenv("CRM_WAREHOUSE", f"duckdb:///{elsewhere}")

    def tests_of(*options: str) -> int:
        done = run_crm("build", "--profile", "mine", "--target", "prod", "--json", *options)
        assert done.returncode == 0, done.stderr
        return int(json.loads(done.stdout)["tests"])

    assert tests_of() == 0
    assert tests_of("--full-refresh") > 100
    assert not elsewhere.exists()
    assert sandbox.query("select kind from ledger order by stamp") == [("batch",), ("full",)]


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_s_help_teaches(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = run_crm(command, "--help")
    assert done.returncode == 0
    _, _, told = COMMANDS[command].help.replace("\b", "").partition("\n\n")
    shown = {line.strip() for line in done.stdout.splitlines()}
    assert {line.strip() for line in told.splitlines()} <= shown, "a line that a terminal breaks"
    assert "Exit codes: 0 " in done.stdout
    assert ("--vars" in done.stdout) == ("[acme.com]" in done.stdout)
    assert command in (Path(__file__).parents[2] / "README.md").read_text()


def test_the_version_is_told() -> None:
    assert run_crm("--version").stdout == f"crm {__version__}\n"


@pytest.mark.parametrize(
    "variables",
    [
        {},
        project_variables(),
        {"default_phone_region": "NO", "gmail_canonical": True, "manual_events_table": "a.b.c"},
        {"internal_domains": None, "test_emails": ["a@acme.com"], "trait_rules": None},
        {"trait_rules": {"city": {"rule": "source_priority", "sources": ["gadget"]}}},
        {"single_identifier_types": {"person": []}, "event_sources": []},
        {"audit_max_entity_size": 50, "audit_max_dead_letter_share": 0.01},
        {"event_id": 1, "realtime_event_id": "1", "identifier_salt": "s"},
        {"override_incremental": "2025-01-01"},
    ],
)
def test_vars_that_the_models_can_take_are_taken(variables: dict[str, Any]) -> None:
    assert parsed_variables(json.dumps(variables)) == variables


@pytest.mark.usefixtures("own_cache")
def test_vars_of_the_environment_reach_the_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = Sandbox(tmp_path)
    event = {"id": "1", "occurred_at": "2025-01-01", "event_name": "x"}
    event |= {"persons": [{"identifiers": {"email": "A.nn+x@gmail.com", "phone": "020 7946 0018"}}]}
    sandbox.load("manual", [event])
    variables = {"gmail_canonical": True, "default_phone_region": "GB", "identifier_salt": "s"}
    monkeypatch.setenv("CRM_VARS", yaml.safe_dump(variables, default_flow_style=True).strip())
    sandbox.build()
    assert not json.loads(sandbox.crm("build", "--json"))["rebuilt"]
    compiled = tmp_path / "compiled.json"
    sandbox.crm("compile", "--compiled", compiled)
    assert stat.S_IMODE(compiled.stat().st_mode) == 0o600
    assert "DUPLICATE" in sandbox.crm("process", "manual", "1", "--compiled", compiled)
    assert sandbox.query("select email, phone from persons") == [("ann@gmail.com", "+442079460018")]


@pytest.mark.parametrize("kind", ["duckdb", "postgres"])
def test_what_no_source_tells_is_empty(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = sandbox_of(kind, request, tmp_path, "no_source_tells")
    persons = [{"identifiers": {"email": "ann@acme.example"}, "traits": {"name": "Ann"}}]
    groups = [{"identifiers": {"domain": "acme.example"}, "traits": {"name": "Acme"}}]
    event = {"occurred_at": "2025-01-01", "event_name": "x", "persons": persons, "groups": groups}
    sandbox.load("manual", [{"id": "1", **event}])
    sandbox.build("--no-test")

    monkeypatch.setenv("CRM_VARS", "{group_trait_sources: [], membership_sources: []}")
    sandbox.build("--no-test")
    assert json.loads(sandbox.crm("status", "--json"))["behind"]["models"] == []
    compiled = tmp_path / "compiled.json"
    sandbox.crm("compile", "--compiled", compiled)
    sandbox.load("manual", [{"id": "2", **event}])
    assert "PROCESSED" in sandbox.crm("process", "manual", "2", "--compiled", compiled)
    with open_warehouse(sandbox.url, read_only=True) as warehouse:
        assert warehouse.query("select name, event_count from crm.persons") == [("Ann", 2)]
        assert warehouse.query("select name, event_count from crm.groups") == [(None, 2)]
        assert not warehouse.query("select * from crm.memberships")
