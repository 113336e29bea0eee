"""crm serve and crm key: the real commands, in processes of their own."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from serve_command import serve
from single_events import ARTEFACT, event

from conftest import Sandbox, run_crm
from headless_crm.warehouse import open_warehouse


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def built(request: pytest.FixtureRequest, copied: Callable[[str, str], Sandbox]) -> Sandbox:
    return copied(request.param, "serve")


@pytest.fixture(autouse=True)
def _compiled(built: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_COMPILED", str(built.folder / ARTEFACT))


def ask(url: str, query: str, **headers: str) -> httpx.Response:
    return httpx.post(f"{url}/graphql", json={"query": query}, headers=headers, timeout=30)


def by_email(name: str) -> str:
    return (
        f'{{ person(identifier: {{type: "email", value: "{name}@{name}.example"}}) {{ email }} }}'
    )


def test_a_key_opens_a_server_that_a_signal_ends(built: Sandbox, tmp_path: Path) -> None:
    done = run_crm("key", "--role", "read", "--name", "Ann's laptop")
    assert done.returncode == 0
    assert re.fullmatch(r"read [0-9a-f]{64} Ann's laptop\n", done.stdout)
    [key] = re.findall(r"^crm_\S{43}$", done.stderr, re.MULTILINE)
    assert key not in done.stdout
    (tmp_path / "keys").write_text(done.stdout)
    with serve(built.url, "--keys", tmp_path / "keys") as (process, url):
        assert ask(url, by_email("before")).status_code == 401
        found = ask(url, by_email("before"), Authorization=f"Bearer {key}")
        assert found.json() == {"data": {"person": {"email": "before@before.example"}}}
        mutation = 'mutation { processEvent(source: "manual", id: "before") { success } }'
        assert ask(url, mutation, Authorization=f"Bearer {key}").status_code == 403
        assert httpx.get(f"{url}/readyz").json()["ready"] is True
        assert httpx.get(f"{url}/graphiql").status_code == 404
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr
        assert process.stderr.read() == ""


@pytest.mark.parametrize("built", ["duckdb"], indirect=True)
@pytest.mark.parametrize("given", [None, "glibc.malloc.perturb=0"])
def test_a_server_of_a_file_keeps_freed_blocks_at_hand(
    built: Sandbox, given: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    if given:
        monkeypatch.setenv("GLIBC_TUNABLES", given)
    with serve(built.url, "--allow-anonymous") as (process, _):
        environment = Path(f"/proc/{process.pid}/environ").read_text().split("\0")
        assert f"GLIBC_TUNABLES={given or 'glibc.malloc.tcache_count=60000'}" in environment


SIGNALLED = """
import os, signal, sys
from headless_crm.server.run import run

async def app(scope, receive, send):
    while (message := await receive())["type"].startswith("lifespan."):
        await send({"type": message["type"] + ".complete"})
        print(message["type"], flush=True)

run(app, "127.0.0.1", 0, lambda url: os.kill(os.getpid(), getattr(signal, sys.argv[1])))
"""


@pytest.mark.parametrize("built", ["duckdb"], indirect=True)
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_that_comes_before_the_server_has_started_ends_it(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SIGNALLED, name],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    ended = "lifespan.startup\nlifespan.shutdown\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, ended, "")


@pytest.mark.parametrize("built", ["postgres"], indirect=True)
def test_what_is_in_flight_is_finished(built: Sandbox) -> None:
    with serve(built.url, "--allow-anonymous") as (process, url):
        with open_warehouse(built.url) as warehouse:
            warehouse.query("begin")
            warehouse.query("lock table crm.persons")
            command = [
                "curl", "-s", f"{url}/graphql", "-H", "content-type: application/json",
                "-d", '{"query": "{ person(id: \\"x\\") { id } }"}',
            ]  # fmt: skip
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as request:
                time.sleep(1)
                process.send_signal(signal.SIGINT)
                time.sleep(0.5)
                assert request.poll() is None
                with pytest.raises(httpx.HTTPError):
                    ask(url, by_email("before"))
                warehouse.query("commit")
                answer, _ = request.communicate(timeout=10)
        assert answer == '{"data":{"person":null}}'
        assert process.wait(20) == 0


def test_builds_at_an_interval_take_what_lands(built: Sandbox) -> None:
    with serve(built.url, "--allow-anonymous", "--build-every", "0.02") as (process, url):
        if built.url.startswith("duckdb"):
            built_once = 'crm_builds_total{status="done"} 1.0'
        else:
            built.load("manual", [event("before"), event("new")])
            built_once = ""
        for _ in range(120):
            time.sleep(0.5)
            metrics = httpx.get(f"{url}/metrics", timeout=30).text
            found = ask(url, by_email("before" if built_once else "new")).json()["data"]["person"]
            if built_once in metrics and found:
                break
        else:
            pytest.fail(metrics)
        assert 'status="failed"' not in metrics
        if built.url.startswith("duckdb"):
            # After all that it opened the file for, it still is the one that owns it.
            other = run_crm(
                "load", "manual", built.folder / "manual.jsonl", "--warehouse", built.url
            )
            assert (other.returncode, "in use by another process" in other.stderr) == (1, True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_a_build_that_fails_is_told_and_the_server_goes_on(
    built: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(built.folder / ARTEFACT))  # No folder for dbt.
    with serve(built.url, "--allow-anonymous", "--build-every", "0.02") as (process, url):
        for _ in range(120):
            time.sleep(0.5)
            metrics = httpx.get(f"{url}/metrics", timeout=30).text
            if 'crm_builds_total{status="failed"}' in metrics:
                break
        else:
            pytest.fail(metrics)
        assert ask(url, by_email("before")).json()["data"]["person"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert process.stderr
        told = process.stderr.read()
        timed = r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{3}"
        assert re.search(rf"^{timed} ERROR The build failed, and the server goes on: ", told, re.M)


CUT_OFF = """
import duckdb
from headless_crm import pipeline
from headless_crm.cli import main
from headless_crm.server import builds

