"""Devices, packets and rules for tests of nf_tables."""

from __future__ import annotations

from webapp.kernel.core.net_device import NETDEV_TX_OK, NetDevice, NetDeviceOps
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.uapi.if_ether import ETH_P_IP
from webapp.kernel.uapi.netfilter import NF_NETDEV_INGRESS, NFPROTO_NETDEV
from webapp.kernel.wire import ethernet, ipv4, udp

NETDEV = NFPROTO_NETDEV


def _xmit(skb: SkBuff, dev: NetDevice) -> int:
    return NETDEV_TX_OK


def add_device(net: Net, name: str) -> NetDevice:
    dev = NetDevice(net, name, NetDeviceOps(ndo_start_xmit=_xmit), "veth")
    dev.ifindex = net.new_index()
    net.devices[name] = dev
    net.by_index[dev.ifindex] = dev
    return dev


def again(net: Net, skb: SkBuff) -> int:
    """One more packet through the first chain of v0."""
    dev = net.devices["v0"]
    skb.dev = dev
    (ops, *_) = dev.nf_hooks_ingress or ()
    state = NfHookState(NF_NETDEV_INGRESS, NETDEV, dev, None, net)
    return ops.hook(ops.priv, skb, state)


def udp_frame(
    saddr: str = "10.0.0.1", daddr: str = "10.0.0.2", sport: int = 1, dport: int = 53, ttl: int = 64, data: bytes = b""
) -> SkBuff:
    """A frame as a device's ingress hook sees it: data at the IPv4 header."""
    source, dest = (bytes(map(int, address.split("."))) for address in (saddr, daddr))
    segment = udp.emit(sport, dport, source, dest, data)
    packet = ipv4.emit(source, dest, 17, len(segment), ttl=ttl) + segment
    frame = ethernet.emit(b"\x02\0\0\0\0\x02", b"\x02\0\0\0\0\x01", ETH_P_IP) + packet
    skb = SkBuff(frame, ETH_P_IP)
    skb.mac_header, skb.network_header, skb.data = 0, 14, 14
    return skb
