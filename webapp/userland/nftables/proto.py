"""Protocol headers by their fields, and which protocol lies upon which (nftables src/proto.c).

Offsets and lengths are in bits. ``key`` fields name what lies above; where a header has no such field of its own the
family's pseudo headers (inet, netdev) ask a meta key instead. Values in ``protocols`` are plain numbers, never swapped.
"""

from __future__ import annotations

from enum import Enum, IntEnum

from msgspec import Struct, field

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import (
    NFPROTO_ARP,
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
)
from webapp.userland.nftables.datatype import (
    ARPOP,
    BITMASK,
    DCCP_PKTTYPE,
    DSCP_TYPE,
    ECN_TYPE,
    ETHERADDR,
    ETHERTYPE,
    ICMP6_TYPE,
    ICMP_CODE,
    ICMP_TYPE,
    ICMPV6_CODE,
    IGMP_TYPE,
    INET_PROTOCOL,
    INET_SERVICE,
    INTEGER,
    INVALID,
    IP6ADDR,
    IPADDR,
    NF_PROTO,
    TCP_FLAG,
    Byteorder,
    DataType,
)


class ProtoBase(IntEnum):
    """enum proto_bases; the kernel's NFT_PAYLOAD_* is one less."""

    INVALID = 0
    LL = 1
    NETWORK = 2
    TRANSPORT = 3
    INNER = 4

    @property
    def text(self) -> str:
        return ("invalid", "link layer", "network layer", "transport layer", "payload data")[self]

    @property
    def token(self) -> str:
        """As in raw payload: @nh,0,8."""
        return ("inv", "ll", "nh", "th", "ih")[self]


class IcmpDep(Enum):
    """Which ICMP messages have a field: their types, first the one that stands for all (icmp_dep_to_type)."""

    ANY = ()
    ECHO = (8, 0)
    MTU = (3,)
    ADDRESS = (5,)
    ECHO6 = (128, 129)
    MTU6 = (2,)
    MGMQ = (130,)
    PPTR = (4,)
    REDIRECT = (137,)
    ADDRESS6 = (135, 136, 137, 130, 131, 132)


class HdrTemplate(Struct, frozen=True, eq=False):
    """struct proto_hdr_template: one field."""

    token: str
    dtype: DataType
    offset: int
    len: int
    byteorder: Byteorder = Byteorder.BIG
    meta_key: int | None = None
    icmp_dep: IcmpDep = IcmpDep.ANY

    def __repr__(self) -> str:
        return f"<{self.token}>"


UNKNOWN_TEMPLATE = HdrTemplate("unknown", INVALID, 0, 0, Byteorder.INVALID)


class InnerDesc(Struct, frozen=True):
    """How the kernel finds a tunnel's inner packet (NFTA_INNER_*)."""

    type: int
    flags: int
    hdrsize: int


class ProtoDesc(Struct, eq=False):
    """struct proto_desc. ``protocols`` is filled below, where all protocols are known."""

    name: str
    base: ProtoBase
    templates: dict[str, HdrTemplate] = field(default_factory=dict)
    key: str | None = None
    checksum: str | None = None
    checksum_type: int = uapi.NFT_PAYLOAD_CSUM_NONE
    length: int = 0
    pseudohdr: tuple[str, ...] = ()
    inner: InnerDesc | None = None
    protocols: tuple[tuple[int, ProtoDesc], ...] = ()

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @property
    def protocol_template(self) -> HdrTemplate | None:
        """The field that says which protocol lies above; for icmp, the type."""
        return None if self.key is None else self.templates[self.key]

    def upper(self, number: int) -> ProtoDesc | None:
        """The protocol that a value of the key field stands for (proto_find_upper)."""
        for value, desc in self.protocols:
            if value == number:
                return desc
        return None

    def number_of(self, desc: ProtoDesc) -> int | None:
        """The value of the key field for a protocol (proto_find_num)."""
        for value, upper in self.protocols:
            if upper is desc:
                return value
        return None

    @property
    def inner_payload(self) -> bool:
        """Whether fields of packets inside may be matched: vxlan, geneve, gre, gretap."""
        return self.inner is not None


def _fields(*templates: HdrTemplate) -> dict[str, HdrTemplate]:
    return {template.token: template for template in templates}


def _bits(token: str, offset: int, len_: int, dtype: DataType = INTEGER, dep: IcmpDep = IcmpDep.ANY) -> HdrTemplate:
    return HdrTemplate(token, dtype, offset, len_, icmp_dep=dep)


