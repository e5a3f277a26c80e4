"""Progress in the lessons by a code word. The word is given once and kept by its owner; the database has its hash."""

from __future__ import annotations

import secrets
from functools import cache
from hashlib import scrypt

from mnemonic import Mnemonic
from sqlalchemy import delete, select

from webapp.store.database import Database, now
from webapp.store.inserts import insert_new, insert_or_update
from webapp.store.tables import Progress, Secret

WORDS = 3
"""Words of a code word; each is one of 2,048: 33 bits, behind a slow hash and a limit of tries."""

KEPT = 2 * 365 * 24 * 3_600_000
"""Milliseconds after its last save until progress is deleted: two years."""

UNIQUE = 4
"""Letters that tell a word from all others (BIP-0039): the rest may be left out or mistyped."""


def new(database: Database, content: bytes) -> str:
    """Keeps ``content`` under a new code word, and says which. What is too old makes room."""
    forget_before(database, now() - KEPT)
    while True:
        word = " ".join(secrets.choice(_words()) for _ in range(WORDS))
        owner = _owner(database, word)
        with database.write() as connection:
            if insert_new(connection, Progress, owner=owner, content=content, updated=now()):
                return word


def load(database: Database, word: str) -> bytes | None:
    """What is kept under a code word; None where nothing is, or where it is no code word."""
    known = written(word)
    if known is None:
        return None
    owner = _owner(database, known)
    with database.read() as connection:
        return connection.scalar(select(Progress.content).where(Progress.owner == owner))


def save(database: Database, word: str, content: bytes) -> bool:
    """Puts ``content`` in the place of what is kept under a code word; False where nothing is."""
    known = written(word)
    if known is None:
        return False
    owner = _owner(database, known)
    with database.write() as connection:
        found = connection.scalar(select(Progress.updated).where(Progress.owner == owner).with_for_update())
        if found is None:
            return False
        insert_or_update(connection, Progress, "owner", owner=owner, content=content, updated=now())
    return True


def forget(database: Database, word: str) -> bool:
    """Deletes what is kept under a code word, which then leads to nothing: a save elsewhere does not bring it back.

    False where nothing was kept.
    """
    known = written(word)
    if known is None:
        return False
    owner = _owner(database, known)
    with database.write() as connection:
        return connection.execute(delete(Progress).where(Progress.owner == owner)).rowcount > 0


def forget_before(database: Database, time: int) -> int:
    """Deletes what nobody has saved since ``time``; how many there were."""
    with database.write() as connection:
        return connection.execute(delete(Progress).where(Progress.updated < time)).rowcount


def written(word: str) -> str | None:
    """A code word as it was given, from what somebody typed: capitals, hyphens and endings do not matter."""
    typed = word.lower().replace("-", " ").split()
    found = [_by_beginning().get(one[:UNIQUE]) for one in typed]
    return " ".join(one for one in found if one) if len(found) == WORDS and all(found) else None


@cache
def _words() -> tuple[str, ...]:
    return tuple(Mnemonic("english").wordlist)


@cache
def _by_beginning() -> dict[str, str]:
    return {word[:UNIQUE]: word for word in _words()}


def _owner(database: Database, word: str) -> bytes:
    """The word's hash: slow, and with a pepper of this database, so that a table made elsewhere is of no use."""
    return scrypt(word.encode(), salt=_pepper(database), n=2**14, r=8, p=1, dklen=32)


def _pepper(database: Database) -> bytes:
    with database.read() as connection:
        pepper = connection.scalar(select(Secret.value).where(Secret.name == "progress"))
    if pepper is not None:
        return pepper
    with database.write() as connection:
        insert_new(connection, Secret, name="progress", value=secrets.token_bytes(32))
    return _pepper(database)
