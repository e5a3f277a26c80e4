"""Neighbours: who answers to an address on a link (net/core/neighbour.c), for ARP and whatever comes beside it.

An entry goes NONE → INCOMPLETE → REACHABLE → STALE → DELAY → PROBE, and to FAILED when nobody answers. A packet for an
unresolved neighbour waits in its queue and is sent by neigh_update; time is the machine's clock, in ns.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING

from webapp.kernel.clock import NSEC_PER_MSEC, NSEC_PER_SEC, Timer
from webapp.kernel.core.dev import dev_queue_xmit
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.core.sock import AF_INET, SK_MEM_DEFAULT, skb_truesize
from webapp.kernel.core.sysctl import CtlTable, int_entry
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ethernet.eth import eth_header
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import RECORDER, Queued
from webapp.kernel.trace import Neighbour as NeighbourNote
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import (
    DelNeighbour,
    DumpNeighbours,
    GetNeighbour,
    NewNeighbour,
    Ntf,
    Nud,
)
from webapp.kernel.uapi.rtnetlink import Neighbour as NeighbourMessage

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

NUD_INCOMPLETE = int(Nud.INCOMPLETE)
NUD_REACHABLE = int(Nud.REACHABLE)
NUD_STALE = int(Nud.STALE)
NUD_DELAY = int(Nud.DELAY)
NUD_PROBE = int(Nud.PROBE)
NUD_FAILED = int(Nud.FAILED)
NUD_NOARP = int(Nud.NOARP)
NUD_PERMANENT = int(Nud.PERMANENT)
NUD_NONE = 0

NUD_IN_TIMER = NUD_INCOMPLETE | NUD_REACHABLE | NUD_DELAY | NUD_PROBE
NUD_VALID = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY
NUD_CONNECTED = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE

NEIGH_UPDATE_F_OVERRIDE = 0x1
NEIGH_UPDATE_F_WEAK_OVERRIDE = 0x2
NEIGH_UPDATE_F_OVERRIDE_ISROUTER = 0x4
NEIGH_UPDATE_F_ISROUTER = 0x40000000
NEIGH_UPDATE_F_ADMIN = 0x80000000

USER_HZ = 10 * NSEC_PER_MSEC
"""The unit of sysctls in clock ticks for user space."""

_MIN_TIMER = 10 * NSEC_PER_MSEC

_COUNTS = ("ucast_solicit", "mcast_solicit", "mcast_resolicit", "app_solicit", "proxy_qlen")
_TIMES = {
    "base_reachable_time": NSEC_PER_SEC,
    "base_reachable_time_ms": NSEC_PER_MSEC,
    "retrans_time": USER_HZ,
    "retrans_time_ms": NSEC_PER_MSEC,
    "delay_first_probe_time": NSEC_PER_SEC,
    "gc_stale_time": NSEC_PER_SEC,
    "interval_probe_time_ms": NSEC_PER_MSEC,
    "locktime": USER_HZ,
    "proxy_delay": USER_HZ,
    "anycast_delay": USER_HZ,
}
_UNRES_QLEN_UNIT = 2304
"""SKB_TRUESIZE(ETH_FRAME_LEN): unres_qlen counts in frames of this size, unres_qlen_bytes is the same in bytes."""


class NeighParms:
    """struct neigh_parms: net.ipv4.neigh.DEV. Times are ns. ``reachable_time`` is base_reachable_time.

    Linux draws reachable_time at random between half and one and a half times the base; the model takes the base.
    """

    __slots__ = (
        "anycast_delay", "app_solicit", "base_reachable_time", "delay_first_probe_time", "dev", "gc_stale_time",
        "interval_probe_time", "locktime", "mcast_resolicit", "mcast_solicit", "proxy_delay", "proxy_qlen",
        "retrans_time", "state", "tbl", "ucast_solicit", "unres_qlen_bytes",
    )  # fmt: skip

    def __init__(self, tbl: NeighTable, dev: NetDevice | None) -> None:
        self.tbl = tbl
        self.dev = dev
        self.ucast_solicit = 3
        self.mcast_solicit = 3
        self.mcast_resolicit = 0
        self.app_solicit = 0
        self.base_reachable_time = 30 * NSEC_PER_SEC
        self.retrans_time = NSEC_PER_SEC
        self.delay_first_probe_time = 5 * NSEC_PER_SEC
        self.gc_stale_time = 60 * NSEC_PER_SEC
        self.interval_probe_time = 5 * NSEC_PER_SEC
        self.locktime = NSEC_PER_SEC
        self.anycast_delay = NSEC_PER_SEC
        self.proxy_delay = 8 * NSEC_PER_SEC // 10
        self.proxy_qlen = 64
        self.unres_qlen_bytes = SK_MEM_DEFAULT
        self.state: set[str] = set()

    def set_all(self) -> None:
        """neigh_parms_data_state_setall: from now on the defaults' changes do not reach this device."""
        self.state.update(_FIELDS)


