"""TCP over IPv6 (net/ipv6/tcp_ipv6.c, inet6_connection_sock.c), and how IPv6 sockets do it over IPv4."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from struct import Struct
from zlib import crc32

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.dst import DstEntry
from webapp.kernel.core.net_device import NET_XMIT_CN
from webapp.kernel.core.skbuff import CHECKSUM_PARTIAL, PACKET_HOST, SkBuff, kfree_skb_reason
from webapp.kernel.core.sock import AF_INET6, IPPROTO_TCP, unmapped
from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.inet_connection_sock import inet_csk_acceptq_is_full
from webapp.kernel.ipv4.inet_hashtables import inet_hash_connect, inet_lookup, inet_lookup_established
from webapp.kernel.ipv4.tcp_ipv4 import (
    IPV4_SPECIFIC,
    tcp_v4_conn_request,
    tcp_v4_connect,
    tcp_v4_do_rcv,
    tcp_v4_syn_recv_sock,
    with_checksum,
)
from webapp.kernel.ipv4.tcp_output import tcp_connect, tcp_make_synack, tcp_simple_retransmit
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
from webapp.kernel.ipv6.address import (
    IN6ADDR_ANY,
    IN6ADDR_LOOPBACK,
    ipv6_addr_is_linklocal,
    ipv6_addr_is_multicast,
    ipv6_addr_needs_scope_id,
)
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.icmp import icmp6_iif
from webapp.kernel.ipv6.icmp_error import icmpv6_err_convert
from webapp.kernel.ipv6.ip6_output import ip6_xmit, reply_mark
from webapp.kernel.ipv6.raw import inet6_iif
from webapp.kernel.ipv6.route import Rt6Info, dst_mtu, ip6_dst_lookup, ip6_update_pmtu, rt6_valid
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Lane
from webapp.kernel.uapi.if_ether import ETH_P_IP
from webapp.kernel.uapi.rtnetlink import Rtn
from webapp.kernel.wire.icmpv6 import ICMPV6_PKT_TOOBIG, NDISC_REDIRECT
from webapp.kernel.wire.ipv6 import HLEN as IPV6_HLEN
from webapp.kernel.wire.ipv6 import IPV6_MAXPLEN
from webapp.kernel.wire.tcp import ACK, FIN, HLEN, RST, SYN, emit, parse, valid

_TSTAMP = Struct("!BBBBII")
_PORTS = Struct("!HHI")


# --- sending ------------------------------------------------------------------------------------------------------


def _flow(sk: TcpSock, sport: int) -> Flowi6:
    flow = Flowi6(sk.daddr, sk.saddr, sk.tos, oif=sk.bound_dev_if, mark=sk.mark, proto=IPPROTO_TCP)
    flow.flowlabel = sk.flowlabel
    flow.sport, flow.dport = sport, sk.dport
    return flow


def inet6_sk_rebuild_header(sk: TcpSock) -> bool:
    """inet6_sk_rebuild_header: the route that the socket keeps, found again where it is not valid any more."""
    if not isinstance(sk.dst, Rt6Info) or not rt6_valid(sk.dst):
        rt = ip6_dst_lookup(sk.net, sk, _flow(sk, sk.num))
        sk.dst = None if isinstance(rt, int) else rt
    return sk.dst is not None


def _dst_mtu(sk: TcpSock) -> int:
    return dst_mtu(sk.dst) if isinstance(sk.dst, Rt6Info) else 1500


def _default_advmss(dst: DstEntry) -> int:
    """ip6_default_advmss."""
    mss = (dst_mtu(dst) if isinstance(dst, Rt6Info) else dst.mtu) - IPV6_HLEN - HLEN
    return IPV6_MAXPLEN if mss > IPV6_MAXPLEN - HLEN else mss


def _advmss(sk: TcpSock) -> int:
    return 1440 if sk.dst is None else _default_advmss(sk.dst)


@kfunc("net/ipv6/inet6_connection_sock.c", "inet6_csk_xmit")
def inet6_csk_xmit(sk: TcpSock, skb: SkBuff) -> int:
    """Sends a segment of a connection: NET_XMIT_* or a negative errno."""
    if not inet6_sk_rebuild_header(sk):
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        sk.err_soft = Errno.ENETUNREACH
        return -Errno.ENETUNREACH
    rt: Rt6Info = sk.dst  # type: ignore[assignment]  # it was just found
    return ip6_xmit(sk, skb, _flow(sk, sk.sport), rt, sk.mark, sk.tos)


@kfunc("net/ipv6/tcp_ipv6.c", "tcp_v6_send_check")
def tcp_v6_send_check(sk: TcpSock, segment: bytes) -> bytes:
    """The segment with its checksum."""
    return with_checksum(segment, sk.saddr, sk.daddr)


def secure_tcpv6_ts_off(saddr: bytes, daddr: bytes) -> int:
    """secure_tcpv6_ts_off: where the timestamps of two hosts' connections begin; Linux takes a keyed hash."""
    return crc32(saddr + daddr)


