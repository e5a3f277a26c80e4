"""Fields beyond the fixed headers: IPv6 extension headers, TCP and IPv4 options, SCTP chunks, DCCP options
(nftables src/exthdr.c, tcpopt.c, ipopt.c, sctp_chunk.c, dccpopt.c). Offsets and lengths are in bits.
"""

from __future__ import annotations

from msgspec import Struct

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables.datatype import (
    INET_PROTOCOL,
    INTEGER,
    IP6ADDR,
    IPADDR,
    MH_TYPE,
    MPTCP_SUBTYPE,
    DataType,
)
from webapp.userland.nftables.proto import HdrTemplate


class ExthdrDesc(Struct, frozen=True, eq=False):
    """struct exthdr_desc: one header, option or chunk."""

    name: str
    op: int
    type: int
    templates: dict[str, HdrTemplate]

    def __repr__(self) -> str:
        return f"<{self.name}>"


def _fields(*fields: tuple[str, int, int] | tuple[str, int, int, DataType]) -> dict[str, HdrTemplate]:
    templates = {}
    for token, offset, length, *dtype in fields:
        templates[token] = HdrTemplate(token, dtype[0] if dtype else INTEGER, offset, length)
    return templates


_IPV6, _TCPOPT, _IPV4 = uapi.NFT_EXTHDR_OP_IPV6, uapi.NFT_EXTHDR_OP_TCPOPT, uapi.NFT_EXTHDR_OP_IPV4
_SCTP, _DCCP = uapi.NFT_EXTHDR_OP_SCTP, uapi.NFT_EXTHDR_OP_DCCP
_NEXTHDR = ("nexthdr", 0, 8, INET_PROTOCOL)

HBH = ExthdrDesc("hbh", _IPV6, 0, _fields(_NEXTHDR, ("hdrlength", 8, 8)))
RT = ExthdrDesc("rt", _IPV6, 43, _fields(_NEXTHDR, ("hdrlength", 8, 8), ("type", 16, 8), ("seg-left", 24, 8)))
RT0 = ExthdrDesc(
    "rt0",
    _IPV6,
    43,
    _fields(("reserved", 32, 32), *((f"addr[{i + 1}]", 64 + i * 128, 128, IP6ADDR) for i in range(64))),
)
RT2 = ExthdrDesc("rt2", _IPV6, 43, _fields(("reserved", 32, 32), ("addr", 64, 128, IP6ADDR)))
SRH = ExthdrDesc(
    "srh",
    _IPV6,
    43,
    _fields(
        ("last-entry", 32, 8),
        ("flags", 40, 8),
        ("tag", 48, 16),
        *((f"sid[{i + 1}]", 64 + i * 128, 128, IP6ADDR) for i in range(64)),
    ),
)
FRAG = ExthdrDesc(
    "frag",
    _IPV6,
    44,
    _fields(
        _NEXTHDR,
        ("reserved", 8, 8),
        ("frag-off", 16, 13),
        ("reserved2", 29, 2),
        ("more-fragments", 31, 1),
        ("id", 32, 32),
    ),
)
DST = ExthdrDesc("dst", _IPV6, 60, _fields(_NEXTHDR, ("hdrlength", 8, 8)))
MH = ExthdrDesc(
    "mh",
    _IPV6,
    135,
    _fields(_NEXTHDR, ("hdrlength", 8, 8), ("type", 16, 8, MH_TYPE), ("reserved", 24, 8), ("checksum", 32, 16)),
)
EXTHDRS = {desc.name: desc for desc in (HBH, RT, RT0, RT2, SRH, FRAG, DST, MH)}
"""IPv6 extension headers; rt0, rt2 and srh are kinds of rt."""

_KIND, _LENGTH = ("kind", 0, 8), ("length", 8, 8)


def _sack(block: int) -> tuple[tuple[str, int, int], tuple[str, int, int]]:
    return ("left", 16 + 64 * block, 32), ("right", 48 + 64 * block, 32)


