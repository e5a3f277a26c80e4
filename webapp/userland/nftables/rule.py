"""Tables, chains, rules, sets, objects and the commands upon them (nftables include/rule.h)."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi import nftnl
from webapp.userland.nftables.expression import Expr
from webapp.userland.nftables.location import NOWHERE, Location
from webapp.userland.nftables.statement import Stmt

FAMILIES = {name: number for number, name in nftnl.FAMILY_NAMES.items()}
FAMILY_NAMES = nftnl.FAMILY_NAMES | {0: ""}
"""Families' names (family2str); 0: none given."""


class CmdOp(Enum):
    """enum cmd_ops."""

    ADD = "add"
    CREATE = "create"
    INSERT = "insert"
    REPLACE = "replace"
    DELETE = "delete"
    DESTROY = "destroy"
    GET = "get"
    LIST = "list"
    RESET = "reset"
    FLUSH = "flush"
    RENAME = "rename"
    DESCRIBE = "describe"
    MONITOR = "monitor"


class CmdObj(Enum):
    """enum cmd_obj."""

    TABLE = "table"
    TABLES = "tables"
    CHAIN = "chain"
    CHAINS = "chains"
    RULE = "rule"
    RULES = "rules"
    SET = "set"
    SETS = "sets"
    MAP = "map"
    MAPS = "maps"
    METER = "meter"
    METERS = "meters"
    ELEMENTS = "element"
    FLOWTABLE = "flowtable"
    FLOWTABLES = "flowtables"
    RULESET = "ruleset"
    COUNTER = "counter"
    COUNTERS = "counters"
    QUOTA = "quota"
    QUOTAS = "quotas"
    LIMIT = "limit"
    LIMITS = "limits"
    SECMARK = "secmark"
    SECMARKS = "secmarks"
    SYNPROXY = "synproxy"
    SYNPROXYS = "synproxys"
    CT_HELPER = "ct helper"
    CT_HELPERS = "ct helpers"
    CT_TIMEOUT = "ct timeout"
    CT_TIMEOUTS = "ct timeouts"
    CT_EXPECT = "ct expectation"
    CT_EXPECTS = "ct expectations"
    HOOKS = "hooks"
    EXPR = "expression"
    MONITOR = "monitor"


class Spec(Struct, frozen=True):
    """A name, and where it was typed."""

    name: str = ""
    location: Location = NOWHERE

    def __bool__(self) -> bool:
        return bool(self.name)


class NumberSpec(Struct, frozen=True):
    """A handle, position or index, and where it was typed."""

    id: int = 0
    location: Location = NOWHERE

    def __bool__(self) -> bool:
        return self.location is not NOWHERE


NO_NAME = Spec()
NO_NUMBER = NumberSpec()


class Handle(Struct, frozen=True):
    """What a command is about (struct handle). ``family`` 0: none given."""

    family: int = 0
    table: Spec = NO_NAME
    chain: Spec = NO_NAME
    set: Spec = NO_NAME
    obj: Spec = NO_NAME
    flowtable: Spec = NO_NAME
    handle: NumberSpec = NO_NUMBER
    position: NumberSpec = NO_NUMBER
    index: NumberSpec = NO_NUMBER


class TableDecl(Struct, frozen=True):
    """A table: flags NFT_TABLE_F_*, and what its block holds, as commands."""

    handle: Handle
    flags: int = 0
    comment: str | None = None
    commands: tuple[Cmd, ...] = ()
    location: Location = NOWHERE


class Priority(Struct, frozen=True):
    """A chain's priority: the number, or a name with an offset until evaluation."""

    name: str = ""
    offset: int = 0
    location: Location = NOWHERE


class ChainDecl(Struct, frozen=True):
    """A chain; base chains have type, hook, priority. ``hook`` the word, ``devices`` names or a Set expression."""

    handle: Handle
    type: Spec = NO_NAME
    hook: Spec = NO_NAME
    priority: Priority | None = None
    devices: Expr | None = None
    policy: Expr | None = None
    flags: int = 0
    comment: str | None = None
    rules: tuple[RuleDecl, ...] = ()
    location: Location = NOWHERE


class RuleDecl(Struct, frozen=True):
    """A rule."""

    handle: Handle
    stmts: tuple[Stmt, ...]
    comment: str | None = None
    location: Location = NOWHERE


class SetDecl(Struct, frozen=True):
    """A set or map. Times in ms. ``key`` and ``data`` give types (after evaluation); ``objtype`` NFT_OBJECT_*.

    ``typeof``: key and data were given as expressions. ``field_len`` the bytes of each field of an interval
    concatenation. ``init`` the elements that the declaration or the rule holds.
    """

    handle: Handle
    key: Expr | None = None
    data: Expr | None = None
    flags: int = 0
    objtype: int = 0
    timeout: int = 0
    gc_interval: int = 0
    size: int = 0
    policy: int | None = None
    automerge: bool = False
    typeof: bool = False
    comment: str | None = None
    init: Expr | None = None
    stmts: tuple[Stmt, ...] = ()
    field_len: tuple[int, ...] = ()
    id: int = 0
    location: Location = NOWHERE

    @property
    def anonymous(self) -> bool:
        return bool(self.flags & uapi.NFT_SET_ANONYMOUS)

    @property
    def is_map(self) -> bool:
        """Whether elements have data or objects."""
        return bool(self.flags & (uapi.NFT_SET_MAP | uapi.NFT_SET_OBJECT))


class FlowtableDecl(Struct, frozen=True):
    """A flowtable."""

    handle: Handle
    hook: Spec = NO_NAME
    priority: Priority | None = None
    devices: Expr | None = None
    flags: int = 0
    location: Location = NOWHERE


class ObjDecl(Struct, frozen=True):
    """A stateful object: its data are the kernel's record; ``l3proto`` 0 where the table's family decides."""

    handle: Handle
    data: uapi.ObjData | None
    comment: str | None = None
    location: Location = NOWHERE


class MonitorDecl(Struct, frozen=True):
    """What to watch: ``event`` new, destroy or none for both, ``obj`` the word for the objects, empty for all."""

    event: Spec = NO_NAME
    obj: str = ""
    location: Location = NOWHERE


Declaration = TableDecl | ChainDecl | RuleDecl | SetDecl | FlowtableDecl | ObjDecl | MonitorDecl | Expr | None


class Cmd(Struct, frozen=True):
    """One command. ``data``: what to add, an Expr of elements, or nothing; ``new_name`` of rename."""

    op: CmdOp
    obj: CmdObj
    handle: Handle
    data: Declaration = None
    new_name: str = ""
    location: Location = NOWHERE


CT_TIMEOUT_STATES: dict[int, dict[str, tuple[int, int]]] = {
    6: {
        "syn_sent": (0, 120),
        "syn_recv": (1, 60),
        "established": (2, 432000),
        "fin_wait": (3, 120),
        "close_wait": (4, 60),
        "last_ack": (5, 30),
        "time_wait": (6, 120),
        "close": (7, 10),
        "syn_sent2": (8, 120),
        "retrans": (9, 300),
        "unack": (10, 300),
    },
    17: {"unreplied": (0, 30), "replied": (1, 120)},
}
"""Per protocol: a connection state's number and its default timeout in seconds (timeout_protocol in rule.c)."""
