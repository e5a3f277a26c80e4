"""A flowtable's ingress hook: packets of a known flow go out at once (net/netfilter/nf_flow_table_ip.c).

As in 6.12; since 6.14 a FIN does not end a flow by itself. IPv6 packets go by.
"""

from __future__ import annotations

from webapp.kernel.core.neighbour import neigh_xmit
from webapp.kernel.core.skbuff import SkBuff, skb_exceeds_mtu
from webapp.kernel.ipv4.ip_forward import ip_decrease_ttl
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.netfilter.nf_conntrack import (
    IP_CT_IS_REPLY,
    IPPROTO_TCP,
    IPPROTO_UDP,
    IPS_DST_NAT,
    IPS_SRC_NAT,
    Tuple,
)
from webapp.kernel.netfilter.nf_conntrack_core import nf_ct_acct_update, nf_ct_invert_tuple, nf_verdict_name
from webapp.kernel.netfilter.nf_flow_table_core import (
    FlowOffload,
    NfFlowtable,
    flow_offload_lookup,
    flow_offload_refresh,
    flow_offload_teardown,
)
from webapp.kernel.netfilter.nf_nat_core import NF_NAT_MANIP_DST, NF_NAT_MANIP_SRC
from webapp.kernel.netfilter.nf_nat_proto import nf_nat_ipv4_manip_pkt
from webapp.kernel.trace import RECORDER, Translated
from webapp.kernel.uapi.if_ether import ETH_P_IP
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NF_STOLEN, NFPROTO_IPV4
from webapp.kernel.wire import tcp

_FILE = "net/netfilter/nf_flow_table_ip.c"
_HEADERS = {IPPROTO_TCP: 20, IPPROTO_UDP: 8}
_IHL = 20


def _flow_tuple_ip(skb: SkBuff) -> Tuple | None:
    """nf_flow_tuple_ip: None for what the stack has to see: fragments, options, the last hop, other protocols."""
    head, nh = skb.head, skb.network_header
    if len(head) < nh + _IHL or head[nh] & 0xF != _IHL >> 2 or head[nh + 6] & 0x3F or head[nh + 7]:
        return None
    protocol = head[nh + 9]
    at = nh + _IHL
    if protocol not in _HEADERS or head[nh + 8] <= 1 or len(head) < at + _HEADERS[protocol]:
        return None
    ports = head[at] << 8 | head[at + 1], head[at + 2] << 8 | head[at + 3]
    return Tuple(NFPROTO_IPV4, protocol, head[nh + 12 : nh + 16], head[nh + 16 : nh + 20], *ports)


def _nf_flow_nat_ip(flow: FlowOffload, skb: SkBuff, direction: int) -> None:
    """nf_flow_nat_ip: what NAT settled for the connection."""
    target = nf_ct_invert_tuple(flow.ct.tuples[not direction])
    if target is None:
        return
    source, destination = str(target).partition(" ")[2].split(" > ")
    recorder = RECORDER.get()
    for flag, manip in ((IPS_SRC_NAT, direction), (IPS_DST_NAT, not direction)):
        if not flow.ct.status & flag:
            continue
        nf_nat_ipv4_manip_pkt(skb, skb.network_header, target, NF_NAT_MANIP_DST if manip else NF_NAT_MANIP_SRC)
        if recorder is not None:
            recorder.note(Translated("destination", destination) if manip else Translated("source", source))


def _state_check(flow: FlowOffload, skb: SkBuff, protocol: int) -> bool:
    """nf_flow_state_check: a TCP connection that ends is the stack's to follow."""
    if protocol == IPPROTO_TCP and skb.head[skb.network_header + _IHL + 13] & (tcp.FIN | tcp.RST):
        flow_offload_teardown(flow)
        return False
    return True


@kfunc(_FILE, "nf_flow_offload_ip_hook", verdict=nf_verdict_name)
def nf_flow_offload_ip_hook(priv: NfFlowtable, skb: SkBuff, state: NfHookState) -> int:
    """NF_STOLEN for a packet of a flow: translated, a hop further, sent. All else is accepted."""
    dev = state.in_
    if skb.protocol != ETH_P_IP or dev is None:
        return NF_ACCEPT
    wanted = _flow_tuple_ip(skb)
    found = None if wanted is None else flow_offload_lookup(priv, (dev.ifindex, wanted))
    if wanted is None or found is None:
        return NF_ACCEPT
    direction, flow = found
    if skb_exceeds_mtu(skb, flow.mtus[direction]) or not _state_check(flow, skb, wanted.protonum):
        return NF_ACCEPT
    rt = flow.routes[direction]
    if not rt.valid():
        flow_offload_teardown(flow)
        return NF_ACCEPT
    flow_offload_refresh(priv, flow)
    _nf_flow_nat_ip(flow, skb, direction)
    ip_decrease_ttl(skb)
    if priv.count:
        nf_ct_acct_update(flow.ct, IP_CT_IS_REPLY * direction, skb)
    skb.dev = rt.dev
    skb.dst = rt
    neigh_xmit(rt.dev.net.ipv4.arp_tbl, rt.dev, rt.gateway or flow.ct.tuples[not direction].src, skb)
    return NF_STOLEN
