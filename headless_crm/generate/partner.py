"""Shopify Partner app events: the life of an app in a shop, in the API's shape and a loader's."""

from __future__ import annotations

from typing import NamedTuple

from headless_crm.generate.block import Block
from headless_crm.generate.clock import DAY, HOUR, LAST, iso, landing
from headless_crm.generate.dice import Dice, Weighted
from headless_crm.generate.people import Shop
from headless_crm.generate.rows import Record, Rows

SOURCE = "shopify_partner"

_APPS = (
    ("gid://partners/App/4201", "Acme Reviews", "5f2d8c0e7ab94d3f9b1e6c40a7d2e815"),
    ("gid://partners/App/4202", "Acme Bundles", "c81b3e9f60d24a7795e8f2bd13c6a04e"),
)
_PLANS = (("Starter", 9), ("Growth", 29), ("Scale", 79), ("Plus", 199))
_REASONS = ("too_expensive", "missing_features", "not_what_i_expected", "other", "switched_app")
_REMARKS = (None, "", "We close the shop.", "Could not get it to work with our theme, sorry")

_BILLED = "SUBSCRIPTION_CHARGE_ACCEPTED SUBSCRIPTION_CHARGE_ACTIVATED"
_USAGE = "USAGE_CHARGE_APPLIED USAGE_CHARGE_APPLIED"
# Together they have all 21 types; the first shops of a block go through them one by one.
_LIVES = Weighted(
    {
        tuple(f"RELATIONSHIP_INSTALLED {events}".split()): weight
        for events, weight in {
            f"{_BILLED} {_USAGE} {_USAGE} {_USAGE}": 24,
            f"{_BILLED} SUBSCRIPTION_CHARGE_CANCELED RELATIONSHIP_UNINSTALLED": 18,
            "RELATIONSHIP_UNINSTALLED": 8,
            "SUBSCRIPTION_CHARGE_DECLINED RELATIONSHIP_UNINSTALLED": 6,
            "SUBSCRIPTION_CHARGE_EXPIRED RELATIONSHIP_UNINSTALLED RELATIONSHIP_INSTALLED "
            f"{_BILLED} {_USAGE}": 6,
            f"{_BILLED} SUBSCRIPTION_CHARGE_FROZEN RELATIONSHIP_DEACTIVATED "
            f"RELATIONSHIP_REACTIVATED SUBSCRIPTION_CHARGE_UNFROZEN {_USAGE}": 10,
            f"{_BILLED} {_USAGE} SUBSCRIPTION_APPROACHING_CAPPED_AMOUNT "
            f"SUBSCRIPTION_CAPPED_AMOUNT_UPDATED {_USAGE} {_USAGE}": 10,
            f"ONE_TIME_CHARGE_ACCEPTED ONE_TIME_CHARGE_ACTIVATED {_BILLED} CREDIT_PENDING "
            "CREDIT_APPLIED": 8,
            "ONE_TIME_CHARGE_DECLINED ONE_TIME_CHARGE_EXPIRED CREDIT_PENDING CREDIT_FAILED "
            "RELATIONSHIP_UNINSTALLED RELATIONSHIP_INSTALLED RELATIONSHIP_UNINSTALLED": 4,
            f"{_BILLED} {_BILLED} SUBSCRIPTION_CHARGE_CANCELED {_USAGE}": 6,
        }.items()
    }
)
# What goes on with a charge that is there; any other charge event starts a new one.
_CONTINUES = (
    "ACTIVATED",
    "CANCELED",
    "FROZEN",
    "UNFROZEN",
    "SUBSCRIPTION_CAPPED_AMOUNT_UPDATED",
    "SUBSCRIPTION_APPROACHING_CAPPED_AMOUNT",
    "CREDIT_APPLIED",
    "CREDIT_FAILED",
)


class _Charge(NamedTuple):
    """A charge or a credit; `amount` is a decimal as text."""

    gid: str
    name: str
    amount: str
    currency: str
    billing_on: str | None
    test: bool


def write_partner(block: Block) -> Rows:
    """The Partner events of a block's shops."""
    rows = Rows(SOURCE, block.dice, block.planted, _spoil)
    for at, shop in enumerate(block.shops):
        options = _LIVES.options
        life = options[at] if at < len(options) else block.dice.draw(_LIVES)
        _write_life(block, rows, shop, life)
    return rows


