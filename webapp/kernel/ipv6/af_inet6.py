"""IPv6 sockets (net/ipv6/af_inet6.c, datagram.c), and how IPv6 comes to a machine and to a namespace."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from webapp.kernel.clock import NSEC_PER_MSEC, NSEC_PER_SEC
from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.neighbour import (
    NEIGH_TABLES,
    NeighTable,
    neigh_add,
    neigh_delete,
    neigh_dump_info,
    neigh_get,
    neigh_sysctl_table,
)
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.sock import (
    AF_INET6,
    IN6ADDR_ANY,
    IPPROTO_ICMPV6,
    IPPROTO_RAW,
    IPPROTO_TCP,
    IPPROTO_UDP,
    SOCK_DGRAM,
    SOCK_RAW,
    Inet6Sock,
    unmapped,
)
from webapp.kernel.core.sysctl import INT_MAX, CtlTable, int_entry
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.addr_type import inet_addr_type
from webapp.kernel.ipv4.af_inet import inet_dgram_connect, inet_stream_connect
from webapp.kernel.ipv4.devinet import fixed_entry
from webapp.kernel.ipv4.inet_connection_sock import inet_csk_get_port
from webapp.kernel.ipv4.tcp import tcp_close
from webapp.kernel.ipv4.tcp_sock import TcpSock
from webapp.kernel.ipv4.udp import udp_lib_get_port, udp_lib_unhash
from webapp.kernel.ipv6.addrconf import (
    addrconf_dad_failure,
    addrconf_notify,
    addrconf_sysctl_register,
    inet6_dump_ifaddr,
    inet6_dump_ifinfo,
    inet6_rtm_deladdr,
    inet6_rtm_newaddr,
)
from webapp.kernel.ipv6.address import (
    IN6ADDR_LOOPBACK,
    ipv6_addr_is_linklocal,
    ipv6_addr_is_multicast,
    ipv6_addr_needs_scope_id,
)
from webapp.kernel.ipv6.exthdrs import ipv6_destopt_rcv, ipv6_nodata_rcv, ipv6_rthdr_rcv
from webapp.kernel.ipv6.fib6_rules import (
    fib6_nl_delrule,
    fib6_nl_dumprule,
    fib6_nl_newrule,
    fib6_rules_event,
    fib6_rules_init,
)
from webapp.kernel.ipv6.icmp import icmpv6_err, icmpv6_rcv, icmpv6_send
from webapp.kernel.ipv6.if_inet6 import Ipv6Devconf, ipv6_chk_addr
from webapp.kernel.ipv6.ip6_input import ip6_input, ip6_mc_input
from webapp.kernel.ipv6.ip6_output import ip6_forward, ip6_output
from webapp.kernel.ipv6.mcast import ipv6_sock_mc_close
from webapp.kernel.ipv6.ndisc import ndisc_net_init, ndisc_netdev_event, ndisc_send_redirect
from webapp.kernel.ipv6.netns_ipv6 import NetnsIpv6
from webapp.kernel.ipv6.protocol import INET6_PROTOS, Inet6Protocol
from webapp.kernel.ipv6.raw import socket_flow
from webapp.kernel.ipv6.reassembly import ipv6_frag_rcv
from webapp.kernel.ipv6.route import (
    FUNCTIONS,
    inet6_dump_fib,
    inet6_rtm_delroute,
    inet6_rtm_getroute,
    inet6_rtm_newroute,
    ip6_dst_lookup,
)
from webapp.kernel.ipv6.tcp_ipv6 import tcp_v6_err, tcp_v6_init_sock, tcp_v6_rcv, unmapped_any
from webapp.kernel.ipv6.udp import udpv6_err, udpv6_rcv
from webapp.kernel.uapi.if_link import DumpLinks
from webapp.kernel.uapi.rtnetlink import (
    DelAddress,
    DelNeighbour,
    DelRoute,
    DelRule,
    DumpAddresses,
    DumpNeighbours,
    DumpRoutes,
    DumpRules,
    GetNeighbour,
    GetRoute,
    NewAddress,
    NewNeighbour,
    NewRoute,
    NewRule,
    Rtn,
)
from webapp.kernel.wire.ipv6 import NEXTHDR_DEST, NEXTHDR_FRAGMENT, NEXTHDR_NONE, NEXTHDR_ROUTING

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

RTNL_INET6_HANDLERS: dict[tuple[type[Any], int], Callable[[Net, Any], Any]] = {
    (DumpLinks, AF_INET6): inet6_dump_ifinfo,
    (NewAddress, AF_INET6): inet6_rtm_newaddr,
    (DelAddress, AF_INET6): inet6_rtm_deladdr,
    (DumpAddresses, AF_INET6): inet6_dump_ifaddr,
    (NewRoute, AF_INET6): inet6_rtm_newroute,
    (DelRoute, AF_INET6): inet6_rtm_delroute,
    (GetRoute, AF_INET6): inet6_rtm_getroute,
    (DumpRoutes, AF_INET6): inet6_dump_fib,
    (NewNeighbour, AF_INET6): neigh_add,
    (DelNeighbour, AF_INET6): neigh_delete,
    (GetNeighbour, AF_INET6): neigh_get,
    (DumpNeighbours, AF_INET6): neigh_dump_info,
    (NewRule, AF_INET6): fib6_nl_newrule,
    (DelRule, AF_INET6): fib6_nl_delrule,
    (DumpRules, AF_INET6): fib6_nl_dumprule,
}
"""rtnetlink requests of IPv6, for boot.py."""


# --- sockets ------------------------------------------------------------------------------------------------------


def tcp6_socket(net: Net) -> TcpSock:
    """socket(2) with AF_INET6 and SOCK_STREAM; inet_listen, inet_accept, inet_shutdown … are as over IPv4."""
    sk = TcpSock(net)
    tcp_v6_init_sock(sk)
    return sk


def inet6_create(net: Net, type_: int, protocol: int) -> Inet6Sock:
    """socket(2) with AF_INET6: SOCK_RAW for any protocol but 0, SOCK_DGRAM for UDP; else as inet_create."""
    if type_ == SOCK_RAW:
        if not protocol:
            raise KernelError(Errno.EPROTONOSUPPORT)
    elif type_ != SOCK_DGRAM:
        raise KernelError(Errno.ESOCKTNOSUPPORT)
    elif protocol not in (0, IPPROTO_UDP):
        raise KernelError(Errno.EPROTONOSUPPORT)
    sk = Inet6Sock(net, type_, protocol or IPPROTO_UDP)
    if type_ == SOCK_RAW:
        sk.num = protocol
        sk.hdrincl = protocol == IPPROTO_RAW
        net.ipv6.raw_sockets.setdefault(protocol, []).append(sk)
    return sk


def inet6_release(sk: Inet6Sock | TcpSock) -> None:
    """close(2)."""
    if isinstance(sk, TcpSock):
        tcp_close(sk)
        return
    ipv6_sock_mc_close(sk)
    if sk.type == SOCK_RAW:
        sockets = sk.net.ipv6.raw_sockets.get(sk.num, [])
        if sk in sockets:
            sockets.remove(sk)
        if not sockets:
            sk.net.ipv6.raw_sockets.pop(sk.num, None)
    else:
        udp_lib_unhash(sk)


def inet6_bind(sk: Inet6Sock | TcpSock, addr: bytes, port: int, ifindex: int) -> None:
    """bind(2): EADDRNOTAVAIL for an address that is not ours, EINVAL for a link-local one without an interface."""
    if unmapped(addr) is not addr:
        _bind_to_ipv4(sk, unmapped(addr), port)
        return
    multicast = ipv6_addr_is_multicast(addr)
    if addr != IN6ADDR_ANY:
        dev: NetDevice | None = None
        if ipv6_addr_needs_scope_id(addr):
            sk.bound_dev_if = sk.bound_dev_if or ifindex
            if not sk.bound_dev_if:
                raise KernelError(Errno.EINVAL)
        if sk.bound_dev_if:
            dev = sk.net.dev_get_by_index(sk.bound_dev_if)
            if dev is None:
                raise KernelError(Errno.ENODEV)
        allowed = multicast or sk.freebind or sk.net.ipv6.sysctl_ip_nonlocal_bind
        if not allowed and not ipv6_chk_addr(sk.net, addr, dev, strict=False):
            raise KernelError(Errno.EADDRNOTAVAIL)
    _bind(sk, addr, IN6ADDR_ANY if multicast else addr, port)


def _bind_to_ipv4(sk: Inet6Sock | TcpSock, addr: bytes, port: int) -> None:
    """An address ::ffff:a.b.c.d: from now on the socket is for IPv4 alone."""
    if sk.v6only:
        raise KernelError(Errno.EINVAL)
    own = inet_addr_type(sk.net, addr) in (Rtn.LOCAL, Rtn.MULTICAST, Rtn.BROADCAST)
    if not own and not sk.freebind and not sk.net.ipv4.sysctl_ip_nonlocal_bind:
        raise KernelError(Errno.EADDRNOTAVAIL)
    _bind(sk, addr, addr, port)


def _bind(sk: Inet6Sock | TcpSock, rcv_saddr: bytes, saddr: bytes, port: int) -> None:
    if sk.type != SOCK_RAW and sk.num:
        raise KernelError(Errno.EINVAL)
    sk.rcv_saddr, sk.saddr = rcv_saddr, saddr
    try:
        if isinstance(sk, TcpSock):
            inet_csk_get_port(sk, port)
            sk.bindport_lock = bool(port)
        elif sk.type == SOCK_DGRAM:
            udp_lib_get_port(sk, port)
    except KernelError:
        sk.rcv_saddr = sk.saddr = IN6ADDR_ANY
        raise


def inet6_stream_connect(sk: TcpSock, addr: bytes, port: int, ifindex: int) -> int:
    """connect(2) of a non-blocking TCP socket, as inet_stream_connect; a link-local address needs its interface."""
    if ifindex and ipv6_addr_is_linklocal(addr):
        if sk.bound_dev_if not in (0, ifindex):
            return -Errno.EINVAL
        sk.bound_dev_if = ifindex
    return inet_stream_connect(sk, addr, port)


def ip6_datagram_connect(sk: Inet6Sock, addr: bytes, port: int, ifindex: int) -> None:
    """connect(2) of a raw or UDP socket: finds a route and the source address; nothing is sent.

    ENETUNREACH and other errors of the route; EINVAL for a link-local address without an interface.
    """
    if unmapped(addr) is not addr:
        _connect_to_ipv4(sk, unmapped(addr), port)
        return
    if addr == IN6ADDR_ANY:
        addr = IN6ADDR_LOOPBACK
    if sk.type == SOCK_DGRAM and not sk.num:
        udp_lib_get_port(sk, 0)
    if ipv6_addr_is_linklocal(addr) or (ipv6_addr_is_multicast(addr) and addr[1] & 0xF == 2):
        if ifindex:
            if sk.bound_dev_if not in (0, ifindex):
                raise KernelError(Errno.EINVAL)
            sk.bound_dev_if = ifindex
        if not sk.bound_dev_if and not (ipv6_addr_is_multicast(addr) and sk.mc_index):
            raise KernelError(Errno.EINVAL)
    flow = socket_flow(sk, addr, ifindex)
    flow.sport, flow.dport = (sk.num, port) if sk.type == SOCK_DGRAM else (0, 0)
    rt = ip6_dst_lookup(sk.net, sk, flow)
    if isinstance(rt, int):
        raise KernelError(Errno(-rt))
    if sk.saddr == IN6ADDR_ANY:
        sk.saddr = flow.saddr
    if sk.rcv_saddr == IN6ADDR_ANY:
        sk.rcv_saddr = flow.saddr
    sk.daddr = addr
    sk.dport = port
    sk.scope_id = ifindex


def _connect_to_ipv4(sk: Inet6Sock, addr: bytes, port: int) -> None:
    """__ip4_datagram_connect: the peer is ::ffff:a.b.c.d, and datagrams go over IPv4."""
    if sk.v6only or (any(sk.rcv_saddr) and len(sk.rcv_saddr) != len(addr)):
        raise KernelError(Errno.ENETUNREACH if sk.v6only else Errno.EINVAL)
    bound = sk.rcv_saddr, sk.saddr
    sk.rcv_saddr, sk.saddr = unmapped_any(sk.rcv_saddr), unmapped_any(sk.saddr)
    try:
        inet_dgram_connect(sk, addr, port)
    except KernelError:
        sk.rcv_saddr, sk.saddr = bound
        raise


def inet6_getname(sk: Inet6Sock) -> tuple[bytes, int]:
    """getsockname(2)."""
    return (sk.rcv_saddr if sk.rcv_saddr != IN6ADDR_ANY else sk.saddr), sk.num


# --- start --------------------------------------------------------------------------------------------------------


def inet6_init() -> None:
    """inet6_init: IPv6's tables of operations, for all machines; called once, in boot.py."""
    FUNCTIONS.ip6_input = ip6_input
    FUNCTIONS.ip6_mc_input = ip6_mc_input
    FUNCTIONS.ip6_forward = ip6_forward
    FUNCTIONS.ip6_output = ip6_output
    FUNCTIONS.icmpv6_send = icmpv6_send
    FUNCTIONS.ndisc_send_redirect = ndisc_send_redirect
    FUNCTIONS.addrconf_dad_failure = addrconf_dad_failure
    INET6_PROTOS[IPPROTO_ICMPV6] = Inet6Protocol(icmpv6_rcv, icmpv6_err)
    INET6_PROTOS[IPPROTO_UDP] = Inet6Protocol(udpv6_rcv, udpv6_err)
    INET6_PROTOS[IPPROTO_TCP] = Inet6Protocol(tcp_v6_rcv, tcp_v6_err)
    INET6_PROTOS[NEXTHDR_FRAGMENT] = Inet6Protocol(ipv6_frag_rcv, final=False)
    INET6_PROTOS[NEXTHDR_ROUTING] = Inet6Protocol(ipv6_rthdr_rcv, final=False)
    INET6_PROTOS[NEXTHDR_DEST] = Inet6Protocol(ipv6_destopt_rcv, final=False)
    INET6_PROTOS[NEXTHDR_NONE] = Inet6Protocol(ipv6_nodata_rcv, final=False)
    NEIGH_TABLES[AF_INET6] = _nd_tbl


