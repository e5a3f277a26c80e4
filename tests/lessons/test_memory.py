"""What is computed of a lesson, when several ask for it at one time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from webapp.lessons.course import Shelf
from webapp.lessons.memory import remembered

LESSON = Shelf().course().lessons[0]


class Work:
    """Waits until it is let go; counts how often it is done."""

    def __init__(self, *failures: Exception) -> None:
        self.begun, self.go = Event(), Event()
        self.done = 0
        self.failures = list(failures)

    def __call__(self) -> str:
        self.begun.set()
        assert self.go.wait(20)
        self.done += 1
        if self.failures:
            raise self.failures.pop()
        return "made"


def test_who_asks_while_a_value_is_made_waits_for_it_and_does_not_make_it_again() -> None:
    work = Work()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(remembered, LESSON, ("once",), work)
        assert work.begun.wait(20)
        second = pool.submit(remembered, LESSON, ("once",), work)
        work.go.set()
        assert (first.result(20), second.result(20)) == ("made", "made")
    assert work.done == 1


def test_what_ends_one_does_not_end_the_other_who_waited() -> None:
    work = Work(ValueError("of the first one"))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(remembered, LESSON, ("fails",), work)
        assert work.begun.wait(20)
        second = pool.submit(remembered, LESSON, ("fails",), work)
        work.go.set()
        with pytest.raises(ValueError, match="of the first one"):
            first.result(20)
        assert second.result(20) == "made"
    assert work.done == 2