@kfunc("net/ipv6/tcp_ipv6.c", "tcp_v6_connect")
def tcp_v6_connect(sk: TcpSock, daddr: bytes, dport: int) -> int:
    """Begins a connection: 0, or the negative errno of a route that does not lead there, ports that are all in use.

    To a link-local address the socket has to be bound to its interface.
    """
    mapped = unmapped(daddr)
    if mapped is not daddr:
        return _connect_over_ipv4(sk, mapped, dport)
    if daddr == IN6ADDR_ANY:
        daddr = IN6ADDR_LOOPBACK
    if ipv6_addr_is_multicast(daddr):
        return -Errno.ENETUNREACH
    if ipv6_addr_is_linklocal(daddr) and not sk.bound_dev_if:
        return -Errno.EINVAL
    if len(sk.saddr) != len(daddr):
        return -Errno.ENETUNREACH
    sk.daddr, sk.dport = daddr, dport
    flow = _flow(sk, sk.num)
    rt = ip6_dst_lookup(sk.net, sk, flow)
    if isinstance(rt, int):
        return _not_connected(sk, rt)
    chosen = sk.saddr == IN6ADDR_ANY
    if chosen:
        sk.saddr = sk.rcv_saddr = flow.saddr
    tcp_set_state(sk, TcpState.SYN_SENT)
    error = inet_hash_connect(sk)
    if not error:
        sk.dst = rt
        sk.write_seq = sk.isn = sk.net.ipv4.next_isn()
        sk.tsoffset = secure_tcpv6_ts_off(sk.saddr, sk.daddr)
        error = tcp_connect(sk)
    if error:
        tcp_set_state(sk, TcpState.CLOSE)
        if chosen:
            sk.saddr = sk.rcv_saddr = IN6ADDR_ANY
        return _not_connected(sk, error)
    return 0


def _not_connected(sk: TcpSock, error: int) -> int:
    sk.daddr, sk.dport = IN6ADDR_ANY, 0
    return error


def _connect_over_ipv4(sk: TcpSock, daddr: bytes, dport: int) -> int:
    """To ::ffff:a.b.c.d: the connection is one of IPv4, which only its program sees as IPv6."""
    if sk.v6only or (len(sk.saddr) != len(daddr) and any(sk.saddr)):
        return -Errno.ENETUNREACH
    before_ = sk.saddr, sk.rcv_saddr, sk.daddr
    sk.saddr, sk.rcv_saddr = unmapped_any(sk.saddr), unmapped_any(sk.rcv_saddr)
    sk.af_ops, sk.backlog_rcv = IPV6_MAPPED, tcp_v4_do_rcv
    error = tcp_v4_connect(sk, daddr, dport)
    if error:
        sk.saddr, sk.rcv_saddr, sk.daddr = before_
        sk.af_ops, sk.backlog_rcv = IPV6_SPECIFIC, tcp_v6_do_rcv
    return error


def unmapped_any(addr: bytes) -> bytes:
    """An address that an IPv6 socket is bound to, for IPv4: all of them, or the one that it was bound to."""
    return bytes(4) if addr == IN6ADDR_ANY else addr


