"""tc filter and tc chain (tc/tc_filter.c)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from webapp.kernel.errno import KernelError
from webapp.kernel.sched.cls_api import (
    DumpError,
    tc_del_chain,
    tc_del_tfilter,
    tc_dump_chain,
    tc_dump_tfilter,
    tc_get_chain,
    tc_get_tfilter,
    tc_new_chain,
    tc_new_tfilter,
)
from webapp.kernel.uapi.if_ether import ETH_P_ALL
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.pkt_sched import (
    CLSACT_EGRESS,
    CLSACT_INGRESS,
    TC_H_ROOT,
    ChainInfo,
    FilterInfo,
    FilterOptions,
    FilterRequest,
)
from webapp.userland.iproute2 import f_basic, f_bpf, f_flower, f_fw, f_matchall, f_u32
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
from webapp.userland.iproute2.ll_proto import ll_proto_a2n, ll_proto_n2a
from webapp.userland.iproute2.tc_common import Illegal, Tc, get_number, get_tc_classid, sprint_tc_classid

EXPLANATION = """\
Usage: tc filter [ add | del | change | replace | show ] [ dev STRING ]
       tc filter [ add | del | change | replace | show ] [ block BLOCK_INDEX ]
       tc filter get dev STRING parent CLASSID protocol PROTO handle FILTERID pref PRIO FILTER_TYPE
       tc filter get block BLOCK_INDEX protocol PROTO handle FILTERID pref PRIO FILTER_TYPE
       [ pref PRIO ] protocol PROTO [ chain CHAIN_INDEX ]
       [ estimator INTERVAL TIME_CONSTANT ]
       [ root | ingress | egress | parent CLASSID ]
       [ handle FILTERID ] [ [ FILTER_TYPE ] [ help | OPTIONS ] ]

       tc filter show [ dev STRING ] [ root | ingress | egress | parent CLASSID ]
       tc filter show [ block BLOCK_INDEX ]
Where:
FILTER_TYPE := { rsvp | u32 | bpf | fw | route | etc. }
FILTERID := ... format depends on classifier, see there
OPTIONS := ... try tc filter add <desired FILTER_KIND> help
"""

CHAIN_EXPLANATION = """\
Usage: tc chain [ add | del | get | show ] [ dev STRING ]
       tc chain [ add | del | get | show ] [ block BLOCK_INDEX ] ]
