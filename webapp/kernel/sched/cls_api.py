"""Blocks, chains and the classification loop (net/sched/cls_api.c).

A block holds chains, a chain holds tcf_protos in order of preference, and a tcf_proto the filters of one preference,
protocol and kind. Kinds are tables of operations in TCF_PROTO_BASE, filled in boot.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import RECORDER, FilterRun
from webapp.kernel.uapi.if_ether import ETH_P_8021Q, ETH_P_ALL, ETH_P_ARP, ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.pkt_cls import (
    TC_ACT_EXT_MASK,
    TC_ACT_EXT_VAL_MASK,
    TC_ACT_GOTO_CHAIN,
    TC_ACT_JUMP,
    TC_ACT_NAMES,
    TC_ACT_RECLASSIFY,
    TC_ACT_SHOT,
    TC_ACT_UNSPEC,
)
from webapp.kernel.uapi.pkt_sched import (
    TC_H_MIN_INGRESS,
    ChainInfo,
    ClsFlags,
    FilterInfo,
    FilterOptions,
    FilterRequest,
    tc_h_maj,
    tc_h_min,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff
    from webapp.kernel.sched.sch_generic import MiniQdisc, Qdisc

MAX_RECLASSIFY_LOOP = 16

_PROTOCOL_WORDS = {ETH_P_ALL: "all", ETH_P_IP: "ip", ETH_P_ARP: "arp", ETH_P_IPV6: "ipv6", ETH_P_8021Q: "802.1Q"}
_FIRST_AUTO_PRIO = 0xC000
_AUTO_PRIO_SEARCH = 0x8000


class DumpError(KernelError):
    """A dump that ends before its end: ``infos`` is what it had told by then."""

    def __init__(self, errno: Errno, infos: tuple[FilterInfo, ...]) -> None:
        super().__init__(errno)
        self.infos = infos


class TcfResult:
    """struct tcf_result: what a classification leaves behind besides its code.

    ``goto_tp`` is the list of filters of the chain that a goto named, and ``drop_reason`` is set where the classifier
    knows better why the packet is to be dropped than its caller does.
    """

    __slots__ = ("classid", "drop_reason", "goto_tp")

    def __init__(self) -> None:
        self.classid = 0
        self.goto_tp: tuple[TcfProto, ...] = ()
        self.drop_reason: DropReason | None = None


Classify = Callable[["SkBuff", "TcfProto", TcfResult], int]


@dataclass(frozen=True, slots=True)
class TcfChange:
    """What a kind is told besides the request: TCA_ACT_FLAGS_REPLACE, and whether the filter is to be at ingress."""

    replace: bool
    at_ingress: bool


@dataclass(frozen=True, slots=True)
class TcfProtoOps:
    """struct tcf_proto_ops: one kind of classifier.

    ``get(tp, handle)`` finds a filter; ``change(net, tp, request, filter, how)`` makes one (filter None) or replaces
    it; ``delete(tp, filter)`` tells whether it was the last; ``walk(tp)`` yields the filters in the order of a dump and
    ``dump(tp, filter)`` says (handle, options) of one. ``walk_stops(tp)`` tells of a kind that sets tcf_walker.stop
    without having been asked to, which ends a whole dump. ``tmplt_create(net, request)`` makes a chain's template and
    ``tmplt_dump(net, template)`` says it; None for kinds that cannot be one.
    """

    kind: str
    classify: Classify
    init: Callable[[TcfProto], None]
    destroy: Callable[[TcfProto], None]
    get: Callable[[TcfProto, int], Any]
    change: Callable[[Net, TcfProto, FilterRequest, Any, TcfChange], None]
    delete: Callable[[TcfProto, Any], bool]
    walk: Callable[[TcfProto], Iterator[Any]]
    dump: Callable[[TcfProto, Any], tuple[int, FilterOptions | None]]
    walk_stops: Callable[[TcfProto], bool] | None = None
    tmplt_create: Callable[[Net, FilterRequest], Any] | None = None
    tmplt_dump: Callable[[Net, Any], FilterOptions] | None = None


TCF_PROTO_BASE: dict[str, TcfProtoOps] = {}
"""tcf_proto_base: the kinds of classifiers by name, filled in boot.py."""


class TcfProto:
    """struct tcf_proto: the filters of one preference, one protocol and one kind in a chain.

    ``root`` and ``data`` are the kind's own.
    """

    __slots__ = ("chain", "classify", "data", "ops", "prio", "protocol", "root")

    def __init__(self, ops: TcfProtoOps, protocol: int, prio: int, chain: TcfChain) -> None:
        self.ops = ops
        self.classify = ops.classify
        self.protocol = protocol
        self.prio = prio
        self.chain = chain
        self.root: Any = None
        self.data: Any = None


class TcfChain:
    """struct tcf_chain: tcf_protos in order of preference.

    It lives as long as it holds filters, was made by ``tc chain add``, or is the target of an action's goto. A template
    (``tmplt_ops`` and what they made, ``tmplt_priv``) bounds what its filters may ask for.
    """

    __slots__ = (
        "action_refcnt", "block", "explicitly_created", "filter_chain", "index", "tmplt_ops", "tmplt_priv",
    )  # fmt: skip

    def __init__(self, block: TcfBlock, index: int) -> None:
        self.block = block
        self.index = index
        self.filter_chain: tuple[TcfProto, ...] = ()
        self.explicitly_created = False
        self.action_refcnt = 0
        self.tmplt_ops: TcfProtoOps | None = None
        self.tmplt_priv: Any = None

    @property
    def shown(self) -> bool:
        """Not tcf_chain_held_by_acts_only: users are told of it."""
        return bool(self.filter_chain) or self.explicitly_created


class TcfBlock:
    """struct tcf_block: the chains that one side of a qdisc holds, in order of creation.

    ``classid`` is the parent by which the last filter was added; dumps name it. ``miniq`` reads chain 0.
    """

    __slots__ = ("chain_list", "classid", "miniq", "q")

    def __init__(self, q: Qdisc) -> None:
        self.q = q
        self.classid = 0
        self.chain_list: dict[int, TcfChain] = {}
        self.miniq: MiniQdisc | None = None


# --- the packet's way ---------------------------------------------------------------------------------------------


def verdict_name(result: object) -> str:
    """The word for a verdict, as the kernel's headers spell it."""
    if not isinstance(result, int):
        return ""
    if result >= 0 and result & TC_ACT_EXT_MASK == TC_ACT_GOTO_CHAIN:
        return f"TC_ACT_GOTO_CHAIN {result & TC_ACT_EXT_VAL_MASK}"
    if result >= 0 and result & TC_ACT_EXT_MASK == TC_ACT_JUMP:
        return f"TC_ACT_JUMP {result & TC_ACT_EXT_VAL_MASK}"
    return TC_ACT_NAMES.get(result, str(result))


