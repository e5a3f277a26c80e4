"""A vxlan device's life and settings (the other part of drivers/net/vxlan/vxlan_core.c)."""

from __future__ import annotations

from webapp.kernel.core.dev_state import (
    NetdevEvent,
    netdev_upper_dev_link,
    netdev_upper_dev_unlink,
    register_netdevice,
    unregister_netdevice,
)
from webapp.kernel.core.gro_cells import GroCell
from webapp.kernel.core.net_device import ETH_MAX_MTU, ETH_MIN_MTU, TSO_LEGACY_MAX_SIZE, NetDevice, NetDeviceOps
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.rtnetlink import RtnlLinkOps
from webapp.kernel.drivers.vxlan.vxlan_core import (
    FDB_AGE_DEFAULT,
    VXLAN_HEADROOM,
    VXLAN_PORT,
    VxlanDev,
    VxlanNet,
    VxlanSock,
    vxlan_xmit,
)
from webapp.kernel.drivers.vxlan.vxlan_fdb import (
    ALL_ZEROS_MAC,
    Remote,
    vxlan_fdb_add,
    vxlan_fdb_create,
    vxlan_fdb_delete,
    vxlan_fdb_delete_bulk,
    vxlan_fdb_dump,
    vxlan_fdb_get,
    vxlan_fdb_remove,
    vxlan_fdb_update,
    vxlan_flush,
)
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ethernet.etherdevice import ETH_ALEN, eth_random_addr, is_valid_ether_addr
from webapp.kernel.ipv4.address import INADDR_ANY, ipv4_is_multicast
from webapp.kernel.ipv4.af_inet import inet_release
from webapp.kernel.ipv4.igmp import ip_mc_join_group, ip_mc_leave_group
from webapp.kernel.uapi.if_link import LinkData, LinkMessage
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import Ntf, Nud
from webapp.kernel.uapi.vxlan import VxlanDf, VxlanInfo

_DEFAULT_STATE = Nud.REACHABLE | Nud.PERMANENT
_N_VID = 1 << 24


# --- opening and closing ------------------------------------------------------------------------------------------


def vxlan_open(dev: NetDevice) -> None:
    """vxlan_open: the port's socket, shared with the other devices of that port; joins the group. EADDRINUSE."""
    vxlan: VxlanDev = dev.priv
    sockets = vxlan.net.vxlan.sockets
    sock = sockets.get(vxlan.dport)
    if sock is None:
        sock = sockets[vxlan.dport] = VxlanSock(vxlan.net, vxlan.dport)
    sock.devices[vxlan.vni] = dev
    vxlan.sock = sock
    try:
        _multicast_join(vxlan, sock)
    except KernelError:
        _sock_release(vxlan)
        raise


def vxlan_stop(dev: NetDevice) -> None:
    """vxlan_stop: leaves the group, forgets what was learned, gives the socket back."""
    vxlan: VxlanDev = dev.priv
    if vxlan.sock is not None:
        _multicast_leave(vxlan, vxlan.sock)
    vxlan_flush(vxlan, permanent_too=False)
    _sock_release(vxlan)


def _multicast_join(vxlan: VxlanDev, sock: VxlanSock) -> None:
    if ipv4_is_multicast(vxlan.remote):
        try:
            ip_mc_join_group(sock.sk, vxlan.remote, vxlan.lower)
        except KernelError as error:
            # another device of this port is in the group already
            if error.errno is not Errno.EADDRINUSE:
                raise


def _multicast_leave(vxlan: VxlanDev, sock: VxlanSock) -> None:
    """vxlan_multicast_leave, unless another device of the port needs the group (vxlan_group_used)."""
    others = (dev.priv for dev in sock.devices.values() if dev.priv is not vxlan)
    if ipv4_is_multicast(vxlan.remote) and not any(
        (other.remote, other.lower) == (vxlan.remote, vxlan.lower) for other in others
    ):
        ip_mc_leave_group(sock.sk, vxlan.remote, vxlan.lower)


