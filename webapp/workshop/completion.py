"""What may stand at a place of a script: names of the lab as it is, and words that the tools' readers take there."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.machine import Machine
from webapp.kernel.uapi.nftnl import FAMILY_NAMES
from webapp.lab.topology import topology
from webapp.userland.iproute2.ll_proto import LL_PROTO
from webapp.userland.nftables import keys
from webapp.userland.nftables.cache import RulesetCache
from webapp.userland.nftables.datatype import (
    ETHERADDR,
    IFINDEX,
    IFNAME,
    INET_PROTOCOL,
    IP6ADDR,
    IPADDR,
    DataType,
)
from webapp.userland.nftables.hooks import HOOKS, std_prios
from webapp.userland.nftables.proto import PROTOCOLS
from webapp.userland.programs import PROGRAMS
from webapp.workshop import vocabulary
from webapp.workshop.cursor import Cursor, cursor
from webapp.workshop.explanations import PROGRAMS_ARE
from webapp.workshop.invocation import Invocation, invocation
from webapp.workshop.nft_words import Place, place

MAX_OPTIONS = 300

Kind = Literal["program", "word", "namespace", "device", "table", "chain", "set", "address", "keyword", "option"]


class Option(NamedTuple):
    """One thing that may stand there, and a few words about it."""

    label: str
    kind: Kind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """``options`` replace the characters from ``start`` to the cursor; each begins as what stands there does."""

    start: int
    options: tuple[Option, ...]


def complete(machine: Machine, script: str, offset: int, netns: str = "") -> Completion:
    """At ``offset`` (characters) of a script whose commands start in ``netns``; ``machine``: the lab as it last ran."""
    at = cursor(script, offset)
    if at.comment:
        return Completion(offset, ())
    found, part = _options(machine, at, netns)
    begun = {option.label: option for option in found if option.label.startswith(part) and option.label != part}
    return Completion(offset - len(part), tuple(begun.values())[:MAX_OPTIONS])


def _options(machine: Machine, at: Cursor, netns: str) -> tuple[Iterable[Option], str]:
    """What may stand there, before it is compared with the second value, the part of it that is typed already."""
    words = [*at.words, at.word]
    if at.body is not None:
        run = invocation(at.words, netns)
        if run.program != "nft":
            return (), ""
        return _nft(_Names(machine, run.netns), at.body)
    run = invocation(words, netns)
    names = _Names(machine, run.netns)
    before = words[run.first + 1 : -1]
    if run.first >= len(words) - 1:
        return _programs(words, run, machine), at.word
    if run.program == "nft":
        return _nft(names, " ".join((*_commands(before), at.word)))
    if run.program in ("ip", "tc", "bridge"):
        return _iproute2(names, run.program, before, at.word), at.word
    return _others(names, run.program, before), at.word


def _programs(words: list[str], run: Invocation, machine: Machine) -> Iterator[Option]:
    """At the first word; or, behind ``ip netns exec``, at the namespace or the program."""
    if run.first > len(words) - 1:
        yield from _Names(machine, "").namespaces()
        return
    for name in PROGRAMS:
        yield Option(name, "program", PROGRAMS_ARE.get(name, ""))


class _Names:
    """What there is in a lab, seen from one namespace."""

    def __init__(self, machine: Machine, netns: str) -> None:
        self.machine = machine
        self.netns = netns
        self.net: Net = machine.namespaces.get(netns, machine.init_net)

    def namespaces(self) -> Iterator[Option]:
        for name in self.machine.namespaces:
            if name:
                yield Option(name, "namespace", "namespace")

    def devices(self, *, quoted: bool = False) -> Iterator[Option]:
        mark = '"' if quoted else ""
        for view in topology(self.machine).namespaces:
            if view.name == self.net.name:
                for dev in view.devices:
                    detail = " ".join((dev.kind or "loopback", *dev.addresses[:1]))
                    yield Option(f"{mark}{dev.name}{mark}", "device", detail)

    def addresses(self, *, networks: bool = False) -> Iterator[Option]:
        """Addresses of all namespaces, other namespaces' first: those are what one wants to reach."""
        views = sorted(topology(self.machine).namespaces, key=lambda view: view.name == self.net.name)
        for view in views:
            for dev in view.devices:
                for address in dev.addresses:
                    said = address if networks else address.split("/")[0]
                    yield Option(said, "address", f"{view.name} {dev.name}".strip())

    def macs(self) -> Iterator[Option]:
        for view in topology(self.machine).namespaces:
            for dev in view.devices:
                if dev.name != "lo":
                    yield Option(dev.address, "address", f"{view.name} {dev.name}".strip())

    @functools.cached_property
    def ruleset(self) -> RulesetCache:
        return RulesetCache(self.net)

    def tables(self, family: str) -> Iterator[Option]:
        for number, name in sorted(self.ruleset.tables):
            if not family or FAMILY_NAMES[number] == family:
                yield Option(name, "table", f"table {FAMILY_NAMES[number]}")

    def chains(self, family: str, table: str) -> Iterator[Option]:
        for number, owner, name in sorted(self.ruleset.chains):
            if (FAMILY_NAMES[number], owner) == (family, table):
                yield Option(name, "chain", f"chain of {family} {owner}")

    def sets(self, family: str, table: str) -> Iterator[Option]:
        for (number, owner, name), found in sorted(self.ruleset.sets.items()):
            if (FAMILY_NAMES[number], owner) == (family, table) and not name.startswith("__"):
                yield Option(name, "set", "map" if found.is_map else "set")


