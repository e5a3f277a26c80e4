"""vxlan (drivers/net/vxlan/vxlan_core.c): Ethernet in UDP over IPv4.

A frame that is sent makes a packet of its own on the network below, in the same call: by then tc has cleared
nf_skip_egress, so netfilter's egress hook meets the inner frame on this device and the outer one on the device below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.dev import netif_rx
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import ETH_HLEN, NETDEV_TX_OK
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.errno import Errno
from webapp.kernel.ethernet.eth import eth_type_trans
from webapp.kernel.ipv4.address import INADDR_ANY
from webapp.kernel.ipv4.flow import Flowi4
from webapp.kernel.ipv4.ip_tunnel_core import iptunnel_pull_header
from webapp.kernel.ipv4.route import Rtable, ip_route_output_key
from webapp.kernel.ipv4.udp_tunnel_core import udp_sock_create, udp_tunnel_xmit_skb
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Lane
from webapp.kernel.uapi.if_ether import ETH_P_TEB
from webapp.kernel.wire import udp, vxlan
from webapp.kernel.wire.ipv4 import IP_DF

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.sock import InetSock

ALL_ZEROS_MAC = bytes(6)
AGEING = 300 * NSEC_PER_SEC
VXLAN_HEADROOM = 20 + udp.HLEN + vxlan.HLEN + ETH_HLEN
_DEFAULT_TTL = 64


class Remote:
    """struct vxlan_rdst: where a frame is to be sent. ``port`` and ``vni`` are the device's unless given."""

    __slots__ = ("address", "ifindex", "port", "vni")

    def __init__(self, address: bytes, port: int, vni: int, ifindex: int) -> None:
        self.address = address
        self.port = port
        self.vni = vni
        self.ifindex = ifindex


class FdbEntry:
    """struct vxlan_fdb: ``permanent`` entries were made by request, others were learned and age."""

    __slots__ = ("permanent", "remotes", "updated")

    def __init__(self, remotes: list[Remote], updated: int, *, permanent: bool) -> None:
        self.remotes = remotes
        self.updated = updated
        self.permanent = permanent


class VxlanSock:
    """struct vxlan_sock: the socket of one port in one namespace, and the devices that share it by identifier."""

    __slots__ = ("devices", "port", "sk")

    def __init__(self, net: Net, port: int) -> None:
        self.port = port
        self.devices: dict[int, NetDevice] = {}
        self.sk = udp_sock_create(net, port, self._rcv)

    def _rcv(self, sk: InetSock, skb: SkBuff) -> int:
        return vxlan_rcv(self, skb)


class VxlanDev:
    """struct vxlan_dev: configuration, forwarding database, and the socket of the port.

    ``net`` is the namespace in which the outer packets travel: the one in which the device was made.
    """

    __slots__ = (
        "ageing", "df", "dport", "fdb", "learning", "local", "lower", "net", "noudpcsum", "remote", "sock", "srcport",
        "tos", "ttl", "vni",
    )  # fmt: skip

    def __init__(self, net: Net, vni: int) -> None:
        self.net = net
        self.vni = vni
        self.local = INADDR_ANY
        self.remote = INADDR_ANY
        self.lower = 0
        self.dport = 8472
        self.srcport = (0, 0)
        self.ttl = 0
        self.tos = 0
        self.df = 0
        self.learning = True
        self.ageing = AGEING
        self.noudpcsum = False
        self.fdb: dict[bytes, FdbEntry] = {}
        self.sock: VxlanSock | None = None


def vxlan_find_mac(vxlan_dev: VxlanDev, address: bytes) -> FdbEntry | None:
    """The entry of an address, unless it was learned and has aged."""
    entry = vxlan_dev.fdb.get(address)
    if entry is None or entry.permanent or vxlan_dev.net.machine.clock.now - entry.updated < vxlan_dev.ageing:
        return entry
    return None


@kfunc("drivers/net/vxlan/vxlan_core.c", "vxlan_xmit", lane=Lane.OUT, station="xmit")
def vxlan_xmit(skb: SkBuff, dev: NetDevice) -> int:
    """Sends a frame to where its destination is known to be, else to every default remote."""
    conf: VxlanDev = dev.priv
    skb.mac_header = skb.data
    destination = skb.head[skb.data : skb.data + 6]
    entry = vxlan_find_mac(conf, destination) or vxlan_find_mac(conf, ALL_ZEROS_MAC)
    if entry is None or not entry.remotes:
        dev.stats.tx_dropped += 1
        kfree_skb_reason(skb, DropReason.NO_TX_TARGET)
        return NETDEV_TX_OK
    first, *others = entry.remotes
    for remote in others:
        vxlan_xmit_one(skb.clone(), dev, remote)
    vxlan_xmit_one(skb, dev, first)
    return NETDEV_TX_OK


