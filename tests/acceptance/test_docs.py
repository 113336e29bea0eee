"""The documents' examples are run, and show what the documents say they show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(sh|sql|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ["README.md", *(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md"))]


@pytest.mark.parametrize("page", PAGES)
def test_examples_show_what_they_say(page: str, tmp_path: Path) -> None:
    blocks: list[tuple[str, str]] = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shown = ""
    for kind, text in blocks:
        if kind == "sh":
            done = subprocess.run(
                ["bash", "-euc", text],
                cwd=tmp_path,
                env=os.environ | {"PATH": tools},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            shown = done.stdout
        elif kind == "sql":
            with duckdb.connect() as connection:
                connection.execute(f"attach '{tmp_path / 'crm.duckdb'}' as warehouse")
                connection.execute("use warehouse")
                rows = connection.execute(text).fetchall()
            shown = "".join(" | ".join(map(str, row)) + "\n" for row in rows)
        else:
            assert shown == text


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (ROOT / page).read_text()):
        assert target.startswith("https://") or (ROOT / page).parent.joinpath(target).exists()
