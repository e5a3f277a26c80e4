"""What a rule can ask for beside header fields: meta, ct, rt, socket, tunnel, fib and ipsec keys, with type, length in
bits and byte order (nftables src/meta.c, ct.c, rt.c, socket.c, tunnel.c, fib.c, xfrm.c).
"""

from __future__ import annotations

from msgspec import Struct

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables.datatype import (
    ARPHRD_TYPE,
    BOOLEAN,
    CGROUPV2,
    CLASSID,
    CT_DIR,
    CT_EVENT,
    CT_LABEL,
    CT_STATE,
    CT_STATUS_TYPE,
    DATE,
    DAY,
    DEVGROUP,
    ETHERADDR,
    ETHERTYPE,
    FIB_ADDR,
    GID,
    HOUR,
    IFINDEX,
    IFNAME,
    INET_PROTOCOL,
    INET_SERVICE,
    INTEGER,
    INVALID,
    IP6ADDR,
    IPADDR,
    MARK,
    NF_PROTO,
    PKTTYPE,
    REALM,
    STRING,
    TIME,
    UID,
    Byteorder,
    DataType,
)

_HOST, _BIG = Byteorder.HOST, Byteorder.BIG


class Key(Struct, frozen=True):
    """A template: the word, the type of the answer, its length in bits and byte order."""

    token: str
    dtype: DataType
    len: int
    byteorder: Byteorder = _HOST


_IFNAME_BITS = 16 * 8

META: dict[int, Key] = {
    uapi.NFT_META_LEN: Key("length", INTEGER, 32),
    uapi.NFT_META_PROTOCOL: Key("protocol", ETHERTYPE, 16, _BIG),
    uapi.NFT_META_NFPROTO: Key("nfproto", NF_PROTO, 8),
    uapi.NFT_META_L4PROTO: Key("l4proto", INET_PROTOCOL, 8),
    uapi.NFT_META_PRIORITY: Key("priority", CLASSID, 32),
    uapi.NFT_META_MARK: Key("mark", MARK, 32),
    uapi.NFT_META_IIF: Key("iif", IFINDEX, 32),
    uapi.NFT_META_IIFNAME: Key("iifname", IFNAME, _IFNAME_BITS),
    uapi.NFT_META_IIFTYPE: Key("iiftype", ARPHRD_TYPE, 16),
    uapi.NFT_META_OIF: Key("oif", IFINDEX, 32),
    uapi.NFT_META_OIFNAME: Key("oifname", IFNAME, _IFNAME_BITS),
    uapi.NFT_META_OIFTYPE: Key("oiftype", ARPHRD_TYPE, 16),
    uapi.NFT_META_SKUID: Key("skuid", UID, 32),
    uapi.NFT_META_SKGID: Key("skgid", GID, 32),
    uapi.NFT_META_NFTRACE: Key("nftrace", INTEGER, 1),
    uapi.NFT_META_RTCLASSID: Key("rtclassid", REALM, 32),
    uapi.NFT_META_BRI_IIFNAME: Key("ibrname", IFNAME, _IFNAME_BITS),
    uapi.NFT_META_BRI_OIFNAME: Key("obrname", IFNAME, _IFNAME_BITS),
    uapi.NFT_META_PKTTYPE: Key("pkttype", PKTTYPE, 8),
    uapi.NFT_META_CPU: Key("cpu", INTEGER, 32),
    uapi.NFT_META_IIFGROUP: Key("iifgroup", DEVGROUP, 32),
    uapi.NFT_META_OIFGROUP: Key("oifgroup", DEVGROUP, 32),
    uapi.NFT_META_CGROUP: Key("cgroup", INTEGER, 32),
    uapi.NFT_META_PRANDOM: Key("random", INTEGER, 32, _BIG),
    uapi.NFT_META_SECPATH: Key("ipsec", BOOLEAN, 8),
    uapi.NFT_META_IIFKIND: Key("iifkind", IFNAME, _IFNAME_BITS),
    uapi.NFT_META_OIFKIND: Key("oifkind", IFNAME, _IFNAME_BITS),
    uapi.NFT_META_BRI_IIFPVID: Key("ibrpvid", INTEGER, 16),
    uapi.NFT_META_BRI_IIFVPROTO: Key("ibrvproto", ETHERTYPE, 16, _BIG),
    uapi.NFT_META_TIME_NS: Key("time", DATE, 64),
    uapi.NFT_META_TIME_DAY: Key("day", DAY, 8),
    uapi.NFT_META_TIME_HOUR: Key("hour", HOUR, 32),
    uapi.NFT_META_SECMARK: Key("secmark", INTEGER, 32),
    uapi.NFT_META_SDIF: Key("sdif", IFINDEX, 32),
    uapi.NFT_META_SDIFNAME: Key("sdifname", IFNAME, _IFNAME_BITS),
    uapi.NFT_META_BRI_BROUTE: Key("broute", INTEGER, 1),
    uapi.NFT_META_BRI_IIFHWADDR: Key("ibrhwaddr", ETHERADDR, 48, _BIG),
}

META_UNQUALIFIED = frozenset((
    uapi.NFT_META_IIF, uapi.NFT_META_OIF, uapi.NFT_META_IIFNAME, uapi.NFT_META_OIFNAME, uapi.NFT_META_IIFGROUP,
    uapi.NFT_META_OIFGROUP,
))  # fmt: skip
"""Keys that list without the word meta."""

META_WORDS: dict[str, int] = {key.token: number for number, key in META.items()} | {
    "ibriport": uapi.NFT_META_BRI_IIFNAME,
    "obriport": uapi.NFT_META_BRI_OIFNAME,
    "secpath": uapi.NFT_META_SECPATH,
}
"""The words after meta, older spellings too."""