_FIELDS = tuple(name for name in NeighParms.__slots__ if name not in ("tbl", "dev", "state"))


@dataclass(frozen=True, slots=True)
class NeighOps:
    """struct neigh_ops. ``solicit(neigh, skb)`` asks who has the address; ``error_report`` tells a packet's sender
    that nobody does, and ends the packet; the outputs take (neigh, skb) and return NET_XMIT_* or a negative errno.
    """

    family: int
    solicit: Callable[[Neighbour, SkBuff | None], None] | None
    error_report: Callable[[Neighbour, SkBuff], None] | None
    output: Callable[[Neighbour, SkBuff], int]
    connected_output: Callable[[Neighbour, SkBuff], int]


class NeighTable:
    """struct neigh_table of one namespace. ``constructor(neigh)`` fills what depends on the protocol, or refuses with
    a negative errno; ``proxy_redo(skb)`` handles a request that proxy_delay held back.
    """

    __slots__ = ("constructor", "family", "hash", "key_len", "net", "parms", "phash", "protocol", "proxy_queue",
                 "proxy_redo")  # fmt: skip

    def __init__(
        self,
        net: Net,
        family: int,
        key_len: int,
        protocol: int,
        constructor: Callable[[Neighbour], int],
        proxy_redo: Callable[[SkBuff], None],
    ) -> None:
        self.net = net
        self.family = family
        self.key_len = key_len
        self.protocol = protocol
        self.constructor = constructor
        self.proxy_redo = proxy_redo
        self.hash: dict[tuple[int, bytes], Neighbour] = {}
        self.phash: dict[tuple[int, bytes], Ntf] = {}
        self.proxy_queue: list[tuple[SkBuff, Timer]] = []
        self.parms = NeighParms(self, None)


class Neighbour:
    """struct neighbour: one address on one device. ``output`` is what a packet for it is given to."""

    __slots__ = (
        "arp_queue", "arp_queue_len_bytes", "confirmed", "dead", "dev", "flags", "ha", "hh", "nud_state", "ops",
        "output", "parms", "primary_key", "probes", "protocol", "tbl", "timer", "type", "updated", "used",
    )  # fmt: skip

    def __init__(self, tbl: NeighTable, primary_key: bytes, dev: NetDevice) -> None:
        now = dev.net.machine.clock.now
        self.tbl = tbl
        self.dev = dev
        self.primary_key = primary_key
        self.ha = bytes(6)
        self.hh: bytes | None = None
        self.nud_state = NUD_NONE
        self.type = 0
        self.flags = Ntf.NONE
        self.protocol = 0
        self.probes = 0
        self.dead = False
        self.parms = tbl.parms
        self.ops = NEIGH_BLACKHOLE
        self.output: Callable[[Neighbour, SkBuff], int] = neigh_blackhole
        self.arp_queue: deque[SkBuff] = deque()
        self.arp_queue_len_bytes = 0
        self.timer: Timer | None = None
        self.updated = self.used = now
        self.confirmed = now

    def __repr__(self) -> str:
        return f"<{self.primary_key.hex('.')} on {self.dev.name} {Nud(self.nud_state)!s}>"


def neigh_blackhole(neigh: Neighbour, skb: SkBuff) -> int:
    """The output of an entry that is not set up, or dead."""
    kfree_skb_reason(skb, DropReason.NEIGH_DEAD)
    return -Errno.ENETDOWN


NEIGH_BLACKHOLE = NeighOps(0, None, None, neigh_blackhole, neigh_blackhole)


def note_neighbour(neigh: Neighbour) -> None:
    """Tells the recorder, if there is one, what is known of a neighbour."""
    recorder = RECORDER.get()
    if recorder is not None:
        state = Nud(neigh.nud_state).name or "NONE"
        lladdr = neigh.ha.hex(":") if neigh.nud_state & NUD_VALID else ""
        recorder.note(NeighbourNote(str(ip_address(neigh.primary_key)), lladdr, state))


