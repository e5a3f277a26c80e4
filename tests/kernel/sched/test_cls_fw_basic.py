from __future__ import annotations

import pytest

from tests.kernel.sched.bench import Bench, frame, gact
from webapp.kernel.core.net_device import NET_XMIT_DROP, NET_XMIT_SUCCESS
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.sched.cls_api import DumpError, tc_dump_tfilter
from webapp.kernel.uapi.pkt_cls import TC_ACT_OK, TC_ACT_SHOT
from webapp.kernel.uapi.pkt_cls_ematch import (
    Ematch,
    EmCmp,
    EmContainer,
    EmLayer,
    EmMeta,
    EmNbyte,
    EmOperand,
    EmRelation,
    EmU32,
    MetaObject,
)
from webapp.kernel.uapi.pkt_sched import BasicOptions, FwOptions

DROP = (gact(TC_ACT_SHOT),)


@pytest.fixture
def bench() -> Bench:
    return Bench("v0")


def sends(bench: Bench, mark: int = 0) -> int:
    return bench.send("v0", frame(mark=mark))


def test_fw_compares_the_mark_under_the_mask_of_its_preference(bench: Bench) -> None:
    bench.add("v0 egress", FwOptions(DROP, mask=0xF), handle=5, kind="fw", prio=1)
    assert (sends(bench, 5), sends(bench, 0x15), sends(bench, 6)) == (NET_XMIT_DROP, NET_XMIT_DROP, NET_XMIT_SUCCESS)
    with pytest.raises(KernelError) as caught:
        bench.add("v0 egress", FwOptions(DROP), handle=6, kind="fw", prio=1)
    assert caught.value.errno == Errno.EINVAL


def test_fw_without_filters_takes_the_mark_for_a_class(bench: Bench) -> None:
    bench.add("v0 egress", None, kind="fw", prio=1)  # type: ignore[arg-type]
    bench.add("v0 egress", BasicOptions(DROP), kind="basic", prio=2)
    assert (sends(bench, 7), sends(bench, 0)) == (NET_XMIT_SUCCESS, NET_XMIT_DROP)


def test_a_dump_ends_at_an_fw_preference_without_filters(bench: Bench) -> None:
    bench.add("v0 egress", None, kind="fw", prio=1)  # type: ignore[arg-type]
    bench.add("v0 egress", BasicOptions(DROP), kind="basic", prio=2)
    with pytest.raises(DumpError) as caught:
        tc_dump_tfilter(bench.net, bench.request("v0 egress", None))
    assert [info.kind for info in caught.value.infos] == ["fw"]


def test_the_newest_basic_filter_is_asked_first(bench: Bench) -> None:
    bench.add("v0 egress", BasicOptions(DROP), kind="basic", prio=1)
    bench.add("v0 egress", BasicOptions((gact(TC_ACT_OK),)), kind="basic", prio=1)
    assert sends(bench) == NET_XMIT_SUCCESS


TTL_IS_64 = EmCmp(1, 8, 64, EmOperand.EQ)
TTL_IS_1 = EmCmp(1, 8, 1, EmOperand.EQ)


@pytest.mark.parametrize(
    ("tree", "matched"),
    [
        ((Ematch(TTL_IS_64),), True),
        ((Ematch(TTL_IS_1),), False),
        ((Ematch(TTL_IS_1, inverted=True),), True),
        ((Ematch(TTL_IS_1, EmRelation.AND), Ematch(TTL_IS_64)), False),
        ((Ematch(TTL_IS_1, EmRelation.OR), Ematch(TTL_IS_64)), True),
        ((Ematch(TTL_IS_64, EmRelation.OR), Ematch(TTL_IS_1, EmRelation.AND), Ematch(TTL_IS_1)), True),
        ((Ematch(TTL_IS_64, EmRelation.AND), Ematch(EmContainer(2)), Ematch(TTL_IS_1)), False),
        ((Ematch(TTL_IS_64, EmRelation.AND), Ematch(EmContainer(2), inverted=True), Ematch(TTL_IS_1)), True),
        ((Ematch(EmCmp(2, 2, 53, EmOperand.EQ, EmLayer.TRANSPORT)),), True),
        ((Ematch(EmCmp(2, 12, 0x0008, EmOperand.EQ, EmLayer.LINK, trans=True)),), True),
        ((Ematch(EmCmp(1, 900, 0, EmOperand.EQ)),), False),
        ((Ematch(EmU32(0x0A000002, 0xFFFFFFFF, 16)),), True),
        ((Ematch(EmNbyte(b"\x0a\0\0\x02", 16)),), True),
        ((Ematch(EmMeta(MetaObject("nf_mark", 0xF), EmOperand.EQ, MetaObject("", 5))),), True),
        ((Ematch(EmMeta(MetaObject("pkt_len", shift=4), EmOperand.GT, MetaObject("", 3))),), False),
        ((Ematch(EmMeta(MetaObject("vlan"), EmOperand.EQ, MetaObject("", 0))),), False),
    ],
)
def test_ematches_are_linked_by_and_or_and_parentheses(bench: Bench, tree: tuple[Ematch, ...], matched: bool) -> None:
    bench.add("v0 egress", BasicOptions(DROP, ematches=tree), kind="basic")
    assert sends(bench, 0x15) == (NET_XMIT_DROP if matched else NET_XMIT_SUCCESS)


def test_what_is_not_known_of_packets_is_refused(bench: Bench) -> None:
    loadavg = Ematch(EmMeta(MetaObject("loadavg_1"), EmOperand.GT, MetaObject("", 0)))
    with pytest.raises(KernelError, match="meta\\(loadavg_1\\) is not modelled"):
        bench.add("v0 egress", BasicOptions(DROP, ematches=(loadavg,)), kind="basic")
