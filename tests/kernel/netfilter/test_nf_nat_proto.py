"""Writing a tuple into a packet: addresses, ports and ids change, checksums stay right."""

from webapp.kernel.boot import boot
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.netfilter.nf_conntrack import Tuple
from webapp.kernel.netfilter.nf_nat_core import NF_NAT_MANIP_DST, NF_NAT_MANIP_SRC
from webapp.kernel.netfilter.nf_nat_proto import nf_nat_ipv4_manip_pkt, nf_nat_ipv6_manip_pkt
from webapp.kernel.uapi.netfilter import NFPROTO_IPV4, NFPROTO_IPV6
from webapp.kernel.wire import icmp, ipv4, tcp, udp
from webapp.kernel.wire.checksum import checksum, pseudo_header

A, B, C = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)), bytes((192, 0, 2, 9))
A6, B6, C6 = b"\xfd" + bytes(14) + b"\1", b"\xfd" + bytes(14) + b"\2", b"\xfd" + bytes(14) + b"\x99"
UDP, TCP, ICMP, ICMPV6 = 17, 6, 1, 58

boot()


def packet(protocol: int, payload: bytes) -> SkBuff:
    skb = SkBuff(ipv4.emit(A, B, protocol, len(payload)) + payload, 0x0800)
    skb.network_header = 0
    return skb


def test_a_new_source_keeps_the_checksums_of_ip_and_udp_right() -> None:
    skb = packet(UDP, udp.emit(1000, 53, A, B, b"odd"))
    assert nf_nat_ipv4_manip_pkt(skb, 0, Tuple(NFPROTO_IPV4, UDP, C, B, 40000, 53), NF_NAT_MANIP_SRC)
    assert skb.head[12:20] == C + B
    assert not checksum(skb.head[:20])
    assert udp.parse(skb.head, 20).source == 40000
    assert udp.valid(skb.head[20:], C, B)


def test_a_datagram_without_a_checksum_gets_none() -> None:
    skb = packet(UDP, udp.emit(1000, 53, A, B, b"x", with_checksum=False))
    assert nf_nat_ipv4_manip_pkt(skb, 0, Tuple(NFPROTO_IPV4, UDP, A, C, 1000, 5353), NF_NAT_MANIP_DST)
    assert udp.parse(skb.head, 20)[1:] == (5353, 9, 0)


def test_a_new_destination_keeps_the_checksum_of_tcp_right() -> None:
    skb = packet(TCP, tcp.emit(1000, 80, A, B, seq=5, flags=tcp.SYN))
    assert nf_nat_ipv4_manip_pkt(skb, 0, Tuple(NFPROTO_IPV4, TCP, A, C, 1000, 8080), NF_NAT_MANIP_DST)
    assert tcp.parse(skb.head, 20).dest == 8080
    assert tcp.valid(skb.head[20:], A, C)


def test_an_echo_request_gets_the_id() -> None:
    skb = packet(ICMP, icmp.emit(icmp.ICMP_ECHO, 0, 7 << 16 | 1, b"data"))
    assert nf_nat_ipv4_manip_pkt(skb, 0, Tuple(NFPROTO_IPV4, ICMP, C, B, 9, 0x0800), NF_NAT_MANIP_SRC)
    assert icmp.parse(skb.head, 20).un == 9 << 16 | 1
    assert not checksum(skb.head[20:])


def test_a_tcp_header_cut_off_behind_the_ports_is_written_without_its_checksum() -> None:
    skb = packet(TCP, tcp.emit(1000, 80, A, B)[:8])
    assert nf_nat_ipv4_manip_pkt(skb, 0, Tuple(NFPROTO_IPV4, TCP, C, B, 2000, 80), NF_NAT_MANIP_SRC)
    assert skb.head[20:22] == (2000).to_bytes(2, "big")
    assert len(skb.head) == 28


def test_a_header_cut_off_in_the_ports_is_refused() -> None:
    assert not nf_nat_ipv4_manip_pkt(packet(UDP, bytes(6)), 0, Tuple(NFPROTO_IPV4, UDP, C, B, 1, 2), NF_NAT_MANIP_SRC)


def packet6(protocol: int, payload: bytes) -> SkBuff:
    fixed = b"\x60\0\0\0" + len(payload).to_bytes(2, "big") + bytes((protocol, 64))
    check = 6 if protocol == UDP else 2
    summed = checksum(pseudo_header(A6, B6, protocol, len(payload)) + payload).to_bytes(2, "big")
    skb = SkBuff(fixed + A6 + B6 + payload[:check] + summed + payload[check + 2 :], 0x86DD)
    skb.network_header = 0
    return skb


def test_ipv6_has_only_the_checksum_above_it_to_keep_right() -> None:
    skb = packet6(UDP, b"\x03\xe8\0\x35\0\x0b\0\0odd")
    assert nf_nat_ipv6_manip_pkt(skb, 0, Tuple(NFPROTO_IPV6, UDP, C6, B6, 2000, 53), NF_NAT_MANIP_SRC)
    assert skb.head[8:40] == C6 + B6
    assert udp.parse(skb.head, 40).source == 2000
    assert not checksum(pseudo_header(C6, B6, UDP, 11) + skb.head[40:])


def test_icmpv6_covers_the_addresses_too() -> None:
    skb = packet6(ICMPV6, b"\x80\0\0\0\0\x07\0\1data")
    assert nf_nat_ipv6_manip_pkt(skb, 0, Tuple(NFPROTO_IPV6, ICMPV6, A6, C6, 9, 0x8000), NF_NAT_MANIP_DST)
    assert skb.head[44:46] == b"\0\x09"
    assert not checksum(pseudo_header(A6, C6, ICMPV6, 12) + skb.head[40:])
