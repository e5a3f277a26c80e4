"""Neighbour discovery (net/ipv6/ndisc.c, RFC 4861): who has an address, told in ICMPv6 that passes all of IPv6's hooks.

Router advertisements are not modelled: what a router says is not heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.neighbour import (
    NEIGH_UPDATE_F_ISROUTER,
    NEIGH_UPDATE_F_OVERRIDE,
    NEIGH_UPDATE_F_OVERRIDE_ISROUTER,
    NEIGH_UPDATE_F_WEAK_OVERRIDE,
    NUD_FAILED,
    NUD_NOARP,
    NUD_REACHABLE,
    NUD_STALE,
    NUD_VALID,
    Neighbour,
    NeighOps,
    NeighTable,
    neigh_carrier_down,
    neigh_changeaddr,
    neigh_create,
    neigh_direct_output,
    neigh_lookup,
    neigh_resolve_output,
    neigh_update,
    pneigh_enqueue,
    pneigh_lookup,
)
from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.core.skbuff import PACKET_HOST, PACKET_LOOPBACK, SkBuff, consume_skb, kfree_skb_reason
from webapp.kernel.core.sock import AF_INET6, IPPROTO_ICMPV6
from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.inetpeer import inet_getpeer_v6, inet_peer_xrlim_allow
from webapp.kernel.ipv4.ip_output import dst_output
from webapp.kernel.ipv6.address import (
    IN6ADDR_ANY,
    IN6ADDR_LINKLOCAL_ALLNODES,
    addrconf_addr_solict_mult,
    ipv6_addr_is_linklocal,
    ipv6_addr_is_multicast,
    ipv6_eth_mc_map,
    is_solicited_node,
    printed,
)
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.if_inet6 import (
    Inet6Dev,
    ipv6_chk_acast_addr,
    ipv6_chk_addr,
    ipv6_dev_get_saddr,
    ipv6_get_ifaddr,
    ipv6_get_lladdr,
)
from webapp.kernel.ipv6.ip6_fib import RTF_GATEWAY, rt_genid_bump_ipv6
from webapp.kernel.ipv6.ipv6 import Inet6SkbParm
from webapp.kernel.ipv6.route import (
    FUNCTIONS,
    icmp6_dst_alloc,
    ip6_link_failure,
    ip6_route_output,
    rt6_do_redirect,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_hook
from webapp.kernel.trace import RECORDER, Delivered, Lane
from webapp.kernel.uapi.if_ether import ETH_P_IPV6
from webapp.kernel.uapi.netfilter import NF_INET_LOCAL_OUT, NFPROTO_IPV6
from webapp.kernel.uapi.rtnetlink import Ifa, Ntf, Rtn
from webapp.kernel.wire import icmpv6, ipv6
from webapp.kernel.wire.icmpv6 import (
    NDISC_NEIGHBOUR_ADVERTISEMENT,
    NDISC_NEIGHBOUR_SOLICITATION,
    NDISC_REDIRECT,
    NDISC_ROUTER_ADVERTISEMENT,
    NDISC_ROUTER_SOLICITATION,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

ND_OPT_SOURCE_LL_ADDR = 1
ND_OPT_TARGET_LL_ADDR = 2
ND_OPT_REDIRECT_HDR = 4
ND_OPT_NONCE = 14

_ROUTER, _SOLICITED, _OVERRIDE = 0x80000000, 0x40000000, 0x20000000
_ND_HOP_LIMIT = 255


# --- neighbours ---------------------------------------------------------------------------------------------------


def ndisc_mc_map(addr: bytes, dev: NetDevice) -> bytes:
    """ndisc_mc_map: the link-layer address of a group."""
    return ipv6_eth_mc_map(addr) if dev.hard_header_len and not dev.flags & Iff.LOOPBACK else dev.broadcast


def ndisc_constructor(neigh: Neighbour) -> int:
    """ndisc_constructor: what kind of neighbour an address is; groups and loopback need no asking."""
    dev = neigh.dev
    idev: Inet6Dev | None = dev.inet6_dev
    if idev is None:
        return -Errno.EINVAL
    neigh.parms = idev.nd_parms
    multicast = ipv6_addr_is_multicast(neigh.primary_key)
    neigh.type = Rtn.MULTICAST if multicast else Rtn.UNICAST
    if not dev.hard_header_len:
        neigh.nud_state = NUD_NOARP
        neigh.ops = NDISC_DIRECT_OPS
        neigh.output = neigh_direct_output
        return 0
    if multicast:
        neigh.nud_state = NUD_NOARP
        neigh.ha = ndisc_mc_map(neigh.primary_key, dev)
    elif dev.flags & (Iff.NOARP | Iff.LOOPBACK):
        neigh.nud_state = NUD_NOARP
        neigh.ha = dev.address
        if dev.flags & Iff.LOOPBACK:
            neigh.type = Rtn.LOCAL
    elif dev.flags & Iff.POINTOPOINT:
        neigh.nud_state = NUD_NOARP
        neigh.ha = dev.broadcast
    neigh.ops = NDISC_HH_OPS
    neigh.output = neigh_resolve_output
    return 0


@kfunc("net/ipv6/ndisc.c", "ndisc_error_report")
def ndisc_error_report(neigh: Neighbour, skb: SkBuff) -> None:
    """A packet waited in vain: its sender is told that the address cannot be reached."""
    ip6_link_failure(skb)
    kfree_skb_reason(skb, DropReason.NEIGH_FAILED)


@kfunc("net/ipv6/ndisc.c", "ndisc_solicit")
def ndisc_solicit(neigh: Neighbour, skb: SkBuff | None) -> None:
    """Asks for the address: the neighbour that we know first, then those who may have it."""
    dev = neigh.dev
    target = neigh.primary_key
    saddr = None
    if skb is not None:
        nh = skb.network_header
        source = skb.head[nh + 8 : nh + 24]
        if ipv6_chk_addr(dev.net, source, dev, strict=True, banned=Ifa.TENTATIVE | Ifa.OPTIMISTIC):
            saddr = source
    probes = neigh.probes - neigh.parms.ucast_solicit
    if probes < 0:
        ndisc_send_ns(dev, target, target, saddr, b"")
    elif probes >= neigh.parms.app_solicit:
        ndisc_send_ns(dev, target, addrconf_addr_solict_mult(target), saddr, b"")


NDISC_HH_OPS = NeighOps(AF_INET6, ndisc_solicit, ndisc_error_report, neigh_resolve_output, neigh_resolve_output)
NDISC_DIRECT_OPS = NeighOps(AF_INET6, None, None, neigh_direct_output, neigh_direct_output)


def pndisc_redo(skb: SkBuff) -> None:
    """pndisc_redo: a question that proxy_delay held back."""
    ndisc_recv_ns(skb, True)
    consume_skb(skb)


def ndisc_net_init(net: Net) -> NeighTable:
    """nd_tbl of a namespace."""
    table = NeighTable(net, AF_INET6, 16, ETH_P_IPV6, ndisc_constructor, pndisc_redo)
    table.parms.locktime = 0
    return table


def ndisc_netdev_event(event: NetdevEvent, dev: NetDevice) -> None:
    """ndisc_netdev_event: neighbours are forgotten with the device's address, and with its carrier."""
    table = dev.net.ipv6.nd_tbl
    idev: Inet6Dev | None = dev.inet6_dev
    conf_all = dev.net.ipv6.devconf_all
    if event is NetdevEvent.CHANGEADDR:
        neigh_changeaddr(table, dev)
        rt_genid_bump_ipv6(dev.net)
        if idev is not None and (idev.cnf.ndisc_notify or conf_all.ndisc_notify):
            ndisc_send_unsol_na(dev)
    elif event is NetdevEvent.CHANGE and not dev.carrier:
        evicts = idev is None or (idev.cnf.ndisc_evict_nocarrier and conf_all.ndisc_evict_nocarrier)
        if evicts:
            neigh_carrier_down(table, dev)


