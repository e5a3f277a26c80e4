"""The network namespaces of this machine: this process's own, those that ip netns knows, and those of processes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_NAMED = (Path("/run/netns"), Path("/run/docker/netns"))
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST = 32
"""Characters of a name that is made from a process's."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace and a file that leads to it. ``name`` is "" for this process's own, as a lab calls where it starts.

    ``process`` names the program that a namespace without a name of its own was named after, else "".
    """

    name: str
    path: Path
    process: str = ""


def namespaces() -> list[Namespace]:
    """Every namespace that this process may look into, each once: its own first, then as they were found."""
    found: dict[tuple[int, int], Namespace] = {}
    names = {""}
    for name, path, process in _candidates():
        try:
            place = path.stat()
        except OSError:  # not ours to see, or gone by now
            continue
        identity = (place.st_dev, place.st_ino)
        if identity in found:
            continue
        unique = name if not found else _free(name, names)
        names.add(unique)
        found[identity] = Namespace(unique, path, process)
    return list(found.values())


def _candidates() -> Iterator[tuple[str, Path, str]]:
    yield "", Path("/proc/self/ns/net"), ""
    for folder in _NAMED:
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                yield path.name, path, ""
    for process in sorted((path for path in Path("/proc").iterdir() if path.name.isdigit()), key=lambda p: int(p.name)):
        try:
            program = (process / "comm").read_text().strip()
        except OSError:
            continue
        yield _UNFIT.sub("-", program)[:_LONGEST], process / "ns" / "net", program


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where it is taken."""
    name = name.strip("-.") or "netns"
    if name not in taken:
        return name
    return next(other for number in range(2, len(taken) + 3) if (other := f"{name}{number}") not in taken)


def is_root() -> bool:
    """Whether namespaces of others can be entered."""
    return os.geteuid() == 0
