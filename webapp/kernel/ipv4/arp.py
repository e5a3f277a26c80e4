"""ARP (net/ipv4/arp.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.dev import dev_queue_xmit
from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.neighbour import (
    NEIGH_UPDATE_F_OVERRIDE,
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
    neigh_event_ns,
    neigh_lookup,
    neigh_resolve_output,
    neigh_update,
    note_neighbour,
    pneigh_enqueue,
    pneigh_lookup,
)
from webapp.kernel.core.net_device import NET_RX_DROP, NET_RX_SUCCESS, Iff, NetDevice, PacketType
from webapp.kernel.core.skbuff import (
    PACKET_HOST,
    PACKET_LOOPBACK,
    PACKET_OTHERHOST,
    SkBuff,
    consume_skb,
    kfree_skb_reason,
)
from webapp.kernel.core.sock import AF_INET
from webapp.kernel.errno import Errno
from webapp.kernel.ethernet.eth import eth_header
from webapp.kernel.ipv4.addr_type import inet_addr_type
from webapp.kernel.ipv4.address import INADDR_ANY, dotted, ipv4_is_loopback, ipv4_is_multicast
from webapp.kernel.ipv4.fib_trie import rt_cache_flush
from webapp.kernel.ipv4.flow import Flowi4
from webapp.kernel.ipv4.in_device import InDevice, inet_addr_onlink, inet_confirm_addr, inet_select_addr
from webapp.kernel.ipv4.route import Rtable, ip_route_input_noref, ip_route_output_key, ipv4_link_failure
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_hook
from webapp.kernel.trace import RECORDER, Delivered, Lane
from webapp.kernel.uapi.if_ether import ETH_P_ARP, ETH_P_IP
from webapp.kernel.uapi.netfilter import NF_ARP_IN, NF_ARP_OUT, NFPROTO_ARP
from webapp.kernel.uapi.rtnetlink import Rtn, RtScope
from webapp.kernel.wire.arp import ARPOP_REPLY, ARPOP_REQUEST, HLEN, Arp, emit, parse

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

ARPHRD_IEEE802 = 6


# --- neighbours ---------------------------------------------------------------------------------------------------


def arp_mc_map(address: bytes, dev: NetDevice) -> bytes:
    """arp_mc_map: the Ethernet group that an IPv4 group is sent to (RFC 1112 6.4)."""
    if not dev.hard_header_len:
        return dev.broadcast
    return bytes((0x01, 0x00, 0x5E, address[1] & 0x7F, address[2], address[3]))


def arp_constructor(neigh: Neighbour) -> int:
    """arp_constructor: what kind of neighbour an address is; groups, broadcasts and loopback need no asking."""
    dev = neigh.dev
    in_dev: InDevice | None = dev.in_dev
    if in_dev is None:
        return -Errno.EINVAL
    address = neigh.primary_key
    neigh.type = inet_addr_type(dev.net, address)
    neigh.parms = in_dev.arp_parms
    if not dev.hard_header_len:
        neigh.nud_state = NUD_NOARP
        neigh.ops = ARP_DIRECT_OPS
        neigh.output = neigh_direct_output
        return 0
    if neigh.type == Rtn.MULTICAST:
        neigh.nud_state = NUD_NOARP
        neigh.ha = arp_mc_map(address, dev)
    elif dev.flags & (Iff.NOARP | Iff.LOOPBACK):
        neigh.nud_state = NUD_NOARP
        neigh.ha = dev.address
    elif neigh.type == Rtn.BROADCAST or dev.flags & Iff.POINTOPOINT:
        neigh.nud_state = NUD_NOARP
        neigh.ha = dev.broadcast
    neigh.ops = ARP_HH_OPS
    neigh.output = neigh_resolve_output
    return 0


@kfunc("net/ipv4/arp.c", "arp_error_report")
def arp_error_report(neigh: Neighbour, skb: SkBuff) -> None:
    """A packet waited in vain: its sender is told that the host cannot be reached."""
    ipv4_link_failure(skb)
    kfree_skb_reason(skb, DropReason.NEIGH_FAILED)


@kfunc("net/ipv4/arp.c", "arp_solicit")
def arp_solicit(neigh: Neighbour, skb: SkBuff | None) -> None:
    """Asks who has the address: the neighbour that we know first, then everybody."""
    dev = neigh.dev
    in_dev: InDevice | None = dev.in_dev
    if in_dev is None:
        return
    target = neigh.primary_key
    saddr = _announced(in_dev, target, skb)
    if saddr == INADDR_ANY:
        saddr = inet_select_addr(dev, target, RtScope.LINK)
    probes = neigh.probes - neigh.parms.ucast_solicit
    if 0 <= probes < neigh.parms.app_solicit:
        return
    dest = neigh.ha if probes < 0 else None
    dst = skb.dst if skb is not None and not dev.xmit_dst_release else None
    arp_send_dst(ARPOP_REQUEST, target, dev, saddr, dest, None, dst)


def _announced(in_dev: InDevice, target: bytes, skb: SkBuff | None) -> bytes:
    """arp_announce: whether the request may carry the source address of the packet that it is for."""
    net = in_dev.dev.net
    mode = max(in_dev.cnf.arp_announce, net.ipv4.devconf_all.arp_announce)
    if mode == 2 or skb is None or skb.protocol != ETH_P_IP:
        return INADDR_ANY
    nh = skb.network_header
    saddr = skb.head[nh + 12 : nh + 16]
    if inet_addr_type(net, saddr) != Rtn.LOCAL or (mode == 1 and not inet_addr_onlink(in_dev, target, saddr)):
        return INADDR_ANY
    return saddr


ARP_HH_OPS = NeighOps(AF_INET, arp_solicit, arp_error_report, neigh_resolve_output, neigh_resolve_output)
ARP_DIRECT_OPS = NeighOps(AF_INET, None, None, neigh_direct_output, neigh_direct_output)


def arp_net_init(net: Net) -> NeighTable:
    """arp_tbl of a namespace."""
    return NeighTable(net, AF_INET, 4, ETH_P_IP, arp_constructor, parp_redo)


def arp_netdev_event(event: NetdevEvent, dev: NetDevice) -> None:
    """arp_netdev_event: neighbours are forgotten with the device's address, its IFF_NOARP, and its carrier."""
    table = dev.net.ipv4.arp_tbl
    if event is NetdevEvent.CHANGEADDR:
        neigh_changeaddr(table, dev)
        rt_cache_flush(dev.net)
    elif event is NetdevEvent.CHANGENOARP:
        neigh_changeaddr(table, dev)
    elif event is NetdevEvent.CHANGE and not dev.carrier:
        in_dev: InDevice | None = dev.in_dev
        conf_all = dev.net.ipv4.devconf_all
        if in_dev is None or (in_dev.cnf.arp_evict_nocarrier and conf_all.arp_evict_nocarrier):
            neigh_carrier_down(table, dev)


