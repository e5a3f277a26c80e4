"""The classifier matchall (tc/f_matchall.c)."""

from __future__ import annotations

import re

from webapp.kernel.uapi.pkt_sched import Action, ClsFlags, FilterInfo, MatchallOptions
from webapp.userland.iproute2.arguments import Arguments, matches
from webapp.userland.iproute2.f_bpf import parse_filter_action, sprint_cls_flags
from webapp.userland.iproute2.m_action import tc_print_action
from webapp.userland.iproute2.tc_common import Illegal, Tc, get_tc_classid, next_arg, sprint_tc_classid

EXPLANATION = """\
Usage: ... matchall [skip_sw | skip_hw]
                 [ action ACTION_SPEC ] [ classid CLASSID ]

Where: SELECTOR := SAMPLE SAMPLE ...
       FILTERID := X:Y:Z
       ACTION_SPEC := ... look at individual actions

NOTE: CLASSID is parsed as hexadecimal input.
"""

_LEADING_INTEGER = re.compile(r"\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)?")


def parse_handle(text: str) -> int:
    """strtol: the number at the beginning, 0 where there is none."""
    match = _LEADING_INTEGER.match(text)
    digits = match[2] if match and match[2] else "0"
    base = 16 if digits[:2] in ("0x", "0X") else 8 if digits[0] == "0" else 10
    number = int(digits, base)
    if number >= (1 << 63) - 1:
        raise Illegal(f'Illegal handle "{text}", must be numeric.\n')
    return (-number if match and match[1] == "-" else number) & 0xFFFFFFFF


def parse_matchall(tc: Tc, args: Arguments) -> MatchallOptions | None:
    """[skip_sw | skip_hw] [action …] [classid ID]."""
    if not args:
        return None
    flags = ClsFlags.NONE
    classid: int | None = None
    actions: tuple[Action, ...] = ()
    while args:
        word = args.peek()
        if matches(word, "classid") or word == "flowid":
            classid = get_tc_classid(next_arg(args))
            if classid is None:
                raise Illegal('Illegal "classid"\n')
            args.take()
        elif matches(word, "action"):
            next_arg(args)
            actions = parse_filter_action(tc, args)
        elif word in ("skip_hw", "skip_sw"):
            next_arg(args)
            flags |= ClsFlags.SKIP_HW if word == "skip_hw" else ClsFlags.SKIP_SW
        elif word == "help":
            raise Illegal(EXPLANATION)
        else:
            raise Illegal(f'What is "{word}"?\n{EXPLANATION}')
    if flags == ClsFlags.SKIP_HW | ClsFlags.SKIP_SW:
        raise Illegal("skip_hw and skip_sw are mutually exclusive\n")
    return MatchallOptions(actions, classid, flags)


def print_matchall(tc: Tc, info: FilterInfo) -> str:
    """Two lines, and the actions. Its newline is one even with -oneline."""
    options = info.options
    assert isinstance(options, MatchallOptions)
    text = f"handle 0x{info.handle:x} "
    if options.classid is not None:
        text += f"flowid {sprint_tc_classid(options.classid)} "
    text += sprint_cls_flags(options.flags, "\n  ", "")
    if tc.show_stats:
        text += f" (rule hit {options.hits})"
    return text + tc_print_action(tc, options.actions)
