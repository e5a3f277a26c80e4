"""The text of ``nft monitor trace`` (trace_print_* and trace_gen_stmts of nftables 1.0.6's src/netlink.c).

A message with headers says first what packet it is about. The headers are taken apart as far as the family and the
receiving device's type tell what they are; the rest is printed raw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.netfilter.nf_tables_dump import nf_tables_getgen
from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.nftnl import FAMILY_NAMES
from webapp.userland.nftables import expression as e
from webapp.userland.nftables import statement as s
from webapp.userland.nftables.datatype import Output, format_verdict
from webapp.userland.nftables.interface_names import InterfaceNames
from webapp.userland.nftables.postprocess.context import Context, is_protocol
from webapp.userland.nftables.postprocess.dependency import Dependencies
from webapp.userland.nftables.print import expr_print, stmt_print
from webapp.userland.nftables.proto import (
    ARP,
    ETH,
    INET,
    IP,
    IP6,
    NETDEV,
    TCP,
    HdrTemplate,
    IcmpDep,
    ProtoBase,
    ProtoDesc,
    device_protocol,
)
from webapp.userland.nftables.ruleset import Rule, load, rule_print

_ORDER: dict[str, tuple[str, ...]] = {
    ETH.name: ("saddr", "daddr", "type"),
    IP.name: ("saddr", "daddr", "dscp", "ecn", "ttl", "id", "protocol", "length"),
    IP6.name: ("saddr", "daddr", "dscp", "ecn", "hoplimit", "flowlabel", "nexthdr", "length"),
    "ah": ("spi", "hdrlength", "nexthdr"),
}
"""The fields of a header in the order in which they are told; of the others, in that of the header."""

_UNTOLD: dict[str, frozenset[str]] = {
    IP.name: frozenset(("version", "hdrlength", "frag-off")),
    IP6.name: frozenset(("version",)),
    ARP.name: frozenset(ARP.templates) - {"operation"},
    TCP.name: frozenset(("sequence", "ackseq", "doff", "reserved", "urgptr")),
    "ah": frozenset(("reserved", "sequence")),
}
"""The fields that are not told; checksums are not, either."""


class TracePrinter:
    """What one monitor prints. It knows the rules that were there when it was started."""

    def __init__(self, net: Net, output: Output) -> None:
        self.output = output
        self.rules: Mapping[tuple[int, str, str, int], Rule] = {
            (table.record.family, table.record.name, chain.record.name, rule.record.handle): rule
            for table in load(net)
            for chain in table.chains
            for rule in chain.rules
        }

    def lines(self, trace: uapi.Trace) -> Iterator[str]:
        """What is printed of a message, without newlines."""
        head = f"trace id {trace.id:08x} {FAMILY_NAMES[trace.family]} {trace.table} {trace.chain} "
        if trace.ll_header or trace.network_header:
            yield f"{head}packet: {self._packet(trace)}"
        said = _TYPES[trace.type](self, trace)
        if said is not None:
            yield head + said

    def _packet(self, trace: uapi.Trace) -> str:
        devices = [(uapi.NFT_META_IIF, trace.iif), (uapi.NFT_META_OIF, trace.oif)]
        words = "".join(self._meta(key, number) for key, number in devices if number)
        return words + "".join(f"{stmt_print(stmt, self.output)} " for stmt in _Packet(trace).statements())

    def _meta(self, key: int, number: int) -> str:
        left = e.meta(key)
        right = e.value(number, left.dtype, left.byteorder, 32)
        return f"{expr_print(e.Relational(e.Op.EQ, left, right), self.output)} "

    def _rule(self, trace: uapi.Trace) -> str | None:
        if not trace.handle:
            return None
        rule = self.rules.get((trace.family, trace.table, trace.chain, trace.handle))
        words = f"unknown rule handle {trace.handle}" if rule is None else f"rule {rule_print(rule, self.output)}"
        return f"{words} ({_verdict(trace)})"

    def _return(self, trace: uapi.Trace) -> str:
        return f"{_verdict(trace)} {self._mark(trace)}"

    def _policy(self, trace: uapi.Trace) -> str:
        policy = "" if trace.policy is None else f"policy {format_verdict(trace.policy, '')} "
        return policy + self._mark(trace)

    def _mark(self, trace: uapi.Trace) -> str:
        return self._meta(uapi.NFT_META_MARK, trace.mark) if trace.mark else ""


class TraceWords:
    """What a monitor in each namespace would print, started when the first packet is told about and started anew
    whenever the ruleset has changed.
    """

    def __init__(self) -> None:
        self.printers: dict[Net, tuple[int, TracePrinter]] = {}

    def __call__(self, net: Net, trace: uapi.Trace) -> Iterator[str]:
        generation = nf_tables_getgen(net)
        known = self.printers.get(net)
        if known is None or known[0] != generation:
            known = self.printers[net] = (generation, TracePrinter(net, Output(names=InterfaceNames(net))))
        return known[1].lines(trace)


_TYPES: Mapping[int, Callable[[TracePrinter, uapi.Trace], str | None]] = {
    uapi.NFT_TRACETYPE_RULE: TracePrinter._rule,  # noqa: SLF001 # the class's own table
    uapi.NFT_TRACETYPE_RETURN: TracePrinter._return,  # noqa: SLF001
    uapi.NFT_TRACETYPE_POLICY: TracePrinter._policy,  # noqa: SLF001
}


def _verdict(trace: uapi.Trace) -> str:
    verdict = trace.verdict or uapi.Verdict(uapi.NFT_CONTINUE)
    return f"verdict {format_verdict(verdict.code, verdict.chain)}"


class _Headers(Context):
    """What a packet's headers say of those that follow."""

    def __init__(self, trace: uapi.Trace) -> None:
        super().__init__(trace.family)
        lowest = self.protocols.get(ProtoBase.LL)
        if lowest in (INET, NETDEV):
            self._know(ProtoBase.LL, None)
            self._know(ProtoBase.NETWORK, lowest.upper(trace.nfproto))
        if ProtoBase.LL not in self.protocols and trace.iiftype:
            self._know(ProtoBase.LL, device_protocol(trace.iiftype))

    def _know(self, base: ProtoBase, desc: ProtoDesc | None) -> None:
        if desc is None:
            self.protocols.pop(base, None)
        else:
            self.protocols[base] = desc

    def update(self, base: ProtoBase, desc: ProtoDesc) -> None:
        """Tunnels are no protocols to 1.0.6, though rules may ask for them here."""
        if not desc.inner_payload:
            super().update(base, desc)

    def has_field(self, template: HdrTemplate) -> bool:
        """Nor are the addresses in messages of ICMPv6 known to it."""
        return template.icmp_dep not in (IcmpDep.ADDRESS6, IcmpDep.REDIRECT) and super().has_field(template)


