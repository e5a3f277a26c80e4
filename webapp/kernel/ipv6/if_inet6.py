"""struct inet6_dev, inet6_ifaddr and ipv6_devconf (include/net/if_inet6.h, linux/ipv6.h), and who is who by them.

The functions are those of net/ipv6/addrconf.c and anycast.c that only look; what changes addresses is in addrconf.py.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from webapp.kernel.clock import Timer
from webapp.kernel.core.neighbour import NeighParms, neigh_parms_alloc
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.ipv6.address import (
    IN6ADDR_ANY,
    IPV6_ADDR_LINKLOCAL,
    IPV6_ADDR_LOOPBACK,
    IPV6_ADDR_MAPPED,
    IPV6_ADDR_MULTICAST,
    IPV6_ADDR_SITELOCAL,
    SCOPE_GLOBAL,
    SCOPE_LINKLOCAL,
    ipv6_addr_diff,
    ipv6_addr_scope,
    ipv6_addr_type,
    number,
)
from webapp.kernel.uapi.rtnetlink import INFINITY_LIFE_TIME, Ifa, RtScope

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.ipv6.ip6_fib import Fib6Info

IF_RA_RCVD = 0x20
IF_RS_SENT = 0x10
IF_READY = 0x80000000

IFA_HOST = IPV6_ADDR_LOOPBACK
IFA_LINK = IPV6_ADDR_LINKLOCAL
IFA_SITE = IPV6_ADDR_SITELOCAL

MLD_QRV_DEFAULT = 2

DEVCONF_DEFAULTS = {
    "accept_dad": 1,
    "accept_ra": 1,
    "accept_redirects": 1,
    "addr_gen_mode": 0,
    "dad_transmits": 1,
    "disable_ipv6": 0,
    "drop_unicast_in_l2_multicast": 0,
    "drop_unsolicited_na": 0,
    "enhanced_dad": 1,
    "force_forwarding": 0,
    "force_tllao": 0,
    "forwarding": 0,
    "hop_limit": 64,
    "ignore_routes_with_linkdown": 0,
    "keep_addr_on_down": 0,
    "max_addresses": 16,
    "mldv2_unsolicited_report_interval": 1000,
    "mtu": 1280,
    "ndisc_evict_nocarrier": 1,
    "ndisc_notify": 0,
    "ndisc_tclass": 0,
    "proxy_ndp": 0,
    "router_solicitation_delay": 1,
    "router_solicitation_interval": 4,
    "router_solicitation_max_interval": 3600,
    "router_solicitations": -1,
    "suppress_frag_ndisc": 1,
}
"""The files of net.ipv6.conf.default whose effects are modelled, and what they say at first."""


class Ipv6Devconf:
    """struct ipv6_devconf: net.ipv6.conf.NAME, by the names of the files; times as the files have them."""

    accept_dad: int
    accept_ra: int
    accept_redirects: int
    addr_gen_mode: int
    dad_transmits: int
    disable_ipv6: int
    drop_unicast_in_l2_multicast: int
    drop_unsolicited_na: int
    enhanced_dad: int
    force_forwarding: int
    force_tllao: int
    forwarding: int
    hop_limit: int
    ignore_routes_with_linkdown: int
    keep_addr_on_down: int
    max_addresses: int
    mldv2_unsolicited_report_interval: int
    mtu: int
    ndisc_evict_nocarrier: int
    ndisc_notify: int
    ndisc_tclass: int
    proxy_ndp: int
    router_solicitation_delay: int
    router_solicitation_interval: int
    router_solicitation_max_interval: int
    router_solicitations: int
    suppress_frag_ndisc: int

    def __init__(self, model: Ipv6Devconf | None = None) -> None:
        vars(self).update(DEVCONF_DEFAULTS if model is None else vars(model))


class IfaState(Enum):
    """INET6_IFADDR_STATE_*: how far duplicate address detection is with an address."""

    PREDAD = 0
    DAD = 1
    POSTDAD = 2
    ERRDAD = 3
    DEAD = 4


class Inet6Ifaddr:
    """struct inet6_ifaddr: an address of an interface. ``rt`` is its local route, there before it is in the table.

    Lifetimes are seconds from ``tstamp`` (ns) on. ``scope`` is IFA_HOST, IFA_LINK, IFA_SITE or 0 (global).
    """

    __slots__ = (
        "addr", "dad_nonce", "dad_probes", "dad_timer", "flags", "idev", "peer_addr", "prefered_lft", "prefix_len",
        "proto", "rt", "rt_priority", "scope", "state", "timer", "tstamp", "valid_lft",
    )  # fmt: skip

    def __init__(self, idev: Inet6Dev, addr: bytes, prefix_len: int, flags: Ifa, rt: Fib6Info) -> None:
        self.idev = idev
        self.addr = addr
        self.peer_addr = IN6ADDR_ANY
        self.prefix_len = prefix_len
        self.flags = flags
        self.scope = ipv6_addr_type(addr) & (IFA_HOST | IFA_LINK | IFA_SITE)
        self.state = IfaState.PREDAD
        self.rt = rt
        self.rt_priority = 0
        self.proto = 0
        self.valid_lft = self.prefered_lft = INFINITY_LIFE_TIME
        self.tstamp = idev.dev.net.machine.clock.now
        self.dad_probes = 0
        self.dad_nonce = b""
        self.dad_timer: Timer | None = None
        self.timer: Timer | None = None


class Ifmcaddr6:
    """struct ifmcaddr6: a group that an interface is in. ``crcount`` reports of the change are still to be sent.

    ``loaded`` (MAF_LOADED): the device listens to the group's link-layer address.
    """

    __slots__ = ("addr", "crcount", "loaded", "noreport", "users")

    def __init__(self, addr: bytes) -> None:
        self.addr = addr
        self.users = 1
        self.crcount = 0
        self.noreport = self.loaded = False


class Inet6Dev:
    """struct inet6_dev: IPv6's record of a device (dev.inet6_dev).

    ``mc_list`` holds the groups by address, newest first; ``mc_tomb`` those that were left and are still to be
    reported; ``ac_list`` anycast addresses with their users and routes.
    """

    __slots__ = (
        "ac_list", "addr_list", "cnf", "dead", "dev", "if_flags", "mc_dad_count", "mc_dad_timer", "mc_ifc_count",
        "mc_ifc_timer", "mc_list", "mc_qrv", "mc_tomb", "nd_parms", "rs_interval", "rs_probes", "rs_timer",
    )  # fmt: skip

    def __init__(self, dev: NetDevice) -> None:
        ipv6 = dev.net.ipv6
        self.dev = dev
        self.dead = False
        self.if_flags = 0
        self.addr_list: list[Inet6Ifaddr] = []
        self.mc_list: dict[bytes, Ifmcaddr6] = {}
        self.mc_tomb: dict[bytes, Ifmcaddr6] = {}
        self.ac_list: dict[bytes, tuple[int, Fib6Info]] = {}
        self.mc_qrv = MLD_QRV_DEFAULT
        self.mc_ifc_count = self.mc_dad_count = 0
        self.mc_ifc_timer: Timer | None = None
        self.mc_dad_timer: Timer | None = None
        self.rs_timer: Timer | None = None
        self.rs_probes = 0
        self.rs_interval = 0
        self.cnf = Ipv6Devconf(ipv6.devconf_dflt)
        self.cnf.mtu = dev.mtu
        self.nd_parms: NeighParms = neigh_parms_alloc(dev, ipv6.nd_tbl)


def rt_scope(ifa_scope: int) -> int:
    """rt_scope: RT_SCOPE_* for the scope of an address."""
    if ifa_scope & IFA_HOST:
        return RtScope.HOST
    if ifa_scope & IFA_LINK:
        return RtScope.LINK
    return RtScope.SITE if ifa_scope & IFA_SITE else RtScope.UNIVERSE


# --- whose address ------------------------------------------------------------------------------------------------


def ipv6_get_ifaddr(net: Net, addr: bytes, dev: NetDevice | None, strict: bool) -> Inet6Ifaddr | None:
    """ipv6_get_ifaddr: the record of an address; on ``dev``, or if not ``strict`` anywhere unless it is link-local."""
    for ifp in net.ipv6.inet6_addr_lst.get(addr, ()):
        if dev is None or ifp.idev.dev is dev or not (ifp.scope & (IFA_LINK | IFA_HOST) or strict):
            return ifp  # type: ignore[no-any-return]  # net.ipv6 is Any below the IPv6 layer
    return None


def ipv6_chk_addr(net: Net, addr: bytes, dev: NetDevice | None, strict: bool, banned: Ifa = Ifa.TENTATIVE) -> bool:
    """ipv6_chk_addr_and_flags: whether an address is ours and in use. ``dev`` None: anywhere."""
    for ifp in net.ipv6.inet6_addr_lst.get(addr, ()):
        flags = ifp.flags & ~Ifa.TENTATIVE if ifp.flags & Ifa.OPTIMISTIC else ifp.flags
        here = dev is None or ifp.idev.dev is dev or not (ifp.scope & (IFA_LINK | IFA_HOST) or strict)
        if not flags & banned and here:
            return True
    return False


def ipv6_get_lladdr(dev: NetDevice, banned: Ifa) -> bytes | None:
    """ipv6_get_lladdr: the link-local address to speak from, None while there is none without ``banned`` flags."""
    idev: Inet6Dev | None = dev.inet6_dev
    if idev is not None:
        for ifp in reversed(idev.addr_list):
            if ifp.scope > IFA_LINK:
                break
            if ifp.scope == IFA_LINK and not ifp.flags & banned:
                return ifp.addr
    return None


def ipv6_chk_acast_addr(net: Net, dev: NetDevice | None, addr: bytes) -> bool:
    """ipv6_chk_acast_addr: whether ``addr`` is an anycast address of ours, on ``dev`` or anywhere."""
    devices = net.devices.values() if dev is None else (dev,)
    return any(dev.inet6_dev is not None and addr in dev.inet6_dev.ac_list for dev in devices)


def ipv6_chk_acast_addr_src(net: Net, dev: NetDevice, addr: bytes) -> bool:
    """ipv6_chk_acast_addr_src: link-local ones are looked for on the link alone."""
    return ipv6_chk_acast_addr(net, dev if ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL else None, addr)


def ipv6_chk_mcast_addr(dev: NetDevice, group: bytes) -> bool:
    """ipv6_chk_mcast_addr: whether the device takes packets for a group."""
    idev: Inet6Dev | None = dev.inet6_dev
    return idev is not None and group in idev.mc_list


# --- source addresses (RFC 6724) ----------------------------------------------------------------------------------

_LABELS = (
    (number(b"\0" * 15 + b"\x01"), 128, 0),
    (0x20010000 << 96, 32, 6),
    (0x20010010 << 96, 28, 7),
    (0xFFFF << 32, 96, 4),
    (0, 96, 3),
    (0xFC << 120, 7, 5),
    (0x2002 << 112, 16, 2),
    (0, 0, 1),
)
"""ip6addrlbl_init_table (net/ipv6/addrlabel.c): (prefix, length, label), the longest first."""


def ipv6_addr_label(addr: bytes) -> int:
    """ipv6_addr_label: addresses of one label go together."""
    value = number(addr)
    return next(label for prefix, length, label in _LABELS if (value ^ prefix) >> (128 - length) == 0)


def ipv6_dev_get_saddr(net: Net, dst_dev: NetDevice | None, daddr: bytes) -> bytes | None:
    """ipv6_dev_get_saddr: the best of our addresses to speak from to ``daddr`` over ``dst_dev``; None: there is none.

    Link-local destinations and groups up to link-local scope are spoken to from addresses of that device alone.
    """
    dst_type = ipv6_addr_type(daddr)
    scope = ipv6_addr_scope(daddr)
    near = dst_type & IPV6_ADDR_LINKLOCAL or (dst_type & IPV6_ADDR_MULTICAST and scope <= SCOPE_LINKLOCAL)
    best: tuple[tuple[int, ...], Inet6Ifaddr] | None = None
    for dev in net.devices.values():
        idev: Inet6Dev | None = dev.inet6_dev
        if idev is None or (near and dst_dev is not None and dev is not dst_dev):
            continue
        for ifa in idev.addr_list:
            if ifa.flags & (Ifa.TENTATIVE | Ifa.DADFAILED) and not ifa.flags & Ifa.OPTIMISTIC:
                continue
            if ipv6_addr_type(ifa.addr) in (0, IPV6_ADDR_MULTICAST):
                continue
            score = _score(ifa, dst_dev, daddr, scope)
            if best is None or score > best[0]:
                best = score, ifa
    return None if best is None else best[1].addr


def _score(ifa: Inet6Ifaddr, dst_dev: NetDevice | None, daddr: bytes, scope: int) -> tuple[int, ...]:
    """ipv6_get_saddr_eval: the rules in their order, each the greater the better."""
    own = ipv6_addr_scope(ifa.addr)
    own = SCOPE_GLOBAL if ipv6_addr_type(ifa.addr) & IPV6_ADDR_MAPPED else own
    return (
        int(ifa.addr == daddr),
        -own if own >= scope else own - 128,
        int(not ifa.flags & (Ifa.DEPRECATED | Ifa.OPTIMISTIC)),
        int(dst_dev is None or ifa.idev.dev is dst_dev),
        int(ipv6_addr_label(ifa.addr) == ipv6_addr_label(daddr)),
        min(ipv6_addr_diff(ifa.addr, daddr), ifa.prefix_len),
    )
