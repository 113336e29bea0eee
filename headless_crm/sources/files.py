"""Source files: which formats there are, and their bytes as lines of text."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from headless_crm.errors import CrmError, UsageError

FORMATS = {
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".csv": "csv",
    ".parquet": "parquet",
    ".mbox": "mbox",
}
_PACKED = frozenset({"json", "csv", "mbox"})
_OTHER_CONTENT = {
    b"\x1f\x8b": "gzip: let its name end in .gz",
    b"PK\x03\x04": "a zip file or a spreadsheet: unpack it, or save it as CSV",
    b"PAR1": "Parquet: let its name end in .parquet",
    b"\xff\xfe": "UTF-16: save it as UTF-8",
    b"\xfe\xff": "UTF-16: save it as UTF-8",
}


def format_of(path: Path, source: str) -> str:
    """The format that a file's name tells; raises UsageError where it can't be loaded."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name the files in it, for example {path}/*.jsonl.")
    if not path.is_file():
        raise UsageError(f"{path} does not exist." if not path.exists() else f"{path} is no file.")
    name = path.name.lower()
    packed = name.endswith(".gz")
    found = FORMATS.get(Path(name.removesuffix(".gz")).suffix)
    if found is None or (packed and found not in _PACKED):
        known = ", ".join(FORMATS)
        raise UsageError(
            f"{path} has a name that tells no format. Let it end in one of {known}; "
            "all but .parquet may be packed, for example .jsonl.gz."
        )
    if found == "mbox" and source != "gmail":
        raise UsageError(f"{path} holds mail, which only the source gmail takes, not {source}.")
    try:
        path.open("rb").close()
    except OSError as error:
        raise UsageError(f"{path} can't be opened: {error.strerror}.") from error
    return found


class SourceFile:
    """An open file of text, read as lines.

    `position` is how many bytes of it were read, packed as they are; `line` is the number of the
    line that came last, and `replaced` counts lines that were not UTF-8 text: their NULs and
    wrong bytes come as U+FFFD.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.line = 0
        self.replaced = 0
        self._raw = path.open("rb")
        self._check_start()
        self._stream: IO[bytes] | gzip.GzipFile = self._raw
        if path.suffix.lower() == ".gz":
            self._stream = gzip.GzipFile(fileobj=self._raw)

    def __enter__(self) -> SourceFile:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stream.close()
        self._raw.close()

    @property
    def position(self) -> int:
        return self._raw.tell()

    def lines(self) -> Iterator[str]:
        """Lines with their ends; the byte-order mark that some programs write first is no text."""
        for raw in self._stream:
            self.line += 1
            yield self._text(raw.removeprefix(b"\xef\xbb\xbf") if self.line == 1 else raw)

    def _text(self, raw: bytes) -> str:
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            self.replaced += 1
            return raw.decode(errors="replace").replace("\0", "\ufffd")
        if "\0" in text:
            self.replaced += 1
            return text.replace("\0", "\ufffd")
        return text

    def _check_start(self) -> None:
        start = self._raw.read(4)
        self._raw.seek(0)
        for magic, what in _OTHER_CONTENT.items():
            packed = magic == b"\x1f\x8b" and self.path.suffix.lower() == ".gz"
            if start.startswith(magic) and not packed:
                self._raw.close()
                raise CrmError(f"{self.path} is {what}. Nothing of it was loaded.")
