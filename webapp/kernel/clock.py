"""Virtual time: a number of nanoseconds that moves only when the machine is told to, and its timer list.

Plays kernel/time/timer.c and hrtimer.c; timers of ``call_later`` that fall due at one time run in the order in which
they were armed, those of ``mod_timer`` in the opposite one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

NSEC_PER_SEC = 1_000_000_000
NSEC_PER_MSEC = 1_000_000

JIFFY = 4 * NSEC_PER_MSEC
"""One tick of a kernel with CONFIG_HZ=250."""

_WHEEL_LEVELS = 9
_LEVEL_SLOTS = 63

BOOTED = NSEC_PER_SEC
"""The time when a lab finds its machine: not 0, which many a record takes for "never"."""


class Timer:
    """A pending call; ``cancel()`` makes it do nothing."""

    __slots__ = ("callback", "expires")

    def __init__(self, expires: int, callback: Callable[[], None]) -> None:
        self.expires = expires
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        """del_timer: forget the call."""
        self.callback = None


class Clock:
    """Nanoseconds since boot, and what is to happen later."""

    __slots__ = ("_queue", "_serial", "now")

    def __init__(self) -> None:
        self.now = BOOTED
        self._queue: list[tuple[int, int, Timer]] = []
        self._serial = 0

    def call_later(self, delay: int, callback: Callable[[], None]) -> Timer:
        """hrtimer_start: run ``callback`` ``delay`` nanoseconds from now."""
        timer = Timer(self.now + delay, callback)
        self._serial += 1
        heapq.heappush(self._queue, (timer.expires, self._serial, timer))
        return timer

    def mod_timer(self, delay: int, callback: Callable[[], None]) -> Timer:
        """mod_timer with the timer wheel's inexactness (calc_wheel_index): never early, and mostly late.

        The wheel's levels are 1, 8, 64 … ticks coarse, the coarser the further away a timer is; and a slot's list
        has its newest timer first.
        """
        jiffies = self.now // JIFFY
        ticks = -(-delay // JIFFY)
        coarse = next((8**level for level in range(_WHEEL_LEVELS) if ticks < _LEVEL_SLOTS * 8**level), 8**8)
        timer = Timer((jiffies + ticks + coarse) // coarse * coarse * JIFFY, callback)
        self._serial += 1
        heapq.heappush(self._queue, (timer.expires, -self._serial, timer))
        return timer

    def next_expiry(self) -> int | None:
        """When the next live timer falls due, or None."""
        while self._queue and self._queue[0][2].callback is None:
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    def pop_due(self) -> Callable[[], None] | None:
        """The next callback that is due now, taken off the list."""
        expires = self.next_expiry()
        if expires is None or expires > self.now:
            return None
        return heapq.heappop(self._queue)[2].callback
