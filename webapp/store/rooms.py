"""Rooms: each a log of events, numbered from 1 without gaps, and the teacher's last cursor. Events are bytes here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from webapp.store.database import Database, now
from webapp.store.inserts import insert_new
from webapp.store.tables import Room, RoomEvent


@dataclass(frozen=True, slots=True)
class Logged:
    """One event. ``at``: milliseconds since 1970."""

    revision: int
    at: int
    body: bytes


class Log:
    """A room's log while nobody else writes to it."""

    def __init__(self, connection: Connection, code: str, revision: int) -> None:
        self._connection = connection
        self._code = code
        self.revision = revision

    def since(self, revision: int) -> list[Logged]:
        """The events after ``revision``, in order."""
        return _since(self._connection, self._code, revision)

    def append(self, body: bytes) -> Logged:
        """Adds an event. It is kept once the transaction has ended, and not before."""
        event = Logged(self.revision + 1, now(), body)
        self._connection.execute(
            insert(RoomEvent).values(room=self._code, revision=event.revision, at=event.at, body=body)
        )
        self._connection.execute(
            update(Room).where(Room.code == self._code).values(revision=event.revision, updated=event.at)
        )
        self.revision = event.revision
        return event


def open_room(database: Database, code: str, body: bytes) -> bool:
    """Begins a room with its first event; False where the code is taken."""
    at = now()
    with database.write() as connection:
        if not insert_new(connection, Room, code=code, revision=1, updated=at, cursor_number=0):
            return False
        connection.execute(insert(RoomEvent).values(room=code, revision=1, at=at, body=body))
    return True


@contextmanager
def writing(database: Database, code: str) -> Iterator[Log | None]:
    """The room's log, to be added to; None where there is no such room. All or nothing of the body is kept."""
    with database.write() as connection:
        revision = connection.scalar(select(Room.revision).where(Room.code == code).with_for_update())
        yield None if revision is None else Log(connection, code, revision)


def since(database: Database, code: str, revision: int) -> list[Logged]:
    """The events after ``revision``, in order."""
    with database.read() as connection:
        return _since(connection, code, revision)


def _since(connection: Connection, code: str, revision: int) -> list[Logged]:
    rows = connection.execute(
        select(RoomEvent.revision, RoomEvent.at, RoomEvent.body)
        .where(RoomEvent.room == code, RoomEvent.revision > revision)
        .order_by(RoomEvent.revision)
    )
    return [Logged(number, at, body) for number, at, body in rows]


def keep_cursor(database: Database, code: str, number: int, cursor: bytes) -> None:
    """The room's cursor, unless a later one is there."""
    with database.write() as connection:
        connection.execute(
            update(Room)
            .where(Room.code == code, or_(Room.cursor.is_(None), Room.cursor_number < number))
            .values(cursor=cursor, cursor_number=number)
        )


def cursor(database: Database, code: str) -> bytes | None:
    """The cursor that was kept last."""
    with database.read() as connection:
        return connection.scalar(select(Room.cursor).where(Room.code == code))


def count(database: Database) -> int:
    """How many rooms there are."""
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(Room)) or 0


def delete_before(database: Database, time: int) -> int:
    """Deletes the rooms in which nothing happened since ``time``, with their events; how many there were."""
    with database.write() as connection:
        return connection.execute(delete(Room).where(Room.updated < time)).rowcount
