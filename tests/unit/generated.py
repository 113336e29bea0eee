"""Reads what `crm generate` wrote as a pipeline should, and resolves it with a plain union-find."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container, Iterable
from contextlib import suppress
from csv import DictReader
from dataclasses import dataclass
from datetime import datetime
from email.utils import getaddresses, parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import phonenumbers

SOURCES = ("shopify_partner", "gadget", "gmail", "manual")

# The API's event types, by what their events carry: the field and the type in the charge's gid.
SUBSCRIPTION = ("charge", "AppSubscription|RecurringApplicationCharge")
CARRIES = {
    "RELATIONSHIP_(INSTALLED|UNINSTALLED|REACTIVATED|DEACTIVATED)": None,
    "ONE_TIME_CHARGE_(ACCEPTED|ACTIVATED|DECLINED|EXPIRED)": ("charge", "AppPurchaseOneTime"),
    "SUBSCRIPTION_CHARGE_(ACCEPTED|ACTIVATED|CANCELED|DECLINED|EXPIRED|FROZEN|UNFROZEN)": (
        SUBSCRIPTION
    ),
    "SUBSCRIPTION_(CAPPED_AMOUNT_UPDATED|APPROACHING_CAPPED_AMOUNT)": SUBSCRIPTION,
    "CREDIT_(APPLIED|FAILED|PENDING)": ("appCredit", "AppCredit"),
    "USAGE_CHARGE_(APPLIED)": ("charge", "AppUsageRecord"),
}
EVENT_TYPES = {
    pattern[: pattern.index("(")] + ending
    for pattern in CARRIES
    for ending in pattern[pattern.index("(") + 1 : -1].split("|")
}

Identifier = tuple[str, str]


@dataclass
class Row:
    """A line as a pipeline reads it; `reason` says why it can't be processed."""

    source: str
    key: Any
    synced_at: str
    record: dict[str, Any]
    reason: str | None

    @property
    def shop(self) -> dict[str, Any]:
        return self.record.get("_all", self.record)  # type: ignore[no-any-return]

    def header(self, name: str) -> str | None:
        flat = {"from": "sender", "to": "recipients"}.get(name, name)
        if "payload" not in self.record:
            value = self.record.get(flat)
            return ", ".join(value) if isinstance(value, list) else value
        found = [h["value"] for h in self.record["payload"]["headers"] if h["name"].lower() == name]
        return ", ".join(found) or None

    def addresses(self, *headers: str) -> list[str]:
        values = [value for name in headers if (value := self.header(name))]
        return [address for _, address in getaddresses(values) if "@" in address]

    @cached_property
    def persons(self) -> list[set[Identifier]]:
        """The identifiers of each person that the row names, normalised."""
        if self.source == "gadget":
            given = [{"email": self.shop.get("email"), "phone": self.shop.get("phone")}]
        elif self.source == "gmail":
            given = [{"email": one} for one in self.addresses("from", "to", "cc", "bcc")]
        else:
            given = [person["identifiers"] for person in self.record.get("persons", ())]
        return [
            {
                (kind, normalised(kind, raw))
                for kind, value in person.items()
                for raw in (value if isinstance(value, list) else [value])
                if raw
            }
            for person in given
        ]


def normalised(kind: str, raw: str) -> str:
    if kind != "phone":
        return raw.strip().lower()
    number = phonenumbers.parse(raw, "US")
    assert phonenumbers.is_valid_number(number), raw
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_time(text: str) -> bool:
    for read in (int, datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError):
            read(text)
            return True
    return False


def parse(source: str, line: str) -> Row:
    try:
        envelope = json.loads(line)
    except ValueError:
        return Row(source, line, "", {}, "malformed_json")
    record = envelope["record"]
    row = Row(source, envelope.get("id") or record.get("id"), "", record, None)
    row.synced_at = envelope["synced_at"]
    if source == "shopify_partner":
        shop, app = record.get("shop", {}), record.get("app", {})
        needed = [record.get("type"), record.get("occurredAt") or record.get("occurred_at")]
        needed.append(shop.get("id") or record.get("shop_id"))
        charge = record.get("charge") or record.get("appCredit") or {}
        row.key = row.key or (*needed, app.get("id"), charge.get("id"))
    elif source == "gadget":
        needed = [row.shop.get("id"), row.shop.get("updatedAt")]
    elif source == "gmail":
        needed = [row.header("from"), record.get("internalDate") or row.header("date")]
    else:
        needed = [record.get("id"), record.get("occurred_at"), record.get("event_name")]
    if not all(needed):
        row.reason = "missing_key"
    elif source == "shopify_partner" and needed[0] not in EVENT_TYPES:
        row.reason = "unknown_event_type"
    elif not is_time(needed[1]):
        row.reason = "invalid_timestamp"
    elif source == "gmail" and not row.addresses("from"):
        row.reason = "unparsable_address"
    elif source == "manual" and max(map(len, row.persons), default=0) > 30:
        row.reason = "too_many_identifiers"
    return row


class Sample:
    """A data set as its reader sees it."""

    def __init__(self, folder: Path) -> None:
        self.rows = [
            parse(source, line)
            for source in SOURCES
            for line in (folder / f"{source}.jsonl").read_text().splitlines()
        ]
        versions: dict[Any, list[Row]] = defaultdict(list)
        for row in self.rows:
            if row.reason is None:
                versions[row.source, row.key].append(row)
        self.versions = versions
        self.current = [max(rows, key=lambda row: row.synced_at) for rows in versions.values()]
        self.planted = json.loads((folder / "truth/planted.json").read_text())
        with (folder / "truth/persons.csv").open() as file:
            self.truth = list(DictReader(file))
        self.shared = {identifier(line) for line in self.truth if line["shared"] == "1"}

    def true_parts(self) -> dict[tuple[str, str], set[Identifier]]:
        parts: dict[tuple[str, str], set[Identifier]] = defaultdict(set)
        for line in self.truth:
            if line["shared"] == "0":
                parts[line["person"], line["component"]].add(identifier(line))
        return parts

    def of(self, source: str) -> list[Row]:
        return [row for row in self.current if row.source == source]


def identifier(line: dict[str, str]) -> Identifier:
    return line["identifier_type"], line["identifier_value"]


def resolve(rows: Iterable[Row], aside: Container[Identifier] = ()) -> list[set[Identifier]]:
    """Union-find over the identifiers that rows give to one person."""
    parent: dict[Identifier, Identifier] = {}

    def root(one: Identifier) -> Identifier:
        while parent.setdefault(one, one) != one:
            parent[one] = one = parent[parent[one]]
        return one

    for row in rows:
        for found in row.persons:
            roots = [root(one) for one in sorted(found) if one not in aside]
            for other in roots[1:]:
                parent[root(other)] = root(roots[0])
    parts: dict[Identifier, set[Identifier]] = defaultdict(set)
    for one in list(parent):
        parts[root(one)].add(one)
    return list(parts.values())


def frozen(parts: Iterable[set[Identifier]]) -> set[frozenset[Identifier]]:
    return {frozenset(part) for part in parts}
