"""Where packets go (net/ipv4/route.c): routes for what comes in and what goes out, and what is learned about paths.

A route hangs on a packet as skb.dst; it is kept with its next hop and used again until rt_genid moves on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.dst import DstEntry
from webapp.kernel.core.neighbour import (
    NUD_VALID,
    Neighbour,
    neigh_create,
    neigh_event_send,
    neigh_lookup,
)
from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.core.sock import InetSock, IpPmtudisc
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.addr_type import inet_addr_type, ip_dev_find
from webapp.kernel.ipv4.address import (
    INADDR_ANY,
    INADDR_LOOPBACK,
    dotted,
    ipv4_is_lbcast,
    ipv4_is_local_multicast,
    ipv4_is_loopback,
    ipv4_is_multicast,
    ipv4_is_zeronet,
)
from webapp.kernel.ipv4.fib_frontend import fib_dump_info, fib_validate_source
from webapp.kernel.ipv4.fib_rules import fib4_rules_early_flow_dissect, fib_lookup
from webapp.kernel.ipv4.fib_semantics import fib_multipath_hash, fib_select_multipath, fib_select_path
from webapp.kernel.ipv4.flow import FLOWI_FLAG_ANYSRC, FLOWI_FLAG_KNOWN_NH, INET_DSCP_MASK, LOOPBACK_IFINDEX, Flowi4
from webapp.kernel.ipv4.igmp import ip_check_mc
from webapp.kernel.ipv4.in_device import InDevice, inet_addr_onlink, inet_select_addr
from webapp.kernel.ipv4.inetpeer import inet_getpeer_v4
from webapp.kernel.ipv4.ip import IPSKB_DOREDIRECT
from webapp.kernel.ipv4.ip_fib import FibInfo, FibNh, FibNhException, FibResult
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import RECORDER, Routed
from webapp.kernel.uapi.if_ether import ETH_P_IP
from webapp.kernel.uapi.rtnetlink import RT_TABLE_MAIN, GetRoute, Route, Rtax, Rtn, Rtnh, Rtprot, RtScope
from webapp.kernel.wire.icmp import (
    ICMP_DEST_UNREACH,
    ICMP_HOST_UNREACH,
    ICMP_NET_UNREACH,
    ICMP_PKT_FILTERED,
    ICMP_REDIR_HOST,
    ICMP_REDIRECT,
)
from webapp.kernel.wire.ipv4 import MAX_LENGTH

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

RTCF_DOREDIRECT = 0x01000000
RTCF_BROADCAST = 0x10000000
RTCF_MULTICAST = 0x20000000
RTCF_LOCAL = 0x80000000

IPPROTO_IGMP = 2


class Ipv4Functions:
    """The functions further up the stack that routes point at; filled in af_inet.py."""

    __slots__ = ("icmp_send", "ip_forward", "ip_local_deliver", "ip_mc_output", "ip_output")

    ip_local_deliver: Callable[[SkBuff], int]
    ip_forward: Callable[[SkBuff], int]
    ip_output: Callable[[SkBuff], int]
    ip_mc_output: Callable[[SkBuff], int]
    icmp_send: Callable[[SkBuff, int, int, int], None]


FUNCTIONS = Ipv4Functions()


class Rtable(DstEntry):
    """struct rtable. ``gateway`` is the next hop's address where the route goes over a gateway, else None.

    ``pmtu`` (until ``expires``, ns) is a learned path MTU, ``mtu`` the route's own (RTAX_MTU, 0: none), ``hoplimit`` 0
    leaves the TTL to the sysctl. A route that is ``obsolete``, or has not its namespace's ``genid``, is not used again.
    """

    __slots__ = (
        "expires", "flags", "gateway", "genid", "hoplimit", "iif", "info", "is_input", "mtu_locked", "obsolete", "pmtu",
        "result", "type",
    )  # fmt: skip

    def __init__(
        self, dev: NetDevice, flags: int, type_: Rtn, input_: Callable[[SkBuff], int], output: Callable[[SkBuff], int]
    ) -> None:
        super().__init__(dev, input_, output)
        self.flags = flags
        self.type = type_
        self.is_input = False
        self.iif = 0
        self.gateway: bytes | None = None
        self.genid = dev.net.ipv4.rt_genid
        self.obsolete = False
        self.pmtu = 0
        self.mtu_locked = False
        self.hoplimit = 0
        self.expires = 0
        self.info: FibInfo | None = None
        self.result: FibResult | None = None

    def valid(self) -> bool:
        """rt_cache_valid."""
        return not self.obsolete and self.genid == self.dev.net.ipv4.rt_genid


def rt_dst_alloc(dev: NetDevice, flags: int, type_: Rtn) -> Rtable:
    """rt_dst_alloc: a route that is output by ip_output, and taken in by ip_local_deliver if it is local."""
    input_ = FUNCTIONS.ip_local_deliver if flags & RTCF_LOCAL else dst_discard
    return Rtable(dev, flags, type_, input_, FUNCTIONS.ip_output)


def dst_discard(skb: SkBuff) -> int:
    """dst_discard: the input of routes that take nothing in."""
    kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
    return 0


def ip_rt_bug(skb: SkBuff) -> int:
    """ip_rt_bug: the output of routes for what comes in."""
    kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
    return 0


# --- MTU ----------------------------------------------------------------------------------------------------------


def ip_mtu_locked(rt: Rtable) -> bool:
    """ip_mtu_locked: the MTU may not be lowered by what ICMP says, and packets go without DF."""
    return rt.mtu_locked or (rt.info is not None and bool(rt.info.metrics.get(Rtax.LOCK, 0) & 1 << Rtax.MTU))


def ip_dst_mtu_maybe_forward(rt: Rtable, forwarding: bool) -> int:
    """ip_dst_mtu_maybe_forward: the bytes that go over a route at once; forwarding ignores what was learned."""
    dev = rt.dev
    heeded = rt.pmtu and (not forwarding or dev.net.ipv4.sysctl_ip_fwd_use_pmtu or ip_mtu_locked(rt))
    if heeded and dev.net.machine.clock.now < rt.expires:
        return min(rt.pmtu, MAX_LENGTH)
    if rt.mtu:
        return min(rt.mtu, MAX_LENGTH)
    mtu = dev.mtu
    if mtu > 576 and rt.gateway is not None and ip_mtu_locked(rt):
        mtu = 576
    return min(mtu, MAX_LENGTH)


def dst_mtu(rt: Rtable) -> int:
    """ipv4_mtu: the path's MTU as far as it is known."""
    return ip_dst_mtu_maybe_forward(rt, False)


