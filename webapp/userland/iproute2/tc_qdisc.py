"""tc qdisc (tc/tc_qdisc.c, q_clsact.c, q_ingress.c)."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.kernel.core.net_device import ETH_HLEN
from webapp.kernel.core.rtnetlink import rtnetlink_rcv_msg
from webapp.kernel.errno import KernelError
from webapp.kernel.sched.sch_api import tc_del_qdisc, tc_dump_qdisc, tc_modify_qdisc
from webapp.kernel.uapi.if_link import GetLink, LinkInfo
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.pkt_sched import TC_H_CLSACT, TC_H_INGRESS, TC_H_MAJ_MASK, TC_H_ROOT, QdiscInfo, QdiscRequest
from webapp.userland.iproute2.arguments import (
    FAILURE,
    KERNEL_REFUSED,
    USAGE,
    Arguments,
    Exit,
    duparg,
    get_unsigned,
    invarg,
    matches,
    nodev,
    not_modelled,
)
from webapp.userland.iproute2.ip_common import rtnl_error
from webapp.userland.iproute2.tc_common import Tc, get_qdisc_handle, get_tc_classid, sprint_tc_classid, sprint_tcstats2

EXPLANATION = """\
Usage: tc qdisc [ add | del | replace | change | show ] dev STRING
       [ handle QHANDLE ] [ root | ingress | clsact | parent CLASSID ]
       [ estimator INTERVAL TIME_CONSTANT ]
       [ stab [ help | STAB_OPTIONS] ]
       [ ingress_block BLOCK_INDEX ] [ egress_block BLOCK_INDEX ]
       [ [ QDISC_KIND ] [ help | OPTIONS ] ]

       tc qdisc { show | list } [ dev STRING ] [ QDISC_ID ] [ invisible ]