"""

UNMODELLED = frozenset(("cgroup", "flow", "route", "rsvp", "rsvp6", "tcindex"))
"""Classifiers whose options tc can read and the model cannot: they go to the kernel, which does not have them."""

_TALKING = "We have an error talking to the kernel\n"
_PARENTS = {"root": TC_H_ROOT, "ingress": CLSACT_INGRESS, "egress": CLSACT_EGRESS}
_MAX_PRIO = 0xFFFF


@dataclass(slots=True)
class _Line:
    """The words before the kind of a filter."""

    dev: str = ""
    parent: int = 0
    handle: str | None = None
    prio: int = 0
    protocol: int | None = None
    chain: int | None = None
    kind: str | None = None


def _word(args: Arguments, line: _Line) -> bool:
    """One word with its value; False, and the word stays, where it is none of these."""
    word = args.take()
    if word == "dev":
        name = args.value()
        if line.dev:
            duparg("dev", name)
        line.dev = name
    elif matches(word, "block"):
        not_modelled('"block"')
    elif word in _PARENTS:
        if line.parent:
            raise Exit(USAGE, f'Error: "{word}" is duplicate parent ID\n')
        line.parent = _PARENTS[word]
    elif word == "parent":
        value = args.value()
        if line.parent:
            duparg("parent", value)
        line.parent = _number(get_tc_classid, value, "Invalid parent ID")
    elif word == "handle":
        value = args.value()
        if line.handle is not None:
            duparg("handle", value)
        line.handle = value
    else:
        return _number_word(word, args, line)
    return True


def _number_word(word: str, args: Arguments, line: _Line) -> bool:
    if matches(word, "preference") or matches(word, "priority"):
        value = args.value()
        if line.prio:
            duparg("priority", value)
        line.prio = _number(lambda text: get_unsigned(text, _MAX_PRIO), value, "invalid priority value")
    elif matches(word, "protocol"):
        value = args.value()
        if line.protocol is not None:
            duparg("protocol", value)
        line.protocol = _number(ll_proto_a2n, value, "invalid protocol")
    elif matches(word, "chain"):
        value = args.value()
        if line.chain is not None:
            duparg("chain", value)
        line.chain = _number(get_unsigned, value, "invalid chain index value")
    elif matches(word, "estimator"):
        not_modelled('"estimator"')
    else:
        args.back()
        return False
    return True


def _number(parse: Callable[[str], int | None], text: str, complaint: str) -> int:
    number = parse(text)
    if number is None:
        invarg(complaint, text)
    return number


def _read(args: Arguments, explanation: str) -> _Line:
    """All words up to the kind, and the kind."""
    line = _Line()
    while args and _word(args, line):
        pass
    if args:
        word = args.take()
        if matches(word, "help"):
            raise Exit(0, explanation)
        line.kind = word[:15]
    return line


# Options of the kinds


def _parse_options(tc: Tc, args: Arguments, line: _Line, protocol: int) -> tuple[FilterOptions | None, int]:
    """parse_fopt: what follows the kind, and the handle as the kind reads it."""
    text = line.handle
    if line.kind == "flower":
        return f_flower.parse_flower(tc, args, protocol), f_flower.parse_handle(text) if text is not None else 0
    if line.kind == "fw":
        mark, mask = f_fw.parse_handle(text) if text is not None else (0, None)
        return f_fw.parse_fw(tc, args, mask), mark
    if line.kind == "basic":
        handle = f_matchall.parse_handle(text) if text is not None else 0
        return f_basic.parse_basic(tc, args), handle
    if line.kind == "u32":
        return f_u32.parse_u32(tc, args, f_u32.parse_handle(text) if text is not None else 0)
    if line.kind == "bpf":
        handle = f_bpf.parse_handle(text) if text is not None else 0
        return f_bpf.parse_bpf(tc, args), handle
    if line.kind == "matchall":
        handle = f_matchall.parse_handle(text) if text is not None else 0
        return f_matchall.parse_matchall(tc, args), handle
    if line.kind in UNMODELLED:
        args.rest()
    if args:
        raise Illegal(f'Unknown filter "{line.kind}", hence option "{args.peek()}" is unparsable\n')
    number = get_number(text, 16) if text is not None else 0
    if number is None:
        raise Illegal(f'Unparsable filter ID "{text}"\n')
    return None, number


PRINTERS: dict[str, Callable[[Tc, FilterInfo], str]] = {
    "u32": f_u32.print_u32,
    "bpf": f_bpf.print_bpf,
    "matchall": f_matchall.print_matchall,
    "flower": f_flower.print_flower,
    "fw": f_fw.print_fw,
    "basic": f_basic.print_basic,
}


# tc filter


def do_filter(tc: Tc, args: Arguments) -> int:
    """``tc filter COMMAND``; without one it lists."""
    if not args:
        return _list(tc, args, chains=False)
    word = args.take()
    for command, flags in _MODIFY.items():
        if matches(word, command):
            return _modify(tc, args, flags)
    if matches(word, "get"):
        return _get_filter(tc, args)
    if any(matches(word, name) for name in ("list", "show", "lst")):
        return _list(tc, args, chains=False)
    if matches(word, "help"):
        raise Exit(0, EXPLANATION)
    raise Exit(USAGE, f'Command "{word}" is unknown, try "tc filter help".\n')


_MODIFY: dict[str, NlmFlags | None] = {
    "add": NlmFlags.EXCL | NlmFlags.CREATE,
    "change": NlmFlags.NONE,
    "replace": NlmFlags.CREATE,
    "delete": None,
}
"""Flags of RTM_NEWTFILTER by command; None is RTM_DELTFILTER."""


def _modify(tc: Tc, args: Arguments, flags: NlmFlags | None) -> int:
    line = _read(args, EXPLANATION)
    protocol = line.protocol
    if protocol is None:
        protocol = ETH_P_ALL if flags is not None and flags & NlmFlags.CREATE else 0
    request = _request(tc, args, line, protocol, flags or NlmFlags.NONE)
    _talk(tc, tc_del_tfilter if flags is None else tc_new_tfilter, request)
    return 0


def _request(tc: Tc, args: Arguments, line: _Line, protocol: int, flags: NlmFlags) -> FilterRequest:
    """The request that a whole line makes."""
    ifindex = 0
    if line.dev:
        ifindex = tc.ll_name_to_index(line.dev)
        if not ifindex:
            nodev(line.dev)
    options, handle = None, 0
    if line.kind is not None:
        try:
            options, handle = _parse_options(tc, args, line, protocol)
        except Illegal as illegal:
            raise Exit(FAILURE, illegal.message) from illegal
    elif line.handle is not None:
        raise Exit(USAGE, 'Must specify filter type when using "handle"\n')
    return FilterRequest(ifindex, line.parent, handle, line.prio, protocol, line.chain, line.kind, flags, options)


def _talk(tc: Tc, send: Callable[..., object], request: FilterRequest) -> object:
    try:
        return send(tc.net, request)
    except KernelError as error:
        raise Exit(KERNEL_REFUSED, rtnl_error(error) + _TALKING) from error


def _get_filter(tc: Tc, args: Arguments) -> int:
    line = _read(args, EXPLANATION)
    if line.protocol is None:
        raise Exit(USAGE, "Must specify filter protocol\n")
    if not line.prio:
        raise Exit(USAGE, "Must specify filter priority\n")
    _need_parent(line)
    if line.kind is None:
        raise Exit(USAGE, "Must specify filter type\n")
    _need_dev(line)
    request = _request(tc, args, line, line.protocol, NlmFlags.NONE)
    if line.handle is None:
        raise Exit(USAGE, 'Must specify filter "handle"\n')
    info = _talk(tc, tc_get_tfilter, request)
    assert isinstance(info, FilterInfo)
    tc.write(print_filter(tc, info, FilterRequest(request.ifindex, 0)))
    return 0


def _need_parent(line: _Line) -> None:
    if not line.parent:
        raise Exit(USAGE, "Must specify filter parent\n")


def _need_dev(line: _Line) -> None:
    if not line.dev:
        raise Exit(USAGE, 'Must specify netdevice "dev" or block index "block"\n')


def _list(tc: Tc, args: Arguments, *, chains: bool) -> int:
    line = _Line()
    while args:
        word = args.peek()
        if matches(word, "help"):
            raise Exit(USAGE, EXPLANATION)
        if matches(word, "estimator") or not _word(args, line):
            raise Exit(USAGE, f' What is "{word}"? Try "tc filter help"\n')
    request = _request(tc, args, _Line(dev=line.dev, parent=line.parent, prio=line.prio, chain=line.chain),
                       line.protocol or 0, NlmFlags.NONE)  # fmt: skip
    if chains:
        tc.write("".join(print_chain(tc, info, request) for info in tc_dump_chain(tc.net, request)))
    else:
        return _list_filters(tc, request)
    return 0


def _list_filters(tc: Tc, request: FilterRequest) -> int:
    """What the kernel tells; where that ends with an error, what it told before."""
    try:
        infos, complaint = tc_dump_tfilter(tc.net, request), ""
    except DumpError as error:
        infos, complaint = error.infos, "Error: Buffer too small for object.\nDump terminated\n"
    tc.write("".join(print_filter(tc, info, request) for info in infos))
    tc.complain(complaint)
    return FAILURE if complaint else 0


def print_filter(tc: Tc, info: FilterInfo, asked: FilterRequest) -> str:
    """A filter, or the line of its preference; what was asked for by name is not said again."""
    text = "filter "
    if asked.ifindex != info.ifindex:
        text += f"dev {tc.ll_index_to_name(info.ifindex)} "
    if asked.parent != info.parent:
        text += _parent(info.parent)
    if info.protocol and asked.protocol != info.protocol:
        text += f"protocol {ll_proto_n2a(info.protocol)} "
    if info.prio and asked.prio != info.prio:
        text += f"pref {info.prio} "
    text += f"{info.kind} "
    if asked.chain != info.chain:
        text += f"chain {info.chain} "
    if info.options is not None:
        text += PRINTERS[info.kind](tc, info)
    return text + tc.newline


def _parent(parent: int) -> str:
    name = next((name for name, handle in _PARENTS.items() if handle == parent), None)
    return f"parent {sprint_tc_classid(parent)} " if name is None else f"{name} "


# tc chain


def do_chain(tc: Tc, args: Arguments) -> int:
    """``tc chain COMMAND``; without one it lists."""
    if not args:
        return _list(tc, args, chains=True)
    word = args.take()
    if matches(word, "add"):
        _talk(tc, tc_new_chain, _chain_request(tc, args, NlmFlags.EXCL | NlmFlags.CREATE))
    elif matches(word, "delete"):
        _talk(tc, tc_del_chain, _chain_request(tc, args, NlmFlags.NONE))
    elif matches(word, "get"):
        _get_chain(tc, args)
    elif any(matches(word, name) for name in ("list", "show", "lst")):
        return _list(tc, args, chains=True)
    elif matches(word, "help"):
        raise Exit(0, CHAIN_EXPLANATION)
    else:
        raise Exit(USAGE, f'Command "{word}" is unknown, try "tc chain help".\n')
    return 0


def _chain_request(tc: Tc, args: Arguments, flags: NlmFlags) -> FilterRequest:
    line = _read(args, EXPLANATION)
    return _request(tc, args, line, line.protocol or 0, flags)


def _get_chain(tc: Tc, args: Arguments) -> None:
    line = _read(args, EXPLANATION)
    _need_parent(line)
    _need_dev(line)
    if args:
        raise Exit(USAGE, f'Garbage instead of arguments "{args.peek()} ...". Try "tc filter help".\n')
    request = _request(tc, args, line, 0, NlmFlags.NONE)
    info = _talk(tc, tc_get_chain, request)
    assert isinstance(info, ChainInfo)
    tc.write(print_chain(tc, info, FilterRequest(request.ifindex, 0)))


def print_chain(tc: Tc, info: ChainInfo, asked: FilterRequest) -> str:
    """One line, and the template. The parent is the qdisc, never the direction."""
    text = "chain "
    if asked.ifindex != info.ifindex:
        text += f"dev {tc.ll_index_to_name(info.ifindex)} "
    if asked.parent != info.parent:
        text += _parent(info.parent)
    if info.kind:
        text += f"{info.kind} "
    if asked.chain != info.chain:
        text += f"chain {info.chain} "
    if info.options is not None:
        template = FilterInfo(info.ifindex, info.parent, 0, 0, 0, info.chain, info.kind, info.options)
        text += PRINTERS[info.kind](tc, template)
    return text + tc.newline
