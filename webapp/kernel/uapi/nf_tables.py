"""include/uapi/linux/netfilter/nf_tables.h: what nft and the kernel say to each other over nfnetlink.

Constants carry the kernel's names. An expression is a frozen record with one field per netlink attribute, named as the
attribute is (NFTA_PAYLOAD_DREG is ``Payload.dreg``); one record per direction where a type has two (``Meta`` loads,
``MetaSet`` stores). An attribute that may be missing is None.

Values are ``bytes`` exactly as an x86 kernel's registers hold them: packet fields in network order, everything that the
kernel keeps as a number (mark, ifindex, length, iiftype …) in little-endian host order, interface names NUL-padded to
16 bytes. The fields of a concatenation are each padded with NULs to a multiple of 4 bytes.

Batches are sequences of messages for ``nfnetlink_rcv_batch`` (all or nothing); records without a verb (``Table``,
``Rule`` …) are what dumps answer with.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

NFT_NAME_MAXLEN = 256
NFT_USERDATA_MAXLEN = 256
NFT_NETDEVICE_MAX = 256
NFT_JUMP_STACK_SIZE = 16
NFT_DATA_VALUE_MAXLEN = 64

NLM_F_REPLACE = 0x100
NLM_F_EXCL = 0x200
NLM_F_CREATE = 0x400
NLM_F_APPEND = 0x800

# enum nft_registers: NFT_REG_1..4 are the 16-byte views of NFT_REG32_00..15 (4 bytes each)
NFT_REG_VERDICT = 0
NFT_REG_1 = 1
NFT_REG_2 = 2
NFT_REG_3 = 3
NFT_REG_4 = 4
NFT_REG32_00 = 8
NFT_REG32_15 = 23
NFT_REG_SIZE = 16
NFT_REG32_SIZE = 4

# enum nft_verdicts (they share their space with NF_DROP, NF_ACCEPT, …)
NFT_CONTINUE = -1
NFT_BREAK = -2
NFT_JUMP = -3
NFT_GOTO = -4
NFT_RETURN = -5

# enum nft_trace_types
NFT_TRACETYPE_POLICY = 1
NFT_TRACETYPE_RETURN = 2
NFT_TRACETYPE_RULE = 3

# enum nft_table_flags
NFT_TABLE_F_DORMANT = 0x1
NFT_TABLE_F_OWNER = 0x2
NFT_TABLE_F_PERSIST = 0x4

# enum nft_chain_flags
NFT_CHAIN_BASE = 0x1
NFT_CHAIN_HW_OFFLOAD = 0x2
NFT_CHAIN_BINDING = 0x4

# enum nft_set_flags
NFT_SET_ANONYMOUS = 0x1
NFT_SET_CONSTANT = 0x2
NFT_SET_INTERVAL = 0x4
NFT_SET_MAP = 0x8
NFT_SET_TIMEOUT = 0x10
NFT_SET_EVAL = 0x20
NFT_SET_OBJECT = 0x40
NFT_SET_CONCAT = 0x80
NFT_SET_EXPR = 0x100

# enum nft_set_policies
NFT_SET_POL_PERFORMANCE = 0
NFT_SET_POL_MEMORY = 1

# enum nft_set_elem_flags
NFT_SET_ELEM_INTERVAL_END = 0x1
NFT_SET_ELEM_CATCHALL = 0x2

# enum nft_data_types: a map's data_type is one of user space's type numbers, or NFT_DATA_VERDICT
NFT_DATA_VALUE = 0
NFT_DATA_VERDICT = 0xFFFFFF00

# enum nft_bitwise_ops
NFT_BITWISE_MASK_XOR = 0
NFT_BITWISE_LSHIFT = 1
NFT_BITWISE_RSHIFT = 2
NFT_BITWISE_AND = 3
NFT_BITWISE_OR = 4
NFT_BITWISE_XOR = 5

# enum nft_byteorder_ops
NFT_BYTEORDER_NTOH = 0
NFT_BYTEORDER_HTON = 1

# enum nft_cmp_ops
NFT_CMP_EQ = 0
NFT_CMP_NEQ = 1
NFT_CMP_LT = 2
NFT_CMP_LTE = 3
NFT_CMP_GT = 4
NFT_CMP_GTE = 5

# enum nft_range_ops
NFT_RANGE_EQ = 0
NFT_RANGE_NEQ = 1

NFT_LOOKUP_F_INV = 1

# enum nft_dynset_ops, nft_dynset_flags
NFT_DYNSET_OP_ADD = 0
NFT_DYNSET_OP_UPDATE = 1
NFT_DYNSET_OP_DELETE = 2
NFT_DYNSET_F_INV = 1
NFT_DYNSET_F_EXPR = 2

# enum nft_payload_bases
NFT_PAYLOAD_LL_HEADER = 0
NFT_PAYLOAD_NETWORK_HEADER = 1
NFT_PAYLOAD_TRANSPORT_HEADER = 2
NFT_PAYLOAD_INNER_HEADER = 3
NFT_PAYLOAD_TUN_HEADER = 4

# enum nft_payload_csum_types, nft_payload_csum_flags
NFT_PAYLOAD_CSUM_NONE = 0
NFT_PAYLOAD_CSUM_INET = 1
NFT_PAYLOAD_CSUM_SCTP = 2
NFT_PAYLOAD_L4CSUM_PSEUDOHDR = 1

# enum nft_exthdr_flags, nft_exthdr_op
NFT_EXTHDR_F_PRESENT = 1
NFT_EXTHDR_OP_IPV6 = 0
NFT_EXTHDR_OP_TCPOPT = 1
NFT_EXTHDR_OP_IPV4 = 2
NFT_EXTHDR_OP_SCTP = 3
NFT_EXTHDR_OP_DCCP = 4

# enum nft_meta_keys
NFT_META_LEN = 0
NFT_META_PROTOCOL = 1
NFT_META_PRIORITY = 2
NFT_META_MARK = 3
NFT_META_IIF = 4
NFT_META_OIF = 5
NFT_META_IIFNAME = 6
NFT_META_OIFNAME = 7
NFT_META_IIFTYPE = 8
NFT_META_OIFTYPE = 9
NFT_META_SKUID = 10
NFT_META_SKGID = 11
NFT_META_NFTRACE = 12
NFT_META_RTCLASSID = 13
NFT_META_SECMARK = 14
NFT_META_NFPROTO = 15
NFT_META_L4PROTO = 16
NFT_META_BRI_IIFNAME = 17
NFT_META_BRI_OIFNAME = 18
NFT_META_PKTTYPE = 19
NFT_META_CPU = 20
NFT_META_IIFGROUP = 21
NFT_META_OIFGROUP = 22
NFT_META_CGROUP = 23
NFT_META_PRANDOM = 24
NFT_META_SECPATH = 25
NFT_META_IIFKIND = 26
NFT_META_OIFKIND = 27
NFT_META_BRI_IIFPVID = 28
NFT_META_BRI_IIFVPROTO = 29
NFT_META_TIME_NS = 30
NFT_META_TIME_DAY = 31
NFT_META_TIME_HOUR = 32
NFT_META_SDIF = 33
NFT_META_SDIFNAME = 34
NFT_META_BRI_BROUTE = 35
NFT_META_BRI_IIFHWADDR = 37

# enum nft_rt_keys
NFT_RT_CLASSID = 0
NFT_RT_NEXTHOP4 = 1
NFT_RT_NEXTHOP6 = 2
NFT_RT_TCPMSS = 3
NFT_RT_XFRM = 4

# enum nft_hash_types, nft_ng_types
NFT_HASH_JENKINS = 0
NFT_HASH_SYM = 1
NFT_NG_INCREMENTAL = 0
NFT_NG_RANDOM = 1

# enum nft_ct_keys
NFT_CT_STATE = 0
NFT_CT_DIRECTION = 1
NFT_CT_STATUS = 2
NFT_CT_MARK = 3
NFT_CT_SECMARK = 4
NFT_CT_EXPIRATION = 5
NFT_CT_HELPER = 6
NFT_CT_L3PROTOCOL = 7
NFT_CT_SRC = 8
NFT_CT_DST = 9
NFT_CT_PROTOCOL = 10
NFT_CT_PROTO_SRC = 11
NFT_CT_PROTO_DST = 12
NFT_CT_LABELS = 13
NFT_CT_PKTS = 14
NFT_CT_BYTES = 15
NFT_CT_AVGPKT = 16
NFT_CT_ZONE = 17
NFT_CT_EVENTMASK = 18
NFT_CT_SRC_IP = 19
NFT_CT_DST_IP = 20
NFT_CT_SRC_IP6 = 21
NFT_CT_DST_IP6 = 22
NFT_CT_ID = 23

# enum nft_socket_keys
NFT_SOCKET_TRANSPARENT = 0
NFT_SOCKET_MARK = 1
NFT_SOCKET_WILDCARD = 2
NFT_SOCKET_CGROUPV2 = 3

# enum nft_limit_type, nft_limit_flags
NFT_LIMIT_PKTS = 0
NFT_LIMIT_PKT_BYTES = 1
NFT_LIMIT_F_INV = 1

NFT_CONNLIMIT_F_INV = 1

# enum nft_quota_flags
NFT_QUOTA_F_INV = 1
NFT_QUOTA_F_DEPLETED = 2

# enum nft_log_level, and NF_LOG_* flags
NFT_LOGLEVEL_EMERG = 0
NFT_LOGLEVEL_ALERT = 1
NFT_LOGLEVEL_CRIT = 2
NFT_LOGLEVEL_ERR = 3
NFT_LOGLEVEL_WARNING = 4
NFT_LOGLEVEL_NOTICE = 5
NFT_LOGLEVEL_INFO = 6
NFT_LOGLEVEL_DEBUG = 7
NFT_LOGLEVEL_AUDIT = 8
NF_LOG_TCPSEQ = 0x01
NF_LOG_TCPOPT = 0x02
NF_LOG_IPOPT = 0x04
NF_LOG_UID = 0x08
NF_LOG_MACDECODE = 0x20
NF_LOG_MASK = 0x2F

NFT_QUEUE_FLAG_BYPASS = 1
NFT_QUEUE_FLAG_CPU_FANOUT = 2

# enum nft_reject_types, nft_reject_inet_code
NFT_REJECT_ICMP_UNREACH = 0
NFT_REJECT_TCP_RST = 1
NFT_REJECT_ICMPX_UNREACH = 2
NFT_REJECT_ICMPX_NO_ROUTE = 0
NFT_REJECT_ICMPX_PORT_UNREACH = 1
NFT_REJECT_ICMPX_HOST_UNREACH = 2
NFT_REJECT_ICMPX_ADMIN_PROHIBITED = 3

# enum nft_nat_types, and NF_NAT_RANGE_* (include/uapi/linux/netfilter/nf_nat.h)
NFT_NAT_SNAT = 0
NFT_NAT_DNAT = 1
NF_NAT_RANGE_MAP_IPS = 0x01
NF_NAT_RANGE_PROTO_SPECIFIED = 0x02
NF_NAT_RANGE_PROTO_RANDOM = 0x04
NF_NAT_RANGE_PERSISTENT = 0x08
NF_NAT_RANGE_PROTO_RANDOM_FULLY = 0x10
NF_NAT_RANGE_PROTO_OFFSET = 0x20
NF_NAT_RANGE_NETMAP = 0x40

# enum nft_fib_result, nft_fib_flags
NFT_FIB_RESULT_OIF = 1
NFT_FIB_RESULT_OIFNAME = 2
NFT_FIB_RESULT_ADDRTYPE = 3
NFTA_FIB_F_SADDR = 0x01
NFTA_FIB_F_DADDR = 0x02
NFTA_FIB_F_MARK = 0x04
NFTA_FIB_F_IIF = 0x08
NFTA_FIB_F_OIF = 0x10
NFTA_FIB_F_PRESENT = 0x20

# NFT_OBJECT_*
NFT_OBJECT_COUNTER = 1
NFT_OBJECT_QUOTA = 2
NFT_OBJECT_CT_HELPER = 3
NFT_OBJECT_LIMIT = 4
NFT_OBJECT_CONNLIMIT = 5
NFT_OBJECT_TUNNEL = 6
NFT_OBJECT_CT_TIMEOUT = 7
NFT_OBJECT_SECMARK = 8
NFT_OBJECT_CT_EXPECT = 9
NFT_OBJECT_SYNPROXY = 10

NFT_FLOWTABLE_HW_OFFLOAD = 1
NFT_FLOWTABLE_COUNTER = 2

NFT_OSF_F_VERSION = 1


# --- data ---------------------------------------------------------------------------------------------------------


class Verdict(msgspec.Struct, frozen=True):
    """NFTA_VERDICT_*: NF_ACCEPT, NF_DROP, NFT_CONTINUE … ; jump and goto name their chain, or give its batch id."""

    code: int
    chain: str = ""
    chain_id: int = 0


Data = bytes | Verdict
"""NFTA_DATA_*: a value or a verdict."""


# --- expressions: one record per type and direction, ``name`` is the kernel's name of the type ------------------------


class Payload(msgspec.Struct, frozen=True):
    """Loads ``len`` bytes at ``offset`` from the header ``base`` (NFT_PAYLOAD_*)."""

    name: ClassVar[str] = "payload"
    dreg: int
    base: int
    offset: int
    len: int


class PayloadSet(msgspec.Struct, frozen=True):
    """Writes a register into the packet; csum_offset counts from the same header."""

    name: ClassVar[str] = "payload"
    sreg: int
    base: int
    offset: int
    len: int
    csum_type: int = NFT_PAYLOAD_CSUM_NONE
    csum_offset: int = 0
    csum_flags: int = 0


class Meta(msgspec.Struct, frozen=True):
    """Loads a fact about the packet (NFT_META_*)."""

    name: ClassVar[str] = "meta"
    key: int
    dreg: int


class MetaSet(msgspec.Struct, frozen=True):
    """Sets mark, priority, pkttype, nftrace …"""

    name: ClassVar[str] = "meta"
    key: int
    sreg: int


class Cmp(msgspec.Struct, frozen=True):
    """Breaks the rule unless register ``op`` data (NFT_CMP_*), compared as memcmp does."""

    name: ClassVar[str] = "cmp"
    sreg: int
    op: int
    data: bytes


class Range(msgspec.Struct, frozen=True):
    """Breaks the rule unless the register is (NFT_RANGE_EQ) or is not (NFT_RANGE_NEQ) within both ends."""

    name: ClassVar[str] = "range"
    sreg: int
    op: int
    from_data: bytes
    to_data: bytes


class Bitwise(msgspec.Struct, frozen=True):
    """dreg = (sreg & mask) ^ xor (MASK_XOR); shifts by ``data`` (4 bytes); AND/OR/XOR with ``sreg2`` or ``data``."""

    name: ClassVar[str] = "bitwise"
    sreg: int
    dreg: int
    len: int
    op: int = NFT_BITWISE_MASK_XOR
    mask: bytes | None = None
    xor: bytes | None = None
    data: bytes | None = None
    sreg2: int | None = None


class Byteorder(msgspec.Struct, frozen=True):
    """Turns ``len`` bytes in units of ``size`` (2, 4, 8) between network and host order."""

    name: ClassVar[str] = "byteorder"
    sreg: int
    dreg: int
    op: int
    len: int
    size: int


class Lookup(msgspec.Struct, frozen=True):
    """Breaks unless the register's value is in the set; with ``dreg`` loads the map's data (0: its verdict).

    A set of the same batch that has no name yet is found by ``set_id``.
    """

    name: ClassVar[str] = "lookup"
    set: str
    sreg: int
    dreg: int | None = None
    flags: int = 0
    set_id: int = 0


class Immediate(msgspec.Struct, frozen=True):
    """Loads a constant, or (dreg NFT_REG_VERDICT) gives a verdict."""

    name: ClassVar[str] = "immediate"
    dreg: int
    data: Data


class Counter(msgspec.Struct, frozen=True):
    """Counts packets and their skb->len. Also an object."""

    name: ClassVar[str] = "counter"
    bytes: int = 0
    packets: int = 0


class Limit(msgspec.Struct, frozen=True):
    """Token bucket: ``rate`` packets or bytes per ``unit`` seconds and ``burst`` of them. Also an object."""

    name: ClassVar[str] = "limit"
    rate: int
    unit: int
    burst: int = 0
    type: int = NFT_LIMIT_PKTS
    flags: int = 0


class Quota(msgspec.Struct, frozen=True):
    """A number of bytes; NFT_QUOTA_F_INV: "over". Also an object."""

    name: ClassVar[str] = "quota"
    bytes: int
    flags: int = 0
    consumed: int = 0


class Connlimit(msgspec.Struct, frozen=True):
    """Number of connections of the key. Also an object."""

    name: ClassVar[str] = "connlimit"
    count: int
    flags: int = 0


class Last(msgspec.Struct, frozen=True):
    """When the rule matched last: ``set`` whether ever, ``msecs`` how long ago."""

    name: ClassVar[str] = "last"
    set: int = 0
    msecs: int = 0


class Fwd(msgspec.Struct, frozen=True):
    """Hands the packet to the device in ``sreg_dev``; with ``sreg_addr`` and ``nfproto`` to a neighbour there."""

    name: ClassVar[str] = "fwd"
    sreg_dev: int
    sreg_addr: int | None = None
    nfproto: int | None = None


class Dup(msgspec.Struct, frozen=True):
    """A copy to the device in ``sreg_dev`` (netdev family) or to the gateway in ``sreg_addr`` (ip, ip6, inet)."""

    name: ClassVar[str] = "dup"
    sreg_addr: int | None = None
    sreg_dev: int | None = None


class Reject(msgspec.Struct, frozen=True):
    """Answers with ICMP unreachable ``icmp_code`` or a TCP reset, and drops (NFT_REJECT_*)."""

    name: ClassVar[str] = "reject"
    type: int
    icmp_code: int = 0


class Objref(msgspec.Struct, frozen=True):
    """Runs a named object (NFT_OBJECT_*)."""

    name: ClassVar[str] = "objref"
    imm_type: int
    imm_name: str


class ObjrefMap(msgspec.Struct, frozen=True):
    """Runs the object that an object map has for the register's value."""

    name: ClassVar[str] = "objref"
    set_sreg: int
    set_name: str
    set_id: int = 0