def _bytes(token: str, offset: int, len_: int, dtype: DataType = INTEGER, dep: IcmpDep = IcmpDep.ANY) -> HdrTemplate:
    return HdrTemplate(token, dtype, offset * 8, len_ * 8, icmp_dep=dep)


def _meta(token: str, dtype: DataType, key: int, len_: int) -> HdrTemplate:
    return HdrTemplate(token, dtype, 0, len_, dtype.byteorder, meta_key=key)


_INET, _SCTP = uapi.NFT_PAYLOAD_CSUM_INET, uapi.NFT_PAYLOAD_CSUM_SCTP
_TRANSPORT = ProtoBase.TRANSPORT
_L4PROTO = _meta("l4proto", INET_PROTOCOL, uapi.NFT_META_L4PROTO, 8)
_PORTS = (_bytes("sport", 0, 2, INET_SERVICE), _bytes("dport", 2, 2, INET_SERVICE))
NFT_INNER_HDRSIZE, NFT_INNER_LL, NFT_INNER_NH, NFT_INNER_TH = 1, 2, 4, 8
NFT_INNER_VXLAN, NFT_INNER_GENEVE = 1, 2
_TUNNEL = NFT_INNER_HDRSIZE | NFT_INNER_LL | NFT_INNER_NH | NFT_INNER_TH

UNKNOWN = ProtoDesc("unknown", ProtoBase.INVALID, {"unknown": UNKNOWN_TEMPLATE})

