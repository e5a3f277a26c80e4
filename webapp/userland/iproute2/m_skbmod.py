"""The action skbmod (tc/m_skbmod.c)."""

from __future__ import annotations

import re

from webapp.kernel.uapi.pkt_cls import TC_ACT_PIPE
from webapp.kernel.uapi.pkt_sched import Action, SkbmodOptions, TcGen
from webapp.userland.iproute2.arguments import Arguments, get_unsigned, invarg, matches
from webapp.userland.iproute2.inet_prefix import ll_addr_n2a
from webapp.userland.iproute2.tc_common import (
    Illegal,
    Tc,
    next_arg,
    parse_action_control_dflt,
    sprint_action_control,
    sprint_tm,
    usage,
)

EXPLANATION = """\
Usage:... skbmod { set <SETTABLE> | swap <SWAPPABLE> | ecn } [CONTROL] [index INDEX]
where SETTABLE is: [dmac DMAC] [smac SMAC] [etype ETYPE]
where SWAPPABLE is: "mac" to swap mac addresses
\tDMAC := 6 byte Destination MAC address
\tSMAC := optional 6 byte Source MAC address
\tETYPE := optional 16 bit ethertype
\tCONTROL := reclassify | pipe | drop | continue | ok |
\t           goto chain <CHAIN_INDEX>
\tINDEX := skbmod index value to use
"""

_MAC = re.compile(":".join([r"\s*([0-9a-fA-F]{1,2})"] * 6))


class _Line:
    """What the words said so far."""

    def __init__(self) -> None:
        self.dmac: bytes | None = None
        self.smac: bytes | None = None
        self.etype: int | None = None
        self.swapmac = self.ecn = self.ok = False


def parse_skbmod(tc: Tc, args: Arguments) -> SkbmodOptions:
    """Skbmod WHAT … [CONTROL] [index N]. What it sets it also says, on stderr."""
    line = _Line()
    while args:
        if any(matches(args.peek(), word) for word in ("skbmod", "swap", "set")):
            next_arg(args)
            continue
        if not _word(tc, args, line):
            break
        line.ok = True
        args.take()
    control = parse_action_control_dflt(args, TC_ACT_PIPE)
    index = 0
    if matches(args.peek(), "index"):
        number = get_unsigned(next_arg(args))
        if number is None:
            raise Illegal('skbmod: Illegal "index"\n')
        args.take()
        index = number
        line.ok = True
    if not line.ok:
        tc.complain("skbmod requires at least one option\n")
        usage(EXPLANATION)
    gen = TcGen(index=index, action=control)
    return SkbmodOptions(gen, line.dmac, line.smac, line.etype or None, line.swapmac, line.ecn)


def _word(tc: Tc, args: Arguments, line: _Line) -> bool:
    word = args.peek()
    if matches(word, "mac"):
        line.swapmac = True
    elif matches(word, "etype"):
        line.etype = get_unsigned(next_arg(args), 0xFFFF)
        if line.etype is None:
            invarg("ethertype is invalid", args.peek())
        tc.complain(f"skbmod etype 0x{line.etype:x}\n")
    elif matches(word, "dmac"):
        line.dmac = _mac(next_arg(args), "Invalid dst mac address")
        tc.complain(f"dst MAC address <{args.peek()}>\n")
    elif matches(word, "smac"):
        line.smac = _mac(next_arg(args), "Invalid smac address")
        tc.complain(f"src MAC address <{args.peek()}>\n")
    elif matches(word, "ecn"):
        line.ecn = True
    elif matches(word, "help"):
        usage(EXPLANATION)
    else:
        return False
    return True


def _mac(text: str, complaint: str) -> bytes:
    match = _MAC.match(text)
    if match is None:
        raise Illegal(f"{complaint} {text}\n")
    return bytes(int(byte, 16) for byte in match.groups())


def print_skbmod(tc: Tc, action: Action) -> str:
    """Two or three lines, which end in newlines even with -oneline."""
    assert isinstance(action.options, SkbmodOptions)
    options, gen = action.options, action.options.gen
    text = f"skbmod {sprint_action_control(gen.action)} "
    if options.etype is not None:
        text += f"set etype 0x{options.etype:X} \n\t "
    if options.dmac is not None:
        text += f"set dmac {ll_addr_n2a(options.dmac)} "
    if options.smac is not None:
        text += f"set smac {ll_addr_n2a(options.smac)} "
    if options.swapmac:
        text += "swap mac "
    if options.ecn:
        text += "ecn "
    text += f"\n\t index {gen.index} ref {gen.refcnt} bind {gen.bindcnt}"
    if tc.show_stats and action.times is not None:
        text += sprint_tm(action.times)
    return text + "\n"
