"""mbox: a mailbox's export, each message in the shape of Gmail's API, its headers only."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from headless_crm.errors import CrmError
from headless_crm.sources.files import SourceFile
from headless_crm.sources.row import Row, bad_row

_THREAD = re.compile(r"[0-9]{1,20}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_mbox(file: SourceFile) -> Iterator[Row]:
    """Messages in the file's order. Their bodies are passed over, so that size does not matter."""
    heading: list[str] | None = None
    in_headers, blank_before = False, True
    for line in file.lines():
        blank = not line.strip("\r\n")
        if blank_before and line.startswith("From "):
            if heading is not None:
                yield _row(heading)
            heading, in_headers = [line], True
        elif heading is None and not blank:
            raise CrmError(
                f"{file.path} is no mbox file: it does not start with a line 'From …'. "
                "Nothing of it was loaded."
            )
        elif heading is not None and in_headers and not blank:
            heading.append(line)
        elif blank:
            in_headers = False
        blank_before = blank
    if heading is not None:
        yield _row(heading)


def _row(heading: list[str]) -> Row:
    envelope_line, *lines = heading
    headers = _headers(lines)
    if not headers:
        return bad_row("".join(heading))
    first = {name.lower(): value for name, value in reversed(headers)}
    message_id = first.get("message-id", "").strip()
    thread = first.get("x-gm-thrid", "").strip()
    message = {
        "id": message_id or hashlib.sha256("".join(lines).encode()).hexdigest(),
        # The export writes the API's hexadecimal ids as decimal numbers.
        "threadId": f"{int(thread):x}" if _THREAD.fullmatch(thread) else None,
        "internalDate": _milliseconds(first.get("date", ""))
        or _milliseconds(envelope_line.strip().partition(" ")[2].partition(" ")[2]),
        "payload": {
            "mimeType": first.get("content-type", "text/plain").partition(";")[0].strip().lower(),
            "headers": [{"name": name, "value": value} for name, value in headers],
        },
    }
    known = {name: value for name, value in message.items() if value is not None}
    return Row(str(message["id"]), json.dumps(known, ensure_ascii=False, separators=(",", ":")))


def _headers(lines: list[str]) -> list[tuple[str, str]]:
    """Names and values in order, unfolded as the API has them; encoded words stay encoded."""
    headers: list[tuple[str, str]] = []
    for line in lines:
        text = line.rstrip("\r\n")
        name, colon, value = text.partition(":")
        if text[:1] in (" ", "\t") and headers:
            headers[-1] = headers[-1][0], headers[-1][1] + text
        elif colon and name and " " not in name:
            headers.append((name, value.strip()))
    return headers


def _milliseconds(date: str) -> str | None:
    try:
        moment = parsedate_to_datetime(date)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return str((zoned - _EPOCH) // timedelta(milliseconds=1))
    except (ValueError, OverflowError):
        return None
