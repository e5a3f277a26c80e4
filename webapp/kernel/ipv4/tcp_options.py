"""Reading what a segment says besides its header (net/ipv4/tcp_input.c, tcp_parse_options)."""

from __future__ import annotations

from webapp.kernel.ipv4.tcp_sock import NO_OPTIONS, Received
from webapp.kernel.wire.tcp import HLEN, SYN, Tcp, options

OPT_MSS, OPT_WSCALE, OPT_SACK_PERM, OPT_SACK, OPT_TIMESTAMP = 2, 3, 4, 5, 8
_MAX_WSCALE = 14


def tcp_parse_options(head: bytes, at: int, th: Tcp) -> Received:
    """tcp_parse_options of the segment at ``at``; MSS, window scale and SACK permission count on SYN only."""
    if th.header_length == HLEN:
        return NO_OPTIONS
    mss = wscale = tsval = None
    tsecr, sack_ok = 0, False
    sacks: tuple[tuple[int, int], ...] = ()
    syn = bool(th.flags & SYN)
    for kind, value in options(head[at + HLEN : at + th.header_length]):
        if kind == OPT_MSS and syn and len(value) == 2:
            mss = int.from_bytes(value, "big") or mss
        elif kind == OPT_WSCALE and syn and len(value) == 1:
            wscale = min(value[0], _MAX_WSCALE)
        elif kind == OPT_SACK_PERM and syn and not value:
            sack_ok = True
        elif kind == OPT_TIMESTAMP and len(value) == 8:
            tsval, tsecr = int.from_bytes(value[:4], "big"), int.from_bytes(value[4:], "big")
        elif kind == OPT_SACK and value and not len(value) % 8:
            sacks = tuple(
                (int.from_bytes(value[i : i + 4], "big"), int.from_bytes(value[i + 4 : i + 8], "big"))
                for i in range(0, len(value), 8)
            )
    return Received(mss, wscale, sack_ok, tsval, tsecr, sacks)
