"""The clsact and ingress qdiscs, which are nothing but places for filters (net/sched/sch_ingress.c)."""

from __future__ import annotations

from webapp.kernel.sched.cls_api import TcfBlock, tcf_block_flush_all_chains
from webapp.kernel.sched.sch_generic import MiniQdisc, Qdisc, QdiscOps
from webapp.kernel.uapi.pkt_sched import TC_H_MIN_EGRESS, TC_H_MIN_INGRESS, tc_h_min


def _tcf_block_get_ext(q: Qdisc) -> tuple[TcfBlock, MiniQdisc]:
    """A block of filters and the mini qdisc that reads its chain 0."""
    block = TcfBlock(q)
    block.miniq = MiniQdisc(q, block)
    return block, block.miniq


def ingress_init(q: Qdisc) -> None:
    """The receive path of the device asks its filters from now on."""
    q.dev.net.machine.keys.ingress_needed_key += 1
    q.ingress_block, q.dev.miniq_ingress = _tcf_block_get_ext(q)


def ingress_destroy(q: Qdisc) -> None:
    """Filters go, and the receive path forgets the qdisc."""
    assert q.ingress_block is not None
    tcf_block_flush_all_chains(q.ingress_block)
    q.dev.miniq_ingress = None
    q.dev.net.machine.keys.ingress_needed_key -= 1


def ingress_find(classid: int) -> int:
    """Any class will do: there is one block."""
    return tc_h_min(classid) + 1


def ingress_tcf_block(q: Qdisc, cl: int) -> TcfBlock | None:
    """The one block, whatever the class."""
    return q.ingress_block


def clsact_init(q: Qdisc) -> None:
    """Both directions of the device ask their filters from now on."""
    ingress_init(q)
    q.dev.net.machine.keys.egress_needed_key += 1
    q.egress_block, q.dev.miniq_egress = _tcf_block_get_ext(q)


def clsact_destroy(q: Qdisc) -> None:
    """Filters go, and both paths forget the qdisc."""
    assert q.egress_block is not None
    ingress_destroy(q)
    tcf_block_flush_all_chains(q.egress_block)
    q.dev.miniq_egress = None
    q.dev.net.machine.keys.egress_needed_key -= 1


def clsact_find(classid: int) -> int:
    """ffff:fff2 is ingress, ffff:fff3 egress; nothing else."""
    minor = tc_h_min(classid)
    return minor if minor in (TC_H_MIN_INGRESS, TC_H_MIN_EGRESS) else 0


def clsact_tcf_block(q: Qdisc, cl: int) -> TcfBlock | None:
    """The block of one direction; none without a direction."""
    if cl == TC_H_MIN_INGRESS:
        return q.ingress_block
    return q.egress_block if cl == TC_H_MIN_EGRESS else None


INGRESS_QDISC_OPS = QdiscOps("ingress", ingress_init, ingress_destroy, ingress_find, ingress_tcf_block)
CLSACT_QDISC_OPS = QdiscOps("clsact", clsact_init, clsact_destroy, clsact_find, clsact_tcf_block)
