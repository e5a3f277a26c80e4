"""The tables, as the newest migration leaves them. Times are milliseconds since 1970."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables."""


class Secret(Base):
    """What this server alone knows, such as the pepper of its hashes."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)


class ShortLink(Base):
    """A lab's link by value under a short code. It never expires."""

    __tablename__ = "short_links"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    created: Mapped[int] = mapped_column(BigInteger)


class Progress(Base):
    """How far somebody has come in the lessons. ``owner`` is the hash of a code word, which itself is not kept."""

    __tablename__ = "progress"

    owner: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    updated: Mapped[int] = mapped_column(BigInteger, index=True)


class Room(Base):
    """A classroom. ``revision`` is that of its last event; ``cursor`` is the teacher's last, with its number."""

    __tablename__ = "rooms"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    revision: Mapped[int]
    updated: Mapped[int] = mapped_column(BigInteger, index=True)
    cursor: Mapped[bytes | None] = mapped_column(LargeBinary)
    cursor_number: Mapped[int] = mapped_column(BigInteger)


class RoomEvent(Base):
    """One event of a room's log, numbered from 1 without gaps."""

    __tablename__ = "room_events"

    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Deck(Base):
    """A teacher's list of labs, steps and questions, as its file."""

    __tablename__ = "decks"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[int] = mapped_column(BigInteger)
