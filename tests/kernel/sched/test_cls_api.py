from __future__ import annotations

import pytest

from tests.kernel.sched.bench import NEW, Bench, everything, frame, gact, ret
from webapp.kernel.core.net_device import NET_XMIT_DROP, NET_XMIT_SUCCESS
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import recording
from webapp.kernel.sched.cls_api import tc_del_tfilter, tc_dump_chain, tc_dump_tfilter, tc_new_chain
from webapp.kernel.trace import ActionRun, FilterRun, Recorder
from webapp.kernel.uapi.if_ether import ETH_P_ARP
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.pkt_cls import (
    TC_ACT_GOTO_CHAIN,
    TC_ACT_OK,
    TC_ACT_PIPE,
    TC_ACT_RECLASSIFY,
    TC_ACT_SHOT,
    TC_ACT_UNSPEC,
)
from webapp.kernel.uapi.pkt_sched import MatchallOptions


@pytest.fixture
def bench() -> Bench:
    return Bench("v0", "v1")


def prefs(bench: Bench) -> list[int]:
    return [
        info.prio
        for info in tc_dump_tfilter(bench.net, bench.request("v0 egress", None, protocol=0))
        if not info.handle
    ]


def refusal(bench: Bench, **more: object) -> KernelError:
    with pytest.raises(KernelError) as caught:
        bench.add("v0 egress", everything(), **more)
    return caught.value


def test_preferences_without_a_wish_count_down_from_49152(bench: Bench) -> None:
    for _ in range(3):
        bench.add("v0 egress", everything())
    assert prefs(bench) == [49150, 49151, 49152]


def test_a_wished_preference_does_not_disturb_the_counting(bench: Bench) -> None:
    bench.add("v0 egress", everything(), prio=7)
    bench.add("v0 egress", everything())
    bench.add("v0 egress", everything(), prio=40000)
    bench.add("v0 egress", everything())
    assert prefs(bench) == [7, 39999, 40000, 49152]


def test_one_preference_has_one_protocol_and_one_kind(bench: Bench) -> None:
    bench.add("v0 egress", everything(), prio=5)
    mismatch = refusal(bench, prio=5, protocol=ETH_P_ARP)
    assert (mismatch.errno, mismatch.extack) == (Errno.EINVAL, "Protocol mismatch for filter with specified priority")
    with pytest.raises(KernelError, match="Specified filter kind does not match existing one"):
        bench.add("v0 egress", ret(0), prio=5)


def test_what_fails_leaves_no_preference_behind(bench: Bench) -> None:
    with pytest.raises(KernelError):
        bench.add("v0 egress", ret(0, actions=(gact(99),)), prio=5)
    assert prefs(bench) == []
    assert bench["v0"].miniq_egress is not None
    assert bench["v0"].miniq_egress.filter_list is None


def test_a_filter_is_added_once_and_replaced_by_its_handle(bench: Bench) -> None:
    bench.add("v0 egress", ret(2), prio=5, handle=1)
    with pytest.raises(KernelError, match="Filter already exists"):
        bench.add("v0 egress", ret(2), prio=5, handle=1)
    bench.add("v0 egress", ret(0), prio=5, handle=1, flags=NlmFlags.CREATE)
    assert bench.send("v0") == NET_XMIT_SUCCESS


def test_lower_preferences_are_asked_first_and_the_first_verdict_counts(bench: Bench) -> None:
    bench.add("v0 egress", ret(TC_ACT_SHOT), prio=9)
    assert bench.send("v0") == NET_XMIT_DROP
    bench.add("v0 egress", ret(TC_ACT_OK), prio=3)
    assert bench.send("v0") == NET_XMIT_SUCCESS


def test_other_protocols_are_not_asked(bench: Bench) -> None:
    bench.add("v0 egress", ret(TC_ACT_SHOT), protocol=ETH_P_ARP)
    bench.send("v0")
    assert bench.names() == ["v0"]


def test_a_filter_without_action_accepts_and_ends_the_search(bench: Bench) -> None:
    bench.add("v0 egress", everything(), prio=1)
    bench.add("v0 egress", ret(TC_ACT_SHOT), prio=2)
    assert bench.send("v0") == NET_XMIT_SUCCESS


