"""The classifier flower (tc/f_flower.c)."""

from __future__ import annotations

from collections.abc import Callable

from webapp.kernel.core.sock import AF_INET, AF_INET6
from webapp.kernel.uapi.if_ether import (
    ETH_P_8021AD,
    ETH_P_8021Q,
    ETH_P_ALL,
    ETH_P_ARP,
    ETH_P_IP,
    ETH_P_IPV6,
    ETH_P_RARP,
)
from webapp.kernel.uapi.if_link import AF_UNSPEC
from webapp.kernel.uapi.pkt_cls_flower import FlowerFlags, FlowerKey, FlowerVlan, Masked, MaskedBytes
from webapp.kernel.uapi.pkt_sched import Action, ClsFlags, FilterInfo, FlowerOptions
from webapp.userland.iproute2.arguments import (
    Arguments,
    Exit,
    check_ifname,
    get_unsigned,
    invarg,
    matches,
    not_modelled,
)
from webapp.userland.iproute2.f_bpf import parse_filter_action
from webapp.userland.iproute2.inet_prefix import format_host, get_prefix, ll_addr_a2n, ll_addr_n2a
from webapp.userland.iproute2.ll_proto import ll_proto_a2n, ll_proto_n2a
from webapp.userland.iproute2.m_action import tc_print_action
from webapp.userland.iproute2.tc_common import Illegal, Tc, get_number, get_tc_classid, next_arg, sprint_tc_classid

EXPLANATION = """\
Usage: ... flower	[ MATCH-LIST ] [ verbose ]
			[ skip_sw | skip_hw ]
			[ action ACTION-SPEC ] [ classid CLASSID ]

Where: MATCH-LIST := [ MATCH-LIST ] MATCH
       MATCH      := {	indev DEV-NAME |
			num_of_vlans VLANS_COUNT |
			vlan_id VID |
			vlan_prio PRIORITY |
			vlan_ethtype [ ipv4 | ipv6 | ETH-TYPE ] |
			cvlan_id VID |
			cvlan_prio PRIORITY |
			cvlan_ethtype [ ipv4 | ipv6 | ETH-TYPE ] |
			pppoe_sid PSID |
			ppp_proto [ ipv4 | ipv6 | mpls_uc | mpls_mc | PPP_PROTO ]			dst_mac MASKED-LLADDR |
			src_mac MASKED-LLADDR |
			ip_proto [tcp | udp | sctp | icmp | icmpv6 | IP-PROTO ] |
			ip_tos MASKED-IP_TOS |
			ip_ttl MASKED-IP_TTL |
			mpls LSE-LIST |
			mpls_label LABEL |
			mpls_tc TC |
			mpls_bos BOS |
			mpls_ttl TTL |
			dst_ip PREFIX |
			src_ip PREFIX |
			dst_port PORT-NUMBER |
			src_port PORT-NUMBER |
			tcp_flags MASKED-TCP_FLAGS |
			type MASKED-ICMP-TYPE |
			code MASKED-ICMP-CODE |
			arp_tip IPV4-PREFIX |
			arp_sip IPV4-PREFIX |
			arp_op [ request | reply | OP ] |
			arp_tha MASKED-LLADDR |
			arp_sha MASKED-LLADDR |
			enc_dst_ip [ IPV4-ADDR | IPV6-ADDR ] |
			enc_src_ip [ IPV4-ADDR | IPV6-ADDR ] |
			enc_key_id [ KEY-ID ] |
			enc_tos MASKED-IP_TOS |
			enc_ttl MASKED-IP_TTL |
			geneve_opts MASKED-OPTIONS |
			vxlan_opts MASKED-OPTIONS |
                       erspan_opts MASKED-OPTIONS |
			gtp_opts MASKED-OPTIONS |
			ip_flags IP-FLAGS |
			enc_dst_port [ port_number ] |
			ct_state MASKED_CT_STATE |
			ct_label MASKED_CT_LABEL |
			ct_mark MASKED_CT_MARK |
			ct_zone MASKED_CT_ZONE }
	LSE-LIST := [ LSE-LIST ] LSE
	LSE := lse depth DEPTH { label LABEL | tc TC | bos BOS | ttl TTL }
	FILTERID := X:Y:Z
	MASKED_LLADDR := { LLADDR | LLADDR/MASK | LLADDR/BITS }
	MASKED_CT_STATE := combination of {+|-} and flags trk,est,new,rel,rpl,inv
	ACTION-SPEC := ... look at individual actions

NOTE:	CLASSID, IP-PROTO are parsed as hexadecimal input.
NOTE:	There can be only used one mask per one prio. If user needs
	to specify different mask, he has to use different prio.
"""

