"""vxlan (drivers/net/vxlan/vxlan_core.c): Ethernet in UDP over IPv4.

A frame that is sent makes a packet of its own on the network below, in the same call: by then tc has cleared
nf_skip_egress, so netfilter's egress hook meets the inner frame on this device and the outer one on the device below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from webapp.kernel.bridge.br_private import br_port_get
from webapp.kernel.core.dev import netif_rx
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.gro_cells import GroCell, gro_cells_receive
from webapp.kernel.core.net_device import ETH_HLEN, NET_RX_SUCCESS, NETDEV_TX_OK, Iff
from webapp.kernel.core.skbuff import PACKET_HOST, SkBuff, kfree_skb_reason
from webapp.kernel.drivers.vxlan.vxlan_fdb import ALL_ZEROS_MAC, FdbEntry, Remote, vxlan_find_mac_tx, vxlan_snoop
from webapp.kernel.errno import Errno
from webapp.kernel.ethernet.eth import eth_type_trans
from webapp.kernel.ipv4.address import INADDR_ANY, INADDR_LOOPBACK, ipv4_is_multicast
from webapp.kernel.ipv4.flow import INET_DSCP_MASK, Flowi4
from webapp.kernel.ipv4.ip_tunnel_core import (
    ip_tunnel_ecn_decap,
    ip_tunnel_ecn_encap,
    ip_tunnel_get_dsfield,
    ip_tunnel_get_ttl,
    iptunnel_pull_header,
    skb_tunnel_check_pmtu,
)
from webapp.kernel.ipv4.route import RTCF_BROADCAST, RTCF_LOCAL, RTCF_MULTICAST, Rtable, ip_route_output_key
from webapp.kernel.ipv4.udp_tunnel_core import udp_sock_create, udp_tunnel_xmit_skb
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Lane
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6, ETH_P_TEB
from webapp.kernel.uapi.vxlan import VxlanDf
from webapp.kernel.wire import udp, vxlan
from webapp.kernel.wire.ipv4 import IP_DF

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.sock import InetSock

VXLAN_HEADROOM = 20 + udp.HLEN + vxlan.HLEN + ETH_HLEN
VXLAN_PORT = 8472
"""The kernel's default port, older than the one that IANA assigned (4789)."""
FDB_AGE_DEFAULT = 300


class VxlanSock:
    """struct vxlan_sock: the socket of one port in one namespace, and the devices that share it by identifier."""

    __slots__ = ("devices", "port", "sk")

    def __init__(self, net: Net, port: int) -> None:
        self.port = port
        self.devices: dict[int, NetDevice] = {}
        self.sk = udp_sock_create(net, port, self._rcv)

    def _rcv(self, sk: InetSock, skb: SkBuff) -> int:
        return vxlan_rcv(self, skb)


class VxlanNet:
    """struct vxlan_net: the sockets of a namespace by port, and the devices whose outer packets travel there."""

    __slots__ = ("devices", "sockets")

    def __init__(self) -> None:
        self.sockets: dict[int, VxlanSock] = {}
        self.devices: list[NetDevice] = []


class VxlanDev:
    """struct vxlan_dev: configuration, forwarding database, and the socket of the port while the device is up.

    ``net`` is the namespace in which the outer packets travel: the one in which the device was made. ``remote`` is
    the default destination, ``lower`` the number of the device below, 0 for any; ``ageing`` is in seconds. ``cell``
    holds what came in and is to be received.
    """

    __slots__ = (
        "addrmax", "ageing", "cell", "df", "dport", "fdb", "learning", "local", "lower", "net", "remote", "sock",
        "srcport", "tos", "ttl", "ttl_inherit", "udp_csum", "udp_zero_csum6_rx", "udp_zero_csum6_tx", "vni",
    )  # fmt: skip

    cell: GroCell

    def __init__(self, net: Net) -> None:
        self.net = net
        self.vni = 0
        self.local = INADDR_ANY
        self.remote = INADDR_ANY
        self.lower = 0
        self.dport = VXLAN_PORT
        self.srcport = (0, 0)
        self.ttl = 0
        self.ttl_inherit = False
        self.tos = 0
        self.df: int = VxlanDf.UNSET
        self.learning = True
        self.ageing = FDB_AGE_DEFAULT
        self.addrmax = 0
        self.udp_csum = True
        self.udp_zero_csum6_tx = self.udp_zero_csum6_rx = False
        self.fdb: dict[bytes, FdbEntry] = {}
        self.sock: VxlanSock | None = None


