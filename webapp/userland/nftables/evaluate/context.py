"""What evaluation knows at a place: the meaning of words, the protocols, the set, what is matched already
(struct eval_ctx and struct expr_ctx of nftables include/rule.h and include/expression.h).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

from msgspec import Struct

from webapp.kernel.uapi.netfilter import NFPROTO_BRIDGE, NFPROTO_IPV4
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import Byteorder, DataType, Names
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.expression import Expr
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.proto import ProtoDesc
from webapp.userland.nftables.proto_ctx import ProtoCtx
from webapp.userland.nftables.rule import FAMILY_NAMES, Cmd, CmdObj, CmdOp, Handle, SetDecl

NFT_REG_BITS = 128


class Cache(Protocol):
    """What nft knows of the ruleset in the kernel and of what the present batch adds to it."""

    def table(self, family: int, name: str) -> bool:
        """Whether there is such a table."""

    def find_set(self, family: int, table: str, name: str) -> SetDecl | None:
        """The set or map of a table."""

    def near_table(self, name: str) -> tuple[int, str] | None:
        """A table with a similar name: family and name."""

    def near_set(self, name: str) -> SetDecl | None:
        """A set with a similar name."""

    def set_changed(self, made: SetDecl) -> None:
        """Evaluation has completed what a set is."""


class Context(Struct):
    """What a word would mean at the present place: type, byte order, length in bits, the greatest value, and the set
    key or concatenation that it belongs to (struct expr_ctx).
    """

    dtype: DataType | None = None
    byteorder: Byteorder = Byteorder.INVALID
    len: int = 0
    maxval: int = 0
    key: Expr | None = None


class EvalContext(ABC):
    """struct eval_ctx, for one command at a time."""

    def __init__(self, cache: Cache, names: Names) -> None:
        self.cache = cache
        self.names = names
        self.ctx = Context()
        self.cmd = Cmd(CmdOp.ADD, CmdObj.RULE, Handle())
        self.pctx = ProtoCtx(NFPROTO_IPV4)
        self.inner_pctx = ProtoCtx(NFPROTO_BRIDGE)
        self.inner_desc: ProtoDesc | None = None
        self.done: list[st.Stmt] = []
        self.stmt: st.Stmt | None = None
        self.stmt_len = 0
        self.set: SetDecl | None = None
        self.set_data_interval = False
        self.list_depth = 0
        self.binop_depth = 0
        self.implicit_sets: list[SetDecl] = []
        self.set_id = 0

    def context(
        self,
        dtype: DataType | None,
        length: int,
        byteorder: Byteorder | None = None,
        maxval: int = 0,
        key: Expr | None = None,
    ) -> None:
        """What words mean from here on; without byte order, the type's."""
        if byteorder is None:
            byteorder = Byteorder.INVALID if dtype is None else dtype.byteorder
        self.ctx = Context(dtype, byteorder, length, maxval, key)

    def protocols(self) -> ProtoCtx:
        """The protocol context in force: inside of a tunnel, the inner packet's."""
        return self.pctx if self.inner_desc is None else self.inner_pctx

    @abstractmethod
    def expr(self, expr: Expr) -> Expr:
        """Evaluates one expression. Raises NftError."""

    def primary(self, expr: Expr) -> Expr:
        """A source of values says what its comparison's other side means."""
        self.context(expr.dtype, expr.len, expr.byteorder)
        return expr

    def table_not_found(self) -> NftError:
        near = self.cache.near_table(self.cmd.handle.table.name)
        hint = f"; did you mean table ‘{near[1]}’ in family {FAMILY_NAMES[near[0]]}?" if near is not None else ""
        return NftError(f"No such file or directory{hint}", self.cmd.handle.table.location)

    def set_not_found(self, name: str, location: Location) -> NftError:
        near = self.cache.near_set(name)
        if near is None:
            return NftError("No such file or directory", location)
        kind = "map" if near.is_map else "set"
        family = FAMILY_NAMES[near.handle.family]
        return NftError(
            f"No such file or directory; did you mean {kind} ‘{near.handle.set.name}’ in table {family} "
            f"‘{near.handle.table.name}’?",
            location,
        )
