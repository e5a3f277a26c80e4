"""Work that is asked for more often than it is done."""

import threading
import time

from tests.waiting import wait_until
from webapp.server.lastwins import LastWins


def test_the_last_request_of_many_is_honoured() -> None:
    asked = 0
    seen: list[int] = []
    wins = LastWins("test", 0.02, lambda _key: seen.append(asked))
    for asked in range(1, 200):  # noqa: B007  # read by the work
        wins.ask("a")
    wait_until(lambda: seen and seen[-1] == 199)
    assert len(seen) < 50


def test_work_is_done_no_more_often_than_its_interval_allows_on_the_average() -> None:
    times: list[float] = []
    wins = LastWins("test", 0.05, lambda _key: times.append(time.monotonic()))
    enough = threading.Event()
    while len(times) < 8:
        wins.ask("a")
        enough.wait(0.001)
    assert times[7] - times[0] >= 0.05 * 6  # two at once, then one for each interval


def test_a_key_does_not_wait_for_another() -> None:
    seen: list[str] = []
    wins = LastWins("test", 3600, seen.append)
    for key in "ab":
        wins.ask(key)
    wait_until(lambda: set(seen) == {"a", "b"})
