"""ip link … type bridge (ip/iplink_bridge.c)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webapp.kernel.uapi.if_bridge import USER_HZ, BridgeInfo
from webapp.kernel.uapi.if_link import LinkData
from webapp.userland.iproute2.arguments import (
    FAILURE,
    Arguments,
    Exit,
    get_unsigned,
    invarg,
    lookup,
    matches,
    not_modelled,
)
from webapp.userland.iproute2.inet_prefix import ll_addr_a2n, ll_addr_n2a
from webapp.userland.iproute2.ip_common import Ip, LinkUtil
from webapp.userland.iproute2.ll_proto import ll_proto_a2n, ll_proto_n2a

BRIDGE_USAGE = """\
Usage: ... bridge [ fdb_flush ]
\t\t  [ forward_delay FORWARD_DELAY ]
\t\t  [ hello_time HELLO_TIME ]
\t\t  [ max_age MAX_AGE ]
\t\t  [ ageing_time AGEING_TIME ]
\t\t  [ stp_state 0 ]
\t\t  [ priority PRIORITY ]
\t\t  [ group_fwd_mask MASK ]
\t\t  [ group_address ADDRESS ]
\t\t  [ no_linklocal_learn NO_LINKLOCAL_LEARN ]
\t\t  [ vlan_filtering VLAN_FILTERING ]
\t\t  [ vlan_protocol VLAN_PROTOCOL ]
\t\t  [ vlan_default_pvid VLAN_DEFAULT_PVID ]
\t\t  [ mcast_snooping MULTICAST_SNOOPING ]
\t\t  [ nf_call_iptables NF_CALL_IPTABLES ]
\t\t  [ nf_call_ip6tables NF_CALL_IP6TABLES ]
\t\t  [ nf_call_arptables NF_CALL_ARPTABLES ]

Where: VLAN_PROTOCOL := { 802.1Q | 802.1ad }
"""

_U8, _U16, _U32, _U64 = ((1 << bits) - 1 for bits in (8, 16, 32, 64))

Fields = dict[str, Any]
Option = Callable[[Fields, str, Arguments], None]


def _number(field: str, limit: int) -> Option:
    def parse(fields: Fields, word: str, args: Arguments) -> None:
        fields[field] = _value(field, limit, args)

    return parse


def _value(name: str, limit: int, args: Arguments) -> int:
    value = args.value()
    number = get_unsigned(value, limit)
    return invarg(f"invalid {name}", value) if number is None else number


def _only(name: str, default: int, limit: int) -> Option:
    """An option that the model knows in its default setting only."""

    def parse(fields: Fields, word: str, args: Arguments) -> None:
        number = _value(name, limit, args)
        if number != default:
            not_modelled(f'"{name} {number}"')

    return parse


def _vlan_protocol(fields: Fields, word: str, args: Arguments) -> None:
    value = args.value()
    proto = ll_proto_a2n(value)
    fields["vlan_protocol"] = invarg("invalid vlan_protocol", value) if proto is None else proto


def _group_address(fields: Fields, word: str, args: Arguments) -> None:
    fields["group_address"] = ll_addr_a2n(args.value())


def _fdb_flush(fields: Fields, word: str, args: Arguments) -> None:
    fields["fdb_flush"] = True


_DEFAULTS: Mapping[str, tuple[int, int]] = {
    "mcast_router": (1, _U8),
    "mcast_query_use_ifaddr": (0, _U8),
    "mcast_querier": (0, _U8),
    "mcast_hash_elasticity": (16, _U32),
    "mcast_hash_max": (4096, _U32),
    "mcast_last_member_count": (2, _U32),
    "mcast_startup_query_count": (2, _U32),
    "mcast_last_member_interval": (100, _U64),
    "mcast_membership_interval": (26000, _U64),
    "mcast_querier_interval": (25500, _U64),
    "mcast_query_interval": (12500, _U64),
    "mcast_query_response_interval": (1000, _U64),
    "mcast_startup_query_interval": (3124, _U64),
    "mcast_stats_enabled": (0, _U8),
    "mcast_igmp_version": (2, _U8),
    "mcast_mld_version": (1, _U8),
}
"""What a bridge would do if it asked for members of groups, as the kernel starts with it; and the word's limit."""