# --- sending ------------------------------------------------------------------------------------------------------


def arp_create(
    op: int,
    dest_ip: bytes,
    dev: NetDevice,
    src_ip: bytes,
    dest_hw: bytes | None,
    src_hw: bytes,
    target_hw: bytes | None,
) -> SkBuff:
    """arp_create: a frame; without ``dest_hw`` it goes to everybody, without ``target_hw`` that field is zero."""
    header = eth_header(dev, ETH_P_ARP, dest_hw or dev.broadcast)
    packet = emit(op, src_hw, src_ip, target_hw or bytes(6), dest_ip, dev.type)
    skb = SkBuff(header + packet, ETH_P_ARP, dev)
    skb.mac_header = 0
    skb.network_header = len(header)
    return skb


@kfunc("net/ipv4/arp.c", "arp_send_dst")
def arp_send_dst(
    op: int, dest_ip: bytes, dev: NetDevice, src_ip: bytes, dest_hw: bytes | None, target_hw: bytes | None, dst: object
) -> None:
    """Sends an ARP packet from ``dev``'s own address, if the device does ARP."""
    if dev.flags & Iff.NOARP:
        return
    skb = arp_create(op, dest_ip, dev, src_ip, dest_hw, dev.address, target_hw)
    if isinstance(dst, Rtable):
        skb.dst = dst
    arp_xmit(skb)


def arp_send(
    op: int, dest_ip: bytes, dev: NetDevice, src_ip: bytes, dest_hw: bytes | None, target_hw: bytes | None
) -> None:
    """arp_send: arp_send_dst without a route."""
    arp_send_dst(op, dest_ip, dev, src_ip, dest_hw, target_hw, None)


@kfunc("net/ipv4/arp.c", "arp_xmit", station="socket send", lane=Lane.OUT)
def arp_xmit(skb: SkBuff) -> None:
    """Past the ARP family's OUT hook, out."""
    dev = skb.dev
    if nf_hook(NFPROTO_ARP, NF_ARP_OUT, dev.net, skb, None, dev, dev_queue_xmit) == 1:
        dev_queue_xmit(skb)


