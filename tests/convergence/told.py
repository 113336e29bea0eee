"""Manual events to land, and questions to a warehouse, for tests of single traps."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from landings import Landing
from warehouses import Warehouse


class Entry(NamedTuple):
    """An entry of the identity journal."""

    change: str
    id: str
    other_id: str | None
    event_id: str | None


def seen(key: str, hours: int, *user_ids: str, version: int = 1, **record: Any) -> Landing:
    """An event that tells of one person with these ids; of none, if there are none."""
    persons = [{"identifiers": {"user_id": user_ids}}] if user_ids else []
    fields = {"id": key, "occurred_at": "2025-01-01", "event_name": "seen", "version": version}
    return Landing("manual", key, json.dumps(fields | {"persons": persons} | record), hours)


def shop(key: str, hours: int, domain: str = "a.test") -> Landing:
    """A shop with a domain and an owner."""
    updated = "2025-02-01T00:00:00Z"
    record = {
        "id": key,
        "updatedAt": updated,
        "name": key,
        "email": f"owner@{domain}",
        "domain": domain,
        "myshopifyDomain": f"{key}.myshopify.com",
    }
    return Landing("gadget", f"{key}-{updated}", json.dumps(record), hours)


def mail(
    key: str, hours: int, sender: str, receiver: str, message: str = "", second: int = 5
) -> Landing:
    """A copy of a message, each of one of its own unless it is named; received in that second."""
    headers = {"From": sender, "To": receiver, "Message-ID": f"<{message or key}@m>"}
    listed = [{"name": name, "value": text} for name, text in headers.items()]
    received = f"{1735787040 + second}000"
    record = {"id": key, "internalDate": received, "payload": {"headers": listed}}
    return Landing("gmail", key, json.dumps(record), hours)


def install(key: str, hours: int) -> Landing:
    """A shop installs an app: an event of a group and of no person."""
    record = {
        "id": key,
        "type": "RELATIONSHIP_INSTALLED",
        "occurred_at": "2025-01-01T00:00:00Z",
        "shop_id": "gid://partners/Shop/1",
        "shop_domain": "1.myshopify.com",
    }
    return Landing("shopify_partner", key, json.dumps(record), hours)


def land_and_run(warehouse: Warehouse, *rows: Landing, entity: str = "person") -> list[Entry]:
    """Land rows, run all models; what the run logged of persons, or of groups."""
    for row in rows:
        warehouse.land(row)
    [(stamp,)] = warehouse.engine.execute("select cast(stamp as varchar) from crm.writer_lock")
    warehouse.run()
    entries = warehouse.engine.execute(
        "select change, id, other_id, event_id from crm.identity_journal "
        f"where entity = '{entity}' and stamp > cast('{stamp}' as timestamp) "
        "order by change, id"
    )
    return [Entry(*entry) for entry in entries]


def ids(warehouse: Warehouse) -> dict[str, str]:
    """The person of each identifier, by its value."""
    return dict(
        warehouse.engine.execute(
            "select identifier_value, person_id from crm.resolved_person_identifiers"
        )
    )


def key_of(warehouse: Warehouse, value: str) -> str:
    """The key of an identifier that once landed, which is the id of whoever it is the oldest of."""
    [(key,)] = warehouse.engine.execute(
        "select identifier_key from crm.person_identifier_arrivals "
        f"where identifier_value = '{value}'"
    )
    return str(key)


def event_of(warehouse: Warehouse, key: str) -> str:
    """The id of the event that a manual row is."""
    [(event,)] = warehouse.engine.execute(
        f"select distinct event_id from crm.manual_events_parsed where id = '{key}'"
    )
    return str(event)


def taken(warehouse: Warehouse, table: str = "manual_events_parsed") -> set[str]:
    """The keys of a source's rows that a run has taken."""
    return {row[0] for row in warehouse.engine.execute(f"select id from crm.{table}")}
