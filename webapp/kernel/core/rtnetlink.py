"""Requests about links (net/core/rtnetlink.c), and the one door through which every rtnetlink request comes in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from webapp.kernel.core.dev_flags import (
    dev_change_flags,
    dev_get_flags,
    dev_set_mac_address,
    dev_set_mtu,
    dev_validate_mtu,
)
from webapp.kernel.core.dev_state import (
    IFNAMSIZ,
    dev_change_name,
    dev_change_net_namespace,
    linkwatch_run_queue,
)
from webapp.kernel.core.link_watch import dev_get_iflink
from webapp.kernel.core.net_device import Iff, NetDevice, NetDeviceOps
from webapp.kernel.core.net_namespace import Net, alloc_netid, peernet2id, peernet2id_alloc
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.uapi.if_link import (
    AF_UNSPEC,
    IFALIASZ,
    DelLink,
    DumpLinks,
    DumpNsids,
    GetLink,
    GetNsid,
    LinkData,
    LinkInfo,
    LinkMessage,
    LinkStats,
    NewLink,
    NewNsid,
    OperState,
)
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import DumpAddresses, DumpNeighbours, DumpRoutes, DumpRules

Handler = Callable[[Net, Any], Any]

RTNL_MSG_HANDLERS: dict[tuple[type[Any], int], Handler] = {}
"""rtnl_msg_handlers, filled in boot.py: who answers a request of a type for a family (AF_UNSPEC: for any other)."""

INIT_PID = 1


@dataclass(frozen=True, slots=True)
class RtnlLinkOps:
    """struct rtnl_link_ops: how devices of a kind are made.

    ``setup(dev)`` fills in what all have in common; ``newlink(dev, link, link_net)`` registers (``link_net`` is where
    the other end or the device below is); ``dellink(dev)`` takes away; ``validate(link)`` refuses with KernelError;
    ``changelink(dev, data)`` changes what is the kind's own; ``fill_info(dev)`` tells it; ``get_link_net(dev)`` is
    where the other end lives. ``slave_changelink(dev, slave, data)`` and ``fill_slave_info(dev, slave)`` are the same
    for devices that have ``dev`` as their master. ``paired``: devices are made with a peer (peer_type).
    """

    netdev_ops: NetDeviceOps
    setup: Callable[[NetDevice], None]
    newlink: Callable[[NetDevice, LinkMessage, Net], None]
    dellink: Callable[[NetDevice], None]
    validate: Callable[[LinkMessage], None] | None = None
    get_link_net: Callable[[NetDevice], Net] | None = None
    changelink: Callable[[NetDevice, LinkData], None] | None = None
    fill_info: Callable[[NetDevice], LinkData] | None = None
    slave_changelink: Callable[[NetDevice, NetDevice, LinkData], None] | None = None
    fill_slave_info: Callable[[NetDevice, NetDevice], LinkData] | None = None
    paired: bool = False


RTNL_LINK_OPS: dict[str, RtnlLinkOps] = {}
"""link_ops by kind, filled in boot.py."""

DUMP_REQUESTS = frozenset((DumpAddresses, DumpLinks, DumpNeighbours, DumpNsids, DumpRoutes, DumpRules))


def rtnetlink_rcv_msg(net: Net, request: Any) -> Any:
    """Answers a request of uapi/rtnetlink.py or uapi/if_link.py made in ``net``; raises KernelError."""
    kind = type(request)
    handler = RTNL_MSG_HANDLERS.get((kind, request.family)) or RTNL_MSG_HANDLERS.get((kind, AF_UNSPEC))
    if handler is not None:
        return handler(net, request)
    if kind in DUMP_REQUESTS:
        return rtnl_dump_all(net, request)
    raise KernelError(Errno.EOPNOTSUPP)


def rtnl_dump_all(net: Net, request: Any) -> tuple[Any, ...]:
    """A dump for AF_UNSPEC: what every family has. A family that is not there has nothing."""
    if request.family != AF_UNSPEC:
        return ()
    handlers = [(family, handler) for (kind, family), handler in RTNL_MSG_HANDLERS.items() if kind is type(request)]
    return tuple(value for family, handler in handlers for value in handler(net, replace(request, family=family)))


# --- making links -------------------------------------------------------------------------------------------------


def rtnl_newlink(net: Net, request: NewLink) -> None:
    """RTM_NEWLINK: changes the link that is there, else makes one."""
    link = request.link
    validate_linkmsg(link)
    ops = RTNL_LINK_OPS.get(link.kind or "")
    if ops is not None and ops.validate is not None:
        ops.validate(link)
        if link.data is not None and link.data.peer is not None:
            ops.validate(link.data.peer)
    dev = rtnl_dev_get(net, link)
    if dev is not None:
        rtnl_changelink(dev, request)
    elif not request.nlm_flags & NlmFlags.CREATE:
        if link.name is not None or link.ifindex or link.group is None:
            raise KernelError(Errno.ENODEV)
        for member in [dev for dev in net.by_index.values() if dev.group == link.group]:
            do_setlink(member, link)
    elif ops is None:
        raise KernelError(Errno.EOPNOTSUPP, "Unknown device type")
    else:
        rtnl_newlink_create(net, link, ops)


def validate_linkmsg(link: LinkMessage) -> None:
    """What ifla_policy asks of a name, and of the peer's."""
    for message in (link, link.data.peer if link.data is not None else None):
        if message is not None and message.name is not None and len(message.name.encode()) >= IFNAMSIZ:
            raise KernelError(Errno.ERANGE, "Attribute failed policy validation")


