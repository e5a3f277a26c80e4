"""Neighbours: their states in time, what waits for them, ARP's questions and answers."""

import pytest

from tests.kernel.ipv4.topology import PAIR, ROUTER, Topology, address, build
from webapp.kernel.core.neighbour import Neighbour, neigh_lookup
from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.udp import udp_sendmsg
from webapp.kernel.uapi.rtnetlink import Nud
from webapp.kernel.wire import arp


@pytest.fixture
def pair() -> Topology:
    return build(PAIR)


@pytest.fixture
def router() -> Topology:
    return build(ROUTER)


def entry(pair: Topology, netns: str = "a", dev: str = "v0", key: str = "10.0.0.2") -> Neighbour:
    neigh = neigh_lookup(pair.net(netns).ipv4.arp_tbl, address(key), pair.dev(netns, dev))
    assert neigh is not None
    return neigh


def state(pair: Topology, netns: str = "a", dev: str = "v0", key: str = "10.0.0.2") -> Nud:
    return Nud(entry(pair, netns, dev, key).nud_state)


def asked(frames: list[bytes]) -> list[arp.Arp]:
    return [arp.parse(frame, 14) for frame in frames if frame[12:14] == b"\x08\x06"]


def test_the_first_packet_asks_and_the_answer_makes_the_neighbour_reachable(pair: Topology) -> None:
    frames = pair.listen("a", "v0")
    assert pair.answers("a", "10.0.0.2")
    request, reply = asked(frames)
    assert (request.op, request.sip, request.tip, request.tha) == (
        arp.ARPOP_REQUEST, address("10.0.0.1"), address("10.0.0.2"), bytes(6),
    )  # fmt: skip
    assert (reply.op, reply.sha) == (arp.ARPOP_REPLY, bytes.fromhex("020000000002"))
    assert frames[0][:6] == b"\xff" * 6
    assert state(pair) is Nud.REACHABLE
    assert state(pair, "b", "v1", "10.0.0.1") is Nud.DELAY


def test_a_reachable_neighbour_grows_stale(pair: Topology) -> None:
    pair.ping("a", "10.0.0.2")
    pair.wait(29)
    assert state(pair) is Nud.REACHABLE
    pair.wait(32)
    assert state(pair) is Nud.STALE


def test_a_stale_neighbour_is_used_and_asked_again_after_five_seconds(pair: Topology) -> None:
    pair.ping("a", "10.0.0.2")
    pair.wait(61)
    assert pair.answers("a", "10.0.0.2")
    assert state(pair) is Nud.DELAY
    frames = pair.listen("a", "v0")
    pair.wait(6)
    assert frames[0][:6] == bytes.fromhex("020000000002")
    assert state(pair) is Nud.REACHABLE


def test_a_neighbour_that_does_not_answer_is_asked_three_times(pair: Topology) -> None:
    frames = pair.listen("a", "v0")
    sk = pair.ping("a", "10.0.0.9")
    assert state(pair, key="10.0.0.9") is Nud.INCOMPLETE
    pair.wait(2.5)
    assert len(asked(frames)) == 3
    assert not sk.error_queue
    pair.wait(1)
    assert len(asked(frames)) == 3
    assert state(pair, key="10.0.0.9") is Nud.FAILED


def test_the_sender_is_told_that_nobody_answered(pair: Topology) -> None:
    pair.run("ip -n a link set lo up")
    sk = pair.ping("a", "10.0.0.9")
    pair.wait(4)
    (error,) = sk.error_queue
    assert (error.errno, error.offender) == (Errno.EHOSTUNREACH, address("10.0.0.1"))


def test_a_router_tells_the_sender_that_nobody_answered(router: Topology) -> None:
    sk = router.ping("a", "10.2.0.9")
    router.wait(4)
    (error,) = sk.error_queue
    assert (error.errno, error.offender) == (Errno.EHOSTUNREACH, address("10.1.0.254"))


def test_packets_wait_and_leave_in_order(pair: Topology) -> None:
    pair.run("ip -n b link set v1 arp off")
    first = pair.ping("a", "10.0.0.2")
    second = pair.ping("a", "10.0.0.2")
    assert len(entry(pair).arp_queue) == 2
    pair.run("ip -n b link set v1 arp on\nip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1")
    pair.run("ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0")
    # a raw socket gets every echo reply of the host
    assert [len(sk.receive_queue) for sk in (first, second)] == [2, 2]
    assert entry(pair).arp_queue_len_bytes == 0


def test_the_queue_holds_unres_qlen_bytes_and_the_oldest_make_room(pair: Topology) -> None:
    pair.net("a").sysctl["net.ipv4.neigh.v0.unres_qlen_bytes"] = "2000"
    for _ in range(10):
        pair.ping("a", "10.0.0.9")
    assert 1 <= len(entry(pair, key="10.0.0.9").arp_queue) <= 3


