"""Sources of values that are no bytes of the packet: meta, ct, rt, socket, ipsec, numgen, hash (expr_evaluate_ct …)."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.evaluate.context import EvalContext
from webapp.userland.nftables.evaluate.error import expr_error
from webapp.userland.nftables.expression import Expr
from webapp.userland.nftables.proto import IP, IP6, ProtoBase


class SelectorEvaluator(EvalContext):
    """Evaluates them; each says what its comparison's other side means."""

    def rt(self, expr: ex.Rt) -> Expr:
        pctx = self.protocols()
        if expr.key == uapi.NFT_RT_NEXTHOP4:
            network = pctx.desc(ProtoBase.NETWORK)
            if network is IP:
                expr = replace(expr, dtype=dt.IPADDR, len=32)
            elif network is IP6:
                expr = replace(expr, key=uapi.NFT_RT_NEXTHOP6, dtype=dt.IP6ADDR, len=128)
        for key, dtype, family, name in (
            (uapi.NFT_RT_NEXTHOP4, dt.IPADDR, NFPROTO_IPV6, "ip"),
            (uapi.NFT_RT_NEXTHOP6, dt.IP6ADDR, NFPROTO_IPV4, "ip6"),
        ):
            if expr.key != key:
                continue
            if expr.dtype is not dtype:
                raise expr_error(
                    expr,
                    'cannot determine ip protocol version, use "ip nexthop" or "ip6 nexthop" instead',
                )
            if pctx.family == family:
                raise expr_error(expr, f"{name} nexthop will not match")
        return self.primary(expr)

    def ct(self, expr: ex.Ct) -> Expr:
        pctx = self.protocols()
        network = pctx.desc(ProtoBase.NETWORK)
        if expr.key in {uapi.NFT_CT_SRC, uapi.NFT_CT_DST}:
            dtype = {IP: dt.IPADDR, IP6: dt.IP6ADDR}.get(network) if network is not None else None
            if dtype is None:
                side = "s" if expr.key == uapi.NFT_CT_SRC else "d"
                raise expr_error(
                    expr,
                    f'cannot determine ip protocol version, use "ip {side}addr" or "ip6 {side}addr" instead',
                )
            return self.primary(replace(expr, dtype=dtype, len=dtype.size))
        if expr.key in {uapi.NFT_CT_PROTO_SRC, uapi.NFT_CT_PROTO_DST} and pctx.desc(ProtoBase.TRANSPORT) is None:
            # ports of an unknown protocol have no type: only a number in hex could be compared with them
            expr = replace(expr, dtype=dt.INVALID)
        wrong = {
            uapi.NFT_CT_SRC_IP: (IP6, IP),
            uapi.NFT_CT_DST_IP: (IP6, IP),
            uapi.NFT_CT_SRC_IP6: (IP, IP6),
            uapi.NFT_CT_DST_IP6: (IP, IP6),
        }.get(expr.key)
        if wrong is not None and network is wrong[0]:
            raise NftError(
                f"conflicting protocols specified: {wrong[0].name} vs. {wrong[1].name}",
                expr.location,
                pctx.location(ProtoBase.NETWORK),
            )
        return self.primary(expr)

    def meta(self, expr: ex.Meta) -> Expr:
        if expr.key == uapi.NFT_META_NFPROTO and self.protocols().family != NFPROTO_INET:
            raise expr_error(expr, "meta nfproto is only useful in the inet family")
        self.primary(expr)
        if expr.key == uapi.NFT_META_TIME_DAY:
            self.ctx.maxval = 6
        return expr

    def socket(self, expr: ex.Socket) -> Expr:
        self.primary(expr)
        if expr.key in {uapi.NFT_SOCKET_TRANSPARENT, uapi.NFT_SOCKET_WILDCARD}:
            self.ctx.maxval = 1
        return expr

    def xfrm(self, expr: ex.Xfrm) -> Expr:
        if self.protocols().family not in {NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET}:
            raise expr_error(expr, "ipsec expression is only valid in ip/ip6/inet tables")
        return self.primary(expr)

    def _integer_compatible(self, expr: ex.Numgen | ex.Hash) -> Any:
        dtype = self.ctx.dtype
        if dtype is not None and dtype.basetype is dt.INTEGER and self.ctx.len == 32:
            return replace(expr, dtype=dtype, len=32)
        return expr

    def numgen(self, expr: ex.Numgen) -> Expr:
        made: ex.Numgen = self._integer_compatible(expr)
        self.context(made.dtype, made.len, made.byteorder, made.mod + made.offset - 1)
        return made

    def hash(self, expr: ex.Hash) -> Expr:
        made: ex.Hash = self._integer_compatible(expr)
        self.context(None, 0)
        if made.expr is not None:
            made = replace(made, expr=self.expr(made.expr))
        self.context(made.dtype, made.len, made.byteorder, made.mod + made.offset - 1)
        return made


def check_ct_address(expr: Expr) -> None:
    """An address of a connection has no type without its IP version."""
    if isinstance(expr, ex.Ct) and expr.key in {uapi.NFT_CT_SRC, uapi.NFT_CT_DST}:
        raise expr_error(expr, "specify either ip or ip6 for address matching")
