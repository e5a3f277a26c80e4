"""What the actions of all productions work with.

Every action takes the production's values (tokens are ``Token``, the rest what other actions made) and its location.
Productions that make lists of block items make ``(word, value, location)`` tuples, gathered when the block closes.
"""

from __future__ import annotations

import functools
import operator
from typing import Any

from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.scanner import Token
from webapp.userland.nftables.words import GLOBAL, WORD_OPERATORS

Args = list[Any]
Item = tuple[str, Any, Location]
Found = dict[str, list[tuple[Any, Location]]]


def at(token: Token) -> Location:
    """Where a token stands."""
    return Location(token.start, token.end)


def number(token: Token) -> int:
    """The number that a token is."""
    return int(token.text)


def unexpected(token: Token) -> NftError:
    """A word that the grammar let through as one of a class, but that does not fit its neighbour."""
    word = token.text if token.text in GLOBAL and token.text not in WORD_OPERATORS else "string"
    return NftError(f"syntax error, unexpected {word}", at(token))


def gather(items: list[Item | None]) -> Found:
    """A block's items by their word."""
    found: Found = {}
    for item in items:
        if item is not None:
            found.setdefault(item[0], []).append((item[1], item[2]))
    return found


def last(found: Found, word: str, default: Any = None) -> Any:
    """The value of the last item of a word."""
    return found[word][-1][0] if word in found else default


def once(found: Found, word: str) -> Any:
    """The value of an item that may be given once."""
    if word not in found:
        return None
    if len(found[word]) > 1:
        raise NftError("You can only specify this once. This statement is duplicated.", found[word][1][1])
    return found[word][0][0]


def flags(found: Found) -> int:
    """All flags that a block gives."""
    return functools.reduce(operator.or_, (value for value, _ in found.get("flags", ())), 0)
