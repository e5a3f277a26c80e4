"""ip route (ip/iproute.c)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.kernel.core.rtnetlink import rtnetlink_rcv_msg
from webapp.kernel.core.sock import AF_INET, AF_INET6
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.uapi.if_link import AF_UNSPEC
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import (
    RT_TABLE_LOCAL,
    RT_TABLE_MAIN,
    DelRoute,
    DumpRoutes,
    GetRoute,
    NewRoute,
    NextHop,
    Route,
    Rtax,
    Rtn,
    Rtnh,
    Rtprot,
    RtScope,
)
from webapp.userland.iproute2.arguments import (
    FAILURE,
    KERNEL_REFUSED,
    USAGE,
    Arguments,
    Exit,
    duparg2,
    get_unsigned,
    invarg,
    lookup,
    matches,
    nodev,
    not_modelled,
)
from webapp.userland.iproute2.inet_prefix import (
    AF_BIT_LEN,
    FAMILY_NAMES,
    InetPrefix,
    format_host,
    get_addr,
    get_prefix,
    same_bits,
)
from webapp.userland.iproute2.ip_common import Ip, flush_summary, rtnl_error
from webapp.userland.iproute2.rt_names import DSFIELD, IPPROTO, RTNTYPE, RTPROT, RTSCOPE, RTTABLE, rtnl_rtntype_a2n

USAGE_TEXT = """\
Usage: ip route { add | append | prepend | replace | change | delete } [ TYPE ] PREFIX [ OPTION ]...
       ip route { show | flush } [ table TABLE ] [ [ root | match | exact ] PREFIX ] [ OPTION ]...
       ip route get ADDRESS [ from ADDRESS ] [ iif DEVICE ] [ oif DEVICE ] [ mark N ] [ tos TOS ] [ fibmatch ]
OPTION := { via ADDRESS | dev DEVICE | src ADDRESS | metric N | table TABLE | proto PROTOCOL | scope SCOPE |
            tos TOS | mtu N | advmss N | hoplimit N | onlink | nexthop [ via ADDRESS ] [ dev DEVICE ] [ weight N ] }