# --- parameters ---------------------------------------------------------------------------------------------------


def neigh_parms_alloc(dev: NetDevice, tbl: NeighTable) -> NeighParms:
    """neigh_parms_alloc: a device starts with the table's defaults."""
    parms = NeighParms(tbl, dev)
    for name in _FIELDS:
        setattr(parms, name, getattr(tbl.parms, name))
    return parms


def neigh_get_dev_parms(dev: NetDevice, family: int) -> NeighParms | None:
    """neigh_get_dev_parms_rcu: a device's parameters for a family, if it has that family."""
    if family == AF_INET:
        return None if dev.in_dev is None else dev.in_dev.arp_parms
    return None if dev.inet6_dev is None else dev.inet6_dev.nd_parms


def _parms_changed(parms: NeighParms, field: str) -> None:
    """neigh_proc_update: a default goes to the devices that were not set themselves."""
    parms.state.add(field)
    if parms.dev is None:
        for dev in parms.tbl.net.devices.values():
            own = neigh_get_dev_parms(dev, parms.tbl.family)
            if own is not None and field not in own.state:
                setattr(own, field, getattr(parms, field))


def neigh_sysctl_table(parms: NeighParms) -> dict[str, CtlTable]:
    """neigh_sysctl_register's table: the files of net.ipv4.neigh.DEV; IPv6 never had the times in other units."""
    table = {}
    for name in _COUNTS:
        table[name] = int_entry(parms, name, 0, changed=partial(_parms_changed, parms, name))
    for name, unit in _TIMES.items():
        if parms.tbl.family != AF_INET and name in ("base_reachable_time", "retrans_time"):
            continue
        field = name.removesuffix("_ms")
        table[name] = int_entry(parms, field, 0, unit=unit, changed=partial(_parms_changed, parms, field))
    for name, unit in (("unres_qlen_bytes", 1), ("unres_qlen", _UNRES_QLEN_UNIT)):
        changed = partial(_parms_changed, parms, "unres_qlen_bytes")
        table[name] = int_entry(parms, "unres_qlen_bytes", 0, unit=unit, changed=changed)
    return table


# --- the table ----------------------------------------------------------------------------------------------------


def neigh_lookup(tbl: NeighTable, key: bytes, dev: NetDevice) -> Neighbour | None:
    """neigh_lookup: the entry, or None."""
    return tbl.hash.get((dev.ifindex, key))


@kfunc("net/core/neighbour.c", "___neigh_create")
def neigh_create(tbl: NeighTable, key: bytes, dev: NetDevice) -> Neighbour | None:
    """Makes an entry; None where the protocol refuses the device."""
    neigh = Neighbour(tbl, key, dev)
    if tbl.constructor(neigh) < 0:
        return None
    neigh.confirmed = neigh.updated - 2 * neigh.parms.base_reachable_time
    tbl.hash[dev.ifindex, key] = neigh
    return neigh


def neigh_remove_one(neigh: Neighbour) -> None:
    """neigh_remove_one: takes an entry out of its table."""
    neigh.dead = True
    neigh_del_timer(neigh)
    neigh.output = neigh_blackhole
    neigh.tbl.hash.pop((neigh.dev.ifindex, neigh.primary_key), None)
    _purge_queue(neigh, DropReason.NEIGH_DEAD)


def neigh_flush_dev(tbl: NeighTable, dev: NetDevice | None, *, skip_perm: bool) -> None:
    """neigh_flush_dev: all entries of a device go (``skip_perm``: but the permanent ones)."""
    for neigh in [neigh for neigh in tbl.hash.values() if dev is None or neigh.dev is dev]:
        if not (skip_perm and neigh.nud_state & NUD_PERMANENT):
            neigh_remove_one(neigh)


def neigh_ifdown(tbl: NeighTable, dev: NetDevice) -> None:
    """neigh_ifdown: the device is closed; its entries, its proxied addresses and held-back requests go."""
    neigh_flush_dev(tbl, dev, skip_perm=False)
    for key in [key for key in tbl.phash if key[0] == dev.ifindex]:
        del tbl.phash[key]
    for waiting in [waiting for waiting in tbl.proxy_queue if waiting[0].dev is dev]:
        tbl.proxy_queue.remove(waiting)
        waiting[1].cancel()
        kfree_skb_reason(waiting[0], DropReason.DEV_READY)


