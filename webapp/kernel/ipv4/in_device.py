"""struct in_device, in_ifaddr and ipv4_devconf (include/linux/inetdevice.h), and how an address is chosen from them.

The functions are those of net/ipv4/devinet.c that only look; what changes addresses is in devinet.py.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from webapp.kernel.clock import Timer
from webapp.kernel.core.neighbour import neigh_parms_alloc
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.ipv4.address import INADDR_ANY, inet_make_mask, ipv4_is_zeronet, number
from webapp.kernel.uapi.rtnetlink import INFINITY_LIFE_TIME, Ifa, RtScope

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

DEVCONF_DEFAULTS = {
    "accept_local": 0,
    "accept_redirects": 1,
    "arp_accept": 0,
    "arp_announce": 0,
    "arp_evict_nocarrier": 1,
    "arp_filter": 0,
    "arp_ignore": 0,
    "arp_notify": 0,
    "bc_forwarding": 0,
    "drop_gratuitous_arp": 0,
    "drop_unicast_in_l2_multicast": 0,
    "forwarding": 0,
    "ignore_routes_with_linkdown": 0,
    "medium_id": 0,
    "promote_secondaries": 0,
    "proxy_arp": 0,
    "proxy_arp_pvlan": 0,
    "route_localnet": 0,
    "rp_filter": 0,
    "secure_redirects": 1,
    "send_redirects": 1,
    "shared_media": 1,
    "src_valid_mark": 0,
}
"""The files of net.ipv4.conf.default and what they say at first."""


class Ipv4Devconf:
    """struct ipv4_devconf: net.ipv4.conf.NAME. ``state`` holds the names that were set for this device itself."""

    accept_local: int
    accept_redirects: int
    arp_accept: int
    arp_announce: int
    arp_evict_nocarrier: int
    arp_filter: int
    arp_ignore: int
    arp_notify: int
    bc_forwarding: int
    drop_gratuitous_arp: int
    drop_unicast_in_l2_multicast: int
    forwarding: int
    ignore_routes_with_linkdown: int
    medium_id: int
    promote_secondaries: int
    proxy_arp: int
    proxy_arp_pvlan: int
    route_localnet: int
    rp_filter: int
    secure_redirects: int
    send_redirects: int
    shared_media: int
    src_valid_mark: int

    def __init__(self, model: Ipv4Devconf | None = None) -> None:
        vars(self).update(DEVCONF_DEFAULTS if model is None else vars(model))
        self.state: set[str] = set()


class InetAddrEvent(Enum):
    """What happened to an address (the inetaddr notifier chain)."""

    UP = "NETDEV_UP"
    DOWN = "NETDEV_DOWN"


INETADDR_CHAIN: list[Callable[[InetAddrEvent, InIfaddr], None]] = []
"""inetaddr_chain, filled in boot.py; DOWN comes after the address has left the list."""


class InIfaddr:
    """struct in_ifaddr: an address of an interface. ``network`` and ``mask`` are numbers."""

    __slots__ = (
        "address", "broadcast", "expires", "flags", "in_dev", "label", "local", "mask", "metric", "network",
        "preferred_lft", "prefixlen", "proto", "scope", "timer", "valid_lft",
    )  # fmt: skip

    def __init__(self, in_dev: InDevice, local: bytes, address: bytes, prefixlen: int) -> None:
        self.in_dev = in_dev
        self.local = local
        self.address = address
        self.prefixlen = prefixlen
        self.mask = inet_make_mask(prefixlen)
        self.network = number(address) & self.mask
        self.broadcast: bytes | None = None
        self.label = in_dev.dev.name
        self.scope = 0
        self.flags = Ifa.NONE
        self.metric = 0
        self.proto = 0
        self.valid_lft = INFINITY_LIFE_TIME
        self.preferred_lft = INFINITY_LIFE_TIME
        self.expires = 0
        self.timer: Timer | None = None

    def match(self, addr: bytes) -> bool:
        """inet_ifa_match: whether ``addr`` is of this address's subnet."""
        return number(addr) & self.mask == self.network

    def same_subnet(self, other: InIfaddr) -> bool:
        """Whether both say the same subnet."""
        return self.mask == other.mask and self.network == other.network