TYPE := { unicast | local | broadcast | multicast | throw | unreachable | prohibit | blackhole }
"""

_METRIC_NAMES = {
    Rtax.MTU: "mtu", Rtax.WINDOW: "window", Rtax.RTT: "rtt", Rtax.RTTVAR: "rttvar", Rtax.SSTHRESH: "ssthresh",
    Rtax.CWND: "cwnd", Rtax.ADVMSS: "advmss", Rtax.REORDERING: "reordering", Rtax.HOPLIMIT: "hoplimit",
    Rtax.INITCWND: "initcwnd", Rtax.FEATURES: "features", Rtax.RTO_MIN: "rto_min", Rtax.INITRWND: "initrwnd",
    Rtax.QUICKACK: "quickack", Rtax.CC_ALGO: "congctl",
}  # fmt: skip

_NH_FLAGS = (
    (Rtnh.DEAD, "dead"), (Rtnh.ONLINK, "onlink"), (Rtnh.PERVASIVE, "pervasive"), (Rtnh.OFFLOAD, "offload"),
    (Rtnh.NOTIFY, "notify"), (Rtnh.LINKDOWN, "linkdown"), (Rtnh.UNRESOLVED, "unresolved"),
)  # fmt: skip

_PREFERENCES = {0: "medium", 1: "high", 3: "low"}

RTCF_LOCAL = 0x80000000
RTCF_REJECT = 0x40000000
RTCF_MULTICAST = 0x20000000
RTCF_BROADCAST = 0x10000000
RTCF_DOREDIRECT = 0x01000000
RTCF_REDIRECTED = 0x00040000
RTM_F_OFFLOAD_FAILED = 0x20000000

_CACHE_FLAGS = (
    (RTCF_LOCAL, "local"), (RTCF_REJECT, "reject"), (RTCF_MULTICAST, "mc"), (RTCF_BROADCAST, "brd"),
    (RTCF_REDIRECTED, "redirected"), (RTCF_DOREDIRECT, "redirect"),
)  # fmt: skip


@dataclass(slots=True)
class Filter:
    """What a listing is limited to. ``table`` 0 is all; None is any. What is fixed by a filter is not printed.

    ``root``/``match`` limit the destination from above and below, as ``from_root``/``from_match`` the source.
    """

    table: int = RT_TABLE_MAIN
    cloned: bool = False
    protocol: int | None = None
    scope: int | None = None
    type: int | None = None
    tos: int | None = None
    iif: int | None = None
    oif: int | None = None
    mark: int | None = None
    metric: int | None = None
    prefsrc: InetPrefix | None = None
    via: InetPrefix | None = None
    root: InetPrefix | None = None
    match: InetPrefix | None = None
    from_root: InetPrefix | None = None
    from_match: InetPrefix | None = None


def _wanted(ip: Ip, route: Route, only: Filter) -> bool:
    """filter_nlmsg."""
    return (
        ip.family in (AF_UNSPEC, route.family)
        and only.cloned == bool(route.flags & Rtnh.CLONED)
        and only.table in (0, route.table)
        and _equal(route, only)
        and _within(route.dst, route.dst_len, only.root)
        and _covers(route.dst, route.dst_len, only.match)
        and _within(route.src, route.src_len, only.from_root)
        and _covers(route.src, route.src_len, only.from_match)
        and (only.via is None or only.via.contains(route.gateway or b""))
        and (only.prefsrc is None or only.prefsrc.contains(route.prefsrc or b""))
    )


def _equal(route: Route, only: Filter) -> bool:
    pairs = (
        (only.protocol, route.protocol),
        (only.scope, route.scope),
        (only.type, route.type),
        (only.tos, route.tos),
        (only.iif, route.iif),
        (only.oif, route.oif),
        (only.mark, route.mark),
        (only.metric, route.priority),
    )
    return all(asked is None or asked == value for asked, value in pairs)


def _within(address: bytes | None, length: int, root: InetPrefix | None) -> bool:
    return root is None or (root.bitlen <= length and same_bits(root.data, address or b"", root.bitlen))


def _covers(address: bytes | None, length: int, match: InetPrefix | None) -> bool:
    return match is None or (length <= match.bitlen and same_bits(match.data, address or b"", length))


# Printing


def print_route(ip: Ip, route: Route, only: Filter) -> None:
    """One route, without what the filter fixes."""
    details = ip.show_details > 0
    host = AF_BIT_LEN[route.family]
    parts = []
    if route.type != Rtn.UNICAST or details:
        parts.append(f"{RTNTYPE.n2a(route.type)} ")
    parts.append(f"{_prefix(route.dst, route.dst_len, host) or 'default'} ")
    source = _prefix(route.src, route.src_len, host)
    if source:
        parts.append(f"from {source} ")
    if route.tos and only.tos is None:
        parts.append(f"tos {DSFIELD.n2a(route.tos)} ")
    if route.gateway is not None and (only.via is None or only.via.bitlen != host):
        parts.append(f"via {format_host(route.gateway)} ")
    if route.oif and only.oif is None:
        parts.append(f"dev {ip.ll_index_to_name(route.oif)} ")
    parts.append(_origin(route, only, details))
    if route.prefsrc is not None and (only.prefsrc is None or only.prefsrc.bitlen != host):
        parts.append(f"src {format_host(route.prefsrc)} ")
    if (route.priority or route.family == AF_INET6) and only.metric is None:
        parts.append(f"metric {route.priority} ")
    parts.append(_rt_flags(route.flags))
    parts.append(_looked_up(ip, route))
    parts.append(_metrics(route.metrics))
    if route.iif and only.iif is None:
        parts.append(f"iif {ip.ll_index_to_name(route.iif)} ")
    if route.pref is not None:
        parts.append(f"pref {_PREFERENCES[route.pref]}")
    parts += [_nexthop(ip, nexthop) for nexthop in route.multipath]
    ip.write("".join(parts) + "\n")


def _origin(route: Route, only: Filter, details: bool) -> str:
    """Table, protocol and scope, where they are not the usual ones."""
    text = ""
    if route.table and not only.table and (route.table != RT_TABLE_MAIN or details):
        text += f"table {RTTABLE.n2a(route.table)} "
    if not route.flags & Rtnh.CLONED:
        if only.protocol is None and (route.protocol != Rtprot.BOOT or details):
            text += f"proto {RTPROT.n2a(route.protocol)} "
        if only.scope is None and (route.scope != RtScope.UNIVERSE or details):
            text += f"scope {RTSCOPE.n2a(route.scope)} "
    return text


def _looked_up(ip: Ip, route: Route) -> str:
    """What only a route has that was looked up for a packet."""
    text = ""
    if route.mark:
        text += f"mark 0x{route.mark:x} " if route.mark >= 16 else f"mark {route.mark} "
    if route.uid is not None:
        text += f"uid {route.uid} "
    if route.family == AF_INET6:
        text += _expires(route)
    elif route.flags & Rtnh.CLONED:
        text += _cache(ip, route)
    return text + (f"error {route.error} " if route.error else "")


def _prefix(address: bytes | None, length: int, host: int) -> str:
    if address is None:
        return f"0/{length}" if length else ""
    return format_host(address) + ("" if length == host else f"/{length}")


def _rt_flags(flags: int) -> str:
    words = [f"{name} " for flag, name in _NH_FLAGS if flags & flag]
    if flags & RTM_F_OFFLOAD_FAILED:
        # the real tool reads RTCF_MULTICAST of a looked-up route as this flag
        words.append("rt_offload_failed ")
    return "".join(words)


def _cache(ip: Ip, route: Route) -> str:
    names = [name for flag, name in _CACHE_FLAGS if route.flags & flag]
    flags = f"<{','.join(names)}> " if names else ""
    return f"{ip.newline}    cache {flags}{_expires(route)}"


def _expires(route: Route) -> str:
    return f"expires {route.expires}sec " if route.expires else ""


def _metrics(metrics: tuple[tuple[Rtax, int], ...]) -> str:
    values = dict(metrics)
    locked = values.pop(Rtax.LOCK, 0)
    text = ""
    for metric in Rtax:
        if metric is Rtax.LOCK or (metric not in values and not locked >> metric & 1):
            continue
        lock = "lock " if locked >> metric & 1 else ""
        text += f"{_METRIC_NAMES[metric]} {lock}{_metric(metric, values.get(metric, 0))} "
    return text


def _metric(metric: Rtax, value: int) -> str:
    if metric is Rtax.FEATURES:
        return "ecn" if value == 1 else f"{value:#x}"
    if metric not in (Rtax.RTT, Rtax.RTTVAR, Rtax.RTO_MIN):
        return str(value)
    value //= {Rtax.RTT: 8, Rtax.RTTVAR: 4}.get(metric, 1)
    return f"{value / 1000:g}s" if value >= 1000 else f"{value}ms"


def _nexthop(ip: Ip, nexthop: NextHop) -> str:
    via = f"via {format_host(nexthop.gateway)} " if nexthop.gateway is not None else ""
    dev = f"dev {ip.ll_index_to_name(nexthop.oif)} "
    return f"{ip.newline}\tnexthop {via}{dev}weight {nexthop.weight} {_rt_flags(nexthop.flags)}"


# Changing


class _Parser:
    """iproute_modify's state: the fields of a Route."""

    def __init__(self, ip: Ip) -> None:
        self.ip = ip
        self.family = ip.family
        self.fields: dict[str, Any] = {}
        self.metrics: dict[Rtax, int] = {}
        self.locked = 0
        self.dev = ""
        self.destination_given = False
        self.multipath: tuple[NextHop, ...] = ()

    def address(self, word: str) -> bytes:
        """An address; the first one decides the family."""
        address = get_addr(word, self.family)
        self.family = self.family or address.family
        return address.data

    def prefix(self, word: str) -> InetPrefix:
        """A prefix; the first one decides the family."""
        prefix = get_prefix(word, self.family)
        self.family = self.family or prefix.family
        return prefix


