"""Where kernels differ: one record for each version that the model plays, asked by the code that it concerns.

The figures are those of recordings of Debian's 6.1 and 6.12 and of 6.18 (tests/cases). A version between two that were
recorded behaves as the older one. Before 5.16 there is no egress hook (commit 42df6e1d221d).
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a kernel does, as far as versions differ in it.

    ``netdev_egress``: netfilter has the egress hook (5.16).
    ``taps_per_net``: an ETH_P_ALL socket hears its own namespace only, not every frame of the machine (6.18).
    ``clsact_serves_taps``: a clsact without filters still has waiting sockets served before it (tcx, 6.6).
    ``mirred_device_list``: mirred refuses a device that it is already sending to (stable 6.12), besides counting.
    ``down_counts_dropped``: a packet for a device whose queue is the noop qdisc counts in ``tx dropped`` (6.12).
    ``tunnel_recursion_limit``: tunnels have a limit of their own, below that of transmission (6.12).
    ``br_nf_forward_priority``: where br_netfilter stands at the bridge's forward hook; at -1 (6.1) it leads IP packets
    past chains of priority 0.
    ``netdev_chain_by_name``: a netdev chain binds to names, existing or not, and outlives its devices (6.16).
    ``netdev_chain_outlives_devices``: it stays, with fewer hooks, when its devices go (6.12).
    ``reject_at_netdev``: reject works in netdev ingress chains; Debian's kernels are built without it.
    ``chain_hook_checked``: a base chain declared again with another hook is refused (6.12).
    ``trace_returns_as_rules``: nft's trace calls the end of a chain, and ``return``, the work of a rule; the mask that
    verdicts are read through (6.7) leaves neither of the codes whole that it asks for.
    ``tcp_syn_linear_timeouts``: so many SYNs are repeated before the time between them doubles (6.5).
    ``tcp_rmem_max``: tcp_rmem[2], from which a connection's window scale follows (6.17).
    ``bridge_keeps_dst``: what a bridge sends keeps its route, which an answer made of it still has when it comes in and
    is thrown away for (seen on 6.18).
    ``fib_asks_protocol``: nft's fib looks IPv4 routes up with the packet's protocol (stable 6.12).
    """

    netdev_egress: bool = True
    taps_per_net: bool = True
    clsact_serves_taps: bool = True
    mirred_device_list: bool = False
    down_counts_dropped: bool = True
    tunnel_recursion_limit: bool = True
    br_nf_forward_priority: int = 0
    netdev_chain_by_name: bool = True
    netdev_chain_outlives_devices: bool = True
    reject_at_netdev: bool = True
    chain_hook_checked: bool = True
    trace_returns_as_rules: bool = True
    tcp_syn_linear_timeouts: int = 4
    tcp_rmem_max: int = 33_554_432
    bridge_keeps_dst: bool = True
    fib_asks_protocol: bool = True


LINUX_6_18 = Behaviour()
LINUX_6_12 = replace(
    LINUX_6_18, taps_per_net=False, mirred_device_list=True, netdev_chain_by_name=False, reject_at_netdev=False,
    tcp_rmem_max=6_291_456, bridge_keeps_dst=False,
)  # fmt: skip
LINUX_6_1 = replace(
    LINUX_6_12,
    clsact_serves_taps=False,
    mirred_device_list=False,
    down_counts_dropped=False,
    tunnel_recursion_limit=False,
    br_nf_forward_priority=-1,
    netdev_chain_outlives_devices=False,
    chain_hook_checked=False,
    trace_returns_as_rules=False,
    tcp_syn_linear_timeouts=0,
    fib_asks_protocol=False,
)
LINUX_5_15 = replace(LINUX_6_1, netdev_egress=False)

DEFAULT_VERSION = "6.18"
VERSIONS = {"6.18": LINUX_6_18, "6.12": LINUX_6_12, "6.1": LINUX_6_1, "5.15": LINUX_5_15}
"""By the number that --kernel takes."""
