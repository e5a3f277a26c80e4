"""Actions: their life by reference counts, and how a list of them is run (net/sched/act_api.c).

Every namespace numbers the actions of each kind for itself; a filter that makes an action holds it, and another filter
may name it by its index. Kinds are tables of operations in ACT_BASE, filled in boot.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.cls_api import (
    TcfChain,
    TcfChange,
    TcfProto,
    TcfResult,
    tcf_chain_get_by_act,
    tcf_chain_put_by_act,
    verdict_name,
)
from webapp.kernel.sched.sch_generic import BStats, QStats
from webapp.kernel.trace import RECORDER, ActionRun
from webapp.kernel.uapi.pkt_cls import (
    TC_ACT_EXT_MASK,
    TC_ACT_EXT_VAL_MASK,
    TC_ACT_GOTO_CHAIN,
    TC_ACT_JUMP,
    TC_ACT_OK,
    TC_ACT_PIPE,
    TC_ACT_REPEAT,
    TC_ACT_SHOT,
    TC_ACT_TRAP,
    TC_ACT_UNSPEC,
)
from webapp.kernel.uapi.pkt_sched import (
    TCA_ACT_MAX_PRIO,
    ActFlags,
    Action,
    ActionId,
    ActionOptions,
    ActionTimes,
    ClsFlags,
    GnetStats,
    TcGen,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

REPEAT_TTL = 32
_JUMP_MASK = 0x1FF

_TERMINAL_MISMATCH = "Mismatch between action and filter offload flags"


@dataclass(frozen=True, slots=True)
class ActInit:
    """How an action is asked for: TCA_ACT_FLAGS_BIND (by a filter), _REPLACE, _AT_INGRESS."""

    bind: bool
    replace: bool
    at_ingress: bool = False


@dataclass(frozen=True, slots=True)
class TcActionOps:
    """struct tc_action_ops: one kind of action.

    ``act(skb, action, res)`` returns a verdict, TC_ACT_PIPE for the next action of the list. ``check`` refuses a
    request at once, ``check_new`` one that makes or replaces an action; ``new()`` makes one, and ``change(net, action,
    request)`` sets what is its own. ``dump(action, gen)`` says its options, ``text(action)`` what it does in a few
    words, ``offloadable(action)`` whether a driver could be asked for its statistics.
    """

    kind: str
    act: Callable[[SkBuff, TcAction, TcfResult], int]
    check: Callable[[Net, Action, ActInit], None]
    check_new: Callable[[Net, Action], None]
    new: Callable[[], TcAction]
    change: Callable[[Net, TcAction, Action], None]
    dump: Callable[[TcAction, TcGen], ActionOptions]
    text: Callable[[TcAction], str]
    offloadable: Callable[[TcAction], bool]


ACT_BASE: dict[str, TcActionOps] = {}
"""act_base: the kinds of actions by name, filled in boot.py."""


class TcAction:
    """struct tc_action: what every action has; each kind derives from it.

    ``action`` is the control, TC_ACT_*. ``bound_by_filter`` tells an action that a filter made from one of ``tc action
    add``. Times are in ns of the machine's clock, ``firstuse`` -1 while unused.
    """

    __slots__ = (
        "act", "action", "bindcnt", "bound_by_filter", "bstats", "cookie", "firstuse", "flags", "goto_chain",
        "hw_stats", "index", "install", "lastuse", "net", "ops", "qstats", "refcnt", "skip_sw", "used_hw_stats",
    )  # fmt: skip

    ops: TcActionOps
    act: Callable[[SkBuff, TcAction, TcfResult], int]
    net: Net

    def __init__(self) -> None:
        self.index = 0
        self.action = TC_ACT_OK
        self.goto_chain: TcfChain | None = None
        self.refcnt = 1
        self.bindcnt = 0
        self.bound_by_filter = False
        self.bstats = BStats()
        self.qstats = QStats()
        self.install = self.lastuse = 0
        self.firstuse = -1
        self.cookie = b""
        self.flags = ActFlags.NONE
        self.skip_sw = False
        self.hw_stats: int | None = None
        self.used_hw_stats = False


# --- the packet's way ---------------------------------------------------------------------------------------------


def tcf_action_update_bstats(a: TcAction, skb: SkBuff) -> None:
    """Counts the packet with the length that it came with: from the network header at ingress, the link's at egress."""
    bstats = a.bstats
    bstats.packets += 1 if skb.gso is None else skb.gso.segs
    bstats.bytes += skb.qdisc_pkt_len
    a.lastuse = now = skb.dev.net.machine.clock.now
    if a.firstuse < 0:
        a.firstuse = now


