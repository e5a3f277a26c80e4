from __future__ import annotations

import pytest

from tests.kernel.sched.bench import Bench, bpf, frame, gact, ret
from webapp.kernel.core.net_device import NET_XMIT_DROP, NET_XMIT_SUCCESS
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.sched.cls_api import tc_dump_tfilter
from webapp.kernel.uapi.pkt_cls import (
    TC_ACT_OK,
    TC_ACT_PIPE,
    TC_ACT_QUEUED,
    TC_ACT_RECLASSIFY,
    TC_ACT_REDIRECT,
    TC_ACT_REPEAT,
    TC_ACT_SHOT,
    TC_ACT_STOLEN,
    TC_ACT_TRAP,
    TC_ACT_UNSPEC,
)

DROP = (gact(TC_ACT_SHOT),)
ETHERTYPE = (0x28, 0, 0, 12)
LENGTH = (0x80, 0, 0, 0)
RET_A = (0x16, 0, 0, 0)


@pytest.fixture
def bench() -> Bench:
    return Bench("v0", "v1")


@pytest.mark.parametrize("code", [TC_ACT_OK, TC_ACT_SHOT, TC_ACT_STOLEN, TC_ACT_TRAP, TC_ACT_REDIRECT])
def test_direct_action_takes_these_results_as_the_verdict(bench: Bench, code: int) -> None:
    bench.add("v0 egress", ret(code), prio=1)
    bench.add("v0 egress", ret(TC_ACT_SHOT), prio=2)
    passes = code == TC_ACT_OK
    result = bench.send("v0")
    assert (bench.names() == ["v0"]) == passes
    assert (result == NET_XMIT_DROP) == (code == TC_ACT_SHOT)


@pytest.mark.parametrize(
    "code", [TC_ACT_UNSPEC, TC_ACT_RECLASSIFY, TC_ACT_PIPE, TC_ACT_QUEUED, TC_ACT_REPEAT, 9, 0x20000005]
)
def test_direct_action_takes_all_other_results_for_no_match(bench: Bench, code: int) -> None:
    bench.add("v0 egress", ret(code), prio=1)
    bench.add("v0 egress", ret(TC_ACT_SHOT), prio=2)
    assert bench.send("v0") == NET_XMIT_DROP


def test_without_direct_action_zero_is_no_match(bench: Bench) -> None:
    bench.add("v0 egress", ret(0, da=False, actions=DROP))
    assert bench.send("v0") == NET_XMIT_SUCCESS


@pytest.mark.parametrize(("value", "index"), [(0xFFFFFFFF, 0), (0x10005, 5)])
def test_without_direct_action_another_result_is_the_class(bench: Bench, value: int, index: int) -> None:
    bench.add("v0 egress", ret(value, da=False), prio=1)
    bench.add("v0 egress", ret(TC_ACT_SHOT), prio=2)
    skb = frame()
    assert bench.send("v0", skb) == NET_XMIT_SUCCESS
    assert skb.tc_index == index


@pytest.mark.parametrize("side", ["egress", "ingress"])
def test_the_program_sees_the_link_layer_header_in_both_directions(bench: Bench, side: str) -> None:
    size = frame().len
    is_ip = (0x15, 0, 2, 0x0800)
    is_whole = (0x15, 1, 0, size)
    bench.add(f"v0 {side}", bpf(ETHERTYPE, is_ip, LENGTH, is_whole, (6, 0, 0, 0), (6, 0, 0, 2)))
    if side == "egress":
        bench.send("v0")
    else:
        bench.receive("v0")
    assert (bench.sent, bench.up) == ([], [])


def test_a_load_beyond_the_packet_accepts_it_with_direct_action_and_ends_the_search(bench: Bench) -> None:
    bench.add("v0 egress", bpf((0x30, 0, 0, 5000), (6, 0, 0, 2)), prio=1)
    bench.add("v0 egress", ret(TC_ACT_SHOT), prio=2)
    assert bench.send("v0") == NET_XMIT_SUCCESS


def test_within_a_preference_the_newest_program_is_asked_first(bench: Bench) -> None:
    bench.add("v0 egress", ret(TC_ACT_OK), prio=1)
    bench.add("v0 egress", ret(TC_ACT_SHOT), prio=1)
    assert bench.send("v0") == NET_XMIT_DROP
    infos = tc_dump_tfilter(bench.net, bench.request("v0 egress", None))
    assert [info.handle for info in infos if info.options is not None] == [2, 1]


def test_the_mark_that_netfilter_set_is_there_to_be_read(bench: Bench) -> None:
    mark = (0x20, 0, 0, 0xFFFFF014)
    bench.add("v0 egress", bpf(mark, (0x15, 0, 1, 42), (6, 0, 0, 2), (6, 0, 0, 0)))
    assert [bench.send("v0", frame(mark=mark)) for mark in (42, 41)] == [NET_XMIT_DROP, NET_XMIT_SUCCESS]


def test_a_bad_program_is_refused_and_its_actions_are_let_go(bench: Bench) -> None:
    with pytest.raises(KernelError) as caught:
        bench.add("v0 egress", bpf((0x15, 5, 5, 2), actions=DROP))
    assert caught.value.errno == Errno.EINVAL
    assert bench.net.tc_actions["gact"] == {}