AH = ProtoDesc(
    "ah",
    _TRANSPORT,
    _fields(
        _bytes("nexthdr", 0, 1, INET_PROTOCOL),
        _bytes("hdrlength", 1, 1),
        _bytes("reserved", 2, 2),
        _bytes("spi", 4, 4),
        _bytes("sequence", 8, 4),
    ),
    key="nexthdr",
)
ESP = ProtoDesc("esp", _TRANSPORT, _fields(_bytes("spi", 0, 4), _bytes("sequence", 4, 4)))
COMP = ProtoDesc(
    "comp",
    _TRANSPORT,
    _fields(_bytes("nexthdr", 0, 1, INET_PROTOCOL), _bytes("flags", 1, 1, BITMASK), _bytes("cpi", 2, 2)),
    key="nexthdr",
)
ICMP = ProtoDesc(
    "icmp",
    _TRANSPORT,
    _fields(
        _bytes("type", 0, 1, ICMP_TYPE),
        _bytes("code", 1, 1, ICMP_CODE),
        _bytes("checksum", 2, 2),
        _bytes("id", 4, 2, dep=IcmpDep.ECHO),
        _bytes("sequence", 6, 2, dep=IcmpDep.ECHO),
        _bytes("gateway", 4, 4, dep=IcmpDep.ADDRESS),
        _bytes("mtu", 6, 2, dep=IcmpDep.MTU),
    ),
    key="type",
    checksum="checksum",
    checksum_type=_INET,
)
IGMP = ProtoDesc(
    "igmp",
    _TRANSPORT,
    # in nft's order, which is not the header's: what was loaded at once is taken apart only as far as the two agree
    _fields(_bytes("type", 0, 1, IGMP_TYPE), _bytes("checksum", 2, 2), _bytes("mrt", 1, 1), _bytes("group", 4, 4)),
    checksum="checksum",
    checksum_type=_INET,
)
UDP = ProtoDesc(
    "udp",
    _TRANSPORT,
    _fields(*_PORTS, _bytes("length", 4, 2), _bytes("checksum", 6, 2)),
    checksum="checksum",
    checksum_type=_INET,
)
UDPLITE = ProtoDesc("udplite", _TRANSPORT, _fields(*_PORTS, _bytes("csumcov", 4, 2), _bytes("checksum", 6, 2)))
TCP = ProtoDesc(
    "tcp",
    _TRANSPORT,
    _fields(
        *_PORTS,
        _bytes("sequence", 4, 4),
        _bytes("ackseq", 8, 4),
        _bits("doff", 96, 4),
        _bits("reserved", 100, 4),
        _bits("flags", 104, 8, TCP_FLAG),
        _bytes("window", 14, 2),
        _bytes("checksum", 16, 2),
        _bytes("urgptr", 18, 2),
    ),
    checksum="checksum",
    checksum_type=_INET,
)
DCCP = ProtoDesc("dccp", _TRANSPORT, _fields(*_PORTS, _bits("type", 67, 4, DCCP_PKTTYPE)))
SCTP = ProtoDesc(
    "sctp",
    _TRANSPORT,
    _fields(*_PORTS, _bytes("vtag", 4, 4), _bytes("checksum", 8, 4)),
    checksum="checksum",
    checksum_type=_SCTP,
)
TH = ProtoDesc("th", _TRANSPORT, _fields(*_PORTS))
GRE = ProtoDesc(
    "gre",
    _TRANSPORT,
    _fields(
        _L4PROTO,
        _bits("flags", 0, 5),
        _bits("version", 13, 3),
        _bits("protocol", 16, 16, ETHERTYPE),
    ),
    key="l4proto",
    inner=InnerDesc(NFT_INNER_GENEVE + 1, NFT_INNER_NH | NFT_INNER_TH, 4),
)
GRETAP = ProtoDesc(
    "gretap",
    _TRANSPORT,
    _fields(_L4PROTO),
    key="l4proto",
    inner=InnerDesc(NFT_INNER_GENEVE + 2, NFT_INNER_LL | NFT_INNER_NH | NFT_INNER_TH, 4),
)
ICMP6 = ProtoDesc(
    "icmpv6",
    _TRANSPORT,
    _fields(
        _bytes("type", 0, 1, ICMP6_TYPE),
        _bytes("code", 1, 1, ICMPV6_CODE),
        _bytes("checksum", 2, 2),
        _bytes("parameter-problem", 4, 4, dep=IcmpDep.PPTR),
        _bytes("mtu", 4, 4, dep=IcmpDep.MTU6),
        _bytes("id", 4, 2, dep=IcmpDep.ECHO6),
        _bytes("sequence", 6, 2, dep=IcmpDep.ECHO6),
        _bytes("max-delay", 4, 2, dep=IcmpDep.MGMQ),
        _bytes("taddr", 8, 16, IP6ADDR, IcmpDep.ADDRESS6),
        _bytes("daddr", 24, 16, IP6ADDR, IcmpDep.REDIRECT),
    ),
    key="type",
    checksum="checksum",
    checksum_type=_INET,
)
IP = ProtoDesc(
    "ip",
    ProtoBase.NETWORK,
    _fields(
        _L4PROTO,
        _bits("version", 0, 4),
        _bits("hdrlength", 4, 4),
        _bits("dscp", 8, 6, DSCP_TYPE),
        _bits("ecn", 14, 2, ECN_TYPE),
        _bytes("length", 2, 2),
        _bytes("id", 4, 2),
        _bytes("frag-off", 6, 2),
        _bytes("ttl", 8, 1),
        _bytes("protocol", 9, 1, INET_PROTOCOL),
        _bytes("checksum", 10, 2),
        _bytes("saddr", 12, 4, IPADDR),
        _bytes("daddr", 16, 4, IPADDR),
    ),
    key="l4proto",
    checksum="checksum",
    checksum_type=_INET,
    pseudohdr=("saddr", "daddr", "protocol", "length"),
)
IP6 = ProtoDesc(
    "ip6",
    ProtoBase.NETWORK,
    _fields(
        _L4PROTO,
        _bits("version", 0, 4),
        _bits("dscp", 4, 6, DSCP_TYPE),
        _bits("ecn", 10, 2, ECN_TYPE),
        _bits("flowlabel", 12, 20),
        _bytes("length", 4, 2),
        _bytes("nexthdr", 6, 1, INET_PROTOCOL),
        _bytes("hoplimit", 7, 1),
        _bytes("saddr", 8, 16, IP6ADDR),
        _bytes("daddr", 24, 16, IP6ADDR),
    ),
    key="l4proto",
    pseudohdr=("saddr", "daddr", "nexthdr", "length"),
)
ARP = ProtoDesc(
    "arp",
    ProtoBase.NETWORK,
    _fields(
        _bytes("htype", 0, 2),
        _bytes("ptype", 2, 2, ETHERTYPE),
        _bytes("hlen", 4, 1),
        _bytes("plen", 5, 1),
        _bytes("operation", 6, 2, ARPOP),
        _bytes("saddr ether", 8, 6, ETHERADDR),
        _bytes("saddr ip", 14, 4, IPADDR),
        _bytes("daddr ether", 18, 6, ETHERADDR),
        _bytes("daddr ip", 24, 4, IPADDR),
    ),
)
VLAN = ProtoDesc(
    "vlan",
    ProtoBase.LL,
    _fields(
        _bits("pcp", 0, 3),
        _bits("dei", 3, 1),
        _bits("cfi", 3, 1),
        _bits("id", 4, 12),
        _bytes("type", 2, 2, ETHERTYPE),
    ),
    key="type",
    length=32,
)
ETH = ProtoDesc(
    "ether",
    ProtoBase.LL,
    _fields(
        _bytes("daddr", 0, 6, ETHERADDR),
        _bytes("saddr", 6, 6, ETHERADDR),
        _bytes("type", 12, 2, ETHERTYPE),
    ),
    key="type",
    length=112,
)
VXLAN = ProtoDesc(
    "vxlan",
    ProtoBase.INNER,
    _fields(_bits("flags", 0, 8, BITMASK), _bits("vni", 32, 24)),
    inner=InnerDesc(NFT_INNER_VXLAN, _TUNNEL, 8),
)
GENEVE = ProtoDesc(
    "geneve",
    ProtoBase.INNER,
    _fields(_bits("type", 16, 16, ETHERTYPE), _bits("vni", 32, 24)),
    inner=InnerDesc(NFT_INNER_GENEVE, _TUNNEL, 8),
)

