"""Flowtables: connections whose packets skip the stack (net/netfilter/nf_flow_table_core.c).

Only the path by routes and neighbours is modelled (FLOW_OFFLOAD_XMIT_NEIGH), not the one straight to a bridge's port or
a vlan's lower device, and no hardware.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.ipv4.route import Rtable, ip_dst_mtu_maybe_forward
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_conntrack import (
    IPPROTO_TCP,
    IPS_DYING,
    IPS_OFFLOAD,
    NetnsCt,
    NfConn,
    Tuple,
)
from webapp.kernel.netfilter.nf_conntrack_proto_tcp import tcp_timeout

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

_FILE = "net/netfilter/nf_flow_table_core.c"
_GC_INTERVAL = NSEC_PER_SEC
_NF_CT_DAY = 86400 * NSEC_PER_SEC

FlowKey = tuple[int, Tuple]
"""A packet of a flow: the number of the device that it came in on, and its tuple."""


class FlowOffload:
    """struct flow_offload: a connection, and for each direction the key, the route out and the longest packet."""

    __slots__ = ("ct", "keys", "mtus", "routes", "teardown", "timeout")

    def __init__(self, ct: NfConn, routes: tuple[Rtable, Rtable]) -> None:
        self.ct = ct
        self.routes = routes
        self.mtus = tuple(ip_dst_mtu_maybe_forward(rt, True) for rt in routes)
        # packets of a direction come in where those of the other go out
        self.keys: tuple[FlowKey, FlowKey] = (
            (routes[1].dev.ifindex, ct.tuples[0]),
            (routes[0].dev.ifindex, ct.tuples[1]),
        )
        self.teardown = False
        self.timeout = 0


class NfFlowtable:
    """struct nf_flowtable: flows by the key of each direction; looked through once a second while there are any."""

    __slots__ = ("count", "flows", "net", "running")

    def __init__(self, net: Net, *, count: bool) -> None:
        self.net = net
        self.count = count
        self.flows: dict[FlowKey, tuple[int, FlowOffload]] = {}
        self.running = False

    def run(self) -> None:
        """queue_delayed_work(gc_work)."""
        if self.flows and not self.running:
            self.running = True
            self.net.machine.clock.call_later(_GC_INTERVAL, partial(nf_flow_offload_work_gc, self))


def _flow_timeout(flow: FlowOffload) -> int:
    """flow_offload_get_timeout."""
    tables: NetnsCt = flow.ct.net.ct
    tcp = flow.ct.protonum == IPPROTO_TCP
    return tables.flowtable_tcp_timeout if tcp else tables.flowtable_udp_timeout


def _nf_ct_offload_timeout(ct: NfConn) -> None:
    """nf_ct_offload_timeout: an offloaded connection does not end by itself."""
    if ct.expires() < _NF_CT_DAY // 2:
        ct.timeout = ct.net.machine.clock.now + _NF_CT_DAY


@kfunc(_FILE, "flow_offload_add")
def flow_offload_add(table: NfFlowtable, flow: FlowOffload) -> None:
    """Puts a flow into the table, in both directions."""
    flow.timeout = table.net.machine.clock.now + _flow_timeout(flow)
    for direction, key in enumerate(flow.keys):
        table.flows[key] = direction, flow
    _nf_ct_offload_timeout(flow.ct)
    table.run()


def flow_offload_refresh(table: NfFlowtable, flow: FlowOffload) -> None:
    """flow_offload_refresh: a packet has used it."""
    flow.timeout = table.net.machine.clock.now + _flow_timeout(flow)


def flow_offload_lookup(table: NfFlowtable, key: FlowKey) -> tuple[int, FlowOffload] | None:
    """flow_offload_lookup: the direction and the flow that a packet belongs to."""
    found = table.flows.get(key)
    if found is None or found[1].teardown or found[1].ct.status & IPS_DYING:
        return None
    return found


@kfunc(_FILE, "flow_offload_teardown")
def flow_offload_teardown(flow: FlowOffload) -> None:
    """The connection goes back to the stack, with the time to live that it would have had there."""
    ct = flow.ct
    tables: NetnsCt = ct.net.ct
    ct.status &= ~IPS_OFFLOAD
    flow.teardown = True
    if ct.tcp is not None:
        for side in ct.tcp.seen:
            side.td_maxwin = 0
        timeout = tcp_timeout(tables, ct.tcp.state) - tables.flowtable_tcp_timeout
    else:
        timeout = tables.udp_timeout_stream - tables.flowtable_udp_timeout
    now = ct.net.machine.clock.now
    ct.timeout = min(ct.timeout, now + max(timeout, 0))


@kfunc(_FILE, "nf_flow_offload_work_gc")
def nf_flow_offload_work_gc(table: NfFlowtable) -> None:
    """Ends the flows that nobody used for their timeout, and forgets those that have ended."""
    table.running = False
    now = table.net.machine.clock.now
    for flow in [flow for direction, flow in table.flows.values() if not direction]:
        if not flow.teardown and (flow.timeout <= now or flow.ct.status & IPS_DYING):
            flow_offload_teardown(flow)
        if flow.teardown:
            for key in flow.keys:
                table.flows.pop(key, None)
        else:
            _nf_ct_offload_timeout(flow.ct)
    table.run()


def nf_flow_table_cleanup(table: NfFlowtable, dev: NetDevice | None) -> None:
    """nf_flow_table_cleanup: ends the flows that come in on a device, or all."""
    for direction, flow in list(table.flows.values()):
        affected = dev is None or dev.ifindex in (flow.keys[0][0], flow.keys[1][0])
        if not direction and affected and not flow.teardown:
            flow_offload_teardown(flow)


def flow_offload_netdev_event(event: NetdevEvent, dev: NetDevice) -> None:
    """flow_offload_netdev_event (nft_flow_offload.c): flows end as a device goes down."""
    if event is NetdevEvent.DOWN:
        for owner in dev.net.nft.tables.values():
            for flowtable in owner.flowtables.values():
                nf_flow_table_cleanup(flowtable.data, dev)
