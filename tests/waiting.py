"""Waiting for what happens in another thread or process."""

import time
from collections.abc import Callable


def wait_until(happened: Callable[[], object], within: float = 15.0) -> None:
    """Returns as soon as ``happened()`` is true; fails after ``within`` seconds."""
    deadline = time.monotonic() + within
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
