"""ip address, and the listing of links (ip/ipaddress.c)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from webapp.kernel.core.net_device import ARPHRD_ETHER, ARPHRD_LOOPBACK, Iff
from webapp.kernel.core.sock import AF_INET, AF_INET6, AF_PACKET
from webapp.kernel.uapi.if_link import AF_UNSPEC, DumpLinks, LinkData, LinkInfo, LinkStats, OperState
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import (
    INFINITY_LIFE_TIME,
    Address,
    DelAddress,
    DumpAddresses,
    Ifa,
    NewAddress,
    RtScope,
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
    FAMILY_NAMES,
    InetPrefix,
    format_host,
    get_addr,
    get_prefix,
    ll_addr_n2a,
)
from webapp.userland.iproute2.ip_common import Ip, flush_summary
from webapp.userland.iproute2.iplink_kinds import LINK_UTILS
from webapp.userland.iproute2.ipnetns import get_name_from_nsid
from webapp.userland.iproute2.rt_names import GROUP, RTSCOPE

KINDS = frozenset((
    "amt", "bareudp", "bond", "bond_slave", "bridge", "bridge_slave", "dsa", "dummy", "erspan", "geneve", "gre",
    "gretap", "gtp", "ifb", "ip6erspan", "ip6gre", "ip6gretap", "ip6tnl", "ipip", "ipoib", "ipvlan", "ipvtap",
    "macsec", "macvlan", "macvtap", "netdevsim", "nlmon", "rmnet", "sit", "team", "team_slave", "vcan", "veth", "vlan",
    "vrf", "vti", "vxcan", "vxlan", "wwan", "xfrm", "virt_wifi",
))  # fmt: skip
"""The kinds of links that the real tool knows."""

USAGE_TEXT = """\
Usage: ip address { add | change | replace } PREFIX [ peer PREFIX ] dev DEVICE [ OPTION ]...
       ip address delete PREFIX dev DEVICE
       ip address { show | flush } [ [ dev ] DEVICE ] [ to PREFIX ] [ scope SCOPE ] [ label PATTERN ] [ up ] [ FLAG ]
OPTION := { broadcast { ADDRESS | + | - } | label NAME | scope SCOPE | metric N | valid_lft TIME |
            preferred_lft TIME | noprefixroute }
