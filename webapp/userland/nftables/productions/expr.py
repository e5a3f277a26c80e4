"""Expressions: words, numbers, operators, comparisons."""

from __future__ import annotations

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import datatype
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import Byteorder
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.productions.obj import PROTOCOL_VALUES
from webapp.userland.nftables.productions.production import Args, at, number

_OPS = {
    "==": ex.Op.EQ, "eq": ex.Op.EQ, "!=": ex.Op.NEQ, "ne": ex.Op.NEQ, "<": ex.Op.LT, "lt": ex.Op.LT, ">": ex.Op.GT,
    "gt": ex.Op.GT, "<=": ex.Op.LTE, "le": ex.Op.LTE, ">=": ex.Op.GTE, "ge": ex.Op.GTE, "!": ex.Op.NEG,
    "not": ex.Op.NEG, "&": ex.Op.AND, "and": ex.Op.AND, "|": ex.Op.OR, "or": ex.Op.OR, "^": ex.Op.XOR,
    "xor": ex.Op.XOR, "<<": ex.Op.LSHIFT, "lshift": ex.Op.LSHIFT, ">>": ex.Op.RSHIFT, "rshift": ex.Op.RSHIFT,
}  # fmt: skip


class ExprActions:
    """Each makes an expression."""

    def symbol(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Symbol(args[0].text, location=loc)

    def integer(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Symbol(args[0].text, location=loc)

    def negative_integer(self, args: Args, loc: Location) -> ex.Expr:
        return ex.value(-number(args[1]), datatype.INTEGER, Byteorder.HOST, 32, loc)

    def keyword(self, args: Args, loc: Location) -> ex.Expr:
        if args[0].text == "redirect":
            return ex.value(5, datatype.ICMP_TYPE, Byteorder.HOST, 8, loc)
        return ex.Symbol(args[0].text, location=loc)

    def protocol_value(self, args: Args, loc: Location) -> ex.Expr:
        return ex.value(PROTOCOL_VALUES[args[0].text], datatype.INET_PROTOCOL, Byteorder.HOST, 8, loc)

    def boolean(self, args: Args, loc: Location) -> ex.Expr:
        return ex.value(int(args[0].text == "exists"), datatype.BOOLEAN, Byteorder.HOST, 8, loc)

    def set_ref(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Symbol(args[1].text, ex.SymbolType.SET, location=loc)

    def binop(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Binop(_OPS[args[1].text], args[0], args[2], location=loc)

    def concat(self, args: Args, loc: Location) -> ex.Expr:
        left = args[0]
        parts = left.expressions if isinstance(left, ex.Concat) else (left,)
        return ex.Concat((*parts, args[2]), location=loc)

    def map(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Map(args[0], args[2], location=loc)

    def prefix(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Prefix(args[0], number(args[2]), location=loc)

    def range(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Range(args[0], args[2], location=loc)

    def list_two(self, args: Args, loc: Location) -> ex.Expr:
        return ex.List((args[0], args[2]), location=loc)

    def list_more(self, args: Args, loc: Location) -> ex.Expr:
        return ex.List((*args[0].expressions, args[2]), location=loc)

    def relational_implicit(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Relational(ex.Op.IMPLICIT, _boolean(args[0], args[1]), args[1], location=loc)

    def relational(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Relational(_OPS[args[1].text], _boolean(args[0], args[2]), args[2], location=at(args[1]))

    def relational_mask_implicit(self, args: Args, loc: Location) -> ex.Expr:
        return self._masked(ex.Op.IMPLICIT, args[0], args[1], args[3], loc)

    def relational_mask(self, args: Args, loc: Location) -> ex.Expr:
        return self._masked(_OPS[args[1].text], args[0], args[2], args[4], loc)

    def _masked(self, op: ex.Op, left: ex.Expr, value: ex.Expr, mask: ex.Expr, loc: Location) -> ex.Expr:
        """LEFT VALUE / MASK: only the flags of the mask are looked at."""
        binop = ex.Binop(ex.Op.AND, left, _joined(mask), location=loc)
        return ex.Relational(op, binop, _joined(value), location=loc)


def _boolean(left: ex.Expr, right: ex.Expr) -> ex.Expr:
    """fib … exists asks only whether there is a route."""
    if isinstance(left, ex.Fib) and right.dtype is datatype.BOOLEAN:
        return ex.fib(left.flags | uapi.NFTA_FIB_F_PRESENT, left.result, left.location)
    return left


def _joined(expr: ex.Expr) -> ex.Expr:
    """A list of flags as one expression: a,b is a | b."""
    if not isinstance(expr, ex.List):
        return expr
    joined = expr.expressions[0]
    for more in expr.expressions[1:]:
        joined = ex.Binop(ex.Op.OR, joined, more, location=expr.location)
    return joined