def _sock_release(vxlan: VxlanDev) -> None:
    sock, vxlan.sock = vxlan.sock, None
    if sock is not None:
        del sock.devices[vxlan.vni]
        if not sock.devices:
            del vxlan.net.vxlan.sockets[sock.port]
            inet_release(sock.sk)


def vxlan_change_mtu(dev: NetDevice, mtu: int) -> None:
    """vxlan_change_mtu: EINVAL where the outer packets would not fit the device below."""
    vxlan: VxlanDev = dev.priv
    lower = vxlan.net.dev_get_by_index(vxlan.lower)
    if lower is not None and mtu > lower.mtu - VXLAN_HEADROOM:
        raise KernelError(Errno.EINVAL)
    dev.mtu = mtu


def vxlan_setup(dev: NetDevice) -> None:
    """An Ethernet device that keeps the route on a packet, for path MTU."""
    dev.priv = VxlanDev(dev.net)
    dev.tso_max_size = TSO_LEGACY_MAX_SIZE
    dev.address = eth_random_addr(dev.net.machine)
    dev.xmit_dst_release = False


# --- requests -----------------------------------------------------------------------------------------------------


def vxlan_validate(link: LinkMessage) -> None:
    """vxlan_validate: EINVAL, EADDRNOTAVAIL and ERANGE for values that no vxlan device can have."""
    if link.address is not None:
        if len(link.address) != ETH_ALEN:
            raise KernelError(Errno.EINVAL, "Provided link layer address is not Ethernet")
        if not is_valid_ether_addr(link.address):
            raise KernelError(Errno.EADDRNOTAVAIL, "Provided Ethernet address is not unicast")
    if link.mtu is not None and not ETH_MIN_MTU <= link.mtu <= ETH_MAX_MTU:
        raise KernelError(Errno.EINVAL, "MTU must be between 68 and 65535")
    data = link.data
    if not isinstance(data, VxlanInfo):
        raise KernelError(Errno.EINVAL, "Required attributes not provided to perform the operation")
    if data.id is not None and data.id >= _N_VID:
        raise KernelError(Errno.ERANGE, "VXLAN ID must be lower than 16777216")
    if data.port_range is not None and data.port_range[1] < data.port_range[0]:
        raise KernelError(Errno.EINVAL, "Invalid source port range")
    if data.df is not None and data.df > max(VxlanDf):
        raise KernelError(Errno.EINVAL, "Invalid DF attribute")


_SETTINGS = {
    "id": "vni",
    "group": "remote",
    "local": "local",
    "link": "lower",
    "ttl": "ttl",
    "ttl_inherit": "ttl_inherit",
    "tos": "tos",
    "df": "df",
    "learning": "learning",
    "ageing": "ageing",
    "limit": "addrmax",
    "port_range": "srcport",
    "port": "dport",
    "udp_csum": "udp_csum",
    "udp_zero_csum6_tx": "udp_zero_csum6_tx",
    "udp_zero_csum6_rx": "udp_zero_csum6_rx",
}
"""Each attribute of a request, and the setting that it is."""

_UNCHANGEABLE = {
    "limit": "Cannot change limit",
    "port_range": "Cannot change port range",
    "port": "Cannot change port",
    "udp_csum": "Cannot change UDP_CSUM flag",
    "ttl_inherit": "Cannot change VXLAN_TTL_INHERIT flag",
    "udp_zero_csum6_tx": "Cannot change UDP_ZERO_CSUM6_TX flag",
    "udp_zero_csum6_rx": "Cannot change UDP_ZERO_CSUM6_RX flag",
}


def _nl2conf(vxlan: VxlanDev, data: VxlanInfo) -> VxlanDev:
    """vxlan_nl2conf: the settings as they are, with those that a request names."""
    conf = VxlanDev(vxlan.net)
    for field in _SETTINGS.values():
        setattr(conf, field, getattr(vxlan, field))
    for attribute, field in _SETTINGS.items():
        value = getattr(data, attribute)
        if value is not None:
            setattr(conf, field, value)
    return conf


