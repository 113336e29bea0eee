"""The SQL that Python runs: `.sql` files beside this one, each query under a `-- name:` line."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


@cache
def queries(file: str) -> dict[str, str]:
    """Name → SQL of the queries in `<file>.sql`."""
    text = files(__name__).joinpath(f"{file}.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)
    return {name: sql.strip() for name, sql in zip(parts[1::2], parts[2::2], strict=True)}


def quoted(*names: str) -> str:
    """An identifier, such as a schema and a table, as SQL writes it whatever is in it."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)