@kfunc("drivers/net/vxlan/vxlan_core.c", "vxlan_xmit", lane=Lane.OUT, station="xmit")
def vxlan_xmit(skb: SkBuff, dev: NetDevice) -> int:
    """Sends a frame to where its destination is known to be, else to every default remote."""
    conf: VxlanDev = dev.priv
    skb.mac_header = skb.data
    destination = skb.head[skb.data : skb.data + 6]
    entry = vxlan_find_mac_tx(conf, destination) or vxlan_find_mac_tx(conf, ALL_ZEROS_MAC)
    if entry is None:
        dev.stats.tx_dropped += 1
        kfree_skb_reason(skb, DropReason.NO_TX_TARGET)
        return NETDEV_TX_OK
    first, *others = entry.remotes
    for remote in others:
        vxlan_xmit_one(skb.clone(), dev, remote)
    vxlan_xmit_one(skb, dev, first)
    return NETDEV_TX_OK


_PORTS = frozenset((6, 17, 33, 132, 136))
"""TCP, UDP, DCCP, SCTP and UDP-Lite."""


def udp_flow_src_port(conf: VxlanDev, skb: SkBuff) -> int:
    """udp_flow_src_port (include/net/udp.h): one port for each inner flow and its answers, from a hash of the ends."""
    low, high = conf.srcport
    if low >= high:
        low, high = conf.net.ipv4.sysctl_ip_local_port_range
    return low + skb_get_hash(skb) % (high - low)


def skb_get_hash(skb: SkBuff) -> int:
    """skb_get_hash: a hash over ports is kept, whatever headers the packet gets in front (l4_hash)."""
    if skb.hash:
        return skb.hash
    key, has_ports = _flow_key(skb.head, skb.mac_header)
    found = crc32(key) or 1
    if has_ports:
        skb.hash = found
    return found


def _flow_key(head: bytes, mac: int) -> tuple[bytes, bool]:
    """Addresses and ports in an order that is the same for both directions, and whether it has ports.

    All packets that are neither IPv4 nor IPv6 are one flow to __skb_get_hash: the dissector's keys for it have neither
    MACs nor what ARP asks for.
    """
    at = mac + ETH_HLEN
    ethertype = head[mac + 12 : at]
    if ethertype == b"\x08\x00" and len(head) >= at + 20:
        source, destination, protocol = head[at + 12 : at + 16], head[at + 16 : at + 20], head[at + 9]
        ports = at + (head[at] & 0xF) * 4
        has_ports = protocol in _PORTS and not (head[at + 6] & 0x3F or head[at + 7])
    elif ethertype == b"\x86\xdd" and len(head) >= at + 40:
        source, destination, protocol = head[at + 8 : at + 24], head[at + 24 : at + 40], head[at + 6]
        ports = at + 40
        has_ports = protocol in _PORTS
    else:
        return ethertype, False
    if has_ports:
        source, destination = source + head[ports : ports + 2], destination + head[ports + 2 : ports + 4]
    return b"".join(sorted((source, destination))) + bytes((protocol,)), has_ports


@kfunc("drivers/net/vxlan/vxlan_core.c", "vxlan_xmit_one")
def vxlan_xmit_one(skb: SkBuff, dev: NetDevice, remote: Remote) -> None:
    """Sends one frame to one remote: route, VXLAN header, and on to the UDP tunnel."""
    conf: VxlanDev = dev.priv
    if remote.address == INADDR_ANY:
        dev.stats.tx_dropped += 1
        kfree_skb_reason(skb, DropReason.VXLAN_NO_REMOTE)
        return
    skb.network_header = skb.data + ETH_HLEN
    protocol = int.from_bytes(skb.head[skb.data + 12 : skb.data + 14], "big")
    ttl = ip_tunnel_get_ttl(skb, protocol) if conf.ttl_inherit else conf.ttl
    if not ttl and not conf.ttl_inherit and ipv4_is_multicast(remote.address):
        ttl = 1
    tos = ip_tunnel_get_dsfield(skb, protocol) if conf.tos == 1 else conf.tos
    sport = udp_flow_src_port(conf, skb)
    if conf.sock is None:
        _tx_error(skb, dev, 0)
        return
    flow = Flowi4(
        remote.address, conf.local, tos & INET_DSCP_MASK, oif=remote.ifindex, mark=skb.mark, proto=udp.IPPROTO_UDP
    )
    flow.sport, flow.dport = sport, remote.port
    rt = ip_route_output_key(conf.net, flow)
    if isinstance(rt, int) or rt.dev is dev:
        _tx_error(skb, dev, -Errno.ELOOP if isinstance(rt, Rtable) else -Errno.ENETUNREACH)
        return
    if rt.flags & RTCF_LOCAL and not rt.flags & (RTCF_BROADCAST | RTCF_MULTICAST):
        _bypass(skb, dev, remote, conf)
        return
    df = IP_DF if _outer_df(conf, skb, protocol) else 0
    if skb_tunnel_check_pmtu(skb, rt, VXLAN_HEADROOM, br_port_get(dev) is not None):
        vxlan_encap_bypass(skb, dev, dev, snoop=False)
        return
    tos = ip_tunnel_ecn_encap(tos, skb, protocol)
    skb.push_header(vxlan.emit(remote.vni))
    udp_tunnel_xmit_skb(
        rt, conf.sock.sk, skb, flow.saddr, remote.address, tos,
        ttl or rt.hoplimit or conf.net.ipv4.sysctl_ip_default_ttl, df, sport, remote.port,
        conf.net is not dev.net, not conf.udp_csum,
    )  # fmt: skip