_TCP, _UDP, _SCTP, _ICMP, _ICMPV6 = 6, 17, 132, 1, 58
_NO_PROTO = 0xFF
_PROTO_NAMES = {"tcp": _TCP, "udp": _UDP, "sctp": _SCTP, "icmp": _ICMP, "icmpv6": _ICMPV6}
_PROTO_WORDS = {number: name for name, number in _PROTO_NAMES.items()}
_PORTS = frozenset((_TCP, _UDP, _SCTP))
_VLANS = frozenset((ETH_P_8021Q, ETH_P_8021AD))
_ARP = frozenset((ETH_P_ARP, ETH_P_RARP))
_FAMILIES = {ETH_P_IP: AF_INET, ETH_P_IPV6: AF_INET6, 0: AF_UNSPEC}
_ICMP_OF = {ETH_P_IP: _ICMP, ETH_P_IPV6: _ICMPV6}
_FLAGS = {"frag": FlowerFlags.IS_FRAGMENT, "firstfrag": FlowerFlags.FRAG_IS_FIRST}
_ARP_OPS = {"request": 1, "reply": 2}
_CT_STATES = {"trk": 8, "new": 1, "est": 2, "rel": 4, "inv": 16, "rpl": 32}
_TCP_FLAGS_MAX_MASK = 0xFFF
_HW_TC_FIRST, _HW_TC_COUNT = 0xFFE0, 16

_UNMODELLED = (
    "pppoe_sid", "ppp_proto", "mpls", "mpls_label", "mpls_tc", "mpls_bos", "mpls_ttl", "enc_dst_ip", "enc_src_ip",
    "enc_key_id", "enc_dst_port", "enc_tos", "enc_ttl", "geneve_opts", "vxlan_opts", "erspan_opts", "gtp_opts",
    "ct_zone", "ct_mark", "ct_label",
)  # fmt: skip
"""Words that tc knows and the model does not."""


def parse_handle(text: str) -> int:
    """The number of a filter."""
    handle = get_unsigned(text)
    if handle is None:
        raise Illegal('Illegal "handle"\n')
    return handle


class _Line:
    """What the words said so far. ``eth_type`` is the ethertype behind the tags that were named."""

    def __init__(self, protocol: int) -> None:
        self.protocol = protocol
        self.eth_type = protocol
        self.vlan_ethtype = 0
        self.num_of_vlans = 0
        self.ip_proto = _NO_PROTO
        self.fields: dict[str, object] = {}
        self.vlan: dict[str, int] = {}
        self.cvlan: dict[str, int] = {}
        self.ip_flags = (0, 0)
        self.classid: int | None = None
        self.flags = ClsFlags.NONE
        self.actions: tuple[Action, ...] = ()

    def key(self) -> FlowerKey:
        """The finished value."""
        fields = dict(self.fields)
        if self.ip_flags[1]:
            fields["ip_flags"] = self.ip_flags
        if self.protocol != ETH_P_ALL:
            fields["eth_type"] = self.protocol
        vlan, cvlan = FlowerVlan(**self.vlan), FlowerVlan(**self.cvlan)
        return FlowerKey(vlan=vlan, cvlan=cvlan, **fields)  # type: ignore[arg-type]


def parse_flower(tc: Tc, args: Arguments, protocol: int) -> FlowerOptions:
    """Matches in any order, but tags and the protocol before what depends on them; flags, classid, action."""
    line = _Line(protocol)
    while args:
        _word(tc, args, line)
    return FlowerOptions(line.key(), line.actions, line.classid, line.flags)


