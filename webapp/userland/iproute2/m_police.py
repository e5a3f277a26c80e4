"""The action police, also in its old form as a word of classifiers (tc/m_police.c)."""

from __future__ import annotations

from webapp.kernel.uapi.pkt_cls import TC_ACT_RECLASSIFY
from webapp.kernel.uapi.pkt_sched import Action, PoliceOptions, RateSpec, TcGen
from webapp.userland.iproute2.arguments import Arguments, duparg, invarg, matches
from webapp.userland.iproute2.rates import (
    get_rate64,
    get_size,
    get_size_and_cell,
    sprint_rate,
    sprint_size,
    tc_calc_xmitsize,
    tc_calc_xmittime,
    tc_cell_log,
)
from webapp.userland.iproute2.tc_common import (
    Illegal,
    Tc,
    action_a2n,
    get_number,
    next_arg,
    parse_action_control,
    sprint_action_control,
    sprint_tm,
    usage,
)

EXPLANATION = """\
Usage: ... police [ rate BPS burst BYTES[/BYTES] ] 
\t\t[ pkts_rate RATE pkts_burst PACKETS ] [ mtu BYTES[/BYTES] ]
\t\t[ peakrate BPS ] [ avrate BPS ] [ overhead BYTES ]
\t\t[ linklayer TYPE ] [ CONTROL ]
Where: CONTROL := conform-exceed <EXCEEDACT>[/NOTEXCEEDACT]
\t\t  Define how to handle packets which exceed (<EXCEEDACT>)
\t\t  or conform (<NOTEXCEEDACT>) the configured bandwidth limit.
       EXCEEDACT/NOTEXCEEDACT := { pipe | ok | reclassify | drop | continue |
\t\t\t\t   goto chain <CHAIN_INDEX> }
"""  # noqa: W291 - as tc prints it

_CONTROLS = ("reclassify", "drop", "shot", "continue", "pass", "ok", "pipe", "goto")
_LINKLAYERS = {"ethernet": False, "atm": True, "adsl": True}


class _Line:
    """What the words said so far; 0 where they said nothing."""

    def __init__(self) -> None:
        self.index = 0
        self.buffer = self.mtu = self.mpu = self.overhead = 0
        self.rate = self.peakrate = self.avrate = 0
        self.rate_cell = self.peak_cell = -1
        self.pkts_rate = self.pkts_burst = 0
        self.action = TC_ACT_RECLASSIFY
        self.result = 0
        self.atm = False


def parse_police(tc: Tc, args: Arguments) -> PoliceOptions:
    """The action: police and its words."""
    next_arg(args)
    return police_options(args)


def police_options(args: Arguments) -> PoliceOptions:
    """The words behind ``police``."""
    if not args:
        raise Illegal("")
    line = _Line()
    ok = False
    while args and _word(args, line):
        ok = True
    if not ok or (line.rate and line.avrate):
        raise Illegal("")
    _check(line)
    return _options(line)


def _word(args: Arguments, line: _Line) -> bool:
    """One word with its value; False where another word comes."""
    word = args.peek()
    if any(matches(word, control) for control in _CONTROLS) and not matches(word, "index"):
        line.action = parse_action_control(args)
        return True
    if word == "conform-exceed":
        next_arg(args)
        _conform_exceed(args, line)
        return True
    if not _value_word(args, line, word):
        return False
    args.take()
    return True


def _value_word(args: Arguments, line: _Line, word: str) -> bool:
    if matches(word, "index"):
        line.index = _or_invarg(get_number(next_arg(args), 10), "index", args)
    elif matches(word, "burst") or word in ("buffer", "maxburst"):
        line.buffer, line.rate_cell = _size_and_cell(args, line.buffer, "buffer/burst", "buffer")
    elif word in ("mtu", "minburst"):
        line.mtu, line.peak_cell = _size_and_cell(args, line.mtu, "mtu/minburst", "mtu")
    elif word == "mpu":
        line.mpu = _or_invarg(get_size(_once(args, line.mpu, "mpu")), "mpu", args)
    elif word == "rate":
        line.rate = _or_invarg(get_rate64(_once(args, line.rate, "rate")), "rate", args)
    elif word == "avrate":
        line.avrate = _or_invarg(get_rate64(_once(args, line.avrate, "avrate")), "avrate", args)
    elif matches(word, "peakrate"):
        line.peakrate = _or_invarg(get_rate64(_once(args, line.peakrate, "peakrate")), "peakrate", args)
    elif matches(word, "overhead"):
        line.overhead = _or_invarg(get_number(next_arg(args), 10, 0xFFFF), "overhead", args)
    elif matches(word, "linklayer"):
        text = next_arg(args)
        atm = next((atm for name, atm in _LINKLAYERS.items() if matches(text, name)), None)
        line.atm = bool(_or_invarg(atm, "linklayer", args))
    elif matches(word, "pkts_rate"):
        text = _once(args, line.pkts_rate, "pkts_rate")
        line.pkts_rate = _or_invarg(get_number(text, 10, (1 << 64) - 1), "pkts_rate", args)
    elif matches(word, "pkts_burst"):
        text = _once(args, line.pkts_burst, "pkts_burst")
        line.pkts_burst = _or_invarg(get_number(text, 10, (1 << 64) - 1), "pkts_burst", args)
    elif word == "help":
        usage(EXPLANATION)
    else:
        return False
    return True


