"""Cutting a TCP packet into the segments that it stands for (net/core/gso.c, net/ipv4/{tcp,udp}_offload.c, af_inet.c).

Every device of the model takes such a packet as it is (NETIF_F_GSO_SOFTWARE); only a way that is too narrow for its
segments has them cut.
"""

from __future__ import annotations

from webapp.kernel.core.skbuff import ETH_HLEN, SkBuff
from webapp.kernel.wire import ipv6, tcp, udp, vxlan
from webapp.kernel.wire.checksum import checksum, pseudo_header


def skb_gso_segment(skb: SkBuff) -> list[SkBuff]:
    """skb_gso_segment of TCP, also inside vxlan: packets of one segment each; ``skb`` stays as it was."""
    gso = skb.gso
    if gso is None:
        return [skb]
    head, nh = skb.head, skb.network_header
    packet, tail = head[nh:], len(head) - nh - gso.payload
    segments = []
    for at in range(0, gso.payload, gso.size):
        headers, payload = packet[:tail], packet[tail + at : tail + at + gso.size]
        segment = skb.clone()
        segment.gso = None
        segment.sk = skb.sk
        segment.head = head[:nh] + _network(headers, payload, at, at // gso.size, at + gso.size >= gso.payload)
        segments.append(segment)
    return segments


def _network(headers: bytes, payload: bytes, at: int, index: int, last: bool) -> bytes:
    """inet_gso_segment and ipv6_gso_segment: one packet, from its IP header on."""
    if headers[0] >> 4 == 6:
        rest = _transport(headers[6], headers[ipv6.HLEN :], (headers[8:24], headers[24:40]), payload, at, index, last)
        return headers[:4] + len(rest).to_bytes(2, "big") + headers[6 : ipv6.HLEN] + rest
    hlen = (headers[0] & 0xF) << 2
    rest = _transport(headers[9], headers[hlen:], (headers[12:16], headers[16:20]), payload, at, index, last)
    ident = (headers[4] << 8 | headers[5]) + index & 0xFFFF
    words = (hlen + len(rest)).to_bytes(2, "big") + ident.to_bytes(2, "big")
    header = headers[:2] + words + headers[6:10] + b"\0\0" + headers[12:hlen]
    return header[:10] + checksum(header).to_bytes(2, "big") + header[12:] + rest


def _transport(
    protocol: int, headers: bytes, ends: tuple[bytes, bytes], payload: bytes, at: int, index: int, last: bool
) -> bytes:
    if protocol == udp.IPPROTO_UDP:
        return _tunnel(headers, ends, payload, at, index, last)
    header = tcp.parse(headers)
    flags = header.flags if last else header.flags & ~(tcp.FIN | tcp.PSH)
    seq = header.seq + at & 0xFFFFFFFF
    segment = headers[:4] + seq.to_bytes(4, "big") + headers[8:13] + bytes((flags,)) + headers[14:16] + b"\0\0"
    segment += headers[18:] + payload
    check = checksum(pseudo_header(*ends, tcp.IPPROTO_TCP, len(segment)) + segment)
    return segment[:16] + check.to_bytes(2, "big") + segment[18:]


def _tunnel(headers: bytes, ends: tuple[bytes, bytes], payload: bytes, at: int, index: int, last: bool) -> bytes:
    """skb_udp_tunnel_segment: what vxlan put before the inner frame, with lengths and checksum of the segment's own."""
    inner = udp.HLEN + vxlan.HLEN + ETH_HLEN
    datagram = headers[udp.HLEN : inner] + _network(headers[inner:], payload, at, index, last)
    sport, dport = headers[0] << 8 | headers[1], headers[2] << 8 | headers[3]
    return udp.emit(sport, dport, *ends, datagram, with_checksum=headers[6:8] != b"\0\0")