def _word(tc: Tc, args: Arguments, line: _Line) -> None:
    word = args.peek()
    for name, parse in _MATCHES.items():
        if _is(word, name):
            if name.rstrip("*") in _UNMODELLED:
                not_modelled(f'"{name.rstrip("*")}"')
            parse(args, line)
            args.take()
            return
    if matches(word, "action"):
        next_arg(args)
        line.actions = parse_filter_action(tc, args)
        return
    if word == "help":
        raise Illegal(EXPLANATION)
    raise Illegal(f'What is "{word}"?\n{EXPLANATION}')


def _is(word: str, name: str) -> bool:
    return matches(word, name[:-1]) if name[-1] == "*" else word == name


# --- matches: each takes its value, whose last word stays ---------------------------------------------------------


def _illegal(name: str, message: str = "") -> Illegal:
    return Illegal(f'{message}Illegal "{name}"\n')


def _classid(args: Arguments, line: _Line) -> None:
    line.classid = get_tc_classid(next_arg(args))
    if line.classid is None:
        raise _illegal("classid")


def _hw_tc(args: Arguments, line: _Line) -> None:
    number = get_unsigned(next_arg(args))
    if number is None:
        raise Illegal("Illegal TC index\n")
    if number >= _HW_TC_COUNT:
        raise Illegal("TC index exceeds max range\n")
    # The major number is the parent's, which on the sides of a clsact is ffff:.
    line.classid = 0xFFFF0000 | _HW_TC_FIRST + number


def _ip_flags(args: Arguments, line: _Line) -> None:
    flags, mask = line.ip_flags
    for token in filter(None, next_arg(args).split("/")):
        name = token.removeprefix("no")
        flag = _FLAGS.get(name)
        if flag is None:
            raise _illegal("ip_flags")
        flags = flags & ~flag if token.startswith("no") else flags | flag
        mask |= flag
    line.ip_flags = flags, mask


def _set_flag(flag: ClsFlags) -> Callable[[Arguments, _Line], None]:
    def set_flag(args: Arguments, line: _Line) -> None:
        line.flags |= flag

    return set_flag


def _ct_state(args: Arguments, line: _Line) -> None:
    text = next_arg(args)
    flags = mask = 0
    while text:
        flag = _CT_STATES.get(text[1:4])
        if text[0] not in "+-" or flag is None:
            raise _illegal("ct_state")
        flags |= flag if text[0] == "+" else 0
        mask |= flag
        text = text[4:]
    line.fields["ct_state"] = (flags, mask)


def _indev(args: Arguments, line: _Line) -> None:
    name = next_arg(args)
    if not check_ifname(name):
        invarg('"indev" not a valid ifname', name)
    line.fields["indev"] = name


def _num_of_vlans(args: Arguments, line: _Line) -> None:
    number = get_number(next_arg(args), 10, 0xFF)
    if number is None:
        raise _illegal("num_of_vlans")
    line.num_of_vlans = number
    line.fields["num_of_vlans"] = number


def _vlan_number(name: str, limit: int, *, inner: bool) -> Callable[[Arguments, _Line], None]:
    """vlan_id, vlan_prio and those of the inner tag."""
    attribute = "vid" if name.endswith("id") else "prio"

    def parse(args: Arguments, line: _Line) -> None:
        text = next_arg(args)
        _need_vlan(line, name, inner)
        number = get_number(text, 10, limit)
        if number is None:
            raise _illegal(name)
        (line.cvlan if inner else line.vlan)[attribute] = number

    return parse


def _need_vlan(line: _Line, name: str, inner: bool) -> None:
    ethertype = line.vlan_ethtype if inner else line.protocol
    if ethertype in _VLANS or line.num_of_vlans > inner:
        return
    what, count = ("inner vlan ethertype", "less than 2") if inner else ("ethertype", "0")
    raise Illegal(f"Can't set \"{name}\" if {what} isn't 802.1Q or 802.1AD and num_of_vlans is {count}\n")


