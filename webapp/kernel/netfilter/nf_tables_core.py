"""Running a chain over a packet (net/netfilter/nf_tables_core.c)."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_tables import REGS_SIZE, NftChain, NftExpr, NftPktinfo, NftRule
from webapp.kernel.trace import RECORDER, ChainRun, ExprRun, Recorder, RuleRun
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NF_DROP, NF_QUEUE, NF_STOLEN
from webapp.kernel.uapi.nf_tables import (
    NFT_BREAK,
    NFT_CONTINUE,
    NFT_GOTO,
    NFT_JUMP,
    NFT_JUMP_STACK_SIZE,
    NFT_RETURN,
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
    if recorder is not None:
        return _do_chain_recorded(pkt, priv, recorder)
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


def _do_chain_recorded(pkt: NftPktinfo, priv: NftChain, recorder: Recorder) -> int:
    """The same walk, each rule and the chain's end noted on the way."""
    regs = bytearray(REGS_SIZE)
    jumpstack: list[Iterator[NftRule]] = []
    rules = iter(priv.rules)
    while True:
        verdict = NFT_CONTINUE
        for rule in rules:
            verdict = _rule_recorded(rule, regs, pkt, recorder)
            if verdict != NFT_CONTINUE:
                break
        if verdict >= 0:
            _note_chain(priv, verdict, recorder)
            return verdict if verdict != NF_DROP else _drop(pkt.skb)
        if verdict in (NFT_JUMP, NFT_GOTO) and pkt.chain is not None:
            if verdict == NFT_JUMP:
                if len(jumpstack) >= NFT_JUMP_STACK_SIZE:
                    return _drop(pkt.skb)
                jumpstack.append(rules)
            rules = iter(pkt.chain.rules)
        elif jumpstack:
            rules = jumpstack.pop()
        else:
            break
    policy = NF_ACCEPT if priv.base is None else priv.base.policy
    _note_chain(priv, policy, recorder)
    return NF_ACCEPT if policy == NF_ACCEPT else _drop(pkt.skb)


def _rule_recorded(rule: NftRule, regs: bytearray, pkt: NftPktinfo, recorder: Recorder) -> int:
    """One rule: NFT_CONTINUE, or the verdict that it gave."""
    runs: list[ExprRun] = []
    verdict = NFT_CONTINUE
    word = ""
    for expr in rule.exprs:
        result = expr.eval(regs, pkt)
        runs.append(_expr_run(expr, regs, goes_on=result is None))
        if result is not None:
            if result != NFT_BREAK:
                verdict = result
                word = verdict_name(result)
                if result in (NFT_JUMP, NFT_GOTO) and pkt.chain is not None:
                    word = f"{word} -> {pkt.chain.name}"
            break
    chain = rule.chain
    table = chain.table
    recorder.note(RuleRun(FAMILY_NAMES[table.family], table.name, chain.name, rule.handle, tuple(runs), word))
    return verdict


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