OPTIONS: Mapping[str, Option] = {
    "forward_delay*": _number("forward_delay", _U32),
    "hello_time*": _number("hello_time", _U32),
    "max_age*": _number("max_age", _U32),
    "ageing_time*": _number("ageing_time", _U32),
    "stp_state*": _only("stp_state", 0, _U32),
    "priority*": _number("priority", _U16),
    "vlan_filtering*": _number("vlan_filtering", _U8),
    "vlan_protocol*": _vlan_protocol,
    "group_fwd_mask*": _number("group_fwd_mask", _U16),
    "group_address*": _group_address,
    "no_linklocal_learn": _number("no_linklocal_learn", _U8),
    "fdb_flush*": _fdb_flush,
    "vlan_default_pvid*": _number("vlan_default_pvid", _U16),
    "vlan_stats_enabled*": _only("vlan_stats_enabled", 0, _U8),
    "vlan_stats_per_port*": _only("vlan_stats_per_port", 0, _U8),
    "mcast_router*": _only("mcast_router", *_DEFAULTS["mcast_router"]),
    "mcast_snooping*": _number("mcast_snooping", _U8),
    "mcast_vlan_snooping": _only("mcast_vlan_snooping", 0, _U8),
    **{f"{name}*": _only(name, *bounds) for name, bounds in _DEFAULTS.items() if name != "mcast_router"},
    "nf_call_iptables*": _number("nf_call_iptables", _U8),
    "nf_call_ip6tables*": _number("nf_call_ip6tables", _U8),
    "nf_call_arptables*": _number("nf_call_arptables", _U8),
}
"""In the order in which abbreviations find them."""


def bridge_parse_opt(ip: Ip, args: Arguments, create: bool) -> LinkData:
    """The words after ``type bridge``."""
    fields: Fields = {}
    while args:
        word = args.take()
        option = lookup(OPTIONS, word)
        if option is None:
            complaint = "" if matches(word, "help") else f'bridge: unknown command "{word}"?\n'
            raise Exit(FAILURE, complaint + BRIDGE_USAGE)
        option(fields, word, args)
    return BridgeInfo(**fields)


def timer(name: str, ticks: int) -> str:
    """_bridge_print_timer: hundredths of a second."""
    return f"{name} {ticks // USER_HZ:4d}.{ticks % USER_HZ:02d} "


def bridge_id(identity: bytes) -> str:
    """br_dump_bridge_id: priority and address, as ether_ntoa writes one."""
    return f"{identity[:2].hex()}.{':'.join(f'{octet:x}' for octet in identity[2:])}"


def hexadecimal(number: int) -> str:
    """printf's %#x."""
    return f"{number:#x}" if number else "0"


def bridge_print_opt(ip: Ip, info: BridgeInfo) -> str:
    """What there is to say of a bridge."""
    identity = bridge_id(info.bridge_id)
    return (
        f"forward_delay {info.forward_delay} hello_time {info.hello_time} max_age {info.max_age} "
        f"ageing_time {info.ageing_time} stp_state {info.stp_state} priority {info.priority} "
        f"vlan_filtering {info.vlan_filtering} vlan_protocol {ll_proto_n2a(info.vlan_protocol or 0)} "
        f"bridge_id {identity} designated_root {identity} root_port 0 root_path_cost 0 "
        "topology_change 0 topology_change_detected 0 "
        f"{timer('hello_timer', info.hello_timer)}{timer('tcn_timer', 0)}{timer('topology_change_timer', 0)}"
        f"{timer('gc_timer', info.gc_timer)}"
        f"vlan_default_pvid {info.vlan_default_pvid} vlan_stats_enabled 0 vlan_stats_per_port 0 "
        f"group_fwd_mask {hexadecimal(info.group_fwd_mask or 0)} "
        f"group_address {ll_addr_n2a(info.group_address or b'')} mcast_snooping {info.mcast_snooping} "
        f"no_linklocal_learn {info.no_linklocal_learn} mcast_vlan_snooping 0 "
        + "".join(f"{name} {default} " for name, (default, _) in _DEFAULTS.items())
        + f"nf_call_iptables {info.nf_call_iptables} nf_call_ip6tables {info.nf_call_ip6tables} "
        f"nf_call_arptables {info.nf_call_arptables} "
    )


BRIDGE_LINK_UTIL = LinkUtil(BRIDGE_USAGE, bridge_parse_opt, bridge_print_opt)