class Dynset(msgspec.Struct, frozen=True):
    """Adds, updates or deletes the register's value in a set (NFT_DYNSET_OP_*); ``timeout`` in ms, 0: the set's own."""

    name: ClassVar[str] = "dynset"
    set_name: str
    op: int
    sreg_key: int
    sreg_data: int | None = None
    timeout: int = 0
    expressions: tuple[Expr, ...] = ()
    flags: int = 0
    set_id: int = 0


class Numgen(msgspec.Struct, frozen=True):
    """Counts up or draws a number modulo ``modulus``, plus ``offset`` (NFT_NG_*)."""

    name: ClassVar[str] = "numgen"
    dreg: int
    modulus: int
    type: int
    offset: int = 0


class Hash(msgspec.Struct, frozen=True):
    """jhash of ``len`` bytes in ``sreg`` (or the flow's symmetric hash) modulo ``modulus``. ``seed`` None: random."""

    name: ClassVar[str] = "hash"
    dreg: int
    modulus: int
    type: int = NFT_HASH_JENKINS
    sreg: int | None = None
    len: int = 0
    seed: int | None = None
    offset: int = 0


class Ct(msgspec.Struct, frozen=True):
    """Loads a fact about the connection (NFT_CT_*); ``direction`` 0 original, 1 reply."""

    name: ClassVar[str] = "ct"
    key: int
    dreg: int
    direction: int | None = None