def _vlan_ethtype(args: Arguments, line: _Line) -> None:
    line.eth_type = line.vlan_ethtype = line.vlan["ethtype"] = _ethtype(
        args, "vlan_ethtype", line.eth_type in _VLANS or line.num_of_vlans > 0, "is 0"
    )


def _cvlan_ethtype(args: Arguments, line: _Line) -> None:
    line.eth_type = line.cvlan["ethtype"] = _ethtype(
        args, "cvlan_ethtype", line.vlan_ethtype in _VLANS or line.num_of_vlans > 1, "less than 2"
    )


def _ethtype(args: Arguments, name: str, good: bool, count: str) -> int:
    text = next_arg(args)
    if not good:
        raise Illegal(f"Can't set \"{name}\" if ethertype isn't 802.1Q or 802.1AD and num_of_vlans {count}\n")
    number = ll_proto_a2n(text)
    if number is None:
        invarg("invalid vlan_ethtype", text)
    return number


def _mac(field: str, name: str) -> Callable[[Arguments, _Line], None]:
    """LLADDR[/BITS] or LLADDR/MASK."""

    def parse(args: Arguments, line: _Line) -> None:
        text, slash, mask_text = next_arg(args).partition("/")
        try:
            address = ll_addr_a2n(text, 6).ljust(6, b"\0")
            mask = b"\xff" * 6
            if slash:
                bits = get_number(mask_text, 10)
                if bits is None:
                    mask = ll_addr_a2n(mask_text, 6).ljust(6, b"\0")
                else:
                    mask = ((1 << 48) - 1 << max(0, 48 - bits) & (1 << 48) - 1).to_bytes(6)
        except Exit as end:
            raise _illegal(name, end.message) from end
        line.fields[field] = (address, mask)

    return parse


def _ip_proto(args: Arguments, line: _Line) -> None:
    text = next_arg(args)
    number = next((number for name, number in _PROTO_NAMES.items() if matches(text, name)), None)
    other = {_ICMP: ETH_P_IPV6, _ICMPV6: ETH_P_IP}.get(number or 0)
    if line.eth_type not in (ETH_P_IP, ETH_P_IPV6) or line.eth_type == other:
        raise _illegal("ip_proto", 'Illegal "eth_type" for ip proto\n')
    if number is None:
        number = get_number(text, 16, 0xFF)
    if number is None:
        raise _illegal("ip_proto")
    line.fields["ip_proto"] = line.ip_proto = number


def _tos_ttl(name: str) -> Callable[[Arguments, _Line], None]:
    """A number, decimal or else hexadecimal, and a mask in hexadecimal."""

    def parse(args: Arguments, line: _Line) -> None:
        text, slash, mask_text = next_arg(args).partition("/")
        value = get_number(text, 10, 0xFF)
        if value is None:
            value = get_number(text, 16, 0xFF)
        mask = get_number(mask_text, 16, 0xFF) if slash else 0xFF
        if value is None or mask is None:
            raise _illegal(name)
        line.fields[name] = (value, mask)

    return parse


def _ip_address(field: str, name: str) -> Callable[[Arguments, _Line], None]:
    def parse(args: Arguments, line: _Line) -> None:
        text = next_arg(args)
        family = _FAMILIES.get(line.eth_type)
        if family is None:
            raise _illegal(name)
        line.fields[field] = _prefix(text, family)

    return parse


def _prefix(text: str, family: int) -> MaskedBytes:
    prefix = get_prefix(text, family)
    length = len(prefix.data) or (16 if family == AF_INET6 else 4)
    width = length * 8
    mask = (1 << width) - 1 << width - prefix.bitlen & (1 << width) - 1
    return prefix.data.ljust(length, b"\0"), mask.to_bytes(length)


def _arp_address(field: str) -> Callable[[Arguments, _Line], None]:
    def parse(args: Arguments, line: _Line) -> None:
        text = next_arg(args)
        if line.eth_type not in _ARP:
            raise _illegal(field)
        line.fields[field] = _prefix(text, AF_INET)

    return parse