# --- exceptions ---------------------------------------------------------------------------------------------------


def find_exception(nh: FibNh, daddr: bytes) -> FibNhException | None:
    """find_exception: what was learned about a destination behind a next hop, unless it has expired."""
    fnhe = nh.exceptions.get(daddr)
    if fnhe is not None and fnhe.expires and nh.dev.net.machine.clock.now > fnhe.expires:
        del nh.exceptions[daddr]
        return None
    return fnhe


def update_or_create_fnhe(nh: FibNh, daddr: bytes, gateway: bytes | None, pmtu: int, lock: bool, expires: int) -> None:
    """update_or_create_fnhe: notes a gateway (redirect) or a path MTU for one destination."""
    fnhe = nh.exceptions.get(daddr)
    if fnhe is None:
        fnhe = nh.exceptions[daddr] = FibNhException(daddr)
        for rt in (nh.rth_input, nh.rth_output):
            if rt is not None:
                rt.obsolete = True
    if gateway is not None:
        fnhe.gateway = gateway
    if pmtu:
        fnhe.pmtu = pmtu
        fnhe.mtu_locked = lock
    fnhe.expires = max(1, expires)
    for rt in (fnhe.rth_input, fnhe.rth_output):
        if rt is not None:
            _fill_route_from_fnhe(rt, fnhe)


def _fill_route_from_fnhe(rt: Rtable, fnhe: FibNhException) -> None:
    rt.pmtu = fnhe.pmtu
    rt.mtu_locked = fnhe.mtu_locked
    rt.expires = fnhe.expires
    if fnhe.gateway is not None:
        rt.gateway = fnhe.gateway


def _set_nexthop(rt: Rtable, daddr: bytes, result: FibResult, fnhe: FibNhException | None) -> None:
    """rt_set_nexthop: gateway, metrics and what was learned."""
    nh = result.nh
    if nh.gateway is not None and nh.scope == RtScope.LINK:
        rt.gateway = nh.gateway
    info = result.info
    rt.info = info
    rt.result = result
    rt.mtu = info.mtu
    rt.hoplimit = info.metrics.get(Rtax.HOPLIMIT, 0)
    if fnhe is not None and fnhe.daddr == daddr:
        _fill_route_from_fnhe(rt, fnhe)


# --- input --------------------------------------------------------------------------------------------------------


def _note_routed(skb: SkBuff, daddr: bytes, reason: DropReason | None) -> None:
    recorder = RECORDER.get()
    if recorder is None:
        return
    if reason is not None:
        recorder.note(Routed(dotted(daddr), reason.value))
        return
    rt: Rtable = skb.dst  # type: ignore[assignment]
    recorder.note(Routed(dotted(daddr), route_words(rt, daddr)))


def route_words(rt: Rtable, daddr: bytes) -> str:
    """A route as ``ip route get`` begins its line."""
    if rt.error:
        return f"unreachable {dotted(daddr)}: {Errno(rt.error).strerror}"
    kind = "" if rt.type == Rtn.UNICAST else f"{rt.type.name.lower()} "
    via = "" if rt.gateway is None else f" via {dotted(rt.gateway)}"
    return f"{kind}{dotted(daddr)}{via} dev {rt.dev.name}"


