"""Mail as an mbox export has it, in the shape of Gmail's API."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from headless_crm.errors import CrmError
from headless_crm.sources import find_source, loading
from headless_crm.warehouse import open_warehouse

MAIL = """From 1786000000000000001@xxx Tue Jan 07 09:00:00 +0000 2025
X-GM-THRID: 1786000000000000001
Message-ID: <one@shop.example>
Date: Tue, 7 Jan 2025 10:00:00 +0100
From: =?UTF-8?Q?Zo=C3=AB?= <zoe@shop.example>
To: "Doe, Jane" <jane@app.example>,
\tBob <bob@app.example>
Subject: Hello
Content-Type: multipart/alternative; boundary="b"
Received: one
Received: two

--b
From here on it is text: not a message.

>From the start, this is quoted.
--b--

From MAILER-DAEMON Wed Jan  8 09:30:00 2025
from: zoé@shop.example

No id, no date.

From x@y Thu Jan  9 09:30:00 2025

Not a single header.
"""


def load(path: Path, content: bytes) -> tuple[loading.FileReport, list[tuple[Any, ...]]]:
    path.write_bytes(content)
    with open_warehouse(f"duckdb:///{path.parent / 'crm.duckdb'}") as warehouse:
        moment = datetime(2025, 6, 1)
        report = loading.load(warehouse, find_source("gmail"), path, moment=moment)
        return report, warehouse.query("select id, record from raw.gmail_messages order by rowid")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_messages_have_the_shape_of_the_api(tmp_path: Path, end: str) -> None:
    report, rows = load(tmp_path / "all.mbox", MAIL.replace("\n", end).encode())
    assert (report.rows, report.new, report.bad) == (3, 3, 1)
    assert rows[0][0] == "<one@shop.example>"
    assert json.loads(rows[0][1]) == {
        "id": "<one@shop.example>",
        "threadId": f"{1786000000000000001:x}",
        "internalDate": "1736240400000",
        "payload": {
            "mimeType": "multipart/alternative",
            "headers": [
                {"name": "X-GM-THRID", "value": "1786000000000000001"},
                {"name": "Message-ID", "value": "<one@shop.example>"},
                {"name": "Date", "value": "Tue, 7 Jan 2025 10:00:00 +0100"},
                {"name": "From", "value": "=?UTF-8?Q?Zo=C3=AB?= <zoe@shop.example>"},
                {
                    "name": "To",
                    "value": '"Doe, Jane" <jane@app.example>,\tBob <bob@app.example>',
                },
                {"name": "Subject", "value": "Hello"},
                {"name": "Content-Type", "value": 'multipart/alternative; boundary="b"'},
                {"name": "Received", "value": "one"},
                {"name": "Received", "value": "two"},
            ],
        },
    }


def test_a_message_without_id_and_date_gets_both(tmp_path: Path) -> None:
    _, rows = load(tmp_path / "all.mbox.gz", gzip.compress(MAIL.encode()))
    message = json.loads(rows[1][1])
    assert rows[1][0] == message["id"]
    assert len(message["id"]) == 64
    assert message["internalDate"] == "1736328600000"
    assert message["payload"]["headers"] == [{"name": "from", "value": "zoé@shop.example"}]
    assert rows[2][0] is None


@pytest.mark.parametrize("thread", ["9" * 5_000, "12a"])
def test_a_thread_that_is_no_id_is_left_out(tmp_path: Path, thread: str) -> None:
    mail = f"From x@y Tue Jan 07 09:00:00 2025\nX-GM-THRID: {thread}\nMessage-ID: <a@b>\n\nText\n"
    report, rows = load(tmp_path / "all.mbox", mail.encode())
    assert (report.bad, "threadId" in json.loads(rows[0][1])) == (0, False)


def test_what_is_no_mbox_loads_nothing(tmp_path: Path) -> None:
    with pytest.raises(CrmError, match="does not start with a line"):
        load(tmp_path / "all.mbox", b"Subject: Hello\n\nText\n")
    assert load(tmp_path / "all.mbox", MAIL.encode())[0].new == 3
    assert load(tmp_path / "all.mbox", MAIL.encode())[0].new == 0
