"""Loading: files into a source table, each as a whole or not at all."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from headless_crm.errors import CrmError
from headless_crm.sources import Source
from headless_crm.sources.csv_rows import read_csv
from headless_crm.sources.files import SourceFile, format_of
from headless_crm.sources.json_rows import read_json
from headless_crm.sources.mbox_rows import read_mbox
from headless_crm.sources.parquet_rows import read_parquet
from headless_crm.sources.row import Row, utc
from headless_crm.warehouse import Warehouse

Progress = Callable[[int], None]
"""Called now and then with how many bytes of the file were read."""

_READERS = {"json": read_json, "csv": read_csv, "mbox": read_mbox}
_NAMED_LINES = 10
_ROWS_BETWEEN_PROGRESS = 1_000


@dataclass
class FileReport:
    """What a file held: `rows` is all of them; the first few bad ones are named by their number.

    `undated` counts rows whose synced_at is no time, `not_utf8` lines with wrong bytes.
    """

    file: str
    rows: int = 0
    new: int = 0
    known: int = 0
    bad: int = 0
    bad_lines: list[int] = field(default_factory=list)
    undated: int = 0
    not_utf8: int = 0


def load(
    warehouse: Warehouse,
    source: Source,
    path: Path,
    *,
    moment: datetime,
    synced_at: datetime | None = None,
    progress: Progress | None = None,
) -> FileReport:
    """Append what `path` holds and the table does not; raises CrmError and leaves it as it was.

    Times are UTC without a zone. `synced_at` stands over the rows' own times, `moment` in where
    they have none.
    """
    report = FileReport(str(path))

    def landed() -> Iterator[tuple[str | None, str, datetime]]:
        for number, row in _rows(source, path, report, progress or _silent):
            report.rows += 1
            if row.bad:
                report.bad += 1
                if report.bad <= _NAMED_LINES:
                    report.bad_lines.append(number)
            landing = synced_at
            if landing is None and row.synced_at is not None:
                landing = utc(row.synced_at)
                report.undated += landing is None
            yield _storable(row.id), _storable(row.record) or "", landing or moment

    report.new = warehouse.append_new(source.schema, source.table, landed())
    report.known = report.rows - report.new
    return report


def check(paths: Sequence[Path], source: Source) -> None:
    """Raise UsageError for the first file that is missing or that no reader takes."""
    for path in paths:
        format_of(path, source.name)


def now() -> datetime:
    """This moment, in UTC without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def _rows(
    source: Source, path: Path, report: FileReport, progress: Progress
) -> Iterator[tuple[int, Row]]:
    """The rows with their number: the line where the file has lines, else the row."""
    kind = format_of(path, source.name)
    if kind == "parquet":
        size = path.stat().st_size
        rows = read_parquet(path, lambda part: progress(int(part * size)))
        yield from enumerate(rows, start=1)
        return
    try:
        with SourceFile(path) as file:
            for count, row in enumerate(_READERS[kind](file)):
                yield file.line, row
                if count % _ROWS_BETWEEN_PROGRESS == 0:
                    progress(file.position)
            progress(file.position)
            report.not_utf8 = file.replaced
    except (OSError, EOFError, zlib.error) as error:
        raise CrmError(
            f"{path} can't be read to its end: {_reason(error)}. Nothing of it was loaded."
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "it is no gzip file, or a damaged one"


def _storable(text: str | None) -> str | None:
    """Without U+0000, which no JSON has unescaped, and which not every warehouse can hold."""
    return text and text.replace("\0", "\ufffd")


def _silent(_done: int) -> None:
    pass
