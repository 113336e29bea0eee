"""Rows that land one by one, and what becomes of them when they are processed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from conftest import Sandbox
from headless_crm.realtime.outcome import Outcome, Status
from headless_crm.realtime.processing import Processor
from headless_crm.warehouse import Warehouse, open_warehouse

ARTEFACT = "compiled.json"
"""The file, in its folder, that a sandbox with an artefact has."""
FINAL = ("events", "persons", "groups", "memberships", "person_participants", "group_participants")


def event(key: str, **record: Any) -> dict[str, Any]:
    """A person and a group that nobody else mentions."""
    told = {
        "occurred_at": "2025-01-01",
        "event_name": "signed_up",
        "persons": [{"identifiers": {"email": f"{key}@{key}.example"}, "traits": {"name": key}}],
        "groups": [{"identifiers": {"domain": f"{key}.example"}}],
    }
    return {"id": key, "record": told | record}


def with_artefact(sandbox: Sandbox, before: dict[str, Any]) -> Sandbox:
    """The sandbox, built with a manual event, and compiled."""
    sandbox.load("manual", [before])
    sandbox.build("--no-test")
    sandbox.crm("compile", "--compiled", sandbox.folder / ARTEFACT)
    return sandbox


def land(
    sandbox: Sandbox,
    *rows: dict[str, Any],
    synced_at: str | None = "2025-01-02",
    table: str = "manual_events",
) -> None:
    """Rows in the source table, by whatever else writes there."""
    landed_at = synced_at and datetime.fromisoformat(synced_at)
    with open_warehouse(sandbox.url) as warehouse:
        for row in rows:
            warehouse.query(
                f"insert into raw.{table} (id, record, synced_at) values (?, ?, ?)",
                [row["id"], json.dumps(row["record"]), landed_at],
            )


def processed(processor: Processor, *ids: str, source: str = "manual") -> list[Outcome]:
    futures = processor.submit_all((source, one) for one in ids)
    return [future.result(timeout=60) for future in futures]


def statuses(outcomes: list[Outcome]) -> set[Status]:
    return {outcome.status for outcome in outcomes}


def counts(sandbox: Sandbox) -> dict[str, int]:
    tables = (*FINAL, "ledger", "identity_journal", "failed_events", "dead_letters")
    with open_warehouse(sandbox.url, read_only=True) as warehouse:
        return {table: _count(warehouse, table) for table in tables}


def _count(warehouse: Warehouse, table: str) -> int:
    return int(warehouse.query(f"select count(*) from crm.{table}")[0][0])
