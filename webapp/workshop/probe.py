"""Commands that send packets, at the script's end: AddProbe. What is typed in a terminal: AddCommand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, ip_address

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.userland.shell import ScriptError, Word, parse
from webapp.workshop.document import apply, call, only_looks
from webapp.workshop.draft import Draft
from webapp.workshop.names import addresses, all_addresses, peer
from webapp.workshop.operations import AddCommand, AddProbe, Change, OperationError
from webapp.workshop.run import shown
from webapp.workshop.words import heredoc, netns_exec


def add_probe(draft: Draft, operation: AddProbe) -> None:
    """The command, or for TCP the listener's and the client's."""
    draft.run.need_net(operation.netns)
    draft.append(*_KINDS[operation.kind](draft, operation))


def _target(draft: Draft, operation: AddProbe) -> str:
    """The address that was asked for; or one that there is a route to, and one back if there is such an address."""
    if operation.to:
        try:
            return str(ip_address(operation.to))
        except ValueError as error:
            raise OperationError(f"{operation.to} is no address. Write it as 10.0.0.2.") from error
    one_way = ""
    for net, address in _candidates(draft, operation.netns):
        target = str(address)
        if draft.run.routes(operation.netns, target):
            if _answers(draft, net, _towards(draft, operation.netns, target)):
                return target
            one_way = one_way or target
    if one_way:
        return one_way
    raise OperationError(
        f"{shown(operation.netns)} has no route to any other namespace. Connect it by a cable, or name an address."
    )


def _answers(draft: Draft, net: Net, sender: NetDevice | None) -> bool:
    """Whether a namespace has a route to what a device sends with."""
    own = addresses(sender) if sender is not None else []
    return bool(own) and draft.run.routes(net.name, str(own[0].ip))


def _candidates(draft: Draft, netns: str) -> list[tuple[Net, IPv4Address]]:
    """Addresses of other namespaces: those of hosts before those of routers on the way to them.

    Among these come the other ends of the cables first, then the same subnets, then all.
    """
    own = draft.run.need_net(netns)
    peers = [other for other in map(peer, own.devices.values()) if other is not None and other.net is not own]
    ends = [(other.net, address.ip) for other in peers for address in addresses(other)]
    networks = [address.network for _, address in all_addresses(own)]
    others = [(net, address.ip) for net in draft.run.nets if net is not own for _, address in all_addresses(net)]
    near = [(net, address) for net, address in others if any(address in network for network in networks)]
    found = dict.fromkeys((*ends, *near, *others))
    return sorted(found, key=lambda each: bool(each[0].ipv4.devconf_all.forwarding))


def _sender(draft: Draft, operation: AddProbe) -> NetDevice:
    """The device of a packet socket."""
    if operation.dev:
        return draft.run.need(operation.netns, operation.dev)
    net = draft.run.need_net(operation.netns)
    devices = [dev for dev in net.devices.values() if dev is not net.loopback]
    found = next((dev for dev in devices if addresses(dev)), devices[0] if devices else None)
    if found is None:
        raise OperationError(f"{shown(operation.netns)} has no device to send from. Add one first.")
    return found


def _address(dev: NetDevice) -> str:
    found = addresses(dev)
    if not found:
        raise OperationError(f"{dev.name} in {shown(dev.net.name)} has no IP address. Add one first.")
    return str(found[0].ip)


def _towards(draft: Draft, netns: str, address: str) -> NetDevice | None:
    """The device through which a namespace sends to an address."""
    _, text = draft.run.ask(netns, ["ip", "route", "get", address])
    words = text.split()
    name = words[words.index("dev") + 1] if "dev" in words[:-1] else ""
    return draft.run.need_net(netns).devices.get(name)


def _ping(draft: Draft, operation: AddProbe) -> list[str]:
    return [netns_exec(operation.netns, f"ping -c 1 -W 1 {_target(draft, operation)}")]


def _udp(draft: Draft, operation: AddProbe) -> list[str]:
    target = _target(draft, operation)
    return [heredoc(netns_exec(operation.netns, f"nc -u -q 0 {target} {operation.port or 53}"), ["hello"])]


def _tcp(draft: Draft, operation: AddProbe) -> list[str]:
    """Where the model has the target's namespace, something listens there for the one connection."""
    target, port = _target(draft, operation), operation.port or 80
    client = heredoc(netns_exec(operation.netns, f"nc -N -w 1 {target} {port}"), ["hello"])
    for net in draft.run.nets:
        if any(str(address.ip) == target for _, address in all_addresses(net)):
            return [netns_exec(net.name, f"nc -l {port} &"), "sleep 0.2", client]
    return [client]


