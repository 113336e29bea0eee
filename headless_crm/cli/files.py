"""Files that commands write where the user says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headless_crm.errors import UsageError


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into a UsageError that names the file."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}.") from error
