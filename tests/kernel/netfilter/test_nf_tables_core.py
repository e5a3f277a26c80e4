"""What chains do with packets."""

import pytest

from tests.kernel.netfilter.packets import NETDEV, again, udp_frame
from webapp.kernel.kfunc import recording
from webapp.kernel.netfilter.nf_tables_core import NF_DROPPED
from webapp.kernel.netfilter.nf_tables_dump import nf_tables_getrule, nf_tables_getsetelem
from webapp.kernel.trace import ChainRun, Recorder, RuleRun
from webapp.kernel.uapi import nf_tables as nft
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NF_DROP

SADDR = nft.Payload(1, nft.NFT_PAYLOAD_NETWORK_HEADER, 12, 4)
DPORT = nft.Payload(1, nft.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2)
TTL = nft.Payload(1, nft.NFT_PAYLOAD_NETWORK_HEADER, 8, 1)
ACCEPT = nft.Immediate(0, nft.Verdict(NF_ACCEPT))
DROP = nft.Immediate(0, nft.Verdict(NF_DROP))
COUNTER = nft.Counter()


def eq(data):
    return nft.Cmp(1, nft.NFT_CMP_EQ, data)


def jump(chain, code=nft.NFT_JUMP):
    return nft.Immediate(0, nft.Verdict(code, chain))


def counters(net, chain="i"):
    """Packets of the first counter of each rule."""
    rules = nf_tables_getrule(net, NETDEV, "t", chain)
    return [next((e.packets for e in rule.expressions if isinstance(e, nft.Counter)), None) for rule in rules]


def test_a_counter_counts_packets_and_the_bytes_that_the_hook_sees(net, ingress):
    skb = udp_frame(data=b"12345")
    assert ingress(skb, [COUNTER]) == NF_ACCEPT
    (rule,) = nf_tables_getrule(net)
    assert rule.expressions == (nft.Counter(bytes=33, packets=1),)


def test_a_rule_ends_at_the_first_expression_that_does_not_hold(net, ingress):
    ingress(udp_frame(), [DPORT, eq(b"\0\x35"), COUNTER], [DPORT, eq(b"\0\x36"), COUNTER])
    assert counters(net) == [1, 0]


def test_the_policy_decides_when_no_rule_does(ingress):
    assert ingress(udp_frame(), [COUNTER], policy=NF_DROP) == NF_DROPPED


def test_the_first_verdict_ends_the_chain(net, ingress):
    assert ingress(udp_frame(), [ACCEPT], [COUNTER], policy=NF_DROP) == NF_ACCEPT
    assert counters(net) == [None, 0]


def test_a_jump_comes_back_and_a_goto_does_not(net, ingress):
    sub = nft.NewChain(NETDEV, "t", "sub")
    ingress(udp_frame(), [jump("sub")], [COUNTER], [jump("sub", nft.NFT_GOTO)], [COUNTER], before=[sub])
    assert counters(net) == [None, 1, None, 0]


def test_return_in_a_base_chain_gives_the_policy(net, ingress):
    back = nft.Immediate(0, nft.Verdict(nft.NFT_RETURN))
    assert ingress(udp_frame(), [back], [ACCEPT], policy=NF_DROP) == NF_DROPPED


@pytest.mark.parametrize(
    ("op", "matches"),
    [
        (nft.NFT_CMP_EQ, [False, True, False]),
        (nft.NFT_CMP_NEQ, [True, False, True]),
        (nft.NFT_CMP_LT, [True, False, False]),
        (nft.NFT_CMP_LTE, [True, True, False]),
        (nft.NFT_CMP_GT, [False, False, True]),
        (nft.NFT_CMP_GTE, [False, True, True]),
    ],
)
def test_values_are_compared_byte_by_byte(net, ingress, op, matches):
    ingress(udp_frame(ttl=9), [TTL, nft.Cmp(1, op, b"\x0a"), COUNTER])
    again(net, udp_frame(ttl=10))
    again(net, udp_frame(ttl=11))
    assert counters(net) == [sum(matches)]


