"""What a row of a source file is: its id, its record and its time."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headless_crm.errors import UsageError
from headless_crm.sources import find_source, known_sources
from headless_crm.sources.row import ENVELOPE, Row, row_from_json, utc

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
RECORDS = st.dictionaries(st.text() | st.sampled_from(sorted(ENVELOPE)), VALUES, max_size=6)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('{"id":"a","x":1}', Row("a", '{"id":"a","x":1}')),
        ('{"id": 42, "x": 1.50}\r\n', Row("42", '{"id": 42, "x": 1.50}')),
        ('{"id":{"n":1}}', Row(None, '{"id":{"n":1}}')),
        ('{"id":"","x":1}', Row(None, '{"id":"","x":1}')),
        ('{"id":"a","synced_at":"2025"}', Row("a", '{"id":"a","synced_at":"2025"}', "2025")),
        ('{"record":{"id":7,"x":1e2}}', Row("7", '{"id":7,"x":1e2}')),
        ('{"id":"k","record":{ "id":7 }}', Row("k", '{ "id":7 }')),
        (' { "record" : {"x":1} , "id" : "k", "synced_at":"t" } ', Row("k", '{"x":1}', "t")),
        ('{\t"record"\t:\n{"x":1}\r\n,\t"id":"k"}', Row("k", '{"x":1}')),
        ('{"id":"k","record":"{\\"x\\":1}"}', Row("k", '{"x":1}')),
        ('{"id":"k","cursor":null,"record":{}}', Row("k", "{}")),
        # Another key makes the object itself the record, whatever is beside it.
        (
            '{"id":"k","record":{"x":1},"plan":"a"}',
            Row("k", '{"id":"k","record":{"x":1},"plan":"a"}'),
        ),
    ],
)
def test_records_and_envelopes(text: str, row: Row) -> None:
    assert row_from_json(text) == row


@pytest.mark.parametrize(
    "text",
    [
        '{"id":1',
        "[1]",
        "7",
        '"text"',
        '{"x":NaN}',
        '{"record":{}} {}',
        '{"id":1,}',
        '{"record":{},}',
        "{1:2}",
        '{"record"}',
        "[" * 100_000,
        '{"a":' * 100_000,
    ],
)
def test_what_is_no_object_is_kept_as_it_stands(text: str) -> None:
    assert row_from_json(text) == Row(None, text, bad=True)


def test_an_envelope_around_no_object_keeps_its_id() -> None:
    row = Row("k", "nothing", "2025-01-01", bad=True)
    assert row_from_json('{"id":"k","synced_at":"2025-01-01","record":"nothing"}') == row


def test_a_number_of_any_length_is_json() -> None:
    text = '{"id":' + "9" * 5_000 + "}"
    assert row_from_json(text) == Row("9" * 5_000, text)


@given(RECORDS)
def test_any_envelope_gives_back_its_record(record: dict[str, Any]) -> None:
    row = row_from_json(json.dumps({"id": "k", "record": record, "synced_at": "t"}))
    assert (row.id, json.loads(row.record), row.synced_at, row.bad) == ("k", record, "t", False)


def is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


@given(RECORDS)
def test_any_object_is_a_record_or_an_envelope(record: dict[str, Any]) -> None:
    text = json.dumps(record)
    row = row_from_json(text)
    if "record" in record and record.keys() <= ENVELOPE:
        held = record["record"]
        if isinstance(held, str):
            assert (row.record, row.bad) == (held.strip(" \t\r\n"), not is_object(held))
        else:
            assert (json.loads(row.record), row.bad) == (held, not isinstance(held, dict))
    else:
        assert (row.record, row.bad) == (text, False)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-01-31", datetime(2025, 1, 31)),
        ("2025-01-31T08:00:00Z", datetime(2025, 1, 31, 8)),
        ("2025-01-31T08:00:00.5+01:30", datetime(2025, 1, 31, 6, 30, 0, 500_000)),
        ("2025-01-31 08:00:00+00", datetime(2025, 1, 31, 8)),
        ("2025-01-31 08:00:00 UTC", datetime(2025, 1, 31, 8)),
        ("1738310400", None),
        ("2025-13-45", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_times_are_iso_8601_in_utc(text: str, moment: datetime | None) -> None:
    assert utc(text) == moment


def test_sources_are_what_the_project_declares() -> None:
    assert {"shopify_partner", "gadget", "gmail", "manual"} <= known_sources().keys()
    assert find_source("gadget") == find_source("gadget_shops")
    assert (find_source("gmail").schema, find_source("gmail").table) == ("raw", "gmail_messages")


def test_an_unknown_source_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"'gadgte'.* mean gadget\?.*gadget, gmail, manual, shop"):
        find_source("gadgte")