def _arp_op(args: Arguments, line: _Line) -> None:
    text = next_arg(args)
    pair = _masked_u8(text, _ARP_OPS) if line.eth_type in _ARP else None
    if pair is None or pair[0] not in (0, *_ARP_OPS.values()):
        raise _illegal("arp_op")
    line.fields["arp_op"] = pair


def _masked_u8(text: str, names: dict[str, int]) -> Masked | None:
    """VALUE[/MASK], decimal."""
    value_text, slash, mask_text = text.partition("/")
    value = names.get(value_text, get_number(value_text, 10, 0xFF))
    mask = get_number(mask_text, 10, 0xFF) if slash else 0xFF
    return None if value is None or mask is None else (value, mask)


def _icmp(field: str, name: str) -> Callable[[Arguments, _Line], None]:
    def parse(args: Arguments, line: _Line) -> None:
        text = next_arg(args)
        pair = _masked_u8(text, {}) if _ICMP_OF.get(line.eth_type) == line.ip_proto else None
        if pair is None:
            raise _illegal(name)
        line.fields[field] = pair

    return parse


def _port(end: str) -> Callable[[Arguments, _Line], None]:
    """PORT, PORT/MASK or LOWEST-HIGHEST."""
    name = f"{end}_port"

    def parse(args: Arguments, line: _Line) -> None:
        text = next_arg(args)
        low_text, dash, high_text = text.partition("-")
        low = get_number(low_text, 10, 0xFFFF)
        high = get_number(high_text, 10, 0xFFFF) if dash else 0
        if low is None or high is None:
            value_text, slash, mask_text = text.partition("/")
            value, mask = get_unsigned(value_text, 0xFFFF), get_unsigned(mask_text, 0xFFFF)
            if not slash or line.ip_proto not in _PORTS or value is None or mask is None:
                raise _illegal(name)
            line.fields[name] = (value, mask)
        elif low and high:
            if high <= low:
                raise _illegal(name, "max value should be greater than min value\n")
            if line.ip_proto not in _PORTS:
                raise _illegal(name)
            line.fields[f"{name}_range"] = (low, high)
        elif low and line.ip_proto in _PORTS:
            line.fields[name] = (low, 0xFFFF)
        else:
            raise _illegal(name)

    return parse


def _tcp_flags(args: Arguments, line: _Line) -> None:
    text, slash, mask_text = next_arg(args).partition("/")
    flags = get_number(text, 16, _TCP_FLAGS_MAX_MASK)
    mask = get_number(mask_text, 16, _TCP_FLAGS_MAX_MASK) if slash else _TCP_FLAGS_MAX_MASK
    if flags is None or mask is None:
        raise _illegal("tcp_flags")
    line.fields["tcp_flags"] = (flags, mask)


def _unmodelled(args: Arguments, line: _Line) -> None:
    """Stands in the table for its name."""