class CtSet(msgspec.Struct, frozen=True):
    """Sets a connection's mark, zone, labels …"""

    name: ClassVar[str] = "ct"
    key: int
    sreg: int
    direction: int | None = None


class Nat(msgspec.Struct, frozen=True):
    """snat, dnat (NFT_NAT_*) to the addresses and ports in registers; ``flags`` NF_NAT_RANGE_*."""

    name: ClassVar[str] = "nat"
    type: int
    family: int
    reg_addr_min: int | None = None
    reg_addr_max: int | None = None
    reg_proto_min: int | None = None
    reg_proto_max: int | None = None
    flags: int = 0


class Masq(msgspec.Struct, frozen=True):
    """snat to the outgoing device's address."""

    name: ClassVar[str] = "masq"
    flags: int = 0
    reg_proto_min: int | None = None
    reg_proto_max: int | None = None


class Redir(msgspec.Struct, frozen=True):
    """dnat to the incoming device's address."""

    name: ClassVar[str] = "redir"
    reg_proto_min: int | None = None
    reg_proto_max: int | None = None
    flags: int = 0


class Fib(msgspec.Struct, frozen=True):
    """Asks the routing table (NFT_FIB_RESULT_*, NFTA_FIB_F_*)."""

    name: ClassVar[str] = "fib"
    dreg: int
    result: int
    flags: int


