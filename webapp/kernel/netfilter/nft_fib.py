"""fib: what the routing table says of an address of the packet (net/netfilter/nft_fib.c)."""

from __future__ import annotations

from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    nft_chain_validate_hooks,
    nft_parse_register_store,
    padded,
)
from webapp.kernel.uapi.netfilter import (
    NF_INET_FORWARD,
    NF_INET_LOCAL_IN,
    NF_INET_LOCAL_OUT,
    NF_INET_POST_ROUTING,
    NF_INET_PRE_ROUTING,
    NF_NETDEV_EGRESS,
    NF_NETDEV_INGRESS,
    NFPROTO_NETDEV,
)
from webapp.kernel.uapi.nf_tables import (
    NFT_FIB_RESULT_ADDRTYPE,
    NFT_FIB_RESULT_OIF,
    NFT_FIB_RESULT_OIFNAME,
    NFTA_FIB_F_DADDR,
    NFTA_FIB_F_IIF,
    NFTA_FIB_F_MARK,
    NFTA_FIB_F_OIF,
    NFTA_FIB_F_PRESENT,
    NFTA_FIB_F_SADDR,
    Fib,
)

_LENGTHS = {NFT_FIB_RESULT_OIF: 4, NFT_FIB_RESULT_OIFNAME: 16, NFT_FIB_RESULT_ADDRTYPE: 4}
_ADDRESSES = NFTA_FIB_F_SADDR | NFTA_FIB_F_DADDR
_DEVICES = NFTA_FIB_F_IIF | NFTA_FIB_F_OIF

_COMING = (NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN, NF_INET_FORWARD)
_LEAVING = (NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING, NF_INET_FORWARD)


class NftFib(NftExpr):
    """The device that an address is routed to, or what kind of address it is.

    ``dest``: it is the destination address; ``from_in``, ``from_out``: as seen from the device that the packet came
    or leaves by; ``present``: only whether there is a device.
    """

    __slots__ = ("dest", "dreg", "end", "from_in", "from_out", "present", "result", "with_mark")

    def __init__(self, ctx: NftCtx, attrs: Fib) -> None:
        super().__init__(ctx, attrs)
        flags = attrs.flags
        if flags & _ADDRESSES in (0, _ADDRESSES) or flags & _DEVICES == _DEVICES:
            raise KernelError(Errno.EINVAL)
        length = _LENGTHS.get(attrs.result)
        if length is None or (attrs.result != NFT_FIB_RESULT_ADDRTYPE and flags & NFTA_FIB_F_OIF):
            raise KernelError(Errno.EINVAL)
        self.dest = bool(flags & NFTA_FIB_F_DADDR)
        self.from_in = bool(flags & NFTA_FIB_F_IIF)
        self.from_out = bool(flags & NFTA_FIB_F_OIF)
        self.with_mark = bool(flags & NFTA_FIB_F_MARK)
        self.present = bool(flags & NFTA_FIB_F_PRESENT)
        self.result = attrs.result
        self.dreg = nft_parse_register_store(ctx, attrs.dreg, length)
        self.end = self.dreg + padded(length)

    def validate(self, ctx: NftCtx) -> None:
        """Where the packet's device, or its route, can be known."""
        netdev = ctx.family == NFPROTO_NETDEV
        coming = (NF_NETDEV_INGRESS,) if netdev else _COMING
        leaving = (NF_NETDEV_EGRESS,) if netdev else _LEAVING
        if self.result != NFT_FIB_RESULT_ADDRTYPE or self.from_in:
            nft_chain_validate_hooks(ctx, coming)
        else:
            nft_chain_validate_hooks(ctx, leaving if self.from_out else (*coming, *leaving))

    def device(self, pkt: NftPktinfo) -> NetDevice | None:
        """The device that ``iif`` or ``oif`` speak of."""
        if self.from_in:
            return pkt.state.in_
        return pkt.state.out if self.from_out else None

    def store_type(self, regs: bytearray, type_: int) -> None:
        """Puts RTN_* into the register."""
        regs[self.dreg : self.end] = type_.to_bytes(4, "little")

    def store_device(self, regs: bytearray, dev: NetDevice | None) -> None:
        """nft_fib_store_result."""
        if self.present:
            found = bytes((dev is not None,))
        elif self.result == NFT_FIB_RESULT_OIF:
            found = (0 if dev is None else dev.ifindex).to_bytes(4, "little")
        else:
            found = b"" if dev is None else dev.name.encode()
        regs[self.dreg : self.end] = found.ljust(self.end - self.dreg, b"\0")

    def value(self, regs: bytearray) -> str:
        found = bytes(regs[self.dreg : self.end])
        if self.result == NFT_FIB_RESULT_OIFNAME and not self.present:
            return found.rstrip(b"\0").decode(errors="replace")
        return str(int.from_bytes(found, "little"))


def nft_fib_can_skip(pkt: NftPktinfo) -> bool:
    """nft_fib_can_skip: a packet that came over the loopback device is where it says it is."""
    state = pkt.state
    coming = state.hook in (NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN) and state.in_ is not None
    return coming and state.in_ is not None and bool(state.in_.flags & Iff.LOOPBACK)
