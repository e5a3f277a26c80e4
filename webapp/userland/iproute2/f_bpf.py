"""The classifier bpf, classic programs only (tc/f_bpf.c, lib/bpf_legacy.c)."""

from __future__ import annotations

import re

from webapp.kernel.uapi.bpf import BPF_MAXINSNS, SockFilter
from webapp.kernel.uapi.pkt_sched import Action, BpfOptions, ClsFlags, FilterInfo
from webapp.userland.iproute2.arguments import Arguments, duparg, get_unsigned, matches
from webapp.userland.iproute2.m_action import parse_action, parse_old_police, print_old_police, tc_print_action
from webapp.userland.iproute2.tc_common import Illegal, Tc, get_tc_classid, next_arg, sprint_tc_classid

EXPLANATION = """\
Usage: ... bpf ...

BPF use case:
 bytecode BPF_BYTECODE
 bytecode-file FILE

eBPF use case:
 object-file FILE [ section CLS_NAME ] [ export UDS_FILE ] [ verbose ] [ direct-action ] [ skip_hw | skip_sw ]
 object-pinned FILE [ direct-action ] [ skip_hw | skip_sw ]

Common remaining options:
 [ action ACTION_SPEC ]
 [ classid CLASSID ]

Where BPF_BYTECODE := 's,c t f k,c t f k,c t f k,...'
c,t,f,k and s are decimals; s denotes number of 4-tuples

Where FILE points to a file containing the BPF_BYTECODE string,
an ELF file containing eBPF map definitions and bytecode, or a
pinned eBPF program.

Where CLS_NAME refers to the section name containing the
classifier (default 'classifier').

Where UDS_FILE points to a unix domain socket file in order
to hand off control of all created eBPF maps to an agent.

ACTION_SPEC := ... look at individual actions
NOTE: CLASSID is parsed as hexadecimal input.
"""

_UNABLE = "Unable to parse bpf command line\n"
_LENGTH = re.compile(r"\s*[+-]?(\d+),")
_INSN = re.compile(r"\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", re.ASCII)


def parse_handle(text: str) -> int:
    """The number of a program within its preference."""
    handle = get_unsigned(text)
    if handle is None:
        raise Illegal('Illegal "handle"\n')
    return handle


class _Line:
    """What the words said so far."""

    __slots__ = ("actions", "classid", "direct_action", "flags", "ops", "police")

    def __init__(self) -> None:
        self.ops: tuple[SockFilter, ...] | None = None
        self.actions: tuple[Action, ...] = ()
        self.classid: int | None = None
        self.direct_action = False
        self.police = False
        self.flags = ClsFlags.NONE


def parse_bpf(tc: Tc, args: Arguments) -> BpfOptions | None:
    """[run] bytecode PROGRAM [da] [classid ID] [skip_hw | skip_sw] [action …]."""
    if not args:
        return None
    line = _Line()
    while args:
        _word(tc, args, line)
    return BpfOptions(line.ops, line.actions, line.classid, line.direct_action, line.flags, line.police)


def _word(tc: Tc, args: Arguments, line: _Line) -> None:
    word = args.peek()
    if matches(word, "run"):
        if line.ops is not None:
            duparg("run", next_arg(args))
        next_arg(args)
        line.ops = _program(args)
    elif matches(word, "classid") or matches(word, "flowid"):
        line.classid = get_tc_classid(next_arg(args))
        if line.classid is None:
            raise Illegal('Illegal "classid"\n')
        args.take()
    elif matches(word, "direct-action") or matches(word, "da"):
        line.direct_action = True
        args.take()
    elif matches(word, "skip_hw") or matches(word, "skip_sw"):
        line.flags |= ClsFlags.SKIP_HW if matches(word, "skip_hw") else ClsFlags.SKIP_SW
        args.take()
    elif matches(word, "action"):
        next_arg(args)
        line.actions = parse_filter_action(tc, args)
    elif matches(word, "police"):
        next_arg(args)
        line.actions = parse_old_police(args)
        line.police = True
    elif matches(word, "help"):
        raise Illegal(EXPLANATION)
    elif line.ops is None:
        line.ops = _program(args)
    else:
        raise Illegal(f'What is "{word}"?\n{EXPLANATION}')


