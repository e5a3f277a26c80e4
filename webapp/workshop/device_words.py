"""Devices on ip's command line: a name that ip would take for one of its own words is said with its key."""

from __future__ import annotations

import shlex

from webapp.userland.iproute2.arguments import lookup
from webapp.userland.iproute2.iplink import OPTIONS


def new_device(name: str) -> str:
    """After ``ip link add``."""
    return f"name {shlex.quote(name)}" if _is_word(name) else shlex.quote(name)


def known_device(name: str) -> str:
    """After ``ip link set`` and ``ip link del``."""
    return f"dev {shlex.quote(name)}" if _is_word(name) else shlex.quote(name)


def _is_word(name: str) -> bool:
    """ip takes abbreviations, too: a device "a" is read as ``address``."""
    return name in ("dev", "help", "vf") or "help".startswith(name) or lookup(OPTIONS, name) is not None
