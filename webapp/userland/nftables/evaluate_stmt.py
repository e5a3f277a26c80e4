"""Evaluation of statements and rules (nftables src/evaluate.c, stmt_evaluate_*, rule_evaluate; rule.c, stmt_reduce)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import (
    NFPROTO_ARP,
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
)
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import keys
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import BITS_PER_BYTE, Byteorder, DataType, DatatypeError, compatible
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.evaluate.byteorder import byteorder_conversion
from webapp.userland.nftables.evaluate.context import NFT_REG_BITS, Context
from webapp.userland.nftables.evaluate.error import stmt_error
from webapp.userland.nftables.evaluate.expr import Evaluator
from webapp.userland.nftables.evaluate.payload import offset_shift, payload_needs_adjustment
from webapp.userland.nftables.expression import Expr, Op, is_constant, prefix_mask
from webapp.userland.nftables.proto import (
    ETH,
    INET_SERVICE_PROTO,
    IP,
    IP6,
    NETDEV,
    TCP,
    TH,
    UNKNOWN,
    UNKNOWN_TEMPLATE,
    VLAN,
    ProtoBase,
    ProtoDesc,
)
from webapp.userland.nftables.proto_ctx import ProtoCtx, is_protocol
from webapp.userland.nftables.rule import FAMILY_NAMES, RuleDecl, SetDecl, Spec
from webapp.userland.nftables.statement import stmt_name

NF_LOG_PREFIXLEN = 128
NFT_OBJ_MAXNAMELEN = 256
ICMP_PORT_UNREACH, ICMP6_DST_UNREACH_NOPORT = 3, 4
_IP, _IP6 = 0x0800, 0x86DD


def _refuse_range(stmt: st.Stmt, expr: Expr) -> None:
    if isinstance(expr, ex.Range):
        raise NftError(f"{stmt_name(stmt)}: range argument not supported", expr.location)


class RuleEvaluator(Evaluator):
    """Evaluates rules."""

    chain_id = 0

    def rule(self, rule: RuleDecl) -> RuleDecl:
        """The rule with all that its statements depend on. Raises NftError."""
        return replace(rule, stmts=self.statements(rule.stmts, rule.handle.family))

    def statements(self, stmts: Sequence[st.Stmt], family: int) -> tuple[st.Stmt, ...]:
        """Statements in the context of a new rule of a family."""
        self.pctx = ProtoCtx(family)
        self.inner_pctx = ProtoCtx(NFPROTO_BRIDGE)
        self.inner_desc = None
        self.done = []
        self.ctx = Context()
        terminal: st.Stmt | None = None
        for stmt in stmts:
            if terminal is not None:
                raise stmt_error(stmt, "Statement after terminal statement has no effect", terminal.location)
            self.stmt = stmt
            self.stmt_len = 0
            made = self.statement(stmt)
            self.done.append(made)
            if is_terminal(made):
                terminal = stmt
            self.inner_desc = None
        self.stmt = None
        return reduce_statements(self.done, family)

    def statement(self, stmt: st.Stmt) -> st.Stmt:
        """One statement; what it depends on goes to ``done`` before it."""
        evaluate = _STATEMENTS.get(type(stmt))
        return stmt if evaluate is None else evaluate(self, stmt)

    # --- arguments --------------------------------------------------------------------------------------------------

    def arg(self, stmt: st.Stmt, dtype: DataType, length: int, byteorder: Byteorder, expr: Expr) -> Expr:
        """The value that a statement sets or hands over (stmt_evaluate_arg)."""
        self.context(dtype, length, byteorder)
        return self.checked_arg(stmt, dtype, length, byteorder, self.expr(expr))

    def checked_arg(self, stmt: st.Stmt, dtype: DataType, length: int, byteorder: Byteorder, expr: Expr) -> Expr:
        """Checks the type of an evaluated argument and brings it into byte order."""
        if (
            isinstance(expr, ex.Payload)
            and expr.dtype.type == dt.INTEGER.type
            and (dtype.root.type != dt.INTEGER.type or expr.len != length)
        ):
            raise NftError(
                f"datatype mismatch: expected {dtype.desc}, expression has type {expr.dtype.desc} with length "
                f"{expr.len}",
                expr.location,
                stmt.location,
            )
        if not compatible(dtype, expr.dtype):
            raise NftError(
                f"datatype mismatch: expected {dtype.desc}, expression has type {expr.dtype.desc}",
                expr.location,
                stmt.location,
            )
        if dtype.type == dt.MARK.type and not is_constant(expr):
            return byteorder_conversion(expr, byteorder)
        if isinstance(expr, ex.Set):
            raise NftError("you cannot use a set here, unknown value to use", expr.location, stmt.location)
        if isinstance(expr, ex.SetRef):
            raise NftError("you cannot reference a set here, unknown value to use", expr.location, stmt.location)
        if isinstance(expr, ex.Rt) or (isinstance(expr, ex.Numgen) and dtype is dt.IPADDR):
            return byteorder_conversion(expr, byteorder)
        if isinstance(expr, ex.Prefix):
            return self.prefix_range(expr)
        return expr

    def prefix_range(self, expr: ex.Prefix) -> Expr:
        """A prefix as the range of its values (stmt_prefix_conversion)."""
        base = expr.prefix
        if not isinstance(base, ex.Value):
            raise NftError(f"you cannot specify a prefix here, unknown type {base.dtype.name}", expr.location)
        if base.dtype.root is not dt.INTEGER:
            raise NftError("Prefix expression expected integer value", expr.location)
        low = base.value & prefix_mask(base.len, expr.prefix_len)
        high = base.value | ((1 << (expr.len - expr.prefix_len)) - 1)
        if low == high:
            return base
        return ex.Range(
            replace(base, value=low),
            replace(base, value=high),
            dtype=base.dtype,
            byteorder=base.byteorder,
            len=base.len,
            location=expr.location,
        )

    # --- matches and verdicts ---------------------------------------------------------------------------------------

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

    def chain_stmt(self, stmt: st.ChainStmt) -> st.Stmt:
        kept = (self.pctx, self.inner_pctx, self.inner_desc, self.done, self.stmt, self.stmt_len)
        rules = tuple(self.statements(rule, self.cmd.handle.family) for rule in stmt.rules)
        self.pctx, self.inner_pctx, self.inner_desc, self.done, self.stmt, self.stmt_len = kept
        return replace(stmt, rules=rules)

    # --- setting fields ---------------------------------------------------------------------------------------------

    def exthdr_stmt(self, stmt: st.ExthdrStmt) -> st.Stmt:
        assert isinstance(stmt.expr, ex.Exthdr)
        field = self.exthdr_field(stmt.expr)
        val = self.arg(stmt, field.dtype, field.len, Byteorder.BIG, stmt.val)
        _refuse_range(stmt, val)
        return replace(stmt, expr=field, val=val)

    def optstrip(self, stmt: st.OptstripStmt) -> st.Stmt:
        return replace(stmt, expr=self.expr(stmt.expr))

    def payload_stmt(self, stmt: st.PayloadStmt) -> st.Stmt:
        if not isinstance(stmt.expr, ex.Payload) or stmt.expr.inner is not None:
            raise NftError("payload statement for this expression is not supported", stmt.expr.location)
        field = self.payload_dependencies(stmt.expr)
        val = self.arg(stmt, field.dtype, field.len, field.byteorder, stmt.val)
        if not is_constant(val):
            val = byteorder_conversion(val, field.byteorder)
        _refuse_range(stmt, val)
        aligned = _needs_aligned_fetch(field)
        if not payload_needs_adjustment(field, field.offset) and (not aligned or field.len // BITS_PER_BYTE % 2 == 0):
            return replace(stmt, expr=field, val=val)
        return self._adjusted_payload(stmt, field, val, aligned=aligned)

    def _adjusted_payload(self, stmt: st.PayloadStmt, field: ex.Payload, val: Expr, *, aligned: bool) -> st.Stmt:
        """Writes whole bytes: those that are there, with the field's bits replaced."""
        first = field.offset // BITS_PER_BYTE
        shift, extra = offset_shift(field.len, field.offset)
        size = -(-(field.len + extra) // BITS_PER_BYTE)
        if size * BITS_PER_BYTE > NFT_REG_BITS:
            raise NftError(
                f"uneven load cannot span more than {NFT_REG_BITS // BITS_PER_BYTE} bytes, got {size}", field.location
            )
        if aligned and size % 2:
            size += 1
            if first % 2:
                first -= 1
            else:
                shift += BITS_PER_BYTE
        whole = (1 << size * BITS_PER_BYTE) - 1
        others = whole ^ (((1 << field.len) - 1) << shift)
        loaded = ex.Payload(
            field.desc,
            UNKNOWN_TEMPLATE,
            field.base,
            first * BITS_PER_BYTE,
            is_raw=True,
            dtype=dt.XINTEGER,
            byteorder=field.byteorder,
            len=size * BITS_PER_BYTE,
            location=field.location,
        )
        target = replace(field, len=size * BITS_PER_BYTE, offset=first * BITS_PER_BYTE)
        if isinstance(val, ex.Value):
            mask = ex.value(others, dt.INTEGER, field.byteorder, size * BITS_PER_BYTE, field.location)
            kept = self._whole(ex.Binop(Op.AND, loaded, mask, location=field.location), loaded)
            written = replace(val, value=val.value << shift, len=size * BITS_PER_BYTE)
            made = self._whole(ex.Binop(Op.XOR, kept, written, location=field.location), loaded)
            return replace(stmt, expr=target, val=replace(made, dtype=field.dtype))
        if isinstance(val, ex.Binop):
            return self._own_field(stmt, field, val, loaded, shift, others)
        raise NftError("payload statement for this expression is not supported", val.location)

    def _own_field(
        self, stmt: st.PayloadStmt, field: ex.Payload, val: ex.Binop, loaded: ex.Payload, shift: int, others: int
    ) -> st.Stmt:
        """FIELD set FIELD & VALUE: computed on the whole bytes."""
        steps = [val]
        while isinstance(steps[-1].left, ex.Binop):
            steps.append(steps[-1].left)
        inmost = steps[-1]
        own = inmost.left
        if not isinstance(own, ex.Payload) or own.tmpl is not field.tmpl or not isinstance(inmost.right, ex.Value):
            raise NftError("payload statement for this expression is not supported", val.location)
        number = inmost.right.value << shift
        if inmost.op is Op.AND:
            number |= others
        right = ex.value(number, dt.INTEGER, field.byteorder, loaded.len, inmost.right.location)
        made: Expr = self._whole(ex.Binop(inmost.op, loaded, right, location=val.location), loaded)
        for step in reversed(steps[:-1]):
            made = self._whole(replace(step, left=made), loaded)
        return replace(stmt, expr=replace(loaded, dtype=field.dtype, desc=field.desc), val=made)

    def _whole(self, expr: ex.Binop, loaded: ex.Payload) -> ex.Binop:
        return replace(expr, dtype=loaded.dtype, byteorder=loaded.byteorder, len=loaded.len)

    def meta_stmt(self, stmt: st.MetaStmt) -> st.Stmt:
        tmpl = keys.META[stmt.key]
        self.stmt_len = tmpl.len
        made = self.arg(stmt, tmpl.dtype, tmpl.len, tmpl.byteorder, stmt.expr)
        _refuse_range(stmt, made)
        return replace(stmt, expr=made)

    def ct_stmt(self, stmt: st.CtStmt) -> st.Stmt:
        tmpl = keys.CT[stmt.key]
        self.stmt_len = tmpl.len
        made = self.arg(stmt, tmpl.dtype, tmpl.len, tmpl.byteorder, stmt.expr)
        if stmt.key == uapi.NFT_CT_SECMARK and is_constant(made):
            raise stmt_error(stmt, "ct secmark must not be set to constant value")
        _refuse_range(stmt, made)
        return replace(stmt, expr=made)

    # --- log, queue, tproxy -----------------------------------------------------------------------------------------

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

    def tproxy(self, stmt: st.TproxyStmt) -> st.Stmt:
        family = self.pctx.family
        if family not in {NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET}:
            raise stmt_error(stmt, "tproxy is only supported for IPv4/IPv6/INET")
        own = stmt.family
        if not own and family != NFPROTO_INET:
            own = family
        if self.pctx.desc(ProtoBase.TRANSPORT) is None:
            raise stmt_error(stmt, "Transparent proxy support requires transport protocol match")
        self._check_l3proto(stmt, own)
        addr, port = stmt.addr, stmt.port
        if addr is not None:
            own, addr = self._address(stmt, own, addr)
            if isinstance(addr, ex.Range):
                raise stmt_error(stmt, "Address ranges are not supported for tproxy.")
        if port is not None:
            port = self._transport(stmt, None, port)
            if isinstance(port, ex.Range):
                raise stmt_error(stmt, "Port ranges are not supported for tproxy.")
        return replace(stmt, addr=addr, port=port, family=own, table_family=family)

    # --- reject -----------------------------------------------------------------------------------------------------

    def reject(self, stmt: st.RejectStmt) -> st.Stmt:
        if stmt.type is None:
            stmt = self._reject_default(stmt)
        elif stmt.expr is not None:
            stmt = replace(stmt, icmp_code=self._reject_code(stmt.expr))
        else:
            self._check_reset(stmt)
        self._reject_family(stmt)
        return stmt

    def _reject_code(self, expr: Expr) -> int:
        assert isinstance(expr, ex.Symbol)
        try:
            code = dt.parse_symbol(expr.dtype, expr.identifier, self.names).value
        except DatatypeError as error:
            raise NftError(str(error), expr.location) from None
        if not 0 <= code <= 255:
            raise NftError("reject code must be integer in range 0-255", expr.location)
        return code

    def _reject_default(self, stmt: st.RejectStmt) -> st.RejectStmt:
        family = self.pctx.family
        network = self.pctx.desc(ProtoBase.NETWORK)
        if family in {NFPROTO_INET, NFPROTO_BRIDGE, NFPROTO_NETDEV}:
            family = {IP: NFPROTO_IPV4, IP6: NFPROTO_IPV6}.get(network, 0) if network is not None else 0
            if network is None:
                return replace(stmt, type=uapi.NFT_REJECT_ICMPX_UNREACH, icmp_code=uapi.NFT_REJECT_ICMPX_PORT_UNREACH)
        code = {NFPROTO_IPV4: ICMP_PORT_UNREACH, NFPROTO_IPV6: ICMP6_DST_UNREACH_NOPORT}.get(family)
        return replace(stmt, type=uapi.NFT_REJECT_ICMP_UNREACH, family=family, icmp_code=code)

    def _check_reset(self, stmt: st.RejectStmt) -> None:
        transport = self.pctx.desc(ProtoBase.TRANSPORT)
        if transport is None:
            return
        base = self.pctx.desc(ProtoBase.NETWORK) or INET_SERVICE_PROTO
        if base.number_of(transport) != 6 and stmt.type == uapi.NFT_REJECT_TCP_RST:
            raise stmt_error(
                stmt,
                "you cannot use tcp reset with this protocol",
                self.pctx.location(ProtoBase.TRANSPORT),
            )

    def _reject_family(self, stmt: st.RejectStmt) -> None:
        family = self.pctx.family
        if family == NFPROTO_ARP:
            raise stmt_error(stmt, "cannot use reject with arp")
        if family in {NFPROTO_IPV4, NFPROTO_IPV6}:
            self._reject_ip(stmt, family)
        else:
            self._reject_mixed(stmt)

    def _reject_ip(self, stmt: st.RejectStmt, family: int) -> None:
        if stmt.type == uapi.NFT_REJECT_TCP_RST:
            self._reject_dependency(stmt)
        elif stmt.type == uapi.NFT_REJECT_ICMPX_UNREACH:
            raise self._reject_error(stmt, "abstracted ICMP unreachable not supported")
        elif stmt.family != family:
            raise self._reject_error(stmt, "conflicting protocols specified: ip vs ip6")

    def _reject_error(self, stmt: st.RejectStmt, message: str) -> NftError:
        if stmt.expr is not None:
            return NftError(message, stmt.expr.location, stmt.location)
        return stmt_error(stmt, message)

    def _reject_mixed(self, stmt: st.RejectStmt) -> None:
        pctx = self.pctx
        network = pctx.desc(ProtoBase.NETWORK)
        if pctx.family != NFPROTO_INET and pctx.desc(ProtoBase.LL) not in {ETH, VLAN, NETDEV}:
            raise stmt_error(stmt, "cannot reject from this link layer protocol")
        if network is not None:
            self._check_network(stmt, network)
        if stmt.type != uapi.NFT_REJECT_ICMPX_UNREACH:
            self._reject_dependency(stmt)

    def _check_network(self, stmt: st.RejectStmt, network: ProtoDesc) -> None:
        where = self.pctx.location(ProtoBase.NETWORK)
        base = self.pctx.desc(ProtoBase.LL)
        number = base.number_of(network) if base is not None else None
        inet = self.pctx.family == NFPROTO_INET
        if number not in {_IP, _IP6, NFPROTO_IPV4, NFPROTO_IPV6}:
            if not inet:
                raise stmt_error(stmt, "cannot reject this network family", where)
            if stmt.type == uapi.NFT_REJECT_ICMP_UNREACH:
                raise stmt_error(stmt, "cannot infer ICMP reject variant to use: explicit value required.\n")
            return
        wanted = NFPROTO_IPV4 if number in {_IP, NFPROTO_IPV4} else NFPROTO_IPV6
        if stmt.type == uapi.NFT_REJECT_ICMP_UNREACH and stmt.family != wanted:
            place = stmt.expr.location if stmt.expr is not None else stmt.location
            raise NftError("conflicting protocols specified: ip vs ip6", place, where)

    def _reject_dependency(self, stmt: st.RejectStmt) -> None:
        """What is rejected must be TCP, or of the IP version of the answer; matched before all else of the rule."""
        pctx = self.pctx
        if stmt.type == uapi.NFT_REJECT_TCP_RST:
            if pctx.desc(ProtoBase.TRANSPORT) is not None:
                return
            field = ex.payload(TCP, "sport", stmt.location)
        else:
            if pctx.desc(ProtoBase.NETWORK) is not None:
                return
            if stmt.icmp_code is None:
                raise stmt_error(stmt, "missing icmp error type")
            if stmt.family == NFPROTO_IPV4:
                field = ex.payload(IP, "protocol", stmt.location)
            else:
                field = ex.payload(IP6, "nexthdr", stmt.location)
        self.done.insert(0, self.gen_dependency(field))

    # --- nat --------------------------------------------------------------------------------------------------------

    def nat(self, stmt: st.NatStmt) -> st.Stmt:
        family = self._nat_family(stmt)
        stmt = replace(stmt, family=family)
        if stmt.addr is not None:
            self._check_l3proto(stmt, family)
            addr, concat = self._is_concat_map(stmt.addr)
            if concat:
                stmt = replace(stmt, addr=addr, type_flags=stmt.type_flags | st.NAT_F_CONCAT)
            if stmt.type_flags & st.NAT_F_CONCAT:
                return self._nat_map(stmt)
            family, addr = self._address(stmt, family, addr)
            stmt = replace(stmt, family=family, addr=addr)
        if stmt.proto is not None:
            proto = self._transport(stmt, stmt.addr, stmt.proto)
            stmt = replace(stmt, proto=proto, flags=stmt.flags | uapi.NF_NAT_RANGE_PROTO_SPECIFIED)
        return stmt

    def _nat_family(self, stmt: st.NatStmt) -> int:
        family = self.pctx.family
        if family in {NFPROTO_IPV4, NFPROTO_IPV6}:
            return stmt.family or family
        if family != NFPROTO_INET:
            raise stmt_error(stmt, "NAT is only supported for IPv4/IPv6")
        if stmt.addr is None:
            return NFPROTO_INET
        if stmt.family:
            return stmt.family
        network = self.pctx.desc(ProtoBase.NETWORK)
        return {IP: NFPROTO_IPV4, IP6: NFPROTO_IPV6}.get(network, 0) if network is not None else 0

    def _check_l3proto(self, stmt: st.Stmt, family: int) -> None:
        network = self.pctx.desc(ProtoBase.NETWORK)
        wanted = {IP: NFPROTO_IPV4, IP6: NFPROTO_IPV6}.get(network) if network is not None else None
        if wanted is not None and family != wanted:
            assert network is not None
            raise stmt_error(
                stmt,
                f"conflicting protocols specified: {network.name} vs. {FAMILY_NAMES[family]}. You must specify ip or "
                f"ip6 family in {stmt_name(stmt)} statement",
                self.pctx.location(ProtoBase.NETWORK),
            )

    def _address(self, stmt: st.Stmt, family: int, addr: Expr) -> tuple[int, Expr]:
        """The address of nat or tproxy, and its family."""
        table = self.pctx.family
        if table == NFPROTO_INET:
            if family in {NFPROTO_INET, 0}:
                family = _inferred_family(addr) or family
            dtype = _ADDRESSES.get(family)
            if dtype is None:
                name = stmt_name(stmt)
                raise stmt_error(
                    stmt, f"specify `{name} ip' or '{name} ip6' in {FAMILY_NAMES[table]} table to disambiguate"
                )
        else:
            dtype = _ADDRESSES.get(table, dt.INVALID)
        return family, self.arg(stmt, dtype, dtype.size, Byteorder.BIG, addr)

    def _transport(self, stmt: st.Stmt, addr: Expr | None, port: Expr) -> Expr:
        made = self.arg(stmt, dt.INET_SERVICE, 16, Byteorder.BIG, port)
        if self.pctx.desc(ProtoBase.TRANSPORT) is None and not _has_transport(addr):
            raise NftError(
                "transport protocol mapping is only valid after transport protocol match",
                made.location,
                stmt.location,
            )
        return made

    def _is_concat_map(self, addr: Expr) -> tuple[Expr, bool]:
        if not isinstance(addr, ex.Map):
            return addr, False
        if isinstance(addr.mappings, ex.Set):
            for elem in addr.mappings.expressions:
                key = elem.key if isinstance(elem, ex.SetElem) else elem
                if isinstance(key, ex.Mapping) and isinstance(key.right, ex.Concat):
                    return addr, True
            return addr, False
        if not isinstance(addr.mappings, ex.Symbol):
            return addr, False
        ref = self.expr(addr.mappings)
        if not isinstance(ref, ex.SetRef) or not ref.set.flags & uapi.NFT_SET_MAP:
            raise NftError("Expression is not a map", addr.mappings.location)
        data = ref.set.data
        concat = data is not None and (isinstance(data, ex.Concat) or bool(data.dtype.subtypes))
        return replace(addr, mappings=ref), concat

    def _nat_map(self, stmt: st.NatStmt) -> st.Stmt:
        """snat ip addr . port to … map: address and port come from one map."""
        if stmt.proto is not None:
            raise stmt_error(stmt, "nat map and protocol are mutually exclusive", stmt.proto.location)
        addr = stmt.addr
        assert addr is not None
        family = stmt.family
        if family == NFPROTO_INET or not family:
            family = _inferred_family(addr) or family
        dtype = _ADDRESSES.get(family)
        if dtype is None:
            name = stmt_name(stmt)
            raise stmt_error(
                stmt, f"specify `{name} ip' or '{name} ip6' in {FAMILY_NAMES[self.pctx.family]} table to disambiguate"
            )
        wanted = dt.concat_type((dtype, dt.INET_SERVICE))
        self.context(wanted, wanted.size)
        made = self.expr(addr)
        if self.pctx.desc(ProtoBase.TRANSPORT) is None and not _has_transport(made):
            raise NftError(
                "transport protocol mapping is only valid after transport protocol match",
                made.location,
                stmt.location,
            )
        flags = stmt.type_flags
        if isinstance(made, ex.Map) and isinstance(made.mappings, ex.SetRef):
            data = made.mappings.set.data
            if isinstance(data, ex.Range):
                flags |= st.NAT_F_INTERVAL
            if data is not None and not compatible(wanted, data.dtype):
                raise NftError(
                    f"datatype mismatch: expected {wanted.desc}, expression has type {data.dtype.desc}",
                    made.location,
                    stmt.location,
                )
        return replace(stmt, addr=made, family=family, type_flags=flags)

    # --- dup and fwd ------------------------------------------------------------------------------------------------

    def dup(self, stmt: st.DupStmt) -> st.Stmt:
        family = self.pctx.family
        if family in {NFPROTO_IPV4, NFPROTO_IPV6}:
            dtype = _ADDRESSES[family]
            to = self.arg(stmt, dtype, dtype.size, Byteorder.BIG, stmt.to)
            dev = self._device(stmt, stmt.dev) if stmt.dev is not None else None
            _refuse_range(stmt, to)
            return replace(stmt, to=to, dev=dev)
        if family != NFPROTO_NETDEV:
            raise stmt_error(stmt, "unsupported family")
        if stmt.dev is not None:
            raise stmt_error(stmt, "cannot specify device")
        return replace(stmt, to=self._device(stmt, stmt.to))

    def _device(self, stmt: st.Stmt, expr: Expr) -> Expr:
        made = self.arg(stmt, dt.IFINDEX, 32, Byteorder.HOST, expr)
        _refuse_range(stmt, made)
        return made

    def fwd(self, stmt: st.FwdStmt) -> st.Stmt:
        if self.pctx.family != NFPROTO_NETDEV:
            raise stmt_error(stmt, "unsupported family")
        dev = self._device(stmt, stmt.dev)
        if stmt.addr is None:
            return replace(stmt, dev=dev)
        dtype = _ADDRESSES[stmt.family]
        addr = self.arg(stmt, dtype, dtype.size, Byteorder.BIG, stmt.addr)
        _refuse_range(stmt, addr)
        return replace(stmt, dev=dev, addr=addr)

    # --- sets and objects -------------------------------------------------------------------------------------------

    def set_stmt(self, stmt: st.SetStmt) -> st.Stmt:
        ref = self._dynamic_set(stmt.set)
        key = self._dynamic_key(stmt, ref, stmt.key)
        stmts = tuple(self._stateful(inner, "set") for inner in stmt.stmts)
        made = replace(ref.set, flags=ref.set.flags | uapi.NFT_SET_EVAL)
        self.cache.set_changed(made)
        return replace(stmt, set=replace(ref, set=made), key=key, stmts=stmts)

    def map_stmt(self, stmt: st.MapStmt) -> st.Stmt:
        ref = self._dynamic_set(stmt.set)
        if not ref.set.is_map:
            raise NftError(f"{ref.set.handle.set.name} is not a map", ref.location)
        key = self._dynamic_key(stmt, ref, stmt.key)
        data = stmt.data
        kind = ref.set.data
        assert isinstance(data, ex.SetElem)
        assert kind is not None
        value = self.arg(stmt, kind.dtype, kind.len, kind.byteorder, data.key)
        if data.comment is not None:
            raise NftError("Data expression comments are not supported", data.location)
        if data.timeout:
            raise NftError("Data expression timeouts are not supported", data.location)
        stmts = tuple(self._stateful(inner, "map") for inner in stmt.stmts)
        return replace(stmt, set=ref, key=key, data=replace(data, key=value), stmts=stmts)

    def _dynamic_set(self, expr: Expr) -> ex.SetRef:
        self.context(None, 0)
        ref = self.expr(expr)
        if not isinstance(ref, ex.SetRef):
            raise NftError("Expression does not refer to a set", expr.location)
        return ref

    def _dynamic_key(self, stmt: st.Stmt, ref: ex.SetRef, elem: Expr) -> Expr:
        assert isinstance(elem, ex.SetElem)
        kind = ref.set.key
        assert kind is not None
        key = self.checked_arg(stmt, kind.dtype, kind.len, kind.byteorder, self.expr(elem.key))
        if elem.comment is not None:
            raise NftError("Key expression comments are not supported", key.location)
        return replace(elem, key=key)

    def _stateful(self, stmt: st.Stmt, name: str) -> st.Stmt:
        if not isinstance(stmt, st.STATEFUL):
            raise stmt_error(stmt, f"{name} statement must be stateful")
        return stmt

    def meter(self, stmt: st.MeterStmt) -> st.Stmt:
        """A dynamic set that the rule declares itself."""
        handle = self.cmd.handle
        if not self.cache.table(handle.family, handle.table.name):
            raise self.table_not_found()
        self.context(None, 0)
        elem = self.expr(stmt.key)
        assert isinstance(elem, ex.SetElem)
        if is_constant(elem.key):
            raise NftError("Meter key expression can not be constant", elem.key.location)
        if elem.comment is not None:
            raise NftError("Meter key expression can not contain comments", elem.key.location)
        found = self.cache.find_set(handle.family, handle.table.name, stmt.name)
        if found is None:
            flags = uapi.NFT_SET_EVAL | (uapi.NFT_SET_TIMEOUT if elem.timeout else 0)
            self.set_id += 1
            found = SetDecl(
                replace(handle, set=Spec(stmt.name, stmt.location), chain=Spec()),
                elem.key,
                flags=flags,
                size=stmt.size,
                id=self.set_id,
                location=stmt.location,
            )
            self.implicit_sets.append(found)
            self.cache.set_changed(found)
        self._stateful(stmt.stmt, "meter")
        op = uapi.NFT_DYNSET_OP_UPDATE if elem.timeout else uapi.NFT_DYNSET_OP_ADD
        return st.SetStmt(op, ex.SetRef(found, location=stmt.location), elem, (stmt.stmt,), location=stmt.location)

    def objref(self, stmt: st.ObjrefStmt) -> st.Stmt:
        if isinstance(stmt.expr, ex.Map):
            return replace(stmt, expr=self._object_map(stmt, stmt.expr))
        name = self.arg(stmt, dt.STRING, NFT_OBJ_MAXNAMELEN * BITS_PER_BYTE, Byteorder.HOST, stmt.expr)
        if not is_constant(name):
            raise NftError("Counter expression must be constant", name.location)
        return replace(stmt, expr=name)

    def _object_map(self, stmt: st.ObjrefStmt, expr: ex.Map) -> Expr:
        self.context(None, 0)
        source = self.expr(expr.map)
        if is_constant(source):
            raise NftError("Map expression can not be constant", source.location)
        if isinstance(expr.mappings, ex.Set):
            ref = self._implicit_object_map(stmt, source, expr.mappings)
        else:
            ref = self.map_reference(expr.mappings, source)
            if not ref.set.flags & uapi.NFT_SET_OBJECT:
                raise NftError("Expression is not a map with objects", ref.location)
        assert ref.set.key is not None
        if not compatible(ref.set.key.dtype, source.dtype):
            raise NftError(
                f"datatype mismatch, map expects {ref.set.key.dtype.desc}, mapping expression has type "
                f"{source.dtype.desc}",
                ref.location,
                source.location,
            )
        if ref.set.flags & uapi.NFT_SET_INTERVAL:
            source = byteorder_conversion(source, Byteorder.BIG)
        return replace(expr, map=source, mappings=ref, dtype=dt.STRING)

    def _implicit_object_map(self, stmt: st.ObjrefStmt, source: Expr, mappings: ex.Set) -> ex.SetRef:
        key: Expr = ex.value(0, self.ctx.dtype or dt.INVALID, self.ctx.byteorder, self.ctx.len, stmt.location)
        if isinstance(source, ex.Concat):
            key = source
        data = ex.value(0, dt.STRING, Byteorder.HOST, NFT_OBJ_MAXNAMELEN * BITS_PER_BYTE)
        flags = uapi.NFT_SET_OBJECT | uapi.NFT_SET_ANONYMOUS | mappings.set_flags
        outer = self.set
        self.set = SetDecl(replace(self.cmd.handle, set=Spec("__objmap%d")), key, data, flags, stmt.type)
        init = self.expr(mappings)
        self.set = outer
        assert isinstance(init, ex.Set)
        return self.implicit_set("__objmap%d", key, data, init, flags | init.set_flags, stmt.type)


_ADDRESSES: dict[int, DataType] = {NFPROTO_IPV4: dt.IPADDR, NFPROTO_IPV6: dt.IP6ADDR}


def _inferred_family(expr: Expr) -> int:
    """The IP version that a map's key tells (expr_family_infer)."""
    if not isinstance(expr, ex.Map):
        return 0
    fields = expr.map.expressions if isinstance(expr.map, ex.Concat) else (expr.map,)
    family = 0
    for field in fields:
        if isinstance(field, ex.Payload):
            family = {IP: NFPROTO_IPV4, IP6: NFPROTO_IPV6}.get(field.desc, family)
    return family


def _has_transport(addr: Expr | None) -> bool:
    """Whether a map's key tells the transport protocol (nat_evaluate_addr_has_th_expr)."""
    if not isinstance(addr, ex.Map) or not isinstance(addr.map, ex.Concat):
        return False
    for field in addr.map.expressions:
        if isinstance(field, ex.Payload) and field.base is ProtoBase.TRANSPORT and field.desc is not TH:
            return True
        if is_protocol(field) and isinstance(field, ex.Payload) and field.base is ProtoBase.NETWORK:
            return True
        if isinstance(field, ex.Meta) and field.key == uapi.NFT_META_L4PROTO:
            return True
    return False


def _needs_aligned_fetch(field: ex.Payload) -> bool:
    """Checksums and VLAN tags are written in steps of two bytes."""
    return field.base is ProtoBase.INNER or field.desc.checksum is not None or field.desc is VLAN


def is_terminal(stmt: st.Stmt) -> bool:
    """Whether no statement may follow (STMT_F_TERMINAL)."""
    if isinstance(stmt, st.VerdictStmt):
        return isinstance(stmt.expr, ex.Verdict) and stmt.expr.verdict != uapi.NFT_CONTINUE
    return isinstance(stmt, st.RejectStmt | st.NatStmt | st.FwdStmt | st.QueueStmt | st.ChainStmt)


_STATEMENTS: dict[type[st.Stmt], Callable[[RuleEvaluator, Any], st.Stmt]] = {
    st.ExprStmt: RuleEvaluator.match,
    st.VerdictStmt: RuleEvaluator.verdict_stmt,
    st.ChainStmt: RuleEvaluator.chain_stmt,
    st.PayloadStmt: RuleEvaluator.payload_stmt,
    st.ExthdrStmt: RuleEvaluator.exthdr_stmt,
    st.OptstripStmt: RuleEvaluator.optstrip,
    st.MetaStmt: RuleEvaluator.meta_stmt,
    st.CtStmt: RuleEvaluator.ct_stmt,
    st.LogStmt: RuleEvaluator.log,
    st.RejectStmt: RuleEvaluator.reject,
    st.NatStmt: RuleEvaluator.nat,
    st.TproxyStmt: RuleEvaluator.tproxy,
    st.QueueStmt: RuleEvaluator.queue,
    st.DupStmt: RuleEvaluator.dup,
    st.FwdStmt: RuleEvaluator.fwd,
    st.SetStmt: RuleEvaluator.set_stmt,
    st.MapStmt: RuleEvaluator.map_stmt,
    st.MeterStmt: RuleEvaluator.meter,
    st.ObjrefStmt: RuleEvaluator.objref,
}


# --- fewer loads ----------------------------------------------------------------------------------------------------


def reduce_statements(stmts: Sequence[st.Stmt], family: int) -> tuple[st.Stmt, ...]:
    """Leaves out what the family says already, and joins matches of neighbouring fields into one (stmt_reduce)."""
    kept = list(stmts)
    run: list[int] = []
    dropped: set[int] = set()
    for at, stmt in enumerate(kept):
        if not isinstance(stmt, st.ExprStmt):
            # nft 1.0.6 forgets a single candidate at no other statement, and so merges across them.
            if len(run) > 1:
                _merge(kept, run, dropped)
                run = []
            continue
        rel = stmt.expr
        if not isinstance(rel, ex.Relational) or not isinstance(rel.right, ex.Value):
            continue
        if rel.op not in {Op.EQ, Op.IMPLICIT, Op.NEQ}:
            continue
        if isinstance(rel.left, ex.Payload):
            run.append(at)
        elif rel.op is not Op.NEQ and _says_family(rel, family) and at + 1 < len(kept):
            dropped.add(at)
    _merge(kept, run, dropped)
    return tuple(stmt for at, stmt in enumerate(kept) if at not in dropped)


def _says_family(rel: ex.Relational, family: int) -> bool:
    assert isinstance(rel.right, ex.Value)
    return (
        isinstance(rel.left, ex.Meta)
        and rel.left.key == uapi.NFT_META_PROTOCOL
        and rel.left.inner is None
        and (family, rel.right.value) in {(NFPROTO_IPV4, _IP), (NFPROTO_IPV6, _IP6)}
    )


def _merge(stmts: list[st.Stmt], run: list[int], dropped: set[int]) -> None:
    """Joins the matches at ``run`` where they are adjacent in the packet (payload_do_merge)."""
    if len(run) < 2:
        return
    ordered = sorted(run, key=lambda at: _place(stmts[at]))
    last = ordered[0]
    for this in ordered[1:]:
        a, b = _relational(stmts[last]), _relational(stmts[this])
        if not _can_merge(a, b):
            last = this
            continue
        assert isinstance(b.left, ex.Payload)
        joined = _joined(a, b)
        target, gone = last, this
        if is_protocol(b.left):
            target, gone = this, last
        stmt = stmts[target]
        assert isinstance(stmt, st.ExprStmt)
        stmts[target] = replace(stmt, expr=replace(_relational(stmt), left=joined[0], right=joined[1]))
        dropped.add(gone)
        last = target


def _relational(stmt: st.Stmt) -> ex.Relational:
    assert isinstance(stmt, st.ExprStmt)
    assert isinstance(stmt.expr, ex.Relational)
    return stmt.expr


def _place(stmt: st.Stmt) -> tuple[int, int]:
    left = _relational(stmt).left
    assert isinstance(left, ex.Payload)
    return left.base, left.offset


def _can_merge(a: ex.Relational, b: ex.Relational) -> bool:
    left, right = a.left, b.left
    assert isinstance(left, ex.Payload)
    assert isinstance(right, ex.Payload)
    if (a.op is Op.NEQ) is not (b.op is Op.NEQ):
        return False
    if left.inner is not right.inner or left.base is not right.base or left.offset + left.len != right.offset:
        return False
    if any(number % BITS_PER_BYTE for number in (left.offset, left.len, right.offset, right.len)):
        return False
    if _flag_match(a) or _flag_match(b):
        return False
    total = left.len + right.len
    if total > NFT_REG_BITS:
        return False
    return total <= 32 or left.base is ProtoBase.LL or left.len > 32 or right.len > 32


def _flag_match(rel: ex.Relational) -> bool:
    """Whether the match is "any of these flags", which is not an equality."""
    return rel.op is Op.IMPLICIT and rel.right.dtype.basetype is dt.BITMASK


def _joined(a: ex.Relational, b: ex.Relational) -> tuple[ex.Payload, ex.Value]:
    left, right = a.left, b.left
    assert isinstance(left, ex.Payload)
    assert isinstance(right, ex.Payload)
    assert isinstance(a.right, ex.Value)
    assert isinstance(b.right, ex.Value)
    total = left.len + right.len
    field = ex.Payload(
        UNKNOWN, UNKNOWN_TEMPLATE, left.base, left.offset, inner=left.inner, byteorder=Byteorder.BIG, len=total
    )
    number = _exported(a.right) << right.len | _exported(b.right)
    return field, ex.value(number, dt.INVALID, Byteorder.BIG, total, a.right.location)


def _exported(value: ex.Value) -> int:
    """A constant as the big number that its bytes in the packet make."""
    size = -(-value.len // BITS_PER_BYTE)
    host = value.byteorder is Byteorder.HOST
    return int.from_bytes(value.value.to_bytes(size, "little") if host else value.value.to_bytes(size))