def _respond(
    skb_in: SkBuff, seq: int, ack_seq: int, flags: int, window: int, options: bytes, mark: int, oif: int, tclass: int
) -> None:
    """tcp_v6_send_response: a segment back for what has no socket, from the kernel's own."""
    head, at, nh = skb_in.head, skb_in.transport_header, skb_in.network_header
    saddr, daddr = head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]
    net = skb_in.dev.net
    sport, dport, _ = _PORTS.unpack_from(head, at)
    if not oif and ipv6_addr_needs_scope_id(saddr):
        oif = icmp6_iif(skb_in)
    mark = mark or reply_mark(net, skb_in.mark)
    flow = Flowi6(saddr, daddr, oif=oif, mark=mark, proto=IPPROTO_TCP)
    flow.sport, flow.dport = dport, sport
    sk = net.ipv6.tcp_sk
    rt = ip6_dst_lookup(net, sk, flow)
    if isinstance(rt, int):
        return
    segment = emit(
        dport, sport, daddr, saddr, seq=seq, ack_seq=ack_seq, flags=flags, window=window, options=options
    )  # fmt: skip
    skb = SkBuff(segment, 0, None, mark)
    skb.ip_summed = CHECKSUM_PARTIAL
    skb.transport_header = 0
    skb.ignore_df = 1
    ip6_xmit(sk, skb, flow, rt, mark, tclass)


@kfunc("net/ipv6/tcp_ipv6.c", "tcp_v6_send_reset", station="socket send", lane=Lane.OUT)
def tcp_v6_send_reset(skb: SkBuff) -> None:
    """Answers a segment with RST (RFC 9293 3.5.2), unless it is one itself or was not for this host alone."""
    head, at = skb.head, skb.transport_header
    segment = parse(head, at)
    rt = skb.dst
    if segment.flags & RST or not isinstance(rt, Rt6Info) or rt.type not in (Rtn.LOCAL, Rtn.ANYCAST):
        return
    if segment.flags & ACK:
        seq, ack_seq, flags = segment.ack_seq, 0, RST
    else:
        taken = bool(segment.flags & SYN) + bool(segment.flags & FIN) + len(head) - at - segment.header_length
        seq, ack_seq, flags = 0, segment.seq + taken & 0xFFFFFFFF, RST | ACK
    _respond(skb, seq, ack_seq, flags, 0, b"", 0, 0, 0)


def _stamp(now: int, tsoffset: int, recent: int) -> bytes:
    return _TSTAMP.pack(1, 1, 8, 10, now // 1_000_000 + tsoffset & 0xFFFFFFFF, recent)


@kfunc("net/ipv6/tcp_ipv6.c", "tcp_v6_send_ack", station="socket send", lane=Lane.OUT)
def tcp_v6_send_ack(
    skb: SkBuff, seq: int, ack_seq: int, window: int, options: bytes, mark: int, oif: int, tclass: int
) -> None:
    """Acknowledges for what is no socket: a handshake under way, or a connection in TIME_WAIT."""
    _respond(skb, seq, ack_seq, ACK, window, options, mark, oif, tclass)


def _timewait_ack(tw: TimewaitSock, skb: SkBuff) -> None:
    """tcp_v6_timewait_ack."""
    options = _stamp(tw.net.machine.clock.now, tw.tsoffset, tw.ts_recent) if tw.ts_ok else b""
    window = tw.rcv_wnd >> tw.rcv_wscale
    tcp_v6_send_ack(skb, tw.snd_nxt, tw.rcv_nxt, window, options, tw.mark, tw.bound_dev_if, tw.tos)


def tcp_v6_reqsk_send_ack(sk: TcpSock, skb: SkBuff, req: RequestSock) -> None:
    """tcp_v6_reqsk_send_ack."""
    now = sk.net.machine.clock.now
    if now - req.last_oow_ack_time < 500_000_000:
        return
    req.last_oow_ack_time = now
    options = _stamp(now, req.tsoffset, req.ts_recent) if req.options.tsval is not None else b""
    seq, ack_seq = seq_add(req.snt_isn, 1), seq_add(req.rcv_isn, 1)
    tcp_v6_send_ack(skb, seq, ack_seq, req.rcv_wnd >> req.rcv_wscale, options, sk.mark, req.ifindex, sk.tos)


# --- being asked for a connection ---------------------------------------------------------------------------------


@kfunc("net/ipv6/tcp_ipv6.c", "tcp_v6_conn_request")
def tcp_v6_conn_request(sk: TcpSock, skb: SkBuff) -> None:
    """A SYN for a listener, of either family; one that was sent to a group is ignored."""
    if skb.protocol == ETH_P_IP:
        tcp_v4_conn_request(sk, skb)
        return
    head, nh = skb.head, skb.network_header
    saddr, daddr = head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]
    if ipv6_addr_is_multicast(daddr) or unmapped(saddr) is not saddr:
        return
    ifindex = sk.bound_dev_if
    if not ifindex and ipv6_addr_is_linklocal(saddr):
        ifindex = inet6_iif(skb)
    tcp_conn_request(REQUEST_SOCK_OPS, sk, skb, saddr, daddr, ifindex)


