"""Expressions (nftables include/expression.h), before and after evaluation.

The parser makes ``Symbol`` words and typeless ``Value`` numbers; evaluation replaces them by values with a type, and
the delinearizer makes only such. Every node carries type, byte order, length in bits; sources (payload, meta, ct …)
take theirs from a template. Locations take no part in equality.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import exthdr, keys
from webapp.userland.nftables.datatype import (
    BITS_PER_BYTE,
    BOOLEAN,
    INTEGER,
    INVALID,
    IP6ADDR,
    IPADDR,
    STRING,
    VERDICT,
    Byteorder,
    DataType,
    concat_type,
    padded,
    string_value,
)
from webapp.userland.nftables.location import NOWHERE, Location
from webapp.userland.nftables.proto import UNKNOWN, UNKNOWN_TEMPLATE, HdrTemplate, ProtoBase, ProtoDesc

if TYPE_CHECKING:
    from webapp.userland.nftables.rule import SetDecl
    from webapp.userland.nftables.statement import Stmt

NFT_MAX_EXPR_LEN_BITS = 512


class Op(Enum):
    """enum ops, by the sign that lists them."""

    IMPLICIT = ""
    HTON = "hton"
    NTOH = "ntoh"
    LSHIFT = "<<"
    RSHIFT = ">>"
    AND = "&"
    XOR = "^"
    OR = "|"
    EQ = "=="
    NEQ = "!="
    LT = "<"
    GT = ">"
    LTE = "<="
    GTE = ">="
    NEG = "!"


class SymbolType(Enum):
    """enum symbol_types."""

    VALUE = 0
    SET = 1


class Expr(Struct, frozen=True, kw_only=True):
    """What all expressions have; ``len`` in bits."""

    dtype: DataType = INVALID
    byteorder: Byteorder = Byteorder.INVALID
    len: int = 0
    location: Location = NOWHERE


class Verdict(Expr, frozen=True):
    """A verdict (NF_*, NFT_*); ``chain`` (a string value) of jump and goto."""

    verdict: int
    chain: Expr | None = None


class Symbol(Expr, frozen=True):
    """A word without meaning yet; SET: @name."""

    identifier: str
    symtype: SymbolType = SymbolType.VALUE


class Value(Expr, frozen=True):
    """A constant; strings as the number that their bytes in host order make."""

    value: int


class Prefix(Expr, frozen=True):
    """prefix/prefix_len, also of strings (eth*)."""

    prefix: Expr
    prefix_len: int


class Range(Expr, frozen=True):
    """left-right, both included."""

    left: Expr
    right: Expr


class Payload(Expr, frozen=True):
    """A header field, or raw bytes (``is_raw``); ``offset`` in bits; ``inner`` the tunnel whose inside is meant."""

    desc: ProtoDesc
    tmpl: HdrTemplate
    base: ProtoBase
    offset: int
    is_raw: bool = False
    inner: ProtoDesc | None = None


class Exthdr(Expr, frozen=True):
    """A field of an extension header or option, or (NFT_EXTHDR_F_PRESENT) whether it is there; ``offset`` in bits."""

    desc: exthdr.ExthdrDesc | None
    tmpl: HdrTemplate
    op: int
    raw_type: int
    offset: int
    flags: int = 0


class Meta(Expr, frozen=True):
    """meta KEY (NFT_META_*)."""

    key: int
    inner: ProtoDesc | None = None


class Socket(Expr, frozen=True):
    """socket KEY (NFT_SOCKET_*)."""

    key: int
    level: int = 0


class Osf(Expr, frozen=True):
    """osf name or version; ``ttl`` 1 loose, 2 skip."""

    ttl: int
    flags: int


class Ct(Expr, frozen=True):
    """ct KEY (NFT_CT_*); ``direction`` 0 original, 1 reply."""

    key: int
    direction: int | None = None


class Rt(Expr, frozen=True):
    """rt KEY (NFT_RT_*)."""

    key: int


class Tunnel(Expr, frozen=True):
    """tunnel KEY (NFT_TUNNEL_*)."""

    key: int


class Fib(Expr, frozen=True):
    """fib FLAGS RESULT (NFTA_FIB_F_*, NFT_FIB_RESULT_*)."""

    flags: int
    result: int


class Xfrm(Expr, frozen=True):
    """ipsec in|out KEY."""

    key: int
    direction: int
    spnum: int = 0


class Numgen(Expr, frozen=True):
    """numgen inc|random mod N offset M (NFT_NG_*)."""

    type: int
    mod: int
    offset: int = 0


class Hash(Expr, frozen=True):
    """jhash EXPR or symhash (NFT_HASH_*); ``seed`` None: the kernel draws one."""

    type: int
    expr: Expr | None
    mod: int
    seed: int | None = None
    offset: int = 0


class Concat(Expr, frozen=True):
    """a . b . c."""

    expressions: tuple[Expr, ...]


class List(Expr, frozen=True):
    """a,b,c: flags joined, or a list of devices."""

    expressions: tuple[Expr, ...]


class Flagcmp(Expr, frozen=True):
    """value / mask: what flags are to be, of those in the mask; the right side of a match in a listing."""

    value: Expr
    mask: Expr


class Set(Expr, frozen=True):
    """{ a, b }: elements are SetElem, or Mapping of a SetElem to its data."""

    expressions: tuple[Expr, ...]
    set_flags: int = 0


class SetRef(Expr, frozen=True):
    """@set, or an anonymous set that lives in the kernel under a name of its own (``set.flags`` tell)."""

    set: SetDecl


class SetElem(Expr, frozen=True):
    """An element; times in ms. ``end``: the kernel's flag of an element that ends an open interval."""

    key: Expr
    timeout: int | None = None
    expiration: int | None = None
    comment: str | None = None
    stmts: tuple[Stmt, ...] = ()
    end: bool = False