@kfunc("net/ipv4/route.c", "ip_route_input_noref")
def ip_route_input_noref(skb: SkBuff, daddr: bytes, saddr: bytes, tos: int, dev: NetDevice) -> DropReason | None:
    """Finds the route of a packet that came in on ``dev`` and hangs it on it; or says why the packet may not go on.

    A destination that cannot be reached is a route too: one whose input is ip_error.
    """
    reason = ip_route_input_rcu(skb, daddr, saddr, tos & INET_DSCP_MASK, dev)
    _note_routed(skb, daddr, reason)
    return reason


def ip_route_input_rcu(skb: SkBuff, daddr: bytes, saddr: bytes, tos: int, dev: NetDevice) -> DropReason | None:
    """ip_route_input_rcu: groups that nobody joined need no look-up."""
    in_dev: InDevice | None = dev.in_dev
    if not ipv4_is_multicast(daddr):
        return ip_route_input_slow(skb, daddr, saddr, tos, dev)
    if in_dev is None or not ip_check_mc(in_dev, daddr):
        return DropReason.NOT_SPECIFIED
    return _input_mc(skb, daddr, saddr, tos, dev, in_dev)


def _input_mc(skb: SkBuff, daddr: bytes, saddr: bytes, tos: int, dev: NetDevice, in_dev: InDevice) -> DropReason | None:
    """ip_route_input_mc with ip_mc_validate_source."""
    if ipv4_is_multicast(saddr) or ipv4_is_lbcast(saddr):
        return DropReason.IP_INVALID_SOURCE
    if skb.protocol != ETH_P_IP:
        return DropReason.INVALID_PROTO
    if ipv4_is_loopback(saddr) and not in_dev.cnf.route_localnet:
        return DropReason.IP_LOCALNET
    if ipv4_is_zeronet(saddr):
        if not ipv4_is_local_multicast(daddr) and skb.head[skb.network_header + 9] != IPPROTO_IGMP:
            return DropReason.IP_INVALID_SOURCE
    else:
        verdict = fib_validate_source(skb, saddr, INADDR_ANY, tos, 0, dev, in_dev)
        if isinstance(verdict, DropReason):
            return verdict
    rt = rt_dst_alloc(dev.net.loopback, RTCF_MULTICAST | RTCF_LOCAL, Rtn.MULTICAST)
    rt.output = ip_rt_bug
    rt.is_input = True
    skb.dst = rt
    return None


def _localnet(dev: NetDevice, in_dev: InDevice) -> bool:
    return bool(in_dev.cnf.route_localnet or dev.net.ipv4.devconf_all.route_localnet)


def _martian(daddr: bytes, saddr: bytes, dev: NetDevice, in_dev: InDevice) -> DropReason | None:
    """The weirdest martians, which no look-up would find."""
    if ipv4_is_zeronet(saddr):
        return DropReason.IP_INVALID_SOURCE
    if ipv4_is_zeronet(daddr):
        return DropReason.IP_INVALID_DEST
    if (daddr[0] == 127 or saddr[0] == 127) and not _localnet(dev, in_dev):
        return DropReason.IP_LOCALNET
    return None


def ip_route_input_slow(skb: SkBuff, daddr: bytes, saddr: bytes, tos: int, dev: NetDevice) -> DropReason | None:
    """ip_route_input_slow: martians, then the look-up."""
    in_dev: InDevice | None = dev.in_dev
    if in_dev is None:
        return DropReason.NOT_SPECIFIED
    if saddr[0] & 0xF0 == 0xE0 or ipv4_is_lbcast(saddr):
        return DropReason.IP_INVALID_SOURCE
    if ipv4_is_lbcast(daddr) or (ipv4_is_zeronet(saddr) and ipv4_is_zeronet(daddr)):
        return _input_broadcast(skb, saddr, tos, dev, in_dev, None)
    martian = _martian(daddr, saddr, dev, in_dev)
    if martian is not None:
        return martian
    net = dev.net
    flow = Flowi4(daddr, saddr, tos, iif=dev.ifindex, mark=skb.mark)
    if net.ipv4.fib_rules_require_fldissect:
        fib4_rules_early_flow_dissect(skb, flow)
    result = fib_lookup(net, flow)
    if result.error:
        _input_unreachable(skb, net, result.error if in_dev.cnf.forwarding else Errno.EHOSTUNREACH)
        return None
    return _input_found(skb, flow, result, dev, in_dev)


def _input_found(skb: SkBuff, flow: Flowi4, result: FibResult, dev: NetDevice, in_dev: InDevice) -> DropReason | None:
    """What the look-up's result means for a packet that came in."""
    net = dev.net
    if result.type == Rtn.LOCAL:
        verdict = fib_validate_source(skb, flow.saddr, flow.daddr, flow.tos, 0, dev, in_dev)
        if isinstance(verdict, DropReason):
            return verdict
        _input_local(skb, net, result, 0)
        return None
    if result.type == Rtn.BROADCAST and not (in_dev.cnf.bc_forwarding and net.ipv4.devconf_all.bc_forwarding):
        return _input_broadcast(skb, flow.saddr, flow.tos, dev, in_dev, result)
    if not in_dev.cnf.forwarding:
        _input_unreachable(skb, net, Errno.EHOSTUNREACH)
        return None
    if result.type not in (Rtn.UNICAST, Rtn.BROADCAST):
        return DropReason.IP_INVALID_DEST
    if len(result.info.nhs) > 1:
        result = fib_select_multipath(result, fib_multipath_hash(flow))
    return _mkroute_input(skb, result, in_dev, flow.daddr, flow.saddr, flow.tos)


