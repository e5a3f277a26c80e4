"""Error records: what nft says, and how it points at the place (nftables src/erec.c)."""

from __future__ import annotations

from msgspec import Struct

from webapp.userland.nftables.location import NETLINK, Location

MAX_ERRORS = 10
"""After so many, nft stops looking for more."""


class NftError(Exception):
    """One error. ``location`` is underlined with ^, ``second`` with ~."""

    def __init__(self, message: str, location: Location, second: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.second = second


class DatatypeError(ValueError):
    """A word that is no value of the type; the text is nft's, without location."""


class Source(Struct, frozen=True):
    """The input: its text, and its name if it is a file; the command line has none."""

    text: str
    name: str = ""

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both counted from 1."""
        start = self.text.rfind("\n", 0, offset) + 1
        return self.text.count("\n", 0, offset) + 1, offset - start + 1

    def _line(self, offset: int) -> str:
        # Of a command line nft always shows the first line, at the end of a file its last one.
        if offset == len(self.text) and self.text.endswith("\n"):
            offset -= 1
        start = self.text.rfind("\n", 0, offset) + 1 if self.name else 0
        return self.text[start:].split("\n", 1)[0]

    def report(self, error: NftError) -> str:
        """The error as nft prints it: place, message, the line, and marks below it."""
        location = error.location
        if location is NETLINK:
            return f"netlink: Error: {error.message}\n"
        if location.start < 0:
            return f"Error: {error.message}\n"
        row, first = self.line_column(location.start)
        last = self.line_column(max(location.end - 1, location.start))[1]
        where = f"{self.name}:{row}:{first}-{last}: " if self.name else ""
        line = self._line(location.start)
        marks: dict[int, str] = {}
        places = [(location, "^")] if error.second is None else [(error.second, "~"), (location, "^")]
        for place, mark in places:
            start = self.line_column(place.start)[1]
            end = self.line_column(max(place.end - 1, place.start))[1]
            marks.update(dict.fromkeys(range(start - 1, end), mark))
        width = max(marks, default=-1) + 1
        below = "".join(marks.get(at, "\t" if line[at : at + 1] == "\t" else " ") for at in range(width))
        return f"{where}Error: {error.message}\n{line}\n{below}\n"
