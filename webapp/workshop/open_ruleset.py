"""A ruleset as `nft list ruleset` prints it, made into a lab: the devices that it names, and itself.

The lab is a namespace ``host`` with those devices, and behind each of them a namespace of its own, so that packets can
come in and go out where the rules speak of them. Addresses are those that the rules name beside a device.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import islice

import msgspec

from webapp.kernel.machine import LimitError
from webapp.lab.lab import Lab
from webapp.userland.shell import ScriptError
from webapp.workshop.device_words import known_device, new_device


class Taken(msgspec.Struct, frozen=True):
    """What nft takes of a ruleset: its ``text`` with the rest made comments, and a line about each part left out."""

    text: str
    notes: tuple[str, ...]


class RulesetError(Exception):
    """A text that nft cannot read. ``message`` is nft's; ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class Opened(msgspec.Struct, frozen=True):
    """A lab's script, and what was left out of it or put into it."""

    script: str
    notes: tuple[str, ...]


_ERROR = re.compile(r"^/dev/stdin:(\d+):(\d+)-\d+: Error: (.*)$", re.MULTILINE)
_ROUNDS = 500
"""Parts of a ruleset that may be left out before the rest is given up."""


# What nft takes


def accepted(ruleset: str, load: Callable[[str], str]) -> Taken:
    """Leaves out one part after the other until nothing is said against the rest.

    ``load`` gives what nft prints for a ruleset: nothing where it takes it.
    """
    lines = ruleset.rstrip().splitlines()
    notes: list[str] = []
    for _ in range(_ROUNDS):
        output = load("\n".join(lines))
        if not output:
            return Taken("\n".join(lines), tuple(notes))
        error = _ERROR.search(output)
        number = int(error[1]) if error else 0
        if error is None or not 1 <= number <= len(lines):
            break
        first, last = _part(lines, number - 1)
        if lines[first].lstrip().startswith("#"):
            break
        notes.append(f"{lines[first].strip()}: {error[3]}")
        for at in range(first, last + 1):
            text = lines[at].lstrip()
            indent = lines[at][: len(lines[at]) - len(text)]
            lines[at] = f"{indent}# left out: {text} ({error[3]})" if at == first else f"{indent}# {text}"
    whole = [f"# {line}" for line in ruleset.rstrip().splitlines()]
    return Taken("\n".join(whole), (*notes, "nothing of the ruleset is left"))


_BLOCK = re.compile(r"\s*(table|chain|set|map|flowtable|counter|quota|limit|ct|secmark|synproxy)\b[^;]*\{\s*$")
_HOOK = re.compile(r"\s*type \S+ hook ")


def _part(lines: list[str], at: int) -> tuple[int, int]:
    """The lines, from and to, of the statement or block that line ``at`` belongs to."""
    openers: list[int] = []
    ends: dict[int, int] = {}
    around: list[int] = []
    for number, line in enumerate(lines):
        if number == at:
            around = list(openers)
        for brace in re.findall(r"[{}]", re.sub(r'"[^"]*"|#.*', "", line)):
            if brace == "{":
                openers.append(number)
            elif openers:
                ends[openers.pop()] = number
    listed = [opener for opener in around if opener != at and not _BLOCK.match(lines[opener])]
    if listed:
        return listed[0], ends.get(listed[0], at)
    if (_HOOK.match(lines[at]) or lines[at].strip() == "}") and around:
        return around[-1], ends.get(around[-1], at)
    return at, max(ends.get(at, at), at)


# The lab


