"""counter: packets and bytes, as expression and as object (net/netfilter/nft_counter.c).

Bytes are skb->len: with the link-layer header at egress, without it at ingress and above.
"""

from __future__ import annotations

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo
from webapp.kernel.uapi.nf_tables import Counter


class NftCounter(NftExpr):
    """Counts, and goes on."""

    __slots__ = ("bytes", "packets")

    stateful = True

    def __init__(self, ctx: NftCtx, attrs: Counter) -> None:
        super().__init__(ctx, attrs)
        self.bytes = attrs.bytes
        self.packets = attrs.packets

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        skb = pkt.skb
        self.packets += 1
        self.bytes += len(skb.head) - skb.data

    def dump(self, *, reset: bool = False) -> Counter:
        total = Counter(self.bytes, self.packets)
        if reset:
            self.bytes = self.packets = 0
        return total

    def update(self, attrs: Counter) -> None:
        """A counter object keeps its state when it is added again."""

    def clone(self, net: Net) -> NftCounter:
        twin = NftCounter.__new__(NftCounter)
        twin.attrs = self.attrs
        twin.bytes, twin.packets = self.attrs.bytes, self.attrs.packets
        return twin

    def value(self, regs: bytearray) -> str:
        return f"packets {self.packets} bytes {self.bytes}"
