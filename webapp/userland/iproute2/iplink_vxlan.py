"""ip link … type vxlan (ip/iplink_vxlan.c)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from webapp.kernel.core.sock import AF_INET, AF_INET6
from webapp.kernel.ipv4.address import INADDR_ANY, ipv4_is_multicast
from webapp.kernel.uapi.if_link import AF_UNSPEC, LinkData
from webapp.kernel.uapi.vxlan import VxlanDf, VxlanInfo
from webapp.userland.iproute2.arguments import (
    FAILURE,
    USAGE,
    Arguments,
    Exit,
    duparg2,
    get_unsigned,
    invarg,
    lookup,
    matches,
    not_modelled,
)
from webapp.userland.iproute2.inet_prefix import format_host, get_addr
from webapp.userland.iproute2.ip_common import Ip, LinkUtil
from webapp.userland.iproute2.rt_names import DSFIELD

VXLAN_USAGE = """\
Usage: ... vxlan id VNI
\t\t[ { group | remote } IP_ADDRESS ]
\t\t[ local ADDR ]
\t\t[ ttl TTL ]
\t\t[ tos TOS ]
\t\t[ df DF ]
\t\t[ dev PHYS_DEV ]
\t\t[ dstport PORT ]
\t\t[ srcport MIN MAX ]
\t\t[ [no]learning ]
\t\t[ ageing SECONDS ]
\t\t[ maxaddress NUMBER ]
\t\t[ [no]udpcsum ]
\t\t[ [no]udp6zerocsumtx ]
\t\t[ [no]udp6zerocsumrx ]

