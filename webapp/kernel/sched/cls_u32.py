"""Matches 32-bit words of the packet under masks; filters stand in hash tables that can link to each other
(net/sched/cls_u32.c).

A handle is table (12 bits), bucket (8), node (12). All u32 filters of one qdisc share their tables: the ingress and
the egress side of a clsact count them together. Offsets are relative to the network header.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import TcAction, tcf_action_exec, tcf_exts_destroy, tcf_exts_dump, tcf_exts_validate
from webapp.kernel.sched.cls_api import TcfChange, TcfProto, TcfProtoOps, TcfResult, note_filter, verdict_name
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.pkt_sched import (
    ClsFlags,
    FilterRequest,
    U32Mark,
    U32Options,
    U32Sel,
    U32SelFlags,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff
    from webapp.kernel.sched.sch_generic import Qdisc

TC_U32_MAXDEPTH = 8
TC_U32_ROOT = 0xFFF00000
HEADROOM = 2
"""LL_RESERVED_SPACE of an Ethernet device (16) less its header (14): what a packet has before its frame."""
_TABLE = 0xFFF00000
_NODE = 0xFFF
_LAST_TABLE_ID = 0x7FF
_NODES: tuple[int, ...] = (*range(0x800, 0x1000), *range(1, 0x800))
"""Numbers of filters in a table, in the order in which they are given out."""


def tc_u32_hash(handle: int) -> int:
    """TC_U32_HASH: the bucket that a handle names."""
    return handle >> 12 & 0xFF


class TcUKnode:
    """struct tc_u_knode: one filter. ``ht_down`` is the table that it links to.

    ``keys`` are the selector's as (offset, value, mask, offmask), for the packet's way, as are ``terminal`` and
    ``skip_sw``: plain values are quicker to ask than flags.
    """

    __slots__ = (
        "actions", "classid", "flags", "fshift", "handle", "ht_down", "ht_up", "ifindex", "keys", "mark", "mark_hits",
        "police", "sel", "skip_sw", "terminal",
    )  # fmt: skip

    def __init__(self, handle: int, ht_up: TcUHnode, sel: U32Sel, flags: ClsFlags, mark: U32Mark | None) -> None:
        self.handle = handle
        self.ht_up = ht_up
        self.sel = sel
        self.keys = tuple((key.off, key.val, key.mask, key.offmask) for key in sel.keys)
        self.fshift = (sel.hmask & -sel.hmask).bit_length() - 1 if sel.hmask else 0
        self.terminal = bool(sel.flags & U32SelFlags.TERMINAL)
        self.flags = flags
        self.skip_sw = bool(flags & ClsFlags.SKIP_SW)
        self.mark = mark
        self.mark_hits = 0
        self.classid = 0
        self.ifindex = 0
        self.police = False
        self.ht_down: TcUHnode | None = None
        self.actions: tuple[TcAction, ...] = ()


class TcUHnode:
    """struct tc_u_hnode: a table. ``divisor`` is the number of its last bucket; ``refcnt`` counts links to it."""

    __slots__ = ("buckets", "divisor", "flags", "handle", "is_root", "prio", "refcnt")

    def __init__(self, handle: int, prio: int, divisor: int, is_root: bool) -> None:
        self.handle = handle
        self.prio = prio
        self.divisor = divisor
        self.is_root = is_root
        self.refcnt = 1
        self.flags = ClsFlags.NONE
        self.buckets: list[tuple[TcUKnode, ...]] = [()] * (divisor + 1)


class TcUCommon:
    """struct tc_u_common: the tables of one qdisc, the newest first, and the counter that numbers them."""

    __slots__ = ("hlist", "knodes", "last_id", "refcnt")

    def __init__(self) -> None:
        self.hlist: list[TcUHnode] = []
        self.knodes = 0
        self.last_id = 0
        self.refcnt = 0


# --- the packet's way ---------------------------------------------------------------------------------------------


@kfunc("net/sched/cls_u32.c", "u32_classify", verdict=verdict_name)
def u32_classify(skb: SkBuff, tp: TcfProto, res: TcfResult) -> int:
    """Asks the filters of the root table in order, and those of the tables that they link to in between.

    A key that lies beyond the packet ends the search: no other filter of this preference is asked.
    """
    head = skb.head
    off = skb.network_header
    off2 = 0
    recorder = RECORDER.get()
    stack: list[tuple[TcUKnode, Iterator[TcUKnode], int]] = []
    nodes = iter(tp.root.buckets[0])
    while True:
        for n in nodes:
            if n.skip_sw or (n.mark is not None and not _mark_matches(skb, n, n.mark)):
                continue
            matched = _keys_match(head, n, off, off2)
            if not matched:
                if recorder is not None:
                    note_filter(tp, n.handle, False, _keys_text(head, n, off, off2), -1)
                if matched is None:
                    return -1
                continue
            if n.ht_down is None:
                ret = _u32_terminal(skb, tp, n, res, off, off2)
                if ret >= 0:
                    return ret
                continue
            if len(stack) == TC_U32_MAXDEPTH:
                return -1
            stack.append((n, nodes, off))
            step = _u32_link(head, n, off, off2)
            if step is None:
                return -1
            nodes, off, off2 = step
            break
        else:
            if not stack:
                return -1
            n, nodes, off = stack.pop()
            ret = _u32_terminal(skb, tp, n, res, off, off2)
            if ret >= 0:
                return ret


def _keys_match(head: bytes, n: TcUKnode, off: int, off2: int) -> bool | None:
    """Whether all keys of a filter match; None where one lies beyond the packet."""
    end = len(head) - 4
    for key_off, val, mask, offmask in n.keys:
        at = off + key_off + (off2 & offmask)
        if at > end:
            return None
        word = head[at : at + 4] if at >= 0 else _headroom(head, at, 4)
        if not word:
            return None
        if (int.from_bytes(word) ^ val) & mask:
            return False
    return True


def _mark_matches(skb: SkBuff, n: TcUKnode, mark: U32Mark) -> bool:
    """CONFIG_CLS_U32_MARK."""
    if skb.mark & mark.mask != mark.val:
        return False
    n.mark_hits += 1
    return True


def _u32_terminal(skb: SkBuff, tp: TcfProto, n: TcUKnode, res: TcfResult, off: int, off2: int) -> int:
    """A filter whose keys match, and whose linked table had no verdict: its actions, if it has the last word."""
    ret = -1
    matched = n.terminal
    if matched:
        res.classid = n.classid
        matched = n.ifindex in (0, skb.skb_iif)
        if matched:
            ret = tcf_action_exec(skb, n.actions, res)
    if RECORDER.get() is not None:
        note_filter(tp, n.handle, matched, _keys_text(skb.head, n, off, off2), ret)
    return ret


def _u32_link(head: bytes, n: TcUKnode, off: int, off2: int) -> tuple[Iterator[TcUKnode], int, int] | None:
    """Into the linked table: the filters of the bucket, and where offsets count from. None beyond the packet."""
    ht = n.ht_down
    sel = n.sel
    assert ht is not None
    bucket = 0
    if ht.divisor:
        word = _load(head, off + sel.hoff, 4)
        if word is None:
            return None
        bucket = ht.divisor & (word & sel.hmask) >> n.fshift
    nodes = iter(ht.buckets[bucket])
    if not sel.flags & (U32SelFlags.VAROFFSET | U32SelFlags.OFFSET | U32SelFlags.EAT):
        return nodes, off, off2
    if sel.flags & (U32SelFlags.VAROFFSET | U32SelFlags.OFFSET):
        off2 = sel.off + 3
        if sel.flags & U32SelFlags.VAROFFSET:
            half = _load(head, off + sel.offoff, 2)
            if half is None:
                return None
            off2 += (sel.offmask & half) >> sel.offshift
        off2 &= ~3
    if sel.flags & U32SelFlags.EAT:
        off += off2
        off2 = 0
    return (nodes if off < len(head) else iter(())), off, off2


def _headroom(head: bytes, at: int, size: int) -> bytes:
    """Bytes from before the frame on: two are there, since headers are aligned; what is in them nobody says."""
    return bytes(-at) + head[: size + at] if at >= -HEADROOM else b""


def _load(head: bytes, at: int, size: int) -> int | None:
    if at > len(head) - size or at < -HEADROOM:
        return None
    return int.from_bytes(head[at : at + size] if at >= 0 else _headroom(head, at, size))


def _keys_text(head: bytes, n: TcUKnode, off: int, off2: int) -> tuple[str, ...]:
    """The keys in tc's form, each with what the packet has there."""
    texts = []
    for key in n.sel.keys:
        found = _load(head, off + key.off + (off2 & key.offmask), 4)
        where = f"nexthdr+{key.off}" if key.offmask else str(key.off)
        has = "beyond the packet" if found is None else f"{found:08x}"
        texts.append(f"match {key.val:08x}/{key.mask:08x} at {where}: {has}")
    return tuple(texts)


