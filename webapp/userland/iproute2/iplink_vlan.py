"""ip link … type vlan (ip/iplink_vlan.c)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webapp.kernel.uapi.if_ether import ETH_P_8021Q
from webapp.kernel.uapi.if_link import LinkData
from webapp.kernel.uapi.if_vlan import VlanFlags, VlanInfo
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
from webapp.userland.iproute2.ip_common import Ip, LinkUtil
from webapp.userland.iproute2.ll_proto import ll_proto_a2n, ll_proto_n2a

VLAN_USAGE = """\
Usage: ... vlan id VLANID
\t\t[ protocol VLANPROTO ]
\t\t[ loose_binding { on | off } ]
\t\t[ ingress-qos-map QOS-MAP ]
\t\t[ egress-qos-map QOS-MAP ]

VLANID := 0-4095
VLANPROTO: [ 802.1Q | 802.1ad ]
QOS-MAP := [ QOS-MAP ] QOS-MAPPING
QOS-MAPPING := FROM:TO
"""

Fields = dict[str, Any]
Option = Callable[[Fields, str, Arguments], None]


def _protocol(fields: Fields, word: str, args: Arguments) -> None:
    value = args.value()
    number = ll_proto_a2n(value)
    fields["protocol"] = invarg("protocol is invalid", value) if number is None else number


def _id(fields: Fields, word: str, args: Arguments) -> None:
    value = args.value()
    number = get_unsigned(value, 0xFFFF)
    fields["id"] = invarg("id is invalid", value) if number is None else number


def _flag(name: str, flag: VlanFlags, modelled: bool | None = None) -> Option:
    """A flag; ``modelled`` is the only value that the model has, None: both."""

    def parse(fields: Fields, word: str, args: Arguments) -> None:
        value = args.value()
        if value not in ("on", "off"):
            words = f'Error: argument of "{name}" must be "on" or "off", not "{value}"\n'
            raise Exit(FAILURE, words)
        on = value == "on"
        if modelled is not None and on is not modelled:
            not_modelled(f'"{name} {value}"')
        fields["mask"] = fields.get("mask", 0) | flag
        fields["flags"] = fields.get("flags", 0) & ~flag | (flag if on else 0)

    return parse


def _qos_map(name: str, field: str) -> Option:
    """parse_mapping: as many words as have a colon. Where a number is none, the program names the word up to there."""

    def parse(fields: Fields, word: str, args: Arguments) -> None:
        pairs = []
        args.value()
        args.back()
        while ":" in args.peek():
            source, _, target = args.take().partition(":")
            numbers = (get_unsigned(source), get_unsigned(target))
            if None in numbers:
                invarg(f"invalid {name}", source)
            pairs.append(numbers)
        fields[field] = tuple(pairs)

    return parse


OPTIONS: Mapping[str, Option] = {
    "protocol*": _protocol,
    "id*": _id,
    "reorder_hdr*": _flag("reorder_hdr", VlanFlags.REORDER_HDR, modelled=True),
    "gvrp*": _flag("gvrp", VlanFlags.GVRP, modelled=False),
    "mvrp*": _flag("mvrp", VlanFlags.MVRP, modelled=False),
    "loose_binding*": _flag("loose_binding", VlanFlags.LOOSE_BINDING),
    "bridge_binding*": _flag("bridge_binding", VlanFlags.BRIDGE_BINDING, modelled=False),
    "ingress-qos-map*": _qos_map("ingress-qos-map", "ingress_qos"),
    "egress-qos-map*": _qos_map("egress-qos-map", "egress_qos"),
}
"""In the order in which abbreviations find them."""


def vlan_parse_opt(ip: Ip, args: Arguments, create: bool) -> LinkData:
    """The words after ``type vlan``."""
    fields: Fields = {}
    while args:
        word = args.take()
        option = lookup(OPTIONS, word)
        if option is None:
            complaint = "" if matches(word, "help") else f'vlan: unknown command "{word}"?\n'
            raise Exit(FAILURE, complaint + VLAN_USAGE)
        option(fields, word, args)
    return VlanInfo(**fields)


def _map(ip: Ip, name: str, pairs: tuple[tuple[int, int], ...]) -> str:
    if not pairs:
        return ""
    return f"{ip.newline}      {name} {{ " + "".join(f"{source}:{target} " for source, target in pairs) + "} "


def vlan_print_opt(ip: Ip, info: VlanInfo) -> str:
    """What there is to say of a vlan device."""
    text = f"protocol {ll_proto_n2a(info.protocol or ETH_P_8021Q)} id {info.id} "
    if info.flags:
        text += f"<{','.join(flag.name or '' for flag in _SHOWN_FLAGS if info.flags & flag)}> "
    return text + _map(ip, "ingress-qos-map", info.ingress_qos) + _map(ip, "egress-qos-map", info.egress_qos)


_SHOWN_FLAGS = (
    VlanFlags.REORDER_HDR,
    VlanFlags.GVRP,
    VlanFlags.MVRP,
    VlanFlags.LOOSE_BINDING,
    VlanFlags.BRIDGE_BINDING,
)

VLAN_LINK_UTIL = LinkUtil(VLAN_USAGE, vlan_parse_opt, vlan_print_opt)
