"""nft's listings as text that can be compared: no handles, no times, and hash sets in one order."""

import re
from collections.abc import Iterator

_IGNORED = re.compile(r"\s*# handle \d+|\s+expires \S+")
_TOKEN = re.compile(r'"[^"]*"?|[{}(),]|[^"{}(),]+')


def normalise(text: str) -> str:
    """A rule, set or chain head with single blanks and with the elements of each ``{ … }`` sorted.

    A kernel lists the elements of a hash set in an order of its own.
    """
    bare = " ".join(_IGNORED.sub("", text).split()).rstrip(";")
    return " ".join(_outside_sets(iter(_TOKEN.findall(bare))).split())


def _outside_sets(tokens: Iterator[str]) -> str:
    return "".join(_set(tokens) if token == "{" else token for token in tokens)


def _set(tokens: Iterator[str]) -> str:
    """Reads on after ``{``, up to and including its ``}``."""
    elements, element, parentheses = [], "", 0
    for token in tokens:
        if token == "}":
            break
        if token == "," and parentheses == 0:
            elements.append(element.strip())
            element = ""
            continue
        parentheses += {"(": 1, ")": -1}.get(token, 0)
        element += _set(tokens) if token == "{" else token
    if element.strip():
        elements.append(element.strip())
    return "{ " + ", ".join(sorted(elements)) + " }"
