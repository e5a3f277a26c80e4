"""The database: SQLite in a file by default, PostgreSQL by its URL.

What write() has committed survives the end of the process at any moment: SQLite runs with a write-ahead log and
synchronous=FULL, PostgreSQL with its own default.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import PoolProxiedConnection

MIGRATIONS = Path(__file__).parent / "migrations"

FILE = "hookwalk.sqlite3"
"""SQLite's file below the data directory."""

_MIGRATION_LOCK = 0x686F6F6B
"""Number of PostgreSQL's advisory lock that one worker holds while it migrates."""

_PATIENCE = 30.0
"""Seconds to wait for a lock of another process, or for a free connection."""


class DatabaseError(Exception):
    """A database URL that cannot be used, in words for whoever set it."""


def now() -> int:
    """Milliseconds since 1970, as the tables keep times."""
    return time.time_ns() // 1_000_000


class Database:
    """One process's connections to a database, which is brought to the newest migration first.

    Several processes may begin at the same time. DatabaseError: the URL is neither SQLite's nor PostgreSQL's.
    """

    def __init__(self, url: str) -> None:
        where = _url(url)
        self.is_sqlite = where.get_backend_name() == "sqlite"
        # isolation_level None: the driver begins no transaction of its own; _begin_sqlite does
        arguments: dict[str, Any] = {"timeout": _PATIENCE, "isolation_level": None} if self.is_sqlite else {}
        self._engine = create_engine(
            where, connect_args=arguments, pool_size=8, max_overflow=8, pool_timeout=_PATIENCE, pool_pre_ping=True
        )
        if self.is_sqlite:
            event.listen(self._engine, "connect", _set_up_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        try:
            self._migrate()
        except OperationalError as error:
            raise DatabaseError(f"the database cannot be opened: {str(error.orig).strip()}") from error

    @classmethod
    def in_folder(cls, folder: Path) -> Database:
        """SQLite's file in ``folder``, which is made where it is missing."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"the data directory cannot be made: {error}") from error
        return cls(f"sqlite:///{folder / FILE}")

    @classmethod
    def temporary(cls) -> Database:
        """A database that ends with the process."""
        folder = TemporaryDirectory(prefix="hookwalk-")
        database = cls.in_folder(Path(folder.name))
        database._folder = folder  # noqa: SLF001  # its own; removed with it
        return database

    _folder: TemporaryDirectory[str] | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that changes nothing."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction, committed when the body ends without an exception. SQLite lets in one at a time."""
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Gives the connections back."""
        self._engine.dispose()

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with self.write() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _url(url: str) -> URL:
    try:
        where = make_url(url)
    except ArgumentError as error:
        raise DatabaseError("DATABASE_URL is no URL; write postgresql://USER@HOST/NAME or sqlite:///FILE") from error
    if where.get_backend_name() in ("postgres", "postgresql"):
        if find_spec("psycopg") is None:
            raise DatabaseError("PostgreSQL needs a driver: pip install 'hookwalk[campus]'")
        return where.set(drivername="postgresql+psycopg")
    if where.get_backend_name() == "sqlite":
        return where
    raise DatabaseError(f"DATABASE_URL begins with {where.drivername}; Hookwalk knows postgresql:// and sqlite:///")


def _set_up_sqlite(connection: Any, _record: PoolProxiedConnection) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # a transaction that reads first and writes later may meet another writer in between; this one waits at its begin
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
