"""A row of a source file: a bare record, or a record in a loader's envelope."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple, NoReturn

ENVELOPE = frozenset(
    {"record", "id", "synced_at", "updated_at", "connection_id", "cursor", "first_seen_at"}
    | {"last_modified_at", "last_action", "deleted_at"}
)
"""What may stand beside a record. An object with any other key is itself the record."""

_SPACE = " \t\r\n"


class Row(NamedTuple):
    """What a file says about a row: `synced_at` is text, as it stands there.

    A bad row is kept as well: its record is whatever text there is.
    """

    id: str | None
    record: str
    synced_at: str | None = None
    bad: bool = False


def bad_row(text: str) -> Row:
    """A row that holds no JSON object."""
    return Row(None, text.strip(_SPACE).replace("\0", "\ufffd"), bad=True)


def row_from_json(text: str) -> Row:
    """The row that JSON text holds. The record's own text is kept byte for byte."""
    text = text.strip(_SPACE)
    envelope = _envelope(text)
    if envelope is None:
        record = parsed_object(text)
        if record is None:
            return bad_row(text)
        return Row(scalar(record.get("id")), text, scalar(record.get("synced_at")))
    key, synced_at = (scalar(envelope.get(name, (None, ""))[0]) for name in ("id", "synced_at"))
    record, own_text = envelope["record"]
    if isinstance(record, dict):
        return Row(key or scalar(record.get("id")), own_text, synced_at)
    return row_of_columns(key, record if isinstance(record, str) else own_text, synced_at)


def row_of_columns(key: str | None, text: str, synced_at: str | None) -> Row:
    """The row of an envelope whose record is JSON text."""
    record = parsed_object(text)
    if record is None:
        return bad_row(text)._replace(id=key or None, synced_at=synced_at)
    return Row(key or scalar(record.get("id")), text.strip(_SPACE), synced_at)


def scalar(value: Any) -> str | None:
    """A top-level value as the text of a column; null where it is an object, a list or null."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd") or None
    if isinstance(value, bool):
        return "true" if value else "false"
    return None


def parsed_object(text: str) -> dict[str, Any] | None:
    """The JSON object that `text` is; null where it is something else. Numbers are text."""
    value = parsed(text)
    return value if isinstance(value, dict) else None


def parsed(text: str) -> Any:
    """The JSON value that `text` is; null where it is none. Numbers are text."""
    try:
        return _decoder.decode(text)
    except (ValueError, RecursionError):
        return None


def utc(text: str) -> datetime | None:
    """An ISO 8601 time as UTC without a zone; null where it is none. Without an offset it's UTC."""
    if text.isdigit():
        return None  # Seconds since 1970 would be read as a date without hyphens.
    try:
        moment = datetime.fromisoformat(text.strip().removesuffix(" UTC"))
        return (moment.astimezone(UTC) if moment.utcoffset() else moment).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def _envelope(text: str) -> dict[str, tuple[Any, str]] | None:
    """An envelope's members, each with its own text; null where `text` is none.

    Ends at the first key that no envelope has, so that a bare record costs little.
    """
    if not text.startswith("{"):
        return None
    members: dict[str, tuple[Any, str]] = {}
    at = 0
    try:
        while text[at] != "}":
            name, at = _value(text, at + 1)
            if not isinstance(name, str) or name not in ENVELOPE or text[at] != ":":
                return None
            start = at + 1
            value, at = _value(text, start)
            members[name] = value, text[start:at].strip(_SPACE)
            if text[at] not in ",}":
                return None
    except (ValueError, IndexError, RecursionError):
        return None
    return members if "record" in members and at == len(text) - 1 else None


def _value(text: str, at: int) -> tuple[Any, int]:
    """The JSON value at `at`, and where the text goes on after it and the spaces around."""
    while text[at] in _SPACE:
        at += 1
    value, at = _decoder.raw_decode(text, at)
    while text[at] in _SPACE:
        at += 1
    return value, at


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


# Python reads NaN, and refuses numbers of thousands of digits; JSON has it the other way round.
_decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse)