# --- tables -------------------------------------------------------------------------------------------------------


def _tp_c(tp: TcfProto) -> TcUCommon:
    common: TcUCommon = tp.data
    return common


def _u32_lookup_ht(tp_c: TcUCommon, handle: int) -> TcUHnode | None:
    return next((ht for ht in tp_c.hlist if ht.handle == handle), None)


def _gen_new_htid(tp_c: TcUCommon) -> int:
    """The next free number, going round (idr_alloc_cyclic): 801:, 802:, … Numbers of destroyed tables wait."""
    taken = {ht.handle for ht in tp_c.hlist}
    for step in range(1, _LAST_TABLE_ID + 1):
        table_id = (tp_c.last_id + step - 1) % _LAST_TABLE_ID + 1
        handle = (table_id | 0x800) << 20
        if handle not in taken:
            tp_c.last_id = table_id
            return handle
    raise KernelError(Errno.ENOMEM)


def _init(tp: TcfProto) -> None:
    """u32_init: the root table of a preference; the first of a qdisc is 800:."""
    q: Qdisc = tp.chain.block.q
    if q.tc_u_common is None:
        q.tc_u_common = TcUCommon()
        handle = 0x80000000
    else:
        handle = _gen_new_htid(q.tc_u_common)
    tp_c: TcUCommon = q.tc_u_common
    tp_c.refcnt += 1
    tp.data = tp_c
    tp.root = TcUHnode(handle, tp.prio, 0, True)
    tp_c.hlist.insert(0, tp.root)


