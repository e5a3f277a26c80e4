"""struct netns_ipv6 (include/net/netns/ipv6.h): what IPv6 keeps for one namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp.kernel.clock import NSEC_PER_MSEC, NSEC_PER_SEC, Timer

if TYPE_CHECKING:
    from webapp.kernel.core.neighbour import NeighTable
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.sock import Inet6Sock
    from webapp.kernel.ipv4.inetpeer import InetPeer
    from webapp.kernel.ipv6.fib6_rules import Fib6Rule
    from webapp.kernel.ipv6.if_inet6 import Inet6Ifaddr, Ipv6Devconf
    from webapp.kernel.ipv6.ip6_fib import Fib6Table
    from webapp.kernel.ipv6.reassembly import FragQueue

ICMPV6_RATEMASK = ((1 << 128) - 1) & ~(1 << 2)
"""All errors but packet too big."""


class NetnsIpv6:
    """The sysctls of net.ipv6 by their kernel names (times in ns, else as the file says), and IPv6's tables."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.devconf_all: Ipv6Devconf
        self.devconf_dflt: Ipv6Devconf
        self.nd_tbl: NeighTable
        self.inet6_addr_lst: dict[bytes, list[Inet6Ifaddr]] = {}
        self.names: dict[NetDevice, str] = {}
        self.fib6_tables: dict[int, Fib6Table] = {}
        self.fib6_rules: list[Fib6Rule] = []
        self.fib6_has_custom_rules = False
        self.fib6_rules_require_fldissect = 0
        self.fib6_gc_timer: Timer | None = None
        self.rt_genid = 0
        self.peers: dict[bytes, InetPeer] = {}
        self.frags: dict[tuple[Any, ...], FragQueue] = {}
        self.frags_mem = 0
        self.raw_sockets: dict[int, list[Inet6Sock]] = {}
        self.icmp_sk: Inet6Sock
        self.tcp_sk: Inet6Sock
        self.ndisc_sk: Inet6Sock
        self.igmp_sk: Inet6Sock
        self.frag_id = 0
        self.sysctl_anycast_src_echo_reply = 0
        self.sysctl_auto_flowlabels = 1
        self.sysctl_fwmark_reflect = 0
        self.sysctl_ip_nonlocal_bind = 0
        self.sysctl_icmpv6_echo_ignore_all = 0
        self.sysctl_icmpv6_echo_ignore_multicast = 0
        self.sysctl_icmpv6_echo_ignore_anycast = 0
        self.sysctl_icmpv6_time = 100 * NSEC_PER_MSEC
        self.sysctl_icmpv6_ratemask = ICMPV6_RATEMASK
        self.sysctl_ip6frag_time = 60 * NSEC_PER_SEC
        self.sysctl_ip6frag_high_thresh = 4 << 20
        self.sysctl_ip6frag_low_thresh = 3 << 20
        self.ip6_rt_mtu_expires = 600 * NSEC_PER_SEC

    def select_ident(self) -> int:
        """ipv6_select_ident: an identification for a fragment header; Linux draws it, the model counts from 1."""
        self.frag_id = self.frag_id % 0xFFFFFFFF + 1
        return self.frag_id
