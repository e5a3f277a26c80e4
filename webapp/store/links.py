"""Short links: an address under a code that its content gives, so that the same lab always has the same code."""

from __future__ import annotations

from base64 import b32encode
from hashlib import sha256

from sqlalchemy import Connection, select

from webapp.store.database import Database, now
from webapp.store.inserts import insert_new
from webapp.store.tables import ShortLink

LENGTH = 8
"""Characters of a code, unless another address has it: then it is longer. 40 bits: links cannot be gone through."""


def keep(database: Database, address: str) -> str:
    """The code of ``address``, which is kept."""
    digest = b32encode(sha256(address.encode()).digest()).decode().lower().rstrip("=")
    with database.write() as connection:
        for length in range(LENGTH, 32):
            code = digest[:length]
            if insert_new(connection, ShortLink, code=code, address=address, created=now()):
                return code
            if _address(connection, code) == address:
                return code
    raise AssertionError("two addresses with one hash")


def find(database: Database, code: str) -> str | None:
    """The address of a code, None where there is none."""
    with database.read() as connection:
        return _address(connection, code)


def _address(connection: Connection, code: str) -> str | None:
    return connection.scalar(select(ShortLink.address).where(ShortLink.code == code))
