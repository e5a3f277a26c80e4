"""Actions: in the line of a filter, and by themselves (tc/m_action.c)."""

from __future__ import annotations

from collections.abc import Callable

from webapp.kernel.errno import KernelError
from webapp.kernel.sched.act_api import (
    tc_dump_action,
    tca_action_flush,
    tcf_action_add,
    tcf_action_delete,
    tcf_action_get,
)
from webapp.kernel.uapi.pkt_sched import TC_COOKIE_MAX_SIZE, ActFlags, Action, ActionId, ActionOptions
from webapp.userland.iproute2.arguments import FAILURE, USAGE, Arguments, Exit, invarg, matches, not_modelled
from webapp.userland.iproute2.ip_common import rtnl_error
from webapp.userland.iproute2.m_csum import parse_csum, print_csum
from webapp.userland.iproute2.m_gact import parse_gact, print_gact
from webapp.userland.iproute2.m_mirred import parse_mirred, print_mirred
from webapp.userland.iproute2.m_nat import parse_nat, print_nat
from webapp.userland.iproute2.m_pedit import parse_pedit, print_pedit
from webapp.userland.iproute2.m_police import parse_police, police_options, print_police
from webapp.userland.iproute2.m_simple import parse_simple, print_simple
from webapp.userland.iproute2.m_skbedit import parse_skbedit, print_skbedit
from webapp.userland.iproute2.m_skbmod import parse_skbmod, print_skbmod
from webapp.userland.iproute2.m_vlan import parse_vlan, print_vlan
from webapp.userland.iproute2.tc_common import Illegal, Tc, action_a2n, get_number, next_arg, sprint_tcstats2, usage

EXPLANATION = """\
usage: tc actions <ACTSPECOP>*
Where: \tACTSPECOP := ACR | GD | FL
\tACR := add | change | replace <ACTSPEC>*
\tGD := get | delete | <ACTISPEC>*
\tFL := ls | list | flush | <ACTNAMESPEC>
\tACTNAMESPEC :=  action <ACTNAME>
\tACTISPEC := <ACTNAMESPEC> <INDEXSPEC>
\tACTSPEC := action <ACTDETAIL> [INDEXSPEC] [HWSTATSSPEC] [SKIPSPEC]
\tINDEXSPEC := index <32 bit indexvalue>
\tHWSTATSSPEC := hw_stats [ immediate | delayed | disabled ]
\tSKIPSPEC := [ skip_sw | skip_hw ]
\tACTDETAIL := <ACTNAME> <ACTPARAMS>
\t\tExample ACTNAME is gact, mirred, bpf, etc
\t\tEach action has its own parameters (ACTPARAMS)

"""

PARSERS: dict[str, Callable[[Tc, Arguments], ActionOptions]] = {
    "gact": parse_gact,
    "mirred": parse_mirred,
    "skbedit": parse_skbedit,
    "pedit": parse_pedit,
    "vlan": parse_vlan,
    "csum": parse_csum,
    "police": parse_police,
    "simple": parse_simple,
    "nat": parse_nat,
    "skbmod": parse_skbmod,
}
PRINTERS: dict[str, Callable[[Tc, Action], str]] = {
    "gact": print_gact,
    "mirred": print_mirred,
    "skbedit": print_skbedit,
    "pedit": print_pedit,
    "vlan": print_vlan,
    "csum": print_csum,
    "police": print_police,
    "simple": print_simple,
    "nat": print_nat,
    "skbmod": print_skbmod,
}

UNMODELLED = frozenset(("bpf", "connmark", "ct", "ctinfo", "gate", "ife", "ipt", "mpls", "sample", "tunnel_key", "xt"))
"""Actions whose options tc can read and the model cannot: they go to the kernel, which does not have them."""

_NEW_COMMANDS = ("change", "replace", "delete", "get", "add")
_HW_STATS = {"immediate": 1, "delayed": 2, "disabled": 0}
_TALKING = "We have an error talking to the kernel\n"


