"""Raw rows that each show one thing; none shares an identifier, so one build serves them all."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

Row = dict[str, Any]

LANDED = "2025-03-01T00:00:00Z"
LONG = "".join(sha256(bytes([at])).hexdigest() for at in range(100))
"""More than fits into an index, even when it is compressed."""
LATER = "2025-03-02T00:00:00Z"
LAST = "2025-03-03T00:00:00Z"


def manual(
    name: str,
    *persons: dict[str, Any],
    groups: list[Row] | None = None,
    memberships: list[Row] | None = None,
    landed: str = LANDED,
    **fields: Any,
) -> Row:
    """A manual event; each person is its identifiers, or a whole entry with traits."""
    entries = [person if "identifiers" in person else {"identifiers": person} for person in persons]
    record: Row = {
        "id": name,
        "occurred_at": "2025-01-02T03:04:05Z",
        "event_name": "signed_up",
        "persons": entries,
        "groups": groups,
        "memberships": memberships,
        **fields,
    }
    record = {key: value for key, value in record.items() if value is not None}
    return {"synced_at": landed, "record": record}


def group(domain: str) -> Row:
    return {"identifiers": {"domain": domain}}


def gmail(name: str, headers: dict[str, str], landed: str = LANDED, **fields: Any) -> Row:
    """A message in the API's shape."""
    record = {
        "id": name,
        "threadId": f"t-{name}",
        "internalDate": "1735787045000",
        "payload": {"headers": [{"name": key, "value": value} for key, value in headers.items()]},
        **fields,
    }
    return {"synced_at": landed, "record": record}


def chain(length: int) -> Iterator[Row]:
    """A person whose identifiers hang together one by one."""
    for at in range(length - 1):
        yield manual(f"chain-{at}", {"chain_id": [f"c{at:04}", f"c{at + 1:04}"]})


def hub(leaves: int) -> Iterator[Row]:
    """A person one of whose identifiers came with each of the others."""
    for at in range(leaves):
        yield manual(f"hub-{at}", {"hub_id": "hub", "leaf_id": f"leaf{at:04}"})


