"""IPv4's control block of a packet and how its traffic class becomes a priority (include/net/ip.h)."""

from __future__ import annotations

IPSKB_FORWARDED = 0x01
IPSKB_XFRM_TUNNEL_SIZE = 0x02
IPSKB_FRAG_COMPLETE = 0x08
IPSKB_REROUTED = 0x10
IPSKB_DOREDIRECT = 0x20
"""Flags in skb.cb, which is None or a number while a packet is IPv4's; above these bits stands frag_max_size."""

FRAG_MAX_SIZE_SHIFT = 16

IPTOS_TOS_MASK = 0x1E
IPTOS_PREC_INTERNETCONTROL = 0xC0

_BESTEFFORT, _FILLER, _BULK, _INTERACTIVE_BULK, _INTERACTIVE = 0, 1, 2, 4, 6

IP_TOS2PRIO = (
    _BESTEFFORT, _BESTEFFORT, _BESTEFFORT, _BESTEFFORT,
    _BULK, _BULK, _BULK, _BULK,
    _INTERACTIVE, _INTERACTIVE, _INTERACTIVE, _INTERACTIVE,
    _INTERACTIVE_BULK, _INTERACTIVE_BULK, _INTERACTIVE_BULK, _INTERACTIVE_BULK,
)  # fmt: skip
"""ip_tos2prio (net/ipv4/route.c): TC_PRIO_* by the TOS field's four bits."""


def rt_tos2priority(tos: int) -> int:
    """rt_tos2priority: skb->priority for a TOS byte."""
    return IP_TOS2PRIO[(tos & IPTOS_TOS_MASK) >> 1]