def _nd_tbl(net: Net) -> NeighTable:
    table: NeighTable = net.ipv6.nd_tbl
    return table


def _kernel_socket(net: Net, protocol: int, hops: int, *, mc_loop: bool) -> Inet6Sock:
    """inet_ctl_sock_create: a socket of the kernel's own, which receives nothing."""
    sk = Inet6Sock(net, SOCK_RAW, protocol)
    sk.uc_ttl = hops
    sk.mc_loop = mc_loop
    return sk


def inet6_net_init(net: Net) -> None:
    """inet6_net_init and its like: IPv6 comes to a namespace, before its first device."""
    ipv6 = net.ipv6 = NetnsIpv6(net)
    ipv6.devconf_all = Ipv6Devconf()
    ipv6.devconf_all.accept_dad = 0
    ipv6.devconf_dflt = Ipv6Devconf()
    ipv6.nd_tbl = ndisc_net_init(net)
    ipv6.icmp_sk = _kernel_socket(net, IPPROTO_ICMPV6, -1, mc_loop=True)
    ipv6.tcp_sk = _kernel_socket(net, IPPROTO_TCP, -1, mc_loop=True)
    ipv6.ndisc_sk = _kernel_socket(net, IPPROTO_ICMPV6, 255, mc_loop=False)
    ipv6.igmp_sk = _kernel_socket(net, IPPROTO_ICMPV6, 1, mc_loop=True)
    fib6_rules_init(net)
    addrconf_sysctl_register(net, "all", ipv6.devconf_all, None)
    addrconf_sysctl_register(net, "default", ipv6.devconf_dflt, None)
    if net is net.machine.init_net:
        net.sysctl.register("net.ipv6.neigh.default", partial(neigh_sysctl_table, ipv6.nd_tbl.parms))
    net.sysctl.register("net.ipv6", partial(_sysctl_table, net))
    net.sysctl.register("net.ipv6.icmp", partial(_icmp_sysctl_table, ipv6))
    net.sysctl.register("net.ipv6.route", partial(_route_sysctl_table, ipv6))


