"""What the warehouse of the fixture `people` holds: rows of a first build, and of a later one."""

from __future__ import annotations

from typing import Any


def event(key: str, day: int, persons: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    record = {"occurred_at": f"2025-01-{day:02}T10:00:00Z", "event_name": f"event_{key}"}
    return {
        "id": key,
        "synced_at": f"2025-02-{day:02}T00:00:00Z",
        "record": record | {"persons": persons} | fields,
    }


def person(traits: dict[str, str] | None = None, **identifiers: str) -> dict[str, Any]:
    return {"identifiers": identifiers, "traits": traits or {}}


TEAS = [{"identifiers": {"domain": "teas.example"}, "traits": {"name": "Teas"}}]
OWNER = [{"person": 0, "group": 0, "role": "owner"}]

FIRST = [
    event(
        "ann",
        1,
        [person({"name": "Ann", "plan": "pro"}, email="ann@teas.example", user_id="42")],
        groups=TEAS,
        memberships=OWNER,
        value=12.5,
        value_unit="EUR",
    ),
    event("bob", 2, [person({"name": "Bob"}, email="bob@teas.example")], groups=TEAS),
    event("phone", 3, [person(phone="+14155550100")]),
    event("eve", 4, [person({"name": "Eve"}, email="eve@old.example", user_id="77")]),
    event("upper", 4, [person(user_id="Abc", email="upper@case.example")]),
    event("lower", 4, [person(user_id="abc", email="lower@case.example")]),
    # Values that look like a type and a value, or have one under two types.
    event("glued", 4, [person(user_id="email:zoe@x.example", email="glued@x.example")]),
    event("twice", 4, [person(user_id="email:two@x.example", staff_id="email:two@x.example")]),
    *(event(f"visit-{at}", 5 + at, [person(email="ann@teas.example")]) for at in range(4)),
]
# The phone turns out to be Ann's; and Eve's address is taken back.
LATER = [
    event("known", 10, [person(email="ann@teas.example", phone="+14155550100")]),
    event("eve", 11, [person({"name": "Eve"}, user_id="77")]),
]

ANN = '(identifier: {type: "email", value: "ann@teas.example"})'
