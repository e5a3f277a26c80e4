"""Work that is asked for more often than it is done: of many requests for one thing, the last is always honoured."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


class LastWins:
    """Calls ``work(key)`` in a thread of its own, for each key at once and then at most every ``interval`` seconds.

    What ``work`` does may not depend on how often it was asked for.
    """

    def __init__(self, name: str, interval: float, work: Callable[[str], None]) -> None:
        self._interval = interval
        self._work = work
        self._wake = threading.Condition()
        self._due: dict[str, float] = {}
        self._done: dict[str, float] = {}
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def ask(self, key: str) -> None:
        """Has ``work(key)`` called soon."""
        with self._wake:
            if key not in self._due:
                self._due[key] = self._done.get(key, 0.0) + self._interval
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
                self._done = {key: at for key, at in self._done.items() if now - at < self._interval}
                key = min(self._due, key=self._due.__getitem__, default=None)
                if key is not None and self._due[key] <= now:
                    del self._due[key]
                    self._done[key] = now
                    return key
                self._wake.wait(None if key is None else self._due[key] - now)