# ip, tc, bridge


_DEVICE = frozenset(("dev", "link", "master", "indev", "iif", "oif", "port"))
_ADDRESS = frozenset(
    ("via", "local", "remote", "src", "dst", "to", "from", "get", "dst_ip", "src_ip", "arp_tip", "arp_sip")
)
_MAC = frozenset(("lladdr", "address", "dst_mac", "src_mac", "dmac", "smac"))
_SHOWING = frozenset(("show", "list", "flush"))
_PROTOCOLS = tuple(name for name in LL_PROTO if name in ("all", "ip", "ipv6", "arp", "802.1Q", "802.1ad"))


def _iproute2(names: _Names, program: str, before: list[str], typed: str) -> Iterator[Option]:
    plain = _without_options(before)
    if before and before[-1] in ("-n", "-netns"):
        yield from names.namespaces()
    elif typed.startswith("-") and not plain:
        yield from (Option(word, "option", program) for word in vocabulary.options(program))
    elif not plain:
        yield from (Option(word, "word", f"{program} {word}") for word in vocabulary.objects(program))
    else:
        yield from _object_words(names, program, plain)


def _without_options(words: list[str]) -> list[str]:
    """The words from the object on."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in ("-n", "-netns", "-b", "-batch", "-f", "-family") else 1
    return words[at:]


def _object_words(names: _Names, program: str, plain: list[str]) -> Iterator[Option]:
    module = vocabulary.reader(program, plain[0])
    if module is None:
        return
    said = vocabulary.commands(module, plain[0])
    if len(plain) == 1:
        yield from (Option(word, "word", f"{program} {plain[0]} {word}") for word in said)
        return
    command = next((word for word in said if word.startswith(plain[1])), plain[1])
    last = plain[-1]
    values = list(_values(names, program, plain, command))
    if values:
        yield from values
        return
    if program == "tc":
        yield from _tc_words(plain, vocabulary.arguments(module, command))
        return
    if len(plain) == 2 and command in _SHOWING and plain[0][0] in "al":  # address and link, of a device
        yield from names.devices()
    kind = _behind(plain, "type")
    known = vocabulary.arguments(module, command)
    if len(plain) > 2 and vocabulary.takes_value(known.get(last)):  # what is given is one's own to choose
        return
    if kind in vocabulary.LINK_KINDS:
        yield from (Option(word, "keyword", f"of {kind}") for word in vocabulary.kind_words(kind))
        if kind != "veth" or "peer" not in plain:
            return
    yield from (Option(word, "keyword", plain[0]) for word in known)


def _values(names: _Names, program: str, plain: list[str], command: str) -> Iterator[Option]:
    """Names and values for the place behind the last word, where that takes one."""
    last, obj = plain[-1], plain[0]
    bare = len(plain) == 2  # the object and its command
    if last in _DEVICE or (bare and program == "ip" and obj == "link" and command not in ("add", "show", "list")):
        yield from names.devices()
        if bare:
            yield Option("dev", "keyword")
    elif bare and program == "ip" and obj == "netns" and command in ("delete", "exec", "pids", "set"):
        yield from names.namespaces()
    elif bare and program == "ip" and obj.startswith("a") and command == "delete":
        yield from names.addresses(networks=True)
    elif bare and program == "ip" and obj.startswith("n") and command in ("delete", "get"):
        yield from names.addresses()
    elif last == "netns":
        yield from names.namespaces()
    elif last in _ADDRESS:
        yield from names.addresses()
    elif last in _MAC:
        yield from names.macs()
    elif last == "type" and program == "ip":
        yield from (Option(word, "keyword", "kind of device") for word in vocabulary.LINK_KINDS)
    elif last in ("protocol", "proto") and program == "tc":
        yield from (Option(word, "keyword", f"0x{LL_PROTO[word]:04x}") for word in _PROTOCOLS)
    elif last == "nud":
        states = ("permanent", "reachable", "stale", "noarp", "none", "incomplete", "delay", "probe", "failed")
        yield from (Option(word, "keyword", "state of a neighbour") for word in states)


def _tc_words(plain: list[str], known: Iterable[str]) -> Iterator[Option]:
    action = _behind(plain, "action")
    if plain[-1] == "action":
        yield from (Option(word, "keyword", "action") for word in (*vocabulary.ACTION_KINDS, *vocabulary.CONTROLS))
    elif action is not None:
        kind = action if action in vocabulary.ACTION_KINDS else "gact"
        yield from (Option(word, "keyword", f"of {kind}") for word in vocabulary.action_words(kind))
    else:
        kind = next((word for word in plain[2:] if word in vocabulary.FILTER_KINDS), "")
        words = vocabulary.filter_words(kind) if kind else known
        detail = f"of {kind}" if kind else plain[0]
        yield from (Option(word, "keyword", detail) for word in words if word != "block")


def _behind(words: list[str], word: str) -> str | None:
    """What stands behind the last ``word``; None where it is not there, or the last."""
    places = [at for at in range(len(words) - 1) if words[at] == word]
    return words[places[-1] + 1] if places else None


# nft


_PART = re.compile(r"[A-Za-z0-9_./-]*$")
_QUOTED = re.compile(r"\"[^\"\n]*$")
_VERBS = frozenset(
    ("add", "create", "insert", "replace", "delete", "destroy", "list", "flush", "reset", "rename", "get")
)
_BLOCKS = frozenset(("table", "chain", "set", "map", "element", "flowtable", "counter", "quota", "limit"))
_OF_SETS = frozenset(("set", "map", "element", "meter"))
_OPERATORS = frozenset(("==", "!=", "<", ">", "<=", ">=", ",", "{", "eq", "ne"))
_AFTER_VALUE = frozenset(("map", "vmap", "set"))
_DEVICE_TYPES = (IFINDEX, IFNAME)


def _commands(words: list[str]) -> list[str]:
    """A command line's commands: what stands before them are options."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in ("-d", "-f") else 1
    return words[at:]


