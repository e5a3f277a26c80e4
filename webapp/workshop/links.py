"""Namespaces and devices that are added: AddNamespace, AddVeth, AddDevice, AddVxlan."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Interface, IPv4Network

from webapp.kernel.core.net_device import NetDevice
from webapp.workshop.draft import Draft
from webapp.workshop.names import addresses, peer
from webapp.workshop.operations import AddDevice, AddNamespace, AddVeth, AddVxlan, Item, OperationError
from webapp.workshop.run import shown
from webapp.workshop.words import ip, netns_exec

_NO_IPV6 = "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1"


def add_namespace(draft: Draft, operation: AddNamespace) -> None:
    """A host, or a container with a cable to its host."""
    names = draft.names
    if operation.name:
        name = names.claim_netns(operation.name)
    elif operation.kind == "host":
        name = names.netns("host", "h")
    else:
        name = names.netns("", "c", 1)
    # without IPv6 no namespace sends anything of its own accord, and every run counts the same packets
    draft.add(f"ip netns add {name}", netns_exec(name, _NO_IPV6))
    draft.made.append(Item("namespace", name))
    if operation.host is not None:
        _container(draft, name, operation.host)


def _container(draft: Draft, name: str, host: str) -> None:
    draft.run.need_net(host)
    outer = draft.names.device(host, "veth", f"veth{name}")
    inner = draft.names.device(name, "eth", "eth0")
    draft.add(_veth(host, outer, name, inner))
    network = draft.names.subnet()
    gateway, address = draft.names.host(network), draft.names.host(network)
    _up(draft, (host, outer), gateway)
    _up(draft, (name, inner), address)
    draft.add(ip(name, f"route add default via {gateway.ip}"))


def _veth(a: str, a_name: str, b: str, b_name: str) -> str:
    """The command of a pair; iproute2 needs no word for an end in the namespace in which a lab starts."""
    if a and b:
        return f"ip link add {a_name} netns {a} type veth peer name {b_name} netns {b}"
    if b:
        return f"ip link add {a_name} type veth peer name {b_name} netns {b}"
    if a:
        return f"ip link add {b_name} type veth peer name {a_name} netns {a}"
    return f"ip link add {a_name} type veth peer name {b_name}"


def _up(draft: Draft, port: tuple[str, str], address: IPv4Interface | None) -> None:
    netns, name = port
    draft.add(ip(netns, f"link set {name} up"))
    if address is not None:
        draft.add(ip(netns, f"addr add {address} dev {name}"))


def add_veth(draft: Draft, operation: AddVeth) -> None:
    """A cable, with an address at each end that is not a bridge's port."""
    ends = ((operation.a, operation.a_bridge), (operation.b, operation.b_bridge))
    bridges = [draft.run.need(netns, name) if name else None for netns, name in ends]
    for bridge in bridges:
        if bridge is not None and bridge.kind != "bridge":
            raise OperationError(f"{bridge.name} in {shown(bridge.net.name)} is no bridge. Choose a bridge.")
    ports = []
    for (netns, bridge_name), other in zip(ends, (operation.b, operation.a), strict=True):
        draft.run.need_net(netns)
        wish = f"veth{other}" if bridge_name and other != netns else ""
        stem = "veth" if bridge_name else "eth"
        ports.append((netns, draft.names.device(netns, stem, wish)))
    draft.add(_veth(*ports[0], *ports[1]))
    for (netns, name), (_, bridge_name) in zip(ports, ends, strict=True):
        if bridge_name:
            draft.add(ip(netns, f"link set {name} master {bridge_name}"))
    for port, address in zip(ports, _cable_addresses(draft, bridges), strict=True):
        _up(draft, port, address)
    draft.made += [Item("device", netns, name) for netns, name in ports]


def _cable_addresses(draft: Draft, bridges: list[NetDevice | None]) -> list[IPv4Interface | None]:
    """Per end an address, None for a bridge's port."""
    if all(bridge is not None for bridge in bridges):
        return [None, None]
    bridge = next((bridge for bridge in bridges if bridge is not None), None)
    network = (_network_of(bridge) if bridge is not None else None) or draft.names.subnet()
    return [draft.names.host(network) if bridge is None else None for bridge in bridges]


