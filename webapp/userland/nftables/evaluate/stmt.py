"""Statements without a file of their own: matches, verdicts, meta, ct, log, queue, dup, fwd (stmt_evaluate_expr …)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_NETDEV
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import keys
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import BITS_PER_BYTE, Byteorder
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.evaluate.arg import ADDRESSES, ArgEvaluator, refuse_range
from webapp.userland.nftables.evaluate.context import Context
from webapp.userland.nftables.evaluate.error import stmt_error
from webapp.userland.nftables.expression import Expr, is_constant

NF_LOG_PREFIXLEN = 128


class StmtEvaluator(ArgEvaluator):
    """Evaluates them."""

    def match(self, stmt: st.ExprStmt) -> st.Stmt:
        self.ctx = Context()
        return replace(stmt, expr=self.expr(stmt.expr))

    def verdict_stmt(self, stmt: st.VerdictStmt) -> st.Stmt:
        made = self.arg(stmt, dt.VERDICT, 0, Byteorder.INVALID, stmt.expr)
        if isinstance(made, ex.Verdict) and made.chain is not None:
            made = replace(made, chain=self.chain_of(stmt, made.chain))
        return replace(stmt, expr=made)

    def chain_of(self, stmt: st.Stmt, chain: Expr) -> Expr:
        """The name of the chain that a verdict goes to."""
        target = self.arg(stmt, dt.STRING, 0, Byteorder.INVALID, chain)
        if not isinstance(target, ex.Value):
            raise NftError("not a value expression", target.location)
        if target.len // BITS_PER_BYTE > 256:
            raise NftError(f"chain name too long ({target.len // BITS_PER_BYTE}, max 256)", target.location)
        return target

    def meta_stmt(self, stmt: st.MetaStmt) -> st.Stmt:
        tmpl = keys.META[stmt.key]
        self.stmt_len = tmpl.len
        made = self.arg(stmt, tmpl.dtype, tmpl.len, tmpl.byteorder, stmt.expr)
        refuse_range(stmt, made)
        return replace(stmt, expr=made)

    def ct_stmt(self, stmt: st.CtStmt) -> st.Stmt:
        tmpl = keys.CT[stmt.key]
        self.stmt_len = tmpl.len
        made = self.arg(stmt, tmpl.dtype, tmpl.len, tmpl.byteorder, stmt.expr)
        if stmt.key == uapi.NFT_CT_SECMARK and is_constant(made):
            raise stmt_error(stmt, "ct secmark must not be set to constant value")
        refuse_range(stmt, made)
        return replace(stmt, expr=made)

    def log(self, stmt: st.LogStmt) -> st.Stmt:
        grouped = (stmt.group, stmt.snaplen, stmt.qthreshold) != (None, None, None)
        if grouped and stmt.level is not None:
            raise stmt_error(stmt, "level and group are mutually exclusive")
        if grouped and stmt.logflags:
            raise stmt_error(stmt, "flags and group are mutually exclusive")
        if stmt.level == uapi.NFT_LOGLEVEL_AUDIT and (stmt.prefix is not None or stmt.logflags):
            raise stmt_error(stmt, "log level audit doesn't support any further options")
        if stmt.prefix is not None:
            if len(stmt.prefix.encode()) >= NF_LOG_PREFIXLEN:
                raise stmt_error(stmt, "log prefix is too long")
            if not stmt.prefix:
                raise stmt_error(stmt, "log prefix must have a minimum length of 1 character")
        if grouped and stmt.group is None:
            return replace(stmt, group=0)
        return stmt

    def queue(self, stmt: st.QueueStmt) -> st.Stmt:
        if stmt.queue is None:
            return stmt
        queue = self.arg(stmt, dt.INTEGER, 16, Byteorder.HOST, stmt.queue)
        if stmt.flags & uapi.NFT_QUEUE_FLAG_CPU_FANOUT and not isinstance(queue, ex.Range):
            raise NftError("fanout requires a range to be specified", queue.location)
        if self.ctx.maxval > 0xFFFF:
            raise NftError(f"queue expression max value exceeds {0xFFFF}", queue.location)
        return replace(stmt, queue=queue)

    def dup(self, stmt: st.DupStmt) -> st.Stmt:
        family = self.pctx.family
        if family in {NFPROTO_IPV4, NFPROTO_IPV6}:
            dtype = ADDRESSES[family]
            to = self.arg(stmt, dtype, dtype.size, Byteorder.BIG, stmt.to)
            dev = self._device(stmt, stmt.dev) if stmt.dev is not None else None
            refuse_range(stmt, to)
            return replace(stmt, to=to, dev=dev)
        if family != NFPROTO_NETDEV:
            raise stmt_error(stmt, "unsupported family")
        if stmt.dev is not None:
            raise stmt_error(stmt, "cannot specify device")
        return replace(stmt, to=self._device(stmt, stmt.to))

    def _device(self, stmt: st.Stmt, expr: Expr) -> Expr:
        made = self.arg(stmt, dt.IFINDEX, 32, Byteorder.HOST, expr)
        refuse_range(stmt, made)
        return made

    def fwd(self, stmt: st.FwdStmt) -> st.Stmt:
        if self.pctx.family != NFPROTO_NETDEV:
            raise stmt_error(stmt, "unsupported family")
        dev = self._device(stmt, stmt.dev)
        if stmt.addr is None:
            return replace(stmt, dev=dev)
        dtype = ADDRESSES[stmt.family]
        addr = self.arg(stmt, dtype, dtype.size, Byteorder.BIG, stmt.addr)
        refuse_range(stmt, addr)
        return replace(stmt, dev=dev, addr=addr)