# name of the file, name of the field, bounds, what the field holds of one of the file's units
_SYSCTLS = (
    ("anycast_src_echo_reply", "sysctl_anycast_src_echo_reply", 0, 1, 1),
    ("auto_flowlabels", "sysctl_auto_flowlabels", 0, 3, 1),
    ("fwmark_reflect", "sysctl_fwmark_reflect", 0, 1, 1),
    ("ip6frag_high_thresh", "sysctl_ip6frag_high_thresh", 0, INT_MAX, 1),
    ("ip6frag_low_thresh", "sysctl_ip6frag_low_thresh", 0, INT_MAX, 1),
    ("ip6frag_time", "sysctl_ip6frag_time", 0, INT_MAX, NSEC_PER_SEC),
    ("ip_nonlocal_bind", "sysctl_ip_nonlocal_bind", 0, 1, 1),
)

_ICMP_SYSCTLS = (
    ("echo_ignore_all", "sysctl_icmpv6_echo_ignore_all", 0, 1, 1),
    ("echo_ignore_anycast", "sysctl_icmpv6_echo_ignore_anycast", 0, 1, 1),
    ("echo_ignore_multicast", "sysctl_icmpv6_echo_ignore_multicast", 0, 1, 1),
    ("ratelimit", "sysctl_icmpv6_time", 0, INT_MAX, NSEC_PER_MSEC),
)

