"""Where base chains hang: the hooks of each family, and the names of priorities (nftables src/rule.c, std_prios)."""

from __future__ import annotations

from msgspec import Struct

from webapp.kernel.uapi.netfilter import (
    NFPROTO_ARP,
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
)

_IP_HOOKS = {"prerouting": 0, "input": 1, "forward": 2, "output": 3, "postrouting": 4}
HOOKS: dict[int, dict[str, int]] = {
    NFPROTO_INET: _IP_HOOKS | {"ingress": 5},
    NFPROTO_IPV4: _IP_HOOKS,
    NFPROTO_IPV6: _IP_HOOKS,
    NFPROTO_BRIDGE: _IP_HOOKS,
    NFPROTO_ARP: {"input": 0, "output": 1, "forward": 2},
    NFPROTO_NETDEV: {"ingress": 0, "egress": 1},
}
"""By family: the hooks' numbers."""
HOOK_WORDS = frozenset(name for hooks in HOOKS.values() for name in hooks)
HOOK_NAMES = {family: {number: name for name, number in hooks.items()} for family, hooks in HOOKS.items()}


class StdPrio(Struct, frozen=True):
    """A priority with a name; ``hook``: the only one that knows the name, if it is only one."""

    number: int
    name: str
    families: frozenset[int]
    hook: str | None = None

    def compatible(self, family: int, hook: str) -> bool:
        """Whether a hook of a family knows the name (std_prio_family_hook_compat)."""
        return family in self.families and self.hook in {None, hook}


_IP = frozenset((NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6))
_BRIDGE = frozenset((NFPROTO_BRIDGE,))
_STD_PRIOS = (
    StdPrio(-300, "raw", _IP),
    StdPrio(-150, "mangle", _IP),
    StdPrio(-100, "dstnat", _IP, "prerouting"),
    StdPrio(0, "filter", _IP | {NFPROTO_ARP, NFPROTO_NETDEV}),
    StdPrio(50, "security", _IP),
    StdPrio(100, "srcnat", _IP, "postrouting"),
)
_BRIDGE_STD_PRIOS = (
    StdPrio(-300, "dstnat", _BRIDGE, "prerouting"),
    StdPrio(-200, "filter", _BRIDGE),
    StdPrio(100, "out", _BRIDGE, "output"),
    StdPrio(300, "srcnat", _BRIDGE, "postrouting"),
)
_REACH = 10


def std_prios(family: int) -> tuple[StdPrio, ...]:
    """The named priorities, in rising order."""
    return _BRIDGE_STD_PRIOS if family == NFPROTO_BRIDGE else _STD_PRIOS


def std_prio_lookup(name: str, family: int, hook: str) -> int | None:
    """The number of a name; None if the hook does not know it."""
    return next((std.number for std in std_prios(family) if std.name == name and std.compatible(family, hook)), None)


def prio2str(priority: int, family: int, hook: str) -> str:
    """A priority by the nearest name within 10 of it, or its number where the hook does not know that name."""
    near = next((std for std in std_prios(family) if abs(priority - std.number) <= _REACH), None)
    if near is None or not near.compatible(family, hook):
        return str(priority)
    offset = priority - near.number
    return f"{near.name} {'+' if offset > 0 else '-'} {abs(offset)}" if offset else near.name
