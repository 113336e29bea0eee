"""Gadget shop records: one row a version of a shop, as its owner and plan change."""

from __future__ import annotations

from headless_crm.generate.block import Block
from headless_crm.generate.clock import DAY, HOUR, LAST, iso, landing
from headless_crm.generate.dice import Dice
from headless_crm.generate.people import Person, Shop
from headless_crm.generate.phones import spell_phone
from headless_crm.generate.rows import WRONG_EMAIL, Record, Rows
from headless_crm.generate.spelling import spell_email

SOURCE = "gadget"

_PLANS = (
    ("basic", "Basic"),
    ("professional", "Shopify"),
    ("unlimited", "Advanced"),
    ("shopify_plus", "Shopify Plus"),
)
_OWNER_CHANGES, _REINSTALLS, _REBRANDS, _DRIFTS = 0.15, 0.08, 0.05, 0.06


def write_gadget(block: Block) -> Rows:
    """The versions of a block's shops."""
    rows = Rows(SOURCE, block.dice, block.planted, _spoil)
    for at, shop in enumerate(block.shops):
        _write_versions(block, rows, shop, scripted=at < 20)
    return rows


def _write_versions(block: Block, rows: Rows, shop: Shop, *, scripted: bool) -> None:
    # The first shops change in every way, so that small data sets show each.
    dice = block.dice
    versions = dice.between(3, 7) if scripted else dice.between(1, 7)
    owner = shop.people[0]
    new_owner_at = versions - 1 if len(shop.people) > 1 and dice.chance(_OWNER_CHANGES) else 0
    reinstalled_at = versions - 1 if versions > 2 and dice.chance(_REINSTALLS) else 0
    rebranded_at = dice.below(versions) if shop.domain and dice.chance(_REBRANDS) else 0
    if scripted:
        new_owner_at = versions - 1 if len(shop.people) > 1 else 0
        reinstalled_at = versions - 1
    plan = dice.pick(_PLANS)
    domain = shop.domain or shop.myshopify_domain
    moment = shop.installed_at
    gap = max((LAST - moment) // versions, 2 * HOUR)
    under_all = dice.chance(0.5)
    for version in range(versions):
        state = "installed"
        if version and version == new_owner_at:
            owner = shop.people[1]
            block.planted["owner_changes"] += 1
        if version and version == rebranded_at:
            domain = f"{shop.handle}-shop.example"
            block.planted["rebrands"] += 1
        if reinstalled_at:
            if version == reinstalled_at - 1:
                state = "uninstalled"
            elif version == reinstalled_at:
                block.planted["reinstalls"] += 1
        if dice.chance(0.2):
            plan = dice.pick(_PLANS)
        fields = _shop_fields(dice, shop, owner, domain, plan, state, moment)
        if dice.chance(_DRIFTS) or (scripted and not version):
            fields["reviewWidgetVersion"] = dice.between(1, 9)
            fields["marketingConsent"] = {"state": "subscribed", "source": None}
            block.planted["schema_drift"] += 1
        row_id = f"{shop.shop_id}-{fields['updatedAt']}"
        rows.add(_record(fields, under_all), landing(dice, moment), row_id)
        _note_truth(shop, owner, fields, domain)
        moment += HOUR + dice.below(gap - HOUR)


def _note_truth(shop: Shop, owner: Person, fields: Record, domain: str) -> None:
    shop.truth.saw(*shop.identifiers[:2], ("domain", domain))
    own = [("email", owner.emails[0])]
    phone = _own_phone(owner)
    if fields["phone"] and shop.reception:
        owner.truth.saw_shared(shop.reception)
    elif fields["phone"] and phone:
        own.append(phone)
    owner.truth.saw(*own)


def _own_phone(owner: Person) -> tuple[str, str] | None:
    # A chain is joined by its own events only, or its diameter would shrink.
    return None if owner.kind in ("chain", "long_chain") else owner.anchor("phone")


def _shop_fields(
    dice: Dice,
    shop: Shop,
    owner: Person,
    domain: str,
    plan: tuple[str, str],
    state: str,
    moment: int,
) -> Record:
    """The fields of a version of a shop."""
    country = shop.country
    email = spell_email(dice, owner.emails[0])
    phone = shop.reception or _own_phone(owner)
    created = shop.installed_at - DAY * (30 + shop.number % 900)
    return {
        "id": shop.shop_id,
        "createdAt": iso(shop.installed_at),
        "updatedAt": iso(moment),
        "state": {"created": state},
        "city": country.city,
        "country": country.code,
        "countryCode": country.code,
        "countryName": country.name,
        "currency": country.currency,
        "customerEmail": email if dice.chance(0.6) else None,
        "domain": f"www.{domain}" if dice.chance(0.1) else domain,
        "email": email,
        "ianaTimezone": country.timezone,
        "myshopifyDomain": shop.myshopify_domain,
        "name": shop.name,
        "phone": spell_phone(dice, phone[1], country.code) if phone and dice.chance(0.85) else None,
        "planDisplayName": plan[1],
        "planName": plan[0],
        "primaryLocale": country.locale,
        "shopOwner": owner.name,
        "shopifyCreatedAt": iso(created),
        "shopifyUpdatedAt": iso(moment),
        "timezone": f"(GMT{country.offset}) {country.timezone}",
        "weightUnit": "lb" if country.code == "US" else "kg",
    }


def _record(fields: Record, under_all: bool) -> Record:
    """The fields at the top level, or as Gadget's client wraps them."""
    if not under_all:
        return fields
    return {
        "__typename": "ShopifyShop",
        "_all": fields,
        "id": fields["id"],
        "updatedAt": fields["updatedAt"],
    }


def _spoil(record: Record) -> None:
    record.get("_all", record)["email"] = WRONG_EMAIL


def sample_record(dice: Dice, shop: Shop) -> Record:
    """A version of a shop that no row of it has yet."""
    domain = shop.domain or shop.myshopify_domain
    owner = shop.people[0]
    moment = shop.installed_at + 60
    return _shop_fields(dice, shop, owner, domain, _PLANS[0], "installed", moment)