@kfunc("net/sched/act_api.c", "tcf_action_exec", verdict=verdict_name)
def tcf_action_exec(skb: SkBuff, actions: tuple[TcAction, ...], res: TcfResult) -> int:
    """Runs the actions of a filter until one does not say PIPE; its verdict is the list's, TC_ACT_OK for none.

    A jump counts from the start of the list; 32 jumps or 32 repeats are too many and end it with TC_ACT_OK.
    """
    if skb.tc_skip_classify:
        skb.tc_skip_classify = 0
        return TC_ACT_OK
    ret = TC_ACT_OK
    to_skip = 0
    jump_ttl = TCA_ACT_MAX_PRIO
    while True:
        for a in actions[to_skip:] if to_skip else actions:
            if a.skip_sw:
                continue
            ret = _run_action(skb, a, res)
            if ret == TC_ACT_PIPE:
                continue
            if ret == TC_ACT_REPEAT:
                return TC_ACT_OK
            if ret < 0 or ret & TC_ACT_EXT_MASK != TC_ACT_JUMP:
                return ret
            break
        else:
            return ret
        to_skip = ret & _JUMP_MASK
        jump_ttl -= 1
        if not to_skip or to_skip > len(actions) or not jump_ttl:
            return TC_ACT_OK


def _run_action(skb: SkBuff, a: TcAction, res: TcfResult) -> int:
    """One action, again while it says REPEAT; a goto notes where it leads."""
    ret = a.act(skb, a, res)
    repeat_ttl = REPEAT_TTL - 1
    while ret == TC_ACT_REPEAT and repeat_ttl:
        ret = a.act(skb, a, res)
        repeat_ttl -= 1
    if ret >= 0 and ret & TC_ACT_EXT_MASK == TC_ACT_GOTO_CHAIN:
        if a.goto_chain is None:
            res.drop_reason = DropReason.TC_CHAIN_NOTFOUND
            ret = TC_ACT_SHOT
        else:
            res.goto_tp = a.goto_chain.filter_chain
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(ActionRun(a.ops.kind, a.index, a.ops.text(a), verdict_name(ret)))
    return ret


# --- the actions of a namespace -----------------------------------------------------------------------------------


def _idr(net: Net, kind: str) -> dict[int, TcAction]:
    """tc_action_net: the actions of one kind by index."""
    return net.tc_actions.setdefault(kind, {})


def _free_index(idr: dict[int, TcAction]) -> int:
    index = 1
    while index in idr:
        index += 1
    return index


def tcf_idr_release(a: TcAction, bind: bool) -> None:
    """Gives back one reference; the last one ends the action."""
    a.bindcnt -= bind
    a.refcnt -= 1
    if not a.refcnt:
        del a.net.tc_actions[a.ops.kind][a.index]
        if a.goto_chain is not None:
            tcf_chain_put_by_act(a.goto_chain)


def tcf_action_check_ctrlact(action: int, tp: TcfProto | None) -> TcfChain | None:
    """Checks a control; for a goto, the chain that it leads to, held."""
    opcode = action & TC_ACT_EXT_MASK if action >= 0 else 0
    if (not opcode and action > TC_ACT_TRAP) or action < TC_ACT_UNSPEC or opcode > TC_ACT_GOTO_CHAIN:
        raise KernelError(Errno.EINVAL, "invalid control action")
    if opcode != TC_ACT_GOTO_CHAIN:
        return None
    if tp is None:
        raise KernelError(Errno.EINVAL, "can't goto NULL proto/chain")
    return tcf_chain_get_by_act(tp.chain.block, action & TC_ACT_EXT_VAL_MASK)