ModifyOption = Callable[[_Parser, str, Arguments], None]


def _src(parser: _Parser, word: str, args: Arguments) -> None:
    parser.fields["prefsrc"] = parser.address(args.value())


def _via(parser: _Parser, word: str, args: Arguments) -> None:
    if "gateway" in parser.fields:
        invarg("use nexthop syntax to specify multiple via\n", word)
    parser.fields["gateway"] = _gateway(parser, args)


def _gateway(parser: _Parser, args: Arguments) -> bytes:
    word = args.value()
    if word in FAMILY_NAMES.values():
        if word != FAMILY_NAMES.get(parser.family or AF_INET):
            not_modelled(f'"via {word}"')
        word = args.value()
    return parser.address(word)


def _tos(parser: _Parser, word: str, args: Arguments) -> None:
    value = args.value()
    tos = DSFIELD.a2n(value)
    if tos is None:
        invarg('"tos" value is invalid\n', value)
    parser.fields["tos"] = tos


def _field(name: str, complaint: str, read: Callable[[str], int | None]) -> ModifyOption:
    def parse(parser: _Parser, word: str, args: Arguments) -> None:
        value = args.value()
        number = read(value)
        if number is None:
            invarg(complaint, value)
        parser.fields[name] = number

    return parse


def _lockable(metric: Rtax, name: str, limit: int = 0xFFFFFFFF) -> ModifyOption:
    def parse(parser: _Parser, word: str, args: Arguments) -> None:
        value = args.value()
        if value == "lock":
            parser.locked |= 1 << metric
            value = args.value()
        number = get_unsigned(value, limit)
        if number is None:
            invarg(f'"{name}" value is invalid\n', value)
        parser.metrics[metric] = number

    return parse


