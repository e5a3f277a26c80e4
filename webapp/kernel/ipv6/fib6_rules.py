"""Policy rules of IPv6 (net/ipv6/fib6_rules.c); what all families share is in ipv4/fib_rules.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from webapp.kernel.core.flow_dissector import FlowField, skb_flow_dissect
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.fib_rules import default_pref, fib_nl2rule, fill_rule, fits, requires_fldissect, same
from webapp.kernel.ipv6.address import ipv6_mask, number
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.ip6_fib import Fib6Result, Fib6Table, fib6_get_table, fib6_new_table, rt_genid_bump_ipv6
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import (
    RT_TABLE_LOCAL,
    RT_TABLE_MAIN,
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

UNREACHABLE = Fib6Result(None, None, Errno.ENETUNREACH)
"""What a look-up says where no rule led to a route."""

_ACTIONS = {
    FrAct.UNREACHABLE: UNREACHABLE,
    FrAct.PROHIBIT: Fib6Result(None, None, Errno.EACCES),
    FrAct.BLACKHOLE: Fib6Result(None, None, Errno.EINVAL),
}

Lookup = Callable[["Net", Fib6Table, Flowi6, int, int], Fib6Result]
"""A look-up in one table for (…, oif, strict); its result's ``error`` is EAGAIN where the next rule is to be asked."""


class Fib6Rule:
    """struct fib6_rule. ``rule`` is what was asked for, with its priority and table chosen."""

    __slots__ = ("dst", "dstmask", "iifindex", "mark", "mark_mask", "oifindex", "pref", "rule", "src", "srcmask")

    def __init__(self, net: Net, rule: Rule) -> None:
        self.rule = rule
        self.pref = rule.priority or 0
        self.src = number(rule.src) if rule.src else 0
        self.srcmask = ipv6_mask(rule.src_len)
        self.dst = number(rule.dst) if rule.dst else 0
        self.dstmask = ipv6_mask(rule.dst_len)
        self.mark = rule.fwmark
        self.mark_mask = (0xFFFFFFFF if rule.fwmark else 0) if rule.fwmask is None else rule.fwmask
        self.iifindex = self.oifindex = 0
        self.attach(net)

    def attach(self, net: Net) -> None:
        """attach_rules, detach_rules: names of devices are looked up; -1 for a device that is not there."""
        for name, field in ((self.rule.iifname, "iifindex"), (self.rule.oifname, "oifindex")):
            dev = net.dev_get_by_name(name) if name else None
            setattr(self, field, 0 if not name else -1 if dev is None else dev.ifindex)


def fib6_rule_match(rule: Fib6Rule, flow: Flowi6) -> bool:
    """fib_rule_match and fib6_rule_match."""
    spec = rule.rule
    matches = not (
        (rule.iifindex and rule.iifindex != flow.iif)
        or (rule.oifindex and rule.oifindex != flow.oif)
        or (rule.mark ^ flow.mark) & rule.mark_mask
        or (number(flow.saddr) ^ rule.src) & rule.srcmask
        or (number(flow.daddr) ^ rule.dst) & rule.dstmask
        or (spec.tos and spec.tos != flow.tclass & 0xFC)
        or (spec.ipproto and spec.ipproto != flow.proto)
        or (spec.sport and not spec.sport[0] <= flow.sport <= spec.sport[1])
        or (spec.dport and not spec.dport[0] <= flow.dport <= spec.dport[1])
    )
    return matches != bool(spec.flags & FibRuleFlag.INVERT)


def fib6_rules_early_flow_dissect(skb: SkBuff, flow: Flowi6) -> None:
    """fib6_rules_early_flow_dissect: fills in protocol and ports; for net.ipv6.fib6_rules_require_fldissect only."""
    key = skb_flow_dissect(skb)
    flow.proto = key[FlowField.IP_PROTO]
    flow.sport = key[FlowField.TP_SRC]
    flow.dport = key[FlowField.TP_DST]


