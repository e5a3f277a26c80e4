import pytest

from webapp.kernel.core.skbuff import PACKET_BROADCAST, PACKET_OTHERHOST, PACKET_OUTGOING
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.packet.af_packet import (
    PacketSock,
    packet_bind,
    packet_create,
    packet_release,
    packet_sendmsg,
)
from webapp.kernel.uapi.if_ether import ETH_P_1588, ETH_P_ALL, ETH_P_ARP
from webapp.lab.lab import Lab

PAIR = """\
ip netns add b
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip link set v0 up
ip -n b link set v1 up
"""
GPTP = bytes.fromhex("0180c200000e 020000000001 88f7") + bytes(50)
TO_OTHER = bytes.fromhex("020000000077 020000000001 88f7") + bytes(50)
TO_ALL = bytes.fromhex("ffffffffffff 020000000001 88f7") + bytes(50)


class Wire:
    """v0 in the namespace of the start, v1 in b, and a lab to change them."""

    def __init__(self) -> None:
        self.lab = Lab()
        self.type(PAIR)
        self.net = self.lab.machine.init_net
        self.far = self.lab.machine.namespaces["b"]
        self.v0 = self.net.devices["v0"]
        self.v1 = self.far.devices["v1"]

    def type(self, script: str) -> None:
        assert all(entry.code == 0 for entry in self.lab.append(script))

    def sender(self) -> PacketSock:
        sk = packet_create(self.net, 0)
        packet_bind(sk, self.v0.ifindex)
        return sk


@pytest.fixture
def wire() -> Wire:
    return Wire()


def test_a_frame_is_seen_at_the_far_end_as_it_was_sent(wire: Wire) -> None:
    tap = packet_create(wire.far, ETH_P_ALL)
    assert packet_sendmsg(wire.sender(), TO_ALL) == len(TO_ALL)
    (message,) = tap.receive_queue
    assert (message.data, message.ifindex, message.protocol, message.pkttype) == (
        TO_ALL, wire.v1.ifindex, ETH_P_1588, PACKET_BROADCAST,
    )  # fmt: skip


def test_a_tap_sees_what_leaves_but_not_what_it_sent_itself(wire: Wire) -> None:
    other = packet_create(wire.net, ETH_P_ALL)
    own = packet_create(wire.net, ETH_P_ALL)
    packet_sendmsg(own, GPTP, wire.v0.ifindex, ETH_P_ALL)
    assert [message.pkttype for message in other.receive_queue] == [PACKET_OUTGOING]
    assert not own.receive_queue


def test_a_tap_sees_frames_for_others(wire: Wire) -> None:
    tap = packet_create(wire.far, ETH_P_ALL)
    packet_sendmsg(wire.sender(), TO_OTHER)
    assert [message.pkttype for message in tap.receive_queue] == [PACKET_OTHERHOST]


def test_a_socket_of_one_protocol_sees_only_that(wire: Wire) -> None:
    gptp, arp = packet_create(wire.far, ETH_P_1588), packet_create(wire.far, ETH_P_ARP)
    packet_sendmsg(wire.sender(), GPTP)
    assert (len(gptp.receive_queue), len(arp.receive_queue)) == (1, 0)


def test_a_socket_bound_to_a_device_sees_only_its_frames(wire: Wire) -> None:
    bound = packet_create(wire.far, ETH_P_ALL)
    packet_bind(bound, wire.far.loopback.ifindex)
    assert bound.err == Errno.ENETDOWN
    packet_sendmsg(wire.sender(), GPTP)
    assert not bound.receive_queue


def test_a_closed_socket_sees_nothing(wire: Wire) -> None:
    tap = packet_create(wire.far, ETH_P_ALL)
    packet_release(tap)
    packet_sendmsg(wire.sender(), GPTP)
    assert not tap.receive_queue


def test_ingress_hooks_stand_between_taps_and_sockets_of_a_protocol(wire: Wire) -> None:
    wire.type("tc -n b qdisc add dev v1 clsact\ntc -n b filter add dev v1 ingress matchall action drop")
    tap, gptp = packet_create(wire.far, ETH_P_ALL), packet_create(wire.far, ETH_P_1588)
    packet_sendmsg(wire.sender(), GPTP)
    assert (len(tap.receive_queue), len(gptp.receive_queue)) == (1, 0)


def test_a_drop_at_egress_is_the_sender_s_enobufs(wire: Wire) -> None:
    wire.type("tc qdisc add dev v0 clsact\ntc filter add dev v0 egress matchall action drop")
    tap = packet_create(wire.net, ETH_P_ALL)
    assert packet_sendmsg(wire.sender(), GPTP) == -Errno.ENOBUFS
    assert not tap.receive_queue


def test_qdisc_bypass_passes_tc_by_but_not_netfilter(wire: Wire) -> None:
    wire.type("tc qdisc add dev v0 clsact\ntc filter add dev v0 egress matchall action drop")
    tap = packet_create(wire.far, ETH_P_ALL)
    sk = wire.sender()
    sk.qdisc_bypass = True
    assert packet_sendmsg(sk, GPTP) == len(GPTP)
    assert len(tap.receive_queue) == 1
    wire.type(
        "nft add table netdev t\n"
        "nft 'add chain netdev t e { type filter hook egress device v0 priority 0; policy drop; }'"
    )
    assert packet_sendmsg(sk, GPTP) == -Errno.ENOBUFS
    assert len(tap.receive_queue) == 1


def test_the_socket_s_mark_and_priority_are_the_packet_s(wire: Wire) -> None:
    wire.type(
        "nft add table netdev t\n"
        "nft 'add chain netdev t e { type filter hook egress device v0 priority 0; }'\n"
        "nft 'add rule netdev t e meta mark 5 meta priority 0:7 drop'"
    )
    sk = wire.sender()
    assert packet_sendmsg(sk, GPTP) == len(GPTP)
    sk.mark, sk.priority = 5, 7
    assert packet_sendmsg(sk, GPTP) == -Errno.ENOBUFS


@pytest.mark.parametrize(
    ("length", "ethertype", "errno"),
    [
        (1514, "88f7", None),
        (1515, "88f7", Errno.EMSGSIZE),
        (1518, "8100", None),
        (1519, "8100", Errno.EMSGSIZE),
        (13, "88f7", Errno.EINVAL),
    ],
)
def test_a_frame_must_fit(wire: Wire, length: int, ethertype: str, errno: Errno | None) -> None:
    frame = (bytes.fromhex("ffffffffffff 020000000001" + ethertype) + bytes(2000))[:length]
    assert packet_sendmsg(wire.sender(), frame) == (length if errno is None else -errno)


def test_a_device_that_is_down_or_gone_refuses(wire: Wire) -> None:
    sk = wire.sender()
    wire.type("ip link set v0 down")
    assert packet_sendmsg(sk, GPTP) == -Errno.ENETDOWN
    wire.type("ip link del v0")
    assert packet_sendmsg(sk, GPTP) == -Errno.ENXIO
    with pytest.raises(KernelError):
        packet_bind(sk, 99)


def test_a_full_socket_drops_and_counts(wire: Wire) -> None:
    tap = packet_create(wire.far, ETH_P_ALL)
    tap.rcvbuf = 2000
    sk = wire.sender()
    for _ in range(10):
        packet_sendmsg(sk, GPTP)
    assert 0 < len(tap.receive_queue) < 10
    assert tap.drops == 10 - len(tap.receive_queue)