def note_filter(tp: TcfProto, handle: int, matched: bool, detail: tuple[str, ...], verdict: int) -> None:
    """Tells the recorder, which must be at work, of one filter that was consulted; ``verdict`` counts if it matched."""
    recorder = RECORDER.get()
    assert recorder is not None
    protocol = _PROTOCOL_WORDS.get(tp.protocol, f"{tp.protocol:#06x}")
    word = verdict_name(verdict) if matched else ""
    recorder.note(FilterRun(tp.ops.kind, tp.chain.index, tp.prio, protocol, handle, matched, detail, word))


@kfunc("net/sched/cls_api.c", "tcf_classify", verdict=verdict_name)
def tcf_classify(skb: SkBuff, block: TcfBlock, tp_list: tuple[TcfProto, ...], res: TcfResult) -> int:
    """Asks the filters in order: the first code that is not negative decides, and TC_ACT_UNSPEC is no match at all."""
    filters = tp_list
    limit = 0
    while True:
        again = None
        for tp in filters:
            # skb_protocol, anew for every filter: actions that went on may have pushed a tag
            if tp.protocol not in (ETH_P_ALL, skb.vlan_proto or skb.protocol):
                continue
            err = tp.classify(skb, tp, res)
            if err < 0:
                continue
            if err == TC_ACT_RECLASSIFY:
                again = tp_list
            elif err & TC_ACT_EXT_MASK == TC_ACT_GOTO_CHAIN:
                again = res.goto_tp
            else:
                return err
            break
        if again is None:
            return TC_ACT_UNSPEC
        if limit >= MAX_RECLASSIFY_LOOP:
            res.drop_reason = DropReason.TC_RECLASSIFY_LOOP
            return TC_ACT_SHOT
        limit += 1
        filters = again


