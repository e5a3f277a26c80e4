"""What a namespace or a device is told: addresses, routes, neighbours, forwarding, up and down, the bridge."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from ipaddress import ip_interface, ip_network

from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.workshop.document import sets_link
from webapp.workshop.draft import Draft, Span
from webapp.workshop.names import addresses, all_addresses, macs, peer
from webapp.workshop.operations import (
    AddAddress,
    AddNeighbour,
    AddRoute,
    Enslave,
    Item,
    OperationError,
    SetForwarding,
    SetLink,
)
from webapp.workshop.run import shown
from webapp.workshop.shorter import take_shorter, without_words
from webapp.workshop.words import ip, netns_exec


def add_address(draft: Draft, operation: AddAddress) -> None:
    """An address that was asked for, or a free one of the subnet of the devices that this one is tied to."""
    netns, name = operation.dev
    dev = draft.run.need(netns, name)
    if operation.address:
        address = _interface(operation.address)
    else:
        networks = (found.network for other in (*_segment(dev), dev) for found in addresses(other))
        address = str(draft.names.host(next(networks, None) or draft.names.subnet()))
    nodad = " nodad" if ":" in address else ""
    draft.add(ip(netns, f"addr add {address} dev {name}{nodad}"))
    draft.made.append(Item("device", netns, name))


def _interface(text: str) -> str:
    try:
        ip_interface(text)
    except ValueError as error:
        raise OperationError(f"{text} is no address. Write it with its prefix length, as 10.0.0.1/24.") from error
    return text if "/" in text else f"{text}/{128 if ':' in text else 24}"


def _segment(dev: NetDevice) -> Iterable[NetDevice]:
    """The devices that frames of this one reach over cables and bridges, the nearest first."""
    found = [dev]
    for one in found:
        ties = [peer(one), one.master, one.lower if one.kind == "macvlan" else None]
        if one.kind == "bridge":
            ties += [port for port in one.net.devices.values() if port.master is one]
        for other in ties:
            if other is not None and other not in found:
                found.append(other)
                yield other


def add_route(draft: Draft, operation: AddRoute) -> None:
    """A route over a neighbour that is named, or over the first one that there is."""
    net = draft.run.need_net(operation.netns)
    if operation.dev:
        draft.run.need(operation.netns, operation.dev)
    to = _destination(operation.to)
    via = operation.via
    if not via and not (operation.dev and operation.to):
        via = _gateway(net, operation.dev)
    words = ["route add", to]
    words += ["via", via] if via else []
    words += ["dev", operation.dev] if operation.dev else []
    draft.add(ip(operation.netns, " ".join(words)))
    draft.made.append(Item("namespace", operation.netns))


def _destination(to: str) -> str:
    if to in ("", "default"):
        return "default"
    try:
        return str(ip_network(to, strict=False))
    except ValueError as error:
        raise OperationError(f"{to} is no prefix. Write it as 10.0.1.0/24, or leave it empty for all.") from error


def _gateway(net: Net, dev: str) -> str:
    """The first address of another namespace in a subnet of this one's."""
    for own, address in all_addresses(net):
        if dev in ("", own.name):
            for other in _segment(own):
                for found in addresses(other):
                    if other.net is not net and found.ip in address.network:
                        return str(found.ip)
    raise OperationError(
        f"No cable of {shown(net.name)} leads to an address that could be a gateway. Connect it first, or name one."
    )


def add_neighbour(draft: Draft, operation: AddNeighbour) -> None:
    """A permanent neighbour. A link-layer address that was made up by the kernel is given by the script first."""
    netns, name = operation.dev
    dev = draft.run.need(netns, name)
    other, address = _other_end(dev, operation.to)
    lladdr = operation.lladdr
    if not lladdr:
        if other is None:
            raise OperationError(f"No device on the cable of {name} has {address}. Name the link-layer address, too.")
        lladdr = other.address.hex(":")
        if lladdr not in macs(draft.document.text):
            lladdr = draft.names.mac()
            draft.add(ip(other.net.name, f"link set {other.name} address {lladdr}"))
    draft.add(ip(netns, f"neigh add {address} lladdr {lladdr} dev {name}"))
    draft.made.append(Item("device", netns, name))


def _other_end(dev: NetDevice, to: str) -> tuple[NetDevice | None, str]:
    """The device on the same segment that has the address, and the address: the first that there is for none."""
    for other in _segment(dev):
        for found in addresses(other):
            if to in ("", str(found.ip)):
                return other, str(found.ip)
    if not to:
        raise OperationError(f"Nothing on the cable of {dev.name} has an address. Add one first, or name it.")
    return None, to


_FORWARD = "net.ipv4.ip_forward"


def set_forwarding(draft: Draft, operation: SetForwarding) -> None:
    """Forwarding on or off; the words that said otherwise are taken back where that is enough."""
    net = draft.run.need_net(operation.netns)
    draft.made.append(Item("namespace", operation.netns))
    if bool(net.ipv4.devconf_all.forwarding) == operation.on:
        return
    spans = []
    for index, call in enumerate(draft.document.calls):
        if call.netns == operation.netns and call.program == "sysctl":
            spans += without_words(draft.document, index, [word for word in call.words if _FORWARD in word.text], 1)
    command = netns_exec(operation.netns, f"sysctl -qw {_FORWARD}={int(operation.on)}")
    take_shorter(draft, spans, command)


def set_link(draft: Draft, operation: SetLink) -> None:
    """A device up or down; the command that said otherwise is taken back where that is enough."""
    netns, name = operation.dev
    dev = draft.run.need(netns, name)
    draft.made.append(Item("device", netns, name))
    if bool(dev.flags & Iff.UP) != operation.up:
        spans = _settings(draft, dev, ("down" if operation.up else "up",), 1)
        take_shorter(draft, spans, ip(netns, f"link set {name} {'up' if operation.up else 'down'}"))


def enslave(draft: Draft, operation: Enslave) -> None:
    """A device into a bridge, or out of it."""
    netns, name = operation.dev
    dev = draft.run.need(netns, name)
    draft.made.append(Item("device", netns, name))
    if (dev.master.name if dev.master is not None else "") == operation.master:
        return
    if not operation.master:
        take_shorter(draft, _settings(draft, dev, ("master",), 2), ip(netns, f"link set {name} nomaster"))
        return
    bridge = draft.run.need(netns, operation.master)
    if bridge.kind != "bridge" or bridge is dev:
        raise OperationError(f"{operation.master} is no bridge that {name} could be plugged into. Choose a bridge.")
    if dev is dev.net.loopback or dev.kind == "bridge":
        raise OperationError(f"{name} cannot be plugged into a bridge. Choose another device.")
    cuts = _settings(draft, dev, ("master", "nomaster"), 2) if dev.master is not None else []
    take_shorter(draft, cuts, ip(netns, f"link set {name} master {operation.master}"), instead=False)


def _settings(draft: Draft, dev: NetDevice, keywords: Collection[str], length: int) -> list[Span]:
    """Where the commands that set a link say one of some keywords, with its value: ``length`` words."""
    spans: list[Span] = []
    for index in sorted({index for index, _ in draft.run.uses(dev)}):
        words = draft.document.calls[index].words
        texts = [word.text for word in words]
        if not sets_link(draft.document.calls[index]):
            continue
        for keyword in keywords:
            if keyword in texts[3:]:
                at = texts.index(keyword, 3)
                spans += without_words(draft.document, index, list(words[at : at + length]), 4 + (texts[3] == "dev"))
    return spans
