"""Running a chain over a packet (net/netfilter/nf_tables_core.c)."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_tables import REGS_SIZE, NftChain, NftExpr, NftPktinfo, NftRule
from webapp.kernel.netfilter.nf_tables_trace import NftTraceinfo, nft_trace_init, nft_trace_notify
from webapp.kernel.trace import RECORDER, ChainRun, ExprRun, Recorder, RuleRun
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NF_DROP, NF_QUEUE, NF_STOLEN
from webapp.kernel.uapi.nf_tables import (
    NFT_BREAK,
    NFT_CONTINUE,
    NFT_GOTO,
    NFT_JUMP,
    NFT_JUMP_STACK_SIZE,
    NFT_RETURN,
    NFT_TRACETYPE_POLICY,
    NFT_TRACETYPE_RETURN,
    NFT_TRACETYPE_RULE,
)
from webapp.kernel.uapi.nftnl import FAMILY_NAMES, expr_snprintf

_VERDICT_NAMES = {
    NF_DROP: "NF_DROP",
    NF_ACCEPT: "NF_ACCEPT",
    NF_STOLEN: "NF_STOLEN",
    NF_QUEUE: "NF_QUEUE",
    NFT_CONTINUE: "NFT_CONTINUE",
    NFT_BREAK: "NFT_BREAK",
    NFT_JUMP: "NFT_JUMP",
    NFT_GOTO: "NFT_GOTO",
    NFT_RETURN: "NFT_RETURN",
}
_EPERM = 1
NF_DROPPED = _EPERM << 16 | NF_STOLEN
"""What NF_DROP_REASON gives: the packet is freed, and its sender is to hear EPERM (NF_DROP_GETERR)."""


def verdict_name(verdict: object) -> str:
    """A verdict in the kernel's word."""
    if verdict == NF_DROPPED:
        return "NF_DROP"
    return _VERDICT_NAMES.get(verdict, "") if isinstance(verdict, int) else ""


@kfunc("net/netfilter/nf_tables_core.c", "nft_do_chain", verdict=verdict_name)
def nft_do_chain(pkt: NftPktinfo, priv: NftChain) -> int:
    """Runs the rules of a base chain: NF_ACCEPT, NF_STOLEN, or NF_DROPPED, the packet being freed then."""
    recorder = RECORDER.get()
    if recorder is not None or priv.table.net.machine.keys.nft_trace_enabled:
        return _do_chain_watched(pkt, priv, recorder)
    chain = priv
    regs = bytearray(REGS_SIZE)
    jumpstack: list[Iterator[NftRule]] = []
    rules = iter(chain.rules)
    while True:
        verdict = NFT_CONTINUE
        for rule in rules:
            for evaluate in rule.evals:
                result = evaluate(regs, pkt)
                if result is not None:
                    if result != NFT_BREAK:
                        verdict = result
                    break
            if verdict != NFT_CONTINUE:
                break
        if verdict >= 0:
            return verdict if verdict != NF_DROP else _drop(pkt.skb)
        if verdict in (NFT_JUMP, NFT_GOTO) and pkt.chain is not None:
            priv.table.net.machine.charge_jump()
            if verdict == NFT_JUMP:
                if len(jumpstack) >= NFT_JUMP_STACK_SIZE:
                    return _drop(pkt.skb)
                jumpstack.append(rules)
            rules = iter(pkt.chain.rules)
        elif jumpstack:
            rules = jumpstack.pop()
        else:
            break
    base = priv.base
    return NF_ACCEPT if base is None or base.policy == NF_ACCEPT else _drop(pkt.skb)


def _drop(skb: SkBuff) -> int:
    kfree_skb_reason(skb, DropReason.NETFILTER_DROP)
    return NF_DROPPED


def _do_chain_watched(pkt: NftPktinfo, priv: NftChain, recorder: Recorder | None) -> int:
    """The same walk, each rule and the chain's end noted on the way and, as nft_trace_enabled says, told about."""
    regs = bytearray(REGS_SIZE)
    info = nft_trace_init(pkt, priv) if priv.table.net.machine.keys.nft_trace_enabled else None
    jumpstack: list[tuple[NftChain, Iterator[NftRule]]] = []
    chain = priv
    rules = iter(chain.rules)
    while True:
        verdict, rule = _rules_watched(rules, regs, pkt, chain, info, recorder)
        if info is not None:
            _trace_verdict(pkt, verdict, rule, chain, info)
        if verdict >= 0:
            if recorder is not None:
                _note_chain(priv, verdict, recorder)
            return verdict if verdict != NF_DROP else _drop(pkt.skb)
        if verdict in (NFT_JUMP, NFT_GOTO) and pkt.chain is not None:
            priv.table.net.machine.charge_jump()
            if verdict == NFT_JUMP:
                if len(jumpstack) >= NFT_JUMP_STACK_SIZE:
                    return _drop(pkt.skb)
                jumpstack.append((chain, rules))
            chain = pkt.chain
            rules = iter(chain.rules)
        elif jumpstack:
            chain, rules = jumpstack.pop()
        else:
            break
    if info is not None:
        info.nf_trace = pkt.skb.nf_trace
        _trace_packet(pkt, verdict, None, priv, info, NFT_TRACETYPE_POLICY)
    policy = NF_ACCEPT if priv.base is None else priv.base.policy
    if recorder is not None:
        _note_chain(priv, policy, recorder)
    return NF_ACCEPT if policy == NF_ACCEPT else _drop(pkt.skb)


