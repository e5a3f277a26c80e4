"""veth (drivers/net/veth.c): two devices with a cable between them; what one sends, the other receives.

The carrier is there while both ends are up. A frame counts as received by the peer when the backlog has taken it: the
receive columns of one end are the transmit columns of the other.
"""

from __future__ import annotations

from webapp.kernel.core.dev import dev_forward_skb, netif_rx
from webapp.kernel.core.dev_state import (
    linkwatch_run_queue,
    netif_carrier_off,
    netif_carrier_on,
    register_netdevice,
    unregister_netdevice,
)
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import (
    ETH_HLEN,
    ETH_MAX_MTU,
    ETH_MIN_MTU,
    NET_RX_SUCCESS,
    NET_XMIT_DROP,
    NETDEV_TX_OK,
    Iff,
    NetDevice,
    NetDeviceOps,
)
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.rtnetlink import RtnlLinkOps, rtnl_configure_link, rtnl_create_link
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ethernet.etherdevice import eth_random_addr, eth_validate_request
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Lane
from webapp.kernel.uapi.if_link import LinkMessage

_PEER_NAME = "veth%d"


class VethPriv:
    """struct veth_priv: the other end, None once it is gone."""

    __slots__ = ("peer",)

    def __init__(self, peer: NetDevice | None) -> None:
        self.peer = peer


@kfunc("drivers/net/veth.c", "veth_xmit", lane=Lane.OUT, station="xmit")
def veth_xmit(skb: SkBuff, dev: NetDevice) -> int:
    """Hands the frame to the peer's backlog; what the peer does not take counts as dropped in transmission."""
    rcv = dev.priv.peer
    stats = dev.stats
    length = len(skb.head) - skb.data
    if rcv is None or length < ETH_HLEN:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        stats.tx_dropped += 1
        return NET_XMIT_DROP
    code = dev_forward_skb(rcv, skb)
    if code == NET_RX_SUCCESS:
        code = netif_rx(skb)
    if code == NET_RX_SUCCESS:
        stats.tx_packets += 1
        stats.tx_bytes += length
        received = rcv.stats
        received.rx_packets += 1
        received.rx_bytes += length
        return NETDEV_TX_OK
    stats.tx_dropped += 1
    return NET_XMIT_DROP


def veth_open(dev: NetDevice) -> None:
    """The carrier comes when the second end goes up; ENOTCONN without a peer."""
    peer = dev.priv.peer
    if peer is None:
        raise KernelError(Errno.ENOTCONN)
    if peer.flags & Iff.UP:
        netif_carrier_on(dev)
        netif_carrier_on(peer)


def veth_close(dev: NetDevice) -> None:
    """An end that is down takes the carrier from both."""
    netif_carrier_off(dev)
    if dev.priv.peer is not None:
        netif_carrier_off(dev.priv.peer)


def veth_peer_dev(dev: NetDevice) -> NetDevice | None:
    """The other end."""
    peer: NetDevice | None = dev.priv.peer
    return peer


def veth_setup(dev: NetDevice) -> None:
    """An Ethernet device that has no other end yet."""
    dev.priv = VethPriv(None)
    dev.hw_vlan_tx = True
    dev.speed = 10_000


def veth_validate(link: LinkMessage) -> None:
    """EINVAL for an MTU that veth cannot have; the peer's part is held to the same rules."""
    eth_validate_request(link.address)
    if link.mtu is not None and not ETH_MIN_MTU <= link.mtu <= ETH_MAX_MTU:
        raise KernelError(Errno.EINVAL)


def veth_newlink(dev: NetDevice, link: LinkMessage, peer_net: Net) -> None:
    """Registers the peer first, then ``dev``, and connects them. The peer's number counts only if dev's was given."""
    asked = (link.data.peer if link.data is not None else None) or LinkMessage()
    peer = rtnl_create_link(peer_net, asked.name or _PEER_NAME, "veth", asked)
    if asked.address is None:
        peer.address = eth_random_addr(peer_net.machine)
    register_netdevice(peer_net, peer, asked.ifindex if link.ifindex else 0)
    try:
        rtnl_configure_link(peer, asked)
        if link.address is None:
            dev.address = eth_random_addr(peer_net.machine)
        register_netdevice(dev.net, dev, link.ifindex)
    except KernelError:
        unregister_netdevice(peer)
        raise
    dev.priv.peer, peer.priv.peer = peer, dev
    netif_carrier_off(peer)
    netif_carrier_off(dev)
    linkwatch_run_queue(dev.net.machine)


def veth_dellink(dev: NetDevice) -> None:
    """Both ends go."""
    peer = dev.priv.peer
    dev.priv.peer = None
    unregister_netdevice(dev)
    if peer is not None:
        peer.priv.peer = None
        unregister_netdevice(peer)


def veth_get_link_net(dev: NetDevice) -> Net:
    """The namespace of the other end."""
    peer = dev.priv.peer
    return dev.net if peer is None else peer.net


VETH_LINK_OPS = RtnlLinkOps(
    NetDeviceOps(ndo_start_xmit=veth_xmit, ndo_open=veth_open, ndo_stop=veth_close, ndo_get_peer_dev=veth_peer_dev),
    veth_setup,
    veth_newlink,
    veth_dellink,
    validate=veth_validate,
    get_link_net=veth_get_link_net,
    paired=True,
)