# what has no effect in the model: to be read, and to be written with what is there
_FIXED = {
    "bindv6only": 0,
    "fib_multipath_hash_fields": 7,
    "fib_multipath_hash_policy": 0,
    "fib_notify_on_flag_change": 0,
    "flowlabel_consistency": 1,
    "flowlabel_reflect": 0,
    "flowlabel_state_ranges": 0,
    "idgen_delay": 1,
    "idgen_retries": 3,
    "ioam6_id": 16777215,
    "ioam6_id_wide": 72057594037927935,
    "max_dst_opts_length": INT_MAX,
    "max_dst_opts_number": 8,
    "max_hbh_length": INT_MAX,
    "max_hbh_opts_number": 8,
    "seg6_flowlabel": 0,
    "xfrm6_gc_thresh": 32768,
}

_ROUTE_FIXED = {
    "gc_elasticity": 9,
    "gc_interval": 30,
    "gc_min_interval": 0,
    "gc_min_interval_ms": 500,
    "gc_thresh": 1024,
    "gc_timeout": 60,
    "max_size": INT_MAX,
    "min_adv_mss": 1220,
    "skip_notify_on_dev_down": 0,
}


def _sysctl_table(net: Net) -> dict[str, CtlTable]:
    """ipv6_table_template."""
    table = {name: int_entry(net.ipv6, field, low, high, unit=unit) for name, field, low, high, unit in _SYSCTLS}
    table.update((name, fixed_entry(value)) for name, value in _FIXED.items())
    return table