_MATCHES: dict[str, Callable[[Arguments, _Line], None]] = {
    "classid*": _classid,
    "flowid*": _classid,
    "hw_tc*": _hw_tc,
    "ip_flags*": _ip_flags,
    "verbose*": _set_flag(ClsFlags.NONE),
    "skip_hw*": _set_flag(ClsFlags.SKIP_HW),
    "skip_sw*": _set_flag(ClsFlags.SKIP_SW),
    "ct_state*": _ct_state,
    "ct_zone*": _unmodelled,
    "ct_mark*": _unmodelled,
    "ct_label*": _unmodelled,
    "indev*": _indev,
    "num_of_vlans": _num_of_vlans,
    "vlan_id*": _vlan_number("vlan_id", 0xFFF, inner=False),
    "vlan_prio*": _vlan_number("vlan_prio", 7, inner=False),
    "vlan_ethtype*": _vlan_ethtype,
    "cvlan_id*": _vlan_number("cvlan_id", 0xFFF, inner=True),
    "cvlan_prio*": _vlan_number("cvlan_prio", 7, inner=True),
    "cvlan_ethtype*": _cvlan_ethtype,
    "mpls*": _unmodelled,
    "mpls_label*": _unmodelled,
    "mpls_tc*": _unmodelled,
    "mpls_bos*": _unmodelled,
    "mpls_ttl*": _unmodelled,
    "dst_mac*": _mac("eth_dst", "dst_mac"),
    "src_mac*": _mac("eth_src", "src_mac"),
    "ip_proto*": _ip_proto,
    "ip_tos*": _tos_ttl("ip_tos"),
    "ip_ttl*": _tos_ttl("ip_ttl"),
    "dst_ip*": _ip_address("ip_dst", "dst_ip"),
    "src_ip*": _ip_address("ip_src", "src_ip"),
    "dst_port*": _port("dst"),
    "src_port*": _port("src"),
    "tcp_flags*": _tcp_flags,
    "type*": _icmp("icmp_type", "icmp type"),
    "code*": _icmp("icmp_code", "icmp code"),
    "arp_tip*": _arp_address("arp_tip"),
    "arp_sip*": _arp_address("arp_sip"),
    "arp_op*": _arp_op,
    "arp_tha*": _mac("arp_tha", "arp_tha"),
    "arp_sha*": _mac("arp_sha", "arp_sha"),
    "pppoe_sid": _unmodelled,
    "ppp_proto": _unmodelled,
    "enc_dst_ip*": _unmodelled,
    "enc_src_ip*": _unmodelled,
    "enc_key_id*": _unmodelled,
    "enc_dst_port*": _unmodelled,
    "enc_tos*": _unmodelled,
    "enc_ttl*": _unmodelled,
    "geneve_opts*": _unmodelled,
    "vxlan_opts*": _unmodelled,
    "erspan_opts*": _unmodelled,
    "gtp_opts": _unmodelled,
}
"""Words in the order in which abbreviations find them."""


# --- what is printed ----------------------------------------------------------------------------------------------


def print_flower(tc: Tc, info: FilterInfo) -> str:
    """A line for each field, the flags, and the actions."""
    options = info.options
    assert isinstance(options, FlowerOptions)
    text = f"handle 0x{info.handle:x} " if info.handle else ""
    if options.classid is not None:
        text += _print_classid(options.classid)
    flags = [
        word
        for word, flag in (
            ("skip_hw", ClsFlags.SKIP_HW), ("skip_sw", ClsFlags.SKIP_SW), ("not_in_hw", ClsFlags.NOT_IN_HW),
        )
        if options.flags & flag
    ]  # fmt: skip
    text += "".join(f"{tc.newline}  {part}" for part in (*_print_key(options.key), *flags))
    return text + tc_print_action(tc, options.actions)


def _print_classid(classid: int) -> str:
    number = (classid & 0xFFFF) - _HW_TC_FIRST
    if 0 <= number < _HW_TC_COUNT:
        return f"hw_tc {number} "
    return f"classid {sprint_tc_classid(classid)} "


def _print_key(key: FlowerKey) -> list[str]:
    parts: list[str | None] = [
        _plain("indev", key.indev),
        _plain("num_of_vlans", key.num_of_vlans),
        *_print_vlan("vlan", key.vlan),
        *_print_vlan("cvlan", key.cvlan),
        _print_mac("dst_mac", key.eth_dst),
        _print_mac("src_mac", key.eth_src),
        None if key.eth_type is None else f"eth_type {_print_eth_type(key.eth_type)}",
        None if key.ip_proto is None else f"ip_proto {_PROTO_WORDS.get(key.ip_proto, f'{key.ip_proto:02x}')}",
        _hex_masked("ip_tos", key.ip_tos, 0xFF),
        _hex_masked("ip_ttl", key.ip_ttl, 0xFF),
        _print_address("dst_ip", key.ip_dst, key.eth_type),
        _print_address("src_ip", key.ip_src, key.eth_type),
        _hex_masked("dst_port", key.dst_port, 0xFFFF),
        _hex_masked("src_port", key.src_port, 0xFFFF),
        _print_range("dst_port", key.dst_port_range),
        _print_range("src_port", key.src_port_range),
        None if key.tcp_flags is None else f"tcp_flags 0x{key.tcp_flags[0]:x}/{key.tcp_flags[1]:x}",
        _decimal_masked("icmp_type", key.icmp_type),
        _decimal_masked("icmp_code", key.icmp_code),
        _print_address("arp_sip", key.arp_sip, ETH_P_IP),
        _print_address("arp_tip", key.arp_tip, ETH_P_IP),
        _print_arp_op(key.arp_op),
        _print_mac("arp_sha", key.arp_sha),
        _print_mac("arp_tha", key.arp_tha),
        _print_flags(key.ip_flags),
        _print_ct_state(key.ct_state),
    ]
    return [part for part in parts if part is not None]


