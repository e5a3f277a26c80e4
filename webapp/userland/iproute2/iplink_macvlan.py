"""ip link … type macvlan (ip/iplink_macvlan.c)."""

from __future__ import annotations

from webapp.kernel.uapi.if_link import LinkData
from webapp.kernel.uapi.macvlan import MACVLAN_FLAG_NOPROMISC, MacvlanInfo, MacvlanMode
from webapp.userland.iproute2.arguments import FAILURE, Arguments, Exit, get_unsigned, matches, not_modelled
from webapp.userland.iproute2.ip_common import Ip, LinkUtil

MACVLAN_USAGE = """\
Usage: ... macvlan mode MODE [flag MODE_FLAG] [bcqueuelen BC_QUEUE_LEN]

MODE: private | vepa | bridge | passthru
MODE_FLAG: null | nopromisc
BC_QUEUE_LEN: Length of the rx queue for broadcast/multicast: [0-4294967295]
"""

_MODES = {mode.name.lower(): mode for mode in MacvlanMode}


class Parser:
    """macvlan_parse_opt: the words so far."""

    def __init__(self) -> None:
        self.mode: int | None = None
        self.flags: int | None = None
        self.bc_queue_len: int | None = None

    def word(self, word: str, args: Arguments) -> None:
        """One option."""
        if matches(word, "mode"):
            self.mode = _mode(args.value())
        elif matches(word, "flag"):
            self.flag(args.value())
        elif matches(word, "macaddr"):
            not_modelled('"mode source"')
        elif matches(word, "nopromisc") or matches(word, "nodst"):
            self.flag("nopromisc" if matches(word, "nopromisc") else "nodst")
        elif matches(word, "bcqueuelen"):
            self.bc_queue_len = _queue_len(args.value())
        else:
            complaint = "" if matches(word, "help") else f'macvlan: unknown option "{word}"?\n'
            raise Exit(FAILURE, complaint + MACVLAN_USAGE)

    def flag(self, value: str) -> None:
        """A flag by name."""
        if value == "nodst":
            not_modelled('"nodst"')
        if value not in ("nopromisc", "null"):
            words = f'Error: argument of "flag" must be "nopromisc", "nodst" or "null", not "{value}"\n'
            raise Exit(FAILURE, words)
        self.flags = (self.flags or 0) | (MACVLAN_FLAG_NOPROMISC if value == "nopromisc" else 0)


def _mode(value: str) -> MacvlanMode:
    if value == "source":
        not_modelled('"mode source"')
    if value not in _MODES:
        choices = '"private", "vepa", "bridge", "passthru" or "source"'
        raise Exit(FAILURE, f'Error: argument of "mode" must be {choices}, not "{value}"\n')
    return _MODES[value]


def _queue_len(value: str) -> int:
    number = get_unsigned(value)
    if number is None:
        words = f'Error: argument of "bcqueuelen" must be a positive integer [0-4294967295], not "{value}"\n'
        raise Exit(FAILURE, words)
    return number


def macvlan_parse_opt(ip: Ip, args: Arguments, create: bool) -> LinkData:
    """The words after ``type macvlan``."""
    parser = Parser()
    while args:
        parser.word(args.take(), args)
    if parser.flags and parser.mode != MacvlanMode.PASSTHRU:
        raise Exit(FAILURE, f"macvlan: nopromisc flag only valid in passthru mode\n{MACVLAN_USAGE}")
    return MacvlanInfo(mode=parser.mode, flags=parser.flags, bc_queue_len=parser.bc_queue_len)


def macvlan_print_opt(ip: Ip, info: MacvlanInfo) -> str:
    """What there is to say of a macvlan device."""
    assert info.mode is not None
    text = f"mode {MacvlanMode(info.mode).name.lower()} "
    if info.flags:
        text += "nopromisc "
    return text + f"bcqueuelen {info.bc_queue_len} usedbcqueuelen {info.bc_queue_len_used} "


MACVLAN_LINK_UTIL = LinkUtil(MACVLAN_USAGE, macvlan_parse_opt, macvlan_print_opt)
