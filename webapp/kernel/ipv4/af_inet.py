"""IPv4 sockets (net/ipv4/af_inet.c, datagram.c), and how IPv4 comes to a machine and to a namespace."""

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
    AF_INET,
    INADDR_ANY,
    IPPROTO_ICMP,
    IPPROTO_RAW,
    IPPROTO_TCP,
    IPPROTO_UDP,
    SOCK_DGRAM,
    SOCK_RAW,
    SOCK_STREAM,
    InetSock,
    IpPmtudisc,
)
from webapp.kernel.core.sysctl import INT_MAX, CtlTable, int_entry
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.addr_type import inet_addr_type
from webapp.kernel.ipv4.address import ipv4_is_multicast
from webapp.kernel.ipv4.arp import arp_net_init, arp_netdev_event
from webapp.kernel.ipv4.devinet import (
    devinet_sysctl_register,
    fixed_entry,
    forward_entry,
    inet_dump_ifaddr,
    inet_rtm_deladdr,
    inet_rtm_newaddr,
    inetdev_event,
)
from webapp.kernel.ipv4.fib_frontend import (
    fib_inetaddr_event,
    fib_netdev_event,
    inet_dump_fib,
    inet_rtm_delroute,
    inet_rtm_newroute,
)
from webapp.kernel.ipv4.fib_rules import (
    fib4_rules_init,
    fib_nl_delrule,
    fib_nl_dumprule,
    fib_nl_newrule,
    fib_rules_event,
)
from webapp.kernel.ipv4.flow import INET_DSCP_MASK, Flowi4
from webapp.kernel.ipv4.icmp import icmp_err, icmp_rcv, icmp_send
from webapp.kernel.ipv4.igmp import ip_mc_drop_socket
from webapp.kernel.ipv4.in_device import INETADDR_CHAIN, Ipv4Devconf
from webapp.kernel.ipv4.inet_connection_sock import inet_csk_accept, inet_csk_get_port, inet_csk_listen_start
from webapp.kernel.ipv4.ip_forward import ip_forward
from webapp.kernel.ipv4.ip_input import ip_local_deliver
from webapp.kernel.ipv4.ip_output import ip_mc_output, ip_output
from webapp.kernel.ipv4.netns_ipv4 import NetnsIpv4
from webapp.kernel.ipv4.protocol import INET_PROTOS, NetProtocol
from webapp.kernel.ipv4.raw import multicast_source
from webapp.kernel.ipv4.route import FUNCTIONS, RTCF_BROADCAST, inet_rtm_getroute, ip_route_output_key
from webapp.kernel.ipv4.tcp import lock_sock, so_error, tcp_close, tcp_shutdown
from webapp.kernel.ipv4.tcp_ipv4 import IPV4_SPECIFIC, tcp_v4_err, tcp_v4_init_sock, tcp_v4_rcv
from webapp.kernel.ipv4.tcp_sock import TcpSock, TcpState
from webapp.kernel.ipv4.udp import udp_err, udp_lib_get_port, udp_lib_unhash, udp_rcv
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

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

RTNL_INET_HANDLERS: dict[tuple[type[Any], int], Callable[[Net, Any], Any]] = {
    (NewAddress, AF_INET): inet_rtm_newaddr,
    (DelAddress, AF_INET): inet_rtm_deladdr,
    (DumpAddresses, AF_INET): inet_dump_ifaddr,
    (NewRoute, AF_INET): inet_rtm_newroute,
    (DelRoute, AF_INET): inet_rtm_delroute,
    (GetRoute, AF_INET): inet_rtm_getroute,
    (DumpRoutes, AF_INET): inet_dump_fib,
    (NewNeighbour, AF_INET): neigh_add,
    (DelNeighbour, AF_INET): neigh_delete,
    (GetNeighbour, AF_INET): neigh_get,
    (DumpNeighbours, AF_INET): neigh_dump_info,
    (NewRule, AF_INET): fib_nl_newrule,
    (DelRule, AF_INET): fib_nl_delrule,
    (DumpRules, AF_INET): fib_nl_dumprule,
}
"""rtnetlink requests of IPv4, for boot.py."""


# --- sockets ------------------------------------------------------------------------------------------------------


