"""Namespaces on cables for the tests of IPv4: two neighbours, and two hosts with a router between them."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.net_device import NetDevice, PacketType
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.core.sock import IPPROTO_ICMP, SOCK_DGRAM, SOCK_RAW, InetSock
from webapp.kernel.ipv4.af_inet import inet_create
from webapp.kernel.ipv4.raw import raw_sendmsg
from webapp.kernel.machine import Machine
from webapp.kernel.uapi.if_ether import ETH_P_ALL
from webapp.kernel.wire import icmp
from webapp.lab.lab import Lab

PAIR = """
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
"""
ROUTER = """
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip netns add r
ip netns exec r sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip link add va netns a address 02:00:00:00:00:01 type veth peer name ra netns r address 02:00:00:00:00:02
ip -n a link set va up
ip -n r link set ra up
ip link add rb netns r address 02:00:00:00:00:03 type veth peer name vb netns b address 02:00:00:00:00:04
ip -n r link set rb up
ip -n b link set vb up
ip -n a addr add 10.1.0.1/24 dev va
ip -n r addr add 10.1.0.254/24 dev ra
ip -n r addr add 10.2.0.254/24 dev rb
ip -n b addr add 10.2.0.1/24 dev vb
ip -n a route add default via 10.1.0.254
ip -n b route add default via 10.2.0.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
"""


def address(text: str) -> bytes:
    return bytes(map(int, text.split(".")))


@dataclass
class Topology:
    """A lab's machine, and the few things that tests do with it."""

    lab: Lab

    @property
    def machine(self) -> Machine:
        return self.lab.machine

    def net(self, name: str) -> Net:
        return self.machine.namespaces[name]

    def dev(self, netns: str, name: str) -> NetDevice:
        dev = self.net(netns).dev_get_by_name(name)
        assert dev is not None
        return dev

    def run(self, script: str) -> str:
        """Runs commands that must succeed; what they print."""
        entries = list(self.lab.append(script))
        assert all(entry.code == 0 for entry in entries), [entry for entry in entries if entry.code]
        return "".join(entry.output for entry in entries)

    def fails(self, command: str) -> str:
        """Runs a command that must fail; what it prints."""
        (entry,) = self.lab.append(command)
        assert entry.code != 0
        return entry.output

    def ping(self, netns: str, daddr: str) -> InetSock:
        """Sends one echo request from a raw socket with IP_RECVERR; answers are in its queues."""
        sk = inet_create(self.net(netns), SOCK_RAW, IPPROTO_ICMP)
        sk.recverr = True
        assert raw_sendmsg(sk, icmp.emit(icmp.ICMP_ECHO, 0, 0x00010001, b"x" * 56), address(daddr)) > 0
        return sk

    def answers(self, netns: str, daddr: str) -> bool:
        """Whether an echo request is answered at once."""
        return any(message.data[20] == icmp.ICMP_ECHOREPLY for message in self.ping(netns, daddr).receive_queue)

    def udp(self, netns: str) -> InetSock:
        return inet_create(self.net(netns), SOCK_DGRAM, 0)

    def listen(self, netns: str, dev: str) -> list[bytes]:
        """The frames that pass a device from now on, in and out, from the Ethernet header on."""
        frames: list[bytes] = []

        def see(skb: SkBuff, dev: NetDevice, ptype: PacketType, orig_dev: NetDevice) -> int:
            frames.append(skb.head[skb.mac_header :])
            return 0

        self.dev(netns, dev).ptype_all.append(PacketType(ETH_P_ALL, see, self.dev(netns, dev), object()))
        return frames

    def wait(self, seconds: float) -> None:
        self.machine.advance(self.machine.clock.now + int(seconds * NSEC_PER_SEC))


def build(script: str) -> Topology:
    topology = Topology(Lab("test"))
    topology.run(script)
    return topology