TCP_OPTIONS = {
    desc.name: desc
    for desc in (
        ExthdrDesc("eol", _TCPOPT, 0, _fields(_KIND)),
        ExthdrDesc("nop", _TCPOPT, 1, _fields(_KIND)),
        ExthdrDesc("maxseg", _TCPOPT, 2, _fields(_KIND, _LENGTH, ("size", 16, 16))),
        ExthdrDesc("window", _TCPOPT, 3, _fields(_KIND, _LENGTH, ("count", 16, 8))),
        ExthdrDesc("sack-perm", _TCPOPT, 4, _fields(_KIND, _LENGTH)),
        ExthdrDesc("sack", _TCPOPT, 5, _fields(_KIND, _LENGTH, *_sack(0))),
        ExthdrDesc("timestamp", _TCPOPT, 8, _fields(_KIND, _LENGTH, ("tsval", 16, 32), ("tsecr", 48, 32))),
        ExthdrDesc("md5sig", _TCPOPT, 19, _fields(_KIND, _LENGTH)),
        ExthdrDesc("mptcp", _TCPOPT, 30, _fields(_KIND, _LENGTH, ("subtype", 16, 4, MPTCP_SUBTYPE))),
        ExthdrDesc("fastopen", _TCPOPT, 34, _fields(_KIND, _LENGTH)),
    )
}
TCP_SACK_BLOCKS = tuple(ExthdrDesc("sack", _TCPOPT, 5, _fields(_KIND, _LENGTH, *_sack(block))) for block in range(4))
"""sack0 to sack3: the same option, its fields in a later block. They list as plain "sack"."""
TCP_OPTION_ALIASES = {"mss": "maxseg", "echo": "echo", "sack-permitted": "sack-perm"}
TCPOPT_FALLBACK = ExthdrDesc("", _TCPOPT, -1, _fields(_KIND, _LENGTH))
"""The fields that any option has, for options that are known by number only."""


def _ip_option(name: str, type_: int) -> ExthdrDesc:
    return ExthdrDesc(
        name, _IPV4, type_, _fields(("type", 0, 8), ("length", 8, 8), ("ptr", 16, 8), ("addr", 24, 32, IPADDR))
    )


IP_OPTIONS = {
    desc.name: desc
    for desc in (
        _ip_option("lsrr", 131),
        _ip_option("rr", 7),
        _ip_option("ssrr", 137),
        ExthdrDesc("ra", _IPV4, 148, _fields(("type", 0, 8), ("length", 8, 8), ("value", 16, 16))),
    )
}

_CHUNK = (("type", 0, 8), ("flags", 8, 8), ("length", 16, 16))
_INIT = (
    ("init-tag", 32, 32),
    ("a-rwnd", 64, 32),
    ("num-outbound-streams", 96, 16),
    ("num-inbound-streams", 112, 16),
    ("initial-tsn", 128, 32),
)


def _chunk(name: str, type_: int, *fields: tuple[str, int, int]) -> ExthdrDesc:
    return ExthdrDesc(name, _SCTP, type_, _fields(*_CHUNK, *fields))


SCTP_CHUNKS = {
    desc.name: desc
    for desc in (
        _chunk("data", 0, ("tsn", 32, 32), ("stream", 64, 16), ("ssn", 80, 16), ("ppid", 96, 32)),
        _chunk("init", 1, *_INIT),
        _chunk("init-ack", 2, *_INIT),
        _chunk(
            "sack", 3, ("cum-tsn-ack", 32, 32), ("a-rwnd", 64, 32), ("num-gap-ack-blocks", 96, 16),
            ("num-dup-tsns", 112, 16),
        ),
        _chunk("heartbeat", 4),
        _chunk("heartbeat-ack", 5),
        _chunk("abort", 6),
        _chunk("shutdown", 7, ("cum-tsn-ack", 32, 32)),
        _chunk("shutdown-ack", 8),
        _chunk("error", 9),
        _chunk("cookie-echo", 10),
        _chunk("cookie-ack", 11),
        _chunk("ecne", 12, ("lowest-tsn", 32, 32)),
        _chunk("cwr", 13, ("lowest-tsn", 32, 32)),
        _chunk("shutdown-complete", 14),
        _chunk("asconf-ack", 128, ("seqno", 32, 32)),
        _chunk("forward-tsn", 192, ("new-cum-tsn", 32, 32)),
        _chunk("asconf", 193, ("seqno", 32, 32)),
    )
}  # fmt: skip

_DCCP_OPTION_NAMES = {
    0: "padding", 1: "mandatory", 2: "slow_receiver", 32: "change_l", 33: "confirm_l", 34: "change_r",
    35: "confirm_r", 36: "init_cookie", 37: "ndp_count", 38: "ack_vector_nonce_0", 39: "ack_vector_nonce_1",
    40: "data_dropped", 41: "timestamp", 42: "timestamp_echo", 43: "elapsed_time", 44: "data_checksum",
}  # fmt: skip


def dccp_option(type_: int) -> ExthdrDesc:
    """A DCCP option by its number; only its presence can be asked for."""
    return ExthdrDesc(_DCCP_OPTION_NAMES.get(type_, "reserved"), _DCCP, type_, _fields(("type", 0, 8)))


def tcp_option(kind: int) -> ExthdrDesc | None:
    """The TCP option with this number, or None."""
    for desc in TCP_OPTIONS.values():
        if desc.type == kind:
            return desc
    return None
