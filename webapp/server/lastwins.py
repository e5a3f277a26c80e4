"""Work that is asked for more often than it is done: of many requests for one thing, the last is always honoured."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


class LastWins:
    """Calls ``work(key)`` in a thread of its own, for each key at most every ``interval`` seconds on the average.

    Two may follow each other at once (a bucket of two): who asks just as often as is allowed, but not quite evenly,
    does not wait. What ``work`` does may not depend on how often it was asked for.
    """

    def __init__(self, name: str, interval: float, work: Callable[[str], None]) -> None:
        self._interval = interval
        self._work = work
        self._wake = threading.Condition()
        self._due: dict[str, float] = {}
        self._full: dict[str, float] = {}  # when the key's bucket is full again
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def ask(self, key: str) -> None:
        """Has ``work(key)`` called soon."""
        with self._wake:
            if key not in self._due:
                self._due[key] = max(time.monotonic(), self._full.get(key, 0.0) - self._interval)
                self._wake.notify()

    def _run(self) -> None:
        while True:
            key = self._next()
            try:
                self._work(key)
            except Exception:  # the thread outlives a database that is away for a moment; the next request tries again
                log.exception("%s", key)

    def _next(self) -> str:
        with self._wake:
            while True:
                now = time.monotonic()
                self._full = {key: at for key, at in self._full.items() if at > now}
                key = min(self._due, key=self._due.__getitem__, default=None)
                if key is not None and self._due[key] <= now:
                    del self._due[key]
                    self._full[key] = max(now, self._full.get(key, 0.0)) + self._interval
                    return key
                self._wake.wait(None if key is None else self._due[key] - now)
