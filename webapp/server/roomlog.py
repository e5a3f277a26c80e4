"""A room in this process, kept level with its log in the database, which other processes write to as well."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from webapp.classroom.events import Event, decode, encode
from webapp.classroom.room import Room
from webapp.store import rooms
from webapp.store.database import Database


class NoRoomError(Exception):
    """There is no room of that code, or no longer."""


class RoomLog:
    """One room. ``updated`` is the time of its last event, in milliseconds since 1970."""

    def __init__(self, database: Database, code: str) -> None:
        self._database = database
        self._code = code
        self._lock = threading.Lock()
        self._room = Room()
        self.updated = 0

    @contextmanager
    def reading(self) -> Iterator[Room]:
        """The room as it is now, which nobody in this process changes meanwhile. NoRoomError."""
        with self._lock:
            self._apply(rooms.since(self._database, self._code, self._room.revision))
            if not self._room.revision:
                raise NoRoomError
            yield self._room

    def write(self, decide: Callable[[Room], tuple[Event, ...]]) -> tuple[Event, ...]:
        """Adds the events that ``decide`` makes of the room. Once this returns they are kept. NoRoomError.

        An exception of ``decide`` passes through, and leaves everything as it was.
        """
        with self._lock:
            with rooms.writing(self._database, self._code) as log:
                if log is None:
                    raise NoRoomError
                self._apply(log.since(self._room.revision))
                events = decide(self._room)
                logged = [log.append(encode(event)) for event in events]
            self._apply(logged)
            return events

    def _apply(self, logged: list[rooms.Logged]) -> None:
        for event in logged:
            self._room.apply(decode(event.body))
            self.updated = event.at