def fib6_rule_lookup(net: Net, flow: Flowi6, lookup: Lookup, oif: int, strict: int) -> Fib6Result:
    """fib6_rule_lookup: rules in order of priority, until one has an answer."""
    ipv6 = net.ipv6
    if not ipv6.fib6_has_custom_rules:
        for id_ in (RT_TABLE_LOCAL, RT_TABLE_MAIN):
            result = lookup(net, ipv6.fib6_tables[id_], flow, oif, strict)
            if result.error != Errno.EAGAIN:
                return result
        return UNREACHABLE
    goto = -1
    for rule in ipv6.fib6_rules:
        if rule.pref < goto or not fib6_rule_match(rule, flow):
            continue
        spec = rule.rule
        if spec.action == FrAct.GOTO:
            if any(other.pref == spec.goto for other in ipv6.fib6_rules):
                goto = spec.goto
            continue
        if spec.action == FrAct.NOP:
            continue
        if spec.action != FrAct.TO_TBL:
            return _ACTIONS[spec.action]
        table = fib6_get_table(net, spec.table)
        if table is None:
            continue
        result = lookup(net, table, flow, oif, strict)
        if result.f6i is not None and result.f6i.plen <= spec.suppress_prefixlength:
            continue
        if result.error != Errno.EAGAIN:
            return result
    return UNREACHABLE


def fib6_rules_init(net: Net) -> None:
    """fib6_rules_net_init: the two rules that every namespace has, and their tables."""
    for priority, table in ((0, RT_TABLE_LOCAL), (0x7FFE, RT_TABLE_MAIN)):
        fib6_new_table(net, table)
        net.ipv6.fib6_rules.append(Fib6Rule(net, Rule(priority=priority, table=table, protocol=Rtprot.KERNEL)))


# --- rtnetlink ----------------------------------------------------------------------------------------------------


def fib6_nl_newrule(net: Net, request: NewRule) -> None:
    """fib_nl_newrule: EEXIST with NLM_F_EXCL where the very same rule is there."""
    wanted = request.rule
    ipv6 = net.ipv6
    fib_nl2rule(wanted, 128, default_pref(ipv6.fib6_rules))
    priority = default_pref(ipv6.fib6_rules) if wanted.priority is None else wanted.priority
    rule = Fib6Rule(net, replace(wanted, priority=priority))
    if request.nlm_flags & NlmFlags.EXCL and any(same(rule, other) for other in ipv6.fib6_rules):
        raise KernelError(Errno.EEXIST)
    if wanted.tos & 3:
        raise KernelError(Errno.EINVAL, "Invalid dsfield (tos): ECN bits must be 0")
    if wanted.action == FrAct.TO_TBL:
        if not wanted.table:
            raise KernelError(Errno.EINVAL, "Invalid table")
        fib6_new_table(net, wanted.table)
    place = next((at for at, other in enumerate(ipv6.fib6_rules) if other.pref > priority), len(ipv6.fib6_rules))
    ipv6.fib6_rules.insert(place, rule)
    ipv6.fib6_has_custom_rules = True
    ipv6.fib6_rules_require_fldissect += requires_fldissect(rule)
    rt_genid_bump_ipv6(net)


def fib6_nl_delrule(net: Net, request: DelRule) -> None:
    """fib_nl_delrule: ENOENT where no rule fits."""
    ipv6 = net.ipv6
    fib_nl2rule(request.rule, 128, default_pref(ipv6.fib6_rules))
    rule = next((rule for rule in ipv6.fib6_rules if fits(rule, request.rule)), None)
    if rule is None:
        raise KernelError(Errno.ENOENT)
    ipv6.fib6_rules.remove(rule)
    ipv6.fib6_has_custom_rules = True
    ipv6.fib6_rules_require_fldissect -= requires_fldissect(rule)
    rt_genid_bump_ipv6(net)


def fib6_nl_dumprule(net: Net, request: DumpRules) -> tuple[Rule, ...]:
    """fib_nl_dumprule: all rules in order of priority."""
    rules = net.ipv6.fib6_rules
    priorities = {rule.pref for rule in rules}
    return tuple(replace(fill_rule(rule, priorities), family=request.family) for rule in rules)


def fib6_rules_event(net: Net) -> None:
    """fib_rules_event: rules that name devices follow them."""
    for rule in net.ipv6.fib6_rules:
        rule.attach(net)
