"""TCP over IPv4 (net/ipv4/tcp_ipv4.c)."""

from __future__ import annotations

from functools import partial
from struct import Struct

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.dst import DstEntry
from webapp.kernel.core.net_device import NET_XMIT_CN
from webapp.kernel.core.skbuff import CHECKSUM_PARTIAL, PACKET_HOST, SkBuff, kfree_skb_reason
from webapp.kernel.core.sock import INADDR_ANY, IPPROTO_TCP
from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.fib_frontend import fib_compute_spec_dst
from webapp.kernel.ipv4.flow import INET_DSCP_MASK, Flowi4
from webapp.kernel.ipv4.icmp_error import ICMP_ERR_CONVERT, ip_icmp_error
from webapp.kernel.ipv4.inet_connection_sock import (
    inet_csk_acceptq_is_full,
)
from webapp.kernel.ipv4.inet_hashtables import (
    inet_hash_connect,
    inet_lookup,
    inet_lookup_established,
)
from webapp.kernel.ipv4.ip_output import (
    ip_build_and_send_pkt,
    ip_make_skb,
    ip_push_pending_frames,
    ip_queue_xmit,
    reply_mark,
)
from webapp.kernel.ipv4.raw import inet_iif
from webapp.kernel.ipv4.route import (
    RTCF_BROADCAST,
    RTCF_MULTICAST,
    Rtable,
    dst_mtu,
    ip_route_output_key,
    ipv4_redirect,
    ipv4_update_pmtu,
)
from webapp.kernel.ipv4.tcp_output import (
    tcp_connect,
    tcp_make_synack,
    tcp_simple_retransmit,
)
from webapp.kernel.ipv4.tcp_receive import Reception, tcp_do_rcv, tcp_rcv
from webapp.kernel.ipv4.tcp_request import tcp_child_socket, tcp_conn_request, tcp_req_err
from webapp.kernel.ipv4.tcp_sock import (
    AfOps,
    RequestSock,
    RequestSockOps,
    TcpSock,
    TcpState,
    TimewaitSock,
    after,
    before,
    seq_add,
)
from webapp.kernel.ipv4.tcp_state import tcp_done_with_error, tcp_set_state
from webapp.kernel.ipv4.tcp_timer import tcp_write_timer_handler
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Lane
from webapp.kernel.uapi.rtnetlink import Rtn
from webapp.kernel.wire.checksum import checksum, pseudo_header
from webapp.kernel.wire.icmp import (
    ICMP_DEST_UNREACH,
    ICMP_FRAG_NEEDED,
    ICMP_HOST_UNREACH,
    ICMP_NET_UNREACH,
    ICMP_PARAMETERPROB,
    ICMP_REDIRECT,
    ICMP_TIME_EXCEEDED,
    NR_ICMP_UNREACH,
)
from webapp.kernel.wire.tcp import ACK, FIN, HLEN, RST, SYN, emit, parse, valid

_TSTAMP = Struct("!BBBBII")
_PORTS = Struct("!HHI")


# --- sending ------------------------------------------------------------------------------------------------------


def _flow(sk: TcpSock, sport: int) -> Flowi4:
    flow = Flowi4(
        sk.daddr, sk.saddr, sk.tos & INET_DSCP_MASK, oif=sk.bound_dev_if, mark=sk.mark, proto=IPPROTO_TCP
    )  # fmt: skip
    flow.sport, flow.dport = sport, sk.dport
    return flow


def inet_sk_rebuild_header(sk: TcpSock) -> bool:
    """inet_sk_rebuild_header: the route that the socket keeps, found again where it is not valid any more."""
    if not isinstance(sk.dst, Rtable) or not sk.dst.valid():
        rt = ip_route_output_key(sk.net, _flow(sk, sk.num))
        sk.dst = None if isinstance(rt, int) else rt
    return sk.dst is not None


def _dst_mtu(sk: TcpSock) -> int:
    return dst_mtu(sk.dst) if isinstance(sk.dst, Rtable) else 1500


