"""From an operation of the picture to an edit of the script: edit()."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webapp.workshop import arrangement, attach, clipboard, configure, links, move, probe, remove, rename
from webapp.workshop.document import apply
from webapp.workshop.draft import Draft
from webapp.workshop.operations import (
    AddAddress,
    AddChain,
    AddCommand,
    AddDevice,
    AddFilter,
    AddNamespace,
    AddNeighbour,
    AddProbe,
    AddRoute,
    AddRule,
    AddVeth,
    AddVxlan,
    Arrange,
    ArrangeDevices,
    Change,
    Colour,
    Copy,
    Delete,
    Edit,
    Enslave,
    MoveDevice,
    Operation,
    OperationError,
    Paste,
    Redirect,
    Rename,
    SetForwarding,
    SetLink,
)
from webapp.workshop.run import run

Family = Callable[[Draft, Any], None]

_FAMILIES: Mapping[type, Family] = {
    AddNamespace: links.add_namespace,
    AddVeth: links.add_veth,
    AddDevice: links.add_device,
    AddVxlan: links.add_vxlan,
    AddChain: attach.add_chain,
    AddRule: attach.add_rule,
    AddFilter: attach.add_filter,
    Redirect: attach.redirect,
    AddAddress: configure.add_address,
    AddRoute: configure.add_route,
    AddNeighbour: configure.add_neighbour,
    SetForwarding: configure.set_forwarding,
    SetLink: configure.set_link,
    Enslave: configure.enslave,
    AddProbe: probe.add_probe,
    AddCommand: probe.add_command,
    Delete: remove.delete,
    Rename: rename.rename,
    MoveDevice: move.move_device,
    Copy: clipboard.copy,
    Paste: clipboard.paste,
    Arrange: arrangement.arrange,
    ArrangeDevices: arrangement.arrange_devices,
    Colour: arrangement.colour,
}

_CHECKED = (
    AddAddress,
    AddChain,
    AddDevice,
    AddFilter,
    AddNeighbour,
    AddRoute,
    AddRule,
    AddVeth,
    Enslave,
    Redirect,
    Rename,
)
"""What may fail for what was asked for. What is typed may fail as in a terminal; the rest is checked, or needs none."""


def edit(script: str, operation: Operation) -> Edit:
    """The changes of the script that do what was asked. OperationError: it cannot be done; the text says what to do."""
    text = script.replace("\r\n", "\n")
    draft = Draft(text)
    _FAMILIES[type(operation)](draft, operation)
    found = draft.edit()
    if found.changes and isinstance(operation, _CHECKED):
        _check(text, found)
    return found if text is script or text == script else _with_carriage_returns(script, found)


def _check(text: str, found: Edit) -> None:
    """No command may fail that did not fail before."""
    before, after = run(text), run(apply(text, found.changes))
    if len(before.document.commands) == len(after.document.commands):
        failing = [index for index in after.failed if index not in before.failed]
    else:
        failures = after.failures - before.failures
        failing = [index for index in after.failed if after.document.commands[index].source in failures]
    if failing:
        words = after.output[failing[0]].strip() or "This command would fail."
        raise OperationError(f"{words}\n{after.document.commands[failing[0]].source}")


def _with_carriage_returns(script: str, found: Edit) -> Edit:
    """The same edit of a script whose lines end in carriage return and newline."""
    places: list[int] = []
    for at, character in enumerate(script):
        if not (character == "\r" and script.startswith("\n", at + 1)):
            places.append(at)
    places.append(len(script))
    changes = (
        Change(_start(script, places[change.start]), _start(script, places[change.end]), change.insert)
        for change in found.changes
    )
    return Edit(
        tuple(Change(c.start, c.end, c.insert.replace("\n", "\r\n")) for c in changes), found.commands, found.made
    )


def _start(script: str, at: int) -> int:
    """A place before a newline is before its carriage return, too."""
    return at - 1 if script.startswith("\r\n", at - 1) and at else at
