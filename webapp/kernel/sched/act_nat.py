"""Stateless NAT of IPv4 addresses (net/sched/act_nat.c)."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING, cast

from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import ActInit, TcAction, TcActionOps, tcf_action_update_bstats
from webapp.kernel.sched.cls_api import TcfResult, verdict_name
from webapp.kernel.uapi.pkt_cls import TC_ACT_SHOT
from webapp.kernel.uapi.pkt_sched import Action, NatOptions, TcGen
from webapp.kernel.wire.checksum import update

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

_U32 = 0xFFFFFFFF
_ICMP, _TCP, _UDP = 1, 6, 17
_IP_OFFSET = 0x1FFF
_ICMP_ERRORS = frozenset((3, 4, 5, 11, 12))
_SADDR, _DADDR = 12, 16


class TcfNat(TcAction):
    """struct tcf_nat."""

    __slots__ = ("params",)

    def __init__(self) -> None:
        super().__init__()
        self.params = NatOptions(TcGen())


@kfunc("net/sched/act_nat.c", "tcf_nat_act", verdict=verdict_name)
def tcf_nat_act(skb: SkBuff, a: TcAction, res: TcfResult) -> int:
    """Egress rewrites sources, ingress destinations, where the old prefix fits; a packet that is cut off is dropped."""
    p = cast("TcfNat", a)
    tcf_action_update_bstats(p, skb)
    if p.action == TC_ACT_SHOT or not _translate(skb, p.params):
        p.qstats.drops += 1
        return TC_ACT_SHOT
    return p.action


def _translate(skb: SkBuff, p: NatOptions) -> bool:
    at = skb.network_header
    head = skb.head
    if at + 20 > len(head):
        return False
    field = at + (_SADDR if p.egress else _DADDR)
    fragment = bool(int.from_bytes(head[at + 6 : at + 8]) & _IP_OFFSET)
    addr = int.from_bytes(head[field : field + 4])
    new = addr
    if not (p.old_addr ^ addr) & p.mask:
        new = p.new_addr & p.mask | addr & ~p.mask & _U32
        skb.write(field, new.to_bytes(4))
        _csum_replace4(skb, at + 10, addr, new)
    elif fragment or head[at + 9] != _ICMP:
        return True
    if fragment:
        return True
    return _translate_l4(skb, at + (head[at] & 0xF) * 4, head[at + 9], (addr, new), p)


def _translate_l4(skb: SkBuff, at: int, protocol: int, change: tuple[int, int], p: NatOptions) -> bool:
    """TCP and UDP sum the addresses; an ICMP error bears the packet that it is about, the other way round."""
    head = skb.head
    if protocol == _TCP:
        if at + 20 > len(head):
            return False
        _csum_replace4(skb, at + 16, *change)
    elif protocol == _UDP:
        if at + 8 > len(head):
            return False
        if head[at + 6 : at + 8] != b"\0\0":
            _csum_replace4(skb, at + 6, *change)
            if skb.head[at + 6 : at + 8] == b"\0\0":
                skb.write(at + 6, b"\xff\xff")
    elif protocol == _ICMP:
        if at + 8 > len(head):
            return False
        if head[at] in _ICMP_ERRORS:
            return _translate_icmp_error(skb, at, p)
    return True


def _translate_icmp_error(skb: SkBuff, at: int, p: NatOptions) -> bool:
    inner = at + 8
    if inner + 20 > len(skb.head):
        return False
    field = inner + (_DADDR if p.egress else _SADDR)
    addr = int.from_bytes(skb.head[field : field + 4])
    if not (p.old_addr ^ addr) & p.mask:
        new = p.new_addr & p.mask | addr & ~p.mask & _U32
        skb.write(field, new.to_bytes(4))
        # The inner header's own checksum stays wrong, as on Linux.
        _csum_replace4(skb, at + 2, addr, new)
    return True


def _csum_replace4(skb: SkBuff, at: int, old: int, new: int) -> None:
    check = int.from_bytes(skb.head[at : at + 2])
    check = update(update(check, old >> 16, new >> 16), old & 0xFFFF, new & 0xFFFF)
    skb.write(at, check.to_bytes(2))


def _check(net: Net, request: Action, how: ActInit) -> None:
    """There is nothing to refuse."""


def _check_new(net: Net, request: Action) -> None:
    """Nothing is needed."""


def _change(net: Net, a: TcAction, request: Action) -> None:
    assert isinstance(request.options, NatOptions)
    cast("TcfNat", a).params = request.options


def _dump(a: TcAction, gen: TcGen) -> NatOptions:
    p = cast("TcfNat", a).params
    return NatOptions(gen, p.old_addr, p.new_addr, p.mask, p.egress)


def _text(a: TcAction) -> str:
    p = cast("TcfNat", a).params
    side = "egress" if p.egress else "ingress"
    return f"{side} {IPv4Address(p.old_addr)}/{p.mask.bit_count()} {IPv4Address(p.new_addr)}"


NAT_OPS = TcActionOps("nat", tcf_nat_act, _check, _check_new, TcfNat, _change, _dump, _text, lambda _: False)
