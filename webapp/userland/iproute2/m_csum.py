"""The action csum (tc/m_csum.c)."""

from __future__ import annotations

from webapp.kernel.uapi.pkt_cls import TC_ACT_OK
from webapp.kernel.uapi.pkt_sched import Action, CsumFlags, CsumOptions, TcGen
from webapp.userland.iproute2.arguments import Arguments, matches
from webapp.userland.iproute2.tc_common import (
    Illegal,
    Tc,
    get_number,
    next_arg,
    parse_action_control_dflt,
    sprint_action_control,
    sprint_tm,
    usage,
)

EXPLANATION = """\
Usage: ... csum <UPDATE>
Where: UPDATE := <TARGET> [<UPDATE>]
       TARGET := { ip4h | icmp | igmp | tcp | udp | udplite | sctp | <SWEETS> }
       SWEETS := { and | or | '+' }
"""

_TARGETS = {
    "iph": CsumFlags.IPV4HDR,
    "ip4h": CsumFlags.IPV4HDR,
    "ipv4h": CsumFlags.IPV4HDR,
    "icmp": CsumFlags.ICMP,
    "igmp": CsumFlags.IGMP,
    "tcp": CsumFlags.TCP,
    "udp": CsumFlags.UDP,
    "udplite": CsumFlags.UDPLITE,
    "sctp": CsumFlags.SCTP,
    "and": CsumFlags.NONE,
    "or": CsumFlags.NONE,
    "+": CsumFlags.NONE,
}
"""Targets, and the words between them, in the order in which abbreviations find them."""

_NAMES = ("iph", "icmp", "igmp", "tcp", "udp", "udplite", "sctp")


def parse_csum(tc: Tc, args: Arguments) -> CsumOptions:
    """Csum TARGET … [CONTROL] [index N]."""
    flags = CsumFlags.NONE
    ok = False
    while args:
        if matches(args.peek(), "csum"):
            next_arg(args)
            flags |= _targets(args)
            ok = True
        elif matches(args.peek(), "help"):
            usage(EXPLANATION)
        else:
            break
    if not ok:
        raise Illegal(EXPLANATION)
    if not flags:
        raise Illegal("Illegal csum construct, empty <UPDATE> list\n")
    control = parse_action_control_dflt(args, TC_ACT_OK)
    index = 0
    if matches(args.peek(), "index"):
        number = get_number(next_arg(args), 10)
        if number is None:
            raise Illegal(f'Illegal "index" ({args.peek()}) <csum>\n')
        args.take()
        index = number
    return CsumOptions(TcGen(index=index, action=control), flags)


def _targets(args: Arguments) -> CsumFlags:
    flags = CsumFlags.NONE
    while args:
        flag = next((flag for name, flag in _TARGETS.items() if matches(args.peek(), name)), None)
        if flag is None:
            break
        flags |= flag
        args.take()
    return flags


def print_csum(tc: Tc, action: Action) -> str:
    """Two lines: targets, and numbers."""
    assert isinstance(action.options, CsumOptions)
    options, gen = action.options, action.options.gen
    names = [name for name in _NAMES if options.update_flags & _TARGETS[name]]
    text = f"csum ({', '.join(names) or '?empty'}) action {sprint_action_control(gen.action)}{tc.newline}"
    text += f"\tindex {gen.index} ref {gen.refcnt} bind {gen.bindcnt}"
    if tc.show_stats and action.times is not None:
        text += sprint_tm(action.times)
    return text + tc.newline
