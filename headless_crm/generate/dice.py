"""Repeatable randomness."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Options with weights, ready to be drawn from."""

    def __init__(self, weights: dict[T, float]) -> None:
        self.options = list(weights)
        self.bounds = list(accumulate(weights.values()))


class Dice:
    """Draws from a text seed.

    Only `random.Random.random` is used: the one method that Python promises to keep the same from
    version to version (and the fastest).
    """

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed).random

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        return int(self.random() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both possible."""
        return low + int(self.random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random() < probability

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, all equally likely."""
        return options[int(self.random() * len(options))]

    def draw(self, weighted: Weighted[T]) -> T:
        """One of the options, as likely as its weight."""
        at = bisect_right(weighted.bounds, self.random() * weighted.bounds[-1])
        return weighted.options[min(at, len(weighted.options) - 1)]

    def sample(self, options: Sequence[T], size: int) -> list[T]:
        """`size` different options (all of them where there are fewer), in random order."""
        pool = list(options)
        size = min(size, len(pool))
        for at in range(size):
            other = at + int(self.random() * (len(pool) - at))
            pool[at], pool[other] = pool[other], pool[at]
        return pool[:size]


def scramble(number: int, bits: int) -> int:
    """A number of at most `bits` bits that looks random; different numbers stay different."""
    return (number * 0x9E3779B97F4A7C15 + 0x2545F491) & ((1 << bits) - 1)
