"""Connections between sockets: what arrives, what is lost and repeated, how they end. Times are virtual."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.ipv4.topology import PAIR, Topology, address, build
from webapp.kernel.clock import NSEC_PER_MSEC, NSEC_PER_SEC
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.sock import SOCK_STREAM
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.af_inet import (
    inet_accept,
    inet_bind,
    inet_create,
    inet_listen,
    inet_release,
    inet_shutdown,
    inet_stream_connect,
)
from webapp.kernel.ipv4.tcp import so_error, tcp_poll, tcp_recvmsg, tcp_sendmsg
from webapp.kernel.ipv4.tcp_sock import POLLERR, POLLHUP, POLLIN, POLLOUT, SEND_SHUTDOWN, TcpSock, TcpState
from webapp.kernel.netfilter.core import NfHookOps, nf_register_net_hook
from webapp.kernel.packet.af_packet import packet_bind, packet_create, packet_sendmsg
from webapp.kernel.uapi.if_ether import ETH_P_ALL
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NF_DROP, NF_INET_LOCAL_OUT, NF_INET_PRE_ROUTING, NFPROTO_IPV4
from webapp.kernel.wire import ipv4, tcp
from webapp.lab.lab import Lab

ANY = bytes(4)
SERVER = address("10.0.0.2")


def stream(net: Net) -> TcpSock:
    sk = inet_create(net, SOCK_STREAM, 0)
    assert isinstance(sk, TcpSock)
    return sk


def listener(net: Net, port: int = 80, backlog: int = 5) -> TcpSock:
    sk = stream(net)
    sk.reuse = True
    inet_bind(sk, ANY, port)
    inet_listen(sk, backlog)
    return sk


def client(net: Net, port: int = 80, daddr: bytes = SERVER) -> TcpSock:
    sk = stream(net)
    assert inet_stream_connect(sk, daddr, port) == -Errno.EINPROGRESS
    return sk


def connection(pair: Topology, port: int = 80) -> tuple[TcpSock, TcpSock]:
    server = listener(pair.net("b"), port)
    sk = client(pair.net("a"), port)
    peer = inet_accept(server)
    assert peer is not None
    inet_release(server)
    return sk, peer


def received(sk: TcpSock) -> bytes:
    parts = []
    while isinstance(data := tcp_recvmsg(sk, 1 << 16), bytes) and data:
        parts.append(data)
    return b"".join(parts)


def segments(pair: Topology) -> list[tcp.Tcp]:
    """What a tap on the client's device has heard, from now on."""
    sk = packet_create(pair.net("a"), 0)
    packet_bind(sk, pair.dev("a", "v0").ifindex, ETH_P_ALL)
    heard: list[tcp.Tcp] = []

    def read() -> None:
        message = sk.receive_queue.popleft()
        if message.protocol == 0x0800 and message.data[23] == 6:
            heard.append(tcp.parse(message.data, 34))

    sk.data_ready = read
    return heard


def lossy(net: Net, lost: list[bool]) -> None:
    """Drops the TCP packets that reach ``net`` where ``lost`` says so, one after the other."""

    def hook(priv: object, skb: object, state: object) -> int:
        return NF_DROP if lost and lost.pop(0) else NF_ACCEPT

    nf_register_net_hook(net, NfHookOps(hook, NFPROTO_IPV4, NF_INET_PRE_ROUTING, 0, None, None))


def test_both_ends_read_what_the_other_has_sent(pair: Topology) -> None:
    sk, peer = connection(pair)
    assert tcp_sendmsg(sk, b"question") == 8
    assert tcp_sendmsg(peer, b"answer") == 6
    assert received(peer) == b"question"
    assert received(sk) == b"answer"
    assert tcp_recvmsg(sk, 10) == -Errno.EAGAIN


def test_a_long_message_goes_in_packets_of_half_a_congestion_window_that_are_not_cut_yet(pair: Topology) -> None:
    sk, peer = connection(pair)
    heard: list[ipv4.Ipv4] = []
    tap = packet_create(pair.net("a"), 0)
    packet_bind(tap, pair.dev("a", "v0").ifindex, ETH_P_ALL)
    tap.data_ready = lambda: heard.append(ipv4.parse(tap.receive_queue.popleft().data, 14))
    message = bytes(range(256)) * 40
    tcp_sendmsg(sk, message)
    pair.wait(1)
    assert received(peer) == message
    assert max(header.tot_len for header in heard) == 52 + 5 * 1448


