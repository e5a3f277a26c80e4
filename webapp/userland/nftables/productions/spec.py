"""What commands are about: families, names, handles, positions; comments and times."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi.netfilter import NFPROTO_IPV4
from webapp.userland.nftables.erec import DatatypeError, NftError
from webapp.userland.nftables.location import Location, span
from webapp.userland.nftables.productions.production import Args, Item, at, number
from webapp.userland.nftables.rule import FAMILIES, Handle, NumberSpec, Spec
from webapp.userland.nftables.times import parse_time

COMMENT_MAX = 128


class SpecActions:
    """Each makes a ``Handle`` or a part of one."""

    def family(self, args: Args, loc: Location) -> int:
        return FAMILIES[args[0].text]

    def ruleset_spec(self, args: Args, loc: Location) -> Handle:
        return Handle(args[0] if args else 0)

    def no_family(self, args: Args, loc: Location) -> int:
        return NFPROTO_IPV4

    def table_spec(self, args: Args, loc: Location) -> Handle:
        return Handle(args[0], Spec(args[1].text, at(args[1])))

    def tableid_spec(self, args: Args, loc: Location) -> Handle:
        return Handle(args[0], handle=NumberSpec(number(args[2]), at(args[2])))

    def chain_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], chain=Spec(args[1].text, at(args[1])))

    def set_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], set=Spec(args[1].text, at(args[1])))

    def obj_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], obj=Spec(args[1].text, at(args[1])))

    def flowtable_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], flowtable=Spec(args[1].text, at(args[1])))

    def id_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], handle=NumberSpec(number(args[2]), at(args[2])))

    def position_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], position=NumberSpec(number(args[2]), span(at(args[1]), at(args[2]))))

    def handle_position_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], position=NumberSpec(number(args[2]), at(args[2])))

    def index_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], index=NumberSpec(number(args[2]), span(at(args[1]), at(args[2]))))

    def comment_spec(self, args: Args, loc: Location) -> Item:
        if len(args[1].text.encode()) > COMMENT_MAX:
            raise NftError(f"comment too long, {COMMENT_MAX} characters maximum allowed", at(args[1]))
        return "comment", args[1].text, loc

    def time_spec(self, args: Args, loc: Location) -> int:
        try:
            return parse_time(args[0].text)
        except DatatypeError as error:
            raise NftError(str(error), loc) from None
