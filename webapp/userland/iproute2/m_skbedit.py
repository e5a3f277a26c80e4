"""The action skbedit (tc/m_skbedit.c)."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.kernel.core.skbuff import PACKET_BROADCAST, PACKET_HOST, PACKET_MULTICAST, PACKET_OTHERHOST
from webapp.kernel.uapi.pkt_cls import TC_ACT_PIPE
from webapp.kernel.uapi.pkt_sched import Action, SkbeditOptions, TcGen
from webapp.userland.iproute2.arguments import Arguments, get_unsigned, matches
from webapp.userland.iproute2.tc_common import (
    Illegal,
    Tc,
    get_number,
    get_tc_classid,
    next_arg,
    parse_action_control_dflt,
    sprint_action_control,
    sprint_tc_classid,
    sprint_tm,
    usage,
)

EXPLANATION = """\
Usage: ... skbedit <[QM] [PM] [MM] [PT] [IF]>
QM = queue_mapping QUEUE_MAPPING
PM = priority PRIORITY
MM = mark MARK[/MASK]
PT = ptype PACKETYPE
IF = inheritdsfield
PACKETYPE = is one of:
  host, otherhost, broadcast, multicast
QUEUE_MAPPING = device transmit queue to use
PRIORITY = classID to assign to priority field
MARK = firewall mark to set
MASK = mask applied to firewall mark (0xffffffff by default)
note: inheritdsfield maps DS field to skb->priority
"""

_PTYPES = {
    "host": PACKET_HOST,
    "broadcast": PACKET_BROADCAST,
    "multicast": PACKET_MULTICAST,
    "otherhost": PACKET_OTHERHOST,
}


@dataclass(slots=True)
class _Fields:
    priority: int | None = None
    queue_mapping: int | None = None
    mark: int | None = None
    mask: int | None = None
    ptype: int | None = None
    inheritdsfield: bool = False


def parse_skbedit(tc: Tc, args: Arguments) -> SkbeditOptions:
    """Skbedit FIELD … [CONTROL] [index N]."""
    if not matches(args.peek(), "skbedit"):
        raise Illegal("")
    next_arg(args)
    fields = _Fields()
    ok = False
    while args and _field(args, fields):
        args.take()
        ok = True
    control = parse_action_control_dflt(args, TC_ACT_PIPE)
    index = 0
    if matches(args.peek(), "index"):
        number = get_number(next_arg(args), 10)
        if number is None:
            raise Illegal('skbedit: Illegal "index"\n')
        args.take()
        index = number
        ok = True
    if not ok:
        raise Illegal(EXPLANATION)
    gen = TcGen(index=index, action=control)
    return SkbeditOptions(
        gen, fields.priority, fields.queue_mapping, fields.mark, fields.mask, fields.ptype, fields.inheritdsfield
    )


def _field(args: Arguments, fields: _Fields) -> bool:
    """One field with its value, whose last word stays; False where another word comes."""
    word = args.peek()
    if matches(word, "queue_mapping"):
        fields.queue_mapping = _value(get_number(next_arg(args), 10, 0xFFFF), "Illegal queue_mapping\n")
    elif matches(word, "priority"):
        fields.priority = _value(get_tc_classid(next_arg(args)), "Illegal priority\n")
    elif matches(word, "mark"):
        mark, slash, mask = next_arg(args).partition("/")
        fields.mark = _value(get_unsigned(mark), "Illegal mark\n")
        if slash:
            fields.mask = _value(get_unsigned(mask), "Illegal mask\n")
    elif matches(word, "ptype"):
        name = next_arg(args)
        ptype = next((number for known, number in _PTYPES.items() if matches(name, known)), None)
        fields.ptype = _value(ptype, f"Illegal ptype ({name})\n")
    elif matches(word, "inheritdsfield"):
        fields.inheritdsfield = True
    elif matches(word, "help"):
        usage(EXPLANATION)
    else:
        return False
    return True


def _value(number: int | None, complaint: str) -> int:
    if number is None:
        raise Illegal(complaint)
    return number


def print_skbedit(tc: Tc, action: Action) -> str:
    """Two lines: fields, and numbers."""
    assert isinstance(action.options, SkbeditOptions)
    options, gen = action.options, action.options.gen
    text = "skbedit "
    if options.queue_mapping is not None:
        text += f"queue_mapping {options.queue_mapping}"
    if options.priority is not None:
        text += f" priority {sprint_tc_classid(options.priority)}"
    if options.mark is not None:
        text += f" mark {options.mark}"
    if options.mask is not None:
        text += f"/{options.mask:#x}" if options.mask else "/0"
    if options.ptype is not None:
        text += f" ptype {next(name for name, number in _PTYPES.items() if number == options.ptype)}"
    if options.inheritdsfield:
        text += " inheritdsfield"
    text += f" {sprint_action_control(gen.action)}{tc.newline}"
    text += f"\t index {gen.index} ref {gen.refcnt} bind {gen.bindcnt}"
    if tc.show_stats and action.times is not None:
        text += sprint_tm(action.times)
    return text + tc.newline
