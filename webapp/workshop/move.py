"""MoveDevice: another namespace in the commands about the device, or a command that moves it."""

from __future__ import annotations

import itertools
import re

from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.userland.iproute2.arguments import matches
from webapp.userland.shell import Word
from webapp.workshop.document import Call
from webapp.workshop.draft import Draft
from webapp.workshop.operations import Change, Item, MoveDevice, OperationError
from webapp.workshop.references import Reference
from webapp.workshop.removal import Removal
from webapp.workshop.run import shown
from webapp.workshop.words import ip

_STEM = re.compile(r"(.*?)\d*\Z")
_KEPT = ("link", "address")


def move_device(draft: Draft, operation: MoveDevice) -> None:
    """What a kernel takes from a device that moves goes: its bridge, routes, neighbours, filters and chains."""
    netns, name = operation.dev
    dev = draft.run.need(netns, name)
    draft.run.need_net(operation.netns)
    if dev is dev.net.loopback:
        raise OperationError("lo cannot be moved: each namespace has its own.")
    if dev.netns_immutable:
        raise OperationError(f"A {dev.kind} device cannot leave its namespace. Make one in {shown(operation.netns)}.")
    if netns == operation.netns:
        return
    new = _free_name(draft, operation.netns, name)
    removal = Removal(draft.run)
    removal.longer += _moving(dev, operation.netns, new)
    for index, reference in draft.run.uses(dev):
        if reference.netns == netns and reference.name == name:
            removal.changes += _changes(draft, dev, index, reference, operation.netns, new)
        elif reference.netns != netns:
            removal.changes += _destination(draft, index, netns, operation.netns)
    removal.decide(draft)
    draft.made.append(Item("device", operation.netns, new))


def _free_name(draft: Draft, netns: str, name: str) -> str:
    if name not in draft.run.need_net(netns).devices:
        return name
    match = _STEM.match(name)
    return draft.names.device(netns, match[1] if match else name)


def _moving(dev: NetDevice, netns: str, new: str) -> list[str]:
    """The command that moves it, and those that give back what the kernel took."""
    renamed = f" name {new}" if new != dev.name else ""
    target = netns or "1"
    commands = [ip(dev.net.name, f"link set {dev.name} netns {target}{renamed}")]
    if dev.flags & Iff.UP:
        commands.append(ip(netns, f"link set {new} up"))
    if dev.in_dev is not None:
        for ifa in dev.in_dev.ifa_list:
            address = ".".join(map(str, ifa.local))
            commands.append(ip(netns, f"addr add {address}/{ifa.prefixlen} dev {new}"))
    return commands


def _changes(draft: Draft, dev: NetDevice, index: int, reference: Reference, netns: str, new: str) -> list[Change]:
    """The command as one of the other namespace; none for one that the move leaves without sense."""
    call = draft.document.calls[index]
    if not (draft.document.listening[index] or _is_about(call)):
        return []
    others = [
        other
        for other in draft.run.references[index]
        if other.device and other.place == reference.place and draft.run.means.get((index, other)) is not dev
    ]
    changes = [Change(reference.start, reference.end, new)] if new != reference.name else []
    if reference.made and (others or reference.place is None):
        changes.append(Change(reference.end, reference.end, f" netns {netns}"))
        if new != reference.name:
            changes = [Change(reference.start, reference.end, f"{new} netns {netns}")]
        return changes
    if others or not netns:
        return []
    first = draft.document.commands[index].words[0]
    return sorted([*changes, _elsewhere(reference.place, first, netns)], key=lambda change: change.start)


def _elsewhere(place: Word | None, first: Word, netns: str) -> Change:
    """Another namespace in a command that names one, or that names none."""
    if place is not None:
        return Change(place.start, place.end, netns)
    if first.text in ("ip", "tc", "bridge"):
        return Change(first.end, first.end, f" -n {netns}")
    return Change(first.start, first.start, f"ip netns exec {netns} ")


def _is_about(call: Call) -> bool:
    """Whether a command makes the device or gives it what it is given again after a move."""
    return call.program == "ip" and bool(call.arguments) and any(matches(call.arguments[0], kept) for kept in _KEPT)


def _destination(draft: Draft, index: int, old: str, netns: str) -> list[Change]:
    """Another destination of an ``ip link set … netns``."""
    call = draft.document.calls[index]
    words = call.words
    for keyword, word in itertools.pairwise(words):
        if keyword.text == "netns" and word.text == old and _is_about(call) and netns:
            return [Change(word.start, word.end, netns)]
    return []