def test_marks_are_set_shifted_and_masked(ingress):
    skb = udp_frame()
    mark = nft.Meta(nft.NFT_META_MARK, 1)
    store = nft.MetaSet(nft.NFT_META_MARK, 1)
    four = (4).to_bytes(4, "little")
    mask, xor = (0xFFFFFFF0).to_bytes(4, "little"), (5).to_bytes(4, "little")
    ingress(
        skb,
        [nft.Immediate(1, (0xABCD).to_bytes(4, "little")), store],
        [mark, nft.Bitwise(1, 1, 4, nft.NFT_BITWISE_LSHIFT, data=four), store],
        [mark, nft.Bitwise(1, 1, 4, mask=mask, xor=xor), store],
    )
    assert skb.mark == 0xABCD5


def test_a_shift_carries_from_one_register_to_the_one_before(net, ingress):
    value = bytes.fromhex("0000000000000080")
    one = (1).to_bytes(4, "little")
    shift = nft.Bitwise(1, 1, 8, nft.NFT_BITWISE_LSHIFT, data=one)
    expected = bytes.fromhex("0100000000000000")
    ingress(udp_frame(), [nft.Immediate(1, value), shift, nft.Cmp(1, nft.NFT_CMP_EQ, expected), COUNTER])
    assert counters(net) == [1]


def test_byteorder_makes_numbers_comparable(net, ingress):
    hton = nft.Byteorder(1, 1, nft.NFT_BYTEORDER_HTON, 4, 4)
    length = nft.Meta(nft.NFT_META_LEN, 1)
    ingress(udp_frame(), [length, hton, nft.Range(1, nft.NFT_RANGE_EQ, b"\0\0\0\x1c", b"\0\0\0\x1d"), COUNTER])
    again(net, udp_frame(data=bytes(300)))
    assert counters(net) == [1]


def test_an_interface_that_the_hook_does_not_have_has_an_empty_name(net, ingress):
    iif, oif = nft.Meta(nft.NFT_META_IIFNAME, 1), nft.Meta(nft.NFT_META_OIFNAME, 1)
    ingress(udp_frame(), [iif, eq(b"v0".ljust(16, b"\0")), COUNTER], [oif, eq(bytes(16)), COUNTER])
    assert counters(net) == [1, 1]


def test_later_fragments_have_no_transport_header_and_only_the_fast_load_reads_there_all_the_same(net, ingress):
    skb = udp_frame()
    skb.write(14 + 6, b"\x20\x01")
    slow = nft.Payload(1, nft.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 3)
    ingress(skb, [slow, COUNTER], [DPORT, COUNTER], [nft.Meta(nft.NFT_META_L4PROTO, 1), eq(b"\x11"), COUNTER])
    assert counters(net) == [0, 1, 1]


def test_of_a_malformed_packet_nothing_is_known_beyond_its_ethertype(net, ingress):
    skb = udp_frame()
    skb.write(14, b"\x44")
    protocol = nft.Meta(nft.NFT_META_PROTOCOL, 1)
    ingress(skb, [protocol, eq(b"\x08\0"), COUNTER], [nft.Meta(nft.NFT_META_L4PROTO, 1), COUNTER], [DPORT, COUNTER])
    assert counters(net) == [1, 0, 0]


def test_writing_an_address_mends_both_checksums(ingress):
    skb = udp_frame(data=b"abc")
    write = nft.PayloadSet(1, nft.NFT_PAYLOAD_NETWORK_HEADER, 16, 4, nft.NFT_PAYLOAD_CSUM_INET, 10,
                           nft.NFT_PAYLOAD_L4CSUM_PSEUDOHDR)  # fmt: skip
    ingress(skb, [nft.Immediate(1, bytes((10, 0, 0, 9))), write])
    assert skb.head == udp_frame(daddr="10.0.0.9", data=b"abc").head


