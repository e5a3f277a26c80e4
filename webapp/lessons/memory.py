"""What has been computed of a lesson is kept until one of its files changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from threading import Lock
from typing import Any, TypeVar

from webapp.lessons.model import Lesson

T = TypeVar("T")

MOST = 1_000
"""Values that are kept; those used longest ago go first."""

_kept: OrderedDict[tuple[str, ...], Future[Any]] = OrderedDict()
_lock = Lock()


def remembered(lesson: Lesson, key: tuple[str, ...], make: Callable[[], T]) -> T:
    """The value of ``make``, which depends on nothing but the lesson and the key. Who asks meanwhile waits for it."""
    whole = (lesson.slug, lesson.revision, *key)
    with _lock:
        found = _kept.get(whole)
        if found is None:
            value = _kept[whole] = Future[T]()
            while len(_kept) > MOST:
                _kept.popitem(last=False)
        else:
            _kept.move_to_end(whole)
    if found is None:
        return _made(whole, value, make)
    try:
        result: T = found.result()
    except CancelledError:  # whatever ended the other one's work
        return remembered(lesson, key, make)
    return result


def _made(whole: tuple[str, ...], value: Future[T], make: Callable[[], T]) -> T:
    try:
        value.set_result(make())  # not under the lock: it runs labs
    finally:
        if value.cancel():  # there is no result
            with _lock:
                if _kept.get(whole) is value:
                    del _kept[whole]
    return value.result()
