"""Files of every format into a real warehouse."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headless_crm.errors import CrmError, UsageError
from headless_crm.sources import find_source, loading
from headless_crm.sources.loading import FileReport
from headless_crm.warehouse import open_warehouse

NOW = datetime(2025, 6, 1)
ROWS = "select id, record, synced_at from raw.{} order by rowid"


class Shelf:
    """A folder with a warehouse, to load files into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"duckdb:///{folder / 'crm.duckdb'}"

    def load(
        self, name: str, content: bytes | str | None = None, source: str = "manual", **options: Any
    ) -> FileReport:
        path = self.folder / name
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        table = find_source(source)
        loading.check([path], table)
        with open_warehouse(self.url) as warehouse:
            return loading.load(warehouse, table, path, moment=NOW, **options)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.url) as warehouse:
            return warehouse.query(sql)

    def rows(self, table: str = "manual_events") -> list[tuple[Any, ...]]:
        return self.query(ROWS.format(table))

    def write_parquet(self, name: str, select: str) -> None:
        with duckdb.connect() as engine:
            engine.execute(f"copy ({select}) to '{self.folder / name}' (format parquet)")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


LINES = '{"id":"a","x":"é"}\n\n{"id":"b","synced_at":"2025-01-02T03:04:05Z","record":{"y":1}}\n'
LOADED = [
    ("a", '{"id":"a","x":"é"}', NOW),
    ("b", '{"y":1}', datetime(2025, 1, 2, 3, 4, 5)),
]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json", "A.JSONL"])
def test_json_lines(shelf: Shelf, name: str) -> None:
    report = shelf.load(name, LINES)
    assert (report.rows, report.new, report.known, report.bad) == (2, 2, 0, 0)
    assert shelf.rows() == LOADED


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.json.gz"])
def test_packed_json_lines(shelf: Shelf, name: str) -> None:
    shelf.load(name, gzip.compress(LINES.encode()))
    assert shelf.rows() == LOADED


@pytest.mark.parametrize(
    "text",
    [
        '[{"id":1},{"id":2}]',
        ' [\n  {"id":1},\n  {"id":2}\n]\n',
        '\n \r\n[{"id":1},\n{"id":2}]',
        '{\n"id":1}\n{\n"id":2}',
        '\n{ "id": 1,\n  "tags": []\n}\n\n{ "id": 2,\n  "tags": [] }\n',
        '{"list": [\n  1], "id": 1}\n{"id": 2}',
    ],
)
@pytest.mark.parametrize("name", ["a.json", "A.JSON"])
def test_json_documents(shelf: Shelf, name: str, text: str) -> None:
    assert shelf.load(name, text).new == 2
    assert [key for key, _, _ in shelf.rows()] == ["1", "2"]


def test_json_lines_after_blank_ones_keep_their_numbers(shelf: Shelf) -> None:
    report = shelf.load("a.json", '\n\n{"id":1, "name": "An\n{"id":2}\n')
    assert (report.new, report.bad_lines) == (2, [3])


def test_a_fault_in_a_document_is_told_by_its_line(shelf: Shelf) -> None:
    with pytest.raises(CrmError, match="see line 5"):
        shelf.load("a.json", '\n\n[\n{"id":1},\n{"id":\n')


@pytest.mark.parametrize("text", ['[{"id":1},{"id":', '[{"id":1}', '[{"id":1}] x', "{\n1"])
def test_a_broken_document_loads_nothing(shelf: Shelf, text: str) -> None:
    with pytest.raises(CrmError, match="Nothing of it was loaded"):
        shelf.load("a.json", text)
    assert shelf.query("select count(*) from information_schema.tables") == [(0,)]


def test_csv_columns_are_the_record(shelf: Shelf) -> None:
    shelf.load("a.csv", '\ufeffid,name,tags,odd\r\n1,"Ann\r\n""B""",[1],\r\n\r\n2,,{x},{}\r\n')
    assert shelf.rows() == [
        ("1", '{"id":"1","name":"Ann\\r\\n\\"B\\"","tags":[1]}', NOW),
        ("2", '{"id":"2","tags":"{x}","odd":{}}', NOW),
    ]


def test_a_csv_cell_that_is_no_json_is_text(shelf: Shelf) -> None:
    digits = "9" * 5_000
    text = f'id,a,b,c\n1,[NaN],"{{""a"": -Infinity}}",[{digits}]\n'
    assert shelf.load("a.csv", text).bad == 0
    record = '{"id":"1","a":"[NaN]","b":"{\\"a\\": -Infinity}","c":[' + digits + "]}"
    assert shelf.rows() == [("1", record, NOW)]


