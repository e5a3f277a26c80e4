"""Edits words of the packet (net/sched/act_pedit.c). Checksums stay as they are: that is csum's work."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import ActInit, TcAction, TcActionOps, tcf_action_update_bstats
from webapp.kernel.sched.cls_api import TcfResult, verdict_name
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.pkt_sched import Action, PeditHeader, PeditKey, PeditOptions, TcGen

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

HEADROOM = 2
"""What a frame has before its Ethernet header; writes there reach nobody."""

_ALL_BITS = 0xFFFFFFFF
_L4 = {PeditHeader.TCP: 6, PeditHeader.UDP: 17}
_IPV6_HLEN = 40
_NAMES = {PeditHeader.ETH: "eth", PeditHeader.IP4: "ipv4", PeditHeader.IP6: "ipv6",
          PeditHeader.TCP: "tcp", PeditHeader.UDP: "udp"}  # fmt: skip


class TcfPedit(TcAction):
    """struct tcf_pedit."""

    __slots__ = ("extended", "keys")

    def __init__(self) -> None:
        super().__init__()
        self.keys: tuple[PeditKey, ...] = ()
        self.extended = False


@kfunc("net/sched/act_pedit.c", "tcf_pedit_act", verdict=verdict_name)
def tcf_pedit_act(skb: SkBuff, a: TcAction, res: TcfResult) -> int:
    """Changes one word after the other; the first that lies outside the packet ends it, and counts an overlimit."""
    p = cast("TcfPedit", a)
    tcf_action_update_bstats(p, skb)
    for key in p.keys:
        if not _edit(skb, key):
            p.qstats.overlimits += 1
            break
    return p.action


def _edit(skb: SkBuff, key: PeditKey) -> bool:
    head = skb.head
    base = _header_offset(skb, key.header)
    if base is None:
        return False
    off = key.off
    if key.offmask:
        at = base + key.at
        if not 0 <= at < len(head):
            return False
        off += (head[at] & key.offmask) >> key.shift
        if off % 4:
            return False
    at = base + off
    if at + 4 > len(head) or at < -HEADROOM:
        return False
    before = max(0, -at)
    word = bytes(before) + head[max(0, at) : at + 4]
    skb.write(max(0, at), _edited(word, key)[before:])
    return True


def _edited(word: bytes, key: PeditKey) -> bytes:
    """The word after the key. Sums are those of a little-endian machine: a carry goes to the byte behind."""
    val = key.val
    if key.add:
        added = int.from_bytes(word, "little") + int.from_bytes(key.val.to_bytes(4), "little")
        val = int.from_bytes((added & _ALL_BITS).to_bytes(4, "little")) & ~key.mask
    return (int.from_bytes(word) & key.mask ^ val).to_bytes(4)


def _header_offset(skb: SkBuff, header: PeditHeader) -> int | None:
    """pedit_skb_hdr_offset: where a header begins in ``head``; None where there is none.

    What is behind an IPv4 header is taken for TCP or UDP, whichever the key asks for.
    """
    if header == PeditHeader.ETH:
        return skb.mac_header if skb.mac_header >= 0 else None
    at = skb.network_header
    if header not in _L4:
        return at
    if skb.protocol == ETH_P_IP:
        return at + (skb.head[at] & 0xF) * 4 if len(skb.head) >= at + 20 else None
    if skb.protocol == ETH_P_IPV6 and len(skb.head) >= at + _IPV6_HLEN and skb.head[at + 6] == _L4[header]:
        return at + _IPV6_HLEN
    return None


def _check(net: Net, request: Action, how: ActInit) -> None:
    """What a request says is judged when it is used."""


def _check_new(net: Net, request: Action) -> None:
    assert isinstance(request.options, PeditOptions)
    keys = request.options.keys
    if not keys:
        raise KernelError(Errno.EINVAL, "act_pedit: Pedit requires keys to be passed")
    if any(key.off % 4 and not key.offmask for key in keys):
        raise KernelError(Errno.EINVAL, "act_pedit: Offsets must be on 32bit boundaries")


def _change(net: Net, a: TcAction, request: Action) -> None:
    assert isinstance(request.options, PeditOptions)
    p = cast("TcfPedit", a)
    p.keys, p.extended = request.options.keys, request.options.extended


def _dump(a: TcAction, gen: TcGen) -> PeditOptions:
    p = cast("TcfPedit", a)
    return PeditOptions(gen, p.keys, p.extended)


def _text(a: TcAction) -> str:
    return ", ".join(
        f"{_NAMES.get(key.header, '')}{'+' if key.header else ''}{key.off}: "
        f"{'add' if key.add else 'val'} {key.val:08x} mask {key.mask:08x}"
        for key in cast("TcfPedit", a).keys
    )


def _offloadable(a: TcAction) -> bool:
    """Drivers know extended keys, that all set words or all add to them."""
    p = cast("TcfPedit", a)
    return p.extended and len({key.add for key in p.keys}) == 1


PEDIT_OPS = TcActionOps("pedit", tcf_pedit_act, _check, _check_new, TcfPedit, _change, _dump, _text, _offloadable)