def _validate(vxlan: VxlanDev, conf: VxlanDev, data: VxlanInfo) -> NetDevice | None:
    """vxlan_config_validate: what settings must be together; answers the device below."""
    if ipv4_is_multicast(conf.local):
        raise KernelError(Errno.EINVAL, "Local address cannot be multicast")
    if data.label:
        raise KernelError(Errno.EINVAL, "Label attribute only applies to IPv6 VXLAN devices")
    lower = conf.net.dev_get_by_index(conf.lower) if conf.lower else None
    if conf.lower and lower is None:
        raise KernelError(Errno.ENODEV, "Invalid local interface, device not found")
    if lower is None and ipv4_is_multicast(conf.remote):
        raise KernelError(Errno.EINVAL, "Local interface required for multicast remote destination")
    conf.dport = conf.dport or VXLAN_PORT
    conf.ageing = conf.ageing or FDB_AGE_DEFAULT
    for dev in conf.net.vxlan.devices:
        other: VxlanDev = dev.priv
        if other is not vxlan and (other.vni, other.dport) == (conf.vni, conf.dport):
            raise KernelError(Errno.EEXIST, "A VXLAN device with the specified VNI already exists")
    return lower


def _apply(dev: NetDevice, conf: VxlanDev, lower: NetDevice | None, mtu: int | None, *, new: bool) -> None:
    """vxlan_config_apply: a new device has the MTU that fits the one below, none has a larger one."""
    vxlan: VxlanDev = dev.priv
    for field in _SETTINGS.values():
        setattr(vxlan, field, getattr(conf, field))
    limit = ETH_MAX_MTU
    if lower is not None:
        dev.tso_max_size = lower.tso_max_size
        limit = max(lower.mtu - VXLAN_HEADROOM, ETH_MIN_MTU)
        if new and mtu is None:
            dev.mtu = limit
    dev.mtu = min(dev.mtu, limit)


def vxlan_newlink(dev: NetDevice, link: LinkMessage, link_net: Net) -> None:
    """vxlan_newlink: a device, with a default entry in its database where it has a remote."""
    assert isinstance(link.data, VxlanInfo)
    vxlan = dev.priv = VxlanDev(link_net)
    vxlan.cell = GroCell(dev)
    conf = _nl2conf(vxlan, link.data)
    lower = _validate(vxlan, conf, link.data)
    _apply(dev, conf, lower, link.mtu, new=True)
    if vxlan.remote != INADDR_ANY:
        remote = Remote(vxlan.remote, vxlan.dport, vxlan.vni, vxlan.lower)
        vxlan_fdb_create(vxlan, ALL_ZEROS_MAC, remote, _DEFAULT_STATE, Ntf.SELF)
    register_netdevice(dev.net, dev, link.ifindex)
    _set_lower(dev, lower)
    link_net.vxlan.devices.append(dev)


def _set_lower(dev: NetDevice, lower: NetDevice | None) -> None:
    if dev.lower is not lower and dev.lower is not None:
        netdev_upper_dev_unlink(dev.lower, dev)
    if dev.lower is not lower and lower is not None:
        netdev_upper_dev_link(lower, dev)
    # vxlan_get_link_ksettings: as fast as the device below
    dev.speed = 0 if lower is None else lower.speed


def vxlan_changelink(dev: NetDevice, data: LinkData) -> None:
    """vxlan_changelink: most settings; EOPNOTSUPP for those that stay as they were made."""
    assert isinstance(data, VxlanInfo)
    vxlan: VxlanDev = dev.priv
    if data.id is not None and data.id != vxlan.vni:
        raise KernelError(Errno.EOPNOTSUPP, "Cannot change VNI")
    for attribute, complaint in _UNCHANGEABLE.items():
        if getattr(data, attribute) is not None:
            raise KernelError(Errno.EOPNOTSUPP, complaint)
    conf = _nl2conf(vxlan, data)
    lower = _validate(vxlan, conf, data)
    if conf.remote != vxlan.remote:
        _change_default(vxlan, conf)
    rejoin = vxlan.sock is not None and (conf.remote, conf.lower) != (vxlan.remote, vxlan.lower)
    if rejoin and vxlan.sock is not None:
        _multicast_leave(vxlan, vxlan.sock)
    _apply(dev, conf, lower, None, new=False)
    _set_lower(dev, lower)
    if rejoin and vxlan.sock is not None:
        _multicast_join(vxlan, vxlan.sock)


