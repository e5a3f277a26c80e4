"""Fields of headers."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.expression import NFT_MAX_EXPR_LEN_BITS
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.productions.production import Args, at, number, unexpected
from webapp.userland.nftables.proto import PROTOCOLS, TH, ProtoBase, ProtoDesc
from webapp.userland.nftables.scanner import Token

_BASES = {"ll": ProtoBase.LL, "nh": ProtoBase.NETWORK, "th": ProtoBase.TRANSPORT, "ih": ProtoBase.INNER}
_FIELD_ALIASES = {"param-problem": "parameter-problem"}


class PayloadActions:
    """Each makes a payload expression."""

    def payload_raw(self, args: Args, loc: Location) -> ex.Expr:
        if args[1].text not in _BASES:
            raise NftError("unknown raw payload base", at(args[1]))
        length = number(args[5])
        if length > NFT_MAX_EXPR_LEN_BITS:
            raise NftError(f"raw payload length {length} exceeds upper limit of {NFT_MAX_EXPR_LEN_BITS}", at(args[5]))
        if length == 0:
            raise NftError("raw payload length cannot be 0", at(args[5]))
        return ex.raw_payload(_BASES[args[1].text], number(args[3]), length, loc)

    def payload(self, args: Args, loc: Location) -> ex.Expr:
        desc = PROTOCOLS[args[0].text]
        inner = desc if desc.base is ProtoBase.INNER else None
        return ex.payload(desc, _field(desc, args[1]), loc, inner)

    def payload_th(self, args: Args, loc: Location) -> ex.Expr:
        return replace(ex.payload(TH, _field(TH, args[1]), loc), is_raw=True)

    def payload_arp(self, args: Args, loc: Location) -> ex.Expr:
        return ex.payload(PROTOCOLS["arp"], f"{args[1].text} {args[2].text}", loc)

    def payload_inner(self, args: Args, loc: Location) -> ex.Expr:
        inside = args[1]
        if args[0].text == "gre" and isinstance(inside, ex.Payload) and inside.base is ProtoBase.LL:
            raise NftError(f"syntax error, unexpected {inside.desc.name}", inside.location)
        if not isinstance(inside, ex.Payload):
            raise NftError("unexpected expression inside of a tunnel header", loc)
        return replace(inside, inner=PROTOCOLS[args[0].text], location=loc)


def _field(desc: ProtoDesc, token: Token) -> str:
    """The field of a protocol that a word names."""
    word = _FIELD_ALIASES.get(token.text, token.text)
    if word not in desc.templates or word == "l4proto":
        names = [name for name in desc.templates if name != "l4proto"]
        expecting = f", expecting {' or '.join(_by_rank(names))}" if len(names) <= 4 else ""
        error = unexpected(token)
        raise NftError(error.message + expecting, error.location)
    return word


def _by_rank(names: list[str]) -> list[str]:
    from webapp.userland.nftables.words import RANK  # noqa: PLC0415 # only for errors

    return sorted(names, key=lambda name: RANK.get(name, len(RANK)))
