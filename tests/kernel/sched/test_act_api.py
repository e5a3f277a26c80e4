from __future__ import annotations

import pytest

from tests.kernel.sched.bench import Bench, everything, frame, gact, skbedit
from webapp.kernel.core.net_device import NET_XMIT_DROP, NET_XMIT_SUCCESS
from webapp.kernel.core.skbuff import PACKET_OTHERHOST
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.sched.act_api import (
    tc_dump_action,
    tca_action_flush,
    tcf_action_add,
    tcf_action_delete,
    tcf_action_get,
)
from webapp.kernel.sched.cls_api import tc_del_tfilter
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.pkt_cls import (
    TC_ACT_GOTO_CHAIN,
    TC_ACT_JUMP,
    TC_ACT_OK,
    TC_ACT_PIPE,
    TC_ACT_REPEAT,
    TC_ACT_SHOT,
)
from webapp.kernel.uapi.pkt_sched import Action, ActionId, GactOptions, GactProb, GactRandom, TcGen


@pytest.fixture
def bench() -> Bench:
    return Bench("v0", "v1")


def counts(bench: Bench, kind: str = "gact") -> list[int]:
    return [action.stats.packets for action in tc_dump_action(bench.net, kind) if action.stats is not None]


def references(bench: Bench, kind: str = "gact") -> list[tuple[int, int, int]]:
    gens = [action.options.gen for action in tc_dump_action(bench.net, kind) if action.options is not None]
    return [(gen.index, gen.refcnt, gen.bindcnt) for gen in gens]


def test_pipe_runs_the_next_action_and_the_last_one_decides(bench: Bench) -> None:
    bench.add("v0 egress", everything(gact(TC_ACT_PIPE), gact(TC_ACT_SHOT), gact(TC_ACT_OK)))
    assert bench.send("v0") == NET_XMIT_DROP
    assert counts(bench) == [1, 1, 0]


def test_a_jump_counts_from_the_beginning_of_the_list(bench: Bench) -> None:
    bench.add("v0 egress", everything(gact(TC_ACT_JUMP | 2), gact(TC_ACT_SHOT), gact(TC_ACT_OK)))
    assert bench.send("v0") == NET_XMIT_SUCCESS
    assert counts(bench) == [1, 0, 1]


def test_jumping_for_ever_ends_with_a_pass(bench: Bench) -> None:
    bench.add("v0 egress", everything(gact(TC_ACT_PIPE), gact(TC_ACT_JUMP | 1), gact(TC_ACT_SHOT)))
    assert bench.send("v0") == NET_XMIT_SUCCESS
    assert counts(bench) == [1, 32, 0]


@pytest.mark.parametrize("jump", [TC_ACT_JUMP, TC_ACT_JUMP | 3])
def test_a_jump_to_nowhere_passes(bench: Bench, jump: int) -> None:
    bench.add("v0 egress", everything(gact(jump), gact(TC_ACT_SHOT)))
    assert bench.send("v0") == NET_XMIT_SUCCESS


def test_repeat_runs_an_action_thirty_two_times_and_passes(bench: Bench) -> None:
    bench.add("v0 egress", everything(gact(TC_ACT_REPEAT), gact(TC_ACT_SHOT)))
    assert bench.send("v0") == NET_XMIT_SUCCESS
    assert counts(bench) == [32, 0]


def test_skip_classify_is_used_up_by_the_first_list_which_passes(bench: Bench) -> None:
    bench.add("v0 egress", everything(gact(TC_ACT_SHOT)))
    skb = frame()
    skb.tc_skip_classify = 1
    assert bench.send("v0", skb) == NET_XMIT_SUCCESS
    assert skb.tc_skip_classify == 0


def test_filters_share_an_action_by_its_index_and_the_last_one_ends_it(bench: Bench) -> None:
    bench.add("v0 egress", everything(gact(TC_ACT_OK, index=5)), prio=1)
    bench.add("v0 ingress", everything(gact(TC_ACT_SHOT, index=5)), prio=1)
    assert references(bench) == [(5, 2, 2)]
    bench.receive("v0")
    assert [name for name, _ in bench.up] == ["v0"]
    for side in ("egress", "ingress"):
        tc_del_tfilter(bench.net, bench.request(f"v0 {side}", None, protocol=0, flags=NlmFlags.NONE))
    assert references(bench) == []


