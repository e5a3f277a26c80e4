"""Adding a command is always right; where leaving something out makes the same machine, the shorter script is taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from webapp.kernel.core.net_namespace import Net
from webapp.userland.shell import Word
from webapp.workshop.document import Document, apply
from webapp.workshop.draft import Draft, Span, cut_commands
from webapp.workshop.operations import OperationError
from webapp.workshop.run import Run, run


def take_shorter(draft: Draft, cuts: Sequence[Span], *commands: str, instead: bool = True) -> None:
    """Cuts out ``cuts`` if that makes the machine that ``commands`` would make, and adds the commands otherwise.

    Without ``instead`` the commands are added in any case, and the cuts are taken where they make no difference then.
    """
    text = draft.document.text
    longer = Draft(draft.document.text)
    longer.add(*commands)
    if cuts:
        shorter = Draft(draft.document.text)
        shorter.cut(cuts)
        if not instead:
            shorter.add(*commands)
        try:
            aim, found = run(apply(text, longer.edit().changes)), run(apply(text, shorter.edit().changes))
        except OperationError:
            pass
        else:
            if not found.failures - aim.failures and fingerprint(found) == fingerprint(aim):
                draft.cut(cuts)
                if instead:
                    draft.show(*commands)
                    return
    draft.add(*commands)


def without_words(document: Document, index: int, words: Sequence[Word], bare: int) -> list[Span]:
    """Where some words of a command stand; the command, where no more than ``bare`` words and options would be left."""
    if not words:
        return []
    rest = [word for word in document.calls[index].words if word not in words and not word.text.startswith("-")]
    if len(rest) <= bare:
        return cut_commands(document, {index})
    return [(_blank_before(document.text, word.start), word.end) for word in words]


def _blank_before(text: str, at: int) -> int:
    return len(text[:at].rstrip(" \t"))


_LINK_LOCAL = re.compile(r"fe80:")
_MADE_UP = re.compile(r"\bfe80:|\bff00::/8")


def fingerprint(found: Run, *, hooks: bool = True) -> dict[tuple[str, ...], Any]:
    """What makes two machines the same: all that the picture shows, routes and neighbours, without made-up numbers."""
    topology = found.topology
    marks: dict[tuple[str, ...], Any] = {}
    for net in topology.namespaces:
        marks["namespace", net.name] = net.forwarding
        for dev in net.devices:
            addresses = tuple(address for address in dev.addresses if not _LINK_LOCAL.match(address))
            # a bridge that has lost its ports has no carrier, one that never had any has one
            carrier = dev.carrier or dev.kind == "bridge"
            state = dev.kind, dev.up, carrier, dev.mtu, addresses, dev.master, dev.lower
            marks["device", net.name, dev.name] = state
        for name, (argv, filled) in _LISTINGS.items():
            if filled(found.need_net(net.name)):
                lines = found.ask(net.name, argv)[1].splitlines()
                marks[name, net.name] = [line for line in lines if not _MADE_UP.search(line)]
    for cable in (*topology.cables, *topology.tunnels):
        marks["cable", *sorted(("/".join(cable.a), "/".join(cable.b)))] = cable.kind
    if hooks:
        marks |= {("hook", *place): lines for place, lines in found.hooks.items()}
    return marks


_LISTINGS: Mapping[str, tuple[list[str], Callable[[Net], object]]] = {
    "routes": (["ip", "route", "show", "table", "all"], lambda net: len(net.devices) > 1),
    "rules": (["ip", "rule"], lambda net: len(net.ipv4.rules) != _DEFAULT_RULES),
    "neighbours": (
        ["ip", "neigh", "show", "nud", "permanent"],
        lambda net: net.ipv4.arp_tbl.hash or net.ipv6.nd_tbl.hash,
    ),
}
"""What is listed, and whether it can have anything to say: programs take their time."""

_DEFAULT_RULES = 3
