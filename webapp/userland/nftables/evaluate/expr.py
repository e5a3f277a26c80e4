"""Evaluation of expressions: words become values, types are checked, what a match depends on is matched before it
(nftables src/evaluate.c, expr_evaluate).

``Evaluator.expr`` returns the evaluated node; nodes are never changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.evaluate.concat import ConcatEvaluator
from webapp.userland.nftables.evaluate.map import MapEvaluator
from webapp.userland.nftables.evaluate.payload import PayloadEvaluator
from webapp.userland.nftables.evaluate.relational import RelationalEvaluator
from webapp.userland.nftables.evaluate.selector import SelectorEvaluator
from webapp.userland.nftables.evaluate.symbol import SymbolEvaluator
from webapp.userland.nftables.expression import Expr


class Evaluator(
    SymbolEvaluator, PayloadEvaluator, SelectorEvaluator, ConcatEvaluator, RelationalEvaluator, MapEvaluator
):
    """Evaluates all kinds of expressions."""

    def expr(self, expr: Expr) -> Expr:
        return _EVALUATE[type(expr)](self, expr)


_EVALUATE: dict[type[Expr], Callable[[Evaluator, Any], Expr]] = {
    ex.Symbol: Evaluator.symbol,
    ex.Value: Evaluator.value,
    ex.Verdict: Evaluator.verdict,
    ex.SetRef: Evaluator.set_ref,
    ex.Payload: Evaluator.payload,
    ex.Exthdr: Evaluator.exthdr,
    ex.Meta: Evaluator.meta,
    ex.Socket: Evaluator.socket,
    ex.Tunnel: Evaluator.primary,
    ex.Osf: Evaluator.primary,
    ex.Fib: Evaluator.primary,
    ex.Rt: Evaluator.rt,
    ex.Ct: Evaluator.ct,
    ex.Xfrm: Evaluator.xfrm,
    ex.Numgen: Evaluator.numgen,
    ex.Hash: Evaluator.hash,
    ex.Prefix: Evaluator.prefix,
    ex.Range: Evaluator.range,
    ex.List: Evaluator.flag_list,
    ex.Concat: Evaluator.concat,
    ex.Unary: Evaluator.unary,
    ex.Binop: Evaluator.binop,
    ex.Relational: Evaluator.relational,
    ex.Set: Evaluator.set_expr,
    ex.SetElem: Evaluator.set_elem,
    ex.SetElemCatchall: Evaluator.catchall,
    ex.Mapping: Evaluator.mapping,
    ex.Map: Evaluator.map,
}