@settings(max_examples=40, deadline=None)
@given(st.lists(st.booleans(), max_size=14), st.lists(st.booleans(), max_size=8), st.integers(1, 30_000))
def test_everything_arrives_in_order_whatever_is_lost(there: list[bool], back: list[bool], length: int) -> None:
    pair = build(PAIR)
    sk, peer = connection(pair)
    lossy(pair.net("b"), there)
    lossy(pair.net("a"), back)
    message = bytes(number * 7 & 0xFF for number in range(length))
    tcp_sendmsg(sk, message)
    inet_shutdown(sk, SEND_SHUTDOWN)
    got = b""
    for _ in range(400):
        got += received(peer)
        if peer.state is TcpState.CLOSE_WAIT:
            break
        pair.wait(1)
    assert got + received(peer) == message
    assert tcp_recvmsg(peer, 1) == b""
    inet_release(peer)
    for _ in range(100):
        if not peer.num:
            break
        pair.wait(2)
    assert received(sk) == b""
    assert not sk.rtx_queue
    assert not peer.rtx_queue


def test_a_message_that_meets_a_closed_window_waits_until_the_reader_reads(pair: Topology) -> None:
    sk, peer = connection(pair)
    message = bytes(200_000)
    assert tcp_sendmsg(sk, message) == len(message)
    pair.wait(5)
    waiting = peer.queued()
    assert 0 < waiting < len(message)
    got = b""
    for _ in range(50):
        got += received(peer)
        pair.wait(1)
    assert got == message


def test_a_smaller_mtu_on_the_way_is_learned(router: Topology) -> None:
    router.run("ip -n r link set rb mtu 1000\nip -n b link set vb mtu 1000")
    server = listener(router.net("b"))
    sk = client(router.net("a"), daddr=address("10.2.0.1"))
    peer = inet_accept(server)
    assert peer is not None
    sk.mss_clamp = 1460  # as if the server's own device were larger
    tcp_sendmsg(sk, bytes(5000))
    router.wait(3)
    assert len(received(peer)) == 5000
    assert sk.mss_cache == 1000 - 40 - 12


def test_a_syn_is_refused_where_nobody_listens(pair: Topology) -> None:
    sk = client(pair.net("a"), 81)
    assert tcp_poll(sk) & (POLLERR | POLLHUP) == POLLERR | POLLHUP
    assert so_error(sk) == Errno.ECONNREFUSED


def test_a_syn_without_an_answer_gives_up_after_its_retries(pair: Topology) -> None:
    lossy(pair.net("b"), [True] * 50)
    pair.net("a").sysctl["net.ipv4.tcp_syn_retries"] = "1"
    pair.net("a").sysctl["net.ipv4.tcp_syn_linear_timeouts"] = "0"
    heard = segments(pair)
    sk = client(pair.net("a"))
    pair.wait(2.5)
    assert not tcp_poll(sk)
    pair.wait(1)
    assert len(heard) == 2
    assert so_error(sk) == Errno.ETIMEDOUT


def test_no_way_is_an_error_at_once(pair: Topology) -> None:
    assert inet_stream_connect(stream(pair.net("a")), address("192.0.2.1"), 80) == -Errno.ENETUNREACH


def test_an_icmp_error_during_the_call_is_a_soft_one(pair: Topology) -> None:
    pair.run("ip netns exec a ping -c 1 -q 10.0.0.2")
    rule = "table ip t { chain c { type filter hook input priority 0; tcp dport 80 reject; }; }"
    pair.run(f"ip netns exec b nft '{rule}'")
    sk = client(pair.net("a"))
    assert sk.state is TcpState.SYN_SENT
    assert tcp_poll(sk) & POLLERR
    assert so_error(sk) == Errno.ECONNREFUSED
    pair.wait(1.1)
    assert sk.state is TcpState.CLOSE


def test_unread_data_turns_a_close_into_a_reset(pair: Topology) -> None:
    sk, peer = connection(pair)
    tcp_sendmsg(sk, b"unread")
    heard = segments(pair)
    inet_release(peer)
    assert heard[-1].flags & tcp.RST
    assert tcp_recvmsg(sk, 10) == -Errno.ECONNRESET
    assert tcp_sendmsg(sk, b"x") == -Errno.EPIPE


