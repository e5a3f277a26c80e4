"""Who is connected and which labs each holds open, with the limits of a connection. No sockets in here."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from webapp.lab.builtin import builtin
from webapp.lessons.course import Shelf
from webapp.lessons.shown import LANGUAGES
from webapp.server import lessons, workshop
from webapp.server.completion import complete
from webapp.server.labs import OpenLab, RefusedError, SendSteps
from webapp.server.lessons import LessonRequest
from webapp.server.protocol import (
    Answer,
    Cancel,
    Cancelled,
    Closed,
    CloseLab,
    Complete,
    Failed,
    GetWalk,
    OpenBuiltin,
    OpenScript,
    ReplaceScript,
    Request,
    RunCommand,
    Verify,
)
from webapp.server.verify import LiveKernel
from webapp.server.workshop import WorkshopRequest

MAX_CONNECTIONS = 500
MAX_LABS = 6
"""Labs that one connection holds open; opening another closes the one opened first."""

REQUESTS_PER_SECOND = 20
BURST = 60
CANCELLED = 64
"""Questions of a connection that are remembered as cancelled: some may still wait for their turn."""
AT_ONCE = threading.BoundedSemaphore(4)
"""Labs that run at one time, so that a few heavy ones leave room for the light ones."""


class Session:
    """One connection: its labs in the order in which they were opened, and a bucket of requests."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        live: LiveKernel | None = None,
        shelf: Shelf | None = None,
        language: str = LANGUAGES[0],
    ) -> None:
        self.language = language
        self._live = live
        self._shelf = shelf or Shelf()
        self.labs: dict[str, OpenLab] = {}
        self._clock = clock
        self._tokens = float(BURST)
        self._filled = clock()
        self._lock = threading.Lock()
        self._cancelled: deque[int] = deque(maxlen=CANCELLED)
        self._left = False

    def leave(self) -> None:
        """The browser has gone: no answer is wanted any more."""
        self._left = True

    def _wanted(self, question: int) -> bool:
        return not self._left and question not in self._cancelled

    def answer(self, request: Request, send: SendSteps) -> Answer:
        """Does what ``request`` asks. Requests of one connection run one after the other, but for Cancel."""
        if isinstance(request, Cancel):
            self._cancelled.append(request.question)
            return Cancelled(request.question)
        with self._lock:
            if not self._take_token():
                return Failed("busy", "too many requests; wait a moment and try again")
            try:
                if isinstance(request, (GetWalk, Complete, CloseLab)):
                    return self._read(request, send)
                with AT_ONCE:
                    if isinstance(request, LessonRequest):
                        return lessons.answer(request, self._shelf)
                    if isinstance(request, WorkshopRequest):
                        return workshop.answer(request, self._lab, self._wanted, self.language)
                    return self._run(request, send)
            except RefusedError as refused:
                return refused.failed

    def _take_token(self) -> bool:
        now = self._clock()
        self._tokens = min(BURST, self._tokens + (now - self._filled) * REQUESTS_PER_SECOND)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _run(self, request: Verify | OpenBuiltin | OpenScript | RunCommand | ReplaceScript, send: SendSteps) -> Answer:
        match request:
            case Verify(key):
                return self._lab(key).verify(self._live)
            case OpenBuiltin(slug):
                found = builtin(slug)
                if found is None:
                    return Failed("unknown_name", f"there is no built-in lab {slug!r}")
                return self._open(OpenLab(found.script, found.title))
            case OpenScript(script, title):
                return self._open(OpenLab(script, title))
            case RunCommand(key, netns, line):
                lab = self._lab(key)
                lab.command(netns, line, send)
                return lab.state()
            case ReplaceScript(key, script):
                lab = self._lab(key)
                lab.replace(script)
                return lab.state()

    def _read(self, request: GetWalk | Complete | CloseLab, send: SendSteps) -> Answer:
        match request:
            case GetWalk(key, probe):
                return self._lab(key).send_walk(probe, send)
            case Complete(key, netns, line):
                return complete(self._lab(key).lab.machine, netns, line)
            case CloseLab(key):
                self.labs.pop(key, None)
                return Closed(key)

    def _open(self, lab: OpenLab) -> Answer:
        while len(self.labs) >= MAX_LABS:
            del self.labs[next(iter(self.labs))]
        self.labs[lab.key] = lab
        return lab.state()

    def _lab(self, key: str) -> OpenLab:
        lab = self.labs.get(key)
        if lab is None:
            raise RefusedError(Failed("unknown_lab", "the server no longer holds this lab; it is opened again"))
        return lab


class Sessions:
    """All connections, by Socket.IO's session id."""

    def __init__(self, most: int = MAX_CONNECTIONS, live: LiveKernel | None = None, shelf: Shelf | None = None) -> None:
        self._most = most
        self._live = live
        self.shelf = shelf or Shelf()
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, sid: str, language: str = LANGUAGES[0]) -> bool:
        """A browser has come, whose page is in ``language``; False: there is no room."""
        with self._lock:
            if len(self._sessions) >= self._most:
                return False
            self._sessions[sid] = Session(live=self._live, shelf=self.shelf, language=language)
            return True

    def close(self, sid: str) -> None:
        """A browser has gone."""
        with self._lock:
            session = self._sessions.pop(sid, None)
        if session is not None:
            session.leave()

    def get(self, sid: str) -> Session:
        """The session of a connection that is open."""
        return self._sessions[sid]
