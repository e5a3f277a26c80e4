"""What the parser makes of each production of grammar.lark: commands, declarations, statements, expressions.

Every method takes the production's values (tokens are ``Token``, the rest what other methods made) and its location.
Productions that make lists of block items make ``(word, value, location)`` tuples, gathered when the block closes.
"""

# mypy: disable-error-code="no-any-return"
# (a production's values are what the grammar says, which types cannot)

from __future__ import annotations

from typing import Any, cast

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_DROP,
    NFPROTO_ARP,
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
)
from webapp.userland.nftables import datatype, exthdr, keys
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import rule as decl
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import Byteorder, DatatypeError
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.location import Location, span
from webapp.userland.nftables.proto import PROTOCOLS, TH, UNKNOWN_TEMPLATE, ProtoBase, ProtoDesc
from webapp.userland.nftables.rule import Cmd, CmdObj, CmdOp, Handle, NumberSpec, Spec
from webapp.userland.nftables.scanner import Token
from webapp.userland.nftables.words import GLOBAL, META_KEYS_LISTED, WORD_OPERATORS

Args = list[Any]
Item = tuple[str, Any, Location]

FAMILIES = {
    "ip": NFPROTO_IPV4,
    "ip6": NFPROTO_IPV6,
    "inet": NFPROTO_INET,
    "arp": NFPROTO_ARP,
    "bridge": NFPROTO_BRIDGE,
    "netdev": NFPROTO_NETDEV,
}
HOOKS = ("ingress", "prerouting", "input", "forward", "postrouting", "output", "egress")
CHAIN_TYPES = ("filter", "nat", "route")
COMMENT_MAX = 128
NFT_MAX_EXPR_LEN_BITS = 512
NF_OSF_TTL_LESS, NF_OSF_TTL_NOCHECK = 1, 2
IFNAMSIZ = 16

_BYTES_UNITS = {"bytes": 1, "kbytes": 1024, "mbytes": 1024 * 1024}
_TIME_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_SET_FLAGS = {
    "constant": uapi.NFT_SET_CONSTANT,
    "interval": uapi.NFT_SET_INTERVAL,
    "timeout": uapi.NFT_SET_TIMEOUT,
    "dynamic": uapi.NFT_SET_EVAL,
}
_OBJECTS = {
    "counter": uapi.NFT_OBJECT_COUNTER,
    "quota": uapi.NFT_OBJECT_QUOTA,
    "limit": uapi.NFT_OBJECT_LIMIT,
    "secmark": uapi.NFT_OBJECT_SECMARK,
    "synproxy": uapi.NFT_OBJECT_SYNPROXY,
    "helper": uapi.NFT_OBJECT_CT_HELPER,
    "timeout": uapi.NFT_OBJECT_CT_TIMEOUT,
    "expectation": uapi.NFT_OBJECT_CT_EXPECT,
}
_CT_OBJ = {"helper": CmdObj.CT_HELPER, "timeout": CmdObj.CT_TIMEOUT, "expectation": CmdObj.CT_EXPECT}
_CT_OBJS = {"helpers": CmdObj.CT_HELPERS, "timeout": CmdObj.CT_TIMEOUTS, "expectation": CmdObj.CT_EXPECTS}
_VERDICTS = {
    "accept": NF_ACCEPT,
    "drop": NF_DROP,
    "continue": uapi.NFT_CONTINUE,
    "return": uapi.NFT_RETURN,
    "jump": uapi.NFT_JUMP,
    "goto": uapi.NFT_GOTO,
}
_OPS = {
    "==": ex.Op.EQ, "eq": ex.Op.EQ, "!=": ex.Op.NEQ, "ne": ex.Op.NEQ, "<": ex.Op.LT, "lt": ex.Op.LT, ">": ex.Op.GT,
    "gt": ex.Op.GT, "<=": ex.Op.LTE, "le": ex.Op.LTE, ">=": ex.Op.GTE, "ge": ex.Op.GTE, "!": ex.Op.NEG,
    "not": ex.Op.NEG, "&": ex.Op.AND, "and": ex.Op.AND, "|": ex.Op.OR, "or": ex.Op.OR, "^": ex.Op.XOR,
    "xor": ex.Op.XOR, "<<": ex.Op.LSHIFT, "lshift": ex.Op.LSHIFT, ">>": ex.Op.RSHIFT, "rshift": ex.Op.RSHIFT,
}  # fmt: skip
_LOG_LEVELS = {
    "emerg": 0, "alert": 1, "crit": 2, "err": 3, "warn": 4, "notice": 5, "info": 6, "debug": 7, "audit": 8,
}  # fmt: skip
_LOG_FLAGS = {
    "sequence": uapi.NF_LOG_TCPSEQ,
    "options": uapi.NF_LOG_TCPOPT,
    "skuid": uapi.NF_LOG_UID,
    "ether": uapi.NF_LOG_MACDECODE,
    "all": uapi.NF_LOG_MASK,
}
_NAT_FLAGS = {
    "random": uapi.NF_NAT_RANGE_PROTO_RANDOM,
    "fully-random": uapi.NF_NAT_RANGE_PROTO_RANDOM_FULLY,
    "persistent": uapi.NF_NAT_RANGE_PERSISTENT,
}
_SYNPROXY_FLAGS = {
    "mss": 0x01,
    "maxseg": 0x01,
    "wscale": 0x02,
    "sack-perm": 0x04,
    "sack-permitted": 0x04,
    "timestamp": 0x08,
}
_REJECT = {
    "icmp": (NFPROTO_IPV4, uapi.NFT_REJECT_ICMP_UNREACH, datatype.REJECT_ICMP_CODE),
    "icmpv6": (NFPROTO_IPV6, uapi.NFT_REJECT_ICMP_UNREACH, datatype.REJECT_ICMPV6_CODE),
    "icmpx": (0, uapi.NFT_REJECT_ICMPX_UNREACH, datatype.REJECT_ICMPX_CODE),
}
_PROTOCOL_VALUES = {
    "tcp": 6, "udp": 17, "udplite": 136, "esp": 50, "ah": 51, "icmp": 1, "igmp": 2, "icmpv6": 58, "gre": 47,
    "comp": 108, "dccp": 33, "sctp": 132,
}  # fmt: skip
_FIELD_ALIASES = {"param-problem": "parameter-problem"}
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
_BASES = {"ll": ProtoBase.LL, "nh": ProtoBase.NETWORK, "th": ProtoBase.TRANSPORT, "ih": ProtoBase.INNER}


def at(token: Token) -> Location:
    """Where a token stands."""
    return Location(token.start, token.end)


def _number(token: Token) -> int:
    return int(token.text)


def _unexpected(token: Token) -> NftError:
    """A word that the grammar let through as one of a class, but that does not fit its neighbour."""
    word = token.text if token.text in GLOBAL and token.text not in WORD_OPERATORS else "string"
    return NftError(f"syntax error, unexpected {word}", at(token))


def _gather(items: list[Item | None]) -> dict[str, list[tuple[Any, Location]]]:
    """A block's items by their word."""
    found: dict[str, list[tuple[Any, Location]]] = {}
    for item in items:
        if item is not None:
            found.setdefault(item[0], []).append((item[1], item[2]))
    return found


def _last(found: dict[str, list[tuple[Any, Location]]], word: str, default: Any = None) -> Any:
    return found[word][-1][0] if word in found else default


def _once(found: dict[str, list[tuple[Any, Location]]], word: str) -> Any:
    """The value of an item that may be given once."""
    if word not in found:
        return None
    if len(found[word]) > 1:
        raise NftError("You can only specify this once. This statement is duplicated.", found[word][1][1])
    return found[word][0][0]