def _arp(draft: Draft, operation: AddProbe) -> list[str]:
    target = _target(draft, operation)
    dev = draft.run.need(operation.netns, operation.dev) if operation.dev else _towards(draft, operation.netns, target)
    name = (dev or _sender(draft, operation)).name
    return [netns_exec(operation.netns, f"arping -c 1 -W 0.1 -i {name} {target}")]


def _mausezahn(draft: Draft, operation: AddProbe, words: str) -> list[str]:
    return [netns_exec(operation.netns, f"mausezahn {_sender(draft, operation).name} -q -c 1 {words}")]


def _dhcp(draft: Draft, operation: AddProbe) -> list[str]:
    return _mausezahn(draft, operation, '-b bcast -A 0.0.0.0 -B 255.255.255.255 -t udp "sp=68,dp=67"')


def _arp_announce(draft: Draft, operation: AddProbe) -> list[str]:
    own = _address(_sender(draft, operation))
    return _mausezahn(draft, operation, f'-t arp "request, senderip={own}, targetip={own}"')


def _frame(destination: str, ethertype: str, payload: str) -> Callable[[Draft, AddProbe], list[str]]:
    def make(draft: Draft, operation: AddProbe) -> list[str]:
        dev = _sender(draft, operation)
        source = dev.address.hex(":")
        return _mausezahn(draft, operation, f'"{destination} {source} {ethertype} {payload}"')

    return make


_MINIMUM = 14
_MAXIMUM = 9018


def _raw(draft: Draft, operation: AddProbe) -> list[str]:
    digits = "".join(operation.raw.replace(":", " ").split())
    try:
        frame = bytes.fromhex(digits)
    except ValueError as error:
        raise OperationError(
            "The frame is not written in hex. Write two digits a byte, as 02:00:00:00:00:01."
        ) from error
    if not _MINIMUM <= len(frame) <= _MAXIMUM:
        raise OperationError(f"A frame has {_MINIMUM} to {_MAXIMUM} bytes, from the destination's address on.")
    parts = (frame[:6], frame[6:12], frame[12:14], frame[14:])
    return _mausezahn(draft, operation, '"' + " ".join(part.hex(":") for part in parts if part) + '"')


_KINDS: Mapping[str, Callable[[Draft, AddProbe], list[str]]] = {
    "ping": _ping,
    "udp": _udp,
    "tcp": _tcp,
    "arp": _arp,
    "dhcp": _dhcp,
    "gptp": _frame("01:80:c2:00:00:0e", "88:f7", "00:02:00:2c"),
    "avtp": _frame("91:e0:f0:00:fe:00", "22:f0", "00:80:00:00"),
    "arp-announce": _arp_announce,
    "raw": _raw,
}


def add_command(draft: Draft, operation: AddCommand) -> None:
    """What was typed, in its namespace: at the end if it only looks, else before the probes."""
    draft.run.need_net(operation.netns)
    line = operation.line.strip()
    try:
        lists = parse(line)
    except ScriptError as error:
        raise OperationError(f"{error.message} (column {error.column})") from error
    commands = [step.command for steps in lists for step in steps]
    if commands:
        text = apply(line, [_placed(operation.netns, command.words[0]) for command in commands])
        looks = all(only_looks(call(command.words)) for command in commands)
        (draft.append if looks else draft.add)(text)


def _placed(netns: str, word: Word) -> Change:
    """What makes a command one of a namespace."""
    if netns and word.text in ("ip", "tc", "bridge"):
        return Change(word.end, word.end, f" -n {netns}")
    return Change(word.start, word.start, netns_exec(netns, ""))
