"""Fields of a flow key in tc's words, for the notes of a walk."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

from webapp.kernel.core.flow_dissector import FlowField

F = FlowField


def _mac(number: int) -> str:
    return number.to_bytes(6).hex(":")


def _ip4(number: int) -> str:
    return str(IPv4Address(number))


def _ip6(number: int) -> str:
    return str(IPv6Address(number))


def _ethertype(number: int) -> str:
    return f"{number:#06x}"


Write = Callable[[int], str]

_TEXTS: dict[FlowField, tuple[str, int, Write]] = {
    F.INGRESS_IFINDEX: ("indev", 32, str),
    F.CT_STATE: ("ct_state", 16, hex),
    F.ETH_DST: ("dst_mac", 48, _mac),
    F.ETH_SRC: ("src_mac", 48, _mac),
    F.NUM_OF_VLANS: ("num_of_vlans", 8, str),
    F.VLAN_ID: ("vlan_id", 12, str),
    F.VLAN_PRIORITY: ("vlan_prio", 3, str),
    F.VLAN_TPID: ("vlan tpid", 16, _ethertype),
    F.VLAN_ETH_TYPE: ("vlan_ethtype", 16, _ethertype),
    F.CVLAN_ID: ("cvlan_id", 12, str),
    F.CVLAN_PRIORITY: ("cvlan_prio", 3, str),
    F.CVLAN_TPID: ("cvlan tpid", 16, _ethertype),
    F.CVLAN_ETH_TYPE: ("cvlan_ethtype", 16, _ethertype),
    F.N_PROTO: ("eth_type", 16, _ethertype),
    F.IP_PROTO: ("ip_proto", 8, str),
    F.IP_TOS: ("ip_tos", 8, hex),
    F.IP_TTL: ("ip_ttl", 8, str),
    F.ADDR_TYPE: ("addr_type", 16, lambda number: {2: "ipv4", 3: "ipv6"}.get(number, "none")),
    F.IPV4_DST: ("dst_ip", 32, _ip4),
    F.IPV4_SRC: ("src_ip", 32, _ip4),
    F.IPV6_DST: ("dst_ip", 128, _ip6),
    F.IPV6_SRC: ("src_ip", 128, _ip6),
    F.FLAGS: ("ip_flags", 32, hex),
    F.TP_DST: ("dst_port", 16, str),
    F.TP_SRC: ("src_port", 16, str),
    F.TP_MIN_DST: ("dst_port from", 16, str),
    F.TP_MIN_SRC: ("src_port from", 16, str),
    F.TP_MAX_DST: ("dst_port to", 16, str),
    F.TP_MAX_SRC: ("src_port to", 16, str),
    F.TCP_FLAGS: ("tcp_flags", 12, hex),
    F.ICMP_TYPE: ("icmp_type", 8, str),
    F.ICMP_CODE: ("icmp_code", 8, str),
    F.ARP_SIP: ("arp_sip", 32, _ip4),
    F.ARP_TIP: ("arp_tip", 32, _ip4),
    F.ARP_OP: ("arp_op", 8, str),
    F.ARP_SHA: ("arp_sha", 48, _mac),
    F.ARP_THA: ("arp_tha", 48, _mac),
}
"""Name, width in bits and form of a field."""

_PACKETS = {
    F.TP_MIN_DST: F.TP_DST, F.TP_MAX_DST: F.TP_DST, F.TP_MIN_SRC: F.TP_SRC, F.TP_MAX_SRC: F.TP_SRC,
}  # fmt: skip
"""What of the packet stands against a field, where it is not the field itself."""


def field_text(field: FlowField, value: int, bits: int, packet: list[int]) -> str:
    """A field as asked for under its mask, and what the packet has there: dst_ip 10.0.0.0/ffffff00: 10.0.0.7."""
    name, width, write = _TEXTS[field]
    mask = "" if bits == (1 << width) - 1 else f"/{bits:x}"
    return f"{name} {write(value)}{mask}: {write(packet[_PACKETS.get(field, field)])}"