def neigh_carrier_down(tbl: NeighTable, dev: NetDevice) -> None:
    """neigh_carrier_down: without a carrier only permanent entries stay."""
    neigh_flush_dev(tbl, dev, skip_perm=True)


def neigh_changeaddr(tbl: NeighTable, dev: NetDevice) -> None:
    """neigh_changeaddr: the device has another link-layer address."""
    neigh_flush_dev(tbl, dev, skip_perm=False)


def neigh_forget(tbl: NeighTable, key: bytes, dev: NetDevice, *, force: bool) -> None:
    """arp_invalidate (net/ipv4/arp.c): an address stopped to be a neighbour; valid entries go only by ``force``."""
    neigh = neigh_lookup(tbl, key, dev)
    if neigh is None or (neigh.nud_state & NUD_VALID and not force):
        return
    if neigh.nud_state & ~NUD_NOARP:
        neigh_update(neigh, None, NUD_FAILED, NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN)
    neigh_remove_one(neigh)


# --- timer --------------------------------------------------------------------------------------------------------


def neigh_add_timer(neigh: Neighbour, when: int) -> None:
    """Arms the entry's timer for the time ``when``."""
    clock = neigh.dev.net.machine.clock
    neigh.timer = clock.call_later(max(when - clock.now, 0), partial(neigh_timer_handler, neigh))


def neigh_del_timer(neigh: Neighbour) -> None:
    """Stops the entry's timer."""
    if neigh.timer is not None:
        neigh.timer.cancel()
        neigh.timer = None


def neigh_max_probes(neigh: Neighbour) -> int:
    """neigh_max_probes: how many questions are asked before the entry fails."""
    parms = neigh.parms
    again = parms.mcast_resolicit if neigh.nud_state & NUD_PROBE else parms.mcast_solicit
    return parms.ucast_solicit + parms.app_solicit + again


@kfunc("net/core/neighbour.c", "neigh_timer_handler")
def neigh_timer_handler(neigh: Neighbour) -> None:
    """An entry's time has come: it ages, asks again, or fails."""
    neigh.timer = None
    parms = neigh.parms
    now = neigh.dev.net.machine.clock.now
    state = neigh.nud_state
    if not state & NUD_IN_TIMER:
        return
    if state & NUD_REACHABLE:
        if now < neigh.confirmed + parms.base_reachable_time:
            when = neigh.confirmed + parms.base_reachable_time
        elif now < neigh.used + parms.delay_first_probe_time:
            _age(neigh, NUD_DELAY, now)
            when = now + parms.delay_first_probe_time
        else:
            _age(neigh, NUD_STALE, now)
            return
    elif state & NUD_DELAY:
        if now < neigh.confirmed + parms.delay_first_probe_time:
            neigh.nud_state = NUD_REACHABLE
            neigh.updated = now
            neigh.output = neigh.ops.connected_output
            when = neigh.confirmed + parms.base_reachable_time
        else:
            neigh.nud_state = NUD_PROBE
            neigh.updated = now
            neigh.probes = 0
            when = now + max(parms.retrans_time, _MIN_TIMER)
    else:
        when = now + max(parms.retrans_time, _MIN_TIMER)
    note_neighbour(neigh)
    asking = neigh.nud_state & (NUD_INCOMPLETE | NUD_PROBE)
    if asking and neigh.probes >= neigh_max_probes(neigh):
        neigh.nud_state = NUD_FAILED
        neigh_invalidate(neigh)
        return
    neigh_add_timer(neigh, max(when, now + _MIN_TIMER))
    if asking:
        neigh_probe(neigh)


def _age(neigh: Neighbour, state: int, now: int) -> None:
    neigh.nud_state = state
    neigh.updated = now
    neigh.output = neigh.ops.output
    note_neighbour(neigh)


def neigh_probe(neigh: Neighbour) -> None:
    """neigh_probe: asks for the link-layer address, on behalf of the packet that came last."""
    skb = neigh.arp_queue[-1] if neigh.arp_queue else None
    if neigh.ops.solicit is not None:
        neigh.ops.solicit(neigh, skb)
    neigh.probes += 1


def _purge_queue(neigh: Neighbour, reason: DropReason) -> None:
    while neigh.arp_queue:
        kfree_skb_reason(neigh.arp_queue.popleft(), reason)
    neigh.arp_queue_len_bytes = 0