def test_data_for_a_closed_socket_is_answered_with_a_reset(pair: Topology) -> None:
    sk, peer = connection(pair)
    inet_release(peer)
    assert sk.state is TcpState.CLOSE_WAIT
    tcp_sendmsg(sk, b"too late")
    assert sk.state is TcpState.CLOSE
    assert so_error(sk) == Errno.EPIPE


def test_who_closes_first_waits_a_minute(pair: Topology) -> None:
    sk, peer = connection(pair)
    inet_shutdown(sk, SEND_SHUTDOWN)
    pair.wait(0.1)  # the acknowledgement of a FIN waits for one of the other side
    assert (sk.state, peer.state) == (TcpState.FIN_WAIT2, TcpState.CLOSE_WAIT)
    inet_release(peer)
    assert peer.state is TcpState.CLOSE
    assert sk.state is TcpState.CLOSE
    (tw,) = pair.net("a").ipv4.tcp_ehash.values()
    assert tw.state is TcpState.TIME_WAIT
    again = stream(pair.net("a"))
    with pytest.raises(KernelError) as refused:
        inet_bind(again, ANY, tw.num)
    assert refused.value.errno == Errno.EADDRINUSE
    pair.wait(63)
    assert not pair.net("a").ipv4.tcp_ehash
    assert not pair.net("a").ipv4.tcp_bhash
    assert not pair.net("b").ipv4.tcp_ehash


def test_a_new_syn_ends_time_wait(pair: Topology) -> None:
    server = listener(pair.net("b"))
    sk = stream(pair.net("a"))
    inet_bind(sk, ANY, 5000)
    inet_stream_connect(sk, SERVER, 80)
    peer = inet_accept(server)
    assert peer is not None
    inet_release(peer)
    inet_release(sk)
    assert [tw.state for tw in pair.net("b").ipv4.tcp_ehash.values()] == [TcpState.TIME_WAIT]
    pair.wait(0.1)
    again = stream(pair.net("a"))
    inet_bind(again, ANY, 5000)
    inet_stream_connect(again, SERVER, 80)
    assert again.state is TcpState.ESTABLISHED
    assert inet_accept(server) is not None


def test_both_ends_may_close_at_once(pair: Topology) -> None:
    sk, peer = connection(pair)
    lossy(pair.net("b"), [True])
    inet_shutdown(sk, SEND_SHUTDOWN)
    inet_shutdown(peer, SEND_SHUTDOWN)
    pair.wait(3)
    assert sk.state is TcpState.CLOSE
    states = {tw.state for net in ("a", "b") for tw in pair.net(net).ipv4.tcp_ehash.values()}
    assert states == {TcpState.TIME_WAIT}
    assert peer.state is TcpState.CLOSE


def test_a_connection_that_nobody_accepts_is_reset_with_its_listener(pair: Topology) -> None:
    server = listener(pair.net("b"))
    sk = client(pair.net("a"))
    assert sk.state is TcpState.ESTABLISHED
    inet_release(server)
    assert tcp_recvmsg(sk, 1) == -Errno.ECONNRESET
    assert not pair.net("b").ipv4.tcp_ehash
    assert not pair.net("b").ipv4.tcp_bhash


def test_more_than_the_backlog_are_let_wait(pair: Topology) -> None:
    server = listener(pair.net("b"), backlog=1)
    clients = [client(pair.net("a")) for _ in range(4)]
    assert [sk.state for sk in clients] == [TcpState.ESTABLISHED] * 2 + [TcpState.SYN_SENT] * 2
    for _ in range(2):
        assert inet_accept(server) is not None
    pair.wait(1.2)
    assert [sk.state for sk in clients] == [TcpState.ESTABLISHED] * 4


def test_a_full_queue_of_handshakes_answers_with_cookies(pair: Topology) -> None:
    server = listener(pair.net("b"), backlog=1)
    lossy(pair.net("a"), [True, True])
    first, second = client(pair.net("a")), client(pair.net("a"))
    assert server.qlen == 2
    third = client(pair.net("a"))
    assert third.state is TcpState.ESTABLISHED
    assert inet_accept(server) is not None
    assert (first.state, second.state) == (TcpState.SYN_SENT, TcpState.SYN_SENT)