def _onlink(parser: _Parser, word: str, args: Arguments) -> None:
    parser.fields["flags"] = Rtnh.ONLINK


def _dev(parser: _Parser, word: str, args: Arguments) -> None:
    parser.dev = args.value()


def _unmodelled(parser: _Parser, word: str, args: Arguments) -> None:
    not_modelled(f'"{word}"')


def _nexthops(parser: _Parser, word: str, args: Arguments) -> None:
    args.back()
    nexthops = []
    while args:
        keyword = args.take()
        if keyword != "nexthop":
            raise Exit(USAGE, f'Error: "nexthop" or end of line is expected instead of "{keyword}"\n')
        if not args:
            raise Exit(USAGE, 'Error: unexpected end of line after "nexthop"\n')
        nexthops.append(_one_nexthop(parser, args))
    parser.multipath = tuple(nexthops)


def _one_nexthop(parser: _Parser, args: Arguments) -> NextHop:
    fields: dict[str, Any] = {}
    while args:
        word = args.take()
        if word == "via":
            fields["gateway"] = _gateway(parser, args)
        elif word == "dev":
            name = args.value()
            fields["oif"] = parser.ip.ll_name_to_index(name)
            if not fields["oif"]:
                raise Exit(USAGE, f'Cannot find device "{name}"\nError: cannot parse nexthop\n')
        elif word == "weight":
            value = args.value()
            weight = get_unsigned(value, 256)
            if not weight:
                invarg('"weight" is invalid\n', value)
            fields["weight"] = weight
        elif word == "onlink":
            fields["flags"] = Rtnh.ONLINK
        elif matches(word, "realms") or word in ("encap", "as"):
            not_modelled(f'"{word}"')
        else:
            args.back()
            break
    return NextHop(**fields)