# --- sending ------------------------------------------------------------------------------------------------------


def _ll_option(kind: int, lladdr: bytes) -> bytes:
    """ndisc_fill_addr_option of an Ethernet address."""
    return bytes((kind, 1)) + lladdr


@kfunc("net/ipv6/ndisc.c", "ndisc_send_skb", station="socket send", lane=Lane.OUT)
def ndisc_send_skb(dev: NetDevice, type_: int, un: int, daddr: bytes, saddr: bytes, body: bytes) -> None:
    """Sends a message of ND: past OUTPUT, and by a route of its own that leads out of ``dev``."""
    net = dev.net
    message = icmpv6.emit(type_, 0, un, saddr, daddr, body)
    idev: Inet6Dev | None = dev.inet6_dev
    tclass = 0 if idev is None else idev.cnf.ndisc_tclass
    header = ipv6.emit(saddr, daddr, IPPROTO_ICMPV6, len(message), hop_limit=_ND_HOP_LIMIT, tclass=tclass)
    skb = SkBuff(header + message, ETH_P_IPV6, dev)
    skb.network_header = 0
    skb.transport_header = ipv6.HLEN
    skb.sk = net.ipv6.ndisc_sk
    skb.cb = Inet6SkbParm()
    skb.dst = icmp6_dst_alloc(dev)
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.about(skb)
    if nf_hook(NFPROTO_IPV6, NF_INET_LOCAL_OUT, net, skb, None, dev, dst_output, net.ipv6.ndisc_sk) == 1:
        dst_output(skb)


