"""The classifier basic (tc/f_basic.c)."""

from __future__ import annotations

from webapp.kernel.uapi.pkt_cls_ematch import Ematch
from webapp.kernel.uapi.pkt_sched import Action, BasicOptions, FilterInfo
from webapp.userland.iproute2.arguments import Arguments, matches
from webapp.userland.iproute2.f_bpf import parse_filter_action
from webapp.userland.iproute2.m_action import parse_old_police, print_old_police, tc_print_action
from webapp.userland.iproute2.m_ematch import parse_ematch, print_ematch
from webapp.userland.iproute2.tc_common import Illegal, Tc, get_tc_classid, next_arg, sprint_tc_classid

EXPLANATION = """\
Usage: ... basic [ match EMATCH_TREE ]
                 [ action ACTION_SPEC ] [ classid CLASSID ]

Where:\tSELECTOR := SAMPLE SAMPLE ...
\tFILTERID := X:Y:Z
\tACTION_SPEC := ... look at individual actions

NOTE: CLASSID is parsed as hexadecimal input.
"""


def parse_basic(tc: Tc, args: Arguments) -> BasicOptions | None:
    """[match TREE] [classid ID] [action …]."""
    if not args:
        return None
    classid: int | None = None
    actions: tuple[Action, ...] = ()
    ematches: tuple[Ematch, ...] = ()
    police = False
    while args:
        word = args.peek()
        if matches(word, "match"):
            next_arg(args)
            try:
                ematches = parse_ematch(args)
            except Illegal as illegal:
                raise Illegal(f'{illegal.message}Illegal "ematch"\n') from illegal
        elif matches(word, "classid") or word == "flowid":
            classid = get_tc_classid(next_arg(args))
            if classid is None:
                raise Illegal('Illegal "classid"\n')
            args.take()
        elif matches(word, "action"):
            next_arg(args)
            actions = parse_filter_action(tc, args)
        elif matches(word, "police"):
            next_arg(args)
            actions, police = parse_old_police(args), True
        elif word == "help":
            raise Illegal(EXPLANATION)
        else:
            raise Illegal(f'What is "{word}"?\n{EXPLANATION}')
    return BasicOptions(actions, classid, ematches, police)


def print_basic(tc: Tc, info: FilterInfo) -> str:
    """One line, the tree, and the actions."""
    options = info.options
    assert isinstance(options, BasicOptions)
    text = f"handle 0x{info.handle:x} " if info.handle else ""
    if options.classid is not None:
        text += f"flowid {sprint_tc_classid(options.classid)} "
    text += print_ematch(options.ematches)
    if options.police:
        return text + tc.newline + print_old_police(tc, options.actions)
    return text + tc_print_action(tc, options.actions)
