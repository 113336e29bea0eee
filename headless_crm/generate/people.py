"""Who there is: shops (the true groups), their people (the true persons), and the app's staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from headless_crm.generate import words
from headless_crm.generate.clock import DAY, FIRST, LAST
from headless_crm.generate.dice import Dice, Weighted, scramble
from headless_crm.generate.phones import SLOTS, e164, national_number
from headless_crm.generate.truth import Entity, Identifier

LONG_CHAIN_EVERY = 250
"""One person in so many has a chain of 20 identifiers or more."""

_KINDS = Weighted({"plain": 70, "two_addresses": 14, "chain": 8, "split": 5, "mail_only": 3})
_CHAIN_TYPES = ("email", "phone", "user_id")


class Country(NamedTuple):
    """What a shop's record says about where it is."""

    code: str
    name: str
    currency: str
    city: str
    timezone: str
    offset: str
    locale: str


COUNTRIES = Weighted(
    {
        Country("US", "United States", "USD", "Portland", "America/Los_Angeles", "-08:00", "en"): 5,
        Country("GB", "United Kingdom", "GBP", "Leeds", "Europe/London", "+00:00", "en"): 2,
        Country("DE", "Germany", "EUR", "Hamburg", "Europe/Berlin", "+01:00", "de"): 2,
        Country("FR", "France", "EUR", "Lyon", "Europe/Paris", "+01:00", "fr"): 1,
        Country("CA", "Canada", "CAD", "Toronto", "America/Toronto", "-05:00", "en"): 1,
        Country("IN", "India", "INR", "Pune", "Asia/Kolkata", "+05:30", "en"): 1,
        Country("BR", "Brazil", "BRL", "São Paulo", "America/Sao_Paulo", "-03:00", "pt-BR"): 1,
        Country("JP", "Japan", "JPY", "Osaka", "Asia/Tokyo", "+09:00", "ja"): 1,
    }
)


@dataclass(slots=True)
class Shop:
    """A shop with its people; `domain` is None where it has only its myshopify.com address."""

    number: int
    name: str
    handle: str
    country: Country
    domain: str | None
    installed_at: int
    people: list[Person] = field(default_factory=list)
    inbox: Identifier | None = None
    reception: Identifier | None = None
    no_reply: Identifier | None = None
    truth: Entity = field(default_factory=Entity)

    @property
    def shop_id(self) -> str:
        """The digits that Shopify knows the shop by."""
        return str(60_000_000_000 + self.number * 7_919)

    @property
    def myshopify_domain(self) -> str:
        """The shop's address at Shopify, which never changes."""
        return f"{self.handle}.myshopify.com"

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """The identifiers that the shop has today, in normalised form."""
        return (
            ("shop_id", self.shop_id),
            ("myshopify_domain", self.myshopify_domain),
            ("domain", self.domain or self.myshopify_domain),
        )


def make_shop(dice: Dice, number: int) -> Shop:
    """A shop without people yet; the number makes its handle and domain unique."""
    parts = [dice.pick(pool) for pool in (words.SHOP_ADJECTIVES, words.SHOP_NOUNS)]
    parts.append(dice.pick(words.SHOP_TRADES))
    handle = f"{'-'.join(parts).lower()}-{number:x}"
    return Shop(
        number=number,
        name=" ".join(parts),
        handle=handle,
        country=dice.draw(COUNTRIES),
        domain=f"{handle}.example" if dice.chance(0.75) else None,
        installed_at=FIRST + dice.below(LAST - FIRST - 90 * DAY),
    )


@dataclass(slots=True)
class Person:
    """A person of a shop.

    links: the identifiers that a manual event of theirs names together, an event each
    emails: the addresses that they send mail from
    """

    number: int
    name: str
    first_name: str
    last_name: str
    shop: Shop
    kind: str
    emails: list[str] = field(default_factory=list)
    links: list[tuple[Identifier, ...]] = field(default_factory=list)
    truth: Entity = field(default_factory=Entity)

    def anchor(self, *types: str) -> Identifier | None:
        """An identifier of one of these types that the person's links connect."""
        for link in self.links:
            for identifier in link:
                if identifier[0] in types:
                    return identifier
        return None


def make_person(dice: Dice, number: int, shop: Shop, taken: set[str]) -> Person:
    """A person of a shop; `taken` holds the local parts in use at the shop's domain."""
    first, first_ascii = dice.pick(words.FIRST_NAMES)
    last, last_ascii = dice.pick(words.LAST_NAMES)
    kind = "long_chain" if number % LONG_CHAIN_EVERY == 17 else dice.draw(_KINDS)
    person = Person(number, f"{first} {last}", first, last, shop, kind)

    local = f"{first_ascii}.{last_ascii}"
    if local in taken:
        local = f"{local}{len(taken) + 1}"
    taken.add(local)
    work = f"{local}@{shop.domain}" if shop.domain else free_email(dice, number, 0)

    if kind in ("chain", "long_chain"):
        length = dice.between(20, 24) if kind == "long_chain" else dice.between(4, 9)
        chain = [_link_of_chain(dice, person, work, at) for at in range(length)]
        person.links = list(pairwise(chain))
        person.emails = [work]
    elif kind == "mail_only":
        person.emails = [work]
    else:
        person.emails = [work]
        linked = [("email", work)]
        if kind != "plain":
            # The second address of a `split` person is in mail only: nothing connects it.
            person.emails.append(free_email(dice, number, 1))
        if kind == "two_addresses":
            linked.append(("email", person.emails[1]))
        if dice.chance(0.75):
            linked.append(phone_of(shop, number, 0))
        if dice.chance(0.6):
            linked.append(user_id_of(number, 0))
        person.links = [tuple(linked)]
    return person


def _link_of_chain(dice: Dice, person: Person, work: str, at: int) -> Identifier:
    slot, kind = divmod(at, len(_CHAIN_TYPES))
    if _CHAIN_TYPES[kind] == "email":
        return "email", work if slot == 0 else free_email(dice, person.number, slot)
    if _CHAIN_TYPES[kind] == "phone":
        return phone_of(person.shop, person.number, slot)
    return user_id_of(person.number, slot)


def free_email(dice: Dice, number: int, slot: int) -> str:
    """A mail provider's address, with a local part that no real person would choose."""
    local = scramble(number * SLOTS + slot, 48)
    return f"m{local:012x}@{dice.pick(words.FREEMAIL_DOMAINS)}"


def phone_of(shop: Shop, number: int, slot: int) -> Identifier:
    """The phone in a person's slot, in the country of their shop."""
    country = shop.country.code
    return "phone", e164(country, national_number(country, number, slot))


def user_id_of(number: int, slot: int) -> Identifier:
    """The user id in a person's slot."""
    return "user_id", str(100_000_000 + number * SLOTS + slot)


INTERNAL_DOMAIN = "acme-apps.example"


class Staff(NamedTuple):
    """Someone who works for the app maker."""

    name: str
    email: str


STAFF = tuple(
    Staff(name, f"{name.split()[0].lower()}@{INTERNAL_DOMAIN}")
    for name in (
        "Alice Archer",
        "Bruno Bauer",
        "Cora Chang",
        "Dev Dutta",
        "Edith Ekman",
        "Finn Flores",
        "Gita Gill",
        "Hal Horvat",
        "Isla Innes",
        "Jonas Jung",
        "Kira Kaya",
        "Liam Lund",
    )
)