# --- receiving ----------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/arp.c", "arp_rcv")
def arp_rcv(skb: SkBuff, dev: NetDevice, ptype: PacketType, orig_dev: NetDevice) -> int:
    """The receiver of ETH_P_ARP."""
    if dev.flags & Iff.NOARP or skb.pkt_type in (PACKET_OTHERHOST, PACKET_LOOPBACK):
        consume_skb(skb)
        return NET_RX_SUCCESS
    head, at = skb.head, skb.data
    if len(head) - at < HLEN or head[at + 4] != 6 or head[at + 5] != 4:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return NET_RX_DROP
    result = nf_hook(NFPROTO_ARP, NF_ARP_IN, dev.net, skb, dev, None, arp_process)
    return arp_process(skb) if result == 1 else result


def _understood(arp: Arp, dev: NetDevice) -> bool:
    hardware = (dev.type, ARPHRD_IEEE802) if dev.type == 1 else (dev.type,)
    return arp.hrd in hardware and arp.pro == ETH_P_IP and arp.op in (ARPOP_REQUEST, ARPOP_REPLY)


@kfunc("net/ipv4/arp.c", "arp_process", station="deliver", lane=Lane.IN)
def arp_process(skb: SkBuff) -> int:
    """Answers what is asked for us or for those whose proxy we are, and learns from what was said."""
    return _process(skb, False)


def parp_redo(skb: SkBuff) -> None:
    """parp_redo: a request that proxy_delay held back."""
    _process(skb, True)


def _process(skb: SkBuff, delayed: bool) -> int:
    dev = skb.dev
    in_dev: InDevice | None = dev.in_dev
    arp = parse(skb.head, skb.data)
    if in_dev is None or not _understood(arp, dev) or _bad(arp, in_dev):
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return NET_RX_DROP
    recorder = RECORDER.get()
    if recorder is not None:
        word = "request" if arp.op == ARPOP_REQUEST else "reply"
        recorder.note(Delivered(f"arp {word} {dotted(arp.tip)} tell {dotted(arp.sip)}"))
    if arp.sip == INADDR_ANY:
        _answer_probe(dev, in_dev, arp)
    elif arp.op != ARPOP_REQUEST or not _answer(skb, dev, in_dev, arp, delayed):
        _learn(skb, dev, in_dev, arp)
    elif skb.cb == _ENQUEUED:
        return NET_RX_SUCCESS
    consume_skb(skb)
    return NET_RX_SUCCESS


_ENQUEUED = -1
"""In skb.cb of a request: it waits in the proxy queue, and is not to be freed."""


def _bad(arp: Arp, in_dev: InDevice) -> bool:
    conf_all = in_dev.dev.net.ipv4.devconf_all
    localnet = in_dev.cnf.route_localnet or conf_all.route_localnet
    if ipv4_is_multicast(arp.tip) or (not localnet and ipv4_is_loopback(arp.tip)):
        return True
    return arp.sip == arp.tip and bool(in_dev.cnf.drop_gratuitous_arp or conf_all.drop_gratuitous_arp)


def _answer_probe(dev: NetDevice, in_dev: InDevice, arp: Arp) -> None:
    """RFC 5227: somebody looks whether an address is free."""
    local = inet_addr_type(dev.net, arp.tip) == Rtn.LOCAL
    if arp.op == ARPOP_REQUEST and local and not arp_ignore(in_dev, arp.sip, arp.tip):
        _reply(dev, arp)


def _reply(dev: NetDevice, arp: Arp) -> None:
    arp_send_dst(ARPOP_REPLY, arp.sip, dev, arp.tip, arp.sha, arp.sha, None)


def _answer(skb: SkBuff, dev: NetDevice, in_dev: InDevice, arp: Arp, delayed: bool) -> bool:
    """A request: True when that is all that is to be done with it."""
    if ip_route_input_noref(skb, arp.tip, arp.sip, 0, dev) is not None:
        return False
    rt: Rtable = skb.dst  # type: ignore[assignment]  # a route was found
    table = dev.net.ipv4.arp_tbl
    if rt.type == Rtn.LOCAL:
        silent = arp_ignore(in_dev, arp.sip, arp.tip) or (_arp_filter_on(in_dev) and arp_filter(arp.sip, arp.tip, dev))
        if not silent and neigh_event_ns(table, arp.sha, arp.sip, dev) is not None:
            _reply(dev, arp)
        return True
    if not in_dev.cnf.forwarding or rt.type != Rtn.UNICAST:
        return False
    proxied = (
        arp_fwd_proxy(in_dev, dev, rt)
        or arp_fwd_pvlan(in_dev, dev, rt, arp)
        or (rt.dev is not dev and pneigh_lookup(table, arp.tip, dev))
    )
    if not proxied:
        return False
    neigh_event_ns(table, arp.sha, arp.sip, dev)
    if delayed or skb.pkt_type == PACKET_HOST or not in_dev.arp_parms.proxy_delay:
        _reply(dev, arp)
    else:
        skb.cb = _ENQUEUED
        pneigh_enqueue(table, in_dev.arp_parms, skb)
    return True


