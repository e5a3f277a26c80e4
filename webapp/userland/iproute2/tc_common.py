"""What the parts of tc share (tc/tc_util.c, tc_common.h, lib/ll_map.c)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.rtnetlink import rtnetlink_rcv_msg
from webapp.kernel.errno import KernelError
from webapp.kernel.uapi.if_link import GetLink, LinkInfo
from webapp.kernel.uapi.pkt_cls import (
    TC_ACT_EXT_MASK,
    TC_ACT_EXT_VAL_MASK,
    TC_ACT_GOTO_CHAIN,
    TC_ACT_JUMP,
    TC_ACT_OK,
    TC_ACT_PIPE,
    TC_ACT_RECLASSIFY,
    TC_ACT_SHOT,
    TC_ACT_STOLEN,
    TC_ACT_TRAP,
    TC_ACT_UNSPEC,
)
from webapp.kernel.uapi.pkt_sched import TC_H_ROOT, ActionTimes, GnetStats
from webapp.userland.iproute2.arguments import USAGE, Arguments, Exit, matches
from webapp.userland.process import Process

_CLOCK_TICK = 10_000_000
"""Nanoseconds of a tick of clock_t, the unit in which actions tell their times (USER_HZ)."""

_TICKS_PER_SECOND = 100


@dataclass(slots=True)
class Tc:
    """One run of tc: the process, the namespace that it works in, and its global options."""

    process: Process
    net: Net
    show_stats: int = 0
    show_details: int = 0
    show_raw: int = 0
    pretty: int = 0
    oneline: bool = False
    brief: bool = False
    force: bool = False
    batch: str = ""

    @property
    def newline(self) -> str:
        """_SL_: what ends a line within a record."""
        return "\\" if self.oneline else "\n"

    def write(self, text: str) -> None:
        """To stdout."""
        self.process.stdout.write(text)

    def complain(self, text: str) -> None:
        """To stderr; the program goes on."""
        self.process.stderr.write(text)

    def ll_name_to_index(self, name: str) -> int:
        """The number of an interface, 0 if there is none; if5 is number 5 whether it is there or not."""
        link = _link(self.net, GetLink(name=name))
        if link is not None:
            return link.ifindex
        digits = name.removeprefix("if")
        return int(digits) if digits != name and digits.isascii() and digits.isdigit() else 0

    def ll_index_to_name(self, ifindex: int) -> str:
        """The name of an interface, if5 for one that is not there, * for number 0."""
        if ifindex == 0:
            return "*"
        link = _link(self.net, GetLink(ifindex))
        return f"if{ifindex}" if link is None else link.name


def _link(net: Net, request: GetLink) -> LinkInfo | None:
    try:
        link: LinkInfo = rtnetlink_rcv_msg(net, request)
    except KernelError:
        return None
    return link


class Illegal(Exception):  # noqa: N818 - iproute2's own word for it
    """A parser's return -1: ``message`` (whole lines) is for stderr, and whoever called it may add lines and go on."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


# Words


def next_arg(args: Arguments) -> str:
    """NEXT_ARG: leaves the current word behind; the next one, which stays. Ends the program where the line is over."""
    args.take()
    return need_arg(args)


def need_arg(args: Arguments) -> str:
    """The current word, which stays; ends the program where the line is over."""
    args.value()
    args.back()
    return args.peek()


def usage(text: str) -> NoReturn:
    """usage(): exit(-1) after an explanation."""
    raise Exit(USAGE, text)


# Numbers and handles

_DIGITS = {10: "[0-9]+", 16: "(?:0[xX])?[0-9a-fA-F]+"}
_INTEGERS = {base: re.compile(rf"[ \t\n\v\f\r]*[+-]?{digits}") for base, digits in _DIGITS.items()}
_LEADING_HEX = re.compile(r"[ \t\n\v\f\r]*[+-]?(?:0[xX](?=[0-9a-fA-F]))?[0-9a-fA-F]+")


def get_number(text: str, base: int, limit: int = 0xFFFFFFFF) -> int | None:
    """get_u32 with an explicit base (10 or 16): an unsigned number up to ``limit``, None if it is not one."""
    if _INTEGERS[base].fullmatch(text) is None:
        return None
    number = int(text, base) & (1 << 64) - 1
    return number if number <= limit else None


def strtoul_hex(text: str) -> tuple[int, str] | None:
    """strtoul(text, &rest, 16): the number at the beginning and what follows it; None where there is none."""
    match = _LEADING_HEX.match(text)
    return None if match is None else (int(match[0], 16) & (1 << 64) - 1, text[match.end() :])


def get_qdisc_handle(text: str) -> int | None:
    """1: or 1 in hexadecimal, or none: the handle of a qdisc, None if it is not one."""
    if text == "none":
        return 0
    parsed = strtoul_hex(text)
    if parsed is None:
        return None
    major, rest = parsed
    return major << 16 if major < 1 << 16 and rest[:1] in ("", ":") else None