class Rt(msgspec.Struct, frozen=True):
    """A fact about the packet's route (NFT_RT_*)."""

    name: ClassVar[str] = "rt"
    key: int
    dreg: int


class Log(msgspec.Struct, frozen=True):
    """Logs the packet: to the kernel log (``level``, ``flags``) or, where ``group`` is given, to nfnetlink_log."""

    name: ClassVar[str] = "log"
    prefix: str | None = None
    group: int | None = None
    snaplen: int = 0
    qthreshold: int = 0
    level: int | None = None
    flags: int = 0


class Exthdr(msgspec.Struct, frozen=True):
    """Loads from an IPv6 extension header, TCP option, IPv4 option, SCTP chunk (NFT_EXTHDR_OP_*)."""

    name: ClassVar[str] = "exthdr"
    dreg: int
    type: int
    offset: int
    len: int
    op: int = NFT_EXTHDR_OP_IPV6
    flags: int = 0


class ExthdrSet(msgspec.Struct, frozen=True):
    """Writes a TCP option's field; without ``sreg`` overwrites the option with NOPs (reset)."""

    name: ClassVar[str] = "exthdr"
    type: int
    op: int
    sreg: int | None = None
    offset: int = 0
    len: int = 0


class Notrack(msgspec.Struct, frozen=True):
    """Exempts the packet from connection tracking."""

    name: ClassVar[str] = "notrack"


