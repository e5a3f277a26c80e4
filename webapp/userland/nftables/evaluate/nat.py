"""nat, masquerade, redirect and tproxy (stmt_evaluate_nat, stmt_evaluate_tproxy)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import Byteorder, DataType, compatible
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.evaluate.arg import ADDRESSES, ArgEvaluator
from webapp.userland.nftables.evaluate.error import stmt_error
from webapp.userland.nftables.expression import Expr
from webapp.userland.nftables.proto import IP, IP6, TH, ProtoBase
from webapp.userland.nftables.proto_ctx import is_protocol
from webapp.userland.nftables.rule import FAMILY_NAMES
from webapp.userland.nftables.statement import stmt_name


class NatEvaluator(ArgEvaluator):
    """Evaluates the addresses and ports that replace the packet's."""

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
            dtype = self._address_type(stmt, family)
        else:
            dtype = ADDRESSES.get(table, dt.INVALID)
        return family, self.arg(stmt, dtype, dtype.size, Byteorder.BIG, addr)

    def _address_type(self, stmt: st.Stmt, family: int) -> DataType:
        dtype = ADDRESSES.get(family)
        if dtype is None:
            name, table = stmt_name(stmt), FAMILY_NAMES[self.pctx.family]
            raise stmt_error(stmt, f"specify `{name} ip' or '{name} ip6' in {table} table to disambiguate")
        return dtype

    def _transport(self, stmt: st.Stmt, addr: Expr | None, port: Expr) -> Expr:
        made = self.arg(stmt, dt.INET_SERVICE, 16, Byteorder.BIG, port)
        self._require_transport(stmt, addr, made)
        return made

    def _require_transport(self, stmt: st.Stmt, addr: Expr | None, made: Expr) -> None:
        if self.pctx.desc(ProtoBase.TRANSPORT) is None and not _has_transport(addr):
            raise NftError(
                "transport protocol mapping is only valid after transport protocol match",
                made.location,
                stmt.location,
            )

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
        wanted = dt.concat_type((self._address_type(stmt, family), dt.INET_SERVICE))
        self.context(wanted, wanted.size)
        made = self.expr(addr)
        self._require_transport(stmt, made, made)
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
