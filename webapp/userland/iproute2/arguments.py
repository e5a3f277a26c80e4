"""The command line as iproute2 reads it (lib/utils.c): one word after the other, abbreviations, numbers, complaints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeVar

FAILURE = 1
KERNEL_REFUSED = 2
USAGE = 255
"""What exit(-1) leaves in $?."""

T = TypeVar("T")

_INTEGER = re.compile(r"[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)")
_UINT_MAX = 0xFFFFFFFF
_ULONG_MAX = (1 << 64) - 1


class Exit(Exception):  # noqa: N818 - named after exit(3): to end is no error
    """The program ends with ``code``, after ``message`` (with its newline; may be empty) on stderr."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Arguments:
    """The words that are left to read."""

    __slots__ = ("_at", "_words")

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._words)

    def __len__(self) -> int:
        return len(self._words) - self._at

    def take(self) -> str:
        """The next word. There must be one."""
        self._at += 1
        return self._words[self._at - 1]

    def peek(self) -> str:
        """The next word, which stays, or the empty string."""
        return self._words[self._at] if self else ""

    def value(self) -> str:
        """NEXT_ARG: the word that an option needs. Ends the program where the line is over."""
        if not self:
            raise Exit(USAGE, 'Command line is not complete. Try option "help"\n')
        return self.take()

    def back(self) -> None:
        """PREV_ARG: the last word is to be read again."""
        self._at -= 1

    def rest(self) -> list[str]:
        """All words that are left, taken."""
        rest = list(self._words[self._at :])
        self._at = len(self._words)
        return rest


def matches(word: str, keyword: str) -> bool:
    """Whether ``word`` is ``keyword`` or an abbreviation of it; the empty word is none."""
    return word != "" and keyword.startswith(word)


def lookup(table: Mapping[str, T], word: str) -> T | None:
    """The entry of the first keyword that ``word`` fits. A keyword with a star at its end may be abbreviated."""
    if not word or word[-1] == "*":
        return None
    for keyword, entry in table.items():
        if keyword.startswith(word) and (keyword[-1] == "*" or keyword == word):
            return entry
    return None


# Complaints. invarg's text often ends in a newline of its own: the real tool prints an empty line there.


def missarg(key: str) -> NoReturn:
    """A required argument is not there."""
    raise Exit(USAGE, f'Error: argument "{key}" is required\n')


def invarg(msg: str, arg: str) -> NoReturn:
    """An argument's value makes no sense."""
    raise Exit(USAGE, f'Error: argument "{arg}" is wrong: {msg}\n')


def duparg(key: str, arg: str) -> NoReturn:
    """An option came twice."""
    raise Exit(USAGE, f'Error: duplicate "{key}": "{arg}" is the second value.\n')


def duparg2(key: str, arg: str) -> NoReturn:
    """A word without an option where one was read already."""
    raise Exit(USAGE, f'Error: either "{key}" is duplicate, or "{arg}" is a garbage.\n')


def nodev(dev: str) -> NoReturn:
    """There is no such device."""
    raise Exit(FAILURE, f'Cannot find device "{dev}"\n')


def not_modelled(what: str) -> NoReturn:
    """Something that the real tool knows and the model does not."""
    raise Exit(USAGE, f"Error: {what} is not part of the model.\n")


# Numbers


def _strtol(text: str) -> int | None:
    match = _INTEGER.fullmatch(text)
    if match is None:
        return None
    digits = match[2]
    base = 16 if digits[:2] in ("0x", "0X") else 8 if digits[0] == "0" else 10
    number = int(digits, base)
    return -number if match[1] == "-" else number


def get_integer(text: str) -> int | None:
    """A C int, decimal, hexadecimal or octal; None if it is not one."""
    number = _strtol(text)
    return number if number is not None and -(1 << 31) <= number < 1 << 31 else None


def get_unsigned(text: str, limit: int = _UINT_MAX) -> int | None:
    """An unsigned number up to ``limit``; None if it is not one."""
    number = _strtol(text)
    if number is None or not -_ULONG_MAX <= number <= _ULONG_MAX:
        return None
    # strtoul takes a minus sign and wraps
    number &= _ULONG_MAX
    return number if number <= limit else None


def parse_on_off(name: str, word: str) -> bool:
    """``on`` or ``off``, abbreviated or not."""
    for index, choice in enumerate(("off", "on")):
        if matches(word, choice):
            return bool(index)
    raise Exit(22, f'Error: argument of "{name}" must be one of "off", "on", not "{word}"\n')


def check_ifname(name: str) -> bool:
    """Whether it can be the name of an interface (dev_valid_name, as far as the tool looks)."""
    return len(name.encode()) < 16 and check_altifname(name)


def check_altifname(name: str) -> bool:
    """Whether it can be any name of an interface: not empty, without slash and white space."""
    return name != "" and not any(character == "/" or character.isspace() for character in name)
