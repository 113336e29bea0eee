"""The audit: how good the data of a warehouse is, and what to look at."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from headless_crm.audit.entities import EntityAudit, read_entities
from headless_crm.audit.fields import Drift, read_drift, save_drift
from headless_crm.audit.flow import (
    Conservation,
    DeadLetters,
    Freshness,
    Processing,
    Volume,
    read_conservation,
    read_dead_letters,
    read_freshness,
    read_processing,
    read_volume,
)
from headless_crm.audit.pairs import PairScore, read_pairs, score_pairs, score_truth, truth_file
from headless_crm.config import CRM_SCHEMA
from headless_crm.entities import ENTITIES
from headless_crm.errors import UsageError
from headless_crm.generate.score import Score
from headless_crm.sources import project_variables, source_tables
from headless_crm.status import check_built
from headless_crm.warehouse import open_warehouse


@dataclass(frozen=True)
class Audit:
    """All that an audit found. `values` tells whether it holds names and identifiers."""

    audited_at: datetime
    values: bool
    persons: EntityAudit
    groups: EntityAudit
    conservation: list[Conservation]
    dead_letters: list[DeadLetters]
    volume: list[Volume]
    processing: list[Processing]
    processing_by_day: list[Processing]
    freshness: list[Freshness]
    drift: list[Drift]
    pairs: PairScore | None
    truth: Score | None

    @property
    def entities(self) -> tuple[EntityAudit, EntityAudit]:
        return self.persons, self.groups


def read_audit(
    url: str,
    *,
    variables: dict[str, Any],
    values: bool = True,
    pairs: Path | None = None,
    truth: Path | None = None,
) -> Audit:
    """Audit the warehouse at `url`, and write nothing.

    Raises UsageError for a file or variable that can't be used, CrmError where nothing was built.
    """
    single = single_types(variables)
    labelled = read_pairs(pairs) if pairs else None
    true_persons = truth_file(truth) if truth else None
    with open_warehouse(url, read_only=True) as warehouse:
        tables = check_built(warehouse.query)
        persons, groups = (
            read_entities(warehouse, kind, single.get(kind, []), values=values) for kind in ENTITIES
        )
        processing, by_day = read_processing(warehouse)
        sources = source_tables(variables)
        return Audit(
            audited_at=datetime.now(UTC).replace(tzinfo=None),
            values=values,
            persons=persons,
            groups=groups,
            conservation=read_conservation(warehouse.query, sources),
            dead_letters=read_dead_letters(warehouse),
            volume=read_volume(warehouse),
            processing=processing,
            processing_by_day=by_day,
            freshness=read_freshness(warehouse),
            drift=[
                read_drift(warehouse, source, kept=(CRM_SCHEMA, "audit_fields") in tables)
                for source in sources
            ],
            pairs=score_pairs(warehouse, labelled) if labelled is not None else None,
            truth=score_truth(warehouse, true_persons) if true_persons else None,
        )


def save_audit(url: str, audit: Audit) -> None:
    """Keep what the next audit compares with: all that an audit writes."""
    with open_warehouse(url) as warehouse:
        for source, drift in zip(source_tables(), audit.drift, strict=True):
            save_drift(warehouse, source, drift)


def as_json(audit: Audit) -> dict[str, Any]:
    """The audit as plain data, without what only the next audit needs."""
    found = asdict(audit)
    for drift in found["drift"]:
        del drift["profile"]
        del drift["absorbed"]
    return found


def single_types(variables: dict[str, Any]) -> dict[str, list[str]]:
    """Kind → types of which an entity should have one identifier, as the variables say."""
    name = "single_identifier_types"
    types = (project_variables() | variables).get(name) or {}
    lists = types.values() if isinstance(types, dict) else [None]
    if not all(isinstance(one, list) and all(isinstance(t, str) for t in one) for one in lists):
        raise UsageError(f"{name} must be lists by kind: {{person: [user_id], group: [shop_id]}}.")
    if unknown := set(types) - set(ENTITIES):
        raise UsageError(f"{name} has {sorted(map(str, unknown))[0]!r}: say person or group.")
    return dict(types)
