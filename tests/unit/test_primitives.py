"""Keys, and the primitives of macros/cross_db: the same answers on every warehouse."""

from __future__ import annotations

from datetime import datetime
from hashlib import md5
from typing import Any

import duckdb
import pytest

from macros import render


def evaluate(macro: str, text: str | None, *arguments: Any) -> Any:
    """What a scalar macro makes of a text."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'Asia/Tokyo'")  # No answer may depend on it.
        sql = f"select {render(macro, 'given', *arguments)} from (select ?::text as given)"
        [(answer,)] = connection.execute(sql, [text]).fetchall()
    return answer


UTC = datetime(2025, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-01-02T03:04:05Z", UTC),
        ("2025-01-02T03:04:05", UTC),
        ("2025-01-02 03:04:05", UTC),
        ("2025-01-02T03:04:05.000000Z", UTC),
        ("2025-01-02T05:04:05+02:00", UTC),
        ("2025-01-01T19:04:05-0800", UTC),
        ("2025-01-02", datetime(2025, 1, 2)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29)),
        ("2025-02-29T00:00:00Z", None),
        ("2025-13-01", None),
        ("2025-01-02T25:00:00Z", None),
        ("infinity", None),
        ("now", None),
        ("02.01.2025", None),
        ("1735787045", None),
        ("", None),
        (None, None),
    ],
)
def test_iso_times(text: str | None, expected: datetime | None) -> None:
    assert evaluate("safe_timestamp", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thu, 02 Jan 2025 03:04:05 +0000", UTC),
        ("Thu, 2 Jan 2025 04:04:05 +0100 (CET)", UTC),
        ("2 Jan 2025 03:04:05 GMT", UTC),
        ("2 Jan 2025 03:04:05", UTC),
        ("Thu, 02 Jan 2025 03:04 +0000", datetime(2025, 1, 2, 3, 4)),
        ("Thu, 32 Jan 2025 03:04:05 +0000", None),
        ("yesterday", None),
    ],
)
def test_mail_dates(text: str, expected: datetime | None) -> None:
    assert evaluate("rfc2822_timestamp", text) == expected


@pytest.mark.parametrize("kind", ["timestamp", "timestamptz", "text"])
def test_a_loader_s_time_is_utc_whatever_its_type(kind: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(
            f"create table given as select '2025-01-02 03:04:05Z'::{kind} as synced_at"
        )
        connection.execute("set timezone = 'Asia/Tokyo'")
        sql = render("utc_timestamp", "synced_at")
        assert connection.execute(f"select {sql} from given").fetchall() == [(UTC,)]


def test_epoch_milliseconds() -> None:
    assert evaluate("epoch_ms_timestamp", "1735787045000") == UTC
    assert evaluate("epoch_ms_timestamp", "soon") is None
    assert evaluate("epoch_ms_timestamp", "9" * 30) is None


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ('{"a": {"b": "x"}}', "a.b", "x"),
        ('{"a": 1.50}', "a", "1.5"),
        ('{"a": true}', "a", "true"),
        ('{"a": null}', "a", None),
        ("{}", "a", None),
        ('{"a.b": 1}', "a.b", None),
        ('"text"', "", "text"),
        (None, "a", None),
    ],
)
def test_json_text(text: str | None, path: str, expected: str | None) -> None:
    assert evaluate("json_text", text, path) == expected


@pytest.mark.parametrize("text", ["", "{", "[1]", "1", "null", "{'a': 1}", '{"a": 1} x', None])
def test_what_is_no_json_object_is_null(text: str | None) -> None:
    assert evaluate("valid_json", text) is None
    assert evaluate("valid_json", '{"a": 1}') == '{"a": 1}'


def test_numbers() -> None:
    assert str(evaluate("safe_number", "12.50")) == "12.500000000"
    assert evaluate("safe_number", "twelve") is None


def test_json_lists_and_objects_become_rows() -> None:
    with duckdb.connect() as connection:
        connection.execute('create table given as select \'["a", {"b": 1}, null]\' as list')
        sql = render("json_array_items", "given", "list")
        rows = connection.execute(f"select position, item from ({sql}) order by 1").fetchall()
        assert rows == [(0, '"a"'), (1, '{"b":1}'), (2, "null")]
        connection.execute("create or replace table given as select '\"alone\"' as list")
        assert connection.execute(f"select position, item from ({sql})").fetchall() == [
            (0, '"alone"')
        ]
        connection.execute('create or replace table given as select \'{"a": 1, "b": []}\' as map')
        sql = render("json_object_fields", "given", "map")
        rows = connection.execute(f"select field, field_value from ({sql}) order by 1").fetchall()
        assert rows == [("a", "1"), ("b", "[]")]


def key(*parts: str) -> str:
    with duckdb.connect() as connection:
        return str(connection.execute(f"select {render('surrogate_key', list(parts))}").fetchall())


def test_a_surrogate_key_is_the_md5_of_its_parts() -> None:
    digest = md5(b"a\x1fbc\x1f\x1e", usedforsecurity=False).hexdigest()
    assert key("'a'", "'bc'", "null") == f"[('{digest}',)]"


def test_a_surrogate_key_keeps_parts_and_nulls_apart() -> None:
    keys = {
        key("'a'", "'bc'"),
        key("'ab'", "'c'"),
        key("'abc'"),
        key("'a'", "'bc'", "''"),
        key("'a'", "'bc'", "null"),
        key("null", "'a'", "'bc'"),
    }
    assert len(keys) == 6


def test_a_salt_changes_every_identifier_key() -> None:
    arguments = ("identifier_key", "person", "'email'", "'ann@x.test'")
    plain, salted = render(*arguments), render(*arguments, identifier_salt="secret")
    with duckdb.connect() as connection:
        assert connection.execute(f"select {plain} = {salted}").fetchall() == [(False,)]
    group = render("identifier_key", "group", "'email'", "'ann@x.test'")
    assert group != plain