@pytest.mark.parametrize(("control", "dropped"), [(TC_ACT_PIPE, False), (TC_ACT_OK, False), (TC_ACT_UNSPEC, True)])
def test_only_continue_asks_the_next_filter(bench: Bench, control: int, dropped: bool) -> None:
    bench.add("v0 egress", everything(gact(control)), prio=1)
    bench.add("v0 egress", ret(TC_ACT_SHOT), prio=2)
    assert (bench.send("v0") == NET_XMIT_DROP) == dropped


def test_goto_runs_the_other_chain_and_only_that(bench: Bench) -> None:
    bench.add("v0 egress", everything(gact(TC_ACT_GOTO_CHAIN | 9)), prio=1)
    bench.add("v0 egress", ret(TC_ACT_SHOT), prio=2)
    assert bench.send("v0") == NET_XMIT_SUCCESS
    bench.add("v0 egress", MatchallOptions((gact(TC_ACT_SHOT),)), prio=1, chain=9)
    assert bench.send("v0") == NET_XMIT_DROP


def test_reclassify_starts_over_sixteen_times_and_then_drops(bench: Bench) -> None:
    bench.add("v0 egress", everything(bench.mirred("egress mirror", "v1", TC_ACT_RECLASSIFY)))
    assert bench.send("v0") == NET_XMIT_DROP
    assert bench.names() == ["v1"] * 17


def test_chains_that_only_a_goto_names_are_not_shown(bench: Bench) -> None:
    bench.add("v0 egress", everything(gact(TC_ACT_GOTO_CHAIN | 4)))
    tc_new_chain(bench.net, bench.request("v0 egress", None, chain=8))
    shown = tc_dump_chain(bench.net, bench.request("v0 egress", None))
    assert {info.chain for info in shown} == {0, 8}


def test_deleting_the_last_filter_switches_classification_off(bench: Bench) -> None:
    bench.add("v0 egress", ret(TC_ACT_SHOT), prio=5)
    tc_del_tfilter(bench.net, bench.request("v0 egress", None, prio=5, flags=NlmFlags.NONE))
    assert bench.send("v0") == NET_XMIT_SUCCESS
    qdisc = bench["v0"].qdisc_ingress
    assert qdisc is not None
    assert qdisc.bstats.packets == 0


def test_a_qdisc_counts_what_its_filters_see_and_drop(bench: Bench) -> None:
    bench.add("v0 egress", ret(TC_ACT_SHOT))
    bench.add("v0 ingress", ret(TC_ACT_OK))
    skb = frame()
    size = skb.len
    bench.send("v0", skb)
    bench.receive("v0")
    qdisc = bench["v0"].qdisc_ingress
    assert qdisc is not None
    assert (qdisc.bstats.packets, qdisc.bstats.bytes, qdisc.qstats.drops) == (2, size + size - 14, 1)


def test_a_walk_names_filters_and_actions_with_their_verdicts(bench: Bench) -> None:
    bench.add("v0 egress", ret(TC_ACT_UNSPEC), prio=1)
    bench.add("v0 egress", everything(gact(TC_ACT_SHOT)), prio=2)
    with recording(Recorder(bench.machine.clock)) as recorder:
        bench.send("v0")
    steps = recorder.walk().steps
    filters = [note for step in steps for note in step.notes if isinstance(note, FilterRun)]
    actions = [note for step in steps for note in step.notes if isinstance(note, ActionRun)]
    assert [(run.kind, run.pref, run.verdict) for run in filters] == [
        ("bpf", 1, "TC_ACT_UNSPEC"),
        ("u32", 2, "TC_ACT_SHOT"),
    ]
    assert filters[0].detail == ("ret #0xffffffff   A=0x0 X=0x0",)
    assert filters[1].detail == ("match 00000000/00000000 at 0: 45000024",)
    assert [(run.kind, run.detail, run.verdict) for run in actions] == [("gact", "drop", "TC_ACT_SHOT")]
    symbols = [step.symbol for step in steps]
    assert symbols.index("tcf_classify") < symbols.index("u32_classify") < symbols.index("tcf_gact_act")


def test_requests_without_create_change_nothing_that_is_not_there(bench: Bench) -> None:
    error = refusal(bench, prio=5, flags=NlmFlags.NONE)
    assert error.errno == Errno.ENOENT
    assert refusal(bench, flags=NlmFlags.NONE).extack == "Invalid filter command with priority of zero"
    assert NEW & NlmFlags.EXCL