def _rules_watched(
    rules: Iterator[NftRule],
    regs: bytearray,
    pkt: NftPktinfo,
    chain: NftChain,
    info: NftTraceinfo | None,
    recorder: Recorder | None,
) -> tuple[int, NftRule | None]:
    """The rules that are left of a chain, to the first verdict: it, and whose it is; or that there was none."""
    for rule in rules:
        verdict = _rule(rule, regs, pkt) if recorder is None else _rule_recorded(rule, regs, pkt, recorder)
        if verdict not in (NFT_BREAK, NFT_CONTINUE):
            return verdict, rule
        if info is not None:
            info.nf_trace = pkt.skb.nf_trace
            if verdict == NFT_CONTINUE:
                _trace_packet(pkt, verdict, rule, chain, info, NFT_TRACETYPE_RULE)
    return NFT_CONTINUE, None


def _rule(rule: NftRule, regs: bytearray, pkt: NftPktinfo) -> int:
    """One rule: its verdict; NFT_BREAK if it does not match, NFT_CONTINUE if it does and gives none."""
    for evaluate in rule.evals:
        result = evaluate(regs, pkt)
        if result is not None:
            return result
    return NFT_CONTINUE


def _rule_recorded(rule: NftRule, regs: bytearray, pkt: NftPktinfo, recorder: Recorder) -> int:
    """The same, noted."""
    runs: list[ExprRun] = []
    verdict = NFT_CONTINUE
    word = ""
    for expr in rule.exprs:
        result = expr.eval(regs, pkt)
        runs.append(_expr_run(expr, regs, goes_on=result is None))
        if result is not None:
            verdict = result
            if result != NFT_BREAK:
                word = verdict_name(result)
                if result in (NFT_JUMP, NFT_GOTO) and pkt.chain is not None:
                    word = f"{word} -> {pkt.chain.name}"
            break
    chain = rule.chain
    table = chain.table
    recorder.note(RuleRun(FAMILY_NAMES[table.family], table.name, chain.name, rule.handle, tuple(runs), word))
    return verdict


@kfunc("net/netfilter/nf_tables_core.c", "__nft_trace_packet")
def _trace_packet(
    pkt: NftPktinfo, verdict: int, rule: NftRule | None, chain: NftChain, info: NftTraceinfo, type_: int
) -> None:
    if info.nf_trace:
        nft_trace_notify(pkt, verdict, rule, chain, info, type_)


@kfunc("net/netfilter/nf_tables_core.c", "__nft_trace_verdict")
def _trace_verdict(pkt: NftPktinfo, verdict: int, rule: NftRule | None, chain: NftChain, info: NftTraceinfo) -> None:
    """Tells of the verdict that ended a chain or leads out of it. Of a packet that is stolen, nothing is known any
    more: what counts is whether it was traced before the rule.
    """
    type_ = NFT_TRACETYPE_RULE
    if verdict in (NFT_CONTINUE, NFT_RETURN) and not pkt.state.net.machine.version.trace_returns_as_rules:
        type_ = NFT_TRACETYPE_RETURN
    elif verdict != NF_STOLEN:
        info.nf_trace = pkt.skb.nf_trace
    _trace_packet(pkt, verdict, rule, chain, info, type_)


def _expr_run(expr: NftExpr, regs: bytearray, *, goes_on: bool) -> ExprRun:
    attrs = expr.dump()
    return ExprRun(attrs.name, expr_snprintf(attrs), expr.value(regs), goes_on)


def _note_chain(chain: NftChain, verdict: int, recorder: Recorder) -> None:
    base, table = chain.base, chain.table
    assert base is not None
    recorder.note(
        ChainRun(
            FAMILY_NAMES[table.family],
            table.name,
            chain.name,
            base.priority,
            "accept" if base.policy == NF_ACCEPT else "drop",
            verdict_name(verdict),
        )
    )
