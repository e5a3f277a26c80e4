"""The comment lines at a script's end that say where things stand in the picture, which a shell ignores.

    #: rows host c1 c2 / router
    #: devices host eth0 vethh
    #: colour c1 2

The namespace in which a lab starts, which has no name, is written as a hyphen.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from webapp.workshop.document import ARRANGEMENT, Document
from webapp.workshop.draft import Draft
from webapp.workshop.operations import Arrange, ArrangeDevices, Arrangement, Colour

_START = "-"
_COLOURS = range(1, 7)


def arrangement(script: str) -> Arrangement:
    """What a script says of its picture. Lines that say nothing that could be understood are passed over."""
    rows: tuple[tuple[str, ...], ...] = ()
    devices: dict[str, tuple[str, ...]] = {}
    colours: dict[str, int] = {}
    for line in _lines(script):
        words = line.removeprefix(ARRANGEMENT).split()
        if words[:1] == ["rows"]:
            rows = tuple(row for row in _rows(words[1:]) if row)
        elif words[:1] == ["devices"] and len(words) > 2:
            devices[_read(words[1])] = tuple(dict.fromkeys(words[2:]))
        elif words[:1] == ["colour"] and len(words) == 3 and words[2] in map(str, _COLOURS):
            colours[_read(words[1])] = int(words[2])
    return Arrangement(rows, tuple(devices.items()), tuple(colours.items()))


def _lines(script: str) -> Iterator[str]:
    """The script's last lines that are of the arrangement, in order."""
    found = []
    for line in reversed(script.splitlines()):
        if line.startswith(ARRANGEMENT):
            found.append(line)
        elif line.strip():
            break
    return reversed(found)


def _rows(words: Collection[str]) -> Iterator[tuple[str, ...]]:
    """A name stands in one place only: the first that is said."""
    row: list[str] = []
    seen: set[str] = set()
    for word in (*words, "/"):
        if word == "/":
            yield tuple(row)
            row = []
        elif word not in seen:
            seen.add(word)
            row.append(_read(word))


def _read(word: str) -> str:
    return "" if word == _START else word


def _write(name: str) -> str:
    return name or _START


def written(found: Arrangement) -> list[str]:
    """The lines that say it."""
    lines = []
    if found.rows:
        lines.append(f"{ARRANGEMENT} rows " + " / ".join(" ".join(map(_write, row)) for row in found.rows))
    lines += (f"{ARRANGEMENT} devices {_write(netns)} {' '.join(names)}" for netns, names in found.devices if names)
    lines += (f"{ARRANGEMENT} colour {_write(netns)} {colour}" for netns, colour in found.colours if colour)
    return lines


def arrange(draft: Draft, operation: Arrange) -> None:
    """Other rows."""
    old = arrangement(draft.document.text)
    rows = tuple(_rows([word for row in operation.rows for word in (*map(_write, row), "/")]))
    _rewrite(draft, Arrangement(tuple(filter(None, rows)), old.devices, old.colours))


def arrange_devices(draft: Draft, operation: ArrangeDevices) -> None:
    """Another order of a namespace's devices."""
    old = arrangement(draft.document.text)
    devices = dict(old.devices) | {operation.netns: operation.devices}
    _rewrite(draft, Arrangement(old.rows, tuple(devices.items()), old.colours))


def colour(draft: Draft, operation: Colour) -> None:
    """Another colour of a namespace, or none."""
    old = arrangement(draft.document.text)
    colours = dict(old.colours) | {operation.netns: operation.colour}
    _rewrite(draft, Arrangement(old.rows, old.devices, tuple(colours.items())))


def forget(draft: Draft, namespaces: Collection[str], ports: Collection[tuple[str, str]]) -> None:
    """Leaves out what has been deleted."""
    old = arrangement(draft.document.text)
    rows = tuple(tuple(name for name in row if name not in namespaces) for row in old.rows)
    devices = tuple(
        (netns, tuple(name for name in names if (netns, name) not in ports))
        for netns, names in old.devices
        if netns not in namespaces
    )
    colours = tuple(pair for pair in old.colours if pair[0] not in namespaces)
    new = Arrangement(tuple(filter(None, rows)), devices, colours)
    if new != old:
        _rewrite(draft, new)


_WORD = re.compile(r"\S+")


def _words(document: Document) -> Iterator[list[tuple[str, int, int]]]:
    """Per line of the arrangement its words after the mark, with their places."""
    at = document.arrangement
    for line in document.text[at:].splitlines(keepends=True):
        if line.startswith(ARRANGEMENT):
            found = _WORD.finditer(line, len(ARRANGEMENT))
            yield [(match[0], at + match.start(), at + match.end()) for match in found]
        at += len(line)


def places_of_namespace(document: Document, netns: str) -> Iterator[tuple[int, int]]:
    """Where the arrangement names a namespace."""
    for words in _words(document):
        named = words[1:] if words and words[0][0] == "rows" else words[1:2]
        yield from ((start, end) for word, start, end in named if word == _write(netns))


def places_of_device(document: Document, netns: str, name: str) -> Iterator[tuple[int, int]]:
    """Where the arrangement names a device of a namespace."""
    for words in _words(document):
        if [word for word, _, _ in words[:2]] == ["devices", _write(netns)]:
            yield from ((start, end) for word, start, end in words[2:] if word == name)


def _rewrite(draft: Draft, found: Arrangement) -> None:
    """Other lines in the place of those that are there, or after the script's last line."""
    document: Document = draft.document
    text, start = document.text, document.arrangement
    lines = written(found)
    old = text[start:]
    if not lines:
        unended = start == len(text) or (start and not text.endswith("\n"))
        draft.replace(start - bool(unended and start < len(text)), len(text), "")
        return
    body = "\n".join(lines)
    if start and text[start - 1] != "\n":
        draft.replace(start, len(text), f"\n{body}")
    else:
        new = body if old and not old.endswith("\n") else body + "\n"
        if new != old:
            draft.replace(start, len(text), new)