MANUAL: list[Row | str] = [
    *chain(2_000),
    *hub(5_000),
    manual("case-1", {"email": "Alice@X.test", "user_id": "alice-1"}),
    manual("case-2", {"email": "alice@x.test", "user_id": "alice-2"}),
    manual("phone-1", {"phone": "+1 (415) 555-0100", "user_id": "phone-1"}),
    manual("phone-2", {"phone": "14155550100", "email": "phone@spelling.test"}),
    # Two versions: what the first said is retracted.
    manual("corrected", {"email": "wrong@corrected.test"}, landed=LANDED),
    manual("corrected", {"email": "right@corrected.test"}, landed=LATER),
    manual("kept", {"email": "kept@corrected.test"}, landed=LANDED),
    manual("kept", {"email": "kept@corrected.test", "user_id": "kept-1"}, landed=LATER),
    # The same content again is nothing new.
    manual("repeated", {"email": "ann@repeated.test"}, landed=LANDED),
    manual("repeated", {"email": "ann@repeated.test"}, landed=LAST),
    # The oldest identifier gives the id: the one of the superseded version counts.
    manual("oldest-1", {"email": "zz@oldest.test"}, landed=LANDED),
    manual("oldest-2", {"email": ["aa@oldest.test", "zz@oldest.test"]}, landed=LATER),
    # The latest value survives; blank ones say nothing.
    manual(
        "trait-1",
        {"identifiers": {"email": "t@trait.test"}, "traits": {"name": "Old", "city": "Rome"}},
        occurred_at="2025-01-01T00:00:00Z",
    ),
    manual(
        "trait-2",
        {"identifiers": {"email": "t@trait.test"}, "traits": {"name": "New", "city": " "}},
        occurred_at="2025-02-01T00:00:00Z",
    ),
    # One person and one group imply a membership; two persons do not.
    manual("implied", {"email": "i@implied.test"}, groups=[group("implied.test")]),
    manual(
        "ambiguous",
        {"email": "a@ambiguous.test"},
        {"email": "b@ambiguous.test"},
        groups=[group("ambiguous.test")],
    ),
    manual(
        "explicit",
        {"email": "a@explicit.test"},
        {"email": "b@explicit.test"},
        groups=[group("www.Explicit.test") | {"traits": {"name": "Explicit"}}],
        memberships=[{"person": 1, "group": 0, "role": "owner"}],
        occurred_at="2025-01-01T00:00:00Z",
    ),
    # A membership told without a role changes none.
    manual(
        "roleless",
        {"email": "b@explicit.test"},
        groups=[group("explicit.test")],
        occurred_at="2025-02-01T00:00:00Z",
    ),
    manual("invalid", {"email": ["ok@invalid.test", "not an address"], "phone": "12"}),
    manual("long", {"user_id": LONG, "email": "ok@long.test"}),
    manual("unknown-field", {"email": "u@unknown.test"}, plan={"nested": [1, {"deep": None}]}),
    manual("no-one"),
    # Fields that came, went, or changed their type.
    manual("number", {"user_id": 42, "email": "n@retyped.test"}),
    manual("text", {"user_id": "42", "email": "t@retyped.test"}),
    manual("object", {"user_id": {"id": 1}, "email": "o@retyped.test"}),
    manual("same-object", {"user_id": {"id": 1}, "email": {"home": "so@retyped.test"}}),
    manual(
        "added",
        {"identifiers": {"email": "a@added.test"}, "traits": {"plan": {"tier": "pro"}, "age": 7}},
        occurred_at="2025-01-01T00:00:00Z",
    ),
    manual(
        "dropped",
        {"identifiers": {"email": "a@added.test"}, "traits": {"age": "8"}},
        occurred_at="2025-02-01T00:00:00Z",
    ),
    # Rows that can't be processed.
    '{"id": "broken", "occurred_at": ',
    "[1, 2]",
    "just text",
    {"synced_at": LANDED, "record": {"occurred_at": "2025-01-01", "event_name": "no_id"}},
    manual("", {"email": "blank@lost.test"}),
    manual(" ", {"email": "another-blank@lost.test"}),
    manual("no-name", event_name=None),
    manual("no-time", occurred_at=None),
    manual("bad-time", occurred_at="2025-02-30T00:00:00Z"),
    manual("word-time", occurred_at="infinity"),
    manual("amount", {"email": "a@lost.test"}, value={"EUR": 5}),
    manual("flat-person", persons=["p@lost.test"]),
    manual("listed-traits", {"identifiers": {"email": "l@lost.test"}, "traits": ["pro"]}),
    manual("flat-membership", {"email": "m@lost.test"}, memberships=["owner"]),
    manual(
        "membership-of-nobody",
        {"email": "n@lost.test"},
        groups=[group("lost.test")],
        memberships=[{"person": 0, "group": 0}, {"person": 0, "group": 1}],
    ),
    manual("crowd", {"email": [f"p{at}@crowd.test" for at in range(31)]}),
]  # fmt: skip


def _word(text: str) -> str:
    return f"=?UTF-8?B?{base64.b64encode(text.encode()).decode()}?="


