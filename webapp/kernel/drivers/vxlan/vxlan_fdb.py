"""A vxlan device's forwarding database (fdb part of drivers/net/vxlan/vxlan_core.c): who has an address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_namespace import peernet2id
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ethernet.etherdevice import is_multicast_ether_addr, is_valid_ether_addr
from webapp.kernel.ipv4.address import INADDR_ANY
from webapp.kernel.uapi.if_bridge import Fdb, FlushFdb
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import Ntf, Nud

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.drivers.vxlan.vxlan_core import VxlanDev

ALL_ZEROS_MAC = bytes(6)
_KEPT = Nud.PERMANENT | Nud.NOARP


class Remote:
    """struct vxlan_rdst: where a frame is to be sent. ``ifindex`` 0 is the device's own choice."""

    __slots__ = ("address", "ifindex", "port", "vni")

    def __init__(self, address: bytes, port: int, vni: int, ifindex: int) -> None:
        self.address = address
        self.port = port
        self.vni = vni
        self.ifindex = ifindex

    def same(self, other: Remote) -> bool:
        """vxlan_fdb_find_rdst."""
        return (self.address, self.port, self.vni, self.ifindex) == (
            other.address, other.port, other.vni, other.ifindex,
        )  # fmt: skip


class FdbEntry:
    """struct vxlan_fdb: ``state`` PERMANENT or NOARP stays, others age. ``used`` and ``updated`` are in ns."""

    __slots__ = ("address", "flags", "remotes", "state", "updated", "used")

    def __init__(self, address: bytes, remote: Remote, state: Nud, flags: Ntf, now: int) -> None:
        self.address = address
        self.remotes = [remote]
        self.state = state
        self.flags = flags
        self.updated = self.used = now


def _now(vxlan: VxlanDev) -> int:
    return vxlan.net.machine.clock.now


def vxlan_fdb_find(vxlan: VxlanDev, address: bytes) -> FdbEntry | None:
    """__vxlan_find_mac: the entry of an address, unless it has aged (vxlan_cleanup would have taken it away)."""
    entry = vxlan.fdb.get(address)
    if entry is None or entry.state & _KEPT or _now(vxlan) - entry.updated < vxlan.ageing * NSEC_PER_SEC:
        return entry
    del vxlan.fdb[address]
    return None


def vxlan_find_mac_tx(vxlan: VxlanDev, address: bytes) -> FdbEntry | None:
    """vxlan_find_mac_tx: the same for a frame that is sent."""
    entry = vxlan_fdb_find(vxlan, address)
    if entry is not None:
        entry.used = _now(vxlan)
    return entry


def vxlan_fdb_create(vxlan: VxlanDev, address: bytes, remote: Remote, state: Nud, flags: Ntf) -> None:
    """vxlan_fdb_create: a new entry; ENOSPC beyond ``maxaddress``."""
    if vxlan.addrmax and len(vxlan.fdb) >= vxlan.addrmax:
        raise KernelError(Errno.ENOSPC)
    vxlan.fdb[address] = FdbEntry(address, remote, state, flags, _now(vxlan))


def vxlan_fdb_update(
    vxlan: VxlanDev, address: bytes, remote: Remote, state: Nud, nlm_flags: NlmFlags, flags: Ntf
) -> None:
    """vxlan_fdb_update: makes or changes an entry. Only multicast and all-zero addresses have several remotes."""
    many = is_multicast_ether_addr(address) or address == ALL_ZEROS_MAC
    entry = vxlan_fdb_find(vxlan, address)
    if entry is None:
        if not nlm_flags & NlmFlags.CREATE:
            raise KernelError(Errno.ENOENT)
        if nlm_flags & NlmFlags.REPLACE and many:
            raise KernelError(Errno.EOPNOTSUPP)
        vxlan_fdb_create(vxlan, address, remote, state, flags & ~Ntf.USE)
        return
    if nlm_flags & NlmFlags.EXCL:
        raise KernelError(Errno.EEXIST)
    if (entry.state, entry.flags) != (state, flags & ~Ntf.USE):
        entry.state, entry.flags, entry.updated = state, flags & ~Ntf.USE, _now(vxlan)
    known = any(remote.same(other) for other in entry.remotes)
    if nlm_flags & NlmFlags.REPLACE:
        if many:
            raise KernelError(Errno.EOPNOTSUPP, "Cannot replace non-unicast fdb entries")
        if not known:
            entry.remotes[0] = remote
            entry.updated = _now(vxlan)
    if nlm_flags & NlmFlags.APPEND and many and not known:
        entry.remotes.append(remote)
    if flags & Ntf.USE:
        entry.updated = _now(vxlan)


def vxlan_fdb_remove(vxlan: VxlanDev, address: bytes, remote: Remote) -> None:
    """__vxlan_fdb_delete: one remote of an entry, or where it is the only one or none was named, the entry. ENOENT."""
    entry = vxlan_fdb_find(vxlan, address)
    if entry is None:
        raise KernelError(Errno.ENOENT)
    if remote.address != INADDR_ANY:
        known = [other for other in entry.remotes if remote.same(other)]
        if not known:
            return
        if len(entry.remotes) > 1:
            entry.remotes.remove(known[0])
            return
    del vxlan.fdb[address]


