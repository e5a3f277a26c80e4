"""The forwarding database (net/bridge/br_fdb.c): which address, in which vlan, is behind which port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from webapp.kernel.bridge.br_private import Bridge, BridgePort, FdbEntry, br_port_get
from webapp.kernel.clock import NSEC_PER_MSEC, NSEC_PER_SEC
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ethernet.etherdevice import is_valid_ether_addr
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.if_bridge import BrState, Fdb, FlushFdb
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import Ntf, Nud

if TYPE_CHECKING:
    from webapp.kernel.bridge.br_private import MAC
    from webapp.kernel.core.net_device import NetDevice

_ZERO = bytes(6)
_FLUSHABLE_FLAGS = Ntf.USE | Ntf.EXT_LEARNED | Ntf.OFFLOADED | Ntf.STICKY
_MIN_GC_DELAY = 10 * NSEC_PER_MSEC


def br_fdb_find(br: Bridge, address: MAC, vid: int) -> FdbEntry | None:
    """The entry of an address in a vlan. What has aged was taken away by the timer (br_fdb_cleanup)."""
    return br.fdb.get((address, vid))


def fdb_create(br: Bridge, port: BridgePort | None, address: MAC, vid: int) -> FdbEntry:
    """fdb_create: a new entry, a learned one unless its flags say otherwise."""
    entry = FdbEntry(address, vid, port, br.dev.net.machine.clock.now)
    br.fdb[address, vid] = entry
    return entry


def fdb_delete(br: Bridge, entry: FdbEntry) -> None:
    """fdb_delete."""
    del br.fdb[entry.address, entry.vlan]


@kfunc("net/bridge/br_fdb.c", "br_fdb_update")
def br_fdb_update(br: Bridge, source: BridgePort, address: MAC, vid: int) -> None:
    """Learns that ``address`` is behind ``source``; a local address stays local, a moved one moves unless sticky."""
    if not br.ageing_time:
        return
    entry = br.fdb.get((address, vid))
    if entry is None:
        fdb_create(br, source, address, vid)
    elif not entry.local:
        entry.updated = br.dev.net.machine.clock.now
        if entry.port is not source and not entry.sticky:
            entry.port = source
            entry.ext_learned = False


# --- addresses of this host ---------------------------------------------------------------------------------------


def br_fdb_add_local(br: Bridge, port: BridgePort | None, address: MAC, vid: int) -> None:
    """fdb_add_local: the bridge or a port has this address; frames to it go up."""
    if not is_valid_ether_addr(address):
        return
    entry = br.fdb.get((address, vid))
    if entry is not None:
        if entry.local:
            return
        fdb_delete(br, entry)
    entry = fdb_create(br, port, address, vid)
    entry.local = entry.static = True


def fdb_delete_local(br: Bridge, port: BridgePort | None, entry: FdbEntry) -> None:
    """fdb_delete_local: the address goes, or passes to another port or the bridge that has it too."""
    vid = entry.vlan
    for other in br.ports:
        if other is not port and other.dev.address == entry.address and (not vid or vid in other.vlgrp.vlans):
            entry.port = other
            entry.by_user = False
            return
    vlan = br.vlgrp.vlans.get(vid)
    if port is not None and br.dev.address == entry.address and (not vid or (vlan is not None and vlan.should_use)):
        entry.port = None
        entry.by_user = False
        return
    fdb_delete(br, entry)


def br_fdb_find_delete_local(br: Bridge, port: BridgePort | None, address: MAC, vid: int) -> None:
    """br_fdb_find_delete_local: a vlan goes from a port, and with it the port's own address there."""
    entry = br.fdb.get((address, vid))
    if entry is not None and entry.local and not entry.by_user and entry.port is port:
        fdb_delete_local(br, port, entry)


def br_fdb_changeaddr(port: BridgePort, address: MAC) -> None:
    """br_fdb_changeaddr: a port has ``address`` from now on."""
    br = port.br
    for entry in list(br.fdb.values()):
        if entry.port is port and entry.local and not entry.by_user:
            fdb_delete_local(br, port, entry)
            if not port.vlgrp.vlans:
                break
    br_fdb_add_local(br, port, address, 0)
    for vid in port.vlgrp.vlans:
        br_fdb_add_local(br, port, address, vid)


def br_fdb_change_mac_address(br: Bridge, address: MAC) -> None:
    """br_fdb_change_mac_address: the bridge itself has ``address`` from now on (its device still has the old one)."""
    for vid in (0, *(vlan.vid for vlan in br.vlgrp.usable())):
        br_fdb_find_delete_local(br, None, br.dev.address, vid)
        br_fdb_add_local(br, None, address, vid)


# --- what goes ----------------------------------------------------------------------------------------------------


