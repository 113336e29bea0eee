"""Rows that cannot be processed, planted beside the good ones: each has one fault."""

from __future__ import annotations

from headless_crm.generate import gadget, gmail, manual, partner
from headless_crm.generate.block import Block
from headless_crm.generate.clock import landing, moment_after
from headless_crm.generate.rows import WRONG_EMAIL, WRONG_USER_ID, Record, Rows

_RATE = 0.001
"""Rows of each fault for each person."""

_NO_SUCH_TIME = "2025-13-45T08:30:00Z"
_UNKNOWN_TYPES = ("RELATIONSHIP_TRANSFERRED", "SUBSCRIPTION_CHARGE_PAUSED", "SHOP_SUSPENDED")
_NO_ADDRESSES = (
    "Mail Delivery Subsystem",
    "undisclosed-recipients:;",
    "orders at store dot example",
)
_TOO_MANY = 40


def plant_bad_rows(block: Block, sources: dict[str, Rows]) -> None:
    """Each fault that a source can have, as often as the size of the block asks for."""
    for _ in range(block.quota(_RATE)):
        _spoil_partner(block, sources[partner.SOURCE])
        _spoil_gadget(block, sources[gadget.SOURCE])
        _spoil_gmail(block, sources[gmail.SOURCE])
        _spoil_manual(block, sources[manual.SOURCE])


def _spoil_partner(block: Block, rows: Rows) -> None:
    dice = block.dice
    shop = dice.pick(block.shops)
    landed = landing(dice, shop.installed_at)

    def fresh() -> Record:
        return partner.sample_node(dice, shop)

    rows.bad("unknown_event_type", fresh() | {"type": dice.pick(_UNKNOWN_TYPES)}, landed)
    rows.bad("invalid_timestamp", fresh() | {"occurredAt": _NO_SUCH_TIME}, landed)
    rows.bad("malformed_json", fresh(), landed)
    for key in ("type", "occurredAt"):
        rows.bad("missing_key", _without(key, fresh()), landed)
    record = fresh()
    rows.bad("missing_key", record | {"shop": _without("id", record["shop"])}, landed)


def _spoil_gadget(block: Block, rows: Rows) -> None:
    dice = block.dice
    shop = dice.pick(block.shops)
    landed = landing(dice, shop.installed_at)

    def fresh() -> Record:
        return gadget.sample_record(dice, shop) | {"email": WRONG_EMAIL}

    record = fresh() | {"updatedAt": _NO_SUCH_TIME}
    rows.bad("invalid_timestamp", record, landed, f"{shop.shop_id}-{_NO_SUCH_TIME}")
    rows.bad("malformed_json", fresh(), landed, f"{shop.shop_id}-cut")
    for key in ("id", "updatedAt"):
        rows.bad("missing_key", _without(key, fresh()), landed, f"{shop.shop_id}-without-{key}")


def _spoil_gmail(block: Block, rows: Rows) -> None:
    dice = block.dice
    person = dice.pick(block.people)
    moment = moment_after(dice, person.shop.installed_at)
    landed = landing(dice, moment)

    def fresh(sender: str = person.emails[0]) -> gmail.Message:
        return gmail.sample_message(block, sender, moment)

    record = gmail.flat_record(block, fresh()) | {"date": _NO_SUCH_TIME}
    rows.bad("invalid_timestamp", record, landed, record["id"])
    record = gmail.api_record(block, fresh())
    rows.bad("malformed_json", record, landed, record["id"])
    record = gmail.api_record(block, fresh(sender=""))
    rows.bad("missing_key", record, landed, record["id"])
    record = _without("date", gmail.flat_record(block, fresh()))
    rows.bad("missing_key", record, landed, record["id"])
    record = gmail.api_record(block, fresh(sender=dice.pick(_NO_ADDRESSES)))
    rows.bad("unparsable_address", record, landed, record["id"])


def _spoil_manual(block: Block, rows: Rows) -> None:
    dice = block.dice
    person = dice.pick(block.people)
    moment = moment_after(dice, person.shop.installed_at)
    landed = landing(dice, moment)

    def fresh() -> Record:
        identifiers = {"email": person.emails[0], "user_id": WRONG_USER_ID}
        record = manual.event(block, "newsletter_subscribed", moment)
        return record | {"persons": [{"identifiers": identifiers}]}

    for key in ("id", "occurred_at", "event_name"):
        record = _without(key, fresh())
        rows.bad("missing_key", record, landed, record.get("id"))
    record = fresh() | {"occurred_at": _NO_SUCH_TIME}
    rows.bad("invalid_timestamp", record, landed, record["id"])
    record = fresh()
    rows.bad("malformed_json", record, landed, record["id"])

    # A mailing list that was taken for one person.
    crowd = [member.emails[0] for member in block.people[:_TOO_MANY]]
    crowd += [f"list-{at}@placeholder.example" for at in range(_TOO_MANY - len(crowd))]
    record = fresh() | {"persons": [{"identifiers": {"email": crowd}}]}
    rows.bad("too_many_identifiers", record, landed, record["id"])


def _without(key: str, record: Record) -> Record:
    return {name: value for name, value in record.items() if name != key}
