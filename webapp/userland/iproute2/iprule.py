"""ip rule (ip/iprule.c)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from webapp.kernel.core.sock import AF_INET
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import (
    RT_TABLE_MAIN,
    DelRule,
    DumpRules,
    FibRuleFlag,
    FrAct,
    NewRule,
    Rtprot,
    Rule,
)
from webapp.userland.iproute2.arguments import (
    FAILURE,
    USAGE,
    Arguments,
    Exit,
    check_ifname,
    get_integer,
    get_unsigned,
    invarg,
    lookup,
    matches,
    not_modelled,
)
from webapp.userland.iproute2.inet_prefix import AF_BIT_LEN, InetPrefix, format_host, get_prefix
from webapp.userland.iproute2.ip_common import Ip
from webapp.userland.iproute2.rt_names import DSFIELD, IPPROTO, RTNTYPE, RTPROT, RTTABLE, rtnl_rtntype_a2n

USAGE_TEXT = """\
Usage: ip rule { add | delete } [ not ] [ SELECTOR ]... [ ACTION ] [ pref N ]
       ip rule { show | flush } [ SELECTOR ]...
SELECTOR := { from PREFIX | to PREFIX | tos TOS | fwmark MARK[/MASK] | iif DEVICE | oif DEVICE |
              ipproto PROTOCOL | sport PORT[-PORT] | dport PORT[-PORT] }
ACTION := { table TABLE [ suppress_prefixlength N ] | goto N | nop | blackhole | unreachable | prohibit }
"""

_PORTS = re.compile(r"(\d+)(?:-(\d+))?.*")


# Printing


def print_rule(ip: Ip, rule: Rule) -> None:
    """One rule."""
    details = ip.show_details > 0
    host = AF_BIT_LEN[rule.family]
    parts = [f"{rule.priority or 0}:\t", "not " if rule.flags & FibRuleFlag.INVERT else ""]
    parts.append(f"from {_prefix(rule.src, rule.src_len, host) or 'all'}")
    destination = _prefix(rule.dst, rule.dst_len, host)
    if destination:
        parts.append(f" to {destination}")
    if rule.tos:
        parts.append(f" tos {DSFIELD.n2a(rule.tos)}")
    if rule.fwmark or rule.fwmask:
        mask = "" if rule.fwmask in (None, 0xFFFFFFFF) else f"/{_hex(rule.fwmask)}"
        parts.append(f" fwmark {_hex(rule.fwmark)}{mask}")
    if rule.iifname:
        parts.append(f" iif {rule.iifname}{' [detached]' if rule.flags & FibRuleFlag.IIF_DETACHED else ''}")
    if rule.oifname:
        parts.append(f" oif {rule.oifname}{' [detached]' if rule.flags & FibRuleFlag.OIF_DETACHED else ''}")
    if rule.ipproto:
        parts.append(f" ipproto {_ipproto(rule.ipproto)}")
    for name, ports in (("sport", rule.sport), ("dport", rule.dport)):
        if ports is not None:
            parts.append(f" {name} {ports[0]}" + (f"-{ports[1]}" if ports[0] != ports[1] else ""))
    parts.append(_action(rule))
    if (rule.protocol and rule.protocol != Rtprot.KERNEL) or details:
        parts.append(f" proto {RTPROT.n2a(rule.protocol)}")
    ip.write("".join(parts) + "\n")


def _hex(number: int | None) -> str:
    """%#x: zero has no prefix."""
    return f"{number:#x}" if number else "0"


def _prefix(address: bytes | None, length: int, host: int) -> str:
    if address is None:
        return f"0/{length}" if length else ""
    return format_host(address) + ("" if length == host else f"/{length}")


def _ipproto(number: int) -> str:
    return IPPROTO.names.get(number, f"ipproto-{number}")


def _action(rule: Rule) -> str:
    text = ""
    if rule.table:
        text = f" lookup {RTTABLE.n2a(rule.table)}"
        if rule.suppress_prefixlength != -1:
            text += f" suppress_prefixlength {rule.suppress_prefixlength}"
    if rule.action is FrAct.GOTO:
        text += f" goto {rule.goto or 'none'}" + (" [unresolved]" if rule.flags & FibRuleFlag.UNRESOLVED else "")
    elif rule.action is FrAct.NOP:
        text += " nop"
    elif rule.action is not FrAct.TO_TBL:
        text += f" {RTNTYPE.n2a(rule.action)}"
    return text


# Reading


class _Parser:
    """The fields of a Rule, and ``table_ok``: what it does has been said."""

    def __init__(self, ip: Ip) -> None:
        self.family = ip.family
        self.fields: dict[str, Any] = {}
        self.flags = FibRuleFlag.NONE
        self.table_ok = False


Option = Callable[[_Parser, str, Arguments], None]


def _not(parser: _Parser, word: str, args: Arguments) -> None:
    parser.flags |= FibRuleFlag.INVERT


