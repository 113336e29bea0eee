"""CSV: a header line, then a row each; separated by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Iterator

from headless_crm.errors import CrmError
from headless_crm.sources.files import SourceFile
from headless_crm.sources.row import ENVELOPE, Row, bad_row, parsed, row_from_json, row_of_columns

# The limit of the module is 131,072 characters a cell, and mail can be longer.
csv.field_size_limit(2**31 - 1)


def read_csv(file: SourceFile) -> Iterator[Row]:
    """Rows in the file's order; bad ones have stray quotes, or not as many cells as the header."""
    rows = _cells(file)
    header = _checked(file, next(rows, []))
    for row in rows:
        if not row:
            continue
        if isinstance(row, str):
            yield bad_row(row)
        elif len(row) != len(header):
            yield bad_row(_json(row))
        else:
            columns = dict(zip(header, row, strict=True))
            if "record" in columns:
                yield row_of_columns(
                    columns.get("id"), columns["record"], columns.get("synced_at") or None
                )
            else:
                yield row_from_json(_object(columns))


def _cells(file: SourceFile) -> Iterator[list[str] | str]:
    """The cells of each row; where they are no CSV, its first line as it stands.

    What that row took of the lines after it is read anew, so that a stray quote takes no other
    row with it. Raises CrmError where a quote never ends.
    """
    lines = file.lines()
    first = next(lines, "")
    file.line = 0
    again, taken = deque([first]), list[str]()

    def feed() -> Iterator[str]:
        while True:
            file.line += len(again) > 0
            taken.append(again.popleft() if again else next(lines, ""))
            if not taken[-1]:
                return
            yield taken[-1]

    reader = csv.reader(feed(), delimiter=max(",;\t", key=first.count), strict=True)
    while True:
        taken.clear()
        row: list[str] | str | None
        try:
            row = next(reader, None)
        except csv.Error as error:
            row, *rest = taken
            if rest and not rest[-1]:
                raise CrmError(
                    f"{file.path} is not CSV from line {file.line - len(rest) + 1} on: a quote "
                    "there never ends. Nothing of it was loaded."
                ) from error
            file.line -= len(rest)
            again.extendleft(reversed(rest))
        if row is None:
            return
        yield row


def _checked(file: SourceFile, header: list[str] | str) -> list[str]:
    if isinstance(header, str):
        raise CrmError(f"{file.path} has a header line that is no CSV. Nothing of it was loaded.")
    names = [name.strip() for name in header]
    if not names:
        fault = "has no header line"
    elif "" in names:
        fault = f"has no name for column {names.index('') + 1} in its header line"
    elif len(set(names)) < len(names):
        fault = "has two columns of one name"
    elif ENVELOPE.issuperset(names) and "record" not in names:
        fault = f"has the columns {', '.join(names)}, but no column record"
    else:
        return names
    raise CrmError(f"{file.path} {fault}. Nothing of it was loaded.")


def _object(columns: dict[str, str]) -> str:
    """Cells as a JSON object: empty ones are left out, JSON is put in as it is."""
    members = (f"{_json(name)}:{_cell(cell)}" for name, cell in columns.items() if cell)
    return f"{{{','.join(members)}}}"


def _cell(cell: str) -> str:
    return cell if cell[0] in "{[" and parsed(cell) is not None else _json(cell)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