def test_csv_with_a_record_column_is_an_envelope(shelf: Shelf) -> None:
    text = 'id;synced_at;record\nk;2025-01-01;"{""x"":1}"\n;;"{""id"":2}"\nz;;none\n'
    report = shelf.load("a.csv.gz", gzip.compress(text.encode()))
    assert (report.bad, report.bad_lines) == (1, [4])
    assert shelf.rows() == [
        ("k", '{"x":1}', datetime(2025, 1, 1)),
        ("2", '{"id":2}', NOW),
        ("z", "none", NOW),
    ]


def test_a_csv_row_of_another_width_is_bad_and_kept(shelf: Shelf) -> None:
    report = shelf.load("a.csv", "id,name\n1,Ann\n2\n3,Bob,x\n")
    assert (report.new, report.bad, report.bad_lines) == (3, 2, [3, 4])
    assert shelf.rows()[1:] == [(None, '["2"]', NOW), (None, '["3","Bob","x"]', NOW)]


def test_a_csv_row_with_a_stray_quote_is_bad_and_kept(shelf: Shelf) -> None:
    report = shelf.load("a.csv", 'id,name\n1,Ann\n2,"B "o" b"\n3,Eve\n')
    assert (report.new, report.bad, report.bad_lines) == (3, 1, [3])
    assert shelf.rows()[1] == (None, '2,"B "o" b"', NOW)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no header line"),
        ("id,synced_at\n1,2\n", "no column record"),
        ("id,id\n1,2\n", "two columns of one name"),
        ("id,\n1,2\n", "no name for column 2"),
        ('id,"na"me\n1,Ann\n', "header line that is no CSV"),
        ("id,name\r1,Ann\r", "header line that is no CSV"),
        ('id,name\n1,Ann\n2,"Bob\n3,Eve\n', "not CSV from line 3 on"),
        ('id,name\n1,"An"n"\n2,"Bob', "not CSV from line 3 on"),
    ],
)
def test_what_is_no_csv_loads_nothing(shelf: Shelf, text: str, fault: str) -> None:
    with pytest.raises(CrmError, match=fault):
        shelf.load("a.csv", text)
    assert shelf.query("select count(*) from information_schema.tables") == [(0,)]


def test_of_versions_in_one_file_the_later_line_lands_later(shelf: Shelf) -> None:
    versions = [json.dumps({"id": "k", "n": n}) for n in (3, 1, 2, 1)]
    shelf.load("a.jsonl", "\n".join([*versions, '{"id":"other"}', '{"n":1}', '{"n":2}']))
    assert [(key, json.loads(record).get("n"), at) for key, record, at in shelf.rows()] == [
        ("k", 3, NOW),
        ("k", 1, NOW.replace(microsecond=1)),
        ("k", 2, NOW.replace(microsecond=2)),
        ("other", None, NOW),
        (None, 1, NOW),
        (None, 2, NOW),
    ]


def test_parquet_columns_are_the_record(shelf: Shelf) -> None:
    (shelf.folder / "day=1").mkdir()
    shelf.write_parquet(
        "day=1/a[1].parquet", "select 1 as id, 'Ann' as name, null as gone, [1.5] as list"
    )
    shelf.write_parquet("day=1/a1.parquet", "select 2 as id")
    shelf.load("day=1/a[1].parquet")
    [(key, record, _)] = shelf.rows()
    assert key == "1"
    assert json.loads(record) == {"id": 1, "name": "Ann", "gone": None, "list": [1.5]}


def test_json_that_parquet_has_as_text_is_json_as_in_csv(shelf: Shelf) -> None:
    shelf.write_parquet(
        "a.parquet",
        """select 1 as id, '[{"a": "x"}]' as persons, '{no' as name, null::varchar as gone""",
    )
    shelf.load("a.parquet")
    [(_, record, _)] = shelf.rows()
    assert json.loads(record) == {"id": 1, "persons": [{"a": "x"}], "name": "{no", "gone": None}


def test_a_parquet_column_may_have_any_name(shelf: Shelf) -> None:
    shelf.write_parquet("a.parquet", "select 1 as id, 'Ann' as _row, 2 as __ROW")
    assert shelf.load("a.parquet").bad == 0
    [(_, record, _)] = shelf.rows()
    assert json.loads(record) == {"id": 1, "_row": "Ann", "__ROW": 2}


