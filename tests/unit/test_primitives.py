"""Keys, and the primitives of macros/cross_db: the same answers on every warehouse."""

from __future__ import annotations

import json
import re
from datetime import datetime
from hashlib import md5
from typing import Any

import pytest
from engines import Engine

from macros import render


def evaluate(engine: Engine, macro: str, text: str | None, *arguments: Any) -> Any:
    """What a scalar macro makes of a text."""
    engine.table("given_texts", ["given"], [[text]])
    sql = f"select {engine.render(macro, 'given', *arguments)} from given_texts"
    [(answer,)] = engine.execute(sql)
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
        ("2025-01-02T03:04Z", datetime(2025, 1, 2, 3, 4)),
        ("2025-01-02T04:04+01:00", datetime(2025, 1, 2, 3, 4)),
        ("2025-01-02 03:04:05 z", UTC),
        ("2025-01-02 04:04:05 +0100", UTC),
        ("2025-01-02T04:04:05.0 +01:00", UTC),
        ("2025-01-02 04:04 +01", datetime(2025, 1, 2, 3, 4)),
        (" 2025-01-02\t", datetime(2025, 1, 2)),
        ("\n2025-01-02T03:04:05Z ", UTC),
        ("9999-12-31", datetime(9999, 12, 31)),
        ("9999-12-31T23:59:59-05:00", None),
        ("9999-12-31 24:00:00", None),
        ("0001-01-01T00:00:00+05", None),
        ("2025-01-02T03:04:05.1234567Z", datetime(2025, 1, 2, 3, 4, 5, 123456)),
        ("2025-01-02T03:04:60Z", None),
        ("2025-01-02T03:04:05+16:00", None),
        ("0000-01-02", None),
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
def test_iso_times(engine: Engine, text: str | None, expected: datetime | None) -> None:
    assert evaluate(engine, "safe_timestamp", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thu, 02 Jan 2025 03:04:05 +0000", UTC),
        ("Thu, 2 Jan 2025 04:04:05 +0100 (CET)", UTC),
        ("2 Jan 2025 03:04:05 GMT", UTC),
        ("2 Jan 2025 03:04:05", UTC),
        ("Thu, 02 Jan 2025 03:04 +0000", datetime(2025, 1, 2, 3, 4)),
        ("Thu, 32 Jan 2025 03:04:05 +0000", None),
        ("31 Feb 2025 03:04:05 +0000", None),
        ("2 Jan 2025 24:00:00 +0000", None),
        ("1 jan 2025 22:04:05 EST", UTC),
        ("Wed, 1 Jan 2025 20:04:05 pdt", UTC),
        ("2 Jan 2025 03:04:05 CET", UTC),
        ("Thu, 2 Jan 2025 05:04:05+0200", UTC),
        ("1 Jan 2025 22:04:05EST", UTC),
        ("Thu,  2 Jan\r\n 2025\t04:04:05  +0100", UTC),
        ("Thu, 2 Jan 2025 04:04:05 +0100 (GMT+01:00)", UTC),
        ("1 Jan 2025 19:04:05 -0800 PST", UTC),
        ("2 Jan 2025 03:04:05 (CET)", UTC),
        ("2 Jan 2025 03:04:05 Europe Standard Time", UTC),
        ("02 Jan 25 03:04:05 GMT", UTC),
        ("2 Jan 49 03:04 Z", datetime(2049, 1, 2, 3, 4)),
        ("2 Jan 70 03:04 UT", datetime(1970, 1, 2, 3, 4)),
        ("29 Feb 00 03:04 +0000", datetime(2000, 2, 29, 3, 4)),
        ("29 Feb 25 03:04 +0000", None),
        ("2 Jan 125 03:04:05 +0000", None),
        ("Thu, 2 Jan 2025 03:04:05 +1600", None),
        ("Thu, 2 Jan 2025 03:04:05+02:00", None),
        ("Thu, 2 Jan 2025 03:04:05 +020", None),
        ("Thu, 2 Jan 2025 03:04:05 +02000", None),
        ("Thu, 2 Jan 2025 03:04:05 GMT+0200", None),
        ("Thu, 2 Jan 2025 03:04:05 EST-1", None),
        ("Thu, 2 Jan 2025 03:04:05 (UTC+2)", None),
        ("Thu, 2 Jan 2025 03:04:60 +0200", None),
        ("Thu, 2 Jan 2025 03:04:5 +0200", None),
        ("Thu, 2 Jan 2025 03:04:05.5 +0200", None),
        ("Thu, 2 Jan 2025 03:04:05 PM", None),
        ("Thu, 2 Jan 2025 03:04:05 p.m.", None),
        ("Thu, 102 Jan 2025 03:04:05 +0000", None),
        ("2 January 2025 03:04:05 +0000", None),
        ("2 Jan 2025 3:04:05 +0000", None),
        ("1735787045", None),
        ("yesterday", None),
    ],
)
def test_mail_dates(engine: Engine, text: str, expected: datetime | None) -> None:
    assert evaluate(engine, "rfc2822_timestamp", text) == expected