class SetElemCatchall(Expr, frozen=True):
    """``*`` as an element's key."""


class Mapping(Expr, frozen=True):
    """key : data."""

    left: Expr
    right: Expr


class Map(Expr, frozen=True):
    """EXPR map|vmap MAPPINGS, where the mappings are a Set, SetRef or Symbol."""

    map: Expr
    mappings: Expr


class Unary(Expr, frozen=True):
    """A byte order conversion (HTON, NTOH), made by evaluation; it prints as its argument."""

    op: Op
    arg: Expr


class Binop(Expr, frozen=True):
    """left & right and the like."""

    op: Op
    left: Expr
    right: Expr


class Relational(Expr, frozen=True):
    """left == right; IMPLICIT until evaluation has decided."""

    op: Op
    left: Expr
    right: Expr


# --- constructors: the *_expr_alloc functions -----------------------------------------------------------------------


def value(number: int, dtype: DataType, byteorder: Byteorder, len_: int, location: Location = NOWHERE) -> Value:
    """A constant of a type."""
    return Value(number, dtype=dtype, byteorder=byteorder, len=len_, location=location)


def string(text: str, location: Location = NOWHERE) -> Value:
    """A string constant as long as its text."""
    bits = (len(text.encode()) + 1) * BITS_PER_BYTE
    return value(string_value(text), STRING, Byteorder.HOST, bits, location)


def verdict(code: int, chain: str | Expr | None = None, location: Location = NOWHERE) -> Verdict:
    """A verdict; ``chain`` as text or expression."""
    target = string(chain, location) if isinstance(chain, str) else chain
    return Verdict(code, target, dtype=VERDICT, location=location)


def payload(desc: ProtoDesc, token: str, location: Location = NOWHERE, inner: ProtoDesc | None = None) -> Payload:
    """The field of a protocol (payload_expr_alloc)."""
    return payload_of(desc, desc.templates[token], location, inner)


def payload_of(
    desc: ProtoDesc, tmpl: HdrTemplate, location: Location = NOWHERE, inner: ProtoDesc | None = None
) -> Payload:
    """A template of a protocol."""
    return Payload(
        desc,
        tmpl,
        desc.base,
        tmpl.offset,
        inner=inner,
        dtype=tmpl.dtype,
        byteorder=tmpl.byteorder,
        len=tmpl.len,
        location=location,
    )


