"""The action gact, verdicts (tc/m_gact.c)."""

from __future__ import annotations

from webapp.kernel.uapi.pkt_sched import Action, GactOptions, GactProb, GactRandom, TcGen
from webapp.userland.iproute2.arguments import Arguments, matches
from webapp.userland.iproute2.tc_common import (
    Illegal,
    Tc,
    get_number,
    next_arg,
    parse_action_control,
    sprint_action_control,
    sprint_tm,
    usage,
)

EXPLANATION = """\
Usage: ... gact <ACTION> [RAND] [INDEX]
Where: \tACTION := reclassify | drop | continue | pass | pipe |
       \t          goto chain <CHAIN_INDEX> | jump <JUMP_COUNT>
\tRAND := random <RANDTYPE> <ACTION> <VAL>
\tRANDTYPE := netrand | determ
\tVAL : = value not exceeding 10000
\tJUMP_COUNT := Absolute jump from start of action list
\tINDEX := index value used

"""

_MAX_PROBABILITY = 10000


def parse_gact(tc: Tc, args: Arguments) -> GactOptions:
    """[gact] CONTROL [random TYPE CONTROL VALUE] [index N], or index N alone."""
    if matches(args.peek(), "gact"):
        next_arg(args)
    if matches(args.peek(), "index"):
        return GactOptions(TcGen(index=_index(args)))
    control = _control(tc, args)
    prob = None
    if matches(args.peek(), "random"):
        prob = _random(tc, args)
    elif matches(args.peek(), "help"):
        usage(EXPLANATION)
    index = 0
    if matches(args.peek(), "index"):
        index = _index(args)
    elif matches(args.peek(), "help"):
        usage(EXPLANATION)
    return GactOptions(TcGen(index=index, action=control), prob)


def _control(tc: Tc, args: Arguments) -> int:
    try:
        return parse_action_control(args)
    except Illegal as illegal:
        usage(illegal.message + EXPLANATION)


def _index(args: Arguments) -> int:
    index = get_number(next_arg(args), 10)
    if index is None:
        raise Illegal('Illegal "index"\n')
    args.take()
    return index


def _random(tc: Tc, args: Arguments) -> GactProb:
    word = next_arg(args)
    kinds = {"netrand": GactRandom.NETRAND, "determ": GactRandom.DETERM}
    kind = next((kind for name, kind in kinds.items() if matches(word, name)), None)
    if kind is None:
        raise Illegal('Illegal "random type"\n')
    next_arg(args)
    control = _control(tc, args)
    value = get_number(args.peek(), 10, 0xFFFF)
    if value is None or value > _MAX_PROBABILITY:
        raise Illegal(f"Illegal probability val {' ' if value else ''}0x{value or 0:x}\n")
    args.take()
    return GactProb(kind, value, control)


def print_gact(tc: Tc, action: Action) -> str:
    """Three lines: control, chance, numbers."""
    assert isinstance(action.options, GactOptions)
    gen, prob = action.options.gen, action.options.prob or GactProb(GactRandom.NONE, 0, 0)
    text = f"gact action {sprint_action_control(gen.action)}{tc.newline}"
    text += (
        f"\t random type {prob.ptype.name.lower()} {sprint_action_control(prob.paction)} val {prob.pval}{tc.newline}"
    )
    text += f"\t index {gen.index} ref {gen.refcnt} bind {gen.bindcnt}"
    if tc.show_stats and action.times is not None:
        text += sprint_tm(action.times)
    return text + tc.newline
