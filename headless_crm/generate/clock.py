"""Times as whole seconds since 1970, and their spellings. Nothing here reads a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from headless_crm.generate.dice import Dice

HOUR = 3_600
DAY = 86_400

# Spellings are looked up, not computed: a row has several, and there are many rows.
_ORIGIN = datetime(2018, 1, 1, tzinfo=UTC)
_ORIGIN_SECONDS = int(_ORIGIN.timestamp())
_DAYS = [_ORIGIN + timedelta(days=day) for day in range(9 * 366)]
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO_DATES = [f"{day:%Y-%m-%d}T" for day in _DAYS]
_MAIL_DATES = [
    f"{_WEEKDAYS[day.weekday()]}, {day:%d} {_MONTHS[day.month - 1]} {day:%Y} " for day in _DAYS
]
_MINUTES = [f"{minute // 60:02}:{minute % 60:02}:" for minute in range(1440)]
_SECONDS = [f"{second:02}" for second in range(60)]

FIRST = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
LAST = int(datetime(2025, 6, 30, 23, 59, 59, tzinfo=UTC).timestamp())


def iso(moment: int) -> str:
    """ISO 8601 in UTC: 2025-01-02T03:04:05Z."""
    day, rest = divmod(moment - _ORIGIN_SECONDS, DAY)
    return f"{_ISO_DATES[day]}{_MINUTES[rest // 60]}{_SECONDS[rest % 60]}Z"


def mail_date(moment: int) -> str:
    """RFC 5322 in UTC: Thu, 02 Jan 2025 03:04:05 +0000."""
    day, rest = divmod(moment - _ORIGIN_SECONDS, DAY)
    return f"{_MAIL_DATES[day]}{_MINUTES[rest // 60]}{_SECONDS[rest % 60]} +0000"


def moment_after(dice: Dice, earliest: int = FIRST) -> int:
    """A moment from `earliest` to the end of the time range."""
    return earliest + dice.below(max(LAST - earliest, 0) + 1)


def landing(dice: Dice, occurred: int) -> int:
    """When a row lands in the warehouse: mostly minutes after it occurred, at times days."""
    roll = dice.random()
    if roll < 0.8:
        return occurred + dice.between(60, HOUR)
    if roll < 0.97:
        return occurred + dice.between(HOUR, DAY)
    return occurred + dice.between(DAY, 6 * DAY)