def inet6_csk_route_req(sk: TcpSock, req: RequestSock) -> Rt6Info | None:
    """inet6_csk_route_req: the way back."""
    rt = ip6_dst_lookup(sk.net, sk, _request_flow(req))
    return None if isinstance(rt, int) else rt


def _request_flow(req: RequestSock) -> Flowi6:
    saddr, sport, daddr, dport = req.key
    flow = Flowi6(daddr, saddr, oif=req.ifindex, mark=req.mark, proto=IPPROTO_TCP)
    flow.sport, flow.dport = sport, dport
    return flow


@kfunc("net/ipv6/tcp_ipv6.c", "tcp_v6_send_synack", station="socket send", lane=Lane.OUT)
def tcp_v6_send_synack(sk: TcpSock, rt: DstEntry, req: RequestSock) -> int:
    """The answer to a SYN: 0, NET_XMIT_DROP or a negative errno."""
    saddr, _, daddr, _ = req.key
    skb = SkBuff(with_checksum(tcp_make_synack(sk, req, _default_advmss(rt)), saddr, daddr), 0, None, sk.mark)
    skb.ip_summed = CHECKSUM_PARTIAL
    skb.transport_header = 0
    skb.hash = req.txhash
    skb.priority = sk.priority
    assert isinstance(rt, Rt6Info)
    code = ip6_xmit(sk, skb, _request_flow(req), rt, sk.mark, sk.tos)
    return 0 if code == NET_XMIT_CN else code


@kfunc("net/ipv6/tcp_ipv6.c", "tcp_v6_syn_recv_sock")
def tcp_v6_syn_recv_sock(sk: TcpSock, skb: SkBuff, req: RequestSock) -> TcpSock | None:
    """The handshake's third packet: the socket, in the listener's accept queue; None: that is full, or has no route."""
    if skb.protocol == ETH_P_IP:
        child = tcp_v4_syn_recv_sock(sk, skb, req)
        if child is not None:
            child.af_ops, child.backlog_rcv = IPV6_MAPPED, tcp_v4_do_rcv
        return child
    if inet_csk_acceptq_is_full(sk):
        return None
    rt = inet6_csk_route_req(sk, req)
    return None if rt is None else tcp_child_socket(sk, req, rt, IPV6_SPECIFIC)


# --- receiving ----------------------------------------------------------------------------------------------------


@kfunc("net/ipv6/tcp_ipv6.c", "tcp_v6_rcv", station="deliver", lane=Lane.IN)
def tcp_v6_rcv(skb: SkBuff) -> SkBuff | None:
    """The receiver of next header 6; data is at the TCP header."""
    head, at, nh = skb.head, skb.data, skb.network_header
    saddr, daddr = head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]
    if skb.pkt_type != PACKET_HOST:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
    elif len(head) - at < HLEN or not HLEN <= (head[at + 12] >> 4) * 4 <= len(head) - at:
        kfree_skb_reason(skb, DropReason.PKT_TOO_SMALL)
    elif skb.ip_summed != CHECKSUM_PARTIAL and not valid(head[at:], saddr, daddr):
        kfree_skb_reason(skb, DropReason.TCP_CSUM)
    else:
        sport, dport, _ = _PORTS.unpack_from(head, at)
        dif = inet6_iif(skb)
        sk = inet_lookup(skb.dev.net, saddr, sport, daddr, dport, dif)
        tcp_rcv(RECEPTION, skb, sk, daddr, dport, dif)
    return None