def _outer_df(conf: VxlanDev, skb: SkBuff, protocol: int) -> bool:
    if conf.df != VxlanDf.INHERIT:
        return conf.df == VxlanDf.SET
    inner = skb.network_header
    return protocol == ETH_P_IPV6 or (protocol == ETH_P_IP and bool(skb.head[inner + 6] & 0x40))


def _tx_error(skb: SkBuff, dev: NetDevice, error: int) -> None:
    """vxlan_xmit_one's tx_error."""
    if error == -Errno.ELOOP:
        dev.stats.collisions += 1
    elif error == -Errno.ENETUNREACH:
        dev.stats.tx_carrier_errors += 1
    dev.stats.tx_errors += 1
    kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)


def _bypass(skb: SkBuff, dev: NetDevice, remote: Remote, conf: VxlanDev) -> None:
    """encap_bypass_if_local: a remote that is this host itself is reached without a packet on the network below."""
    sock = conf.net.vxlan.sockets.get(remote.port)
    target = None if sock is None else sock.devices.get(remote.vni)
    if target is None:
        dev.stats.tx_errors += 1
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return
    vxlan_encap_bypass(skb, dev, target, snoop=True)


def vxlan_encap_bypass(skb: SkBuff, dev: NetDevice, target: NetDevice, snoop: bool) -> None:
    """vxlan_encap_bypass: ``target`` receives the frame at once."""
    length = skb.len
    skb.pkt_type = PACKET_HOST
    skb.dev = target
    skb.data = skb.network_header
    if not target.flags & Iff.UP:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        target.stats.rx_dropped += 1
        return
    if target.priv.learning and snoop:
        vxlan_snoop(target, INADDR_LOOPBACK, skb.head[skb.mac_header + 6 : skb.mac_header + 12])
    dev.stats.tx_packets += 1
    dev.stats.tx_bytes += length
    if netif_rx(skb) == NET_RX_SUCCESS:
        target.stats.rx_packets += 1
        target.stats.rx_bytes += length


@kfunc("drivers/net/vxlan/vxlan_core.c", "vxlan_rcv")
def vxlan_rcv(vs: VxlanSock, skb: SkBuff) -> int:
    """Takes the inner frame out of a datagram of the port, which its device is to receive."""
    head, at = skb.head, skb.transport_header + udp.HLEN
    if len(head) - at < vxlan.HLEN:
        return _drop(skb, DropReason.HDR_TRUNC)
    flags, vni = vxlan.parse(head, at)
    if not flags & vxlan.VXLAN_HF_VNI:
        return _drop(skb, DropReason.VXLAN_INVALID_HDR)
    dev = vs.devices.get(vni)
    if dev is None:
        return _drop(skb, DropReason.VXLAN_VNI_NOT_FOUND)
    conf: VxlanDev = dev.priv
    outer = head[skb.network_header : skb.network_header + 20]
    iptunnel_pull_header(skb, at + vxlan.HLEN - skb.data, ETH_P_TEB, conf.net is not dev.net)
    if flags != vxlan.VXLAN_HF_VNI or head[at + 7] or skb.len < ETH_HLEN:
        return _drop(skb, DropReason.VXLAN_INVALID_HDR)
    skb.protocol = eth_type_trans(skb, dev)
    inner = skb.head[6:12]
    if inner == dev.address:
        return _drop(skb, DropReason.LOCAL_MAC)
    refused = vxlan_snoop(dev, outer[12:16], inner) if conf.learning else None
    if refused is not None:
        return _drop(skb, refused)
    skb.network_header = skb.data
    if not ip_tunnel_ecn_decap(outer[1], skb):
        dev.stats.rx_errors += 1
        return _drop(skb, DropReason.IP_TUNNEL_ECN)
    if not dev.flags & Iff.UP:
        dev.stats.rx_dropped += 1
        return _drop(skb, DropReason.DEV_READY)
    dev.stats.rx_packets += 1
    dev.stats.rx_bytes += skb.len
    gro_cells_receive(conf.cell, skb)
    return 0


def _drop(skb: SkBuff, reason: DropReason) -> int:
    kfree_skb_reason(skb, reason)
    return 0
