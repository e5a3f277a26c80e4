"""ip link (ip/iplink.c, ip/link_veth.c): one grammar for add, set, replace, delete and for a veth's peer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from webapp.kernel.core.net_device import Iff
from webapp.kernel.uapi.if_link import IFALIASZ, DelLink, LinkMessage, NewLink, VethInfo
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.userland.iproute2.arguments import (
    FAILURE,
    USAGE,
    Arguments,
    Exit,
    check_altifname,
    check_ifname,
    duparg,
    duparg2,
    get_integer,
    invarg,
    lookup,
    matches,
    missarg,
    nodev,
    not_modelled,
    parse_on_off,
)
from webapp.userland.iproute2.inet_prefix import ll_addr_a2n
from webapp.userland.iproute2.ip_common import Ip, LinkUtil
from webapp.userland.iproute2.ipaddress import KINDS, ipaddr_list_link
from webapp.userland.iproute2.iplink_kinds import LINK_UTILS
from webapp.userland.iproute2.rt_names import GROUP

USAGE_TEXT = """\
Usage: ip link add NAME [ OPTION ]... type TYPE [ ARGS ]
       ip link set { DEVICE | group GROUP } [ OPTION ]...
       ip link delete { DEVICE | group GROUP }
       ip link show [ DEVICE | group GROUP ] [ up ] [ master DEVICE ] [ type TYPE ]
OPTION := { up | down | name NAME | address LLADDR | broadcast LLADDR | mtu N | txqueuelen N | index N |
            netns { NAME | PID } | alias TEXT | group GROUP | master DEVICE | nomaster | SWITCH { on | off } }
