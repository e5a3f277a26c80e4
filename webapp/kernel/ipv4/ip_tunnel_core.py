"""What tunnels share (net/ipv4/ip_tunnel_core.c): the outer IP header goes on, or the inner packet comes out."""

from __future__ import annotations

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.skbuff import SkBuff, skb_scrub_packet
from webapp.kernel.core.sock import InetSock
from webapp.kernel.ipv4.ip_output import ip_local_out
from webapp.kernel.ipv4.route import Rtable
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.if_ether import ETH_P_IP
from webapp.kernel.wire import ipv4


def iptunnel_xmit_stats(dev: NetDevice, pkt_len: int) -> None:
    """iptunnel_xmit_stats (include/net/ip_tunnels.h): bytes of the inner network layer; 0: the outer path lost it."""
    stats = dev.stats
    if pkt_len:
        stats.tx_packets += 1
        stats.tx_bytes += pkt_len
    else:
        stats.tx_dropped += 1


@kfunc("net/ipv4/ip_tunnel_core.c", "iptunnel_xmit")
def iptunnel_xmit(
    sk: InetSock,
    rt: Rtable,
    skb: SkBuff,
    saddr: bytes,
    daddr: bytes,
    proto: int,
    tos: int,
    ttl: int,
    df: int,
    xnet: bool,
) -> None:
    """Sends ``skb`` (data at the header after the outer IP one) as a packet of this host; counts on the tunnel device.

    The whole path of local output follows, with hooks of its own, inside this call.
    """
    dev = skb.dev
    pkt_len = len(skb.head) - skb.network_header
    skb_scrub_packet(skb, xnet)
    net = rt.dev.net
    header = ipv4.emit(
        saddr, daddr, proto, len(skb.head) - skb.data, ttl=ttl, tos=tos, id=0 if df else net.ipv4.next_id(), frag_off=df
    )
    skb.push_header(header)
    skb.dst = rt
    skb.network_header = 0
    skb.transport_header = len(header)
    skb.mac_header = -1
    skb.protocol = ETH_P_IP
    code = ip_local_out(net, sk, skb)
    iptunnel_xmit_stats(dev, pkt_len if code == 0 else 0)


def iptunnel_pull_header(skb: SkBuff, length: int, protocol: int, xnet: bool) -> None:
    """__iptunnel_pull_header: the outer headers, ``length`` bytes from data on, are gone; what is left is scrubbed."""
    skb.pull(length)
    skb.head = skb.head[skb.data :]
    skb.data = 0
    skb.mac_header = skb.network_header = skb.transport_header = -1
    skb.protocol = protocol
    skb.vlan_tci = 0
    skb_scrub_packet(skb, xnet)