@pytest.mark.parametrize("kind", ["timestamp", "timestamptz", "text"])
def test_a_loader_s_time_is_utc_whatever_its_type(engine: Engine, kind: str) -> None:
    engine.execute("drop table if exists landed")
    engine.execute("set timezone = 'UTC'")
    engine.execute(f"create table landed as select '2025-01-02 03:04:05Z'::{kind} as synced_at")
    engine.execute("set timezone = 'Asia/Tokyo'")
    assert engine.execute(f"select {engine.render('utc_timestamp', 'synced_at')} from landed") == [
        (UTC,)
    ]


@pytest.mark.parametrize("kind", ["timestamp", "timestamptz", "text", "varchar", "date"])
def test_each_time_of_a_loader_is_after_another_or_none(engine: Engine, kind: str) -> None:
    times = ["'2025-01-02'", "'2024-12-30'", "null"]
    if kind in ("text", "varchar"):
        times += ["'2025-01-02T03:04Z'", "'2025-01-02T03:04:05 z '", "'2025-01-02 03:04 -05'"]
        times += [
            "'2025-01-02T03:04:05+16'",
            "'2025/01/02'",
            "'1/2/2024'",
            "'yesterday'",
            "'epoch'",
        ]
    engine.execute("drop table if exists landed")
    engine.execute(f"create table landed (synced_at {kind})")
    engine.execute(f"insert into landed values {', '.join(f'({time})' for time in times)}")
    since = engine.render("landed_since", "synced_at", "timestamp '2025-01-01'")
    without = engine.render("landed_without_time", "synced_at")
    read = engine.render("utc_timestamp", "synced_at")
    sql = f"select coalesce({since}, false), {without}, {read} from landed"
    for is_since, is_none, time in engine.execute(sql):
        assert is_since == (time is not None and time >= datetime(2025, 1, 1))
        assert is_none == (time is None)


def test_epoch_milliseconds(engine: Engine) -> None:
    assert evaluate(engine, "epoch_ms_timestamp", "1735787045000") == UTC
    assert evaluate(engine, "epoch_ms_timestamp", "soon") is None
    assert evaluate(engine, "epoch_ms_timestamp", "9" * 30) is None
    last = datetime(5138, 11, 16, 9, 46, 39, 999000)
    assert evaluate(engine, "epoch_ms_timestamp", "9" * 14) == last
    assert evaluate(engine, "epoch_ms_timestamp", "9" * 15) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1735787045000", UTC),
        ("1735787045", UTC),
        ("100000000000", datetime(1973, 3, 3, 9, 46, 40)),
        ("100000000", datetime(1973, 3, 3, 9, 46, 40)),
        ("99999999999", None),
        ("99999999", None),
        ("5", None),
        ("17357870450000", None),
        ("1735787045.5", None),
        ("-1735787045", None),
        ("soon", None),
    ],
)
def test_epoch_seconds_or_milliseconds(
    engine: Engine, text: str, expected: datetime | None
) -> None:
    assert evaluate(engine, "epoch_timestamp", text) == expected


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
def test_json_text(engine: Engine, text: str | None, path: str, expected: str | None) -> None:
    assert evaluate(engine, "json_text", text, path) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        "1",
        "null",
        "{'a': 1}",
        '{"a": 1} x',
        '{"a": 1,}',
        '{"a": NaN}',
        '{"a": "\\ud800"}',
        '{"a": "\\u0000"}',
        None,
    ],
)
def test_what_is_no_json_object_is_null(engine: Engine, text: str | None) -> None:
    assert evaluate(engine, "valid_json", text) is None
    assert evaluate(engine, "valid_json", '{"a": 1}') == '{"a": 1}'


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.50", "12.500000000"),
        (" +7. ", "7.000000000"),
        ("-.5e1", "-5.000000000"),
        ("0.0000000005", "0.000000001"),
        ("5.551115123125783e-17", "0.000000000"),
        ("-12345e-10", "-0.000001235"),
        ("9" * 29, f"{'9' * 29}.000000000"),
        ("1e29", None),
        ("9" * 30, None),
        ("1" + "0" * 50 + "e-40", None),
        ("1e0001", None),
        ("1_000", None),
        ("1.5_5", None),
        ("0x1F", None),
        ("NaN", None),
        ("12,5", None),
        ("twelve", None),
        ("", None),
        (None, None),
    ],
)
def test_numbers(engine: Engine, text: str | None, number: str | None) -> None:
    found = evaluate(engine, "safe_number", text)
    assert number == (None if found is None else f"{found:f}")