INET = ProtoDesc("inet", ProtoBase.LL, _fields(_meta("nfproto", NF_PROTO, uapi.NFT_META_NFPROTO, 8)), key="nfproto")
"""What lies below the network header in the inet family: nothing but the question which of the two it is."""
NETDEV = ProtoDesc(
    "netdev", ProtoBase.LL, _fields(_meta("protocol", ETHERTYPE, uapi.NFT_META_PROTOCOL, 16)), key="protocol"
)
INET_SERVICE_PROTO = ProtoDesc("inet-service", _TRANSPORT, _fields(_L4PROTO), key="l4proto")
"""The transport protocols that IPv4 and IPv6 share, for rules that do not know which network protocol it is."""

_OVER_IP = (
    (50, ESP), (51, AH), (108, COMP), (17, UDP), (136, UDPLITE), (6, TCP), (33, DCCP), (132, SCTP), (1, ICMP),
    (2, IGMP), (58, ICMP6), (47, GRE), (47, GRETAP),
)  # fmt: skip
_OVER_ETHER = ((0x0800, IP), (0x0806, ARP), (0x86DD, IP6), (0x8100, VLAN), (0x88A8, VLAN))

AH.protocols = COMP.protocols = _OVER_IP[:8]
IP.protocols = IP6.protocols = INET_SERVICE_PROTO.protocols = _OVER_IP
UDP.protocols = ((0, VXLAN), (0, GENEVE))
VLAN.protocols = ETH.protocols = NETDEV.protocols = _OVER_ETHER
VXLAN.protocols = GENEVE.protocols = _OVER_ETHER[:4]
INET.protocols = ((NFPROTO_IPV4, IP), (NFPROTO_IPV6, IP6))

PROTOCOLS = {
    desc.name: desc
    for desc in (
        AH, ESP, COMP, ICMP, IGMP, UDP, UDPLITE, TCP, DCCP, SCTP, TH, IP, IP6, ICMP6, ARP, VLAN, ETH, VXLAN, GENEVE,
        GRE, GRETAP,
    )
}  # fmt: skip
"""The protocols that a rule may name."""

INNER_PROTOCOLS = (VXLAN, GENEVE, GRE, GRETAP)

HOOK_PROTOCOLS: dict[int, tuple[ProtoBase, ProtoDesc]] = {
    NFPROTO_BRIDGE: (ProtoBase.LL, ETH),
    NFPROTO_NETDEV: (ProtoBase.LL, NETDEV),
    NFPROTO_INET: (ProtoBase.LL, INET),
    NFPROTO_IPV4: (ProtoBase.NETWORK, IP),
    NFPROTO_IPV6: (ProtoBase.NETWORK, IP6),
    NFPROTO_ARP: (ProtoBase.NETWORK, ARP),
}
"""What is known about every packet that a family's chains see (hook_proto_desc)."""

ARPHRD_ETHER = 1


def device_type(desc: ProtoDesc) -> int | None:
    """The device type (ARPHRD_*) that has this header, or one directly above its link layer's (proto_dev_type)."""
    return ARPHRD_ETHER if desc is ETH or any(desc is upper for _, upper in ETH.protocols) else None


def device_protocol(arphrd: int) -> ProtoDesc | None:
    """The link layer header of a device type (proto_dev_desc)."""
    return ETH if arphrd == ARPHRD_ETHER else None
