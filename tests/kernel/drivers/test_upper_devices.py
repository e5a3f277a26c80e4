"""vlan, macvlan, vxlan and ifb by what they do that the recorded labs do not show."""

import pytest

from webapp.kernel.core.dev import dev_add_pack, dev_queue_xmit
from webapp.kernel.core.net_device import NetDevice, PacketType
from webapp.kernel.core.skbuff import PACKET_HOST, PACKET_OTHERHOST, SkBuff
from webapp.kernel.drivers.macvlan import macvlan_eth_hash
from webapp.kernel.machine import LimitError
from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q, ETH_P_ALL
from webapp.lab.lab import Lab

CABLE = """ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
"""


class Machines:
    """Two namespaces, a and b, with a cable v0 - v1."""

    def __init__(self, *commands: str) -> None:
        self.lab = Lab()
        self.run(CABLE + "\n".join(commands))

    def run(self, script: str) -> str:
        return "".join(entry.transcript for entry in self.lab.run(script))

    def device(self, net: str, name: str) -> NetDevice:
        return self.lab.machine.namespaces[net].devices[name]


def send(dev: NetDevice, to: str, **fields: int) -> None:
    frame = bytes.fromhex(to.replace(":", "")) + dev.address + b"\x88\xb5" + bytes(50)
    skb = SkBuff(frame, 0x88B5, dev)
    for name, value in fields.items():
        setattr(skb, name, value)
    dev_queue_xmit(skb)


def tap(dev: NetDevice) -> list[SkBuff]:
    frames: list[SkBuff] = []

    def hear(skb: SkBuff, dev: NetDevice, ptype: PacketType, orig_dev: NetDevice) -> int:
        frames.append(skb.clone())
        return 0

    dev_add_pack(dev.net, PacketType(ETH_P_ALL, hear, dev, owner=object()))
    return frames


def test_a_tag_stands_beside_the_frame_on_a_veth() -> None:
    machines = Machines(
        "ip -n a link add link v0 name v0.5 type vlan id 5 egress-qos-map 3:6", "ip -n a link set v0.5 up"
    )
    heard = tap(machines.device("b", "v1"))
    send(machines.device("a", "v0.5"), "02:00:00:00:00:02", priority=3)
    (skb,) = heard
    assert (skb.vlan_proto, skb.vlan_tci) == (ETH_P_8021Q, 6 << 13 | 5)
    assert skb.protocol == 0x88B5
    assert len(skb.head) == 14 + 50


def test_two_tags_one_inside_and_one_beside() -> None:
    machines = Machines(
        "ip -n a link add link v0 name o type vlan id 5 protocol 802.1ad",
        "ip -n a link set o up",
        "ip -n a link add link o name i type vlan id 6",
        "ip -n a link set i up",
    )
    heard = tap(machines.device("b", "v1"))
    send(machines.device("a", "i"), "02:00:00:00:00:02")
    (skb,) = heard
    assert (skb.vlan_proto, skb.vlan_tci, skb.protocol) == (ETH_P_8021AD, 5, ETH_P_8021Q)
    assert skb.head[12:18] == ETH_P_8021Q.to_bytes(2) + (6).to_bytes(2) + b"\x88\xb5"


def test_a_frame_without_a_vlan_device_is_for_another_host() -> None:
    machines = Machines(
        "ip -n a link add link v0 name v0.5 type vlan id 5",
        "ip -n a link set v0.5 up",
        "ip -n b link add link v1 name v1.6 type vlan id 6",
        "ip -n b link set v1.6 up",
    )
    upper = tap(machines.device("b", "v1.6"))
    send(machines.device("a", "v0.5"), "02:00:00:00:00:02")
    assert not upper
    machines.run("ip -n b link add link v1 name v1.5 type vlan id 5\nip -n b link set v1.5 up")
    heard = tap(machines.device("b", "v1.5"))
    send(machines.device("a", "v0.5"), "02:00:00:00:00:02")
    assert [(skb.pkt_type, skb.vlan_proto) for skb in heard] == [(PACKET_HOST, 0)]


