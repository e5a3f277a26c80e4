"""How ip reads its words: abbreviations, numbers, addresses; and that whatever the words, it ends with a code."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kernel.boot import add_namespace, boot
from webapp.kernel.core.sock import AF_INET
from webapp.kernel.uapi.if_link import AF_UNSPEC
from webapp.userland.iproute2 import ip, ipaddress, iplink, ipneigh, ipnetns, iproute, iprule
from webapp.userland.iproute2.arguments import Exit, get_integer, get_unsigned, lookup
from webapp.userland.iproute2.inet_prefix import InetPrefix, get_prefix_1, ll_addr_a2n, same_bits
from webapp.userland.process import Process
from webapp.userland.programs import PROGRAMS


def run(*argv: str) -> tuple[int, str]:
    machine = boot()
    net = add_namespace(machine, "a")
    output = StringIO()
    process = Process(machine, net, output, output, PROGRAMS)
    for line in ("link add v0 type veth peer name v1", "link set v0 up", "link set v1 up"):
        assert ip.main(process, ["ip", *line.split()]) == 0
    return ip.main(process, ["ip", *argv]), output.getvalue()


@pytest.mark.parametrize(
    ("word", "entry"),
    [("add", 1), ("a", 1), ("addr", 2), ("address", 2), ("ad", 1), ("rep", 3), ("chg", 4), ("ch", None), ("", None)],
)
def test_the_first_keyword_that_a_word_abbreviates_is_meant(word: str, entry: int | None) -> None:
    assert lookup({"add*": 1, "address*": 2, "replace*": 3, "chg": 4}, word) == entry


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("0x1f", 31),
        ("010", 8),
        ("-3", -3),
        (" 5", 5),
        ("08", None),
        ("7x", None),
        ("", None),
        ("2147483648", None),
    ],
)
def test_an_integer_is_read_as_strtol_does(text: str, number: int | None) -> None:
    assert get_integer(text) == number


@pytest.mark.parametrize(
    ("text", "number"), [("4294967295", 4294967295), ("4294967296", None), ("-1", None), ("+1", 1)]
)
def test_an_unsigned_number_fits_its_type(text: str, number: int | None) -> None:
    assert get_unsigned(text) == number


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("10.0.0.1/24", InetPrefix(AF_INET, b"\x0a\0\0\1", 24, specified=True)),
        ("10.0.0.1", InetPrefix(AF_INET, b"\x0a\0\0\1", 32)),
        ("10.1/16", InetPrefix(AF_INET, b"\x0a\1\0\0", 16, specified=True)),
        ("0x0a.0.0.010", InetPrefix(AF_INET, b"\x0a\0\0\x08", 32)),
        ("10.0.0.0/255.255.252.0", InetPrefix(AF_INET, b"\x0a\0\0\0", 22, specified=True)),
        ("default", InetPrefix(AF_UNSPEC, b"", 0, specified=True)),
        ("any", InetPrefix(AF_UNSPEC, b"", 0)),
        ("default/8", None),
        ("10.0.0.0/255.0.255.0", None),
        ("10.0.0.1/33", None),
        ("10.0.0.1/", None),
        ("10.0.0.256", None),
        ("10.0.0.1.2", None),
        ("10..1", None),
        ("fe80::1::2", None),
        ("v0", None),
    ],
)
def test_a_prefix_is_read_as_get_prefix_does(text: str, prefix: InetPrefix | None) -> None:
    assert get_prefix_1(text, AF_UNSPEC) == prefix


def test_link_layer_addresses_are_read_as_sscanf_reads_them() -> None:
    assert ll_addr_a2n("2:0:0:0:0:1g") == b"\2\0\0\0\0\1"
    assert ll_addr_a2n("1.2.3.4") == b"\1\2\3\4"
    with pytest.raises(Exit, match='"100" is invalid lladdr'):
        ll_addr_a2n("02:100:00:00:00:00")


@given(st.binary(min_size=4, max_size=4), st.binary(min_size=4, max_size=4), st.integers(0, 32))
def test_addresses_agree_in_bits_as_their_binary_digits_do(a: bytes, b: bytes, bits: int) -> None:
    digits = [f"{int.from_bytes(address, 'big'):032b}"[:bits] for address in (a, b)]
    assert same_bits(a, b, bits) == (digits[0] == digits[1])


def _keywords() -> list[str]:
    tables = (
        ip.OBJECTS, ip.OPTIONS, iplink.OPTIONS, iplink.COMMANDS, ipaddress.COMMANDS, ipaddress.MODIFY_OPTIONS,
        ipaddress.FILTER_OPTIONS, ipaddress.IFA_FLAGS, iproute.COMMANDS, iproute.MODIFY_OPTIONS, iproute.LIST_OPTIONS,
        iproute.GET_OPTIONS, ipneigh.COMMANDS, ipneigh.MODIFY_OPTIONS, iprule.COMMANDS, iprule.MODIFY_OPTIONS,
        iprule.LIST_OPTIONS, ipnetns.COMMANDS,
    )  # fmt: skip
    return sorted({keyword.removesuffix("*") for table in tables for keyword in table})


VALUES = (
    "v0", "v1", "lo", "a", "nope", "10.0.0.1", "10.0.0.1/24", "10.0.0.0/8", "default", "any", "all", "0", "1", "7",
    "-1", "0x10", "4294967295", "99999999999999999999", "1/2", "on", "off", "02:00:00:00:00:07", "+", "-", "veth",
    "dummy", "peer", "local", "main", "boot", "fe80::1/64", "permanent", "", "%d", "a/b", "x" * 300, "dev", "to",
    "unreachable", "blackhole",
)  # fmt: skip


@given(st.lists(st.sampled_from([*_keywords(), *VALUES]), max_size=8))
def test_no_words_make_it_fail_otherwise_than_by_an_exit_code(words: list[str]) -> None:
    code, _ = run(*words)
    assert 0 <= code <= 255


@pytest.mark.parametrize("object_", ["link", "addr", "route", "neigh", "rule"])
@given(data=st.data())
def test_no_arguments_of_a_command_make_it_fail_otherwise(object_: str, data: st.DataObject) -> None:
    command = data.draw(st.sampled_from(["add", "del", "show", "change", "replace", "flush", "get", "append", "set"]))
    words = data.draw(st.lists(st.sampled_from([*_keywords(), *VALUES, "dev", "v0", "10.0.0.2"]), max_size=8))
    code, _ = run(object_, command, *words)
    assert 0 <= code <= 255


@pytest.mark.parametrize(
    "words",
    ["-j link", "-r link", "-c link", "-M link", "monitor", "tunnel show", "link set v0 xdp off", "-N route"],
)
def test_what_is_not_modelled_is_refused(words: str) -> None:
    code, output = run(*words.split())
    assert code != 0
    assert "not part of the model" in output
