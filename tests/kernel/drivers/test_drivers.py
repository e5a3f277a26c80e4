"""What the drivers do with a frame, and what they count."""

import pytest

from webapp.kernel.boot import add_namespace, boot
from webapp.kernel.core.dev import dev_add_pack, dev_queue_xmit, dev_remove_pack
from webapp.kernel.core.net_device import Iff, NetDevice, PacketType
from webapp.kernel.core.rtnetlink import rtnetlink_rcv_msg
from webapp.kernel.core.skbuff import PACKET_HOST, PACKET_OTHERHOST, SkBuff
from webapp.kernel.machine import Machine
from webapp.kernel.uapi.if_ether import ETH_P_ALL
from webapp.kernel.uapi.if_link import DelLink, LinkMessage, NewLink, VethInfo
from webapp.kernel.uapi.netlink import NlmFlags

PAYLOAD = bytes(100)
EXPERIMENTAL = b"\x88\xb5"


@pytest.fixture
def machine() -> Machine:
    return boot()


def device(machine: Machine, kind: str, **fields: object) -> NetDevice:
    """A device named d of a kind, up."""
    message = LinkMessage(name="d", kind=kind, flags=Iff.UP, change=Iff.UP, **fields)
    rtnetlink_rcv_msg(machine.init_net, NewLink(message, NlmFlags.CREATE))
    return machine.init_net.devices["d"]


def cable(machine: Machine) -> tuple[NetDevice, NetDevice]:
    """A veth from the first namespace to another, both ends up."""
    other = add_namespace(machine, "other")
    near = device(machine, "veth", data=VethInfo(LinkMessage(name="far", netns=other)))
    far = other.devices["far"]
    rtnetlink_rcv_msg(other, NewLink(LinkMessage(ifindex=far.ifindex, flags=Iff.UP, change=Iff.UP)))
    return near, far


def send(dev: NetDevice, destination: bytes, payload: bytes = PAYLOAD, **fields: object) -> SkBuff:
    skb = SkBuff(destination + dev.address + EXPERIMENTAL + payload, 0x88B5, dev)
    for name, value in fields.items():
        setattr(skb, name, value)
    dev_queue_xmit(skb)
    return skb


def received(dev: NetDevice) -> list[SkBuff]:
    """What a tap on a device sees from now on."""
    frames: list[SkBuff] = []

    def tap(skb: SkBuff, dev: NetDevice, ptype: PacketType, orig_dev: NetDevice) -> int:
        frames.append(skb.clone())
        return 0

    dev_add_pack(dev.net, PacketType(ETH_P_ALL, tap, dev, owner=object()))
    return frames


def counted(dev: NetDevice) -> tuple[int, int, int, int]:
    stats = dev.stats
    return stats.tx_packets, stats.tx_bytes, stats.rx_packets, stats.rx_bytes


def test_what_one_end_of_a_veth_sends_the_other_receives(machine: Machine) -> None:
    near, far = cable(machine)
    frames = received(far)
    send(near, far.address)
    assert [(skb.pkt_type, skb.protocol, skb.head[skb.data :]) for skb in frames] == [(PACKET_HOST, 0x88B5, PAYLOAD)]
    assert (counted(near), counted(far)) == ((1, 114, 0, 0), (0, 0, 1, 114))


def test_a_frame_for_someone_else_arrives_as_such(machine: Machine) -> None:
    near, far = cable(machine)
    frames = received(far)
    send(near, b"\2\0\0\0\0\x99")
    assert [skb.pkt_type for skb in frames] == [PACKET_OTHERHOST]


def test_mark_and_priority_stay_behind_when_a_frame_leaves_its_namespace(machine: Machine) -> None:
    near, far = cable(machine)
    frames = received(far)
    send(near, far.address, mark=7, priority=6)
    assert [(skb.mark, skb.priority) for skb in frames] == [(0, 0)]


def test_within_a_namespace_a_veth_keeps_the_mark(machine: Machine) -> None:
    near = device(machine, "veth", data=VethInfo(LinkMessage(name="far")))
    far = machine.init_net.devices["far"]
    rtnetlink_rcv_msg(machine.init_net, NewLink(LinkMessage(ifindex=far.ifindex, flags=Iff.UP, change=Iff.UP)))
    frames = received(far)
    send(near, far.address, mark=7, priority=6)
    assert [(skb.mark, skb.priority) for skb in frames] == [(7, 0)]


def test_a_frame_too_long_for_the_peer_counts_as_dropped_on_both_ends(machine: Machine) -> None:
    near, far = cable(machine)
    send(near, far.address, bytes(1505))
    assert counted(near) == counted(far) == (0, 0, 0, 0)
    assert (near.stats.tx_dropped, far.stats.rx_dropped) == (1, 1)


def test_a_frame_as_long_as_mtu_and_a_vlan_tag_gets_through(machine: Machine) -> None:
    near, far = cable(machine)
    send(near, far.address, bytes(1504))
    assert counted(far)[2:] == (1, 1518)


def test_less_than_a_header_is_no_frame(machine: Machine) -> None:
    near, _ = cable(machine)
    dev_queue_xmit(SkBuff(bytes(13), 0, near))
    assert (near.stats.tx_packets, near.stats.tx_dropped) == (0, 1)


def test_one_end_takes_the_other_with_it(machine: Machine) -> None:
    near, far = cable(machine)
    rtnetlink_rcv_msg(near.net, DelLink(LinkMessage(name=near.name)))
    assert (near.registered, far.registered) == (False, False)
    assert "far" not in far.net.devices


def test_dummy_counts_and_frees(machine: Machine) -> None:
    dummy = device(machine, "dummy")
    send(dummy, b"\xff" * 6)
    assert counted(dummy) == (1, 114, 0, 0)


def test_dummy_has_the_carrier_that_it_is_told_to_have(machine: Machine) -> None:
    dummy = device(machine, "dummy")
    rtnetlink_rcv_msg(dummy.net, NewLink(LinkMessage(ifindex=dummy.ifindex, carrier=False)))
    send(dummy, b"\xff" * 6)
    assert not dummy.carrier
    assert dummy.stats.tx_packets == 0


def test_lo_receives_what_it_sends_with_mark_and_counts_both(machine: Machine) -> None:
    lo = machine.init_net.loopback
    frames = received(lo)
    send(lo, bytes(6), mark=7, priority=6)
    assert [(skb.pkt_type, skb.mark, skb.priority) for skb in frames][-1] == (PACKET_HOST, 7, 6)
    assert counted(lo) == (1, 100, 1, 100)


def test_a_tap_that_was_taken_away_sees_nothing(machine: Machine) -> None:
    near, far = cable(machine)
    frames: list[int] = []
    ptype = PacketType(ETH_P_ALL, lambda *_: frames.append(1) or 0, far, owner=object())
    dev_add_pack(far.net, ptype)
    dev_remove_pack(far.net, ptype)
    send(near, far.address)
    assert frames == []
