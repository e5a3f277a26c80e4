"""Headers on the wire, held against scapy."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.utils import checksum as scapy_checksum

from webapp.kernel.wire import arp, ethernet, icmp, ipv4, tcp, udp
from webapp.kernel.wire.checksum import checksum, update

addr = st.binary(min_size=4, max_size=4).filter(lambda a: a[0] != 0)
mac = st.binary(min_size=6, max_size=6)
u8 = st.integers(0, 255)
u16 = st.integers(0, 65535)
u32 = st.integers(0, 2**32 - 1)


def dotted(address: bytes) -> str:
    return ".".join(map(str, address))


def colons(address: bytes) -> str:
    return address.hex(":")


@given(st.binary(max_size=3000))
def test_the_checksum_is_that_of_rfc_1071(data: bytes) -> None:
    assert checksum(data) == scapy_checksum(data)


def test_zeroes_have_the_other_zero_as_checksum() -> None:
    assert checksum(bytes(20)) == 0xFFFF
    assert checksum(b"\xff\xff") == 0


@given(st.binary(min_size=2, max_size=60).filter(lambda d: len(d) % 2 == 0), u16, st.data())
def test_an_incremental_update_gives_the_checksum_of_the_changed_data(
    data: bytes, new: int, draw: st.DataObject
) -> None:
    data = b"\x45\x00" + data
    place = draw.draw(st.integers(1, len(data) // 2 - 1)) * 2
    old = int.from_bytes(data[place : place + 2], "big")
    changed = data[:place] + new.to_bytes(2, "big") + data[place + 2 :]
    assert update(checksum(data), old, new) == checksum(changed)


@given(mac, mac, u16)
def test_ethernet(dest: bytes, source: bytes, proto: int) -> None:
    header = ethernet.emit(dest, source, proto)
    assert header == bytes(Ether(dst=colons(dest), src=colons(source), type=proto))
    assert ethernet.parse(b"??" + header, 2) == (dest, source, proto)


@given(st.sampled_from([1, 2]), mac, addr, mac, addr)
def test_arp(op: int, sha: bytes, sip: bytes, tha: bytes, tip: bytes) -> None:
    packet = arp.emit(op, sha, sip, tha, tip)
    assert packet == bytes(ARP(op=op, hwsrc=colons(sha), psrc=dotted(sip), hwdst=colons(tha), pdst=dotted(tip)))
    assert arp.parse(packet).tip == tip


@settings(deadline=None)
@given(addr, addr, u8, u8, u8, u16, u16, st.binary(max_size=80))
def test_ipv4(saddr: bytes, daddr: bytes, proto: int, ttl: int, tos: int, id: int, frag: int, data: bytes) -> None:
    header = ipv4.emit(saddr, daddr, proto, len(data), ttl=ttl, tos=tos, id=id, frag_off=frag)
    fields = IP(
        src=dotted(saddr), dst=dotted(daddr), proto=proto, ttl=ttl, tos=tos, id=id, flags=frag >> 13, frag=frag & 0x1FFF
    )
    assert header + data == bytes(fields / data)
    assert checksum(header) == 0
    assert ipv4.parse(header).header_length == 20


def test_ipv4_options_lengthen_the_header() -> None:
    header = ipv4.emit(bytes(4), bytes(4), 1, 8, options=b"\x94\x04\x00\x00")
    assert ipv4.parse(header).header_length == 24
    assert ipv4.parse(header).tot_len == 32
    assert checksum(header) == 0


@given(u16, u16, st.binary(max_size=100))
def test_icmp_echo(id: int, seq: int, data: bytes) -> None:
    message = icmp.emit(icmp.ICMP_ECHO, 0, id << 16 | seq, data)
    assert message == bytes(ICMP(type=8, id=id, seq=seq) / data)


@settings(deadline=None)
@given(addr, addr, u16, u16, st.binary(max_size=100))
def test_udp(saddr: bytes, daddr: bytes, sport: int, dport: int, data: bytes) -> None:
    datagram = udp.emit(sport, dport, saddr, daddr, data)
    expected = bytes(IP(src=dotted(saddr), dst=dotted(daddr)) / UDP(sport=sport, dport=dport) / data)[20:]
    assert datagram == expected
    assert udp.valid(datagram, saddr, daddr)


def test_udp_without_checksum_is_valid() -> None:
    assert udp.valid(udp.emit(1, 2, bytes(4), bytes(4), b"x", with_checksum=False), b"\1\2\3\4", b"\5\6\7\x08")


def test_a_flipped_bit_makes_udp_and_tcp_invalid() -> None:
    saddr, daddr = b"\x0a\0\0\1", b"\x0a\0\0\2"
    datagram = udp.emit(1, 2, saddr, daddr, b"abc")
    assert not udp.valid(datagram[:-1] + b"d", saddr, daddr)
    segment = tcp.emit(1, 2, saddr, daddr, flags=tcp.SYN)
    assert not tcp.valid(segment[:-1] + b"\1", saddr, daddr)


@settings(deadline=None)
@given(addr, addr, u16, u16, u32, u32, st.integers(0, 63), u16, st.binary(max_size=60))
def test_tcp(
    saddr: bytes, daddr: bytes, sport: int, dport: int, seq: int, ack: int, flags: int, window: int, data: bytes
) -> None:
    segment = tcp.emit(sport, dport, saddr, daddr, seq=seq, ack_seq=ack, flags=flags, window=window, data=data)
    fields = TCP(sport=sport, dport=dport, seq=seq, ack=ack, flags=flags, window=window)
    assert segment == bytes(IP(src=dotted(saddr), dst=dotted(daddr)) / fields / data)[20:]
    assert tcp.valid(segment, saddr, daddr)
