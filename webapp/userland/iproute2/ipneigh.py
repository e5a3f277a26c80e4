"""ip neigh (ip/ipneigh.c)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.kernel.core.sock import AF_PACKET
from webapp.kernel.uapi.if_link import AF_UNSPEC
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import (
    DelNeighbour,
    DumpNeighbours,
    GetNeighbour,
    Neighbour,
    NewNeighbour,
    Ntf,
    Nud,
)
from webapp.userland.iproute2.arguments import (
    FAILURE,
    USAGE,
    Arguments,
    Exit,
    duparg,
    duparg2,
    get_unsigned,
    invarg,
    lookup,
    matches,
    nodev,
    not_modelled,
)
from webapp.userland.iproute2.inet_prefix import (
    InetPrefix,
    format_host,
    get_addr,
    get_prefix,
    ll_addr_a2n,
    ll_addr_n2a,
)
from webapp.userland.iproute2.ip_common import Ip, flush_summary
from webapp.userland.iproute2.rt_names import RTPROT

USAGE_TEXT = """\
Usage: ip neigh { add | change | replace | delete } ADDRESS [ lladdr LLADDR ] [ nud STATE ] dev DEVICE
       ip neigh { add | delete } proxy ADDRESS dev DEVICE
       ip neigh { show | flush } [ proxy ] [ to PREFIX ] [ dev DEVICE ] [ nud STATE ]
       ip neigh get ADDRESS dev DEVICE
STATE := { permanent | reachable | stale | delay | probe | failed | incomplete | noarp | none | all }
"""

MAX_ROUNDS = 10
_ALL_STATES = 0xFFFFFFFF
_NONE_TOO = 0x100
"""A bit of a filter beyond the states: entries without a state."""

_STATES = {
    "permanent*": Nud.PERMANENT,
    "reachable*": Nud.REACHABLE,
    "noarp": Nud.NOARP,
    "none": Nud.NONE,
    "stale": Nud.STALE,
    "incomplete": Nud.INCOMPLETE,
    "delay": Nud.DELAY,
    "probe": Nud.PROBE,
    "failed*": Nud.FAILED,
}
_SHOWN_STATES = (
    Nud.INCOMPLETE, Nud.REACHABLE, Nud.STALE, Nud.DELAY, Nud.PROBE, Nud.FAILED, Nud.NOARP, Nud.PERMANENT,
)  # fmt: skip


def nud_state_a2n(word: str) -> int | None:
    """A state by name or as a number with at most one bit."""
    state = lookup(_STATES, word)
    if state is not None:
        return state
    number = get_unsigned(word, 0xFF)
    return None if number is None or number & (number - 1) else number


@dataclass(slots=True)
class Filter:
    """What a listing is limited to."""

    family: int
    state: int
    index: int = 0
    prefix: InetPrefix | None = None
    proxy: bool = False
    protocol: int = 0
    nomaster: bool = False

    def wants(self, neighbour: Neighbour) -> bool:
        """print_neigh's checks."""
        special = neighbour.flags & (Ntf.PROXY | Ntf.EXT_LEARNED)
        known = self.state & neighbour.state or special or (not neighbour.state and self.state & _NONE_TOO)
        return bool(
            self.family in (AF_UNSPEC, neighbour.family)
            and self.index in (0, neighbour.ifindex)
            and known
            and (self.prefix is None or not self.prefix.family or self._in_prefix(neighbour))
            and self.protocol in (0, neighbour.protocol)
        )

    def _in_prefix(self, neighbour: Neighbour) -> bool:
        assert self.prefix is not None
        return self.prefix.family == neighbour.family and self.prefix.contains(neighbour.dst)


# Printing


def print_neigh(ip: Ip, neighbour: Neighbour, index: int = 0) -> None:
    """One neighbour, without the device where ``index`` names it."""
    dst = format_host(neighbour.dst)
    dev = ip.ll_index_to_name(neighbour.ifindex) if not index and neighbour.ifindex else ""
    lladdr = ll_addr_n2a(neighbour.lladdr) if neighbour.lladdr is not None else ""
    if ip.brief:
        ip.write(f"{dst:<39s} {f'{dev:<16s} ' if dev else ''}{lladdr}\n")
        return
    parts = [f"{dst} "]
    if dev:
        parts.append(f"dev {dev} ")
    if lladdr:
        parts.append(f"lladdr {lladdr} ")
    for flag, word in ((Ntf.ROUTER, "router "), (Ntf.PROXY, "proxy "), (Ntf.EXT_LEARNED, "extern_learn ")):
        if neighbour.flags & flag:
            parts.append(word)
    if ip.show_stats and not neighbour.flags & Ntf.PROXY:
        times = f"{neighbour.used}/{neighbour.confirmed}/{neighbour.updated}"
        parts.append(f" used {times}probes {neighbour.probes} ")
    parts += [f"{state.name} " for state in _SHOWN_STATES if neighbour.state & state]
    if neighbour.protocol:
        parts.append(f"proto {RTPROT.n2a(neighbour.protocol)} ")
    ip.write("".join(parts) + "\n")