def br_fdb_cleanup(br: Bridge) -> None:
    """br_fdb_cleanup: takes away what nobody confirmed for the ageing time, and comes back when the next is due."""
    clock = br.dev.net.machine.clock
    work_delay = br.ageing_time
    for entry in list(br.fdb.values()):
        if entry.static or entry.ext_learned:
            continue
        left = entry.updated + br.ageing_time - clock.now
        if left > 0:
            work_delay = min(work_delay, left)
        else:
            fdb_delete(br, entry)
    br.gc_work = clock.call_later(max(work_delay, _MIN_GC_DELAY), lambda: br_fdb_cleanup(br))


def br_fdb_schedule(br: Bridge, delay: int) -> None:
    """mod_delayed_work(&br->gc_work): the timer falls due ``delay`` ns from now."""
    br_fdb_cancel(br)
    br.gc_work = br.dev.net.machine.clock.call_later(delay, lambda: br_fdb_cleanup(br))


def br_fdb_cancel(br: Bridge) -> None:
    """cancel_delayed_work_sync(&br->gc_work)."""
    if br.gc_work is not None:
        br.gc_work.cancel()
        br.gc_work = None


def br_fdb_delete_by_port(br: Bridge, port: BridgePort | None, vid: int, *, do_all: bool) -> None:
    """Forgets what is behind a port that goes down (learned entries), or away (``do_all``: all), or in one vlan."""
    for entry in [entry for entry in br.fdb.values() if entry.port is port]:
        if not do_all and (entry.static or entry.ext_learned or (vid and entry.vlan != vid)):
            continue
        if entry.local:
            fdb_delete_local(br, port, entry)
        else:
            fdb_delete(br, entry)


def br_fdb_flush_learned(br: Bridge) -> None:
    """What IFLA_BR_FDB_FLUSH asks for: every entry that is not static."""
    for entry in [entry for entry in br.fdb.values() if not entry.static]:
        fdb_delete(br, entry)


def br_fdb_delete_bulk(dev: NetDevice, request: FlushFdb) -> None:
    """br_fdb_delete_bulk: ``bridge fdb flush``."""
    br, port = _bridge_and_port(dev)
    if request.flags & ~(_FLUSHABLE_FLAGS | Ntf.MASTER | Ntf.SELF):
        raise KernelError(Errno.EINVAL, "Unsupported fdb flush ndm flag bits set")
    only = request.port or (port.dev.ifindex if port is not None else 0)
    if request.port:
        _validate_flush_port(br, request.port)
    mask, wanted = (
        (bool(state & Nud.PERMANENT), bool(state & Nud.NOARP)) for state in (request.state_mask, request.state)
    )
    for entry in list(br.fdb.values()):
        ifindex = (entry.port.dev if entry.port is not None else br.dev).ifindex
        has = (entry.local, entry.static)
        fits = all(not asked or found == want for asked, found, want in zip(mask, has, wanted, strict=True))
        if (not request.vlan or request.vlan == entry.vlan) and only in (0, ifindex) and fits:
            fdb_delete(br, entry)


def _validate_flush_port(br: Bridge, ifindex: int) -> None:
    dev = br.dev.net.dev_get_by_index(ifindex)
    if dev is None:
        raise KernelError(Errno.ENODEV, "bridge: Unknown flush device ifindex")
    port = br_port_get(dev)
    if isinstance(dev.priv, Bridge):
        if dev is not br.dev:
            raise KernelError(Errno.EINVAL, "bridge: Flush bridge device does not match target bridge device")
    elif port is None:
        raise KernelError(Errno.EINVAL, "bridge: Flush device is not a bridge or bridge port")
    elif port.br is not br:
        raise KernelError(Errno.EINVAL, "bridge: Port belongs to a different bridge device")


# --- requests -----------------------------------------------------------------------------------------------------


def _bridge_and_port(dev: NetDevice) -> tuple[Bridge, BridgePort | None]:
    if isinstance(dev.priv, Bridge):
        return dev.priv, None
    port = br_port_get(dev)
    if port is None:
        raise KernelError(Errno.EINVAL)
    return port.br, port


def br_fdb_add(dev: NetDevice, fdb: Fdb, nlm_flags: NlmFlags) -> None:
    """br_fdb_add: ``bridge fdb add … master``. Without a vlan it is added for every vlan of the port."""
    if not fdb.state & (Nud.PERMANENT | Nud.NOARP | Nud.REACHABLE) or fdb.lladdr == _ZERO:
        raise KernelError(Errno.EINVAL)
    br, port = _bridge_and_port(dev)
    vlgrp = br.vlgrp if port is None else port.vlgrp
    if fdb.vlan:
        vlan = vlgrp.vlans.get(fdb.vlan)
        if vlan is None or not vlan.should_use:
            raise KernelError(Errno.EINVAL)
        _fdb_add(br, port, fdb, fdb.vlan, nlm_flags)
        return
    for vid in (0, *(vlan.vid for vlan in vlgrp.usable())):
        _fdb_add(br, port, fdb, vid, nlm_flags)