def ndisc_send_ns(dev: NetDevice, solicit: bytes, daddr: bytes, saddr: bytes | None, nonce: bytes) -> None:
    """ndisc_send_ns: asks for ``solicit``; without ``saddr`` from the link-local address, if there is one."""
    if saddr is None:
        saddr = ipv6_get_lladdr(dev, Ifa.TENTATIVE | Ifa.OPTIMISTIC)
        if saddr is None:
            return
    body = solicit
    if saddr != IN6ADDR_ANY:
        body += _ll_option(ND_OPT_SOURCE_LL_ADDR, dev.address)
    if nonce:
        body += bytes((ND_OPT_NONCE, 1)) + nonce
    ndisc_send_skb(dev, NDISC_NEIGHBOUR_SOLICITATION, 0, daddr, saddr, body)


def ndisc_send_na(
    dev: NetDevice, daddr: bytes, solicited_addr: bytes, *, router: bool, solicited: bool, override: bool, inc_opt: bool
) -> None:
    """ndisc_send_na: tells who has an address. For anycast and proxied ones it comes from an address of our own."""
    net = dev.net
    ifp = ipv6_get_ifaddr(net, solicited_addr, dev, strict=True)
    if ifp is not None:
        source: bytes | None = solicited_addr
        override = override and not ifp.flags & Ifa.OPTIMISTIC
        inc_opt = inc_opt or bool(ifp.idev.cnf.force_tllao)
    else:
        source = ipv6_dev_get_saddr(net, dev, daddr)
        if source is None:
            return
    assert source is not None
    un = (_ROUTER if router else 0) | (_SOLICITED if solicited else 0) | (_OVERRIDE if override else 0)
    body = solicited_addr + (_ll_option(ND_OPT_TARGET_LL_ADDR, dev.address) if inc_opt else b"")
    ndisc_send_skb(dev, NDISC_NEIGHBOUR_ADVERTISEMENT, un, daddr, source, body)


def ndisc_send_unsol_na(dev: NetDevice) -> None:
    """ndisc_send_unsol_na: tells the link all our addresses (ndisc_notify)."""
    idev: Inet6Dev | None = dev.inet6_dev
    if idev is None:
        return
    for ifa in list(idev.addr_list):
        if not ifa.flags & Ifa.TENTATIVE or ifa.flags & Ifa.OPTIMISTIC:
            ndisc_send_na(
                dev, IN6ADDR_LINKLOCAL_ALLNODES, ifa.addr,
                router=bool(idev.cnf.forwarding), solicited=False, override=True, inc_opt=True,
            )  # fmt: skip


def ndisc_send_rs(dev: NetDevice, saddr: bytes, daddr: bytes) -> None:
    """ndisc_send_rs: asks for routers."""
    ifp = ipv6_get_ifaddr(dev.net, saddr, dev, strict=True)
    sllao = ifp is not None and not ifp.flags & Ifa.OPTIMISTIC
    body = _ll_option(ND_OPT_SOURCE_LL_ADDR, dev.address) if sllao else b""
    ndisc_send_skb(dev, NDISC_ROUTER_SOLICITATION, 0, daddr, saddr, body)


