"""What need not be listed because a later field implies it (payload_dependency_* of nftables src/payload.c)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import (
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
    NFPROTO_UNSPEC,
)
from webapp.userland.nftables import expression as e
from webapp.userland.nftables import statement as s
from webapp.userland.nftables.datatype import (
    XINTEGER,
)
from webapp.userland.nftables.postprocess.context import is_protocol
from webapp.userland.nftables.proto import (
    ETH,
    ICMP,
    ICMP6,
    IP,
    IP6,
    TH,
    UNKNOWN,
    UNKNOWN_TEMPLATE,
    VLAN,
    IcmpDep,
    ProtoBase,
)

_ETH_P_IP, _ETH_P_IPV6, _ETH_P_8021Q = 0x0800, 0x86DD, 0x8100
_ICMP_ECHO = 8
_NFPROTO_OF = {_ETH_P_IP: NFPROTO_IPV4, _ETH_P_IPV6: NFPROTO_IPV6}


class Dependencies:
    """Matches of one rule that only say which protocol lies above, by the layer above the one they speak for.

    ``done``: the statements that are listed, from which a match is taken once something else implies it.
    """

    def __init__(self, family: int, done: list[s.Stmt]) -> None:
        self.family = family
        self.done = done
        self.deps: dict[ProtoBase, s.ExprStmt] = {}
        self.dep_icmp_type = 0

    def dep_base(self, base: ProtoBase) -> ProtoBase | None:
        if base in self.deps:
            return base
        if base is ProtoBase.TRANSPORT and ProtoBase.INNER in self.deps:
            return ProtoBase.INNER
        return None

    def release(self, base: ProtoBase) -> None:
        found = self.dep_base(base)
        if found is None:
            return
        stmt = self.deps.pop(found)
        self.done[:] = [other for other in self.done if other is not stmt]

    def store(self, stmt: s.ExprStmt, base: ProtoBase) -> None:
        if self._ignored_icmp_type(stmt):
            return
        self.deps[ProtoBase(base + 1)] = stmt

    def _ignored_icmp_type(self, stmt: s.ExprStmt) -> bool:
        """payload_dependency_store_icmp_type: echo stands for two types, so it may not be left out."""
        relation = stmt.expr
        if not isinstance(relation, e.Relational) or not isinstance(relation.left, e.Payload):
            return False
        left = relation.left
        if left.tmpl.token != "type" or left.desc not in (ICMP, ICMP6) or not isinstance(relation.right, e.Value):
            return False
        number = relation.right.value
        if left.desc is ICMP6:
            self.dep_icmp_type = number
            return number in IcmpDep.ECHO6.value
        self.dep_icmp_type = number or _ICMP_ECHO
        return self.dep_icmp_type == _ICMP_ECHO

    def kill(self, payload: e.Payload) -> e.Payload:
        """payload_dependency_kill: what this field implies need not be said. A port of no known protocol is raw."""
        found = self.dep_base(payload.base)
        if payload.desc is UNKNOWN or found is None:
            return payload
        relation = self.deps[found].expr
        assert isinstance(relation, e.Relational)
        if payload.desc is TH and not self._speaks_of_network(relation.left, payload):
            return replace(payload, desc=UNKNOWN, tmpl=UNKNOWN_TEMPLATE, dtype=XINTEGER)
        if self._may_kill(relation, payload):
            self.release(payload.base)
        return payload

    def _speaks_of_network(self, left: e.Expr, payload: e.Payload) -> bool:
        """A protocol field of the IP header restricts the rule to that protocol where families are mixed."""
        return (
            self.family in (NFPROTO_BRIDGE, NFPROTO_NETDEV, NFPROTO_INET)
            and isinstance(left, e.Payload)
            and left.base is ProtoBase.NETWORK
            and left.desc in (IP, IP6)
            and payload.base is ProtoBase.TRANSPORT
        )

    def _may_kill(self, dep: e.Relational, payload: e.Payload) -> bool:
        left = dep.left
        if self._speaks_of_network(left, payload):
            return False
        if (
            self.family in (NFPROTO_BRIDGE, NFPROTO_NETDEV, NFPROTO_INET)
            and isinstance(left, e.Payload)
            and dep.op is e.Op.EQ
            and payload.base is left.base
        ):
            if is_protocol(payload):
                return False
            if payload.base is ProtoBase.LL:
                return _may_kill_link(dep, left)
        if payload.base is not ProtoBase.TRANSPORT or not isinstance(left, e.Payload):
            return True
        if left.base is ProtoBase.TRANSPORT and left.desc in (ICMP, ICMP6):
            return self._may_kill_icmp(left, payload)
        return True

    def _may_kill_icmp(self, left: e.Payload, payload: e.Payload) -> bool:
        """payload_may_dependency_kill_icmp: asks for the last type that was seen, whichever type the dependency is."""
        dep = payload.tmpl.icmp_dep
        if dep is IcmpDep.ANY or left.desc is not payload.desc:
            return False
        return bool(self.dep_icmp_type == dep.value[0])

    def ct_meta_may_kill(self, left: e.Meta | e.Ct, right: e.Expr) -> bool:
        relation = self.deps[ProtoBase.NETWORK].expr if ProtoBase.NETWORK in self.deps else None
        if not isinstance(relation, e.Relational):
            return True
        nfproto = _nfproto_of(relation)
        if nfproto is None:
            return True
        if self.family not in (NFPROTO_INET, NFPROTO_NETDEV, NFPROTO_BRIDGE):
            return self.family == nfproto
        if isinstance(left, e.Ct):
            wanted = {32: NFPROTO_IPV4, 128: NFPROTO_IPV6}.get(left.len)
            return wanted == nfproto or left.key == uapi.NFT_CT_PROTOCOL
        if left.key != uapi.NFT_META_L4PROTO:
            return True
        number = right.value if isinstance(right, e.Value) else -1
        return {1: NFPROTO_IPV4, 58: NFPROTO_IPV6}.get(number) == nfproto


def _may_kill_link(dep: e.Relational, left: e.Payload) -> bool:
    """payload_may_dependency_kill_ll: only ``ether type vlan`` is implied by a field of the VLAN header."""
    if left.desc is VLAN:
        return False
    if left.desc is ETH and isinstance(dep.right, e.Value):
        return dep.right.value == _ETH_P_8021Q
    return True


def _nfproto_of(dep: e.Relational) -> int | None:
    """__meta_dependency_may_kill: which family a dependency speaks of; None: it speaks of none."""
    if not isinstance(dep.right, e.Value):
        return None
    if isinstance(dep.left, e.Meta):
        if dep.left.key == uapi.NFT_META_NFPROTO:
            return dep.right.value
        if dep.left.key == uapi.NFT_META_PROTOCOL:
            return _NFPROTO_OF.get(dep.right.value, NFPROTO_UNSPEC)
        return None
    if isinstance(dep.left, e.Payload) and dep.left.base is ProtoBase.LL and dep.left.tmpl.token == "type":
        return _NFPROTO_OF.get(dep.right.value, NFPROTO_UNSPEC)
    return None