# Header → the addresses that are in it, with their names.
HEADERS: dict[str, dict[str, str | None]] = {
    '"Doe, Jane" <j@h1.test>, Bob <b@h1.test>': {"j@h1.test": "Doe, Jane", "b@h1.test": "Bob"},
    "Team: a@h2.test, b@h2.test;": {"a@h2.test": None, "b@h2.test": None},
    "undisclosed-recipients:;": {},
    f"{_word('Jürgen Müller')} <j@h4.test>": {"j@h4.test": "Jürgen Müller"},
    "Jane via Group <g@h5.test>": {"g@h5.test": None},
    '"a@h6.test" <b@h6.test>': {"b@h6.test": None},
    "a@h7.test (Comment)": {"a@h7.test": "Comment"},
}
GMAIL: list[Row | str] = [
    *(
        gmail(f"header-{at}", {"From": "me@sender.test", "To": header})
        for at, header in enumerate(HEADERS)
    ),
    # One message in two mailboxes: header names vary in case.
    gmail("copy-1", {"from": "s@copy.test", "to": "r@copy.test", "Message-Id": "<m1@copy.test>"}),
    gmail("copy-2", {"FROM": "s@copy.test", "TO": "r@copy.test", "Message-ID": "<m1@copy.test>"}),
    gmail(
        "roles",
        {"From": "f@role.test", "To": "t@role.test", "Cc": "c@role.test", "Bcc": "b@role.test"},
    ),
    # What has no Message-ID is a message of its own.
    gmail("blank-1", {"From": "ann@blank.test", "To": "r@blank.test", "Message-ID": ""}),
    gmail("blank-2", {"From": "bob@blank.test", "To": "r@blank.test", "Message-ID": " "}),
    gmail("host", {"From": "ann@www.host.test", "To": "bob@host.test"}),
    # A loader's flat shape; recipients may be missing.
    {
        "synced_at": LANDED,
        "record": {
            "id": "flat",
            "sender": "Flo <flo@flat.test>",
            "recipients": ["x@flat.test", "y@flat.test"],
            "date": "Thu, 02 Jan 2025 04:04:05 +0100",
            "subject": "Hello",
            "body": "…",
            "attachments": [],
            "threadId": "t1",
        },
    },
    {
        "synced_at": LANDED,
        "record": {"id": "flat-2", "sender": "flo@flat.test", "date": "2025-01-02T03:04:05Z"},
    },
    {"synced_at": LANDED, "record": {"id": "flat-3", "sender": "f@flat.test", "date": 1735787045}},
    gmail("freemail", {"From": "someone@gmail.com", "To": "me@sender.test"}),
    gmail("listed", {"From": "f@listed.test", "To": ["t@listed.test"]}),
    gmail("bulk", {"From": "news@bulk.test", "List-Unsubscribe": "<https://x.test>"}),
    # Rows that can't be processed.
    gmail("no-address", {"From": "Mail Delivery Subsystem", "To": "x@none.test"}),
    gmail("no-from", {"To": "x@none.test"}),
    gmail("bad-date", {"From": "x@none.test"}, internalDate="soon"),
    '{"id": "cut", "payload": {',
]

PARTNER_TYPES = (
    *(f"RELATIONSHIP_{x}" for x in ("INSTALLED", "UNINSTALLED", "REACTIVATED", "DEACTIVATED")),
    *(f"ONE_TIME_CHARGE_{x}" for x in ("ACCEPTED", "ACTIVATED", "DECLINED", "EXPIRED")),
    *(
        f"SUBSCRIPTION_CHARGE_{x}"
        for x in ("ACCEPTED", "ACTIVATED", "CANCELED", "DECLINED", "EXPIRED", "FROZEN", "UNFROZEN")
    ),
    "SUBSCRIPTION_CAPPED_AMOUNT_UPDATED",
    "SUBSCRIPTION_APPROACHING_CAPPED_AMOUNT",
    *(f"CREDIT_{x}" for x in ("APPLIED", "FAILED", "PENDING")),
    "USAGE_CHARGE_APPLIED",
)


def partner_node(kind: str, shop: str) -> Row:
    """An event as the Partner API gives it."""
    node: Row = {
        "type": kind,
        "occurredAt": "2025-01-02T03:04:05.000000Z",
        "app": {"id": "gid://partners/App/7", "name": "Reviews", "apiKey": "k"},
        "shop": {
            "id": f"gid://partners/Shop/{shop}",
            "name": f"Shop {shop}",
            "myshopifyDomain": f"Shop-{shop}.myshopify.com",
        },
    }
    money = {"amount": "12.50", "currencyCode": "EUR"}
    if kind.startswith("CREDIT"):
        node["appCredit"] = {
            "id": "gid://shopify/AppCredit/9", "name": "C", "test": False, "amount": money,
        }  # fmt: skip
    elif "CHARGE" in kind or "AMOUNT" in kind:
        node["charge"] = {
            "id": "gid://partners/AppSubscription/8", "name": "Pro", "test": True, "amount": money,
        }  # fmt: skip
    return node


def partner_flat(kind: str, shop: str) -> Row:
    """The same as a loader flattens it."""
    return {
        "id": f"flat-{kind}",
        "type": kind,
        "occurred_at": "2025-01-02T03:04:05Z",
        "app_id": "gid://partners/App/7",
        "app_name": "Reviews",
        "shop_id": f"gid://partners/Shop/{shop}",
        "shop_name": f"Shop {shop}",
        "shop_domain": f"shop-{shop}.myshopify.com",
        "charge_amount": "12.50",
        "charge_currency": "EUR",
        "charge_test": True,
    }


