"""struct net_device and its tables of operations (include/linux/netdevice.h)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff
    from webapp.kernel.netfilter.core import NfHookEntries
    from webapp.kernel.sched.sch_generic import MiniQdisc, Qdisc
    from webapp.kernel.uapi.if_bridge import BridgeLink, DelBridgeLink, Fdb, FlushFdb, SetBridgeLink
    from webapp.kernel.uapi.netlink import NlmFlags


class Iff:
    """Device flags (include/uapi/linux/if.h), as plain ints: every packet asks for UP."""

    UP = 0x1
    BROADCAST = 0x2
    LOOPBACK = 0x8
    POINTOPOINT = 0x10
    NOTRAILERS = 0x20
    RUNNING = 0x40
    NOARP = 0x80
    PROMISC = 0x100
    ALLMULTI = 0x200
    MULTICAST = 0x1000
    DYNAMIC = 0x8000
    LOWER_UP = 0x10000


NETDEV_TX_OK = 0
NETDEV_TX_BUSY = 0x10

NET_XMIT_SUCCESS = 0
NET_XMIT_DROP = 1
NET_XMIT_CN = 2

NET_RX_SUCCESS = 0
NET_RX_DROP = 1

ARPHRD_ETHER = 1
ARPHRD_LOOPBACK = 772
ARPHRD_NONE = 0xFFFE

ETH_HLEN = 14
ETH_MIN_MTU = 68
ETH_MAX_MTU = 65535

TSO_LEGACY_MAX_SIZE = 65536
TSO_MAX_SIZE = 8 * 65535


class RxHandlerResult(Enum):
    """rx_handler_result_t."""

    CONSUMED = 0
    ANOTHER = 1
    EXACT = 2
    PASS = 3


@dataclass(frozen=True, slots=True)
class NetDeviceOps:
    """struct net_device_ops: what a driver does.

    ``ndo_start_xmit(skb, dev)`` takes the packet over and returns NETDEV_TX_OK. ``ndo_open``, ``ndo_stop`` and
    ``ndo_uninit`` follow IFF_UP and the device's end; ``ndo_open`` may raise KernelError. ``ndo_change_carrier`` sets
    the carrier by request. ``ndo_set_mac_address`` and ``ndo_change_mtu`` make the change that a request asks for, and
    may raise; without them it is an assignment. ``ndo_change_rx_flags`` hears which of PROMISC and ALLMULTI changed.
    ``ndo_get_iflink`` tells the number of the device below. ``ndo_fdb_*`` answer the requests of uapi/if_bridge.py.
    """

    ndo_start_xmit: Callable[[SkBuff, NetDevice], int]
    ndo_open: Callable[[NetDevice], None] | None = None
    ndo_stop: Callable[[NetDevice], None] | None = None
    ndo_uninit: Callable[[NetDevice], None] | None = None
    ndo_change_carrier: Callable[[NetDevice, bool], None] | None = None
    ndo_get_peer_dev: Callable[[NetDevice], NetDevice | None] | None = None
    ndo_add_slave: Callable[[NetDevice, NetDevice], None] | None = None
    ndo_del_slave: Callable[[NetDevice, NetDevice], None] | None = None
    ndo_set_mac_address: Callable[[NetDevice, bytes], None] | None = None
    ndo_change_mtu: Callable[[NetDevice, int], None] | None = None
    ndo_change_rx_flags: Callable[[NetDevice, int], None] | None = None
    ndo_get_iflink: Callable[[NetDevice], int] | None = None
    ndo_fdb_add: Callable[[NetDevice, Fdb, NlmFlags], None] | None = None
    ndo_fdb_del: Callable[[NetDevice, Fdb], None] | None = None
    ndo_fdb_del_bulk: Callable[[NetDevice, FlushFdb], None] | None = None
    ndo_fdb_dump: Callable[[NetDevice, NetDevice | None], Iterator[Fdb]] | None = None
    ndo_fdb_get: Callable[[NetDevice, bytes, int, int | None], Fdb] | None = None
    ndo_bridge_setlink: Callable[[NetDevice, SetBridgeLink], None] | None = None
    ndo_bridge_dellink: Callable[[NetDevice, DelBridgeLink], None] | None = None
    ndo_bridge_getlink: Callable[[NetDevice, bool], BridgeLink | None] | None = None


class Stats:
    """struct rtnl_link_stats64, the columns of ``ip -s link``."""

    __slots__ = (
        "collisions", "multicast", "rx_bytes", "rx_dropped", "rx_errors", "rx_missed_errors", "rx_packets",
        "tx_bytes", "tx_carrier_errors", "tx_dropped", "tx_errors", "tx_packets",
    )  # fmt: skip

    def __init__(self) -> None:
        self.rx_bytes = self.rx_packets = self.rx_errors = self.rx_dropped = self.rx_missed_errors = 0
        self.multicast = self.collisions = self.tx_carrier_errors = 0
        self.tx_bytes = self.tx_packets = self.tx_errors = self.tx_dropped = 0


class NetDevice:
    """One network device.

    ``address`` and ``broadcast`` are link-layer addresses (6 bytes on Ethernet). ``carrier`` is netif_carrier_ok().
    ``kind`` is rtnl_link_ops->kind ("veth", "dummy", …; empty for lo), ``priv`` what the driver keeps.
    ``miniq_ingress`` and ``miniq_egress`` are clsact's two sides, ``nf_hooks_*`` the netdev-family hooks, each None
    while nothing is attached. ``gflags`` are the PROMISC and ALLMULTI that were asked for by request, ``promiscuity``
    and ``allmulti`` count all who want it. ``operstate`` is an OperState of uapi/if_link.py. ``qdisc`` is the root
    qdisc that tc shows; ``xmit_active`` is False while the transmit queue is the noop qdisc (dev_deactivate: down or
    without carrier). ``in_dev`` and ``inet6_dev`` are the address families' own records. ``uc`` and ``mc`` are further
    link-layer addresses that were asked for; without ``unicast_flt`` (IFF_UNICAST_FLT) the first of ``uc`` makes an
    open device promiscuous (``uc_promisc``). ``hw_vlan_tx``: the driver takes a tag beside the frame, in vlan_tci.
    ``speed`` is in Mbit/s, 0 where nobody knows. ``dont_bridge``: it may not be a bridge's port. ``lower`` is the
    device that this one was made on top of, None for none, ``upper`` the other way round. ``vlan_info`` are the vlan
    devices on it by protocol and number. ``no_queue`` is IFF_NO_QUEUE: its root qdisc is noqueue, not fq_codel.
    ``dismantle``: it is about to be gone for good, not only from its namespace.
    """

    __slots__ = (
        "addr_assigned", "address", "alias", "allmulti", "broadcast", "carrier", "carrier_changes", "dismantle",
        "dont_bridge", "flags", "gflags", "group", "hard_header_len", "hw_vlan_tx", "ifindex", "iflink", "in_dev",
        "inet6_dev", "kind", "link_net", "lower", "master", "max_mtu", "mc", "min_mtu", "miniq_egress",
        "miniq_ingress", "mtu", "name", "net", "netdev_ops", "netns_immutable", "nf_hooks_egress", "nf_hooks_ingress",
        "no_queue", "operstate", "priv", "promiscuity", "ptype_all", "qdisc", "qdisc_ingress", "registered",
        "rx_handler", "rx_handler_data", "speed", "stats", "tso_max_size", "tx_queue_len", "type", "uc", "uc_promisc",
        "unicast_flt", "upper", "vlan_info", "xmit_active", "xmit_dst_release",
    )  # fmt: skip

    def __init__(self, net: Net, name: str, netdev_ops: NetDeviceOps, kind: str, type_: int = ARPHRD_ETHER) -> None:
        self.net = net
        self.name = name
        self.ifindex = self.iflink = 0
        self.link_net: Net | None = None
        self.netdev_ops = netdev_ops
        self.kind = kind
        self.type = type_
        self.flags = Iff.BROADCAST | Iff.MULTICAST
        self.gflags = 0
        self.carrier = True
        self.carrier_changes = self.operstate = 0
        self.registered = False
        self.netns_immutable = self.dismantle = False
        self.no_queue = True
        self.mtu = 1500
        self.min_mtu = ETH_MIN_MTU
        self.max_mtu = ETH_MAX_MTU
        self.tx_queue_len = 1000
        self.hard_header_len = ETH_HLEN
        self.address = bytes(6)
        self.addr_assigned = False
        self.broadcast = b"\xff" * 6
        self.group = 0
        self.alias = ""
        self.promiscuity = self.allmulti = 0
        self.xmit_active = False
        self.qdisc: Qdisc | None = None
        self.qdisc_ingress: Qdisc | None = None
        self.miniq_ingress: MiniQdisc | None = None
        self.miniq_egress: MiniQdisc | None = None
        self.nf_hooks_ingress: NfHookEntries | None = None
        self.nf_hooks_egress: NfHookEntries | None = None
        self.rx_handler: Callable[[SkBuff], RxHandlerResult] | None = None
        self.rx_handler_data: Any = None
        self.ptype_all: list[PacketType] = []
        self.master: NetDevice | None = None
        self.lower: NetDevice | None = None
        self.upper: list[NetDevice] = []
        self.vlan_info: dict[tuple[int, int], NetDevice] = {}
        self.uc: list[bytes] = []
        self.mc: list[bytes] = []
        self.unicast_flt = self.uc_promisc = False
        self.speed = 0
        self.tso_max_size = TSO_MAX_SIZE
        self.hw_vlan_tx = self.dont_bridge = False
        self.priv: Any = None
        self.in_dev: Any = None
        self.inet6_dev: Any = None
        self.stats = Stats()
        self.xmit_dst_release = True

    @property
    def running(self) -> bool:
        """netif_running: the device is administratively up."""
        return bool(self.flags & Iff.UP)

    def __repr__(self) -> str:
        return f"<{self.name} in {self.net.name}>"


class PacketType:
    """struct packet_type: who gets packets of an ethertype.

    ``func(skb, dev, ptype, orig_dev)`` owns the skb that it is given. ``type`` is an ethertype or ETH_P_ALL;
    ``dev`` limits it to one device; ``owner`` is the packet socket behind a tap, None for protocols. ``list_func``
    (with the packets after the first as one argument more) is for those that come by netif_receive_skb_list.
    """

    __slots__ = ("dev", "func", "list_func", "owner", "type")

    def __init__(
        self,
        type_: int,
        func: Callable[[SkBuff, NetDevice, PacketType, NetDevice], int],
        dev: NetDevice | None = None,
        owner: Any = None,
        list_func: Callable[[SkBuff, NetDevice, PacketType, NetDevice, list[SkBuff]], int] | None = None,
    ) -> None:
        self.type = type_
        self.list_func = list_func
        self.func = func
        self.dev = dev
        self.owner = owner
