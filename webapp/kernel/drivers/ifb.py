"""ifb (drivers/net/ifb.c): what tc redirects to it passes its tc and its queue, and goes on where it came from.

The packet goes on past tc and netfilter of the device that it came from: ``nf_skip_egress`` is set, and stays so
until tc at egress is done. At ingress nobody clears it: a packet that is forwarded then escapes the egress hook of
the device that it leaves by (docs: netfilter's ``netdev egress`` misses it).
"""

from __future__ import annotations

from collections import deque

from webapp.kernel.core.dev import dev_queue_xmit, netif_receive_skb
from webapp.kernel.core.dev_state import register_netdevice, unregister_netdevice
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import NETDEV_TX_OK, TSO_LEGACY_MAX_SIZE, Iff, NetDevice, NetDeviceOps
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.rtnetlink import RtnlLinkOps
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.ethernet.etherdevice import eth_random_addr, eth_validate_request
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import RECORDER, Lane, Queued
from webapp.kernel.uapi.if_link import LinkMessage

TX_Q_LIMIT = 32


class IfbPriv:
    """struct ifb_q_private: what waits for the tasklet, which is on its way while ``pending``."""

    __slots__ = ("pending", "rq")

    def __init__(self) -> None:
        self.rq: deque[SkBuff] = deque()
        self.pending = False


@kfunc("drivers/net/ifb.c", "ifb_xmit", lane=Lane.OUT, station="xmit")
def ifb_xmit(skb: SkBuff, dev: NetDevice) -> int:
    """Queues what tc redirected here, and drops everything else. What it is given counts as received."""
    stats = dev.stats
    length = len(skb.head) - skb.data
    stats.rx_packets += 1
    stats.rx_bytes += length
    assert dev.qdisc is not None
    dev.qdisc.bstats.packets += 1
    dev.qdisc.bstats.bytes += length
    if not skb.redirected or not skb.skb_iif:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        stats.rx_dropped += 1
        return NETDEV_TX_OK
    priv: IfbPriv = dev.priv
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Queued("ifb"))
    priv.rq.append(skb)
    if not priv.pending:
        priv.pending = True
        dev.net.machine.tasklet_schedule(lambda: ifb_ri_tasklet(dev))
    return NETDEV_TX_OK


def ifb_ri_tasklet(dev: NetDevice) -> None:
    """ifb_ri_tasklet: sends on, one by one, what waits."""
    priv: IfbPriv = dev.priv
    while priv.rq:
        dev.net.machine.charge()
        _give_back(priv.rq.popleft(), dev)
    priv.pending = False


@kfunc("drivers/net/ifb.c", "ifb_ri_tasklet")
def _give_back(skb: SkBuff, dev: NetDevice) -> None:
    """Back to the device that the packet was redirected from, the way that it went there; tc is not to see it again."""
    skb.redirected = 0
    skb.tc_skip_classify = 1
    skb.nf_skip_egress = 1
    stats = dev.stats
    stats.tx_packets += 1
    stats.tx_bytes += len(skb.head) - skb.data
    origin = dev.net.dev_get_by_index(skb.skb_iif)
    if origin is None:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        stats.tx_dropped += 1
        return
    skb.dev = origin
    skb.skb_iif = dev.ifindex
    if skb.from_ingress:
        skb.pull(skb.network_header - skb.mac_header)
        netif_receive_skb(skb)
    else:
        dev_queue_xmit(skb)


def ifb_setup(dev: NetDevice) -> None:
    """No ARP, no multicast, any MTU, a queue and an address of its own; packets keep their route."""
    dev.priv = IfbPriv()
    dev.flags = Iff.BROADCAST | Iff.NOARP
    dev.tx_queue_len = TX_Q_LIMIT
    dev.min_mtu = dev.max_mtu = 0
    dev.hw_vlan_tx = True
    dev.tso_max_size = TSO_LEGACY_MAX_SIZE
    dev.no_queue = False
    dev.xmit_dst_release = False
    dev.address = eth_random_addr(dev.net.machine)


def ifb_validate(link: LinkMessage) -> None:
    """ifb_validate."""
    eth_validate_request(link.address)


def ifb_newlink(dev: NetDevice, link: LinkMessage, link_net: Net) -> None:
    """Nothing but the device itself."""
    register_netdevice(dev.net, dev, link.ifindex)


IFB_LINK_OPS = RtnlLinkOps(
    NetDeviceOps(ndo_start_xmit=ifb_xmit), ifb_setup, ifb_newlink, unregister_netdevice, validate=ifb_validate
)
"""ifb_link_ops."""