def _change_default(vxlan: VxlanDev, conf: VxlanDev) -> None:
    """The default entry has the new remote, and no longer the old one."""
    if conf.remote != INADDR_ANY:
        remote = Remote(conf.remote, vxlan.dport, vxlan.vni, conf.lower)
        append = NlmFlags.APPEND | NlmFlags.CREATE
        vxlan_fdb_update(vxlan, ALL_ZEROS_MAC, remote, _DEFAULT_STATE, append, Ntf.SELF)
    if vxlan.remote != INADDR_ANY and ALL_ZEROS_MAC in vxlan.fdb:
        vxlan_fdb_remove(vxlan, ALL_ZEROS_MAC, Remote(vxlan.remote, vxlan.dport, vxlan.vni, vxlan.lower))


def vxlan_dellink(dev: NetDevice) -> None:
    """vxlan_dellink."""
    vxlan: VxlanDev = dev.priv
    vxlan_flush(vxlan, permanent_too=True)
    vxlan.net.vxlan.devices.remove(dev)
    unregister_netdevice(dev)
    _set_lower(dev, None)


def vxlan_fill_info(dev: NetDevice) -> VxlanInfo:
    """vxlan_fill_info: what there is to say about a device; addresses that are not set are left out."""
    vxlan: VxlanDev = dev.priv
    return VxlanInfo(
        id=vxlan.vni,
        group=vxlan.remote if vxlan.remote != INADDR_ANY else None,
        local=vxlan.local if vxlan.local != INADDR_ANY else None,
        link=vxlan.lower or None,
        ttl=vxlan.ttl,
        ttl_inherit=vxlan.ttl_inherit,
        tos=vxlan.tos,
        df=vxlan.df,
        learning=vxlan.learning,
        ageing=vxlan.ageing,
        limit=vxlan.addrmax,
        port_range=vxlan.srcport,
        port=vxlan.dport,
        udp_csum=vxlan.udp_csum,
        udp_zero_csum6_tx=vxlan.udp_zero_csum6_tx,
        udp_zero_csum6_rx=vxlan.udp_zero_csum6_rx,
    )


def vxlan_get_link_net(dev: NetDevice) -> Net:
    """vxlan_get_link_net: where the outer packets travel."""
    net: Net = dev.priv.net
    return net


def vxlan_netdevice_event(event: NetdevEvent, dev: NetDevice) -> None:
    """vxlan_netdevice_event: with a device go the vxlan devices on top of it."""
    if event is NetdevEvent.UNREGISTER:
        for upper in list(dev.net.vxlan.devices):
            if upper.priv.lower == dev.ifindex and upper is not dev:
                vxlan_dellink(upper)


def vxlan_init_net(net: Net) -> None:
    """vxlan_init_net."""
    net.vxlan = VxlanNet()


def vxlan_exit_net(net: Net) -> None:
    """vxlan_exit_batch: the devices that need this namespace go with it, wherever they are."""
    for dev in list(net.vxlan.devices):
        vxlan_dellink(dev)


VXLAN_LINK_OPS = RtnlLinkOps(
    NetDeviceOps(
        ndo_start_xmit=vxlan_xmit,
        ndo_open=vxlan_open,
        ndo_stop=vxlan_stop,
        ndo_change_mtu=vxlan_change_mtu,
        ndo_fdb_add=vxlan_fdb_add,
        ndo_fdb_del=vxlan_fdb_delete,
        ndo_fdb_del_bulk=vxlan_fdb_delete_bulk,
        ndo_fdb_dump=vxlan_fdb_dump,
        ndo_fdb_get=vxlan_fdb_get,
    ),
    vxlan_setup,
    vxlan_newlink,
    vxlan_dellink,
    validate=vxlan_validate,
    get_link_net=vxlan_get_link_net,
    changelink=vxlan_changelink,
    fill_info=vxlan_fill_info,
)
"""vxlan_link_ops."""