def _input_local(skb: SkBuff, net: Net, result: FibResult, flags: int) -> None:
    """The route of a packet for this host."""
    nh = result.nh
    rt = nh.rth_input
    if rt is None or not rt.valid():
        rt = rt_dst_alloc(net.loopback, flags | RTCF_LOCAL, result.type)
        rt.output = ip_rt_bug
        rt.is_input = True
        rt.result = result
        nh.rth_input = rt
    skb.dst = rt


def _input_broadcast(
    skb: SkBuff, saddr: bytes, tos: int, dev: NetDevice, in_dev: InDevice, result: FibResult | None
) -> DropReason | None:
    if skb.protocol != ETH_P_IP:
        return DropReason.INVALID_PROTO
    if not ipv4_is_zeronet(saddr):
        verdict = fib_validate_source(skb, saddr, INADDR_ANY, tos, 0, dev, in_dev)
        if isinstance(verdict, DropReason):
            return verdict
    if result is not None:
        _input_local(skb, dev.net, result, RTCF_BROADCAST)
        return None
    rt = rt_dst_alloc(dev.net.loopback, RTCF_BROADCAST | RTCF_LOCAL, Rtn.BROADCAST)
    rt.output = ip_rt_bug
    rt.is_input = True
    skb.dst = rt
    return None


def _input_unreachable(skb: SkBuff, net: Net, error: int) -> None:
    rt = rt_dst_alloc(net.loopback, 0, Rtn.UNREACHABLE)
    rt.output = ip_rt_bug
    rt.is_input = True
    rt.input = ip_error
    rt.error = error
    skb.dst = rt


def _mkroute_input(
    skb: SkBuff, result: FibResult, in_dev: InDevice, daddr: bytes, saddr: bytes, tos: int
) -> DropReason | None:
    """__mkroute_input: the route of a packet that is forwarded."""
    nh = result.nh
    out_dev: InDevice | None = nh.dev.in_dev
    if out_dev is None:
        return DropReason.NOT_SPECIFIED
    dev = in_dev.dev
    onlink = fib_validate_source(skb, saddr, daddr, tos, nh.oif, dev, in_dev)
    if isinstance(onlink, DropReason):
        return onlink
    if out_dev is in_dev:
        if skb.protocol != ETH_P_IP and not (in_dev.cnf.proxy_arp_pvlan or dev.net.ipv4.devconf_all.proxy_arp_pvlan):
            return DropReason.NOT_SPECIFIED
        if onlink and skb.protocol == ETH_P_IP:
            _mark_redirect(skb, nh, out_dev, saddr)
    fnhe = find_exception(nh, daddr) if nh.exceptions else None
    rt = nh.rth_input if fnhe is None else fnhe.rth_input
    if rt is not None and rt.valid():
        skb.dst = rt
        return None
    rt = rt_dst_alloc(nh.dev, 0, result.type)
    rt.is_input = True
    rt.input = FUNCTIONS.ip_forward
    _set_nexthop(rt, daddr, result, fnhe)
    if fnhe is None:
        nh.rth_input = rt
    else:
        fnhe.rth_input = rt
    skb.dst = rt
    return None


def _mark_redirect(skb: SkBuff, nh: FibNh, out_dev: InDevice, saddr: bytes) -> None:
    conf_all = out_dev.dev.net.ipv4.devconf_all
    if not (out_dev.cnf.send_redirects or conf_all.send_redirects):
        return
    shared = out_dev.cnf.shared_media or conf_all.shared_media
    if shared or inet_addr_onlink(out_dev, saddr, nh.gateway):
        skb.cb = (skb.cb or 0) | IPSKB_DOREDIRECT


# --- errors -------------------------------------------------------------------------------------------------------

_ERROR_CODES = {
    Errno.EHOSTUNREACH: ICMP_HOST_UNREACH,
    Errno.ENETUNREACH: ICMP_NET_UNREACH,
    Errno.EACCES: ICMP_PKT_FILTERED,
}


@kfunc("net/ipv4/route.c", "ip_error")
def ip_error(skb: SkBuff) -> int:
    """The input of routes that refuse: a router tells the sender, as often as its bucket allows; a host is silent."""
    rt: Rtable = skb.dst  # type: ignore[assignment]  # a route was found, this one
    in_dev: InDevice | None = skb.dev.in_dev
    error = rt.error
    reason = DropReason.NOT_SPECIFIED
    if in_dev is not None:
        if error == Errno.ENETUNREACH:
            reason = DropReason.IP_INNOROUTES
        elif error == Errno.EHOSTUNREACH and not in_dev.cnf.forwarding:
            reason = DropReason.IP_INADDRERRORS
        code = _ERROR_CODES.get(Errno(error))
        if in_dev.cnf.forwarding and code is not None and _error_allowed(skb):
            FUNCTIONS.icmp_send(skb, ICMP_DEST_UNREACH, code, 0)
    kfree_skb_reason(skb, reason)
    return 0