def tcf_change_indev(net: Net, name: str) -> int:
    """tcf_change_indev: the number of the device that packets must have come in by."""
    dev = net.dev_get_by_name(name)
    if dev is None:
        raise KernelError(Errno.EINVAL, "Network device not found")
    return dev.ifindex


def check_cls_flags(flags: ClsFlags) -> None:
    """tc_flags_valid: software and hardware cannot both be skipped."""
    if ClsFlags.SKIP_HW | ClsFlags.SKIP_SW in flags:
        raise KernelError(Errno.EINVAL)


# --- chains -------------------------------------------------------------------------------------------------------


def tcf_chain_get(block: TcfBlock, index: int) -> TcfChain:
    """The chain of that number, made where there is none."""
    chain = block.chain_list.get(index)
    if chain is None:
        chain = block.chain_list[index] = TcfChain(block, index)
    return chain


def tcf_chain_put(chain: TcfChain) -> None:
    """Forgets a chain that nothing holds any more."""
    if not chain.shown and not chain.action_refcnt:
        chain.block.chain_list.pop(chain.index, None)


def tcf_chain_get_by_act(block: TcfBlock, index: int) -> TcfChain:
    """An action's goto holds its target, which need not have filters yet."""
    chain = tcf_chain_get(block, index)
    chain.action_refcnt += 1
    return chain


def tcf_chain_put_by_act(chain: TcfChain) -> None:
    """The action does not go there any more."""
    chain.action_refcnt -= 1
    tcf_chain_put(chain)


def _set_filter_chain(chain: TcfChain, filters: tuple[TcfProto, ...]) -> None:
    """Replaces the list as a whole: a packet that is being classified keeps the one that it has (RCU)."""
    chain.filter_chain = filters
    if not chain.index and chain.block.miniq is not None:
        chain.block.miniq.mini_qdisc_pair_swap(filters)


def tcf_chain_flush(chain: TcfChain) -> None:
    """Takes all filters out of a chain."""
    filters = chain.filter_chain
    _set_filter_chain(chain, ())
    for tp in filters:
        tp.ops.destroy(tp)
    tcf_chain_put(chain)


def tcf_block_flush_all_chains(block: TcfBlock) -> None:
    """The block ends: filters, chains and what was made by hand."""
    for chain in list(block.chain_list.values()):
        chain.explicitly_created = False
        tcf_chain_flush(chain)


def _tcf_chain_tp_find(chain: TcfChain, protocol: int, prio: int, allocate: bool) -> TcfProto | None:
    """tcf_chain_tp_find: the tcf_proto of a preference; it must have the protocol asked for (EINVAL)."""
    tp = next((tp for tp in chain.filter_chain if tp.prio >= prio), None)
    if tp is None or tp.prio != prio:
        return None
    if allocate or (protocol and tp.protocol != protocol):
        raise KernelError(Errno.EINVAL, "Protocol mismatch for filter with specified priority")
    return tp


def _tcf_chain_tp_insert(chain: TcfChain, tp: TcfProto) -> None:
    filters = chain.filter_chain
    place = next((i for i, other in enumerate(filters) if other.prio >= tp.prio), len(filters))
    _set_filter_chain(chain, (*filters[:place], tp, *filters[place:]))


def _tcf_chain_tp_remove(chain: TcfChain, tp: TcfProto) -> None:
    _set_filter_chain(chain, tuple(other for other in chain.filter_chain if other is not tp))
    tp.ops.destroy(tp)


def _tcf_auto_prio(chain: TcfChain) -> int:
    """tcf_auto_prio: one less than the lowest preference from 0x8000 on, the first of all 0xC000."""
    tp = next((tp for tp in chain.filter_chain if tp.prio >= _AUTO_PRIO_SEARCH), None)
    return _FIRST_AUTO_PRIO if tp is None else tp.prio - 1


