"""What happens to packets: routing decisions, forwarding, errors and their limits, fragments, path MTU."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.ipv4.topology import PAIR, Topology, address, build
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.core.sock import (
    IPPROTO_ICMP,
    IPPROTO_UDP,
    SOCK_DGRAM,
    SOCK_RAW,
    InetSock,
    IpPmtudisc,
    SoEeOrigin,
    sock_error,
)
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.af_inet import inet_bind, inet_create, inet_dgram_connect, inet_getname, inet_release
from webapp.kernel.ipv4.igmp import ip_mc_join_group
from webapp.kernel.ipv4.ip_fragment import IP_DEFRAG_LOCAL_DELIVER, ip_defrag
from webapp.kernel.ipv4.netfilter import ip_route_me_harder
from webapp.kernel.ipv4.raw import raw_sendmsg
from webapp.kernel.ipv4.route import ip_route_input_noref
from webapp.kernel.ipv4.udp import udp_sendmsg
from webapp.kernel.kfunc import recording
from webapp.kernel.netfilter.core import NfHookOps, NfHookState, nf_register_net_hook
from webapp.kernel.trace import Dropped, Recorder
from webapp.kernel.uapi.if_ether import ETH_P_IP
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_DROP,
    NF_INET_LOCAL_OUT,
    NF_INET_POST_ROUTING,
    NF_NETDEV_EGRESS,
    NFPROTO_IPV4,
    NFPROTO_NETDEV,
)
from webapp.kernel.uapi.rtnetlink import Rtn
from webapp.kernel.wire import ethernet, icmp, ipv4, tcp, udp
from webapp.kernel.wire.checksum import checksum


def refused(topology: Topology, netns: str, dev: str, saddr: str, daddr: str) -> DropReason | None:
    """What the input look-up says of a packet."""
    packet = ipv4.emit(address(saddr), address(daddr), 17, 8) + bytes(8)
    skb = SkBuff(packet, ETH_P_IP, topology.dev(netns, dev))
    skb.network_header = 0
    return ip_route_input_noref(skb, address(daddr), address(saddr), 0, topology.dev(netns, dev))


@pytest.mark.parametrize(
    ("saddr", "daddr", "reason"),
    [
        ("10.1.0.1", "10.2.0.1", None),
        ("224.0.0.1", "10.2.0.1", DropReason.IP_INVALID_SOURCE),
        ("255.255.255.255", "10.2.0.1", DropReason.IP_INVALID_SOURCE),
        ("0.0.0.0", "10.2.0.1", DropReason.IP_INVALID_SOURCE),
        ("10.1.0.1", "0.0.0.0", DropReason.IP_INVALID_DEST),
        ("127.0.0.1", "10.2.0.1", DropReason.IP_LOCALNET),
        ("10.1.0.1", "127.0.0.9", DropReason.IP_LOCALNET),
        ("10.2.0.254", "10.2.0.1", DropReason.IP_LOCAL_SOURCE),
        ("10.1.0.1", "224.0.0.1", None),
        ("10.1.0.1", "224.9.9.9", DropReason.NOT_SPECIFIED),
        ("0.0.0.0", "255.255.255.255", None),
    ],
)
def test_martians(router: Topology, saddr: str, daddr: str, reason: DropReason | None) -> None:
    assert refused(router, "r", "ra", saddr, daddr) is reason


@pytest.mark.parametrize(("mode", "reason"), [(0, None), (1, DropReason.IP_RPFILTER), (2, None)])
def test_rp_filter_of_a_source_behind_another_interface(router: Topology, mode: int, reason: object) -> None:
    router.net("r").sysctl["net.ipv4.conf.ra.rp_filter"] = str(mode)
    assert refused(router, "r", "ra", "10.2.0.77", "10.2.0.1") is reason


@pytest.mark.parametrize(("mode", "reason"), [(0, None), (1, DropReason.IP_RPFILTER), (2, DropReason.IP_RPFILTER)])
def test_rp_filter_of_a_source_without_route(router: Topology, mode: int, reason: object) -> None:
    router.net("r").sysctl["net.ipv4.conf.all.rp_filter"] = str(mode)
    assert refused(router, "r", "ra", "99.0.0.1", "10.2.0.1") is reason


def test_a_router_forwards_with_one_hop_less(router: Topology) -> None:
    frames = router.listen("b", "vb")
    assert router.answers("a", "10.2.0.1")
    request = next(frame for frame in frames if frame[12:14] == b"\x08\x00")
    assert request[22] == 63
    assert checksum(request[14:34]) == 0


def test_a_host_does_not_forward_and_says_nothing(router: Topology) -> None:
    router.run("ip netns exec r sysctl -qw net.ipv4.ip_forward=0")
    sk = router.ping("a", "10.2.0.1")
    assert not sk.error_queue
    assert not sk.receive_queue


@pytest.mark.parametrize(
    ("setup", "daddr", "type_", "code"),
    [
        ("", "99.0.0.1", icmp.ICMP_DEST_UNREACH, icmp.ICMP_NET_UNREACH),
        ("ip -n r route add unreachable 99.0.0.0/8", "99.0.0.1", icmp.ICMP_DEST_UNREACH, icmp.ICMP_HOST_UNREACH),
        ("ip -n r route add prohibit 99.0.0.0/8", "99.0.0.1", icmp.ICMP_DEST_UNREACH, icmp.ICMP_PKT_FILTERED),
    ],
)
def test_a_router_tells_why_not(router: Topology, setup: str, daddr: str, type_: int, code: int) -> None:
    if setup:
        router.run(setup)
    sk = router.ping("a", daddr)
    (error,) = sk.error_queue
    assert (error.origin, error.type, error.code, error.offender) == (
        SoEeOrigin.ICMP, type_, code, address("10.1.0.254"),
    )  # fmt: skip
    assert error.daddr == address(daddr)
    assert error.data[:1] == bytes([icmp.ICMP_ECHO])


def test_a_blackhole_is_silent(router: Topology) -> None:
    router.run("ip -n r route add blackhole 99.0.0.0/8")
    assert not router.ping("a", "99.0.0.1").error_queue


def test_ttl_of_one_ends_at_the_router(router: Topology) -> None:
    sk = inet_create(router.net("a"), SOCK_RAW, IPPROTO_ICMP)
    sk.recverr = True
    sk.uc_ttl = 1
    raw_sendmsg(sk, icmp.emit(8, 0, 1), address("10.2.0.1"))
    (error,) = sk.error_queue
    assert (error.type, error.code) == (icmp.ICMP_TIME_EXCEEDED, icmp.ICMP_EXC_TTL)


def test_unreachables_are_limited_to_a_burst_and_then_one_every_two_seconds(router: Topology) -> None:
    def told(count: int) -> int:
        return sum(len(router.ping("a", "99.0.0.1").error_queue) for _ in range(count))

    # ip_error and icmp_ratelimit each take a second's worth from one bucket of five
    assert told(10) == 2
    router.wait(1)
    assert told(5) == 0
    router.wait(2)
    assert told(5) == 1


def test_echo_replies_are_not_limited(pair: Topology) -> None:
    assert all(pair.answers("a", "10.0.0.2") for _ in range(100))


def test_icmp_ratemask_names_what_is_limited(router: Topology) -> None:
    router.net("r").sysctl["net.ipv4.icmp_ratemask"] = "0"
    router.run("ip -n r route add unreachable 99.0.0.0/8")
    assert sum(len(router.ping("a", "99.0.0.1").error_queue) for _ in range(10)) == 5


def test_errors_about_errors_and_broadcasts_are_not_sent(pair: Topology) -> None:
    sk = inet_create(pair.net("a"), SOCK_RAW, IPPROTO_ICMP)
    sk.broadcast = True
    frames = pair.listen("a", "v0")
    raw_sendmsg(sk, icmp.emit(icmp.ICMP_DEST_UNREACH, 1, 0, bytes(28)), address("10.0.0.2"))
    dgram = pair.udp("a")
    dgram.broadcast = True
    udp_sendmsg(dgram, b"x", address("10.0.0.255"), 9)
    assert not [
        frame for frame in frames if frame[6:12] == bytes.fromhex("020000000002") and frame[12:14] == b"\x08\x00"
    ]


def test_a_better_gateway_on_the_same_link_is_told_by_redirect(router: Topology) -> None:
    router.run("""