def parse_filter_action(tc: Tc, args: Arguments) -> tuple[Action, ...]:
    """The actions of a filter, with the complaint that all classifiers add."""
    try:
        return parse_action(tc, args)
    except Illegal as illegal:
        raise Illegal(f'{illegal.message}Illegal "action"\n') from illegal


def _program(args: Arguments) -> tuple[SockFilter, ...]:
    """bpf_do_parse: a mode and its argument. The model has no files, and no eBPF in them."""
    mode = args.peek()
    if matches(mode, "bytecode") or mode == "bc":
        ops = bpf_ops_parse(next_arg(args))
        args.take()
        return ops
    if matches(mode, "bytecode-file") or mode == "bcf":
        next_arg(args)
        raise Illegal(f"Cannot fopen: No such file or directory\n{_UNABLE}")
    if matches(mode, "object-file") or mode == "obj":
        next_arg(args)
        raise Illegal("Cannot initialize ELF context!\nUnable to load program\n")
    if any(matches(mode, name) for name in ("object-pinned", "pinned", "fd")):
        raise Illegal(f"Couldn't retrieve pinned program '{next_arg(args)}': No such file or directory\n{_UNABLE}")
    raise Illegal(f'What mode is "{mode}"?\n{_UNABLE}')


def bpf_ops_parse(text: str) -> tuple[SockFilter, ...]:
    """The instructions of 's,c t f k,c t f k,…'. As sscanf does it, what follows the four numbers is passed over."""
    match = _LENGTH.match(text)
    length = int(match[1]) & 0xFFFF if match else 0
    if not 0 < length <= BPF_MAXINSNS:
        raise Illegal(_UNABLE)
    ops: list[SockFilter] = []
    rest = text.partition(",")[2]
    while rest:
        if len(ops) >= length:
            raise Illegal(f"Real program length exceeds encoded length parameter!\n{_UNABLE}")
        insn = _INSN.match(rest)
        if insn is None:
            raise Illegal(f"Error at instruction {len(ops)}!\n{_UNABLE}")
        code, jt, jf, k = map(int, insn.groups())
        ops.append(SockFilter(code & 0xFFFF, jt & 0xFF, jf & 0xFF, k & 0xFFFFFFFF))
        rest = rest.partition(",")[2]
    if len(ops) != length:
        raise Illegal(f"Parsed program length is less than encoded length parameter!\n{_UNABLE}")
    return tuple(ops)


def print_bpf(tc: Tc, info: FilterInfo) -> str:
    """One line, and the actions."""
    options = info.options
    assert isinstance(options, BpfOptions)
    text = f"handle {info.handle:#x} "
    if options.classid is not None:
        text += f"flowid {sprint_tc_classid(options.classid)} "
    if options.direct_action:
        text += "direct-action "
    text += sprint_cls_flags(options.flags)
    if options.ops:
        insns = ",".join(f"{code} {jt} {jf} {k}" for code, jt, jf, k in options.ops)
        text += f"bytecode '{len(options.ops)},{insns}'"
    if options.police:
        return text + tc.newline + print_old_police(tc, options.actions)
    return text + tc_print_action(tc, options.actions)


def sprint_cls_flags(flags: ClsFlags, prefix: str = "", suffix: str = " ") -> str:
    """skip_hw, skip_sw and where the filter is, in the order of all classifiers."""
    words = ("skip_hw", ClsFlags.SKIP_HW), ("skip_sw", ClsFlags.SKIP_SW), ("not_in_hw", ClsFlags.NOT_IN_HW)
    return "".join(f"{prefix}{word}{suffix}" for word, flag in words if flags & flag)