def test_a_vlan_device_takes_frames_to_its_own_address() -> None:
    machines = Machines(
        "ip -n a link add link v0 name v0.5 type vlan id 5",
        "ip -n b link add link v1 name v1.5 address 02:00:00:00:00:77 type vlan id 5",
        "ip -n a link set v0.5 up",
        "ip -n b link set v1.5 up",
    )
    below, above = tap(machines.device("b", "v1")), tap(machines.device("b", "v1.5"))
    send(machines.device("a", "v0.5"), "02:00:00:00:00:77")
    assert [skb.pkt_type for skb in (*below, *above)] == [PACKET_OTHERHOST, PACKET_HOST]


@pytest.mark.parametrize(
    "command",
    [
        "ip -n a link add link v0 name x type vlan id 5 reorder_hdr off",
        "ip -n a link add link v0 name x type vlan id 5 gvrp on",
        "ip -n a link add link v0 name x type vlan id 5 bridge_binding on",
        "ip -n a link add link v0 name x type macvlan mode source",
        "ip -n a link add link v0 name x type macvlan mode passthru nodst",
    ],
)
def test_what_the_model_does_not_know_is_refused(command: str) -> None:
    assert "is not part of the model" in Machines().run(command)


MODES = ("bridge", "bridge", "vepa", "private")


def macvlans() -> Machines:
    """Devices m1, m2 in bridge mode, m3 vepa and m4 private on v0."""
    add = (
        "ip -n a link add link v0 name m{0} address 02:00:00:00:01:0{0} type macvlan mode {1}\nip -n a link set m{0} up"
    )
    return Machines(*(add.format(n, mode) for n, mode in enumerate(MODES, 1)))


def test_a_macvlan_broadcast_in_bridge_mode_goes_to_the_bridges_and_outside() -> None:
    machines = macvlans()
    heard = {n: tap(machines.device("a", f"m{n}")) for n in (2, 3, 4)}
    outside = tap(machines.device("b", "v1"))
    send(machines.device("a", "m1"), "ff:ff:ff:ff:ff:ff")
    assert {n for n, frames in heard.items() if frames} == {2}
    assert len(outside) == 1


def test_a_broadcast_from_outside_goes_to_all() -> None:
    machines = macvlans()
    heard = {n: tap(machines.device("a", f"m{n}")) for n in (1, 2, 3, 4)}
    lower = tap(machines.device("a", "v0"))
    send(machines.device("b", "v1"), "ff:ff:ff:ff:ff:ff")
    assert [len(frames) for frames in heard.values()] == [1, 1, 1, 1]
    assert len(lower) == 1
    assert machines.device("a", "m1").stats.multicast == 1


def test_unicast_between_bridge_mode_devices_stays_inside() -> None:
    machines = macvlans()
    outside, heard = tap(machines.device("b", "v1")), tap(machines.device("a", "m2"))
    send(machines.device("a", "m1"), "02:00:00:00:01:02")
    assert (len(outside), len(heard)) == (0, 1)
    send(machines.device("a", "m3"), "02:00:00:00:01:02")
    assert (len(outside), len(heard)) == (1, 1)


def test_a_reflected_frame_reaches_vepa_and_bridge_devices_but_not_its_sender() -> None:
    machines = macvlans()
    heard = {n: tap(machines.device("a", f"m{n}")) for n in (1, 2, 3, 4)}
    v1 = machines.device("b", "v1")
    frame = bytes.fromhex("ffffffffffff020000000103") + b"\x88\xb5" + bytes(50)
    dev_queue_xmit(SkBuff(frame, 0x88B5, v1))
    assert {n for n, frames in heard.items() if frames} == {1, 2}


def test_the_table_of_macvlan_devices_is_walked_as_the_kernel_s() -> None:
    assert macvlan_eth_hash(bytes(6)) == 0
    assert 0 <= macvlan_eth_hash(bytes.fromhex("020000000101")) < 256


