"""A block: the unit of generation. Blocks share nothing, so they can be made anywhere, any time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from headless_crm.generate.dice import Dice, Weighted, scramble
from headless_crm.generate.people import Person, Shop, Staff, make_person, make_shop, phone_of
from headless_crm.generate.phones import SLOTS
from headless_crm.generate.truth import Identifier

SIZE = 1_000
"""Persons in a block (fewer in the last one)."""

INBOXES, RECEPTIONS, NO_REPLIES = 0.012, 0.008, 0.006
"""Planted for each person."""

SharedUse = tuple[Person, Identifier, Identifier]
"""(person, the shared identifier, an identifier of their own that stands in the same row)."""

_TEAM_SIZES = Weighted({1: 20, 2: 15, 3: 15, 4: 15, 5: 12, 6: 10, 8: 8, 12: 5})


@dataclass(slots=True)
class Block:
    """The people and shops of a block, and what has been planted among them."""

    index: int
    dice: Dice
    people: list[Person] = field(default_factory=list)
    shops: list[Shop] = field(default_factory=list)
    planted: Counter[str] = field(default_factory=Counter)
    staff_seen: set[Staff] = field(default_factory=set)
    _ids: int = 0

    def next_id(self) -> str:
        """16 hexadecimal digits that no other row of the data set has."""
        self._ids += 1
        return f"{scramble(self.index * 2**24 + self._ids, 64):016x}"

    def quota(self, rate: float) -> int:
        """How often to plant something, from its rate a person.

        The first block has each thing at least once, so that small data sets show all of it.
        """
        return max(round(rate * len(self.people)), 1 if self.index == 0 else 0)


def populate(seed: int, index: int, persons: int) -> Block:
    """A block with its shops and people. Numbers are unique over all blocks."""
    block = Block(index, Dice(f"{seed}:{index}"))
    number = index * SIZE
    end = number + persons
    while number < end:
        shop = make_shop(block.dice, index * SIZE + len(block.shops))
        taken: set[str] = set()
        for _ in range(min(block.dice.draw(_TEAM_SIZES), end - number)):
            shop.people.append(make_person(block.dice, number, shop, taken))
            number += 1
        block.shops.append(shop)
        block.people.extend(shop.people)
    for person in block.people:
        if person.kind in ("chain", "long_chain"):
            block.planted["chains"] += 1
            block.planted["chains_of_20_or_more"] += person.kind == "long_chain"
        block.planted["split_persons"] += person.kind == "split"
    return block


def plant_shared(block: Block) -> list[SharedUse]:
    """Give some shops shared identifiers; returns who uses each, 2 to 5 persons."""
    shops = [
        shop
        for shop in block.shops
        if shop.domain and len([p for p in shop.people if p.anchor("phone", "user_id")]) > 1
    ]
    inboxes, receptions, no_replies = (
        block.quota(rate) for rate in (INBOXES, RECEPTIONS, NO_REPLIES)
    )
    chosen = block.dice.sample(shops, inboxes + receptions + no_replies)
    # One of each before more of any, for the sake of small data sets.
    first, rest = chosen[:3], chosen[3:]
    turns = [_plant_inbox, _plant_reception, _plant_no_reply]
    turns_of_rest = (
        [_plant_inbox] * (inboxes - 1)
        + [_plant_reception] * (receptions - 1)
        + [_plant_no_reply] * (no_replies - 1)
    )
    uses: list[SharedUse] = []
    for shop, plant in zip(first + rest, turns + turns_of_rest, strict=False):
        uses.extend(plant(block, shop))
    return uses


def _plant_inbox(block: Block, shop: Shop) -> list[SharedUse]:
    local = block.dice.pick(("info", "sales", "hello", "office"))
    shop.inbox = ("email", f"{local}@{shop.domain}")
    block.planted["shared/inboxes"] += 1
    return _uses(block, shop, shop.inbox, 5)


def _plant_reception(block: Block, shop: Shop) -> list[SharedUse]:
    # The last slot of the first person's numbers, which nobody uses for their own.
    shop.reception = phone_of(shop, shop.people[0].number, SLOTS - 1)
    block.planted["shared/reception_phones"] += 1
    # The shop's record names it too, for up to two owners.
    return _uses(block, shop, shop.reception, 3)


def _plant_no_reply(block: Block, shop: Shop) -> list[SharedUse]:
    local = block.dice.pick(("no-reply", "noreply"))
    shop.no_reply = ("email", f"{local}@{shop.domain}")
    block.planted["shared/no_reply_addresses"] += 1
    return _uses(block, shop, shop.no_reply, 4)


def _uses(block: Block, shop: Shop, shared: Identifier, most: int) -> list[SharedUse]:
    able = [person for person in shop.people if person.anchor("phone", "user_id")]
    return [
        (person, shared, own)
        for person in block.dice.sample(able, block.dice.between(2, most))
        if (own := person.anchor("phone", "user_id"))
    ]