def test_a_permanent_neighbour_neither_ages_nor_is_overruled(pair: Topology) -> None:
    pair.run("ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:99 dev v0")
    pair.wait(100)
    pair.ping("b", "10.0.0.1")
    assert state(pair) is Nud.PERMANENT
    assert entry(pair).ha == bytes.fromhex("020000000099")


@pytest.mark.parametrize(
    ("sysctl", "value", "tip", "answered"),
    [
        ("arp_ignore", "0", "10.5.0.1", True),
        ("arp_ignore", "1", "10.5.0.1", False),
        ("arp_ignore", "1", "10.0.0.2", True),
        ("arp_ignore", "2", "10.0.0.2", True),
        ("arp_ignore", "8", "10.0.0.2", False),
        ("arp_filter", "1", "10.0.0.2", True),
    ],
)
def test_which_requests_are_answered(pair: Topology, sysctl: str, value: str, tip: str, answered: bool) -> None:
    pair.run(f"""
ip -n b link add d0 type dummy
ip -n b link set d0 up
ip -n b addr add 10.5.0.1/24 dev d0
ip netns exec b sysctl -qw net.ipv4.conf.all.{sysctl}={value}
ip -n a route add 10.5.0.0/24 dev v0
""")
    pair.ping("a", tip)
    assert bool(entry(pair, key=tip).nud_state & Nud.REACHABLE) is answered


@pytest.mark.parametrize(("value", "sip"), [("0", "10.66.0.1"), ("1", "10.0.0.1"), ("2", "10.0.0.1")])
def test_arp_announce_chooses_the_source_of_a_request(pair: Topology, value: str, sip: str) -> None:
    pair.run(f"""
ip -n a link add d0 type dummy
ip -n a link set d0 up
ip -n a addr add 10.66.0.1/24 dev d0
ip netns exec a sysctl -qw net.ipv4.conf.all.arp_announce={value}
""")
    frames = pair.listen("a", "v0")
    pair.run("ip -n a route add 10.0.0.9 dev v0 src 10.66.0.1")
    pair.ping("a", "10.0.0.9")
    assert asked(frames)[0].sip == address(sip)


def test_a_proxy_answers_for_a_host_behind_it(router: Topology) -> None:
    router.run("""
ip netns exec r sysctl -qw net.ipv4.conf.ra.proxy_arp=1
ip -n a route add 10.2.0.0/24 dev va
""")
    router.ping("a", "10.2.0.1")
    assert state(router, "a", "va", "10.2.0.1") is Nud.INCOMPLETE
    router.wait(0.9)
    assert entry(router, "a", "va", "10.2.0.1").ha == bytes.fromhex("020000000002")


def test_a_single_address_can_be_proxied(router: Topology) -> None:
    router.run("""
ip -n r neigh add proxy 10.2.0.1 dev ra
ip netns exec r sysctl -qw net.ipv4.neigh.ra.proxy_delay=0
ip -n a route add 10.2.0.0/24 dev va
""")
    assert router.answers("a", "10.2.0.1")


def test_arp_stays_silent_on_devices_without_arp(pair: Topology) -> None:
    pair.run("ip -n b link set v1 arp off")
    pair.ping("a", "10.0.0.2")
    assert state(pair) is Nud.INCOMPLETE


def test_neighbours_are_forgotten_with_the_carrier_but_for_permanent_ones(pair: Topology) -> None:
    pair.run("ip -n a neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0")
    pair.ping("a", "10.0.0.2")
    pair.run("ip -n b link set v1 down")
    assert [Nud(neigh.nud_state) for neigh in pair.net("a").ipv4.arp_tbl.hash.values()] == [Nud.PERMANENT]
    pair.run("ip -n a link set v0 down")
    assert not pair.net("a").ipv4.arp_tbl.hash


@pytest.mark.parametrize(
    "command",
    [
        "neigh del 10.0.0.9 dev v0",
        "neigh change 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0",
        "neigh add 10.0.0.9 dev v0 nud permanent",
        "neigh add 10.0.0.9 lladdr 02:00 dev v0",
    ],
)
def test_what_cannot_be_is_refused(pair: Topology, command: str) -> None:
    pair.fails(f"ip -n a {command}")


def test_groups_and_broadcasts_need_no_asking(pair: Topology) -> None:
    frames = pair.listen("a", "v0")
    sk = pair.udp("a")
    sk.broadcast = True
    udp_sendmsg(sk, b"x", address("10.0.0.255"), 9)
    # the host's own copy has no Ethernet header
    assert [frame[:6] for frame in frames if frame[0] != 0x45] == [b"\xff" * 6]
    assert state(pair, key="10.0.0.255") is Nud.NOARP