def _plain(name: str, value: int | str | None) -> str | None:
    return None if value is None else f"{name} {value}"


def _print_vlan(name: str, vlan: FlowerVlan) -> tuple[str | None, ...]:
    ethtype = None if vlan.ethtype is None else ll_proto_n2a(vlan.ethtype)
    return _plain(f"{name}_id", vlan.vid), _plain(f"{name}_prio", vlan.prio), _plain(f"{name}_ethtype", ethtype)


def _mask_bits(mask: bytes) -> int | None:
    """__mask_bits: the length of a prefix, None for a mask that is none or empty."""
    width = len(mask) * 8
    bits = int.from_bytes(mask)
    host = ~bits & (1 << width) - 1
    return bits.bit_count() if bits and host & host + 1 == 0 else None


def _print_mac(name: str, pair: MaskedBytes | None) -> str | None:
    return None if pair is None else f"{name} {ll_addr_n2a(pair[0])}{_print_mask(pair[1], ll_addr_n2a)}"


def _print_address(name: str, pair: MaskedBytes | None, eth_type: int | None) -> str | None:
    """An address, where the ethertype says of which family it is."""
    if pair is None or len(pair[0]) != {ETH_P_IP: 4, ETH_P_IPV6: 16}.get(eth_type or 0):
        return None
    return f"{name} {format_host(pair[0])}{_print_mask(pair[1], format_host)}"


def _print_mask(mask: bytes, write: Callable[[bytes], str]) -> str:
    bits = _mask_bits(mask)
    if bits is None:
        return f"/{write(mask)}"
    return f"/{bits}" if bits < len(mask) * 8 else ""


def _print_eth_type(eth_type: int) -> str:
    names = {ETH_P_IP: "ipv4", ETH_P_IPV6: "ipv6", ETH_P_ARP: "arp", ETH_P_RARP: "rarp"}
    return names.get(eth_type, f"{eth_type:04x}")


def _hex_masked(name: str, pair: Masked | None, full: int) -> str | None:
    if pair is None:
        return None
    return f"{name} {pair[0]}" + ("" if pair[1] == full else f"/0x{pair[1]:x}")


def _decimal_masked(name: str, pair: Masked | None) -> str | None:
    if pair is None:
        return None
    return f"{name} {pair[0]}" + ("" if pair[1] == 0xFF else f"/{pair[1]}")


def _print_arp_op(pair: Masked | None) -> str | None:
    names = {number: name for name, number in _ARP_OPS.items()}
    if pair is not None and pair[1] == 0xFF and pair[0] in names:
        return f"arp_op {names[pair[0]]}"
    return _decimal_masked("arp_op", pair)


def _print_range(name: str, ports: tuple[int, int] | None) -> str | None:
    return None if ports is None else f"{name} {ports[0]}-{ports[1]}"


def _print_flags(pair: Masked | None) -> str | None:
    if pair is None:
        return None
    flags, mask = pair
    words = [("" if flags & flag else "no") + name for name, flag in _FLAGS.items() if mask & flag]
    return f"ip_flags {'/'.join(words)}" if words else None


def _print_ct_state(pair: Masked | None) -> str | None:
    if pair is None:
        return None
    state, mask = pair
    words = [("+" if state & flag else "-") + name for name, flag in _CT_STATES.items() if mask & flag]
    return f"ct_state {''.join(words)}"