def inet_create(net: Net, type_: int, protocol: int) -> InetSock:
    """socket(2) with AF_INET: SOCK_RAW for any protocol but 0, SOCK_DGRAM for UDP, SOCK_STREAM for TCP (a TcpSock).

    ESOCKTNOSUPPORT, EPROTONOSUPPORT.
    """
    if type_ == SOCK_STREAM and protocol in (0, IPPROTO_TCP):
        return tcp_socket(net)
    if type_ == SOCK_RAW:
        if not protocol:
            raise KernelError(Errno.EPROTONOSUPPORT)
    elif type_ != SOCK_DGRAM:
        raise KernelError(Errno.ESOCKTNOSUPPORT)
    elif protocol not in (0, IPPROTO_UDP):
        raise KernelError(Errno.EPROTONOSUPPORT)
    sk = InetSock(net, type_, protocol or IPPROTO_UDP)
    if net.ipv4.sysctl_ip_no_pmtu_disc:
        sk.pmtudisc = IpPmtudisc.DONT
    if type_ == SOCK_RAW:
        sk.num = protocol
        sk.hdrincl = protocol == IPPROTO_RAW
        net.ipv4.raw_sockets.setdefault(protocol, []).append(sk)
    return sk


def tcp_socket(net: Net) -> TcpSock:
    """socket(2) with AF_INET and SOCK_STREAM."""
    sk = TcpSock(net)
    tcp_v4_init_sock(sk)
    if net.ipv4.sysctl_ip_no_pmtu_disc:
        sk.pmtudisc = IpPmtudisc.DONT
    return sk


def inet_release(sk: InetSock) -> None:
    """close(2)."""
    ip_mc_drop_socket(sk)
    if isinstance(sk, TcpSock):
        tcp_close(sk)
    elif sk.type == SOCK_RAW:
        sockets = sk.net.ipv4.raw_sockets.get(sk.num, [])
        if sk in sockets:
            sockets.remove(sk)
        if not sockets:
            sk.net.ipv4.raw_sockets.pop(sk.num, None)
    else:
        udp_lib_unhash(sk)


def inet_bind(sk: InetSock, addr: bytes, port: int) -> None:
    """bind(2): EADDRNOTAVAIL for an address that is not ours, EADDRINUSE, EINVAL for a socket that has a port."""
    kind = inet_addr_type(sk.net, addr)
    own = kind in (Rtn.LOCAL, Rtn.MULTICAST, Rtn.BROADCAST)
    if not own and not sk.freebind and not sk.net.ipv4.sysctl_ip_nonlocal_bind:
        raise KernelError(Errno.EADDRNOTAVAIL)
    if sk.type != SOCK_RAW and sk.num:
        raise KernelError(Errno.EINVAL)
    sk.rcv_saddr = addr
    sk.saddr = addr if kind == Rtn.LOCAL or not own else INADDR_ANY
    if sk.type != SOCK_RAW:
        try:
            if isinstance(sk, TcpSock):
                inet_csk_get_port(sk, port)
                sk.bindport_lock = bool(port)
            else:
                udp_lib_get_port(sk, port)
        except KernelError:
            sk.rcv_saddr = sk.saddr = INADDR_ANY
            raise


def inet_dgram_connect(sk: InetSock, addr: bytes, port: int) -> None:
    """connect(2) of a raw or UDP socket: finds a route and the source address; nothing is sent.

    ENETUNREACH and other errors of the route; EACCES for a broadcast address without SO_BROADCAST.
    """
    if sk.type == SOCK_DGRAM and not sk.num:
        udp_lib_get_port(sk, 0)
    saddr, oif = multicast_source(sk, addr, sk.saddr, sk.bound_dev_if)
    flow = Flowi4(addr, saddr, sk.tos & INET_DSCP_MASK, oif=oif, mark=sk.mark, proto=sk.protocol)
    flow.sport, flow.dport = (sk.num, port) if sk.type == SOCK_DGRAM else (0, 0)
    rt = ip_route_output_key(sk.net, flow)
    if not isinstance(rt, int) and INADDR_ANY in (addr, saddr):
        # ip_route_connect looks again with what the first look-up filled in
        flow.oif = oif
        rt = ip_route_output_key(sk.net, flow)
    if isinstance(rt, int):
        raise KernelError(Errno(-rt))
    if rt.flags & RTCF_BROADCAST and not sk.broadcast:
        raise KernelError(Errno.EACCES)
    if sk.saddr == INADDR_ANY:
        sk.saddr = flow.saddr
    if sk.rcv_saddr == INADDR_ANY:
        sk.rcv_saddr = flow.saddr
    sk.daddr = flow.daddr
    sk.dport = port


