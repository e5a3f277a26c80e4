"""Rows that are inserted where none with their key is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, literal
from sqlalchemy.dialects import postgresql, sqlite

from webapp.store.tables import Base


def insert_new(connection: Connection, table: type[Base], **values: Any) -> bool:
    """Inserts a row; False where one with its primary key is already there, which stays as it is."""
    statement = _insert(connection, table).values(**values).on_conflict_do_nothing()
    return connection.execute(statement.returning(literal(1))).first() is not None


def insert_or_update(connection: Connection, table: type[Base], key: str, **values: Any) -> None:
    """Inserts a row, or puts ``values`` into the row of the same ``key`` (the primary key's column)."""
    statement = _insert(connection, table).values(**values)
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=values))


def _insert(connection: Connection, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