def _network_of(bridge: NetDevice) -> IPv4Network | None:
    """The subnet that a bridge carries."""
    return next((address.network for dev in _behind(bridge) for address in addresses(dev)), None)


def _behind(bridge: NetDevice) -> Iterator[NetDevice]:
    """A bridge, and the devices at the other ends of its ports."""
    yield bridge
    for dev in bridge.net.devices.values():
        if dev.master is bridge:
            other = peer(dev)
            if other is not None:
                yield other


_STEMS = {"bridge": "br", "dummy": "dummy", "macvlan": "macvlan", "ifb": "ifb"}


def add_device(draft: Draft, operation: AddDevice) -> None:
    """A device of its own, or one on top of another."""
    netns, kind = operation.netns, operation.kind
    draft.run.need_net(netns)
    if kind not in ("vlan", "macvlan"):
        name = _named(draft, operation, _STEMS[kind])
        draft.add(ip(netns, f"link add {name} type {kind}"))
    else:
        if not operation.lower:
            raise OperationError(f"A {kind} device stands on another device. Drop it on that device.")
        lower = draft.run.need(netns, operation.lower)
        if kind == "vlan":
            number = _vlan_id(lower)
            name = _named(draft, operation, "vlan", f"{lower.name}.{number}", number)
            made = f"type vlan id {number}"
        else:
            name, made = _named(draft, operation, "macvlan"), "type macvlan mode bridge"
        draft.add(ip(netns, f"link add link {lower.name} name {name} {made}"))
    draft.add(ip(netns, f"link set {name} up"))
    draft.made.append(Item("device", netns, name))


def _named(draft: Draft, operation: AddDevice, stem: str, wish: str = "", start: int = 0) -> str:
    if operation.name:
        return draft.names.claim_device(operation.netns, operation.name)
    return draft.names.device(operation.netns, stem, wish, start)


def _vlan_id(lower: NetDevice) -> int:
    """10, 20, 30 …: the first that the device does not carry."""
    used = {dev.name.rpartition(".")[2] for dev in lower.net.devices.values() if dev.lower is lower}
    used |= {str(dev.priv.vlan_id) for dev in lower.net.devices.values() if dev.lower is lower and dev.kind == "vlan"}
    return next(number for number in range(10, 4095) if number % 10 == 0 and str(number) not in used)


def add_vxlan(draft: Draft, operation: AddVxlan) -> None:
    """A tunnel: a vxlan device at each end, addressed in a subnet of its own."""
    devices = [draft.run.need(*operation.a), draft.run.need(*operation.b)]
    if devices[0].net is devices[1].net:
        raise OperationError("A tunnel needs two namespaces. Choose a device in another one.")
    outer = [_outer(dev) for dev in devices]
    for dev, address in zip(devices, reversed(outer), strict=True):
        if not draft.run.routes(dev.net.name, str(address.ip)):
            raise OperationError(
                f"{shown(dev.net.name)} has no route to {address.ip}. Connect the two, or add a route, first."
            )
    vni = _free_vni(draft)
    names = [draft.names.device(dev.net.name, "vx") for dev in devices]
    for dev, name, remote in zip(devices, names, reversed(outer), strict=True):
        command = f"link add {name} type vxlan id {vni} remote {remote.ip} dstport 4789 dev {dev.name}"
        draft.add(ip(dev.net.name, command))
    network = draft.names.subnet()
    for dev, name in zip(devices, names, strict=True):
        _up(draft, (dev.net.name, name), draft.names.host(network))
        draft.made.append(Item("device", dev.net.name, name))


def _outer(dev: NetDevice) -> IPv4Interface:
    found = addresses(dev)
    if not found:
        raise OperationError(f"{dev.name} in {shown(dev.net.name)} has no IP address. Add one first.")
    return found[0]


def _free_vni(draft: Draft) -> int:
    used = {dev.priv.vni for net in draft.run.nets for dev in net.devices.values() if dev.kind == "vxlan"}
    return next(vni for vni in range(42, 1 << 24) if vni not in used)
