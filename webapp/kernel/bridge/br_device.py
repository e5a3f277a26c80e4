"""The bridge device itself (net/bridge/br_device.c): what this host sends through it, and how it is opened."""

from __future__ import annotations

from webapp.kernel.bridge.br_fdb import (
    br_fdb_add,
    br_fdb_delete,
    br_fdb_delete_bulk,
    br_fdb_dump,
    br_fdb_find,
    br_fdb_get,
)
from webapp.kernel.bridge.br_forward import BrPktType, br_flood, br_forward
from webapp.kernel.bridge.br_if import br_add_if, br_del_if
from webapp.kernel.bridge.br_netfilter_hooks import br_nf_dev_xmit
from webapp.kernel.bridge.br_private import Bridge, BrInputSkbCb
from webapp.kernel.bridge.br_stp_if import br_stp_change_bridge_id, br_stp_disable_bridge, br_stp_enable_bridge
from webapp.kernel.bridge.br_vlan import br_allowed_ingress
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import ETH_HLEN, NETDEV_TX_OK, TSO_LEGACY_MAX_SIZE, NetDevice, NetDeviceOps
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.ethernet.etherdevice import eth_random_addr, is_multicast_ether_addr
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Lane

_BROADCAST = b"\xff" * 6


@kfunc("net/bridge/br_device.c", "br_dev_xmit", lane=Lane.OUT, station="xmit")
def br_dev_xmit(skb: SkBuff, dev: NetDevice) -> int:
    """Sends a frame of this host's out of the port that leads to its destination, or of all."""
    br: Bridge = dev.priv
    if skb.len < ETH_HLEN:
        kfree_skb_reason(skb, DropReason.PKT_TOO_SMALL)
        return NETDEV_TX_OK
    if br_nf_dev_xmit(skb):
        return NETDEV_TX_OK
    cb = skb.cb = BrInputSkbCb()
    cb.brdev = dev
    dev.stats.tx_packets += 1
    dev.stats.tx_bytes += skb.len
    skb.mac_header = skb.data
    skb.pull(ETH_HLEN)
    vid = 0
    if br.vlan_enabled:
        allowed = br_allowed_ingress(br, br.vlgrp, skb)
        if allowed is None:
            return NETDEV_TX_OK
        vid = allowed
    destination = skb.head[skb.mac_header : skb.mac_header + 6]
    if is_multicast_ether_addr(destination):
        kind = BrPktType.BROADCAST if destination == _BROADCAST else BrPktType.MULTICAST
        br_flood(br, skb, kind, False, True)
        return NETDEV_TX_OK
    entry = br_fdb_find(br, destination, vid)
    if entry is None:
        br_flood(br, skb, BrPktType.UNICAST, False, True)
    else:
        br_forward(entry.port, skb, False, True)
    return NETDEV_TX_OK


def br_change_mtu(dev: NetDevice, mtu: int) -> None:
    """br_change_mtu: who asks for an MTU has it, whatever the ports have."""
    dev.mtu = mtu
    dev.priv.mtu_set_by_user = True


def br_set_mac_address(dev: NetDevice, address: bytes) -> None:
    """br_set_mac_address: the bridge's identity changes with its address."""
    if dev.address != address:
        br_stp_change_bridge_id(dev.priv, address)


def br_dev_open(dev: NetDevice) -> None:
    """br_dev_open."""
    br_stp_enable_bridge(dev.priv)


def br_dev_stop(dev: NetDevice) -> None:
    """br_dev_stop."""
    br_stp_disable_bridge(dev.priv)


def br_add_slave(dev: NetDevice, slave: NetDevice) -> None:
    """br_add_slave."""
    br_add_if(dev.priv, slave)


def br_del_slave(dev: NetDevice, slave: NetDevice) -> None:
    """br_del_slave."""
    br_del_if(dev.priv, slave)


def br_dev_setup(dev: NetDevice) -> None:
    """An Ethernet device with ports, that stays in its namespace. It takes tags as they are (NETIF_F_HW_VLAN_*_TX)."""
    dev.priv = Bridge(dev)
    dev.tso_max_size = TSO_LEGACY_MAX_SIZE
    dev.address = eth_random_addr(dev.net.machine)
    dev.netns_immutable = True
    dev.hw_vlan_tx = True
    dev.xmit_dst_release = not dev.net.machine.version.bridge_keeps_dst


BR_NETDEV_OPS = NetDeviceOps(
    ndo_start_xmit=br_dev_xmit,
    ndo_open=br_dev_open,
    ndo_stop=br_dev_stop,
    ndo_change_mtu=br_change_mtu,
    ndo_set_mac_address=br_set_mac_address,
    ndo_add_slave=br_add_slave,
    ndo_del_slave=br_del_slave,
    ndo_fdb_add=br_fdb_add,
    ndo_fdb_del=br_fdb_delete,
    ndo_fdb_del_bulk=br_fdb_delete_bulk,
    ndo_fdb_dump=br_fdb_dump,
    ndo_fdb_get=br_fdb_get,
)
