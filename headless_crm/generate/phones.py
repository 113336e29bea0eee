"""Telephone numbers: valid ranges of several countries, large enough that no two people collide."""

from __future__ import annotations

from typing import NamedTuple

from headless_crm.generate.dice import Dice

SLOTS = 10
"""The numbers kept for each person: their own, and in the last slot their shop's reception."""


class NumberRange(NamedTuple):
    """The national numbers that start with one of `prefixes` and go on with `digits` digits."""

    calling_code: str
    prefixes: tuple[str, ...]
    digits: int
    grouping: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers the range holds."""
        return int(len(self.prefixes) * 10**self.digits)


def _area_codes(codes: str) -> tuple[str, ...]:
    # In North America neither an area code nor an exchange starts with 0 or 1.
    return tuple(code + first for code in codes.split() for first in "23456789")


RANGES = {
    "US": NumberRange("1", _area_codes("212 213 303 312 415 512 617 646 702 206"), 6, (3, 3, 4)),
    "CA": NumberRange("1", _area_codes("416 604 514 403 613 905 647 780 438 778"), 6, (3, 3, 4)),
    "GB": NumberRange("44", ("73",), 8, (4, 6)),
    "DE": NumberRange("49", ("151",), 8, (3, 8)),
    "FR": NumberRange("33", ("60", "61", "62", "64", "65", "66", "67", "68"), 7, (1, 2, 2, 2, 2)),
    "IN": NumberRange("91", ("98",), 8, (5, 5)),
    "BR": NumberRange("55", ("119",), 8, (2, 5, 4)),
    "JP": NumberRange("81", tuple(f"90{first}" for first in "123456789"), 7, (2, 4, 4)),
}
CAPACITY = min(number_range.size for number_range in RANGES.values()) // SLOTS
"""How many persons have numbers of their own, wherever they live."""

# Coprime to the sizes (products of 2, 3 and 5): neighbours get numbers far apart, none twice.
_STRIDE = 61_803_401
_PUNCTUATION = (" ", "-", ".", " ", "")
_TRUNK_ZERO = ("GB", "DE", "FR")


def national_number(country: str, person: int, slot: int) -> str:
    """The national number in a person's slot (0 to `SLOTS` - 1), digits only."""
    number_range = RANGES[country]
    at = (person * SLOTS + slot) * _STRIDE % number_range.size
    prefix, rest = divmod(at, 10**number_range.digits)
    return f"{number_range.prefixes[prefix]}{rest:0{number_range.digits}d}"


def e164(country: str, national: str) -> str:
    """The normalised form: +14155552671."""
    return f"+{RANGES[country].calling_code}{national}"


def spell_phone(dice: Dice, number: str, country: str) -> str:
    """An E.164 number of a country as people write it: nationally in the US, else with its code."""
    number_range = RANGES[country]
    code = number_range.calling_code
    rest = number[1 + len(code) :]
    roll = dice.random()
    if roll < 0.25:
        return number
    parts = []
    for size in number_range.grouping:
        parts.append(rest[:size])
        rest = rest[size:]
    mark = dice.pick(_PUNCTUATION)
    if country == "US" and roll < 0.8:
        if roll < 0.5:
            return f"({parts[0]}) {parts[1]}-{parts[2]}"
        return mark.join(parts) if roll < 0.7 else "1-" + "-".join(parts)
    if country in _TRUNK_ZERO and roll < 0.35:
        return f"+{code} (0){' '.join(parts)}"
    return f"+{code}{mark or ' '}{mark.join(parts)}"