@kfunc("net/ipv6/ndisc.c", "ndisc_send_redirect")
def ndisc_send_redirect(skb: SkBuff, target: bytes) -> None:
    """Tells the sender of a better first hop on its own link, with as much of the packet as fits."""
    dev = skb.dev
    net = dev.net
    saddr = ipv6_get_lladdr(dev, Ifa.TENTATIVE)
    nh = skb.network_header
    source, daddr = skb.head[nh + 8 : nh + 24], skb.head[nh + 24 : nh + 40]
    if saddr is None or (daddr != target and not ipv6_addr_is_linklocal(target)):
        return
    rt = ip6_route_output(net, None, Flowi6(source, saddr, oif=dev.ifindex))
    if rt.error or rt.flags & RTF_GATEWAY:
        return
    peer = inet_getpeer_v6(net.ipv6, source)
    if not inet_peer_xrlim_allow(peer, net.machine.clock.now, NSEC_PER_SEC):
        return
    body = target + daddr
    neigh = neigh_lookup(net.ipv6.nd_tbl, target, dev)
    if neigh is not None and neigh.nud_state & NUD_VALID:
        body += _ll_option(ND_OPT_TARGET_LL_ADDR, neigh.ha)
    room = min(ipv6.IPV6_MIN_MTU - ipv6.HLEN - icmpv6.HLEN - len(body), len(skb.head) - skb.network_header + 8) & ~7
    quoted = skb.head[nh : nh + room - 8]
    body += bytes((ND_OPT_REDIRECT_HDR, room >> 3)) + bytes(6) + quoted
    ndisc_send_skb(dev, NDISC_REDIRECT, 0, source, saddr, body)


# --- receiving ----------------------------------------------------------------------------------------------------


class NdOptions(NamedTuple):
    """struct ndisc_options: link-layer addresses and nonce, None where there is no such option."""

    source: bytes | None
    target: bytes | None
    nonce: bytes | None


def ndisc_parse_options(data: bytes) -> NdOptions | None:
    """ndisc_parse_options: None for options that are broken, a link-layer address of another length included."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        if len(data) < at + 2:
            return None
        length = data[at + 1] << 3
        if not length or at + length > len(data):
            return None
        found.setdefault(data[at], data[at + 2 : at + length])
        at += length
    source, target = found.get(ND_OPT_SOURCE_LL_ADDR), found.get(ND_OPT_TARGET_LL_ADDR)
    if any(address is not None and len(address) != 6 for address in (source, target)):
        return None
    return NdOptions(source, target, found.get(ND_OPT_NONCE))


@kfunc("net/ipv6/ndisc.c", "ndisc_rcv", station="deliver", lane=Lane.IN)
def ndisc_rcv(skb: SkBuff) -> DropReason | None:
    """Takes a message of ND whose data is behind the ICMPv6 header; only such that come from the link itself."""
    head, nh, at = skb.head, skb.network_header, skb.transport_header
    if head[nh + 7] != _ND_HOP_LIMIT:
        return DropReason.IPV6_NDISC_HOP_LIMIT
    if head[at + 1]:
        return DropReason.IPV6_NDISC_BAD_CODE
    type_ = head[at]
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Delivered(_words(type_, head[at + 8 : at + 24])))
    if type_ == NDISC_NEIGHBOUR_SOLICITATION:
        return ndisc_recv_ns(skb, False)
    if type_ == NDISC_NEIGHBOUR_ADVERTISEMENT:
        return ndisc_recv_na(skb)
    if type_ == NDISC_ROUTER_SOLICITATION:
        return ndisc_recv_rs(skb)
    if type_ == NDISC_REDIRECT:
        return ndisc_redirect_rcv(skb)
    return None


_NAMES = {
    NDISC_ROUTER_SOLICITATION: "router solicitation",
    NDISC_ROUTER_ADVERTISEMENT: "router advertisement",
    NDISC_NEIGHBOUR_SOLICITATION: "neighbour solicitation",
    NDISC_NEIGHBOUR_ADVERTISEMENT: "neighbour advertisement",
    NDISC_REDIRECT: "redirect",
}


def _words(type_: int, target: bytes) -> str:
    asks = type_ in (NDISC_NEIGHBOUR_SOLICITATION, NDISC_NEIGHBOUR_ADVERTISEMENT) and len(target) == 16
    return f"{_NAMES[type_]} {printed(target)}" if asks else _NAMES[type_]


@kfunc("net/ipv6/ndisc.c", "ndisc_recv_ns")
def ndisc_recv_ns(skb: SkBuff, delayed: bool) -> DropReason | None:
    """Somebody asks for an address: answered if it is ours, and the asker's own address is learned."""
    head, nh, at = skb.head, skb.network_header, skb.transport_header
    if len(head) < at + 24:
        return DropReason.PKT_TOO_SMALL
    saddr, daddr, target = head[nh + 8 : nh + 24], head[nh + 24 : nh + 40], head[at + 8 : at + 24]
    dad = saddr == IN6ADDR_ANY
    if ipv6_addr_is_multicast(target) or (dad and not is_solicited_node(daddr)):
        return DropReason.NOT_SPECIFIED
    options = ndisc_parse_options(head[at + 24 :])
    if options is None or (dad and options.source is not None):
        return DropReason.IPV6_NDISC_BAD_OPTIONS
    dev = skb.dev
    net = dev.net
    ifp = ipv6_get_ifaddr(net, target, dev, strict=True)
    if ifp is not None and ifp.flags & (Ifa.TENTATIVE | Ifa.OPTIMISTIC):
        if dad:
            if options.nonce is None or options.nonce != ifp.dad_nonce:
                FUNCTIONS.addrconf_dad_failure(ifp)
            return None
        if not ifp.flags & Ifa.OPTIMISTIC:
            return DropReason.NOT_SPECIFIED
    idev: Inet6Dev | None = dev.inet6_dev
    if idev is None:
        return DropReason.NOT_SPECIFIED
    multicast = ipv6_addr_is_multicast(daddr)
    router = bool(idev.cnf.forwarding)
    if ifp is None:
        proxied = _proxied(net, idev, target)
        if proxied is None and not ipv6_chk_acast_addr(net, dev, target):
            return DropReason.NOT_SPECIFIED
        router = router if proxied is None else proxied
        if not delayed and skb.pkt_type != PACKET_HOST and multicast and idev.nd_parms.proxy_delay:
            pneigh_enqueue(net.ipv6.nd_tbl, idev.nd_parms, skb.clone())
            return None
    if dad:
        ndisc_send_na(
            dev, IN6ADDR_LINKLOCAL_ALLNODES, target,
            router=router, solicited=False, override=ifp is not None, inc_opt=True,
        )  # fmt: skip
        return None
    _learn_and_answer(dev, saddr, target, options, router=router, own=ifp is not None, multicast=multicast)
    return None


