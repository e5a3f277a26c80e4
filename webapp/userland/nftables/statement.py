"""Statements (nftables include/statement.h): what a rule is a list of."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from webapp.userland.nftables.expression import Expr
from webapp.userland.nftables.location import NOWHERE, Location


class Stmt(Struct, frozen=True, kw_only=True):
    """What all statements have."""

    location: Location = NOWHERE


class ExprStmt(Stmt, frozen=True):
    """A match."""

    expr: Expr


class VerdictStmt(Stmt, frozen=True):
    """A verdict, or a verdict map."""

    expr: Expr


class ChainStmt(Stmt, frozen=True):
    """jump|goto { rules }: a chain without name, bound to the rule."""

    verdict: int
    rules: tuple[tuple[Stmt, ...], ...]


class CounterStmt(Stmt, frozen=True):
    """counter."""

    packets: int = 0
    bytes: int = 0


class LimitStmt(Stmt, frozen=True):
    """limit rate [over] RATE/UNIT burst N; ``unit`` in seconds, ``type`` NFT_LIMIT_*, ``flags`` NFT_LIMIT_F_INV."""

    rate: int
    unit: int
    burst: int
    type: int
    flags: int = 0


class QuotaStmt(Stmt, frozen=True):
    """quota [over|until] BYTES used N."""

    bytes: int
    used: int = 0
    flags: int = 0


class ConnlimitStmt(Stmt, frozen=True):
    """ct count [over] N."""

    count: int
    flags: int = 0


class LastStmt(Stmt, frozen=True):
    """last [used TIME]; ``used`` in ms, None: never."""

    used: int | None = None


class LogStmt(Stmt, frozen=True):
    """log; None: not given."""

    prefix: str | None = None
    group: int | None = None
    snaplen: int | None = None
    qthreshold: int | None = None
    level: int | None = None
    logflags: int = 0


class RejectStmt(Stmt, frozen=True):
    """reject; ``type`` NFT_REJECT_* or None until evaluation has chosen; ``expr`` the code as typed or to be listed.

    ``family``: NFPROTO_IPV4 for "with icmp", NFPROTO_IPV6 for "with icmpv6", else 0. ``verbose``: the code is not what
    the family would choose by itself, so that listing must name it.
    """

    type: int | None = None
    icmp_code: int | None = None
    expr: Expr | None = None
    family: int = 0
    verbose: bool = False


class NatType(Enum):
    """enum nft_nat_etypes, by the words that list them."""

    SNAT = "snat"
    DNAT = "dnat"
    MASQUERADE = "masquerade"
    REDIRECT = "redirect"


NAT_F_INTERVAL, NAT_F_PREFIX, NAT_F_CONCAT = 1, 2, 4


class NatStmt(Stmt, frozen=True):
    """snat, dnat, masquerade, redirect; ``flags`` NF_NAT_RANGE_*, ``type_flags`` NAT_F_*; family 0: none given."""

    type: NatType
    addr: Expr | None = None
    proto: Expr | None = None
    flags: int = 0
    family: int = 0
    type_flags: int = 0


class TproxyStmt(Stmt, frozen=True):
    """tproxy [FAMILY] to ADDRESS:PORT; ``table_family`` is the rule's table's."""

    addr: Expr | None = None
    port: Expr | None = None
    family: int = 0
    table_family: int = 0


class SynproxyStmt(Stmt, frozen=True):
    """synproxy."""

    mss: int = 0
    wscale: int = 0
    flags: int = 0


class QueueStmt(Stmt, frozen=True):
    """queue flags F to NUMBER; ``queue`` a value, range, or an expression that computes the number."""

    queue: Expr | None = None
    flags: int = 0


class DupStmt(Stmt, frozen=True):
    """dup to ADDRESS device DEV; in the netdev family ``to`` is the device."""

    to: Expr
    dev: Expr | None = None


class FwdStmt(Stmt, frozen=True):
    """fwd [FAMILY] to [ADDRESS device] DEV."""

    dev: Expr
    addr: Expr | None = None
    family: int = 0


class NotrackStmt(Stmt, frozen=True):
    """notrack."""


class FlowStmt(Stmt, frozen=True):
    """flow add @FLOWTABLE."""

    table_name: str


class ObjrefStmt(Stmt, frozen=True):
    """counter|quota|limit|ct helper … NAME (NFT_OBJECT_*): a string value, or a Map to object names."""

    type: int
    expr: Expr


class PayloadStmt(Stmt, frozen=True):
    """FIELD set VALUE."""

    expr: Expr
    val: Expr


class ExthdrStmt(Stmt, frozen=True):
    """OPTION FIELD set VALUE."""

    expr: Expr
    val: Expr


class OptstripStmt(Stmt, frozen=True):
    """reset tcp option NAME."""

    expr: Expr


class MetaStmt(Stmt, frozen=True):
    """meta KEY set VALUE."""

    key: int
    expr: Expr


class CtStmt(Stmt, frozen=True):
    """ct [DIRECTION] KEY set VALUE."""

    key: int
    expr: Expr
    direction: int | None = None


class SetStmt(Stmt, frozen=True):
    """add|update|delete @set { KEY STATEMENTS } (NFT_DYNSET_OP_*); ``key`` is a SetElem."""

    op: int
    set: Expr
    key: Expr
    stmts: tuple[Stmt, ...] = ()


class MapStmt(Stmt, frozen=True):
    """add|update|delete @map { KEY STATEMENTS : DATA }."""

    op: int
    set: Expr
    key: Expr
    data: Expr
    stmts: tuple[Stmt, ...] = ()


class MeterStmt(Stmt, frozen=True):
    """meter NAME size N { KEY STATEMENT }: an older way to write a dynamic set; evaluation makes a SetStmt of it."""

    name: str
    key: Expr
    stmt: Stmt
    size: int = 0


STATEFUL = (CounterStmt, LimitStmt, QuotaStmt, ConnlimitStmt, LastStmt)
"""Statements that keep state: those that a set's elements may carry."""


def stmt_name(stmt: Stmt) -> str:
    """What errors call a statement."""
    if isinstance(stmt, NatStmt):
        return stmt.type.value
    names = {ConnlimitStmt: "connlimit", TproxyStmt: "tproxy", ExprStmt: "expression"}
    return names.get(type(stmt), type(stmt).__name__.removesuffix("Stmt").lower())
