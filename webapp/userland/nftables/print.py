"""Expressions and statements as nft lists them (the print functions of nftables src/expression.c, statement.c and of
the files beside them), in the wording of nft 1.0.6.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.nftnl import FAMILY_NAMES
from webapp.userland.nftables import expression as e
from webapp.userland.nftables import keys
from webapp.userland.nftables import statement as s
from webapp.userland.nftables.datatype import (
    ARPOP,
    BITMASK,
    CLASSID,
    CT_DIR,
    CT_STATE,
    CT_STATUS_TYPE,
    DCCP_PKTTYPE,
    GID,
    IFINDEX,
    INET_PROTOCOL,
    INET_SERVICE,
    INTEGER,
    IP6ADDR,
    IPADDR,
    MARK,
    NF_PROTO,
    PKTTYPE,
    STRING,
    TCP_FLAG,
    UID,
    VERDICT,
    Output,
    format_value,
    format_verdict,
    string_text,
)
from webapp.userland.nftables.proto import TH, UNKNOWN
from webapp.userland.nftables.times import format_time

_PRECEDENCE = {e.Op.LSHIFT: 1, e.Op.RSHIFT: 1, e.Op.AND: 2, e.Op.XOR: 3, e.Op.OR: 4}
NEWLINE = ",\n\t\t\t     "
_NEVER = 2**64 - 1
"""NFT_NEVER_TIMEOUT."""


def expr_print(expr: e.Expr, output: Output) -> str:
    """An expression as text."""
    return _EXPRESSIONS[type(expr)](expr, output)


def stmt_print(stmt: s.Stmt, output: Output) -> str:
    """A statement as text."""
    return _STATEMENTS[type(stmt)](stmt, output)


# --- expressions ---------------------------------------------------------------------------------------------------


def _value(expr: e.Value, output: Output) -> str:
    return format_value(expr.dtype, expr.value, expr.len, output)


def _verdict(expr: e.Verdict, output: Output) -> str:
    chain = string_text(expr.chain.value) if isinstance(expr.chain, e.Value) else ""
    return format_verdict(expr.verdict, chain)


def _prefix(expr: e.Prefix, output: Output) -> str:
    return f"{expr_print(expr.prefix, output)}/{expr.prefix_len}"


def _range(expr: e.Range, output: Output) -> str:
    plain = replace(
        output,
        service=False,
        guid=False,
        seconds=True,
        numeric_symbol=True,
        numeric_protocol=True,
        numeric_priority=True,
    )
    return f"{expr_print(expr.left, plain)}-{expr_print(expr.right, plain)}"


def _payload(expr: e.Payload, output: Output) -> str:
    inner = f"{expr.inner.name} " if expr.inner is not None and expr.inner is not expr.desc else ""
    if expr.desc is UNKNOWN or (expr.is_raw and expr.desc is not TH):
        return f"{inner}@{expr.base.token},{expr.offset},{expr.len}"
    return f"{inner}{expr.desc.name} {expr.tmpl.token}"


def _exthdr(expr: e.Exthdr, output: Output) -> str:
    present = bool(expr.flags & uapi.NFT_EXTHDR_F_PRESENT)
    if expr.op == uapi.NFT_EXTHDR_OP_TCPOPT:
        return _tcp_option(expr, present=present)
    name = expr.desc.name if expr.desc is not None else "unknown-exthdr"
    if expr.op == uapi.NFT_EXTHDR_OP_DCCP:
        return f"dccp option {expr.raw_type}"
    words = {uapi.NFT_EXTHDR_OP_IPV4: "ip option ", uapi.NFT_EXTHDR_OP_SCTP: "sctp chunk "}
    if present:
        return f"{words.get(expr.op, 'exthdr ')}{name}"
    return f"{words.get(expr.op, '')}{name} {expr.tmpl.token}"


def _tcp_option(expr: e.Exthdr, *, present: bool) -> str:
    if expr.desc is None or not expr.desc.name:
        if expr.offset == 0 and present:
            return f"tcp option {expr.raw_type}"
        return f"tcp option @{expr.raw_type},{expr.offset},{expr.len}"
    if present:
        return f"tcp option {expr.desc.name}"
    block = expr.offset // 64 or ""
    return f"tcp option {expr.desc.name}{block} {expr.tmpl.token}"


def _meta(expr: e.Meta, output: Output) -> str:
    inner = f"{expr.inner.name} " if expr.inner is not None else ""
    return f"{inner}{meta_word(expr.key)}"


def meta_word(key: int) -> str:
    """``iifname``, ``meta mark``."""
    token = keys.META[key].token if key in keys.META else "unknown"
    return token if key in keys.META_UNQUALIFIED else f"meta {token}"


def _ct_word(key: int, direction: int | None) -> str:
    token = keys.CT[key].token if key in keys.CT else "unknown"
    word = "" if direction is None else f"{('original', 'reply')[direction]} "
    return f"ct {word}{token}"


_FIB_FLAGS = (
    (uapi.NFTA_FIB_F_SADDR, "saddr"),
    (uapi.NFTA_FIB_F_DADDR, "daddr"),
    (uapi.NFTA_FIB_F_MARK, "mark"),
    (uapi.NFTA_FIB_F_IIF, "iif"),
    (uapi.NFTA_FIB_F_OIF, "oif"),
)


_RT_FAMILIES = {uapi.NFT_RT_NEXTHOP4: "ip ", uapi.NFT_RT_NEXTHOP6: "ip6 "}


def _fib(expr: e.Fib, output: Output) -> str:
    flags = " . ".join(word for flag, word in _FIB_FLAGS if expr.flags & flag)
    return f"fib {flags} {keys.FIB[expr.result].token}"


def _xfrm(expr: e.Xfrm, output: Output) -> str:
    spnum = f"spnum {expr.spnum} " if expr.spnum else ""
    family = {1: "ip ", 3: "ip ", 2: "ip6 ", 4: "ip6 "}.get(expr.key, "")
    return f"ipsec {('in', 'out')[expr.direction]} {spnum}{family}{keys.XFRM[expr.key].token}"


def _osf(expr: e.Osf, output: Output) -> str:
    ttl = {1: "ttl loose ", 2: "ttl skip "}.get(expr.ttl, "")
    return f"osf {ttl}{'version' if expr.flags & uapi.NFT_OSF_F_VERSION else 'name'}"


def _socket(expr: e.Socket, output: Output) -> str:
    token = keys.SOCKET[expr.key].token
    return f"socket {token} level {expr.level}" if expr.key == uapi.NFT_SOCKET_CGROUPV2 else f"socket {token}"


def _numgen(expr: e.Numgen, output: Output) -> str:
    kind = "inc" if expr.type == uapi.NFT_NG_INCREMENTAL else "random"
    return f"numgen {kind} mod {expr.mod}{_offset(expr.offset)}"


def _offset(offset: int) -> str:
    return f" offset {offset}" if offset else ""


def _hash(expr: e.Hash, output: Output) -> str:
    inner = "symhash" if expr.expr is None else f"jhash {expr_print(expr.expr, output)}"
    seed = "" if expr.seed is None else f" seed 0x{expr.seed:x}"
    return f"{inner} mod {expr.mod}{seed}{_offset(expr.offset)}"


def _concat(expr: e.Concat, output: Output) -> str:
    return " . ".join(expr_print(part, output) for part in expr.expressions)


def _flagcmp(expr: e.Flagcmp, output: Output) -> str:
    return f"{expr_print(expr.value, output)} / {expr_print(expr.mask, output)}"


def _list(expr: e.List, output: Output) -> str:
    return ",".join(expr_print(part, output) for part in expr.expressions)


_SIX_A_LINE = frozenset(
    dtype.type
    for dtype in (NF_PROTO, INTEGER, ARPOP, INET_PROTOCOL, INET_SERVICE, TCP_FLAG, DCCP_PKTTYPE, MARK, IFINDEX,
                  CLASSID, UID, GID, CT_DIR)
)  # fmt: skip
_THREE_A_LINE = frozenset(dtype.type for dtype in (IPADDR, CT_STATE, CT_STATUS_TYPE, PKTTYPE))


def set_print(expr: e.Set, output: Output, *, force_newline: bool = False) -> str:
    """Elements in braces; those of a named set go on new lines after as many as fit its type."""
    text = "{ "
    count = 0
    delimiter = ""
    for element in expr.expressions:
        text += delimiter + expr_print(element, output)
        count += 1
        delimiter = NEWLINE
        if expr.set_flags & uapi.NFT_SET_ANONYMOUS and not force_newline:
            delimiter = ", "
        elif not force_newline:
            most = 5 if expr.dtype.type in _SIX_A_LINE else 2 if expr.dtype.type in _THREE_A_LINE else 0
            if count < most:
                delimiter = ", "
            else:
                count = 0
    return text + " }"


def _set(expr: e.Set, output: Output) -> str:
    return set_print(expr, output)


def _set_ref(expr: e.SetRef, output: Output) -> str:
    if expr.set.anonymous:
        return expr_print(expr.set.init, output) if expr.set.init is not None else "{ }"
    return f"@{expr.set.handle.set.name}"


def _set_elem(expr: e.SetElem, output: Output) -> str:
    mapping = expr.key if isinstance(expr.key, e.Mapping) else None
    text = expr_print(expr.key if mapping is None else mapping.left, output)
    for stmt in expr.stmts:
        text += f" {stmt_print(stmt, output)}"
    if expr.timeout:
        text += " timeout " + ("never" if expr.timeout == _NEVER else format_time(expr.timeout, seconds=output.seconds))
    if expr.expiration and expr.timeout != _NEVER and not output.stateless:
        text += f" expires {format_time(expr.expiration, seconds=output.seconds)}"
    if expr.comment:
        text += f' comment "{expr.comment}"'
    return text if mapping is None else f"{text} : {expr_print(mapping.right, output)}"


def _mapping(expr: e.Mapping, output: Output) -> str:
    return f"{expr_print(expr.left, output)} : {expr_print(expr.right, output)}"


def _map(expr: e.Map, output: Output) -> str:
    word = "vmap" if _gives_verdicts(expr.mappings) else "map"
    return f"{expr_print(expr.map, output)} {word} {expr_print(expr.mappings, output)}"


def _gives_verdicts(mappings: e.Expr) -> bool:
    if isinstance(mappings, e.SetRef):
        return mappings.set.data is not None and mappings.set.data.dtype.type == VERDICT.type
    if isinstance(mappings, e.Set):
        first = next(iter(mappings.expressions), None)
        key = first.key if isinstance(first, e.SetElem) else first
        return isinstance(key, e.Mapping) and isinstance(key.right, e.Verdict)
    return False


def _operand(op: e.Op, arg: e.Expr, output: Output) -> str:
    text = expr_print(arg, output)
    if isinstance(arg, e.Binop) and op in _PRECEDENCE and _PRECEDENCE[op] < _PRECEDENCE.get(arg.op, 0):
        return f"({text})"
    return text


def _binop(expr: e.Binop, output: Output) -> str:
    return f"{_operand(expr.op, expr.left, output)} {expr.op.value} {_operand(expr.op, expr.right, output)}"


def _relational(expr: e.Relational, output: Output) -> str:
    left, right = expr_print(expr.left, output), expr_print(expr.right, output)
    if expr.op is e.Op.IMPLICIT or (expr.op is e.Op.EQ and not _must_print_eq(expr)):
        return f"{left} {right}"
    return f"{left} {expr.op.value} {right}"


def _must_print_eq(expr: e.Relational) -> bool:
    """``==`` is said where flags would otherwise only be looked for, and after an arithmetic expression."""
    right = expr.right
    if isinstance(right, e.Value) and right.dtype.basetype is BITMASK:
        return True
    return isinstance(expr.left, e.Binop)


def _unary(expr: e.Unary, output: Output) -> str:
    return expr_print(expr.arg, output)


_EXPRESSIONS: dict[type, Callable[[Any, Output], str]] = {
    e.Value: _value,
    e.Symbol: lambda x, _: f"@{x.identifier}" if x.symtype is e.SymbolType.SET else x.identifier,
    e.Verdict: _verdict,
    e.Prefix: _prefix,
    e.Range: _range,
    e.Payload: _payload,
    e.Exthdr: _exthdr,
    e.Meta: _meta,
    e.Socket: _socket,
    e.Osf: _osf,
    e.Ct: lambda x, _: _ct_word(x.key, x.direction),
    e.Rt: lambda x, _: f"rt {_RT_FAMILIES.get(x.key, '')}{keys.RT[x.key].token}",
    e.Tunnel: lambda x, _: f"tunnel {keys.TUNNEL[x.key].token}",
    e.Fib: _fib,
    e.Xfrm: _xfrm,
    e.Numgen: _numgen,
    e.Hash: _hash,
    e.Concat: _concat,
    e.List: _list,
    e.Flagcmp: _flagcmp,
    e.Set: _set,
    e.SetRef: _set_ref,
    e.SetElem: _set_elem,
    e.SetElemCatchall: lambda _x, _o: "*",
    e.Mapping: _mapping,
    e.Map: _map,
    e.Unary: _unary,
    e.Binop: _binop,
    e.Relational: _relational,
}


# --- statements ----------------------------------------------------------------------------------------------------


def _expr_stmt(stmt: s.ExprStmt | s.VerdictStmt, output: Output) -> str:
    return expr_print(stmt.expr, output)


def _chain_stmt(stmt: s.ChainStmt, output: Output) -> str:
    word = "jump" if stmt.verdict == uapi.NFT_JUMP else "goto"
    rules = "".join(f"\t\t\t{' '.join(stmt_print(inner, output) for inner in rule)}\n" for rule in stmt.rules)
    return f"{word} {{\n{rules}\t\t}}"


def _counter(stmt: s.CounterStmt, output: Output) -> str:
    return "counter" if output.stateless else f"counter packets {stmt.packets} bytes {stmt.bytes}"


UNITS = {1: "second", 60: "minute", 3600: "hour", 86400: "day", 604800: "week"}
_DATA_UNITS = ("bytes", "kbytes", "mbytes")
_DEFAULT_BURST = 5


def bytes_print(number: int) -> str:
    """get_rate: a number of bytes in the largest unit that divides it."""
    unit = 0
    while number and number % 1024 == 0 and unit + 1 < len(_DATA_UNITS):
        number //= 1024
        unit += 1
    return f"{number} {_DATA_UNITS[unit]}"


def limit_print(limit: s.LimitStmt | uapi.Limit) -> str:
    """rate [over] N/UNIT [burst N], of a statement or an object."""
    over = "over " if limit.flags & uapi.NFT_LIMIT_F_INV else ""
    unit = UNITS.get(limit.unit, "error")
    if limit.type == uapi.NFT_LIMIT_PKTS:
        burst = f" burst {limit.burst} packets" if limit.burst not in (0, _DEFAULT_BURST) else ""
        return f"rate {over}{limit.rate}/{unit}{burst}"
    burst = f" burst {bytes_print(limit.burst)}" if limit.burst else ""
    return f"rate {over}{bytes_print(limit.rate)}/{unit}{burst}"


def quota_print(bytes_: int, used: int, flags: int, output: Output) -> str:
    """[over] N UNIT [used N UNIT], of a statement or an object."""
    over = "over " if flags & uapi.NFT_QUOTA_F_INV else ""
    consumed = f" used {bytes_print(used)}" if used and not output.stateless else ""
    return f"{over}{bytes_print(bytes_)}{consumed}"


def _last(stmt: s.LastStmt, output: Output) -> str:
    if output.stateless:
        return "last"
    return f"last used {'never' if stmt.used is None else format_time(stmt.used, seconds=output.seconds)}"


_LEVELS = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug", "audit")


def _log(stmt: s.LogStmt, output: Output) -> str:
    text = "log"
    if stmt.prefix is not None:
        text += f' prefix "{stmt.prefix}"'
    for word, number in (("group", stmt.group), ("snaplen", stmt.snaplen), ("queue-threshold", stmt.qthreshold)):
        if number is not None:
            text += f" {word} {number}"
    if stmt.level not in (None, uapi.NFT_LOGLEVEL_WARNING):
        text += f" level {_LEVELS[stmt.level]}"
    return text + _log_flags(stmt.logflags)


def _log_flags(flags: int) -> str:
    if flags & uapi.NF_LOG_MASK == uapi.NF_LOG_MASK:
        return " flags all"
    tcp = ",".join(
        word for flag, word in ((uapi.NF_LOG_TCPSEQ, "sequence"), (uapi.NF_LOG_TCPOPT, "options")) if flags & flag
    )
    text = f" flags tcp {tcp}" if tcp else ""
    for flag, word in ((uapi.NF_LOG_IPOPT, "ip options"), (uapi.NF_LOG_UID, "skuid"), (uapi.NF_LOG_MACDECODE, "ether")):
        if flags & flag:
            text += f" flags {word}"
    return text


_ICMP_PORT_UNREACH = 3
_ICMPV6_PORT_UNREACH = 4


def _reject(stmt: s.RejectStmt, output: Output) -> str:
    code = expr_print(stmt.expr, output) if stmt.expr is not None else ""
    if stmt.type == uapi.NFT_REJECT_TCP_RST:
        return "reject with tcp reset"
    if stmt.type == uapi.NFT_REJECT_ICMPX_UNREACH:
        plain = stmt.icmp_code == uapi.NFT_REJECT_ICMPX_PORT_UNREACH
        return "reject" if plain else f"reject with icmpx {code}"
    if stmt.family == 2 and (stmt.verbose or stmt.icmp_code != _ICMP_PORT_UNREACH):
        return f"reject with icmp {code}"
    if stmt.family == 10 and (stmt.verbose or stmt.icmp_code != _ICMPV6_PORT_UNREACH):
        return f"reject with icmpv6 {code}"
    return "reject"


_NAT_FLAGS = (
    (uapi.NF_NAT_RANGE_PROTO_RANDOM, "random"),
    (uapi.NF_NAT_RANGE_PROTO_RANDOM_FULLY, "fully-random"),
    (uapi.NF_NAT_RANGE_PERSISTENT, "persistent"),
)


def _nat(stmt: s.NatStmt, output: Output) -> str:
    text = stmt.type.value
    if stmt.addr is not None or stmt.proto is not None:
        text += {2: " ip", 10: " ip6"}.get(stmt.family, "")
        text += " prefix" if stmt.type_flags & s.NAT_F_PREFIX else ""
        text += " to"
    if stmt.addr is not None:
        text += f" {_nat_address(stmt.addr, output, bracketed=stmt.proto is not None)}"
    if stmt.proto is not None:
        text += f"{'' if stmt.addr is not None else ' '}:{expr_print(stmt.proto, output)}"
    flags = ",".join(word for flag, word in _NAT_FLAGS if stmt.flags & flag)
    return f"{text} {flags}" if flags else text


def _nat_address(addr: e.Expr, output: Output, *, bracketed: bool) -> str:
    if bracketed and isinstance(addr, e.Value) and addr.dtype.type == IP6ADDR.type:
        return f"[{expr_print(addr, output)}]"
    if bracketed and isinstance(addr, e.Range) and addr.left.dtype.type == IP6ADDR.type:
        return f"[{expr_print(addr.left, output)}]-[{expr_print(addr.right, output)}]"
    return expr_print(addr, output)


def _tproxy(stmt: s.TproxyStmt, output: Output) -> str:
    family = f" {FAMILY_NAMES[stmt.family]}" if stmt.family and stmt.table_family == 1 else ""
    addr = ""
    if stmt.addr is not None:
        addr = f" {_nat_address(stmt.addr, output, bracketed=True)}"
    port = ""
    if stmt.port is not None:
        port = f"{'' if addr else ' '}:{expr_print(stmt.port, output)}"
    return f"tproxy{family} to{addr}{port}"


def _queue(stmt: s.QueueStmt, output: Output) -> str:
    flags = ",".join(
        word
        for flag, word in ((uapi.NFT_QUEUE_FLAG_BYPASS, "bypass"), (uapi.NFT_QUEUE_FLAG_CPU_FANOUT, "fanout"))
        if stmt.flags & flag
    )
    to = expr_print(stmt.queue, output) if stmt.queue is not None else "0"
    return f"queue flags {flags} to {to}" if flags else f"queue to {to}"


def _dup(stmt: s.DupStmt, output: Output) -> str:
    device = f" device {expr_print(stmt.dev, output)}" if stmt.dev is not None else ""
    return f"dup to {expr_print(stmt.to, output)}{device}"


def _fwd(stmt: s.FwdStmt, output: Output) -> str:
    dev = expr_print(stmt.dev, output)
    if stmt.addr is None:
        return f"fwd to {dev}"
    return f"fwd {FAMILY_NAMES[stmt.family]} to {expr_print(stmt.addr, output)} device {dev}"


_OBJREF_WORDS = {
    uapi.NFT_OBJECT_COUNTER: "counter name",
    uapi.NFT_OBJECT_QUOTA: "quota name",
    uapi.NFT_OBJECT_LIMIT: "limit name",
    uapi.NFT_OBJECT_SYNPROXY: "synproxy name",
    uapi.NFT_OBJECT_CT_HELPER: "ct helper set",
    uapi.NFT_OBJECT_CT_TIMEOUT: "ct timeout set",
    uapi.NFT_OBJECT_CT_EXPECT: "ct expectation set",
    uapi.NFT_OBJECT_SECMARK: "meta secmark set",
}


def _objref(stmt: s.ObjrefStmt, output: Output) -> str:
    return f"{_OBJREF_WORDS.get(stmt.type, 'unknown name')} {expr_print(stmt.expr, output)}"


_SET_OPS = {uapi.NFT_DYNSET_OP_ADD: "add", uapi.NFT_DYNSET_OP_UPDATE: "update", uapi.NFT_DYNSET_OP_DELETE: "delete"}


def _in_braces(stmt: s.SetStmt | s.MapStmt, output: Output) -> str:
    stateless = replace(output, stateless=True)
    stmts = "".join(f" {stmt_print(inner, stateless)}" for inner in stmt.stmts)
    data = f" : {expr_print(stmt.data, output)}" if isinstance(stmt, s.MapStmt) else ""
    where = expr_print(stmt.set, output)
    return f"{_SET_OPS[stmt.op]} {where} {{ {expr_print(stmt.key, output)}{stmts}{data} }}"


def _assignment(target: str, value: e.Expr, output: Output) -> str:
    return f"{target} set {expr_print(value, output)}"


def _synproxy(stmt: s.SynproxyStmt, output: Output) -> str:
    text = "synproxy"
    if stmt.flags & 0x01:
        text += f" mss {stmt.mss}"
    if stmt.flags & 0x02:
        text += f" wscale {stmt.wscale}"
    if stmt.flags & 0x08:
        text += " timestamp"
    if stmt.flags & 0x04:
        text += " sack-perm"
    return text


def _meter(stmt: s.MeterStmt, output: Output) -> str:
    stateless = replace(output, stateless=True)
    size = f" size {stmt.size}" if stmt.size else ""
    return f"meter {stmt.name}{size} {{ {expr_print(stmt.key, output)} {stmt_print(stmt.stmt, stateless)} }}"


_STATEMENTS: dict[type, Callable[[Any, Output], str]] = {
    s.ExprStmt: _expr_stmt,
    s.VerdictStmt: _expr_stmt,
    s.ChainStmt: _chain_stmt,
    s.CounterStmt: _counter,
    s.LimitStmt: lambda x, _: f"limit {limit_print(x)}",
    s.QuotaStmt: lambda x, o: f"quota {quota_print(x.bytes, x.used, x.flags, o)}",
    s.ConnlimitStmt: lambda x, _: f"ct count {'over ' if x.flags else ''}{x.count}",
    s.LastStmt: _last,
    s.LogStmt: _log,
    s.RejectStmt: _reject,
    s.NatStmt: _nat,
    s.TproxyStmt: _tproxy,
    s.SynproxyStmt: _synproxy,
    s.QueueStmt: _queue,
    s.DupStmt: _dup,
    s.FwdStmt: _fwd,
    s.NotrackStmt: lambda _x, _o: "notrack",
    s.FlowStmt: lambda x, _: f"flow add @{x.table_name}",
    s.ObjrefStmt: _objref,
    s.PayloadStmt: lambda x, o: _assignment(expr_print(x.expr, o), x.val, o),
    s.ExthdrStmt: lambda x, o: _assignment(expr_print(x.expr, o), x.val, o),
    s.OptstripStmt: lambda x, o: f"reset {expr_print(x.expr, o)}",
    s.MetaStmt: lambda x, o: _assignment(meta_word(x.key), x.expr, o),
    s.CtStmt: lambda x, o: _assignment(_ct_word(x.key, x.direction), x.expr, o),
    s.SetStmt: _in_braces,
    s.MapStmt: _in_braces,
    s.MeterStmt: _meter,
}

__all__ = ["NEWLINE", "STRING", "bytes_print", "expr_print", "limit_print", "quota_print", "set_print", "stmt_print"]