def _error_allowed(skb: SkBuff) -> bool:
    ipv4 = skb.dev.net.ipv4
    now = skb.dev.net.machine.clock.now
    nh = skb.network_header
    peer = inet_getpeer_v4(ipv4, skb.head[nh + 12 : nh + 16])
    peer.rate_tokens = min(peer.rate_tokens + now - peer.rate_last, ipv4.ip_rt_error_burst)
    peer.rate_last = now
    if peer.rate_tokens < ipv4.ip_rt_error_cost:
        return False
    peer.rate_tokens -= ipv4.ip_rt_error_cost
    return True


@kfunc("net/ipv4/route.c", "ip_rt_send_redirect")
def ip_rt_send_redirect(skb: SkBuff) -> None:
    """Tells the sender of a better gateway on its own link; less and less often to one who does not listen."""
    rt: Rtable = skb.dst  # type: ignore[assignment]  # set, the packet is being forwarded
    in_dev: InDevice | None = rt.dev.in_dev
    ipv4 = rt.dev.net.ipv4
    if in_dev is None or not (in_dev.cnf.send_redirects or ipv4.devconf_all.send_redirects):
        return
    nh = skb.network_header
    now = rt.dev.net.machine.clock.now
    peer = inet_getpeer_v4(ipv4, skb.head[nh + 12 : nh + 16])
    if now > peer.rate_last + ipv4.ip_rt_redirect_silence:
        peer.rate_tokens = 0
        peer.n_redirects = 0
    if peer.n_redirects >= ipv4.ip_rt_redirect_number:
        peer.rate_last = now
        return
    if peer.n_redirects == 0 or now > peer.rate_last + (ipv4.ip_rt_redirect_load << peer.n_redirects):
        gateway = rt.gateway or skb.head[nh + 16 : nh + 20]
        FUNCTIONS.icmp_send(skb, ICMP_REDIRECT, ICMP_REDIR_HOST, int.from_bytes(gateway, "big"))
        peer.rate_last = now
        peer.n_redirects += 1


def ipv4_link_failure(skb: SkBuff) -> None:
    """ipv4_link_failure: the neighbour of a waiting packet does not answer."""
    FUNCTIONS.icmp_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0)
    rt = skb.dst
    if isinstance(rt, Rtable):
        rt.expires = 0


# --- output -------------------------------------------------------------------------------------------------------


def ip_route_output_key(net: Net, flow: Flowi4) -> Rtable | int:
    """ip_route_output_key_hash: the route of a packet that starts here, or a negative errno.

    Fills in the flow's source address, and its destination where that was 0.0.0.0.
    """
    rt = _output_key(net, flow)
    recorder = RECORDER.get()
    if recorder is not None:
        destination = dotted(flow.daddr)
        recorder.note(Routed(destination, Errno(-rt).strerror if isinstance(rt, int) else route_words(rt, flow.daddr)))
    return rt


def _output_key(net: Net, flow: Flowi4) -> Rtable | int:
    """ip_route_output_key_hash_rcu."""
    orig_oif = flow.oif
    if flow.saddr != INADDR_ANY:
        found = _check_source(net, flow)
        if found is not None:
            return found if isinstance(found, int) else _mkroute_output(flow, None, Rtn.UNSPEC, orig_oif, found, 0)
    dev_out: NetDevice | None = None
    if flow.oif:
        dev_out = net.dev_get_by_index(flow.oif)
        if dev_out is None:
            return -Errno.ENODEV
        if not dev_out.flags & Iff.UP or dev_out.in_dev is None:
            return -Errno.ENETUNREACH
        if _choose_source(flow, dev_out):
            return _mkroute_output(flow, None, Rtn.UNSPEC, orig_oif, dev_out, 0)
    if flow.daddr == INADDR_ANY:
        flow.daddr = flow.saddr
        if flow.daddr == INADDR_ANY:
            flow.daddr = flow.saddr = INADDR_LOOPBACK
        flow.oif = LOOPBACK_IFINDEX
        return _mkroute_output(flow, None, Rtn.LOCAL, orig_oif, net.loopback, RTCF_LOCAL)
    result = fib_lookup(net, flow)
    if result.error:
        if dev_out is None:
            return -result.error
        if flow.saddr == INADDR_ANY:
            flow.saddr = inet_select_addr(dev_out, INADDR_ANY, RtScope.LINK)
        return _mkroute_output(flow, None, Rtn.UNICAST, orig_oif, dev_out, 0)
    if result.type == Rtn.LOCAL:
        if flow.saddr == INADDR_ANY:
            flow.saddr = result.info.prefsrc or flow.daddr
        flow.oif = net.loopback.ifindex
        return _mkroute_output(flow, result, result.type, result.nh.oif, net.loopback, RTCF_LOCAL)
    result = fib_select_path(net, result, flow)
    return _mkroute_output(flow, result, result.type, orig_oif, result.nh.dev, 0)