def raw_payload(base: ProtoBase, offset: int, len_: int, location: Location = NOWHERE) -> Payload:
    """@base,offset,len in bits; it compares as a number and prints in hexadecimal."""
    from webapp.userland.nftables.datatype import XINTEGER  # noqa: PLC0415 # beside its only use

    return Payload(
        UNKNOWN,
        UNKNOWN_TEMPLATE,
        base,
        offset,
        is_raw=True,
        dtype=XINTEGER,
        byteorder=Byteorder.BIG,
        len=len_,
        location=location,
    )


def exthdr_field(desc: exthdr.ExthdrDesc, token: str, location: Location = NOWHERE) -> Exthdr:
    """A field of an extension header, option or chunk."""
    tmpl = desc.templates[token]
    return Exthdr(
        desc,
        tmpl,
        desc.op,
        desc.type,
        tmpl.offset,
        dtype=tmpl.dtype,
        byteorder=Byteorder.BIG,
        len=tmpl.len,
        location=location,
    )


def exthdr_present(desc: exthdr.ExthdrDesc, location: Location = NOWHERE) -> Exthdr:
    """Whether the header, option or chunk is there at all."""
    first = next(iter(desc.templates.values()))
    return Exthdr(
        desc,
        first,
        desc.op,
        desc.type,
        first.offset,
        uapi.NFT_EXTHDR_F_PRESENT,
        dtype=BOOLEAN,
        byteorder=Byteorder.BIG,
        len=BITS_PER_BYTE if desc.op == uapi.NFT_EXTHDR_OP_IPV6 else first.len,
        location=location,
    )


def tcp_option_raw(kind: int, token: str, location: Location = NOWHERE) -> Exthdr:
    """kind or length of a TCP option that has no name here."""
    tmpl = exthdr.TCPOPT_FALLBACK.templates[token]
    return Exthdr(
        exthdr.TCPOPT_FALLBACK,
        tmpl,
        uapi.NFT_EXTHDR_OP_TCPOPT,
        kind,
        tmpl.offset,
        dtype=INTEGER,
        byteorder=Byteorder.BIG,
        len=8,
        location=location,
    )


def meta(key: int, location: Location = NOWHERE, inner: ProtoDesc | None = None) -> Meta:
    """meta KEY."""
    tmpl = keys.META[key]
    return Meta(key, inner, dtype=tmpl.dtype, byteorder=tmpl.byteorder, len=tmpl.len, location=location)


def ct(key: int, direction: int | None = None, location: Location = NOWHERE) -> Ct:
    """ct [DIRECTION] KEY."""
    tmpl = keys.CT[key]
    return Ct(key, direction, dtype=tmpl.dtype, byteorder=tmpl.byteorder, len=tmpl.len, location=location)


def rt(key: int, location: Location = NOWHERE) -> Rt:
    """rt KEY."""
    tmpl = keys.RT[key]
    return Rt(key, dtype=tmpl.dtype, byteorder=tmpl.byteorder, len=tmpl.len, location=location)


def socket(key: int, level: int = 0, location: Location = NOWHERE) -> Socket:
    """socket KEY."""
    tmpl = keys.SOCKET[key]
    return Socket(key, level, dtype=tmpl.dtype, byteorder=tmpl.byteorder, len=tmpl.len, location=location)


def tunnel(key: int, location: Location = NOWHERE) -> Tunnel:
    """tunnel KEY."""
    tmpl = keys.TUNNEL[key]
    return Tunnel(key, dtype=tmpl.dtype, byteorder=tmpl.byteorder, len=tmpl.len, location=location)


