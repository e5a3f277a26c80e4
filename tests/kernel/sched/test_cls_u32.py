from __future__ import annotations

import pytest

from tests.kernel.sched.bench import DST, SRC, Bench, everything, frame, gact, ret, u32
from webapp.kernel.core.net_device import NET_XMIT_DROP, NET_XMIT_SUCCESS
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.sched.cls_api import tc_dump_tfilter
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.pkt_cls import TC_ACT_SHOT
from webapp.kernel.uapi.pkt_sched import U32Key, U32Mark, U32Options, U32Sel, U32SelFlags

DROP = (gact(TC_ACT_SHOT),)
ALL = 0xFFFFFFFF


@pytest.fixture
def bench() -> Bench:
    return Bench("v0", "v1")


def number(address: bytes) -> int:
    return int.from_bytes(address)


def handles(bench: Bench, side: str = "egress") -> list[int]:
    infos = tc_dump_tfilter(bench.net, bench.request(f"v0 {side}", None, protocol=0))
    return [info.handle for info in infos if info.handle]


@pytest.mark.parametrize(
    ("key", "matches"),
    [
        ((number(DST), ALL, 16), True),
        ((number(SRC), ALL, 16), False),
        ((0x00110000, 0x00FF0000, 8), True),
        ((53, 0xFFFF, 20), True),
        ((0x0200, 0xFFFF, -16), True),
        ((0x0400, 0xFFFF, -16), False),
        ((0, 0, -20), False),
        ((0x00010800, ALL, -4), True),
    ],
)
@pytest.mark.parametrize("side", ["egress", "ingress"])
def test_offsets_count_from_the_network_header_in_both_directions(
    bench: Bench, side: str, key: tuple[int, int, int], matches: bool
) -> None:
    bench.add(f"v0 {side}", u32(key, actions=DROP))
    if side == "egress":
        bench.send("v0")
    else:
        bench.receive("v0")
    assert (bench.sent == [] and bench.up == []) == matches


def test_all_keys_of_a_filter_must_match(bench: Bench) -> None:
    bench.add("v0 egress", u32((number(DST), ALL, 16), (number(DST), ALL, 12), actions=DROP))
    assert bench.send("v0") == NET_XMIT_SUCCESS


def test_a_key_beyond_the_packet_ends_the_search_of_its_preference(bench: Bench) -> None:
    bench.add("v0 egress", u32((0, 0, 400)), prio=1)
    bench.add("v0 egress", everything(*DROP), prio=1)
    assert bench.send("v0") == NET_XMIT_SUCCESS
    bench.add("v0 egress", everything(*DROP), prio=2)
    assert bench.send("v0") == NET_XMIT_DROP


def test_filters_of_a_table_are_asked_in_the_order_of_their_numbers(bench: Bench) -> None:
    bench.add("v0 egress", everything(*DROP), prio=1)
    bench.add("v0 egress", everything(), prio=1, handle=0x7)
    assert handles(bench) == [0x80000000, 0x80000007, 0x80000800]
    assert bench.send("v0") == NET_XMIT_SUCCESS


def test_tables_of_both_sides_of_a_qdisc_are_counted_together(bench: Bench) -> None:
    bench.add("v0 egress", everything(), prio=1)
    bench.add("v0 ingress", everything(), prio=2)
    assert handles(bench) == [0x80000000, 0x80000800]
    assert handles(bench, "ingress") == [0x80100000, 0x80100800]


def test_a_mark_must_match_under_its_mask(bench: Bench) -> None:
    bench.add("v0 egress", u32((0, 0, 0), actions=DROP, mark=U32Mark(5, 0xF)))
    assert [bench.send("v0", frame(mark=mark)) for mark in (5, 0x15, 6)] == [1, 1, 0]
    options = tc_dump_tfilter(bench.net, bench.request("v0 egress", None))[-1].options
    assert isinstance(options, U32Options)
    assert options.mark == U32Mark(5, 0xF, 2)


def test_a_class_without_action_is_a_match_and_sets_the_tc_index(bench: Bench) -> None:
    bench.add("v0 egress", u32((0, 0, 0), classid=0x10007), prio=1)
    bench.add("v0 egress", ret(TC_ACT_SHOT), prio=2)
    skb = frame()
    assert bench.send("v0", skb) == NET_XMIT_SUCCESS
    assert skb.tc_index == 7