def _check_source(net: Net, flow: Flowi4) -> NetDevice | int | None:
    """A source that was given must be ours; groups and broadcasts then leave by the device that has it."""
    saddr, daddr = flow.saddr, flow.daddr
    if ipv4_is_multicast(saddr) or ipv4_is_lbcast(saddr):
        return -Errno.EINVAL
    if not flow.oif and (ipv4_is_multicast(daddr) or ipv4_is_lbcast(daddr)):
        dev = ip_dev_find(net, saddr)
        if dev is None:
            return -Errno.ENETUNREACH
        flow.oif = dev.ifindex
        return dev
    ours = flow.flags & FLOWI_FLAG_ANYSRC or saddr in net.ipv4.inet_addr_lst or ip_dev_find(net, saddr) is not None
    return None if ours else -Errno.ENETUNREACH


def _choose_source(flow: Flowi4, dev_out: NetDevice) -> bool:
    """The source address on a device that was named; True when the destination needs no look-up either."""
    daddr = flow.daddr
    on_link = ipv4_is_local_multicast(daddr) or ipv4_is_lbcast(daddr) or flow.proto == IPPROTO_IGMP
    if flow.saddr == INADDR_ANY:
        if on_link:
            flow.saddr = inet_select_addr(dev_out, INADDR_ANY, RtScope.LINK)
        elif ipv4_is_multicast(daddr):
            flow.saddr = inet_select_addr(dev_out, INADDR_ANY, flow.scope)
        elif daddr == INADDR_ANY:
            flow.saddr = inet_select_addr(dev_out, INADDR_ANY, RtScope.HOST)
    return on_link


def _output_kind(flow: Flowi4, type_: Rtn, in_dev: InDevice, flags: int) -> tuple[Rtn, int]:
    """Type and RTCF_* flags of an output route."""
    if ipv4_is_lbcast(flow.daddr):
        type_ = Rtn.BROADCAST
    elif ipv4_is_multicast(flow.daddr):
        type_ = Rtn.MULTICAST
    if in_dev.dev.flags & Iff.LOOPBACK:
        flags |= RTCF_LOCAL
    if type_ == Rtn.BROADCAST:
        flags |= RTCF_BROADCAST | RTCF_LOCAL
    elif type_ == Rtn.MULTICAST:
        flags |= RTCF_MULTICAST
        flags = flags | RTCF_LOCAL if ip_check_mc(in_dev, flow.daddr) else flags & ~RTCF_LOCAL
    return type_, flags


def _mkroute_output(
    flow: Flowi4, result: FibResult | None, type_: Rtn, orig_oif: int, dev_out: NetDevice, flags: int
) -> Rtable | int:
    """__mkroute_output."""
    in_dev: InDevice | None = dev_out.in_dev
    if in_dev is None:
        return -Errno.EINVAL
    if flow.saddr[0] == 127 and not dev_out.flags & Iff.LOOPBACK and not _localnet(dev_out, in_dev):
        return -Errno.EINVAL
    wide = flow.daddr[0] >= 224 or type_ == Rtn.BROADCAST
    if wide:
        type_, flags = _output_kind(flow, type_, in_dev, flags)
        if ipv4_is_lbcast(flow.daddr) or (type_ == Rtn.MULTICAST and result is not None and result.prefixlen < 4):
            result = None
    elif dev_out.flags & Iff.LOOPBACK:
        flags |= RTCF_LOCAL
    nh = None if result is None else result.nh
    fnhe = None
    known_nh = False
    if nh is not None:
        fnhe = find_exception(nh, flow.daddr) if nh.exceptions else None
        local_elsewhere = type_ == Rtn.LOCAL and orig_oif not in (0, dev_out.ifindex)
        joined = type_ == Rtn.MULTICAST and flags & RTCF_LOCAL
        behind_gateway = nh.gateway is not None and nh.scope == RtScope.LINK
        known_nh = bool(flow.flags & FLOWI_FLAG_KNOWN_NH) and not behind_gateway and fnhe is None
        if local_elsewhere or joined or known_nh:
            nh = None
        else:
            rt = nh.rth_output if fnhe is None else fnhe.rth_output
            if rt is not None and rt.valid():
                return rt
    rt = rt_dst_alloc(dev_out, flags, type_)
    rt.iif = orig_oif
    if flags & (RTCF_BROADCAST | RTCF_MULTICAST) and flags & RTCF_LOCAL and not dev_out.flags & Iff.LOOPBACK:
        rt.output = FUNCTIONS.ip_mc_output
    if result is not None:
        _set_nexthop(rt, flow.daddr, result, fnhe)
        if nh is not None and fnhe is None:
            nh.rth_output = rt
        elif nh is not None and fnhe is not None:
            fnhe.rth_output = rt
        if known_nh and rt.gateway is None:
            # rt_set_nexthop: a route that nothing keeps leads to what was asked for, not to the packet's destination
            rt.gateway = flow.daddr
    return rt