def _fdb_add(br: Bridge, port: BridgePort | None, fdb: Fdb, vid: int, nlm_flags: NlmFlags) -> None:
    """__br_fdb_add: as if a frame had come (use), as if a driver had learned it, or by the word."""
    if fdb.flags & Ntf.USE:
        if port is None:
            raise KernelError(Errno.EINVAL)
        if port.state in (BrState.LEARNING, BrState.FORWARDING):
            br_fdb_update(br, port, fdb.lladdr, vid)
            br.fdb[fdb.lladdr, vid].by_user = True
    elif fdb.flags & Ntf.EXT_LEARNED:
        if port is None and not fdb.state & Nud.PERMANENT:
            raise KernelError(Errno.EINVAL, "bridge: FDB entry towards bridge must be permanent")
        entry = br.fdb.get((fdb.lladdr, vid)) or fdb_create(br, port, fdb.lladdr, vid)
        entry.port, entry.ext_learned, entry.by_user = port, True, True
        entry.local = port is None
    else:
        _fdb_add_entry(br, port, fdb, vid, nlm_flags)


def _fdb_add_entry(br: Bridge, port: BridgePort | None, fdb: Fdb, vid: int, nlm_flags: NlmFlags) -> None:
    """fdb_add_entry: makes or changes one entry."""
    state = fdb.state
    sticky = bool(fdb.flags & Ntf.STICKY)
    if (
        port is not None
        and not state & (Nud.PERMANENT | Nud.NOARP)
        and port.state not in (BrState.LEARNING, BrState.FORWARDING)
    ):
        raise KernelError(Errno.EPERM)
    if (port is None and not state & Nud.PERMANENT) or (sticky and state & Nud.PERMANENT):
        raise KernelError(Errno.EINVAL)
    entry = br.fdb.get((fdb.lladdr, vid))
    now = br.dev.net.machine.clock.now
    before = None
    if entry is None:
        if not nlm_flags & NlmFlags.CREATE:
            raise KernelError(Errno.ENOENT)
        entry = fdb_create(br, port, fdb.lladdr, vid)
    else:
        if nlm_flags & NlmFlags.EXCL:
            raise KernelError(Errno.EEXIST)
        before = (entry.port, entry.local, entry.static, entry.sticky)
        entry.port = port
    entry.by_user = True
    entry.local = bool(state & Nud.PERMANENT)
    entry.static = bool(state & (Nud.PERMANENT | Nud.NOARP))
    entry.sticky = sticky
    entry.used = now
    if before != (entry.port, entry.local, entry.static, entry.sticky):
        entry.updated = now


def br_fdb_delete(dev: NetDevice, fdb: Fdb) -> None:
    """br_fdb_delete: ``bridge fdb del … master``. Without a vlan it goes from every vlan of the port."""
    br, port = _bridge_and_port(dev)
    vlgrp = br.vlgrp if port is None else port.vlgrp
    if fdb.vlan and fdb.vlan not in vlgrp.vlans:
        raise KernelError(Errno.EINVAL)
    vids = (fdb.vlan,) if fdb.vlan else (0, *(vlan.vid for vlan in vlgrp.usable()))
    entries = (br.fdb.get((fdb.lladdr, vid)) for vid in vids)
    doomed = [entry for entry in entries if entry is not None and entry.port is port]
    if not doomed:
        raise KernelError(Errno.ENOENT)
    for entry in doomed:
        fdb_delete(br, entry)


def br_fdb_dump(dev: NetDevice, filter_dev: NetDevice | None) -> Iterator[Fdb]:
    """br_fdb_dump: the entries of one port, or with None those of the bridge itself; the newest first."""
    br: Bridge = dev.priv
    for entry in reversed(list(br.fdb.values())):
        behind = entry.port.dev if entry.port is not None else None
        if behind is filter_dev:
            yield fdb_fill_info(br, entry)


def br_fdb_get(dev: NetDevice, address: MAC, vid: int, vni: int | None) -> Fdb:
    """br_fdb_get: one entry; ENOENT."""
    br: Bridge = dev.priv
    entry = br_fdb_find(br, address, vid)
    if entry is None:
        raise KernelError(Errno.ENOENT, "Fdb entry not found")
    return fdb_fill_info(br, entry)


def fdb_fill_info(br: Bridge, entry: FdbEntry) -> Fdb:
    """fdb_fill_info: an entry as an RTM_NEWNEIGH message says it."""
    now = br.dev.net.machine.clock.now
    flags = Ntf.EXT_LEARNED if entry.ext_learned else Ntf.NONE
    return Fdb(
        (entry.port.dev if entry.port is not None else br.dev).ifindex,
        entry.address,
        _fdb_to_nud(br, entry, now),
        flags | Ntf.STICKY if entry.sticky else flags,
        entry.vlan,
        master=br.dev.ifindex,
        used=(now - entry.used) // NSEC_PER_SEC,
        updated=(now - entry.updated) // NSEC_PER_SEC,
    )


def _fdb_to_nud(br: Bridge, entry: FdbEntry, now: int) -> Nud:
    if entry.local:
        return Nud.PERMANENT
    if entry.static:
        return Nud.NOARP
    expired = not entry.ext_learned and now - entry.updated >= br.ageing_time
    return Nud.STALE if expired else Nud.REACHABLE