@pytest.mark.parametrize("record", ["{'x': 1}", "'{\"x\":1}'", "'{\"x\":1}'::json"])
def test_parquet_with_a_record_column_is_an_envelope(shelf: Shelf, record: str) -> None:
    moment = "timestamptz '2025-01-01 02:00:00+02'"
    shelf.write_parquet("a.parquet", f"select 'k' as id, {record} as record, {moment} as synced_at")
    shelf.load("a.parquet")
    assert shelf.rows() == [("k", '{"x":1}', datetime(2025, 1, 1))]


@pytest.mark.parametrize("select", ["{} as n, {} as m", "{{n: {}, m: {}}} as record"])
def test_numbers_in_parquet_that_json_lacks_are_null(shelf: Shelf, select: str) -> None:
    nested = """[{'x': '-inf'::float, 'y': '"NaN\\'}, {'x': 1.5, 'y': '\\" Infinity'}]"""
    shelf.write_parquet("a.parquet", "select " + select.format("'nan'::double", nested))
    assert shelf.load("a.parquet").bad == 0
    [(_, record, _)] = shelf.rows()
    texts = '"NaN\\', '\\" Infinity'
    assert json.loads(record) == {
        "n": None,
        "m": [{"x": None, "y": texts[0]}, {"x": 1.5, "y": texts[1]}],
    }


def test_bytes_in_parquet_are_the_records_text(shelf: Shelf) -> None:
    records = r"""[encode('{"id":"é"}'), '\xFF{}'::blob, null]"""
    shelf.write_parquet("a.parquet", f"select unnest({records}) as record")
    report = shelf.load("a.parquet")
    assert (report.new, report.bad_lines) == (3, [2, 3])
    assert [row[:2] for row in shelf.rows()] == [
        ("é", '{"id":"é"}'),
        (None, r"\xFF{}"),
        (None, ""),
    ]


def test_a_damaged_parquet_file_loads_nothing(shelf: Shelf) -> None:
    shelf.write_parquet("whole.parquet", "select range as id, md5(range::text) from range(150_000)")
    content = bytearray((shelf.folder / "whole.parquet").read_bytes())
    middle = len(content) * 3 // 4
    content[middle : middle + 5_000] = bytes(5_000)
    for damaged in (bytes(content), b"id\n1\n"):
        with pytest.raises(CrmError, match="no Parquet file, or a damaged one"):
            shelf.load("a.parquet", damaged)
        assert shelf.query("select count(*) from information_schema.tables") == [(0,)]
    assert shelf.load("whole.parquet").new == 150_000


