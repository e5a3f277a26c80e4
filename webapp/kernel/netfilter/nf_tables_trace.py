"""Telling user space what chains do with a packet whose nf_trace is set (net/netfilter/nf_tables_trace.c)."""

from __future__ import annotations

from zlib import crc32

from webapp.kernel.core.skbuff import ETH_HLEN, SkBuff
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_tables import NftChain, NftPktinfo, NftRule
from webapp.kernel.trace import RECORDER, Traced
from webapp.kernel.uapi.netfilter import NF_STOLEN
from webapp.kernel.uapi.nf_tables import (
    NFT_GOTO,
    NFT_JUMP,
    NFT_TRACETYPE_POLICY,
    Trace,
    Verdict,
)

_FILE = "net/netfilter/nf_tables_trace.c"

NFT_TRACETYPE_LL_HSIZE = 20
NFT_TRACETYPE_NETWORK_HSIZE = 40
NFT_TRACETYPE_TRANSPORT_HSIZE = 20

_REMEMBERED = 4096
"""So many packets keep their numbers; when the next one is told about, the oldest has long been freed."""


class NftTraceinfo:
    """struct nft_traceinfo: a base chain's run. ``nf_trace`` is the packet's flag as it was last seen."""

    __slots__ = ("basechain", "nf_trace", "packet_dumped")

    def __init__(self, basechain: NftChain, nf_trace: int) -> None:
        self.basechain = basechain
        self.nf_trace = nf_trace
        self.packet_dumped = False


@kfunc(_FILE, "nft_trace_init")
def nft_trace_init(pkt: NftPktinfo, chain: NftChain) -> NftTraceinfo:
    return NftTraceinfo(chain, pkt.skb.nf_trace)


def _skbid(pkt: NftPktinfo, skb: SkBuff) -> int:
    """info->skbid, made when it is asked for: a number that hardly any other packet has. The kernel's depends on where
    the packet lies in memory; this one on how many were told about before it, so that a lab always gives the same.
    """
    known = pkt.state.net.machine.traced
    number = known.get(skb.id)
    if number is None:
        number = known[skb.id] = known[next(reversed(known))] + 1 if known else 1
        if len(known) > _REMEMBERED:
            del known[next(iter(known))]
    return crc32(b"%d %d" % (number, skb.skb_iif))


@kfunc(_FILE, "nft_trace_notify")
def nft_trace_notify(
    pkt: NftPktinfo, verdict: int, rule: NftRule | None, chain: NftChain, info: NftTraceinfo, type_: int
) -> None:
    """Sends one message to who listens; ``rule`` is None where none decided. The recorder notes what nft prints."""
    net = pkt.state.net
    recorder = RECORDER.get()
    describe = None if recorder is None else recorder.describe_trace
    listeners = net.nft.trace_listeners
    if not listeners and describe is None:
        return
    message = _message(pkt, verdict, rule, chain, info, type_)
    if message is None:
        return
    for listener in listeners:
        listener(message)
    if recorder is not None and describe is not None:
        for line in describe(net, message):
            recorder.note(Traced(line))


def _message(
    pkt: NftPktinfo, verdict: int, rule: NftRule | None, chain: NftChain, info: NftTraceinfo, type_: int
) -> Trace | None:
    """What is sent; None where the kernel fails to put it together."""
    state, table = pkt.state, chain.table
    target = pkt.chain.name if verdict in (NFT_JUMP, NFT_GOTO) and pkt.chain is not None else ""
    policy = type_ == NFT_TRACETYPE_POLICY
    stolen = verdict == NF_STOLEN
    dumped = info.packet_dumped or stolen  # a packet that was stolen may be gone
    info.packet_dumped = True
    base = info.basechain.base
    fields = (
        table.family, table.name, chain.name, _skbid(pkt, pkt.skb), type_, state.pf, 0 if rule is None else rule.handle,
        None if policy else Verdict(verdict, target), base.policy if policy and base is not None else None,
        0 if stolen else pkt.skb.mark,
    )  # fmt: skip
    if dumped:
        return Trace(*fields)
    headers = _headers(pkt)
    if headers is None:
        info.packet_dumped = False
        return None
    devices = (
        0 if state.in_ is None else state.in_.ifindex,
        0 if state.in_ is None else state.in_.type,
        0 if state.out is None else state.out.ifindex,
        0 if state.out is None else state.out.type,
    )
    return Trace(*fields, *devices, *headers)


def _headers(pkt: NftPktinfo) -> tuple[bytes, bytes, bytes] | None:
    """nf_trace_fill_pkt_info: link layer, network, transport; None where a tag stands beside a frame whose Ethernet
    header does not lie just before the data, as at egress.
    """
    skb = pkt.skb
    head, at = skb.head, skb.network_header
    network = head[at : min(pkt.thoff if pkt.l4proto else len(head), at + NFT_TRACETYPE_NETWORK_HSIZE)]
    transport = head[pkt.thoff : pkt.thoff + NFT_TRACETYPE_TRANSPORT_HSIZE] if pkt.l4proto else b""
    mac = skb.mac_header
    if mac < 0:
        return b"", network, transport
    if skb.vlan_tci:
        if skb.data - mac != ETH_HLEN:
            return None
        tag = b"".join(half.to_bytes(2, "big") for half in (skb.vlan_proto, skb.vlan_tci, skb.protocol))
        return head[mac : mac + ETH_HLEN - 2] + tag, network, transport
    return head[mac : min(skb.data, mac + NFT_TRACETYPE_LL_HSIZE)], network, transport
