"""What could stand at the end of a line of the terminal: programs, words of their grammar, and names that exist."""

from __future__ import annotations

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.machine import Machine
from webapp.server.protocol import Completions
from webapp.userland.programs import PROGRAMS

MAX_WORDS = 50

_WORDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("ip",): ("addr", "link", "neigh", "netns", "route", "rule", "-s", "-br", "-n"),
    ("ip", "addr"): ("add", "del", "show", "flush"),
    ("ip", "link"): ("add", "del", "set", "show"),
    ("ip", "neigh"): ("add", "del", "replace", "show", "flush"),
    ("ip", "netns"): ("add", "del", "exec", "list"),
    ("ip", "route"): ("add", "del", "replace", "show", "get"),
    ("ip", "rule"): ("add", "del", "show"),
    ("tc",): ("qdisc", "filter", "action", "chain", "-s", "-n"),
    ("tc", "qdisc"): ("add", "del", "show", "replace"),
    ("tc", "filter"): ("add", "del", "show", "replace", "change"),
    ("nft",): ("add", "delete", "insert", "list", "flush", "replace", "reset", "-a"),
    ("nft", "list"): ("ruleset", "table", "chain", "set", "tables", "chains"),
    ("nft", "add"): ("table", "chain", "rule", "set", "element", "counter"),
    ("nft", "delete"): ("table", "chain", "rule", "set", "element"),
}
"""What may follow the words of a line, options left out; the keys are whole words."""

_NAME_AFTER = frozenset(("dev", "to", "redirect", "mirror", "set", "show", "del", "delete"))


def complete(machine: Machine, netns: str, line: str) -> Completions:
    """Words that begin as the last word of ``line`` does, at most MAX_WORDS, in order of the alphabet."""
    words = line.split(" ")
    last = words.pop()
    start = len(line) - len(last)
    net = machine.namespaces.get(netns, machine.init_net)
    found = sorted(
        word for word in _candidates(machine, net, [word for word in words if word]) if word.startswith(last)
    )
    return Completions(start, tuple(found[:MAX_WORDS]))


def _candidates(machine: Machine, net: Net, before: list[str]) -> set[str]:
    plain = tuple(word for word in before if not word.startswith("-"))
    if not plain:
        return set(PROGRAMS)
    if plain[:3] == ("ip", "netns", "exec") and len(plain) == 3:
        return set(machine.namespaces)
    if plain[:3] == ("ip", "netns", "exec"):
        return _candidates(machine, machine.namespaces.get(plain[3], net), list(plain[4:]))
    if before[-1] in ("-n", "-netns"):
        return set(machine.namespaces)
    names = set(net.devices) if before[-1] in _NAME_AFTER else set()
    return names | set(_WORDS.get(plain, ()))