def parse_action(tc: Tc, args: Arguments) -> tuple[Action, ...]:
    """A list of actions, up to ``flowid``, ``classid`` or the end. Raises Illegal."""
    actions: list[Action] = []
    expecting = False
    while args:
        word = args.peek()
        if word == "action":
            args.take()
            expecting = True
            continue
        if word in ("flowid", "classid") or any(matches(word, command) for command in _NEW_COMMANDS):
            break
        if word == "help":
            raise Illegal("")
        expecting = False
        actions.append(_one_action(tc, args))
    if expecting:
        raise Illegal(f"bad action empty 1\nparse_action: bad value ({len(args)}:{args.peek() or '(null)'})!\n")
    return tuple(actions)


def _one_action(tc: Tc, args: Arguments) -> Action:
    left, word = len(args), args.peek()
    kind = word if word in PARSERS or word in UNMODELLED else "gact"
    if action_a2n(word) is not None:
        kind = "gact"
    if kind in UNMODELLED:
        args.rest()
        return Action(kind, None)
    try:
        options = PARSERS[kind](tc, args)
    except Illegal as illegal:
        raise Illegal(f"{illegal.message}bad action parsing\nparse_action: bad value ({left}:{word})!\n") from illegal
    return Action(kind, options, _cookie(args), hw_stats=_hw_stats(args), flags=_flags(args))


def parse_old_police(args: Arguments) -> tuple[Action, ...]:
    """parse_police: the policer of a filter, as it was written before there were actions."""
    try:
        return (Action("police", police_options(args), hw_stats=0),)
    except Illegal as illegal:
        raise Illegal(f'{illegal.message}Illegal "police"\n') from illegal


def print_old_police(tc: Tc, actions: tuple[Action, ...]) -> str:
    """tc_print_police: what a filter says of it."""
    return "".join(print_police(tc, action) for action in actions)


def _cookie(args: Arguments) -> bytes:
    if args.peek() != "cookie":
        return b""
    text = next_arg(args)
    if len(text) > TC_COOKIE_MAX_SIZE * 2:
        invarg(f"{len(text)} Max allowed size {TC_COOKIE_MAX_SIZE * 2}", text)
    try:
        cookie = bytes.fromhex(text) if " " not in text else None
    except ValueError:
        cookie = None
    if cookie is None:
        invarg("cookie must be a hex string\n", text)
    args.take()
    return cookie


def _hw_stats(args: Arguments) -> int | None:
    if not matches(args.peek(), "hw_stats"):
        return None
    word = next_arg(args)
    stats = next((bits for name, bits in _HW_STATS.items() if matches(word, name)), None)
    if stats is None:
        invarg("value is invalid\n", word)
    args.take()
    return stats


def _flags(args: Arguments) -> ActFlags:
    flags = ActFlags.NONE
    if args.peek() == "no_percpu":
        flags |= ActFlags.NO_PERCPU_STATS
        args.take()
    skips = {"skip_sw": ActFlags.SKIP_SW, "skip_hw": ActFlags.SKIP_HW}
    for _ in range(2):
        if args.peek() in skips:
            flags |= skips[args.take()]
    return flags


# What is printed


def tc_print_action(tc: Tc, actions: tuple[Action, ...], bound: bool = True, first: int = 1) -> str:
    """The actions of a filter (``bound``) or of a table, numbered from ``first``."""
    nl = tc.newline
    return "".join(
        f"{nl}\taction order {order}: {_print_one_action(tc, action, bound)}"
        for order, action in enumerate(actions, first)
    )


def _print_one_action(tc: Tc, action: Action, bound: bool) -> str:
    nl = tc.newline
    text = PRINTERS[action.kind](tc, action)
    if tc.show_stats and action.stats is not None:
        statistics = sprint_tcstats2(tc, action.stats, "\t")
        text += f"\tAction statistics:{nl}{statistics}{nl}"
    if action.cookie:
        text += f"\tcookie {action.cookie.hex()}{nl}"
    words = _flag_words(action.flags, bound)
    if words:
        text += f"{words}{nl}"
    if action.hw_stats is not None:
        text += f"\thw_stats{_hw_stats_words(action.hw_stats)}{nl}"
    if action.used_hw_stats:
        text += f"\tused_hw_stats disabled{nl}"
    return text


