from __future__ import annotations

import pytest

from tests.kernel.sched.bench import NEW, Bench, everything
from webapp.kernel.errno import KernelError
from webapp.kernel.sched.sch_api import tc_del_qdisc, tc_dump_qdisc, tc_modify_qdisc
from webapp.kernel.sched.sch_generic import dev_shutdown
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.pkt_sched import TC_H_CLSACT, TC_H_MAJ_MASK, TC_H_ROOT, QdiscRequest

HANDLE = TC_H_CLSACT & TC_H_MAJ_MASK


@pytest.fixture
def bench() -> Bench:
    return Bench("v0", "v1")


def clsact(bench: Bench, kind: str = "clsact", flags: NlmFlags = NEW) -> QdiscRequest:
    return QdiscRequest(bench["v0"].ifindex, TC_H_CLSACT, HANDLE, kind, flags)


def test_clsact_switches_both_directions_on_and_off_again(bench: Bench) -> None:
    keys = bench.machine.keys
    assert (keys.ingress_needed_key, keys.egress_needed_key) == (2, 2)
    tc_del_qdisc(bench.net, clsact(bench))
    assert (keys.ingress_needed_key, keys.egress_needed_key) == (1, 1)
    assert (bench["v0"].miniq_ingress, bench["v0"].miniq_egress) == (None, None)


def test_ingress_has_one_direction_and_one_block_for_every_class(bench: Bench) -> None:
    tc_del_qdisc(bench.net, clsact(bench))
    tc_modify_qdisc(bench.net, clsact(bench, "ingress"))
    assert bench["v0"].miniq_egress is None
    bench.add("v0 egress", everything())
    miniq = bench["v0"].miniq_ingress
    assert miniq is not None
    assert miniq.filter_list is not None


def test_a_device_that_goes_takes_its_filters_and_actions_along(bench: Bench) -> None:
    bench.add("v0 egress", everything(bench.mirred("egress mirror", "v1")))
    dev_shutdown(bench["v0"])
    assert bench.net.tc_actions["mirred"] == {}
    assert bench.machine.keys.egress_needed_key == 1


def test_there_is_one_such_qdisc_at_most(bench: Bench) -> None:
    with pytest.raises(KernelError, match="Exclusivity flag on, cannot modify"):
        tc_modify_qdisc(bench.net, clsact(bench))
    with pytest.raises(KernelError, match="Invalid qdisc name: must match existing qdisc"):
        tc_modify_qdisc(bench.net, clsact(bench, "ingress", NlmFlags.CREATE | NlmFlags.REPLACE))
    tc_modify_qdisc(bench.net, clsact(bench, flags=NlmFlags.CREATE | NlmFlags.REPLACE))


def test_queues_are_not_known(bench: Bench) -> None:
    with pytest.raises(KernelError, match="Specified qdisc kind is unknown"):
        tc_modify_qdisc(bench.net, QdiscRequest(bench["v0"].ifindex, TC_H_ROOT, 0, "fq_codel", NEW))


def test_a_dump_names_root_and_ingress_of_each_device(bench: Bench) -> None:
    assert [(info.kind, info.refcnt) for info in tc_dump_qdisc(bench.net)] == [("noqueue", 2), ("clsact", 1)] * 2