def _nft(names: _Names, text: str) -> tuple[Iterable[Option], str]:
    open_quote = text.count('"', text.rfind("\n") + 1) % 2
    match = (_QUOTED if open_quote else _PART).search(text)
    part = match[0] if match else ""
    at = place(text[: len(text) - len(part)])
    return _nft_options(names, at, quoted=part.startswith('"') or not part), part


def _nft_options(names: _Names, at: Place, *, quoted: bool) -> Iterator[Option]:
    family, table = _table(at)
    line = at.line
    last = line[-1] if line else ""
    dtype = _value_type(at)
    if at.name:
        yield from _nft_names(names, at, family, table, quoted=quoted)
        if dtype is not None:
            yield from _of_type(names, dtype, quoted=quoted)
    known = _symbols(dtype)
    if last == "priority" or at.words == ("last",):  # names have been given; "last" may be one, too
        return
    for word in at.words:
        if dtype is None or word in _AFTER_VALUE or word in known:
            yield Option(word, "keyword", last if last in PROTOCOLS else "")


def _nft_names(names: _Names, at: Place, family: str, table: str, *, quoted: bool) -> Iterator[Option]:
    """Names that exist, or that the language has, but its grammar leaves open."""
    line, last = at.line, at.line[-1] if at.line else ""
    if last == "hook":
        yield from (Option(word, "keyword", f"hook of {family}") for word in _of_family(HOOKS, family))
    elif last == "priority":
        hook = line[line.index("hook") + 1] if "hook" in line[:-1] else ""
        for std in std_prios(_number(family)):
            if std.compatible(_number(family), hook) or not hook:
                yield Option(std.name, "keyword", f"priority {std.number}")
    elif last in ("device", "devices") or line[-2:] in (["fwd", "to"], ["dup", "to"], ["device", "="]):
        yield from names.devices(quoted=quoted)
    elif last in ("jump", "goto"):
        yield from names.chains(family, table)
    elif last == "@":
        yield from names.sets(family, table)
    else:
        yield from _of_command(names, line)