# --- where a request points to ------------------------------------------------------------------------------------


def _device(net: Net, ifindex: int) -> NetDevice:
    dev = net.dev_get_by_index(ifindex)
    if dev is None:
        raise KernelError(Errno.ENODEV)
    return dev


def qdisc_lookup(dev: NetDevice, handle: int) -> Qdisc | None:
    """qdisc_lookup (net/sched/sch_api.c): the root or ingress qdisc of that handle."""
    for q in (dev.qdisc, dev.qdisc_ingress):
        if handle and q is not None and q.handle == handle:
            return q
    return None


def _tcf_block_find(net: Net, request: FilterRequest) -> tuple[TcfBlock, int]:
    """__tcf_qdisc_find, __tcf_qdisc_cl_find and __tcf_block_find: the block and the parent that it was asked by."""
    dev = _device(net, request.ifindex)
    parent = request.parent
    q = qdisc_lookup(dev, tc_h_maj(parent)) if parent else dev.qdisc
    if q is None:
        raise KernelError(Errno.EINVAL, "Parent Qdisc doesn't exists")
    if q.ops is None:
        raise KernelError(Errno.EINVAL, "Qdisc not classful")
    cl = 0
    if tc_h_min(parent):
        cl = q.ops.find(parent)
        if not cl:
            raise KernelError(Errno.ENOENT, "Specified class doesn't exist")
    block = q.ops.tcf_block(q, cl)
    if block is None:
        raise KernelError(Errno.EINVAL)
    return block, parent


def _chain_index(request: FilterRequest) -> int:
    index = request.chain or 0
    if index > TC_ACT_EXT_VAL_MASK:
        raise KernelError(Errno.EINVAL, "Specified chain index exceeds upper limit")
    return index


# --- filters ------------------------------------------------------------------------------------------------------


@kfunc("net/sched/cls_api.c", "tc_new_tfilter")
def tc_new_tfilter(net: Net, request: FilterRequest) -> None:
    """RTM_NEWTFILTER: makes or changes a filter, as NLM_F_CREATE and NLM_F_EXCL say."""
    create = bool(request.flags & NlmFlags.CREATE)
    if not request.prio and not create:
        raise KernelError(Errno.ENOENT, "Invalid filter command with priority of zero")
    block, parent = _tcf_block_find(net, request)
    block.classid = parent
    chain = tcf_chain_get(block, _chain_index(request))
    try:
        tp, created = _tcf_proto_get(chain, request)
        try:
            _change_filter(net, tp, request, parent)
        except KernelError:
            if created:
                _tcf_chain_tp_remove(chain, tp)
            raise
    finally:
        tcf_chain_put(chain)


def _tcf_proto_get(chain: TcfChain, request: FilterRequest) -> tuple[TcfProto, bool]:
    """The tcf_proto that a new filter belongs to, and whether it had to be made."""
    tp = _tcf_chain_tp_find(chain, request.protocol, request.prio or _AUTO_PRIO_SEARCH, not request.prio)
    if tp is not None:
        return tp, False
    if request.kind is None or not request.protocol:
        raise KernelError(Errno.EINVAL, "Filter kind and protocol must be specified")
    if not request.flags & NlmFlags.CREATE:
        raise KernelError(Errno.ENOENT, "Need both RTM_NEWTFILTER and NLM_F_CREATE to create a new filter")
    prio = request.prio or _tcf_auto_prio(chain)
    ops = TCF_PROTO_BASE.get(request.kind)
    if ops is None:
        raise KernelError(Errno.ENOENT, "TC classifier not found")
    tp = TcfProto(ops, request.protocol, prio, chain)
    ops.init(tp)
    _tcf_chain_tp_insert(chain, tp)
    return tp, True