SCOPE := { host | link | global | N }
FLAG := [-]{ permanent | dynamic | secondary | primary }
TIME := { forever | SECONDS }
"""

_LL_TYPES = {ARPHRD_ETHER: "ether", ARPHRD_LOOPBACK: "loopback"}
_ADDR_GEN_MODES = {0: "eui64", 1: "none", 2: "stable_secret", 3: "random"}

_SHOWN_FLAGS = (
    "LOOPBACK", "BROADCAST", "POINTOPOINT", "MULTICAST", "NOARP", "ALLMULTI", "PROMISC", "DYNAMIC", "NOTRAILERS", "UP",
    "LOWER_UP",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IfaFlag:
    """A word for a flag of an address: who may write it, and where."""

    mask: Ifa
    readonly: bool
    v6only: bool


IFA_FLAGS: Mapping[str, IfaFlag] = {
    "secondary": IfaFlag(Ifa.SECONDARY, readonly=True, v6only=False),
    "temporary": IfaFlag(Ifa.SECONDARY, readonly=True, v6only=False),
    "nodad": IfaFlag(Ifa.NODAD, readonly=False, v6only=True),
    "optimistic": IfaFlag(Ifa.OPTIMISTIC, readonly=False, v6only=True),
    "dadfailed": IfaFlag(Ifa.DADFAILED, readonly=True, v6only=True),
    "home": IfaFlag(Ifa.HOMEADDRESS, readonly=False, v6only=True),
    "deprecated": IfaFlag(Ifa.DEPRECATED, readonly=True, v6only=True),
    "tentative": IfaFlag(Ifa.TENTATIVE, readonly=True, v6only=True),
    "permanent": IfaFlag(Ifa.PERMANENT, readonly=True, v6only=True),
    "mngtmpaddr": IfaFlag(Ifa.MANAGETEMPADDR, readonly=False, v6only=True),
    "noprefixroute": IfaFlag(Ifa.NOPREFIXROUTE, readonly=False, v6only=False),
    "autojoin": IfaFlag(Ifa.MCAUTOJOIN, readonly=False, v6only=False),
    "stable-privacy": IfaFlag(Ifa.STABLE_PRIVACY, readonly=True, v6only=True),
}


@dataclass(slots=True)
class Filter:
    """What a listing is limited to; ``do_link``: it is of ``ip link``. ``group`` -1 and ``scope`` None are any."""

    family: int
    do_link: bool = False
    ifindex: int = 0
    up: bool = False
    label: str = ""
    group: int = -1
    master: int = 0
    kind: str = ""
    slave_kind: str = ""
    scope: int | None = None
    flags: Ifa = Ifa.NONE
    flagmask: Ifa = Ifa.NONE
    pfx: InetPrefix | None = None


# Printing links


def link_flags(flags: int, mdown: bool) -> str:
    """print_link_flags."""
    names = [name for name in _SHOWN_FLAGS if flags & getattr(Iff, name)]
    if flags & Iff.UP and not flags & Iff.RUNNING:
        names.insert(0, "NO-CARRIER")
    return f"<{','.join(names)}{',M-DOWN' if mdown else ''}> "


def name_and_link(ip: Ip, name: str, link: int | None, link_netnsid: int | None) -> tuple[str, bool]:
    """print_name_and_link: the name with the peer's or the lower device's, and whether that is down (m_flag)."""
    if link is None:
        return name, False
    if link == 0:
        return f"{name}@NONE", False
    if link_netnsid is not None:
        return f"{name}@if{link}", False
    lower = ip.link_get(link)
    return f"{name}@{ip.ll_index_to_name(link)}", lower is not None and not lower.flags & Iff.UP


def _operstate(ip: Ip, state: OperState) -> str:
    return f"{state.name:<14s} " if ip.brief else f"state {state.name} "


def _print_linkinfo_brief(ip: Ip, link: LinkInfo, family: int) -> None:
    name, mdown = name_and_link(ip, link.name, link.link, link.link_netnsid)
    ip.write(f"{name:<16s} {_operstate(ip, link.operstate)}")
    if family == AF_PACKET:
        ip.write(f"{ll_addr_n2a(link.address)} {link_flags(link.flags, mdown)}\n")


def print_linkinfo(ip: Ip, link: LinkInfo, only: Filter) -> bool:
    """One link as ``ip link`` and ``ip address`` show it; False if the filter leaves it out."""
    if not _wanted(link, only):
        return False
    if only.label:
        return True
    if ip.brief:
        _print_linkinfo_brief(ip, link, only.family)
        return True
    name, mdown = name_and_link(ip, link.name, link.link, link.link_netnsid)
    parts = [f"{link.ifindex}: {name}: {link_flags(link.flags, mdown)}mtu {link.mtu} "]
    if link.qdisc:
        parts.append(f"qdisc {link.qdisc} ")
    if link.master is not None:
        parts.append(f"master {ip.ll_index_to_name(link.master)} ")
    parts.append(_operstate(ip, link.operstate))
    if only.do_link:
        parts.append("mode DEFAULT ")
    if link.group is not None:
        parts.append(f"group {GROUP.n2a(link.group)} ")
    if link.txqlen:
        parts.append(f"qlen {_int(link.txqlen)}")
    if only.family in (AF_UNSPEC, AF_PACKET) or ip.show_details:
        peer = "peer" if link.flags & Iff.POINTOPOINT else "brd"
        kind = _LL_TYPES.get(link.type, f"[{link.type}]")
        addresses = f"{ll_addr_n2a(link.address)} {peer} {ll_addr_n2a(link.broadcast)}"
        parts.append(f"{ip.newline}    link/{kind} {addresses}")
    if link.link_netnsid is not None:
        netns = get_name_from_nsid(ip, link.link_netnsid)
        parts.append(f" link-netns {netns}" if netns else f" link-netnsid {link.link_netnsid}")
    if ip.show_details:
        parts.append(_details(ip, link, only))
    if link.alias and (only.do_link or ip.show_details):
        parts.append(f"{ip.newline}    alias {link.alias}")
    if only.do_link and ip.show_stats:
        parts.append(f"{ip.newline}{_stats64(ip, link)}")
    ip.write("".join(parts) + "\n")
    return True


def _int(number: int) -> int:
    """A C int that was sent as u32."""
    return number - (1 << 32) if number >> 31 else number


def _wanted(link: LinkInfo, only: Filter) -> bool:
    return (
        only.ifindex in (0, link.ifindex)
        and (not only.up or bool(link.flags & Iff.UP))
        and only.group in (-1, link.group)
        and only.master in (0, -1 if link.master is None else link.master)
        and only.kind in ("", link.kind)
        and only.slave_kind in ("", link.slave_kind)
    )


def _print_opt(ip: Ip, kind: str, data: LinkData | None) -> str:
    util = LINK_UTILS.get(kind)
    return "" if util is None or util.print_opt is None or data is None else util.print_opt(ip, data)


def _details(ip: Ip, link: LinkInfo, only: Filter) -> str:
    text = f" promiscuity {link.promiscuity}  allmulti {link.allmulti} minmtu {link.min_mtu} maxmtu {link.max_mtu} "
    if link.kind:
        text += f"{ip.newline}    {link.kind} {_print_opt(ip, link.kind, link.data)}"
    if link.slave_kind is not None:
        kind = f"{link.slave_kind}_slave"
        text += f"{ip.newline}    {kind} {_print_opt(ip, kind, link.slave_data)}"
    if only.do_link and link.addr_gen_mode is not None:
        text += f"addrgenmode {_ADDR_GEN_MODES[link.addr_gen_mode]} "
    return text + (
        f"numtxqueues {link.num_queues} numrxqueues {link.num_queues} gso_max_size 65536 gso_max_segs 65535 "
        f"tso_max_size {link.tso_max_size} tso_max_segs 65535 gro_max_size 65536 "
    )


# Printing counters

_UNITS = "kMGTPE"


def _number(ip: Ip, width: int, count: int) -> str:
    """print_num: right-aligned, with -h in thousands of a unit (with -iec of 1024)."""
    base = 1024 if ip.use_iec else 1000
    if not ip.human_readable or count < base:
        return f"{count:>{width}d} "
    unit = 0
    power = base
    while count // base >= power and unit < len(_UNITS) - 1:
        power *= base
        unit += 1
    precision = 2
    shift = 1
    while precision > 0:
        shift *= 10
        if count // power < shift:
            break
        precision -= 1
    text = f"{count / power:.{precision}f}{_UNITS[unit]}{'i' if ip.use_iec else ''}"
    return f"{text:>{width}s} "


def _stats64(ip: Ip, link: LinkInfo) -> str:
    """print_stats64: received and sent, twice -s with the kinds of errors, all of which but the carrier's are 0."""
    stats = link.stats
    received = _received(stats)
    sent = _sent(stats)
    errors = ip.show_stats > 1
    columns = [len(name) for name in ("*X errors:", "packets", "errors", "dropped", "heartbt", "overrun", "compressed")]
    if not ip.human_readable:
        for row in (received, sent):
            columns[:6] = [max(width, len(str(count))) for width, count in zip(columns, row, strict=False)]
    lines = [
        _head(columns, "RX", "missed", "mcast"),
        "    " + "".join(_number(ip, width, count) for width, count in zip(columns, received, strict=False)),
    ]
    if errors:
        lines += _errors(ip, columns, "RX", ("length", "crc", "frame", "fifo", "overrun"), (0, 0, 0, 0, 0))
    lines += [
        _head(columns, "TX", "carrier", "collsns"),
        "    " + "".join(_number(ip, width, count) for width, count in zip(columns, sent, strict=False)),
    ]
    if errors:
        names = ("aborted", "fifo", "window", "heartbt", "transns")
        lines += _errors(ip, columns, "TX", names, (0, 0, 0, 0, link.carrier_changes))
    return ip.newline.join(lines)


