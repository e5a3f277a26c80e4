from __future__ import annotations

import pytest

from tests.kernel.sched.bench import Bench, everything, frame, gact, ret
from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.net_device import NET_XMIT_DROP, NET_XMIT_SUCCESS, Iff
from webapp.kernel.kfunc import recording
from webapp.kernel.sched.act_api import tc_dump_action
from webapp.kernel.sched.act_mirred import mirred_device_event
from webapp.kernel.trace import Lane, Recorder
from webapp.kernel.uapi.pkt_cls import TC_ACT_SHOT, TC_ACT_UNSPEC
from webapp.kernel.uapi.pkt_sched import GnetStats, MirredOptions


@pytest.fixture
def bench() -> Bench:
    return Bench("v0", "v1", "v2")


def stats(bench: Bench, order: int = 0) -> GnetStats:
    found = tc_dump_action(bench.net, "mirred")[order].stats
    assert found is not None
    return found


def test_egress_redirect_at_egress_sends_a_clone_and_ends_the_original(bench: Bench) -> None:
    bench.add("v0 egress", everything(bench.mirred("egress redirect", "v1")))
    skb = frame(mark=7)
    assert bench.send("v0", skb) == NET_XMIT_SUCCESS
    [(name, sent)] = bench.sent
    assert name == "v1"
    assert (sent.parent, sent.mark, sent.skb_iif, sent.redirected, sent.from_ingress) == (skb.id, 7, 1, 1, 0)


def test_egress_redirect_at_ingress_sends_the_packet_itself_from_its_link_layer_header(bench: Bench) -> None:
    bench.add("v0 ingress", everything(bench.mirred("egress redirect", "v1")))
    skb = frame()
    bench.receive("v0", skb)
    [(name, sent)] = bench.sent
    assert (name, sent.id, sent.data, sent.from_ingress) == ("v1", skb.id, 0, 1)
    assert bench.up == []


def test_a_mirror_leaves_before_the_original_which_goes_on_unmarked(bench: Bench) -> None:
    bench.add("v0 egress", everything(bench.mirred("egress mirror", "v1")))
    bench.send("v0")
    assert bench.names() == ["v1", "v0"]
    assert [skb.redirected for _, skb in bench.sent] == [0, 0]


def test_the_targets_tc_egress_runs_and_its_netfilter_egress_is_told_to_let_pass(bench: Bench) -> None:
    bench.add("v0 egress", everything(bench.mirred("egress mirror", "v1")))
    bench.add("v1 egress", ret(TC_ACT_SHOT))
    with recording(Recorder(bench.machine.clock)) as recorder:
        bench.send("v0")
    assert bench.names() == ["v0"]
    walk = recorder.walk()
    arrived = [step for step in walk.steps if step.symbol == "__dev_queue_xmit" and step.dev == "v1"]
    assert [walk.states[step.before].nf_skip_egress for step in arrived] == [1]


def test_ingress_redirect_at_ingress_is_received_at_once(bench: Bench) -> None:
    bench.add("v0 ingress", everything(bench.mirred("ingress redirect", "v1")))
    bench.receive("v0")
    [(name, skb)] = bench.up
    assert (name, skb.data, skb.skb_iif) == ("v1", 14, 2)


def test_ingress_redirect_at_egress_waits_in_the_backlog_without_its_route(bench: Bench) -> None:
    bench.add("v0 egress", everything(bench.mirred("ingress redirect", "v1")))
    bench.machine.local_bh_disable()
    bench.send("v0")
    assert (len(bench.machine.backlog), bench.up) == (1, [])
    bench.machine.local_bh_enable()
    [(name, skb)] = bench.up
    assert (name, skb.data, skb.dst) == ("v1", 14, None)


def test_redirecting_a_device_to_itself_ends_at_the_nest_limit(bench: Bench) -> None:
    bench.add("v0 egress", everything(bench.mirred("egress redirect", "v0")))
    assert bench.send("v0") == NET_XMIT_SUCCESS
    assert bench.sent == []
    assert stats(bench).packets == 4