def test_a_selector_that_is_not_terminal_matches_nothing(bench: Bench) -> None:
    bench.add("v0 egress", U32Options(sel=U32Sel((U32Key(0, 0, 0),))), prio=1)
    bench.add("v0 egress", ret(TC_ACT_SHOT), prio=2)
    assert bench.send("v0") == NET_XMIT_DROP


def add_linked(bench: Bench, sel: U32Sel, key: U32Key, bucket: int) -> None:
    """Table 2: with 16 buckets, one filter in it that drops, and a link to it from the root table."""
    bench.add("v0 egress", U32Options(divisor=16), prio=1, handle=0x00200000)
    inside = U32Sel((key,), U32SelFlags.TERMINAL)
    bench.add("v0 egress", U32Options(DROP, hash=0x00200000 | bucket << 12, sel=inside), prio=1)
    bench.add("v0 egress", U32Options(link=0x00200000, sel=sel), prio=1)


def test_a_link_hashes_a_word_to_the_bucket_that_is_asked(bench: Bench) -> None:
    sel = U32Sel((U32Key(0, 0, 0),), hoff=16, hmask=0x0000000F)
    add_linked(bench, sel, U32Key(0, 0, 0), DST[3])
    assert bench.send("v0") == NET_XMIT_DROP


def test_another_bucket_is_not_asked(bench: Bench) -> None:
    sel = U32Sel((U32Key(0, 0, 0),), hoff=16, hmask=0x0000000F)
    add_linked(bench, sel, U32Key(0, 0, 0), DST[3] + 1)
    assert bench.send("v0") == NET_XMIT_SUCCESS


@pytest.mark.parametrize(("options", "dropped"), [(b"", True), (b"\1" * 8, True), (b"\1" * 8, False)])
def test_nexthdr_follows_the_length_in_the_ip_header(bench: Bench, options: bytes, dropped: bool) -> None:
    # offset at 0 mask 0f00 shift 6: the header's length in bytes
    flags = U32SelFlags.VAROFFSET
    sel = U32Sel((U32Key(0, 0, 0),), flags if dropped else U32SelFlags.NONE, offshift=6, offmask=0x0F00)
    add_linked(bench, sel, U32Key(0x0000FFFF, 53, 0, -1), 0)
    skb = frame()
    vihl = bytes([0x40 | (20 + len(options)) // 4])
    skb.head = skb.head[:14] + vihl + skb.head[15:34] + options + skb.head[34:]
    assert bench.send("v0", skb) == (NET_XMIT_DROP if dropped else NET_XMIT_SUCCESS)


def test_with_eat_all_offsets_of_the_table_count_from_there(bench: Bench) -> None:
    flags = U32SelFlags.OFFSET | U32SelFlags.EAT
    add_linked(bench, U32Sel((U32Key(0, 0, 0),), flags, off=20), U32Key(0x0000FFFF, 53, 0), 0)
    assert bench.send("v0") == NET_XMIT_DROP


@pytest.mark.parametrize(
    ("more", "errno", "words"),
    [
        ({"hash": 0x00900000}, Errno.EINVAL, "cls_u32: Specified hash table not found"),
        ({"hash": 0x80001000}, Errno.EINVAL, "cls_u32: Specified hash table buckets exceed configured value"),
        ({"link": 0x00900000}, Errno.EINVAL, "cls_u32: Link hash table not found"),
        ({"link": 0x80000000}, Errno.EINVAL, "cls_u32: Not linking to root node"),
        ({"indev": "nope"}, Errno.EINVAL, "Network device not found"),
        ({"sel": None}, Errno.EINVAL, "cls_u32: Selector not specified"),
    ],
)
def test_what_cannot_be_is_refused_in_the_kernels_words(
    bench: Bench, more: dict[str, object], errno: Errno, words: str
) -> None:
    with pytest.raises(KernelError) as caught:
        bench.add("v0 egress", u32((0, 0, 0), **more), prio=1)  # type: ignore[arg-type]
    assert (caught.value.errno, caught.value.extack) == (errno, words)


def test_a_change_replaces_actions_and_keeps_keys(bench: Bench) -> None:
    bench.add("v0 egress", u32((number(DST), ALL, 16), actions=DROP), prio=1)
    bench.add("v0 egress", u32((0, ALL, 0)), prio=1, handle=0x80000800, flags=NlmFlags.CREATE)
    [*_, info] = tc_dump_tfilter(bench.net, bench.request("v0 egress", None))
    assert isinstance(info.options, U32Options)
    assert info.options.sel is not None
    assert (info.options.sel.keys[0].off, info.options.actions) == (16, ())