def rtnl_dev_get(net: Net, link: LinkMessage) -> NetDevice | None:
    """The device that a message means: by number if it has one, else by name."""
    if link.ifindex:
        return net.dev_get_by_index(link.ifindex)
    return net.dev_get_by_name(link.name) if link.name else None


def rtnl_changelink(dev: NetDevice, request: NewLink) -> None:
    """RTM_NEWLINK for a device that exists."""
    if request.nlm_flags & NlmFlags.EXCL:
        raise KernelError(Errno.EEXIST)
    if request.nlm_flags & NlmFlags.REPLACE:
        raise KernelError(Errno.EOPNOTSUPP)
    if request.link.data is not None:
        ops = RTNL_LINK_OPS.get(dev.kind)
        if ops is None or ops.changelink is None or request.link.kind != dev.kind:
            raise KernelError(Errno.EOPNOTSUPP)
        ops.changelink(dev, request.link.data)
    if request.link.slave_data is not None:
        _change_slave(dev, request.link.slave_data)
    do_setlink(dev, request.link)


def _change_slave(dev: NetDevice, data: LinkData) -> None:
    """The part of rtnl_changelink about IFLA_INFO_SLAVE_DATA: EOPNOTSUPP for a device that is nobody's port."""
    ops = RTNL_LINK_OPS.get(dev.master.kind) if dev.master is not None else None
    if dev.master is None or ops is None or ops.slave_changelink is None:
        raise KernelError(Errno.EOPNOTSUPP)
    ops.slave_changelink(dev.master, dev, data)


def rtnl_newlink_create(net: Net, link: LinkMessage, ops: RtnlLinkOps) -> None:
    """Makes a device and, if its flags say so, opens it."""
    target = rtnl_link_get_net(net, link)
    link_net = net
    if ops.paired:
        asked = link.data.peer if link.data is not None else None
        link_net = target if asked is None else rtnl_link_get_net(net, asked)
    dev = rtnl_create_link(target, link.name or f"{link.kind}%d", link.kind or "", link)
    ops.newlink(dev, link, link_net)
    try:
        rtnl_configure_link(dev, link)
        if link.master is not None:
            do_set_master(dev, link.master)
    except KernelError:
        ops.dellink(dev)
        raise
    rtmsg_ifinfo(dev)


def rtnl_link_get_net(net: Net, link: LinkMessage) -> Net:
    """Where a message wants its device: a namespace, that of a process (the lab's own is 1), or the one asked."""
    if link.netns is not None:
        return link.netns
    if link.netns_pid is not None:
        if link.netns_pid != INIT_PID:
            raise KernelError(Errno.ESRCH)
        return net.machine.init_net
    return net


def rtnl_create_link(net: Net, name: str, kind: str, link: LinkMessage) -> NetDevice:
    """A device, not yet registered, with the attributes that a message gives it."""
    ops = RTNL_LINK_OPS[kind]
    dev = NetDevice(net, name, ops.netdev_ops, kind)
    ops.setup(dev)
    if link.mtu is not None:
        dev_validate_mtu(dev, link.mtu)
        dev.mtu = link.mtu
    if link.address is not None:
        dev.address = link.address
        dev.addr_assigned = True
    if link.broadcast is not None:
        dev.broadcast = link.broadcast
    if link.txqlen is not None:
        dev.tx_queue_len = link.txqlen
    if link.group is not None:
        dev.group = link.group
    return dev


def rtnl_configure_link(dev: NetDevice, link: LinkMessage) -> None:
    """The flags of the message that made the device."""
    if link.flags or link.change:
        dev_change_flags(dev, rtnl_dev_combine_flags(dev, link))


