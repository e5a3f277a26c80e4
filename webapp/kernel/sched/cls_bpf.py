"""Classifies by a classic BPF program (net/sched/cls_bpf.c).

The program sees the packet from its link-layer header, in both directions. With direct-action its result is the
verdict; else 0 is no match, -1 a match, and any other number a match with that class.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from webapp.kernel.core.filter import BpfProg, bpf_prog_create, bpf_prog_run, bpf_prog_steps
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import TcAction, tcf_action_exec, tcf_exts_destroy, tcf_exts_dump, tcf_exts_validate
from webapp.kernel.sched.cls_api import (
    TcfChange,
    TcfProto,
    TcfProtoOps,
    TcfResult,
    check_cls_flags,
    note_filter,
    verdict_name,
)
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.bpf import SockFilter
from webapp.kernel.uapi.pkt_cls import (
    TC_ACT_OK,
    TC_ACT_REDIRECT,
    TC_ACT_SHOT,
    TC_ACT_STOLEN,
    TC_ACT_TRAP,
    TC_ACT_UNSPEC,
)
from webapp.kernel.uapi.pkt_sched import BpfOptions, ClsFlags, FilterRequest

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

_OPCODES = frozenset((TC_ACT_OK, TC_ACT_SHOT, TC_ACT_STOLEN, TC_ACT_TRAP, TC_ACT_REDIRECT))
_WHOLE_MATCH = -1


class ClsBpfProg:
    """struct cls_bpf_prog: one filter."""

    __slots__ = ("actions", "classid", "exts_integrated", "filter", "flags", "handle", "police")

    def __init__(self, handle: int, program: BpfProg, options: BpfOptions, actions: tuple[TcAction, ...]) -> None:
        self.handle = handle
        self.filter = program
        self.classid = options.classid or 0
        self.exts_integrated = options.direct_action
        self.police = options.police
        self.flags = options.flags | ClsFlags.NOT_IN_HW
        self.actions = actions


@kfunc("net/sched/cls_bpf.c", "cls_bpf_classify", verdict=verdict_name)
def cls_bpf_classify(skb: SkBuff, tp: TcfProto, res: TcfResult) -> int:
    """Asks the programs, the newest first, until one decides."""
    ret = TC_ACT_UNSPEC
    data = skb.mac_header if skb.tc_at_ingress else skb.data
    progs: tuple[ClsBpfProg, ...] = tp.root
    for prog in progs:
        code = bpf_prog_run(prog.filter, skb, data)
        if prog.exts_integrated:
            res.classid = prog.classid
            ret = code if code in _OPCODES else TC_ACT_UNSPEC
            matched = True
        elif code:
            res.classid = prog.classid if code == _WHOLE_MATCH else code
            ret = tcf_action_exec(skb, prog.actions, res)
            matched = True
        else:
            ret = TC_ACT_UNSPEC
            matched = False
        if RECORDER.get() is not None:
            note_filter(tp, prog.handle, matched, bpf_prog_steps(prog.filter, skb, data), ret)
        if ret >= 0:
            return ret
    return ret


def _init(tp: TcfProto) -> None:
    tp.root = ()


def _destroy(tp: TcfProto) -> None:
    for prog in tp.root:
        tcf_exts_destroy(prog.actions)


def _get(tp: TcfProto, handle: int) -> ClsBpfProg | None:
    return next((prog for prog in tp.root if prog.handle == handle), None)


def _change(net: Net, tp: TcfProto, request: FilterRequest, found: Any, how: TcfChange) -> None:
    options = request.options
    if options is None:
        raise KernelError(Errno.EINVAL)
    assert isinstance(options, BpfOptions)
    handle = request.handle or _free_handle(tp)
    if options.ops is None:
        raise KernelError(Errno.EINVAL)
    actions = tcf_exts_validate(net, tp, options.actions, how, options.flags)
    try:
        program = _program(options.ops, options.flags)
    except KernelError:
        tcf_exts_destroy(actions)
        raise
    new = ClsBpfProg(handle, program, options, actions)
    if found is None:
        tp.root = (new, *tp.root)
    else:
        tp.root = tuple(new if prog is found else prog for prog in tp.root)
        tcf_exts_destroy(found.actions)


def _program(ops: tuple[SockFilter, ...], flags: ClsFlags) -> BpfProg:
    check_cls_flags(flags)
    program = bpf_prog_create(ops)
    if flags & ClsFlags.SKIP_SW:
        raise KernelError(Errno.EOPNOTSUPP)
    return program


def _free_handle(tp: TcfProto) -> int:
    taken = {prog.handle for prog in tp.root}
    handle = 1
    while handle in taken:
        handle += 1
    return handle


def _delete(tp: TcfProto, found: Any) -> bool:
    tp.root = tuple(prog for prog in tp.root if prog is not found)
    tcf_exts_destroy(found.actions)
    return not tp.root


def _walk(tp: TcfProto) -> Iterator[ClsBpfProg]:
    yield from tp.root


def _dump(tp: TcfProto, found: Any) -> tuple[int, BpfOptions]:
    prog: ClsBpfProg = found
    actions = tcf_exts_dump(prog.actions)
    return prog.handle, BpfOptions(
        prog.filter.ops, actions, prog.classid or None, prog.exts_integrated, prog.flags, prog.police
    )


CLS_BPF_OPS = TcfProtoOps("bpf", cls_bpf_classify, _init, _destroy, _get, _change, _delete, _walk, _dump)
