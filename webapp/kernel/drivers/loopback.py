"""lo (drivers/net/loopback.c): what is sent is received again, with its route and connection still on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.dev import netif_rx
from webapp.kernel.core.dev_state import register_netdevice
from webapp.kernel.core.net_device import (
    ARPHRD_LOOPBACK,
    NET_RX_SUCCESS,
    NETDEV_TX_OK,
    Iff,
    NetDevice,
    NetDeviceOps,
)
from webapp.kernel.ethernet.eth import eth_type_trans
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Lane

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

LOOPBACK_MTU = 65536


@kfunc("drivers/net/loopback.c", "loopback_xmit", lane=Lane.OUT, station="xmit")
def loopback_xmit(skb: SkBuff, dev: NetDevice) -> int:
    """Turns the packet round. Each counts once as sent and once as received, when the backlog has taken it."""
    skb.sk = None
    skb.protocol = eth_type_trans(skb, dev)
    length = len(skb.head) - skb.data
    if netif_rx(skb) == NET_RX_SUCCESS:
        stats = dev.stats
        stats.rx_packets += 1
        stats.rx_bytes += length
        stats.tx_packets += 1
        stats.tx_bytes += length
    return NETDEV_TX_OK


LOOPBACK_OPS = NetDeviceOps(ndo_start_xmit=loopback_xmit)


def loopback_net_init(net: Net) -> None:
    """Every namespace has its lo, number 1, down."""
    dev = NetDevice(net, "lo", LOOPBACK_OPS, "", ARPHRD_LOOPBACK)
    dev.flags = Iff.LOOPBACK
    dev.mtu = LOOPBACK_MTU
    dev.min_mtu = dev.max_mtu = 0
    dev.broadcast = bytes(6)
    dev.netns_immutable = True
    # IFF_XMIT_DST_RELEASE is cleared: a packet to ourselves is routed once
    dev.xmit_dst_release = False
    register_netdevice(net, dev)
    net.loopback = dev
