"""Statements (nftables include/statement.h): what a rule is a list of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from webapp.userland.nftables.expression import Expr
from webapp.userland.nftables.location import NOWHERE, Location


@dataclass(frozen=True, slots=True)
class Stmt:
    """What all statements have."""

    location: Location = field(default=NOWHERE, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ExprStmt(Stmt):
    """A match."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class VerdictStmt(Stmt):
    """A verdict, or a verdict map."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class ChainStmt(Stmt):
    """jump|goto { rules }: a chain without name, bound to the rule."""

    verdict: int
    rules: tuple[tuple[Stmt, ...], ...]


@dataclass(frozen=True, slots=True)
class CounterStmt(Stmt):
    """counter."""

    packets: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class LimitStmt(Stmt):
    """limit rate [over] RATE/UNIT burst N; ``unit`` in seconds, ``type`` NFT_LIMIT_*, ``flags`` NFT_LIMIT_F_INV."""

    rate: int
    unit: int
    burst: int
    type: int
    flags: int = 0


@dataclass(frozen=True, slots=True)
class QuotaStmt(Stmt):
    """quota [over|until] BYTES used N."""

    bytes: int
    used: int = 0
    flags: int = 0


@dataclass(frozen=True, slots=True)
class ConnlimitStmt(Stmt):
    """ct count [over] N."""

    count: int
    flags: int = 0


@dataclass(frozen=True, slots=True)
class LastStmt(Stmt):
    """last [used TIME]; ``used`` in ms, None: never."""

    used: int | None = None


@dataclass(frozen=True, slots=True)
class LogStmt(Stmt):
    """log; None: not given."""

    prefix: str | None = None
    group: int | None = None
    snaplen: int | None = None
    qthreshold: int | None = None
    level: int | None = None
    logflags: int = 0


@dataclass(frozen=True, slots=True)
class RejectStmt(Stmt):
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


@dataclass(frozen=True, slots=True)
class NatStmt(Stmt):
    """snat, dnat, masquerade, redirect; ``flags`` NF_NAT_RANGE_*, ``type_flags`` NAT_F_*; family 0: none given."""

    type: NatType
    addr: Expr | None = None
    proto: Expr | None = None
    flags: int = 0
    family: int = 0
    type_flags: int = 0


@dataclass(frozen=True, slots=True)
class TproxyStmt(Stmt):
    """tproxy [FAMILY] to ADDRESS:PORT; ``table_family`` is the rule's table's."""

    addr: Expr | None = None
    port: Expr | None = None
    family: int = 0
    table_family: int = 0


@dataclass(frozen=True, slots=True)
class SynproxyStmt(Stmt):
    """synproxy."""

    mss: int = 0
    wscale: int = 0
    flags: int = 0


@dataclass(frozen=True, slots=True)
class QueueStmt(Stmt):
    """queue flags F to NUMBER; ``queue`` a value, range, or an expression that computes the number."""

    queue: Expr | None = None
    flags: int = 0


@dataclass(frozen=True, slots=True)
class DupStmt(Stmt):
    """dup to ADDRESS device DEV; in the netdev family ``to`` is the device."""

    to: Expr
    dev: Expr | None = None


@dataclass(frozen=True, slots=True)
class FwdStmt(Stmt):
    """fwd [FAMILY] to [ADDRESS device] DEV."""

    dev: Expr
    addr: Expr | None = None
    family: int = 0


@dataclass(frozen=True, slots=True)
class NotrackStmt(Stmt):
    """notrack."""


@dataclass(frozen=True, slots=True)
class FlowStmt(Stmt):
    """flow add @FLOWTABLE."""

    table_name: str


@dataclass(frozen=True, slots=True)
class ObjrefStmt(Stmt):
    """counter|quota|limit|ct helper … NAME (NFT_OBJECT_*): a string value, or a Map to object names."""

    type: int
    expr: Expr


@dataclass(frozen=True, slots=True)
class PayloadStmt(Stmt):
    """FIELD set VALUE."""

    expr: Expr
    val: Expr


@dataclass(frozen=True, slots=True)
class ExthdrStmt(Stmt):
    """OPTION FIELD set VALUE."""

    expr: Expr
    val: Expr


@dataclass(frozen=True, slots=True)
class OptstripStmt(Stmt):
    """reset tcp option NAME."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class MetaStmt(Stmt):
    """meta KEY set VALUE."""

    key: int
    expr: Expr


@dataclass(frozen=True, slots=True)
class CtStmt(Stmt):
    """ct [DIRECTION] KEY set VALUE."""

    key: int
    expr: Expr
    direction: int | None = None


@dataclass(frozen=True, slots=True)
class SetStmt(Stmt):
    """add|update|delete @set { KEY STATEMENTS } (NFT_DYNSET_OP_*); ``key`` is a SetElem."""

    op: int
    set: Expr
    key: Expr
    stmts: tuple[Stmt, ...] = ()


@dataclass(frozen=True, slots=True)
class MapStmt(Stmt):
    """add|update|delete @map { KEY STATEMENTS : DATA }."""

    op: int
    set: Expr
    key: Expr
    data: Expr
    stmts: tuple[Stmt, ...] = ()


@dataclass(frozen=True, slots=True)
class MeterStmt(Stmt):
    """meter NAME size N { KEY STATEMENT }: an older way to write a dynamic set; evaluation makes a SetStmt of it."""

    name: str
    key: Expr
    stmt: Stmt
    size: int = 0


STATEFUL = (CounterStmt, LimitStmt, QuotaStmt, ConnlimitStmt, LastStmt)
"""Statements that keep state: those that a set's elements may carry."""
