"""The layout of nft list, as nft 1.0.6 prints it of the same ruleset on a real kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel.netfilter.packets import NETDEV
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.netfilter.nf_tables_dump import nf_tables_getobj, nf_tables_getrule, nf_tables_getsetelem
from webapp.kernel.uapi import nf_tables as nft
from webapp.kernel.uapi.netfilter import NFPROTO_INET, NFPROTO_IPV4
from webapp.userland.nftables import userdata
from webapp.userland.nftables.datatype import INET_SERVICE, IPADDR, Output, concat_type
from webapp.userland.nftables.netlink_debug import element_debug, rule_debug
from webapp.userland.nftables.ruleset import (
    chains_print,
    load,
    objects_print,
    one_chain_print,
    one_set_print,
    ruleset_print,
    sets_print,
    tables_print,
)

END = nft.NFT_SET_ELEM_INTERVAL_END
CMT = userdata.put_text(userdata.COMMENT, "hi")
ACCEPT, DROP = nft.Verdict(1), nft.Verdict(0)


def ip(*octets: int) -> bytes:
    return bytes(octets)


def ports(*numbers: int) -> tuple[nft.SetElem, ...]:
    return tuple(nft.SetElem(number.to_bytes(2, "big")) for number in numbers)


MESSAGES = (
    nft.NewTable(NETDEV, "t", userdata=CMT),
    nft.NewChain(NETDEV, "t", "c", userdata=CMT),
    nft.NewChain(NETDEV, "t", "i", nft.Hook(0, 5, ("v1", "v0"))),
    nft.NewChain(NETDEV, "t", "e", nft.Hook(1, -20, ("v0",)), 0),
    nft.NewObj(NETDEV, "t", "n", nft.Counter(), CMT),
    nft.NewObj(NETDEV, "t", "l", nft.Limit(5, 1, 9)),
    nft.NewObj(NETDEV, "t", "q", nft.Quota(200, nft.NFT_QUOTA_F_INV)),
    nft.NewSet(NETDEV, "t", "p", 1, 0, INET_SERVICE.type, 2),
    nft.NewSetElem(NETDEV, "t", "p", ports(8, 7, 6, 5, 4, 3, 2, 1)),
    nft.NewSet(NETDEV, "t", "a", 2, 0, IPADDR.type, 4),
    nft.NewSetElem(NETDEV, "t", "a", tuple(nft.SetElem(ip(1, 1, 1, n)) for n in (4, 2, 3, 1))),
    nft.NewSet(
        NETDEV, "t", "r", 3, nft.NFT_SET_INTERVAL | nft.NFT_SET_CONCAT, concat_type((IPADDR, INET_SERVICE)).type, 8,
        concat=(4, 2),
        userdata=userdata.put_number(userdata.SET_MERGE_ELEMENTS, 1)
        + userdata.put_text(userdata.SET_KEY_TYPEOF, "ip saddr . udp dport"),
    ),
    nft.NewSet(NETDEV, "t", "m", 4, nft.NFT_SET_MAP, IPADDR.type, 4, nft.NFT_DATA_VERDICT, 16),
    nft.NewSetElem(
        NETDEV, "t", "m", (nft.SetElem(ip(1, 1, 1, 2), data=DROP), nft.SetElem(ip(1, 1, 1, 1), data=ACCEPT))
    ),
    nft.NewSet(NETDEV, "t", "iv", 5, nft.NFT_SET_INTERVAL, IPADDR.type, 4),
    nft.NewSetElem(
        NETDEV, "t", "iv",
        (
            nft.SetElem(ip(0, 0, 0, 0), flags=END),
            nft.SetElem(ip(10, 0, 0, 0)), nft.SetElem(ip(11, 0, 0, 0), flags=END),
            nft.SetElem(ip(192, 168, 0, 1)), nft.SetElem(ip(192, 168, 0, 10), flags=END), nft.SetElem(ip(240, 0, 0, 1)),
        ),
    ),
    nft.NewRule(NETDEV, "t", "i", (nft.Counter(98, 1), nft.Immediate(0, nft.Verdict(nft.NFT_JUMP, "c"))), CMT),
    nft.NewTable(NFPROTO_IPV4, "f", nft.NFT_TABLE_F_DORMANT),
    nft.NewChain(NFPROTO_IPV4, "f", "p", nft.Hook(0, -150)),
    nft.NewTable(NFPROTO_INET, "g"),
)  # fmt: skip

LISTING = Path(__file__).with_name("listing.txt").read_text()


@pytest.fixture
def filled(net: Net, apply) -> Net:
    apply(*MESSAGES)
    return net


def test_a_ruleset_is_listed_table_by_table(filled):
    assert ruleset_print(load(filled), Output()) == LISTING


def test_handles_are_listed_on_demand_and_numbers_instead_of_names(filled):
    text = ruleset_print(load(filled, NETDEV), Output(handle=True, numeric_priority=True, stateless=True))
    assert "table netdev t { # handle 1\n" in text
    assert '\tcounter n { # handle 4\n\t\tcomment "hi"\n\t}\n' in text
    assert "priority 5; policy accept;" in text
    assert '\t\tcounter jump c comment "hi" # handle 12\n' in text


def test_terse_leaves_elements_out(filled):
    assert "elements" not in ruleset_print(load(filled), Output(terse=True))


def test_tables_chains_sets_and_maps_are_listed_by_themselves(filled):
    tables = load(filled)
    assert tables_print(tables, Output()) == "table netdev t\ntable ip f\ntable inet g\n"
    assert chains_print(tables[1:], Output()) == (
        "table ip f {\n\tchain p {\n\t\ttype filter hook prerouting priority mangle; policy accept;\n\t}\n}\n"
        "table inet g {\n}\n"
    )
    assert sets_print(tables[1:], Output()) == "table ip f {\n}\ntable inet g {\n}\n"
    assert one_chain_print(tables[0], "c", Output()) == 'table netdev t {\n\tchain c {\n\t\tcomment "hi"\n\t}\n}\n'
    assert one_set_print(tables[0], "m", Output()) == (
        "table netdev t {\n\tmap m {\n\t\ttype ipv4_addr : verdict\n"
        "\t\telements = { 1.1.1.1 : accept, 1.1.1.2 : drop }\n\t}\n}\n"
    )


def test_objects_are_listed_by_type_and_only_where_a_table_has_objects(filled):
    text = objects_print(load(filled), nf_tables_getobj(filled), nft.NFT_OBJECT_LIMIT, Output())
    assert text == "table netdev t {\n\tlimit l {\n\t\trate 5/second burst 9 packets\n\t}\n}\n"


def test_debug_output_names_the_rule_by_its_handle(filled):
    (rule,) = nf_tables_getrule(filled)
    assert rule_debug(rule) == (
        "netdev t i 12\n  [ counter pkts 1 bytes 98 ]\n  [ immediate reg 0 jump -> c ]\n"
        "  userdata = { \\x00\\x03hi\\x00 }\n"
    )
    elements = nf_tables_getsetelem(filled, NETDEV, "t", "m")
    assert {element_debug(elem) for elem in elements} == {
        "\telement 01010101  : accept 0 [end]",
        "\telement 02010101  : drop 0 [end]",
    }