@kfunc("net/core/neighbour.c", "neigh_invalidate")
def neigh_invalidate(neigh: Neighbour) -> None:
    """The neighbour does not answer: the senders of waiting packets are told."""
    neigh.updated = neigh.dev.net.machine.clock.now
    note_neighbour(neigh)
    report = neigh.ops.error_report
    while neigh.nud_state == NUD_FAILED and neigh.arp_queue and report is not None:
        report(neigh, neigh.arp_queue.popleft())
    _purge_queue(neigh, DropReason.NEIGH_FAILED)


# --- output -------------------------------------------------------------------------------------------------------


def neigh_event_send(neigh: Neighbour, skb: SkBuff | None) -> bool:
    """neigh_event_send: the entry is used. True when ``skb`` must wait (it was queued) or has been dropped."""
    neigh.used = neigh.dev.net.machine.clock.now
    if neigh.nud_state & (NUD_CONNECTED | NUD_DELAY | NUD_PROBE):
        return False
    return neigh_event_send_slow(neigh, skb)


@kfunc("net/core/neighbour.c", "__neigh_event_send")
def neigh_event_send_slow(neigh: Neighbour, skb: SkBuff | None) -> bool:
    """The part of neigh_event_send for entries that are not known to be reachable."""
    if neigh.dead:
        if skb is not None:
            kfree_skb_reason(skb, DropReason.NEIGH_DEAD)
        return True
    parms = neigh.parms
    now = neigh.dev.net.machine.clock.now
    probe = False
    if not neigh.nud_state & (NUD_STALE | NUD_INCOMPLETE):
        if not parms.mcast_solicit + parms.app_solicit:
            neigh.nud_state = NUD_FAILED
            neigh.updated = now
            if skb is not None:
                kfree_skb_reason(skb, DropReason.NEIGH_FAILED)
            return True
        neigh.probes = parms.ucast_solicit
        neigh_del_timer(neigh)
        neigh.nud_state = NUD_INCOMPLETE
        neigh.updated = now
        neigh_add_timer(neigh, now + max(parms.retrans_time, _MIN_TIMER))
        probe = True
    elif neigh.nud_state & NUD_STALE:
        neigh_del_timer(neigh)
        neigh.nud_state = NUD_DELAY
        neigh.updated = now
        neigh_add_timer(neigh, now + parms.delay_first_probe_time)
    note_neighbour(neigh)
    wait = neigh.nud_state == NUD_INCOMPLETE
    if wait and skb is not None:
        _queue(neigh, skb)
    if probe:
        neigh_probe(neigh)
    return wait


def _queue(neigh: Neighbour, skb: SkBuff) -> None:
    """Packets wait up to unres_qlen_bytes; the oldest make room for the newest."""
    size = skb_truesize(skb)
    queue = neigh.arp_queue
    while queue and neigh.arp_queue_len_bytes + size > neigh.parms.unres_qlen_bytes:
        oldest = queue.popleft()
        neigh.arp_queue_len_bytes -= skb_truesize(oldest)
        kfree_skb_reason(oldest, DropReason.NEIGH_QUEUEFULL)
    queue.append(skb)
    neigh.arp_queue_len_bytes += size
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Queued("neighbour"))


def neigh_keeps(skb: SkBuff) -> bool:
    """Whether a packet waits in the queue of some neighbour, where it was on its way out last, if it came that far."""
    dev: NetDevice | None = skb.dev
    if dev is None:
        return False
    net = dev.net
    tables = (net.ipv4.arp_tbl, net.ipv6.nd_tbl)
    return any(skb in neigh.arp_queue for table in tables for neigh in table.hash.values())


@kfunc("net/core/neighbour.c", "neigh_resolve_output")
def neigh_resolve_output(neigh: Neighbour, skb: SkBuff) -> int:
    """Sends when the neighbour is known, else lets the packet wait (and returns 0)."""
    if neigh_event_send(neigh, skb):
        return 0
    note_neighbour(neigh)
    header = eth_header(neigh.dev, skb.protocol, neigh.ha)
    if neigh.nud_state & NUD_CONNECTED:
        neigh.hh = header
    skb.data = skb.network_header  # a frame sent on from egress comes with its Ethernet header
    skb.push_header(header)
    return dev_queue_xmit(skb)