def test_an_action_of_its_own_outlives_the_filters_that_use_it(bench: Bench) -> None:
    tcf_action_add(bench.net, (gact(TC_ACT_SHOT, index=7),), False)
    bench.add("v0 egress", everything(gact(TC_ACT_OK, index=7)))
    assert references(bench) == [(7, 2, 1)]
    with pytest.raises(KernelError) as caught:
        tcf_action_delete(bench.net, (ActionId("gact", 7),))
    assert caught.value.errno == Errno.EPERM
    tc_del_tfilter(bench.net, bench.request("v0 egress", None, protocol=0, flags=NlmFlags.NONE))
    assert references(bench) == [(7, 1, 0)]
    tcf_action_delete(bench.net, (ActionId("gact", 7),))
    assert references(bench) == []


def test_replacing_an_action_changes_it_for_its_filters(bench: Bench) -> None:
    tcf_action_add(bench.net, (gact(TC_ACT_SHOT, index=7),), False)
    bench.add("v0 egress", everything(gact(TC_ACT_OK, index=7)))
    assert bench.send("v0") == NET_XMIT_DROP
    with pytest.raises(KernelError) as caught:
        tcf_action_add(bench.net, (gact(TC_ACT_OK, index=7),), False)
    assert caught.value.errno == Errno.EEXIST
    tcf_action_add(bench.net, (gact(TC_ACT_OK, index=7),), True)
    assert bench.send("v0") == NET_XMIT_SUCCESS
    assert references(bench) == [(7, 2, 1)]


def test_a_list_is_made_whole_or_not_at_all(bench: Bench) -> None:
    with pytest.raises(KernelError, match="invalid control action"):
        bench.add("v0 egress", everything(gact(TC_ACT_OK), gact(77)))
    assert references(bench) == []


def test_goto_needs_a_filter_around_it(bench: Bench) -> None:
    with pytest.raises(KernelError, match="can't goto NULL proto/chain"):
        tcf_action_add(bench.net, (gact(TC_ACT_GOTO_CHAIN | 3),), False)


def test_flushing_stops_at_an_action_in_use(bench: Bench) -> None:
    bench.add("v0 egress", everything(gact(TC_ACT_OK)))
    with pytest.raises(KernelError) as caught:
        tca_action_flush(bench.net, "gact")
    assert caught.value.errno == Errno.EPERM
    tcf_action_add(bench.net, (gact(TC_ACT_OK, index=4),), False)
    tc_del_tfilter(bench.net, bench.request("v0 egress", None, protocol=0, flags=NlmFlags.NONE))
    tca_action_flush(bench.net, "gact")
    assert references(bench) == []


def test_unknown_kinds_and_indexes_are_refused_in_the_kernels_words(bench: Bench) -> None:
    with pytest.raises(KernelError, match="Failed to load TC action module"):
        tcf_action_add(bench.net, (Action("tunnel_key", None),), False)
    with pytest.raises(KernelError, match="TC action with specified index not found"):
        tcf_action_get(bench.net, (ActionId("gact", 3),))
    with pytest.raises(KernelError, match="Invalid TC action index value"):
        tcf_action_get(bench.net, (ActionId("gact", None),))


def test_determinate_chance_gives_every_nth_packet_the_other_verdict(bench: Bench) -> None:
    prob = GactProb(GactRandom.DETERM, 3, TC_ACT_SHOT)
    bench.add("v0 egress", everything(Action("gact", GactOptions(TcGen(action=TC_ACT_OK), prob))))
    assert [bench.send("v0") for _ in range(6)] == [0, 0, 1, 0, 0, 1]


def test_chance_is_refused(bench: Bench) -> None:
    prob = GactProb(GactRandom.NETRAND, 3, TC_ACT_SHOT)
    with pytest.raises(KernelError, match="not modelled"):
        bench.add("v0 egress", everything(Action("gact", GactOptions(TcGen(action=TC_ACT_OK), prob))))


def test_skbedit_sets_what_it_was_told_to_under_its_mask(bench: Bench) -> None:
    edit = skbedit(mark=0xFF, mask=0x0F, priority=0x10002, ptype=PACKET_OTHERHOST)
    bench.add("v0 egress", everything(edit))
    bench.send("v0", frame(mark=0xA0))
    [(_, skb)] = bench.sent
    assert (skb.mark, skb.priority, skb.pkt_type) == (0xAF, 0x10002, PACKET_OTHERHOST)


def test_skbedit_inherits_the_ds_field_as_priority(bench: Bench) -> None:
    bench.add("v0 egress", everything(skbedit(inheritdsfield=True)))
    skb = frame()
    skb.write(15, b"\xb8")
    bench.send("v0", skb)
    assert skb.priority == 46


def test_skbedit_needs_something_to_set(bench: Bench) -> None:
    with pytest.raises(KernelError) as caught:
        bench.add("v0 egress", everything(skbedit()))
    assert caught.value.errno == Errno.EINVAL