Where:
QDISC_KIND := { [p|b]fifo | tbf | prio | cbq | red | etc. }
OPTIONS := ... try tc qdisc add <desired QDISC_KIND> help
STAB_OPTIONS := ... try tc qdisc add stab help
QDISC_ID := { root | ingress | handle QHANDLE | parent CLASSID }
"""

KNOWN_KINDS = frozenset(
    (
        "atm", "bfifo", "cake", "cbq", "cbs", "choke", "codel", "drr", "dsmark", "etf", "ets", "fq", "fq_codel",
        "fq_pie", "gred", "hfsc", "hhf", "htb", "mqprio", "multiq", "netem", "pfifo", "pfifo_head_drop", "pie", "plug",
        "prio", "qfq", "red", "rr", "sfb", "sfq", "skbprio", "taprio", "tbf",
    )
)  # fmt: skip
"""Qdiscs whose options tc can read and the model cannot: they go to the kernel, which does not have them."""


@dataclass(slots=True)
class _Line:
    """What the words said so far."""

    dev: str = ""
    parent: int = 0
    handle: int = 0
    kind: str | None = None
    ingress_block: int = 0
    egress_block: int = 0


def do_qdisc(tc: Tc, args: Arguments) -> int:
    """``tc qdisc COMMAND``; without one it lists."""
    if not args:
        return _list(tc, args)
    word = args.take()
    for command, flags in _MODIFY.items():
        if matches(word, command):
            return _modify(tc, args, flags)
    if any(matches(word, name) for name in ("list", "show", "lst")):
        return _list(tc, args)
    if matches(word, "help"):
        raise Exit(0, EXPLANATION)
    raise Exit(USAGE, f'Command "{word}" is unknown, try "tc qdisc help".\n')


_MODIFY: dict[str, NlmFlags | None] = {
    "add": NlmFlags.EXCL | NlmFlags.CREATE,
    "change": NlmFlags.NONE,
    "replace": NlmFlags.CREATE | NlmFlags.REPLACE,
    "link": NlmFlags.REPLACE,
    "delete": None,
}
"""Flags of RTM_NEWQDISC by command; None is RTM_DELQDISC."""


def _modify(tc: Tc, args: Arguments, flags: NlmFlags | None) -> int:
    line = _Line()
    while args and line.kind is None:
        _word(args, line)
    if line.kind is not None:
        _qdisc_options(args, line.kind)
    ifindex = 0
    if line.dev:
        ifindex = tc.ll_name_to_index(line.dev)
        if not ifindex:
            nodev(line.dev)
    request = QdiscRequest(
        ifindex, line.parent, line.handle, line.kind, flags or NlmFlags.NONE, line.ingress_block, line.egress_block
    )
    try:
        if flags is None:
            tc_del_qdisc(tc.net, request)
        else:
            tc_modify_qdisc(tc.net, request)
    except KernelError as error:
        raise Exit(KERNEL_REFUSED, rtnl_error(error)) from error
    return 0


def _word(args: Arguments, line: _Line) -> None:
    word = args.take()
    if word == "dev":
        name = args.value()
        if line.dev:
            duparg("dev", name)
        line.dev = name
    elif word == "handle":
        if line.handle:
            duparg("handle", word)
        line.handle = _or_invarg(get_qdisc_handle, args.value(), "invalid qdisc ID")
    elif word in _PLACES:
        if line.parent:
            article = "" if word == "root" else "a "
            raise Exit(USAGE, f'Error: "{word}" is {article}duplicate parent ID\n')
        line.parent, line.kind = _PLACES[word]
        if line.kind is not None:
            line.handle = line.parent & TC_H_MAJ_MASK
    elif word == "parent":
        value = args.value()
        if line.parent:
            duparg("parent", value)
        line.parent = _or_invarg(get_tc_classid, value, "invalid parent ID")
    elif matches(word, "estimator") or matches(word, "stab"):
        not_modelled(f'"{word}"')
    elif matches(word, "ingress_block"):
        line.ingress_block = _block(args.value(), "ingress")
    elif matches(word, "egress_block"):
        line.egress_block = _block(args.value(), "egress")
    elif matches(word, "help"):
        raise Exit(USAGE, EXPLANATION)
    else:
        line.kind = word[:15]


_PLACES: dict[str, tuple[int, str | None]] = {
    "root": (TC_H_ROOT, None),
    "clsact": (TC_H_CLSACT, "clsact"),
    "ingress": (TC_H_INGRESS, "ingress"),
}
"""Words that are a parent, and the kind that they are at the same time."""


def _or_invarg(parse, text: str, complaint: str) -> int:  # type: ignore[no-untyped-def]
    number: int | None = parse(text)
    if number is None:
        invarg(complaint, text)
    return number


def _block(text: str, side: str) -> int:
    number = get_unsigned(text)
    if not number:
        invarg(f"invalid {side} block index value", text)
    return number


def _qdisc_options(args: Arguments, kind: str) -> None:
    """parse_qopt: clsact has no options, ingress only a handle that does not count."""
    if kind == "ingress":
        while args.peek() == "handle":
            args.take()
            args.value()
    if args and kind in ("clsact", "ingress"):
        raise Exit(FAILURE, f'What is "{args.peek()}"?\nUsage: ... {kind}\n')
    if args and kind not in KNOWN_KINDS:
        raise Exit(FAILURE, f'Unknown qdisc "{kind}", hence option "{args.peek()}" is unparsable\n')


@dataclass(slots=True)
class _Selection:
    """What ``show`` was asked for; 0 selects all."""

    dev: str = ""
    ifindex: int = 0
    parent: int = 0
    handle: int = 0

    def check_free(self, word: str) -> None:
        """Only one parent or handle may be named."""
        if self.parent:
            invarg("parent is already specified", word)
        if self.handle:
            invarg("handle is already specified", word)

    def fits(self, info: QdiscInfo) -> bool:
        """Whether a qdisc is to be shown."""
        wanted = (self.ifindex, self.handle, self.parent)
        present = (info.ifindex, info.handle, info.parent)
        return all(one in (0, other) for one, other in zip(wanted, present, strict=True))


def _list(tc: Tc, args: Arguments) -> int:
    selection = _Selection()
    while args:
        _list_word(args, selection)
    if selection.dev:
        selection.ifindex = tc.ll_name_to_index(selection.dev)
        if not selection.ifindex:
            nodev(selection.dev)
    for info in tc_dump_qdisc(tc.net):
        if selection.fits(info):
            tc.write(print_qdisc(tc, info, selection.ifindex != 0))
    return 0


def _list_word(args: Arguments, selection: _Selection) -> None:
    word = args.take()
    if word == "dev":
        selection.dev = args.value()
    elif word in ("root", "ingress", "clsact"):
        selection.check_free(word)
        selection.parent = TC_H_ROOT if word == "root" else TC_H_INGRESS
    elif matches(word, "parent"):
        selection.check_free(word)
        selection.parent = _or_invarg(get_tc_classid, args.value(), "invalid parent ID")
    elif matches(word, "handle"):
        selection.check_free(word)
        selection.handle = _or_invarg(get_qdisc_handle, args.value(), "invalid handle ID")
    elif matches(word, "help"):
        raise Exit(USAGE, EXPLANATION)
    elif word != "invisible":
        raise Exit(USAGE, f'What is "{word}"? Try "tc qdisc help".\n')


def _fq_codel_options(tc: Tc, ifindex: int) -> str:
    """fq_codel_print_opt, of the defaults: a quantum is a frame of the largest size."""
    link: LinkInfo = rtnetlink_rcv_msg(tc.net, GetLink(ifindex))
    quantum = link.mtu + ETH_HLEN
    limits = f"limit 10240p flows 1024 quantum {quantum} target 5ms interval 100ms memory_limit 32Mb "
    return f"{limits}ecn drop_batch 64 "


def print_qdisc(tc: Tc, info: QdiscInfo, one_device: bool) -> str:
    """A line, and two of statistics if asked for."""
    text = f"qdisc {info.kind} {info.handle >> 16:x}:"
    if tc.show_raw:
        text += f"[{info.handle:08x}]"
    text += " " if one_device else f" dev {tc.ll_index_to_name(info.ifindex)} "
    if info.parent == TC_H_ROOT:
        text += "root "
    elif info.parent:
        text += f"parent {sprint_tc_classid(info.parent)} "
    if info.refcnt != 1:
        text += f"refcnt {info.refcnt} "
    if info.kind == "ingress":
        text += "---------------- "
    if info.kind == "fq_codel":
        text += _fq_codel_options(tc, info.ifindex)
    text += tc.newline
    if tc.show_stats:
        text += sprint_tcstats2(tc, info.stats, " ") + tc.newline
    return text
