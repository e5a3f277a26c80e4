"""The look ahead to NAT64: what leaves is right IPv4, what comes back is right IPv6, and nobody takes it for Linux."""

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Packet

from webapp.kernel.boot import add_namespace, boot
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.kfunc import SITES
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.preview.nat64 import FILE, Nat64, nat64_add, nat64_egress, nat64_ingress
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NF_DROP, NFPROTO_NETDEV
from webapp.lab.builtin import builtin
from webapp.lab.lab import Lab

PREFIX = bytes.fromhex("0064ff9b") + bytes(8)
POOL = bytes((192, 0, 2, 64))
HOST = "2001:db8::2"
SERVER = "64:ff9b::c000:202"


@pytest.fixture
def dev() -> NetDevice:
    return add_namespace(boot(), "r").loopback


@pytest.fixture
def nat(dev: NetDevice) -> Nat64:
    return Nat64(dev, PREFIX, POOL)


def leave(nat: Nat64, packet: Packet) -> tuple[int, Packet]:
    """A frame through the egress hook."""
    skb = SkBuff(bytes(Ether(src="02:00:00:00:00:03", dst="02:00:00:00:00:04") / packet), 0x86DD, nat.dev)
    skb.mac_header, skb.network_header = 0, 14
    verdict = nat64_egress(nat, skb, NfHookState(1, NFPROTO_NETDEV, None, nat.dev, nat.dev.net))
    return verdict, Ether(skb.head)


def arrive(nat: Nat64, packet: Packet) -> tuple[int, Packet]:
    """A frame through the ingress hook."""
    skb = SkBuff(bytes(Ether() / packet), 0x0800, nat.dev)
    skb.mac_header, skb.network_header, skb.data = 0, 14, 14
    verdict = nat64_ingress(nat, skb, NfHookState(0, NFPROTO_NETDEV, nat.dev, None, nat.dev.net))
    return verdict, Ether(skb.head)


def right_sums(frame: Packet) -> bool:
    """Whether scapy, making every checksum anew, makes the same frame."""
    again = Ether(bytes(frame))
    for layer in (IP, ICMP, UDP, TCP):
        if layer in again:
            del again[layer].chksum
    return bytes(again) == bytes(frame)


@pytest.mark.parametrize(
    ("sent", "layer"),
    [
        (ICMPv6EchoRequest(id=7, seq=1, data=b"odd"), ICMP),
        (UDP(sport=1000, dport=53) / b"query", UDP),
        (TCP(sport=1000, dport=80, flags="S"), TCP),
    ],
)
def test_a_packet_for_the_prefix_leaves_as_ipv4_with_right_checksums(nat, sent, layer) -> None:
    verdict, frame = leave(nat, IPv6(src=HOST, dst=SERVER, hlim=63) / sent)
    assert verdict == NF_ACCEPT
    assert (frame[IP].src, frame[IP].dst, frame[IP].ttl) == ("192.0.2.64", "192.0.2.2", 63)
    assert layer in frame
    assert right_sums(frame)


def test_an_answer_comes_back_to_the_host_that_asked(nat) -> None:
    leave(nat, IPv6(src=HOST, dst=SERVER) / UDP(sport=1000, dport=53) / b"query")
    verdict, frame = arrive(nat, IP(src="192.0.2.2", dst="192.0.2.64") / UDP(sport=53, dport=1000) / b"answer")
    assert verdict == NF_ACCEPT
    assert (frame[IPv6].src, frame[IPv6].dst, frame[UDP].dport) == (SERVER, HOST, 1000)
    checked = frame[UDP].chksum
    del frame[UDP].chksum
    assert Ether(bytes(frame))[UDP].chksum == checked


def test_two_hosts_with_the_same_port_get_two_ports_of_the_pool(nat) -> None:
    ports = {
        leave(nat, IPv6(src=host, dst=SERVER) / UDP(sport=1000, dport=53))[1][UDP].sport
        for host in (HOST, "2001:db8::3")
    }
    assert len(ports) == 2


def test_what_cannot_be_translated_is_dropped_and_other_packets_go_on(nat) -> None:
    assert leave(nat, IPv6(src=HOST, dst=SERVER, nh=59))[0] == NF_DROP
    assert leave(nat, IPv6(src=HOST, dst="2001:db8::9") / UDP())[0] == NF_ACCEPT
    assert arrive(nat, IP(src="192.0.2.2", dst="192.0.2.64") / UDP(sport=1, dport=2))[0] == NF_ACCEPT


def test_it_is_off_unless_asked_for_and_named_as_not_in_linux(dev) -> None:
    assert dev.net.machine.nat64 == {}
    assert dev.nf_hooks_egress is None
    nat64_add(dev.net, dev, PREFIX, POOL)
    assert dev.nf_hooks_egress is not None
    assert [site.symbol for site in SITES if site.file == FILE] == ["nat64_egress", "nat46_ingress"]
    assert "not in Linux" in FILE


def test_the_lab_of_the_look_ahead_reaches_its_server() -> None:
    found = builtin("nat64")
    assert found is not None
    lab = Lab()
    lab.append(found.script)
    assert "1 received" in lab.entries[-1].output