class _Packet:
    """A packet's headers as the matches that a rule for just this packet would have."""

    def __init__(self, trace: uapi.Trace) -> None:
        self.context = _Headers(trace)
        self.done: list[s.Stmt] = []
        self.dependencies = Dependencies(trace.family, self.done)
        self.headers = (
            (ProtoBase.LL, trace.ll_header),
            (ProtoBase.NETWORK, trace.network_header),
            (ProtoBase.TRANSPORT, trace.transport_header),
        )

    def statements(self) -> list[s.Stmt]:
        """Link layer first. What a field of a higher header implies is left out."""
        for base, header in self.headers:
            if header:
                self._tell(base, self._fields(base, header))
        return self.done

    def _fields(self, base: ProtoBase, header: bytes) -> list[s.ExprStmt]:
        """A header's fields with their values, learning from each what follows."""
        found: list[s.ExprStmt] = []
        number, left = int.from_bytes(header, "big"), len(header) * 8
        fields = self.context.expand(e.raw_payload(base, 0, left))
        desc: ProtoDesc | None = None
        while fields:
            lhs = fields.pop(0)
            if desc is not None and desc is not self.context.protocols.get(base):
                # another header of the same layer
                desc, fields = None, self.context.expand(e.raw_payload(base, 0, lhs.len))
                continue
            left -= lhs.len
            value = e.value(number >> left & (1 << lhs.len) - 1, lhs.dtype, lhs.byteorder, lhs.len)
            desc = lhs.desc
            if lhs.tmpl.token == desc.checksum or lhs.tmpl.token in _UNTOLD.get(desc.name, ()):
                continue
            found.append(s.ExprStmt(e.Relational(e.Op.EQ, lhs, value)))
            desc = self.context.protocols.get(base)
            self.context.learn(lhs, value)
        return found

    def _tell(self, base: ProtoBase, fields: list[s.ExprStmt]) -> None:
        """Moves the fields over in their order, as far as there is one; after one that is missing nothing is told."""
        told = 0
        while (stmt := _next(fields, told)) is not None:
            fields = [other for other in fields if other is not stmt]
            told += 1
            self.done.append(stmt)
            relation = stmt.expr
            assert isinstance(relation, e.Relational)
            lhs, value = relation.left, relation.right
            assert isinstance(lhs, e.Payload)
            assert isinstance(value, e.Value)
            if not self.dependencies.dep_icmp_type:
                self.dependencies.kill(lhs)
            if is_protocol(lhs):
                upper = lhs.desc.upper(value.value)
                stacked = upper is not None and upper.base is lhs.desc.base
                self.dependencies.store(stmt, ProtoBase(base - stacked))


def _next(fields: list[s.ExprStmt], told: int) -> s.ExprStmt | None:
    """The first field that may be told as number ``told``."""
    for stmt in fields:
        relation = stmt.expr
        assert isinstance(relation, e.Relational)
        assert isinstance(relation.left, e.Payload)
        order = _ORDER.get(relation.left.desc.name, ())
        if told >= len(order) or order[told] == relation.left.tmpl.token:
            return stmt
    return None