def _change_filter(net: Net, tp: TcfProto, request: FilterRequest, parent: int) -> None:
    if request.kind is not None and request.kind != tp.ops.kind:
        raise KernelError(Errno.EINVAL, "Specified filter kind does not match existing one")
    if tp.chain.tmplt_ops is not None and tp.chain.tmplt_ops is not tp.ops:
        raise KernelError(Errno.EINVAL, "Chain template is set to a different filter kind")
    create = bool(request.flags & NlmFlags.CREATE)
    found = tp.ops.get(tp, request.handle)
    if found is None and not create:
        raise KernelError(Errno.ENOENT, "Need both RTM_NEWTFILTER and NLM_F_CREATE to create a new filter")
    if found is not None and request.flags & NlmFlags.EXCL:
        raise KernelError(Errno.EEXIST, "Filter already exists")
    how = TcfChange(replace=not create, at_ingress=tc_h_min(parent) == TC_H_MIN_INGRESS)
    tp.ops.change(net, tp, request, found, how)


@kfunc("net/sched/cls_api.c", "tc_del_tfilter")
def tc_del_tfilter(net: Net, request: FilterRequest) -> None:
    """RTM_DELTFILTER: one filter (handle), one preference, or the whole chain (preference 0)."""
    if not request.prio and (request.protocol or request.handle or request.kind is not None):
        raise KernelError(Errno.ENOENT, "Cannot flush filters with protocol, handle or kind set")
    block, _ = _tcf_block_find(net, request)
    chain = block.chain_list.get(_chain_index(request))
    if not request.prio:
        if chain is not None:
            tcf_chain_flush(chain)
        return
    if chain is None:
        raise KernelError(Errno.ENOENT, "Cannot find specified filter chain")
    tp = _existing_proto(chain, request)
    if request.handle == 0 or tp.ops.delete(tp, _existing_filter(tp, request)):
        _tcf_chain_tp_remove(chain, tp)
    tcf_chain_put(chain)


@kfunc("net/sched/cls_api.c", "tc_get_tfilter")
def tc_get_tfilter(net: Net, request: FilterRequest) -> FilterInfo:
    """RTM_GETTFILTER of one filter."""
    if not request.prio:
        raise KernelError(Errno.ENOENT, "Invalid filter command with priority of zero")
    block, parent = _tcf_block_find(net, request)
    chain = block.chain_list.get(_chain_index(request))
    if chain is None:
        raise KernelError(Errno.EINVAL, "Cannot find specified filter chain")
    tp = _existing_proto(chain, request)
    return _tcf_fill_node(tp, parent, _existing_filter(tp, request))


def _existing_proto(chain: TcfChain, request: FilterRequest) -> TcfProto:
    tp = _tcf_chain_tp_find(chain, request.protocol, request.prio, False)
    if tp is None:
        raise KernelError(Errno.ENOENT, "Filter with specified priority/protocol not found")
    if request.kind is not None and request.kind != tp.ops.kind:
        raise KernelError(Errno.EINVAL, "Specified filter kind does not match existing one")
    return tp


def _existing_filter(tp: TcfProto, request: FilterRequest) -> Any:
    found = tp.ops.get(tp, request.handle)
    if found is None:
        raise KernelError(Errno.ENOENT, "Specified filter handle not found")
    return found


def _tcf_fill_node(tp: TcfProto, parent: int, found: Any) -> FilterInfo:
    """tcf_fill_node: a filter as a dump says it; without one, the line of the preference."""
    handle, options = (0, None) if found is None else tp.ops.dump(tp, found)
    chain = tp.chain
    ifindex = chain.block.q.dev.ifindex
    return FilterInfo(ifindex, parent, handle, tp.prio, tp.protocol, chain.index, tp.ops.kind, options)


def _dumped_block(net: Net, request: FilterRequest) -> TcfBlock | None:
    """The block that a dump is about; dumps do not complain."""
    dev = net.dev_get_by_index(request.ifindex)
    if dev is None:
        return None
    q = qdisc_lookup(dev, tc_h_maj(request.parent)) if request.parent else dev.qdisc
    if q is None or q.ops is None:
        return None
    cl = q.ops.find(request.parent) if tc_h_min(request.parent) else 0
    if tc_h_min(request.parent) and not cl:
        return None
    return q.ops.tcf_block(q, cl)


