"""A bridge by the frames that its ports let through."""

import pytest

from webapp.kernel.core.dev import dev_add_pack, dev_queue_xmit
from webapp.kernel.core.net_device import NetDevice, PacketType
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.uapi.if_ether import ETH_P_8021Q, ETH_P_ALL
from webapp.lab.lab import Lab

HOSTS = (1, 2, 3)
BROADCAST = "ff:ff:ff:ff:ff:ff"
GROUP = "01:00:5e:01:02:03"
LLDP = "01:80:c2:00:00:0e"
PAUSE = "01:80:c2:00:00:01"

NO_IPV6 = "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1"
SETUP = (
    f"ip netns add s\nip netns exec s {NO_IPV6}\nip -n s link add br0 address 02:00:00:00:0b:00 type bridge OPTIONS\n"
    + "".join(
        f"""ip netns add h{n}
ip netns exec h{n} {NO_IPV6}
ip link add e netns h{n} address 02:00:00:00:00:0{n} type veth peer name p{n} netns s
ip -n h{n} link set e up
ip -n s link set p{n} master br0 up
"""
        for n in HOSTS
    )
)


def mac(host: int) -> str:
    return f"02:00:00:00:00:0{host}"


class Wire:
    """Three hosts on a bridge in namespace s. ``heard`` are the frames that each of them got."""

    def __init__(self, options: str = "", *commands: str) -> None:
        self.lab = Lab()
        self.run(SETUP.replace("OPTIONS", options) + "ip -n s link set br0 up\n" + "\n".join(commands))
        self.heard: dict[int, list[SkBuff]] = {}
        for host in HOSTS:
            self.heard[host] = tap(self.device(host))

    def device(self, host: int) -> NetDevice:
        return self.namespace(f"h{host}").devices["e"]

    def namespace(self, name: str) -> Net:
        return self.lab.machine.namespaces[name]

    def run(self, script: str) -> str:
        return "".join(entry.transcript for entry in self.lab.run(script))

    def send(self, host: int, to: str, source: str = "", tag: int | None = None) -> list[int]:
        """Who hears a frame of ``host``."""
        for frames in self.heard.values():
            frames.clear()
        dev = self.device(host)
        addresses = bytes.fromhex((to + (source or mac(host))).replace(":", ""))
        tagged = b"" if tag is None else ETH_P_8021Q.to_bytes(2) + tag.to_bytes(2)
        protocol = 0x88B5 if tag is None else ETH_P_8021Q
        dev_queue_xmit(SkBuff(addresses + tagged + b"\x88\xb5" + bytes(50), protocol, dev))
        return [one for one in HOSTS if one != host and self.heard[one]]


def tap(dev: NetDevice) -> list[SkBuff]:
    frames: list[SkBuff] = []

    def hear(skb: SkBuff, dev: NetDevice, ptype: PacketType, orig_dev: NetDevice) -> int:
        frames.append(skb.clone())
        return 0

    dev_add_pack(dev.net, PacketType(ETH_P_ALL, hear, dev, owner=object()))
    return frames


def test_floods_until_it_has_learned() -> None:
    wire = Wire()
    assert wire.send(1, mac(2)) == [2, 3]
    assert wire.send(2, mac(1)) == [1]
    assert wire.send(1, mac(2)) == [2]


def test_forgets_what_is_older_than_the_ageing_time() -> None:
    wire = Wire("ageing_time 500")
    wire.send(2, mac(1))
    assert wire.send(1, mac(2)) == [2]
    wire.run("sleep 6")
    assert wire.send(1, mac(2)) == [2, 3]


def test_follows_a_host_that_moves() -> None:
    wire = Wire()
    wire.send(2, BROADCAST)
    wire.send(3, BROADCAST, source=mac(2))
    assert wire.send(1, mac(2)) == [3]


@pytest.mark.parametrize(("kind", "expected"), [("static", [3]), ("static sticky", [2])])
def test_even_a_static_entry_moves_unless_it_is_sticky(kind: str, expected: list[int]) -> None:
    wire = Wire("", f"bridge -n s fdb add {mac(2)} dev p2 master {kind}")
    wire.send(3, BROADCAST, source=mac(2))
    assert wire.send(1, mac(2)) == expected


