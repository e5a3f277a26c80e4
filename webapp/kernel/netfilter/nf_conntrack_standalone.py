"""Connection tracking's files below net.netfilter, and its beginning in a namespace
(net/netfilter/nf_conntrack_standalone.c).

Files whose subject the model does not have (logs, events, helpers, SCTP, GRE …) are not there.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.sysctl import CtlTable, int_entry
from webapp.kernel.netfilter.nf_conntrack import NetnsCt
from webapp.kernel.netfilter.nf_conntrack_core import nf_ct_iterate

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

_BUCKETS = "262144"

_SWITCHES = {
    "nf_conntrack_acct": "sysctl_acct",
    "nf_conntrack_checksum": "sysctl_checksum",
    "nf_conntrack_tcp_be_liberal": "sysctl_tcp_be_liberal",
    "nf_conntrack_tcp_ignore_invalid_rst": "sysctl_tcp_ignore_invalid_rst",
    "nf_conntrack_tcp_loose": "sysctl_tcp_loose",
}
_TIMEOUTS = {
    "nf_conntrack_generic_timeout": "generic_timeout",
    "nf_conntrack_icmp_timeout": "icmp_timeout",
    "nf_conntrack_icmpv6_timeout": "icmpv6_timeout",
    "nf_conntrack_udp_timeout": "udp_timeout",
    "nf_conntrack_udp_timeout_stream": "udp_timeout_stream",
    "nf_flowtable_tcp_timeout": "flowtable_tcp_timeout",
    "nf_flowtable_udp_timeout": "flowtable_udp_timeout",
    **{
        f"nf_conntrack_tcp_timeout_{name}": f"tcp_timeout_{name}"
        for name in ("close", "close_wait", "established", "fin_wait", "last_ack", "max_retrans", "syn_recv",
                     "syn_sent", "time_wait", "unacknowledged")
    },
}  # fmt: skip


def nf_conntrack_net_init(net: Net) -> None:
    """nf_conntrack_pernet_init: an empty table."""
    net.ct = NetnsCt()
    net.sysctl.register("net.netfilter", partial(_sysctl_table, net))


def _sysctl_table(net: Net) -> dict[str, CtlTable]:
    tables: NetnsCt = net.ct
    entries = {name: int_entry(tables, field, 0, 1) for name, field in _SWITCHES.items()}
    entries |= {name: int_entry(tables, field, 0, unit=NSEC_PER_SEC) for name, field in _TIMEOUTS.items()}
    entries["nf_conntrack_tcp_max_retrans"] = int_entry(tables, "sysctl_tcp_max_retrans", 0, 255)
    entries["nf_conntrack_count"] = CtlTable(lambda: str(sum(1 for _ in nf_ct_iterate(net))), None)
    entries["nf_conntrack_buckets"] = CtlTable(lambda: _BUCKETS, None)
    initial: NetnsCt = net.machine.init_net.ct
    limit = int_entry(initial, "sysctl_max", 0)
    entries["nf_conntrack_max"] = limit if tables is initial else CtlTable(limit.read, None)
    return entries
