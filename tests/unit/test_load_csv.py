"""Rows of CSV where quotes are wrong."""

from __future__ import annotations

from pathlib import Path

from headless_crm.sources.csv_rows import read_csv
from headless_crm.sources.files import SourceFile

TEXT = """\
id,name,note
1,"Ann","two
lines"
2,Bob,"a "bad" one",
3,"Eve,
4,Kim,
5,"Max","one

two"
6,"Mia","on
"two" lines"
7,"Zoe","x,
y"
8,a\rb,
9,a "fine" one,
10,"Al"e,\""""


def read(folder: Path, text: str) -> list[tuple[int, bool, str]]:
    """Each row's line, whether it is bad, and its record."""
    path = folder / "a.csv"
    path.write_bytes(text.encode())
    with SourceFile(path) as file:
        return [(file.line, row.bad, row.record) for row in read_csv(file)]


def test_a_stray_quote_makes_its_own_line_a_bad_one(tmp_path: Path) -> None:
    assert read(tmp_path, TEXT) == [
        (3, False, '{"id":"1","name":"Ann","note":"two\\nlines"}'),
        (4, True, '2,Bob,"a "bad" one",'),
        (5, True, '3,"Eve,'),
        (6, False, '{"id":"4","name":"Kim"}'),
        (9, False, '{"id":"5","name":"Max","note":"one\\n\\ntwo"}'),
        (10, True, '6,"Mia","on'),
        (11, True, '"two" lines"'),
        (13, False, '{"id":"7","name":"Zoe","note":"x,\\ny"}'),
        (14, True, "8,a\rb,"),
        (15, False, '{"id":"9","name":"a \\"fine\\" one"}'),
        (16, True, '10,"Al"e,"'),
    ]


def test_a_stray_quote_takes_no_row_until_the_next_quote(tmp_path: Path) -> None:
    between = "".join(f"{at},x\n" for at in range(50_000))
    rows = read(tmp_path, f'id,name\na,"x\n{between}b,"y"\n{between}')
    assert [row for row in rows if row[1]] == [(2, True, 'a,"x')]
    assert [row[0] for row in rows] == list(range(2, 100_004))