class FlowOffload(msgspec.Struct, frozen=True):
    """Puts the connection into a flowtable."""

    name: ClassVar[str] = "flow_offload"
    table_name: str


class Tproxy(msgspec.Struct, frozen=True):
    """Hands the packet to a local socket."""

    name: ClassVar[str] = "tproxy"
    family: int
    reg_addr: int | None = None
    reg_port: int | None = None


class Socket(msgspec.Struct, frozen=True):
    """A fact about the packet's socket (NFT_SOCKET_*)."""

    name: ClassVar[str] = "socket"
    key: int
    dreg: int
    level: int = 0


class Osf(msgspec.Struct, frozen=True):
    """Passive operating system fingerprint."""

    name: ClassVar[str] = "osf"
    dreg: int
    ttl: int = 0
    flags: int = 0


class Queue(msgspec.Struct, frozen=True):
    """Hands the packet to user space."""

    name: ClassVar[str] = "queue"
    num: int = 0
    total: int = 1
    flags: int = 0
    sreg_qnum: int | None = None


class Synproxy(msgspec.Struct, frozen=True):
    """Answers TCP handshakes in the server's place. Also an object."""

    name: ClassVar[str] = "synproxy"
    mss: int
    wscale: int
    flags: int


class Xfrm(msgspec.Struct, frozen=True):
    """A fact about the packet's IPsec state."""

    name: ClassVar[str] = "xfrm"
    dreg: int
    key: int
    dir: int
    spnum: int = 0