def _received(stats: LinkStats) -> tuple[int, ...]:
    return (
        stats.rx_bytes, stats.rx_packets, stats.rx_errors, stats.rx_dropped, stats.rx_missed_errors, stats.multicast
    )  # fmt: skip


def _sent(stats: LinkStats) -> tuple[int, ...]:
    return (
        stats.tx_bytes, stats.tx_packets, stats.tx_errors, stats.tx_dropped, stats.tx_carrier_errors, stats.collisions
    )  # fmt: skip


def _head(columns: list[int], direction: str, fifth: str, sixth: str) -> str:
    names = ("bytes", "packets", "errors", "dropped", fifth, sixth, "")
    widths = [columns[0] - 4, *columns[1:]]
    cells = " ".join(f"{name:>{width}s}" for name, width in zip(names, widths, strict=True))
    return f"    {direction}: {cells}"


def _errors(ip: Ip, columns: list[int], direction: str, names: tuple[str, ...], counts: tuple[int, ...]) -> list[str]:
    cells = " ".join(f"{name:>{width}s}" for name, width in zip(names, columns[1:6], strict=True))
    values = "".join(_number(ip, width, count) for count, width in zip(counts, columns[1:6], strict=True))
    return [f"    {direction} errors:{'':>{columns[0] - 10}s} {cells}", f"{'':>{columns[0] + 5}s}{values}"]


