"""The folder that the data set goes into."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from headless_crm.errors import CrmError

SUMMARY = "truth/planted.json"
"""Moved into place last: the files of a folder that holds it belong together."""

_STAGING = ".crm-generate-"


class OutputFolder:
    """Collects files under a temporary name, and moves them into place once all are complete."""

    def __init__(self, folder: Path, *, force: bool) -> None:
        """Raises CrmError where `folder` is a file, or holds something and `force` is not set."""
        if folder.exists() and not folder.is_dir():
            raise CrmError(f"{folder} is a file: name a folder to write the data set into.")
        # A killed run may have left its staging folder.
        if (
            folder.exists()
            and not force
            and any(_STAGING not in at.name for at in folder.iterdir())
        ):
            raise CrmError(
                f"{folder} is not empty: name another folder, or pass --force to write among what "
                "is there and replace files of the same names."
            )
        self._folder = folder
        self._missing = [path for path in (folder, *folder.parents) if not path.exists()]
        self._files: dict[str, BinaryIO] = {}
        self._open = ExitStack()

    def __enter__(self) -> OutputFolder:
        self._folder.mkdir(parents=True, exist_ok=True)
        for left in self._folder.glob(f"{_STAGING}*"):
            shutil.rmtree(left)
        # Inside the folder, so that moving never crosses file systems.
        self._staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=self._folder))
        return self

    def append(self, name: str, content: bytes) -> None:
        """Add to the end of a file; `name` is its path in the folder."""
        if name not in self._files:
            path = self._staging / name
            path.parent.mkdir(exist_ok=True)
            self._files[name] = self._open.enter_context(path.open("wb"))
        self._files[name].write(content)

    def finish(self, summary: dict[str, Any]) -> None:
        """Write the summary, and move everything into place."""
        self.append(SUMMARY, f"{json.dumps(summary, indent=2)}\n".encode())
        self._open.close()
        # Gone first and back last, it never vouches for a mixture of old and new files.
        (self._folder / SUMMARY).unlink(missing_ok=True)
        for name in self._files:
            target = self._folder / name
            target.parent.mkdir(exist_ok=True)
            (self._staging / name).replace(target)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with suppress(OSError):  # What could not be written can't be flushed either.
            self._open.close()
        shutil.rmtree(self._staging, ignore_errors=True)
        if error is not None:
            for path in self._missing:
                with suppress(OSError):
                    path.rmdir()