def _advmss(sk: TcpSock) -> int:
    return 1460 if sk.dst is None else _default_advmss(sk.dst)


def _queue_xmit(sk: TcpSock, skb: SkBuff) -> int:
    inet_sk_rebuild_header(sk)
    return ip_queue_xmit(sk, skb, sk.dst if isinstance(sk.dst, Rtable) else None)


@kfunc("net/ipv4/tcp_ipv4.c", "tcp_v4_send_check")
def tcp_v4_send_check(sk: TcpSock, segment: bytes) -> bytes:
    """The segment with its checksum."""
    return with_checksum(segment, sk.saddr, sk.daddr)


def with_checksum(segment: bytes, saddr: bytes, daddr: bytes) -> bytes:
    """The segment with its checksum."""
    check = checksum(pseudo_header(saddr, daddr, IPPROTO_TCP, len(segment)) + segment)
    return segment[:16] + check.to_bytes(2, "big") + segment[18:]


def secure_tcp_ts_off(saddr: bytes, daddr: bytes) -> int:
    """secure_tcp_ts_off: where the timestamps of two hosts' connections begin; Linux takes a keyed hash."""
    return (int.from_bytes(saddr, "big") * 0x9E3779B1 ^ int.from_bytes(daddr, "big") * 0x85EBCA6B) & 0xFFFFFFFF


@kfunc("net/ipv4/tcp_ipv4.c", "tcp_v4_connect")
def tcp_v4_connect(sk: TcpSock, daddr: bytes, dport: int) -> int:
    """Begins a connection: 0, or the negative errno of a route that does not lead there, ports that are all in use."""
    flow = Flowi4(daddr, sk.saddr, sk.tos & INET_DSCP_MASK, oif=sk.bound_dev_if, mark=sk.mark, proto=IPPROTO_TCP)
    flow.sport, flow.dport = sk.num, dport
    rt = ip_route_output_key(sk.net, flow)
    if not isinstance(rt, int) and INADDR_ANY in (daddr, sk.saddr):
        # ip_route_connect looks again with what the first look-up filled in
        flow.oif = sk.bound_dev_if
        rt = ip_route_output_key(sk.net, flow)
    if isinstance(rt, int):
        return rt
    if rt.flags & (RTCF_MULTICAST | RTCF_BROADCAST):
        return -Errno.ENETUNREACH
    chosen = sk.saddr == INADDR_ANY
    if chosen:
        sk.saddr = sk.rcv_saddr = flow.saddr
    sk.daddr, sk.dport = flow.daddr, dport
    tcp_set_state(sk, TcpState.SYN_SENT)
    error = inet_hash_connect(sk)
    if not error:
        sk.dst = rt
        sk.write_seq = sk.isn = sk.net.ipv4.next_isn()
        sk.tsoffset = secure_tcp_ts_off(sk.saddr, sk.daddr)
        error = tcp_connect(sk)
    if error:
        tcp_set_state(sk, TcpState.CLOSE)
        sk.dport = 0
        if chosen:
            sk.saddr = sk.rcv_saddr = INADDR_ANY
    return error


@kfunc("net/ipv4/tcp_ipv4.c", "tcp_v4_send_reset", station="socket send", lane=Lane.OUT)
def tcp_v4_send_reset(skb_in: SkBuff) -> None:
    """Answers a segment with RST (RFC 9293 3.5.2), unless it is one itself."""
    head, at, nh = skb_in.head, skb_in.transport_header, skb_in.network_header
    segment = parse(head, at)
    rt = skb_in.dst
    if segment.flags & RST or not isinstance(rt, Rtable) or rt.type != Rtn.LOCAL:
        return
    net = skb_in.dev.net
    if segment.flags & ACK:
        seq, ack_seq, flags = segment.ack_seq, 0, RST
    else:
        taken = bool(segment.flags & SYN) + bool(segment.flags & FIN) + len(head) - at - segment.header_length
        seq, ack_seq, flags = 0, segment.seq + taken & 0xFFFFFFFF, RST | ACK
    mark = reply_mark(net, skb_in.mark)
    tos = head[nh + 1] & INET_DSCP_MASK  # ip_send_unicast_reply: without ECN
    flow = Flowi4(
        head[nh + 12 : nh + 16], fib_compute_spec_dst(skb_in), tos & INET_DSCP_MASK, mark=mark, proto=IPPROTO_TCP
    )
    flow.sport, flow.dport = segment.dest, segment.source
    out = ip_route_output_key(net, flow)
    if isinstance(out, int):
        return
    reset = emit(segment.dest, segment.source, flow.saddr, flow.daddr, seq=seq, ack_seq=ack_seq, flags=flags)
    skb = ip_make_skb(net.ipv4.tcp_sk, flow, out, reset, mark, tos)
    if isinstance(skb, SkBuff):
        ip_push_pending_frames(net.ipv4.tcp_sk, skb)