# Printing addresses


def print_addrinfo(ip: Ip, address: Address, only: Filter) -> None:
    """One address, if the filter lets it through."""
    if not _address_wanted(ip, address, only):
        return
    parts = []
    if not ip.brief:
        if ip.oneline:
            parts.append(f"{address.ifindex}: {ip.ll_index_to_name(address.ifindex)}")
        parts.append(f"    {FAMILY_NAMES[address.family]} ")
    parts.append(_local_and_peer(address))
    if ip.brief:
        ip.write("".join(parts))
        return
    if address.broadcast is not None:
        parts.append(f"brd {format_host(address.broadcast)} ")
    parts.append(f"scope {RTSCOPE.n2a(address.scope)} {_ifa_flags(address)}{address.label}{ip.newline}")
    parts.append(f"       valid_lft {_lifetime(address.valid_lft)} preferred_lft {_lifetime(address.preferred_lft)}\n")
    ip.write("".join(parts))


def _local_and_peer(address: Address) -> str:
    local = address.local or address.address or b""
    peer = address.address or local
    text = format_host(local) + (f" peer {format_host(peer)}" if peer != local else "") + f"/{address.prefixlen} "
    return text + (f"metric {address.metric} " if address.metric else "")


def _lifetime(seconds: int) -> str:
    return "forever" if seconds == INFINITY_LIFE_TIME else f"{seconds}sec"


def _ifa_flags(address: Address) -> str:
    flags = address.flags
    words = []
    for name, flag in IFA_FLAGS.items():
        if flag.mask is Ifa.PERMANENT:
            if not flags & flag.mask:
                words.append("dynamic ")
        elif flags & flag.mask:
            words.append("temporary " if name == "secondary" and address.family == AF_INET6 else f"{name} ")
        flags &= ~flag.mask
    return "".join(words)


def _address_wanted(ip: Ip, address: Address, only: Filter) -> bool:
    return (
        only.ifindex in (0, address.ifindex)
        and only.scope in (None, address.scope)
        and not (only.flags ^ address.flags) & only.flagmask
        and only.family in (AF_UNSPEC, address.family)
        and _label_matches(ip, address, only)
        and _prefix_matches(address, only)
    )


def _label_matches(ip: Ip, address: Address, only: Filter) -> bool:
    return not only.label or fnmatchcase(address.label or ip.ll_index_to_name(address.ifindex), only.label)


def _prefix_matches(address: Address, only: Filter) -> bool:
    if only.pfx is None or only.pfx.family == AF_UNSPEC:
        return True
    local = address.local or address.address or b""
    return only.pfx.family == address.family and only.pfx.contains(local)


# Listing and flushing


def _parse_filter(ip: Ip, args: Arguments, only: Filter) -> str:
    """Reads what a listing is limited to; answers the name of the device, empty if none."""
    dev = ""
    while args:
        word = args.take()
        option = FILTER_OPTIONS.get(word)
        if option is not None:
            option(ip, args, only)
        elif not _flag_filter(word, only):
            if word == "dev":
                word = args.value()
            elif matches(word, "help"):
                raise Exit(USAGE, USAGE_TEXT)
            if dev:
                duparg2("dev", word)
            dev = word
    return dev