def udp_flow_src_port(conf: VxlanDev, skb: SkBuff) -> int:
    """udp_flow_src_port (include/net/udp.h): one port for each inner flow, here from a hash of its addresses."""
    low, high = conf.srcport
    if low >= high:
        low, high = conf.net.ipv4.sysctl_ip_local_port_range
    start = skb.mac_header
    return low + crc32(skb.head[start : start + ETH_HLEN] + skb.head[start + 23 : start + 38]) % (high - low)


@kfunc("drivers/net/vxlan/vxlan_core.c", "vxlan_xmit_one")
def vxlan_xmit_one(skb: SkBuff, dev: NetDevice, remote: Remote) -> None:
    """Sends one frame to one remote: route, VXLAN header, and on to the UDP tunnel."""
    conf: VxlanDev = dev.priv
    if remote.address == INADDR_ANY:
        dev.stats.tx_dropped += 1
        kfree_skb_reason(skb, DropReason.VXLAN_NO_REMOTE)
        return
    sport = udp_flow_src_port(conf, skb)
    flow = Flowi4(remote.address, conf.local, conf.tos, oif=remote.ifindex or conf.lower, mark=skb.mark, proto=17)
    rt = ip_route_output_key(conf.net, flow)
    if isinstance(rt, int) or rt.dev is dev:
        _count_no_route(dev, -Errno.ELOOP if isinstance(rt, Rtable) else rt)
        kfree_skb_reason(skb, DropReason.IP_OUTNOROUTES)
        return
    assert conf.sock is not None
    skb.network_header = skb.data + ETH_HLEN
    skb.push_header(vxlan.emit(remote.vni))
    udp_tunnel_xmit_skb(
        rt, conf.sock.sk, skb, flow.saddr, remote.address, conf.ttl or _DEFAULT_TTL, conf.df and IP_DF, sport,
        remote.port, conf.net is not dev.net, conf.noudpcsum,
    )  # fmt: skip


def _count_no_route(dev: NetDevice, error: int) -> None:
    if error == -Errno.ELOOP:
        dev.stats.collisions += 1
    elif error == -Errno.ENETUNREACH:
        dev.stats.tx_carrier_errors += 1
    dev.stats.tx_errors += 1


@kfunc("drivers/net/vxlan/vxlan_core.c", "vxlan_rcv")
def vxlan_rcv(vs: VxlanSock, skb: SkBuff) -> int:
    """Takes the inner frame out of a datagram of the port and puts it on the backlog as received by its device."""
    head, at = skb.head, skb.transport_header + udp.HLEN
    if len(head) - at < vxlan.HLEN + ETH_HLEN:
        return _drop(skb, DropReason.HDR_TRUNC)
    flags, vni = vxlan.parse(head, at)
    if not flags & vxlan.VXLAN_HF_VNI:
        return _drop(skb, DropReason.VXLAN_INVALID_HDR)
    dev = vs.devices.get(vni)
    if dev is None:
        return _drop(skb, DropReason.VXLAN_VNI_NOT_FOUND)
    conf: VxlanDev = dev.priv
    source = head[skb.network_header + 12 : skb.network_header + 16]
    inner = head[at + vxlan.HLEN + 6 : at + vxlan.HLEN + 12]
    if inner == dev.address:
        return _drop(skb, DropReason.NOT_SPECIFIED)
    iptunnel_pull_header(skb, at + vxlan.HLEN - skb.data, ETH_P_TEB, conf.net is not dev.net)
    skb.mac_header = 0
    if conf.learning:
        vxlan_snoop(conf, source, inner)
    skb.dev = dev
    skb.protocol = eth_type_trans(skb, dev)
    if not dev.running:
        dev.stats.rx_dropped += 1
        return _drop(skb, DropReason.DEV_READY)
    dev.stats.rx_packets += 1
    dev.stats.rx_bytes += skb.len
    netif_rx(skb)
    return 0


def _drop(skb: SkBuff, reason: DropReason) -> int:
    kfree_skb_reason(skb, reason)
    return 0


def vxlan_snoop(conf: VxlanDev, source: bytes, inner: bytes) -> None:
    """vxlan_snoop: the inner address is behind this remote; one that moved is learned anew."""
    now = conf.net.machine.clock.now
    entry = conf.fdb.get(inner)
    if entry is None:
        conf.fdb[inner] = FdbEntry([Remote(source, conf.dport, conf.vni, 0)], now, permanent=False)
    elif not entry.permanent:
        entry.updated = now
        entry.remotes[0].address = source