@kfunc("net/core/neighbour.c", "neigh_connected_output")
def neigh_connected_output(neigh: Neighbour, skb: SkBuff) -> int:
    """Sends without asking how the neighbour is."""
    skb.data = skb.network_header
    skb.push_header(eth_header(neigh.dev, skb.protocol, neigh.ha))
    return dev_queue_xmit(skb)


@kfunc("net/core/neighbour.c", "neigh_direct_output")
def neigh_direct_output(neigh: Neighbour, skb: SkBuff) -> int:
    """The output on devices without link-layer header."""
    return dev_queue_xmit(skb)


def neigh_output(neigh: Neighbour, skb: SkBuff) -> int:
    """neigh_output (include/net/neighbour.h): with a cached header for reachable neighbours, else by ``output``."""
    if neigh.hh is not None and neigh.nud_state & NUD_CONNECTED:
        skb.push_header(neigh.hh)
        return dev_queue_xmit(skb)
    return neigh.output(neigh, skb)


@kfunc("net/core/neighbour.c", "neigh_xmit")
def neigh_xmit(tbl: NeighTable | None, dev: NetDevice, key: bytes, skb: SkBuff) -> int:
    """Sends a packet to the neighbour ``key`` on ``dev``; ``tbl`` None (NEIGH_LINK_TABLE): ``key`` is a MAC address."""
    if tbl is None:
        skb.push_header(eth_header(dev, skb.protocol, key))
        return dev_queue_xmit(skb)
    neigh = neigh_lookup(tbl, key, dev) or neigh_create(tbl, key, dev)
    if neigh is None:
        kfree_skb_reason(skb, DropReason.NEIGH_CREATEFAIL)
        return -Errno.EINVAL
    return neigh.output(neigh, skb)


# --- update -------------------------------------------------------------------------------------------------------


@kfunc("net/core/neighbour.c", "__neigh_update")
def neigh_update(neigh: Neighbour, lladdr: bytes | None, new: int, flags: int) -> int:
    """Something was learned: ``new`` is the state, ``lladdr`` None means that the link-layer address is as before.

    0, -EPERM for an entry that is permanent, NOARP or dead, -EINVAL for a valid state without an address. Packets that
    waited leave when the entry becomes valid.
    """
    old = neigh.nud_state
    if neigh.dead or (not flags & NEIGH_UPDATE_F_ADMIN and old & (NUD_NOARP | NUD_PERMANENT)):
        return -Errno.EPERM
    if not new & NUD_VALID:
        _lose(neigh, new)
        return 0
    if lladdr is None and not old & NUD_VALID:
        return -Errno.EINVAL
    same = lladdr is None or lladdr == neigh.ha
    if new & NUD_CONNECTED:
        neigh.confirmed = neigh.dev.net.machine.clock.now
    if old & NUD_VALID:
        if not same and not flags & NEIGH_UPDATE_F_OVERRIDE:
            if not (flags & NEIGH_UPDATE_F_WEAK_OVERRIDE and old & NUD_CONNECTED):
                return 0
            same, new = True, NUD_STALE
        elif same and new == NUD_STALE and not flags & NEIGH_UPDATE_F_ADMIN:
            new = old
    _change(neigh, None if same else lladdr, new)
    if new != old and not old & NUD_VALID:
        _send_queue(neigh)
    if flags & NEIGH_UPDATE_F_OVERRIDE_ISROUTER:
        router = Ntf.ROUTER if flags & NEIGH_UPDATE_F_ISROUTER else Ntf.NONE
        neigh.flags = neigh.flags & ~Ntf.ROUTER | router
    return 0


def _lose(neigh: Neighbour, new: int) -> None:
    """The entry is no longer valid."""
    old = neigh.nud_state
    neigh_del_timer(neigh)
    if old & NUD_CONNECTED:
        neigh.output = neigh.ops.output
    neigh.nud_state = new
    if old & (NUD_INCOMPLETE | NUD_PROBE) and new & NUD_FAILED:
        neigh_invalidate(neigh)


