"""GraphQL over HTTP: what the specification asks for, who may do what, and hostile requests."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.httpx import HTTPXTransport
from served import Served, numbers_of, outcome, rows_of, serving

from conftest import Sandbox
from headless_crm.errors import CrmError
from headless_crm.realtime.outcome import Status
from headless_crm.server import documents, endpoint, limits
from headless_crm.server.keys import Keys, line_of, read_keys
from headless_crm.server.metrics import Metrics
from headless_crm.server.reads import Query
from headless_crm.warehouse import open_warehouse

EVENT = {
    "id": "a",
    "synced_at": "2025-01-02T00:00:00Z",
    "record": {
        "occurred_at": "2025-01-01",
        "event_name": "signed_up",
        "persons": [{"identifiers": {"email": "ann@secret.example"}}],
    },
}
ANN = '(identifier: {type: "email", value: "ann@secret.example"})'
AUDIT = """
const { auditServer } = require("graphql-http");
auditServer({ url: process.argv[2] }).then((results) => {
  const told = results.map(({ id, name, status }) => ({ id, name, status }));
  console.log(JSON.stringify(told));
});
"""
PAGE = (Path(__file__).parents[2] / "docs/graphql.md").read_text(encoding="utf-8")
# Those that are a matter of taste, about GET: this server answers to POST alone.
BY_GET = {"5A70", "D6D5", "6A70"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    sandbox = Sandbox(tmp_path_factory.mktemp("http"))
    sandbox.load("manual", [EVENT, EVENT | {"id": "bad", "record": {"occurred_at": "never"}}])
    [rows] = re.findall(r"<<'END'\n(.*?)^END$", PAGE, re.MULTILINE | re.DOTALL)
    sandbox.load("manual", rows.splitlines())
    sandbox.build("--no-test")
    return sandbox


@pytest.fixture(scope="module")
def served(built: Sandbox) -> Iterator[Served]:
    with serving(built) as served:
        yield served


@pytest.fixture(scope="module")
def in_development(built: Sandbox) -> Iterator[Served]:
    with serving(built, development=True) as served:
        yield served


def keys_of(folder: Path, **roles: str) -> Keys:
    lines = [line_of(key, named.split("_")) for key, named in roles.items()]
    file = folder / "keys"
    file.write_text("# Our keys\n\n" + "\n".join(lines) + "\n")
    return read_keys(file)


def refused(response: httpx.Response) -> tuple[int, str]:
    [error] = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


@pytest.mark.skipif(
    not shutil.which("node") or not shutil.which("npm"),
    reason="node and npm run the audit of the GraphQL over HTTP specification",
)
def test_the_specification_s_audit(in_development: Served, tmp_path: Path) -> None:
    (tmp_path / "audit.js").write_text(AUDIT)
    packages = ("graphql-http@1.23.1", "graphql@16.15.0")
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--prefix", tmp_path, *packages],
        check=True,
        capture_output=True,
    )
    done = subprocess.run(
        ["node", tmp_path / "audit.js", f"{in_development.url}/graphql"],
        check=True,
        capture_output=True,
        text=True,
    )
    results = json.loads(done.stdout)
    assert len(results) >= 61
    assert {one["id"] for one in results if one["status"] != "ok"} == BY_GET, results
    assert {one["status"] for one in results} == {"ok", "notice"}


def test_another_client_s_way(served: Served) -> None:
    with Client(transport=HTTPXTransport(url=f"{served.url}/graphql")) as client:
        asked = GraphQLRequest(
            gql("query ($value: String!) { person(identifier: {type: \"email\", value: $value}) "
                "{ email eventCount } }"),
            variable_values={"value": "ann@secret.example"},
        )  # fmt: skip
        assert client.execute(asked) == {"person": {"email": "ann@secret.example", "eventCount": 1}}
        done = client.execute(
            gql('mutation { processEvent(source: "manual", id: "a") { success } }')
        )
    assert done == {"processEvent": {"success": True}}


def test_the_page_s_examples_answer_what_it_says(served: Served) -> None:
    examples = re.findall(
        r"^```graphql\n(.*?)```\n```json\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL
    )
    assert len(examples) == PAGE.count("```graphql") == 2
    for asked, answer in examples:
        assert served.ask(asked) == json.loads(answer)


def test_the_page_s_limits_are_those_that_hold() -> None:
    table = PAGE.partition("## Errors and limits")[2]
    for number in (
        *(f"{limits.MOST_DEPTH} |", f"{limits.MOST_COST:,} |", f"{limits.MOST_ALIASES} aliases"),
        *(f"{documents.MOST_CHARACTERS:,} char", f"{documents.MOST_TOKENS:,} tokens"),
        *(f"{limits.MOST_SELECTIONS} fields", f"{endpoint.MOST_BYTES // 2**20} MiB"),
        *(f"{limits.MOST_VALUES:,} values", f"{limits.MOST_IN_OBJECT} values"),
    ):
        assert number in table


# Who may do what


READ = "{ __typename }"
PROCESS = 'mutation { processEvent(source: "manual", id: "a") { status userErrors { code } } }'
BOTH = 'mutation { processEvent(source: "manual", id: "a") { persons { email } } }'
BY_FRAGMENT = (
    'mutation { processEvent(source: "manual", id: "a") { ...result } } '
    "fragment result on ProcessResult { memberships { ...one } } "
    "fragment one on Membership { role }"
)


@pytest.fixture(scope="module")
def locked(built: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    keys = keys_of(
        tmp_path_factory.mktemp("keys"), reader="read", worker="process", boss="read_process"
    )
    with serving(built, keys=keys) as served:
        yield served


@pytest.mark.parametrize(
    ("key", "may"),
    [("reader", {READ}), ("worker", {PROCESS}), ("boss", {READ, PROCESS, BOTH, BY_FRAGMENT})],
)
def test_a_key_opens_what_its_roles_say(locked: Served, key: str, may: set[str]) -> None:
    for asked in (READ, PROCESS, BOTH, BY_FRAGMENT):
        locked.processor.submitted.clear()
        response = locked.post(asked, Authorization=f"Bearer {key}")
        if asked in may:
            assert "errors" not in response.json()
        else:
            assert refused(response) == (403, "FORBIDDEN")
            assert locked.processor.submitted == []


def test_the_operation_that_is_run_is_the_one_that_counts(locked: Served) -> None:
    query = f"query a {READ} {PROCESS.replace('mutation', 'mutation b')}"
    for name, status in (("a", 200), ("b", 403)):
        response = locked.client.post(
            "/graphql",
            json={"query": query, "operationName": name},
            headers={"Authorization": "Bearer reader"},
        )
        assert response.status_code == status


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong", "Basic boss", "boss", "Bearer böss"]
)
def test_without_a_key_nothing_opens(locked: Served, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.encode()}
    response = locked.client.post("/graphql", json={"query": READ}, headers=headers)
    assert refused(response) == (401, "UNAUTHENTICATED")
    assert response.headers["www-authenticate"] == "Bearer"


def test_health_and_metrics_need_no_key(locked: Served) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert locked.client.get(path).status_code == 200


# Requests that are none


def test_no_path_leads_to_where_a_header_says(served: Served, in_development: Served) -> None:
    for client, path in ((served.client, "/graphql/"), (in_development.client, "/graphiql/")):
        response = client.post(path, json={"query": READ}, headers={"host": "evil.example"})
        assert (response.status_code, "location" in response.headers) == (404, False)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_only_post(served: Served, method: str) -> None:
    response = served.client.request(method, "/graphql", params={"query": READ})
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("type_", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; Charset=UTF-8", 200),
        ("application/json; charset=utf-16", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("text/plain", 415),
        ("application/json-patch+json", 415),
        ("", 415),
    ],
)
def test_only_json(served: Served, type_: str, status: int) -> None:
    response = served.post(READ, content_type=type_)
    assert response.status_code == status


@pytest.mark.parametrize(
    ("accept", "status", "type_"),
    [
        ("application/graphql-response+json, application/json;q=0.9", 200, "graphql-response+json"),
        ("application/graphql-response+json;q=0.5, application/json", 200, "application/json"),
        ("text/html, */*;q=0.1", 200, "application/json"),
        ("text/html", 406, "application/json"),
        ("application/json;q=0", 406, "application/json"),
        ("application/json;q=x", 406, "application/json"),
    ],
)
def test_the_media_type_is_agreed_on(served: Served, accept: str, status: int, type_: str) -> None:
    response = served.post(READ, accept=accept)
    assert response.status_code == status
    assert type_ in response.headers["content-type"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'[{"query": "{ __typename }"}, {"query": "{ __typename }"}]',
        b"null",
        b"{",
        b'{"query": null}',
        b'{"query": "\xff"}',
        b'{"query": "{ __typename }", "variables": []}',
        b"[" * 100_000,
        b'{"query":' * 100_000,
    ],
)
def test_bodies_that_are_no_request(served: Served, body: bytes) -> None:
    response = served.client.post(
        "/graphql", content=body, headers={"content-type": "application/json"}
    )
    assert refused(response) == (400, "BAD_REQUEST")


def test_a_body_has_an_end(served: Served) -> None:
    headers = {"content-type": "application/json"}
    big = b" " * 3_000_000

    def chunks() -> Iterator[bytes]:
        for _ in range(40):
            yield big[:75_000]

    for content in (big, chunks()):
        response = served.client.post("/graphql", content=content, headers=headers)
        assert refused(response) == (413, "TOO_LARGE")


def test_a_body_that_does_not_come_is_given_up(built: Sandbox) -> None:
    with serving(built, deadline_seconds=0.3) as served:
        host, port = served.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(
                b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                b"content-length: 100\r\n\r\n{"
            )
            assert connection.recv(100).startswith(b"HTTP/1.1 408 ")


# Documents that ask for too much


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


# Health and metrics


def test_a_server_that_can_work_is_ready(served: Served) -> None:
    assert served.client.get("/healthz").text == "ok"
    ready = served.client.get("/readyz")
    assert ready.status_code == 200
    content = ready.json()
    assert content["checks"] == {"database": True, "processor": True}
    assert content["lag_seconds"].keys() == {"manual"}
    assert 0 <= content["lag_seconds"]["manual"] < 600


def test_a_server_that_can_t_process_is_not_ready(built: Sandbox) -> None:
    def ready(_: Query) -> None:
        raise CrmError("The artefact is of other models.")

    with serving(built, ready=ready) as served:
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


def test_metrics_count_and_name_nobody(built: Sandbox) -> None:
    with serving(built) as served:
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


def test_metrics_are_of_the_artefact_s_sources(built: Sandbox) -> None:
    """Such as one of several tables, each of which the artefact has as a source of its own."""
    raws = {"told_by_hand": "manual_events_raw", "mail": "gmail_messages_raw"}
    with serving(built, raws=raws, metrics=Metrics(raws)) as served:
        text = rows_of(served.client)
        assert served.client.get("/readyz").json()["lag_seconds"].keys() == {"told_by_hand"}
    numbers = {"landed": 4, "processed": 3, "dead_letters": 1, "pending": 0, "missing": 0}
    assert numbers_of(text, "crm_rows") == {
        **{f'source="told_by_hand",state="{state}"': number for state, number in numbers.items()},
        **{f'source="mail",state="{state}"': 0 for state in numbers},
    }
    assert numbers_of(text, "crm_dead_letters") == {'source="told_by_hand"': 1, 'source="mail"': 0}


def test_rows_are_counted_where_they_land(built: Sandbox) -> None:
    moved = "select id || ' later' as id, record, synced_at from raw.manual_events"
    with open_warehouse(built.url) as warehouse:
        warehouse.query(f"create table raw.moved as {moved}")
    with serving(built, variables={"manual_events_table": "raw.moved"}) as served:
        numbers = numbers_of(rows_of(served.client), "crm_rows")
    assert numbers['source="manual",state="pending"'] == 4


def test_an_error_that_nobody_foresaw_tells_nothing(
    built: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(built) as served:
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