@kfunc("net/sched/cls_api.c", "tc_dump_tfilter")
def tc_dump_tfilter(net: Net, request: FilterRequest) -> tuple[FilterInfo, ...]:
    """RTM_GETTFILTER with NLM_F_DUMP: preference by preference, chain by chain; 0 and None select all.

    A preference that cannot be walked ends the dump (DumpError, EMSGSIZE), as it does on Linux.
    """
    block = _dumped_block(net, request)
    if block is None:
        return ()
    infos: list[FilterInfo] = []
    for chain in block.chain_list.values():
        if request.chain not in (None, chain.index):
            continue
        for tp in chain.filter_chain:
            if request.prio in (0, tp.prio) and request.protocol in (0, tp.protocol):
                infos.append(_tcf_fill_node(tp, block.classid, None))
                if tp.ops.walk_stops is not None and tp.ops.walk_stops(tp):
                    raise DumpError(Errno.EMSGSIZE, tuple(infos))
                infos.extend(_tcf_fill_node(tp, block.classid, found) for found in tp.ops.walk(tp))
    return tuple(infos)


# --- tc chain -----------------------------------------------------------------------------------------------------


@kfunc("net/sched/cls_api.c", "tc_ctl_chain")
def tc_new_chain(net: Net, request: FilterRequest) -> None:
    """RTM_NEWCHAIN: a chain that stays without filters, with a template if a kind is named."""
    block, _ = _tcf_block_find(net, request)
    index = _chain_index(request)
    chain = block.chain_list.get(index)
    if chain is not None and chain.shown:
        raise KernelError(Errno.EEXIST, "Filter chain already exists")
    ops, template = _tmplt_create(net, request)
    chain = tcf_chain_get(block, index)
    chain.explicitly_created = True
    chain.tmplt_ops, chain.tmplt_priv = ops, template


def _tmplt_create(net: Net, request: FilterRequest) -> tuple[TcfProtoOps | None, Any]:
    """tc_chain_tmplt_add."""
    if request.kind is None:
        return None, None
    ops = TCF_PROTO_BASE.get(request.kind)
    if ops is None:
        raise KernelError(Errno.ENOENT, "TC classifier not found")
    if ops.tmplt_create is None:
        raise KernelError(Errno.EOPNOTSUPP, "Chain templates are not supported with specified classifier")
    return ops, ops.tmplt_create(net, request)


def _existing_chain(net: Net, request: FilterRequest) -> TcfChain:
    block, _ = _tcf_block_find(net, request)
    chain = block.chain_list.get(_chain_index(request))
    if chain is None or not chain.shown:
        raise KernelError(Errno.EINVAL, "Cannot find specified filter chain")
    return chain


def tc_del_chain(net: Net, request: FilterRequest) -> None:
    """RTM_DELCHAIN: with all its filters."""
    chain = _existing_chain(net, request)
    chain.explicitly_created = False
    chain.tmplt_ops = chain.tmplt_priv = None
    tcf_chain_flush(chain)


def _tc_chain_fill_node(chain: TcfChain) -> ChainInfo:
    q = chain.block.q
    ops = chain.tmplt_ops
    if ops is None or ops.tmplt_dump is None:
        return ChainInfo(q.dev.ifindex, q.handle, chain.index)
    return ChainInfo(q.dev.ifindex, q.handle, chain.index, ops.kind, ops.tmplt_dump(q.dev.net, chain.tmplt_priv))


def tc_get_chain(net: Net, request: FilterRequest) -> ChainInfo:
    """RTM_GETCHAIN of one chain."""
    return _tc_chain_fill_node(_existing_chain(net, request))


@kfunc("net/sched/cls_api.c", "tc_dump_chain")
def tc_dump_chain(net: Net, request: FilterRequest) -> tuple[ChainInfo, ...]:
    """RTM_GETCHAIN with NLM_F_DUMP.

    A dump goes on where its last part ended, by counting chains. Those that only an action's goto holds are not shown
    and not counted at first but are when they are counted over, so chains after them may be told twice, as on Linux.
    """
    block = _dumped_block(net, request)
    if block is None:
        return ()
    chains = [chain for chain in block.chain_list.values() if request.chain in (None, chain.index)]
    infos: list[ChainInfo] = []
    start = -1
    while start < len(infos):
        start = len(infos)
        infos.extend(_tc_chain_fill_node(chain) for chain in chains[start:] if chain.shown)
    return tuple(infos)