def _of_command(names: _Names, line: list[str]) -> Iterator[Option]:
    """Table, then chain or set, behind a verb: ``add rule netdev t e``."""
    rest = line[1:] if line and line[0] in _VERBS else line
    obj = rest[0] if rest and rest[0] in {*_BLOCKS, "rule", "rules", "meter"} else ""
    rest = rest[1:] if obj else rest
    families = set(FAMILY_NAMES.values())
    family = rest[0] if rest and rest[0] in families else ""
    rest = rest[1:] if family else rest
    if not line or (not obj and line[0] not in _VERBS):
        return
    if not rest:
        yield from names.tables(family)
    elif len(rest) == 1 and obj in _OF_SETS:
        yield from names.sets(family or "ip", rest[0])
    elif len(rest) == 1 and obj != "table":
        yield from names.chains(family or "ip", rest[0])


def _table(at: Place) -> tuple[str, str]:
    """Family and name of the table that a place belongs to."""
    for line in (*at.scopes, at.line):
        words = [word for word in line if word not in _VERBS and word not in ("rule", *_BLOCKS)]
        if len(words) != len(line) and words:
            named = words if words[0] in FAMILY_NAMES.values() else ["ip", *words]
            return named[0], named[1] if len(named) > 1 else ""
    return "ip", ""


def _number(family: str) -> int:
    return next((number for number, name in FAMILY_NAMES.items() if name == family), 0)


def _of_family(table: dict[int, dict[str, int]], family: str) -> Iterable[str]:
    return table.get(_number(family), {})


def _value_type(at: Place) -> DataType | None:
    """The type of the value that may follow: what it is compared with stands before it, or before its braces."""
    line = at.line
    if at.scopes and (not line or line[-1] == ",") and not set(at.scopes[-1][:2]) & _BLOCKS:
        line = at.scopes[-1]
    while line and line[-1] in _OPERATORS:
        line = line[:-1]
    if not line:
        return None
    before, last = line[-2] if len(line) > 1 else "", line[-1]
    if before in PROTOCOLS and last in PROTOCOLS[before].templates:
        return PROTOCOLS[before].templates[last].dtype
    if before == "ct" and last in keys.CT_WORDS:
        return keys.CT[keys.CT_WORDS[last]].dtype
    if last in keys.META_WORDS and (before == "meta" or last in _UNQUALIFIED):
        return keys.META[keys.META_WORDS[last]].dtype
    return None


_UNQUALIFIED = frozenset(keys.META_UNQUALIFIED_WORDS)


def _symbols(dtype: DataType | None) -> frozenset[str]:
    """The names that values of a type have."""
    while dtype is not None:
        if dtype.symbols:
            return frozenset(dtype.symbols)
        if dtype is INET_PROTOCOL:
            return frozenset(("icmp", "icmpv6", "tcp", "udp", "sctp", "igmp", "esp", "ah", "gre", "udplite"))
        dtype = dtype.basetype
    return frozenset()


def _of_type(names: _Names, dtype: DataType, *, quoted: bool) -> Iterator[Option]:
    if dtype in (IPADDR, IP6ADDR):
        wanted = ":" if dtype is IP6ADDR else "."
        yield from (option for option in names.addresses() if wanted in option.label)
    elif dtype in _DEVICE_TYPES:
        yield from names.devices(quoted=quoted)
    elif dtype is ETHERADDR:
        yield from names.macs()
    yield from (Option(word, "word", dtype.desc) for word in sorted(_symbols(dtype)))


# The other programs


_DEVICE_OPTIONS = {"arping": ("-i", "-I"), "ping": ("-I",), "tcpdump": ("-i",), "trafgen": ("-d", "-o")}


def _others(names: _Names, program: str, before: list[str]) -> Iterator[Option]:
    if (before and before[-1] in _DEVICE_OPTIONS.get(program, ())) or (
        program == "mausezahn" and not [word for word in before if not word.startswith("-")]
    ):
        yield from names.devices()
    elif program in ("ping", "arping", "nc", "mausezahn"):
        yield from (option for option in names.addresses() if not option.label.startswith("127."))
    elif program == "sysctl":
        yield from (Option(name, "word", names.net.sysctl[name]) for name in sorted(names.net.sysctl))
    elif program == "timeout":
        yield from (Option(name, "program", PROGRAMS_ARE.get(name, "")) for name in PROGRAMS)
