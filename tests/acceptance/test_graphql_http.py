"""GraphQL over HTTP: what the specification asks for, who may do what, and what is no request."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.httpx import HTTPXTransport
from served import Served, serving
from small import PAGE, PROCESS, READ

from conftest import Sandbox
from headless_crm.server.keys import Keys, line_of, read_keys
from headless_crm.server.protocol import MOST_HEAD_BYTES

AUDIT = """
const { auditServer } = require("graphql-http");
auditServer({ url: process.argv[2] }).then((results) => {
  const told = results.map(({ id, name, status }) => ({ id, name, status }));
  console.log(JSON.stringify(told));
});
"""
# Those that are a matter of taste, about GET: this server answers to POST alone.
BY_GET = {"5A70", "D6D5", "6A70"}


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


# Who may do what


BOTH = 'mutation { processEvent(source: "manual", id: "a") { persons { email } } }'
BY_FRAGMENT = (
    'mutation { processEvent(source: "manual", id: "a") { ...result } } '
    "fragment result on ProcessResult { memberships { ...one } } "
    "fragment one on Membership { role }"
)


@pytest.fixture(scope="module")
def locked(small: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    keys = keys_of(
        tmp_path_factory.mktemp("keys"), reader="read", worker="process", boss="read_process"
    )
    with serving(small, keys=keys) as served:
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


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip", "x"])
def test_only_bodies_as_they_are(served: Served, encoding: str) -> None:
    asked = gzip.compress(json.dumps({"query": READ}).encode())
    headers = {"content-type": "application/json", "content-encoding": encoding}
    response = served.client.post("/graphql", content=asked, headers=headers)
    assert refused(response) == (415, "BAD_REQUEST")
    assert "without a Content-Encoding" in response.text
    assert response.headers["accept-encoding"] == "identity"
    assert served.post(READ, content_encoding="Identity").status_code == 200


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


def connected(served: Served) -> socket.socket:
    host, port = served.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=30)


@pytest.mark.parametrize("filled", ["GET /healthz?{} HTTP/1.1", "GET /healthz HTTP/1.1\r\na: {}"])
def test_a_head_has_an_end(served: Served, filled: str) -> None:
    start = filled + "\r\nhost: x\r\n\r\n"
    longest = start.format("a" * (MOST_HEAD_BYTES - len(start) + 2)).encode()
    with connected(served) as connection:
        for _ in range(2):
            connection.sendall(longest)
            assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
        connection.sendall(longest.replace(b"aa", b"aaa", 1))
        told = connection.recv(1000)
        assert told.startswith(b"HTTP/1.1 431 ")
        assert b"The request's line and headers have more than 32,768 bytes." in told
        assert connection.recv(1000) == b""


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"GET /", b"a"),
        (b"GET /healthz HTTP/1.1\r\na: ", b"a"),
        (b"GET /healthz HTTP/1.1\r\n", b"a:\r\n"),
        (b"POST /graphql HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n", b"a:\r\n"),
    ],
)
def test_a_head_or_trailer_without_an_end_is_not_kept(
    served: Served, start: bytes, more: bytes
) -> None:
    with connected(served) as connection:
        connection.sendall(start)
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            for _ in range(64):
                connection.sendall(more * (2**20 // len(more)))
    assert served.client.get("/healthz").status_code == 200


def test_a_large_body_in_small_chunks_is_no_head(served: Served) -> None:
    asked = json.dumps({"query": READ + " " * 60_000}).encode()
    headers = {"content-type": "application/json"}
    chunks = (asked[at : at + 10] for at in range(0, len(asked), 10))
    response = served.client.post("/graphql", content=chunks, headers=headers)
    assert response.json() == {"data": {"__typename": "Query"}}


def test_a_body_that_does_not_come_is_given_up(small: Sandbox) -> None:
    with serving(small, deadline_seconds=0.3) as served, connected(served) as connection:
        connection.sendall(
            b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"content-length: 100\r\n\r\n{"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 408 ")
