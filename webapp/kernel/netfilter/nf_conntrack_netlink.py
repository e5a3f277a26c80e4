"""Connections as user space sees and deletes them (net/netfilter/nf_conntrack_netlink.c)."""

from __future__ import annotations

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_conntrack import (
    IPPROTO_ICMP,
    IPS_OFFLOAD,
    PORT_PROTOCOLS,
    NfConn,
    Tuple,
)
from webapp.kernel.netfilter.nf_conntrack_core import nf_ct_delete, nf_ct_iterate
from webapp.kernel.uapi.netfilter import NFPROTO_UNSPEC
from webapp.kernel.uapi.nfnetlink_conntrack import CtEntry, CtTuple

_BOTH = 3
_IPPROTO_ICMPV6 = 58


def ctnetlink_dump_table(net: Net, family: int = NFPROTO_UNSPEC, *, reset: bool = False) -> tuple[CtEntry, ...]:
    """Every connection of a namespace in the order of their confirmation; ``reset`` zeroes the counters."""
    entries = []
    for ct in nf_ct_iterate(net):
        if family in (NFPROTO_UNSPEC, ct.tuples[0].l3num):
            entries.append(_entry(ct))
            if reset and ct.acct is not None:
                ct.acct = ([0, 0], [0, 0])
    return tuple(entries)


def ctnetlink_del_conntrack(net: Net, entry_id: int) -> None:
    """Forgets a connection by its number; ENOENT."""
    for ct in nf_ct_iterate(net):
        if ct.id == entry_id:
            nf_ct_delete(ct)
            return
    raise KernelError(Errno.ENOENT)


def ctnetlink_flush_conntrack(net: Net) -> None:
    """Forgets every connection of a namespace."""
    for ct in nf_ct_iterate(net):
        nf_ct_delete(ct)


def _entry(ct: NfConn) -> CtEntry:
    offloaded = ct.status & IPS_OFFLOAD
    zone = ct.zone
    # a lab's commands take no time, so a timeout just set is already a moment old, as it is on a real machine
    timeout = None if offloaded else max(ct.expires() - 1, 0) // NSEC_PER_SEC
    counters = None
    if ct.acct is not None:
        counters = ((ct.acct[0][0], ct.acct[0][1]), (ct.acct[1][0], ct.acct[1][1]))
    return CtEntry(
        ct.tuples[0].l3num,
        ct.protonum,
        _tuple(ct.tuples[0]),
        _tuple(ct.tuples[1]),
        ct.status,
        ct.mark,
        ct.id,
        2 if offloaded else 1,
        timeout,
        None if ct.tcp is None or offloaded else int(ct.tcp.state),
        counters,
        zone.id if zone.id and zone.dir == _BOTH else None,
        zone.id if zone.id and zone.dir == 1 else None,
        zone.id if zone.id and zone.dir == 1 << 1 else None,
    )


def _tuple(tuple_: Tuple) -> CtTuple:
    if tuple_.protonum in PORT_PROTOCOLS:
        return CtTuple(tuple_.src, tuple_.dst, tuple_.sport, tuple_.dport)
    if tuple_.protonum in (IPPROTO_ICMP, _IPPROTO_ICMPV6):
        return CtTuple(
            tuple_.src,
            tuple_.dst,
            icmp_type=tuple_.dport >> 8,
            icmp_code=tuple_.dport & 0xFF,
            icmp_id=tuple_.sport,
        )
    return CtTuple(tuple_.src, tuple_.dst)
