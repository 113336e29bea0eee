"""Whether a server lives, is ready and what it counts; and what its errors and logs tell."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from served import Served, numbers_of, outcome, rows_of, serving
from small import ANN, PROCESS

from conftest import Sandbox
from headless_crm.errors import CrmError
from headless_crm.realtime.outcome import Status
from headless_crm.server.metrics import Metrics
from headless_crm.server.reads import Query
from headless_crm.warehouse import open_warehouse


def test_a_server_that_can_work_is_ready(small: Sandbox, served: Served) -> None:
    assert served.client.get("/healthz").text == "ok"
    ready = served.client.get("/readyz")
    assert ready.status_code == 200
    content = ready.json()
    assert content["checks"] == {"database": True, "processor": True}
    assert content["lag_seconds"].keys() == {"manual"}
    with open_warehouse(small.url) as warehouse:
        [(newest,)] = warehouse.query("select max(synced_at) from crm.manual_events_raw")
    lag = (datetime.now(UTC) - newest.replace(tzinfo=UTC)).total_seconds()
    assert content["lag_seconds"]["manual"] == pytest.approx(lag, abs=60)


def test_a_server_that_can_t_process_is_not_ready(small: Sandbox) -> None:
    def ready(_: Query) -> None:
        raise CrmError("The artefact is of other models.")

    with serving(small, ready=ready) as served:
        response = served.client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": True, "processor": False}


def test_a_server_without_a_database_lives_and_is_not_ready(tmp_path: Path) -> None:
    with serving(Sandbox(tmp_path, "postgresql://someone@127.0.0.1:1/gone")) as served:
        assert served.client.get("/healthz").status_code == 200
        response = served.client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["checks"]["database"] is False
        assert "crm_warehouse_up 0.0" in served.client.get("/metrics").text


def test_a_read_without_a_database_says_so_and_the_log_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = "postgresql://someone:secret@127.0.0.1:1/gone"
    with serving(Sandbox(tmp_path, url)) as served:
        [error] = served.post(f"{{ person{ANN} {{ email }} }}").json()["errors"]
    assert error["message"] == "The warehouse gave no answer. Try again."
    assert error["extensions"]["code"] == "UNAVAILABLE"
    assert "no answer: Can't connect to the database gone on 127.0.0.1:1: " in caplog.text
    assert "secret" not in str(error) + caplog.text


def test_metrics_count_and_name_nobody(small: Sandbox) -> None:
    with serving(small) as served:
        served.ask(f"{{ person{ANN} {{ email }} }}")
        served.code("{ ann_secret }")
        served.ask(PROCESS)
        served.client.get("/graphql")
        metrics = served.server.metrics
        metrics.event("manual", Status.PROCESSED, 0.002)
        metrics.event("ann@secret.example", "ann@secret.example", 0.1)
        metrics.group(17, 0.05, 0.01)
        metrics.build(done=False)
        text = served.client.get("/metrics").text
    for line in (
        'crm_requests_total{kind="query",status="200"} 1.0',
        'crm_requests_total{kind="mutation",status="200"} 1.0',
        'crm_requests_total{kind="invalid",status="200"} 1.0',
        'crm_request_seconds_count{kind="query"} 1.0',
        'crm_events_total{source="manual",status="PROCESSED"} 1.0',
        'crm_events_total{source="other",status="other"} 1.0',
        'crm_event_seconds_bucket{le="0.0025",source="manual"} 1.0',
        'crm_group_size_bucket{le="10.0"} 0.0',
        'crm_group_size_bucket{le="25.0"} 1.0',
        "crm_lock_wait_seconds_sum 0.01",
        'crm_builds_total{status="failed"} 1.0',
        'crm_dead_letters{source="manual"} 1.0',
        'crm_dead_letters{source="gmail"} 0.0',
        'crm_failed_events{source="manual"} 0.0',
        "crm_warehouse_up 1.0",
    ):
        assert line in text.splitlines(), line
    assert 'crm_lag_seconds{source="manual"} ' in text
    assert "secret" not in text


def test_metrics_are_of_the_artefact_s_sources(small: Sandbox) -> None:
    """Such as one of several tables, each of which the artefact has as a source of its own."""
    raws = {"told_by_hand": "manual_events_raw", "mail": "gmail_messages_raw"}
    with serving(small, raws=raws, metrics=Metrics(raws)) as served:
        text = rows_of(served.client)
        assert served.client.get("/readyz").json()["lag_seconds"].keys() == {"told_by_hand"}
    numbers = {"landed": 4, "processed": 3, "dead_letters": 1, "pending": 0, "missing": 0}
    assert numbers_of(text, "crm_rows") == {
        **{f'source="told_by_hand",state="{state}"': number for state, number in numbers.items()},
        **{f'source="mail",state="{state}"': 0 for state in numbers},
    }
    assert numbers_of(text, "crm_dead_letters") == {'source="told_by_hand"': 1, 'source="mail"': 0}


def test_rows_are_counted_where_they_land(small: Sandbox) -> None:
    moved = "select id || ' later' as id, record, synced_at from raw.manual_events"
    with open_warehouse(small.url) as warehouse:
        warehouse.query(f"create table raw.moved as {moved}")
    with serving(small, variables={"manual_events_table": "raw.moved"}) as served:
        numbers = numbers_of(rows_of(served.client), "crm_rows")
    assert numbers['source="manual",state="pending"'] == 4


def test_an_error_that_nobody_foresaw_tells_nothing(
    small: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(small) as served:
        served.processor.outcomes["x"] = ValueError("/secret/path of ann@secret.example")
        asked = 'mutation { processEvent(source: "manual", id: "x") { success } }'
        response = served.post(asked)
    assert response.json()["data"] == {"processEvent": None}
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "ValueError at " in caplog.text
    assert "secret" not in response.text + caplog.text


def test_what_was_asked_for_is_in_no_log(
    served: Served, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG", logger="headless_crm")
    served.processor.outcomes["gone"] = outcome("gone", Status.NOT_FOUND)
    served.ask(f"{{ person{ANN} {{ email }} }}")
    served.ask(PROCESS.replace('"a"', '"gone"'))
    served.post("{ secret }")
    served.client.get("/graphql?query=secret")
    told = capfd.readouterr()
    assert "secret" not in caplog.text.replace(os.fspath(Path.cwd()), "") + told.out + told.err
