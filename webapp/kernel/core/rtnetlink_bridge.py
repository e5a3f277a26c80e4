"""Requests of family AF_BRIDGE (the last part of net/core/rtnetlink.c): forwarding databases, ports and their vlans.

They are asked of any device; the drivers answer, and for most devices the defaults here.
"""

from __future__ import annotations

from collections.abc import Iterator

from webapp.kernel.core.dev_addr_lists import dev_set_rx_mode
from webapp.kernel.core.net_device import ARPHRD_ETHER, NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.rtnetlink import Handler
from webapp.kernel.core.skbuff import VLAN_VID_MASK
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ethernet.etherdevice import ETH_ALEN, is_link_local_ether_addr, is_multicast_ether_addr
from webapp.kernel.uapi.if_bridge import (
    AF_BRIDGE,
    BridgeLink,
    DelBridgeLink,
    DelFdb,
    DumpBridgeLinks,
    DumpFdb,
    Fdb,
    FlushFdb,
    GetFdb,
    NewFdb,
    SetBridgeLink,
)
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import Ntf, Nud

# --- forwarding databases -----------------------------------------------------------------------------------------


def _fdb_dev(net: Net, fdb: Fdb, what: str) -> NetDevice:
    """The checks that rtnl_fdb_add and rtnl_fdb_del have in common."""
    if not fdb.ifindex:
        raise KernelError(Errno.EINVAL, "invalid ifindex")
    dev = net.dev_get_by_index(fdb.ifindex)
    if dev is None:
        raise KernelError(Errno.ENODEV, "unknown ifindex")
    if len(fdb.lladdr) != ETH_ALEN:
        raise KernelError(Errno.EINVAL, "invalid address")
    if dev.type != ARPHRD_ETHER:
        raise KernelError(Errno.EINVAL, f"FDB {what} only supported for Ethernet devices")
    if fdb.vlan >= VLAN_VID_MASK:
        raise KernelError(Errno.EINVAL, "invalid vlan id")
    return dev


def _bridge_of(dev: NetDevice) -> NetDevice | None:
    """The bridge that a device is a port of (netif_is_bridge_port)."""
    return dev.master if dev.master is not None and dev.master.netdev_ops.ndo_bridge_getlink is not None else None


def rtnl_fdb_add(net: Net, request: NewFdb) -> None:
    """RTM_NEWNEIGH of AF_BRIDGE: for the bridge above (``master``), for the device itself (``self``), or for both."""
    fdb = request.fdb
    dev = _fdb_dev(net, fdb, "add")
    bridge = _bridge_of(dev)
    done = False
    if (not fdb.flags or fdb.flags & Ntf.MASTER) and bridge is not None:
        if bridge.netdev_ops.ndo_fdb_add is None:
            raise KernelError(Errno.EOPNOTSUPP)
        bridge.netdev_ops.ndo_fdb_add(dev, fdb, request.nlm_flags)
        done = True
    if fdb.flags & Ntf.SELF:
        (dev.netdev_ops.ndo_fdb_add or ndo_dflt_fdb_add)(dev, fdb, request.nlm_flags)
        done = True
    if not done:
        raise KernelError(Errno.EOPNOTSUPP)


def ndo_dflt_fdb_add(dev: NetDevice, fdb: Fdb, nlm_flags: NlmFlags) -> None:
    """ndo_dflt_fdb_add: a device without a database has further addresses of its own."""
    if (fdb.state and not fdb.state & Nud.PERMANENT) or fdb.vlan:
        raise KernelError(Errno.EINVAL)
    addresses = _address_list(dev, fdb.lladdr)
    if fdb.lladdr not in addresses:
        addresses.append(fdb.lladdr)
        dev_set_rx_mode(dev)
    elif nlm_flags & NlmFlags.EXCL:
        raise KernelError(Errno.EEXIST)


def _address_list(dev: NetDevice, address: bytes) -> list[bytes]:
    """dev->uc or dev->mc."""
    return dev.mc if is_multicast_ether_addr(address) and not is_link_local_ether_addr(address) else dev.uc


