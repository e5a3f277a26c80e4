"""getopt(3) and getopt_long(3) of glibc: options in the order in which they were typed, operands after them."""

from __future__ import annotations

from collections.abc import Collection, Iterator


class OptionError(Exception):
    """What getopt says of an option, without the program's name."""


class Getopt:
    """Iterates over (option, value) pairs; ``operands`` is complete once the iteration is.

    ``options`` is getopt's string ("c:q": -c takes a value, -q does not); a leading "+" ends the options at the first
    operand, as POSIX has it. ``longs`` are the names of long options, with "=" at the end where a value belongs to
    them; they may be abbreviated. Raises OptionError for an option that is unknown or lacks its value.
    """

    def __init__(self, arguments: list[str], options: str, longs: Collection[str] = ()) -> None:
        self.operands: list[str] = []
        self._rest = list(arguments)
        self._options = options
        self._longs = longs

    def __iter__(self) -> Iterator[tuple[str, str]]:
        while self._rest:
            word = self._rest.pop(0)
            if word == "--":
                break
            if self._longs and word.startswith("--"):
                yield self._long(word)
            elif len(word) > 1 and word.startswith("-"):
                yield from self._short(word[1:])
            else:
                self.operands.append(word)
                if self._options.startswith("+"):
                    break
        self.operands += self._rest

    def _short(self, letters: str) -> Iterator[tuple[str, str]]:
        while letters:
            letter, letters = letters[0], letters[1:]
            at = self._options.find(letter)
            if at < 0 or letter in ":+":
                raise OptionError(f"invalid option -- '{letter}'")
            if self._options[at + 1 : at + 2] != ":":
                yield letter, ""
                continue
            if not letters and not self._rest:
                raise OptionError(f"option requires an argument -- '{letter}'")
            yield letter, letters or self._rest.pop(0)
            return

    def _long(self, word: str) -> tuple[str, str]:
        typed, has_value, value = word[2:].partition("=")
        exact = [name for name in self._longs if name.removesuffix("=") == typed]
        found = exact or [name for name in self._longs if name.startswith(typed)]
        if not found:
            raise OptionError(f"unrecognized option '--{typed}'")
        if len(found) > 1:
            possible = " ".join(f"'--{name.removesuffix('=')}'" for name in found)
            raise OptionError(f"option '--{typed}' is ambiguous; possibilities: {possible}")
        name = found[0].removesuffix("=")
        if not found[0].endswith("="):
            if has_value:
                raise OptionError(f"option '--{name}' doesn't allow an argument")
            return name, ""
        if not has_value:
            if not self._rest:
                raise OptionError(f"option '--{name}' requires an argument")
            value = self._rest.pop(0)
        return name, value
