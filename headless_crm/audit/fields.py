"""Which fields a source's records have, and what of that has changed since the last audit.

A field is a path of the top level or one below, `a`, `a.b`, or `a[]` for the items of a list. Its
JSON types are told from a sample of the rows that came since. `null` is no type of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headless_crm.errors import CrmError
from headless_crm.queries import queries
from headless_crm.sources import Source
from headless_crm.warehouse import Warehouse

_MOST_FIELDS = 500
"""Of one source: where keys are data rather than names, more tell nothing."""
_LONGEST_NAME = 80
_DOUBT = 0.001
"""A field counts as gone where its absence from the sample is less likely than this by chance."""

_FIRST = datetime(1, 1, 1)


@dataclass(frozen=True)
class Seen:
    """How many of the rows that were read have a field with a type; `gone` is since the last."""

    rows_with: int
    rows_read: int
    gone: bool = False


@dataclass(frozen=True)
class Change:
    """A field that `appeared`, `vanished`, or `changed type`; types are sorted names of JSON."""

    field: str
    change: str
    before: list[str]
    after: list[str]


Profile = dict[tuple[str, str], Seen]
"""(field, JSON type) → how often."""


@dataclass(frozen=True)
class Drift:
    """What of a source's fields has changed. `first` where no audit has looked before.

    `sampled` rows were read of the `new_rows` since the last audit. `profile` and `absorbed` are
    what the next one starts from.
    """

    source: str
    table: str
    first: bool
    new_rows: int
    sampled: int
    fields: int
    changes: list[Change]
    profile: Profile = field(repr=False)
    absorbed: datetime


def read_drift(warehouse: Warehouse, source: Source, *, kept: bool) -> Drift:
    """Look at what came since the last audit; `kept` tells whether one has left its profile."""
    sql = {
        name: text.replace(":raw", source.raw_model)
        for name, text in queries("audit_fields").items()
    }
    rows = warehouse.query(sql["known"], [source.declared]) if kept else []
    known: Profile = {(name, type_): Seen(*seen) for name, type_, *seen, _ in rows}
    absorbed = max((row[-1] for row in rows), default=_FIRST)
    [(new_rows,)] = warehouse.query(sql["new_rows"], [absorbed])
    sample = [record for (record,) in warehouse.query(sql["sample"], [absorbed])]
    [(latest,)] = warehouse.query(sql["latest"])
    counted, read = profile_of(sample)
    profile, changes = compared(known, counted, read)
    return Drift(
        source=source.name,
        table=f"{source.schema}.{source.table}",
        first=not rows,
        new_rows=new_rows,
        sampled=len(sample),
        fields=len({name for (name, _), seen in profile.items() if not seen.gone}),
        changes=changes if rows else [],
        profile=profile,
        absorbed=latest or absorbed,
    )


def save_drift(warehouse: Warehouse, source: Source, drift: Drift) -> None:
    """Keep the profile for the next audit; nothing where no row came."""
    if not drift.sampled:
        return
    sql = queries("audit_fields")
    try:
        warehouse.query(sql["create"])
        warehouse.query("begin")
        warehouse.query(sql["replace"], [source.declared])
        fields, types = zip(*drift.profile, strict=True) if drift.profile else ((), ())
        seen = list(drift.profile.values())
        columns = [
            list(fields),
            list(types),
            [one.rows_with for one in seen],
            [one.rows_read for one in seen],
            [one.gone for one in seen],
        ]
        warehouse.query(sql["keep"], [source.declared, *columns, drift.absorbed])
        warehouse.query("commit")
    except CrmError as error:
        raise CrmError(
            f"The audit is done, but the fields that it saw were not kept: {error} "
            "With --no-save it writes nothing, and needs no right to."
        ) from error


def profile_of(records: Iterable[str]) -> tuple[Counter[tuple[str, str]], int]:
    """How many records have each (field, type), and how many were JSON objects."""
    counted: Counter[tuple[str, str]] = Counter()
    read = 0
    for text in records:
        try:
            record = json.loads(text)
        except (ValueError, RecursionError, TypeError):
            continue  # A dead letter, which is counted elsewhere.
        if isinstance(record, dict):
            read += 1
            counted.update(set(_paths(record)))
    names = Counter[str]()
    for (name, _), rows in counted.items():
        names[name] += rows
    usual = {name for name, _ in names.most_common(_MOST_FIELDS)}
    return Counter({key: rows for key, rows in counted.items() if key[0] in usual}), read


def compared(
    known: Profile, counted: Counter[tuple[str, str]], read: int
) -> tuple[Profile, list[Change]]:
    """The profile with what was counted in `read` records, and what that changes."""
    if not read:
        return known, []
    before, after = _types(known), _types(counted)
    changes: list[Change] = []
    gone: set[str] = set()
    for name in sorted(before.keys() | after.keys()):
        old = [type_ for type_ in before.get(name, []) if not known[name, type_].gone]
        new = after.get(name, [])
        if not old and new:
            changes.append(Change(name, "appeared", [], _told(new)))
        elif old and not new:
            if _surely_gone([known[name, type_] for type_ in old], read):
                gone.add(name)
                changes.append(Change(name, "vanished", _told(old), []))
        elif _told(old) != ["null"] and set(new) - set(old) - {"null"}:
            changes.append(Change(name, "changed type", _told(old), _told(new)))
    profile = {
        key: Seen(
            rows_with=(known[key].rows_with if key in known else 0) + counted[key],
            rows_read=_read_before(known) + read,
            gone=key[0] in gone or (key in known and known[key].gone and key[0] not in after),
        )
        for key in sorted(known.keys() | counted.keys())
    }
    return profile, changes


def _paths(record: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for name, value in record.items():
        path = _short(name)
        yield path, _type(value)
        if isinstance(value, dict):
            for inner, below in value.items():
                yield f"{path}.{_short(inner)}", _type(below)
        elif isinstance(value, list):
            for below in value:
                yield f"{path}[]", _type(below)


def _short(name: str) -> str:
    """A name that every warehouse can hold."""
    text = name.replace("\0", "�").encode(errors="replace").decode()
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    names = {str: "string", list: "array", dict: "object", type(None): "null"}
    return names[type(value)]


def _types(profile: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    types: dict[str, list[str]] = {}
    for name, type_ in sorted(profile):
        types.setdefault(name, []).append(type_)
    return types


def _told(types: list[str]) -> list[str]:
    """Without null, where there is more to say."""
    return [type_ for type_ in types if type_ != "null"] or types


def _surely_gone(seen: list[Seen], read: int) -> bool:
    share = sum(one.rows_with for one in seen) / max(one.rows_read for one in seen)
    return bool(max(0.0, 1 - share) ** read < _DOUBT)


def _read_before(known: Profile) -> int:
    return max((seen.rows_read for seen in known.values()), default=0)