def test_mirroring_a_device_to_itself_sends_four_frames_and_counts_one_overlimit(bench: Bench) -> None:
    bench.add("v0 egress", everything(bench.mirred("egress mirror", "v0")))
    bench.send("v0")
    assert bench.names() == ["v0"] * 4
    assert (stats(bench).packets, stats(bench).overlimits) == (4, 1)


@pytest.mark.parametrize(("what", "result"), [("egress redirect", NET_XMIT_DROP), ("egress mirror", NET_XMIT_SUCCESS)])
def test_a_target_that_is_down_costs_a_redirected_packet_but_not_a_mirrored_one(
    bench: Bench, what: str, result: int
) -> None:
    bench.add("v0 egress", everything(bench.mirred(what, "v1")))
    bench["v1"].flags &= ~Iff.UP
    assert bench.send("v0") == result
    assert stats(bench).overlimits == 1


def test_a_target_that_is_gone_swallows_what_is_redirected(bench: Bench) -> None:
    bench.add("v0 egress", everything(bench.mirred("egress redirect", "v1")))
    mirred_device_event(NetdevEvent.UNREGISTER, bench["v1"])
    assert bench.send("v0") == NET_XMIT_SUCCESS
    assert bench.sent == []
    [action] = tc_dump_action(bench.net, "mirred")
    assert isinstance(action.options, MirredOptions)
    assert action.options.ifindex == 0
    assert stats(bench).overlimits == 1


def test_connection_tracking_is_forgotten(bench: Bench) -> None:
    bench.add("v0 egress", everything(bench.mirred("egress mirror", "v1")))
    skb = frame()
    skb.nfct = "tracked"
    bench.send("v0", skb)
    assert [sent.nfct for _, sent in bench.sent] == [None, "tracked"]


def test_bytes_count_from_where_the_hook_sees_them(bench: Bench) -> None:
    bench.add("v0 egress", everything(bench.mirred("egress mirror", "v1")))
    bench.add("v0 ingress", everything(bench.mirred("egress mirror", "v1")))
    size = frame().len
    bench.send("v0")
    bench.receive("v0")
    assert (stats(bench, 0).bytes, stats(bench, 1).bytes) == (size, size - 14)


@pytest.mark.parametrize(("control", "sent"), [(TC_ACT_SHOT, ["v1"]), (TC_ACT_UNSPEC, ["v1", "v2", "v0"])])
def test_a_mirrors_control_decides_about_the_original(bench: Bench, control: int, sent: list[str]) -> None:
    bench.add("v0 egress", everything(bench.mirred("egress mirror", "v1", control)), prio=1)
    bench.add("v0 egress", everything(bench.mirred("egress mirror", "v2")), prio=2)
    bench.send("v0")
    assert bench.names() == sent


def test_after_a_mirror_the_next_action_runs_and_after_a_redirect_it_does_not(bench: Bench) -> None:
    mirror, redirect = bench.mirred("egress mirror", "v1"), bench.mirred("egress redirect", "v2")
    bench.add("v0 egress", everything(mirror, redirect, gact(TC_ACT_SHOT)))
    assert bench.send("v0") == NET_XMIT_SUCCESS
    assert bench.names() == ["v1", "v2"]


def test_mirred_is_a_stop_of_the_picture_on_the_side_where_the_filter_hangs(bench: Bench) -> None:
    bench.add("v0 ingress", everything(bench.mirred("egress mirror", "v1")))
    bench.add("v0 egress", everything(bench.mirred("egress mirror", "v1")))
    with recording(Recorder(bench.machine.clock)) as recorder:
        bench.receive("v0")
        bench.send("v0")
    stops = [(step.dev, step.lane) for step in recorder.walk().steps if step.station == "mirred"]
    assert stops == [("v0", Lane.IN), ("v0", Lane.OUT)]
