"""CSV: a header line, then a row each; separated by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import chain

from headless_crm.errors import CrmError
from headless_crm.sources.files import SourceFile
from headless_crm.sources.row import ENVELOPE, Row, bad_row, parsed, row_from_json, row_of_columns

# The limit of the module is 131,072 characters a cell, and mail can be longer.
csv.field_size_limit(2**31 - 1)


def read_csv(file: SourceFile) -> Iterator[Row]:
    """Rows in the file's order; a row with more or fewer cells than the header is a bad one."""
    lines = file.lines()
    first = next(lines, "")
    cells = csv.reader(chain([first], lines), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        header = _checked(file, next(cells, []))
        for row in cells:
            if not row:
                continue
            if len(row) != len(header):
                yield bad_row(_json(row))
                continue
            columns = dict(zip(header, row, strict=True))
            if "record" in columns:
                yield row_of_columns(
                    columns.get("id"), columns["record"], columns.get("synced_at") or None
                )
            else:
                yield row_from_json(_object(columns))
    except csv.Error as error:
        raise CrmError(
            f"{file.path} is not CSV at line {file.line}: {error}. Nothing of it was loaded."
        ) from error


def _checked(file: SourceFile, header: list[str]) -> list[str]:
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
