"""What of a line of nft monitor trace is compared."""

import pytest

from webapp.livekernel.trace_text import normalise_trace

EGRESS = 'e packet: oif "v0" @nh,0,160 0x{nh} @th,0,160 0x{th} '
IP = "45000054{id}40004001{check}0a0000010a000002"


def raw(nh: str, th: str) -> str:
    return normalise_trace(EGRESS.format(nh=nh, th=th))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ip ttl 64 ip id 100 ip length 84", "ip ttl 64 ip id 7 ip length 84"),
        ("icmp id 5 icmp sequence 1 @th,64,96 0x3580046b", "icmp id 9 icmp sequence 1 @th,64,96 0x6b00000000fa8908"),
        ("udp sport 40000 udp dport 53", "udp sport 50001 udp dport 53"),
        ("i rule icmp type { a, b } accept", "i rule icmp type { b, a } accept"),
        (
            raw(IP.format(id="1234", check="aaaa"), "80012340017"),
            raw(IP.format(id="4321", check="bbbb"), "8009999000a"),
        ),
    ],
)
def test_chance_does_not_count(one: str, other: str) -> None:
    assert normalise_trace(one) == normalise_trace(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ip ttl 64", "ip ttl 63"),
        ("icmp sequence 1", "icmp sequence 2"),
        ("udp sport 40000 udp dport 53", "udp sport 40000 udp dport 54"),
        ("i rule accept (verdict accept)", "i rule accept (verdict drop)"),
        ("i policy accept ", "i policy accept meta mark 0x00000005 "),
        (
            raw(IP.format(id="1234", check="aaaa"), "8001"),
            raw(IP.format(id="1234", check="aaaa").replace("4001", "3f01"), "8001"),
        ),
        (
            raw(IP.format(id="1234", check="aaaa"), "80" + "0" * 38),
            raw(IP.format(id="1234", check="aaaa"), "3" + "0" * 39),
        ),
    ],
)
def test_all_else_counts(one: str, other: str) -> None:
    assert normalise_trace(one) != normalise_trace(other)