def test_a_reset_must_have_the_right_number(pair: Topology) -> None:
    sk, peer = connection(pair)
    heard = segments(pair)

    def inject(seq: int) -> None:
        rst = tcp.emit(80, sk.num, SERVER, address("10.0.0.1"), seq=seq & 0xFFFFFFFF, flags=tcp.RST)
        packet = ipv4.emit(SERVER, address("10.0.0.1"), 6, len(rst)) + rst
        frame = bytes.fromhex("020000000001020000000002") + b"\x08\x00" + packet
        tap = packet_create(pair.net("b"), 0)
        packet_sendmsg(tap, frame, pair.dev("b", "v1").ifindex, ETH_P_ALL)

    inject(sk.rcv_nxt + 1)
    assert sk.state is TcpState.ESTABLISHED
    assert heard[-1].flags == tcp.ACK  # a challenge
    inject(sk.rcv_nxt - 5)
    assert sk.state is TcpState.ESTABLISHED
    inject(sk.rcv_nxt)
    assert sk.state is TcpState.CLOSE
    assert so_error(sk) == Errno.ECONNRESET
    assert peer.state is TcpState.ESTABLISHED


def test_ports_are_taken_and_shared_as_asked(pair: Topology) -> None:
    net = pair.net("b")
    first = stream(net)
    inet_bind(first, ANY, 80)
    second = stream(net)
    with pytest.raises(KernelError):
        inet_bind(second, SERVER, 80)
    first.reuseport = second.reuseport = True
    inet_bind(second, SERVER, 80)
    inet_listen(first, 1)
    inet_listen(second, 1)
    sk = client(pair.net("a"))
    assert sk.state is TcpState.ESTABLISHED
    assert tcp_poll(second) == POLLIN
    assert not tcp_poll(first)


def test_an_acknowledgement_waits_for_data_to_go_with(pair: Topology) -> None:
    sk, peer = connection(pair)
    tcp_sendmsg(sk, b"first")
    received(peer)
    tcp_sendmsg(peer, b"answer")
    received(sk)
    heard = segments(pair)
    tcp_sendmsg(sk, b"second")
    assert len(heard) == 1
    pair.wait(0.05)
    assert [segment.flags & tcp.PSH for segment in heard] == [tcp.PSH, 0]


def test_an_output_that_refuses_has_data_probed_with_longer_and_longer_pauses(pair: Topology) -> None:
    sk, _ = connection(pair)
    now = pair.machine.clock
    tries: list[int] = []

    def hook(priv: object, skb: object, state: object) -> int:
        tries.append(now.now // NSEC_PER_MSEC)
        return NF_DROP

    nf_register_net_hook(pair.net("a"), NfHookOps(hook, NFPROTO_IPV4, NF_INET_LOCAL_OUT, 0, None, None))
    tcp_sendmsg(sk, b"data")
    pair.wait(4)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert len(pauses) >= 3
    assert all(later > 1.5 * earlier for earlier, later in pairwise(pauses))


def test_the_options_of_a_syn_can_be_switched_off(pair: Topology) -> None:
    for name in ("tcp_timestamps", "tcp_sack", "tcp_window_scaling"):
        pair.net("a").sysctl[f"net.ipv4.{name}"] = "0"
    heard = segments(pair)
    sk, peer = connection(pair)
    assert heard[0].header_length == heard[1].header_length == 24
    assert (sk.mss_cache, peer.mss_cache, peer.tstamp_ok, peer.sack_ok) == (1460, 1460, False, False)
    tcp_sendmsg(sk, b"plain")
    assert received(peer) == b"plain"
    assert tcp_poll(sk) == POLLOUT


def test_time_passes_virtually(pair: Topology) -> None:
    begun = pair.machine.clock.now
    connection(pair)
    assert pair.machine.clock.now == begun
    assert begun % NSEC_PER_SEC == 0


def test_a_syn_that_output_dropped_is_sent_again():
    script = """ip netns add a
ip -n a link add v0 type veth peer name v1
ip -n a link set v0 up
ip -n a link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip netns exec a nft 'table ip f { chain o { type filter hook output priority 0; tcp flags syn counter drop; }; }'
ip netns exec a nc -w 2 10.0.0.2 80
ip netns exec a nft list ruleset
"""
    output = "".join(entry.output for entry in Lab().run(script))
    assert "counter packets 2 bytes 120 drop" in output