class Tunnel(msgspec.Struct, frozen=True):
    """A fact about the packet's tunnel metadata."""

    name: ClassVar[str] = "tunnel"
    dreg: int
    key: int
    mode: int = 0


class Inner(msgspec.Struct, frozen=True):
    """Runs ``expression`` (payload or meta) on the packet inside a tunnel."""

    name: ClassVar[str] = "inner"
    num: int
    type: int
    flags: int
    hdrsize: int
    expression: Payload | Meta


Expr = (
    Payload | PayloadSet | Meta | MetaSet | Cmp | Range | Bitwise | Byteorder | Lookup | Immediate | Counter | Limit
    | Quota | Connlimit | Last | Fwd | Dup | Reject | Objref | ObjrefMap | Dynset | Numgen | Hash | Ct | CtSet | Nat
    | Masq | Redir | Fib | Rt | Log | Exthdr | ExthdrSet | Notrack | FlowOffload | Tproxy | Socket | Osf | Queue
    | Synproxy | Xfrm | Tunnel | Inner
)  # fmt: skip


# --- stateful objects ----------------------------------------------------------------------------------------------


class CtHelper(msgspec.Struct, frozen=True):
    """A connection tracking helper to assign (ftp, sip …)."""

    helper: str
    l3proto: int
    l4proto: int


class CtTimeout(msgspec.Struct, frozen=True):
    """Timeouts in seconds by the protocol's state number."""

    l3proto: int
    l4proto: int
    data: tuple[tuple[int, int], ...]


class CtExpect(msgspec.Struct, frozen=True):
    """An expectation to add to connections."""

    l3proto: int
    l4proto: int
    dport: int
    timeout: int
    size: int


class Secmark(msgspec.Struct, frozen=True):
    """A security context."""

    ctx: str


ObjData = Counter | Quota | Limit | Connlimit | CtHelper | CtTimeout | CtExpect | Secmark | Synproxy

OBJECT_TYPES: dict[type[ObjData], int] = {
    Counter: NFT_OBJECT_COUNTER,
    Quota: NFT_OBJECT_QUOTA,
    CtHelper: NFT_OBJECT_CT_HELPER,
    Limit: NFT_OBJECT_LIMIT,
    Connlimit: NFT_OBJECT_CONNLIMIT,
    CtTimeout: NFT_OBJECT_CT_TIMEOUT,
    Secmark: NFT_OBJECT_SECMARK,
    CtExpect: NFT_OBJECT_CT_EXPECT,
    Synproxy: NFT_OBJECT_SYNPROXY,
}
"""NFT_OBJECT_* of each kind of object."""


# --- parts of messages ---------------------------------------------------------------------------------------------


class Hook(msgspec.Struct, frozen=True):
    """NFTA_CHAIN_HOOK / NFTA_FLOWTABLE_HOOK: where a base chain or flowtable hangs. ``devices`` for device hooks."""

    num: int
    priority: int
    devices: tuple[str, ...] = ()


