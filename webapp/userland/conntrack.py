"""conntrack of conntrack-tools 1.4.7: -L, -G, -D, -F and -C of the tables conntrack, expect, dying and unconfirmed.

Not modelled, and refused: -I, -U, -A, -R, -E, -S, -h, labels, secmarks, and the output formats xml and save. As into a
file, what a table holds is printed after the line that counts it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from msgspec.structs import replace

from webapp.kernel.netfilter.nf_conntrack_netlink import (
    ctnetlink_del_conntrack,
    ctnetlink_dump_table,
    ctnetlink_flush_conntrack,
)
from webapp.kernel.uapi.netfilter import NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_UNSPEC
from webapp.kernel.uapi.nfnetlink_conntrack import CtEntry, CtTuple
from webapp.userland.process import Process

_VERSION = "conntrack v1.4.7 (conntrack-tools)"
_TRY = "Try `conntrack -h' or 'conntrack --help' for more information.\n"

_SEEN_REPLY, _ASSURED, _SRC_NAT_DONE, _DST_NAT_DONE, _FIXED_TIMEOUT = 0x2, 0x4, 0x80, 0x100, 0x400
_OFFLOAD, _HW_OFFLOAD = 0x4000, 0x8000
_STATUS = {
    "ASSURED": _ASSURED, "SEEN_REPLY": _SEEN_REPLY, "UNSET": 0, "FIXED_TIMEOUT": _FIXED_TIMEOUT, "OFFLOAD": _OFFLOAD,
    "HW_OFFLOAD": _HW_OFFLOAD,
}  # fmt: skip
_OUTPUTS = ("extended", "timestamp", "id", "ktimestamp", "labels", "userspace")
_PROTOCOLS = {"tcp": 6, "udp": 17, "udplite": 136, "icmp": 1, "icmpv6": 58, "sctp": 132, "gre": 47, "dccp": 33}
_PROTOCOL_NAMES = {number: name for name, number in _PROTOCOLS.items()}
_TCP_STATES = (
    "NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE", "LISTEN",
)  # fmt: skip
_FAMILIES = {"ipv4": NFPROTO_IPV4, "ipv6": NFPROTO_IPV6}
_FAMILY_NAMES = {NFPROTO_IPV4: "ipv4", NFPROTO_IPV6: "ipv6"}
_TABLES = ("conntrack", "expect", "dying", "unconfirmed")

_COMMANDS = {"L": "dump", "G": "get", "D": "delete", "F": "flush", "C": "count", "V": "version"}
_COMMAND_WORDS = {word: letter for letter, word in _COMMANDS.items()}
_REFUSED = {"I": "create", "A": "add", "U": "update", "E": "event", "S": "stats", "R": "load-file", "h": "help"}

# options by their long names: whether a value follows; an optional one only as part of the same word or the next
_OPTIONS = {
    "src": 1, "dst": 1, "reply-src": 1, "reply-dst": 1, "protonum": 1, "family": 1, "mark": 1, "status": 1, "zone": 1,
    "orig-zone": 1, "reply-zone": 1, "mask-src": 1, "mask-dst": 1, "src-nat": 2, "dst-nat": 2, "any-nat": 2, "zero": 0,
    "output": 1, "buffer-size": 1,
}  # fmt: skip
_ALIASES = {"orig-src": "src", "orig-dst": "dst"}
_SHORT = {
    "s": "src", "d": "dst", "r": "reply-src", "q": "reply-dst", "p": "protonum", "f": "family", "m": "mark",
    "u": "status", "w": "zone", "n": "src-nat", "g": "dst-nat", "j": "any-nat", "z": "zero", "o": "output",
    "b": "buffer-size",
}  # fmt: skip
_PORT_OPTIONS = {
    "sport": "sport", "orig-port-src": "sport", "dport": "dport", "orig-port-dst": "dport",
    "reply-port-src": "reply-port-src", "reply-port-dst": "reply-port-dst",
}  # fmt: skip
_PROTOCOL_OPTIONS: dict[int, dict[str, str]] = {
    6: {**_PORT_OPTIONS, "state": "state"},
    17: _PORT_OPTIONS,
    136: _PORT_OPTIONS,
    1: {"icmp-type": "icmp-type", "icmp-code": "icmp-code", "icmp-id": "icmp-id"},
}
"""Options that are known once the protocol is."""


class ArgumentError(Exception):
    """What conntrack says of its arguments; exit code 2."""


@dataclass(slots=True)
class Filter:
    """Which connections are meant. Addresses are networks; ``mark`` and statuses are (value, mask)."""

    family: int = NFPROTO_UNSPEC
    protonum: int | None = None
    addresses: dict[str, object] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    mark: tuple[int, int] | None = None
    status: tuple[int, int] | None = None
    nat: dict[str, str] = field(default_factory=dict)

    def __call__(self, entry: CtEntry) -> bool:
        if self.protonum not in (None, entry.protonum) or self.family not in (NFPROTO_UNSPEC, entry.l3num):
            return False
        sides = {
            "src": entry.orig.src, "dst": entry.orig.dst, "reply-src": entry.reply.src, "reply-dst": entry.reply.dst,
        }  # fmt: skip
        if any(ip_address(sides[name]) not in network for name, network in self.addresses.items()):  # type: ignore[operator]
            return False
        numbers = _numbers(entry)
        if any(numbers[name] != number for name, number in self.numbers.items()):
            return False
        if self.mark is not None and entry.mark & self.mark[1] != self.mark[0]:
            return False
        if self.status is not None and entry.status & self.status[1] != self.status[0]:
            return False
        return _translated(entry, self.nat)


def _numbers(entry: CtEntry) -> dict[str, int | None]:
    orig, reply = entry.orig, entry.reply
    return {
        "sport": orig.sport, "dport": orig.dport, "reply-port-src": reply.sport, "reply-port-dst": reply.dport,
        "state": entry.tcp_state, "icmp-type": orig.icmp_type, "icmp-code": orig.icmp_code, "icmp-id": orig.icmp_id,
        "zone": entry.zone, "orig-zone": entry.zone if entry.zone is not None else entry.zone_orig,
        "reply-zone": entry.zone if entry.zone is not None else entry.zone_reply,
    }  # fmt: skip


def _l4(tuple_: CtTuple) -> tuple[int, int]:
    """The transport part of source and destination as libnetfilter_conntrack compares it: an ICMP id, type and code."""
    if tuple_.icmp_type is not None:
        return tuple_.icmp_id or 0, tuple_.icmp_type | (tuple_.icmp_code or 0) << 8
    return tuple_.sport or 0, tuple_.dport or 0


def _translated(entry: CtEntry, wanted: dict[str, str]) -> bool:
    """filter_nat: -n, -g and -j, with the address that was given or any."""
    if not wanted:
        return True
    orig, reply = entry.orig, entry.reply
    source = bool(entry.status & _SRC_NAT_DONE) and (reply.dst != orig.src or _l4(reply)[1] != _l4(orig)[0])
    target = bool(entry.status & _DST_NAT_DONE) and (reply.src != orig.dst or _l4(reply)[0] != _l4(orig)[1])
    found = {
        "src-nat": source and _is(reply.dst, wanted.get("src-nat", "")),
        "dst-nat": target and _is(reply.src, wanted.get("dst-nat", "")),
    }
    if "any-nat" in wanted:
        address = wanted["any-nat"]
        return (source and _is(reply.dst, address)) or (target and _is(reply.src, address))
    return all(found[name] for name in wanted)


def _is(address: bytes, text: str) -> bool:
    return not text or ip_address(address) == ip_address(text)


# --- arguments ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Arguments:
    """What was typed."""

    command: str = ""
    table: str = "conntrack"
    given: list[tuple[str, str]] = field(default_factory=list)

    def values(self, name: str) -> Iterator[str]:
        return (value for known, value in self.given if known == name)


def _read(argv: list[str]) -> Arguments:
    """Commands and options in any order; which options there are depends on the protocol, which may come last."""
    arguments = Arguments()
    protonum = _protocol_of(argv)
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        name, _, value = word[2:].partition("=") if word.startswith("--") else (word[1:2], "", word[2:])
        letter = _COMMAND_WORDS.get(name) if word.startswith("--") else name if name in _COMMANDS else None
        refused = name in _REFUSED or name in _REFUSED.values()
        if not word.startswith("-"):
            raise ArgumentError(f"unknown argument `{word}'")
        if refused:
            raise ArgumentError(f"{word} is not modelled")
        if letter is not None:
            _command(arguments, letter, rest)
            continue
        known = _name(word, name, protonum)
        takes = _OPTIONS.get(known, 1)
        if takes == 1 and not value:
            if not rest:
                raise ArgumentError(f"option `{word}' requires an argument")
            value = rest.pop(0)
        elif takes == 2 and not value and rest and not rest[0].startswith("-"):
            value = rest.pop(0)
        arguments.given.append((known, value))
    if not arguments.command:
        name = next((name for name, _ in arguments.given), "")
        raise ArgumentError(f"Illegal option `--{name}' with this command" if name else "no command specified")
    return arguments


def _command(arguments: Arguments, letter: str, rest: list[str]) -> None:
    if arguments.command:
        raise ArgumentError("Invalid commands combination")
    arguments.command = letter
    if rest and not rest[0].startswith("-"):
        arguments.table = rest.pop(0)
        if arguments.table not in _TABLES:
            raise ArgumentError(f"unknown type `{arguments.table}'")


def _name(word: str, name: str, protonum: int | None) -> str:
    if not word.startswith("--"):
        if name not in _SHORT:
            raise ArgumentError(f"unknown option `-{name}'")
        return _SHORT[name]
    name = _ALIASES.get(name, name)
    own = _PROTOCOL_OPTIONS.get(protonum or -1, {})
    if name in own:
        return own[name]
    if name not in _OPTIONS:
        raise ArgumentError(f"unknown option `{word}'")
    return name


def _protocol_of(argv: list[str]) -> int | None:
    for at, word in enumerate(argv):
        if word in ("-p", "--protonum") and at + 1 < len(argv):
            return _protocol(argv[at + 1])
        if match := re.fullmatch(r"(?:-p|--protonum=)(.+)", word):
            return _protocol(match[1])
    return None


def _protocol(text: str) -> int:
    if text.lower() in _PROTOCOLS:
        return _PROTOCOLS[text.lower()]
    if text.isdecimal() and int(text) < 256:
        return int(text)
    raise ArgumentError(f"`{text}' unsupported protocol")


def _network(text: str, mask: str) -> object:
    try:
        return ip_network(f"{text}/{mask}" if mask else text, strict=False)
    except ValueError:
        raise ArgumentError(f"Invalid IP address `{text}'") from None


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise ArgumentError(f"Invalid value `{text}'") from None


def _statuses(text: str) -> tuple[int, int]:
    value = mask = 0
    for word in text.upper().split(","):
        if word == "UNREPLIED":
            mask |= _SEEN_REPLY
        elif word in _STATUS:
            value |= _STATUS[word]
            mask |= _STATUS[word]
        else:
            raise ArgumentError(f"Bad parameter `{word}'")
    return value, mask


def _filter(arguments: Arguments) -> Filter:
    result = Filter()
    masks = {name: next(arguments.values(f"mask-{name}"), "") for name in ("src", "dst")}
    for name, value in arguments.given:
        if name in ("src", "dst", "reply-src", "reply-dst"):
            result.addresses[name] = _network(value, masks.get(name, ""))
        elif name == "protonum":
            result.protonum = _protocol(value)
        elif name == "family":
            if value not in _FAMILIES:
                raise ArgumentError(f"`{value}' unsupported protocol")
            result.family = _FAMILIES[value]
        elif name == "mark":
            mark, slash, mask = value.partition("/")
            result.mark = (_number(mark), _number(mask) if slash else 0xFFFFFFFF)
        elif name == "status":
            result.status = _statuses(value)
        elif name in ("src-nat", "dst-nat", "any-nat"):
            if value:
                _network(value, "")
            result.nat[name] = value
        elif name == "state":
            if value.upper() not in _TCP_STATES:
                raise ArgumentError(f"unknown TCP state `{value}'")
            result.numbers[name] = _TCP_STATES.index(value.upper())
        elif name not in ("mask-src", "mask-dst", "zero", "output", "buffer-size"):
            result.numbers[name] = _number(value)
    return result


def _outputs(arguments: Arguments) -> frozenset[str]:
    words = {word for value in arguments.values("output") for word in value.split(",")}
    for word in sorted(words):
        if word in ("xml", "save"):
            raise ArgumentError(f"output format {word} is not modelled")
        if word not in _OUTPUTS:
            raise ArgumentError(f"Bad parameter `{word}'")
    return frozenset(words)


# --- printing -----------------------------------------------------------------------------------------------------


def _tuple_words(tuple_: CtTuple) -> Iterator[str]:
    yield f"src={ip_address(tuple_.src)}"
    yield f"dst={ip_address(tuple_.dst)}"
    if tuple_.sport is not None:
        yield f"sport={tuple_.sport}"
        yield f"dport={tuple_.dport}"
    if tuple_.icmp_type is not None:
        yield f"type={tuple_.icmp_type}"
        yield f"code={tuple_.icmp_code}"
        yield f"id={tuple_.icmp_id}"


def entry_print(entry: CtEntry, outputs: frozenset[str] = frozenset()) -> str:
    """One connection on a line, as libnetfilter_conntrack words it (nfct_snprintf)."""
    return " ".join(_words(entry, outputs))


def _words(entry: CtEntry, outputs: frozenset[str]) -> Iterator[str]:
    if "extended" in outputs:
        yield f"{_FAMILY_NAMES[entry.l3num]:<8} {entry.l3num}"
    yield f"{_PROTOCOL_NAMES.get(entry.protonum, 'unknown'):<8} {entry.protonum}"
    if entry.timeout is not None:
        yield str(entry.timeout)
    if entry.tcp_state is not None:
        yield _TCP_STATES[entry.tcp_state] if entry.tcp_state < len(_TCP_STATES) else "SYN_SENT2"
    yield from _tuple_words(entry.orig)
    if entry.zone_orig is not None:
        yield f"zone-orig={entry.zone_orig}"
    if entry.counters is not None:
        yield f"packets={entry.counters[0][0]} bytes={entry.counters[0][1]}"
    if not entry.status & _SEEN_REPLY:
        yield "[UNREPLIED]"
    yield from _tuple_words(entry.reply)
    if entry.zone_reply is not None:
        yield f"zone-reply={entry.zone_reply}"
    if entry.counters is not None:
        yield f"packets={entry.counters[1][0]} bytes={entry.counters[1][1]}"
    if entry.status & _HW_OFFLOAD:
        yield "[HW_OFFLOAD]"
    elif entry.status & _OFFLOAD:
        yield "[OFFLOAD]"
    elif entry.status & _ASSURED:
        yield "[ASSURED]"
    yield f"mark={entry.mark}"
    if entry.zone is not None:
        yield f"zone={entry.zone}"
    yield f"use={entry.use}"
    if "id" in outputs:
        yield f"id={entry.id}"


# --- commands -----------------------------------------------------------------------------------------------------


def _show(process: Process, entries: list[CtEntry], outputs: frozenset[str], done: str) -> None:
    if "labels" in outputs:
        process.stderr.write("nfct_labelmap_new: No such file or directory\n")
    process.stderr.write(f"{_VERSION}: {len(entries)} flow entries have been {done}.\n")
    for entry in entries:
        process.stdout.write(entry_print(entry, outputs) + "\n")


def _dump(process: Process, arguments: Arguments) -> int:
    wanted, outputs = _filter(arguments), _outputs(arguments)
    if arguments.table == "expect":
        process.stderr.write(f"{_VERSION}: 0 expectations have been shown.\n")
        return 0
    entries: list[CtEntry] = []
    if arguments.table == "conntrack":
        reset = any(True for _ in arguments.values("zero"))
        entries = [entry for entry in ctnetlink_dump_table(process.net, reset=reset) if wanted(entry)]
    _show(process, entries, outputs, "shown")
    return 0


def _get(process: Process, arguments: Arguments) -> int:
    wanted, outputs = _filter(arguments), _outputs(arguments)
    found = next((entry for entry in ctnetlink_dump_table(process.net) if wanted(entry)), None)
    if found is None:
        process.stderr.write(f"{_VERSION}: Operation failed: such conntrack doesn't exist\n")
        return 1
    # the look-up itself holds the entry while it is printed
    _show(process, [replace(found, use=found.use + 1)], outputs, "shown")
    return 0


def _delete(process: Process, arguments: Arguments) -> int:
    wanted, outputs = _filter(arguments), _outputs(arguments)
    entries = [entry for entry in ctnetlink_dump_table(process.net) if wanted(entry)]
    for entry in entries:
        ctnetlink_del_conntrack(process.net, entry.id)
    _show(process, entries, outputs, "deleted")
    return 0 if entries else 1


def _flush(process: Process, arguments: Arguments) -> int:
    what = "expectation" if arguments.table == "expect" else "connection tracking"
    if arguments.table == "conntrack":
        ctnetlink_flush_conntrack(process.net)
    process.stderr.write(f"{_VERSION}: {what} table has been emptied.\n")
    return 0


def _count(process: Process, arguments: Arguments) -> int:
    count = len(ctnetlink_dump_table(process.net)) if arguments.table == "conntrack" else 0
    process.stdout.write(f"{count}\n")
    return 0


def _version(process: Process, arguments: Arguments) -> int:
    process.stdout.write(f"{_VERSION}\n")
    return 0


_RUN: dict[str, Callable[[Process, Arguments], int]] = {
    "L": _dump,
    "G": _get,
    "D": _delete,
    "F": _flush,
    "C": _count,
    "V": _version,
}


def main(process: Process, argv: list[str]) -> int:
    """Exit code 1 where nothing was found to delete, 2 for arguments that cannot be."""
    try:
        arguments = _read(argv[1:])
        return _RUN[arguments.command](process, arguments)
    except ArgumentError as problem:
        process.stderr.write(f"{_VERSION}: {problem}\n{_TRY}")
        return 2