class Actions:
    """The methods, and the variables that ``define`` has bound."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self.scopes: list[dict[str, ex.Expr]] = [{}]
        self._spans = spans
        """The places of what the parser has read but not yet put together."""

    def _block(self) -> Location:
        """Where the items of the block that ends the rule stand."""
        return Location(*self._spans[-2])

    # --- lists, and values passed on ------------------------------------------------------------------------------

    def nothing(self, args: Args, loc: Location) -> list[Any]:
        return []

    def no_value(self, args: Args, loc: Location) -> None:
        return None

    def zero(self, args: Args, loc: Location) -> int:
        return 0

    def one(self, args: Args, loc: Location) -> list[Any]:
        return [args[0]]

    def item(self, args: Args, loc: Location) -> list[Any]:
        if isinstance(args[1], list):
            args[0].extend(args[1])
        elif args[1] is not None:
            args[0].append(args[1])
        return args[0]

    def line_cmd(self, args: Args, loc: Location) -> Cmd:
        """A command, which for nft includes the end of its line."""
        return replace(cast(Cmd, args[0]), location=loc)

    def more(self, args: Args, loc: Location) -> list[Any]:
        args[0].append(args[2])
        return args[0]

    def first(self, args: Args, loc: Location) -> Any:
        return args[0]

    def second(self, args: Args, loc: Location) -> Any:
        return args[1]

    def third(self, args: Args, loc: Location) -> Any:
        return args[2]

    def pair(self, args: Args, loc: Location) -> tuple[str, int]:
        return args[0].text, _number(args[1])

    def bit_or(self, args: Args, loc: Location) -> int:
        return args[0] | args[2]

    def over(self, args: Args, loc: Location) -> int:
        return 1

    def positive(self, args: Args, loc: Location) -> int:
        return _number(args[0])

    def negative(self, args: Args, loc: Location) -> int:
        return -_number(args[1])

    def seconds(self, args: Args, loc: Location) -> int:
        return args[0] // 1000

    # --- input ----------------------------------------------------------------------------------------------------

    def start(self, args: Args, loc: Location) -> list[Cmd]:
        return args[0]

    def start_cmd(self, args: Args, loc: Location) -> list[Cmd]:
        return self.item(args, loc)

    def include(self, args: Args, loc: Location) -> None:
        raise NftError(f"File not found: {args[1].text}", loc)

    def define(self, args: Args, loc: Location) -> None:
        name = args[1]
        if any(name.text in scope for scope in self.scopes):
            raise NftError(f"redefinition of symbol '{name.text}'", at(name))
        self.scopes[-1][name.text] = args[3]

    def redefine(self, args: Args, loc: Location) -> None:
        self.scopes[-1][args[1].text] = args[3]

    def undefine(self, args: Args, loc: Location) -> None:
        name = args[1]
        for scope in reversed(self.scopes):
            if name.text in scope:
                del scope[name.text]
                return
        raise NftError(f"undefined symbol '{name.text}'", at(name))

    def open_scope(self, args: Args, loc: Location) -> None:
        self.scopes.append({})

    def _close_scope(self) -> None:
        if len(self.scopes) > 1:
            self.scopes.pop()

    def variable(self, args: Args, loc: Location) -> ex.Expr:
        name = args[1]
        for scope in reversed(self.scopes):
            if name.text in scope:
                return scope[name.text]
        known = [word for scope in reversed(self.scopes) for word in scope]
        near = datatype.misspelt(name.text, known)
        hint = f"; did you mean identifier '{near}'?" if near is not None else ""
        raise NftError(f"unknown identifier '{name.text}'{hint}", at(name))

    # --- commands -------------------------------------------------------------------------------------------------

    def create_cmd(self, args: Args, loc: Location) -> Cmd:
        return replace(args[1], op=CmdOp.CREATE, location=loc)

    def destroy_cmd(self, args: Args, loc: Location) -> Cmd:
        return replace(args[1], op=CmdOp.DESTROY, location=loc)

    def delete_cmd(self, args: Args, loc: Location) -> Cmd:
        return replace(args[1], location=loc)

    def list_cmd(self, args: Args, loc: Location) -> Cmd:
        return replace(args[1], location=loc)

    def reset_cmd(self, args: Args, loc: Location) -> Cmd:
        return replace(args[1], op=CmdOp.RESET, location=loc)

    def flush_cmd(self, args: Args, loc: Location) -> Cmd:
        return replace(args[1], op=CmdOp.FLUSH, location=loc)

    def monitor(self, args: Args, loc: Location) -> Cmd:
        raise NftError("monitor is not supported here", loc)

    def describe(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.DESCRIBE, CmdObj.EXPR, Handle(), args[1], location=loc)

    def rename_chain(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.RENAME, CmdObj.CHAIN, args[2], new_name=args[3].text, location=loc)

    def add_rule(self, args: Args, loc: Location) -> Cmd:
        return self._rule_cmd(CmdOp.ADD, args[1], args[2], loc)

    def add_rule_implicit(self, args: Args, loc: Location) -> Cmd:
        return self._rule_cmd(CmdOp.ADD, args[0], args[1], loc)

    def insert_rule(self, args: Args, loc: Location) -> Cmd:
        return self._rule_cmd(CmdOp.INSERT, args[2], args[3], loc)

    def replace_rule(self, args: Args, loc: Location) -> Cmd:
        return self._rule_cmd(CmdOp.REPLACE, args[2], args[3], loc)

    def _rule_cmd(self, op: CmdOp, handle: Handle, rule: decl.RuleDecl, loc: Location) -> Cmd:
        return Cmd(op, CmdObj.RULE, handle, replace(rule, handle=handle), location=loc)

    def table_cmd(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.ADD, CmdObj.TABLE, args[1], decl.TableDecl(args[1], location=loc), location=loc)

    def table_block_cmd(self, args: Args, loc: Location) -> Cmd:
        self._close_scope()
        return Cmd(CmdOp.ADD, CmdObj.TABLE, args[1], self._table(args[1], args[4], loc), location=loc)

    def chain_cmd(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.ADD, CmdObj.CHAIN, args[1], decl.ChainDecl(args[1], location=loc), location=loc)

    def chain_block_cmd(self, args: Args, loc: Location) -> Cmd:
        self._close_scope()
        return Cmd(CmdOp.ADD, CmdObj.CHAIN, args[1], self._chain(args[1], args[4], loc), location=loc)

    def set_cmd(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.ADD, CmdObj.SET, args[1], self._set(args[1], args[3], self._block()), location=loc)

    def map_cmd(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.ADD, CmdObj.SET, args[1], self._map(args[1], args[3], self._block()), location=loc)

    def element_cmd(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.ADD, CmdObj.ELEMENTS, args[1], args[2], location=loc)

    def get_element(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.GET, CmdObj.ELEMENTS, args[2], args[3], location=loc)

    def flowtable_cmd(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.ADD, CmdObj.FLOWTABLE, args[1], self._flowtable(args[1], args[3], loc), location=loc)

    def _obj_cmd(self, obj: CmdObj, handle: Handle, data: uapi.ObjData, loc: Location, comment: Any = None) -> Cmd:
        return Cmd(CmdOp.ADD, obj, handle, decl.ObjDecl(handle, data, comment, loc), location=loc)

    def counter_cmd_bare(self, args: Args, loc: Location) -> Cmd:
        return self._obj_cmd(CmdObj.COUNTER, args[1], uapi.Counter(), loc)

    def counter_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._obj_cmd(CmdObj.COUNTER, args[1], args[2][1], loc)

    def counter_block_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.COUNTER, args[1], args[3], loc)

    def quota_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._obj_cmd(CmdObj.QUOTA, args[1], args[2][1], loc)

    def quota_block_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.QUOTA, args[1], args[3], loc)

    def limit_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._obj_cmd(CmdObj.LIMIT, args[1], args[2][1], loc)

    def limit_block_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.LIMIT, args[1], args[3], loc)

    def secmark_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._obj_cmd(CmdObj.SECMARK, args[1], uapi.Secmark(args[2].text), loc)

    def secmark_block_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.SECMARK, args[1], args[3], loc)

    def synproxy_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._obj_cmd(CmdObj.SYNPROXY, args[1], args[2][1], loc)

    def synproxy_block_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.SYNPROXY, args[1], args[3], loc)

    def ct_helper_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.CT_HELPER, args[2], args[4], loc)

    def ct_timeout_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.CT_TIMEOUT, args[2], args[4], loc)

    def ct_expect_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.CT_EXPECT, args[2], args[4], loc)

    def _block_cmd(self, obj: CmdObj, handle: Handle, items: list[Item | None], loc: Location) -> Cmd:
        found = _gather(items)
        return self._obj_cmd(obj, handle, _OBJECT_OF[obj](found), loc, _once(found, "comment"))

    def _delete(self, obj: CmdObj, handle: Handle, loc: Location, data: decl.Declaration = None) -> Cmd:
        return Cmd(CmdOp.DELETE, obj, handle, data, location=loc)

    def delete_table(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.TABLE, args[1], loc)

    def delete_chain(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.CHAIN, args[1], loc)

    def delete_rule(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.RULE, args[1], loc)

    def delete_set(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.SET, args[1], loc)

    def delete_element(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.ELEMENTS, args[1], loc, args[2])

    def delete_flowtable(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.FLOWTABLE, args[1], loc)

    def delete_flowtable_devices(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.FLOWTABLE, args[1], loc, self._flowtable(args[1], args[3], loc))

    def delete_obj(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj(args[0].text), args[1], loc)

    def delete_ct_obj(self, args: Args, loc: Location) -> Cmd:
        return self._delete(_CT_OBJ[args[1].text], args[2], loc)

    def _list(self, obj: CmdObj, handle: Handle, loc: Location) -> Cmd:
        return Cmd(CmdOp.LIST, obj, handle, location=loc)

    def list_table(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.TABLE, args[1], loc)

    def list_chain(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.CHAIN, args[1], loc)

    def list_set(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj(args[0].text), args[1], loc)

    def list_flowtable(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.FLOWTABLE, args[1], loc)

    def list_all(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj(args[0].text), args[1], loc)

    def list_obj(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj(args[0].text), args[1], loc)

    def list_ct_obj(self, args: Args, loc: Location) -> Cmd:
        return self._list(_CT_OBJ[args[1].text], args[2], loc)

    def list_ct_objs(self, args: Args, loc: Location) -> Cmd:
        return self._list(_CT_OBJS[args[1].text], args[3], loc)

    def list_hooks(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.HOOKS, replace(args[1], obj=Spec(args[3].text, at(args[3]))), loc)

    def reset_rules_table(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.RULES, args[2], loc)

    def reset_rule(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.RULE, args[1], loc)

    def reset_element(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.RESET, CmdObj.ELEMENTS, args[1], args[2], location=loc)

    def flush_table(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.TABLE, args[1], loc)

    def flush_chain(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.CHAIN, args[1], loc)

    def flush_set(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj(args[0].text), args[1], loc)

    # --- what commands are about ----------------------------------------------------------------------------------

    def family(self, args: Args, loc: Location) -> int:
        return FAMILIES[args[0].text]

    def ruleset_spec(self, args: Args, loc: Location) -> Handle:
        return Handle(args[0] if args else 0)

    def no_family(self, args: Args, loc: Location) -> int:
        return NFPROTO_IPV4

    def table_spec(self, args: Args, loc: Location) -> Handle:
        return Handle(args[0], Spec(args[1].text, at(args[1])))

    def tableid_spec(self, args: Args, loc: Location) -> Handle:
        return Handle(args[0], handle=NumberSpec(_number(args[2]), at(args[2])))

    def chain_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], chain=Spec(args[1].text, at(args[1])))

    def set_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], set=Spec(args[1].text, at(args[1])))

    def obj_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], obj=Spec(args[1].text, at(args[1])))

    def flowtable_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], flowtable=Spec(args[1].text, at(args[1])))

    def id_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], handle=NumberSpec(_number(args[2]), at(args[2])))

    def position_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], position=NumberSpec(_number(args[2]), span(at(args[1]), at(args[2]))))

    def handle_position_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], position=NumberSpec(_number(args[2]), at(args[2])))

    def index_spec(self, args: Args, loc: Location) -> Handle:
        return replace(args[0], index=NumberSpec(_number(args[2]), span(at(args[1]), at(args[2]))))

    def comment_spec(self, args: Args, loc: Location) -> Item:
        if len(args[1].text.encode()) > COMMENT_MAX:
            raise NftError(f"comment too long, {COMMENT_MAX} characters maximum allowed", at(args[1]))
        return "comment", args[1].text, loc

    def time_spec(self, args: Args, loc: Location) -> int:
        try:
            return datatype.parse_time(args[0].text)
        except DatatypeError as error:
            raise NftError(str(error), loc) from None

    # --- table blocks ---------------------------------------------------------------------------------------------

    def table_flags(self, args: Args, loc: Location) -> Item:
        flags = {"dormant": uapi.NFT_TABLE_F_DORMANT, "owner": uapi.NFT_TABLE_F_OWNER}
        if args[1].text not in flags:
            raise NftError(f"unknown table option {args[1].text}", at(args[1]))
        return "flags", flags[args[1].text], loc

    def _table(self, handle: Handle, items: list[Item | None], loc: Location) -> decl.TableDecl:
        found = _gather(items)
        flags = 0
        for value, _ in found.get("flags", ()):
            flags |= value
        commands = tuple(self._inside(value, handle) for value, _ in found.get("cmd", ()))
        return decl.TableDecl(handle, flags, _once(found, "comment"), commands, loc)

    def _inside(self, cmd: Cmd, table: Handle) -> Cmd:
        """A declaration inside of a table's block, with the table's name."""
        handle = replace(cmd.handle, family=table.family, table=table.table)
        data = cmd.data
        assert isinstance(data, decl.ChainDecl | decl.SetDecl | decl.FlowtableDecl | decl.ObjDecl)
        data = replace(data, handle=handle)
        if isinstance(data, decl.ChainDecl):
            data = replace(data, rules=tuple(replace(rule, handle=handle) for rule in data.rules))
        return replace(cmd, handle=handle, data=data)

    def _inner(self, obj: CmdObj, data: Any, loc: Location) -> Item:
        return "cmd", Cmd(CmdOp.ADD, obj, data.handle, data, location=loc), loc

    def inner_chain(self, args: Args, loc: Location) -> Item:
        self._close_scope()
        name = args[1]
        return self._inner(CmdObj.CHAIN, self._chain(Handle(chain=Spec(name.text, at(name))), args[4], at(name)), loc)

    def inner_set(self, args: Args, loc: Location) -> Item:
        name = args[1]
        return self._inner(CmdObj.SET, self._set(Handle(set=Spec(name.text, at(name))), args[3], at(name)), loc)

    def inner_map(self, args: Args, loc: Location) -> Item:
        name = args[1]
        return self._inner(CmdObj.SET, self._map(Handle(set=Spec(name.text, at(name))), args[3], at(name)), loc)

    def inner_flowtable(self, args: Args, loc: Location) -> Item:
        name = args[1]
        handle = Handle(flowtable=Spec(name.text, at(name)))
        return self._inner(CmdObj.FLOWTABLE, self._flowtable(handle, args[3], at(name)), loc)

    def _inner_obj(self, obj: CmdObj, name: Token, items: list[Item | None], loc: Location) -> Item:
        found = _gather(items)
        handle = Handle(obj=Spec(name.text, at(name)))
        data = decl.ObjDecl(handle, _OBJECT_OF[obj](found), _once(found, "comment"), at(name))
        return self._inner(obj, data, loc)

    def inner_counter(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.COUNTER, args[1], args[3], loc)

    def inner_quota(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.QUOTA, args[1], args[3], loc)

    def inner_limit(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.LIMIT, args[1], args[3], loc)

    def inner_secmark(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.SECMARK, args[1], args[3], loc)

    def inner_synproxy(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.SYNPROXY, args[1], args[3], loc)

    def inner_ct_helper(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.CT_HELPER, args[2], args[4], loc)

    def inner_ct_timeout(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.CT_TIMEOUT, args[2], args[4], loc)

    def inner_ct_expect(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.CT_EXPECT, args[2], args[4], loc)

    # --- chains ---------------------------------------------------------------------------------------------------

    def _chain(self, handle: Handle, items: list[Item | None], loc: Location) -> decl.ChainDecl:
        found = _gather(items)
        hook = _last(found, "hook")
        type_, hook_name, devices, priority, hook_loc = hook if hook is not None else (None, None, None, None, loc)
        for more, _ in found.get("devices", ()):
            devices = more if devices is None else replace(devices, expressions=devices.expressions + more.expressions)
        return decl.ChainDecl(
            handle,
            Spec(type_.text, at(type_)) if type_ is not None else decl.NO_NAME,
            Spec(hook_name.text, at(hook_name)) if hook_name is not None else decl.NO_NAME,
            priority,
            devices,
            _last(found, "policy"),
            uapi.NFT_CHAIN_HW_OFFLOAD if "flags" in found else 0,
            _once(found, "comment"),
            tuple(replace(rule, handle=handle) for rule, _ in found.get("rule", ())),
            hook_loc,
        )

    def chain_policy(self, args: Args, loc: Location) -> list[Any]:
        if any(item is not None and item[0] == "policy" for item in args[0]):
            raise NftError("you cannot set chain policy twice", args[1][2])
        return self.item(args, loc)

    def hook_spec(self, args: Args, loc: Location) -> Item:
        if args[1].text not in CHAIN_TYPES:
            raise NftError("unknown chain type", at(args[1]))
        hook = args[3]
        if hook.text not in HOOKS:
            raise NftError("unknown chain hook", at(hook))
        return "hook", (args[1], hook, args[4], args[5], loc), loc

    def policy_spec(self, args: Args, loc: Location) -> Item:
        return "policy", replace(args[1], location=loc), loc

    def policy(self, args: Args, loc: Location) -> ex.Expr:
        return ex.value(_VERDICTS[args[0].text], datatype.INTEGER, Byteorder.HOST, 32, loc)

    def chain_flags(self, args: Args, loc: Location) -> Item:
        return "flags", True, loc

    def devices_spec(self, args: Args, loc: Location) -> Item:
        return "devices", self._devices(args[2], loc), loc

    def block_rule(self, args: Args, loc: Location) -> Item:
        return "rule", args[0], loc

    def device(self, args: Args, loc: Location) -> ex.Expr:
        return ex.List((self._ifname(args[1]),), location=loc)

    def device_variable(self, args: Args, loc: Location) -> ex.Expr:
        return self._devices(args[1], loc)

    def _devices(self, expr: ex.Expr, loc: Location) -> ex.List:
        """Device names as a list of strings, from a list, a set or a single word."""
        if isinstance(expr, ex.List | ex.Set):
            members = [elem.key if isinstance(elem, ex.SetElem) else elem for elem in expr.expressions]
        else:
            members = [expr]
        names: list[ex.Expr] = []
        for member in members:
            if isinstance(member, ex.Symbol):
                place = member.location
                names.append(self._ifname(Token("STRING", member.identifier, place.start, place.end)))
            elif isinstance(member, ex.List | ex.Set):
                names += self._devices(member, loc).expressions
            else:
                names.append(member)
        return ex.List(tuple(names), location=loc)

    def _ifname(self, token: Token) -> ex.Expr:
        name = token.text
        if not name:
            raise NftError("empty interface name", at(token))
        if len(name) >= IFNAMSIZ:
            raise NftError("interface name too long", at(token))
        wanted = name.removesuffix("\\*") + "*" if name.endswith("\\*") else name
        return ex.value(
            datatype.string_value(wanted),
            datatype.IFNAME,
            Byteorder.HOST,
            len(wanted) * datatype.BITS_PER_BYTE,
            at(token),
        )

    def device_list(self, args: Args, loc: Location) -> ex.Expr:
        return self._devices(ex.List(tuple(args[1])), loc)

    def device_name(self, args: Args, loc: Location) -> ex.Expr:
        return self._ifname(args[0])

    def device_name_newline(self, args: Args, loc: Location) -> ex.Expr:
        return self._ifname(args[1])

    def prio_spec(self, args: Args, loc: Location) -> decl.Priority:
        return replace(args[1], location=loc)

    def prio_number(self, args: Args, loc: Location) -> decl.Priority:
        return decl.Priority("", args[0], loc)

    def prio_variable(self, args: Args, loc: Location) -> decl.Priority:
        expr = args[0]
        if isinstance(expr, ex.Symbol):
            number = datatype.number(expr.identifier)
            return decl.Priority(expr.identifier, 0, loc) if number is None else decl.Priority("", number, loc)
        if isinstance(expr, ex.Value):
            return decl.Priority("", expr.value, loc)
        raise NftError("invalid priority expression", expr.location)

    def prio_name(self, args: Args, loc: Location) -> decl.Priority:
        return decl.Priority(args[0].text, 0, loc)

    def prio_plus(self, args: Args, loc: Location) -> decl.Priority:
        return decl.Priority(args[0].text, _number(args[2]), loc)

    def prio_minus(self, args: Args, loc: Location) -> decl.Priority:
        return decl.Priority(args[0].text, -_number(args[2]), loc)

    # --- sets and maps --------------------------------------------------------------------------------------------

    def _set(self, handle: Handle, items: list[Item | None], loc: Location) -> decl.SetDecl:
        found = _gather(items)
        key = _once(found, "key")
        flags = 0
        for value, _ in found.get("flags", ()):
            flags |= value
        stmts: tuple[st.Stmt, ...] = ()
        for value, _ in found.get("stmts", ()):
            stmts += tuple(value)
        return decl.SetDecl(
            handle,
            key[0] if key is not None else None,
            flags=flags,
            timeout=_last(found, "timeout", 0),
            gc_interval=_last(found, "gc-interval", 0),
            size=_last(found, "size", 0),
            policy=_last(found, "policy"),
            automerge="auto-merge" in found,
            typeof=key is not None and key[1],
            comment=_once(found, "comment"),
            init=_once(found, "elements"),
            stmts=stmts,
            location=loc,
        )

    def _map(self, handle: Handle, items: list[Item | None], loc: Location) -> decl.SetDecl:
        made = self._set(handle, items, loc)
        data = _last(_gather(items), "data")
        if data is None:
            return made
        if isinstance(data, int):
            return replace(made, objtype=data, flags=made.flags | uapi.NFT_SET_OBJECT)
        return replace(made, data=data, flags=made.flags | uapi.NFT_SET_MAP)

    def set_type(self, args: Args, loc: Location) -> Item:
        return "key", (self._types(args[1], loc), False), loc

    def set_typeof(self, args: Args, loc: Location) -> Item:
        return "key", (self._typeof(args[1], loc), True), loc

    def map_type(self, args: Args, loc: Location) -> list[Item]:
        return [("key", (self._types(args[1], loc), False), loc), ("data", args[3], loc)]

    def map_typeof(self, args: Args, loc: Location) -> list[Item]:
        return [("key", (self._typeof(args[1], loc), True), loc), ("data", args[3], loc)]

    def _types(self, atoms: list[ex.Expr], loc: Location) -> ex.Expr:
        return atoms[0] if len(atoms) == 1 else ex.concat(tuple(atoms), loc)

    def _typeof(self, selectors: list[ex.Expr], loc: Location) -> ex.Expr:
        return selectors[0] if len(selectors) == 1 else ex.concat(tuple(selectors), loc)

    def data_type_atom(self, args: Args, loc: Location) -> ex.Expr:
        dtype = datatype.DATATYPES_BY_NAME.get(args[0].text)
        if dtype is None:
            raise NftError(f"unknown datatype {args[0].text}", loc)
        return ex.value(0, dtype, dtype.byteorder, dtype.size, loc)

    def data_type(self, args: Args, loc: Location) -> ex.Expr:
        return self._types(args[0], loc)

    def data_type_interval(self, args: Args, loc: Location) -> ex.Expr:
        kind = self._types(args[1], loc)
        return ex.Range(kind, kind, dtype=kind.dtype, byteorder=kind.byteorder, len=kind.len, location=loc)

    def data_object(self, args: Args, loc: Location) -> int:
        return _OBJECTS[args[0].text]

    def data_typeof(self, args: Args, loc: Location) -> ex.Expr | int:
        data = self._typeof(args[0], loc)
        if isinstance(data, ex.Ct) and data.key == uapi.NFT_CT_HELPER:
            return uapi.NFT_OBJECT_CT_HELPER
        return data

    def data_typeof_interval(self, args: Args, loc: Location) -> ex.Expr:
        kind = self._typeof(args[1], loc)
        return ex.Range(kind, kind, dtype=kind.dtype, byteorder=kind.byteorder, len=kind.len, location=loc)

    def data_typeof_word(self, args: Args, loc: Location) -> ex.Expr:
        if args[0].text == "queue":
            return ex.value(0, datatype.QUEUE, Byteorder.HOST, 16, loc)
        if args[0].text != "verdict":
            raise NftError(f"map data type '{args[0].text}' lacks typeof serialization", loc)
        return ex.Verdict(NF_ACCEPT, dtype=datatype.VERDICT, location=loc)

    def set_flags(self, args: Args, loc: Location) -> Item:
        flags = 0
        for token in args[1]:
            flags |= _SET_FLAGS[token.text]
        return "flags", flags, loc

    def set_timeout(self, args: Args, loc: Location) -> Item:
        return "timeout", args[1], loc

    def set_gc_interval(self, args: Args, loc: Location) -> Item:
        return "gc-interval", args[1], loc

    def set_policy(self, args: Args, loc: Location) -> Item:
        return "policy", int(args[1].text == "memory"), loc

    def set_size(self, args: Args, loc: Location) -> Item:
        return "size", _number(args[1]), loc

    def set_stmts(self, args: Args, loc: Location) -> Item:
        return "stmts", args[0], loc

    def set_elements(self, args: Args, loc: Location) -> Item:
        return "elements", args[2], loc

    def set_automerge(self, args: Args, loc: Location) -> Item:
        return "auto-merge", True, loc

    # --- flowtables and objects -----------------------------------------------------------------------------------

    def _flowtable(self, handle: Handle, items: list[Item | None], loc: Location) -> decl.FlowtableDecl:
        found = _gather(items)
        hook = _last(found, "hook")
        flags = 0
        for value, _ in found.get("flags", ()):
            flags |= value
        return decl.FlowtableDecl(
            handle,
            Spec(hook[0].text, at(hook[0])) if hook is not None else decl.NO_NAME,
            hook[1] if hook is not None else None,
            _last(found, "devices"),
            flags,
            loc,
        )

    def flowtable_hook(self, args: Args, loc: Location) -> Item:
        if args[1].text not in HOOKS:
            raise NftError("unknown chain hook", at(args[1]))
        return "hook", (args[1], args[2]), loc

    def flowtable_flags(self, args: Args, loc: Location) -> Item:
        return "flags", uapi.NFT_FLOWTABLE_HW_OFFLOAD, loc

    def flowtable_counter(self, args: Args, loc: Location) -> Item:
        return "flags", uapi.NFT_FLOWTABLE_COUNTER, loc

    def counter_config(self, args: Args, loc: Location) -> Item:
        return "data", uapi.Counter(bytes=_number(args[3]), packets=_number(args[1])), loc

    def quota_config(self, args: Args, loc: Location) -> Item:
        return "data", uapi.Quota(_number(args[1]) * args[2], args[0], args[3]), loc

    def limit_config(self, args: Args, loc: Location) -> Item:
        limit = args[1]
        return "data", uapi.Limit(limit.rate, limit.unit, limit.burst, limit.type, limit.flags), loc

    def secmark_item(self, args: Args, loc: Location) -> list[Any]:
        return self.item([args[0], ("data", uapi.Secmark(args[1].text), loc)], loc)

    def synproxy_config(self, args: Args, loc: Location) -> Item:
        return "data", uapi.Synproxy(_number(args[1]), _number(args[3]), 3 | args[4] | args[5]), loc

    def synproxy_config_lines(self, args: Args, loc: Location) -> Item:
        return "data", uapi.Synproxy(_number(args[1]), _number(args[4]), 3 | args[6] | args[7]), loc

    def synproxy_timestamp(self, args: Args, loc: Location) -> int:
        return _SYNPROXY_FLAGS["timestamp"]

    def synproxy_sack_perm(self, args: Args, loc: Location) -> int:
        return _SYNPROXY_FLAGS["sack-perm"]

    def ct_helper_type(self, args: Args, loc: Location) -> Item:
        return "helper", (args[1].text, _PROTOCOL_VALUES[args[3].text]), loc

    def ct_l3proto(self, args: Args, loc: Location) -> Item:
        return "l3proto", args[1], loc

    def ct_protocol(self, args: Args, loc: Location) -> Item:
        return "protocol", _PROTOCOL_VALUES[args[1].text], loc

    def ct_timeout_policy(self, args: Args, loc: Location) -> Item:
        return "policy", args[3], loc

    def timeout_state(self, args: Args, loc: Location) -> tuple[str, int, Location]:
        return args[0].text, args[2], at(args[0])

    def ct_expect_dport(self, args: Args, loc: Location) -> Item:
        return "dport", _number(args[1]), loc

    def ct_expect_timeout(self, args: Args, loc: Location) -> Item:
        return "timeout", args[1], loc

    def ct_expect_size(self, args: Args, loc: Location) -> Item:
        return "size", _number(args[1]), loc

    # --- rules and statements -------------------------------------------------------------------------------------

    def rule(self, args: Args, loc: Location) -> decl.RuleDecl:
        return decl.RuleDecl(Handle(), tuple(args[0]), location=loc)

    def rule_comment(self, args: Args, loc: Location) -> decl.RuleDecl:
        return decl.RuleDecl(Handle(), tuple(args[0]), args[1][1], location=loc)

    def verdict_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.VerdictStmt(args[0], location=loc)

    def vmap_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.VerdictStmt(ex.Map(args[0], args[2], location=loc), location=loc)

    def match_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.ExprStmt(args[0], location=loc)

    def payload_stmt(self, args: Args, loc: Location) -> st.Stmt:
        if isinstance(args[0], ex.Exthdr):
            return st.ExthdrStmt(args[0], args[2], location=loc)
        return st.PayloadStmt(args[0], args[2], location=loc)

    def optstrip_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.OptstripStmt(self._tcp_option(args[3], loc), location=loc)

    def xt_stmt(self, args: Args, loc: Location) -> st.Stmt:
        raise NftError("unsupported xtables compat expression, use iptables-nft with this ruleset", loc)

    def chain_stmt(self, args: Args, loc: Location) -> st.Stmt:
        self._close_scope()
        rules = tuple(rule.stmts for rule in args[3])
        return st.ChainStmt(_VERDICTS[args[0].text], rules, location=loc)

    def verdict(self, args: Args, loc: Location) -> ex.Expr:
        return ex.verdict(_VERDICTS[args[0].text], location=loc)

    def verdict_chain(self, args: Args, loc: Location) -> ex.Expr:
        return ex.verdict(_VERDICTS[args[0].text], args[1], loc)

    def chain_name(self, args: Args, loc: Location) -> ex.Expr:
        return ex.string(args[0].text, loc)

    def counter_stmt(self, args: Args, loc: Location) -> st.Stmt:
        given = dict(args[1]) if len(args) > 1 else {}
        return st.CounterStmt(given.get("packets", 0), given.get("bytes", 0), location=at(args[0]))

    def limit_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return replace(args[2], location=loc)

    def limit_pkts(self, args: Args, loc: Location) -> st.LimitStmt:
        burst = args[4]
        if burst is not None and burst[0] == 0:
            raise NftError("packet limit burst must be > 0", burst[1])
        return st.LimitStmt(
            _number(args[1]),
            _TIME_UNITS[args[3].text],
            5 if burst is None else burst[0],
            uapi.NFT_LIMIT_PKTS,
            args[0],
            location=loc,
        )

    def limit_bytes(self, args: Args, loc: Location) -> st.LimitStmt:
        rate = _number(args[1]) * args[2]
        return st.LimitStmt(rate, _TIME_UNITS[args[4].text], args[5], uapi.NFT_LIMIT_PKT_BYTES, args[0], location=loc)

    def burst(self, args: Args, loc: Location) -> tuple[int, Location]:
        return _number(args[1]), loc

    def burst_bytes(self, args: Args, loc: Location) -> int:
        return _number(args[1]) * args[2]

    def bytes_unit(self, args: Args, loc: Location) -> int:
        return _BYTES_UNITS[args[0].text]

    def quota_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.QuotaStmt(_number(args[2]) * args[3], args[4], args[1], location=loc)

    def connlimit_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.ConnlimitStmt(_number(args[2]), location=loc)

    def connlimit_over_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.ConnlimitStmt(_number(args[3]), uapi.NFT_CONNLIMIT_F_INV, location=loc)

    def last_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.LastStmt(location=loc)

    def last_used_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.LastStmt(args[2], location=loc)

    def objref(self, args: Args, loc: Location) -> st.Stmt:
        return st.ObjrefStmt(_OBJECTS[args[0].text], args[2], location=loc)

    def objref_ct(self, args: Args, loc: Location) -> st.Stmt:
        return st.ObjrefStmt(_OBJECTS[args[1].text], args[3], location=loc)

    def meta_stmt(self, args: Args, loc: Location) -> st.Stmt:
        key = self._meta_key(args[1], span(at(args[0]), at(args[1])))
        if key == uapi.NFT_META_SECMARK and not isinstance(args[3], ex.Ct):
            return st.ObjrefStmt(uapi.NFT_OBJECT_SECMARK, args[3], location=loc)
        return st.MetaStmt(key, args[3], location=loc)

    def meta_stmt_unqualified(self, args: Args, loc: Location) -> st.Stmt:
        return st.MetaStmt(self._meta_key(args[0], at(args[0])), args[2], location=loc)

    def notrack(self, args: Args, loc: Location) -> st.Stmt:
        return st.NotrackStmt(location=loc)

    def flow_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.FlowStmt(args[3].text, location=loc)

    def ct_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.CtStmt(self._ct_key(args[1]), args[3], location=loc)

    def ct_dir_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.CtStmt(self._ct_key(args[2]), args[4], int(args[1].text == "reply"), location=loc)

    def log_stmt(self, args: Args, loc: Location) -> st.Stmt:
        given: dict[str, Any] = {}
        for name, value in args[1] if len(args) > 1 else ():
            given[name] = given.get(name, 0) | value if name == "logflags" else value
        return st.LogStmt(**given, location=at(args[0]))

    def log_prefix(self, args: Args, loc: Location) -> tuple[str, str]:
        return "prefix", args[1].text

    def log_number(self, args: Args, loc: Location) -> tuple[str, int]:
        return {"queue-threshold": "qthreshold"}.get(args[0].text, args[0].text), _number(args[1])

    def log_level(self, args: Args, loc: Location) -> tuple[str, int]:
        if args[1].text not in _LOG_LEVELS:
            raise NftError("invalid log level", at(args[1]))
        return "level", _LOG_LEVELS[args[1].text]

    def log_flags(self, args: Args, loc: Location) -> tuple[str, int]:
        return "logflags", args[1]

    def log_flag_ip(self, args: Args, loc: Location) -> int:
        return uapi.NF_LOG_IPOPT

    def log_flag(self, args: Args, loc: Location) -> int:
        return _LOG_FLAGS[args[0].text]

    def reject_plain(self, args: Args, loc: Location) -> st.Stmt:
        return st.RejectStmt(location=at(args[0]))

    def reject_with(self, args: Args, loc: Location) -> st.Stmt:
        family, type_, dtype = _REJECT[args[2].text]
        return st.RejectStmt(type_, None, replace(args[3], dtype=dtype), family, location=at(args[0]))

    def reject_reset(self, args: Args, loc: Location) -> st.Stmt:
        return st.RejectStmt(uapi.NFT_REJECT_TCP_RST, location=at(args[0]))

    # --- nat and friends ------------------------------------------------------------------------------------------

    def nat_stmt(self, args: Args, loc: Location) -> st.Stmt:
        given = dict(args[1][0])
        flags = given.pop("flags", 0)
        for more in args[1][1:]:
            flags = more
        return st.NatStmt(st.NatType(args[0].text), flags=flags | given.pop("netmap", 0), **given, location=at(args[0]))

    def nat_addr(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"addr": args[0]}

    def nat_to(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"addr": args[1]}

    def nat_family_to(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"family": args[0], "addr": args[2]}

    def nat_addr_port(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"addr": args[0], "proto": args[2]}

    def nat_to_port(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"addr": args[1], "proto": args[3]}

    def nat_family_to_port(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"family": args[0], "addr": args[2], "proto": args[4]}

    def nat_port(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"proto": args[1]}

    def nat_port_to(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"proto": args[2]}

    def nat_concat(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"family": args[0], "addr": args[5], "type_flags": st.NAT_F_CONCAT}

    def nat_interval(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"family": args[0], "addr": args[3]}

    def nat_interval_bare(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"addr": args[2]}

    def nat_prefix(self, args: Args, loc: Location) -> dict[str, Any]:
        return {
            "family": args[0],
            "addr": args[3],
            "type_flags": st.NAT_F_PREFIX,
            "netmap": uapi.NF_NAT_RANGE_NETMAP,
        }

    def nat_prefix_bare(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"addr": args[2], "type_flags": st.NAT_F_PREFIX, "netmap": uapi.NF_NAT_RANGE_NETMAP}

    def nat_flag(self, args: Args, loc: Location) -> int:
        return _NAT_FLAGS[args[0].text]

    def masq_stmt(self, args: Args, loc: Location) -> st.Stmt:
        proto, flags = args[1] if len(args) > 1 else (None, 0)
        return st.NatStmt(st.NatType.MASQUERADE, None, proto, flags, location=at(args[0]))

    def redir_stmt(self, args: Args, loc: Location) -> st.Stmt:
        proto, flags = args[1] if len(args) > 1 else (None, 0)
        return st.NatStmt(st.NatType.REDIRECT, None, proto, flags, location=at(args[0]))

    def masq_port(self, args: Args, loc: Location) -> tuple[ex.Expr, int]:
        return args[2], args[3] if len(args) > 3 else 0

    def masq_flags(self, args: Args, loc: Location) -> tuple[None, int]:
        return None, args[0]

    def redir_to(self, args: Args, loc: Location) -> tuple[ex.Expr, int]:
        return args[1], args[2] if len(args) > 2 else 0

    def tproxy(self, args: Args, loc: Location) -> st.Stmt:
        addr, port = args[2]
        return st.TproxyStmt(addr, port, location=loc)

    def tproxy_family(self, args: Args, loc: Location) -> st.Stmt:
        addr, port = args[3]
        return st.TproxyStmt(addr, port, args[1], location=loc)

    def tproxy_addr(self, args: Args, loc: Location) -> tuple[ex.Expr | None, ex.Expr | None]:
        return args[0], None

    def tproxy_port(self, args: Args, loc: Location) -> tuple[ex.Expr | None, ex.Expr | None]:
        return None, args[1]

    def tproxy_addr_port(self, args: Args, loc: Location) -> tuple[ex.Expr | None, ex.Expr | None]:
        return args[0], args[2]

    def synproxy_stmt(self, args: Args, loc: Location) -> st.Stmt:
        mss = wscale = flags = 0
        for arg in args[1] if len(args) > 1 else ():
            word, number = (arg.text, 0) if isinstance(arg, Token) else arg
            flags |= _SYNPROXY_FLAGS[word]
            mss = number if _SYNPROXY_FLAGS[word] == 1 else mss
            wscale = number if word == "wscale" else wscale
        return st.SynproxyStmt(mss, wscale, flags, location=at(args[0]))

    def queue_plain(self, args: Args, loc: Location) -> st.Stmt:
        return st.QueueStmt(location=loc)

    def queue_compat(self, args: Args, loc: Location) -> st.Stmt:
        queue = None
        flags = 0
        for number, bits in args[1]:
            queue = number if number is not None else queue
            flags |= bits
        return st.QueueStmt(queue, flags, location=at(args[0]))

    def queue_num(self, args: Args, loc: Location) -> tuple[ex.Expr | None, int]:
        return replace(args[1], location=loc), 0

    def queue_flags_arg(self, args: Args, loc: Location) -> tuple[ex.Expr | None, int]:
        return None, args[0]

    def queue_to(self, args: Args, loc: Location) -> st.Stmt:
        return st.QueueStmt(args[2], location=loc)

    def queue_flags_to(self, args: Args, loc: Location) -> st.Stmt:
        return st.QueueStmt(args[4], args[2], location=loc)

    def queue_flag(self, args: Args, loc: Location) -> int:
        return uapi.NFT_QUEUE_FLAG_BYPASS if args[0].text == "bypass" else uapi.NFT_QUEUE_FLAG_CPU_FANOUT

    def dup(self, args: Args, loc: Location) -> st.Stmt:
        return st.DupStmt(args[2], location=loc)

    def dup_device(self, args: Args, loc: Location) -> st.Stmt:
        return st.DupStmt(args[2], args[4], location=loc)

    def fwd(self, args: Args, loc: Location) -> st.Stmt:
        return st.FwdStmt(args[2], location=loc)

    def fwd_family(self, args: Args, loc: Location) -> st.Stmt:
        return st.FwdStmt(args[5], args[3], args[1], location=loc)

    def _dynset(self, token: Token) -> int:
        return {
            "add": uapi.NFT_DYNSET_OP_ADD,
            "update": uapi.NFT_DYNSET_OP_UPDATE,
            "delete": uapi.NFT_DYNSET_OP_DELETE,
        }[token.text]

    def set_stmt_old(self, args: Args, loc: Location) -> st.Stmt:
        return st.SetStmt(self._dynset(args[1]), args[3], args[2], location=loc)

    def set_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.SetStmt(self._dynset(args[0]), args[1], args[3], location=loc)

    def set_stmt_state(self, args: Args, loc: Location) -> st.Stmt:
        return st.SetStmt(self._dynset(args[0]), args[1], args[3], tuple(args[4]), location=loc)

    def map_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.MapStmt(self._dynset(args[0]), args[1], args[3], args[5], location=loc)

    def map_stmt_state(self, args: Args, loc: Location) -> st.Stmt:
        return st.MapStmt(self._dynset(args[0]), args[1], args[3], args[6], tuple(args[4]), location=loc)

    def dyn_elem(self, args: Args, loc: Location) -> ex.Expr:
        return self._elem(args[0], args[1] if len(args) > 1 else [], loc)

    def meter(self, args: Args, loc: Location) -> st.Stmt:
        return st.MeterStmt(args[1].text, args[3], args[4], location=loc)

    def meter_size(self, args: Args, loc: Location) -> st.Stmt:
        return st.MeterStmt(args[1].text, args[5], args[6], _number(args[3]), location=loc)

    # --- expressions ----------------------------------------------------------------------------------------------

    def symbol(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Symbol(args[0].text, location=loc)

    def integer(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Symbol(args[0].text, location=loc)

    def negative_integer(self, args: Args, loc: Location) -> ex.Expr:
        return ex.value(-_number(args[1]), datatype.INTEGER, Byteorder.HOST, 32, loc)

    def keyword(self, args: Args, loc: Location) -> ex.Expr:
        if args[0].text == "redirect":
            return ex.value(5, datatype.ICMP_TYPE, Byteorder.HOST, 8, loc)
        return ex.Symbol(args[0].text, location=loc)

    def protocol_value(self, args: Args, loc: Location) -> ex.Expr:
        return ex.value(_PROTOCOL_VALUES[args[0].text], datatype.INET_PROTOCOL, Byteorder.HOST, 8, loc)

    def boolean(self, args: Args, loc: Location) -> ex.Expr:
        return ex.value(int(args[0].text == "exists"), datatype.BOOLEAN, Byteorder.HOST, 8, loc)

    def set_ref(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Symbol(args[1].text, ex.SymbolType.SET, location=loc)

    def binop(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Binop(_OPS[args[1].text], args[0], args[2], location=loc)

    def concat(self, args: Args, loc: Location) -> ex.Expr:
        left = args[0]
        parts = left.expressions if isinstance(left, ex.Concat) else (left,)
        return ex.Concat((*parts, args[2]), location=loc)

    def map(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Map(args[0], args[2], location=loc)

    def prefix(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Prefix(args[0], _number(args[2]), location=loc)

    def range(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Range(args[0], args[2], location=loc)

    def list_two(self, args: Args, loc: Location) -> ex.Expr:
        return ex.List((args[0], args[2]), location=loc)

    def list_more(self, args: Args, loc: Location) -> ex.Expr:
        return ex.List((*args[0].expressions, args[2]), location=loc)

    def relational_implicit(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Relational(ex.Op.IMPLICIT, _boolean(args[0], args[1]), args[1], location=loc)

    def relational(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Relational(_OPS[args[1].text], _boolean(args[0], args[2]), args[2], location=at(args[1]))

    def relational_mask_implicit(self, args: Args, loc: Location) -> ex.Expr:
        return self._masked(ex.Op.IMPLICIT, args[0], args[1], args[3], loc)

    def relational_mask(self, args: Args, loc: Location) -> ex.Expr:
        return self._masked(_OPS[args[1].text], args[0], args[2], args[4], loc)

    def _masked(self, op: ex.Op, left: ex.Expr, value: ex.Expr, mask: ex.Expr, loc: Location) -> ex.Expr:
        """LEFT VALUE / MASK: only the flags of the mask are looked at."""
        binop = ex.Binop(ex.Op.AND, left, _joined(mask), location=loc)
        return ex.Relational(op, binop, _joined(value), location=loc)

    def empty_set(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Set((), location=loc)

    def set_expr(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Set(tuple(args[1]), location=loc)

    def set_member_set(self, args: Args, loc: Location) -> ex.Expr:
        return ex.SetElem(args[1], location=loc)

    def set_member_mapping(self, args: Args, loc: Location) -> ex.Expr:
        elem = args[1]
        return replace(elem, key=ex.Mapping(elem.key, args[3], location=elem.location))

    def set_elem(self, args: Args, loc: Location) -> ex.Expr:
        return self._elem(args[0], args[1] if len(args) > 1 else [], args[0].location)

    def _elem(self, key: ex.Expr, options: list[Any], loc: Location) -> ex.SetElem:
        stmts = tuple(option for option in options if isinstance(option, st.Stmt))
        found = _gather([option for option in options if isinstance(option, tuple)])
        return ex.SetElem(
            key, _last(found, "timeout"), _last(found, "expires"), _once(found, "comment"), stmts, location=loc
        )

    def catchall(self, args: Args, loc: Location) -> ex.Expr:
        return ex.SetElemCatchall(location=loc)

    def elem_timeout(self, args: Args, loc: Location) -> Item:
        return "timeout", args[1], loc

    def elem_expires(self, args: Args, loc: Location) -> Item:
        return "expires", args[1], loc

    # --- selectors ------------------------------------------------------------------------------------------------

    def payload_raw(self, args: Args, loc: Location) -> ex.Expr:
        if args[1].text not in _BASES:
            raise NftError("unknown raw payload base", at(args[1]))
        length = _number(args[5])
        if length > NFT_MAX_EXPR_LEN_BITS:
            raise NftError(f"raw payload length {length} exceeds upper limit of {NFT_MAX_EXPR_LEN_BITS}", at(args[5]))
        if length == 0:
            raise NftError("raw payload length cannot be 0", at(args[5]))
        return ex.raw_payload(_BASES[args[1].text], _number(args[3]), length, loc)

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
            kind = _number(token)
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
                raise _unexpected(args[3])
            return ex.tcp_option_raw(desc, field, loc)
        if field not in desc.templates:
            if field == "length":
                raise NftError("Could not find a tcp option template", at(args[0]))
            raise _unexpected(args[3])
        return ex.exthdr_field(desc, field, loc)

    def tcp_option_raw(self, args: Args, loc: Location) -> ex.Expr:
        desc = self._tcp_option_kind(args[3])
        kind = desc if isinstance(desc, int) else desc.type
        raw = ex.tcp_option_raw(kind, "kind", loc)
        known = desc if isinstance(desc, exthdr.ExthdrDesc) else exthdr.TCPOPT_FALLBACK
        offset, length = _number(args[5]), _number(args[7])
        for tmpl in known.templates.values():
            if tmpl.offset == offset and tmpl.len == length and not isinstance(desc, int):
                return replace(ex.exthdr_field(desc, tmpl.token, loc), desc=known)
        return replace(raw, desc=known, tmpl=UNKNOWN_TEMPLATE, offset=offset, len=length, dtype=datatype.INTEGER)

    def dccp_option(self, args: Args, loc: Location) -> ex.Expr:
        kind = _number(args[2])
        if kind > 255:
            raise NftError("value too large", at(args[0]))
        return ex.exthdr_present(exthdr.dccp_option(kind), loc)

    def sctp_chunk(self, args: Args, loc: Location) -> ex.Expr:
        return ex.exthdr_present(exthdr.SCTP_CHUNKS[args[2].text], loc)

    def sctp_chunk_field(self, args: Args, loc: Location) -> ex.Expr:
        desc = exthdr.SCTP_CHUNKS[args[2].text]
        if args[3].text not in desc.templates:
            raise _unexpected(args[3])
        return ex.exthdr_field(desc, args[3].text, loc)

    def exthdr(self, args: Args, loc: Location) -> ex.Expr:
        if args[0].text == "rt" and args[1].text in {"classid", "nexthop", "mtu"}:
            return self.rt(args, loc)
        desc = exthdr.EXTHDRS[args[0].text]
        if args[1].text not in desc.templates:
            raise _unexpected(args[1])
        return ex.exthdr_field(desc, args[1].text, loc)

    def exthdr_index(self, args: Args, loc: Location) -> ex.Expr:
        desc = exthdr.EXTHDRS[args[0].text]
        field = f"{args[1].text}[{_number(args[3])}]"
        if field not in desc.templates:
            raise NftError("unknown exthdr field", at(args[1]))
        return ex.exthdr_field(desc, field, loc)

    def exthdr_exists(self, args: Args, loc: Location) -> ex.Expr:
        return ex.exthdr_present(exthdr.EXTHDRS[args[1].text], loc)

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
            raise _unexpected(token)
        return keys.CT_WORDS[token.text]

    def ct(self, args: Args, loc: Location) -> ex.Expr:
        return ex.ct(self._ct_key(args[1]), None, loc)

    def ct_direction(self, args: Args, loc: Location) -> ex.Expr:
        key = self._ct_key(args[2])
        if key not in keys.CT_DIRECTIONAL:
            raise _unexpected(args[2])
        return ex.ct(key, int(args[1].text == "reply"), loc)

    def ct_proto_field(self, args: Args, loc: Location) -> ex.Expr:
        if args[3].text not in {"saddr", "daddr"}:
            raise _unexpected(args[3])
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
        return ex.socket(uapi.NFT_SOCKET_CGROUPV2, _number(args[3]), loc)

    def tunnel(self, args: Args, loc: Location) -> ex.Expr:
        return ex.tunnel(int(args[1].text == "id"), loc)

    def offset(self, args: Args, loc: Location) -> int:
        return _number(args[1])

    def numgen(self, args: Args, loc: Location) -> ex.Expr:
        kind = uapi.NFT_NG_INCREMENTAL if args[1].text == "inc" else uapi.NFT_NG_RANDOM
        return ex.numgen(kind, _number(args[3]), args[4], loc)

    def _hash(self, kind: int, expr: ex.Expr | None, mod: int, seed: int | None, offset: int, loc: Location) -> ex.Expr:
        return ex.Hash(
            kind, expr, mod, seed, offset, dtype=datatype.INTEGER, byteorder=Byteorder.HOST, len=32, location=loc
        )

    def jhash_seed(self, args: Args, loc: Location) -> ex.Expr:
        return self._hash(uapi.NFT_HASH_JENKINS, args[1], _number(args[3]), _number(args[5]), args[6], loc)

    def jhash(self, args: Args, loc: Location) -> ex.Expr:
        return self._hash(uapi.NFT_HASH_JENKINS, args[1], _number(args[3]), None, args[4], loc)

    def symhash(self, args: Args, loc: Location) -> ex.Expr:
        return self._hash(uapi.NFT_HASH_SYM, None, _number(args[2]), None, args[3], loc)

    def fib(self, args: Args, loc: Location) -> ex.Expr:
        flags = 0
        place = span(at(args[1][0]), at(args[1][-1]))
        for token in args[1]:
            if token.text not in _FIB_FLAGS:
                raise _unexpected(token)
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
            raise _unexpected(args[4])
        return self._xfrm(args, (3 if args[4].text == "saddr" else 1) + (args[3] == NFPROTO_IPV6), loc)


def _boolean(left: ex.Expr, right: ex.Expr) -> ex.Expr:
    """fib … exists asks only whether there is a route."""
    if isinstance(left, ex.Fib) and right.dtype is datatype.BOOLEAN:
        return ex.fib(left.flags | uapi.NFTA_FIB_F_PRESENT, left.result, left.location)
    return left


def _joined(expr: ex.Expr) -> ex.Expr:
    """A list of flags as one expression: a,b is a | b."""
    if not isinstance(expr, ex.List):
        return expr
    joined = expr.expressions[0]
    for more in expr.expressions[1:]:
        joined = ex.Binop(ex.Op.OR, joined, more, location=expr.location)
    return joined


def _field(desc: ProtoDesc, token: Token) -> str:
    """The field of a protocol that a word names."""
    word = _FIELD_ALIASES.get(token.text, token.text)
    if word not in desc.templates or word == "l4proto":
        names = [name for name in desc.templates if name != "l4proto"]
        expecting = f", expecting {' or '.join(_by_rank(names))}" if len(names) <= 4 else ""
        unexpected = _unexpected(token)
        raise NftError(unexpected.message + expecting, unexpected.location)
    return word


def _by_rank(names: list[str]) -> list[str]:
    from webapp.userland.nftables.words import RANK  # noqa: PLC0415 # only for errors

    return sorted(names, key=lambda name: RANK.get(name, len(RANK)))


Found = dict[str, list[tuple[Any, Location]]]


def _counter(found: Found) -> uapi.ObjData:
    return _last(found, "data", uapi.Counter())


def _data(found: Found) -> uapi.ObjData:
    return _last(found, "data")


def _ct_helper(found: Found) -> uapi.ObjData:
    name, protocol = _last(found, "helper", ("", 0))
    return uapi.CtHelper(name, _last(found, "l3proto", 0), protocol)


CT_TIMEOUT_STATES: dict[int, dict[str, tuple[int, int]]] = {
    6: {
        "syn_sent": (0, 120),
        "syn_recv": (1, 60),
        "established": (2, 432000),
        "fin_wait": (3, 120),
        "close_wait": (4, 60),
        "last_ack": (5, 30),
        "time_wait": (6, 120),
        "close": (7, 10),
        "syn_sent2": (8, 120),
        "retrans": (9, 300),
        "unack": (10, 300),
    },
    17: {"unreplied": (0, 30), "replied": (1, 120)},
}
"""Per protocol: a connection state's number and its default timeout in seconds (timeout_protocol in rule.c)."""


def _ct_timeout(found: Found) -> uapi.ObjData:
    protocol = _last(found, "protocol", 0)
    states = CT_TIMEOUT_STATES.get(protocol, {})
    given: dict[int, int] = {}
    for name, seconds, location in _last(found, "policy", ()):
        if name not in states:
            raise NftError(f"invalid state name for protocol {'tcp' if protocol == 6 else 'udp'}", location)
        given[states[name][0]] = seconds
    return uapi.CtTimeout(_last(found, "l3proto", 0), protocol, tuple(sorted(given.items())))


def _ct_expect(found: Found) -> uapi.ObjData:
    return uapi.CtExpect(
        _last(found, "l3proto", 0),
        _last(found, "protocol", 0),
        _last(found, "dport", 0),
        _last(found, "timeout", 0),
        _last(found, "size", 0),
    )


_OBJECT_OF = {
    CmdObj.COUNTER: _counter,
    CmdObj.QUOTA: _data,
    CmdObj.LIMIT: _data,
    CmdObj.SECMARK: _data,
    CmdObj.SYNPROXY: _data,
    CmdObj.CT_HELPER: _ct_helper,
    CmdObj.CT_TIMEOUT: _ct_timeout,
    CmdObj.CT_EXPECT: _ct_expect,
}