def _destroy(tp: TcfProto) -> None:
    """u32_destroy: the root table goes; with the qdisc's last preference, all tables do."""
    tp_c = _tp_c(tp)
    _clear_hnode(tp_c, tp.root)
    tp_c.hlist.remove(tp.root)
    tp_c.refcnt -= 1
    if not tp_c.refcnt:
        for ht in tp_c.hlist:
            _clear_hnode(tp_c, ht)
        tp_c.hlist.clear()
        tp.chain.block.q.tc_u_common = None


def _clear_hnode(tp_c: TcUCommon, ht: TcUHnode) -> None:
    nodes = [n for bucket in ht.buckets for n in bucket]
    ht.buckets = [()] * (ht.divisor + 1)
    tp_c.knodes -= len(nodes)
    for n in nodes:
        _destroy_knode(n)


def _destroy_knode(n: TcUKnode) -> None:
    tcf_exts_destroy(n.actions)
    if n.ht_down is not None:
        n.ht_down.refcnt -= 1


def _get(tp: TcfProto, handle: int) -> TcUHnode | TcUKnode | None:
    table = handle & _TABLE
    ht: TcUHnode | None = tp.root if table == TC_U32_ROOT else _u32_lookup_ht(_tp_c(tp), table)
    if ht is None or not handle & ~_TABLE:
        return ht
    bucket = tc_u32_hash(handle)
    if bucket > ht.divisor:
        return None
    return next((n for n in ht.buckets[bucket] if n.handle == handle), None)


# --- requests -----------------------------------------------------------------------------------------------------


def _change(net: Net, tp: TcfProto, request: FilterRequest, found: Any, how: TcfChange) -> None:
    """u32_change: a new table, a new filter, or new actions and class for an old one (whose keys stay)."""
    options = request.options
    if options is None:
        if request.handle:
            raise KernelError(Errno.EINVAL, "cls_u32: Filter handle requires options")
        return
    assert isinstance(options, U32Options)
    if ClsFlags.SKIP_HW | ClsFlags.SKIP_SW in options.flags:
        raise KernelError(Errno.EINVAL, "cls_u32: Invalid filter flags")
    if found is not None:
        _change_knode(net, tp, options, found, how)
    elif options.divisor is not None:
        _new_hnode(tp, request.handle, options.divisor, options.flags)
    else:
        _new_knode(net, tp, request.handle, options, how)


