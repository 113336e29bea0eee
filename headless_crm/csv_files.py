"""CSV files that a user wrote, by their header."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from headless_crm.errors import UsageError


def read_csv(path: Path, *, strict: bool = False) -> tuple[list[str], list[tuple[int, Any]]]:
    """The header's names, and each row as (line, name → text); `strict` refuses odd quotes.

    As csv.DictReader has it, a field too many stands under None, and one too few is None. Raises
    UsageError where it is no such file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=strict)
            names = list(reader.fieldnames or [])
            return names, [(reader.line_num, row) for row in reader]
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} is no CSV in UTF-8: {error}.") from error