def _read_prefix(field: str) -> Option:
    def parse(parser: _Parser, word: str, args: Arguments) -> None:
        prefix = get_prefix(args.value(), parser.family)
        parser.fields[f"{field}_len"] = prefix.bitlen
        parser.fields[field] = prefix.data if prefix.bitlen else None

    return parse


def _number(field: str, complaint: str, read: Callable[[str], int | None]) -> Option:
    def parse(parser: _Parser, word: str, args: Arguments) -> None:
        value = args.value()
        number = read(value)
        if number is None:
            invarg(complaint, value)
        parser.fields[field] = number

    return parse


def _fwmark(parser: _Parser, word: str, args: Arguments) -> None:
    mark_text, slash, mask_text = args.value().partition("/")
    mark = get_unsigned(mark_text)
    if mark is None:
        invarg("fwmark value is invalid\n", mark_text)
    parser.fields["fwmark"] = mark
    if slash:
        mask = get_unsigned(mask_text)
        if mask is None:
            invarg("fwmask value is invalid\n", mask_text)
        parser.fields["fwmask"] = mask


def _table(parser: _Parser, word: str, args: Arguments) -> None:
    _number("table", "invalid table ID\n", RTTABLE.a2n)(parser, word, args)
    parser.table_ok = True


def _suppress_prefixlength(parser: _Parser, word: str, args: Arguments) -> None:
    value = args.value()
    length = get_integer(value)
    if length is None or length < 0:
        invarg("suppress_prefixlength value is invalid\n", value)
    parser.fields["suppress_prefixlength"] = length


def _ifname(field: str, complaint: str) -> Option:
    def parse(parser: _Parser, word: str, args: Arguments) -> None:
        name = args.value()
        if not check_ifname(name):
            invarg(complaint, name)
        parser.fields[field] = name

    return parse


def _ports(field: str, complaint: str) -> Option:
    def parse(parser: _Parser, word: str, args: Arguments) -> None:
        value = args.value()
        match = _PORTS.fullmatch(value)
        if match is None:
            invarg(complaint, value)
        first = int(match[1]) & 0xFFFF
        parser.fields[field] = (first, int(match[2]) & 0xFFFF if match[2] else first)

    return parse


def _unmodelled(parser: _Parser, word: str, args: Arguments) -> None:
    not_modelled(f'"{word}"')


_IIF = _ifname("iifname", '"iif"/"dev" not a valid ifname')
_OIF = _ifname("oifname", '"oif" not a valid ifname')
_PREFERENCE = _number("priority", "preference value is invalid\n", get_unsigned)
_TOS = _number("tos", "TOS value is invalid\n", DSFIELD.a2n)

MODIFY_OPTIONS: Mapping[str, Option] = {
    "not": _not,
    "from": _read_prefix("src"),
    "to": _read_prefix("dst"),
    "preference*": _PREFERENCE,
    "order*": _PREFERENCE,
    "priority*": _PREFERENCE,
    "tos": _TOS,
    "dsfield*": _TOS,
    "fwmark": _fwmark,
    "realms*": _unmodelled,
    "protocol*": _number("protocol", '"protocol" value is invalid\n', RTPROT.a2n),
    "tun_id*": _unmodelled,
    "table*": _table,
    "lookup": _table,
    "suppress_prefixlength*": _suppress_prefixlength,
    "sup_pl": _suppress_prefixlength,
    "suppress_ifgroup*": _unmodelled,
    "sup_group": _unmodelled,
    "dev": _IIF,
    "iif": _IIF,
    "oif": _OIF,
    "l3mdev": _unmodelled,
    "uidrange": _unmodelled,
    "nat": _unmodelled,
    "map-to*": _unmodelled,
    "ipproto": _number("ipproto", 'Invalid "ipproto" value\n', IPPROTO.a2n),
    "sport": _ports("sport", "invalid port range\n"),
    "dport": _ports("dport", "invalid dport range\n"),
}


def _type(parser: _Parser, word: str, args: Arguments) -> None:
    if word == "type":
        word = args.value()
    if matches(word, "help"):
        raise Exit(USAGE, USAGE_TEXT)
    if matches(word, "goto"):
        target = args.value()
        parser.fields["goto"] = get_unsigned(target)
        if parser.fields["goto"] is None:
            invarg("invalid target\n", target)
        kind: int | None = FrAct.GOTO
    else:
        kind = FrAct.NOP if matches(word, "nop") else rtnl_rtntype_a2n(word)
    if kind is None:
        invarg("Failed to parse rule type", word)
    if kind not in set(FrAct):
        not_modelled(f'rule type "{word}"')
    parser.fields["action"] = FrAct(kind)
    parser.table_ok = True


