"""Finding one's way in the IPv4 header (include/net/netfilter/nf_tables_ipv4.h)."""

from __future__ import annotations

from webapp.kernel.netfilter.nf_tables import NftPktinfo


def nft_set_pktinfo_ipv4(pkt: NftPktinfo) -> None:
    """Finds the transport header of a packet that IPv4 has accepted."""
    head = pkt.skb.head
    at = pkt.skb.network_header
    pkt.l4proto = True
    pkt.tprot = head[at + 9]
    pkt.thoff = at + (head[at] & 0x0F) * 4
    pkt.fragoff = (head[at + 6] & 0x1F) << 8 | head[at + 7]


def nft_set_pktinfo_ipv4_validate(pkt: NftPktinfo) -> bool:
    """The same for a packet that nobody has looked at; False: malformed, and nothing is known of it."""
    head = pkt.skb.head
    at = pkt.skb.network_header
    size = len(head) - at
    if size < 20:
        return False
    first = head[at]
    hlen = (first & 0x0F) * 4
    total = head[at + 2] << 8 | head[at + 3]
    if first >> 4 != 4 or hlen < 20 or size < total or total < hlen:
        return False
    pkt.l4proto = True
    pkt.tprot = head[at + 9]
    pkt.thoff = at + hlen
    pkt.fragoff = (head[at + 6] & 0x1F) << 8 | head[at + 7]
    return True