def _to(ip: Ip, args: Arguments, only: Filter) -> None:
    only.pfx = get_prefix(args.value(), only.family)
    only.family = only.family or only.pfx.family


def _scope(ip: Ip, args: Arguments, only: Filter) -> None:
    word = args.value()
    only.scope = RTSCOPE.a2n(word)
    if only.scope is None and word != "all":
        invarg('invalid "scope"\n', word)


def _up(ip: Ip, args: Arguments, only: Filter) -> None:
    only.up = True


def _label(ip: Ip, args: Arguments, only: Filter) -> None:
    only.label = args.value()


def _group(ip: Ip, args: Arguments, only: Filter) -> None:
    word = args.value()
    group = GROUP.a2n(word)
    if group is None:
        invarg('Invalid "group" value\n', word)
    only.group = group


def _master(ip: Ip, args: Arguments, only: Filter) -> None:
    word = args.value()
    only.master = ip.ll_name_to_index(word) or invarg("Device does not exist\n", word)


def _vrf(ip: Ip, args: Arguments, only: Filter) -> None:
    invarg("Not a valid VRF name\n", args.value())


def _nomaster(ip: Ip, args: Arguments, only: Filter) -> None:
    only.master = -1


def _type(ip: Ip, args: Arguments, only: Filter) -> None:
    word = args.value()
    if word.endswith("_slave"):
        only.slave_kind = word.removesuffix("_slave")
    else:
        only.kind = word


FILTER_OPTIONS: Mapping[str, Callable[[Ip, Arguments, Filter], None]] = {
    "to": _to,
    "scope": _scope,
    "up": _up,
    "label": _label,
    "group": _group,
    "master": _master,
    "vrf": _vrf,
    "nomaster": _nomaster,
    "type": _type,
}


def _flag_filter(word: str, only: Filter) -> bool:
    """get_filter: a word for a flag of addresses, with a minus for its absence."""
    name = word.removeprefix("-")
    inverted = name != word
    if name in ("dynamic", "primary"):
        inverted = not inverted
        name = "permanent" if name == "dynamic" else "secondary"
    flag = IFA_FLAGS.get(name)
    if flag is None:
        return False
    only.flags = only.flags & ~flag.mask if inverted else only.flags | flag.mask
    only.flagmask |= flag.mask
    return True


def ipaddr_list(ip: Ip, args: Arguments) -> int:
    """``ip address show``."""
    return _list(ip, args, Filter(ip.family))


def ipaddr_list_link(ip: Ip, args: Arguments) -> int:
    """``ip link show``."""
    ip.family = AF_PACKET
    return _list(ip, args, Filter(AF_PACKET, do_link=True))


def _device_filter(ip: Ip, args: Arguments, only: Filter) -> str:
    dev = _parse_filter(ip, args, only)
    if dev:
        only.ifindex = ip.ll_name_to_index(dev)
        if not only.ifindex:
            raise Exit(FAILURE, f'Device "{dev}" does not exist.\n')
    return dev


def _list(ip: Ip, args: Arguments, only: Filter) -> int:
    dev = _device_filter(ip, args, only)
    if dev and only.group == -1 and only.do_link:
        print_linkinfo(ip, _get_link(ip, dev), only)
        return 0
    if only.ifindex:
        link = ip.link_get(only.ifindex)
        if link is None:
            ip.complain("RTNETLINK answers: No such device\nCannot send link request: No such device\n")
            return 0
        links: tuple[LinkInfo, ...] = (link,)
    else:
        links = ip.rtnl_talk(
            DumpLinks(max(only.master, 0), only.kind, AF_INET6 if only.family == AF_INET6 else AF_UNSPEC)
        )
    addresses: tuple[Address, ...] = ()
    if only.family != AF_PACKET:
        addresses = ip.rtnl_talk(DumpAddresses(only.family, only.ifindex))
        links = tuple(link for link in links if _has_wanted_address(ip, link, addresses, only))
    for link in links:
        _print_link_and_addresses(ip, link, addresses, only)
    return 0