def test_what_reaches_an_ifb_without_tc_is_dropped() -> None:
    machines = Machines("ip -n a link add fb type ifb", "ip -n a link set fb up")
    fb = machines.device("a", "fb")
    send(fb, "02:00:00:00:00:02")
    assert (fb.stats.rx_packets, fb.stats.rx_dropped, fb.stats.tx_packets) == (1, 1, 0)


def test_what_an_ifb_gives_back_escapes_the_egress_hook() -> None:
    machines = Machines("ip -n a link add fb type ifb", "ip -n a link set fb up")
    v0 = machines.device("a", "v0")
    filters = "tc -n a filter add dev v0 ingress matchall action mirred egress redirect dev fb"
    machines.run(f"tc -n a qdisc add dev v0 clsact\n{filters}")
    flags: list[int] = []

    def receive(skb: SkBuff, dev: NetDevice, ptype: PacketType, orig_dev: NetDevice) -> int:
        flags.append(skb.nf_skip_egress)
        return 0

    dev_add_pack(v0.net, PacketType(0x88B5, receive, v0, owner=object()))
    send(machines.device("b", "v1"), "02:00:00:00:00:01")
    assert flags == [1]


def test_a_loop_through_an_ifb_ends_with_the_limit() -> None:
    machines = Machines(
        "ip -n a link add fb type ifb",
        "ip -n a link set fb up",
        "tc -n a qdisc add dev v0 clsact",
        "tc -n a filter add dev v0 ingress matchall action mirred egress redirect dev fb",
        "tc -n a qdisc add dev fb clsact",
        "tc -n a filter add dev fb egress matchall action mirred egress mirror dev v0",
        "tc -n b qdisc add dev v1 clsact",
        "tc -n b filter add dev v1 ingress matchall action mirred egress redirect dev v1",
    )
    machines.lab.machine.packets_left = 200
    with pytest.raises(LimitError):
        send(machines.device("b", "v1"), "02:00:00:00:00:01")
    assert not machines.lab.machine.backlog
    assert not machines.lab.machine.tasklets


TUNNEL = (
    "ip -n a addr add 192.0.2.1/24 dev v0",
    "ip -n b addr add 192.0.2.2/24 dev v1",
    "ip -n a link add x type vxlan id 7 remote 192.0.2.2 dstport 4789 dev v0",
    "ip -n b link add x type vxlan id 7 remote 192.0.2.1 dstport 4789 dev v1",
    "ip -n a link set x up",
    "ip -n b link set x up",
)


def test_a_vxlan_learns_the_remote_of_what_it_receives() -> None:
    machines = Machines(*TUNNEL)
    send(machines.device("a", "x"), "ff:ff:ff:ff:ff:ff")
    address = ":".join(f"{octet:02x}" for octet in machines.device("a", "x").address)
    assert f"{address} dst 192.0.2.1 self" in machines.run("bridge -n b fdb show dev x")


def test_a_vxlan_over_itself_ends() -> None:
    machines = Machines(
        *TUNNEL, "ip -n a addr add 10.0.0.1/24 dev x", "ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:09 dev x"
    )
    machines.run("ip -n a link set x type vxlan id 7 remote 10.0.0.2 dev x")
    x = machines.device("a", "x")
    send(x, "ff:ff:ff:ff:ff:ff")
    assert machines.lab.machine.xmit_recursion == 0
    assert x.stats.tx_errors + x.stats.tx_dropped


def test_a_vni_that_nobody_has_is_dropped() -> None:
    machines = Machines(
        *TUNNEL, "ip -n b link del x", "ip -n b link add x type vxlan id 8 dstport 4789", "ip -n b link set x up"
    )
    send(machines.device("a", "x"), "ff:ff:ff:ff:ff:ff")
    assert machines.device("b", "x").stats.rx_packets == 0