def _change(neigh: Neighbour, lladdr: bytes | None, new: int) -> None:
    """The entry gets another state, and another address unless that is None."""
    old = neigh.nud_state
    now = neigh.dev.net.machine.clock.now
    base = neigh.parms.base_reachable_time
    if new != old or lladdr is not None:
        neigh.updated = now
    if new != old:
        neigh_del_timer(neigh)
        if new & NUD_PROBE:
            neigh.probes = 0
        if new & NUD_IN_TIMER:
            neigh_add_timer(neigh, now + (base if new & NUD_REACHABLE else 0))
        neigh.nud_state = new
    if lladdr is not None:
        neigh.ha = lladdr
        neigh.hh = None
        if not new & NUD_CONNECTED:
            neigh.confirmed = now - 2 * base
    note_neighbour(neigh)
    if new != old:
        neigh.output = neigh.ops.connected_output if new & NUD_CONNECTED else neigh.ops.output


def _send_queue(neigh: Neighbour) -> None:
    """What waited goes out through the neighbour's present output."""
    queue = neigh.arp_queue
    while neigh.nud_state & NUD_VALID and queue:
        neigh.output(neigh, queue.popleft())
    _purge_queue(neigh, DropReason.NEIGH_FAILED)


def neigh_event_ns(tbl: NeighTable, lladdr: bytes, saddr: bytes, dev: NetDevice) -> Neighbour | None:
    """neigh_event_ns: somebody asked for us, and so told its own address."""
    neigh = neigh_lookup(tbl, saddr, dev) or neigh_create(tbl, saddr, dev)
    if neigh is not None:
        neigh_update(neigh, lladdr, NUD_STALE, NEIGH_UPDATE_F_OVERRIDE)
    return neigh


# --- proxy --------------------------------------------------------------------------------------------------------


def pneigh_lookup(tbl: NeighTable, key: bytes, dev: NetDevice) -> bool:
    """pneigh_lookup: whether we answer for ``key`` on ``dev``, by an entry of this device or of none."""
    return (dev.ifindex, key) in tbl.phash or (0, key) in tbl.phash


def pneigh_enqueue(tbl: NeighTable, parms: NeighParms, skb: SkBuff) -> None:
    """pneigh_enqueue: a proxied answer waits about proxy_delay (Linux: a random part of it; here all of it)."""
    if len(tbl.proxy_queue) > parms.proxy_qlen:
        kfree_skb_reason(skb, DropReason.NEIGH_QUEUEFULL)
        return
    skb.dst = None
    timer = tbl.net.machine.clock.call_later(parms.proxy_delay, partial(_neigh_proxy_process, tbl, skb))
    tbl.proxy_queue.append((skb, timer))
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Queued("neighbour"))


def _neigh_proxy_process(tbl: NeighTable, skb: SkBuff) -> None:
    tbl.proxy_queue = [waiting for waiting in tbl.proxy_queue if waiting[0] is not skb]
    if skb.dev.running:
        tbl.proxy_redo(skb)
    else:
        kfree_skb_reason(skb, DropReason.DEV_READY)


# --- rtnetlink ----------------------------------------------------------------------------------------------------


def _find_table(net: Net, family: int) -> NeighTable:
    tbl: NeighTable | None = NEIGH_TABLES[family](net) if family in NEIGH_TABLES else None
    if tbl is None:
        raise KernelError(Errno.EAFNOSUPPORT)
    return tbl


NEIGH_TABLES: dict[int, Callable[[Net], NeighTable]] = {}
"""neigh_tables by family: how to reach a namespace's table; filled in af_inet.py."""


def _message_dev(net: Net, ifindex: int) -> NetDevice | None:
    if not ifindex:
        return None
    dev = net.dev_get_by_index(ifindex)
    if dev is None:
        raise KernelError(Errno.ENODEV)
    return dev


