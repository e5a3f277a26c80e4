"""How libnftnl words expressions, which is what ``nft --debug=netlink`` prints (libnftnl 1.2, src/expr/*.c).

Values are words of 4 bytes as a little-endian machine reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.kernel.uapi import nf_tables as nft
from webapp.kernel.uapi.netfilter import (
    NFPROTO_ARP,
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
)

FAMILY_NAMES = {
    NFPROTO_INET: "inet",
    NFPROTO_IPV4: "ip",
    NFPROTO_ARP: "arp",
    NFPROTO_NETDEV: "netdev",
    NFPROTO_BRIDGE: "bridge",
    NFPROTO_IPV6: "ip6",
}

META_KEYS = {
    nft.NFT_META_LEN: "len",
    nft.NFT_META_PROTOCOL: "protocol",
    nft.NFT_META_PRIORITY: "priority",
    nft.NFT_META_MARK: "mark",
    nft.NFT_META_IIF: "iif",
    nft.NFT_META_OIF: "oif",
    nft.NFT_META_IIFNAME: "iifname",
    nft.NFT_META_OIFNAME: "oifname",
    nft.NFT_META_IIFTYPE: "iiftype",
    nft.NFT_META_OIFTYPE: "oiftype",
    nft.NFT_META_SKUID: "skuid",
    nft.NFT_META_SKGID: "skgid",
    nft.NFT_META_NFTRACE: "nftrace",
    nft.NFT_META_RTCLASSID: "rtclassid",
    nft.NFT_META_SECMARK: "secmark",
    nft.NFT_META_NFPROTO: "nfproto",
    nft.NFT_META_L4PROTO: "l4proto",
    nft.NFT_META_BRI_IIFNAME: "bri_iifname",
    nft.NFT_META_BRI_OIFNAME: "bri_oifname",
    nft.NFT_META_PKTTYPE: "pkttype",
    nft.NFT_META_CPU: "cpu",
    nft.NFT_META_IIFGROUP: "iifgroup",
    nft.NFT_META_OIFGROUP: "oifgroup",
    nft.NFT_META_CGROUP: "cgroup",
    nft.NFT_META_PRANDOM: "prandom",
    nft.NFT_META_SECPATH: "secpath",
    nft.NFT_META_IIFKIND: "iifkind",
    nft.NFT_META_OIFKIND: "oifkind",
    nft.NFT_META_BRI_IIFPVID: "bri_iifpvid",
    nft.NFT_META_BRI_IIFVPROTO: "bri_iifvproto",
    nft.NFT_META_TIME_NS: "time",
    nft.NFT_META_TIME_DAY: "day",
    nft.NFT_META_TIME_HOUR: "hour",
    nft.NFT_META_SDIF: "sdif",
    nft.NFT_META_SDIFNAME: "sdifname",
    nft.NFT_META_BRI_BROUTE: "broute",
}

CT_KEYS = (
    "state", "direction", "status", "mark", "secmark", "expiration", "helper", "l3protocol", "src", "dst", "protocol",
    "proto_src", "proto_dst", "labels", "packets", "bytes", "avgpkt", "zone", "event", "src_ip", "dst_ip", "src_ip6",
    "dst_ip6", "ct_id",
)  # fmt: skip

_BASES = ("link", "network", "transport", "inner", "tunnel")
_CMP_OPS = ("eq", "neq", "lt", "lte", "gt", "gte")
_EXTHDR_OPS = ("ipv6", "tcpopt", "ipv4", "sctp", "dccp")
_UNITS = {1: "second", 60: "minute", 3600: "hour", 86400: "day", 604800: "week"}
_DYNSET_OPS = ("add", "update", "delete")
_RT_KEYS = ("classid", "nexthop4", "nexthop6", "tcpmss", "ipsec")
_SOCKET_KEYS = ("transparent", "mark", "wildcard", "cgroupv2")
_FIB_RESULTS = ("", "oif", "oifname", "type")
_LOG_FLAGS = (
    (nft.NF_LOG_TCPSEQ, "tcpseq"),
    (nft.NF_LOG_TCPOPT, "tcpopt"),
    (nft.NF_LOG_IPOPT, "ipopt"),
    (nft.NF_LOG_UID, "uid"),
    (nft.NF_LOG_MACDECODE, "macdecode"),
)
_FIB_FLAGS = (
    (nft.NFTA_FIB_F_SADDR, "saddr"),
    (nft.NFTA_FIB_F_DADDR, "daddr"),
    (nft.NFTA_FIB_F_MARK, "mark"),
    (nft.NFTA_FIB_F_IIF, "iif"),
    (nft.NFTA_FIB_F_OIF, "oif"),
)
_VERDICTS = {
    0: "drop",
    1: "accept",
    2: "stolen",
    3: "queue",
    nft.NFT_CONTINUE: "continue",
    nft.NFT_BREAK: "break",
    nft.NFT_JUMP: "jump",
    nft.NFT_GOTO: "goto",
    nft.NFT_RETURN: "return",
}


def words(data: bytes) -> str:
    """Bytes as 32-bit words in host order, the last one filled up with zeros."""
    padded = data + bytes(-len(data) % 4)
    return " ".join(f"0x{int.from_bytes(padded[at : at + 4], 'little'):08x}" for at in range(0, len(padded), 4))


def verdict_snprintf(verdict: nft.Verdict) -> str:
    """A verdict, with its chain if it has one."""
    word = _VERDICTS.get(verdict.code, "unknown")
    return f"{word} -> {verdict.chain}" if verdict.chain else word


def data_snprintf(data: nft.Data) -> str:
    """A value or a verdict."""
    return verdict_snprintf(data) if isinstance(data, nft.Verdict) else words(data)


def _payload_set(e: nft.PayloadSet) -> str:
    return (
        f"write reg {e.sreg} => {e.len}b @ {_BASES[e.base]} header + {e.offset} "
        f"csum_type {e.csum_type} csum_off {e.csum_offset} csum_flags 0x{e.csum_flags:x}"
    )


def _bitwise(e: nft.Bitwise) -> str:
    if e.op == nft.NFT_BITWISE_MASK_XOR:
        return f"reg {e.dreg} = ( reg {e.sreg} & {words(e.mask or b'')} ) ^ {words(e.xor or b'')}"
    sign = {nft.NFT_BITWISE_LSHIFT: "<<", nft.NFT_BITWISE_RSHIFT: ">>", nft.NFT_BITWISE_AND: "&",
            nft.NFT_BITWISE_OR: "|", nft.NFT_BITWISE_XOR: "^"}[e.op]  # fmt: skip
    right = words(e.data) if e.data is not None else f"reg {e.sreg2}"
    return f"reg {e.dreg} = ( reg {e.sreg} {sign} {right} )"


def _lookup(e: nft.Lookup) -> str:
    dreg = f" dreg {e.dreg}" if e.dreg is not None else ""
    flags = f" 0x{e.flags:x}" if e.flags else ""
    return f"reg {e.sreg} set {e.set}{dreg}{flags}"


def _limit(e: nft.Limit) -> str:
    kind = "bytes" if e.type == nft.NFT_LIMIT_PKT_BYTES else "packets"
    return f"rate {e.rate}/{_UNITS.get(e.unit, 'unknown')} burst {e.burst} type {kind} flags 0x{e.flags:x}"


def _optional(*fields: tuple[str, int | None]) -> str:
    return " ".join(f"{word} {value}" for word, value in fields if value is not None)


def _fwd(e: nft.Fwd) -> str:
    return _optional(("sreg_dev", e.sreg_dev), ("sreg_addr", e.sreg_addr), ("nfproto", e.nfproto))


def _dup(e: nft.Dup) -> str:
    return _optional(("sreg_addr", e.sreg_addr), ("sreg_dev", e.sreg_dev))


def _dynset(e: nft.Dynset) -> str:
    data = f" sreg_data {e.sreg_data}" if e.sreg_data is not None else ""
    timeout = f" timeout {e.timeout}ms" if e.timeout else ""
    exprs = "".join(f" expr [ {expr.name} {expr_snprintf(expr)} ]" for expr in e.expressions)
    return f"{_DYNSET_OPS[e.op]} reg_key {e.sreg_key} set {e.set_name}{data}{timeout}{exprs}"


def _offset(offset: int) -> str:
    return f" offset {offset}" if offset else ""


def _numgen(e: nft.Numgen) -> str:
    kind = "inc" if e.type == nft.NFT_NG_INCREMENTAL else "random"
    return f"reg {e.dreg} = {kind} mod {e.modulus}{_offset(e.offset)}"


def _hash(e: nft.Hash) -> str:
    inner = f"jhash(reg {e.sreg}, {e.len}, 0x{e.seed or 0:x})" if e.type == nft.NFT_HASH_JENKINS else "symhash()"
    return f"reg {e.dreg} = {inner} % mod {e.modulus}{_offset(e.offset)}"


def _direction(direction: int | None) -> str:
    return "" if direction is None else f" , dir {('original', 'reply')[direction]}"


def _ct(e: nft.Ct) -> str:
    return f"load {CT_KEYS[e.key]} => reg {e.dreg}{_direction(e.direction)}"


def _ct_set(e: nft.CtSet) -> str:
    return f"set {CT_KEYS[e.key]} with reg {e.sreg}{_direction(e.direction)}"


def _nat(e: nft.Nat) -> str:
    kind = "snat" if e.type == nft.NFT_NAT_SNAT else "dnat"
    fields = _optional(
        ("addr_min reg", e.reg_addr_min),
        ("addr_max reg", e.reg_addr_max),
        ("proto_min reg", e.reg_proto_min),
        ("proto_max reg", e.reg_proto_max),
    )
    flags = f"flags 0x{e.flags:x}" if e.flags else ""
    return " ".join(part for part in (kind, FAMILY_NAMES.get(e.family, str(e.family)), fields, flags) if part)


def _masq(e: nft.Masq | nft.Redir) -> str:
    fields = _optional(("proto_min reg", e.reg_proto_min), ("proto_max reg", e.reg_proto_max))
    flags = f"flags 0x{e.flags:x}" if e.flags else ""
    return " ".join(part for part in (fields, flags) if part)


def _fib(e: nft.Fib) -> str:
    keys = " . ".join(word for flag, word in _FIB_FLAGS if e.flags & flag)
    present = " present" if e.flags & nft.NFTA_FIB_F_PRESENT else ""
    return f"{keys} {_FIB_RESULTS[e.result]}{present} => reg {e.dreg}"


def _log(e: nft.Log) -> str:
    parts = [f"prefix {e.prefix}"] if e.prefix else []
    if e.group is not None:
        parts.append(f"group {e.group} snaplen {e.snaplen} qthreshold {e.qthreshold}")
    elif e.level == nft.NFT_LOGLEVEL_AUDIT:
        parts.append("level audit")
    elif e.level is not None:
        parts.append(f"level {e.level}")
    parts.extend(word for flag, word in _LOG_FLAGS if e.flags & flag)
    return " ".join(parts)


def _exthdr(e: nft.Exthdr) -> str:
    present = " present" if e.flags & nft.NFT_EXTHDR_F_PRESENT else ""
    return f"load {_EXTHDR_OPS[e.op]} {e.len}b @ {e.type} + {e.offset}{present} => reg {e.dreg}"


def _exthdr_set(e: nft.ExthdrSet) -> str:
    if e.sreg is None:
        return f"reset {_EXTHDR_OPS[e.op]} {e.type}"
    return f"write {_EXTHDR_OPS[e.op]} reg {e.sreg} => {e.len}b @ {e.type} + {e.offset}"


def _queue(e: nft.Queue) -> str:
    if e.sreg_qnum is not None:
        parts = [f"sreg_qnum {e.sreg_qnum}"]
    else:
        last = f"-{e.num + e.total - 1}" if e.total > 1 else ""
        parts = [f"num {e.num}{last}"]
    if e.flags & nft.NFT_QUEUE_FLAG_BYPASS:
        parts.append("bypass")
    if e.flags & nft.NFT_QUEUE_FLAG_CPU_FANOUT:
        parts.append("fanout")
    return " ".join(parts)


def _byteorder(e: nft.Byteorder) -> str:
    word = "ntoh" if e.op == nft.NFT_BYTEORDER_NTOH else "hton"
    return f"reg {e.dreg} = {word}(reg {e.sreg}, {e.size}, {e.len})"


def _tproxy(e: nft.Tproxy) -> str:
    return " ".join((FAMILY_NAMES.get(e.family, ""), _optional(("addr reg", e.reg_addr), ("port reg", e.reg_port))))


_SNPRINTF: dict[type, Callable[[Any], str]] = {
    nft.Payload: lambda e: f"load {e.len}b @ {_BASES[e.base]} header + {e.offset} => reg {e.dreg}",
    nft.PayloadSet: _payload_set,
    nft.Meta: lambda e: f"load {META_KEYS.get(e.key, 'unknown')} => reg {e.dreg}",
    nft.MetaSet: lambda e: f"set {META_KEYS.get(e.key, 'unknown')} with reg {e.sreg}",
    nft.Cmp: lambda e: f"{_CMP_OPS[e.op]} reg {e.sreg} {words(e.data)}",
    nft.Range: lambda e: f"{_CMP_OPS[e.op]} reg {e.sreg} {words(e.from_data)} {words(e.to_data)}",
    nft.Bitwise: _bitwise,
    nft.Byteorder: _byteorder,
    nft.Lookup: _lookup,
    nft.Immediate: lambda e: f"reg {e.dreg} {data_snprintf(e.data)}",
    nft.Counter: lambda e: f"pkts {e.packets} bytes {e.bytes}",
    nft.Limit: _limit,
    nft.Quota: lambda e: f"bytes {e.bytes} consumed {e.consumed} flags {e.flags}",
    nft.Connlimit: lambda e: f"count {e.count} flags {e.flags:x}",
    nft.Last: lambda e: f"{e.msecs}ms" if e.set else "never",
    nft.Fwd: _fwd,
    nft.Dup: _dup,
    nft.Reject: lambda e: f"type {e.type} code {e.icmp_code}",
    nft.Objref: lambda e: f"type {e.imm_type} name {e.imm_name}",
    nft.ObjrefMap: lambda e: f"sreg {e.set_sreg} set {e.set_name}",
    nft.Dynset: _dynset,
    nft.Numgen: _numgen,
    nft.Hash: _hash,
    nft.Ct: _ct,
    nft.CtSet: _ct_set,
    nft.Nat: _nat,
    nft.Masq: _masq,
    nft.Redir: _masq,
    nft.Fib: _fib,
    nft.Rt: lambda e: f"load {_RT_KEYS[e.key]} => reg {e.dreg}",
    nft.Log: _log,
    nft.Exthdr: _exthdr,
    nft.ExthdrSet: _exthdr_set,
    nft.Notrack: lambda _: "",
    nft.FlowOffload: lambda e: f"flowtable {e.table_name}",
    nft.Tproxy: _tproxy,
    nft.Socket: lambda e: f"load {_SOCKET_KEYS[e.key]} => reg {e.dreg}",
    nft.Osf: lambda e: f"dreg {e.dreg}",
    nft.Queue: _queue,
    nft.Synproxy: lambda e: f"mss {e.mss} wscale {e.wscale}",
    nft.Xfrm: lambda e: f"load {('in', 'out')[e.dir]} {e.spnum} {e.key} => reg {e.dreg}",
    nft.Tunnel: lambda e: f"load {('path', 'id')[e.key]} => reg {e.dreg}",
    nft.Inner: lambda e: (
        f"type {e.type} hdrsize {e.hdrsize} flags {e.flags:x} [ {e.expression.name} {expr_snprintf(e.expression)} ]"
    ),
}


def expr_snprintf(expr: nft.Expr) -> str:
    """The operands of an expression, without its name and brackets."""
    return _SNPRINTF[type(expr)](expr)
