"""The bridge device itself (net/bridge/br_device.c): what this host sends through it."""

from __future__ import annotations

from webapp.kernel.bridge.br_fdb import br_fdb_find
from webapp.kernel.bridge.br_forward import BrPktType, br_flood, br_forward
from webapp.kernel.bridge.br_private import Bridge
from webapp.kernel.core.net_device import ETH_HLEN, NETDEV_TX_OK, NetDevice
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ethernet.etherdevice import is_multicast_ether_addr
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Lane

_BROADCAST = b"\xff" * 6


@kfunc("net/bridge/br_device.c", "br_dev_xmit", lane=Lane.OUT, station="xmit")
def br_dev_xmit(skb: SkBuff, dev: NetDevice) -> int:
    """Sends a frame of this host's out of the port that leads to its destination, or of all."""
    br: Bridge = dev.priv
    dev.stats.tx_packets += 1
    dev.stats.tx_bytes += skb.len
    skb.mac_header = skb.data
    skb.pull(ETH_HLEN)
    destination = skb.head[skb.mac_header : skb.mac_header + 6]
    if is_multicast_ether_addr(destination):
        kind = BrPktType.BROADCAST if destination == _BROADCAST else BrPktType.MULTICAST
        br_flood(br, skb, kind, False, True)
        return NETDEV_TX_OK
    entry = br_fdb_find(br, destination)
    if entry is None:
        br_flood(br, skb, BrPktType.UNICAST, False, True)
    else:
        br_forward(entry.port, skb, False, True)
    return NETDEV_TX_OK