def test_a_failure_midway_leaves_the_table_as_it_was(shelf: Shelf) -> None:
    shelf.load("a.jsonl", LINES)
    text = "".join(f'{{"id":{at}}}\n' for at in range(50_000))
    packed = gzip.compress(text.encode())
    with pytest.raises(CrmError, match=r"can't be read to its end.*damaged"):
        shelf.load("b.jsonl.gz", packed[: len(packed) // 2])
    assert shelf.rows() == LOADED
    assert [path.name for path in shelf.folder.glob(".crm-*")] == []


def test_a_full_disk_is_told(shelf: Shelf) -> None:
    (shelf.folder / "a.jsonl").write_text("".join(f'{{"id":{at}}}\n' for at in range(5_000)))
    script = (
        "import resource, signal, sys; from headless_crm.cli import main; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)); main()"
    )
    shelf.query("create table t (i int)")
    done = subprocess.run(
        [sys.executable, "-c", script, "load", "manual", "a.jsonl", "--warehouse", shelf.url],
        cwd=shelf.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "took no rows on their way: File too large." in done.stderr


def test_loading_again_adds_nothing_and_other_content_does(shelf: Shelf) -> None:
    lines = '{"x":1}\n{"id":"a"}\n{"id":"a"}\n{"id":"a","v":2}\nbad\n'
    first = shelf.load("a.jsonl", lines, synced_at=datetime(2025, 1, 1))
    assert (first.rows, first.new, first.known, first.bad) == (5, 4, 1, 1)
    again = shelf.load("a.jsonl", lines, synced_at=datetime(2025, 1, 2))
    assert (again.rows, again.new, again.known) == (5, 0, 5)
    assert shelf.load("a.jsonl", '{"id":"a","v":3}\n').new == 1
    assert [row[:2] for row in shelf.rows()] == [
        (None, '{"x":1}'),
        ("a", '{"id":"a"}'),
        ("a", '{"id":"a","v":2}'),
        (None, "bad"),
        ("a", '{"id":"a","v":3}'),
    ]
    assert shelf.query("select distinct synced_at from raw.manual_events where id is null") == [
        (datetime(2025, 1, 1),)
    ]


def test_many_rows_at_once_all_arrive(shelf: Shelf) -> None:
    """More than two of the engine's row groups, which it writes in parallel."""
    text = "".join(f'{{"id":{at}}}\n' for at in range(260_000))
    assert shelf.load("a.jsonl", text).new == 260_000
    counts = "select count(*), count(distinct record) from raw.manual_events"
    assert shelf.query(counts) == [(260_000, 260_000)]


def test_a_bad_line_is_named_and_kept(shelf: Shelf) -> None:
    lines = [f'{{"id":{at}}}' for at in range(10_000)]
    lines[1233] = '{"id":1233, "name": "An'
    report = shelf.load("a.jsonl", "\n".join(lines))
    assert (report.rows, report.new, report.bad, report.bad_lines) == (10_000, 10_000, 1, [1234])
    assert shelf.query("select record from raw.manual_events where id is null") == [
        ('{"id":1233, "name": "An',)
    ]


def test_only_ten_bad_lines_are_named(shelf: Shelf) -> None:
    report = shelf.load("a.jsonl", "x\n" * 3 + "\n" + "y\n" * 20)
    assert (report.bad, report.bad_lines) == (23, [1, 2, 3, 5, 6, 7, 8, 9, 10, 11])


def test_odd_bytes_are_survived(shelf: Shelf) -> None:
    long = "x" * 34_000_000
    content = (
        b'\xef\xbb\xbf{"id":1}\r\n{"id":2,"n":"Jos\xe9"}\r\n{"id":"3\x00"}\n\x00\xff\n  \n'
        b'{"id":4,"u":"\\ud800"}\n{"id":"\\ud800","record":{"x":"\\u0000"}}\n'
        b'{"id":5,"long":"' + long.encode() + b'"}\n{"id":6}'
    )
    report = shelf.load("a.jsonl", content)
    assert (report.rows, report.new, report.bad, report.not_utf8) == (8, 8, 1, 3)
    assert shelf.rows() == [
        ("1", '{"id":1}', NOW),
        ("2", '{"id":2,"n":"Jos\ufffd"}', NOW),
        ("3\ufffd", '{"id":"3\ufffd"}', NOW),
        (None, "\ufffd\ufffd", NOW),
        ("4", '{"id":4,"u":"\\ud800"}', NOW),
        ("?", '{"x":"\\u0000"}', NOW),
        ("5", f'{{"id":5,"long":"{long}"}}', NOW),
        ("6", '{"id":6}', NOW),
    ]


def test_a_time_that_is_none_gives_way_to_the_load(shelf: Shelf) -> None:
    lines = '{"id":1,"synced_at":"soon","record":{}}\n{"id":2,"synced_at":5,"record":{}}\n'
    assert shelf.load("a.jsonl", lines).undated == 2
    assert {row[2] for row in shelf.rows()} == {NOW}


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.jsonl", gzip.compress(b"{}", mtime=0), "is gzip"),
        ("a.jsonl.gz", b'{"id":1}', "damaged"),
        ("a.csv", b"PK\x03\x04xx", "spreadsheet"),
        ("a.jsonl", '{"id":1}'.encode("utf-16"), "UTF-16"),
        ("a.jsonl", b"PAR1xxx", "is Parquet"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(
    shelf: Shelf, name: str, content: bytes, fault: str
) -> None:
    with pytest.raises(CrmError, match=fault) as caught:
        shelf.load(name, content)
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.parquet.gz", "a.mbox", ".jsonl"])
def test_other_names_are_refused(shelf: Shelf, name: str) -> None:
    with pytest.raises(UsageError, match=r"tells no format|only the source gmail"):
        shelf.load(name, b"")


def test_a_table_that_a_loader_made_is_filled_as_it_is(shelf: Shelf) -> None:
    shelf.query("create schema raw")
    shelf.query(
        "create table raw.manual_events (synced_at timestamptz, more int, id bigint, record json)"
    )
    assert shelf.load("a.jsonl", '{"id":1}\n').new == 1
    assert shelf.load("a.jsonl").new == 0
    with pytest.raises(CrmError, match=r"raw.manual_events took no rows: Conversion") as caught:
        shelf.load("b.jsonl", '{"id":"secret"}\n')
    assert "secret" not in str(caught.value)


OBJECTS = st.lists(
    st.dictionaries(
        st.text(),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()),
        max_size=4,
    ).filter(lambda record: "record" not in record),
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(OBJECTS, st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_any_objects_come_back(records: list[dict[str, Any]], ascii_only: bool, end: str) -> None:
    lines = [json.dumps(record, ensure_ascii=ascii_only) for record in records]
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder))
        shelf.load("a.jsonl", end.join(lines))
        assert [record for _, record, _ in shelf.rows()] == list(dict.fromkeys(lines))