# Listing and flushing


def _nud(ip: Ip, only: Filter, args: Arguments, flush: bool, first: bool) -> None:
    word = args.value()
    state = nud_state_a2n(word)
    if state is None:
        if word != "all":
            invarg("nud state is bad", word)
        state = _ALL_STATES & ~Nud.NOARP if flush else _ALL_STATES
    only.state = (0 if first else only.state) | (state or _NONE_TOO)


def _parse_filter(ip: Ip, args: Arguments, flush: bool) -> Filter:
    states = _ALL_STATES & ~(Nud.PERMANENT | Nud.NOARP) if flush else 0xFF & ~Nud.NOARP
    only = Filter(ip.family, states)
    dev = ""
    first_state = True
    while args:
        word = args.take()
        if word == "dev":
            value = args.value()
            if dev:
                duparg("dev", value)
            dev = value
        elif word in ("master", "vrf"):
            _refuse_master(ip, word, args)
        elif word == "nomaster":
            only.nomaster = True
        elif word == "unused":
            not_modelled('"unused"')
        elif word == "nud":
            _nud(ip, only, args, flush, first_state)
            first_state = False
        elif word == "proxy":
            only.proxy = True
        elif matches(word, "protocol"):
            only.protocol = _protocol(args, 'invalid "protocol"\n', takes_all=True)
        else:
            _prefix(only, args.value() if word == "to" else word)
    if dev:
        only.index = ip.ll_name_to_index(dev) or nodev(dev)
    return only


def _refuse_master(ip: Ip, word: str, args: Arguments) -> None:
    name = args.value()
    if word == "vrf" or not ip.ll_name_to_index(name):
        invarg("Not a valid VRF name\n" if word == "vrf" else "Device does not exist\n", name)
    not_modelled('"master"')


def _prefix(only: Filter, word: str) -> None:
    if matches(word, "help"):
        raise Exit(USAGE, USAGE_TEXT)
    only.prefix = get_prefix(word, only.family)
    only.family = only.family or only.prefix.family


def _protocol(args: Arguments, complaint: str, takes_all: bool = False) -> int:
    word = args.value()
    protocol = RTPROT.a2n(word)
    if protocol is None:
        if not takes_all or word != "all":
            invarg(complaint, word)
        return 0
    return protocol


def _dump(ip: Ip, only: Filter) -> list[Neighbour]:
    if only.family == AF_PACKET:
        return []
    return [each for each in ip.rtnl_talk(DumpNeighbours(only.family, only.proxy)) if only.wants(each)]


def _show(ip: Ip, args: Arguments) -> int:
    only = _parse_filter(ip, args, flush=False)
    for neighbour in _dump(ip, only):
        print_neigh(ip, neighbour, only.index)
    return 0


def _flush(ip: Ip, args: Arguments) -> int:
    if not args:
        raise Exit(FAILURE, "Flush requires arguments.\n")
    only = _parse_filter(ip, args, flush=True)
    rounds = 0
    while rounds < MAX_ROUNDS:
        doomed = _dump(ip, only)
        if not doomed:
            if ip.show_stats:
                ip.write(flush_summary(rounds))
            return 0
        rounds += 1
        for neighbour in doomed:
            if ip.show_stats > 1:
                print_neigh(ip, neighbour, only.index)
            ip.rtnl_talk(DelNeighbour(neighbour))
        if ip.show_stats:
            ip.write(f"\n*** Round {rounds}, deleting {len(doomed)} entries ***\n")
        only.state &= ~Nud.FAILED
    ip.write(f"*** Flush not complete bailing out after {MAX_ROUNDS} rounds\n")
    return FAILURE


# Changing


class _Parser:
    """ipneigh_modify's state; ``get`` reads a part of the same words."""

    def __init__(self, ip: Ip) -> None:
        self.ip = ip
        self.fields: dict[str, Any] = {}
        self.destination: InetPrefix | None = None
        self.dev = ""
        self.flags = Ntf.NONE
        self.state: int = Nud.PERMANENT
        self.lladdr = ""

    def to(self, word: str, complain: Callable[[str], object]) -> None:
        """The address that it is about."""
        if matches(word, "help"):
            raise Exit(USAGE, USAGE_TEXT)
        if self.destination is not None:
            complain(word)
        self.destination = get_addr(word, self.ip.family)


ModifyOption = Callable[[_Parser, str, Arguments], None]


def _lladdr(parser: _Parser, word: str, args: Arguments) -> None:
    value = args.value()
    if parser.lladdr:
        duparg("lladdr", value)
    parser.lladdr = value


