"""A copy of the project that a test may change, and its own command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from conftest import copy_checkout


class Checkout:
    """Its command is the copy's own, since Python looks in the current folder first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        copy_checkout(folder)

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.folder,
            env=os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")},
            capture_output=True,
            text=True,
            check=False,
        )

    def crm(self, *arguments: object) -> str:
        done = self.run("-m", "headless_crm", *arguments)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def edit(self, name: str, old: str, new: str) -> None:
        """Put `new` in the place where `old` stands once in a file."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, name
        path.write_text(text.replace(old, new), encoding="utf-8")