@kfunc("net/ipv6/tcp_ipv6.c", "tcp_v6_do_rcv")
def tcp_v6_do_rcv(sk: TcpSock, skb: SkBuff) -> int:
    """A segment for a socket that nobody is using right now."""
    return tcp_do_rcv(RECEPTION, sk, skb)


# --- errors -------------------------------------------------------------------------------------------------------


@kfunc("net/ipv6/tcp_ipv6.c", "tcp_v6_err")
def tcp_v6_err(skb: SkBuff, type_: int, code: int, offset: int, info: int) -> None:
    """An ICMPv6 error about a segment quoted at skb.data: the end of a connection that does not stand yet."""
    head, inner = skb.head, skb.data
    sport, dport, seq = _PORTS.unpack_from(head, inner + offset)
    saddr, daddr = head[inner + 8 : inner + 24], head[inner + 24 : inner + 40]
    sk = inet_lookup_established(skb.dev.net, daddr, dport, saddr, sport, inet6_iif(skb))
    err, fatal = icmpv6_err_convert(type_, code)
    if isinstance(sk, RequestSock):
        tcp_req_err(sk, seq, fatal)
        return
    if not isinstance(sk, TcpSock) or sk.state is TcpState.CLOSE:
        return
    if before(seq, sk.snd_una) or after(seq, sk.snd_nxt) or type_ == NDISC_REDIRECT:
        return
    if type_ == ICMPV6_PKT_TOOBIG:
        if sk.owned:
            sk.mtu_reduced = partial(_mtu_reduced, sk, skb, info)
        else:
            _mtu_reduced(sk, skb, info)
    elif sk.state in (TcpState.SYN_SENT, TcpState.SYN_RECV) and not sk.owned:
        tcp_done_with_error(sk, err)
    else:
        sk.err_soft = err


def _mtu_reduced(sk: TcpSock, skb: SkBuff, info: int) -> None:
    """tcp_v6_mtu_reduced: smaller segments from now on, and the large ones again."""
    if sk.state is TcpState.CLOSE:
        return
    ip6_update_pmtu(skb, sk.net, info, sk.bound_dev_if, sk.mark)
    sk.dst = None
    if inet6_sk_rebuild_header(sk):
        tcp_simple_retransmit(sk, _dst_mtu(sk))


# --- sockets ------------------------------------------------------------------------------------------------------

IPV6_SPECIFIC = AfOps(
    IPV6_HLEN, inet6_csk_xmit, tcp_v6_send_check, inet6_sk_rebuild_header, _dst_mtu, _advmss, tcp_v6_conn_request,
    tcp_v6_syn_recv_sock,
)  # fmt: skip
"""ipv6_specific."""

IPV6_MAPPED = replace(IPV4_SPECIFIC, conn_request=tcp_v6_conn_request, syn_recv_sock=tcp_v6_syn_recv_sock)
"""ipv6_mapped: an IPv6 socket over IPv4."""

REQUEST_SOCK_OPS = RequestSockOps(
    inet6_csk_route_req, _default_advmss, tcp_v6_send_synack, tcp_v6_reqsk_send_ack, secure_tcpv6_ts_off
)
"""tcp6_request_sock_ops and tcp_request_sock_ipv6_ops."""

RECEPTION = Reception(tcp_v6_send_reset, _timewait_ack, tcp_v6_do_rcv)


def tcp_v6_init_sock(sk: TcpSock) -> None:
    """tcp_v6_init_sock: a new socket is one of IPv6."""
    sk.family = AF_INET6
    sk.rcv_saddr = sk.saddr = sk.daddr = IN6ADDR_ANY
    sk.af_ops = IPV6_SPECIFIC
    sk.retransmit_handler = tcp_write_timer_handler
    sk.backlog_rcv = tcp_v6_do_rcv
    sk.connect = tcp_v6_connect