META_UNQUALIFIED_WORDS = (
    "mark", "iif", "iifname", "iiftype", "oif", "oifname", "oiftype", "skuid", "skgid", "nftrace", "rtclassid",
    "ibriport", "ibrname", "obriport", "obrname", "pkttype", "cpu", "iifgroup", "oifgroup", "cgroup",
)  # fmt: skip
"""The words that stand for a meta key without the word meta before them."""

CT: dict[int, Key] = {
    uapi.NFT_CT_STATE: Key("state", CT_STATE, 32),
    uapi.NFT_CT_DIRECTION: Key("direction", CT_DIR, 8),
    uapi.NFT_CT_STATUS: Key("status", CT_STATUS_TYPE, 32),
    uapi.NFT_CT_MARK: Key("mark", MARK, 32),
    uapi.NFT_CT_EXPIRATION: Key("expiration", TIME, 32),
    uapi.NFT_CT_HELPER: Key("helper", STRING, 128),
    uapi.NFT_CT_L3PROTOCOL: Key("l3proto", NF_PROTO, 8),
    uapi.NFT_CT_SRC: Key("saddr", INVALID, 0, _BIG),
    uapi.NFT_CT_DST: Key("daddr", INVALID, 0, _BIG),
    uapi.NFT_CT_PROTOCOL: Key("protocol", INET_PROTOCOL, 8, _BIG),
    uapi.NFT_CT_PROTO_SRC: Key("proto-src", INET_SERVICE, 16, _BIG),
    uapi.NFT_CT_PROTO_DST: Key("proto-dst", INET_SERVICE, 16, _BIG),
    uapi.NFT_CT_LABELS: Key("label", CT_LABEL, 128),
    uapi.NFT_CT_BYTES: Key("bytes", INTEGER, 64),
    uapi.NFT_CT_PKTS: Key("packets", INTEGER, 64),
    uapi.NFT_CT_AVGPKT: Key("avgpkt", INTEGER, 64),
    uapi.NFT_CT_ZONE: Key("zone", INTEGER, 16),
    uapi.NFT_CT_EVENTMASK: Key("event", CT_EVENT, 32),
    uapi.NFT_CT_SRC_IP: Key("ip saddr", IPADDR, 32, _BIG),
    uapi.NFT_CT_DST_IP: Key("ip daddr", IPADDR, 32, _BIG),
    uapi.NFT_CT_SRC_IP6: Key("ip6 saddr", IP6ADDR, 128, _BIG),
    uapi.NFT_CT_DST_IP6: Key("ip6 daddr", IP6ADDR, 128, _BIG),
    uapi.NFT_CT_SECMARK: Key("secmark", INTEGER, 32),
    uapi.NFT_CT_ID: Key("id", INTEGER, 32, _BIG),
}
CT_WORDS: dict[str, int] = {key.token: number for number, key in CT.items() if " " not in key.token} | {
    "l3proto": uapi.NFT_CT_L3PROTOCOL,
}
CT_DIRECTIONAL = frozenset((
    uapi.NFT_CT_SRC, uapi.NFT_CT_DST, uapi.NFT_CT_SRC_IP, uapi.NFT_CT_DST_IP, uapi.NFT_CT_SRC_IP6, uapi.NFT_CT_DST_IP6,
    uapi.NFT_CT_PROTO_SRC, uapi.NFT_CT_PROTO_DST, uapi.NFT_CT_BYTES, uapi.NFT_CT_PKTS, uapi.NFT_CT_AVGPKT,
    uapi.NFT_CT_ZONE, uapi.NFT_CT_L3PROTOCOL, uapi.NFT_CT_PROTOCOL,
))  # fmt: skip
"""Keys that may follow ``original`` or ``reply``."""

RT: dict[int, Key] = {
    uapi.NFT_RT_CLASSID: Key("classid", REALM, 32),
    uapi.NFT_RT_NEXTHOP4: Key("nexthop", IPADDR, 32, _BIG),
    uapi.NFT_RT_NEXTHOP6: Key("nexthop", IP6ADDR, 128, _BIG),
    uapi.NFT_RT_TCPMSS: Key("mtu", INTEGER, 16),
    uapi.NFT_RT_XFRM: Key("ipsec", BOOLEAN, 8),
}

SOCKET: dict[int, Key] = {
    uapi.NFT_SOCKET_TRANSPARENT: Key("transparent", INTEGER, 8),
    uapi.NFT_SOCKET_MARK: Key("mark", MARK, 32),
    uapi.NFT_SOCKET_WILDCARD: Key("wildcard", INTEGER, 8),
    uapi.NFT_SOCKET_CGROUPV2: Key("cgroupv2", CGROUPV2, 64),
}

TUNNEL: dict[int, Key] = {0: Key("path", BOOLEAN, 8), 1: Key("id", INTEGER, 32)}

FIB: dict[int, Key] = {
    uapi.NFT_FIB_RESULT_OIF: Key("oif", IFINDEX, 32),
    uapi.NFT_FIB_RESULT_OIFNAME: Key("oifname", IFNAME, _IFNAME_BITS),
    uapi.NFT_FIB_RESULT_ADDRTYPE: Key("type", FIB_ADDR, 32),
}

XFRM_IN, XFRM_OUT = 0, 1
XFRM: dict[int, Key] = {
    1: Key("daddr", IPADDR, 32, _BIG),
    2: Key("daddr", IP6ADDR, 128, _BIG),
    3: Key("saddr", IPADDR, 32, _BIG),
    4: Key("saddr", IP6ADDR, 128, _BIG),
    5: Key("reqid", INTEGER, 32),
    6: Key("spi", INTEGER, 32, _BIG),
}
"""By enum nft_xfrm_keys."""