# --- path MTU and redirects ---------------------------------------------------------------------------------------


def _update_pmtu(net: Net, rt: Rtable, flow: Flowi4, mtu: int) -> None:
    """__ip_rt_update_pmtu."""
    if ip_mtu_locked(rt):
        return
    old_mtu = dst_mtu(rt)
    if old_mtu < mtu:
        return
    ipv4 = net.ipv4
    now = net.machine.clock.now
    lock = False
    if mtu < ipv4.ip_rt_min_pmtu:
        lock = True
        mtu = min(old_mtu, ipv4.ip_rt_min_pmtu)
    if rt.pmtu == mtu and not lock and now < rt.expires - ipv4.ip_rt_mtu_expires // 2:
        return
    result = fib_lookup(net, flow)
    if result.error:
        return
    result = fib_select_path(net, result, flow)
    for nh in result.info.nhs:
        update_or_create_fnhe(nh, flow.daddr, None, mtu, lock, now + ipv4.ip_rt_mtu_expires)


def _error_flow(skb: SkBuff, sk: InetSock | None, oif: int, mark: int, protocol: int) -> Flowi4:
    """build_skb_flow_key: the flow of the packet that an ICMP message quotes at skb.data."""
    head, at = skb.head, skb.data
    tos = head[at + 1] & INET_DSCP_MASK
    if sk is not None:
        oif, mark, tos, protocol = sk.bound_dev_if, sk.mark, sk.tos & INET_DSCP_MASK, sk.protocol
    flow = Flowi4(head[at + 16 : at + 20], head[at + 12 : at + 16], tos, oif=oif, mark=mark, proto=protocol)
    flow.flags = FLOWI_FLAG_ANYSRC if sk is not None and sk.hdrincl else 0
    return flow


def ipv4_update_pmtu(skb: SkBuff, sk: InetSock | None, mtu: int, protocol: int) -> None:
    """ipv4_update_pmtu and ipv4_sk_update_pmtu: an ICMP message says that only ``mtu`` bytes go through."""
    net = skb.dev.net
    flow = _error_flow(skb, sk, 0, 0, protocol)
    rt = _output_key(net, flow)
    if isinstance(rt, Rtable):
        _update_pmtu(net, rt, flow, mtu)


def skb_dst_update_pmtu(skb: SkBuff, mtu: int) -> None:
    """skb_dst_update_pmtu_no_confirm: the tunnel that a packet goes into takes only ``mtu`` bytes of its kind."""
    rt = skb.dst
    if isinstance(rt, Rtable):
        head, nh = skb.head, skb.network_header
        flow = Flowi4(
            head[nh + 16 : nh + 20], head[nh + 12 : nh + 16], head[nh + 1] & INET_DSCP_MASK, oif=rt.dev.ifindex
        )
        flow.mark, flow.proto = skb.mark, head[nh + 9]
        _update_pmtu(skb.dev.net, rt, flow, mtu)


def ipv4_redirect(skb: SkBuff, sk: InetSock | None, protocol: int, gateway: bytes) -> None:
    """ipv4_redirect and ipv4_sk_redirect: a router says that ``gateway`` is the better way."""
    net = skb.dev.net
    flow = _error_flow(skb, sk, 0, 0, protocol)
    rt = _output_key(net, flow)
    if isinstance(rt, Rtable):
        _do_redirect(net, rt, skb, flow, gateway)


def _accepts_redirects(in_dev: InDevice) -> bool:
    conf_all = in_dev.dev.net.ipv4.devconf_all
    if in_dev.cnf.forwarding:
        return bool(conf_all.accept_redirects and in_dev.cnf.accept_redirects)
    return bool(conf_all.accept_redirects or in_dev.cnf.accept_redirects)


def _do_redirect(net: Net, rt: Rtable, skb: SkBuff, flow: Flowi4, new_gw: bytes) -> None:
    """__ip_do_redirect: only the gateway in use may redirect, and only to a neighbour that answers."""
    nh = skb.network_header
    old_gw = skb.head[nh + 12 : nh + 16]
    in_dev: InDevice | None = skb.dev.in_dev
    if rt.gateway is None or rt.gateway != old_gw or in_dev is None:
        return
    if (
        new_gw == old_gw
        or not _accepts_redirects(in_dev)
        or ipv4_is_multicast(new_gw)
        or ipv4_is_lbcast(new_gw)
        or ipv4_is_zeronet(new_gw)
    ):
        return
    if not (in_dev.cnf.shared_media or net.ipv4.devconf_all.shared_media):
        if not inet_addr_onlink(in_dev, new_gw, old_gw):
            return
    elif inet_addr_type(net, new_gw) != Rtn.UNICAST:
        return
    table = net.ipv4.arp_tbl
    neigh: Neighbour | None = neigh_lookup(table, new_gw, rt.dev) or neigh_create(table, new_gw, rt.dev)
    if neigh is None:
        return
    if not neigh.nud_state & NUD_VALID:
        neigh_event_send(neigh, None)
        return
    result = fib_lookup(net, flow)
    if not result.error:
        result = fib_select_path(net, result, flow)
        expires = net.machine.clock.now + net.ipv4.ip_rt_gc_timeout
        update_or_create_fnhe(result.nh, flow.daddr, new_gw, 0, False, expires)
    rt.obsolete = True


