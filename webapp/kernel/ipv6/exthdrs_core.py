"""Finding one's way through extension headers (net/ipv6/exthdrs_core.c, and ip6_find_1stfragopt of output_core.c)."""

from __future__ import annotations

from webapp.kernel.wire.ipv6 import (
    HLEN,
    IPV6_TLV_PAD1,
    NEXTHDR_AUTH,
    NEXTHDR_DEST,
    NEXTHDR_FRAGMENT,
    NEXTHDR_HOP,
    NEXTHDR_NONE,
    NEXTHDR_ROUTING,
)

EXTENSIONS = frozenset((NEXTHDR_HOP, NEXTHDR_ROUTING, NEXTHDR_FRAGMENT, NEXTHDR_AUTH, NEXTHDR_NONE, NEXTHDR_DEST))
_IPV6_TLV_HAO = 201


def ipv6_ext_hdr(nexthdr: int) -> bool:
    """ipv6_ext_hdr: whether a header is one that another follows, or none at all."""
    return nexthdr in EXTENSIONS


def ipv6_skip_exthdr(head: bytes, start: int, nexthdr: int) -> tuple[int, int, int]:
    """ipv6_skip_exthdr: (place, type, fragment offset) of the first header that is no extension; place -1: none.

    In a later fragment that is whatever follows the fragment header.
    """
    frag_off = 0
    while nexthdr in EXTENSIONS:
        if nexthdr == NEXTHDR_NONE or len(head) < start + 2:
            return -1, nexthdr, frag_off
        if nexthdr == NEXTHDR_FRAGMENT:
            if len(head) < start + 8:
                return -1, nexthdr, frag_off
            frag_off = head[start + 2] << 8 | head[start + 3]
            if frag_off & ~7:
                break
            length = 8
        elif nexthdr == NEXTHDR_AUTH:
            length = (head[start + 1] + 2) << 2
        else:
            length = (head[start + 1] + 1) << 3
        nexthdr, start = head[start], start + length
    return start, nexthdr, frag_off


def ip6_find_1stfragopt(head: bytes, nh: int) -> tuple[int, int]:
    """ip6_find_1stfragopt: the length of what every fragment repeats, and where the type of what follows is written.

    (-1, 0) for a packet whose headers end in nothing.
    """
    offset, nhoff = HLEN, 6
    found_rhdr = False
    while nh + offset <= len(head):
        nexthdr = head[nh + nhoff]
        if nexthdr == NEXTHDR_ROUTING:
            found_rhdr = True
        elif nexthdr == NEXTHDR_DEST:
            if found_rhdr and not _has_home_address(head, nh + offset):
                return offset, nhoff
        elif nexthdr != NEXTHDR_HOP:
            return offset, nhoff
        if nh + offset + 2 > len(head):
            break
        nhoff, offset = offset, offset + ((head[nh + offset + 1] + 1) << 3)
    return -1, 0


def _has_home_address(head: bytes, at: int) -> bool:
    """ipv6_find_tlv for the home address option of mobile IPv6."""
    end = min(at + ((head[at + 1] + 1) << 3), len(head))
    at += 2
    while at + 1 < end:
        if head[at] == IPV6_TLV_PAD1:
            at += 1
            continue
        if head[at] == _IPV6_TLV_HAO:
            return True
        at += 2 + head[at + 1]
    return False