def _learn_and_answer(
    dev: NetDevice, saddr: bytes, target: bytes, options: NdOptions, *, router: bool, own: bool, multicast: bool
) -> None:
    """The asker is a neighbour now, if it said where it is; a unicast question tells that anyway."""
    net = dev.net
    table = net.ipv6.nd_tbl
    neigh = neigh_lookup(table, saddr, dev)
    if neigh is None and (not multicast or options.source is not None):
        neigh = neigh_create(table, saddr, dev)
    if neigh is not None:
        neigh_update(neigh, options.source, NUD_STALE, NEIGH_UPDATE_F_WEAK_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE)
        ndisc_send_na(
            dev, saddr, target,
            router=router, solicited=True, override=own and multicast, inc_opt=multicast,
        )  # fmt: skip


def _proxied(net: Net, idev: Inet6Dev, target: bytes) -> bool | None:
    """Whether a router answers for ``target`` (proxy_ndp), and as a router; None: it does not."""
    if not idev.cnf.forwarding or not (net.ipv6.devconf_all.proxy_ndp or idev.cnf.proxy_ndp):
        return None
    table = net.ipv6.nd_tbl
    for index in (idev.dev.ifindex, 0):
        flags = table.phash.get((index, target))
        if flags is not None:
            return bool(flags & Ntf.ROUTER)
    return None


