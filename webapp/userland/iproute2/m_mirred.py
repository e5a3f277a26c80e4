"""The action mirred (tc/m_mirred.c)."""

from __future__ import annotations

from webapp.kernel.uapi.pkt_cls import TC_ACT_PIPE, TC_ACT_STOLEN
from webapp.kernel.uapi.pkt_sched import Action, MirredAction, MirredOptions, TcGen
from webapp.userland.iproute2.arguments import Arguments, duparg, matches
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
Usage: mirred <DIRECTION> <ACTION> [index INDEX] <dev DEVICENAME>
where:
\tDIRECTION := <ingress | egress>
\tACTION := <mirror | redirect>
\tINDEX  is the specific policy instance id
\tDEVICENAME is the devicename
"""

_EACTIONS = {
    ("egress", "mirror"): MirredAction.EGRESS_MIRROR,
    ("egress", "redirect"): MirredAction.EGRESS_REDIR,
    ("ingress", "mirror"): MirredAction.INGRESS_MIRROR,
    ("ingress", "redirect"): MirredAction.INGRESS_REDIR,
}
_NAMES = {
    MirredAction.EGRESS_MIRROR: "Egress Mirror",
    MirredAction.EGRESS_REDIR: "Egress Redirect",
    MirredAction.INGRESS_MIRROR: "Ingress Mirror",
    MirredAction.INGRESS_REDIR: "Ingress Redirect",
}


def parse_mirred(tc: Tc, args: Arguments) -> MirredOptions:
    """Mirred DIRECTION ACTION [index N] dev NAME [CONTROL] [index N], or mirred index N."""
    if not matches(args.peek(), "mirred"):
        raise Illegal(f"mirred bad argument {args.peek()}\n")
    word = next_arg(args)
    if any(matches(word, keyword) for keyword in ("egress", "ingress", "index")):
        return _Direction(args).parse(tc)
    if matches(word, "help"):
        usage(EXPLANATION)
    raise Illegal(f"mirred option not supported {word}\n")


class _Direction:
    """parse_direction: words in nearly any order; what it does not know before ``dev`` it passes over."""

    __slots__ = ("args", "dev", "direction", "index", "ok", "what")

    def __init__(self, args: Arguments) -> None:
        self.args = args
        self.direction = self.what = self.dev = ""
        self.index: int | None = None
        self.ok = False

    def parse(self, tc: Tc) -> MirredOptions:
        args = self.args
        while args:
            word = args.peek()
            if matches(word, "action"):
                next_arg(args)
                break
            if self._set_direction(word):
                continue
            if not self._word(word):
                break
            next_arg(args)
        if not self.ok and self.index is None:
            raise Illegal("")
        return self._options(tc)

    def _set_direction(self, word: str) -> bool:
        for direction in ("egress", "ingress"):
            if self.direction != direction and matches(word, direction):
                if self.direction:
                    raise Illegal(f"Can't have both {direction} and {self.direction}\n")
                self.direction = direction
                self.ok = True
                next_arg(self.args)
                return True
        return False

    def _word(self, word: str) -> bool:
        """One word after the direction; False where the list ends with it."""
        args = self.args
        if matches(word, "index"):
            self.index = get_number(next_arg(args), 10)
            if self.index is None:
                raise Illegal('Illegal "index"\n')
            if not self.ok:
                args.take()
                return False
        elif not self.ok:
            raise Illegal(f"was expecting egress or ingress ({word})\n")
        elif self._set_what(word):
            pass
        elif self.what and matches(word, "dev"):
            name = next_arg(args)
            if self.dev:
                duparg("dev", name)
            self.dev = name
            args.take()
            return False
        return True

    def _set_what(self, word: str) -> bool:
        for what in ("mirror", "redirect"):
            if self.what != what and matches(word, what):
                if self.what:
                    raise Illegal("Can't have both mirror and redir\n")
                self.what = what
                return True
        return False

    def _options(self, tc: Tc) -> MirredOptions:
        args = self.args
        ifindex = 0
        if self.dev:
            ifindex = tc.ll_name_to_index(self.dev)
            if not ifindex:
                raise Illegal(f'Cannot find device "{self.dev}"\n')
        control = TC_ACT_STOLEN if self.what == "redirect" else 0
        if self.what == "mirror":
            control = parse_action_control_dflt(args, TC_ACT_PIPE)
        if matches(args.peek(), "index"):
            if self.index is not None:
                raise Illegal("mirred: Illegal double index\n")
            self.index = get_number(next_arg(args), 10)
            if self.index is None:
                raise Illegal('mirred: Illegal "index"\n')
            args.take()
        eaction = _EACTIONS[self.direction, self.what] if self.what else 0
        return MirredOptions(TcGen(index=self.index or 0, action=control), eaction, ifindex)


def print_mirred(tc: Tc, action: Action) -> str:
    """Two lines: what is sent where, and numbers. A target that is gone is *."""
    assert isinstance(action.options, MirredOptions)
    options, gen = action.options, action.options.gen
    name = _NAMES.get(MirredAction(options.eaction), "unknown")
    control = sprint_action_control(gen.action)
    text = f"mirred ({name} to device {tc.ll_index_to_name(options.ifindex)}) {control}{tc.newline}"
    text += f"\tindex {gen.index} ref {gen.refcnt} bind {gen.bindcnt}"
    if tc.show_stats and action.times is not None:
        text += sprint_tm(action.times)
    return text + tc.newline
