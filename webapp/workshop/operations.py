"""What a picture can be asked to do: each operation becomes an edit of the lab's script (edit.py).

A name that is left empty is chosen by the workshop, and so is what else is not said: addresses, numbers, MACs.
A namespace is named as in ``ip netns``; "" is the one in which a lab starts.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Name = Annotated[str, msgspec.Meta(max_length=64)]
Text = Annotated[str, msgspec.Meta(max_length=10_000)]

Port = tuple[Name, Name]
"""A device: its namespace's name, and its own."""


class AddNamespace(msgspec.Struct, frozen=True, tag=True):
    """A namespace. A container gets a veth pair to ``host``, with addresses and a route, where one is named."""

    kind: Literal["host", "container"]
    name: Name = ""
    host: Name | None = None


class AddVeth(msgspec.Struct, frozen=True, tag=True):
    """A veth pair between two namespaces, up, with addresses in a free subnet.

    An end that is plugged into a bridge (``a_bridge``, ``b_bridge``: its name) gets no address of its own; the other
    end then gets one of the bridge's subnet, where the bridge or another of its ports' peers has one.
    """

    a: Name
    b: Name
    a_bridge: Name = ""
    b_bridge: Name = ""


class AddDevice(msgspec.Struct, frozen=True, tag=True):
    """A bridge, a dummy, or a vlan or macvlan device on top of ``lower``, up."""

    netns: Name
    kind: Literal["bridge", "dummy", "vlan", "macvlan", "ifb"]
    name: Name = ""
    lower: Name = ""


class AddVxlan(msgspec.Struct, frozen=True, tag=True):
    """A vxlan device in each of two namespaces, over the devices ``a`` and ``b``, which must reach each other by IP."""

    a: Port
    b: Port


class Enslave(msgspec.Struct, frozen=True, tag=True):
    """Plugs a device into a bridge of its namespace, or unplugs it (``master`` empty)."""

    dev: Port
    master: Name


class MoveDevice(msgspec.Struct, frozen=True, tag=True):
    """Puts a device into another namespace; it keeps its addresses and its cable."""

    dev: Port
    netns: Name


class AddChain(msgspec.Struct, frozen=True, tag=True):
    """An nft base chain at a hook of the picture (HookView.station); ``rule`` is its first, none for a counter.

    ``dev`` is the device of "nft ingress" and "nft egress", and empty for the others.
    """

    netns: Name
    dev: Name
    station: Name
    rule: Text = ""


class AddRule(msgspec.Struct, frozen=True, tag=True):
    """A rule at the end of an nft chain that is there, as ``nft add rule`` takes it."""

    netns: Name
    family: Name
    table: Name
    chain: Name
    rule: Text


class AddFilter(msgspec.Struct, frozen=True, tag=True):
    """A tc filter at a side of a device, under a clsact qdisc that is added where there is none.

    ``filter`` is what follows the priority on tc's command line; none for ``matchall action ok``.
    """

    dev: Port
    side: Literal["ingress", "egress"]
    filter: Text = ""


class Redirect(msgspec.Struct, frozen=True, tag=True):
    """Hands what comes in (or goes out) at ``dev`` over to ``to``, a device of the same namespace.

    In tc by ``mirred``, to the side ``into`` of the device; in netfilter by ``fwd``, always to its egress.
    ``match`` is an IPv4 prefix of destinations, none for all.
    """

    dev: Port
    side: Literal["ingress", "egress"]
    to: Name
    layer: Literal["tc", "nft"]
    into: Literal["ingress", "egress"] = "egress"
    mirror: bool = False
    match: Name = ""


class AddAddress(msgspec.Struct, frozen=True, tag=True):
    """An address of a device, "10.0.0.1/24"; none for a free one of its neighbours' subnet."""

    dev: Port
    address: Name = ""


class AddRoute(msgspec.Struct, frozen=True, tag=True):
    """A route; ``to`` empty is the default route, ``via`` empty the address at the other end of the first cable."""

    netns: Name
    to: Name = ""
    via: Name = ""
    dev: Name = ""


class AddNeighbour(msgspec.Struct, frozen=True, tag=True):
    """A permanent neighbour of a device; with both left empty, the one at the other end of its cable."""

    dev: Port
    to: Name = ""
    lladdr: Name = ""


