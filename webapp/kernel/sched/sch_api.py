"""Requests about qdiscs (net/sched/sch_api.c).

Only the qdiscs in QDISC_BASE can be made: the model has no queues, so every other kind is unknown to it, as to a kernel
that was built without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.cls_api import qdisc_lookup
from webapp.kernel.sched.sch_generic import Qdisc, QdiscOps
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.pkt_sched import (
    TC_H_INGRESS,
    TC_H_ROOT,
    GnetStats,
    QdiscInfo,
    QdiscRequest,
    tc_h_maj,
    tc_h_min,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.core.net_namespace import Net

QDISC_BASE: dict[str, QdiscOps] = {}
"""qdisc_base: the qdiscs that can be made, by name, filled in boot.py."""


def _device(net: Net, ifindex: int) -> NetDevice:
    dev = net.dev_get_by_index(ifindex)
    if dev is None:
        raise KernelError(Errno.ENODEV)
    return dev


def _qdisc_at(dev: NetDevice, parent: int, not_found: str) -> Qdisc | None:
    """The qdisc that stands below ``parent``. The classes of clsact and ingress have none (ingress_leaf)."""
    if parent == TC_H_ROOT:
        return dev.qdisc
    if parent == TC_H_INGRESS:
        return dev.qdisc_ingress
    above = qdisc_lookup(dev, tc_h_maj(parent))
    if above is None:
        raise KernelError(Errno.ENOENT, not_found)
    if above.ops is None:
        raise KernelError(Errno.EOPNOTSUPP, "Parent qdisc is not classful")
    if not above.ops.find(parent):
        raise KernelError(Errno.ENOENT, "Specified class not found")
    return None


@kfunc("net/sched/sch_api.c", "tc_modify_qdisc")
def tc_modify_qdisc(net: Net, request: QdiscRequest) -> None:
    """RTM_NEWQDISC: makes a qdisc, or changes the one that is there."""
    dev = _device(net, request.ifindex)
    if request.parent:
        if request.parent == TC_H_INGRESS:
            _dev_ingress_queue_create(dev)
        q = _qdisc_to_change(dev, request)
        if q is None:
            _qdisc_create(dev, request)
            return
    else:
        if not request.handle:
            raise KernelError(Errno.EINVAL, "Handle cannot be zero")
        q = qdisc_lookup(dev, request.handle)
        if q is None:
            raise KernelError(Errno.ENOENT, "Specified qdisc not found")
    if request.flags & NlmFlags.EXCL:
        raise KernelError(Errno.EEXIST, "Exclusivity flag on, cannot modify")
    _check_kind(request, q)
    if request.ingress_block or request.egress_block:
        raise KernelError(Errno.EOPNOTSUPP, "Change of blocks is not supported")


def _dev_ingress_queue_create(dev: NetDevice) -> None:
    """Once asked for, a device's ingress queue stays, with the noop qdisc while it has no other."""
    if dev.qdisc_ingress is None:
        dev.qdisc_ingress = Qdisc("noop", dev, 0, TC_H_INGRESS)


def _check_kind(request: QdiscRequest, q: Qdisc) -> None:
    if request.kind is not None and request.kind != q.kind:
        raise KernelError(Errno.EINVAL, "Invalid qdisc name: must match existing qdisc")


def _qdisc_to_change(dev: NetDevice, request: QdiscRequest) -> Qdisc | None:
    """The qdisc that a request with a parent means; None where it asks for a new one."""
    q = _qdisc_at(dev, request.parent, "Failed to find specified qdisc")
    if q is not None and q.handle == 0:
        q = None
    if q is not None and q.handle == request.handle:
        return q
    if not request.handle:
        return q if q is not None and request.kind in (None, q.kind) else None
    if q is not None and not request.flags & NlmFlags.REPLACE:
        raise KernelError(Errno.EEXIST, "NLM_F_REPLACE needed to override")
    if tc_h_min(request.handle):
        raise KernelError(Errno.EINVAL, "Invalid minor handle")
    q = qdisc_lookup(dev, request.handle)
    if q is None:
        return None
    if q.parent != request.parent:
        raise KernelError(Errno.EINVAL, "Cannot move an existing qdisc to a different parent")
    if request.flags & NlmFlags.EXCL:
        raise KernelError(Errno.EEXIST, "Exclusivity flag on, cannot override")
    _check_kind(request, q)
    raise KernelError(Errno.EINVAL, "Cannot regraft ingress or clsact Qdiscs")


@kfunc("net/sched/sch_api.c", "qdisc_create")
def _qdisc_create(dev: NetDevice, request: QdiscRequest) -> None:
    """Makes a qdisc and puts it in its place."""
    if not request.flags & NlmFlags.CREATE:
        raise KernelError(Errno.ENOENT, "Qdisc not found. To create specify NLM_F_CREATE flag")
    ops = QDISC_BASE.get(request.kind or "")
    if ops is None:
        raise KernelError(Errno.ENOENT, "Specified qdisc kind is unknown")
    if request.ingress_block:
        raise KernelError(Errno.EOPNOTSUPP, "Ingress block sharing is not supported")
    if request.egress_block:
        raise KernelError(Errno.EOPNOTSUPP, "Egress block sharing is not supported")
    if request.parent != TC_H_INGRESS:
        raise KernelError(Errno.EOPNOTSUPP)
    q = Qdisc(ops.id, dev, tc_h_maj(TC_H_INGRESS), TC_H_INGRESS, ops)
    dev.qdisc_ingress = q
    ops.init(q)


@kfunc("net/sched/sch_api.c", "tc_get_qdisc")
def tc_del_qdisc(net: Net, request: QdiscRequest) -> None:
    """RTM_DELQDISC: takes a qdisc away, with its filters."""
    dev = _device(net, request.ifindex)
    if request.parent:
        q = _qdisc_at(dev, request.parent, "Failed to find qdisc with specified classid")
        if q is None:
            raise KernelError(Errno.ENOENT, "Cannot find specified qdisc on specified device")
        if request.handle and q.handle != request.handle:
            raise KernelError(Errno.EINVAL, "Invalid handle")
    else:
        q = qdisc_lookup(dev, request.handle)
        if q is None:
            raise KernelError(Errno.ENOENT, "Failed to find qdisc with specified handle")
    _check_kind(request, q)
    if not request.parent:
        raise KernelError(Errno.EINVAL, "Classid cannot be zero")
    if q.handle == 0 or q.ops is None:
        raise KernelError(Errno.ENOENT, "Cannot delete qdisc with handle of zero")
    q.ops.destroy(q)
    dev.qdisc_ingress = Qdisc("noop", dev, 0, TC_H_INGRESS)


@kfunc("net/sched/sch_api.c", "tc_dump_qdisc")
def tc_dump_qdisc(net: Net) -> tuple[QdiscInfo, ...]:
    """RTM_GETQDISC with NLM_F_DUMP: root, then ingress, device by device. noop is built in and not shown."""
    devices = sorted(net.devices.values(), key=lambda dev: dev.ifindex)
    return tuple(
        _tc_fill_qdisc(q)
        for dev in devices
        for q in (dev.qdisc, dev.qdisc_ingress)
        if q is not None and q.kind != "noop"
    )


def _tc_fill_qdisc(q: Qdisc) -> QdiscInfo:
    stats = GnetStats(q.bstats.bytes, q.bstats.packets, q.qstats.drops, q.qstats.overlimits)
    # A root qdisc is held by its queue and by the device.
    refcnt = 2 if q.parent == TC_H_ROOT else 1
    return QdiscInfo(q.dev.ifindex, q.parent, q.handle, refcnt, q.kind, stats)