@kfunc("net/sched/act_api.c", "tcf_action_init_1")
def tcf_action_init_1(net: Net, tp: TcfProto | None, request: Action, how: ActInit) -> tuple[TcAction, bool]:
    """One action as asked for, held once more, and whether it was made for this."""
    ops = _ops(request)
    if request.options is None:
        raise KernelError(Errno.EINVAL)
    if ActFlags.SKIP_HW | ActFlags.SKIP_SW in request.flags:
        raise KernelError(Errno.EINVAL)
    ops.check(net, request, how)
    idr = _idr(net, ops.kind)
    gen = request.options.gen
    a = idr.get(gen.index) if gen.index else None
    if a is not None:
        return _existing_action(net, tp, a, request, how), False
    ops.check_new(net, request)
    goto_chain = tcf_action_check_ctrlact(gen.action, tp)
    a = ops.new()
    a.net, a.ops, a.act = net, ops, ops.act
    a.index = gen.index or _free_index(idr)
    a.bindcnt = int(how.bind)
    a.bound_by_filter = how.bind
    a.install = a.lastuse = net.machine.clock.now
    a.flags = request.flags
    a.skip_sw = bool(a.flags & ActFlags.SKIP_SW)
    a.action, a.goto_chain = gen.action, goto_chain
    _set(net, a, request)
    idr[a.index] = a
    return a, True


def _existing_action(net: Net, tp: TcfProto | None, a: TcAction, request: Action, how: ActInit) -> TcAction:
    """A filter takes an action as it is; ``tc action`` may replace it."""
    assert request.options is not None
    if how.bind:
        a.refcnt += 1
        a.bindcnt += 1
        _set_shared(a, request)
        return a
    if not how.replace:
        raise KernelError(Errno.EEXIST)
    a.ops.check_new(net, request)
    goto_chain = tcf_action_check_ctrlact(request.options.gen.action, tp)
    a.refcnt += 1
    old, a.goto_chain = a.goto_chain, goto_chain
    a.action = request.options.gen.action
    if old is not None:
        tcf_chain_put_by_act(old)
    _set(net, a, request)
    return a


def _set(net: Net, a: TcAction, request: Action) -> None:
    a.ops.change(net, a, request)
    _set_shared(a, request)


def _set_shared(a: TcAction, request: Action) -> None:
    if request.cookie:
        a.cookie = request.cookie
    a.hw_stats = request.hw_stats


def _ops(request: Action | ActionId) -> TcActionOps:
    """tc_action_load_ops: the kind of an action."""
    ops = ACT_BASE.get(request.kind)
    if ops is None:
        raise KernelError(Errno.ENOENT, "Failed to load TC action module")
    return ops


@kfunc("net/sched/act_api.c", "tcf_action_init")
def tcf_action_init(
    net: Net, tp: TcfProto | None, requests: tuple[Action, ...], how: ActInit, flags: ClsFlags
) -> list[tuple[TcAction, bool]]:
    """All actions of a list, or none. ``flags`` are the filter's, which its actions inherit."""
    for request in requests:
        _ops(request)
    actions: list[tuple[TcAction, bool]] = []
    try:
        for request in requests[:TCA_ACT_MAX_PRIO]:
            actions.append(tcf_action_init_1(net, tp, request, how))
            if how.bind:
                _inherit_flags(actions[-1][0], flags)
    except KernelError:
        for a, _ in actions:
            tcf_idr_release(a, how.bind)
        raise
    return actions


def _inherit_flags(a: TcAction, flags: ClsFlags) -> None:
    wanted = ActFlags.NONE
    if flags & ClsFlags.SKIP_SW:
        wanted |= ActFlags.SKIP_SW
    if flags & ClsFlags.SKIP_HW:
        wanted |= ActFlags.SKIP_HW
    present = a.flags & (ActFlags.SKIP_SW | ActFlags.SKIP_HW)
    if (present & ~wanted) if a.bound_by_filter else (present != wanted):
        raise KernelError(Errno.EINVAL, _TERMINAL_MISMATCH)
    a.flags |= wanted
    a.skip_sw = bool(a.flags & ActFlags.SKIP_SW)


def tcf_exts_validate(
    net: Net, tp: TcfProto, requests: tuple[Action, ...], how: TcfChange, flags: ClsFlags = ClsFlags.NONE
) -> tuple[TcAction, ...]:
    """tcf_exts_validate (cls_api.c): the actions of a filter, held by it."""
    bind = ActInit(bind=True, replace=how.replace, at_ingress=how.at_ingress)
    return tuple(a for a, _ in tcf_action_init(net, tp, requests, bind, flags))


