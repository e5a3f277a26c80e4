"""dummy (drivers/net/dummy.c): a device that counts what it is given and throws it away."""

from __future__ import annotations

from webapp.kernel.core.dev_state import netif_carrier_off, netif_carrier_on, register_netdevice, unregister_netdevice
from webapp.kernel.core.net_device import NETDEV_TX_OK, Iff, NetDevice, NetDeviceOps
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.rtnetlink import RtnlLinkOps
from webapp.kernel.core.skbuff import SkBuff, consume_skb
from webapp.kernel.ethernet.etherdevice import eth_random_addr, eth_validate_request
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Lane
from webapp.kernel.uapi.if_link import LinkMessage


@kfunc("drivers/net/dummy.c", "dummy_xmit", lane=Lane.OUT, station="xmit")
def dummy_xmit(skb: SkBuff, dev: NetDevice) -> int:
    """Sent is sent."""
    stats = dev.stats
    stats.tx_packets += 1
    stats.tx_bytes += len(skb.head) - skb.data
    consume_skb(skb)
    return NETDEV_TX_OK


def dummy_change_carrier(dev: NetDevice, carrier: bool) -> None:
    """The link is what the request says."""
    if carrier:
        netif_carrier_on(dev)
    else:
        netif_carrier_off(dev)


def dummy_setup(dev: NetDevice) -> None:
    """No ARP, no multicast, any MTU, an address of its own."""
    dev.flags = Iff.BROADCAST | Iff.NOARP
    dev.min_mtu = dev.max_mtu = 0
    dev.address = eth_random_addr(dev.net.machine)


def dummy_validate(link: LinkMessage) -> None:
    """An address, if one is given, must be one that a device may have."""
    eth_validate_request(link.address)


def dummy_newlink(dev: NetDevice, link: LinkMessage, peer_net: Net) -> None:
    """Nothing but the device itself."""
    register_netdevice(dev.net, dev, link.ifindex)


DUMMY_LINK_OPS = RtnlLinkOps(
    NetDeviceOps(ndo_start_xmit=dummy_xmit, ndo_change_carrier=dummy_change_carrier),
    dummy_setup,
    dummy_newlink,
    unregister_netdevice,
    validate=dummy_validate,
)