def rtnl_fdb_del(net: Net, request: DelFdb) -> None:
    """RTM_DELNEIGH of AF_BRIDGE."""
    fdb = request.fdb
    dev = _fdb_dev(net, fdb, "delete")
    bridge = _bridge_of(dev)
    done = False
    if (not fdb.flags or fdb.flags & Ntf.MASTER) and bridge is not None:
        if bridge.netdev_ops.ndo_fdb_del is None:
            raise KernelError(Errno.EOPNOTSUPP)
        bridge.netdev_ops.ndo_fdb_del(dev, fdb)
        done = True
    if fdb.flags & Ntf.SELF:
        (dev.netdev_ops.ndo_fdb_del or ndo_dflt_fdb_del)(dev, fdb)
        done = True
    if not done:
        raise KernelError(Errno.EOPNOTSUPP)


def ndo_dflt_fdb_del(dev: NetDevice, fdb: Fdb) -> None:
    """ndo_dflt_fdb_del."""
    if not fdb.state & Nud.PERMANENT:
        raise KernelError(Errno.EINVAL)
    addresses = _address_list(dev, fdb.lladdr)
    if fdb.lladdr not in addresses:
        raise KernelError(Errno.ENOENT)
    addresses.remove(fdb.lladdr)
    dev_set_rx_mode(dev)


def rtnl_fdb_flush(net: Net, request: FlushFdb) -> None:
    """RTM_DELNEIGH of AF_BRIDGE with NLM_F_BULK."""
    dev = net.dev_get_by_index(request.ifindex)
    if dev is None:
        raise KernelError(Errno.ENODEV, "unknown ifindex")
    bridge = _bridge_of(dev)
    done = False
    if (not request.flags or request.flags & Ntf.MASTER) and bridge is not None:
        if bridge.netdev_ops.ndo_fdb_del_bulk is None:
            raise KernelError(Errno.EOPNOTSUPP)
        bridge.netdev_ops.ndo_fdb_del_bulk(dev, request)
        done = True
    if request.flags & Ntf.SELF:
        if dev.netdev_ops.ndo_fdb_del_bulk is None:
            raise KernelError(Errno.EOPNOTSUPP)
        dev.netdev_ops.ndo_fdb_del_bulk(dev, request)
        done = True
    if not done:
        raise KernelError(Errno.EOPNOTSUPP)


def rtnl_fdb_get(net: Net, request: GetFdb) -> Fdb:
    """RTM_GETNEIGH of AF_BRIDGE: asks the bridge, or with ``self`` the device itself."""
    dev = net.dev_get_by_index(request.ifindex) if request.ifindex else None
    if request.ifindex and dev is None:
        raise KernelError(Errno.ENODEV, "Unknown device ifindex")
    asked: NetDevice | None = None
    if request.master:
        if dev is not None:
            raise KernelError(Errno.EINVAL, "Master and device are mutually exclusive")
        asked = net.dev_get_by_index(request.master)
        if asked is None:
            raise KernelError(Errno.EINVAL, "Invalid master ifindex")
    elif dev is not None:
        asked = dev if request.flags & Ntf.SELF and not request.flags & Ntf.MASTER else _bridge_of(dev)
        if asked is None:
            raise KernelError(Errno.EINVAL, "Device is not a bridge port")
    if asked is None:
        raise KernelError(Errno.ENODEV, "No device specified")
    if asked.netdev_ops.ndo_fdb_get is None:
        raise KernelError(Errno.EOPNOTSUPP, "Fdb get operation not supported by device")
    return asked.netdev_ops.ndo_fdb_get(asked, request.lladdr, request.vlan, request.vni)


