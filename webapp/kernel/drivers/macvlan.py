"""macvlan (drivers/net/macvlan.c): devices with addresses of their own on one device below.

What comes in there goes to the device with that address, a broadcast to all of them. Between devices in bridge mode
packets take the short way; in the other modes everything leaves by the device below.

Fragments of multicast datagrams are copied as they come (Linux puts them together first). A group is told from
another exactly, where Linux has a hash.
"""

from __future__ import annotations

from webapp.kernel.core.dev import dev_forward_skb, dev_queue_xmit, netif_rx
from webapp.kernel.core.dev_addr_lists import dev_set_allmulti, dev_set_promiscuity, dev_uc_add, dev_uc_del
from webapp.kernel.core.dev_flags import dev_set_mac_address, dev_set_mtu
from webapp.kernel.core.dev_state import (
    NetdevEvent,
    netdev_upper_dev_link,
    netdev_upper_dev_unlink,
    netif_stacked_transfer_operstate,
    register_netdevice,
    unregister_netdevice,
)
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.link_watch import linkwatch_fire_event
from webapp.kernel.core.net_device import (
    ARPHRD_ETHER,
    ETH_HLEN,
    ETH_MIN_MTU,
    NET_RX_SUCCESS,
    NET_XMIT_CN,
    NET_XMIT_SUCCESS,
    Iff,
    NetDevice,
    NetDeviceOps,
    RxHandlerResult,
)
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.rtnetlink import RtnlLinkOps
from webapp.kernel.core.skbuff import (
    PACKET_BROADCAST,
    PACKET_HOST,
    PACKET_LOOPBACK,
    PACKET_MULTICAST,
    SkBuff,
    consume_skb,
    kfree_skb_reason,
)
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ethernet.etherdevice import (
    ETH_ALEN,
    eth_random_addr,
    eth_validate_request,
    is_multicast_ether_addr,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Lane
from webapp.kernel.uapi.if_link import LinkData, LinkMessage
from webapp.kernel.uapi.macvlan import MACVLAN_FLAG_NOPROMISC, MacvlanInfo, MacvlanMode

MACVLAN_DEFAULT_BC_QUEUE_LEN = 1000
_EVERY_MODE = MacvlanMode.PRIVATE | MacvlanMode.VEPA | MacvlanMode.PASSTHRU | MacvlanMode.BRIDGE
_HASH_BITS = 8
_GOLDEN_RATIO_64 = 0x61C8864680B583EB
_U64 = (1 << 64) - 1


class MacvlanPort:
    """struct macvlan_port: the device below. ``vlans`` are all its devices, ``listening`` those that are open.

    ``perm_addr`` is the address that it had before a device in passthru mode gave it another. ``bc_queue`` are
    broadcasts that wait, each with the device that it came from.
    """

    __slots__ = ("addr_change", "bc_queue", "bc_queue_len_used", "dev", "listening", "passthru", "perm_addr", "vlans")

    def __init__(self, dev: NetDevice) -> None:
        self.dev = dev
        self.perm_addr = dev.address
        self.vlans: list[NetDevice] = []
        self.listening: list[NetDevice] = []
        self.passthru = self.addr_change = False
        self.bc_queue_len_used = 0
        self.bc_queue: list[tuple[NetDevice | None, SkBuff]] = []


class MacvlanDev:
    """struct macvlan_dev."""

    __slots__ = ("bc_queue_len_req", "flags", "lowerdev", "mode", "port")

    def __init__(self, port: MacvlanPort) -> None:
        self.port = port
        self.lowerdev = port.dev
        self.mode: int = MacvlanMode.VEPA
        self.flags = 0
        self.bc_queue_len_req = MACVLAN_DEFAULT_BC_QUEUE_LEN


def _macvlan_port(dev: NetDevice) -> MacvlanPort | None:
    """netif_is_macvlan_port."""
    port = dev.rx_handler_data
    return port if isinstance(port, MacvlanPort) else None


def macvlan_eth_hash(address: bytes) -> int:
    """macvlan_eth_hash: the list that an address is in."""
    value = int.from_bytes(address, "little") << 16
    return (value * _GOLDEN_RATIO_64 & _U64) >> 64 - _HASH_BITS


def _in_hash_order(port: MacvlanPort) -> list[NetDevice]:
    """The open devices as a walk through the table meets them: the newest of a list first."""
    newest_first = port.listening[::-1]
    return sorted(newest_first, key=lambda dev: macvlan_eth_hash(dev.address))


def macvlan_hash_lookup(port: MacvlanPort, address: bytes) -> NetDevice | None:
    """macvlan_hash_lookup: the open device with that address."""
    for dev in reversed(port.listening):
        if dev.address == address:
            return dev
    return None


def macvlan_addr_busy(port: MacvlanPort, address: bytes) -> bool:
    """macvlan_addr_busy: the device below has the address, or another on it."""
    if not port.passthru and not port.addr_change and port.dev.address == address:
        return True
    return macvlan_hash_lookup(port, address) is not None


# --- packets ------------------------------------------------------------------------------------------------------


def _count_rx(dev: NetDevice, length: int, success: bool, multicast: bool) -> None:
    """macvlan_count_rx."""
    stats = dev.stats
    if not success:
        stats.rx_errors += 1
        return
    stats.rx_packets += 1
    stats.rx_bytes += length
    if multicast:
        stats.multicast += 1


def _hears(dev: NetDevice, group: bytes) -> bool:
    """macvlan_compute_filter: whether a device wants a broadcast or multicast frame."""
    return bool(dev.flags & (Iff.PROMISC | Iff.ALLMULTI)) or group == dev.broadcast or group in dev.mc


def macvlan_broadcast_one(skb: SkBuff, dev: NetDevice, local: bool) -> int:
    """macvlan_broadcast_one: makes the copy one that arrives on ``dev``."""
    if local:
        return dev_forward_skb(dev, skb)
    skb.dev = dev
    to_all = skb.head[skb.mac_header : skb.mac_header + ETH_ALEN] == dev.broadcast
    skb.pkt_type = PACKET_BROADCAST if to_all else PACKET_MULTICAST
    return NET_RX_SUCCESS


@kfunc("drivers/net/macvlan.c", "macvlan_broadcast")
def macvlan_broadcast(skb: SkBuff, port: MacvlanPort, src: NetDevice | None, mode: int) -> None:
    """A copy for each device in one of the modes that listens, without ``src``."""
    group = skb.head[skb.mac_header : skb.mac_header + ETH_ALEN]
    length = len(skb.head) - skb.data + ETH_HLEN
    for dev in _in_hash_order(port):
        if dev is src or not dev.priv.mode & mode or not _hears(dev, group):
            continue
        copy = skb.clone()
        code = macvlan_broadcast_one(copy, dev, mode == MacvlanMode.BRIDGE)
        if code == NET_RX_SUCCESS:
            code = netif_rx(copy)
        _count_rx(dev, length, code == NET_RX_SUCCESS, multicast=True)


def macvlan_multicast_rx(port: MacvlanPort, src: NetDevice | None, skb: SkBuff) -> None:
    """macvlan_multicast_rx: a frame that came in from below; those of our own come back by way of the switch."""
    if src is None:
        macvlan_broadcast(skb, port, None, _EVERY_MODE)
    elif src.priv.mode == MacvlanMode.VEPA:
        macvlan_broadcast(skb, port, src, MacvlanMode.VEPA | MacvlanMode.BRIDGE)
    else:
        # devices in bridge mode have seen it on its way out
        macvlan_broadcast(skb, port, src, MacvlanMode.VEPA)


def macvlan_process_broadcast(port: MacvlanPort) -> None:
    """macvlan_process_broadcast: the work item, which runs some time later."""
    waiting, port.bc_queue = port.bc_queue, []
    for src, skb in waiting:
        macvlan_multicast_rx(port, src, skb)
        consume_skb(skb)


def macvlan_broadcast_enqueue(port: MacvlanPort, src: NetDevice | None, skb: SkBuff) -> None:
    """macvlan_broadcast_enqueue: copies for many are made later."""
    copy = skb.clone()
    if len(port.bc_queue) >= port.bc_queue_len_used:
        kfree_skb_reason(copy, DropReason.NOT_SPECIFIED)
        skb.dev.stats.rx_dropped += 1
        return
    port.bc_queue.append((src, copy))
    if len(port.bc_queue) == 1:
        skb.dev.net.machine.tasklet_schedule(lambda: macvlan_process_broadcast(port))


@kfunc("drivers/net/macvlan.c", "macvlan_handle_frame")
def macvlan_handle_frame(skb: SkBuff) -> RxHandlerResult:
    """The rx_handler of the device below."""
    if skb.pkt_type == PACKET_LOOPBACK:
        return RxHandlerResult.PASS
    port: MacvlanPort = skb.dev.rx_handler_data
    mac = skb.mac_header
    dest = skb.head[mac : mac + ETH_ALEN]
    if is_multicast_ether_addr(dest):
        return _handle_multicast(skb, port, dest)
    dev = next(iter(port.vlans), None) if port.passthru else macvlan_hash_lookup(port, dest)
    if dev is None:
        return RxHandlerResult.PASS
    if not dev.flags & Iff.UP:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return RxHandlerResult.CONSUMED
    length = len(skb.head) - skb.data + ETH_HLEN
    skb.dev = dev
    skb.pkt_type = PACKET_HOST
    _count_rx(dev, length, success=True, multicast=False)
    return RxHandlerResult.ANOTHER


def _handle_multicast(skb: SkBuff, port: MacvlanPort, group: bytes) -> RxHandlerResult:
    source = skb.head[skb.mac_header + ETH_ALEN : skb.mac_header + 2 * ETH_ALEN]
    src = macvlan_hash_lookup(port, source)
    if src is not None and src.priv.mode not in (MacvlanMode.VEPA, MacvlanMode.BRIDGE):
        # what a private device sent came back: it goes there, and is counted without its length
        macvlan_broadcast_one(skb, src, local=False)
        _count_rx(src, 0, netif_rx(skb) == NET_RX_SUCCESS, multicast=False)
        return RxHandlerResult.CONSUMED
    listeners = sum(group in dev.mc for dev in port.listening)
    if group == port.dev.broadcast or listeners > 1 or port.dev.flags & (Iff.PROMISC | Iff.ALLMULTI):
        macvlan_broadcast_enqueue(port, src, skb)
    elif listeners:
        macvlan_multicast_rx(port, src, skb)
    return RxHandlerResult.PASS


@kfunc("drivers/net/macvlan.c", "macvlan_start_xmit", lane=Lane.OUT, station="xmit")
def macvlan_start_xmit(skb: SkBuff, dev: NetDevice) -> int:
    """Sends by the short way or by the device below; sent is what that one took."""
    length = len(skb.head) - skb.data
    code = macvlan_queue_xmit(skb, dev)
    if code in (NET_XMIT_SUCCESS, NET_XMIT_CN):
        dev.stats.tx_packets += 1
        dev.stats.tx_bytes += length
    else:
        dev.stats.tx_dropped += 1
    return code


def macvlan_queue_xmit(skb: SkBuff, dev: NetDevice) -> int:
    """macvlan_queue_xmit: in bridge mode other such devices get the frame at once, by the device below's receive."""
    vlan: MacvlanDev = dev.priv
    if vlan.mode == MacvlanMode.BRIDGE:
        to = skb.head[skb.data : skb.data + ETH_ALEN]
        if is_multicast_ether_addr(to):
            skb.mac_header = skb.data
            macvlan_broadcast(skb, vlan.port, dev, MacvlanMode.BRIDGE)
        else:
            other = macvlan_hash_lookup(vlan.port, to)
            if other is not None and other.priv.mode == MacvlanMode.BRIDGE:
                if dev_forward_skb(vlan.lowerdev, skb) == NET_RX_SUCCESS:
                    netif_rx(skb)
                return NET_XMIT_SUCCESS
    skb.dev = vlan.lowerdev
    return dev_queue_xmit(skb)


# --- opening and changing -----------------------------------------------------------------------------------------


def _wants_promisc(vlan: MacvlanDev) -> bool:
    return vlan.port.passthru and not vlan.flags & MACVLAN_FLAG_NOPROMISC


def macvlan_open(dev: NetDevice) -> None:
    """macvlan_open: EADDRINUSE where the address is in use on the device below."""
    vlan: MacvlanDev = dev.priv
    if vlan.port.passthru:
        if _wants_promisc(vlan):
            dev_set_promiscuity(vlan.lowerdev, 1)
    else:
        if macvlan_addr_busy(vlan.port, dev.address):
            raise KernelError(Errno.EADDRINUSE)
        dev_uc_add(vlan.lowerdev, dev.address)
        _pass_rx_flags(dev, 1)
    vlan.port.listening.append(dev)


def macvlan_stop(dev: NetDevice) -> None:
    """macvlan_stop."""
    vlan: MacvlanDev = dev.priv
    if vlan.port.passthru:
        if _wants_promisc(vlan):
            dev_set_promiscuity(vlan.lowerdev, -1)
    else:
        _pass_rx_flags(dev, -1)
        dev_uc_del(vlan.lowerdev, dev.address)
    vlan.port.listening.remove(dev)


def _pass_rx_flags(dev: NetDevice, inc: int) -> None:
    lowerdev: NetDevice = dev.priv.lowerdev
    if dev.flags & Iff.ALLMULTI:
        dev_set_allmulti(lowerdev, inc)
    if dev.flags & Iff.PROMISC:
        dev_set_promiscuity(lowerdev, inc)


def macvlan_change_rx_flags(dev: NetDevice, change: int) -> None:
    """macvlan_change_rx_flags: the device below must hear as much."""
    vlan: MacvlanDev = dev.priv
    if not dev.flags & Iff.UP:
        return
    if change & Iff.ALLMULTI:
        dev_set_allmulti(vlan.lowerdev, 1 if dev.flags & Iff.ALLMULTI else -1)
    if not vlan.port.passthru and change & Iff.PROMISC:
        dev_set_promiscuity(vlan.lowerdev, 1 if dev.flags & Iff.PROMISC else -1)


def macvlan_sync_address(dev: NetDevice, address: bytes) -> None:
    """macvlan_sync_address: gives the device another address; EADDRINUSE."""
    vlan: MacvlanDev = dev.priv
    port = vlan.port
    if dev.flags & Iff.UP:
        if macvlan_addr_busy(port, address):
            raise KernelError(Errno.EADDRINUSE)
        if not port.passthru:
            dev_uc_add(vlan.lowerdev, address)
            dev_uc_del(vlan.lowerdev, dev.address)
    dev.address = address
    if port.passthru and not port.addr_change:
        # the device below got another address by itself
        port.perm_addr = vlan.lowerdev.address
    port.addr_change = False


def macvlan_set_mac_address(dev: NetDevice, address: bytes) -> None:
    """macvlan_set_mac_address: in passthru mode it is the address of the device below that changes."""
    vlan: MacvlanDev = dev.priv
    if dev.address == address:
        return
    if vlan.mode == MacvlanMode.PASSTHRU:
        vlan.port.addr_change = True
        dev_set_mac_address(vlan.lowerdev, address)
        return
    if macvlan_addr_busy(vlan.port, address):
        raise KernelError(Errno.EADDRINUSE)
    macvlan_sync_address(dev, address)


def macvlan_change_mtu(dev: NetDevice, mtu: int) -> None:
    """macvlan_change_mtu: at most that of the device below (EINVAL)."""
    if mtu > dev.priv.lowerdev.mtu:
        raise KernelError(Errno.EINVAL)
    dev.mtu = mtu


def macvlan_get_iflink(dev: NetDevice) -> int:
    """macvlan_dev_get_iflink."""
    ifindex: int = dev.priv.lowerdev.ifindex
    return ifindex


def macvlan_uninit(dev: NetDevice) -> None:
    """macvlan_uninit: the last device frees the one below, which has its old address again."""
    port: MacvlanPort = dev.priv.port
    if port.vlans:
        return
    port.dev.rx_handler = port.dev.rx_handler_data = None
    if port.passthru and port.dev.address != port.perm_addr:
        dev_set_mac_address(port.dev, port.perm_addr)


# --- requests -----------------------------------------------------------------------------------------------------


def macvlan_setup(dev: NetDevice) -> None:
    """macvlan_common_setup: packets keep their route."""
    dev.xmit_dst_release = False
    dev.unicast_flt = True


def macvlan_validate(link: LinkMessage) -> None:
    """macvlan_validate."""
    eth_validate_request(link.address)


def macvlan_port_create(dev: NetDevice) -> MacvlanPort:
    """macvlan_port_create: EINVAL for what is no Ethernet device, EBUSY where something else has its packets."""
    if dev.type != ARPHRD_ETHER or dev.flags & Iff.LOOPBACK:
        raise KernelError(Errno.EINVAL)
    if dev.rx_handler is not None:
        raise KernelError(Errno.EBUSY)
    return MacvlanPort(dev)


def macvlan_newlink(dev: NetDevice, link: LinkMessage, link_net: Net) -> None:
    """macvlan_common_newlink: on a macvlan device means on the one below that."""
    lowerdev = _lowerdev(link, link_net)
    if link.mtu is None:
        dev.mtu = lowerdev.mtu
    elif dev.mtu > lowerdev.mtu:
        raise KernelError(Errno.EINVAL)
    dev.min_mtu = ETH_MIN_MTU
    dev.max_mtu = lowerdev.max_mtu
    if link.address is None:
        dev.address = eth_random_addr(dev.net.machine)
    port = _macvlan_port(lowerdev) or macvlan_port_create(lowerdev)
    vlan = dev.priv = MacvlanDev(port)
    if isinstance(link.data, MacvlanInfo):
        vlan.mode = link.data.mode or vlan.mode
        vlan.flags = link.data.flags or 0
        if link.data.bc_queue_len is not None:
            vlan.bc_queue_len_req = link.data.bc_queue_len
    passthru = vlan.mode == MacvlanMode.PASSTHRU
    if port.passthru or (passthru and port.vlans):
        raise KernelError(Errno.EINVAL)
    if passthru:
        dev.address = lowerdev.address
    dev.carrier = lowerdev.carrier
    dev.speed = lowerdev.speed
    dev.tso_max_size = lowerdev.tso_max_size
    register_netdevice(dev.net, dev, link.ifindex)
    port.passthru = passthru
    lowerdev.rx_handler, lowerdev.rx_handler_data = macvlan_handle_frame, port
    netdev_upper_dev_link(lowerdev, dev)
    port.vlans.append(dev)
    _update_queue_len(port)
    netif_stacked_transfer_operstate(lowerdev, dev)
    linkwatch_fire_event(dev)


def _lowerdev(link: LinkMessage, link_net: Net) -> NetDevice:
    if link.link is None:
        raise KernelError(Errno.EINVAL)
    lowerdev = link_net.dev_get_by_index(link.link)
    if lowerdev is None:
        raise KernelError(Errno.ENODEV)
    return lowerdev.priv.lowerdev if isinstance(lowerdev.priv, MacvlanDev) else lowerdev


def _update_queue_len(port: MacvlanPort) -> None:
    """update_port_bc_queue_len."""
    port.bc_queue_len_used = max((dev.priv.bc_queue_len_req for dev in port.vlans), default=0)


def macvlan_dellink(dev: NetDevice) -> None:
    """macvlan_dellink."""
    vlan: MacvlanDev = dev.priv
    vlan.port.vlans.remove(dev)
    _update_queue_len(vlan.port)
    netdev_upper_dev_unlink(vlan.lowerdev, dev)
    unregister_netdevice(dev)


def macvlan_changelink(dev: NetDevice, data: LinkData) -> None:
    """macvlan_changelink: passthru is for ever (EINVAL)."""
    assert isinstance(data, MacvlanInfo)
    vlan: MacvlanDev = dev.priv
    if data.mode is not None and MacvlanMode.PASSTHRU in (data.mode, vlan.mode) and data.mode != vlan.mode:
        raise KernelError(Errno.EINVAL)
    if data.flags is not None:
        if vlan.port.passthru and dev.flags & Iff.UP and (data.flags ^ vlan.flags) & MACVLAN_FLAG_NOPROMISC:
            dev_set_promiscuity(vlan.lowerdev, -1 if data.flags & MACVLAN_FLAG_NOPROMISC else 1)
        vlan.flags = data.flags
    if data.bc_queue_len is not None:
        vlan.bc_queue_len_req = data.bc_queue_len
        _update_queue_len(vlan.port)
    if data.mode is not None:
        vlan.mode = data.mode


def macvlan_fill_info(dev: NetDevice) -> MacvlanInfo:
    """macvlan_fill_info."""
    vlan: MacvlanDev = dev.priv
    return MacvlanInfo(
        mode=vlan.mode,
        flags=vlan.flags,
        bc_queue_len=vlan.bc_queue_len_req,
        bc_queue_len_used=vlan.port.bc_queue_len_used,
    )


def macvlan_get_link_net(dev: NetDevice) -> Net:
    """macvlan_get_link_net: where the device below lives."""
    net: Net = dev.priv.lowerdev.net
    return net


def macvlan_device_event(event: NetdevEvent, dev: NetDevice) -> None:
    """macvlan_device_event: what becomes of macvlan devices when something happens to the device below."""
    port = _macvlan_port(dev)
    if port is None:
        return
    uppers = list(port.vlans)
    if event in (NetdevEvent.UP, NetdevEvent.DOWN, NetdevEvent.CHANGE):
        for upper in uppers:
            netif_stacked_transfer_operstate(dev, upper)
    elif event is NetdevEvent.CHANGEMTU:
        for upper in uppers:
            if upper.mtu > dev.mtu:
                dev_set_mtu(upper, dev.mtu)
    elif event is NetdevEvent.CHANGEADDR and port.passthru and uppers:
        macvlan_sync_address(uppers[0], dev.address)
    elif event is NetdevEvent.UNREGISTER and dev.dismantle:
        for upper in uppers:
            macvlan_dellink(upper)


MACVLAN_LINK_OPS = RtnlLinkOps(
    NetDeviceOps(
        ndo_start_xmit=macvlan_start_xmit,
        ndo_open=macvlan_open,
        ndo_stop=macvlan_stop,
        ndo_uninit=macvlan_uninit,
        ndo_set_mac_address=macvlan_set_mac_address,
        ndo_change_mtu=macvlan_change_mtu,
        ndo_change_rx_flags=macvlan_change_rx_flags,
        ndo_get_iflink=macvlan_get_iflink,
    ),
    macvlan_setup,
    macvlan_newlink,
    macvlan_dellink,
    validate=macvlan_validate,
    get_link_net=macvlan_get_link_net,
    changelink=macvlan_changelink,
    fill_info=macvlan_fill_info,
)
"""macvlan_link_ops."""
