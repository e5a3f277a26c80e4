"""The action nat (tc/m_nat.c)."""

from __future__ import annotations

from ipaddress import IPv4Address

from webapp.kernel.core.sock import AF_INET
from webapp.kernel.uapi.pkt_cls import TC_ACT_OK
from webapp.kernel.uapi.pkt_sched import Action, NatOptions, TcGen
from webapp.userland.iproute2.arguments import Arguments, matches
from webapp.userland.iproute2.inet_prefix import InetPrefix, get_prefix_1
from webapp.userland.iproute2.tc_common import (
    Illegal,
    Tc,
    next_arg,
    parse_action_control_dflt,
    parse_index,
    sprint_action_control,
    sprint_tm,
    usage,
)

EXPLANATION = """\
Usage: ... nat NAT
NAT := DIRECTION OLD NEW
DIRECTION := { ingress | egress }
OLD := PREFIX
NEW := ADDRESS
"""

_ALL_BITS = 0xFFFFFFFF


def parse_nat(tc: Tc, args: Arguments) -> NatOptions:
    """Nat DIRECTION OLD NEW [CONTROL] [index N]."""
    options: NatOptions | None = None
    while args:
        if matches(args.peek(), "nat"):
            next_arg(args)
            options = _nat_args(args)
        elif matches(args.peek(), "help"):
            usage(EXPLANATION)
        else:
            break
    if options is None:
        raise Illegal(EXPLANATION)
    control = parse_action_control_dflt(args, TC_ACT_OK)
    gen = TcGen(index=parse_index(args, "Nat: "), action=control)
    return NatOptions(gen, options.old_addr, options.new_addr, options.mask, options.egress)


def _nat_args(args: Arguments) -> NatOptions:
    word = args.peek()
    egress = matches(word, "egress")
    if not egress and not matches(word, "ingress"):
        raise _illegal(word)
    old = _prefix(next_arg(args), word)
    new = _prefix(next_arg(args), word)
    args.take()
    # A shift by 32 shifts by nothing: a prefix of length 0 has all bits.
    mask = _ALL_BITS << (32 - old.bitlen) % 32 & _ALL_BITS
    return NatOptions(TcGen(), int.from_bytes(old.data), int.from_bytes(new.data), mask, egress)


def _prefix(text: str, word: str) -> InetPrefix:
    prefix = get_prefix_1(text, AF_INET)
    if prefix is None:
        raise _illegal(word)
    return prefix


def _illegal(word: str) -> Illegal:
    return Illegal(f"Illegal nat construct ({word})\n{EXPLANATION}")


def print_nat(tc: Tc, action: Action) -> str:
    """Two lines: what becomes what, and numbers."""
    assert isinstance(action.options, NatOptions)
    options, gen = action.options, action.options.gen
    # tc 6.1 counts the mask's bits from the wrong end: all but the shortest prefixes are /32.
    mask = int.from_bytes(options.mask.to_bytes(4), "little")
    length = 33 - (mask & -mask).bit_length() if mask else 0
    old, new = IPv4Address(options.old_addr), IPv4Address(options.new_addr)
    side = "egress" if options.egress else "ingress"
    text = f" nat {side} {old}/{length} {new} {sprint_action_control(gen.action)}{tc.newline}"
    text += f"\t index {gen.index} ref {gen.refcnt} bind {gen.bindcnt}"
    if tc.show_stats and action.times is not None:
        text += sprint_tm(action.times)
    return text + tc.newline
