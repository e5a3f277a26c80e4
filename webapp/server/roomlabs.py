"""The labs that rooms see, each run once for everybody: labs are deterministic."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future
from hashlib import sha256

from webapp.classroom.values import RoomLab
from webapp.server.labs import OpenLab, RefusedError
from webapp.server.protocol import LabState, Steps, WalkDone
from webapp.server.sessions import AT_ONCE

MOST = 24
"""Labs that are held, run; the one that nobody asked for longest goes first."""


class RoomLabs:
    """The labs of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._labs: OrderedDict[bytes, Future[OpenLab]] = OrderedDict()

    def check(self, lab: RoomLab) -> None:
        """Runs what is to be shown. RefusedError: it cannot be run."""
        self._run(lab.script, lab.title)
        if lab.other:
            self._run(lab.other, lab.other_title)

    def states(self, lab: RoomLab) -> tuple[LabState, LabState | None]:
        """The lab, and the second of a twin."""
        return self._state(lab.script, lab.title), self._state(lab.other, lab.other_title) if lab.other else None

    def walk(self, lab: RoomLab, probe: int, *, other: bool) -> tuple[Steps, WalkDone]:
        """A walk of the lab. RefusedError: it has no such probe."""
        opened = self._run(lab.other, lab.other_title) if other else self._run(lab.script, lab.title)
        sent: list[Steps] = []
        done = opened.send_walk(probe, sent.append)
        steps = tuple(step for part in sent for step in part.steps)
        return Steps("", probe, 0, steps, 0, tuple(state for part in sent for state in part.states)), done

    def _state(self, script: str, title: str) -> LabState:
        return self._run(script, title).state()

    def _run(self, script: str, title: str) -> OpenLab:
        key = sha256(f"{title}\0{script}".encode()).digest()
        with self._lock:
            future = self._labs.get(key)
            mine = future is None
            if future is None:
                future = self._labs[key] = Future()
            self._labs.move_to_end(key)
            while len(self._labs) > MOST:
                self._labs.popitem(last=False)
        if mine:
            self._fill(key, future, script, title)
        return future.result()

    def _fill(self, key: bytes, future: Future[OpenLab], script: str, title: str) -> None:
        try:
            with AT_ONCE:
                opened = OpenLab(script, title)
        except BaseException as error:  # whoever waits for the lab must not wait for ever
            with self._lock:
                self._labs.pop(key, None)
            future.set_exception(error)
            if not isinstance(error, RefusedError):
                raise
        else:
            opened.key = ""
            future.set_result(opened)
