"""struct tcp_sock and its relatives (include/linux/tcp.h, include/net/tcp.h, inet_connection_sock.h, request_sock.h).

How a program of webapp/userland uses a TCP socket; nothing here blocks, whoever has to wait asks ``tcp_poll``:

==================================  ====================================================================================
call                                module and meaning
==================================  ====================================================================================
inet_create(net, SOCK_STREAM, 0)    ipv4/af_inet.py: socket(2); inet_bind and inet_release as for other sockets
inet_stream_connect(sk, addr, port) ipv4/af_inet.py: connect(2) of a non-blocking socket: 0 or a negative errno, at
                                    first EINPROGRESS; POLLOUT tells when it is decided, and so_error how
inet_listen(sk, backlog)            ipv4/af_inet.py: listen(2)
inet_accept(sk)                     ipv4/af_inet.py: accept(2): a socket, or None while nobody has come
inet_shutdown(sk, how)              ipv4/af_inet.py: shutdown(2)
tcp_sendmsg(sk, data)               ipv4/tcp.py: send(2): bytes taken, or a negative errno (EAGAIN, EPIPE, ECONNRESET …)
tcp_recvmsg(sk, size)               ipv4/tcp.py: recv(2): bytes, b"" at the end, or a negative errno (EAGAIN …)
tcp_poll(sk)                        ipv4/tcp.py: poll(2): POLL* bits
so_error(sk)                        ipv4/tcp.py: SO_ERROR
==================================  ====================================================================================
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from webapp.kernel.clock import JIFFY, NSEC_PER_MSEC, NSEC_PER_SEC, Timer
from webapp.kernel.core.sock import IPPROTO_TCP, SOCK_STREAM, InetSock

if TYPE_CHECKING:
    from webapp.kernel.core.dst import DstEntry
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff


class TcpState(IntEnum):
    """include/net/tcp_states.h."""

    ESTABLISHED = 1
    SYN_SENT = 2
    SYN_RECV = 3
    FIN_WAIT1 = 4
    FIN_WAIT2 = 5
    TIME_WAIT = 6
    CLOSE = 7
    CLOSE_WAIT = 8
    LAST_ACK = 9
    LISTEN = 10
    CLOSING = 11
    NEW_SYN_RECV = 12


TCP_MSS_DEFAULT = 536
TCP_MIN_MSS = 88
TCP_TIMEOUT_INIT = NSEC_PER_SEC
TCP_RTO_MIN = NSEC_PER_SEC // 5
TCP_RTO_MAX = 120 * NSEC_PER_SEC
TCP_TIMEOUT_MIN = 2 * JIFFY
TCP_ATO_MIN = NSEC_PER_SEC // 25
TCP_DELACK_MIN = NSEC_PER_SEC // 25
TCP_DELACK_MAX = NSEC_PER_SEC // 5
TCP_TIMEWAIT_LEN = 60 * NSEC_PER_SEC
TCP_RESOURCE_PROBE_INTERVAL = NSEC_PER_SEC // 2
TCP_MAX_QUICKACKS = 16
TCP_INIT_CWND = 10
GSO_MAX_SIZE = 65_215
"""sk_gso_max_size: GSO_LEGACY_MAX_SIZE without room for headers."""
GSO_MAX_SEGS = 65_535
TCP_RMEM_TO_WIN_SCALE = 8
SKB_OVERHEAD = 1_280
"""What of skb->truesize is no data: sk_buff, skb_shared_info, and a head as tcp_stream_alloc_skb makes it."""
TCP_INFINITE_SSTHRESH = 0x7FFFFFFF
TCP_MAX_WSCALE = 14

TCPOLEN_TSTAMP_ALIGNED = 12
TCPOLEN_SACK_BASE_ALIGNED = 4
TCPOLEN_SACK_PERBLOCK = 8
MAX_TCP_OPTION_SPACE = 40

RCV_SHUTDOWN = 1
SEND_SHUTDOWN = 2
SHUTDOWN_MASK = 3

POLLIN = 0x0001
POLLOUT = 0x0004
POLLERR = 0x0008
POLLHUP = 0x0010
POLLRDHUP = 0x2000

ICSK_ACK_SCHED = 1
ICSK_ACK_TIMER = 2
ICSK_ACK_PUSHED = 4
ICSK_ACK_PUSHED2 = 8
ICSK_ACK_NOW = 16


class IcskTime(IntEnum):
    """ICSK_TIME_*: what the one timer of a sender is armed for."""

    NONE = 0
    RETRANS = 1
    PROBE0 = 3
    LOSS_PROBE = 5


class CaState(IntEnum):
    """enum tcp_ca_state, as far as it decides what is sent."""

    OPEN = 0
    RECOVERY = 3
    LOSS = 4


def before(seq1: int, seq2: int) -> bool:
    """before: whether one sequence number is older than the other, modulo 2**32."""
    return (seq1 - seq2) & 0x80000000 != 0


def after(seq1: int, seq2: int) -> bool:
    """after."""
    return before(seq2, seq1)


def seq_add(seq: int, count: int) -> int:
    """A sequence number ``count`` bytes further on."""
    return (seq + count) & 0xFFFFFFFF


def seq_sub(end: int, start: int) -> int:
    """The bytes from ``start`` to ``end``, which is not before it."""
    return (end - start) & 0xFFFFFFFF


def to_jiffies(time: int) -> int:
    """usecs_to_jiffies: a time, rounded up to whole ticks."""
    return -(-time // JIFFY) * JIFFY


class TcpSkb:
    """What a send queue is made of: sk_buff with tcp_skb_cb. ``sent`` counts the connection's transmissions (RACK).

    It may be as long as ``pcount`` segments of ``mss`` bytes, which are cut at the very end of their way (TSO).
    ``clone`` is the packet that was sent of it last.
    """

    __slots__ = (
        "clone", "data", "end_seq", "flags", "lost", "mss", "pcount", "retrans", "sacked", "sent", "seq", "tstamp"
    )  # fmt: skip

    def __init__(self, seq: int, flags: int, data: bytes = b"", syn_or_fin: int = 0) -> None:
        self.seq = seq
        self.end_seq = seq_add(seq, len(data) + syn_or_fin)
        self.flags = flags
        self.data = data
        self.sacked = self.lost = self.retrans = False
        self.sent = 0
        self.tstamp = 0
        self.pcount = 1
        self.mss = 0
        self.clone: SkBuff | None = None

    def set_tso_segs(self, mss: int) -> int:
        """tcp_set_skb_tso_segs: counts its segments anew; how many more there are than before."""
        before_, self.mss = self.pcount, mss
        self.pcount = max(-(-len(self.data) // mss), 1)
        return self.pcount - before_


class Received(NamedTuple):
    """struct tcp_options_received of one segment; None, False or () for what it does not carry."""

    mss: int | None = None
    wscale: int | None = None
    sack_ok: bool = False
    tsval: int | None = None
    tsecr: int = 0
    sacks: tuple[tuple[int, int], ...] = ()


NO_OPTIONS = Received()


@dataclass(frozen=True, slots=True)
class AfOps:
    """struct inet_connection_sock_af_ops and what else TCP asks of the family below it.

    ``queue_xmit(sk, skb)`` sends a segment (NET_XMIT_* or a negative errno); ``send_check(sk, segment)`` fills its
    checksum in; ``rebuild_header(sk)`` finds the route again (False: none); ``dst_mtu(sk)`` is the path's MTU and
    ``advmss(sk)`` the segment size to ask for; ``conn_request(sk, skb)`` answers a SYN, and ``syn_recv_sock(sk, skb,
    req)`` makes the socket that was asked for.
    """

    net_header_len: int
    queue_xmit: Callable[[TcpSock, SkBuff], int]
    send_check: Callable[[TcpSock, bytes], bytes]
    rebuild_header: Callable[[TcpSock], bool]
    dst_mtu: Callable[[TcpSock], int]
    advmss: Callable[[TcpSock], int]
    conn_request: Callable[[TcpSock, SkBuff], None]
    syn_recv_sock: Callable[[TcpSock, SkBuff, RequestSock], TcpSock | None]


@dataclass(frozen=True, slots=True)
class RequestSockOps:
    """struct request_sock_ops and tcp_request_sock_ops: what a handshake asks of the family below it.

    ``route_req(sk, req)`` is the way back (None: there is none), ``advmss(dst)`` the segment size to ask for on it;
    ``send_synack(sk, dst, req)`` answers (0 or an error), ``send_ack(sk, skb, req)`` acknowledges, and ``ts_off`` says
    where the timestamps of two addresses begin.
    """

    route_req: Callable[[TcpSock, RequestSock], DstEntry | None]
    advmss: Callable[[DstEntry], int]
    send_synack: Callable[[TcpSock, DstEntry, RequestSock], int]
    send_ack: Callable[[TcpSock, SkBuff, RequestSock], None]
    ts_off: Callable[[bytes, bytes], int]


Tuple4 = tuple[bytes, int, bytes, int]
"""Local address and port, remote address and port: what names a connection in the established table."""


class RequestSock:
    """struct tcp_request_sock: a connection that somebody asked for, until the third packet of its handshake."""

    __slots__ = (
        "acked", "ifindex", "key", "last_oow_ack_time", "listener", "mark", "mss", "num_timeout", "ops", "options",
        "rcv_isn", "rcv_wnd", "rcv_wscale", "rethinks", "snt_isn", "snt_time", "timer", "ts_recent", "tsoffset",
        "txhash", "window_clamp",
    )  # fmt: skip

    state = TcpState.NEW_SYN_RECV

    def __init__(
        self, ops: RequestSockOps, listener: TcpSock, key: Tuple4, options: Received, rcv_isn: int, snt_isn: int
    ) -> None:
        self.ops = ops
        self.listener = listener
        self.key = key
        self.options = options
        self.rcv_isn = rcv_isn
        self.snt_isn = snt_isn
        self.mss = TCP_MSS_DEFAULT if options.mss is None else options.mss
        self.ts_recent = options.tsval or 0
        self.rcv_wnd = self.rcv_wscale = self.window_clamp = 0
        self.snt_time = 0
        self.tsoffset = 0
        self.num_timeout = 0
        self.acked = False
        self.last_oow_ack_time = -NSEC_PER_SEC
        self.mark = 0
        self.ifindex = 0
        self.txhash = self.rethinks = 0
        self.timer: Timer | None = None


class TimewaitSock:
    """struct tcp_timewait_sock: what stays of a closed connection, to answer late packets. ``reuse``: SO_REUSEADDR."""

    __slots__ = (
        "bound_dev_if", "family", "key", "last_oow_ack_time", "mark", "net", "num", "priority", "rcv_nxt", "rcv_saddr",
        "rcv_wnd", "rcv_wscale", "reuse", "snd_nxt", "substate", "timer", "tos", "ts_ok", "ts_recent", "tsoffset",
        "v6only",
    )  # fmt: skip

    state = TcpState.TIME_WAIT

    def __init__(self, sk: TcpSock, substate: TcpState) -> None:
        self.net = sk.net
        self.key = sk.key
        self.num = sk.num
        self.rcv_saddr = sk.rcv_saddr
        self.bound_dev_if = sk.bound_dev_if
        self.reuse = sk.reuse
        self.substate = substate
        self.mark = sk.mark
        self.priority = sk.priority
        self.tos = sk.tos
        self.rcv_nxt = sk.rcv_nxt
        self.snd_nxt = sk.snd_nxt
        self.rcv_wnd = sk.receive_window()
        self.rcv_wscale = sk.rcv_wscale
        self.ts_ok = sk.tstamp_ok
        self.ts_recent = sk.ts_recent
        self.tsoffset = sk.tsoffset
        self.family = sk.family
        self.v6only = sk.v6only
        self.last_oow_ack_time = -NSEC_PER_SEC
        self.timer: Timer | None = None


class TcpSock(InetSock):
    """struct tcp_sock: a connection or a listener. Names are the kernel's; times are ns, windows bytes.

    ``owned`` is sk_lock.owned: a program is in a call, and segments wait in ``backlog`` until the call is over.
    ``reuse`` is SO_REUSEADDR. ``sport`` is the port of its segments, which it keeps when ``num`` is given back;
    ``connect(sk, daddr, dport)`` is its family's (sk_prot); over IPv6 ``flowlabel`` is as of an Inet6Sock.
    ``mtu_reduced`` is what a narrower path asks for as soon as no program is in a call (TCP_MTU_REDUCED_DEFERRED).
    ``bindport_lock`` says that a program asked for it. ``err_soft`` is an error that counts when nothing else comes.
    ``rethinks`` counts how often ``txhash``, by which tunnels choose a way for its segments, was chosen anew.
    """

    __slots__ = (
        "accept_queue", "ack_pending", "advmss", "af_ops", "ato", "backlog", "backlog_rcv", "backoff", "bindport_lock",
        "ca_state", "connect", "cookies", "copied_seq", "cwnd", "dead", "delack_timer", "dsack", "dst", "err_soft",
        "flowlabel", "high_seq", "isn", "last_oow_ack_time", "last_seg_size", "lrcvtime", "max_ack_backlog",
        "max_window", "mdev", "mss_cache", "mss_clamp", "mtu_reduced", "nonagle", "out_of_order", "owned",
        "packets_out", "pending", "pingpong", "probes_out", "pushed_seq", "qlen", "quick", "rack_sent", "rcv_mss",
        "rcv_nxt", "rcv_ssthresh", "rcv_wnd", "rcv_wscale", "rcv_wup", "rethinks", "retrans_stamp",
        "retransmit_handler", "retransmits", "reuse", "rto", "rttvar", "rtx_queue", "sack_ok", "sacks",
        "scaling_ratio", "sent_count",
        "shutdown", "snd_nxt", "snd_sml", "snd_una", "snd_wl1", "snd_wnd", "snd_wscale", "sport", "srtt", "ssthresh",
        "state", "tcp_header_len", "timer", "tlp_high_seq", "total_rto", "ts_recent", "tsoffset", "tstamp_ok", "txhash",
        "window_clamp", "write_queue", "write_seq",
    )  # fmt: skip

    def __init__(self, net: Net) -> None:  # noqa: PLR0915 - a list of fields with their first values
        super().__init__(net, SOCK_STREAM, IPPROTO_TCP)
        self.af_ops: AfOps = net.ipv4.tcp_af_ops
        self.state = TcpState.CLOSE
        self.shutdown = 0
        self.sport = 0
        self.err_soft = 0
        self.dead = False
        self.bindport_lock = False
        self.owned = False
        self.reuse = False
        self.backlog: deque[SkBuff] = deque()
        self.mtu_reduced: Callable[[], None] | None = None
        self.dst: DstEntry | None = None
        self.rcvbuf = net.ipv4.sysctl_tcp_rmem[1]
        # listening
        self.accept_queue: deque[TcpSock] = deque()
        self.max_ack_backlog = 0
        self.qlen = 0
        self.cookies: dict[Tuple4, RequestSock] = {}
        # sending
        self.isn = self.snd_una = self.snd_nxt = self.write_seq = self.snd_sml = 0
        self.snd_wnd = self.snd_wl1 = self.max_window = 0
        self.write_queue: deque[TcpSkb] = deque()
        self.rtx_queue: list[TcpSkb] = []
        self.packets_out = 0
        self.pushed_seq = 0
        self.mss_cache = TCP_MSS_DEFAULT
        self.mss_clamp = TCP_MSS_DEFAULT
        self.advmss = 65535
        self.tcp_header_len = 20
        self.nonagle = False
        self.cwnd = TCP_INIT_CWND
        self.ssthresh = TCP_INFINITE_SSTHRESH
        self.ca_state = CaState.OPEN
        self.high_seq = self.tlp_high_seq = 0
        self.sent_count = self.rack_sent = 0
        # options
        self.tstamp_ok = self.sack_ok = False
        self.snd_wscale = self.rcv_wscale = 0
        self.ts_recent = self.tsoffset = 0
        # timers
        self.rto = TCP_TIMEOUT_INIT
        self.srtt = self.mdev = self.rttvar = 0
        self.retransmits = self.backoff = self.probes_out = self.total_rto = 0
        self.retrans_stamp = 0
        self.pending = IcskTime.NONE
        self.timer: Timer | None = None
        self.retransmit_handler: Callable[[TcpSock], None] = _no_handler
        self.backlog_rcv: Callable[[TcpSock, SkBuff], int] = _no_backlog
        self.connect: Callable[[TcpSock, bytes, int], int] = _no_connect
        self.flowlabel = 0
        self.txhash = self.rethinks = 0
        self.delack_timer: Timer | None = None
        # receiving
        self.rcv_nxt = self.rcv_wup = self.copied_seq = 0
        self.rcv_wnd = self.rcv_ssthresh = self.window_clamp = 0
        self.rcv_mss = TCP_MSS_DEFAULT
        self.last_seg_size = 0
        self.scaling_ratio = 1 << TCP_RMEM_TO_WIN_SCALE - 1
        self.out_of_order: list[tuple[int, int, bytes, bool]] = []
        self.sacks: list[tuple[int, int]] = []
        self.dsack: tuple[int, int] | None = None
        # acknowledging
        self.last_oow_ack_time = -NSEC_PER_SEC
        self.ack_pending = self.ato = self.quick = self.pingpong = self.lrcvtime = 0

    @property
    def key(self) -> Tuple4:
        """The connection's name in the established table."""
        return self.rcv_saddr, self.sport, self.daddr, self.dport

    def receive_window(self) -> int:
        """tcp_receive_window: what the peer may still send, of what it was last told."""
        left = seq_add(self.rcv_wup, self.rcv_wnd) - self.rcv_nxt
        return max((left + 0x80000000 & 0xFFFFFFFF) - 0x80000000, 0)

    def wnd_end(self) -> int:
        """tcp_wnd_end: the first sequence number that the peer has no room for."""
        return seq_add(self.snd_una, self.snd_wnd)

    def ts_now(self) -> int:
        """tcp_time_stamp_ts with the connection's offset: milliseconds, as its timestamp option says."""
        return self.net.machine.clock.now // NSEC_PER_MSEC + self.tsoffset & 0xFFFFFFFF

    def queued(self) -> int:
        """Bytes that arrived in order and wait for the program."""
        return sum(map(len, self.receive_queue))

    def win_from_space(self, space: int) -> int:
        """tcp_win_from_space: how much data so much memory holds, as far as was seen."""
        return space * self.scaling_ratio >> TCP_RMEM_TO_WIN_SCALE

    def space(self) -> int:
        """tcp_space: how much data there is room for."""
        used = sum(SKB_OVERHEAD + len(piece) for piece in self.receive_queue)
        return self.win_from_space(max(self.rcvbuf - used, 0))


def _no_handler(sk: TcpSock) -> None:
    raise RuntimeError("a socket's timers are set up where it is made")


def _no_backlog(sk: TcpSock, skb: SkBuff) -> int:
    raise RuntimeError("a socket's timers are set up where it is made")


def _no_connect(sk: TcpSock, daddr: bytes, dport: int) -> int:
    raise RuntimeError("a socket's family is set up where it is made")


def net_tx_rndhash(key: Tuple4, rethinks: int) -> int:
    """net_tx_rndhash: random on Linux, so that a connection's two directions and each choice of it differ."""
    return crc32(b"%b %d %b %d %d" % (*key, rethinks)) or 1


def sk_set_txhash(sk: TcpSock | RequestSock) -> None:
    """sk_set_txhash: chooses anew."""
    sk.rethinks += 1
    sk.txhash = net_tx_rndhash(sk.key, sk.rethinks)
