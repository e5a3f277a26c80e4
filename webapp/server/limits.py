"""How often an address may ask for what costs the server something: buckets of tokens, counted by each worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address


@dataclass(frozen=True, slots=True)
class Rate:
    """``burst`` at once, then ``per_minute``."""

    burst: int
    per_minute: float


RATES: Mapping[str, Rate] = {
    # a class sits behind one address: what a class does in a minute must fit
    "link": Rate(120, 60),
    "progress": Rate(600, 300),
    "guess": Rate(30, 10),  # code words that are none, rooms that are none
    "room": Rate(20, 5),
    "join": Rate(400, 60),
    "connection": Rate(80, 1800),  # what one connection asks of its room
    "room lab": Rate(30, 20),  # labs that one room runs
    "grade": Rate(10, 20),  # labs that one student has graded
}

MOST = 20_000
"""Buckets at one time; beyond, those are dropped that have been left alone longest."""


class Limits:
    """The buckets of one process."""

    def __init__(self, rates: Mapping[str, Rate] = RATES, clock: Callable[[], float] = time.monotonic) -> None:
        self._rates = rates
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def wait(self, kind: str, address: str) -> int:
        """Seconds until ``address`` may do something of ``kind``: 0, and it is counted, or it must wait."""
        return self._take(kind, address, 1)

    def blocked(self, kind: str, address: str) -> int:
        """The same, and nothing is counted: for what is counted only where it fails."""
        return self._take(kind, address, 0)

    def _take(self, kind: str, address: str, tokens: int) -> int:
        rate, now, key = self._rates[kind], self._clock(), (kind, network(address))
        with self._lock:
            left, at = self._buckets.pop(key, (float(rate.burst), now))
            left = min(rate.burst, left + (now - at) * rate.per_minute / 60)
            allowed = left >= 1
            self._buckets[key] = (left - tokens if allowed else left, now)
            while len(self._buckets) > MOST:
                del self._buckets[next(iter(self._buckets))]
        return 0 if allowed else max(1, round((1 - left) * 60 / rate.per_minute))


def network(address: str) -> str:
    """What is counted as one: an IPv4 address, the /64 of an IPv6 address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(parsed) >> 64 << 64)) if isinstance(parsed, IPv6Address) else address
