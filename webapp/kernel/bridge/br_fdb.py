"""The forwarding database (net/bridge/br_fdb.c): which address is behind which port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.bridge.br_private import FdbEntry
from webapp.kernel.ethernet.etherdevice import is_valid_ether_addr
from webapp.kernel.kfunc import kfunc

if TYPE_CHECKING:
    from webapp.kernel.bridge.br_private import MAC, Bridge, BridgePort


def has_expired(br: Bridge, entry: FdbEntry) -> bool:
    """A learned entry that nobody confirmed for the ageing time."""
    return not entry.static and br.dev.net.machine.clock.now - entry.updated >= br.ageing_time


def br_fdb_find(br: Bridge, address: MAC) -> FdbEntry | None:
    """The entry of an address, unless it has aged."""
    entry = br.fdb.get(address)
    return None if entry is None or has_expired(br, entry) else entry


@kfunc("net/bridge/br_fdb.c", "br_fdb_update")
def br_fdb_update(br: Bridge, source: BridgePort, address: MAC) -> None:
    """Learns that ``address`` is behind ``source``; a local address stays local, a moved one moves."""
    if not br.ageing_time:
        return
    entry = br.fdb.get(address)
    now = br.dev.net.machine.clock.now
    if entry is None:
        if is_valid_ether_addr(address):
            br.fdb[address] = FdbEntry(address, source, now, local=False, static=False)
    elif not entry.local:
        entry.updated = now
        if not entry.static or not entry.by_user:
            entry.port = source


def br_fdb_add_local(br: Bridge, port: BridgePort | None, address: MAC) -> None:
    """fdb_add_local: the bridge or a port has this address; frames to it go up."""
    if not is_valid_ether_addr(address):
        return
    entry = br.fdb.get(address)
    if entry is not None and entry.local:
        return
    br.fdb[address] = FdbEntry(address, port, br.dev.net.machine.clock.now, local=True, static=True)


def br_fdb_delete_local(br: Bridge, port: BridgePort | None, address: MAC) -> None:
    """fdb_delete_local: the address goes, or passes to another port or the bridge that has it too."""
    entry = br.fdb.get(address)
    if entry is None or not entry.local or entry.port is not port:
        return
    heir = next((other for other in br.ports if other is not port and other.dev.address == address), None)
    if heir is not None:
        entry.port = heir
    elif port is not None and br.dev.address == address:
        entry.port = None
    else:
        del br.fdb[address]


def br_fdb_delete_by_port(br: Bridge, port: BridgePort, *, static_too: bool) -> None:
    """Forgets what is behind a port that goes down (learned entries) or away (all)."""
    for entry in [entry for entry in br.fdb.values() if entry.port is port]:
        if entry.static and not static_too:
            continue
        if entry.local:
            br_fdb_delete_local(br, port, entry.address)
        else:
            del br.fdb[entry.address]


def br_fdb_changeaddr(port: BridgePort, old: MAC) -> None:
    """br_fdb_changeaddr: a port has another address than ``old`` now."""
    br_fdb_delete_local(port.br, port, old)
    br_fdb_add_local(port.br, port, port.dev.address)