def _change_knode(net: Net, tp: TcfProto, options: U32Options, found: Any, how: TcfChange) -> None:
    if isinstance(found, TcUHnode):
        raise KernelError(Errno.EINVAL, "cls_u32: Key node id cannot be zero")
    if (found.flags ^ options.flags) & ~(ClsFlags.IN_HW | ClsFlags.NOT_IN_HW):
        raise KernelError(Errno.EINVAL, "cls_u32: Key node flags do not match passed flags")
    new = TcUKnode(found.handle, found.ht_up, found.sel, found.flags, found.mark)
    new.ifindex, new.ht_down, new.mark_hits = found.ifindex, found.ht_down, found.mark_hits
    if new.ht_down is not None:
        new.ht_down.refcnt += 1
    try:
        _set_parms(net, tp, new, options, how)
    except KernelError:
        _destroy_knode(new)
        raise
    bucket = tc_u32_hash(found.handle)
    found.ht_up.buckets[bucket] = tuple(new if n is found else n for n in found.ht_up.buckets[bucket])
    _destroy_knode(found)


def _new_hnode(tp: TcfProto, handle: int, divisor: int, flags: ClsFlags) -> None:
    tp_c = _tp_c(tp)
    if divisor & (divisor - 1) or not divisor:
        raise KernelError(Errno.EINVAL, "cls_u32: Divisor is not a power of 2")
    if divisor > 0x100:
        raise KernelError(Errno.EINVAL, "cls_u32: Exceeded maximum 256 hash buckets")
    if handle & ~_TABLE:
        raise KernelError(Errno.EINVAL, "cls_u32: Divisor can only be used on a hash table")
    if flags & ClsFlags.SKIP_SW:
        raise KernelError(Errno.EOPNOTSUPP)
    ht = TcUHnode(handle or _gen_new_htid(tp_c), tp.prio, divisor - 1, False)
    ht.flags = flags
    tp_c.hlist.insert(0, ht)


def _new_knode(net: Net, tp: TcfProto, handle: int, options: U32Options, how: TcfChange) -> None:
    ht, htid = _table_of(tp, options.hash)
    if ht.divisor < tc_u32_hash(htid):
        raise KernelError(Errno.EINVAL, "cls_u32: Specified hash table buckets exceed configured value")
    handle = _node_handle(ht, htid, handle)
    sel = options.sel
    if sel is None:
        raise KernelError(Errno.EINVAL, "cls_u32: Selector not specified")
    if sel.offshift >= 16:
        raise KernelError(Errno.EINVAL, "cls_u32: offshift must be less than 16")
    n = TcUKnode(handle, ht, sel, options.flags | ClsFlags.NOT_IN_HW, options.mark)
    try:
        _set_parms(net, tp, n, options, how)
    except KernelError:
        _destroy_knode(n)
        raise
    bucket = ht.buckets[tc_u32_hash(handle)]
    place = next((i for i, other in enumerate(bucket) if handle & _NODE < other.handle & _NODE), len(bucket))
    ht.buckets[tc_u32_hash(handle)] = (*bucket[:place], n, *bucket[place:])
    _tp_c(tp).knodes += 1


def _table_of(tp: TcfProto, wanted: int | None) -> tuple[TcUHnode, int]:
    """The table that a new filter goes to, and the table and bucket of its handle."""
    root: TcUHnode = tp.root
    if wanted is None or wanted & _TABLE == TC_U32_ROOT:
        return root, root.handle
    ht = _u32_lookup_ht(_tp_c(tp), wanted & _TABLE)
    if ht is None:
        raise KernelError(Errno.EINVAL, "cls_u32: Specified hash table not found")
    return ht, wanted