def _get_link(ip: Ip, name: str) -> LinkInfo:
    """iplink_get: by name alone, so that if5 is not found where it stands for a number."""
    link = ip.link_get(name=name)
    if link is None:
        words = "No such device\n"
        raise Exit(FAILURE, f"RTNETLINK answers: {words}Cannot send link get request: {words}")
    return link


def _has_wanted_address(ip: Ip, link: LinkInfo, addresses: tuple[Address, ...], only: Filter) -> bool:
    """ipaddr_filter: a link is listed for an address that passes, or where all families count for having none."""
    own = [address for address in addresses if address.ifindex == link.ifindex]
    if any(_address_wanted(ip, address, replace(only, ifindex=0)) for address in own):
        return True
    return not own and only.family in (AF_UNSPEC, AF_PACKET)


def _print_link_and_addresses(ip: Ip, link: LinkInfo, addresses: tuple[Address, ...], only: Filter) -> None:
    # with -oneline, addresses carry their device and links are not printed
    no_link = ip.oneline and only.family != AF_PACKET and not ip.brief
    if not no_link and not print_linkinfo(ip, link, only):
        return
    if only.family != AF_PACKET:
        for address in addresses:
            if address.ifindex == link.ifindex and not (only.up and not link.flags & Iff.UP):
                print_addrinfo(ip, address, only)
        if ip.brief:
            ip.write("\n")
    if not no_link and not ip.brief and not only.do_link and not only.label and ip.show_stats:
        ip.write(_stats64(ip, link) + ip.newline)


def ipaddr_flush(ip: Ip, args: Arguments) -> int:
    """``ip address flush``: deletes what the same words would list, until nothing is left."""
    only = Filter(ip.family)
    if not args:
        raise Exit(FAILURE, "Flush requires arguments.\n")
    if only.family == AF_PACKET:
        raise Exit(FAILURE, "Cannot flush link addresses.\n")
    _device_filter(ip, args, only)
    primaries_only = bool(only.flagmask & Ifa.SECONDARY) and not only.flags & Ifa.SECONDARY
    rounds = 0
    while ip.max_flush_loops == 0 or rounds < ip.max_flush_loops:
        dump = ip.rtnl_talk(DumpAddresses(only.family, only.ifindex))
        doomed = [address for address in dump if _address_wanted(ip, address, only)]
        if ip.show_stats > 1:
            for address in doomed:
                _print_flushed(ip, address, only)
        if doomed:
            rounds += 1
            for address in doomed:
                _delete(ip, address)
            if ip.show_stats:
                ip.write(f"\n*** Round {rounds}, deleting {len(doomed)} addresses ***\n")
        if not doomed or primaries_only:
            if ip.show_stats:
                ip.write(flush_summary(rounds))
            return 0
    raise Exit(FAILURE, f"*** Flush remains incomplete after {ip.max_flush_loops} rounds. ***\n")


def _print_flushed(ip: Ip, address: Address, only: Filter) -> None:
    ip.write(f"{address.ifindex}: {ip.ll_index_to_name(address.ifindex)}" if not ip.oneline and not ip.brief else "")
    print_addrinfo(ip, address, only)


def _delete(ip: Ip, address: Address) -> None:
    """One of a flush; an address that went with another is no error."""
    try:
        ip.rtnl_talk(DelAddress(address))
    except Exit as refused:
        if "Address not found" not in refused.message:
            raise


# Changing


class _Parser:
    """ipaddr_modify's state."""

    def __init__(self, ip: Ip) -> None:
        self.ip = ip
        self.family = ip.family
        self.fields: dict[str, Any] = {}
        self.flags = Ifa.NONE
        self.dev = ""
        self.local: InetPrefix | None = None
        self.local_word = ""
        self.peer: InetPrefix | None = None
        self.computed_broadcast = ""
        self.lifetimes: dict[str, int] = {}

    def adopt(self, family: int) -> None:
        """The first address decides the family."""
        self.family = self.family or family


