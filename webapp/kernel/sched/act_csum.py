"""Makes checksums right after an edit (net/sched/act_csum.c)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, cast

from webapp.kernel.core.skbuff import CHECKSUM_NONE
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import ActInit, TcAction, TcActionOps, tcf_action_update_bstats
from webapp.kernel.sched.cls_api import TcfResult, verdict_name
from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q, ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.pkt_cls import TC_ACT_SHOT
from webapp.kernel.uapi.pkt_sched import Action, CsumFlags, CsumOptions, TcGen
from webapp.kernel.wire.checksum import checksum, pseudo_header
from webapp.kernel.wire.crc32c import crc32c

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

_VLANS = frozenset((ETH_P_8021Q, ETH_P_8021AD))
_ICMP, _IGMP, _TCP, _UDP, _ICMPV6, _SCTP, _UDPLITE = 1, 2, 6, 17, 58, 132, 136
_FLAG_OF = {
    _ICMP: CsumFlags.ICMP,
    _IGMP: CsumFlags.IGMP,
    _TCP: CsumFlags.TCP,
    _UDP: CsumFlags.UDP,
    _UDPLITE: CsumFlags.UDPLITE,
    _SCTP: CsumFlags.SCTP,
}
_FLAG_OF_V6 = {_ICMPV6: CsumFlags.ICMP} | {
    protocol: flag for protocol, flag in _FLAG_OF.items() if protocol not in (_ICMP, _IGMP)
}
_HEADER = {_ICMP: 8, _IGMP: 8, _TCP: 20, _UDP: 8, _ICMPV6: 8, _SCTP: 12, _UDPLITE: 8}
_FIELD = {_ICMP: 2, _IGMP: 2, _TCP: 16, _UDP: 6, _ICMPV6: 2, _UDPLITE: 6}
"""Where in a header its checksum is."""

_IP_OFFSET = 0x1FFF
_FRAGMENT = 44
_OPTION_HEADERS = frozenset((0, 43, 60))
_MANGLED_0 = 0xFFFF
_WORDS = ((CsumFlags.IPV4HDR, "iph"), (CsumFlags.ICMP, "icmp"), (CsumFlags.IGMP, "igmp"), (CsumFlags.TCP, "tcp"),
          (CsumFlags.UDP, "udp"), (CsumFlags.UDPLITE, "udplite"), (CsumFlags.SCTP, "sctp"))  # fmt: skip


class TcfCsum(TcAction):
    """struct tcf_csum."""

    __slots__ = ("update_flags",)

    def __init__(self) -> None:
        super().__init__()
        self.update_flags = CsumFlags.NONE


@kfunc("net/sched/act_csum.c", "tcf_csum_act", verdict=verdict_name)
def tcf_csum_act(skb: SkBuff, a: TcAction, res: TcfResult) -> int:
    """Sums anew what it was told to; a packet that is shorter than its headers say is dropped."""
    p = cast("TcfCsum", a)
    tcf_action_update_bstats(p, skb)
    if p.action == TC_ACT_SHOT or not _update(skb, p.update_flags):
        p.qstats.drops += 1
        return TC_ACT_SHOT
    return p.action


def _update(skb: SkBuff, flags: CsumFlags) -> bool:
    """The header behind the tags: the one beside the frame, and those that ``data`` is at."""
    protocol = skb.vlan_proto or skb.protocol
    at = skb.network_header
    data = skb.data
    beside = bool(skb.vlan_proto)
    while protocol in _VLANS:
        if beside:
            protocol, beside = skb.protocol, False
            continue
        if data + 4 > len(skb.head):
            return True
        protocol = int.from_bytes(skb.head[data + 2 : data + 4])
        data += 4
        at = data
    if protocol == ETH_P_IP:
        return _tcf_csum_ipv4(skb, at, flags)
    return protocol != ETH_P_IPV6 or _tcf_csum_ipv6(skb, at, flags)


def _tcf_csum_ipv4(skb: SkBuff, at: int, flags: CsumFlags) -> bool:
    head = skb.head
    if at + 20 > len(head):
        return False
    ihl = (head[at] & 0xF) * 4
    length, frag_off = struct.unpack_from(">H2xH", head, at + 2)
    protocol = 0 if frag_off & _IP_OFFSET else head[at + 9]
    if flags & _FLAG_OF.get(protocol, 0):
        addresses = head[at + 12 : at + 16], head[at + 16 : at + 20]
        if not _sum_next_layer(skb, at, ihl, length, protocol, addresses):
            return False
    if flags & CsumFlags.IPV4HDR:
        header = skb.head[at : at + ihl]
        skb.write(at + 10, checksum(header[:10] + b"\0\0" + header[12:]).to_bytes(2))
    return True


def _tcf_csum_ipv6(skb: SkBuff, at: int, flags: CsumFlags) -> bool:
    head = skb.head
    if at + 40 > len(head):
        return False
    length = 40 + int.from_bytes(head[at + 4 : at + 6])
    protocol, hl = head[at + 6], 40
    while protocol in _OPTION_HEADERS:
        if at + hl + 2 > len(head):
            return False
        protocol, hl = head[at + hl], hl + (head[at + hl + 1] + 1) * 8
        if at + hl > len(head):
            return False
    if protocol == _FRAGMENT or not flags & _FLAG_OF_V6.get(protocol, 0):
        return True
    return _sum_next_layer(skb, at, hl, length, protocol, (head[at + 8 : at + 24], head[at + 24 : at + 40]))


def _sum_next_layer(skb: SkBuff, at: int, ihl: int, length: int, protocol: int, addresses: tuple[bytes, bytes]) -> bool:
    """The checksum of what follows the IP header. False: it is not all there (tcf_csum_skb_nextlayer)."""
    if at + length > len(skb.head) or length < ihl + _HEADER[protocol]:
        return False
    start = at + ihl
    message = skb.head[start : at + length]
    skb.ip_summed = CHECKSUM_NONE
    if protocol == _SCTP:
        skb.write(start + 8, crc32c(message[:8] + bytes(4) + message[12:]).to_bytes(4, "little"))
        return True
    if protocol in (_UDP, _UDPLITE):
        return _sum_udp(skb, start, message, protocol, addresses)
    field = _FIELD[protocol]
    summed = message[:field] + b"\0\0" + message[field + 2 :]
    if protocol in (_TCP, _ICMPV6):
        summed = pseudo_header(*addresses, protocol, len(message)) + summed
    skb.write(start + field, checksum(summed).to_bytes(2))
    return True


def _sum_udp(skb: SkBuff, start: int, message: bytes, protocol: int, addresses: tuple[bytes, bytes]) -> bool:
    """A UDP message without a checksum stays without one over IPv4; one whose length lies is left alone."""
    length, check = struct.unpack_from(">HH", message, 4)
    if protocol == _UDP and not check and len(addresses[0]) == 4:
        return True
    covered = message
    if protocol == _UDPLITE and length:
        covered = message[:length] if 8 <= length <= len(message) else b""
    elif protocol == _UDP and length != len(message):
        covered = b""
    if not covered:
        # tcf_csum_ipv4_udp clears the field before it finds the length wrong
        skb.write(start + 6, b"\0\0")
        return True
    summed = pseudo_header(*addresses, protocol, length) + covered[:6] + b"\0\0" + covered[8:]
    skb.write(start + 6, (checksum(summed) or _MANGLED_0).to_bytes(2))
    return True


def _check(net: Net, request: Action, how: ActInit) -> None:
    """There is nothing to refuse."""


def _check_new(net: Net, request: Action) -> None:
    """Nothing is needed."""


def _change(net: Net, a: TcAction, request: Action) -> None:
    assert isinstance(request.options, CsumOptions)
    cast("TcfCsum", a).update_flags = request.options.update_flags


def _dump(a: TcAction, gen: TcGen) -> CsumOptions:
    return CsumOptions(gen, cast("TcfCsum", a).update_flags)


def _text(a: TcAction) -> str:
    flags = cast("TcfCsum", a).update_flags
    return f"({', '.join(word for flag, word in _WORDS if flags & flag)})"


CSUM_OPS = TcActionOps("csum", tcf_csum_act, _check, _check_new, TcfCsum, _change, _dump, _text, lambda _: True)