def _node_handle(ht: TcUHnode, htid: int, handle: int) -> int:
    """The handle of a new filter: the node asked for, else the first free one from 800 on, then from 1 on."""
    taken = {n.handle for bucket in ht.buckets for n in bucket}
    if handle:
        if handle & _TABLE and (handle ^ htid) & _TABLE:
            raise KernelError(Errno.EINVAL, "cls_u32: Handle specified hash table address mismatch")
        if handle & _NODE:
            if htid & ~_NODE | handle & _NODE in taken:
                raise KernelError(Errno.ENOSPC)
            return htid & ~_NODE | handle & _NODE
    table = htid & ~_NODE
    free = next((node for node in _NODES if table | node not in taken), None)
    if free is None:
        raise KernelError(Errno.ENOSPC, "cls_u32: Hash table node ID pool exhausted")
    return table | free


def _set_parms(net: Net, tp: TcfProto, n: TcUKnode, options: U32Options, how: TcfChange) -> None:
    """u32_set_parms: actions, device, link and class."""
    n.actions = tcf_exts_validate(net, tp, options.actions, how, n.flags)
    n.police = options.police
    if options.indev is not None:
        dev = net.dev_get_by_name(options.indev)
        if dev is None:
            raise KernelError(Errno.EINVAL, "Network device not found")
        n.ifindex = dev.ifindex
    if options.link is not None:
        _set_link(_tp_c(tp), n, options.link)
    if options.classid is not None:
        n.classid = options.classid


def _set_link(tp_c: TcUCommon, n: TcUKnode, handle: int) -> None:
    if handle & ~_TABLE:
        raise KernelError(Errno.EINVAL, "cls_u32: u32 Link handle must be a hash table")
    ht_down = _u32_lookup_ht(tp_c, handle) if handle else None
    if handle and ht_down is None:
        raise KernelError(Errno.EINVAL, "cls_u32: Link hash table not found")
    if ht_down is not None:
        if ht_down.is_root:
            raise KernelError(Errno.EINVAL, "cls_u32: Not linking to root node")
        ht_down.refcnt += 1
    if n.ht_down is not None:
        n.ht_down.refcnt -= 1
    n.ht_down = ht_down


def _delete(tp: TcfProto, found: Any) -> bool:
    tp_c = _tp_c(tp)
    if isinstance(found, TcUHnode):
        if found.is_root:
            raise KernelError(Errno.EINVAL, "cls_u32: Not allowed to delete root node")
        if found.refcnt > 1:
            raise KernelError(Errno.EBUSY, "cls_u32: Can not delete in-use filter")
        _clear_hnode(tp_c, found)
        tp_c.hlist.remove(found)
    else:
        bucket = tc_u32_hash(found.handle)
        found.ht_up.buckets[bucket] = tuple(n for n in found.ht_up.buckets[bucket] if n is not found)
        tp_c.knodes -= 1
        _destroy_knode(found)
    return tp_c.refcnt == 1 and not tp_c.knodes


def _walk(tp: TcfProto) -> Iterator[TcUHnode | TcUKnode]:
    """Tables are known by preference only: what has the same one on the other side of a clsact is shown here too."""
    for ht in _tp_c(tp).hlist:
        if ht.prio == tp.prio:
            yield ht
            for bucket in ht.buckets:
                yield from bucket


def _dump(tp: TcfProto, found: Any) -> tuple[int, U32Options]:
    if isinstance(found, TcUHnode):
        return found.handle, U32Options(divisor=found.divisor + 1)
    n: TcUKnode = found
    mark = None if n.mark is None or not (n.mark.val or n.mark.mask) else U32Mark(n.mark.val, n.mark.mask, n.mark_hits)
    indev = tp.chain.block.q.dev.net.dev_get_by_index(n.ifindex) if n.ifindex else None
    options = U32Options(
        actions=tcf_exts_dump(n.actions),
        classid=n.classid or None,
        hash=n.handle & ~_NODE,
        link=None if n.ht_down is None else n.ht_down.handle,
        sel=n.sel,
        mark=mark,
        indev=None if indev is None else indev.name,
        flags=n.flags,
        police=n.police,
    )
    return n.handle, options


CLS_U32_OPS = TcfProtoOps("u32", u32_classify, _init, _destroy, _get, _change, _delete, _walk, _dump)