class SetElem(msgspec.Struct, frozen=True):
    """One element. ``key`` None: catch-all. Times are in ms, None: not given.

    Of an interval set without concatenation, the element after the interval carries NFT_SET_ELEM_INTERVAL_END;
    intervals of concatenations have ``key_end``.
    """

    key: bytes | None
    key_end: bytes | None = None
    data: Data | None = None
    flags: int = 0
    timeout: int | None = None
    expiration: int | None = None
    userdata: bytes = b""
    expressions: tuple[Expr, ...] = ()
    objref: str | None = None


# --- batch messages ------------------------------------------------------------------------------------------------
# ``nlmsg_flags``: NLM_F_CREATE (add), NLM_F_CREATE | NLM_F_EXCL (create); for rules also NLM_F_APPEND (add; without it:
# insert) and NLM_F_REPLACE. ``destroy`` of the Del messages is NFT_MSG_DESTROY*: what is not there is no error.


class NewTable(msgspec.Struct, frozen=True):
    """NFT_MSG_NEWTABLE."""

    family: int
    name: str
    flags: int = 0
    userdata: bytes = b""
    nlmsg_flags: int = NLM_F_CREATE


class DelTable(msgspec.Struct, frozen=True):
    """NFT_MSG_DELTABLE by name or handle; neither: all tables of the family (NFPROTO_UNSPEC: all: flush ruleset)."""

    family: int
    name: str | None = None
    handle: int | None = None
    destroy: bool = False


class NewChain(msgspec.Struct, frozen=True):
    """NFT_MSG_NEWCHAIN. With ``handle`` an existing chain is meant (rename). ``policy`` NF_ACCEPT, NF_DROP or None."""

    family: int
    table: str
    name: str | None
    hook: Hook | None = None
    policy: int | None = None
    type: str | None = None
    flags: int = 0
    handle: int | None = None
    chain_id: int = 0
    userdata: bytes = b""
    nlmsg_flags: int = NLM_F_CREATE


class DelChain(msgspec.Struct, frozen=True):
    """NFT_MSG_DELCHAIN; with ``hook`` only those of its devices are taken off the chain."""

    family: int
    table: str
    name: str | None = None
    handle: int | None = None
    hook: Hook | None = None
    destroy: bool = False


class NewRule(msgspec.Struct, frozen=True):
    """NFT_MSG_NEWRULE. ``handle``: the rule to replace; ``position``: the handle of the rule to stand after or before.

    ``id`` names the rule for a later ``position_id`` of the same batch; ``chain_id`` a chain of the same batch.
    """

    family: int
    table: str
    chain: str | None
    expressions: tuple[Expr, ...]
    userdata: bytes = b""
    handle: int | None = None
    position: int | None = None
    id: int = 0
    position_id: int = 0
    chain_id: int = 0
    nlmsg_flags: int = NLM_F_CREATE | NLM_F_APPEND


class DelRule(msgspec.Struct, frozen=True):
    """NFT_MSG_DELRULE: one rule, or all of the chain, or all of the table."""

    family: int
    table: str
    chain: str | None = None
    handle: int | None = None
    id: int = 0
    destroy: bool = False


class NewSet(msgspec.Struct, frozen=True):
    """NFT_MSG_NEWSET. A name with ``%d`` has it replaced by the first free number; ``id`` names the set in the batch.

    ``key_type`` and ``data_type`` are user space's type numbers (data_type NFT_DATA_VERDICT: verdict map), ``key_len``
    and ``data_len`` bytes, ``size`` the most elements (0: no limit), ``concat`` the bytes of each field of a
    concatenation, unpadded, given for interval sets (NFTA_SET_DESC_CONCAT). ``timeout`` ms, ``gc_interval`` ms.
    """

    family: int
    table: str
    name: str
    id: int
    flags: int
    key_type: int
    key_len: int
    data_type: int = 0
    data_len: int = 0
    obj_type: int = 0
    policy: int = NFT_SET_POL_PERFORMANCE
    size: int = 0
    concat: tuple[int, ...] = ()
    timeout: int = 0
    gc_interval: int = 0
    expressions: tuple[Expr, ...] = ()
    userdata: bytes = b""
    nlmsg_flags: int = NLM_F_CREATE


class DelSet(msgspec.Struct, frozen=True):
    """NFT_MSG_DELSET."""

    family: int
    table: str
    name: str | None = None
    handle: int | None = None
    destroy: bool = False


class NewSetElem(msgspec.Struct, frozen=True):
    """NFT_MSG_NEWSETELEM; ``set_id`` finds a set of the same batch (anonymous sets)."""

    family: int
    table: str
    set: str
    elements: tuple[SetElem, ...]
    set_id: int = 0
    nlmsg_flags: int = NLM_F_CREATE