def _icmp_sysctl_table(ipv6: NetnsIpv6) -> dict[str, CtlTable]:
    """ipv6_icmp_table_template."""
    table = {name: int_entry(ipv6, field, low, high, unit=unit) for name, field, low, high, unit in _ICMP_SYSCTLS}
    table["error_anycast_as_unicast"] = fixed_entry(0)
    table["ratemask"] = _ratemask_entry(ipv6)
    return table


def _ratemask_entry(ipv6: NetnsIpv6) -> CtlTable:
    """proc_do_large_bitmap: ranges of ICMPv6 types."""

    def read() -> str:
        mask = ipv6.sysctl_icmpv6_ratemask
        ranges = []
        bit = 0
        while mask >> bit:
            if mask >> bit & 1:
                first = bit
                while mask >> bit + 1 & 1:
                    bit += 1
                ranges.append(str(first) if first == bit else f"{first}-{bit}")
            bit += 1
        return ",".join(ranges)

    def write(text: str) -> None:
        mask = 0
        for part in filter(None, text.strip().split(",")):
            first, dash, last = part.partition("-")
            if not first.isdigit() or (dash and not last.isdigit()):
                raise KernelError(Errno.EINVAL)
            low, high = int(first), int(last or first)
            if not low <= high <= 255:
                raise KernelError(Errno.EINVAL)
            mask |= (1 << high + 1) - (1 << low)
        ipv6.sysctl_icmpv6_ratemask = mask

    return CtlTable(read, write)


def _route_sysctl_table(ipv6: NetnsIpv6) -> dict[str, CtlTable]:
    """ipv6_route_table_template."""
    table = {name: fixed_entry(value) for name, value in _ROUTE_FIXED.items()}
    table["mtu_expires"] = int_entry(ipv6, "ip6_rt_mtu_expires", 0, INT_MAX, unit=NSEC_PER_SEC)
    return table


def inet6_netdev_event(event: NetdevEvent, dev: NetDevice) -> None:
    """IPv6's part of netdev_chain: rules, neighbours, then addresses and routes follow a device's life."""
    fib6_rules_event(dev.net)
    ndisc_netdev_event(event, dev)
    addrconf_notify(event, dev)
