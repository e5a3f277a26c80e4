"""Options of IPv4, TCP and DCCP, chunks of SCTP, extension headers of IPv6."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import datatype, exthdr
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.productions.production import Args, at, number, unexpected
from webapp.userland.nftables.productions.selector import SelectorActions
from webapp.userland.nftables.proto import UNKNOWN_TEMPLATE
from webapp.userland.nftables.scanner import Token


class ExthdrActions(SelectorActions):
    """Each makes an exthdr expression."""

    def ip_option(self, args: Args, loc: Location) -> ex.Expr:
        return ex.exthdr_present(exthdr.IP_OPTIONS[args[2].text], loc)

    def ip_option_field(self, args: Args, loc: Location) -> ex.Expr:
        desc = exthdr.IP_OPTIONS[args[2].text]
        if args[3].text not in desc.templates:
            raise NftError("unknown ip option type/field", at(args[0]))
        if args[3].text == "type":
            return ex.exthdr_present(desc, loc)
        return ex.exthdr_field(desc, args[3].text, loc)

    def _tcp_option_kind(self, token: Token) -> exthdr.ExthdrDesc | int:
        if token.type == "NUM":
            kind = number(token)
            if kind > 255:
                raise NftError("value too large", at(token))
            return exthdr.tcp_option(kind) or kind
        word = {"mss": "maxseg", "noop": "nop", "sack-permitted": "sack-perm", "sack0": "sack"}.get(
            token.text, token.text
        )
        if word in {"sack1", "sack2", "sack3"}:
            return exthdr.TCP_SACK_BLOCKS[int(word[-1])]
        return exthdr.TCP_OPTIONS.get(word, 6)

    def _tcp_option(self, token: Token, loc: Location) -> ex.Expr:
        desc = self._tcp_option_kind(token)
        if isinstance(desc, int):
            return replace(ex.tcp_option_raw(desc, "kind", loc), flags=uapi.NFT_EXTHDR_F_PRESENT)
        return ex.exthdr_present(desc, loc)

    def tcp_option(self, args: Args, loc: Location) -> ex.Expr:
        return self._tcp_option(args[2], loc)

    def tcp_option_field(self, args: Args, loc: Location) -> ex.Expr:
        desc = self._tcp_option_kind(args[2])
        field = args[3].text
        if isinstance(desc, int):
            if field != "length":
                raise unexpected(args[3])
            return ex.tcp_option_raw(desc, field, loc)
        if field not in desc.templates:
            if field == "length":
                raise NftError("Could not find a tcp option template", at(args[0]))
            raise unexpected(args[3])
        return ex.exthdr_field(desc, field, loc)

    def tcp_option_raw(self, args: Args, loc: Location) -> ex.Expr:
        desc = self._tcp_option_kind(args[3])
        kind = desc if isinstance(desc, int) else desc.type
        raw = ex.tcp_option_raw(kind, "kind", loc)
        known = desc if isinstance(desc, exthdr.ExthdrDesc) else exthdr.TCPOPT_FALLBACK
        offset, length = number(args[5]), number(args[7])
        for tmpl in known.templates.values():
            if tmpl.offset == offset and tmpl.len == length and not isinstance(desc, int):
                return replace(ex.exthdr_field(desc, tmpl.token, loc), desc=known)
        return replace(raw, desc=known, tmpl=UNKNOWN_TEMPLATE, offset=offset, len=length, dtype=datatype.INTEGER)

    def dccp_option(self, args: Args, loc: Location) -> ex.Expr:
        kind = number(args[2])
        if kind > 255:
            raise NftError("value too large", at(args[0]))
        return ex.exthdr_present(exthdr.dccp_option(kind), loc)

    def sctp_chunk(self, args: Args, loc: Location) -> ex.Expr:
        return ex.exthdr_present(exthdr.SCTP_CHUNKS[args[2].text], loc)

    def sctp_chunk_field(self, args: Args, loc: Location) -> ex.Expr:
        desc = exthdr.SCTP_CHUNKS[args[2].text]
        if args[3].text not in desc.templates:
            raise unexpected(args[3])
        return ex.exthdr_field(desc, args[3].text, loc)

    def exthdr(self, args: Args, loc: Location) -> ex.Expr:
        if args[0].text == "rt" and args[1].text in {"classid", "nexthop", "mtu"}:
            return self.rt(args, loc)
        desc = exthdr.EXTHDRS[args[0].text]
        if args[1].text not in desc.templates:
            raise unexpected(args[1])
        return ex.exthdr_field(desc, args[1].text, loc)

    def exthdr_index(self, args: Args, loc: Location) -> ex.Expr:
        desc = exthdr.EXTHDRS[args[0].text]
        field = f"{args[1].text}[{number(args[3])}]"
        if field not in desc.templates:
            raise NftError("unknown exthdr field", at(args[1]))
        return ex.exthdr_field(desc, field, loc)

    def exthdr_exists(self, args: Args, loc: Location) -> ex.Expr:
        return ex.exthdr_present(exthdr.EXTHDRS[args[1].text], loc)