def ruleset_lab(text: str) -> Opened:
    """The lab of a pasted ruleset. RulesetError: nft cannot read it."""
    ruleset = text.strip("\n")
    if not re.search(r"\btable\b", ruleset):
        raise RulesetError("no table in it: this is what `nft list ruleset` prints, or a file for `nft -f`", 1, 1)
    devices = _devices(ruleset)
    setup = list(_setup(devices))
    lab = Lab("ruleset.sh")
    lab.append("\n".join(setup))

    def load(rules: str) -> str:
        output = "".join(entry.output for entry in lab.append(_loading(rules)))
        error = _ERROR.search(output)
        if error and error[3].startswith("syntax error"):
            raise RulesetError(error[3], int(error[1]), int(error[2].split("-")[0]))
        return output

    try:
        taken = accepted(ruleset, load)
    except (ScriptError, LimitError) as error:
        raise RulesetError(str(error), 1, 1) from error
    script = ["# Made around a ruleset: the devices that it names, each with a namespace behind it.", *setup,
              _loading(taken.text), *_probes(devices)]  # fmt: skip
    made = [f"{one.name}: {one.why}" for one in devices]
    return Opened("\n".join(script) + "\n", (*made, *(f"left out: {note}" for note in taken.notes)))


def _loading(rules: str) -> str:
    lines = set(rules.splitlines())
    end = next(mark for number in range(len(lines) + 1) if (mark := f"X{number or ''}") not in lines)
    return f"ip netns exec host nft -f - <<'{end}'\n{rules}\n{end}"


_NOWHERE = IPv4Interface("0.0.0.0/0")


@dataclass(slots=True)
class _Device:
    """A device that the rules name.

    ``beyond`` is the namespace behind it; ``own`` and ``other`` are the addresses here and there; ``master`` is the
    bridge whose port it is; ``why`` says what it was made as.
    """

    name: str
    kind: str = "veth"
    beyond: str = ""
    own: IPv4Interface = _NOWHERE
    other: IPv4Interface = _NOWHERE
    why: str = ""
    master: str = ""


_NAME = r'"?[\w.@*-]+"?'
_NAMING = (
    re.compile(rf"\bdevices? (?:= )?(\{{[^}}]*\}}|{_NAME})"),
    re.compile(rf"\b(?:iifname|oifname|iif|oif)\b (?:!= |== |vmap )?(\{{[^}}]*\}}|{_NAME})"),
    re.compile(rf"\b(?:fwd|dup) (?:ip6? )?to (?:[\d.:a-f]+ device )?({_NAME})"),
)
_NAMING_BRIDGES = (re.compile(rf"\b(?:ibrname|obrname|ibridgename|obridgename)\b (?:!= |== )?(\{{[^}}]*\}}|{_NAME})"),)
_IFNAME_SET = re.compile(r"type [^\n;]*\bifname\b.*?elements = (\{[^}]*\})", re.DOTALL)
_WORDS = frozenset(("lo", "vmap", "map", "set", "ip", "ip6"))
_BRIDGE_NAME = re.compile(r"(?:br|virbr|docker|lxcbr|cni|podman)[\w-]*\d*$")
_TUNNEL_NAME = re.compile(r"(?:tun|tap|wg|ppp|tailscale|ifb|dummy)\d*")
_LONGEST_NAME = 15
_MOST = 40
"""Devices of a lab."""


