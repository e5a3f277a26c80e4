"""Policy rules: which table is asked for a packet (net/core/fib_rules.c and net/ipv4/fib_rules.c)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import fields, replace

from webapp.kernel.core.flow_dissector import FlowField, skb_flow_dissect
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.address import inet_make_mask, number
from webapp.kernel.ipv4.fib_table import FibTable, fib_lookup_merged, fib_table_lookup
from webapp.kernel.ipv4.flow import INET_DSCP_LEGACY_TOS_MASK, LOOPBACK_IFINDEX, Flowi4
from webapp.kernel.ipv4.ip_fib import FibResult
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import (
    RT_TABLE_DEFAULT,
    RT_TABLE_LOCAL,
    RT_TABLE_MAIN,
    RT_TABLE_UNSPEC,
    DelRule,
    DumpRules,
    FibRuleFlag,
    FrAct,
    NewRule,
    Rtprot,
    Rule,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

IPTOS_TOS_MASK = 0x1E

UNREACHABLE = FibResult(None, None, Errno.ENETUNREACH)
"""What a look-up says where no rule led to a route."""

_ACTIONS = {
    FrAct.UNREACHABLE: UNREACHABLE,
    FrAct.PROHIBIT: FibResult(None, None, Errno.EACCES),
    FrAct.BLACKHOLE: FibResult(None, None, Errno.EINVAL),
}


class FibRule:
    """struct fib_rule with what fib4_rule adds. ``rule`` is what was asked for, with its priority and table chosen."""

    __slots__ = ("dst", "dstmask", "iifindex", "mark", "mark_mask", "oifindex", "pref", "rule", "src", "srcmask")

    def __init__(self, net: Net, rule: Rule) -> None:
        self.rule = rule
        self.pref = rule.priority or 0
        self.src = number(rule.src) if rule.src else 0
        self.srcmask = inet_make_mask(rule.src_len)
        self.dst = number(rule.dst) if rule.dst else 0
        self.dstmask = inet_make_mask(rule.dst_len)
        self.mark = rule.fwmark
        self.mark_mask = (0xFFFFFFFF if rule.fwmark else 0) if rule.fwmask is None else rule.fwmask
        self.iifindex = self.oifindex = 0
        self.attach(net)

    def attach(self, net: Net) -> None:
        """attach_rules, detach_rules: names of devices are looked up; -1 for a device that is not there."""
        for name, field in ((self.rule.iifname, "iifindex"), (self.rule.oifname, "oifindex")):
            dev = net.dev_get_by_name(name) if name else None
            setattr(self, field, 0 if not name else -1 if dev is None else dev.ifindex)


def fib_rule_match(rule: FibRule, flow: Flowi4) -> bool:
    """fib_rule_match and fib4_rule_match."""
    spec = rule.rule
    matches = not (
        (rule.iifindex and rule.iifindex != flow.iif)
        or (rule.oifindex and rule.oifindex != flow.oif)
        or (rule.mark ^ flow.mark) & rule.mark_mask
        or (number(flow.saddr) ^ rule.src) & rule.srcmask
        or (flow.key ^ rule.dst) & rule.dstmask
        or (spec.tos and spec.tos != flow.tos & INET_DSCP_LEGACY_TOS_MASK)
        or (spec.ipproto and spec.ipproto != flow.proto)
        or (spec.sport and not spec.sport[0] <= flow.sport <= spec.sport[1])
        or (spec.dport and not spec.dport[0] <= flow.dport <= spec.dport[1])
    )
    return matches != bool(spec.flags & FibRuleFlag.INVERT)


def fib4_rules_early_flow_dissect(skb: SkBuff, flow: Flowi4) -> None:
    """fib4_rules_early_flow_dissect: fills in protocol and ports; for net.ipv4.fib_rules_require_fldissect only."""
    key = skb_flow_dissect(skb)
    flow.proto = key[FlowField.IP_PROTO]
    flow.sport = key[FlowField.TP_SRC]
    flow.dport = key[FlowField.TP_DST]


def fib_rules_lookup(net: Net, flow: Flowi4, ignore_linkstate: bool) -> FibResult:
    """fib_rules_lookup: rules in order of priority, until one has an answer."""
    goto = -1
    for rule in net.ipv4.rules:
        if rule.pref < goto or not fib_rule_match(rule, flow):
            continue
        spec = rule.rule
        if spec.action == FrAct.GOTO:
            if any(other.pref == spec.goto for other in net.ipv4.rules):
                goto = spec.goto
            continue
        if spec.action == FrAct.NOP:
            continue
        if spec.action != FrAct.TO_TBL:
            return _ACTIONS[spec.action]
        table = net.ipv4.tables.get(spec.table)
        if table is None:
            continue
        result = fib_table_lookup(table, flow, ignore_linkstate)
        if not result.error and result.prefixlen <= spec.suppress_prefixlength:
            continue
        if result.error != Errno.EAGAIN:
            return result
    return UNREACHABLE


def fib_lookup(net: Net, flow: Flowi4, ignore_linkstate: bool = False) -> FibResult:
    """fib_lookup (include/net/ip_fib.h): the route for a flow; look at ``error`` first (a positive errno, or 0)."""
    ipv4 = net.ipv4
    if ipv4.fib_has_custom_rules:
        return fib_rules_lookup(net, flow, ignore_linkstate)
    result = fib_lookup_merged(net, flow, ignore_linkstate)
    if result.error == Errno.EAGAIN:
        default = ipv4.tables.get(RT_TABLE_DEFAULT)
        if default is not None:
            result = fib_table_lookup(default, flow, ignore_linkstate)
        if result.error == Errno.EAGAIN:
            return UNREACHABLE
    return result


def fib_new_table(net: Net, table: int) -> FibTable:
    """fib_new_table: the table of that number, made if need be."""
    found: FibTable | None = net.ipv4.tables.get(table or RT_TABLE_MAIN)
    if found is None:
        found = net.ipv4.tables[table or RT_TABLE_MAIN] = FibTable(table or RT_TABLE_MAIN)
    return found


def fib4_rules_init(net: Net) -> None:
    """fib4_rules_init: the three rules that every namespace has."""
    for priority, table in ((0, RT_TABLE_LOCAL), (0x7FFE, RT_TABLE_MAIN), (0x7FFF, RT_TABLE_DEFAULT)):
        rule = Rule(priority=priority, table=table, protocol=Rtprot.KERNEL)
        net.ipv4.rules.append(FibRule(net, rule))


# --- rtnetlink ----------------------------------------------------------------------------------------------------


def requires_fldissect(rule: AnyRule) -> bool:
    """fib_rule_requires_fldissect: whether it asks what stands behind the network header of packets from outside."""
    spec = rule.rule
    return rule.iifindex != LOOPBACK_IFINDEX and bool(spec.ipproto or spec.sport or spec.dport)


class AnyRule(Protocol):
    """struct fib_rule of any family."""

    rule: Rule
    pref: int
    mark: int
    mark_mask: int
    iifindex: int
    oifindex: int


def default_pref(rules: Sequence[AnyRule]) -> int:
    """fib_default_rule_pref: in front of the second rule."""
    return rules[1].pref - 1 if len(rules) > 1 and rules[1].pref else 0


def _inval(extack: str) -> KernelError:
    return KernelError(Errno.EINVAL, extack)


def fib_nl2rule(rule: Rule, bits: int, default_priority: int) -> None:
    """fib_nl2rule: refuses what cannot be in a family whose addresses have so many bits."""
    if rule.src_len and (rule.src is None or rule.src_len > bits or len(rule.src) * 8 != bits):
        raise _inval("Invalid source address")
    if rule.dst_len and (rule.dst is None or rule.dst_len > bits or len(rule.dst) * 8 != bits):
        raise _inval("Invalid dst address")
    priority = default_priority if rule.priority is None else rule.priority
    if rule.goto:
        if rule.action != FrAct.GOTO:
            raise _inval("Unexpected goto")
        if rule.goto <= priority:
            raise _inval("Backward goto not supported")
    elif rule.action == FrAct.GOTO:
        raise _inval("Missing goto target for action goto")
    for ports, name in ((rule.sport, "sport"), (rule.dport, "dport")):
        if ports is not None and not 0 < ports[0] <= ports[1] < 0xFFFF:
            raise _inval(f"Invalid {name} range")


_SELECTORS = tuple(
    field.name for field in fields(Rule) if field.name not in ("flags", "priority", "fwmask", "goto", "protocol")
)


def same(a: AnyRule, b: AnyRule) -> bool:
    """rule_exists: all selectors and the action."""
    return (
        a.pref == b.pref
        and a.mark_mask == b.mark_mask
        and a.rule.protocol == b.rule.protocol
        and all(getattr(a.rule, name) == getattr(b.rule, name) for name in _SELECTORS)
    )


def fits(rule: AnyRule, wanted: Rule) -> bool:
    """rule_find: what was not named fits."""
    spec = rule.rule
    pairs = (
        (wanted.action, spec.action),
        (wanted.table, spec.table),
        (wanted.iifname, spec.iifname),
        (wanted.oifname, spec.oifname),
        (wanted.fwmark, rule.mark),
        (wanted.fwmask, rule.mark_mask),
        (wanted.ipproto, spec.ipproto),
        (wanted.protocol, spec.protocol),
        (wanted.sport, spec.sport),
        (wanted.dport, spec.dport),
        (wanted.tos, spec.tos),
        (wanted.src_len and wanted.src, spec.src),
        (wanted.dst_len and wanted.dst, spec.dst),
        (wanted.src_len, spec.src_len),
        (wanted.dst_len, spec.dst_len),
    )
    return (
        all(not asked or asked == has for asked, has in pairs)
        and wanted.priority in (None, rule.pref)
        and wanted.suppress_prefixlength in (-1, spec.suppress_prefixlength)
    )


@kfunc("net/core/fib_rules.c", "fib_nl_newrule")
def fib_nl_newrule(net: Net, request: NewRule) -> None:
    """RTM_NEWRULE: EEXIST with NLM_F_EXCL where the very same rule is there."""
    wanted = request.rule
    fib_nl2rule(wanted, 32, default_pref(net.ipv4.rules))
    priority = default_pref(net.ipv4.rules) if wanted.priority is None else wanted.priority
    rule = FibRule(net, replace(wanted, priority=priority))
    ipv4 = net.ipv4
    if request.nlm_flags & NlmFlags.EXCL and any(same(rule, other) for other in ipv4.rules):
        raise KernelError(Errno.EEXIST)
    if wanted.tos & 3:
        raise _inval("Invalid dsfield (tos): ECN bits must be 0")
    if wanted.tos & ~IPTOS_TOS_MASK:
        raise _inval("Invalid tos")
    if wanted.table == RT_TABLE_UNSPEC and wanted.action == FrAct.TO_TBL:
        empty = next(id_ for id_ in range(1, 0x7FFFFFFF) if id_ not in ipv4.tables)
        fib_new_table(net, empty)
        rule.rule = replace(rule.rule, table=empty)
    place = next((i for i, other in enumerate(ipv4.rules) if other.pref > priority), len(ipv4.rules))
    ipv4.rules.insert(place, rule)
    ipv4.fib_has_custom_rules = True
    ipv4.fib_rules_require_fldissect += requires_fldissect(rule)
    ipv4.rt_genid += 1


@kfunc("net/core/fib_rules.c", "fib_nl_delrule")
def fib_nl_delrule(net: Net, request: DelRule) -> None:
    """RTM_DELRULE: ENOENT where no rule fits."""
    fib_nl2rule(request.rule, 32, default_pref(net.ipv4.rules))
    ipv4 = net.ipv4
    rule = next((rule for rule in ipv4.rules if fits(rule, request.rule)), None)
    if rule is None:
        raise KernelError(Errno.ENOENT)
    ipv4.rules.remove(rule)
    ipv4.fib_has_custom_rules = True
    ipv4.fib_rules_require_fldissect -= requires_fldissect(rule)
    ipv4.rt_genid += 1


def fib_nl_dumprule(net: Net, request: DumpRules) -> tuple[Rule, ...]:
    """RTM_GETRULE: all rules in order of priority."""
    priorities = {rule.pref for rule in net.ipv4.rules}
    return tuple(fill_rule(rule, priorities) for rule in net.ipv4.rules)


def fill_rule(rule: AnyRule, priorities: set[int]) -> Rule:
    """fib_nl_fill_rule."""
    flags = rule.rule.flags
    if rule.iifindex == -1:
        flags |= FibRuleFlag.IIF_DETACHED
    if rule.oifindex == -1:
        flags |= FibRuleFlag.OIF_DETACHED
    if rule.rule.action == FrAct.GOTO and rule.rule.goto not in priorities:
        flags |= FibRuleFlag.UNRESOLVED
    return replace(rule.rule, flags=flags, fwmask=rule.mark_mask)


def fib_rules_event(net: Net) -> None:
    """fib_rules_event: devices come, go and change their names; rules that name them follow."""
    for rule in net.ipv4.rules:
        rule.attach(net)
