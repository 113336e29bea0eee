"""Manual events: sign-ups and other moments that name several identifiers of a person at once."""

from __future__ import annotations

from collections.abc import Iterable

from headless_crm.generate.block import Block, SharedUse
from headless_crm.generate.clock import iso, landing, moment_after
from headless_crm.generate.dice import Dice
from headless_crm.generate.people import Person, Shop
from headless_crm.generate.rows import WRONG_USER_ID, Record, Rows
from headless_crm.generate.spelling import spell
from headless_crm.generate.truth import Identifier

SOURCE = "manual"

_LINK_EVENTS = ("profile_updated", "contact_verified", "phone_added", "address_changed")
_ACTIVITIES = ("logged_in", "survey_answered", "support_call", "order_placed", "review_published")
_SHARED_EVENTS = ("lead_captured", "order_imported", "callback_requested")
_ROLES = ("owner", "admin", "member")


def write_manual(block: Block, shared_uses: Iterable[SharedUse]) -> Rows:
    """The manual events of a block's people and shops."""
    rows = Rows(SOURCE, block.dice, block.planted, _spoil)
    for person in block.people:
        _write_links(block, rows, person)
        _write_activities(block, rows, person)
    for person, shared, own in shared_uses:
        _write_shared(block, rows, person, shared, own)
    for shop in block.shops:
        _write_company(block, rows, shop)
        if len(shop.people) > 1:
            _write_invitation(block, rows, shop)
    return rows


def event(block: Block, name: str, moment: int) -> Record:
    """An event that names nobody yet."""
    return {
        "id": f"evt-{block.next_id()}",
        "occurred_at": iso(moment),
        "event_name": name,
        "event_type": "manual_event",
    }


def _person_entry(
    dice: Dice, person: Person, identifiers: Iterable[Identifier], **traits: str
) -> Record:
    """A person as an event lists them: several identifiers of a type are a list."""
    written: Record = {}
    for identifier in identifiers:
        raw = spell(dice, identifier, person.shop.country.code)
        before = written.get(identifier[0])
        if before is None:
            written[identifier[0]] = raw
        else:
            written[identifier[0]] = [*(before if isinstance(before, list) else [before]), raw]
    return _entry(written, traits)


def _entry(identifiers: Record, traits: Record) -> Record:
    return {"identifiers": identifiers} | ({"traits": traits} if traits else {})


def _group_entry(dice: Dice, shop: Shop, **traits: str) -> Record:
    shop_id, _, domain = shop.identifiers
    named = (domain, shop_id) if dice.chance(0.4) else (domain if shop.domain else shop_id,)
    shop.truth.saw(*named)
    return _entry(dict(named), traits)


def _add(rows: Rows, dice: Dice, record: Record, moment: int) -> None:
    rows.add(record, landing(dice, moment), record["id"])


def _write_links(block: Block, rows: Rows, person: Person) -> None:
    dice = block.dice
    moment = moment_after(dice, person.shop.installed_at)
    for at, link in enumerate(person.links):
        record = event(block, dice.pick(_LINK_EVENTS) if at else "signed_up", moment)
        if at:
            record["persons"] = [_person_entry(dice, person, link)]
        else:
            record["persons"] = [_person_entry(dice, person, link, name=person.name)]
            if dice.chance(0.6):
                record["groups"] = [_group_entry(dice, person.shop)]
                # Where it is left out, the one person is a member of the one group.
                if dice.chance(0.5):
                    role = dice.pick(_ROLES)
                    record["memberships"] = [{"person": 0, "group": 0, "role": role}]
        _add(rows, dice, record, moment)
        person.truth.saw(*link)
        moment = moment_after(dice, moment)


def _write_activities(block: Block, rows: Rows, person: Person) -> None:
    dice = block.dice
    if not person.links:
        return
    for _ in range(dice.below(5)):
        moment = moment_after(dice, person.shop.installed_at)
        identifier = dice.pick(dice.pick(person.links))
        record = event(block, dice.pick(_ACTIVITIES), moment)
        if record["event_name"] == "order_placed":
            record["value"] = dice.between(5, 400) + 0.5
            record["value_unit"] = person.shop.country.currency
        record["persons"] = [_person_entry(dice, person, (identifier,))]
        _add(rows, dice, record, moment)
        person.truth.saw(identifier)


def _write_shared(
    block: Block, rows: Rows, person: Person, shared: Identifier, own: Identifier
) -> None:
    dice = block.dice
    moment = moment_after(dice, person.shop.installed_at)
    record = event(block, dice.pick(_SHARED_EVENTS), moment)
    identifiers = [own]
    # Two phones in one row would be odd: a reception's stands beside an email or a user id.
    if shared[0] == own[0]:
        identifiers = [person.anchor("user_id") or person.anchor("email") or own]
    record["persons"] = [_person_entry(dice, person, (shared, *identifiers))]
    _add(rows, dice, record, moment)
    person.truth.saw(*identifiers)
    person.truth.saw_shared(shared)


def _write_company(block: Block, rows: Rows, shop: Shop) -> None:
    dice = block.dice
    moment = moment_after(dice, shop.installed_at)
    record = event(block, "company_profile_completed", moment)
    record["event_description"] = f"{shop.name} completed its profile"
    record["groups"] = [_group_entry(dice, shop, name=shop.name, country=shop.country.code)]
    _add(rows, dice, record, moment)


def _write_invitation(block: Block, rows: Rows, shop: Shop) -> None:
    dice = block.dice
    moment = moment_after(dice, shop.installed_at)
    record = event(block, "teammate_invited", moment)
    pair = dice.sample(shop.people, 2)
    mails = [("email", person.emails[0]) for person in pair]
    record["persons"] = [
        _person_entry(dice, person, (mail,), name=person.name)
        for person, mail in zip(pair, mails, strict=True)
    ]
    record["groups"] = [_group_entry(dice, shop)]
    record["memberships"] = [
        {"person": 0, "group": 0, "role": "admin"},
        {"person": 1, "group": 0, "role": "member"},
    ]
    _add(rows, dice, record, moment)
    for person, mail in zip(pair, mails, strict=True):
        person.truth.saw(mail)


def _spoil(record: Record) -> None:
    record["event_description"] = "entered by mistake"
    for person in record.get("persons", ()):
        person["identifiers"]["user_id"] = WRONG_USER_ID