def _flag_words(flags: ActFlags, bound: bool) -> str:
    words = "\tno_percpu" if flags & ActFlags.NO_PERCPU_STATS else ""
    if bound:
        return words
    if flags & ActFlags.SKIP_HW:
        return f"{words}\tskip_hw"
    return f"{words}\tskip_sw\tnot_in_hw" if flags & ActFlags.SKIP_SW else f"{words}\tnot_in_hw"


def _hw_stats_words(bits: int) -> str:
    return "".join(f" {name}" for name, bit in _HW_STATS.items() if bits & bit or not (bits or bit))


# tc actions


def do_action(tc: Tc, args: Arguments) -> int:
    """``tc actions``: commands one after the other on one line."""
    while args:
        word = args.take()
        if matches(word, "add"):
            _modify(tc, args, replace=False)
        elif matches(word, "change") or matches(word, "replace"):
            _modify(tc, args, replace=True)
        elif matches(word, "delete"):
            _get_or_delete(tc, args, delete=True)
        elif matches(word, "get"):
            _get_or_delete(tc, args, delete=False)
        elif any(matches(word, name) for name in ("list", "show", "lst")):
            return _list(tc, args)
        elif matches(word, "flush"):
            return _flush(tc, args)
        elif matches(word, "help"):
            usage(EXPLANATION)
        else:
            raise Exit(USAGE, f'Command "{word}" is unknown, try "tc actions help".\n')
    return 0


def _modify(tc: Tc, args: Arguments, *, replace: bool) -> None:
    if not args:
        raise Exit(USAGE, 'Illegal "action"\n')
    try:
        actions = parse_action(tc, args)
    except Illegal as illegal:
        raise Exit(USAGE, f'{illegal.message}Illegal "action"\n') from illegal
    try:
        tcf_action_add(tc.net, actions, replace)
    except KernelError as error:
        raise Exit(USAGE, rtnl_error(error) + _TALKING) from error


def _get_or_delete(tc: Tc, args: Arguments, *, delete: bool) -> None:
    """A refusal ends only this command; what the line says after it is read as the next one."""
    start = len(args)
    ids = _action_ids(args)
    try:
        if delete:
            tcf_action_delete(tc.net, ids)
            return
        actions = tcf_action_get(tc.net, ids)
    except KernelError as error:
        tc.complain(rtnl_error(error) + _TALKING)
        for _ in range(start - len(args)):
            args.back()
        return
    tc.write(f"total acts 0{tc.newline}{tc_print_action(tc, actions, bound=False)}")


def _action_ids(args: Arguments) -> tuple[ActionId, ...]:
    ids: list[ActionId] = []
    while args:
        kind = args.take()
        if kind == "action":
            continue
        if kind == "help":
            raise Exit(USAGE)
        if kind not in PARSERS and kind not in UNMODELLED:
            kind = "gact"
        if not matches(args.peek(), "index"):
            raise Exit(USAGE, f"Error: no index specified action: {kind}\n")
        index = get_number(next_arg(args), 10)
        if index is None:
            raise Exit(USAGE, 'Illegal "index"\n')
        args.take()
        ids.append(ActionId(kind, index or None))
    return tuple(ids)


def _kind(args: Arguments) -> str:
    """The kind after ``action``, which may be any word."""
    if len(args) < 2:
        usage(EXPLANATION)
    args.take()
    return args.take()


def _list(tc: Tc, args: Arguments) -> int:
    kind = _kind(args)
    if args.peek() == "since":
        not_modelled('"since"')
    actions = tc_dump_action(tc.net, kind)
    if actions:
        text = tc_print_action(tc, actions, bound=False, first=0)
        tc.write(f"total acts {len(actions)}{tc.newline}{text}")
    return 0


def _flush(tc: Tc, args: Arguments) -> int:
    kind = _kind(args)
    try:
        tca_action_flush(tc.net, kind)
    except KernelError as error:
        raise Exit(FAILURE, rtnl_error(error) + "We have an error flushing\n") from error
    return 0