def rtnl_dev_combine_flags(dev: NetDevice, link: LinkMessage) -> int:
    """The device's flags, with those that the message changes."""
    if not link.change:
        return link.flags
    counted = Iff.PROMISC | Iff.ALLMULTI
    current = dev.flags & ~counted | dev.gflags & counted
    return link.flags & link.change | current & ~link.change


def do_setlink(dev: NetDevice, link: LinkMessage) -> None:
    """Changes a device in the kernel's order; what was done before a refusal stays done."""
    target = rtnl_link_get_net(dev.net, link)
    if target is not dev.net:
        dev_change_net_namespace(dev, target, link.name or "", link.new_ifindex or 0)
    if link.address is not None:
        if len(link.address) < len(dev.address):
            raise KernelError(Errno.EINVAL)
        dev_set_mac_address(dev, link.address)
    if link.mtu is not None:
        dev_set_mtu(dev, link.mtu)
    if link.group is not None:
        dev.group = link.group
    if link.ifindex and link.name:
        dev_change_name(dev, link.name)
    if link.alias is not None:
        if len(link.alias.encode()) >= IFALIASZ:
            raise KernelError(Errno.EINVAL)
        dev.alias = link.alias
    if link.broadcast is not None:
        dev.broadcast = link.broadcast
    if link.master is not None:
        do_set_master(dev, link.master)
    if link.flags or link.change:
        dev_change_flags(dev, rtnl_dev_combine_flags(dev, link))
    if link.carrier is not None:
        dev_change_carrier(dev, link.carrier)
    if link.txqlen is not None:
        dev.tx_queue_len = link.txqlen
    rtmsg_ifinfo(dev)


def do_set_master(dev: NetDevice, ifindex: int) -> None:
    """Moves a device under another, or with 0 from under it. The master's driver must take it: EOPNOTSUPP."""
    if dev.master is not None:
        if dev.master.ifindex == ifindex:
            return
        leave = dev.master.netdev_ops.ndo_del_slave
        if leave is None:
            raise KernelError(Errno.EOPNOTSUPP)
        leave(dev.master, dev)
    if ifindex:
        master = dev.net.dev_get_by_index(ifindex)
        if master is None:
            raise KernelError(Errno.EINVAL)
        if master.netdev_ops.ndo_add_slave is None:
            raise KernelError(Errno.EOPNOTSUPP)
        master.netdev_ops.ndo_add_slave(master, dev)


def dev_change_carrier(dev: NetDevice, carrier: bool) -> None:
    """Plugs the cable in or out, where the driver can."""
    if dev.netdev_ops.ndo_change_carrier is None:
        raise KernelError(Errno.EOPNOTSUPP)
    dev.netdev_ops.ndo_change_carrier(dev, carrier)
    linkwatch_run_queue(dev.net.machine)


def rtnl_dellink(net: Net, request: DelLink) -> None:
    """RTM_DELLINK: one link, or all of a group."""
    link = request.link
    if link.ifindex or link.name:
        dev = rtnl_dev_get(net, link)
        doomed = [] if dev is None else [dev]
    else:
        doomed = [dev for dev in net.by_index.values() if dev.group == link.group]
    if not doomed:
        raise KernelError(Errno.ENODEV)
    for dev in doomed:
        if dev.kind not in RTNL_LINK_OPS:
            raise KernelError(Errno.EOPNOTSUPP)
    for dev in doomed:
        # its peer may have taken it along
        if dev.registered:
            RTNL_LINK_OPS[dev.kind].dellink(dev)


# --- telling about links ------------------------------------------------------------------------------------------


def rtnl_getlink(net: Net, request: GetLink) -> LinkInfo:
    """RTM_GETLINK for one link."""
    dev = rtnl_dev_get(net, LinkMessage(ifindex=request.ifindex, name=request.name or None))
    if dev is None:
        raise KernelError(Errno.ENODEV)
    return rtnl_fill_ifinfo(dev)


def rtnl_dump_ifinfo(net: Net, request: DumpLinks) -> tuple[LinkInfo, ...]:
    """RTM_GETLINK with NLM_F_DUMP."""
    devices = (dev for _, dev in sorted(net.by_index.items()))
    return tuple(
        rtnl_fill_ifinfo(dev)
        for dev in devices
        if (not request.master or (dev.master is not None and dev.master.ifindex == request.master))
        and (not request.kind or dev.kind == request.kind)
    )


def rtmsg_ifinfo(dev: NetDevice) -> None:
    """The news that a link changed. Nobody listens, but making the message numbers the peer's namespace."""
    _link_netnsid(dev)