MODIFY_OPTIONS: Mapping[str, ModifyOption] = {
    "src": _src,
    "as": _unmodelled,
    "via": _via,
    "from": _unmodelled,
    "tos": _tos,
    "dsfield*": _tos,
    "expires": _unmodelled,
    "metric*": _field("priority", '"metric" value is invalid\n', get_unsigned),
    "priority*": _field("priority", '"metric" value is invalid\n', get_unsigned),
    "preference": _field("priority", '"metric" value is invalid\n', get_unsigned),
    "scope": _field("scope", 'invalid "scope" value\n', RTSCOPE.a2n),
    "mtu": _lockable(Rtax.MTU, "mtu"),
    "hoplimit": _lockable(Rtax.HOPLIMIT, "hoplimit", 255),
    "advmss": _lockable(Rtax.ADVMSS, "mss"),
    "reordering*": _lockable(Rtax.REORDERING, "reordering"),
    "rtt": _unmodelled,
    "rto_min": _unmodelled,
    "window*": _lockable(Rtax.WINDOW, "window"),
    "cwnd*": _lockable(Rtax.CWND, "cwnd"),
    "initcwnd*": _lockable(Rtax.INITCWND, "initcwnd"),
    "initrwnd*": _lockable(Rtax.INITRWND, "initrwnd"),
    "features*": _unmodelled,
    "quickack*": _unmodelled,
    "congctl*": _unmodelled,
    "rttvar*": _unmodelled,
    "ssthresh*": _lockable(Rtax.SSTHRESH, "ssthresh"),
    "realms*": _unmodelled,
    "onlink": _onlink,
    "nexthop": _nexthops,
    "nhid": _unmodelled,
    "protocol*": _field("protocol", '"protocol" value is invalid\n', RTPROT.a2n),
    "table*": _field("table", '"table" value is invalid\n', RTTABLE.a2n),
    "vrf*": _unmodelled,
    "dev": _dev,
    "oif": _dev,
    "pref*": _unmodelled,
    "encap": _unmodelled,
    "ttl-propagate": _unmodelled,
    "fastopen_no_cookie*": _unmodelled,
}


def _destination(parser: _Parser, word: str, args: Arguments) -> None:
    if word == "to":
        word = args.value()
    kind = None if word[:1].isdigit() else rtnl_rtntype_a2n(word)
    if kind is not None:
        parser.fields["type"] = Rtn(kind) if kind in set(Rtn) else kind
        word = args.value()
    if matches(word, "help"):
        raise Exit(USAGE, USAGE_TEXT)
    if parser.destination_given:
        duparg2("to", word)
    destination = parser.prefix(word)
    parser.destination_given = True
    parser.fields["dst_len"] = destination.bitlen
    if destination.bitlen:
        parser.fields["dst"] = destination.data


def _parse_modify(ip: Ip, args: Arguments, delete: bool) -> Route:
    parser = _Parser(ip)
    while args:
        word = args.take()
        option = lookup(MODIFY_OPTIONS, word)
        if option is None:
            _destination(parser, word, args)
        else:
            option(parser, word, args)
    if not parser.destination_given:
        raise Exit(USAGE, USAGE_TEXT)
    fields = parser.fields
    if parser.dev:
        fields["oif"] = ip.ll_name_to_index(parser.dev) or nodev(parser.dev)
    if parser.locked:
        parser.metrics[Rtax.LOCK] = parser.locked
    kind = fields.setdefault("type", Rtn.UNSPEC if delete else Rtn.UNICAST)
    if kind in (Rtn.LOCAL, Rtn.BROADCAST, Rtn.NAT, Rtn.ANYCAST):
        fields.setdefault("table", RT_TABLE_LOCAL)
    fields.setdefault("protocol", Rtprot.UNSPEC if delete else Rtprot.BOOT)
    fields.setdefault("scope", _default_scope(parser, kind, delete))
    return Route(
        family=parser.family or AF_INET, metrics=tuple(parser.metrics.items()), multipath=parser.multipath, **fields
    )


