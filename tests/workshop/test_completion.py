"""Completion: names of the lab as it is, and exactly the words that the tools' readers take."""

from __future__ import annotations

import pytest

from webapp.lab.lab import Lab
from webapp.userland.iproute2 import iplink, iplink_vxlan
from webapp.userland.nftables.parser import parse
from webapp.userland.nftables.words import CANDIDATES, WORD_OPERATORS
from webapp.workshop import vocabulary
from webapp.workshop.completion import complete
from webapp.workshop.cursor import cursor
from webapp.workshop.nft_words import place

SCRIPT = """\
ip netns add a
ip netns add b
ip -n a link add va type veth peer name vb netns b
ip -n a addr add 10.0.0.1/24 dev va
ip -n b addr add 10.0.0.2/24 dev vb
ip netns exec a nft add table netdev t
ip netns exec a nft add table ip f
ip netns exec a nft 'add chain ip f input { type filter hook input priority 0; }; add chain ip f mine'
ip netns exec a nft 'add set ip f friends { type ipv4_addr; }'
"""
NETDEV = "ip netns exec a nft -f - <<'X'\ntable netdev t {\n\tchain e {\n\t\ttype filter hook "
RULE = "ip netns exec a nft add rule ip f input "


@pytest.fixture(scope="module")
def lab() -> Lab:
    lab = Lab()
    lab.append(SCRIPT)
    return lab


def labels(lab: Lab, typed: str) -> list[str]:
    return [option.label for option in complete(lab.machine, typed, len(typed)).options]


@pytest.mark.parametrize(
    ("typed", "exactly"),
    [
        ("ip -n ", ["a", "b"]),
        ("ip netns exec ", ["a", "b"]),
        ("ip netns del ", ["a", "b"]),
        ("ip -n a addr add 10.0.0.3/24 dev ", ["lo", "va"]),
        ("ip -n b addr add 10.0.0.3/24 dev v", ["vb"]),
        ("ip netns exec b tcpdump -i v", ["vb"]),
        ("ip netns exec a ping ", ["10.0.0.2", "10.0.0.1"]),
        ("ip -n a route add default via ", ["10.0.0.2", "10.0.0.1"]),
        ("tc -n a filter add dev va egress matchall action mirred egress redirect dev ", ["lo", "va"]),
        ("ip -n a link add x mtu ", []),
        (f"{NETDEV}", ["ingress", "egress"]),
        (f"{NETDEV}egress device ", ['"lo"', '"va"']),
        (f'{NETDEV}egress device "v', ['"va"']),
        (f'{NETDEV}egress device "va" priority ', ["filter"]),
        (f"{RULE}ip saddr @", ["friends"]),
        (f"{RULE}jump ", ["input", "mine"]),
        (f"{RULE}iifname v", ["va", "vmap"]),
        (f"{RULE}ct state {{ new, es", ["established"]),
        ("ip netns exec a nft add rule ip ", ["f"]),
        ("ip netns exec a nft list table netdev ", ["t"]),
        ("ip netns exec a nft 'add rule ip f ", ["input", "mine"]),
        (f"{RULE}reject with ", ["icmp", "icmpx", "icmpv6", "tcp"]),
        ("# ip ", []),
        ("cat <<'X'\nip -n ", []),
    ],
)
def test_what_may_follow(lab: Lab, typed: str, exactly: list[str]) -> None:
    assert sorted(labels(lab, typed)) == sorted(exactly)


@pytest.mark.parametrize(
    ("typed", "some"),
    [
        ("", {"ip", "tc", "nft", "ping"}),
        ("ip link; ti", {"timeout"}),
        ("true && ar", {"arping"}),
        ("ip netns exec a ", {"nft", "ping"}),
        ("ip ", {"address", "link", "netns", "neighbour"}),
        ("ip -n a link set ", {"va", "lo"}),
        ("ip -n a link set va ", {"up", "down", "mtu", "netns", "master"}),
        ("ip link add x type ", {"veth", "vxlan", "bridge", "dummy"}),
        ("ip link add x type vxlan ", {"id", "remote", "dstport"}),
        ("tc filter add dev x egress ", {"matchall", "flower", "preference"}),
        ("tc filter add dev x egress flower ", {"dst_ip", "ip_proto", "action"}),
        ("tc filter add dev x egress matchall action ", {"mirred", "drop", "pass", "goto"}),
        ("tc filter add dev x egress matchall action mirred ", {"egress", "ingress", "redirect", "mirror"}),
        ("bridge fdb add 02:00:00:00:00:01 ", {"dev", "dst", "self", "vni"}),
        ("sysctl -w net.ipv4.ip_f", {"net.ipv4.ip_forward"}),
        (RULE, {"accept", "counter", "tcp", "ip", "fwd", "reject", "ct"}),
        (f"{RULE}ip ", {"saddr", "daddr", "protocol"}),
        (f"{RULE}ip daddr ", {"10.0.0.2", "10.0.0.1"}),
        (f"{RULE}icmp type ", {"echo-request", "echo-reply"}),
        (f"{RULE}ip protocol ", {"tcp", "udp", "icmp"}),
        ("nft ", {"add", "list", "delete"}),
        ("nft list ", {"ruleset", "table", "chains"}),
    ],
)
def test_what_may_follow_among_others(lab: Lab, typed: str, some: set[str]) -> None:
    assert some <= set(labels(lab, typed))