class SetForwarding(msgspec.Struct, frozen=True, tag=True):
    """Turns IP forwarding of a namespace on or off."""

    netns: Name
    on: bool


class SetLink(msgspec.Struct, frozen=True, tag=True):
    """Sets a device up or down."""

    dev: Port
    up: bool


FrameKind = Literal["ping", "udp", "tcp", "arp", "dhcp", "gptp", "avtp", "arp-announce", "raw"]


class AddProbe(msgspec.Struct, frozen=True, tag=True):
    """A command that sends packets, at the end of the script.

    ``to`` is an address, or empty for one that the namespace has a route to. ``dev`` is the device of what is sent from
    a packet socket. ``port`` is of udp and tcp; ``raw`` is the frame in hex, from the Ethernet header on.
    """

    netns: Name
    kind: FrameKind
    to: Name = ""
    dev: Name = ""
    port: int = 0
    raw: Text = ""


class AddCommand(msgspec.Struct, frozen=True, tag=True):
    """A command as it would be typed in a namespace's terminal."""

    netns: Name
    line: Text


ItemKind = Literal["namespace", "device", "hook", "probe"]


class Item(msgspec.Struct, frozen=True):
    """One thing of the picture: a namespace (``netns``), a device of it, a hook (``dev`` may be empty), or a probe.

    ``probe`` is a probe's index (LabState.probes), -1 otherwise.
    """

    kind: ItemKind
    netns: Name
    dev: Name = ""
    station: Name = ""
    probe: int = -1


class Delete(msgspec.Struct, frozen=True, tag=True):
    """Takes things away, and what cannot be without them."""

    items: tuple[Item, ...]


class Rename(msgspec.Struct, frozen=True, tag=True):
    """Another name for a namespace or a device, in every command that says it."""

    item: Item
    name: Name


class Copy(msgspec.Struct, frozen=True, tag=True):
    """The commands that stand for some namespaces and devices: Edited.commands; nothing is changed."""

    items: tuple[Item, ...]


class Paste(msgspec.Struct, frozen=True, tag=True):
    """Commands that were copied, under names and addresses that are free here."""

    commands: Annotated[str, msgspec.Meta(max_length=100_000)]


class Arrange(msgspec.Struct, frozen=True, tag=True):
    """Where namespaces stand: rows from the top, each from the left. No rows: as it comes."""

    rows: tuple[tuple[Name, ...], ...]


class ArrangeDevices(msgspec.Struct, frozen=True, tag=True):
    """The order of a namespace's devices, from the left."""

    netns: Name
    devices: tuple[Name, ...]


class Colour(msgspec.Struct, frozen=True, tag=True):
    """A mark of colour on a namespace: 0 for none, 1 to 6."""

    netns: Name
    colour: Annotated[int, msgspec.Meta(ge=0, le=6)]


Operation = (
    AddNamespace
    | AddVeth
    | AddDevice
    | AddVxlan
    | Enslave
    | MoveDevice
    | AddChain
    | AddRule
    | AddFilter
    | Redirect
    | AddAddress
    | AddRoute
    | AddNeighbour
    | SetForwarding
    | SetLink
    | AddProbe
    | AddCommand
    | Delete
    | Rename
    | Copy
    | Paste
    | Arrange
    | ArrangeDevices
    | Colour
)


class Arrangement(msgspec.Struct, frozen=True):
    """What comment lines of a script say about the picture, and a shell ignores (edit.py has their form).

    ``rows`` as in Arrange; ``devices`` per namespace as in ArrangeDevices; ``colours`` per namespace as in Colour.
    """

    rows: tuple[tuple[str, ...], ...] = ()
    devices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    colours: tuple[tuple[str, int], ...] = ()


class Change(msgspec.Struct, frozen=True):
    """Replaces the script's text from ``start`` to ``end`` by ``insert``. Offsets count Unicode characters."""

    start: int
    end: int
    insert: str


class Edit(msgspec.Struct, frozen=True):
    """What an operation does to a script.

    ``changes`` are in order and do not overlap; all offsets are those of the script before. ``commands`` are those that
    are added, for the chip under the pointer and the terminal. ``made`` is what is to be selected afterwards.
    """

    changes: tuple[Change, ...]
    commands: tuple[str, ...]
    made: tuple[Item, ...] = ()


class OperationError(Exception):
    """An operation that cannot be done here; the text says why, and what to do, in words for people."""
