"""Another dbt identity package, of the layout of dbt_idr, built from the rows that ours parsed.

Seeds configure it. Its source is one table, in a DuckDB file of its own, with a column for each
type of identifier, and a second one where a row has two of the type.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.bases import Base
from benchmarks.command import tell
from benchmarks.report import cells_of
from headless_crm.pipeline import profile_of
from headless_crm.warehouse import dbt_output, open_warehouse

OTHER_COLUMNS = {
    "other": ("the other's `dbt run`", "{:.1f} s"),
    "other_of_ours": ("the other's / ours", "{:.2f}"),
    "clusters_of_persons": ("its clusters / our persons", "{:.2f}"),
}
CAPTION = (
    "Ours is the whole pipeline from raw JSON; the other package starts from the identifiers that "
    "ours has parsed, and need not come to the same persons."
)
_SOURCE = "identified_rows"


@dataclass(frozen=True)
class OtherPackage:
    """`folder` is a checkout of it; `timeout` the seconds after which it is not waited for."""

    folder: Path
    timeout: int

    def __post_init__(self) -> None:
        for needed in ("dbt_project.yml", "seeds/idr_sources.csv"):
            if not (self.folder / needed).is_file():
                raise SystemExit(f"--other {self.folder} is no dbt_idr: it has no {needed}.")

    def beside(self, base: Base, ours: float) -> dict[str, float]:
        """Its seconds, and clusters, beside ours; nothing where it was not over in time.

        Seeds come before, and with them the parsing of the project, which dbt keeps.
        """
        with tempfile.TemporaryDirectory(prefix="other-", dir=base.folder) as folder:
            url = f"duckdb:///{folder}/other.duckdb"
            columns, persons = _identified(base, url)
            _write_project(Path(folder), self.folder.resolve(), columns)
            with profile_of(dbt_output(url) | {"schema": "main"}) as profile:
                self._dbt("seed", folder, profile, None)
                started = time.perf_counter()
                try:
                    self._dbt("run", folder, profile, self.timeout)
                except subprocess.TimeoutExpired:
                    tell(base, f"the other package not over in {self.timeout} s", "persons")
                    return {}
                seconds = time.perf_counter() - started
            with open_warehouse(url) as opened:
                [(clusters,)] = opened.query("select count(*) from main_idr_out.identity_clusters")
        found = f"{seconds:.1f} s, {clusters:,} clusters for {persons:,} persons"
        tell(base, f"the other package {found}", "persons")
        return {
            "other": seconds,
            "other_of_ours": seconds / ours,
            "clusters": clusters,
            "clusters_of_persons": clusters / persons,
        }

    def _dbt(self, command: str, project: str, profile: list[str], timeout: int | None) -> None:
        dbt = str(Path(sys.executable).with_name("dbt"))
        done = subprocess.run(
            [dbt, "--quiet", command, *profile],
            env=os.environ | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
            cwd=project, stdout=sys.stderr, check=False, timeout=timeout,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"dbt {command} failed on {self.folder}.")

    def cells(self, row: dict[str, Any]) -> list[str]:
        """A row's cells under OTHER_COLUMNS."""
        if row["warehouse"] == "duckdb" and "other" not in row:
            return [f"not over in {self.timeout} s", *[""] * (len(OTHER_COLUMNS) - 1)]
        return cells_of(row, OTHER_COLUMNS)


def _identified(base: Base, url: str) -> tuple[list[tuple[str, str]], int]:
    """Write the source table to the file of `url`; returns (type, column)s, and our persons."""
    with open_warehouse(base.url) as opened:
        opened.query(f"attach '{url.removeprefix('duckdb:///')}' as other")
        opened.query(
            "create temporary table numbered as"
            " select row_id, identifier_type, identifier_value, occurred_at, row_number()"
            " over (partition by row_id, identifier_type order by identifier_value) as number"
            " from crm.person_identifiers"
        )
        found = opened.query("select distinct identifier_type, number from numbered order by all")
        values = ", ".join(
            f"max(identifier_value) filter (identifier_type = '{of}' and number = {number})"
            f" as {of}_{number}"
            for of, number in found
        )
        opened.query(
            f"create table other.main.{_SOURCE} as"
            f" select row_id, max(occurred_at) as updated_at, {values} from numbered group by all"
        )
        [(persons,)] = opened.query("select count(*) from crm.persons")
    return [(of, f"{of}_{number}") for of, number in found], persons


def _write_project(folder: Path, package: Path, columns: list[tuple[str, str]]) -> None:
    """A project of seeds alone, which go before the package's own of the same names.

    The package is linked where `dbt deps` would put it, which would want a network for the packages
    that this one names; it uses none of them.
    """
    (folder / "dbt_packages").mkdir()
    (folder / "dbt_packages" / package.name).symlink_to(package)
    project = {"name": "other", "version": "0.1.0", "profile": "headless_crm"}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
    (folder / "seeds").mkdir()
    for name, lines in _seeds(columns).items():
        (folder / "seeds" / f"idr_{name}.csv").write_text("\n".join(lines) + "\n")


def _seeds(columns: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Lines of CSV. The rules' limit is the package's default, and nothing is excluded."""
    types = list(dict.fromkeys(of for of, _ in columns))
    return {
        "sources": [
            "source_id,source_name,database,schema,table_name,entity_key_column,watermark_column,"
            "is_active",
            f"crm,crm,,main,{_SOURCE},row_id,updated_at,true",
        ],
        "identifier_mappings": [
            "source_id,identifier_type,column_name,is_hashed",
            *(f"crm,{of},{column},false" for of, column in columns),
        ],
        "rules": [
            "rule_id,identifier_type,priority,is_active,canonicalize,max_group_size",
            *(f"{of},{of},{number},true,NONE,10000" for number, of in enumerate(types, 1)),
        ],
        "exclusions": [
            "identifier_type,identifier_value_pattern,match_type,reason",
            "none,none,EXACT,none",  # Without a row, its columns would be numbers.
        ],
        "attribute_mappings": [
            "source_id,attribute_name,column_expr",
            *(f"crm,{of},{of}_1" for of in types),
            "crm,record_updated_at,updated_at",
        ],
        "survivorship_rules": [
            "attribute_name,strategy,source_priority_list,recency_field",
            *(f"{of},MOST_RECENT,,record_updated_at" for of in types),
        ],
    }
