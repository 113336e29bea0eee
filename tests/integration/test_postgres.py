"""The PostgreSQL driver: what it appends, and how it says what went wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from dbt.cli.main import dbtRunner

from conftest import run_crm
from headless_crm.config import project_dir
from headless_crm.errors import CrmError, UsageError
from headless_crm.pipeline import profile_of
from headless_crm.realtime.compiled import TemporaryTable
from headless_crm.realtime.postgres import open_session
from headless_crm.warehouse import dbt_output, open_warehouse, run_of_dbt
from postgres_server import Server

AT = datetime(2025, 1, 2, 3, 4, 5)


@pytest.fixture(scope="module")
def url(postgres: Server) -> str:
    return postgres.new_database("driver")


def test_only_new_rows_are_appended(url: str) -> None:
    rows = [("1", "a", AT), (None, "a", AT), ("1", "b", AT), ("1", "a", AT), (None, "a", AT)]
    with open_warehouse(url) as warehouse:
        assert warehouse.append_new("raw data", 'odd"name', rows) == 3
        assert warehouse.append_new("raw data", 'odd"name', [*rows, ("i1", "a", AT)]) == 1
        found = warehouse.query('select id, record, synced_at from "raw data"."odd""name"')
        later = AT.replace(microsecond=1)  # A version behind another one of that moment.
        assert found == [("1", "a", AT), (None, "a", AT), ("1", "b", later), ("i1", "a", AT)]
        assert warehouse.query(
            'select count(*) from "raw data"."odd""name" where id = ? and record like \'%\'', ["1"]
        ) == [(2,)]


def test_an_error_of_the_rows_leaves_all_as_it_was(url: str) -> None:
    def broken() -> object:
        yield ("1", "a", AT)
        raise OSError("the disk is gone")

    with open_warehouse(url) as warehouse:
        with pytest.raises(OSError, match="the disk is gone"):
            warehouse.append_new("raw", "broken", broken())  # type: ignore[arg-type]
        assert warehouse.query("select to_regclass('raw.broken')") == [(None,)]
        assert warehouse.append_new("raw", "broken", [("\ud800", "é\t\n\\N", AT)]) == 1
        assert warehouse.query("select id, record from raw.broken") == [("?", "é\t\n\\N")]


def test_a_database_s_own_table_may_have_other_types(url: str) -> None:
    with open_warehouse(url) as warehouse:
        warehouse.query("create schema if not exists raw")
        warehouse.query("create table raw.typed (id bigint, record jsonb, synced_at timestamptz)")
        with pytest.raises(CrmError, match=r"raw.typed of the database driver on .* took no rows"):
            warehouse.append_new("raw", "typed", [("secret", "{}", AT)])


def test_a_batch_may_take_its_time_and_plans_for_the_rows_that_there_are(url: str) -> None:
    step = TemporaryTable("given", "select generate_series(1, 9) as number")
    for batch in (False, True):
        session = open_session(url, batch)
        try:
            [(timeout,)] = session.query("show statement_timeout")
            assert (timeout == "0") == batch
            session.query("create schema if not exists raw")
            session.query("create table if not exists raw.numbers (number int)")
            put_in = "insert into raw.numbers select number from given"
            assert session.prepare([step, put_in])() == 9
        finally:
            session.close()


def test_an_error_names_the_place_and_never_the_password() -> None:
    done = run_crm("build", "--warehouse", "postgresql://me:s3cret@127.0.0.1:1/shop")
    assert done.returncode == 1
    assert "the database shop on 127.0.0.1:1: " in done.stderr
    assert "Connection refused" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://me:s3cret@/shop?service=prod", "a service, prod, which dbt can't be given"),
        ("postgresql://me:s3cret@db/shop?hostaddr=10.0.0.1", "a hostaddr, 10.0.0.1"),
        ("postgresql://me:s3cret@one:1,two:2/shop", "several hosts, one,two; dbt takes one"),
        (
            "postgresql://me:s3cret@db/shop?keepalives=0",
            "sets keepalives, which dbt can't be given",
        ),
        ("postgresql://me:s3cret@localhost:abc/shop", "'abc' is no port"),
        ("postgresql://me:s3cret@localhost:99999/shop", "'99999' is no port"),
        ("postgresql://me:s3cret@db/shop?connect_timeout=soon", "the connect_timeout 'soon'"),
        ("postgresql://me:p@s3cret@db/shop", "more than one @. Write %40 for an @"),
        ("postgresql://me:p?a@s3cret/7@db/shop", "more than one @. Write %40 for an @"),
        ("postgresql://me:s3cret/7@db/shop", "an @ behind a /. Write %2F for a /"),
        ("postgresql://me:7/s3cret@db:5432/shop", "an @ behind a /. Write %2F for a /"),
    ],
)
def test_what_dbt_can_t_be_given_is_refused(url: str, message: str) -> None:
    for use in (dbt_output, open_warehouse):
        with pytest.raises(UsageError) as refused:
            use(url)
        assert message in str(refused.value)
        assert "s3cret" not in str(refused.value)


def test_an_error_tells_the_cause_and_not_only_its_last_line(url: str) -> None:
    with open_warehouse(url) as warehouse:
        warehouse.query("create role stranger login")
        warehouse.query("revoke connect on database driver from public")
    with pytest.raises(CrmError) as refused:
        open_warehouse(url.replace("postgres@", "stranger@"))
    assert 'permission denied for database "driver"' in str(refused.value)
    assert "does not have CONNECT privilege" in str(refused.value)


@pytest.mark.parametrize("rest", ["me:s3cret@host:port/shop", "me:s3cret@host/shop?no=option"])
def test_a_url_that_can_t_be_read_is_not_repeated(rest: str) -> None:
    with pytest.raises((UsageError, CrmError)) as error:
        open_warehouse(f"postgresql://{rest}")
    assert "s3cret" not in str(error.value)


def test_the_profile_that_dbt_gets() -> None:
    assert dbt_output("postgres://me:a%40b@db.test:6543/shop?sslmode=require") == {
        "type": "postgres",
        "host": "db.test",
        "port": 6543,
        "user": "me",
        "password": "a@b",
        "dbname": "shop",
        "schema": "crm",
        "threads": 2,
        "sslmode": "require",
    }
    assert dbt_output("postgresql://me@/shop?host=/run/pg")["host"] == "/run/pg"


def test_dbt_gets_the_password_and_the_profile_does_not(postgres: Server, tmp_path: Path) -> None:
    url = postgres.new_database("with_password")
    connect = ["debug", "--connection", "--project-dir", str(project_dir())]
    rules = postgres.folder / "pg_hba.conf"
    rules.write_text(f"local all keeper scram-sha-256\n{rules.read_text()}")
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("create role keeper login password '{{ s3cret }} %$'")
        session.execute("select pg_reload_conf()")
    for password, is_right in (("{{ s3cret }} %$", True), ("{{ s3cret }}", False)):
        output = dbt_output(url.replace("postgres@", f"keeper:{quote(password, safe='')}@"))
        with profile_of(output) as options:
            assert "s3cret" not in (Path(options[1]) / "profiles.yml").read_text()
            done = dbtRunner().invoke([*connect, "--log-path", str(tmp_path), *options])
            assert done.success == is_right
        assert password not in os.environ.values()


def test_dbt_s_sessions_have_the_options_that_others_have(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c search_path=theirs")
    more = "options=-c%20search_path%3Dours&channel_binding=disable"
    given = f"{url}{'&' if '?' in url else '?'}{more}"
    with open_warehouse(given) as warehouse:
        assert warehouse.query("show search_path") == [("ours",)]
    with run_of_dbt(given), psycopg.connect(url) as as_dbt_does:
        assert as_dbt_does.execute("show search_path").fetchall() == [("ours",)]
        assert os.environ["PGCHANNELBINDING"] == "disable"
    assert os.environ["PGOPTIONS"] == "-c search_path=theirs"
    assert "PGCHANNELBINDING" not in os.environ


def test_without_its_packages_it_says_how_to_get_them() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None; from headless_crm.cli import main; "
        "sys.argv = ['crm', 'build', '--warehouse', 'postgresql://me@host/shop']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "pip install 'headless-crm[postgres]'" in done.stderr
