"""The action simple (tc/m_simple.c)."""

from __future__ import annotations

from webapp.kernel.uapi.pkt_cls import TC_ACT_PIPE
from webapp.kernel.uapi.pkt_sched import Action, SimpleOptions, TcGen
from webapp.userland.iproute2.arguments import Arguments, matches
from webapp.userland.iproute2.tc_common import (
    Illegal,
    Tc,
    get_number,
    next_arg,
    parse_action_control_dflt,
    sprint_tm,
    usage,
)

EXPLANATION = """\
Usage:... simple [sdata STRING] [index INDEX] [CONTROL]
\tSTRING being an arbitrary string
\tINDEX := optional index value used
\tCONTROL := reclassify|pipe|drop|continue|ok
"""

_MAX_DATA = 31


def parse_simple(tc: Tc, args: Arguments) -> SimpleOptions:
    """Simple [sdata STRING] [CONTROL] [index N]."""
    sdata: str | None = None
    while args:
        word = args.peek()
        if matches(word, "simple"):
            next_arg(args)
        elif matches(word, "sdata"):
            sdata = next_arg(args)
            args.take()
        elif matches(word, "help"):
            usage(EXPLANATION)
        else:
            break
    control = parse_action_control_dflt(args, TC_ACT_PIPE)
    index: int | None = None
    if matches(args.peek(), "index"):
        index = get_number(next_arg(args), 10)
        if index is None:
            raise Illegal(f'simple: Illegal "index" ({args.peek()})\n')
        args.take()
    if sdata is None and index is None:
        raise Illegal(EXPLANATION)
    if sdata is not None and len(sdata.encode()) > _MAX_DATA:
        raise Illegal(f"simple: Illegal string len {len(sdata.encode())} <{sdata}>\n")
    return SimpleOptions(TcGen(index=index or 0, action=control), sdata)


def print_simple(tc: Tc, action: Action) -> str:
    """Two lines, which end in newlines even with -oneline. The control is not told."""
    assert isinstance(action.options, SimpleOptions)
    gen = action.options.gen
    text = f"Simple <{action.options.sdata}>\n\t index {gen.index} ref {gen.refcnt} bind {gen.bindcnt}"
    if tc.show_stats and action.times is not None:
        text += sprint_tm(action.times)
    return text + tc.newline