@kfunc("net/ipv4/tcp_ipv4.c", "tcp_v4_send_ack", station="socket send", lane=Lane.OUT)
def tcp_v4_send_ack(skb_in: SkBuff, seq: int, ack_seq: int, window: int, options: bytes, mark: int, tos: int) -> None:
    """Acknowledges for what is no socket: a handshake under way, or a connection in TIME_WAIT."""
    head, at, nh = skb_in.head, skb_in.transport_header, skb_in.network_header
    net = skb_in.dev.net
    sport, dport, _ = _PORTS.unpack_from(head, at)
    saddr, daddr = head[nh + 16 : nh + 20], head[nh + 12 : nh + 16]
    mark = mark or reply_mark(net, skb_in.mark)
    flow = Flowi4(daddr, saddr, tos & INET_DSCP_MASK, mark=mark, proto=IPPROTO_TCP)
    flow.sport, flow.dport = dport, sport
    rt = ip_route_output_key(net, flow)
    if isinstance(rt, int):
        return
    ack = emit(dport, sport, saddr, daddr, seq=seq, ack_seq=ack_seq, flags=ACK, window=window, options=options)
    skb = ip_make_skb(net.ipv4.tcp_sk, flow, rt, ack, mark, tos)
    if isinstance(skb, SkBuff):
        ip_push_pending_frames(net.ipv4.tcp_sk, skb)