def test_json_lists_and_objects_become_rows(engine: Engine) -> None:
    def items(macro: str, columns: str, json: str) -> list[tuple[Any, ...]]:
        engine.table("given_json", ["json"], [[json]])
        sql = engine.render(macro, "given_json", "json")
        return engine.execute(f"select {columns} from ({sql}) as items order by 1")

    assert items("json_array_items", "position, item", '["a", {"b": 1}, null]') == [
        (0, '"a"'),
        (1, '{"b":1}'),
        (2, "null"),
    ]
    assert items("json_array_items", "position, item", '"alone"') == [(0, '"alone"')]
    assert items("json_array_items", "position, item", "[]") == []
    assert items("json_object_fields", "field, field_value", '{"a": 1, "b": []}') == [
        ("a", "1"),
        ("b", "[]"),
    ]
    assert items("json_object_fields", "field, field_value", "[1]") == []


@pytest.mark.parametrize(
    ("value", "spelling"),
    [
        ('{ "a.b" : [ 1 , null,true ] , "c d": "x  y" }', '{"a.b":[1,null,true],"c d":"x  y"}'),
        ('{"n": 1.50, "m": [-2e3, -0, 7], "t": "1.50"}', '{"n":1.5,"m":[-2000.0,0,7],"t":"1.50"}'),
        ('{"n": [-0.0, -0e0, 1e-400, -1e-400]}', '{"n":[-0.0,-0.0,0.0,-0.0]}'),
        ('{"e": "\\u0041 \\" , 1.50", "n": 2.50}', '{"e":"A \\" , 1.50","n":2.5}'),
        ('"ann.lee@example.com"', '"ann.lee@example.com"'),
        ('["",  "" ]', '["",""]'),
    ],
)
def test_json_values_have_one_spelling(engine: Engine, value: str, spelling: str) -> None:
    assert evaluate(engine, "json_value", f'{{"v": {value}}}', "v") == spelling


@pytest.mark.parametrize("text", ["a", 'q"\\', "/é\u2028\x7f", "\t\n\r\b\f\x0b\x1f\x01x", ""])
def test_a_text_as_json(engine: Engine, text: str) -> None:
    written = evaluate(engine, "json_string", text)
    assert json.loads(written) == text
    controls = re.findall(r"\\u00..", written)
    assert controls == [code[:2] + code[2:].upper() for code in controls]


def test_orders_are_by_bytes(engine: Engine) -> None:
    texts = ["b", "B", "é", "_", "a b", "ab", "-", "Z", "1", "😀", "\uffef"]
    engine.table("given_texts", ["given"], [[text] for text in texts])
    sql = f"select given from given_texts order by {engine.render('binary_order', 'given')}"
    assert [text for (text,) in engine.execute(sql)] == sorted(texts, key=str.encode)


def test_lower_case_of_all_scripts(engine: Engine) -> None:
    assert evaluate(engine, "lower_text", "ÄİΣẞЖ") == "äiσßж"


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("^a.b$", "a\nb", False),
        ("(?s)^a.b$", "a\nb", True),
        ("(?i)^ä?X$", "x", True),
        ("^a$", "a\n", False),
        ("^\\s$", "\u2003", False),
        ("^[\\s]$", "\x0b", False),
        ("^\\S+$", "\u00a0", True),
        ("^\\w$", "é", False),
        ("^\\x{00a0}[\\x{2010}-\\x{2015}]$", "\u00a0\u2013", True),
        ("^\\x27+1$", "''1", True),
        ("^[^\\x00-,]$", "+", False),
        ("^[^\\x00-,]$", "é", True),
        ("^\\d$", "٣", False),
    ],
)
def test_patterns(engine: Engine, pattern: str, text: str, matches: bool) -> None:
    assert evaluate(engine, "regex_matches", text, pattern) is matches


def test_a_pattern_s_group(engine: Engine) -> None:
    assert evaluate(engine, "regex_extract", "ab12c", "([0-9]+)") == "12"
    assert evaluate(engine, "regex_extract", "abc", "([0-9]+)") is None
    assert evaluate(engine, "regex_replace", "a1b2", "([a-z])([0-9])", "\\2\\1") == "1a2b"


def key(engine: Engine, *parts: str) -> str:
    return str(engine.execute(f"select {engine.render('surrogate_key', list(parts))}"))


def test_a_surrogate_key_is_the_md5_of_its_parts(engine: Engine) -> None:
    digest = md5(b"a\x1fbc\x1f\x1e", usedforsecurity=False).hexdigest()
    assert key(engine, "'a'", "'bc'", "null") == f"[('{digest}',)]"


def test_a_surrogate_key_keeps_parts_and_nulls_apart(engine: Engine) -> None:
    keys = {
        key(engine, "'a'", "'bc'"),
        key(engine, "'ab'", "'c'"),
        key(engine, "'abc'"),
        key(engine, "'a'", "'bc'", "''"),
        key(engine, "'a'", "'bc'", "null"),
        key(engine, "null", "'a'", "'bc'"),
    }
    assert len(keys) == 6


def test_a_salt_changes_every_identifier_key(engine: Engine) -> None:
    arguments = ("identifier_key", "person", "'email'", "'ann@x.test'")
    plain, salted = render(*arguments), render(*arguments, identifier_salt="secret")
    assert engine.execute(f"select {plain} = {salted}") == [(False,)]
    group = render("identifier_key", "group", "'email'", "'ann@x.test'")
    assert group != plain