def _names(ruleset: str, patterns: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    for pattern in patterns:
        for found in pattern.finditer(ruleset):
            for part in found[1].strip("{} ").split(","):
                words = part.split(":")[0].strip().strip('"').split()
                name = words[-1].strip('"') if words else ""
                name = name.replace("*", "0")
                if name and name not in _WORDS and len(name) <= _LONGEST_NAME and not name.isdigit():
                    yield name


def _devices(ruleset: str) -> list[_Device]:
    """The devices in the order in which they are made: a vlan after what it is on top of."""
    bare = re.sub(r'\b(?:comment|prefix) "[^"]*"', "", ruleset)
    bridges = dict.fromkeys(_names(bare, _NAMING_BRIDGES))
    names = dict.fromkeys([*_names(bare, (*_NAMING, _IFNAME_SET)), *bridges])
    if not names:
        names = {"eth0": None}
    if re.search(r"^\s*table bridge ", bare, re.MULTILINE) and not any(map(_BRIDGE_NAME.match, names)):
        names["br0"] = None
    for name in list(names):
        lower, dot, vid = name.partition(".")
        if dot and vid.isdigit():
            names.setdefault(lower, None)
    devices = [_device(name, name in bridges) for name in islice(names, _MOST)]
    devices.sort(key=lambda one: ("bridge", "veth", "dummy", "vlan").index(one.kind))
    _give_addresses(devices, bare)
    if re.search(r"^\s*table bridge ", bare, re.MULTILINE):
        _plug_in(devices)
    return devices


def _plug_in(devices: list[_Device]) -> None:
    """Cables become ports of the bridge; what is behind them has addresses of the bridge's subnet."""
    bridge = next(one for one in devices if one.kind == "bridge")
    for number, device in enumerate((one for one in devices if one.kind == "veth"), start=10):
        network = bridge.own.network
        device.master, device.own = bridge.name, bridge.own
        device.other = (
            IPv4Interface(f"{network[number]}/{network.prefixlen}") if number < network.num_addresses else bridge.other
        )
        device.why = f"a port of {bridge.name}, with a namespace behind it"


def _device(name: str, bridge: bool) -> _Device:
    lower, dot, vid = name.partition(".")
    if bridge or _BRIDGE_NAME.match(name):
        return _Device(name, "bridge", why="a bridge, with a port and a namespace behind it")
    if dot and vid.isdigit():
        return _Device(name, "vlan", why=f"vlan {vid} on {lower}")
    if _TUNNEL_NAME.fullmatch(name):
        return _Device(name, "dummy", why="a dummy in the place of a tunnel: nothing is behind it")
    return _Device(name, why="a cable to a namespace of its own")


_ADDRESS = re.compile(r"\bip (saddr|daddr) (?:!= )?\{? ?(\d+\.\d+\.\d+\.\d+(?:/\d+)?)")
_HOOK_OF = re.compile(r"type \S+ hook (\w+)(?: devices? (?:= )?(\{[^}]*\}|\S+))?")


def _give_addresses(devices: list[_Device], ruleset: str) -> None:
    """Addresses beside a device in a rule are its own, or those behind it, by the way that the packet goes."""
    hook, chained = "", ""
    hints: dict[str, list[tuple[str, IPv4Interface]]] = {device.name: [] for device in devices}
    for line in ruleset.splitlines():
        if found := _HOOK_OF.search(line):
            hook, chained = found[1], found[2] or ""
        for name, found_there in hints.items():
            quoted = re.escape(name)
            way = re.search(rf'\b(iif|oif)(?:name)? (?!!=)(?:\{{[^}}]*)?"?{quoted}"?', line)
            inward = way[1] == "iif" if way else hook != "egress"
            if not way and not re.search(rf'"?{quoted}"?', chained):
                continue
            for side, text in _ADDRESS.findall(line):
                behind = (side == "saddr") == inward
                found_there.append(("other" if behind else "own", IPv4Interface(text)))
    used: set[IPv4Network] = set()
    for number, device in enumerate(devices):
        _address(device, hints[device.name], number, used, forwarded=hook == "forward")


def _address(
    device: _Device, hints: list[tuple[str, IPv4Interface]], number: int, used: set[IPv4Network], *, forwarded: bool
) -> None:
    behind = [one for kind, one in hints if kind == "other" and _fits(one)]
    here = [one for kind, one in hints if kind == "own" and _fits(one) and not forwarded]
    named = (_subnet(one) for one in (*behind, *here))
    spare = (IPv4Network(f"10.{second}.{number}.0/24") for second in range(256))
    network = next(net for net in (*named, *spare) if not any(net.overlaps(old) for old in used))
    used.add(network)
    hosts = [network[1], network[2]]
    own = next((one.ip for one in here if one.ip in network and one.network.prefixlen == 32), None)
    other = next((one.ip for one in behind if one.ip in network and one.network.prefixlen == 32), None)
    own = own or next(host for host in hosts if host != other)
    other = other or next(host for host in hosts if host != own)
    device.own = IPv4Interface(f"{own}/{network.prefixlen}")
    device.other = IPv4Interface(f"{other}/{network.prefixlen}")


def _fits(one: IPv4Interface) -> bool:
    """An address that a host may have, or a subnet of some size."""
    ip: IPv4Address = one.ip
    return (
        not (ip.is_multicast or ip.is_loopback or ip.is_unspecified or int(ip) == 0xFFFFFFFF)
        and one.network.prefixlen >= 8
    )


def _subnet(one: IPv4Interface) -> IPv4Network:
    length = one.network.prefixlen
    return one.network if length <= 29 else IPv4Network(f"{one.ip}/24", strict=False)


# The commands


def _setup(devices: list[_Device]) -> Iterator[str]:
    yield "ip netns add host"
    yield "ip -n host link set lo up"
    beyond = {}
    for number, device in enumerate((one for one in devices if one.kind in ("veth", "bridge")), start=1):
        beyond[device.name] = device.beyond = f"h{number}"
    for device in devices:
        if device.kind == "vlan":
            device.beyond = beyond.get(device.name.partition(".")[0], "")
        yield from _COMMANDS[device.kind](device)
        yield f"ip -n host link set {known_device(device.name)} up"
        if not device.master:
            yield f"ip -n host addr add {device.own} dev {device.name}"
        if device.beyond:
            end = "eth0" if device.kind != "vlan" else f"eth0.{device.name.partition('.')[2]}"
            yield f"ip -n {device.beyond} link set {end} up"
            yield f"ip -n {device.beyond} addr add {device.other} dev {end}"
            if device.kind != "vlan":
                yield f"ip -n {device.beyond} route add default via {device.own.ip}"
    if len(devices) > 1:
        yield "ip netns exec host sysctl -qw net.ipv4.ip_forward=1"


def _veth(device: _Device) -> Iterator[str]:
    yield f"ip netns add {device.beyond}"
    yield f"ip -n host link add {new_device(device.name)} type veth peer name eth0 netns {device.beyond}"
    if device.master:
        yield f"ip -n host link set {known_device(device.name)} master {device.master}"


def _bridge(device: _Device) -> Iterator[str]:
    port = f"port-{device.beyond}"
    yield f"ip netns add {device.beyond}"
    yield f"ip -n host link add {new_device(device.name)} type bridge"
    yield f"ip -n host link add {port} type veth peer name eth0 netns {device.beyond}"
    yield f"ip -n host link set {port} master {device.name}"
    yield f"ip -n host link set {port} up"


def _vlan(device: _Device) -> Iterator[str]:
    lower, _, vid = device.name.partition(".")
    yield f"ip -n host link add link {lower} name {device.name} type vlan id {vid}"
    if device.beyond:
        yield f"ip -n {device.beyond} link add link eth0 name eth0.{vid} type vlan id {vid}"


def _dummy(device: _Device) -> Iterator[str]:
    yield f"ip -n host link add {new_device(device.name)} type dummy"


_COMMANDS: dict[str, Callable[[_Device], Iterator[str]]] = {
    "veth": _veth,
    "bridge": _bridge,
    "vlan": _vlan,
    "dummy": _dummy,
}


def _probes(devices: list[_Device]) -> Iterator[str]:
    """Across the host, to it, and from it."""
    ends = [one for one in devices if one.kind in ("veth", "bridge")]
    if len(ends) > 1:
        yield f"ip netns exec {ends[0].beyond} ping -c 1 -W 1 {ends[1].other.ip}"
    if ends:
        yield f"ip netns exec {ends[0].beyond} ping -c 1 -W 1 {ends[0].own.ip}"
        yield f"ip netns exec host ping -c 1 -W 1 {ends[0].other.ip}"