def _default_scope(parser: _Parser, kind: int, delete: bool) -> int:
    if parser.family == AF_INET6:
        return RtScope.UNIVERSE
    if kind in (Rtn.LOCAL, Rtn.NAT):
        return RtScope.HOST
    if kind in (Rtn.BROADCAST, Rtn.MULTICAST, Rtn.ANYCAST):
        return RtScope.LINK
    if delete:
        return RtScope.NOWHERE
    if kind in (Rtn.UNICAST, Rtn.UNSPEC) and "gateway" not in parser.fields and not parser.multipath:
        return RtScope.LINK
    return RtScope.UNIVERSE


def _newroute(flags: NlmFlags) -> Callable[[Ip, Arguments], int]:
    def run(ip: Ip, args: Arguments) -> int:
        ip.rtnl_talk(NewRoute(_parse_modify(ip, args, delete=False), flags))
        return 0

    return run


def _delroute(ip: Ip, args: Arguments) -> int:
    ip.rtnl_talk(DelRoute(_parse_modify(ip, args, delete=True)))
    return 0


# Listing and flushing

ListOption = Callable[[Ip, Filter, Arguments], None]


def _list_table(ip: Ip, only: Filter, args: Arguments) -> None:
    word = args.value()
    table = RTTABLE.a2n(word)
    if table is not None:
        only.table = table
    elif word == "all":
        only.table = 0
    elif word == "cache":
        only.cloned = True
    elif word == "help":
        raise Exit(USAGE, USAGE_TEXT)
    else:
        invarg("table id value is invalid\n", word)


def _list_cached(ip: Ip, only: Filter, args: Arguments) -> None:
    only.cloned = True


def _list_field(name: str, complaint: str, read: Callable[[str], int | None], takes_all: bool = False) -> ListOption:
    def parse(ip: Ip, only: Filter, args: Arguments) -> None:
        word = args.value()
        number = read(word)
        if number is None and not (takes_all and word == "all"):
            invarg(complaint, word)
        setattr(only, name, number)

    return parse


def _list_dev(name: str) -> ListOption:
    def parse(ip: Ip, only: Filter, args: Arguments) -> None:
        word = args.value()
        setattr(only, name, ip.ll_name_to_index(word) or nodev(word))

    return parse


def _list_via(ip: Ip, only: Filter, args: Arguments) -> None:
    word = args.value()
    if word in FAMILY_NAMES.values():
        word = args.value()
    only.via = get_prefix(word, ip.family)


def _list_src(ip: Ip, only: Filter, args: Arguments) -> None:
    only.prefsrc = get_prefix(args.value(), ip.family)


def _list_from(ip: Ip, only: Filter, args: Arguments) -> None:
    only.from_root, only.from_match = _root_match_exact(ip, args.value(), args)


def _list_unmodelled(ip: Ip, only: Filter, args: Arguments) -> None:
    not_modelled("this selector")


def _root_match_exact(ip: Ip, word: str, args: Arguments) -> tuple[InetPrefix | None, InetPrefix | None]:
    """``root`` PREFIX: routes within it; ``match`` PREFIX: routes that hold it; ``exact`` or nothing: both."""
    if matches(word, "root"):
        return get_prefix(args.value(), ip.family), None
    if matches(word, "match"):
        return None, get_prefix(args.value(), ip.family)
    prefix = get_prefix(args.value() if matches(word, "exact") else word, ip.family)
    # "any" and "all" have no length and limit nothing
    return (prefix, prefix) if prefix.data or prefix.specified else (None, None)


LIST_OPTIONS: Mapping[str, ListOption] = {
    "table*": _list_table,
    "vrf*": _list_unmodelled,
    "cached*": _list_cached,
    "cloned*": _list_cached,
    "tos": _list_field("tos", "TOS value is invalid\n", DSFIELD.a2n),
    "dsfield*": _list_field("tos", "TOS value is invalid\n", DSFIELD.a2n),
    "protocol*": _list_field("protocol", 'invalid "protocol"\n', RTPROT.a2n, takes_all=True),
    "scope*": _list_field("scope", 'invalid "scope"\n', RTSCOPE.a2n, takes_all=True),
    "type*": _list_field("type", "node type value is invalid\n", rtnl_rtntype_a2n),
    "dev": _list_dev("oif"),
    "oif": _list_dev("oif"),
    "iif": _list_dev("iif"),
    "mark": _list_field("mark", "invalid mark value", get_unsigned),
    "metric*": _list_field("metric", '"metric" value is invalid\n', get_unsigned),
    "priority*": _list_field("metric", '"metric" value is invalid\n', get_unsigned),
    "preference": _list_field("metric", '"metric" value is invalid\n', get_unsigned),
    "via": _list_via,
    "src": _list_src,
    "realms*": _list_unmodelled,
    "from*": _list_from,
}