SWITCH := { arp | multicast | allmulticast | promisc | trailers | dynamic | carrier }
TYPE := { bridge | bridge_slave | dummy | ifb | macvlan | veth | vlan | vxlan }
"""

VETH_USAGE = "Usage: ip link <options> type veth [peer <options>]\nTo get <options> type 'ip link add help'\n"


class LinkParser:
    """iplink_parse: reads words up to ``type TYPE`` into the fields of a LinkMessage.

    ``dev`` and ``name`` are the device as it is called and as it is to be called; for ``add`` they are one.
    """

    def __init__(self, ip: Ip, create: bool) -> None:
        self.ip = ip
        self.create = create
        self.fields: dict[str, Any] = {}
        self.flags = 0
        self.change = 0
        self.name: str | None = None
        self.dev: str | None = None
        self.link: str | None = None
        self.index = 0
        self.kind: str | None = None

    def parse(self, args: Arguments) -> LinkMessage:
        """The message; what follows TYPE is left in ``args``."""
        while args and self.kind is None:
            word = args.take()
            option = lookup(OPTIONS, word)
            if option is not None:
                option(self, word, args)
                continue
            if matches(word, "help"):
                raise Exit(USAGE, USAGE_TEXT)
            self._device(args.value() if word == "dev" else word)
        return self._finish(args)

    def _device(self, name: str) -> None:
        if self.dev != self.name:
            duparg2("dev", name)
        if not check_altifname(name):
            invarg('"dev" not a valid ifname', name)
        self.dev = name

    def _finish(self, args: Arguments) -> LinkMessage:
        self.name = self.name or self.dev
        self.dev = self.dev or self.name
        if self.dev is not None and not self.create:
            self._check_address(self.dev)
        if self.index and not self.create and "netns" not in self.fields and "netns_pid" not in self.fields:
            raise Exit(USAGE, "index can be used only when creating devices or when moving device to another netns.\n")
        if "group" in self.fields and self.dev is None:
            return self._group(args)
        return self._created() if self.create else self._changed()

    def _check_address(self, dev: str) -> None:
        address = self.fields.get("address")
        link = self.ip.link_get(name=dev)
        if address is not None and link is not None and len(address) != len(link.address):
            length = len(link.address)
            raise Exit(FAILURE, f"Invalid address length {len(address)} - must be {length} bytes\n")

    def _group(self, args: Arguments) -> LinkMessage:
        if args:
            raise Exit(USAGE, f'Garbage instead of arguments "{args.peek()} ...". Try "ip link help".\n')
        if self.create:
            raise Exit(USAGE, "group cannot be used when creating devices.\n")
        self.kind = None
        return self._message(0, None)

    def _changed(self) -> LinkMessage:
        if self.dev is None:
            raise Exit(USAGE, 'Not enough information: "dev" argument is required.\n')
        ifindex = self.ip.ll_name_to_index(self.dev)
        if not ifindex:
            nodev(self.dev)
        if self.index:
            self.fields["new_ifindex"] = self.index
        return self._message(ifindex, None if self.name == self.dev else self.name)

    def _created(self) -> LinkMessage:
        if self.name != self.dev:
            raise Exit(USAGE, 'both "name" and "dev" cannot be used when creating devices.\n')
        if self.link is not None:
            self.fields["link"] = self.ip.ll_name_to_index(self.link) or nodev(self.link)
        return self._message(self.index, self.name)

    def _message(self, ifindex: int, name: str | None) -> LinkMessage:
        return LinkMessage(
            name=name, ifindex=ifindex, flags=self.flags, change=self.change, kind=self.kind, **self.fields
        )


Option = Callable[[LinkParser, str, Arguments], None]


def _up(parser: LinkParser, word: str, args: Arguments) -> None:
    parser.change |= Iff.UP
    parser.flags |= Iff.UP


def _down(parser: LinkParser, word: str, args: Arguments) -> None:
    parser.change |= Iff.UP
    parser.flags &= ~Iff.UP


def _name(parser: LinkParser, word: str, args: Arguments) -> None:
    name = args.value()
    if parser.name is not None:
        duparg("name", name)
    if not check_ifname(name):
        invarg('"name" not a valid ifname', name)
    parser.name = name
    parser.dev = parser.dev or name


def _index(parser: LinkParser, word: str, args: Arguments) -> None:
    value = args.value()
    if parser.index:
        duparg("index", value)
    parser.index = get_integer(value) or 0
    if parser.index <= 0:
        invarg('Invalid "index" value', value)


def _link(parser: LinkParser, word: str, args: Arguments) -> None:
    parser.link = args.value()


def _lladdr(field: str) -> Option:
    def parse(parser: LinkParser, word: str, args: Arguments) -> None:
        parser.fields[field] = ll_addr_a2n(args.value())

    return parse


def _number(field: str, word: str) -> Option:
    def parse(parser: LinkParser, _word: str, args: Arguments) -> None:
        value = args.value()
        if field in parser.fields:
            duparg(word, value)
        number = get_integer(value)
        if number is None:
            invarg(f'Invalid "{word}" value\n', value)
        parser.fields[field] = number

    return parse


def _txqueuelen(parser: LinkParser, word: str, args: Arguments) -> None:
    _number("txqlen", "txqueuelen")(parser, word, args)
    parser.fields["txqlen"] &= 0xFFFFFFFF


def _netns(parser: LinkParser, word: str, args: Arguments) -> None:
    value = args.value()
    if "netns" in parser.fields or "netns_pid" in parser.fields:
        duparg("netns", value)
    net = parser.ip.process.machine.namespaces.get(value)
    pid = get_integer(value)
    if net is not None:
        parser.fields["netns"] = net
    elif pid is not None:
        parser.fields["netns_pid"] = pid
    else:
        invarg('Invalid "netns" value\n', value)


def _flag(flag: int, on: str = "on") -> Option:
    """An option that sets ``flag`` when it is ``on`` (arp and trailers set theirs when they are off)."""

    def parse(parser: LinkParser, word: str, args: Arguments) -> None:
        value = args.value()
        if value not in ("on", "off"):
            raise Exit(FAILURE, f'Error: argument of "{word}" must be "on" or "off", not "{value}"\n')
        parser.change |= flag
        parser.flags = parser.flags | flag if value == on else parser.flags & ~flag

    return parse


def _dynamic(parser: LinkParser, word: str, args: Arguments) -> None:
    _flag(Iff.DYNAMIC)(parser, "dynamic", args)


def _carrier(parser: LinkParser, word: str, args: Arguments) -> None:
    parser.fields["carrier"] = parse_on_off("carrier", args.value())


def _master(parser: LinkParser, word: str, args: Arguments) -> None:
    name = args.value()
    parser.fields["master"] = parser.ip.ll_name_to_index(name) or invarg("Device does not exist\n", name)


def _vrf(parser: LinkParser, word: str, args: Arguments) -> None:
    invarg("Not a valid VRF name\n", args.value())


def _nomaster(parser: LinkParser, word: str, args: Arguments) -> None:
    parser.fields["master"] = 0


def _type(parser: LinkParser, word: str, args: Arguments) -> None:
    parser.kind = args.value()


def _alias(parser: LinkParser, word: str, args: Arguments) -> None:
    alias = args.value()
    if len(alias.encode()) >= IFALIASZ:
        invarg("alias too long\n", alias)
    parser.fields["alias"] = alias


def _group(parser: LinkParser, word: str, args: Arguments) -> None:
    value = args.value()
    if "group" in parser.fields:
        duparg("group", value)
    group = GROUP.a2n(value)
    if group is None:
        invarg('Invalid "group" value\n', value)
    parser.fields["group"] = group


def _vf(parser: LinkParser, word: str, args: Arguments) -> None:
    value = args.value()
    if get_integer(value) is None:
        invarg('Invalid "vf" value\n', value)
    if parser.dev is None:
        missarg("dev")
    not_modelled('"vf"')


def _unmodelled(parser: LinkParser, word: str, args: Arguments) -> None:
    args.value()
    not_modelled(f'"{word}"')


OPTIONS: Mapping[str, Option] = {
    "up": _up,
    "down": _down,
    "name": _name,
    "index": _index,
    "link*": _link,
    "address*": _lladdr("address"),
    "broadcast*": _lladdr("broadcast"),
    "brd": _lladdr("broadcast"),
    "txqueuelen*": _txqueuelen,
    "qlen": _txqueuelen,
    "txqlen*": _txqueuelen,
    "mtu": _number("mtu", "mtu"),
    "xdpgeneric": _unmodelled,
    "xdpdrv": _unmodelled,
    "xdpoffload": _unmodelled,
    "xdp": _unmodelled,
    "netns": _netns,
    "multicast": _flag(Iff.MULTICAST),
    "allmulticast": _flag(Iff.ALLMULTI),
    "promisc": _flag(Iff.PROMISC),
    "trailers": _flag(Iff.NOTRAILERS, "off"),
    "arp": _flag(Iff.NOARP, "off"),
    "carrier": _carrier,
    "vf": _vf,
    "master*": _master,
    "vrf": _vrf,
    "nomaster*": _nomaster,
    "dynamic*": _dynamic,
    "type*": _type,
    "alias*": _alias,
    "group": _group,
    "mode": _unmodelled,
    "state": _unmodelled,
    "numtxqueues*": _unmodelled,
    "numrxqueues*": _unmodelled,
    "addrgenmode*": _unmodelled,
    "link-netns*": _unmodelled,
    "link-netnsid*": _unmodelled,
    "protodown": _unmodelled,
    "protodown_reason": _unmodelled,
    "gso_max_size": _unmodelled,
    "gso_max_segs": _unmodelled,
    "gro_max_size": _unmodelled,
    "parentdev": _unmodelled,
}
"""In the order in which abbreviations find them; ``dev`` is the parser's own."""