def _link_netnsid(dev: NetDevice) -> int | None:
    ops = RTNL_LINK_OPS.get(dev.kind)
    if ops is None or ops.get_link_net is None:
        return None
    link_net = ops.get_link_net(dev)
    return None if link_net is dev.net else peernet2id_alloc(dev.net, link_net)


def rtnl_fill_ifinfo(dev: NetDevice) -> LinkInfo:
    """What there is to say about a link."""
    stats = dev.stats
    ops = RTNL_LINK_OPS.get(dev.kind)
    iflink = dev_get_iflink(dev)
    link_netnsid = _link_netnsid(dev)
    assert dev.qdisc is not None
    return LinkInfo(
        ifindex=dev.ifindex,
        name=dev.name,
        type=dev.type,
        flags=dev_get_flags(dev),
        mtu=dev.mtu,
        min_mtu=dev.min_mtu,
        max_mtu=dev.max_mtu,
        txqlen=dev.tx_queue_len,
        operstate=OperState(dev.operstate) if dev.flags & Iff.UP else OperState.DOWN,
        group=dev.group,
        promiscuity=dev.promiscuity,
        allmulti=dev.allmulti,
        num_queues=1,
        tso_max_size=dev.tso_max_size,
        carrier_changes=dev.carrier_changes,
        qdisc=dev.qdisc.kind,
        address=dev.address,
        broadcast=dev.broadcast,
        stats=LinkStats(
            rx_packets=stats.rx_packets,
            tx_packets=stats.tx_packets,
            rx_bytes=stats.rx_bytes,
            tx_bytes=stats.tx_bytes,
            rx_errors=stats.rx_errors,
            tx_errors=stats.tx_errors,
            rx_dropped=stats.rx_dropped,
            tx_dropped=stats.tx_dropped,
            multicast=stats.multicast,
            collisions=stats.collisions,
            rx_missed_errors=stats.rx_missed_errors,
            tx_carrier_errors=stats.tx_carrier_errors,
        ),
        alias=dev.alias,
        kind=dev.kind,
        link=iflink if iflink != dev.ifindex or link_netnsid is not None else None,
        link_netnsid=link_netnsid,
        master=dev.master.ifindex if dev.master is not None else None,
        # inet6_dev's default, which devices have whose MTU IPv6 can use
        addr_gen_mode=None if dev.inet6_dev is None else dev.inet6_dev.cnf.addr_gen_mode,
        data=ops.fill_info(dev) if ops is not None and ops.fill_info is not None else None,
        slave_kind=dev.master.kind if dev.master is not None else None,
        slave_data=_fill_slave_info(dev),
    )


def _fill_slave_info(dev: NetDevice) -> LinkData | None:
    """rtnl_link_slave_info_fill."""
    master = dev.master
    ops = RTNL_LINK_OPS.get(master.kind) if master is not None else None
    return ops.fill_slave_info(master, dev) if master is not None and ops is not None and ops.fill_slave_info else None


# --- numbers of namespaces ----------------------------------------------------------------------------------------


def rtnl_net_newid(net: Net, request: NewNsid) -> None:
    """RTM_NEWNSID (net/core/net_namespace.c)."""
    if peernet2id(net, request.peer) >= 0:
        raise KernelError(Errno.EEXIST, "Peer netns already has a nsid assigned")
    if request.nsid in net.netns_ids:
        raise KernelError(Errno.EEXIST, "The specified nsid is already used")
    alloc_netid(net, request.peer, request.nsid)


def rtnl_net_getid(net: Net, request: GetNsid) -> int:
    """RTM_GETNSID (net/core/net_namespace.c)."""
    return peernet2id(net, request.peer)


def rtnl_net_dumpid(net: Net, request: DumpNsids) -> tuple[int, ...]:
    """RTM_GETNSID with NLM_F_DUMP (net/core/net_namespace.c)."""
    return tuple(sorted(net.netns_ids))


RTNL_LINK_HANDLERS: dict[tuple[type[Any], int], Handler] = {
    (NewLink, AF_UNSPEC): rtnl_newlink,
    (DelLink, AF_UNSPEC): rtnl_dellink,
    (GetLink, AF_UNSPEC): rtnl_getlink,
    (DumpLinks, AF_UNSPEC): rtnl_dump_ifinfo,
    (NewNsid, AF_UNSPEC): rtnl_net_newid,
    (GetNsid, AF_UNSPEC): rtnl_net_getid,
    (DumpNsids, AF_UNSPEC): rtnl_net_dumpid,
}
"""What rtnetlink_init and net_ns_init register."""
