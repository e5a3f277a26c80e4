"""Extended matches: conditions on bytes and on what the kernel knows of a packet, linked by and, or and not
(net/sched/ematch.c, em_cmp.c, em_u32.c, em_nbyte.c, em_meta.c).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q
from webapp.kernel.uapi.pkt_cls_ematch import (
    Ematch,
    EmCmp,
    EmContainer,
    EmLayer,
    EmMeta,
    EmNbyte,
    EmOperand,
    EmRelation,
    EmU32,
    MetaObject,
)

if TYPE_CHECKING:
    from webapp.kernel.core.skbuff import SkBuff

CONFIG_NET_EMATCH_STACK = 32

_COMPARE: dict[EmOperand, Callable[[Any, Any], bool]] = {
    EmOperand.EQ: operator.eq,
    EmOperand.GT: operator.gt,
    EmOperand.LT: operator.lt,
}


def tcf_em_tree_validate(tree: tuple[Ematch, ...]) -> None:
    """Refuses a tree that compares what cannot be compared, or asks for what the model does not know."""
    for em in tree:
        if isinstance(em.data, EmMeta):
            _check_meta(em.data)
        elif isinstance(em.data, EmContainer) and not em.data.ref < len(tree):
            raise KernelError(Errno.EINVAL)


def _check_meta(meta: EmMeta) -> None:
    left, right = meta.left, meta.right
    for side in (left, right):
        if side.name and side.name not in _META:
            raise KernelError(Errno.EOPNOTSUPP, f"meta({side.name}) is not modelled")
        if side.name and side.is_var and side.name != "dev":
            raise KernelError(Errno.EOPNOTSUPP)
    if left.is_var != right.is_var:
        raise KernelError(Errno.EINVAL)


def tcf_em_tree_match(skb: SkBuff, tree: tuple[Ematch, ...]) -> bool:
    """__tcf_em_tree_match: an empty tree matches. Containers are a stack; one that is too deep does not match."""
    if not tree:
        return True
    stack: list[int] = []
    at = 0
    while True:
        em = tree[at]
        if isinstance(em.data, EmContainer):
            if len(stack) >= CONFIG_NET_EMATCH_STACK:
                return False
            stack.append(at)
            at = em.data.ref
            continue
        result = _em_match(skb, em)
        while _early_end(em, result):
            if not stack:
                return result
            at = stack.pop()
            em = tree[at]
            result ^= em.inverted
        at += 1


def _early_end(em: Ematch, result: bool) -> bool:
    """tcf_em_early_end: nothing after this one can change the result of its run."""
    if em.relation == EmRelation.END:
        return True
    return not result if em.relation == EmRelation.AND else result


def _em_match(skb: SkBuff, em: Ematch) -> bool:
    data = em.data
    if isinstance(data, EmCmp):
        matched = _em_cmp_match(skb, data)
    elif isinstance(data, EmU32):
        matched = _em_u32_match(skb, data)
    elif isinstance(data, EmNbyte):
        matched = _bytes_at(skb, data.layer, data.off, len(data.needle)) == data.needle
    else:
        assert isinstance(data, EmMeta)
        matched = _em_meta_match(skb, data)
    return matched != em.inverted


def _bytes_at(skb: SkBuff, layer: EmLayer, off: int, length: int) -> bytes | None:
    """tcf_get_base_ptr and tcf_valid_offset; None where the packet has no such bytes."""
    base = (skb.mac_header, skb.network_header, skb.transport_header)[layer]
    at = base + off
    if base < 0 or at < 0 or at + length > len(skb.head):
        return None
    return skb.head[at : at + length]


def _em_cmp_match(skb: SkBuff, cmp: EmCmp) -> bool:
    found = _bytes_at(skb, cmp.layer, cmp.off, cmp.align)
    if found is None:
        return False
    # "trans" asks for the other byte order, on a machine whose order is not the network's
    value = int.from_bytes(found, "little" if cmp.trans else "big")
    if cmp.mask:
        value &= cmp.mask
    return _COMPARE[cmp.operand](value, cmp.val)


def _em_u32_match(skb: SkBuff, key: EmU32) -> bool:
    """Without a u32 classifier around it there is no next header: nexthdr+ counts from the network header, too."""
    found = _bytes_at(skb, EmLayer.NETWORK, key.off, 4)
    return found is not None and not (int.from_bytes(found) ^ key.val) & key.mask


# --- meta ---------------------------------------------------------------------------------------------------------


def _protocol(skb: SkBuff) -> int:
    """The ethertype as it lies in memory: meta compares it as a number of this machine."""
    protocol = skb.vlan_proto or skb.protocol
    return int.from_bytes(protocol.to_bytes(2), "little")


def _vlan(skb: SkBuff) -> int | None:
    """vlan_get_tag: the tag beside the frame, or the one in it."""
    if skb.vlan_proto:
        return skb.vlan_tci
    at = skb.mac_header + 12
    if skb.mac_header < 0 or int.from_bytes(skb.head[at : at + 2]) not in (ETH_P_8021Q, ETH_P_8021AD):
        return None
    return int.from_bytes(skb.head[at + 2 : at + 4])


_META: dict[str, Callable[[SkBuff], int | None]] = {
    "dev": lambda skb: skb.dev.ifindex,
    "priority": lambda skb: skb.priority,
    "protocol": _protocol,
    "pkt_type": lambda skb: skb.pkt_type,
    "pkt_len": lambda skb: len(skb.head) - skb.data,
    "data_len": lambda _: 0,
    # what is sent has not had its mac_len set yet
    "mac_len": lambda skb: skb.network_header - skb.mac_header if skb.tc_at_ingress else 0,
    "nf_mark": lambda skb: skb.mark,
    "fwmark": lambda skb: skb.mark,
    "tc_index": lambda skb: skb.tc_index,
    "rt_iif": lambda skb: None if skb.dst is None else skb.skb_iif,
    "vlan": _vlan,
}
"""What meta can ask for: None where the packet does not have it, and then nothing matches."""


def _em_meta_match(skb: SkBuff, meta: EmMeta) -> bool:
    left, right = _meta_get(skb, meta.left), _meta_get(skb, meta.right)
    if left is None or right is None:
        return False
    if isinstance(left, bytes) and isinstance(right, bytes):
        # meta_var_compare: the longer one is the greater one
        return _COMPARE[meta.operand]((len(left), left), (len(right), right))
    return _COMPARE[meta.operand](left, right)


def _meta_get(skb: SkBuff, side: MetaObject) -> int | bytes | None:
    """A constant, or a fact shifted and masked; a string loses what it is shifted by at its end."""
    if not side.name:
        return side.value
    if side.is_var:
        name = skb.dev.name.encode()
        return name[: len(name) - side.shift]
    value = _META[side.name](skb)
    if value is None:
        return None
    value >>= side.shift
    return value & side.value if isinstance(side.value, int) and side.value else value