def _stamp(now: int, tsoffset: int, recent: int) -> bytes:
    return _TSTAMP.pack(1, 1, 8, 10, now // 1_000_000 + tsoffset & 0xFFFFFFFF, recent)


def _timewait_ack(tw: TimewaitSock, skb: SkBuff) -> None:
    """tcp_v4_timewait_ack."""
    now = tw.net.machine.clock.now
    options = _stamp(now, tw.tsoffset, tw.ts_recent) if tw.ts_ok else b""
    tcp_v4_send_ack(skb, tw.snd_nxt, tw.rcv_nxt, tw.rcv_wnd >> tw.rcv_wscale, options, tw.mark, tw.tos)


def tcp_v4_reqsk_send_ack(sk: TcpSock, skb: SkBuff, req: RequestSock) -> None:
    """tcp_v4_reqsk_send_ack."""
    now = sk.net.machine.clock.now
    if now - req.last_oow_ack_time < 500_000_000:
        return
    req.last_oow_ack_time = now
    options = _stamp(now, req.tsoffset, req.ts_recent) if req.options.tsval is not None else b""
    window = req.rcv_wnd >> req.rcv_wscale
    tcp_v4_send_ack(skb, seq_add(req.snt_isn, 1), seq_add(req.rcv_isn, 1), window, options, sk.mark, sk.tos)


# --- being asked for a connection ---------------------------------------------------------------------------------


@kfunc("net/ipv4/tcp_ipv4.c", "tcp_v4_conn_request")
def tcp_v4_conn_request(sk: TcpSock, skb: SkBuff) -> None:
    """A SYN for a listener; one that was sent to many is ignored."""
    rt = skb.dst
    if isinstance(rt, Rtable) and rt.flags & (RTCF_BROADCAST | RTCF_MULTICAST):
        return
    head, nh = skb.head, skb.network_header
    tcp_conn_request(REQUEST_SOCK_OPS, sk, skb, head[nh + 12 : nh + 16], head[nh + 16 : nh + 20], sk.bound_dev_if)


def _default_advmss(dst: DstEntry) -> int:
    """ipv4_default_advmss."""
    return min(dst_mtu(dst) if isinstance(dst, Rtable) else dst.mtu, 65535) - 40


def inet_csk_route_req(sk: TcpSock, req: RequestSock) -> Rtable | None:
    """inet_csk_route_req: the way back."""
    saddr, sport, daddr, dport = req.key
    flow = Flowi4(daddr, saddr, sk.tos & INET_DSCP_MASK, oif=req.ifindex, mark=req.mark, proto=IPPROTO_TCP)
    flow.sport, flow.dport = sport, dport
    rt = ip_route_output_key(sk.net, flow)
    return None if isinstance(rt, int) else rt


@kfunc("net/ipv4/tcp_ipv4.c", "tcp_v4_send_synack", station="socket send", lane=Lane.OUT)
def tcp_v4_send_synack(sk: TcpSock, rt: DstEntry, req: RequestSock) -> int:
    """The answer to a SYN: 0, NET_XMIT_DROP or a negative errno."""
    saddr, _, daddr, _ = req.key
    segment = with_checksum(tcp_make_synack(sk, req, _default_advmss(rt)), saddr, daddr)
    assert isinstance(rt, Rtable)
    code = ip_build_and_send_pkt(sk, segment, saddr, daddr, rt, req.txhash)
    return 0 if code == NET_XMIT_CN else code


@kfunc("net/ipv4/tcp_ipv4.c", "tcp_v4_syn_recv_sock")
def tcp_v4_syn_recv_sock(sk: TcpSock, skb: SkBuff, req: RequestSock) -> TcpSock | None:
    """The handshake's third packet: the socket, in the listener's accept queue; None: that is full, or has no route."""
    if inet_csk_acceptq_is_full(sk):
        return None
    rt = inet_csk_route_req(sk, req)
    return None if rt is None else tcp_child_socket(sk, req, rt, IPV4_SPECIFIC)


# --- receiving ----------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/tcp_ipv4.c", "tcp_v4_rcv", station="deliver", lane=Lane.IN)
def tcp_v4_rcv(skb: SkBuff) -> int:
    """The receiver of protocol 6; data is at the TCP header."""
    head, at, nh = skb.head, skb.data, skb.network_header
    if skb.pkt_type != PACKET_HOST:
        return _discard(skb, DropReason.NOT_SPECIFIED)
    if len(head) - at < HLEN or not HLEN <= (head[at + 12] >> 4) * 4 <= len(head) - at:
        return _discard(skb, DropReason.PKT_TOO_SMALL)
    saddr, daddr = head[nh + 12 : nh + 16], head[nh + 16 : nh + 20]
    if skb.ip_summed != CHECKSUM_PARTIAL and not valid(head[at:], saddr, daddr):
        return _discard(skb, DropReason.TCP_CSUM)
    sport, dport, _ = _PORTS.unpack_from(head, at)
    sk = inet_lookup(skb.dev.net, saddr, sport, daddr, dport, inet_iif(skb))
    return tcp_rcv(RECEPTION, skb, sk, daddr, dport, inet_iif(skb))


def _discard(skb: SkBuff, reason: DropReason) -> int:
    kfree_skb_reason(skb, reason)
    return 0


@kfunc("net/ipv4/tcp_ipv4.c", "tcp_v4_do_rcv")
def tcp_v4_do_rcv(sk: TcpSock, skb: SkBuff) -> int:
    """A segment for a socket that nobody is using right now."""
    return tcp_do_rcv(RECEPTION, sk, skb)


# --- errors -------------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/tcp_ipv4.c", "tcp_v4_err")
def tcp_v4_err(skb: SkBuff, info: int) -> None:
    """An ICMP error about a segment quoted at skb.data: the end of a connection that does not stand yet."""
    head, inner, at = skb.head, skb.data, skb.transport_header
    th = inner + ((head[inner] & 0xF) << 2)
    sport, dport, seq = _PORTS.unpack_from(head, th)
    saddr, daddr = head[inner + 12 : inner + 16], head[inner + 16 : inner + 20]
    sk = inet_lookup_established(skb.dev.net, daddr, dport, saddr, sport, inet_iif(skb))
    type_, code = head[at], head[at + 1]
    if isinstance(sk, RequestSock):
        tcp_req_err(sk, seq, _is_fatal(type_, code))
        return
    if not isinstance(sk, TcpSock) or sk.state is TcpState.CLOSE:
        return
    if before(seq, sk.snd_una) or after(seq, sk.snd_nxt):
        # while the SYN is still on its way through this machine, snd_nxt has not moved
        return
    if type_ == ICMP_REDIRECT:
        if not sk.owned:
            ipv4_redirect(skb, sk, IPPROTO_TCP, info.to_bytes(4, "big"))
        return
    if type_ == ICMP_DEST_UNREACH and code == ICMP_FRAG_NEEDED:
        if sk.owned:
            sk.mtu_reduced = partial(_mtu_reduced, sk, skb, info)
        else:
            _mtu_reduced(sk, skb, info)
        return
    err = _errno(type_, code)
    if err is None:
        return
    if sk.state in (TcpState.SYN_SENT, TcpState.SYN_RECV):
        ip_icmp_error(sk, skb, err, dport, info, th)
        if not sk.owned:
            tcp_done_with_error(sk, err)
        else:
            sk.err_soft = err
    elif not sk.owned and sk.recverr:
        sk.err = err
    else:
        sk.err_soft = err


def _errno(type_: int, code: int) -> Errno | None:
    if type_ == ICMP_PARAMETERPROB:
        return Errno.EPROTO
    if type_ == ICMP_TIME_EXCEEDED:
        return Errno.EHOSTUNREACH
    if type_ == ICMP_DEST_UNREACH and code <= NR_ICMP_UNREACH:
        return ICMP_ERR_CONVERT[code].errno
    return None


def _is_fatal(type_: int, code: int) -> bool:
    """Which errors about the answer to a SYN are believed."""
    unreachable = type_ == ICMP_DEST_UNREACH and code in (ICMP_NET_UNREACH, ICMP_HOST_UNREACH)
    return unreachable or type_ in (ICMP_PARAMETERPROB, ICMP_TIME_EXCEEDED)


def _mtu_reduced(sk: TcpSock, skb: SkBuff, info: int) -> None:
    """tcp_v4_mtu_reduced: smaller segments from now on, and the large ones again."""
    if sk.state is TcpState.CLOSE:
        return
    ipv4_update_pmtu(skb, sk, info, IPPROTO_TCP)
    sk.dst = None
    if inet_sk_rebuild_header(sk):
        tcp_simple_retransmit(sk, _dst_mtu(sk))


# --- sockets ------------------------------------------------------------------------------------------------------

IPV4_SPECIFIC = AfOps(
    20, _queue_xmit, tcp_v4_send_check, inet_sk_rebuild_header, _dst_mtu, _advmss, tcp_v4_conn_request,
    tcp_v4_syn_recv_sock,
)  # fmt: skip
"""ipv4_specific."""

REQUEST_SOCK_OPS = RequestSockOps(
    inet_csk_route_req, _default_advmss, tcp_v4_send_synack, tcp_v4_reqsk_send_ack, secure_tcp_ts_off
)
"""tcp_request_sock_ops and tcp_request_sock_ipv4_ops."""

RECEPTION = Reception(tcp_v4_send_reset, _timewait_ack, tcp_v4_do_rcv)


def tcp_v4_init_sock(sk: TcpSock) -> None:
    """tcp_v4_init_sock: what a new socket's timers and backlog run."""
    sk.retransmit_handler = tcp_write_timer_handler
    sk.backlog_rcv = tcp_v4_do_rcv
    sk.connect = tcp_v4_connect