def fib(flags: int, result: int, location: Location = NOWHERE) -> Fib:
    """fib FLAGS RESULT; with NFTA_FIB_F_PRESENT only whether there is a route."""
    tmpl = keys.FIB[result]
    if flags & uapi.NFTA_FIB_F_PRESENT:
        return Fib(flags, result, dtype=BOOLEAN, byteorder=Byteorder.HOST, len=1, location=location)
    return Fib(flags, result, dtype=tmpl.dtype, byteorder=Byteorder.HOST, len=tmpl.len, location=location)


def xfrm(key: int, direction: int, spnum: int = 0, location: Location = NOWHERE) -> Xfrm:
    """ipsec in|out KEY."""
    tmpl = keys.XFRM[key]
    return Xfrm(key, direction, spnum, dtype=tmpl.dtype, byteorder=tmpl.byteorder, len=tmpl.len, location=location)


def osf(ttl: int, flags: int, location: Location = NOWHERE) -> Osf:
    """osf name|version."""
    return Osf(ttl, flags, dtype=STRING, byteorder=Byteorder.HOST, len=16 * BITS_PER_BYTE, location=location)


def numgen(type_: int, mod: int, offset: int, location: Location = NOWHERE) -> Numgen:
    """numgen inc|random mod N offset M."""
    return Numgen(type_, mod, offset, dtype=INTEGER, byteorder=Byteorder.HOST, len=32, location=location)


def concat(expressions: tuple[Expr, ...], location: Location = NOWHERE) -> Concat:
    """a . b with the joined type; every field is padded to whole registers."""
    return Concat(
        expressions,
        dtype=concat_type(tuple(expression.dtype for expression in expressions)),
        len=sum(padded(expression.len) for expression in expressions),
        location=location,
    )


def ct_address(key: int) -> DataType:
    """The type of ct ip|ip6 saddr|daddr."""
    return IPADDR if key in (uapi.NFT_CT_SRC_IP, uapi.NFT_CT_DST_IP) else IP6ADDR


def is_constant(expr: Expr) -> bool:
    """Whether the value is known already (EXPR_F_CONSTANT)."""
    if isinstance(expr, Concat):
        return all(is_constant(part) for part in expr.expressions)
    if isinstance(expr, Mapping):
        return is_constant(expr.left)
    if isinstance(expr, SetElem):
        return is_constant(expr.key)
    if isinstance(expr, Map):
        return isinstance(expr.mappings, SetRef)
    return isinstance(expr, Value | Verdict | Prefix | Range | Set | SetRef | SetElemCatchall)


def is_singleton(expr: Expr) -> bool:
    """Whether it is one value, not several (EXPR_F_SINGLETON)."""
    if isinstance(expr, Concat):
        return all(is_singleton(part) for part in expr.expressions)
    if isinstance(expr, Mapping):
        return is_singleton(expr.left)
    return isinstance(expr, Value | Verdict | SetElemCatchall)


_NAMES = {
    Verdict: "verdict", Symbol: "symbol", Value: "value", Prefix: "prefix", Range: "range",
    Payload: "payload", Exthdr: "exthdr", Meta: "meta", Socket: "socket", Osf: "osf", Ct: "ct",
    Concat: "concat", List: "list", Set: "set", SetRef: "set reference", SetElem: "set element",
    SetElemCatchall: "catch-all set element", Mapping: "mapping", Map: "map", Unary: "unary",
    Binop: "binop", Relational: "relational", Numgen: "numgen", Hash: "hash", Rt: "rt",
    Tunnel: "tunnel", Fib: "fib", Xfrm: "xfrm",
}  # fmt: skip


def expr_name(expr: Expr) -> str:
    """What errors call an expression."""
    return _NAMES[type(expr)]


def prefix_mask(width: int, length: int) -> int:
    """The mask of a prefix."""
    return ((1 << length) - 1) << (width - length)


def value_range(left: Expr, right: Expr, location: Location = NOWHERE) -> Range:
    """A range of the type of its ends."""
    return Range(left, right, dtype=left.dtype, byteorder=left.byteorder, len=left.len, location=location)


def field_lengths(concat: Concat) -> tuple[int, ...]:
    """The bytes of each field."""
    return tuple(-(-field.len // BITS_PER_BYTE) for field in concat.expressions)