# --- sockets ------------------------------------------------------------------------------------------------------


def ip_sk_use_pmtu(sk: InetSock) -> bool:
    """ip_sk_use_pmtu: whether the socket heeds the path's MTU; else the device's."""
    return sk.pmtudisc < IpPmtudisc.PROBE


def ip_sk_ignore_df(sk: InetSock) -> bool:
    """ip_sk_ignore_df: whether packets that are too long may be fragmented here."""
    return sk.pmtudisc < IpPmtudisc.DO or sk.pmtudisc == IpPmtudisc.OMIT


def ip_dont_fragment(sk: InetSock, rt: Rtable) -> bool:
    """ip_dont_fragment: whether packets carry DF."""
    return sk.pmtudisc == IpPmtudisc.DO or (sk.pmtudisc == IpPmtudisc.WANT and not ip_mtu_locked(rt))


# --- rtnetlink ----------------------------------------------------------------------------------------------------


def _getroute_input(net: Net, request: GetRoute) -> tuple[SkBuff, DropReason | None]:
    dev = net.dev_get_by_index(request.iif)
    if dev is None:
        raise KernelError(Errno.ENODEV)
    header = bytes([0x45, request.tos, 0, 20]) + bytes(5) + bytes([request.ipproto or 17, 0, 0])
    skb = SkBuff(header + (request.src or INADDR_ANY) + request.dst, ETH_P_IP, dev, request.mark)
    skb.network_header = 0
    return skb, ip_route_input_rcu(skb, request.dst, request.src or INADDR_ANY, request.tos & INET_DSCP_MASK, dev)


@kfunc("net/ipv4/route.c", "inet_rtm_getroute")
def inet_rtm_getroute(net: Net, request: GetRoute) -> Route:
    """RTM_GETROUTE: the route that such a packet would take; with ``iif`` as if it came in there."""
    flow = Flowi4(
        request.dst, request.src or INADDR_ANY, request.tos & INET_DSCP_MASK, oif=request.oif, mark=request.mark
    )
    flow.proto, flow.sport, flow.dport = request.ipproto, request.sport, request.dport
    flow.iif = request.iif or LOOPBACK_IFINDEX
    redirect = 0
    if request.iif:
        skb, reason = _getroute_input(net, request)
        if reason is not None:
            raise KernelError(Errno.EXDEV if reason == DropReason.IP_RPFILTER else Errno.EINVAL)
        redirect = (skb.cb or 0) & IPSKB_DOREDIRECT
        assert isinstance(skb.dst, Rtable)
        rt = skb.dst
        if rt.error:
            raise KernelError(Errno(rt.error))
    else:
        found = _output_key(net, flow)
        if isinstance(found, int):
            raise KernelError(Errno(-found))
        rt = found
    if request.fibmatch:
        if rt.result is None or rt.result.alias is None:
            raise KernelError(Errno.EHOSTUNREACH)
        return fib_dump_info(rt.result.alias, net)
    return _fill_info(net, request, rt, flow, redirect)


def _fill_info(net: Net, request: GetRoute, rt: Rtable, flow: Flowi4, redirect: int) -> Route:
    """rt_fill_info."""
    now = net.machine.clock.now
    expires = max(rt.expires - now, 0) if rt.expires else 0
    metrics = dict(rt.info.metrics) if rt.info is not None else {}
    if rt.pmtu and expires:
        metrics[Rtax.MTU] = rt.pmtu
    if rt.mtu_locked and expires:
        metrics[Rtax.LOCK] = metrics.get(Rtax.LOCK, 0) | 1 << Rtax.MTU
    flags = Rtnh(rt.flags & ~0xFFFF | int(Rtnh.CLONED) | (RTCF_DOREDIRECT if redirect else 0))
    table = RT_TABLE_MAIN
    # until there are rules of one's own, table local is part of main's trie, and goes by its number
    if net.ipv4.fib_has_custom_rules and rt.result is not None and rt.result.alias is not None:
        table = rt.result.alias.table.id
    return Route(
        dst=flow.daddr,
        dst_len=32,
        tos=request.tos,
        table=table,
        protocol=Rtprot.UNSPEC,
        scope=RtScope.UNIVERSE,
        type=rt.type,
        flags=flags,
        oif=rt.dev.ifindex,
        gateway=rt.gateway,
        prefsrc=flow.saddr if not rt.is_input and flow.saddr != (request.src or INADDR_ANY) else None,
        metrics=tuple(sorted(metrics.items())),
        src=request.src,
        src_len=32 if request.src else 0,
        iif=request.iif if rt.is_input else 0,
        mark=request.mark,
        uid=request.uid,
        expires=-(-expires // NSEC_PER_SEC) if expires else None,
        error=rt.error,
    )