class InDevice:
    """struct in_device: IPv4's record of a device (dev.in_dev). ``mc_list`` counts the members of joined groups.

    ``sysctl_name`` is the name that its files have, which a new name of the device replaces.
    """

    __slots__ = ("arp_parms", "cnf", "dead", "dev", "ifa_list", "mc_list", "sysctl_name")

    def __init__(self, dev: NetDevice) -> None:
        ipv4 = dev.net.ipv4
        self.dev = dev
        self.dead = False
        self.ifa_list: list[InIfaddr] = []
        self.mc_list: dict[bytes, int] = {}
        self.sysctl_name = dev.name
        self.cnf = Ipv4Devconf(ipv4.devconf_dflt)
        self.arp_parms = neigh_parms_alloc(dev, ipv4.arp_tbl)


def inet_addr_onlink(in_dev: InDevice, a: bytes, b: bytes | None) -> bool:
    """inet_addr_onlink: whether a primary address's subnet holds ``a`` (and ``b``, unless that is none)."""
    for ifa in in_dev.ifa_list:
        if not ifa.flags & Ifa.SECONDARY and ifa.match(a) and (not b or b == INADDR_ANY or ifa.match(b)):
            return True
    return False


def _in_dev_select_addr(in_dev: InDevice, scope: int) -> bytes:
    for ifa in in_dev.ifa_list:
        if not ifa.flags & Ifa.SECONDARY and ifa.scope != RtScope.LINK and ifa.scope <= scope:
            return ifa.local
    return INADDR_ANY


def inet_select_addr(dev: NetDevice, dst: bytes, scope: int) -> bytes:
    """inet_select_addr: the address to speak from to ``dst`` on ``dev``, else any of the host of fitting scope."""
    net = dev.net
    in_dev: InDevice | None = dev.in_dev
    addr = INADDR_ANY
    if in_dev is not None:
        localnet = in_dev.cnf.route_localnet or net.ipv4.devconf_all.route_localnet
        localnet_scope = RtScope.LINK if localnet else RtScope.HOST
        for ifa in in_dev.ifa_list:
            if ifa.flags & Ifa.SECONDARY or min(ifa.scope, localnet_scope) > scope:
                continue
            if ipv4_is_zeronet(dst) or ifa.match(dst):
                return ifa.local
            if addr == INADDR_ANY:
                addr = ifa.local
    if addr != INADDR_ANY:
        return addr
    for _, other in sorted(net.by_index.items()):
        if other.in_dev is not None:
            addr = _in_dev_select_addr(other.in_dev, scope)
            if addr != INADDR_ANY:
                break
    return addr


def _confirm_addr_indev(in_dev: InDevice, dst: bytes, local: bytes, scope: int) -> bytes:
    addr = INADDR_ANY
    same = False
    localnet_scope = RtScope.LINK if in_dev.cnf.route_localnet else RtScope.HOST
    for ifa in in_dev.ifa_list:
        min_scope = min(ifa.scope, localnet_scope)
        if addr == INADDR_ANY and local in (ifa.local, INADDR_ANY) and min_scope <= scope:
            addr = ifa.local
            if same:
                break
        if not same:
            same = (local == INADDR_ANY or ifa.match(local)) and (dst == INADDR_ANY or ifa.match(dst))
            if same and addr != INADDR_ANY:
                if local != INADDR_ANY or dst == INADDR_ANY or ifa.match(addr):
                    break
                if min_scope <= scope:
                    addr = ifa.local
                    break
                same = False
    return addr if same else INADDR_ANY


def inet_confirm_addr(net: Net, in_dev: InDevice | None, dst: bytes, local: bytes, scope: int) -> bytes:
    """inet_confirm_addr: a local address of at most ``scope`` that is ``local`` and shares ``dst``'s subnet.

    ``in_dev`` None looks on every interface; INADDR_ANY for ``dst`` or ``local`` asks for any; INADDR_ANY is no.
    """
    if in_dev is not None:
        return _confirm_addr_indev(in_dev, dst, local, scope)
    for dev in net.devices.values():
        if dev.in_dev is not None:
            addr = _confirm_addr_indev(dev.in_dev, dst, local, scope)
            if addr != INADDR_ANY:
                return addr
    return INADDR_ANY


def inet_ifa_byprefix(in_dev: InDevice, network: int, mask: int) -> InIfaddr | None:
    """inet_ifa_byprefix: the primary address of a subnet."""
    for ifa in in_dev.ifa_list:
        if not ifa.flags & Ifa.SECONDARY and ifa.mask == mask and ifa.network == network & mask:
            return ifa
    return None
