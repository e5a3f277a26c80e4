"""Relative times, dates and hours, from words and to words (time_parse and time_print of nftables src/datatype.c;
src/meta.c, date_type and hour_type).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from webapp.userland.nftables.erec import DatatypeError

GMTOFF = 0
"""Seconds that the modelled machine's local time is ahead of UTC."""

_TIME_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_TIME_WORDS = {"d": "Day", "h": "Hour", "m": "Minute", "s": "Second", "ms": "Millisecond"}
_NANOSECONDS = 1_000_000_000
_DAY_SECONDS = 86400
_DATE_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")


def parse_time(word: str) -> int:
    """A relative time such as 1h30m in milliseconds; without unit it is seconds. Raises DatatypeError."""
    if word.isdecimal():
        if len(word) > 8:
            raise DatatypeError("value too large")
        return int(word) * 1000
    total = 0
    seen: set[str] = set()
    at = 0
    while at < len(word):
        match = re.compile(r"(\d*)(ms|[dhms])").match(word, at)
        if match is None:
            raise DatatypeError("wrong time format")
        digits, unit = match.groups()
        if unit in seen:
            raise DatatypeError(f"{_TIME_WORDS[unit]} has been specified twice")
        if len(digits) > 8:
            raise DatatypeError("value too large")
        seen.add(unit)
        total += int(digits or 0) * _TIME_UNITS[unit]
        at = match.end()
    return total


def format_time(milliseconds: int, *, seconds: bool) -> str:
    """A relative time: 1h30m; 5400s where only seconds are wanted (time_print)."""
    if seconds:
        return f"{milliseconds // 1000}s"
    parts = []
    for unit, size in _TIME_UNITS.items():
        count, milliseconds = divmod(milliseconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def parse_date(word: str) -> int:
    """A moment in nanoseconds since 1970. Raises DatatypeError."""
    seconds: int | None = int(word) if word.isdecimal() else None
    for layout in _DATE_FORMATS:
        if seconds is None and (moment := _seconds(word, layout)) is not None:
            seconds = moment - GMTOFF
    if seconds is None:
        raise DatatypeError("Cannot parse date")
    return seconds * _NANOSECONDS % (1 << 64)


def _seconds(word: str, layout: str) -> int | None:
    try:
        return int(datetime.strptime(word, layout).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def format_date(value: int) -> str:
    """A moment by the local clock."""
    try:
        moment = datetime.fromtimestamp(value // _NANOSECONDS + GMTOFF, UTC)
    except (OverflowError, ValueError):
        return "Error converting timestamp to printed time"
    return f'"{moment:%Y-%m-%d %H:%M:%S}"'


def parse_hour(word: str) -> int:
    """A time of day in seconds since midnight, UTC. Raises DatatypeError."""
    if word.isdecimal():
        seconds = int(word)
    elif match := re.fullmatch(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?", word):
        hours, minutes, rest = int(match[1]), int(match[2]), int(match[3] or 0)
        if hours > 23 or minutes > 59 or rest > 61:
            raise DatatypeError(f"Cannot parse hour of {word}")
        seconds = hours * 3600 + minutes * 60 + rest
    else:
        seconds = parse_time(word) // 1000
    if not word.isdecimal():
        seconds = (seconds - GMTOFF) % _DAY_SECONDS
    return seconds


def format_hour(value: int) -> str:
    """A time of day by the local clock."""
    seconds = value + GMTOFF
    seconds = seconds - _DAY_SECONDS if seconds >= _DAY_SECONDS else seconds
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f'"{text}:{seconds % 60:02}"' if seconds % 60 else f'"{text}"'
