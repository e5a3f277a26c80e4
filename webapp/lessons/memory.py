"""What has been computed of a lesson is kept until one of its files changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from webapp.lessons.model import Lesson

T = TypeVar("T")

MOST = 1_000
"""Values that are kept; those used longest ago go first."""

_kept: OrderedDict[tuple[str, ...], Any] = OrderedDict()
_lock = Lock()


def remembered(lesson: Lesson, key: tuple[str, ...], make: Callable[[], T]) -> T:
    """The value of ``make``, which depends on nothing but the lesson and the key."""
    whole = (lesson.slug, lesson.revision, *key)
    with _lock:
        if whole in _kept:
            _kept.move_to_end(whole)
            found: T = _kept[whole]
            return found
    value = make()  # not under the lock: it runs labs, and the same value made twice does no harm
    with _lock:
        _kept[whole] = value
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return value