def _parse_peer(parser: _Parser, word: str, args: Arguments) -> None:
    value = args.value()
    if parser.peer is not None:
        duparg("peer", value)
    parser.peer = get_prefix(value, parser.family)
    parser.adopt(parser.peer.family)


def _parse_broadcast(parser: _Parser, word: str, args: Arguments) -> None:
    value = args.value()
    if parser.computed_broadcast or "broadcast" in parser.fields:
        duparg("broadcast", value)
    if value in ("+", "-"):
        parser.computed_broadcast = value
        return
    broadcast = get_addr(value, parser.family)
    parser.adopt(broadcast.family)
    parser.fields["broadcast"] = broadcast.data


def _parse_anycast(parser: _Parser, word: str, args: Arguments) -> None:
    not_modelled('"anycast"')


def _parse_scope(parser: _Parser, word: str, args: Arguments) -> None:
    value = args.value()
    scope = RTSCOPE.a2n(value)
    if scope is None:
        invarg("invalid scope value.", value)
    parser.fields["scope"] = scope


def _parse_dev(parser: _Parser, word: str, args: Arguments) -> None:
    parser.dev = args.value()


def _parse_label(parser: _Parser, word: str, args: Arguments) -> None:
    parser.fields["label"] = args.value()


def _parse_metric(parser: _Parser, word: str, args: Arguments) -> None:
    value = args.value()
    metric = get_unsigned(value)
    if metric is None:
        invarg('"metric" value is invalid\n', value)
    parser.fields["metric"] = metric


def _parse_lifetime(name: str) -> Callable[[_Parser, str, Arguments], None]:
    def parse(parser: _Parser, word: str, args: Arguments) -> None:
        if name in parser.lifetimes:
            duparg(name, word)
        value = args.value()
        seconds = INFINITY_LIFE_TIME if value == "forever" else get_unsigned(value)
        if seconds is None:
            invarg(f"{name} value", value)
        parser.lifetimes[name] = seconds

    return parse


MODIFY_OPTIONS: Mapping[str, Callable[[_Parser, str, Arguments], None]] = {
    "peer": _parse_peer,
    "remote": _parse_peer,
    "broadcast*": _parse_broadcast,
    "brd": _parse_broadcast,
    "anycast": _parse_anycast,
    "scope": _parse_scope,
    "dev": _parse_dev,
    "label": _parse_label,
    "metric*": _parse_metric,
    "priority*": _parse_metric,
    "preference*": _parse_metric,
    "valid_lft*": _parse_lifetime("valid_lft"),
    "preferred_lft*": _parse_lifetime("preferred_lft"),
}


def _parse_modify(ip: Ip, args: Arguments) -> _Parser:
    parser = _Parser(ip)
    while args:
        word = args.take()
        option = lookup(MODIFY_OPTIONS, word)
        flag = IFA_FLAGS.get(word)
        if option is not None:
            option(parser, word, args)
        elif flag is None:
            _parse_local(parser, args.value() if word == "local" else word)
        elif flag.readonly:
            ip.complain(f"Warning: {word} option is not mutable from userspace\n")
        elif flag.v6only and parser.family != AF_INET6:
            ip.complain(f"Warning: {word} option can be set only for IPv6 addresses\n")
        else:
            parser.flags |= flag.mask
    return parser


def _parse_local(parser: _Parser, word: str) -> None:
    if matches(word, "help"):
        raise Exit(USAGE, USAGE_TEXT)
    if parser.local is not None:
        duparg2("local", word)
    parser.local = get_prefix(word, parser.family)
    parser.local_word = word
    parser.adopt(parser.local.family)


