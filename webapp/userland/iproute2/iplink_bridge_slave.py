"""ip link … type bridge_slave (ip/iplink_bridge_slave.c): the ports of bridges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webapp.kernel.uapi.if_bridge import BridgePortInfo, BrState
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
    parse_on_off,
)
from webapp.userland.iproute2.ip_common import Ip, LinkUtil
from webapp.userland.iproute2.iplink_bridge import bridge_id, hexadecimal, timer

BRIDGE_SLAVE_USAGE = """\
Usage: ... bridge_slave [ fdb_flush ]
\t\t\t[ state STATE ]
\t\t\t[ priority PRIO ]
\t\t\t[ cost COST ]
\t\t\t[ hairpin {on | off} ]
\t\t\t[ learning {on | off} ]
\t\t\t[ flood {on | off} ]
\t\t\t[ mcast_flood {on | off} ]
\t\t\t[ bcast_flood {on | off} ]
\t\t\t[ group_fwd_mask MASK ]
\t\t\t[ isolated {on | off} ]
\t\t\t[ locked {on | off} ]
"""

Fields = dict[str, Any]
Option = Callable[[Fields, str, Arguments], None]


def _number(field: str, limit: int, complaint: str) -> Option:
    def parse(fields: Fields, word: str, args: Arguments) -> None:
        value = args.value()
        number = get_unsigned(value, limit)
        fields[field] = invarg(complaint, value) if number is None else number

    return parse


def _on_off(name: str, args: Arguments) -> bool:
    try:
        return parse_on_off(name, args.value())
    except Exit as end:
        # bridge_slave_parse_on_off ends the program itself
        raise Exit(FAILURE, end.message) from end


def _flag(field: str) -> Option:
    def parse(fields: Fields, word: str, args: Arguments) -> None:
        fields[field] = _on_off(field, args)

    return parse


def _off(name: str) -> Option:
    """A flag that the model knows only as off."""

    def parse(fields: Fields, word: str, args: Arguments) -> None:
        if _on_off(name, args):
            not_modelled(f'"{name} on"')

    return parse


def _fdb_flush(fields: Fields, word: str, args: Arguments) -> None:
    fields["fdb_flush"] = True


def _mcast_router(fields: Fields, word: str, args: Arguments) -> None:
    value = args.value()
    number = get_unsigned(value, 0xFF)
    if number is None:
        invarg("invalid mcast_router", value)
    if number != 1:
        not_modelled(f'"mcast_router {number}"')


def _backup_port(fields: Fields, word: str, args: Arguments) -> None:
    args.value()
    not_modelled('"backup_port"')


def _nothing(fields: Fields, word: str, args: Arguments) -> None:
    """nobackup_port: there is none."""


OPTIONS: Mapping[str, Option] = {
    "fdb_flush*": _fdb_flush,
    "state*": _number("state", 0xFF, "state is invalid"),
    "priority*": _number("priority", 0xFFFF, "priority is invalid"),
    "cost*": _number("cost", 0xFFFFFFFF, "cost is invalid"),
    "hairpin*": _flag("hairpin"),
    "guard*": _off("guard"),
    "root_block*": _off("root_block"),
    "fastleave*": _off("fastleave"),
    "learning*": _flag("learning"),
    "flood*": _flag("flood"),
    "mcast_flood*": _flag("mcast_flood"),
    "bcast_flood*": _flag("bcast_flood"),
    "mcast_to_unicast*": _off("mcast_to_unicast"),
    "proxy_arp*": _off("proxy_arp"),
    "proxy_arp_wifi*": _off("proxy_arp_wifi"),
    "mcast_router*": _mcast_router,
    "mcast_fast_leave*": _off("mcast_fast_leave"),
    "neigh_suppress*": _off("neigh_suppress"),
    "group_fwd_mask*": _number("group_fwd_mask", 0xFFFF, "invalid group_fwd_mask"),
    "vlan_tunnel*": _off("vlan_tunnel"),
    "isolated*": _flag("isolated"),
    "locked*": _flag("locked"),
    "backup_port*": _backup_port,
    "nobackup_port*": _nothing,
}
"""In the order in which abbreviations find them."""


def bridge_slave_parse_opt(ip: Ip, args: Arguments, create: bool) -> LinkData:
    """The words after ``type bridge_slave``."""
    fields: Fields = {}
    while args:
        word = args.take()
        option = lookup(OPTIONS, word)
        if option is None:
            complaint = "" if matches(word, "help") else f'bridge_slave: unknown option "{word}"?\n'
            raise Exit(FAILURE, complaint + BRIDGE_SLAVE_USAGE)
        option(fields, word, args)
    return BridgePortInfo(**fields)


_GROUPS = {0: "stp", 2: "lacp", 14: "lldp"}


def _group_names(mask: int) -> str:
    """_bitmask2str."""
    bits = [bit for bit in range(16) if mask >> bit & 1]
    return ",".join(_GROUPS.get(bit, f"{1 << bit:#x}") for bit in bits) or "0x0"


def on_off(name: str, on: bool | None) -> str:
    """print_on_off."""
    return f"{name} {'on' if on else 'off'} "


def bridge_slave_print_opt(ip: Ip, info: BridgePortInfo) -> str:
    """What there is to say of a port."""
    identity = bridge_id(info.bridge_id)
    mask = info.group_fwd_mask or 0
    return (
        f"state {BrState(info.state or 0).name.lower()} priority {info.priority} cost {info.cost} "
        f"{on_off('hairpin', info.hairpin)}guard off root_block off fastleave off "
        f"{on_off('learning', info.learning)}{on_off('flood', info.flood)}"
        f"port_id {info.port_id:#x} port_no {info.port_no:#x} designated_port {info.port_id} designated_cost 0 "
        f"designated_bridge {identity} designated_root {identity} "
        f"{timer('hold_timer', 0)}{timer('message_age_timer', 0)}"
        f"{timer('forward_delay_timer', info.forward_delay_timer)}"
        "topology_change_ack 0 config_pending 0 proxy_arp off proxy_arp_wifi off mcast_router 1 mcast_fast_leave off "
        f"{on_off('mcast_flood', info.mcast_flood)}{on_off('bcast_flood', info.bcast_flood)}"
        "mcast_to_unicast off neigh_suppress off "
        f"group_fwd_mask {hexadecimal(mask)} group_fwd_mask_str {_group_names(mask)} "
        f"vlan_tunnel off {on_off('isolated', info.isolated)}{on_off('locked', info.locked)}"
    )


BRIDGE_SLAVE_LINK_UTIL = LinkUtil(BRIDGE_SLAVE_USAGE, bridge_slave_parse_opt, bridge_slave_print_opt)
