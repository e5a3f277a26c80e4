"""reject (stmt_evaluate_reject)."""

from __future__ import annotations

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
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.erec import DatatypeError, NftError
from webapp.userland.nftables.evaluate.error import stmt_error
from webapp.userland.nftables.evaluate.expr import Evaluator
from webapp.userland.nftables.expression import Expr
from webapp.userland.nftables.proto import ETH, INET_SERVICE_PROTO, IP, IP6, NETDEV, TCP, VLAN, ProtoBase, ProtoDesc

ICMP_PORT_UNREACH, ICMP6_DST_UNREACH_NOPORT = 3, 4
_IP, _IP6 = 0x0800, 0x86DD


class RejectEvaluator(Evaluator):
    """Evaluates the answer, and matches that there is something to answer."""

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
