"""Cutting a TCP packet into the segments that it stands for (net/ipv4/tcp_offload.c, inet_gso_segment).

Every device of the model takes such a packet as it is (NETIF_F_GSO_SOFTWARE); only a way that is too narrow for its
segments has them cut.
"""

from __future__ import annotations

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.wire.checksum import checksum, pseudo_header
from webapp.kernel.wire.tcp import FIN, IPPROTO_TCP, PSH, parse


def skb_gso_segment(skb: SkBuff) -> list[SkBuff]:
    """skb_gso_segment of TCP over IPv4 or IPv6: packets of one segment each; ``skb`` stays as it was."""
    gso = skb.gso
    if gso is None:
        return [skb]
    start = len(skb.head) - gso.payload
    return [_segment(skb, start, at, gso.size) for at in range(0, gso.payload, gso.size)]


def _segment(skb: SkBuff, start: int, at: int, size: int) -> SkBuff:
    head, nh, th = skb.head, skb.network_header, skb.transport_header
    payload = head[start + at : start + at + size]
    last = start + at + size >= len(head)
    header = parse(head, th)
    flags = header.flags if last else header.flags & ~(FIN | PSH)
    segment = head[th : th + 4] + (header.seq + at & 0xFFFFFFFF).to_bytes(4, "big") + head[th + 8 : th + 13]
    segment += bytes((flags,)) + head[th + 14 : th + 16] + b"\0\0" + head[th + 18 : start] + payload
    ip = head[nh:th]
    if ip[0] >> 4 == 4:
        ident = (ip[4] << 8 | ip[5]) + at // size & 0xFFFF
        ip = (
            ip[:2]
            + (len(ip) + len(segment)).to_bytes(2, "big")
            + ident.to_bytes(2, "big")
            + ip[6:10]
            + b"\0\0"
            + ip[12:]
        )
        ip = ip[:10] + checksum(ip).to_bytes(2, "big") + ip[12:]
        ends = ip[12:16], ip[16:20]
    else:
        ip = ip[:4] + (len(ip) - 40 + len(segment)).to_bytes(2, "big") + ip[6:]
        ends = ip[8:24], ip[24:40]
    check = checksum(pseudo_header(*ends, IPPROTO_TCP, len(segment)) + segment)
    cut = skb.clone()
    cut.gso = None
    cut.sk = skb.sk
    cut.head = head[:nh] + ip + segment[:16] + check.to_bytes(2, "big") + segment[18:]
    return cut
