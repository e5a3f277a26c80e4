"""What the workshop answers about a lab, as values: diagnostics, outcomes, reachability, captures, "why not?"."""

from __future__ import annotations

from typing import Literal

import msgspec

from webapp.workshop.operations import Change


class Fix(msgspec.Struct, frozen=True):
    """What to do about a diagnostic, as a button: ``title``, and the changes of the script that it makes."""

    title: str
    changes: tuple[Change, ...]


class Diagnostic(msgspec.Struct, frozen=True):
    """Something wrong in the script, from ``start`` to ``end`` (characters): the real tool's words, first its ``line``.

    ``line`` and ``column`` count from 1. ``explanation`` says in a plain sentence what is meant and what to do, or is
    empty; ``fixes`` do it, where that can be known.
    """

    start: int
    end: int
    line: int
    column: int
    message: str
    explanation: str = ""
    fixes: tuple[Fix, ...] = ()


class Outcome(msgspec.Struct, frozen=True):
    """How one probe went: what the table of results shows.

    ``fate`` is that of the packet that the probe sent first; copies and fragments of it count as itself. "lost" is what
    ended without a word (it waits for a neighbour, say), "none": nothing was sent. ``where`` is "netns/device" or a
    namespace, ``reason`` the kernel's drop reason, the queue in which a lost packet waits, or empty. ``hooks`` counts
    hooks that ran something; ``summary`` is the program's own last word ("1 packets transmitted, 1 received").
    """

    probe: int
    fate: Literal["delivered", "dropped", "stolen", "lost", "none"]
    where: str
    reason: str
    steps: int
    hooks: int
    code: int
    summary: str


class Reach(msgspec.Struct, frozen=True):
    """Whether one namespace reaches another's address by ping, and where the packet or its answer ended if not."""

    source: str
    target: str
    address: str
    reached: bool
    where: str
    reason: str


class Reason(msgspec.Struct, frozen=True):
    """One step of the answer to "why not?": what happened to the packet, the step's number in the walk, or -1.

    ``title`` is a hook or a kernel function, ``text`` the sentence that follows it; what stands between backquotes is
    the machine's. ``decided`` is true for the decision that turned the packet away.
    """

    step: int
    title: str
    text: str
    decided: bool


class Remedy(msgspec.Struct, frozen=True):
    """A smallest edit after which the hook is reached, found by running the model.

    ``hook`` is namespace, device or "", and station: the one that was asked about, or where its chain has been moved.
    ``commands`` are what people would type for it; ``changes`` edit the script to the same effect; ``script`` is the
    script after them.
    """

    title: str
    hook: tuple[str, str, str]
    commands: tuple[str, ...]
    changes: tuple[Change, ...]
    script: str


class Captured(msgspec.Struct, frozen=True):
    """One frame as a packet socket sees it: its step in the walk, tcpdump's line, and its direction."""

    step: int
    text: str
    outgoing: bool
