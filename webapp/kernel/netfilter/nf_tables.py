"""Tables, chains, rules, sets, and what expressions are made of (include/net/netfilter/nf_tables.h).

Registers are one ``bytearray`` of 80 bytes as struct nft_regs: the first 16 stand for the verdict, then NFT_REG32_00 to
NFT_REG32_15. An expression's ``eval`` returns None to go on with the rule (NFT_CONTINUE), or a verdict; of a jump or
goto the chain is left in ``pkt.chain``.

Configuration changes take effect at once and are written into a ``Trans``, which can take them back: no packet moves
while a batch is being worked on, so two generations of the ruleset are not needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.uapi.netfilter import NFPROTO_UNSPEC
from webapp.kernel.uapi.nf_tables import (
    NFT_DATA_VERDICT,
    NFT_GOTO,
    NFT_JUMP,
    NFT_REG32_00,
    NFT_REG32_15,
    NFT_REG_4,
    NFT_REG_VERDICT,
    NFT_SET_ANONYMOUS,
    NFT_SET_MAP,
    NFT_SET_OBJECT,
    Data,
    Expr,
    Hook,
    ObjData,
    Trace,
    Verdict,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff
    from webapp.kernel.netfilter.core import HookFn, NfHookOps, NfHookState

REGS_SIZE = 80


class NftPktinfo:
    """struct nft_pktinfo: what a chain knows of its packet. Offsets count from the start of ``skb.head``.

    ``l4proto``: the transport protocol ``tprot`` and its header's place ``thoff`` are known (NFT_PKTINFO_L4PROTO).
    ``fragoff`` is the fragment offset in units of 8 bytes. ``chain`` is where the last jump or goto leads.
    """

    __slots__ = ("chain", "fragoff", "l4proto", "skb", "state", "thoff", "tprot")

    def __init__(self, skb: SkBuff, state: NfHookState) -> None:
        self.skb = skb
        self.state = state
        self.l4proto = False
        self.tprot = self.thoff = self.fragoff = 0
        self.chain: NftChain | None = None


Eval = Callable[[bytearray, NftPktinfo], "int | None"]


class Trans:
    """The journal of one batch: what it changed, how to take that back, and what waits for its success."""

    __slots__ = ("chains", "commit_list", "journal", "rules", "sets")

    def __init__(self) -> None:
        self.journal: list[Callable[[], object]] = []
        self.commit_list: list[Callable[[], object]] = []
        self.sets: dict[int, NftSet] = {}
        self.chains: dict[int, NftChain] = {}
        self.rules: dict[int, NftRule] = {}

    def assign(self, holder: Any, name: str, value: object) -> None:
        """Sets an attribute; undone by setting it back."""
        old = getattr(holder, name)
        self.journal.append(lambda: setattr(holder, name, old))
        setattr(holder, name, value)

    def undo(self, step: Callable[[], object]) -> None:
        """Remembers how to take back something that was just done."""
        self.journal.append(step)

    def on_commit(self, step: Callable[[], object]) -> None:
        """Puts off something that cannot be taken back until the whole batch has succeeded."""
        self.commit_list.append(step)

    def rollback(self, mark: int = 0) -> None:
        """Takes back all changes since ``mark`` (a length of the journal), the last one first."""
        while len(self.journal) > mark:
            self.journal.pop()()

    def commit(self) -> None:
        """Does what was put off."""
        for step in self.commit_list:
            step()


class NftCtx:
    """struct nft_ctx: what a request is about while it is worked on. ``level`` is the depth of jumps in validation."""

    __slots__ = ("chain", "family", "level", "net", "reg_inited", "table", "trans")

    def __init__(self, net: Net, table: NftTable, chain: NftChain | None, trans: Trans) -> None:
        self.net = net
        self.family = table.family
        self.table = table
        self.chain = chain
        self.trans = trans
        self.level = 0
        self.reg_inited = 0


class NftExpr:
    """An expression of a rule. Subclasses take their netlink attributes in ``__init__`` and raise KernelError."""

    __slots__ = ("attrs",)

    stateful = False
    """NFT_EXPR_STATEFUL: may stand in set elements and dynset."""

    def __init__(self, ctx: NftCtx, attrs: Any) -> None:
        self.attrs = attrs

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        raise NotImplementedError

    def validate(self, ctx: NftCtx) -> None:
        """Refuses chains and hooks in which the expression may not stand."""

    def deactivate(self, ctx: NftCtx) -> None:
        """Lets go of chains, sets and objects as the rule is deleted."""

    def dump(self, *, reset: bool = False) -> Expr:
        """The expression with its present state; ``reset`` zeroes the state."""
        attrs: Expr = self.attrs
        return attrs

    def clone(self, net: Net) -> NftExpr:
        """A fresh copy for one set element; only of stateful expressions."""
        raise NotImplementedError

    def value(self, regs: bytearray) -> str:
        """What the expression found or tested, as the trace shows it; called after ``eval``."""
        return ""


class NftVerdict:
    """struct nft_verdict with its chain looked up."""

    __slots__ = ("chain", "code")

    def __init__(self, code: int, chain: NftChain | None) -> None:
        self.code = code
        self.chain = chain

    def dump(self) -> Verdict:
        return Verdict(self.code, self.chain.name if self.chain is not None else "")


class NftTable:
    """struct nft_table."""

    __slots__ = ("chains", "family", "flags", "flowtables", "handle", "hgenerator", "name", "net", "objects", "sets",
                 "userdata", "validate")  # fmt: skip

    def __init__(self, net: Net, family: int, name: str, flags: int, userdata: bytes, handle: int) -> None:
        self.net = net
        self.family = family
        self.name = name
        self.flags = flags
        self.userdata = userdata
        self.handle = handle
        self.hgenerator = 0
        self.validate = False
        self.chains: dict[str, NftChain] = {}
        self.sets: dict[str, NftSet] = {}
        self.objects: dict[tuple[int, str], NftObject] = {}
        self.flowtables: dict[str, Any] = {}

    @property
    def use(self) -> int:
        """How many chains, sets, objects and flowtables it has."""
        return len(self.chains) + len(self.sets) + len(self.objects) + len(self.flowtables)

    def alloc_handle(self) -> int:
        """nf_tables_alloc_handle: chains, rules, sets and objects of a table are numbered together."""
        self.hgenerator += 1
        return self.hgenerator


class NftHook:
    """struct nft_hook: one device name of a base chain, and the hooks at the devices that bear it now."""

    __slots__ = ("ifname", "ops")

    def __init__(self, ifname: str) -> None:
        self.ifname = ifname
        self.ops: list[NfHookOps] = []


class NftBaseChain:
    """struct nft_base_chain: where a chain hangs. ``hooks`` by device name for device hooks, ``ops`` for the others."""

    __slots__ = ("hookfn", "hooks", "hooknum", "ops", "policy", "priority", "type")

    def __init__(self, type_: str, hooknum: int, priority: int, policy: int, hookfn: HookFn) -> None:
        self.type = type_
        self.hooknum = hooknum
        self.priority = priority
        self.policy = policy
        self.hookfn = hookfn
        self.hooks: dict[str, NftHook] = {}
        self.ops: tuple[NfHookOps, ...] = ()


class NftChain:
    """struct nft_chain. ``rules`` is never changed in place; ``use`` counts rules and references by jump and goto."""

    __slots__ = ("base", "bound", "flags", "handle", "name", "rules", "table", "use", "userdata")

    def __init__(self, table: NftTable, name: str, handle: int, flags: int, userdata: bytes) -> None:
        self.table = table
        self.name = name
        self.handle = handle
        self.flags = flags
        self.userdata = userdata
        self.use = 0
        self.bound = False
        self.rules: tuple[NftRule, ...] = ()
        self.base: NftBaseChain | None = None


class NftRule:
    """struct nft_rule; ``evals`` are the expressions' functions, bound beforehand for nft_do_chain."""

    __slots__ = ("chain", "evals", "exprs", "handle", "userdata")

    def __init__(self, chain: NftChain, handle: int, exprs: tuple[NftExpr, ...], userdata: bytes) -> None:
        self.chain = chain
        self.handle = handle
        self.exprs = exprs
        self.userdata = userdata
        self.evals: tuple[Eval, ...] = tuple(expr.eval for expr in exprs)


