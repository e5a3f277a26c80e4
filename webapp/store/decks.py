"""Decks: files of teachers, under codes that nobody can guess."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from webapp.store.database import Database, now
from webapp.store.inserts import insert_new
from webapp.store.tables import Deck


def keep(database: Database, content: bytes) -> str:
    """Keeps a deck; its code."""
    code = secrets.token_urlsafe(12)
    with database.write() as connection:
        assert insert_new(connection, Deck, code=code, content=content, created=now())
    return code


def find(database: Database, code: str) -> bytes | None:
    """The deck of a code, None where there is none."""
    with database.read() as connection:
        return connection.scalar(select(Deck.content).where(Deck.code == code))