def _write_life(block: Block, rows: Rows, shop: Shop, life: tuple[str, ...]) -> None:
    dice = block.dice
    app = dice.pick(_APPS)
    nodes = dice.chance(0.7)
    plan, price = dice.pick(_PLANS)
    moment = shop.installed_at
    gap = max((LAST - moment) // (len(life) + 1), 2 * HOUR)
    charges: dict[str, _Charge] = {}
    for at, event_type in enumerate(life):
        charge = None
        kind = event_type.split("_", 1)[0]
        if kind != "RELATIONSHIP":
            if kind not in charges or not event_type.endswith(_CONTINUES):
                number = (shop.number * 64 + at) * 3 + 1_000_000
                charges[kind] = _charge(dice, kind, number, plan, price, shop, moment)
            charge = charges[kind]
        record = (_node if nodes else _flat)(dice, event_type, moment, app, shop, charge)
        row_id = None if nodes else block.next_id()
        if row_id:
            record = {"id": row_id, **record}
        rows.add(record, landing(dice, moment), row_id)
        shop.truth.saw(*shop.identifiers[:2])
        moment += HOUR + dice.below(gap - HOUR)


def _charge(
    dice: Dice, kind: str, number: int, plan: str, price: int, shop: Shop, moment: int
) -> _Charge:
    currency = shop.country.currency
    scale = {"JPY": 150, "INR": 80, "BRL": 5}.get(currency, 1)
    name, cents = f"{plan} plan", 0
    if kind == "SUBSCRIPTION":
        namespace = dice.pick(("partners/AppSubscription", "partners/RecurringApplicationCharge"))
    elif kind == "ONE":
        namespace, name, price = "shopify/AppPurchaseOneTime", "Set-up service", 149
    elif kind == "USAGE":
        namespace, name = "shopify/AppUsageRecord", "Review requests"
        price, cents = dice.below(40), dice.between(1, 99)
    else:
        namespace, name, price = "shopify/AppCredit", "Goodwill credit", dice.between(5, 30)
    amount = f"{price * scale}.0" if currency == "JPY" else f"{price * scale}.{cents:02}"
    billing_on = iso(moment + 30 * DAY)[:10] if kind == "SUBSCRIPTION" else None
    return _Charge(
        f"gid://{namespace}/{number}", name, amount, currency, billing_on, dice.chance(0.03)
    )


def _node(
    dice: Dice,
    event_type: str,
    moment: int,
    app: tuple[str, str, str],
    shop: Shop,
    charge: _Charge | None,
) -> Record:
    """An event as the Partner API returns it: nested, camelCase, without an id."""
    record: Record = {
        "type": event_type,
        "occurredAt": iso(moment),
        "app": {"id": app[0], "name": app[1], "apiKey": app[2]},
        "shop": {
            "id": f"gid://partners/Shop/{shop.shop_id}",
            "name": shop.name,
            "myshopifyDomain": shop.myshopify_domain,
            "avatarUrl": None,
        },
    }
    if event_type == "RELATIONSHIP_UNINSTALLED":
        reasons = dice.sample(_REASONS, dice.below(3))
        record["reason"] = ",".join(reasons) or None
        record["description"] = dice.pick(_REMARKS)
    if charge:
        fields: Record = {
            "id": charge.gid,
            "name": charge.name,
            "test": charge.test,
            "amount": {"amount": charge.amount, "currencyCode": charge.currency},
        }
        if event_type.startswith("SUBSCRIPTION"):
            fields["billingOn"] = f"{charge.billing_on}T00:00:00Z"
        record["appCredit" if event_type.startswith("CREDIT") else "charge"] = fields
    return record


def _flat(
    dice: Dice,
    event_type: str,
    moment: int,
    app: tuple[str, str, str],
    shop: Shop,
    charge: _Charge | None,
) -> Record:
    """An event as a loader flattens it: snake_case, all fields always there, but without the id."""
    return {
        "type": event_type,
        "occurred_at": iso(moment),
        "app_id": app[0],
        "app_name": app[1],
        "charge_amount": charge and charge.amount,
        "charge_billing_on": charge and charge.billing_on,
        "charge_currency": charge and charge.currency,
        "charge_id": charge and charge.gid,
        "charge_name": charge and charge.name,
        "charge_test": charge and charge.test,
        "description": dice.pick(_REMARKS) if event_type == "RELATIONSHIP_UNINSTALLED" else None,
        "shop_domain": shop.myshopify_domain,
        "shop_id": f"gid://partners/Shop/{shop.shop_id}",
        "shop_name": shop.name,
    }


def _spoil(record: Record) -> None:
    # The name is not part of the key that events without an id are told apart by.
    if "shop" in record:
        record["shop"]["name"] += " (old name)"
    else:
        record["shop_name"] += " (old name)"


def sample_node(dice: Dice, shop: Shop) -> Record:
    """A plain event of a shop, to be spoilt."""
    return _node(dice, "RELATIONSHIP_REACTIVATED", shop.installed_at, dice.pick(_APPS), shop, None)