def rtnl_fdb_dump(net: Net, request: DumpFdb) -> tuple[Fdb, ...]:
    """RTM_GETNEIGH of AF_BRIDGE with NLM_F_DUMP: per device what its bridge knows behind it, then its own."""
    only = net.dev_get_by_index(request.master) if request.master else None
    if request.master and only is None:
        raise KernelError(Errno.ENODEV)
    answer: list[Fdb] = []
    for _, dev in sorted(net.by_index.items()):
        bridge = _bridge_of(dev)
        if request.ifindex not in (0, dev.ifindex) or (only is not None and only not in (dev, bridge)):
            continue
        if bridge is not None and bridge.netdev_ops.ndo_fdb_dump is not None:
            answer.extend(bridge.netdev_ops.ndo_fdb_dump(bridge, dev))
        if dev.netdev_ops.ndo_fdb_dump is None or dev.netdev_ops.ndo_bridge_getlink is not None:
            answer.extend(ndo_dflt_fdb_dump(dev))
        if dev.netdev_ops.ndo_fdb_dump is not None:
            answer.extend(dev.netdev_ops.ndo_fdb_dump(dev, None))
    return tuple(answer)


def ndo_dflt_fdb_dump(dev: NetDevice) -> Iterator[Fdb]:
    """ndo_dflt_fdb_dump: a device's further addresses, and those of the groups that it listens to."""
    if dev.type != ARPHRD_ETHER:
        return
    for address in (*dict.fromkeys(dev.uc), *dict.fromkeys(dev.mc)):
        yield Fdb(dev.ifindex, address, Nud.PERMANENT, Ntf.SELF)


# --- bridges' links -----------------------------------------------------------------------------------------------


def rtnl_bridge_getlink(net: Net, request: DumpBridgeLinks) -> tuple[BridgeLink, ...]:
    """RTM_GETLINK of AF_BRIDGE with NLM_F_DUMP: what masters say of their ports and bridges of themselves."""
    told = (
        teller.netdev_ops.ndo_bridge_getlink(dev, request.vlans)
        for _, dev in sorted(net.by_index.items())
        for teller in (dev.master, dev)
        if teller is not None and teller.netdev_ops.ndo_bridge_getlink is not None
    )
    return tuple(link for link in told if link is not None)


def rtnl_bridge_setlink(net: Net, request: SetBridgeLink) -> None:
    """RTM_SETLINK of AF_BRIDGE: for the bridge above unless ``self`` alone is asked for."""
    _bridge_link(net, request, "ndo_bridge_setlink")


def rtnl_bridge_dellink(net: Net, request: DelBridgeLink) -> None:
    """RTM_DELLINK of AF_BRIDGE."""
    _bridge_link(net, request, "ndo_bridge_dellink")


def _bridge_link(net: Net, request: SetBridgeLink | DelBridgeLink, operation: str) -> None:
    dev = net.dev_get_by_index(request.ifindex)
    if dev is None:
        raise KernelError(Errno.ENODEV, "unknown ifindex")
    if request.master or not request.self_:
        run = getattr(dev.master.netdev_ops, operation) if dev.master is not None else None
        if run is None:
            raise KernelError(Errno.EOPNOTSUPP)
        run(dev, request)
    if request.self_:
        run = getattr(dev.netdev_ops, operation)
        if run is None:
            raise KernelError(Errno.EOPNOTSUPP)
        run(dev, request)


RTNL_BRIDGE_HANDLERS: dict[tuple[type, int], Handler] = {
    (NewFdb, AF_BRIDGE): rtnl_fdb_add,
    (DelFdb, AF_BRIDGE): rtnl_fdb_del,
    (FlushFdb, AF_BRIDGE): rtnl_fdb_flush,
    (GetFdb, AF_BRIDGE): rtnl_fdb_get,
    (DumpFdb, AF_BRIDGE): rtnl_fdb_dump,
    (DumpBridgeLinks, AF_BRIDGE): rtnl_bridge_getlink,
    (SetBridgeLink, AF_BRIDGE): rtnl_bridge_setlink,
    (DelBridgeLink, AF_BRIDGE): rtnl_bridge_dellink,
}
"""What rtnetlink_init registers for PF_BRIDGE."""