def get_tc_classid(text: str) -> int | None:
    """1:2 in hexadecimal, or root, or none; a lone number is the whole id. None if it is not one."""
    special = {"root": TC_H_ROOT, "none": 0}.get(text)
    if special is not None:
        return special
    major, rest = strtoul_hex(text) or (0, text)
    if rest == "":
        return major & 0xFFFFFFFF if text else None
    if rest[0] != ":" or major >= 1 << 16:
        return None
    minor, rest = strtoul_hex(rest[1:]) or (0, rest[1:])
    return major << 16 | minor if rest == "" and minor < 1 << 16 else None


def sprint_tc_classid(handle: int) -> str:
    """A class or qdisc id as tc prints it."""
    if handle in (TC_H_ROOT, 0):
        return "root" if handle else "none"
    major, minor = handle >> 16, handle & 0xFFFF
    if not major:
        return f":{minor:x}"
    return f"{major:x}:{minor:x}" if minor else f"{major:x}:"


# Controls of actions

_CONTROLS = {
    "continue": TC_ACT_UNSPEC,
    "drop": TC_ACT_SHOT,
    "shot": TC_ACT_SHOT,
    "pass": TC_ACT_OK,
    "ok": TC_ACT_OK,
    "reclassify": TC_ACT_RECLASSIFY,
    "pipe": TC_ACT_PIPE,
    "goto": TC_ACT_GOTO_CHAIN,
    "jump": TC_ACT_JUMP,
    "trap": TC_ACT_TRAP,
}
_CONTROL_NAMES = {
    TC_ACT_UNSPEC: "continue",
    TC_ACT_OK: "pass",
    TC_ACT_SHOT: "drop",
    TC_ACT_RECLASSIFY: "reclassify",
    TC_ACT_PIPE: "pipe",
    TC_ACT_STOLEN: "stolen",
    TC_ACT_TRAP: "trap",
}


def action_a2n(word: str) -> int | None:
    """The control of that name or abbreviation, None if there is none."""
    return next((control for name, control in _CONTROLS.items() if matches(word, name)), None)


def parse_action_control(args: Arguments) -> int:
    """A control with what belongs to it: pass, goto chain 3, jump 2 …"""
    word = args.peek()
    control = action_a2n(word)
    if control is None:
        raise Illegal(f"Bad action type {word}\n" if args else "")
    if control == TC_ACT_GOTO_CHAIN:
        if not matches(next_arg(args), "chain"):
            raise Illegal('"chain index" expected\n')
        chain = get_number(next_arg(args), 10, TC_ACT_EXT_VAL_MASK)
        if chain is None:
            raise Illegal('Illegal "chain index"\n')
        control |= chain
    elif control == TC_ACT_JUMP:
        count = get_number(next_arg(args), 10, TC_ACT_EXT_VAL_MASK)
        if count is None:
            raise Illegal(f'Invalid "jump count" ({args.peek()})\n')
        control |= count
    args.take()
    return control


def parse_action_control_dflt(args: Arguments, default: int) -> int:
    """A control if one comes next, else ``default``. A goto or jump that is not whole complains."""
    if not args or action_a2n(args.peek()) is None:
        return default
    return parse_action_control(args)


def parse_index(args: Arguments, prefix: str) -> int:
    """[index N] behind an action; 0 where there is none. ``prefix`` is what the complaint begins with."""
    if not matches(args.peek(), "index"):
        return 0
    index = get_number(next_arg(args), 10)
    if index is None:
        raise Illegal(f'{prefix}Illegal "index"\n')
    args.take()
    return index


def sprint_action_control(action: int) -> str:
    """A control as tc prints it."""
    if action >= 0 and action & TC_ACT_EXT_MASK == TC_ACT_GOTO_CHAIN:
        return f"goto chain {action & TC_ACT_EXT_VAL_MASK}"
    if action >= 0 and action & TC_ACT_EXT_MASK == TC_ACT_JUMP:
        return f"jump {action & TC_ACT_EXT_VAL_MASK}"
    return _CONTROL_NAMES.get(action, str(action))


# Statistics


def sprint_tm(times: ActionTimes) -> str:
    """How long ago an action was installed and used; what was just now is left out."""
    text = ""
    for word, duration in (("installed", times.install), ("used", times.lastuse), ("firstused", times.firstuse)):
        ticks = duration // _CLOCK_TICK
        if ticks:
            text += f" {word} {ticks // _TICKS_PER_SECOND} sec"
    return text


def sprint_tcstats2(tc: Tc, stats: GnetStats, prefix: str) -> str:
    """Two lines of statistics, each after ``prefix``, the last without its end."""
    return (
        f"{prefix}Sent {stats.bytes} bytes {stats.packets} pkt"
        f" (dropped {stats.drops}, overlimits {stats.overlimits} requeues 0) {tc.newline}"
        f"{prefix}backlog 0b 0p requeues 0"
    )