def _parse_list(ip: Ip, args: Arguments) -> Filter:
    only = Filter()
    while args:
        word = args.take()
        option = lookup(LIST_OPTIONS, word)
        if option is not None:
            option(ip, only, args)
        else:
            only.root, only.match = _root_match_exact(ip, args.value() if matches(word, "to") else word, args)
    return only


def _dump(ip: Ip, only: Filter, what: str) -> list[Route]:
    family = ip.family or (AF_INET if only.table else AF_UNSPEC)
    try:
        routes = rtnetlink_rcv_msg(ip.net, DumpRoutes(family, only.table))
    except KernelError as error:
        if what == "Dump" and only.table == RT_TABLE_MAIN and error.errno is Errno.ENOENT:
            # table main is made with its first route; that it is not there yet is no error to a listing
            return []
        raise Exit(KERNEL_REFUSED, f"{rtnl_error(error)}{what} terminated\n") from error
    return [route for route in routes if _wanted(ip, route, only)]


def iproute_list(ip: Ip, args: Arguments) -> int:
    """``ip route show``."""
    only = _parse_list(ip, args)
    for route in _dump(ip, only, "Dump"):
        print_route(ip, route, only)
    return 0


def iproute_flush(ip: Ip, args: Arguments) -> int:
    """``ip route flush``: deletes what the same words would list, until nothing is left."""
    if not args:
        raise Exit(FAILURE, '"ip route flush" requires arguments.\n')
    only = _parse_list(ip, args)
    if only.cloned:
        # the IPv4 routing cache is no table: there is nothing to list, and emptying it shows nowhere
        if ip.show_stats:
            ip.write("*** IPv4 routing cache is flushed.\n")
        return 0
    rounds = 0
    while doomed := _dump(ip, only, "Flush"):
        rounds += 1
        for route in doomed:
            if ip.show_stats > 1:
                print_route(ip, route, only)
            ip.rtnl_talk(DelRoute(route))
        if ip.show_stats:
            ip.write(f"\n*** Round {rounds}, deleting {len(doomed)} entries ***\n")
    if ip.show_stats:
        ip.write(flush_summary(rounds))
    return 0


# Looking up

GetOption = Callable[[Ip, dict[str, Any], Arguments], None]


def _get_number(name: str, complaint: str, read: Callable[[str], int | None]) -> GetOption:
    def parse(ip: Ip, fields: dict[str, Any], args: Arguments) -> None:
        word = args.value()
        number = read(word)
        if number is None:
            invarg(complaint, word)
        fields[name] = number

    return parse


def _get_from(ip: Ip, fields: dict[str, Any], args: Arguments) -> None:
    word = args.value()
    if matches(word, "help"):
        raise Exit(USAGE, USAGE_TEXT)
    prefix = get_prefix(word, fields["family"])
    fields["family"] = fields["family"] or prefix.family
    fields["src"] = prefix.data or None


def _get_dev(name: str) -> GetOption:
    def parse(ip: Ip, fields: dict[str, Any], args: Arguments) -> None:
        fields[name] = args.value()

    return parse


def _get_fibmatch(ip: Ip, fields: dict[str, Any], args: Arguments) -> None:
    fields["fibmatch"] = True


def _get_unmodelled(ip: Ip, fields: dict[str, Any], args: Arguments) -> None:
    not_modelled("this option of ip route get")


def _port(word: str) -> int | None:
    return get_unsigned(word, 0xFFFF)