def _once(args: Arguments, old: int, name: str) -> str:
    text = next_arg(args)
    if old:
        duparg(name, text)
    return text


def _size_and_cell(args: Arguments, old: int, name: str, complaint: str) -> tuple[int, int]:
    parsed = get_size_and_cell(_once(args, old, name))
    if parsed is None:
        invarg(complaint, args.peek())
    return parsed


def _or_invarg(number: int | None, complaint: str, args: Arguments) -> int:
    if number is None:
        invarg(complaint, args.peek())
    return number


def _conform_exceed(args: Arguments, line: _Line) -> None:
    """EXCEED[/CONFORM], in one word or with spaces around the slash; controls may be numbers."""
    exceed, slash, conform = args.peek().partition("/")
    if slash:
        line.action, line.result = _control(exceed), _control(conform)
        args.take()
        return
    line.action = _spaced_control(args)
    if args.peek() == "/":
        next_arg(args)
        line.result = _spaced_control(args)


def _control(word: str) -> int:
    control = action_a2n(word)
    if control is None:
        control = get_number(word, 10)
    if control is None:
        raise Illegal("")
    return control


def _spaced_control(args: Arguments) -> int:
    if args.peek().isdecimal():
        return int(args.take())
    return parse_action_control(args)


def _check(line: _Line) -> None:
    if not (line.rate or line.avrate or line.index or line.mtu or line.pkts_rate):
        raise Illegal("'rate' or 'avrate' or 'mtu' or 'pkts_rate' MUST be specified.\n")
    if line.rate and not line.buffer and not line.avrate:
        raise Illegal("'burst' requires 'rate'.\n")
    if line.pkts_rate and not line.pkts_burst:
        raise Illegal("'pkts_burst' requires 'pkts_rate'.\n")
    if line.pkts_rate and line.rate:
        raise Illegal("'rate' and 'pkts_rate' are not allowed in same action.\n")
    if line.peakrate and not line.rate:
        raise Illegal("'peakrate' requires 'rate'.\n")
    if line.peakrate and not line.mtu:
        raise Illegal("'mtu' is required, if 'peakrate' is requested.\n")


def _options(line: _Line) -> PoliceOptions:
    rate = peakrate = None
    burst = 0
    if line.rate:
        cell = line.rate_cell if line.rate_cell >= 0 else tc_cell_log(line.mtu)
        rate = RateSpec(line.rate, line.overhead, line.mpu, cell, line.atm)
        burst = tc_calc_xmittime(line.rate, line.buffer)
    if line.peakrate:
        cell = line.peak_cell if line.peak_cell >= 0 else tc_cell_log(line.mtu)
        peakrate = RateSpec(line.peakrate, line.overhead, line.mpu, cell, line.atm)
    pkts_burst = tc_calc_xmittime(line.pkts_rate, line.pkts_burst) if line.pkts_rate else 0
    return PoliceOptions(
        TcGen(index=line.index, action=line.action),
        rate,
        peakrate,
        burst,
        line.mtu,
        line.result or None,
        line.avrate or None,
        line.pkts_rate or None,
        pkts_burst,
    )


def print_police(tc: Tc, action: Action) -> str:
    """Two lines: the limits, and numbers."""
    assert isinstance(action.options, PoliceOptions)
    options, gen = action.options, action.options.gen
    rate = RateSpec(0) if options.rate is None else options.rate
    burst = tc_calc_xmitsize(rate.rate, options.burst)
    text = f" police 0x{gen.index:x} rate {sprint_rate(rate.rate)} burst {sprint_size(burst)} "
    text += f"mtu {sprint_size(options.mtu)} "
    if tc.show_raw:
        text += f"[{options.burst:08x}] "
    if options.peakrate is not None:
        text += f"peakrate {sprint_rate(options.peakrate.rate)} "
    if options.pkts_rate is not None:
        text += f"pkts_rate {options.pkts_rate} "
        text += f"pkts_burst {tc_calc_xmitsize(options.pkts_rate, options.pkts_burst)} "
    text += f"action {sprint_action_control(gen.action)}"
    text += f"/{sprint_action_control(options.result)} " if options.result is not None else " "
    text += f"overhead {sprint_size(rate.overhead)} "
    if rate.atm or tc.show_details:
        text += f"linklayer {_linklayer(options.rate)} "
    text += f"{tc.newline}\tref {gen.refcnt} bind {gen.bindcnt} "
    if tc.show_stats and action.times is not None:
        text += sprint_tm(action.times)
    return text + tc.newline


def _linklayer(rate: RateSpec | None) -> str:
    if rate is None:
        return "unspec"
    return "atm" if rate.atm else "ethernet"