def test_what_is_replaced_is_the_word_at_the_cursor_whatever_comes_after(lab: Lab) -> None:
    script = "# 😀\nip -n a addr add 10.0.0.3/24 dev v\nip link\n"
    offset = script.index("dev v") + 5
    found = complete(lab.machine, script, offset)
    assert (script[found.start : offset], [option.label for option in found.options]) == ("v", ["va"])


def test_options_say_what_they_are(lab: Lab) -> None:
    typed = "ip netns exec a ping "
    assert complete(lab.machine, typed, len(typed)).options[0] == ("10.0.0.2", "address", "b vb")
    typed = "ip -n a link set v"
    assert complete(lab.machine, typed, len(typed)).options[0] == ("va", "device", "veth 10.0.0.1/24")


TEXTS = [
    "",
    "add rule ip t c ",
    "add rule ip t c ip ",
    "add rule ip t c tcp ",
    "add rule ip t c tcp dport 22 ",
    "add rule netdev t c fwd ",
    "add rule ip t c meta ",
    "add rule ip t c ct ",
    "add rule ip t c reject with ",
    "add rule ip t c limit rate 5/",
    "table ip t {\n chain c {\n ",
    "table ip t {\n set s {\n ",
    "list ",
    "delete ",
]


@pytest.mark.parametrize("text", TEXTS)
def test_every_word_is_offered_that_the_parser_takes_and_no_other(text: str) -> None:
    """A word that cannot stand there is an error at that word; any other ends in another error, or in none."""
    offered = set(place(text).words)
    for word in CANDIDATES:
        if word in WORD_OPERATORS:
            continue
        _, errors = parse(f"{text}{word} ")
        at_word = [error for error in errors if error.location.start == len(text) and "unexpected" in error.message]
        if word in offered:
            assert not at_word, word
        elif not place(text).name:
            assert at_word, word


def test_lines_with_errors_are_passed_over() -> None:
    assert "hook" in place("table ip t {\n  nonsense here;\n  chain c {\n    type filter ").words


def test_the_words_of_iproute2_are_those_of_its_readers() -> None:
    known = vocabulary.arguments(iplink, "add")
    assert set(known) <= {word.rstrip("*") for word in iplink.OPTIONS}
    assert "xdp" not in known  # read, and refused
    assert set(vocabulary.kind_words("vxlan")) <= {word.rstrip("*") for word in iplink_vxlan.OPTIONS}
    assert vocabulary.takes_value(known["mtu"])
    assert not vocabulary.takes_value(known["up"])


@pytest.mark.parametrize("program", ["ip", "tc", "bridge"])
def test_every_object_has_commands_and_every_one_is_read(program: str) -> None:
    for name in vocabulary.objects(program):
        module = vocabulary.reader(program, name)
        assert module is not None
        for command in vocabulary.commands(module, name):
            lab = Lab()
            (entry,) = lab.append(f"{program} {name} {command}")
            assert "is unknown" not in entry.output, (name, command)
            assert "not part of the model" not in entry.output, (name, command)


@pytest.mark.parametrize(
    ("script", "words", "word", "body"),
    [
        ("ip link; nft list ru", ["nft", "list"], "ru", None),
        ("nft 'add rule ip t", ["nft"], "add rule ip t", None),
        ("nft -f - <<'X'\ntable ip t {\n", ["nft", "-f", "-"], "", "table ip t {\n"),
        ("nft -f - <<-X\n\ttable ip t\n\tX\nip li", ["ip"], "li", None),
        ("ping -c1 10.0.0.1 >/dev/null 2>&1 -W", ["ping", "-c1", "10.0.0.1"], "-W", None),
        ("ip \\\n  li", ["ip"], "li", None),
        ("sleep 1 & ip li", ["ip"], "li", None),
        ('ip "li', ["ip"], "li", None),
    ],
)
def test_a_cursor_is_found_in_what_is_no_script_yet(script: str, words: list[str], word: str, body: str | None) -> None:
    found = cursor(script, len(script))
    assert (found.words, found.word, found.body) == (words, word, body)
