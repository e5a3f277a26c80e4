import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.userland.inet import ether_aton, inet_aton, inet_ntoa, inet_pton, is_ipv6

NUMBER = st.one_of(
    st.integers(0, 2**33).map(str), st.integers(0, 300).map(str), st.integers(0, 2**33).map(hex),
    st.integers(0, 300).map(lambda value: f"0{value:o}"), st.sampled_from(["", "x", "08", "0x", "-1"]),
)  # fmt: skip


@given(st.lists(NUMBER, min_size=1, max_size=5).map(".".join))
def test_inet_aton_reads_what_the_c_library_reads(text: str) -> None:
    try:
        expected = socket.inet_aton(text)
    except OSError:
        expected = None
    assert inet_aton(text) == expected


@given(st.binary(min_size=4, max_size=4))
def test_addresses_come_back_from_their_text(address: bytes) -> None:
    assert inet_pton(inet_ntoa(address)) == address == inet_aton(inet_ntoa(address))


@given(st.text(alphabet="0123456789abcdef:.%/", max_size=40))
def test_anything_is_an_address_or_not(text: str) -> None:
    assert inet_pton(text) is None or len(ipaddress.IPv4Address(text).packed) == 4
    assert is_ipv6(text) in (True, False)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("02:00:00:00:00:0a", b"\x02\0\0\0\0\x0a"),
        ("2:0:0:0:0:a", b"\x02\0\0\0\0\x0a"),
        ("02:00:00:00:00", None),
        ("02:00:00:00:00:100", None),
        ("02-00-00-00-00-0a", None),
    ],
)
def test_mac_addresses(text: str, address: bytes | None) -> None:
    assert ether_aton(text) == address