def vxlan_flush(vxlan: VxlanDev, *, permanent_too: bool) -> None:
    """vxlan_flush: everything but the default entry, or only what was learned."""
    for entry in list(vxlan.fdb.values()):
        if entry.address != ALL_ZEROS_MAC and (permanent_too or not entry.state & _KEPT):
            del vxlan.fdb[entry.address]


def vxlan_snoop(dev: NetDevice, source: bytes, inner: bytes) -> DropReason | None:
    """vxlan_snoop: the inner address is behind this remote; one that moved is learned anew, if it may."""
    if not is_valid_ether_addr(inner):
        return DropReason.MAC_INVALID_SOURCE
    vxlan: VxlanDev = dev.priv
    entry = vxlan_fdb_find(vxlan, inner)
    if entry is None:
        if dev.running and not (vxlan.addrmax and len(vxlan.fdb) >= vxlan.addrmax):
            remote = Remote(source, vxlan.dport, vxlan.vni, 0)
            vxlan_fdb_create(vxlan, inner, remote, Nud.REACHABLE, Ntf.SELF)
        return None
    entry.updated = _now(vxlan)
    first = entry.remotes[0]
    if first.address == source and not first.ifindex:
        return None
    if entry.state & _KEPT:
        return DropReason.VXLAN_ENTRY_EXISTS
    first.address, first.ifindex = source, 0
    return None


# --- requests -----------------------------------------------------------------------------------------------------


def _parse(vxlan: VxlanDev, fdb: Fdb, dev: NetDevice) -> Remote:
    """vxlan_fdb_parse: what is not said is the device's own."""
    if fdb.via and dev.net.dev_get_by_index(fdb.via) is None:
        raise KernelError(Errno.EADDRNOTAVAIL, "Device not found")
    return Remote(
        fdb.dst or INADDR_ANY,
        vxlan.dport if fdb.port is None else fdb.port,
        vxlan.vni if fdb.vni is None else fdb.vni,
        fdb.via or 0,
    )


def vxlan_fdb_add(dev: NetDevice, fdb: Fdb, nlm_flags: NlmFlags) -> None:
    """vxlan_fdb_add: ``bridge fdb add … dst``."""
    vxlan: VxlanDev = dev.priv
    if not fdb.state & (Nud.PERMANENT | Nud.REACHABLE) or fdb.dst is None:
        raise KernelError(Errno.EINVAL)
    remote = _parse(vxlan, fdb, dev)
    if len(remote.address) != len(INADDR_ANY):
        raise KernelError(Errno.EAFNOSUPPORT)
    vxlan_fdb_update(vxlan, fdb.lladdr, remote, fdb.state, nlm_flags, fdb.flags)


def vxlan_fdb_delete(dev: NetDevice, fdb: Fdb) -> None:
    """vxlan_fdb_delete: ``bridge fdb del``."""
    vxlan: VxlanDev = dev.priv
    vxlan_fdb_remove(vxlan, fdb.lladdr, _parse(vxlan, fdb, dev))


def vxlan_fdb_delete_bulk(dev: NetDevice, request: FlushFdb) -> None:
    """vxlan_fdb_delete_bulk: ``bridge fdb flush``."""
    vxlan: VxlanDev = dev.priv
    if request.vlan or request.port:
        raise KernelError(Errno.EINVAL)
    for entry in list(vxlan.fdb.values()):
        if entry.state & request.state_mask == request.state:
            del vxlan.fdb[entry.address]


def vxlan_fdb_dump(dev: NetDevice, filter_dev: NetDevice | None) -> Iterator[Fdb]:
    """vxlan_fdb_dump: a message for each remote; the newest entry first."""
    vxlan: VxlanDev = dev.priv
    for address in reversed(list(vxlan.fdb)):
        entry = vxlan_fdb_find(vxlan, address)
        if entry is not None:
            for remote in entry.remotes:
                yield _fill_info(dev, entry, remote)


def vxlan_fdb_get(dev: NetDevice, address: bytes, vid: int, vni: int | None) -> Fdb:
    """vxlan_fdb_get: one entry with its first remote; ENOENT."""
    vxlan: VxlanDev = dev.priv
    entry = vxlan_fdb_find(vxlan, address) if vni in (None, vxlan.vni) else None
    if entry is None:
        raise KernelError(Errno.ENOENT, "Fdb entry not found")
    return _fill_info(dev, entry, entry.remotes[0])


def _fill_info(dev: NetDevice, entry: FdbEntry, remote: Remote) -> Fdb:
    """vxlan_fdb_info: an entry as an RTM_NEWNEIGH message says it; what is the device's own is left out."""
    vxlan: VxlanDev = dev.priv
    now = _now(vxlan)
    return Fdb(
        dev.ifindex,
        entry.address,
        entry.state,
        entry.flags,
        dst=remote.address,
        port=remote.port if remote.port not in (0, vxlan.dport) else None,
        vni=remote.vni if remote.vni != vxlan.vni else None,
        via=remote.ifindex or None,
        used=(now - entry.used) // NSEC_PER_SEC,
        updated=(now - entry.updated) // NSEC_PER_SEC,
        link_netnsid=None if vxlan.net is dev.net else peernet2id(dev.net, vxlan.net),
    )