ip netns add c
ip -n r addr add 10.1.0.77/24 dev ra
ip -n a route add 10.9.0.0/16 via 10.1.0.254
ip -n r route add 10.9.0.0/16 via 10.1.0.1
""")
    frames = router.listen("a", "va")
    router.ping("a", "10.9.0.1")
    redirects = [frame for frame in frames if frame[12:14] == b"\x08\x00" and frame[34] == icmp.ICMP_REDIRECT]
    assert len(redirects) == 1
    assert redirects[0][38:42] == address("10.1.0.1")


def test_priority_comes_from_tos_when_forwarding(router: Topology) -> None:
    seen: list[int] = []

    def look(priv: object, skb: SkBuff, state: NfHookState) -> int:
        seen.append(skb.priority)
        return NF_ACCEPT

    nf_register_net_hook(router.net("r"), NfHookOps(look, NFPROTO_IPV4, NF_INET_POST_ROUTING, 0, None, None))
    sk = inet_create(router.net("a"), SOCK_RAW, IPPROTO_ICMP)
    sk.tos = 0x10
    raw_sendmsg(sk, icmp.emit(8, 0, 1), address("10.2.0.1"))
    assert seen[0] == 6


# --- MTU and fragments --------------------------------------------------------------------------------------------


def test_df_meets_a_smaller_mtu(router: Topology) -> None:
    router.run("ip -n r link set rb mtu 1000")
    sk = inet_create(router.net("a"), SOCK_RAW, IPPROTO_ICMP)
    sk.recverr = True
    sk.pmtudisc = IpPmtudisc.DO
    big = icmp.emit(8, 0, 1, bytes(1400))
    assert raw_sendmsg(sk, big, address("10.2.0.1")) == len(big)
    error = sk.error_queue.popleft()
    assert (error.code, error.info, error.errno) == (icmp.ICMP_FRAG_NEEDED, 1000, Errno.EMSGSIZE)
    assert sock_error(sk) == Errno.EMSGSIZE
    # the path's MTU is known now, and the next one is refused here
    assert raw_sendmsg(sk, big, address("10.2.0.1")) == -Errno.EMSGSIZE
    assert sk.error_queue.popleft().origin is SoEeOrigin.LOCAL
    assert "mtu 1000" in router.run("ip -n a route get 10.2.0.1")
    router.wait(601)
    assert "mtu" not in router.run("ip -n a route get 10.2.0.1")


def test_without_df_the_router_cuts_and_the_host_puts_together(router: Topology) -> None:
    router.run("ip -n r link set rb mtu 1000\nip -n b link set vb mtu 1000")
    sk = inet_create(router.net("a"), SOCK_RAW, IPPROTO_ICMP)
    sk.pmtudisc = IpPmtudisc.DONT
    frames = router.listen("b", "vb")
    raw_sendmsg(sk, icmp.emit(8, 0, 1, bytes(range(250)) * 5), address("10.2.0.1"))
    cut = [frame for frame in frames if frame[6:12] == bytes.fromhex("020000000003") and frame[12:14] == b"\x08\x00"]
    assert [len(frame) - 14 for frame in cut] == [996, 302]
    assert [frame[20:22].hex() for frame in cut] == ["2000", "007a"]
    (reply,) = sk.receive_queue
    assert reply.data[28:] == bytes(range(250)) * 5


@settings(max_examples=30)
@given(st.binary(min_size=1, max_size=9000), st.randoms(use_true_random=False), st.integers(576, 1500))
def test_fragments_come_together_in_any_order(data: bytes, random: object, mtu: int) -> None:
    topology = build(PAIR)
    net = topology.net("b")
    room = mtu - 20 & ~7
    pieces = [(at, data[at : at + room]) for at in range(0, len(data), room)]
    random.shuffle(pieces)  # type: ignore[attr-defined]
    whole: list[SkBuff] = []
    for at, piece in pieces:
        more = ipv4.IP_MF if at + room < len(data) else 0
        header = ipv4.emit(address("10.0.0.1"), address("10.0.0.2"), 17, len(piece), id=7, frag_off=at >> 3 | more)
        skb = SkBuff(header + piece, ETH_P_IP, topology.dev("b", "v1"))
        skb.network_header = 0
        done = ip_defrag(net, skb, IP_DEFRAG_LOCAL_DELIVER)
        whole += [done] if done is not None else []
    (packet,) = whole
    assert packet.head[20:] == data
    assert checksum(packet.head[:20]) == 0
    assert ipv4.parse(packet.head).frag_off == 0
    assert net.ipv4.frags == {}
    assert net.ipv4.frags_mem == 0


def fragment(topology: Topology, at: int, piece: bytes, more: bool = True) -> SkBuff | None:
    header = ipv4.emit(
        address("10.0.0.1"), address("10.0.0.2"), 17, len(piece), id=7, frag_off=at >> 3 | (ipv4.IP_MF if more else 0)
    )
    skb = SkBuff(header + piece, ETH_P_IP, topology.dev("b", "v1"))
    skb.network_header = 0
    return ip_defrag(topology.net("b"), skb, IP_DEFRAG_LOCAL_DELIVER)


def test_overlapping_fragments_end_the_packet(pair: Topology) -> None:
    assert fragment(pair, 0, bytes(16)) is None
    assert fragment(pair, 8, bytes(16)) is None
    assert pair.net("b").ipv4.frags == {}


def test_a_duplicate_fragment_is_dropped_alone(pair: Topology) -> None:
    fragment(pair, 0, bytes(16))
    fragment(pair, 0, bytes(16))
    whole = fragment(pair, 16, b"end", more=False)
    assert whole is not None
    assert whole.head[20:] == bytes(16) + b"end"


def test_a_packet_that_stays_incomplete_is_told_after_thirty_seconds(pair: Topology) -> None:
    assert pair.answers("a", "10.0.0.2")
    frames = pair.listen("a", "v0")
    header = ipv4.emit(address("10.0.0.1"), address("10.0.0.2"), 17, 16, id=7, frag_off=ipv4.IP_MF)
    sk = inet_create(pair.net("a"), SOCK_RAW, 255)
    raw_sendmsg(sk, header + bytes(16), address("10.0.0.2"))
    pair.wait(29)
    assert not [frame for frame in frames if frame[34:36] == bytes((11, 1)) and frame[23] == 1]
    pair.wait(2)
    assert [frame for frame in frames if frame[34:36] == bytes((11, 1)) and frame[23] == 1]
    assert pair.net("b").ipv4.frags == {}


# --- sockets ------------------------------------------------------------------------------------------------------


def drop(priv: object, skb: SkBuff, state: NfHookState) -> int:
    return NF_DROP


@pytest.mark.parametrize("hook", [NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING])
def test_a_drop_at_output_or_postrouting_is_eperm(pair: Topology, hook: int) -> None:
    nf_register_net_hook(pair.net("a"), NfHookOps(drop, NFPROTO_IPV4, hook, 0, None, None))
    assert udp_sendmsg(pair.udp("a"), b"x", address("10.0.0.2"), 9) == -Errno.EPERM


def test_a_drop_at_egress_is_enobufs_for_those_who_ask(pair: Topology) -> None:
    assert pair.answers("a", "10.0.0.2")
    ops = NfHookOps(drop, NFPROTO_NETDEV, NF_NETDEV_EGRESS, 0, None, pair.dev("a", "v0"))
    nf_register_net_hook(pair.net("a"), ops)
    sk = pair.udp("a")
    assert udp_sendmsg(sk, b"x", address("10.0.0.2"), 9) == 1
    sk.recverr = True
    assert udp_sendmsg(sk, b"x", address("10.0.0.2"), 9) == -Errno.ENOBUFS


@pytest.mark.parametrize(
    ("daddr", "errno"),
    [("10.0.0.255", Errno.EACCES), ("99.0.0.1", Errno.ENETUNREACH), ("255.255.255.255", Errno.ENETUNREACH)],
)
def test_what_sendmsg_refuses(pair: Topology, daddr: str, errno: Errno) -> None:
    assert udp_sendmsg(pair.udp("a"), b"x", address(daddr), 9) == -errno
    with pytest.raises(KernelError) as error:
        inet_dgram_connect(pair.udp("a"), address(daddr), 9)
    assert error.value.errno is errno


def test_udp_reaches_the_socket_that_fits_best(pair: Topology) -> None:
    anyone, bound, connected = (pair.udp("b") for _ in range(3))
    inet_bind(anyone, address("0.0.0.0"), 5000)
    inet_bind(bound, address("10.0.0.2"), 5001)
    inet_bind(connected, address("10.0.0.2"), 5002)
    inet_dgram_connect(connected, address("10.0.0.1"), 6000)
    sender = pair.udp("a")
    inet_bind(sender, address("10.0.0.1"), 6000)
    for port in (5000, 5001, 5002):
        assert udp_sendmsg(sender, b"to %d" % port, address("10.0.0.2"), port) == 7
    for sk, port in ((anyone, 5000), (bound, 5001), (connected, 5002)):
        (message,) = sk.receive_queue
        assert (message.data, message.saddr, message.sport) == (b"to %d" % port, address("10.0.0.1"), 6000)
    other = pair.udp("a")
    assert udp_sendmsg(other, b"x", address("10.0.0.2"), 5002) == 1
    assert len(connected.receive_queue) == 1


def test_a_closed_port_refuses_connected_sockets(pair: Topology) -> None:
    sk = pair.udp("a")
    inet_dgram_connect(sk, address("10.0.0.2"), 9)
    assert inet_getname(sk) == (address("10.0.0.1"), 32768)
    assert udp_sendmsg(sk, b"x", None, 0) == 1
    assert udp_sendmsg(sk, b"x", None, 0) == -Errno.ECONNREFUSED
    assert sk.err == 0


def test_a_closed_port_is_told_to_unconnected_sockets_only_on_request(pair: Topology) -> None:
    sk = pair.udp("a")
    udp_sendmsg(sk, b"x", address("10.0.0.2"), 9)
    assert sk.err == 0
    sk.recverr = True
    udp_sendmsg(sk, b"abc", address("10.0.0.2"), 9)
    (error,) = sk.error_queue
    assert (error.errno, error.dport, error.data) == (Errno.ECONNREFUSED, 9, b"abc")


def test_a_wrong_udp_checksum_is_dropped(pair: Topology) -> None:
    receiver = pair.udp("b")
    inet_bind(receiver, address("0.0.0.0"), 9)
    sk = inet_create(pair.net("a"), SOCK_RAW, IPPROTO_UDP)
    datagram = udp.emit(1, 9, address("10.0.0.1"), address("10.0.0.2"), b"abcd")
    with recording(Recorder(pair.machine.clock)) as recorder:
        raw_sendmsg(sk, datagram[:-1] + b"x", address("10.0.0.2"))
    notes = [note for step in recorder.walk().steps for note in step.notes]
    assert Dropped("UDP_CSUM") in notes
    assert not receiver.receive_queue


def test_two_sockets_cannot_have_one_port(pair: Topology) -> None:
    first, second = pair.udp("a"), pair.udp("a")
    inet_bind(first, address("0.0.0.0"), 9)
    with pytest.raises(KernelError) as error:
        inet_bind(second, address("10.0.0.1"), 9)
    assert error.value.errno is Errno.EADDRINUSE
    inet_release(first)
    inet_bind(second, address("10.0.0.1"), 9)


def test_an_address_that_is_not_ours_cannot_be_bound(pair: Topology) -> None:
    sk = pair.udp("a")
    with pytest.raises(KernelError) as error:
        inet_bind(sk, address("10.0.0.2"), 9)
    assert error.value.errno is Errno.EADDRNOTAVAIL
    pair.net("a").sysctl["net.ipv4.ip_nonlocal_bind"] = "1"
    inet_bind(sk, address("10.0.0.2"), 9)


def test_raw_sockets_get_the_packet_with_its_header_and_what_they_filter_out_not(pair: Topology) -> None:
    sk = pair.ping("a", "10.0.0.2")
    (reply,) = sk.receive_queue
    assert (reply.data[0], reply.data[20], reply.ttl) == (0x45, icmp.ICMP_ECHOREPLY, 64)
    sk.icmp_filter = 1 << icmp.ICMP_ECHOREPLY
    raw_sendmsg(sk, icmp.emit(8, 0, 1), address("10.0.0.2"))
    assert len(sk.receive_queue) == 1


def test_a_full_receive_buffer_drops(pair: Topology) -> None:
    receiver = pair.udp("b")
    inet_bind(receiver, address("0.0.0.0"), 9)
    receiver.rcvbuf = 2000
    sender = pair.udp("a")
    for _ in range(10):
        udp_sendmsg(sender, bytes(100), address("10.0.0.2"), 9)
    assert len(receiver.receive_queue) + receiver.drops == 10
    assert receiver.drops > 0


def test_own_header_gets_source_length_and_checksum(pair: Topology) -> None:
    frames = pair.listen("b", "v1")
    sk = inet_create(pair.net("a"), SOCK_RAW, 255)
    header = bytearray(ipv4.emit(bytes(4), address("10.0.0.2"), 99, 4, ttl=7))
    header[2:4] = header[10:12] = b"\xde\xad"
    raw_sendmsg(sk, bytes(header) + b"data", address("10.0.0.2"))
    (packet,) = [frame[14:] for frame in frames if frame[12:14] == b"\x08\x00" and frame[23] == 99]
    fields = ipv4.parse(packet)
    assert (fields.saddr, fields.tot_len, fields.ttl, checksum(packet[:20])) == (address("10.0.0.1"), 24, 7, 0)


def test_an_unknown_protocol_is_told(pair: Topology) -> None:
    sk = inet_create(pair.net("a"), SOCK_RAW, 99)
    sk.recverr = True
    raw_sendmsg(sk, b"data" * 4, address("10.0.0.2"))
    (error,) = sk.error_queue
    assert (error.code, error.errno) == (icmp.ICMP_PROT_UNREACH, Errno.ENOPROTOOPT)


def test_a_tcp_segment_is_answered_with_reset(pair: Topology) -> None:
    sk = inet_create(pair.net("a"), SOCK_RAW, 6)
    syn = tcp.emit(1000, 80, address("10.0.0.1"), address("10.0.0.2"), seq=41, flags=tcp.SYN)
    raw_sendmsg(sk, syn, address("10.0.0.2"))
    (answer,) = sk.receive_queue
    reset = tcp.parse(answer.data, 20)
    assert (reset.source, reset.dest, reset.ack_seq, reset.flags) == (80, 1000, 42, tcp.RST | tcp.ACK)
    assert tcp.valid(answer.data[20:], answer.saddr, answer.daddr)


def join(net: Net, group: str) -> InetSock:
    sk = inet_create(net, SOCK_DGRAM, 0)
    inet_bind(sk, address("0.0.0.0"), 9)
    ip_mc_join_group(sk, address(group), 2)
    return sk


def test_a_group_reaches_those_who_joined_it(pair: Topology) -> None:
    member = join(pair.net("b"), "239.1.2.3")
    sender = pair.udp("a")
    sender.mc_index = 2
    frames = pair.listen("b", "v1")
    assert udp_sendmsg(sender, b"x", address("239.1.2.3"), 9) == 1
    assert udp_sendmsg(sender, b"y", address("239.1.2.4"), 9) == 1
    assert [message.data for message in member.receive_queue] == [b"x"]
    assert {ethernet.parse(frame).dest for frame in frames if frame[12:14] == b"\x08\x00"} == {
        bytes.fromhex("01005e010203"), bytes.fromhex("01005e010204"),
    }  # fmt: skip


def test_a_group_s_member_hears_itself(pair: Topology) -> None:
    member = join(pair.net("a"), "239.1.2.3")
    member.mc_index = 2
    udp_sendmsg(member, b"x", address("239.1.2.3"), 9)
    assert [message.data for message in member.receive_queue] == [b"x"]
    member.mc_loop = False
    udp_sendmsg(member, b"y", address("239.1.2.3"), 9)
    assert len(member.receive_queue) == 1


def test_a_broadcast_reaches_both_ends(pair: Topology) -> None:
    receivers = [pair.udp("a"), pair.udp("b")]
    for sk in receivers:
        inet_bind(sk, address("0.0.0.0"), 9)
    receivers[0].broadcast = True
    assert udp_sendmsg(receivers[0], b"x", address("10.0.0.255"), 9) == 1
    assert [len(sk.receive_queue) for sk in receivers] == [1, 1]


def test_loopback_needs_lo_to_be_up(pair: Topology) -> None:
    assert not pair.answers("a", "10.0.0.1")
    pair.run("ip -n a link set lo up")
    assert pair.answers("a", "10.0.0.1")
    assert pair.answers("a", "127.0.0.1")


def test_a_new_mark_at_output_finds_another_route(router: Topology) -> None:
    router.run("""
ip -n r route add 10.2.0.0/24 via 10.1.0.1 table 50
ip -n r rule add fwmark 5 lookup 50
""")
    out: list[str] = []

    def reroute(priv: object, skb: SkBuff, state: NfHookState) -> int:
        assert skb.dst is not None
        before = skb.dst.dev.name
        skb.mark = 5
        assert ip_route_me_harder(state.net, skb.sk, skb, Rtn.UNSPEC) == 0
        out.append(f"{before} {skb.dst.dev.name}")
        return NF_ACCEPT

    nf_register_net_hook(router.net("r"), NfHookOps(reroute, NFPROTO_IPV4, NF_INET_LOCAL_OUT, 0, None, None))
    router.ping("r", "10.2.0.1")
    assert out[0] == "rb ra"
