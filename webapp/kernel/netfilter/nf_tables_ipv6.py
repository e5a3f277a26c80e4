"""Finding one's way in IPv6 headers (include/net/netfilter/nf_tables_ipv6.h, net/ipv6/exthdrs_core.c)."""

from __future__ import annotations

from webapp.kernel.netfilter.nf_tables import NftPktinfo

_IPV6_HLEN = 40
_NEXTHDR_HOP = 0
_NEXTHDR_ROUTING = 43
_NEXTHDR_FRAGMENT = 44
_NEXTHDR_AUTH = 51
_NEXTHDR_NONE = 59
_NEXTHDR_DEST = 60
_EXTENSIONS = frozenset((_NEXTHDR_HOP, _NEXTHDR_ROUTING, _NEXTHDR_FRAGMENT, _NEXTHDR_AUTH, _NEXTHDR_DEST))


def ipv6_find_hdr(head: bytes, network_header: int, target: int = -1) -> tuple[int, int, int] | None:
    """The header of type ``target`` (-1: the first that is no extension): its type, place and the fragment offset."""
    if len(head) < network_header + _IPV6_HLEN:
        return None
    kind, at, fragoff = head[network_header + 6], network_header + _IPV6_HLEN, 0
    while kind != target:
        if kind not in _EXTENSIONS:
            return (kind, at, fragoff) if target < 0 and kind != _NEXTHDR_NONE else None
        if len(head) < at + 8:
            return None
        length = (head[at + 1] + 1) * 8
        if kind == _NEXTHDR_FRAGMENT:
            fragoff = int.from_bytes(head[at + 2 : at + 4], "big") >> 3
            length = 8
            if fragoff:
                following = head[at]
                if target < 0 and following not in _EXTENSIONS and following != _NEXTHDR_NONE:
                    return following, at + 8, fragoff
                return None
        elif kind == _NEXTHDR_AUTH:
            length = (head[at + 1] + 2) * 4
        kind, at = head[at], at + length
    return kind, at, fragoff


def nft_set_pktinfo_ipv6(pkt: NftPktinfo) -> None:
    """Finds the transport header of a packet that IPv6 has accepted."""
    found = ipv6_find_hdr(pkt.skb.head, pkt.skb.network_header)
    if found is not None:
        _set(pkt, found)


def nft_set_pktinfo_ipv6_validate(pkt: NftPktinfo) -> bool:
    """The same for a packet that nobody has looked at; False: malformed, and nothing is known of it."""
    head, at = pkt.skb.head, pkt.skb.network_header
    if len(head) < at + _IPV6_HLEN or head[at] >> 4 != 6:
        return False
    if int.from_bytes(head[at + 4 : at + 6], "big") + _IPV6_HLEN > len(head) - at:
        return False
    found = ipv6_find_hdr(head, at)
    if found is None:
        return False
    _set(pkt, found)
    return True


def _set(pkt: NftPktinfo, found: tuple[int, int, int]) -> None:
    """Of a later fragment the kernel learns no place: what is read at its transport header is read at skb->data."""
    pkt.l4proto = True
    pkt.tprot, pkt.thoff, pkt.fragoff = found
    if pkt.fragoff:
        pkt.thoff = pkt.skb.data