def test_writing_without_checksums_leaves_them_alone(ingress):
    skb = udp_frame()
    before = skb.head
    write = nft.PayloadSet(1, nft.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2)
    ingress(skb, [nft.Immediate(1, b"\0\x36"), write])
    assert skb.head == before[:36] + b"\0\x36" + before[38:]


def test_a_limit_lets_the_burst_through_and_then_what_time_refills(net, ingress):
    limit = nft.Limit(rate=1, unit=60, burst=3)
    ingress(udp_frame(), [limit, COUNTER])
    for _ in range(5):
        again(net, udp_frame())
    assert counters(net) == [3]
    net.machine.advance(net.machine.clock.now + 60 * 10**9)
    again(net, udp_frame())
    again(net, udp_frame())
    assert counters(net) == [4]


def test_a_byte_limit_costs_as_much_as_the_packet_is_long(net, ingress):
    limit = nft.Limit(100, 3600, 100, nft.NFT_LIMIT_PKT_BYTES)
    ingress(udp_frame(), [limit, COUNTER])
    for _ in range(9):
        again(net, udp_frame())
    assert counters(net) == [200 // 28]


def test_a_quota_is_used_up_by_bytes(net, ingress):
    until, over = nft.Quota(60), nft.Quota(60, nft.NFT_QUOTA_F_INV)
    ingress(udp_frame(), [until, COUNTER], [over, COUNTER])
    again(net, udp_frame())
    again(net, udp_frame())
    assert counters(net) == [2, 1]
    quota = nf_tables_getrule(net)[0].expressions[0]
    assert quota == nft.Quota(60, nft.NFT_QUOTA_F_DEPLETED, 60)


def test_numgen_counts_from_its_offset_and_starts_over(net, ingress):
    rule = [nft.Numgen(1, 3, nft.NFT_NG_INCREMENTAL, 7), nft.MetaSet(nft.NFT_META_MARK, 1)]
    marks = []
    skb = udp_frame()
    ingress(skb, rule)
    marks.append(skb.mark)
    for _ in range(3):
        skb = udp_frame()
        again(net, skb)
        marks.append(skb.mark)
    assert marks == [7, 8, 9, 7]


def test_an_interval_matches_from_its_start_up_to_its_end(net, ingress):
    elements = (
        nft.SetElem(b"\x0a"), nft.SetElem(b"\x14", flags=nft.NFT_SET_ELEM_INTERVAL_END),
        nft.SetElem(b"\x14"), nft.SetElem(b"\x15", flags=nft.NFT_SET_ELEM_INTERVAL_END),
    )  # fmt: skip
    before = [
        nft.NewSet(NETDEV, "t", "s", 1, nft.NFT_SET_INTERVAL, 12, 1),
        nft.NewSetElem(NETDEV, "t", "s", elements),
    ]
    ingress(udp_frame(ttl=9), [TTL, nft.Lookup("s", 1), COUNTER], before=before)
    for ttl in (10, 19, 20, 21):
        again(net, udp_frame(ttl=ttl))
    assert counters(net) == [3]


def test_each_field_of_a_concatenation_has_its_own_range(net, ingress):
    low, high = bytes((10, 0, 0, 0)) + b"\x03\xe8\0\0", bytes((10, 0, 0, 15)) + b"\x07\xcf\0\0"
    flags = nft.NFT_SET_INTERVAL | nft.NFT_SET_CONCAT
    before = [
        nft.NewSet(NETDEV, "t", "acl", 1, flags, 461, 8, concat=(4, 2), expressions=(nft.Counter(),)),
        nft.NewSetElem(NETDEV, "t", "acl", (nft.SetElem(low, high),)),
    ]
    port = nft.Payload(9, nft.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2)
    ingress(udp_frame(dport=1500), [SADDR, port, nft.Lookup("acl", 1), COUNTER], before=before)
    again(net, udp_frame(dport=2000))
    again(net, udp_frame(saddr="10.0.0.16", dport=1500))
    assert counters(net) == [1]
    (elem,) = nf_tables_getsetelem(net, NETDEV, "t", "acl")
    assert elem.expressions == (nft.Counter(28, 1),)


def test_a_verdict_map_decides_and_its_catch_all_takes_the_rest(net, ingress):
    elements = (
        nft.SetElem(b"\x0a", data=nft.Verdict(nft.NFT_JUMP, "sub")),
        nft.SetElem(None, data=nft.Verdict(NF_DROP), flags=nft.NFT_SET_ELEM_CATCHALL),
    )
    before = [
        nft.NewChain(NETDEV, "t", "sub"),
        nft.NewRule(NETDEV, "t", "sub", (COUNTER,)),
        nft.NewSet(NETDEV, "t", "m", 1, nft.NFT_SET_MAP, 12, 1, nft.NFT_DATA_VERDICT, 16),
        nft.NewSetElem(NETDEV, "t", "m", elements),
    ]
    assert ingress(udp_frame(ttl=10), [TTL, nft.Lookup("m", 1, 0)], [COUNTER], before=before) == NF_ACCEPT
    assert again(net, udp_frame(ttl=11)) == NF_DROPPED
    assert counters(net, "sub") == [1]
    assert counters(net) == [None, 1]


def test_packets_fill_a_dynamic_set_until_it_is_full(net, ingress):
    dynamic = nft.NFT_SET_EVAL
    before = [nft.NewSet(NETDEV, "t", "seen", 1, dynamic, 7, 4, size=2)]
    add = nft.Dynset("seen", nft.NFT_DYNSET_OP_ADD, 1, expressions=(nft.Counter(),))
    ingress(udp_frame(), [SADDR, add, COUNTER], before=before)
    again(net, udp_frame())
    again(net, udp_frame("10.0.0.8"))
    again(net, udp_frame("10.0.0.9"))
    assert counters(net) == [3]
    elements = {elem.key: elem.expressions for elem in nf_tables_getsetelem(net, NETDEV, "t", "seen")}
    assert elements == {b"\x0a\0\0\x01": (nft.Counter(56, 2),), b"\x0a\0\0\x08": (nft.Counter(28, 1),)}


def test_elements_that_time_out_are_gone(net, ingress):
    flags = nft.NFT_SET_EVAL | nft.NFT_SET_TIMEOUT
    before = [nft.NewSet(NETDEV, "t", "s", 1, flags, 7, 4, size=9, timeout=5000)]
    ingress(udp_frame(), [SADDR, nft.Lookup("s", 1), COUNTER], [SADDR, nft.Dynset("s", 0, 1)], before=before)
    again(net, udp_frame())
    assert counters(net) == [1, None]
    net.machine.advance(net.machine.clock.now + 5 * 10**9)
    assert nf_tables_getsetelem(net, NETDEV, "t", "s") == ()
    again(net, udp_frame())
    assert counters(net) == [1, None]


def test_a_traced_chain_gives_the_same_verdict_and_tells_rule_by_rule(net, ingress):
    ingress(udp_frame(), [DPORT, eq(b"\0\x35"), COUNTER], [TTL, eq(b"\x01"), DROP], [DROP])
    recorder = Recorder(net.machine.clock)
    with recording(recorder):
        assert again(net, udp_frame()) == NF_DROPPED
    step = next(step for step in recorder.walk().steps if step.symbol == "nft_do_chain")
    first, second, third, end = step.notes[:4]
    assert isinstance(first, RuleRun)
    assert [(run.name, run.operands, run.value, run.goes_on) for run in first.expressions] == [
        ("payload", "load 2b @ transport header + 2 => reg 1", "0035", True),
        ("cmp", "eq reg 1 0x00003500", "0035", True),
        ("counter", "pkts 2 bytes 56", "packets 2 bytes 56", True),
    ]
    assert (second.expressions[-1].goes_on, second.verdict, third.verdict) == (False, "", "NF_DROP")
    assert end == ChainRun("netdev", "t", "i", 0, "accept", "NF_DROP")
    assert step.verdict == "NF_DROP"
    assert counters(net) == [2, None, None]