builds._STOP_SECONDS = 0.1
endless = "select count(*) from range(1000000000000)"
pipeline.build = lambda *_, **__: duckdb.sql(endless).fetchall()
main()
"""


@pytest.mark.parametrize("built", ["duckdb"], indirect=True)
def test_a_build_that_does_not_end_is_cut_off_without_a_crash(
    built: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.perturb=0")  # It starts itself but once.
    options = ("--allow-anonymous", "--build-every", "0.001")
    with serve(built.url, *options, program=("-c", CUT_OFF)) as (process, _):
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr
        assert "A build was cut off." in process.stderr.read()


def wrong(*options: object) -> tuple[int, str]:
    done = run_crm("serve", *options, timeout=60)
    assert done.stdout == ""
    return done.returncode, done.stderr


NOT_BUILT = "Error: Nothing was built yet. Run crm build first.\n"


def test_wrong_uses_are_told_in_a_line(
    built: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A server of a file starts itself anew, as it was called: run_crm calls it by no program.
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.perturb=0")
    keys = tmp_path / "keys"
    to = ("--warehouse", built.url)
    code, told = wrong(*to)
    assert (code, "--allow-anonymous" in told) == (2, True)
    code, told = wrong(*to, "--keys", keys)
    assert (code, "can't be read" in told) == (2, True)
    for content, why in (
        ("", "has no key"),
        ("read crm_secret", "Line 1"),
        (f"# ours\nwrite {'0' * 64}", "Line 2"),
        ("crm_secret", "Line 1"),
    ):
        keys.write_text(content)
        code, told = wrong(*to, "--keys", keys)
        assert (code, why in told, "secret" in told) == (2, True, False), told
    anonymous = (*to, "--allow-anonymous")
    assert wrong(*anonymous, "--keys", keys)[0] == 2
    for minutes in ("0", "-1", "nan", "inf", "1e10", "525601"):
        code, told = wrong(*anonymous, "--build-every", minutes)
        assert (code, told.count("\n"), "is no interval" in told) == (2, 1, True), told
    for host in ("a..b", "a" * 70):
        code, told = wrong(*anonymous, "--host", host)
        assert (code, f"Can't listen on {host}, port 8000" in told) == (2, True), told
        assert "Traceback" not in told
    assert wrong(*anonymous, "--vars", "[1]")[0] == 2
    code, told = wrong(*anonymous, "--build-every", "1", "--vars", "{identifier_salt: other}")
    assert (code, told.count("\n"), "other models or --vars" in told) == (2, 1, True), told
    code, told = wrong(*anonymous, "--host", "203.0.113.1")
    assert (code, "Can't listen on 203.0.113.1, port 8000" in told) == (2, True), told
    code, told = wrong("--allow-anonymous", "--warehouse", f"duckdb:///{tmp_path}/new.duckdb")
    assert (code, told) == (1, NOT_BUILT)


@pytest.mark.parametrize("built", ["duckdb"], indirect=True)
@pytest.mark.usefixtures("built")
def test_a_wrong_use_is_told_by_a_server_that_started_itself_anew(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path}/new.duckdb"
    command = [sys.executable, "-m", "headless_crm", "serve", "--allow-anonymous"]
    done = subprocess.run(
        [*command, "--warehouse", url], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", NOT_BUILT)
