"""How numbers of an audit are put for people, and how they are gathered for a plot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from headless_crm.audit.entities import Size
from headless_crm.audit.flow import Volume

HIDDEN = "(hidden)"
_BOUNDS = (1, 2, 3, 4, 5, 10, 20, 50, 100, 1000)
_MOST_BINS = 60


def span(seconds: float) -> str:
    """A span of time in the largest unit of which there are two."""
    sign = "-" if seconds < 0 else ""
    seconds = abs(seconds)
    for unit, size in (("y", 365 * 86_400), ("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{sign}{seconds / size:,.0f} {unit}"
    return f"{sign}{seconds:.0f} s" if seconds >= 10 else f"{sign}{seconds:.2g} s"


def share(part: float, whole: float) -> str:
    """Per cent; a little is never shown as none."""
    if not whole:
        return "-"
    exact = 100 * part / whole
    return "<0.1 %" if 0 < exact < 0.1 else f"{exact:.1f} %"


def ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"


def middle(sizes: Sequence[Size]) -> int:
    """The median number of identifiers, 0 where there is no entity."""
    half = sum(size.entities for size in sizes) / 2
    reached = 0
    for size in sizes:
        reached += size.entities
        if reached >= half:
            return size.identifiers
    return 0


def sized(sizes: Iterable[Size]) -> list[tuple[str, int]]:
    """A histogram: each small number of identifiers by itself, larger ones in ranges."""
    counts = Counter[int]()
    for size in sizes:
        bound = next((n for n, most in enumerate(_BOUNDS) if size.identifiers <= most), None)
        counts[len(_BOUNDS) if bound is None else bound] += size.entities
    names = [
        str(most) if most - before == 1 else f"{before + 1}-{most}"
        for before, most in zip((0, *_BOUNDS), _BOUNDS, strict=False)
    ]
    names.append(f">{_BOUNDS[-1]}")
    return [(names[n], counts[n]) for n in range(max(counts, default=-1) + 1)]


def binned(volume: Iterable[Volume]) -> tuple[str, list[tuple[date, Counter[str]]], int]:
    """Events by (unit, [(first day, source → events)], events before the first bin shown).

    The unit is the smallest of day, week, month and year by which all events fit. Of years the last
    ones are shown: a wrong clock may have dated an event into any century.
    """
    days = Counter[tuple[date, str]]()
    for one in volume:
        days[one.day, one.source] += one.events
    if not days:
        return "day", [], 0
    first, last = min(day for day, _ in days), max(day for day, _ in days)
    days_shown = (last - first).days
    unit = next((one for one, long in _DAYS.items() if days_shown // long < _MOST_BINS), "year")
    start, following = _UNITS[unit]
    bins: dict[date, Counter[str]] = {}
    earlier = 0
    if (last.year - first.year) >= _MOST_BINS:
        first = date(last.year - _MOST_BINS + 1, 1, 1)
    day = start(first)
    while day <= last:
        bins[day] = Counter()
        if day.year == date.max.year and unit == "year":
            break
        day = following(day)
    for (day, source), events in days.items():
        if start(day) in bins:
            bins[start(day)][source] += events
        else:
            earlier += events
    return unit, list(bins.items()), earlier


_Step = Callable[[date], date]
_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}
_UNITS: dict[str, tuple[_Step, _Step]] = {
    "day": (lambda day: day, lambda day: day + timedelta(1)),
    "week": (lambda day: day - timedelta(day.weekday()), lambda day: day + timedelta(7)),
    "month": (
        lambda day: day.replace(day=1),
        lambda day: (day.replace(day=1) + timedelta(31)).replace(day=1),
    ),
    "year": (lambda day: date(day.year, 1, 1), lambda day: date(day.year + 1, 1, 1)),
}