@kfunc("net/ipv6/ndisc.c", "ndisc_recv_na")
def ndisc_recv_na(skb: SkBuff) -> DropReason | None:
    """Somebody tells who has an address; what nobody asked for is not learned."""
    head, nh, at = skb.head, skb.network_header, skb.transport_header
    if len(head) < at + 24:
        return DropReason.PKT_TOO_SMALL
    daddr, target = head[nh + 24 : nh + 40], head[at + 8 : at + 24]
    un = int.from_bytes(head[at + 4 : at + 8], "big")
    if ipv6_addr_is_multicast(target) or (ipv6_addr_is_multicast(daddr) and un & _SOLICITED):
        return DropReason.NOT_SPECIFIED
    dev = skb.dev
    net = dev.net
    idev: Inet6Dev | None = dev.inet6_dev
    if idev is not None and idev.cnf.drop_unsolicited_na and not un & _SOLICITED:
        return DropReason.NOT_SPECIFIED
    options = ndisc_parse_options(head[at + 24 :])
    if options is None:
        return DropReason.IPV6_NDISC_BAD_OPTIONS
    ifp = ipv6_get_ifaddr(net, target, dev, strict=True)
    if ifp is not None:
        if skb.pkt_type != PACKET_LOOPBACK and ifp.flags & Ifa.TENTATIVE:
            FUNCTIONS.addrconf_dad_failure(ifp)
        return DropReason.NOT_SPECIFIED
    neigh = neigh_lookup(net.ipv6.nd_tbl, target, dev)
    if neigh is None or neigh.nud_state & NUD_FAILED:
        return DropReason.NOT_SPECIFIED
    conf_all = net.ipv6.devconf_all
    own_proxy = options.target == dev.address and conf_all.forwarding and conf_all.proxy_ndp
    if own_proxy and pneigh_lookup(net.ipv6.nd_tbl, target, dev):
        return DropReason.NOT_SPECIFIED
    flags = NEIGH_UPDATE_F_WEAK_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE_ISROUTER
    flags |= NEIGH_UPDATE_F_OVERRIDE if un & _OVERRIDE else 0
    flags |= NEIGH_UPDATE_F_ISROUTER if un & _ROUTER else 0
    neigh_update(neigh, options.target, NUD_REACHABLE if un & _SOLICITED else NUD_STALE, flags)
    return None


def ndisc_recv_rs(skb: SkBuff) -> DropReason | None:
    """ndisc_recv_rs: somebody asks for routers; a router learns who (the answer is a routing daemon's business)."""
    head, nh, at = skb.head, skb.network_header, skb.transport_header
    dev = skb.dev
    idev: Inet6Dev | None = dev.inet6_dev
    saddr = head[nh + 8 : nh + 24]
    if idev is None or not idev.cnf.forwarding or saddr == IN6ADDR_ANY:
        return DropReason.NOT_SPECIFIED
    options = ndisc_parse_options(head[at + 8 :])
    if options is None:
        return DropReason.IPV6_NDISC_BAD_OPTIONS
    table = dev.net.ipv6.nd_tbl
    neigh = neigh_lookup(table, saddr, dev) or neigh_create(table, saddr, dev)
    if neigh is not None:
        flags = NEIGH_UPDATE_F_WEAK_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE_ISROUTER
        neigh_update(neigh, options.source, NUD_STALE, flags)
    return None


def ndisc_redirect_rcv(skb: SkBuff) -> DropReason | None:
    """ndisc_redirect_rcv: a router knows a better first hop; hosts listen, routers do not."""
    head, nh, at = skb.head, skb.network_header, skb.transport_header
    dev = skb.dev
    router, own = head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]
    if len(head) < at + 40 or not ipv6_addr_is_linklocal(router):
        return DropReason.NOT_SPECIFIED
    target, dest = head[at + 8 : at + 24], head[at + 24 : at + 40]
    on_link = dest == target
    idev: Inet6Dev | None = dev.inet6_dev
    options = ndisc_parse_options(head[at + 40 :])
    if (
        options is None
        or idev is None
        or ipv6_addr_is_multicast(dest)
        or (not on_link and not ipv6_addr_is_linklocal(target))
        or idev.cnf.forwarding
        or not idev.cnf.accept_redirects
    ):
        return DropReason.NOT_SPECIFIED
    table = dev.net.ipv6.nd_tbl
    neigh = neigh_lookup(table, target, dev) or neigh_create(table, target, dev)
    if neigh is not None:
        flags = NEIGH_UPDATE_F_WEAK_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE
        if not on_link:
            flags |= NEIGH_UPDATE_F_OVERRIDE_ISROUTER | NEIGH_UPDATE_F_ISROUTER
        neigh_update(neigh, options.target, NUD_STALE, flags)
        rt6_do_redirect(dev.net, dev, dest, own, router, target)
    return None