def inet_stream_connect(sk: TcpSock, addr: bytes, port: int) -> int:
    """connect(2) of a non-blocking TCP socket: 0 when it stands, or a negative errno.

    EINPROGRESS: the handshake is under way; EALREADY: still; EISCONN; errors of the route; what the handshake ended in.
    """
    if sk.state in (TcpState.ESTABLISHED, TcpState.CLOSE_WAIT):
        return -Errno.EISCONN
    if sk.state in (TcpState.SYN_SENT, TcpState.SYN_RECV):
        return -Errno.EALREADY
    if sk.err:
        return -so_error(sk)
    with lock_sock(sk):
        error = sk.connect(sk, addr, port)
    return error or -Errno.EINPROGRESS


def inet_listen(sk: TcpSock, backlog: int) -> None:
    """listen(2): ``backlog`` connections may wait for accept. KernelError EADDRINUSE, EINVAL."""
    if sk.state not in (TcpState.CLOSE, TcpState.LISTEN):
        raise KernelError(Errno.EINVAL)
    sk.max_ack_backlog = backlog
    if sk.state is not TcpState.LISTEN:
        inet_csk_listen_start(sk)


def inet_accept(sk: TcpSock) -> TcpSock | None:
    """accept(2): the connection that has waited longest, None while there is none. KernelError EINVAL."""
    return inet_csk_accept(sk)


def inet_shutdown(sk: TcpSock, how: int) -> None:
    """shutdown(2) with RCV_SHUTDOWN, SEND_SHUTDOWN or both. KernelError ENOTCONN."""
    if sk.state in (TcpState.CLOSE, TcpState.LISTEN, TcpState.SYN_SENT):
        raise KernelError(Errno.ENOTCONN)
    with lock_sock(sk):
        sk.shutdown |= how
        tcp_shutdown(sk, how)


def inet_getname(sk: InetSock) -> tuple[bytes, int]:
    """getsockname(2)."""
    return (sk.rcv_saddr if sk.rcv_saddr != INADDR_ANY else sk.saddr), sk.num


def ip_mc_set_if(sk: InetSock, addr: bytes, ifindex: int) -> None:
    """IP_MULTICAST_IF: by interface number, else by address; EADDRNOTAVAIL."""
    dev = sk.net.dev_get_by_index(ifindex) if ifindex else None
    if ifindex and dev is None:
        raise KernelError(Errno.EADDRNOTAVAIL)
    if not ifindex and addr != INADDR_ANY:
        addresses = sk.net.ipv4.inet_addr_lst.get(addr)
        if not addresses or ipv4_is_multicast(addr):
            raise KernelError(Errno.EADDRNOTAVAIL)
        dev = addresses[0].in_dev.dev
    sk.mc_index = 0 if dev is None else dev.ifindex
    sk.mc_addr = addr


# --- start --------------------------------------------------------------------------------------------------------


def inet_init() -> None:
    """inet_init: IPv4's tables of operations, for all machines; called once, in boot.py."""
    FUNCTIONS.ip_local_deliver = ip_local_deliver
    FUNCTIONS.ip_forward = ip_forward
    FUNCTIONS.ip_output = ip_output
    FUNCTIONS.ip_mc_output = ip_mc_output
    FUNCTIONS.icmp_send = icmp_send
    INET_PROTOS[IPPROTO_ICMP] = NetProtocol(icmp_rcv, icmp_err)
    INET_PROTOS[IPPROTO_UDP] = NetProtocol(udp_rcv, udp_err)
    INET_PROTOS[IPPROTO_TCP] = NetProtocol(tcp_v4_rcv, tcp_v4_err)
    NEIGH_TABLES[AF_INET] = _arp_tbl
    INETADDR_CHAIN.append(fib_inetaddr_event)