def _modify_nud(parser: _Parser, word: str, args: Arguments) -> None:
    value = args.value()
    state = nud_state_a2n(value)
    if state is None:
        invarg("nud state is bad", value)
    parser.state = state


def _proxy(parser: _Parser, word: str, args: Arguments) -> None:
    parser.to(args.value(), lambda value: duparg("address", value))
    parser.flags |= Ntf.PROXY


def _flag(flag: Ntf) -> ModifyOption:
    def parse(parser: _Parser, word: str, args: Arguments) -> None:
        parser.flags |= flag

    return parse


def _managed(parser: _Parser, word: str, args: Arguments) -> None:
    not_modelled('"managed"')


def _dev(parser: _Parser, word: str, args: Arguments) -> None:
    parser.dev = args.value()


def _modify_protocol(parser: _Parser, word: str, args: Arguments) -> None:
    parser.fields["protocol"] = _protocol(args, '"protocol" value is invalid\n')


MODIFY_OPTIONS: Mapping[str, ModifyOption] = {
    "lladdr*": _lladdr,
    "nud": _modify_nud,
    "proxy*": _proxy,
    "router": _flag(Ntf.ROUTER),
    "use": _flag(Ntf.USE),
    "managed": _managed,
    "extern_learn*": _flag(Ntf.EXT_LEARNED),
    "dev": _dev,
    "protocol*": _modify_protocol,
}

GET_OPTIONS: Mapping[str, ModifyOption] = {"dev": _dev, "proxy*": _proxy}


def _parse(ip: Ip, args: Arguments, options: Mapping[str, ModifyOption]) -> _Parser:
    parser = _Parser(ip)
    while args:
        word = args.take()
        option = lookup(options, word)
        if option is not None:
            option(parser, word, args)
        else:
            parser.to(args.value() if word == "to" else word, lambda value: duparg2("to", value))
    return parser


def _complete(parser: _Parser) -> InetPrefix | None:
    """The address, if a device (or proxy) and an address were given."""
    has_dev = parser.dev or parser.flags & Ntf.PROXY
    if not has_dev or parser.destination is None or parser.destination.family == AF_UNSPEC:
        return None
    return parser.destination


def _modify(ip: Ip, args: Arguments) -> Neighbour:
    parser = _parse(ip, args, MODIFY_OPTIONS)
    destination = _complete(parser)
    if destination is None:
        raise Exit(USAGE, "Device and destination are required arguments.\n")
    lladdr = ll_addr_a2n(parser.lladdr, 20) if parser.lladdr not in ("", "null") else None
    ifindex = 0
    if parser.dev:
        ifindex = ip.ll_name_to_index(parser.dev) or nodev(parser.dev)
    return Neighbour(
        ifindex,
        destination.data,
        lladdr,
        state=Nud(parser.state),
        flags=parser.flags,
        family=destination.family,
        **parser.fields,
    )


def _newneigh(flags: NlmFlags) -> Callable[[Ip, Arguments], int]:
    def run(ip: Ip, args: Arguments) -> int:
        ip.rtnl_talk(NewNeighbour(_modify(ip, args), flags))
        return 0

    return run


def _delneigh(ip: Ip, args: Arguments) -> int:
    ip.rtnl_talk(DelNeighbour(_modify(ip, args)))
    return 0


def _get(ip: Ip, args: Arguments) -> int:
    parser = _parse(ip, args, GET_OPTIONS)
    destination = _complete(parser)
    if destination is None:
        raise Exit(FAILURE, "Device and address are required arguments.\n")
    ifindex = 0
    if parser.dev:
        ifindex = ip.ll_name_to_index(parser.dev) or nodev(parser.dev)
    print_neigh(ip, ip.rtnl_talk(GetNeighbour(destination.data, ifindex, parser.flags, destination.family)))
    return 0


def usage(ip: Ip, args: Arguments) -> int:
    """``ip neigh help``."""
    raise Exit(USAGE, USAGE_TEXT)


COMMANDS: Mapping[str, Callable[[Ip, Arguments], int]] = {
    "add*": _newneigh(NlmFlags.CREATE | NlmFlags.EXCL),
    "change*": _newneigh(NlmFlags.REPLACE),
    "chg": _newneigh(NlmFlags.REPLACE),
    "replace*": _newneigh(NlmFlags.CREATE | NlmFlags.REPLACE),
    "delete*": _delneigh,
    "get*": _get,
    "show*": _show,
    "lst*": _show,
    "list*": _show,
    "flush*": _flush,
    "help*": usage,
}


def do_ipneigh(ip: Ip, args: Arguments) -> int:
    """``ip neigh …``."""
    if not args:
        return _show(ip, args)
    word = args.take()
    run = lookup(COMMANDS, word)
    if run is None:
        raise Exit(USAGE, f'Command "{word}" is unknown, try "ip neigh help".\n')
    return run(ip, args)
