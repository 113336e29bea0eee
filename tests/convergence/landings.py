"""Source rows from small pools, so that they meet: same shops, same people, same messages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

# Of the machine's clock, since a stamp ahead of it is one of the traps; ids and order do not depend
# on it.
NOW = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)

TABLES = {
    "manual": "manual_events",
    "gadget": "gadget_shops",
    "gmail": "gmail_messages",
    "shopify_partner": "shopify_partner_app_events",
}
DOMAINS = ("a.test", "b.test", "mail.test")
EMAILS = tuple(f"{name}@{domain}" for domain in DOMAINS for name in ("ann", "bob", "eve"))


@dataclass(frozen=True)
class Landing:
    """A row of a source table; `hours` is when it landed, from now."""

    source: str
    key: str
    record: str
    hours: int

    @property
    def synced_at(self) -> datetime:
        return NOW + timedelta(hours=self.hours)

    @property
    def corrected(self) -> str:
        """The record of a version that lands without an id, and has this row's key of itself."""
        shop, _, updated = self.key.partition("-")
        found = {"id": shop, "updatedAt": updated} if self.source == "gadget" else {"id": self.key}
        return json.dumps(found | {"corrected": True})


def _manual(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    people = draw(st.lists(_identifiers(), max_size=2))
    groups = draw(st.lists(st.sampled_from(DOMAINS), max_size=1))
    key = f"e{draw(st.integers(1, 6))}"
    record: dict[str, Any] = {
        "id": key,
        "occurred_at": f"2025-01-0{draw(st.integers(1, 4))}",
        "event_name": draw(st.sampled_from(["signed_up", "paid"])),
        "persons": [{"identifiers": one, "traits": traits} for one, traits in people],
        "groups": [{"identifiers": {"domain": domain}} for domain in groups],
    }
    if len(people) == 2 and groups:
        roles = st.sampled_from([None, "owner", "admin"])
        record["memberships"] = [{"person": 1, "group": 0, "role": draw(roles)}]
    if draw(st.integers(0, 9)) == 0:
        record["occurred_at"] = "never"
    return key, record


@st.composite
def _identifiers(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, str]]:
    identifiers: dict[str, Any] = {
        "email": draw(st.lists(st.sampled_from(EMAILS), max_size=2)),
        "user_id": draw(st.lists(st.sampled_from("12345678"), max_size=2)),
        "phone": draw(st.sampled_from(["+14155550100", "+14155550101", "", "12"])),
    }
    return identifiers, draw(
        st.dictionaries(st.sampled_from(["name", "city"]), st.sampled_from(["x", "y", " "]))
    )


def _gadget(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    shop = draw(st.sampled_from("123"))
    updated = f"2025-02-0{draw(st.integers(1, 4))}T00:00:00Z"
    record: dict[str, Any] = {
        "id": shop,
        "updatedAt": updated,
        "shopifyCreatedAt": draw(st.sampled_from([None, "2024-12-01T00:00:00Z"])),
        "name": draw(st.sampled_from(["One", "Two"])),
        "shopOwner": draw(st.sampled_from(["Ann", "Bob", None])),
        "email": draw(st.sampled_from([*EMAILS[:4], None])),
        "domain": draw(st.sampled_from([*DOMAINS, None])),
        "myshopifyDomain": f"{draw(st.sampled_from('xyz'))}.myshopify.com",
    }
    # A key may name another shop than the record does, or lose it in a later version.
    key = f"{draw(st.sampled_from([shop, shop, shop, '9']))}-{updated}"
    return key, record


def _gmail(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    key = f"m{draw(st.integers(1, 5))}"
    addresses = st.lists(st.sampled_from(EMAILS), min_size=1, max_size=2)
    headers = {
        "From": f"{draw(st.sampled_from(['Ann', 'Bob']))} <{draw(st.sampled_from(EMAILS))}>",
        "To": ", ".join(draw(addresses)),
        "Message-ID": draw(st.sampled_from(["<1@m>", "<2@m>", "<3@m>"])),
        "Subject": "Hello",
    }
    return key, {
        "id": key,
        "internalDate": f"173578704500{draw(st.integers(0, 3))}",
        "payload": {"headers": [{"name": name, "value": text} for name, text in headers.items()]},
    }


def _shopify_partner(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    shop = draw(st.sampled_from("1234"))
    key = f"e{draw(st.integers(1, 5))}"  # Which a manual event may have, too.
    return key, {
        "id": key,
        "type": draw(st.sampled_from(["RELATIONSHIP_INSTALLED", "RELATIONSHIP_UNKNOWN"])),
        "occurred_at": f"2025-01-0{draw(st.integers(1, 4))}T00:00:00Z",
        "shop_id": f"gid://partners/Shop/{shop}",
        "shop_name": draw(st.sampled_from(["One", "Two"])),
        "shop_domain": f"{draw(st.sampled_from('xyz'))}.myshopify.com",
    }


_RECORDS = {
    "manual": _manual,
    "gadget": _gadget,
    "gmail": _gmail,
    "shopify_partner": _shopify_partner,
}


@st.composite
def landings(draw: st.DrawFn, hours: st.SearchStrategy[int]) -> Landing:
    """A row; manual events come more often, since they say the most."""
    source = draw(st.sampled_from(["manual", "manual", *_RECORDS]))
    key, record = _RECORDS[source](draw)
    return Landing(source, key, json.dumps(record), draw(hours))