def _arp_tbl(net: Net) -> NeighTable:
    table: NeighTable = net.ipv4.arp_tbl
    return table


def _kernel_socket(net: Net, protocol: int, pmtudisc: IpPmtudisc) -> InetSock:
    """inet_ctl_sock_create: a socket of the kernel's own, which receives nothing."""
    sk = InetSock(net, SOCK_RAW, protocol)
    sk.pmtudisc = pmtudisc
    sk.mc_loop = False
    return sk


def inet_net_init(net: Net) -> None:
    """inet_init_net and its like: IPv4 comes to a namespace, before its first device."""
    ipv4 = net.ipv4 = NetnsIpv4(net)
    ipv4.devconf_all = Ipv4Devconf()
    ipv4.devconf_dflt = Ipv4Devconf()
    ipv4.arp_tbl = arp_net_init(net)
    ipv4.icmp_sk = _kernel_socket(net, IPPROTO_ICMP, IpPmtudisc.DONT)
    ipv4.tcp_sk = _kernel_socket(net, IPPROTO_TCP, IpPmtudisc.DO)
    ipv4.tcp_af_ops = IPV4_SPECIFIC
    ipv4.icmp_global_stamp = net.machine.clock.now - NSEC_PER_SEC
    fib4_rules_init(net)
    devinet_sysctl_register(net, "all", ipv4.devconf_all)
    devinet_sysctl_register(net, "default", ipv4.devconf_dflt)
    if net is net.machine.init_net:
        net.sysctl.register("net.ipv4.neigh.default", partial(neigh_sysctl_table, ipv4.arp_tbl.parms))
    net.sysctl.register("net.ipv4", partial(_sysctl_table, net))
    net.sysctl.register("net.ipv4.route", partial(_route_sysctl_table, ipv4))


# name of the file, name of the field, bounds, what the field holds of one of the file's units
_SYSCTLS = (
    ("fib_multipath_hash_policy", "sysctl_fib_multipath_hash_policy", 0, 0, 1),
    ("fib_multipath_use_neigh", "sysctl_fib_multipath_use_neigh", 0, 1, 1),
    ("fwmark_reflect", "sysctl_fwmark_reflect", 0, 255, 1),
    ("icmp_echo_ignore_all", "sysctl_icmp_echo_ignore_all", 0, 1, 1),
    ("icmp_echo_ignore_broadcasts", "sysctl_icmp_echo_ignore_broadcasts", 0, 1, 1),
    ("icmp_errors_use_inbound_ifaddr", "sysctl_icmp_errors_use_inbound_ifaddr", 0, 1, 1),
    ("icmp_ignore_bogus_error_responses", "sysctl_icmp_ignore_bogus_error_responses", 0, 1, 1),
    ("icmp_msgs_burst", "sysctl_icmp_msgs_burst", 0, INT_MAX, 1),
    ("icmp_msgs_per_sec", "sysctl_icmp_msgs_per_sec", 0, INT_MAX, 1),
    ("icmp_ratelimit", "sysctl_icmp_ratelimit", 0, INT_MAX, NSEC_PER_MSEC),
    ("icmp_ratemask", "sysctl_icmp_ratemask", 0, INT_MAX, 1),
    ("ip_default_ttl", "sysctl_ip_default_ttl", 1, 255, 1),
    ("ip_forward_update_priority", "sysctl_ip_fwd_update_priority", 0, 1, 1),
    ("ip_forward_use_pmtu", "sysctl_ip_fwd_use_pmtu", 0, 255, 1),
    ("ip_no_pmtu_disc", "sysctl_ip_no_pmtu_disc", 0, 3, 1),
    ("ip_nonlocal_bind", "sysctl_ip_nonlocal_bind", 0, 255, 1),
    ("ipfrag_high_thresh", "sysctl_ipfrag_high_thresh", 0, INT_MAX, 1),
    ("ipfrag_low_thresh", "sysctl_ipfrag_low_thresh", 0, INT_MAX, 1),
    ("ipfrag_time", "sysctl_ipfrag_time", 0, INT_MAX, NSEC_PER_SEC),
    ("tcp_abort_on_overflow", "sysctl_tcp_abort_on_overflow", 0, 255, 1),
    ("tcp_dsack", "sysctl_tcp_dsack", 0, 255, 1),
    ("tcp_fin_timeout", "sysctl_tcp_fin_timeout", 0, INT_MAX, NSEC_PER_SEC),
    ("tcp_orphan_retries", "sysctl_tcp_orphan_retries", 0, 255, 1),
    ("tcp_retries2", "sysctl_tcp_retries2", 0, 255, 1),
    ("tcp_sack", "sysctl_tcp_sack", 0, 255, 1),
    ("tcp_syn_linear_timeouts", "sysctl_tcp_syn_linear_timeouts", 0, 127, 1),
    ("tcp_syn_retries", "sysctl_tcp_syn_retries", 1, 127, 1),
    ("tcp_synack_retries", "sysctl_tcp_synack_retries", 0, 255, 1),
    ("tcp_syncookies", "sysctl_tcp_syncookies", 0, 1, 1),
    ("tcp_timestamps", "sysctl_tcp_timestamps", 0, 1, 1),
    ("tcp_window_scaling", "sysctl_tcp_window_scaling", 0, 255, 1),
)

