"""flow add: a connection goes into a flowtable (net/netfilter/nft_flow_offload.c)."""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.flow import FLOWI_FLAG_ANYSRC, INET_DSCP_MASK, Flowi4
from webapp.kernel.ipv4.route import Rtable, ip_route_output_key
from webapp.kernel.netfilter.nf_conntrack import (
    IP_CT_IS_REPLY,
    IPPROTO_TCP,
    IPPROTO_UDP,
    IPS_CONFIRMED,
    IPS_NAT_CLASH,
    IPS_OFFLOAD,
    IPS_SEQ_ADJUST,
    NfConn,
)
from webapp.kernel.netfilter.nf_conntrack_proto import nf_ct_netns_get, nf_ct_netns_put
from webapp.kernel.netfilter.nf_conntrack_proto_tcp import FLAG_BE_LIBERAL, TcpConntrack
from webapp.kernel.netfilter.nf_flow_table_core import FlowOffload, flow_offload_add
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo, nft_chain_validate_hooks
from webapp.kernel.netfilter.nf_tables_flowtable import NftFlowtable
from webapp.kernel.uapi.netfilter import NF_INET_FORWARD, NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6
from webapp.kernel.uapi.nf_tables import NFT_BREAK
from webapp.kernel.uapi.nf_tables import FlowOffload as FlowOffloadAttrs
from webapp.kernel.wire import tcp


class NftFlowOffload(NftExpr):
    """Offloads a TCP or UDP connection that is confirmed and is not yet; breaks where it cannot be."""

    __slots__ = ("flowtable",)

    def __init__(self, ctx: NftCtx, attrs: FlowOffloadAttrs) -> None:
        super().__init__(ctx, attrs)
        flowtable: NftFlowtable | None = ctx.table.flowtables.get(attrs.table_name)
        if flowtable is None:
            raise KernelError(Errno.ENOENT)
        self.flowtable = flowtable
        net, family = ctx.net, ctx.family
        nf_ct_netns_get(net, family)
        ctx.trans.undo(lambda: nf_ct_netns_put(net, family))
        ctx.trans.assign(flowtable, "use", flowtable.use + 1)

    def deactivate(self, ctx: NftCtx) -> None:
        net, family = ctx.net, ctx.family
        ctx.trans.assign(self.flowtable, "use", self.flowtable.use - 1)
        ctx.trans.on_commit(lambda: nf_ct_netns_put(net, family))

    def validate(self, ctx: NftCtx) -> None:
        if ctx.family not in (NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET):
            raise KernelError(Errno.EOPNOTSUPP)
        nft_chain_validate_hooks(ctx, (NF_INET_FORWARD,))

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        ct: NfConn | None = pkt.skb.nfct
        if ct is None or pkt.state.pf != NFPROTO_IPV4 or not _can_be_offloaded(ct, pkt):
            return NFT_BREAK
        ct.status |= IPS_OFFLOAD
        routes = _nft_flow_route(pkt, ct)
        if routes is None:
            ct.status &= ~IPS_OFFLOAD
            return NFT_BREAK
        if ct.tcp is not None:
            for side in ct.tcp.seen:
                side.flags |= FLAG_BE_LIBERAL
        flow_offload_add(self.flowtable.data, FlowOffload(ct, routes))
        return None


def _can_be_offloaded(ct: NfConn, pkt: NftPktinfo) -> bool:
    head = pkt.skb.head
    if head[pkt.skb.network_header] & 0xF != 5 or ct.protonum not in (IPPROTO_TCP, IPPROTO_UDP):
        return False
    if ct.protonum == IPPROTO_TCP:
        ends = len(head) < pkt.thoff + tcp.HLEN or head[pkt.thoff + 13] & (tcp.FIN | tcp.RST)
        if ends or ct.tcp.state != TcpConntrack.ESTABLISHED:
            return False
    return bool(ct.status & IPS_CONFIRMED) and not ct.status & (IPS_SEQ_ADJUST | IPS_NAT_CLASH | IPS_OFFLOAD)


def _nft_flow_route(pkt: NftPktinfo, ct: NfConn) -> tuple[Rtable, Rtable] | None:
    """nft_flow_route: the packet's own route, and one back to where it came from."""
    skb = pkt.skb
    direction = int(skb.nfctinfo >= IP_CT_IS_REPLY)
    own, in_ = skb.dst, pkt.state.in_
    if not isinstance(own, Rtable) or in_ is None:
        return None
    flow = Flowi4(
        ct.tuples[direction].src,
        ct.tuples[not direction].src,
        skb.head[skb.network_header + 1] & INET_DSCP_MASK,
        oif=in_.ifindex,
        mark=skb.mark,
        flags=FLOWI_FLAG_ANYSRC,
    )
    back = ip_route_output_key(pkt.state.net, flow)
    if isinstance(back, int):
        return None
    return (back, own) if direction else (own, back)