# Kinds


def veth_parse_opt(ip: Ip, args: Arguments, create: bool) -> VethInfo:
    """``peer`` and what iplink_parse takes."""
    if args.take() != "peer":
        raise Exit(FAILURE, VETH_USAGE)
    parser = LinkParser(ip, create)
    peer = parser.parse(args)
    if parser.kind is not None:
        duparg("type", parser.kind)
    return VethInfo(peer)


def get_link_kind(kind: str) -> LinkUtil | None:
    """What the program knows of a kind; None if nothing."""
    return LinkUtil(VETH_USAGE, veth_parse_opt) if kind == "veth" else LINK_UTILS.get(kind)


# Commands


def _iplink_modify(ip: Ip, args: Arguments, create: bool) -> LinkMessage:
    parser = LinkParser(ip, create)
    link = parser.parse(args)
    if create and parser.kind is None:
        raise Exit(FAILURE, 'Not enough information: "type" argument is required\n')
    if not args:
        return link
    util = get_link_kind(parser.kind or "")
    if util is not None and util.parse_opt is not None:
        data = util.parse_opt(ip, args, create)
        return replace(link, **{"slave_data" if (parser.kind or "").endswith("_slave") else "data": data})
    if parser.kind in KINDS:
        # dummy has no options and takes any; the others the kernel is going to refuse
        return link
    if matches(args.peek(), "help"):
        raise Exit(USAGE, USAGE_TEXT)
    raise Exit(FAILURE, f'Garbage instead of arguments "{args.peek()} ...". Try "ip link help".\n')


def _newlink(flags: NlmFlags) -> Callable[[Ip, Arguments], int]:
    def run(ip: Ip, args: Arguments) -> int:
        ip.rtnl_talk(NewLink(_iplink_modify(ip, args, bool(flags & NlmFlags.CREATE)), flags))
        return 0

    return run


def _dellink(ip: Ip, args: Arguments) -> int:
    ip.rtnl_talk(DelLink(_iplink_modify(ip, args, create=False)))
    return 0


def _help(ip: Ip, args: Arguments) -> int:
    util = get_link_kind(args.peek())
    if util is None:
        raise Exit(USAGE, USAGE_TEXT)
    ip.write(util.usage)
    return 0


def _command_not_modelled(name: str) -> Callable[[Ip, Arguments], int]:
    def refuse(ip: Ip, args: Arguments) -> int:
        not_modelled(f'"ip link {name}"')

    return refuse


COMMANDS: Mapping[str, Callable[[Ip, Arguments], int]] = {
    "add*": _newlink(NlmFlags.CREATE | NlmFlags.EXCL),
    "set*": _newlink(NlmFlags.NONE),
    "change*": _newlink(NlmFlags.NONE),
    "replace*": _newlink(NlmFlags.CREATE | NlmFlags.REPLACE),
    "delete*": _dellink,
    "show*": ipaddr_list_link,
    "lst*": ipaddr_list_link,
    "list*": ipaddr_list_link,
    "xstats*": _command_not_modelled("xstats"),
    "afstats*": _command_not_modelled("afstats"),
    "property*": _command_not_modelled("property"),
    "help*": _help,
}


def do_iplink(ip: Ip, args: Arguments) -> int:
    """``ip link …``."""
    if not args:
        return ipaddr_list_link(ip, args)
    word = args.take()
    run = lookup(COMMANDS, word)
    if run is None:
        raise Exit(USAGE, f'Command "{word}" is unknown, try "ip link help".\n')
    return run(ip, args)
