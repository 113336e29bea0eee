"""Identifiers and address headers as people and programs write them; they normalise to one form."""

from __future__ import annotations

import base64

from headless_crm.generate.dice import Dice
from headless_crm.generate.people import Person, Staff
from headless_crm.generate.phones import spell_phone
from headless_crm.generate.truth import Identifier


def spell_email(dice: Dice, email: str) -> str:
    """An address with slips of case, now and then."""
    roll = dice.random()
    if roll < 0.93:
        return email
    if roll < 0.96:
        return email.title()
    if roll < 0.98:
        return email.upper()
    return email[0].upper() + email[1:]


def spell(dice: Dice, identifier: Identifier, country: str) -> str:
    """The raw value of an identifier."""
    kind, value = identifier
    if kind == "email":
        return spell_email(dice, value)
    if kind == "phone":
        return spell_phone(dice, value, country)
    return value


def person_address(dice: Dice, person: Person, email: str) -> str:
    """A person's address, with or without their name."""
    written = spell_email(dice, email)
    if not person.name.isascii():
        return f"{encoded_word(dice, person.name)} <{written}>"
    roll = dice.random()
    if roll < 0.5:
        return f"{person.name} <{written}>"
    if roll < 0.75:
        return written
    if roll < 0.9:
        return f'"{person.last_name}, {person.first_name}" <{written}>'
    if roll < 0.95:
        return f"{written} ({person.name})"
    if roll < 0.98:
        return f'"{email}" <{written}>'
    return f"{encoded_word(dice, person.name)} <{written}>"


def staff_address(dice: Dice, staff: Staff) -> str:
    """A staff member's address."""
    return f"{staff.name} <{staff.email}>" if dice.chance(0.7) else staff.email


def encoded_word(dice: Dice, text: str) -> str:
    """RFC 2047: non-ASCII text in a header, in one of its two encodings."""
    raw = text.encode()
    if dice.chance(0.5):
        return f"=?UTF-8?B?{base64.b64encode(raw).decode()}?="
    plain = "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else f"={byte:02X}" for byte in raw
    )
    return f"=?utf-8?Q?{plain}?="


def group_address(addresses: list[str]) -> str:
    """A named group of addresses in a header."""
    return f"Store team: {', '.join(addresses)};"
