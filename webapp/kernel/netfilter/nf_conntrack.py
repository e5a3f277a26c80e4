"""What a tracked connection is (include/net/netfilter/nf_conntrack.h, nf_conntrack_tuple.h, nf_conntrack_common.h)."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, NamedTuple

from webapp.kernel.clock import NSEC_PER_SEC

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff
    from webapp.kernel.netfilter.core import NfHookOps

# enum ip_conntrack_info, kept in skb.nfctinfo
IP_CT_ESTABLISHED = 0
IP_CT_RELATED = 1
IP_CT_NEW = 2
IP_CT_IS_REPLY = 3
IP_CT_ESTABLISHED_REPLY = 3
IP_CT_RELATED_REPLY = 4
IP_CT_UNTRACKED = 7

NF_CT_STATE_INVALID_BIT = 1
NF_CT_STATE_UNTRACKED_BIT = 1 << 6

IP_CT_DIR_ORIGINAL = 0
IP_CT_DIR_REPLY = 1

# enum ip_conntrack_status
IPS_EXPECTED = 0x1
IPS_SEEN_REPLY = 0x2
IPS_ASSURED = 0x4
IPS_CONFIRMED = 0x8
IPS_SRC_NAT = 0x10
IPS_DST_NAT = 0x20
IPS_NAT_MASK = IPS_SRC_NAT | IPS_DST_NAT
IPS_SEQ_ADJUST = 0x40
IPS_SRC_NAT_DONE = 0x80
IPS_DST_NAT_DONE = 0x100
IPS_NAT_DONE_MASK = IPS_SRC_NAT_DONE | IPS_DST_NAT_DONE
IPS_DYING = 0x200
IPS_FIXED_TIMEOUT = 0x400
IPS_TEMPLATE = 0x800
IPS_NAT_CLASH = 0x1000
IPS_OFFLOAD = 0x4000

IPPROTO_ICMP = 1
IPPROTO_TCP = 6
IPPROTO_UDP = 17
IPPROTO_UDPLITE = 136

PROTOCOL_NAMES = {
    IPPROTO_ICMP: "icmp",
    IPPROTO_TCP: "tcp",
    IPPROTO_UDP: "udp",
    IPPROTO_UDPLITE: "udplite",
    58: "icmpv6",
}
PORT_PROTOCOLS = frozenset((IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE))
"""The protocols whose tuples have ports. SCTP, DCCP and GRE are tracked by address alone, as unknown ones are."""


class Tuple(NamedTuple):
    """struct nf_conntrack_tuple: what tells one direction of a connection.

    ``sport`` is a port or an ICMP id, ``dport`` a port or ICMP's type and code (type in the upper byte).
    """

    l3num: int
    protonum: int
    src: bytes
    dst: bytes
    sport: int
    dport: int

    def __str__(self) -> str:
        """As "tcp 10.0.0.1:1000 > 10.0.0.2:80", "icmp 10.0.0.1 > 10.0.0.2 id 7"."""
        name = PROTOCOL_NAMES.get(self.protonum, str(self.protonum))
        src, dst = ip_address(self.src), ip_address(self.dst)
        if self.protonum in PORT_PROTOCOLS:
            form = "[{}]:{}" if src.version == 6 else "{}:{}"
            return f"{name} {form.format(src, self.sport)} > {form.format(dst, self.dport)}"
        if name.startswith("icmp"):
            return f"{name} {src} > {dst} id {self.sport}"
        return f"{name} {src} > {dst}"


class Zone(NamedTuple):
    """struct nf_conntrack_zone: ``dir`` is a mask of the directions in which the number counts."""

    id: int = 0
    dir: int = 3

    def of(self, direction: int) -> int:
        """nf_ct_zone_id."""
        return self.id if self.dir & 1 << direction else 0


ZONE_DFLT = Zone()


class NfConn:
    """struct nf_conn. ``tuples`` by direction. ``timeout`` (ns) counts from the confirmation until there is one, and
    is a time of the clock from then on. ``acct`` is [packets, bytes] by direction, where accounting is on.
    """

    __slots__ = ("acct", "id", "mark", "masq_index", "net", "status", "stream_ts", "tcp", "timeout", "tuples", "zone")

    def __init__(self, net: Net, zone: Zone, orig: Tuple, repl: Tuple) -> None:
        self.net = net
        self.zone = zone
        self.tuples = [orig, repl]
        self.status = 0
        self.timeout = 0
        self.mark = 0
        self.masq_index = 0
        self.stream_ts = 0
        self.tcp: Any = None
        self.acct: tuple[list[int], list[int]] | None = None
        ct: NetnsCt = net.ct
        ct.last_id += 1
        self.id = ct.last_id

    @property
    def protonum(self) -> int:
        return self.tuples[0].protonum

    def expires(self) -> int:
        """nf_ct_expires: ns that are left."""
        return max(self.timeout - self.net.machine.clock.now, 0)

    def expired(self) -> bool:
        """nf_ct_is_expired; only of a confirmed one."""
        return self.timeout <= self.net.machine.clock.now


_STATE_WORDS = {0: "ESTABLISHED", 1: "RELATED", 2: "NEW", 3: "ESTABLISHED reply", 4: "RELATED reply"}


def ct_state(skb: SkBuff) -> str:
    """What connection tracking says of a packet, for a walk: state, original tuple, and what NAT makes of replies."""
    ct: NfConn | None = skb.nfct
    if ct is None:
        return "UNTRACKED" if skb.nfctinfo == IP_CT_UNTRACKED else ""
    if ct.status & IPS_TEMPLATE:
        return f"zone {ct.zone.id}"
    return _words(skb.nfctinfo, ct.tuples[0], ct.tuples[1] if ct.status & IPS_NAT_MASK else None, ct.mark)


@lru_cache(1024)
def _words(ctinfo: int, orig: Tuple, reply: Tuple | None, mark: int) -> str:
    text = f"{_STATE_WORDS[ctinfo]} {orig}"
    if reply is not None:
        text += f" (replies {str(reply).partition(' ')[2]})"
    return f"{text} mark {mark:#x}" if mark else text


def nf_reset_ct(skb: SkBuff) -> None:
    """nf_reset_ct: the packet is as if it had never been tracked."""
    skb.nfct = None
    skb.nfctinfo = 0


class NetnsCt:
    """struct netns_ct and nf_conntrack_net: connections, sysctls (timeouts in ns) and users of one namespace.

    ``hash`` finds a connection by (direction, number of its zone in that direction, tuple); ``bysource`` those that NAT
    has settled the source of, the newest first, by (protocol, source address, source port).
    """

    def __init__(self) -> None:
        self.hash: dict[tuple[int, int, Tuple], NfConn] = {}
        self.conns: dict[NfConn, None] = {}
        self.bysource: dict[tuple[int, bytes, int], list[NfConn]] = {}
        self.last_id = 0
        self.seed = 0x2545F491
        self.users: dict[int, int] = {}
        self.ops: dict[int, tuple[NfHookOps, ...]] = {}
        self.defrag_users: dict[int, int] = {}
        self.defrag_ops: dict[int, tuple[NfHookOps, ...]] = {}
        self.nat: dict[int, Any] = {}
        self.sysctl_acct = 0
        self.sysctl_checksum = 1
        self.sysctl_max = 262144
        self.sysctl_tcp_be_liberal = 0
        self.sysctl_tcp_ignore_invalid_rst = 0
        self.sysctl_tcp_loose = 1
        self.sysctl_tcp_max_retrans = 3
        self.tcp_timeout_syn_sent = 120 * NSEC_PER_SEC
        self.tcp_timeout_syn_recv = 60 * NSEC_PER_SEC
        self.tcp_timeout_established = 432000 * NSEC_PER_SEC
        self.tcp_timeout_fin_wait = 120 * NSEC_PER_SEC
        self.tcp_timeout_close_wait = 60 * NSEC_PER_SEC
        self.tcp_timeout_last_ack = 30 * NSEC_PER_SEC
        self.tcp_timeout_time_wait = 120 * NSEC_PER_SEC
        self.tcp_timeout_close = 10 * NSEC_PER_SEC
        self.tcp_timeout_max_retrans = 300 * NSEC_PER_SEC
        self.tcp_timeout_unacknowledged = 300 * NSEC_PER_SEC
        self.udp_timeout = 30 * NSEC_PER_SEC
        self.udp_timeout_stream = 120 * NSEC_PER_SEC
        self.icmp_timeout = 30 * NSEC_PER_SEC
        self.icmpv6_timeout = 30 * NSEC_PER_SEC
        self.generic_timeout = 600 * NSEC_PER_SEC
        self.flowtable_tcp_timeout = 30 * NSEC_PER_SEC
        self.flowtable_udp_timeout = 30 * NSEC_PER_SEC

    def random(self) -> int:
        """get_random_u16: the same sequence in every run of a lab (xorshift32)."""
        seed = self.seed
        seed ^= seed << 13 & 0xFFFFFFFF
        seed ^= seed >> 17
        seed ^= seed << 5 & 0xFFFFFFFF
        self.seed = seed
        return seed & 0xFFFF