def _modify(ip: Ip, args: Arguments, add: bool) -> Rule:
    if not args:
        raise Exit(FAILURE, f'"ip rule {"add" if add else "del"}" requires arguments.\n')
    parser = _Parser(ip)
    while args:
        word = args.take()
        option = lookup(MODIFY_OPTIONS, word)
        if option is None:
            _type(parser, word, args)
        else:
            option(parser, word, args)
    fields = parser.fields
    fields.setdefault("action", FrAct.TO_TBL if add else FrAct.UNSPEC)
    fields.setdefault("protocol", Rtprot.UNSPEC)
    if add and not parser.table_ok:
        fields["table"] = RT_TABLE_MAIN
    return Rule(family=parser.family or AF_INET, flags=parser.flags, **fields)


def _newrule(ip: Ip, args: Arguments) -> int:
    ip.rtnl_talk(NewRule(_modify(ip, args, add=True), NlmFlags.CREATE | NlmFlags.EXCL))
    return 0


def _delrule(ip: Ip, args: Arguments) -> int:
    ip.rtnl_talk(DelRule(_modify(ip, args, add=False)))
    return 0


# Listing and flushing

LIST_OPTIONS: Mapping[str, Option] = {
    "preference*": _PREFERENCE,
    "order*": _PREFERENCE,
    "priority*": _PREFERENCE,
    "not": _not,
    "tos": _TOS,
    "dsfield": _TOS,
    "fwmark": _fwmark,
    "dev": _IIF,
    "iif": _IIF,
    "oif": _OIF,
    "l3mdev": _unmodelled,
    "uidrange": _unmodelled,
    "tun_id*": _unmodelled,
    "lookup*": _number("table", "table id value is invalid\n", RTTABLE.a2n),
    "table*": _number("table", "table id value is invalid\n", RTTABLE.a2n),
    "from*": _read_prefix("src"),
    "src*": _read_prefix("src"),
    "protocol*": _number("protocol", 'invalid "protocol"\n', RTPROT.a2n),
    "ipproto": _number("ipproto", 'Invalid "ipproto" value\n', IPPROTO.a2n),
    "sport": _ports("sport", "invalid port range\n"),
    "dport": _ports("dport", "invalid dport range\n"),
    "dst*": _read_prefix("dst"),
    "to*": _read_prefix("dst"),
}

_COMPARED = ("priority", "tos", "fwmark", "fwmask", "iifname", "oifname", "ipproto", "sport", "dport", "table")
"""Fields in which a listed rule must equal what was asked; zero asks nothing, except of a priority."""


def _selected(ip: Ip, args: Arguments, flush: bool) -> list[Rule]:
    parser = _Parser(ip)
    parser.family = parser.family or AF_INET
    while args:
        word = args.take()
        option = lookup(LIST_OPTIONS, word)
        if option is None:
            args.back()
            option = _read_prefix("dst")
        option(parser, word, args)
    rules: tuple[Rule, ...] = ip.rtnl_talk(DumpRules(parser.family))
    return [rule for rule in rules if _wanted(rule, parser, flush)]


def _wanted(rule: Rule, parser: _Parser, flush: bool) -> bool:
    asked = parser.fields
    return (
        all(not asked.get(name) or asked[name] == getattr(rule, name) for name in _COMPARED)
        and asked.get("priority", rule.priority or 0) == (rule.priority or 0)
        and (not parser.flags or bool(rule.flags & FibRuleFlag.INVERT))
        and _in_prefix(asked, "src", rule.src, rule.src_len)
        and _in_prefix(asked, "dst", rule.dst, rule.dst_len)
        # only flush looks at the protocol
        and (not flush or asked.get("protocol", rule.protocol) == rule.protocol)
    )


def _in_prefix(asked: Mapping[str, Any], name: str, address: bytes | None, length: int) -> bool:
    data = asked.get(name)
    if data is None:
        return True
    prefix = InetPrefix(AF_INET, data, asked[f"{name}_len"])
    return prefix.bitlen <= length and address is not None and prefix.contains(address)


def _show(ip: Ip, args: Arguments) -> int:
    for rule in _selected(ip, args, flush=False):
        print_rule(ip, rule)
    return 0


def _flush(ip: Ip, args: Arguments) -> int:
    """Deletes what has a priority: the rule of table local stays."""
    for rule in _selected(ip, args, flush=True):
        if rule.priority:
            ip.rtnl_talk(DelRule(rule))
    return 0


def usage(ip: Ip, args: Arguments) -> int:
    """``ip rule help``."""
    raise Exit(USAGE, USAGE_TEXT)


def _files(ip: Ip, args: Arguments) -> int:
    not_modelled("saving and restoring rules")


COMMANDS: Mapping[str, Callable[[Ip, Arguments], int]] = {
    "list*": _show,
    "lst*": _show,
    "show*": _show,
    "save*": _files,
    "restore*": _files,
    "add*": _newrule,
    "delete*": _delrule,
    "flush*": _flush,
    "help*": usage,
}


def do_iprule(ip: Ip, args: Arguments) -> int:
    """``ip rule …``."""
    if not args:
        return _show(ip, args)
    word = args.take()
    run = lookup(COMMANDS, word)
    if run is None:
        raise Exit(USAGE, f'Command "{word}" is unknown, try "ip rule help".\n')
    return run(ip, args)
