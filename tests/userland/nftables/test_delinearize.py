"""What nft makes of the kernel's expressions: held against a ruleset that nft 1.0.6 compiled and listed itself.

netlink-and-listing.txt is what ``nft --debug=netlink -f -`` and ``nft -a list ruleset`` printed on a real kernel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.kernel.netfilter.packets import NETDEV
from tests.userland.nftables.netlink_text import Reader, elements
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.errno import KernelError
from webapp.kernel.uapi import nf_tables as nft
from webapp.kernel.uapi.nftnl import expr_snprintf
from webapp.userland.nftables.datatype import INET_SERVICE, IPADDR, MARK, Output, concat_type
from webapp.userland.nftables.delinearize import stmt_of
from webapp.userland.nftables.postprocess import delinearize_rule
from webapp.userland.nftables.print import stmt_print
from webapp.userland.nftables.setelem import set_of

RECORDED = Path(__file__).with_name("netlink-and-listing.txt").read_text()
NETLINK, _, LISTING = RECORDED.partition("table netdev t {")


PAIR = concat_type((IPADDR, IPADDR)).type
NAMED = {
    "seen": (0x30, IPADDR.type, 4, 0, ()),
    "seen2": (0x30, IPADDR.type, 4, 0, ()),
    "m1": (0x8, IPADDR.type, 4, MARK.type, ()),
    "om": (0x40, INET_SERVICE.type, 2, 0, ()),
    "iv": (0x4, IPADDR.type, 4, 0, ()),
    "acl": (0x84, concat_type((IPADDR, INET_SERVICE)).type, 8, 0, (4, 2)),
}


class Names:
    def ifindex(self, name: str) -> int | None:
        return {"v0": 3, "v1": 2}.get(name)

    def ifname(self, ifindex: int) -> str | None:
        return {3: "v0", 2: "v1"}.get(ifindex)


OUTPUT = Output(names=Names())


@dataclass
class Recorded:
    """One rule: its anonymous sets (name, flags, elements), and its expressions."""

    sets: list[tuple[str, int, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def recorded_rules() -> list[Recorded]:
    rules = [Recorded()]
    lines = NETLINK.splitlines()
    for number, line in enumerate(lines):
        if match := re.fullmatch(r"(__\w+%d) t (\w+) size \d+", line):
            name = match[1].replace("%d", str(len(rules[-1].sets)))
            rules[-1].sets.append((name, int(match[2], 16), lines[number + 2]))
        elif line.startswith("  ["):
            while "%d" in line:
                line = line.replace("%d", str(sum("__" in other for other in rules[-1].lines)), 1)  # noqa: PLW2901
            rules[-1].lines.append(line)
        elif rules[-1].lines:
            rules.append(Recorded())
            if match := re.fullmatch(r"(__\w+%d) t (\w+) size \d+", line):
                rules[-1].sets.append((match[1].replace("%d", "0"), int(match[2], 16), lines[number + 2]))
    return [rule for rule in rules if rule.lines]


def declaration(name, flags, key_type, key_len, data_type, concat, found=()):
    objtype = nft.NFT_OBJECT_COUNTER if flags & nft.NFT_SET_OBJECT else 0
    record = nft.Set(NETDEV, "t", name, 0, flags, key_type, key_len, data_type, 4, objtype, 0, 0, concat, 0, 0, (), b"")
    return set_of(record, found, stmt_of)


def listed(rule: Recorded) -> str:
    reader = Reader(rule.lines)
    expressions = tuple(reader.expr(line) for line in rule.lines)
    sets = {name: declaration(name, *attributes) for name, attributes in NAMED.items()}
    for name, flags, line in rule.sets:
        pair = "0200000a" in line
        key_len = 8 if pair else reader.keys[name]
        data_type = nft.NFT_DATA_VERDICT if flags & nft.NFT_SET_MAP else 0
        found = elements(line, key_len)
        sets[name] = declaration(name, flags, PAIR if pair else 0, key_len, data_type, (), found)
    return " ".join(stmt_print(stmt, OUTPUT) for stmt in delinearize_rule(NETDEV, expressions, sets))


def recorded_listing() -> list[str]:
    lines = [line.strip() for line in LISTING.partition("\tchain i {")[2].splitlines()[2:]]
    return [re.sub(r'( comment "\w+")? # handle \d+$', "", line) for line in lines if " # handle" in line]


RULES = recorded_rules()
TEXTS = recorded_listing()


def test_the_recording_has_as_many_rules_compiled_as_listed():
    assert len(RULES) == len(TEXTS) == 54


@pytest.mark.parametrize(("rule", "text"), list(zip(RULES, TEXTS, strict=False)), ids=TEXTS)
def test_a_rule_is_listed_as_nft_lists_it(rule, text):
    assert listed(rule) == text


@pytest.mark.parametrize("rule", RULES, ids=TEXTS)
def test_expressions_are_worded_as_libnftnl_words_them(rule):
    reader = Reader(rule.lines)
    for line in rule.lines:
        expr = reader.expr(line)
        assert f"  [ {expr.name} {expr_snprintf(expr)} ]".replace("  ]", " ]") == line.replace("  ]", " ]").rstrip()


def test_the_model_kernel_takes_every_recorded_rule(net: Net, apply):
    apply(nft.NewTable(NETDEV, "t"), nft.NewChain(NETDEV, "t", "sub"), nft.NewChain(NETDEV, "t", "i"))
    apply(nft.NewObj(NETDEV, "t", "q", nft.Quota(200, 1)), nft.NewObj(NETDEV, "t", "named", nft.Counter()))
    for number, (name, (flags, key_type, key_len, data_type, concat)) in enumerate(NAMED.items(), 100):
        objtype = nft.NFT_OBJECT_COUNTER if flags & nft.NFT_SET_OBJECT else 0
        length = 4 if data_type else 0
        apply(
            nft.NewSet(NETDEV, "t", name, number, flags, key_type, key_len, data_type, length, objtype, concat=concat)
        )
    unknown = []
    for rule, text in zip(RULES, TEXTS, strict=True):
        if rule.sets:
            continue
        reader = Reader(rule.lines)
        try:
            apply(nft.NewRule(NETDEV, "t", "i", tuple(reader.expr(line) for line in rule.lines)))
        except KernelError as error:
            unknown.append((text, error.errno.name))
    assert unknown == []