def _arp_filter_on(in_dev: InDevice) -> bool:
    return bool(in_dev.cnf.arp_filter or in_dev.dev.net.ipv4.devconf_all.arp_filter)


def arp_ignore(in_dev: InDevice, sip: bytes, tip: bytes) -> bool:
    """arp_ignore: whether a request for one of our addresses is passed over."""
    net = in_dev.dev.net
    mode: int = max(in_dev.cnf.arp_ignore, net.ipv4.devconf_all.arp_ignore)
    if mode == 1:
        return inet_confirm_addr(net, in_dev, INADDR_ANY, tip, RtScope.HOST) == INADDR_ANY
    if mode == 2:
        return inet_confirm_addr(net, in_dev, sip, tip, RtScope.HOST) == INADDR_ANY
    if mode == 3:
        return inet_confirm_addr(net, None, INADDR_ANY, tip, RtScope.LINK) == INADDR_ANY
    return mode == 8


def arp_filter(sip: bytes, tip: bytes, dev: NetDevice) -> bool:
    """arp_filter: whether the answer would leave by another device than the one that was asked."""
    rt = ip_route_output_key(dev.net, Flowi4(sip, tip))
    return not isinstance(rt, Rtable) or rt.dev is not dev


def arp_fwd_proxy(in_dev: InDevice, dev: NetDevice, rt: Rtable) -> bool:
    """arp_fwd_proxy: whether we answer for a host behind us (proxy_arp, medium_id)."""
    conf_all = dev.net.ipv4.devconf_all
    if rt.dev is dev or not (in_dev.cnf.proxy_arp or conf_all.proxy_arp):
        return False
    medium = in_dev.cnf.medium_id
    if medium in (0, -1):
        return medium == 0
    out_dev: InDevice | None = rt.dev.in_dev
    other = -1 if out_dev is None else out_dev.cnf.medium_id
    return other not in (medium, -1)


def arp_fwd_pvlan(in_dev: InDevice, dev: NetDevice, rt: Rtable, arp: Arp) -> bool:
    """arp_fwd_pvlan: whether we answer for a host on the same link (proxy_arp_pvlan, RFC 3069)."""
    if rt.dev is not dev or arp.sip == arp.tip:
        return False
    return bool(in_dev.cnf.proxy_arp_pvlan or dev.net.ipv4.devconf_all.proxy_arp_pvlan)


def _accept(in_dev: InDevice, sip: bytes) -> bool:
    """arp_accept: whether neighbours are learned that nobody asked for."""
    net = in_dev.dev.net
    mode = max(in_dev.cnf.arp_accept, net.ipv4.devconf_all.arp_accept)
    return mode == 1 or (mode == 2 and inet_confirm_addr(net, in_dev, sip, INADDR_ANY, RtScope.LINK) != INADDR_ANY)


def _learn(skb: SkBuff, dev: NetDevice, in_dev: InDevice, arp: Arp) -> None:
    """Replies and gratuitous requests update what is known; unknown neighbours are learned only with arp_accept."""
    net = dev.net
    table = net.ipv4.arp_tbl
    neigh = neigh_lookup(table, arp.sip, dev)
    accept = _accept(in_dev, arp.sip)
    if neigh is None and not accept:
        return
    unicast = inet_addr_type(net, arp.sip) == Rtn.UNICAST
    gratuitous = arp.tip == arp.sip and unicast and (arp.op == ARPOP_REQUEST or arp.tha == arp.sha)
    if neigh is None and (gratuitous or (arp.op == ARPOP_REPLY and unicast)):
        neigh = neigh_create(table, arp.sip, dev)
    if neigh is None:
        return
    override = gratuitous or net.machine.clock.now > neigh.updated + neigh.parms.locktime
    confirmed = arp.op == ARPOP_REPLY and skb.pkt_type == PACKET_HOST
    state = NUD_REACHABLE if confirmed else NUD_STALE
    neigh_update(neigh, arp.sha, state, NEIGH_UPDATE_F_OVERRIDE if override else 0)
    if neigh.nud_state & NUD_VALID:
        note_neighbour(neigh)