GET_OPTIONS: Mapping[str, GetOption] = {
    "tos": _get_number("tos", "TOS value is invalid\n", DSFIELD.a2n),
    "dsfield*": _get_number("tos", "TOS value is invalid\n", DSFIELD.a2n),
    "from*": _get_from,
    "iif*": _get_dev("iif"),
    "mark*": _get_number("mark", "invalid mark value", get_unsigned),
    "oif*": _get_dev("oif"),
    "dev": _get_dev("oif"),
    "notify*": _get_unmodelled,
    "connected*": _get_unmodelled,
    "vrf*": _get_unmodelled,
    "uid*": _get_number("uid", "invalid UID\n", get_unsigned),
    "fibmatch*": _get_fibmatch,
    "as": _get_unmodelled,
    "sport*": _get_number("sport", "invalid sport\n", _port),
    "dport*": _get_number("dport", "invalid dport\n", _port),
    "ipproto*": _get_number("ipproto", 'Invalid "ipproto" value\n', IPPROTO.a2n),
}


def iproute_get(ip: Ip, args: Arguments) -> int:
    """``ip route get``: asks the kernel for the route of one packet."""
    fields: dict[str, Any] = {"family": ip.family}
    while args:
        word = args.take()
        option = lookup(GET_OPTIONS, word)
        if option is None:
            _get_destination(ip, fields, args.value() if word == "to" else word)
        else:
            option(ip, fields, args)
    if "dst" not in fields:
        raise Exit(FAILURE, "need at least a destination address\n")
    for name in ("iif", "oif"):
        if name in fields:
            fields[name] = ip.ll_name_to_index(fields[name]) or nodev(fields[name])
    fields["family"] = fields["family"] or AF_INET
    if "iif" in fields:
        # who sends a packet that comes in is not known
        fields.setdefault("uid", None)
    print_route(ip, ip.rtnl_talk(GetRoute(**fields)), Filter(table=0))
    return 0


def _get_destination(ip: Ip, fields: dict[str, Any], word: str) -> None:
    if matches(word, "help"):
        raise Exit(USAGE, USAGE_TEXT)
    prefix = get_prefix(word, fields["family"])
    fields["family"] = fields["family"] or prefix.family
    host = AF_BIT_LEN.get(fields["family"], prefix.bitlen)
    if prefix.bitlen != host:
        ip.complain(f"Warning: /{prefix.bitlen} as prefix is invalid, only /{host} (or none) is supported.\n")
    fields["dst"] = prefix.data.ljust(AF_BIT_LEN.get(fields["family"], 32) // 8, b"\0")


def usage(ip: Ip, args: Arguments) -> int:
    """``ip route help``."""
    raise Exit(USAGE, USAGE_TEXT)


def _files(ip: Ip, args: Arguments) -> int:
    not_modelled("saving and restoring routes")


COMMANDS: Mapping[str, Callable[[Ip, Arguments], int]] = {
    "add*": _newroute(NlmFlags.CREATE | NlmFlags.EXCL),
    "change*": _newroute(NlmFlags.REPLACE),
    "chg": _newroute(NlmFlags.REPLACE),
    "replace*": _newroute(NlmFlags.CREATE | NlmFlags.REPLACE),
    "prepend*": _newroute(NlmFlags.CREATE),
    "append*": _newroute(NlmFlags.CREATE | NlmFlags.APPEND),
    "test*": _newroute(NlmFlags.EXCL),
    "delete*": _delroute,
    "list*": iproute_list,
    "show*": iproute_list,
    "lst*": iproute_list,
    "get*": iproute_get,
    "flush*": iproute_flush,
    "save*": _files,
    "restore*": _files,
    "showdump*": _files,
    "help*": usage,
}


def do_iproute(ip: Ip, args: Arguments) -> int:
    """``ip route …``."""
    if not args:
        return iproute_list(ip, args)
    word = args.take()
    run = lookup(COMMANDS, word)
    if run is None:
        raise Exit(USAGE, f'Command "{word}" is unknown, try "ip route help".\n')
    return run(ip, args)