def _address(parser: _Parser, delete: bool) -> Address:
    """The record that the words mean, after the checks of the real tool in its order."""
    ip = parser.ip
    if not parser.dev:
        raise Exit(FAILURE, 'Not enough information: "dev" argument is required.\n')
    local, peer = parser.local, parser.peer
    if peer is None and local is not None:
        if delete and local.family == AF_INET and not local.specified:
            ip.complain(_wildcard_warning(parser.local_word))
        else:
            peer = local
    prefixlen = (parser.peer.bitlen if parser.peer is not None else 0) or (local.bitlen if local is not None else 0)
    if parser.computed_broadcast and not delete:
        _compute_broadcast(parser, peer)
    if "scope" not in parser.fields and not delete:
        parser.fields["scope"] = _default_scope(local)
    ifindex = ip.ll_name_to_index(parser.dev)
    if not ifindex:
        nodev(parser.dev)
    _check_lifetimes(parser)
    parser.fields.update(parser.lifetimes)
    if parser.flags & Ifa.MCAUTOJOIN and not (local is not None and local.data[:1] and 224 <= local.data[0] <= 239):
        raise Exit(FAILURE, "autojoin needs multicast address\n")
    return Address(
        ifindex,
        prefixlen,
        local.data if local is not None and local.data else None,
        peer.data if peer is not None and peer.data else None,
        flags=parser.flags,
        family=parser.family,
        **parser.fields,
    )


def _wildcard_warning(word: str) -> str:
    return (
        "Warning: Executing wildcard deletion to stay compatible with old scripts.\n"
        f"         Explicitly specify the prefix length ({word}/32) to avoid this warning.\n"
        "         This special behaviour is likely to disappear in further releases,\n"
        "         fix your scripts!\n"
    )


def _compute_broadcast(parser: _Parser, peer: InetPrefix | None) -> None:
    """``brd +`` sets all host bits, ``brd -`` clears them; a /31 or /32 has no broadcast address."""
    if parser.family != AF_INET:
        raise Exit(FAILURE, "Broadcast can be set only for IPv4 addresses\n")
    if peer is None or peer.bitlen > 30:
        return
    host = (1 << 32 - peer.bitlen) - 1
    number = int.from_bytes(peer.data, "big")
    number = number | host if parser.computed_broadcast == "+" else number & ~host
    parser.fields["broadcast"] = number.to_bytes(4, "big")


def _default_scope(local: InetPrefix | None) -> int:
    loopback = local is not None and local.family == AF_INET and local.data[:1] == b"\x7f"
    return RtScope.HOST if loopback else RtScope.UNIVERSE


def _check_lifetimes(parser: _Parser) -> None:
    valid = parser.lifetimes.get("valid_lft", INFINITY_LIFE_TIME)
    if valid == 0:
        raise Exit(FAILURE, "valid_lft is zero\n")
    if valid < parser.lifetimes.get("preferred_lft", INFINITY_LIFE_TIME) and parser.lifetimes:
        raise Exit(FAILURE, "preferred_lft is greater than valid_lft\n")


def _newaddr(flags: NlmFlags) -> Callable[[Ip, Arguments], int]:
    def run(ip: Ip, args: Arguments) -> int:
        ip.rtnl_talk(NewAddress(_address(_parse_modify(ip, args), delete=False), flags))
        return 0

    return run


def _deladdr(ip: Ip, args: Arguments) -> int:
    ip.rtnl_talk(DelAddress(_address(_parse_modify(ip, args), delete=True)))
    return 0


def usage(ip: Ip, args: Arguments) -> int:
    """``ip address help``."""
    raise Exit(USAGE, USAGE_TEXT)


def _files(ip: Ip, args: Arguments) -> int:
    not_modelled("saving and restoring addresses")


COMMANDS: Mapping[str, Callable[[Ip, Arguments], int]] = {
    "add*": _newaddr(NlmFlags.CREATE | NlmFlags.EXCL),
    "change*": _newaddr(NlmFlags.REPLACE),
    "chg": _newaddr(NlmFlags.REPLACE),
    "replace*": _newaddr(NlmFlags.CREATE | NlmFlags.REPLACE),
    "delete*": _deladdr,
    "list*": ipaddr_list,
    "show*": ipaddr_list,
    "lst*": ipaddr_list,
    "flush*": ipaddr_flush,
    "save*": _files,
    "showdump*": _files,
    "restore*": _files,
    "help*": usage,
}


def do_ipaddr(ip: Ip, args: Arguments) -> int:
    """``ip address …``."""
    if not args:
        return ipaddr_list(ip, args)
    word = args.take()
    run = lookup(COMMANDS, word)
    if run is None:
        raise Exit(USAGE, f'Command "{word}" is unknown, try "ip address help".\n')
    return run(ip, args)