class DelSetElem(msgspec.Struct, frozen=True):
    """NFT_MSG_DELSETELEM; no elements: all of them (flush set)."""

    family: int
    table: str
    set: str
    elements: tuple[SetElem, ...] = ()
    set_id: int = 0
    destroy: bool = False


class NewObj(msgspec.Struct, frozen=True):
    """NFT_MSG_NEWOBJ; its NFT_OBJECT_* follows from ``data``."""

    family: int
    table: str
    name: str
    data: ObjData
    userdata: bytes = b""
    nlmsg_flags: int = NLM_F_CREATE


class DelObj(msgspec.Struct, frozen=True):
    """NFT_MSG_DELOBJ."""

    family: int
    table: str
    type: int
    name: str | None = None
    handle: int | None = None
    destroy: bool = False


class NewFlowtable(msgspec.Struct, frozen=True):
    """NFT_MSG_NEWFLOWTABLE."""

    family: int
    table: str
    name: str
    hook: Hook
    flags: int = 0
    nlmsg_flags: int = NLM_F_CREATE


class DelFlowtable(msgspec.Struct, frozen=True):
    """NFT_MSG_DELFLOWTABLE; with ``hook`` only those of its devices are taken off."""

    family: int
    table: str
    name: str | None = None
    handle: int | None = None
    hook: Hook | None = None
    destroy: bool = False


Message = (
    NewTable | DelTable | NewChain | DelChain | NewRule | DelRule | NewSet | DelSet | NewSetElem | DelSetElem | NewObj
    | DelObj | NewFlowtable | DelFlowtable
)  # fmt: skip


class BadAttr(msgspec.Struct, frozen=True):
    """What an error is about (NLMSGERR_ATTR_OFFS): the message, by its place in the batch, and its field at fault.

    ``attribute`` is the name of the message's field ("table", "chain", "name", "handle", "expressions", "elements" …),
    empty where the kernel names none; ``index`` is the place within a field that holds several (elements,
    expressions, devices of the hook), else -1.
    """

    message: int
    attribute: str = ""
    index: int = -1


# --- answers of dumps ----------------------------------------------------------------------------------------------


class Table(msgspec.Struct, frozen=True):
    """A table; ``use`` counts its chains, sets, objects and flowtables."""

    family: int
    name: str
    handle: int
    flags: int
    use: int
    userdata: bytes


class Chain(msgspec.Struct, frozen=True):
    """A chain; ``hook``, ``policy`` and ``type`` only of base chains. ``use`` counts its rules and the jumps to it."""

    family: int
    table: str
    name: str
    handle: int
    hook: Hook | None
    policy: int | None
    type: str | None
    flags: int
    use: int
    userdata: bytes


class Rule(msgspec.Struct, frozen=True):
    """A rule with its expressions and their present state (counters, limits, quotas)."""

    family: int
    table: str
    chain: str
    handle: int
    position: int
    expressions: tuple[Expr, ...]
    userdata: bytes


class Set(msgspec.Struct, frozen=True):
    """A set or map without its elements."""

    family: int
    table: str
    name: str
    handle: int
    flags: int
    key_type: int
    key_len: int
    data_type: int
    data_len: int
    obj_type: int
    policy: int
    size: int
    concat: tuple[int, ...]
    timeout: int
    gc_interval: int
    expressions: tuple[Expr, ...]
    userdata: bytes


class Obj(msgspec.Struct, frozen=True):
    """A stateful object and its present state."""

    family: int
    table: str
    name: str
    handle: int
    type: int
    data: ObjData
    use: int
    userdata: bytes


class Flowtable(msgspec.Struct, frozen=True):
    """A flowtable."""

    family: int
    table: str
    name: str
    handle: int
    hook: Hook
    flags: int
    use: int


class Trace(msgspec.Struct, frozen=True):
    """NFT_MSG_TRACE: what a chain did with a packet whose nf_trace is set.

    ``type`` is NFT_TRACETYPE_*; ``handle`` the rule's, 0 where no rule decided; ``verdict`` is missing where the
    policy decided, which is ``policy`` then. Devices by number and type, 0 for none. The headers, of which a chain's
    first message alone has some, are cut to what the kernel sends.
    """

    family: int
    table: str
    chain: str
    id: int
    type: int
    nfproto: int
    handle: int = 0
    verdict: Verdict | None = None
    policy: int | None = None
    mark: int = 0
    iif: int = 0
    iiftype: int = 0
    oif: int = 0
    oiftype: int = 0
    ll_header: bytes = b""
    network_header: bytes = b""
    transport_header: bytes = b""