@kfunc("net/core/neighbour.c", "neigh_add")
def neigh_add(net: Net, request: NewNeighbour) -> None:
    """RTM_NEWNEIGH: adds or changes an entry, or a proxied address."""
    message = request.neighbour
    dev = _message_dev(net, message.ifindex)
    if dev is not None and message.lladdr is not None and len(message.lladdr) < len(dev.address):
        raise KernelError(Errno.EINVAL, "Invalid link address")
    tbl = _find_table(net, message.family)
    if len(message.dst) < tbl.key_len:
        raise KernelError(Errno.EINVAL, "Invalid network address")
    if message.flags & Ntf.PROXY:
        tbl.phash[message.ifindex, message.dst] = message.flags
        return
    if dev is None:
        raise KernelError(Errno.EINVAL, "Device not specified")
    flags = NEIGH_UPDATE_F_ADMIN | NEIGH_UPDATE_F_OVERRIDE
    neigh = neigh_lookup(tbl, message.dst, dev)
    if neigh is None:
        if not request.nlm_flags & NlmFlags.CREATE:
            raise KernelError(Errno.ENOENT)
        neigh = neigh_create(tbl, message.dst, dev)
        if neigh is None:
            raise KernelError(Errno.EINVAL)
    else:
        if request.nlm_flags & NlmFlags.EXCL:
            raise KernelError(Errno.EEXIST)
        if not request.nlm_flags & NlmFlags.REPLACE:
            flags &= ~NEIGH_UPDATE_F_OVERRIDE
    if message.protocol:
        neigh.protocol = message.protocol
    neigh.flags = message.flags & (Ntf.ROUTER | Ntf.EXT_LEARNED)
    if message.flags & Ntf.USE:
        neigh_event_send(neigh, None)
        return
    lladdr = None if message.lladdr is None else message.lladdr[: len(dev.address)]
    error = neigh_update(neigh, lladdr, int(message.state), flags)
    if error == -Errno.EINVAL:
        raise KernelError(Errno.EINVAL, "No link layer address given")
    if error:
        raise KernelError(Errno(-error))


@kfunc("net/core/neighbour.c", "neigh_delete")
def neigh_delete(net: Net, request: DelNeighbour) -> None:
    """RTM_DELNEIGH: ENOENT for an address that has no entry."""
    message = request.neighbour
    dev = _message_dev(net, message.ifindex)
    tbl = _find_table(net, message.family)
    if len(message.dst) < tbl.key_len:
        raise KernelError(Errno.EINVAL, "Invalid network address")
    if message.flags & Ntf.PROXY:
        if tbl.phash.pop((message.ifindex, message.dst), None) is None:
            raise KernelError(Errno.ENOENT)
        return
    if dev is None:
        raise KernelError(Errno.EINVAL)
    neigh = neigh_lookup(tbl, message.dst, dev)
    if neigh is None:
        raise KernelError(Errno.ENOENT)
    neigh_update(neigh, None, NUD_FAILED, NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN)
    neigh_remove_one(neigh)


def _fill_info(neigh: Neighbour) -> NeighbourMessage:
    now = neigh.dev.net.machine.clock.now
    return NeighbourMessage(
        ifindex=neigh.dev.ifindex,
        dst=neigh.primary_key,
        lladdr=neigh.ha if neigh.nud_state & NUD_VALID else None,
        state=Nud(neigh.nud_state),
        flags=neigh.flags,
        protocol=neigh.protocol,
        probes=neigh.probes,
        used=(now - neigh.used) // NSEC_PER_SEC,
        confirmed=(now - neigh.confirmed) // NSEC_PER_SEC,
        updated=(now - neigh.updated) // NSEC_PER_SEC,
        family=neigh.tbl.family,
    )


def neigh_get(net: Net, request: GetNeighbour) -> NeighbourMessage:
    """RTM_GETNEIGH: one entry; ENOENT where there is none."""
    dev = _message_dev(net, request.ifindex)
    tbl = _find_table(net, request.family)
    if len(request.dst) != tbl.key_len:
        raise KernelError(Errno.EINVAL, "Invalid network address")
    if request.flags & Ntf.PROXY:
        if (request.ifindex, request.dst) not in tbl.phash:
            raise KernelError(Errno.ENOENT, "Proxy neighbour entry not found")
        return NeighbourMessage(request.ifindex, request.dst, flags=Ntf.PROXY, family=tbl.family)
    if dev is None:
        raise KernelError(Errno.EINVAL, "No device specified")
    neigh = neigh_lookup(tbl, request.dst, dev)
    if neigh is None:
        raise KernelError(Errno.ENOENT, "Neighbour entry not found")
    return _fill_info(neigh)


def neigh_dump_info(net: Net, request: DumpNeighbours) -> tuple[NeighbourMessage, ...]:
    """RTM_GETNEIGH with NLM_F_DUMP: the entries in the order in which they were made, or the proxied addresses."""
    if request.family not in NEIGH_TABLES:
        return ()
    tbl = _find_table(net, request.family)
    if request.proxy:
        return tuple(
            NeighbourMessage(ifindex, key, flags=flags | Ntf.PROXY, family=tbl.family)
            for (ifindex, key), flags in tbl.phash.items()
        )
    return tuple(_fill_info(neigh) for neigh in tbl.hash.values())