Where:\tVNI\t:= 0-16777215
\tADDR\t:= { IP_ADDRESS | any }
\tTOS\t:= { NUMBER | inherit }
\tTTL\t:= { 1..255 | auto | inherit }
\tDF\t:= { unset | set | inherit }
"""

NO_PORT = """\
vxlan: destination port not specified
Will use Linux kernel default (non-standard value)
Use 'dstport 4789' to get the IANA assigned value
Use 'dstport 0' to get default and quiet this message
"""

_U16 = 0xFFFF


class Parser:
    """vxlan_parse_opt: the words so far. ``fields`` are those of the message, ``given`` the attributes that came."""

    def __init__(self, ip: Ip) -> None:
        self.ip = ip
        self.fields: dict[str, object] = {}
        self.given: set[str] = set()
        self.remote: bytes | None = None
        self.external = False

    def once(self, attribute: str, key: str, value: str) -> None:
        """check_duparg."""
        if attribute in self.given:
            duparg2(key, value)
        self.given.add(attribute)

    def address(self, value: str) -> bytes:
        """get_addr, of the family that the model has for tunnels."""
        prefix = get_addr(value, AF_UNSPEC)
        if prefix.family == AF_INET6:
            not_modelled("vxlan over IPv6")
        return prefix.data if prefix.family == AF_INET else b""


Option = Callable[[Parser, str, Arguments], None]


def _id(parser: Parser, word: str, args: Arguments) -> None:
    value = args.value()
    parser.once("id", "id", value)
    number = get_unsigned(value, (1 << 24) - 1)
    parser.fields["id"] = invarg("invalid id", value) if number is None else number


def _group(parser: Parser, word: str, args: Arguments) -> None:
    _refuse_both(parser, multicast=False)
    value = args.value()
    parser.once("group", "group", value)
    parser.remote = parser.address(value)
    if not parser.remote or not ipv4_is_multicast(parser.remote):
        invarg("invalid group address", value)


def _remote(parser: Parser, word: str, args: Arguments) -> None:
    _refuse_both(parser, multicast=True)
    value = args.value()
    parser.once("group", "remote", value)
    parser.remote = parser.address(value)
    if not parser.remote or ipv4_is_multicast(parser.remote):
        invarg("invalid remote address", value)


def _refuse_both(parser: Parser, *, multicast: bool) -> None:
    if parser.remote and ipv4_is_multicast(parser.remote) is multicast:
        raise Exit(FAILURE, "vxlan: both group and remote cannot be specified\n")


def _local(parser: Parser, word: str, args: Arguments) -> None:
    value = args.value()
    parser.once("local", "local", value)
    address = parser.address(value)
    if not address or ipv4_is_multicast(address):
        invarg("invalid local address", value)
    parser.fields["local"] = address


def _dev(parser: Parser, word: str, args: Arguments) -> None:
    value = args.value()
    parser.once("link", "dev", value)
    parser.fields["link"] = parser.ip.ll_name_to_index(value)
    if not parser.fields["link"]:
        # exit(nodev()): the program ends with what nodev returns
        raise Exit(USAGE, f'Cannot find device "{value}"\n')


def _ttl(parser: Parser, word: str, args: Arguments) -> None:
    value = args.value()
    parser.once("ttl", "ttl", value)
    if value == "inherit":
        parser.fields["ttl_inherit"] = True
        return
    number = 0 if value == "auto" else get_unsigned(value)
    if number is None:
        invarg("invalid TTL", value)
    if number > 255:
        invarg("TTL must be <= 255", value)
    parser.fields["ttl"] = number


def _tos(parser: Parser, word: str, args: Arguments) -> None:
    value = args.value()
    parser.once("tos", "tos", value)
    number = 1 if value == "inherit" else DSFIELD.a2n(value)
    parser.fields["tos"] = invarg("bad TOS value", value) if number is None else number


def _df(parser: Parser, word: str, args: Arguments) -> None:
    value = args.value()
    parser.once("df", "df", value)
    choices = {df.name.lower(): df for df in VxlanDf}
    if value not in choices:
        invarg("DF must be 'unset', 'set' or 'inherit'", value)
    parser.fields["df"] = int(choices[value])


def _flowlabel(parser: Parser, word: str, args: Arguments) -> None:
    value = args.value()
    parser.once("label", "flowlabel", value)
    number = get_unsigned(value)
    if number is None or number > 0xFFFFF:
        invarg("invalid flowlabel", value)
    parser.fields["label"] = number


def _seconds(attribute: str, key: str, none: str, complaint: str) -> Option:
    def parse(parser: Parser, word: str, args: Arguments) -> None:
        value = args.value()
        parser.once(attribute, key, value)
        number = 0 if value == none else get_unsigned(value)
        parser.fields[attribute] = invarg(complaint, value) if number is None else number

    return parse


def _srcport(parser: Parser, word: str, args: Arguments) -> None:
    low_word = args.value()
    parser.once("port_range", "srcport", low_word)
    low = get_unsigned(low_word, _U16)
    if low is None:
        invarg("min port", low_word)
    high_word = args.value()
    high = get_unsigned(high_word, _U16)
    if high is None:
        invarg("max port", high_word)
    if low or high:
        parser.fields["port_range"] = (low, high)


def _dstport(parser: Parser, word: str, args: Arguments) -> None:
    value = args.value()
    parser.once("port", "dstport", value)
    number = get_unsigned(value, _U16)
    if number is None:
        invarg("dst port", value)
    if number:
        parser.fields["port"] = number


def _switch(attribute: str, on: bool) -> Option:
    def parse(parser: Parser, word: str, args: Arguments) -> None:
        parser.once(attribute, word, word)
        parser.fields[attribute] = on

    return parse


def _off(attribute: str) -> Option:
    """A feature that the model knows only as off."""

    def parse(parser: Parser, word: str, args: Arguments) -> None:
        parser.once(attribute, word, word)

    return parse


def _unmodelled(parser: Parser, word: str, args: Arguments) -> None:
    not_modelled(f'"{word}"')


OPTIONS: Mapping[str, Option] = {
    "id*": _id,
    "vni*": _id,
    "group*": _group,
    "remote*": _remote,
    "local*": _local,
    "dev*": _dev,
    "ttl*": _ttl,
    "hoplimit*": _ttl,
    "tos*": _tos,
    "dsfield*": _tos,
    "df*": _df,
    "label*": _flowlabel,
    "flowlabel*": _flowlabel,
    "ageing*": _seconds("ageing", "ageing", "none", "ageing timer"),
    "maxaddress*": _seconds("limit", "maxaddress", "unlimited", "max addresses"),
    "port*": _srcport,
    "srcport*": _srcport,
    "dstport*": _dstport,
    "nolearning*": _switch("learning", on=False),
    "learning*": _switch("learning", on=True),
    "noproxy*": _off("proxy"),
    "proxy*": _unmodelled,
    "norsc*": _off("rsc"),
    "rsc*": _unmodelled,
    "nol2miss*": _off("l2miss"),
    "l2miss*": _unmodelled,
    "nol3miss*": _off("l3miss"),
    "l3miss*": _unmodelled,
    "udpcsum*": _switch("udp_csum", on=True),
    "noudpcsum*": _switch("udp_csum", on=False),
    "udp6zerocsumtx*": _switch("udp_zero_csum6_tx", on=True),
    "noudp6zerocsumtx*": _switch("udp_zero_csum6_tx", on=False),
    "udp6zerocsumrx*": _switch("udp_zero_csum6_rx", on=True),
    "noudp6zerocsumrx*": _switch("udp_zero_csum6_rx", on=False),
    "remcsumtx*": _unmodelled,
    "noremcsumtx*": _off("remcsum_tx"),
    "remcsumrx*": _unmodelled,
    "noremcsumrx*": _off("remcsum_rx"),
    "external*": _unmodelled,
    "noexternal*": _off("external"),
    "gbp*": _unmodelled,
    "gpe*": _unmodelled,
    "vnifilter": _unmodelled,
    "novnifilter": _off("vnifilter"),
}
"""In the order in which abbreviations find them."""


def vxlan_parse_opt(ip: Ip, args: Arguments, create: bool) -> LinkData:
    """The words after ``type vxlan``."""
    parser = Parser(ip)
    while args:
        word = args.take()
        option = lookup(OPTIONS, word)
        if option is None:
            complaint = "" if matches(word, "help") else f'vxlan: unknown command "{word}"?\n'
            raise Exit(FAILURE, complaint + VXLAN_USAGE)
        option(parser, word, args)
    return _finish(parser, create)


def _finish(parser: Parser, create: bool) -> LinkData:
    fields = parser.fields
    if create and "id" not in fields:
        raise Exit(FAILURE, "vxlan: missing virtual network identifier\n")
    if parser.remote and ipv4_is_multicast(parser.remote) and "link" not in fields:
        raise Exit(FAILURE, "vxlan: 'group' requires 'dev' to be specified\n")
    if create and "port" not in parser.given:
        parser.ip.complain(NO_PORT)
    if parser.remote:
        fields["group"] = parser.remote
    elif "local" not in fields and parser.ip.family == AF_INET:
        fields["group"] = INADDR_ANY
    if create:
        fields.setdefault("learning", True)
    return VxlanInfo(**fields)  # type: ignore[arg-type]  # each option has checked its own value


def vxlan_print_opt(ip: Ip, info: VxlanInfo) -> str:
    """What there is to say of a vxlan device."""
    words = [f"id {info.id}"]
    if info.group is not None:
        words.append(f"{'group' if ipv4_is_multicast(info.group) else 'remote'} {format_host(info.group)}")
    if info.local is not None:
        words.append(f"local {format_host(info.local)}")
    if info.link is not None:
        words.append(f"dev {ip.ll_index_to_name(info.link)}")
    low, high = info.port_range or (0, 0)
    words.append(f"srcport {low} {high} dstport {info.port}")
    if not info.learning:
        words.append("nolearning")
    if info.tos:
        words.append("tos inherit" if info.tos == 1 else f"tos {info.tos:#x}")
    words.append(f"ttl {'inherit' if info.ttl_inherit else info.ttl or 'auto'}")
    if info.df:
        words.append(f"df {VxlanDf(info.df).name.lower()}")
    words.append(f"ageing {info.ageing or 'none'}")
    if info.limit:
        words.append(f"maxaddr {info.limit}")
    words += [
        f"{'' if on else 'no'}{word}"
        for word, on in (
            ("udpcsum", info.udp_csum),
            ("udp6zerocsumtx", info.udp_zero_csum6_tx),
            ("udp6zerocsumrx", info.udp_zero_csum6_rx),
        )
    ]
    return " ".join(words) + " "


VXLAN_LINK_UTIL = LinkUtil(VXLAN_USAGE, vxlan_parse_opt, vxlan_print_opt)