def tcf_exts_destroy(actions: tuple[TcAction, ...]) -> None:
    """tcf_exts_destroy (cls_api.c): the filter lets its actions go."""
    for a in actions:
        tcf_idr_release(a, True)


# --- what dumps say -----------------------------------------------------------------------------------------------


def tcf_action_dump_1(a: TcAction) -> Action:
    """An action as a dump says it."""
    now = a.net.machine.clock.now
    stats = GnetStats(a.bstats.bytes, a.bstats.packets, a.qstats.drops, a.qstats.overlimits)
    times = ActionTimes(now - a.install, now - a.lastuse, now - a.firstuse if a.firstuse >= 0 else 0)
    options = a.ops.dump(a, TcGen(a.index, a.action, a.refcnt, a.bindcnt))
    return Action(a.ops.kind, options, a.cookie, a.flags, a.hw_stats, stats, times, a.used_hw_stats)


def tcf_exts_hw_stats_update(actions: tuple[TcAction, ...]) -> None:
    """tcf_exts_hw_stats_update (cls_api.c): asked for its statistics by its filter, no driver has any."""
    for a in actions:
        a.used_hw_stats = False


def tcf_exts_dump(actions: tuple[TcAction, ...]) -> tuple[Action, ...]:
    """tcf_exts_dump (cls_api.c): the actions of a filter."""
    return tuple(map(tcf_action_dump_1, actions))


# --- tc action ----------------------------------------------------------------------------------------------------


@kfunc("net/sched/act_api.c", "tcf_action_add")
def tcf_action_add(net: Net, requests: tuple[Action, ...], replace: bool) -> None:
    """RTM_NEWACTION: actions that live without a filter."""
    for a, created in tcf_action_init(net, None, requests, ActInit(bind=False, replace=replace), ClsFlags.NONE):
        if not created:
            tcf_idr_release(a, False)


def _tcf_action_get_1(net: Net, request: ActionId) -> TcAction:
    if request.index is None:
        raise KernelError(Errno.EINVAL, "Invalid TC action index value")
    if request.kind not in ACT_BASE:
        raise KernelError(Errno.EINVAL, "Specified TC action kind not found")
    a = _idr(net, request.kind).get(request.index)
    if a is None:
        raise KernelError(Errno.ENOENT, "TC action with specified index not found")
    return a


def tcf_action_get(net: Net, requests: tuple[ActionId, ...]) -> tuple[Action, ...]:
    """RTM_GETACTION of named actions."""
    return tcf_exts_dump(tuple(_tcf_action_get_1(net, request) for request in requests))


@kfunc("net/sched/act_api.c", "tcf_action_delete")
def tcf_action_delete(net: Net, requests: tuple[ActionId, ...]) -> None:
    """RTM_DELACTION of named actions; EPERM for one that a filter holds."""
    for a in [_tcf_action_get_1(net, request) for request in requests]:
        if a.bindcnt:
            raise KernelError(Errno.EPERM, "Failed to delete TC action")
        tcf_idr_release(a, False)


@kfunc("net/sched/act_api.c", "tca_action_flush")
def tca_action_flush(net: Net, kind: str) -> None:
    """RTM_DELACTION with NLM_F_ROOT: all actions of a kind, up to the first that a filter holds (EPERM)."""
    if kind not in ACT_BASE:
        raise KernelError(Errno.EINVAL, "Cannot flush unknown TC action")
    for released, (_, a) in enumerate(sorted(_idr(net, kind).items())):
        if a.bindcnt and released:
            # What was flushed stays flushed; the request succeeds with a warning in its extack.
            return
        if a.bindcnt:
            raise KernelError(Errno.EPERM)
        tcf_idr_release(a, False)


@kfunc("net/sched/act_api.c", "tc_dump_action")
def tc_dump_action(net: Net, kind: str) -> tuple[Action, ...]:
    """RTM_GETACTION with NLM_F_DUMP: all actions of a kind, which asks drivers for their statistics on the way."""
    if kind not in ACT_BASE:
        return ()
    actions = tuple(a for _, a in sorted(_idr(net, kind).items()))
    for a in actions:
        a.used_hw_stats = a.used_hw_stats or a.ops.offloadable(a)
    return tcf_exts_dump(actions)