def test_a_frame_does_not_go_back_but_with_hairpin() -> None:
    wire = Wire("", f"bridge -n s fdb add {mac(3)} dev p1 master static")
    assert wire.send(1, mac(3)) == []
    assert len(wire.heard[1]) == 1
    wire.run("bridge -n s link set dev p1 hairpin on")
    wire.send(1, mac(3))
    # its own as it leaves, and as it comes back
    assert len(wire.heard[1]) == 2


@pytest.mark.parametrize(
    ("option", "to", "expected"),
    [
        ("flood off", mac(9), [3]),
        ("flood off", BROADCAST, [2, 3]),
        ("flood off", GROUP, [2, 3]),
        ("mcast_flood off", GROUP, [3]),
        ("mcast_flood off", mac(9), [2, 3]),
        ("bcast_flood off", BROADCAST, [3]),
        ("bcast_flood off", GROUP, [2, 3]),
        ("state 0", BROADCAST, [3]),
        ("state 2", BROADCAST, [3]),
    ],
)
def test_what_a_port_is_spared(option: str, to: str, expected: list[int]) -> None:
    assert Wire("mcast_snooping 0", f"bridge -n s link set dev p2 {option}").send(1, to) == expected


def test_isolated_ports_do_not_hear_each_other() -> None:
    wire = Wire("", "bridge -n s link set dev p1 isolated on", "bridge -n s link set dev p2 isolated on")
    assert wire.send(1, BROADCAST) == [3]
    assert wire.send(3, BROADCAST) == [1, 2]


def test_a_port_that_does_not_learn() -> None:
    wire = Wire("", "bridge -n s link set dev p2 learning off")
    wire.send(2, BROADCAST)
    assert wire.send(1, mac(2)) == [2, 3]


def test_link_local_groups_stay_unless_the_mask_lets_them() -> None:
    wire = Wire()
    assert wire.send(1, LLDP) == []
    wire.run("ip -n s link set br0 type bridge group_fwd_mask 0x4000")
    assert wire.send(1, LLDP) == [2, 3]
    assert wire.send(1, PAUSE) == []


def test_a_vlan_is_heard_by_its_members_only_and_tagged_or_not() -> None:
    wire = Wire(
        "vlan_filtering 1",
        "bridge -n s vlan add dev p1 vid 7",
        "bridge -n s vlan add dev p2 vid 7 pvid untagged",
        "bridge -n s vlan del dev p2 vid 1",
    )
    assert wire.send(1, BROADCAST) == [3]
    assert wire.send(1, BROADCAST, tag=7) == [2]
    assert not wire.heard[2][0].vlan_proto
    assert wire.send(2, BROADCAST) == [1]
    assert (wire.heard[1][0].vlan_proto, wire.heard[1][0].vlan_tci) == (ETH_P_8021Q, 7)
    assert wire.send(3, BROADCAST, tag=7) == []


def test_without_vlan_filtering_a_tag_is_nothing() -> None:
    wire = Wire()
    assert wire.send(1, BROADCAST, tag=7) == [2, 3]
    assert wire.heard[2][0].vlan_tci == 7


def test_frames_to_the_bridge_itself_go_up() -> None:
    wire = Wire()
    heard = tap(wire.namespace("s").devices["br0"])
    assert wire.send(1, "02:00:00:00:0b:00") == []
    assert [skb.dev.name for skb in heard] == ["br0"]


def test_a_bridge_that_is_down_takes_nothing() -> None:
    wire = Wire()
    wire.run("ip -n s link set br0 down")
    assert wire.send(1, BROADCAST) == []


def test_a_port_that_goes_takes_its_entries_along() -> None:
    wire = Wire()
    wire.send(2, BROADCAST)
    wire.run("ip -n s link del p2")
    assert mac(2) not in wire.run("bridge -n s fdb show")
    assert wire.send(1, mac(2)) == [3]
