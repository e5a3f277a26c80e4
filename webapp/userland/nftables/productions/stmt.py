"""Rules and statements."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NF_DROP, NFPROTO_IPV4, NFPROTO_IPV6
from webapp.userland.nftables import datatype
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import rule as decl
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.location import Location, span
from webapp.userland.nftables.productions.exthdr import ExthdrActions
from webapp.userland.nftables.productions.obj import OBJECTS, SYNPROXY_FLAGS
from webapp.userland.nftables.productions.production import Args, at, number
from webapp.userland.nftables.productions.scope import ScopeActions
from webapp.userland.nftables.rule import Handle
from webapp.userland.nftables.scanner import Token

VERDICTS = {
    "accept": NF_ACCEPT,
    "drop": NF_DROP,
    "continue": uapi.NFT_CONTINUE,
    "return": uapi.NFT_RETURN,
    "jump": uapi.NFT_JUMP,
    "goto": uapi.NFT_GOTO,
}
_BYTES_UNITS = {"bytes": 1, "kbytes": 1024, "mbytes": 1024 * 1024}
_TIME_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
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
_REJECT = {
    "icmp": (NFPROTO_IPV4, uapi.NFT_REJECT_ICMP_UNREACH, datatype.REJECT_ICMP_CODE),
    "icmpv6": (NFPROTO_IPV6, uapi.NFT_REJECT_ICMP_UNREACH, datatype.REJECT_ICMPV6_CODE),
    "icmpx": (0, uapi.NFT_REJECT_ICMPX_UNREACH, datatype.REJECT_ICMPX_CODE),
}


class StmtActions(ScopeActions, ExthdrActions):
    """Each makes a statement or a part of one."""

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
        return st.ChainStmt(VERDICTS[args[0].text], rules, location=loc)

    def verdict(self, args: Args, loc: Location) -> ex.Expr:
        return ex.verdict(VERDICTS[args[0].text], location=loc)

    def verdict_chain(self, args: Args, loc: Location) -> ex.Expr:
        return ex.verdict(VERDICTS[args[0].text], args[1], loc)

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
            number(args[1]),
            _TIME_UNITS[args[3].text],
            5 if burst is None else burst[0],
            uapi.NFT_LIMIT_PKTS,
            args[0],
            location=loc,
        )

    def limit_bytes(self, args: Args, loc: Location) -> st.LimitStmt:
        rate = number(args[1]) * args[2]
        return st.LimitStmt(rate, _TIME_UNITS[args[4].text], args[5], uapi.NFT_LIMIT_PKT_BYTES, args[0], location=loc)

    def burst(self, args: Args, loc: Location) -> tuple[int, Location]:
        return number(args[1]), loc

    def burst_bytes(self, args: Args, loc: Location) -> int:
        return number(args[1]) * args[2]

    def bytes_unit(self, args: Args, loc: Location) -> int:
        return _BYTES_UNITS[args[0].text]

    def quota_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.QuotaStmt(number(args[2]) * args[3], args[4], args[1], location=loc)

    def connlimit_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.ConnlimitStmt(number(args[2]), location=loc)

    def connlimit_over_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.ConnlimitStmt(number(args[3]), uapi.NFT_CONNLIMIT_F_INV, location=loc)

    def last_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.LastStmt(location=loc)

    def last_used_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.LastStmt(args[2], location=loc)

    def objref(self, args: Args, loc: Location) -> st.Stmt:
        return st.ObjrefStmt(OBJECTS[args[0].text], args[2], location=loc)

    def objref_ct(self, args: Args, loc: Location) -> st.Stmt:
        return st.ObjrefStmt(OBJECTS[args[1].text], args[3], location=loc)

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
        return {"queue-threshold": "qthreshold"}.get(args[0].text, args[0].text), number(args[1])

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

    def synproxy_stmt(self, args: Args, loc: Location) -> st.Stmt:
        mss = wscale = flags = 0
        for arg in args[1] if len(args) > 1 else ():
            word, number = (arg.text, 0) if isinstance(arg, Token) else arg
            flags |= SYNPROXY_FLAGS[word]
            mss = number if SYNPROXY_FLAGS[word] == 1 else mss
            wscale = number if word == "wscale" else wscale
        return st.SynproxyStmt(mss, wscale, flags, location=at(args[0]))

    def queue_plain(self, args: Args, loc: Location) -> st.Stmt:
        return st.QueueStmt(location=loc)

    def queue_compat(self, args: Args, loc: Location) -> st.Stmt:
        queue = None
        flags = 0
        for asked, bits in args[1]:
            queue = asked if asked is not None else queue
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