_ROUTE_SYSCTLS = (
    ("min_pmtu", "ip_rt_min_pmtu", 68, INT_MAX, 1),
    ("mtu_expires", "ip_rt_mtu_expires", 0, INT_MAX, NSEC_PER_SEC),
)

# what has no effect in the model: to be read, and to be written with what is there
_FIXED = {
    "fib_multipath_hash_fields": 7,
    "fib_notify_on_flag_change": 0,
    "icmp_echo_enable_probe": 0,
    "igmp_link_local_mcast_reports": 1,
    "igmp_max_memberships": 20,
    "igmp_max_msf": 10,
    "igmp_qrv": 2,
    "ip_autobind_reuse": 0,
    "ip_dynaddr": 0,
    "ip_early_demux": 1,
    "ip_unprivileged_port_start": 1024,
    "ipfrag_max_dist": 64,
    "nexthop_compat_mode": 1,
    "raw_l3mdev_accept": 1,
    "udp_early_demux": 1,
    "udp_l3mdev_accept": 0,
    "udp_rmem_min": 4096,
    "udp_wmem_min": 4096,
}


def _port_range_entry(ipv4: NetnsIpv4) -> CtlTable:
    """ip_local_port_range: two numbers."""

    def write(text: str) -> None:
        words = text.split()
        if len(words) != 2 or not all(word.isdigit() for word in words):
            raise KernelError(Errno.EINVAL)
        low, high = map(int, words)
        if not 1 <= low <= high <= 65535:
            raise KernelError(Errno.EINVAL)
        ipv4.sysctl_ip_local_port_range = (low, high)

    return CtlTable(lambda: "\t".join(map(str, ipv4.sysctl_ip_local_port_range)), write)


def _sysctl_table(net: Net) -> dict[str, CtlTable]:
    """ipv4_net_table."""
    ipv4: NetnsIpv4 = net.ipv4
    table = {name: int_entry(ipv4, field, low, high, unit=unit) for name, field, low, high, unit in _SYSCTLS}
    table.update((name, fixed_entry(value)) for name, value in _FIXED.items())
    if not net.machine.version.tcp_syn_linear_timeouts:
        del table["tcp_syn_linear_timeouts"]
    table["ip_forward"] = forward_entry(net, ipv4.devconf_all)
    table["ip_local_port_range"] = _port_range_entry(ipv4)
    return table


def _route_sysctl_table(ipv4: NetnsIpv4) -> dict[str, CtlTable]:
    """ipv4_route_netns_table."""
    table = {name: int_entry(ipv4, field, low, high, unit=unit) for name, field, low, high, unit in _ROUTE_SYSCTLS}
    table["min_adv_mss"] = fixed_entry(256)
    return table


def inet_netdev_event(event: NetdevEvent, dev: NetDevice) -> None:
    """IPv4's part of netdev_chain: rules, then addresses, routes and neighbours follow a device's life."""
    fib_rules_event(dev.net)
    if event is NetdevEvent.UNREGISTER:
        fib_netdev_event(event, dev)
        inetdev_event(event, dev)
    else:
        inetdev_event(event, dev)
        fib_netdev_event(event, dev)
    arp_netdev_event(event, dev)