def flat_without_id(shop: str) -> Row:
    flat = partner_flat("RELATIONSHIP_INSTALLED", shop)
    return {name: value for name, value in flat.items() if name != "id"}


PARTNER: list[Row | str] = [
    *({"synced_at": LANDED, "record": partner_node(kind, "1001")} for kind in PARTNER_TYPES),
    *({"synced_at": LANDED, "record": partner_flat(kind, "1002")} for kind in PARTNER_TYPES),
    *({"synced_at": LANDED, "record": flat_without_id(shop)} for shop in ("1005", "1006")),
    {"synced_at": LANDED, "record": partner_node("SHOP_SUSPENDED", "1003")},
    {"synced_at": LANDED, "record": partner_node("CREDIT_APPLIED", "1003") | {"shop": None}},
    {
        "synced_at": LANDED,
        "record": partner_node("CREDIT_APPLIED", "1003") | {"occurredAt": "2025-13-01T00:00:00Z"},
    },
    '{"type": "CREDIT_APPLIED",',
    # Fields of another type than they had.
    *(
        {"synced_at": LANDED, "record": partner_flat("USAGE_CHARGE_APPLIED", "1003") | changed}
        for changed in (
            {"id": "text-shop", "shop_id": "none"},
            {"id": "text-charge", "charge": "5 EUR"},
            {"id": "text-amount", "charge_amount": "a lot"},
            {"id": "flat-amount", "charge": {"amount": 7}, "shop_id": "1004"},
            {"id": "no-charge", "charge": [], "shop_id": "1007"},
            {"id": "no-shop", "shop_id": "gid://shopify/Customer/1004"},
        )
    ),
]


def shop(updated: str, *, number: str = "1001", landed: str = LANDED, **fields: Any) -> Row:
    """A version of a shop as Gadget has it."""
    record = {
        "id": number,
        "updatedAt": updated,
        "createdAt": "2024-06-01T00:00:00Z",
        "shopifyCreatedAt": "2020-01-01T00:00:00Z",
        "name": "Shop 1001",
        "domain": "www.shop1001.test",
        "myshopifyDomain": "shop-1001.myshopify.com",
        "email": "Owner@shop1001.test",
        "phone": "+49 30 901820",
        "shopOwner": "Olga Owner",
        "planName": "shopify_plus",
        **fields,
    }
    return {"id": f"{number}-{updated}", "synced_at": landed, "record": record}


def wrapped(row: Row) -> Row:
    """The same in Gadget's other shape."""
    record = row["record"]
    return row | {
        "record": {
            "__typename": "ShopifyShop",
            "_all": record,
            "id": record["id"],
            "updatedAt": record["updatedAt"],
        }
    }


TWO = {
    "email": None,
    "phone": None,
    "domain": "two.test",
    "myshopifyDomain": "two.myshopify.com",
}
THREE: Row = TWO | {"domain": "three.test", "email": "t@three.test", "myshopifyDomain": None}
RETYPED: Row = {
    "domain": ["3.test"],
    "email": ["x@three.test"],
    "name": {"en": "Three"},
    "planName": 3,
    "brandNew": {"kept": True},
}
GADGET: list[Row | str] = [
    shop("2024-06-01T00:00:00Z"),
    wrapped(shop("2025-01-01T00:00:00Z", email="new.owner@shop1001.test", planName="basic")),
    # The only version was corrected, its time too: it is still the one that created the shop.
    shop("2024-06-30T00:00:00Z", number="2002", **TWO) | {"id": "2002-1"},
    shop("2024-07-01T00:00:00Z", number="2002", landed=LATER, **TWO) | {"id": "2002-1"},
    shop("2025-02-01T00:00:00Z", number="3003", **THREE),
    shop("2025-02-02T00:00:00Z", number="3003", **THREE | RETYPED),
    shop("2025-02-30T00:00:00Z"),
    {"id": None, "synced_at": LANDED, "record": {"name": "No key"}},
    '{"id": "1001", "name": ',
]
