"""Sources of values that are no bytes of the packet: meta, ct, rt, socket, fib, osf, ipsec, numgen, hash."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_IPV4, NFPROTO_IPV6
from webapp.userland.nftables import datatype, keys
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import Byteorder
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.location import Location, span
from webapp.userland.nftables.productions.production import Args, at, number, unexpected
from webapp.userland.nftables.scanner import Token
from webapp.userland.nftables.words import META_KEYS_LISTED

NF_OSF_TTL_LESS, NF_OSF_TTL_NOCHECK = 1, 2
_FIB_FLAGS = {
    "saddr": uapi.NFTA_FIB_F_SADDR,
    "daddr": uapi.NFTA_FIB_F_DADDR,
    "mark": uapi.NFTA_FIB_F_MARK,
    "iif": uapi.NFTA_FIB_F_IIF,
    "oif": uapi.NFTA_FIB_F_OIF,
}
_FIB_RESULTS = {
    "oif": uapi.NFT_FIB_RESULT_OIF,
    "oifname": uapi.NFT_FIB_RESULT_OIFNAME,
    "type": uapi.NFT_FIB_RESULT_ADDRTYPE,
}


class SelectorActions:
    """Each makes an expression."""

    def _meta_key(self, token: Token, loc: Location) -> int:
        if token.text not in keys.META_WORDS:
            raise NftError(f"syntax error, unexpected {token.text}, known keys are {META_KEYS_LISTED}", loc)
        return keys.META_WORDS[token.text]

    def meta(self, args: Args, loc: Location) -> ex.Expr:
        return ex.meta(self._meta_key(args[1], loc), loc)

    def meta_unqualified(self, args: Args, loc: Location) -> ex.Expr:
        return ex.meta(self._meta_key(args[0], loc), loc)

    def _ct_key(self, token: Token) -> int:
        if token.text not in keys.CT_WORDS:
            raise unexpected(token)
        return keys.CT_WORDS[token.text]

    def ct(self, args: Args, loc: Location) -> ex.Expr:
        return ex.ct(self._ct_key(args[1]), None, loc)

    def ct_direction(self, args: Args, loc: Location) -> ex.Expr:
        key = self._ct_key(args[2])
        if key not in keys.CT_DIRECTIONAL:
            raise unexpected(args[2])
        return ex.ct(key, int(args[1].text == "reply"), loc)

    def ct_proto_field(self, args: Args, loc: Location) -> ex.Expr:
        if args[3].text not in {"saddr", "daddr"}:
            raise unexpected(args[3])
        four = args[2] == NFPROTO_IPV4
        if args[3].text == "saddr":
            key = uapi.NFT_CT_SRC_IP if four else uapi.NFT_CT_SRC_IP6
        else:
            key = uapi.NFT_CT_DST_IP if four else uapi.NFT_CT_DST_IP6
        return ex.ct(key, int(args[1].text == "reply"), loc)

    def _rt_key(self, token: Token) -> int:
        return {
            "classid": uapi.NFT_RT_CLASSID,
            "nexthop": uapi.NFT_RT_NEXTHOP4,
            "mtu": uapi.NFT_RT_TCPMSS,
            "ipsec": uapi.NFT_RT_XFRM,
        }[token.text]

    def rt(self, args: Args, loc: Location) -> ex.Expr:
        key = self._rt_key(args[1])
        made = ex.rt(key, loc)
        # Without a family, evaluation takes the table's.
        return replace(made, dtype=datatype.INVALID) if key == uapi.NFT_RT_NEXTHOP4 else made

    def rt_family(self, args: Args, loc: Location) -> ex.Expr:
        key = self._rt_key(args[2])
        if key == uapi.NFT_RT_NEXTHOP4 and args[1] == NFPROTO_IPV6:
            key = uapi.NFT_RT_NEXTHOP6
        return ex.rt(key, loc)

    def socket(self, args: Args, loc: Location) -> ex.Expr:
        words = {key.token: number for number, key in keys.SOCKET.items()}
        return ex.socket(words[args[1].text], 0, loc)

    def socket_cgroup(self, args: Args, loc: Location) -> ex.Expr:
        return ex.socket(uapi.NFT_SOCKET_CGROUPV2, number(args[3]), loc)

    def tunnel(self, args: Args, loc: Location) -> ex.Expr:
        return ex.tunnel(int(args[1].text == "id"), loc)

    def offset(self, args: Args, loc: Location) -> int:
        return number(args[1])

    def numgen(self, args: Args, loc: Location) -> ex.Expr:
        kind = uapi.NFT_NG_INCREMENTAL if args[1].text == "inc" else uapi.NFT_NG_RANDOM
        return ex.numgen(kind, number(args[3]), args[4], loc)

    def _hash(self, kind: int, expr: ex.Expr | None, mod: int, seed: int | None, offset: int, loc: Location) -> ex.Expr:
        return ex.Hash(
            kind, expr, mod, seed, offset, dtype=datatype.INTEGER, byteorder=Byteorder.HOST, len=32, location=loc
        )

    def jhash_seed(self, args: Args, loc: Location) -> ex.Expr:
        return self._hash(uapi.NFT_HASH_JENKINS, args[1], number(args[3]), number(args[5]), args[6], loc)

    def jhash(self, args: Args, loc: Location) -> ex.Expr:
        return self._hash(uapi.NFT_HASH_JENKINS, args[1], number(args[3]), None, args[4], loc)

    def symhash(self, args: Args, loc: Location) -> ex.Expr:
        return self._hash(uapi.NFT_HASH_SYM, None, number(args[2]), None, args[3], loc)

    def fib(self, args: Args, loc: Location) -> ex.Expr:
        flags = 0
        place = span(at(args[1][0]), at(args[1][-1]))
        for token in args[1]:
            if token.text not in _FIB_FLAGS:
                raise unexpected(token)
            flags |= _FIB_FLAGS[token.text]
        addresses = flags & (uapi.NFTA_FIB_F_SADDR | uapi.NFTA_FIB_F_DADDR)
        if not addresses:
            raise NftError("fib: need either saddr or daddr", place)
        if addresses == uapi.NFTA_FIB_F_SADDR | uapi.NFTA_FIB_F_DADDR:
            raise NftError("fib: saddr and daddr are mutually exclusive", place)
        devices = uapi.NFTA_FIB_F_IIF | uapi.NFTA_FIB_F_OIF
        if flags & devices == devices:
            raise NftError("fib: iif and oif are mutually exclusive", place)
        if args[2].text == "check":
            return ex.fib(flags | uapi.NFTA_FIB_F_PRESENT, uapi.NFT_FIB_RESULT_OIF, loc)
        return ex.fib(flags, _FIB_RESULTS[args[2].text], loc)

    def osf_loose(self, args: Args, loc: Location) -> int:
        return NF_OSF_TTL_LESS

    def osf_skip(self, args: Args, loc: Location) -> int:
        return NF_OSF_TTL_NOCHECK

    def osf(self, args: Args, loc: Location) -> ex.Expr:
        return ex.osf(args[1], uapi.NFT_OSF_F_VERSION if args[2].text == "version" else 0, loc)

    def _xfrm(self, args: Args, key: int, loc: Location) -> ex.Expr:
        if args[2] > 255:
            raise NftError("value too large", loc)
        return ex.xfrm(key, keys.XFRM_IN if args[1].text == "in" else keys.XFRM_OUT, args[2], loc)

    def xfrm(self, args: Args, loc: Location) -> ex.Expr:
        return self._xfrm(args, 5 if args[3].text == "reqid" else 6, loc)

    def xfrm_family(self, args: Args, loc: Location) -> ex.Expr:
        if args[4].text not in {"saddr", "daddr"}:
            raise unexpected(args[4])
        return self._xfrm(args, (3 if args[4].text == "saddr" else 1) + (args[3] == NFPROTO_IPV6), loc)