class NftObject:
    """struct nft_object: a named stateful object; ``expr`` does the work where the type is also an expression."""

    __slots__ = ("expr", "handle", "name", "table", "type", "use", "userdata")

    def __init__(self, table: NftTable, name: str, type_: int, handle: int, expr: NftObjExpr, userdata: bytes) -> None:
        self.table = table
        self.name = name
        self.type = type_
        self.handle = handle
        self.expr = expr
        self.userdata = userdata
        self.use = 0


class NftObjExpr(Protocol):
    """What an object's type does."""

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None: ...
    def dump(self, *, reset: bool = False) -> ObjData: ...
    def update(self, attrs: Any) -> None: ...


class NftSetElem:
    """One element with its extensions. Times are ns; ``timeout`` 0: never expires, ``expires`` then means nothing."""

    __slots__ = ("data", "expires", "exprs", "flags", "key", "key_end", "obj", "timeout", "userdata")

    def __init__(self, key: bytes, key_end: bytes | None = None, flags: int = 0) -> None:
        self.key = key
        self.key_end = key_end
        self.flags = flags
        self.data: bytes | NftVerdict | None = None
        self.timeout = 0
        self.expires = 0
        self.userdata = b""
        self.exprs: tuple[NftExpr, ...] = ()
        self.obj: NftObject | None = None

    def expired(self, now: int) -> bool:
        """nft_set_elem_expired."""
        return self.timeout != 0 and now >= self.expires

    def update_expr(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        """nft_set_elem_update_expr: runs the element's own counters and limits."""
        for expr in self.exprs:
            verdict = expr.eval(regs, pkt)
            if verdict is not None:
                return verdict
        return None


class NftSetOps(Protocol):
    """struct nft_set_ops: how elements are kept and found. The catch-all element is not the backend's business.

    ``insert`` returns None, or the element in the way; it raises KernelError with EEXIST for partial overlap.
    """

    def lookup(self, key: bytes) -> NftSetElem | None: ...
    def insert(self, elem: NftSetElem, now: int) -> NftSetElem | None: ...
    def find(self, elem: NftSetElem) -> NftSetElem | None: ...
    def remove(self, elem: NftSetElem) -> None: ...
    def restore(self, elem: NftSetElem) -> None: ...
    def __iter__(self) -> Iterator[NftSetElem]: ...
    def __len__(self) -> int: ...


class NftSet:
    """struct nft_set. ``size`` 0: no limit; times are ns; ``attrs`` is the request that made it, its name resolved."""

    __slots__ = ("attrs", "bindings", "catchall", "dlen", "exprs", "flags", "handle", "klen", "name", "ops", "size",
                 "table", "timeout", "updates", "use")  # fmt: skip

    def __init__(self, table: NftTable, attrs: Any, ops: NftSetOps, handle: int, *, updates: bool) -> None:
        self.table = table
        self.attrs = attrs
        self.name: str = attrs.name
        self.flags: int = attrs.flags
        self.klen: int = attrs.key_len
        self.dlen: int = attrs.data_len
        self.size: int = attrs.size
        self.timeout: int = attrs.timeout * 1_000_000
        self.ops = ops
        self.handle = handle
        self.updates = updates
        self.use = 0
        self.bindings: tuple[tuple[NftChain, int], ...] = ()
        self.catchall: NftSetElem | None = None
        self.exprs: tuple[NftExpr, ...] = ()

    @property
    def anonymous(self) -> bool:
        return bool(self.flags & NFT_SET_ANONYMOUS)

    @property
    def verdict_map(self) -> bool:
        data_type: int = self.attrs.data_type
        return bool(self.flags & NFT_SET_MAP) and data_type == NFT_DATA_VERDICT

    def do_lookup(self, key: bytes, now: int) -> NftSetElem | None:
        """nft_set_do_lookup, then the catch-all; an expired element is not found."""
        elem = self.ops.lookup(key)
        if elem is None or (elem.timeout and now >= elem.expires):
            elem = self.catchall
            if elem is not None and elem.timeout and now >= elem.expires:
                return None
        return elem

    def elements(self) -> Iterator[NftSetElem]:
        """All elements, the catch-all last."""
        yield from self.ops
        if self.catchall is not None:
            yield self.catchall


class NftablesPernet:
    """struct nftables_pernet: the ruleset of one namespace. ``seed`` stands for the kernel's random numbers.

    ``duplicating`` is nf_skb_duplicated: a copy is on its way out, of which no copy is made. ``trace_listeners`` are
    the members of the netlink group NFNLGRP_NFTRACE.
    """

    __slots__ = ("base_seq", "chain_id", "duplicating", "seed", "table_handle", "tables", "trace_listeners")

    def __init__(self) -> None:
        self.tables: dict[tuple[int, str], NftTable] = {}
        self.table_handle = 0
        self.base_seq = 1
        self.duplicating = False
        self.chain_id = 0
        self.seed = 0x9E3779B9
        self.trace_listeners: list[Callable[[Trace], None]] = []

    def random(self) -> int:
        """get_random_u32: the same sequence in every run of a lab (xorshift32)."""
        seed = self.seed
        seed ^= seed << 13 & 0xFFFFFFFF
        seed ^= seed >> 17
        seed ^= seed << 5 & 0xFFFFFFFF
        self.seed = seed
        return seed


# --- expression types ----------------------------------------------------------------------------------------------


ExprInit = Callable[[NftCtx, Any], NftExpr]
"""Makes an expression of its netlink attributes (select_ops and init); raises KernelError."""

NFT_EXPR_TYPES: dict[tuple[int, str], ExprInit] = {}
"""struct nft_expr_type by (family, name), NFPROTO_UNSPEC for every family; filled in boot.py."""

ObjInit = Callable[[NftCtx, Any], NftObjExpr]

NFT_OBJECT_TYPES: dict[int, ObjInit] = {}
"""struct nft_object_type by NFT_OBJECT_*; filled in boot.py."""


def nft_expr_init(ctx: NftCtx, attrs: Expr) -> NftExpr:
    """The expression for its attributes; ENOENT where the kernel has no such type for the family."""
    init = NFT_EXPR_TYPES.get((ctx.family, attrs.name)) or NFT_EXPR_TYPES.get((NFPROTO_UNSPEC, attrs.name))
    if init is None:
        raise KernelError(Errno.ENOENT)
    return init(ctx, attrs)


def nft_elem_expr_init(ctx: NftCtx, attrs: Expr) -> NftExpr:
    """nft_set_elem_expr_alloc: an expression for elements, which must be a stateful one; EOPNOTSUPP."""
    expr = nft_expr_init(ctx, attrs)
    if not expr.stateful:
        raise KernelError(Errno.EOPNOTSUPP)
    return expr


# --- registers -----------------------------------------------------------------------------------------------------


def _register(reg: int) -> int:
    """nft_parse_register: the register's place among the 4-byte registers, the verdict's four included."""
    if NFT_REG_VERDICT <= reg <= NFT_REG_4:
        return reg * 4
    if NFT_REG32_00 <= reg <= NFT_REG32_15:
        return reg + 4 - NFT_REG32_00
    raise KernelError(Errno.ERANGE)


def _span(reg: int, length: int) -> int:
    index = _register(reg)
    if index < 4 or length <= 0:
        raise KernelError(Errno.EINVAL)
    if index * 4 + length > REGS_SIZE:
        raise KernelError(Errno.ERANGE)
    return index


def nft_parse_register_load(ctx: NftCtx, reg: int, length: int) -> int:
    """Where in the registers ``length`` bytes of ``reg`` begin; ENODATA unless the rule has written them before."""
    index = _span(reg, length)
    needed = ((1 << (length + 3) // 4) - 1) << index
    if ctx.reg_inited & needed != needed:
        raise KernelError(Errno.ENODATA)
    return index * 4


def nft_parse_register_store(ctx: NftCtx, reg: int, length: int) -> int:
    """Where in the registers ``length`` bytes are to be written."""
    index = _span(reg, length)
    ctx.reg_inited |= ((1 << (length + 3) // 4) - 1) << index
    return index * 4


def nft_value_init(data: Data | None, length: int = 0) -> bytes:
    """nft_data_init for values: the bytes, of exactly ``length`` where it is not 0."""
    if not isinstance(data, bytes) or not data:
        raise KernelError(Errno.EINVAL)
    if len(data) > 64:
        raise KernelError(Errno.EOVERFLOW)
    if length and len(data) != length:
        raise KernelError(Errno.EINVAL)
    return data


def padded(length: int) -> int:
    """A length rounded up to whole registers."""
    return (length + 3) & ~3


# --- references ----------------------------------------------------------------------------------------------------


def nft_chain_lookup(ctx: NftCtx, name: str, chain_id: int = 0) -> NftChain:
    """A chain of the table by name, or by its id in the batch; ENOENT."""
    chain = ctx.trans.chains.get(chain_id) if not name else ctx.table.chains.get(name)
    if chain is None or chain.table is not ctx.table:
        raise KernelError(Errno.ENOENT)
    return chain


def nft_set_lookup(ctx: NftCtx, name: str, set_id: int = 0) -> NftSet:
    """nft_set_lookup_global: a set of the table by name, else by its id in the batch; ENOENT."""
    found = ctx.table.sets.get(name) or ctx.trans.sets.get(set_id)
    if found is None or found.table is not ctx.table:
        raise KernelError(Errno.ENOENT)
    return found


def nft_verdict_init(ctx: NftCtx, verdict: Verdict, *, setelem: bool = False) -> NftVerdict:
    """A verdict with its chain, which is held from now on: EOPNOTSUPP for base chains, ENOENT, EINVAL."""
    if verdict.code not in _VERDICTS:
        raise KernelError(Errno.EINVAL)
    if verdict.code not in (NFT_JUMP, NFT_GOTO):
        return NftVerdict(verdict.code, None)
    if not verdict.chain and not verdict.chain_id:
        raise KernelError(Errno.EINVAL)
    chain = nft_chain_lookup(ctx, verdict.chain, verdict.chain_id)
    if chain.base is not None:
        raise KernelError(Errno.EOPNOTSUPP)
    if chain.bound or (setelem and verdict.chain_id and not verdict.chain):
        raise KernelError(Errno.EINVAL)
    ctx.trans.assign(chain, "use", chain.use + 1)
    return NftVerdict(verdict.code, chain)


_VERDICTS = frozenset((0, 1, -1, -2, -3, -4, -5))


def nft_verdict_uninit(ctx: NftCtx, verdict: NftVerdict) -> None:
    """Lets go of a verdict's chain."""
    if verdict.chain is not None:
        ctx.trans.assign(verdict.chain, "use", verdict.chain.use - 1)


def nf_tables_bind_set(ctx: NftCtx, nft_set: NftSet, flags: int) -> None:
    """A rule of ctx.chain begins to use a set; EBUSY where an anonymous set has its rule already."""
    if nft_set.anonymous and nft_set.bindings:
        raise KernelError(Errno.EBUSY)
    assert ctx.chain is not None
    ctx.trans.assign(nft_set, "use", nft_set.use + 1)
    ctx.trans.assign(nft_set, "bindings", (*nft_set.bindings, (ctx.chain, flags)))


def nf_tables_unbind_set(ctx: NftCtx, nft_set: NftSet, flags: int) -> None:
    """The rule is gone; an anonymous set goes with it."""
    assert ctx.chain is not None
    bindings = list(nft_set.bindings)
    bindings.remove((ctx.chain, flags))
    ctx.trans.assign(nft_set, "use", nft_set.use - 1)
    ctx.trans.assign(nft_set, "bindings", tuple(bindings))
    if nft_set.anonymous and not bindings:
        for elem in nft_set.elements():
            nft_setelem_data_deactivate(ctx, elem)
        sets = {name: other for name, other in ctx.table.sets.items() if other is not nft_set}
        ctx.trans.assign(ctx.table, "sets", sets)


def nft_setelem_data_deactivate(ctx: NftCtx, elem: NftSetElem) -> None:
    """Lets go of the chain or object that an element refers to."""
    if isinstance(elem.data, NftVerdict):
        nft_verdict_uninit(ctx, elem.data)
    if elem.obj is not None:
        ctx.trans.assign(elem.obj, "use", elem.obj.use - 1)


def nft_chain_validate_hooks(ctx: NftCtx, hooks: tuple[int, ...]) -> None:
    """EOPNOTSUPP in a base chain of another hook; chains that are jumped to are judged by those that jump."""
    assert ctx.chain is not None
    base = ctx.chain.base
    if base is not None and base.hooknum not in hooks:
        raise KernelError(Errno.EOPNOTSUPP)


def nft_chain_validate_dependency(ctx: NftCtx, type_: str) -> None:
    """EOPNOTSUPP in a base chain of another type (nat …)."""
    assert ctx.chain is not None
    base = ctx.chain.base
    if base is not None and base.type != type_:
        raise KernelError(Errno.EOPNOTSUPP)


def is_object_map(nft_set: NftSet) -> bool:
    """Whether the set's elements name objects."""
    return bool(nft_set.flags & NFT_SET_OBJECT)


__all__ = [
    "Eval",
    "ExprInit",
    "Hook",
    "NFT_EXPR_TYPES",
    "NFT_OBJECT_TYPES",
    "NftBaseChain",
    "NftChain",
    "NftCtx",
    "NftExpr",
    "NftHook",
    "NftObjExpr",
    "NftObject",
    "NftPktinfo",
    "NftRule",
    "NftSet",
    "NftSetElem",
    "NftSetOps",
    "NftTable",
    "NftVerdict",
    "NftablesPernet",
    "Trans",
    "is_object_map",
    "nf_tables_bind_set",
    "nf_tables_unbind_set",
    "nft_chain_lookup",
    "nft_chain_validate_dependency",
    "nft_chain_validate_hooks",
    "nft_elem_expr_init",
    "nft_expr_init",
    "nft_parse_register_load",
    "nft_parse_register_store",
    "nft_set_lookup",
    "nft_setelem_data_deactivate",
    "nft_value_init",
    "nft_verdict_init",
    "nft_verdict_uninit",
    "padded",
]
