"""What the server takes from its environment: where it keeps things."""

from __future__ import annotations

import os
from pathlib import Path

from webapp.store.database import Database


def database(folder: Path | None = None) -> Database:
    """The database: DATABASE_URL's, unless a ``folder`` is named; else a file in HOOKWALK_DATA, or in the user's data.

    DatabaseError: it cannot be opened.
    """
    url = os.environ.get("DATABASE_URL", "")
    if folder is None and url:
        return Database(url)
    return Database.in_folder(folder or data_folder())


def data_folder() -> Path:
    """Where files are kept (XDG Base Directory Specification)."""
    if named := os.environ.get("HOOKWALK_DATA", ""):
        return Path(named)
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if base else Path.home() / ".local" / "share") / "hookwalk"
