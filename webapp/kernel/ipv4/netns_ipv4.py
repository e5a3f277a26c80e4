"""struct netns_ipv4 (include/net/netns/ipv4.h): what IPv4 keeps for one namespace."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from webapp.kernel.clock import NSEC_PER_SEC

if TYPE_CHECKING:
    from webapp.kernel.core.neighbour import NeighTable
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.sock import InetSock
    from webapp.kernel.ipv4.fib_rules import FibRule
    from webapp.kernel.ipv4.fib_table import FibAlias, FibTable
    from webapp.kernel.ipv4.in_device import InIfaddr, Ipv4Devconf
    from webapp.kernel.ipv4.inet_hashtables import Established
    from webapp.kernel.ipv4.inetpeer import InetPeer
    from webapp.kernel.ipv4.ip_fib import FibInfo
    from webapp.kernel.ipv4.ip_fragment import Ipq
    from webapp.kernel.ipv4.tcp_sock import AfOps, TcpSock, TimewaitSock, Tuple4


class NetnsIpv4:
    """The sysctls of net.ipv4 by their kernel names (times in ns, else as the file says), and IPv4's tables."""

    def __init__(self, net: Net) -> None:  # noqa: PLR0915 - a list of fields with their first values
        self.net = net
        self.devconf_all: Ipv4Devconf
        self.devconf_dflt: Ipv4Devconf
        self.arp_tbl: NeighTable
        self.inet_addr_lst: dict[bytes, list[InIfaddr]] = {}
        self.tables: dict[int, FibTable] = {}
        self.fib_merged: list[tuple[int, dict[int, list[FibAlias]]]] = []
        self.rules: list[FibRule] = []
        self.fib_infos: list[FibInfo] = []
        self.fib_has_custom_rules = False
        self.fib_rules_require_fldissect = 0
        self.fib_has_custom_local_routes = False
        self.rt_genid = 0
        self.fnhe_genid = 0
        self.peers: dict[bytes, InetPeer] = {}
        self.frags: dict[tuple[Any, ...], Ipq] = {}
        self.frags_mem = 0
        self.raw_sockets: dict[int, list[InetSock]] = {}
        self.udp_table: dict[int, list[InetSock]] = {}
        self.icmp_sk: InetSock
        self.tcp_sk: InetSock
        self.tcp_af_ops: AfOps
        self.tcp_bhash: dict[int, list[TcpSock | TimewaitSock]] = {}
        self.tcp_listening: dict[int, list[TcpSock]] = {}
        self.tcp_ehash: dict[Tuple4, Established] = {}
        self.tcp_isn = 0
        self.last_port = 0
        self.ip_id = 0
        self.icmp_global_credit = 0
        self.icmp_global_stamp = 0
        self.sysctl_ip_default_ttl = 64
        self.sysctl_ip_no_pmtu_disc = 0
        self.sysctl_ip_fwd_use_pmtu = 0
        self.sysctl_ip_fwd_update_priority = 1
        self.sysctl_ip_nonlocal_bind = 0
        self.sysctl_ip_early_demux = 1
        self.sysctl_fwmark_reflect = 0
        self.sysctl_icmp_echo_ignore_all = 0
        self.sysctl_icmp_echo_ignore_broadcasts = 1
        self.sysctl_icmp_ignore_bogus_error_responses = 1
        self.sysctl_icmp_errors_use_inbound_ifaddr = 0
        self.sysctl_icmp_ratelimit = NSEC_PER_SEC
        self.sysctl_icmp_ratemask = 0x1818
        self.sysctl_icmp_msgs_per_sec = 1000
        self.sysctl_icmp_msgs_burst = 50
        self.sysctl_ipfrag_time = 30 * NSEC_PER_SEC
        self.sysctl_ipfrag_high_thresh = 4 << 20
        self.sysctl_ipfrag_low_thresh = 3 << 20
        self.sysctl_ipfrag_max_dist = 64
        self.sysctl_fib_multipath_use_neigh = 0
        self.sysctl_fib_multipath_hash_policy = 0
        self.sysctl_ip_local_port_range = (32768, 60999)
        self.sysctl_tcp_syn_retries = 6
        self.sysctl_tcp_syn_linear_timeouts = net.machine.version.tcp_syn_linear_timeouts
        self.sysctl_tcp_synack_retries = 5
        self.sysctl_tcp_retries2 = 15
        self.sysctl_tcp_orphan_retries = 0
        self.sysctl_tcp_fin_timeout = 60 * NSEC_PER_SEC
        self.sysctl_tcp_timestamps = 1
        self.sysctl_tcp_sack = 1
        self.sysctl_tcp_dsack = 1
        self.sysctl_tcp_window_scaling = 1
        self.sysctl_tcp_syncookies = 1
        self.sysctl_tcp_abort_on_overflow = 0
        self.sysctl_tcp_rmem = (4096, 131_072, net.machine.version.tcp_rmem_max)
        self.ip_rt_min_pmtu = 552
        self.ip_rt_mtu_expires = 600 * NSEC_PER_SEC
        self.ip_rt_gc_timeout = 300 * NSEC_PER_SEC
        self.ip_rt_redirect_number = 9
        self.ip_rt_redirect_load = NSEC_PER_SEC // 50
        self.ip_rt_redirect_silence = self.ip_rt_redirect_load << 10
        self.ip_rt_error_cost = NSEC_PER_SEC
        self.ip_rt_error_burst = 5 * NSEC_PER_SEC

    def next_id(self) -> int:
        """An identification for the IP header; the kernel takes hashed random numbers, the model counts from 1."""
        self.ip_id = self.ip_id % 0xFFFF + 1
        return self.ip_id

    def local_ports(self, step: int) -> Iterator[int]:
        """The ports of ip_local_port_range that a socket may be given, from behind the last one that was.

        Linux begins at a hashed random place. ``step`` 2 goes through the even ones first, as connect does.
        """
        low, high = self.sysctl_ip_local_port_range
        begin = self.last_port + 1 if low <= self.last_port < high else low
        for first in range(step):
            start = begin + (begin - low - first) % step
            for port in chain(range(start, high + 1, step), range(low + first, start, step)):
                self.last_port = port
                yield port

    def next_isn(self) -> int:
        """A connection's first sequence number; the kernel's is a keyed hash, the model's a golden-ratio sequence."""
        self.tcp_isn = self.tcp_isn + 0x9E3779B1 & 0xFFFFFFFF
        return self.tcp_isn
