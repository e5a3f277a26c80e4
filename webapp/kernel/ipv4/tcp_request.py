"""Being asked for a connection, whatever the family (net/ipv4/tcp_input.c, tcp_minisocks.c, inet_connection_sock.c)."""

from __future__ import annotations

from functools import partial

from webapp.kernel.core.dst import DstEntry
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ipv4.inet_connection_sock import (
    inet_csk_acceptq_is_full,
    inet_csk_reqsk_queue_hash_add,
    reqsk_queue_is_full,
    reqsk_queue_unlink,
)
from webapp.kernel.ipv4.inet_hashtables import bind_hash, inet_ehash_insert
from webapp.kernel.ipv4.tcp_input import tcp_rtt_estimator
from webapp.kernel.ipv4.tcp_minisocks import tcp_create_openreq_child
from webapp.kernel.ipv4.tcp_options import tcp_parse_options
from webapp.kernel.ipv4.tcp_output import tcp_rtx_synack, tcp_select_initial_window, tcp_sync_mss
from webapp.kernel.ipv4.tcp_sock import (
    TCP_RTO_MAX,
    TCP_TIMEOUT_INIT,
    TCPOLEN_TSTAMP_ALIGNED,
    AfOps,
    RequestSock,
    RequestSockOps,
    TcpSock,
    TcpState,
    sk_set_txhash,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.wire.tcp import parse


@kfunc("net/ipv4/tcp_input.c", "tcp_conn_request")
def tcp_conn_request(ops: RequestSockOps, sk: TcpSock, skb: SkBuff, saddr: bytes, daddr: bytes, ifindex: int) -> None:
    """Remembers who asked, and answers. With a full queue the answer itself has to remember (SYN cookies)."""
    ipv4 = sk.net.ipv4
    cookie = reqsk_queue_is_full(sk)
    if (cookie and not ipv4.sysctl_tcp_syncookies) or inet_csk_acceptq_is_full(sk):
        return
    th = parse(skb.head, skb.transport_header)
    options = tcp_parse_options(skb.head, skb.transport_header, th)
    if not ipv4.sysctl_tcp_timestamps:
        options = options._replace(tsval=None)
    if not ipv4.sysctl_tcp_sack:
        options = options._replace(sack_ok=False)
    if not ipv4.sysctl_tcp_window_scaling:
        options = options._replace(wscale=None)
    key = (daddr, th.dest, saddr, th.source)
    req = RequestSock(ops, sk, key, options, th.seq, ipv4.next_isn())
    sk_set_txhash(req)
    req.tsoffset = ops.ts_off(daddr, saddr)
    req.mark = sk.mark
    req.ifindex = ifindex
    dst = ops.route_req(sk, req)
    if dst is None:
        return
    mss = ops.advmss(dst) - (TCPOLEN_TSTAMP_ALIGNED if options.tsval is not None else 0)
    window = tcp_select_initial_window(sk.rcvbuf, ipv4.sysctl_tcp_rmem[2], mss, options.wscale is not None)
    req.rcv_wnd, req.window_clamp, req.rcv_wscale = window
    if cookie:
        sk.cookies[key] = req
    else:
        inet_csk_reqsk_queue_hash_add(sk, req, partial(reqsk_timer_handler, req), TCP_TIMEOUT_INIT)
    ops.send_synack(sk, dst, req)


@kfunc("net/ipv4/inet_connection_sock.c", "reqsk_timer_handler")
def reqsk_timer_handler(req: RequestSock) -> None:
    """Nobody has acknowledged the answer: it goes again, until it is enough, or cannot even be sent."""
    sk = req.listener
    expired = sk.state is not TcpState.LISTEN or req.num_timeout >= sk.net.ipv4.sysctl_tcp_synack_retries
    if expired or (tcp_rtx_synack(sk, req) and not req.acked):
        reqsk_queue_unlink(req)
        return
    req.num_timeout += 1
    timeout = min(TCP_TIMEOUT_INIT << req.num_timeout, TCP_RTO_MAX)
    req.timer = sk.net.machine.clock.mod_timer(timeout, partial(reqsk_timer_handler, req))


def tcp_req_err(req: RequestSock, seq: int, fatal: bool) -> None:
    """tcp_req_err: the answer to a SYN could not be delivered; only some errors are believed."""
    if seq == req.snt_isn and fatal:
        reqsk_queue_unlink(req)


def tcp_child_socket(sk: TcpSock, req: RequestSock, dst: DstEntry, af_ops: AfOps) -> TcpSock:
    """What tcp_v4_syn_recv_sock and tcp_v6_syn_recv_sock both do: the socket, in the listener's accept queue."""
    child = tcp_create_openreq_child(sk, req)
    child.af_ops = af_ops
    child.dst = dst
    tcp_sync_mss(child, af_ops.dst_mtu(child))
    child.advmss = req.ops.advmss(dst)
    reqsk_queue_unlink(req)
    sk.cookies.pop(req.key, None)
    bind_hash(child, child.num)
    inet_ehash_insert(child, sk.net)
    sk.accept_queue.append(child)
    if not req.num_timeout:
        tcp_rtt_estimator(child, sk.net.machine.clock.now - req.snt_time)
    return child
