"""Network address translation (net/netfilter/nf_nat_core.c): what a new connection is turned into, and its packets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import (
    HookFn,
    NfHookEntries,
    NfHookOps,
    NfHookState,
    nf_hook_entries_delete,
    nf_hook_entries_insert,
    nf_register_net_hook,
    nf_unregister_net_hook,
)
from webapp.kernel.netfilter.nf_conntrack import (
    IP_CT_DIR_ORIGINAL,
    IP_CT_DIR_REPLY,
    IP_CT_ESTABLISHED,
    IP_CT_ESTABLISHED_REPLY,
    IP_CT_IS_REPLY,
    IPPROTO_ICMP,
    IPPROTO_TCP,
    IPPROTO_UDP,
    IPPROTO_UDPLITE,
    IPS_CONFIRMED,
    IPS_DST_NAT,
    IPS_DST_NAT_DONE,
    IPS_NAT_MASK,
    IPS_SRC_NAT,
    IPS_SRC_NAT_DONE,
    NetnsCt,
    NfConn,
    Tuple,
)
from webapp.kernel.netfilter.nf_conntrack_core import (
    nf_conntrack_tuple_taken,
    nf_ct_invert_tuple,
    nf_ct_kill_acct,
    nf_verdict_name,
    source_key,
)
from webapp.kernel.netfilter.nft_hash import jhash, reciprocal_scale
from webapp.kernel.trace import RECORDER, Translated
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_DROP,
    NF_INET_LOCAL_IN,
    NF_INET_POST_ROUTING,
)
from webapp.kernel.uapi.nf_tables import (
    NF_NAT_RANGE_MAP_IPS,
    NF_NAT_RANGE_PERSISTENT,
    NF_NAT_RANGE_PROTO_OFFSET,
    NF_NAT_RANGE_PROTO_RANDOM,
    NF_NAT_RANGE_PROTO_RANDOM_FULLY,
    NF_NAT_RANGE_PROTO_SPECIFIED,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.core.net_namespace import Net

_FILE = "net/netfilter/nf_nat_core.c"
NF_NAT_MANIP_SRC = 0
NF_NAT_MANIP_DST = 1
_RANDOM_ALL = NF_NAT_RANGE_PROTO_RANDOM | NF_NAT_RANGE_PROTO_RANDOM_FULLY
_IPPROTO_ICMPV6 = 58
_ICMP = frozenset((IPPROTO_ICMP, _IPPROTO_ICMPV6))
_PORTS = frozenset((IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE))
_MAX_ATTEMPTS = 128


class NatRange(NamedTuple):
    """struct nf_nat_range2: addresses as bytes and ports as numbers, the ends included; flags NF_NAT_RANGE_*."""

    flags: int = 0
    min_addr: bytes = b""
    max_addr: bytes = b""
    min_proto: int = 0
    max_proto: int = 0


def hook2manip(hooknum: int) -> int:
    """HOOK2MANIP: where the source is changed, and where the destination."""
    return NF_NAT_MANIP_SRC if hooknum in (NF_INET_POST_ROUTING, NF_INET_LOCAL_IN) else NF_NAT_MANIP_DST


def nf_nat_initialized(ct: NfConn, manip: int) -> int:
    """Whether it is settled what becomes of the source, or destination."""
    return ct.status & (IPS_SRC_NAT_DONE if manip == NF_NAT_MANIP_SRC else IPS_DST_NAT_DONE)


# --- choosing -----------------------------------------------------------------------------------------------------


def _used(tuple_: Tuple, ct: NfConn) -> bool:
    """nf_nat_used_tuple: another connection has the replies that this tuple would have."""
    reply = nf_ct_invert_tuple(tuple_)
    return reply is not None and nf_conntrack_tuple_taken(reply, ct)


def _l4proto_in_range(tuple_: Tuple, manip: int, range_: NatRange) -> bool:
    if tuple_.protonum in _ICMP:
        value = tuple_.sport
    elif tuple_.protonum in _PORTS:
        value = tuple_.sport if manip == NF_NAT_MANIP_SRC else tuple_.dport
    else:
        return True
    return range_.min_proto <= value <= range_.max_proto


def _in_range(tuple_: Tuple, range_: NatRange) -> bool:
    """nf_in_range: whether a source satisfies the range as it is."""
    if range_.flags & NF_NAT_RANGE_MAP_IPS and not range_.min_addr <= tuple_.src <= range_.max_addr:
        return False
    return not range_.flags & NF_NAT_RANGE_PROTO_SPECIFIED or _l4proto_in_range(tuple_, NF_NAT_MANIP_SRC, range_)


def _find_appropriate_src(orig: Tuple, range_: NatRange, ct: NfConn) -> Tuple | None:
    """find_appropriate_src: what another connection of the same source was given."""
    tables: NetnsCt = ct.net.ct
    for other in tables.bysource.get(source_key(orig), ()):
        if other.zone.of(IP_CT_DIR_ORIGINAL) != ct.zone.of(IP_CT_DIR_ORIGINAL):
            continue
        result = nf_ct_invert_tuple(other.tuples[IP_CT_DIR_REPLY])
        if result is not None:
            result = result._replace(dst=orig.dst, dport=orig.dport)
            if _in_range(result, range_):
                return result
    return None


def _find_best_ips_proto(tuple_: Tuple, range_: NatRange, ct: NfConn, manip: int) -> Tuple:
    """find_best_ips_proto: of several addresses one by a hash of the connection's addresses, the same every time."""
    if not range_.flags & NF_NAT_RANGE_MAP_IPS:
        return tuple_
    chosen = range_.min_addr
    if range_.min_addr != range_.max_addr:
        persistent = range_.flags & NF_NAT_RANGE_PERSISTENT
        words = [int.from_bytes(tuple_.dst[at : at + 4], "little") for at in range(0, len(tuple_.dst), 4)]
        value = jhash(tuple_.src.ljust(16, b"\0"), 0 if persistent else words[-1] ^ ct.zone.id)
        chosen = b""
        full_range = False
        for at, word in zip(range(0, len(tuple_.dst), 4), words, strict=True):
            low = int.from_bytes(range_.min_addr[at : at + 4], "big")
            high = int.from_bytes(range_.max_addr[at : at + 4], "big")
            low, distance = (0, 0xFFFFFFFF) if full_range else (low, high - low + 1 & 0xFFFFFFFF)
            part = low + reciprocal_scale(value, distance) & 0xFFFFFFFF
            full_range = full_range or part != high
            chosen += part.to_bytes(4, "big")
            value ^= 0 if persistent else word
    return tuple_._replace(src=chosen) if manip == NF_NAT_MANIP_SRC else tuple_._replace(dst=chosen)


def _ports(tuple_: Tuple, range_: NatRange, manip: int) -> tuple[str, int, int] | None:
    """What may be changed for the tuple to be unique: the field, the lowest value and how many; None: nothing."""
    specified = range_.flags & NF_NAT_RANGE_PROTO_SPECIFIED
    low, high = sorted((range_.min_proto, range_.max_proto))
    if tuple_.protonum in _ICMP:
        return ("sport", low, high - low + 1) if specified else ("sport", 0, 65536)
    if tuple_.protonum not in _PORTS:
        return None
    field = "sport" if manip == NF_NAT_MANIP_SRC else "dport"
    if specified:
        return field, low, high - low + 1
    if manip == NF_NAT_MANIP_DST:
        return None
    if tuple_.sport < 512:
        return field, 1, 511
    return (field, 600, 424) if tuple_.sport < 1024 else (field, 1024, 64512)


def _l4proto_unique_tuple(tuple_: Tuple, range_: NatRange, ct: NfConn, manip: int) -> Tuple:
    """nf_nat_l4proto_unique_tuple: tries ports or ids until nobody has the tuple; the last try counts if none is free.

    Where the kernel begins at random, a lab begins at the same place in every run.
    """
    choice = _ports(tuple_, range_, manip)
    if choice is None:
        return tuple_
    field, low, size = choice
    tables: NetnsCt = ct.net.ct
    if range_.flags & NF_NAT_RANGE_PROTO_OFFSET:
        offset = getattr(tuple_, field) - range_.min_proto
    elif range_.flags & _RANDOM_ALL or manip != NF_NAT_MANIP_DST:
        offset = tables.random()
    else:
        offset = 0
    attempts = min(size, _MAX_ATTEMPTS)
    while True:
        for _ in range(attempts):
            tuple_ = tuple_._replace(**{field: low + (offset & 0xFFFF) % size})
            if not _used(tuple_, ct):
                return tuple_
            offset += 1
        if attempts >= size or attempts < 16:
            return tuple_
        attempts //= 2
        offset = tables.random()


def _get_unique_tuple(orig: Tuple, range_: NatRange, ct: NfConn, manip: int) -> Tuple:
    """get_unique_tuple: the tuple in the range that changes least and that nobody else has."""
    flags = range_.flags
    if manip == NF_NAT_MANIP_SRC and not flags & _RANDOM_ALL:
        if _in_range(orig, range_):
            if not _used(orig, ct):
                return orig
        else:
            found = _find_appropriate_src(orig, range_, ct)
            if found is not None and not _used(found, ct):
                return found
    new = _find_best_ips_proto(orig, range_, ct, manip)
    if not flags & _RANDOM_ALL:
        if flags & NF_NAT_RANGE_PROTO_SPECIFIED:
            fits = not flags & NF_NAT_RANGE_PROTO_OFFSET and _l4proto_in_range(new, manip, range_)
            if fits and (range_.min_proto == range_.max_proto or not _used(new, ct)):
                return new
        elif not _used(new, ct):
            return new
    return _l4proto_unique_tuple(new, range_, ct, manip)


@kfunc(_FILE, "nf_nat_setup_info", verdict=nf_verdict_name)
def nf_nat_setup_info(ct: NfConn, range_: NatRange, manip: int) -> int:
    """Settles what becomes of a new connection's source or destination: the tuple of its replies says it."""
    if ct.status & IPS_CONFIRMED:
        return NF_ACCEPT
    if nf_nat_initialized(ct, manip):
        return NF_DROP
    current = nf_ct_invert_tuple(ct.tuples[IP_CT_DIR_REPLY])
    if current is None:
        return NF_DROP
    new = _get_unique_tuple(current, range_, ct, manip)
    if new != current:
        reply = nf_ct_invert_tuple(new)
        if reply is None:
            return NF_DROP
        ct.tuples[IP_CT_DIR_REPLY] = reply
        ct.status |= IPS_SRC_NAT if manip == NF_NAT_MANIP_SRC else IPS_DST_NAT
    if manip == NF_NAT_MANIP_SRC:
        tables: NetnsCt = ct.net.ct
        tables.bysource.setdefault(source_key(ct.tuples[IP_CT_DIR_ORIGINAL]), []).insert(0, ct)
    ct.status |= IPS_SRC_NAT_DONE if manip == NF_NAT_MANIP_SRC else IPS_DST_NAT_DONE
    return NF_ACCEPT


def nf_nat_alloc_null_binding(ct: NfConn, hooknum: int) -> int:
    """nf_nat_alloc_null_binding: no rule wants a change; a port may have to be, if NAT has given it to somebody."""
    manip = hook2manip(hooknum)
    reply = ct.tuples[IP_CT_DIR_REPLY]
    address = reply.dst if manip == NF_NAT_MANIP_SRC else reply.src
    return nf_nat_setup_info(ct, NatRange(NF_NAT_RANGE_MAP_IPS, address, address), manip)


# --- packets ------------------------------------------------------------------------------------------------------

NF_NAT_MANIP_PKT: dict[int, Callable[[SkBuff, int, Tuple, int], bool]] = {}
"""What writes a tuple into a packet, by family: (skb, offset of its network header, tuple, manip); in boot.py."""


@kfunc(_FILE, "nf_nat_manip_pkt", verdict=nf_verdict_name)
def nf_nat_manip_pkt(skb: SkBuff, ct: NfConn, manip: int, direction: int) -> int:
    """Makes the packet look like one of the other side's: its source or destination is that of the inverse tuple."""
    other = ct.tuples[not direction]
    target = nf_ct_invert_tuple(other)
    if target is None:
        return NF_DROP
    write = NF_NAT_MANIP_PKT.get(target.l3num)
    if write is None or not write(skb, skb.network_header, target, manip):
        return NF_DROP
    recorder = RECORDER.get()
    if recorder is not None:
        source, destination = str(target).partition(" ")[2].split(" > ")
        recorder.note(Translated(*(("source", source) if manip == NF_NAT_MANIP_SRC else ("destination", destination))))
    return NF_ACCEPT


@kfunc(_FILE, "nf_nat_packet", verdict=nf_verdict_name)
def nf_nat_packet(ct: NfConn, ctinfo: int, hooknum: int, skb: SkBuff) -> int:
    """Translates a packet as was settled for its connection."""
    manip = hook2manip(hooknum)
    direction = int(ctinfo >= IP_CT_IS_REPLY)
    statusbit = IPS_SRC_NAT if manip == NF_NAT_MANIP_SRC else IPS_DST_NAT
    if direction == IP_CT_DIR_REPLY:
        statusbit ^= IPS_NAT_MASK
    return nf_nat_manip_pkt(skb, ct, manip, direction) if ct.status & statusbit else NF_ACCEPT


class NatLookup:
    """struct nf_nat_lookup_hook_priv: the nat chains of one hook, in the order in which they are asked."""

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: NfHookEntries | None = None


def _oif_changed(state: NfHookState, ctinfo: int, ct: NfConn) -> bool:
    """nf_nat_oif_changed: a masqueraded connection leaves by another device than the one it has its address from."""
    out: NetDevice | None = state.out
    return bool(
        ct.masq_index
        and state.hook == NF_INET_POST_ROUTING
        and ctinfo < IP_CT_IS_REPLY
        and out is not None
        and ct.masq_index != out.ifindex
    )


@kfunc(_FILE, "nf_nat_inet_fn", verdict=nf_verdict_name)
def nf_nat_inet_fn(priv: NatLookup, skb: SkBuff, state: NfHookState) -> int:
    """Asks the nat chains about a connection's first packet, and translates every one."""
    ct: NfConn | None = skb.nfct
    if ct is None:
        return NF_ACCEPT
    ctinfo = skb.nfctinfo
    if ctinfo not in (IP_CT_ESTABLISHED, IP_CT_ESTABLISHED_REPLY) and not nf_nat_initialized(
        ct, hook2manip(state.hook)
    ):
        verdict = _setup(priv, skb, state, ct)
        if verdict != NF_ACCEPT:
            return verdict
    elif _oif_changed(state, ctinfo, ct):
        nf_ct_kill_acct(ct, ctinfo, skb)
        return NF_DROP
    return nf_nat_packet(ct, ctinfo, state.hook, skb)


def _setup(priv: NatLookup, skb: SkBuff, state: NfHookState, ct: NfConn) -> int:
    manip = hook2manip(state.hook)
    for ops in priv.entries or ():
        verdict = ops.hook(ops.priv, skb, state)
        if verdict != NF_ACCEPT:
            return verdict
        if nf_nat_initialized(ct, manip):
            return NF_ACCEPT
    return nf_nat_alloc_null_binding(ct, state.hook)


# --- registration -------------------------------------------------------------------------------------------------


class NatHooks:
    """struct nf_nat_hooks_net: NAT's own hooks of one family in one namespace, while there are nat chains."""

    __slots__ = ("lookups", "ops", "users")

    def __init__(self) -> None:
        self.users = 0
        self.ops: tuple[NfHookOps, ...] = ()
        self.lookups: dict[int, NatLookup] = {}


NatOps = tuple[tuple[HookFn, int, int], ...]
"""NAT's hooks of a family: function, hook, priority."""


def nf_nat_register_fn(net: Net, ops: NfHookOps, nat_ops: NatOps) -> None:
    """A nat chain is to be asked at ops.hooknum; NAT's own hooks, at their own priorities, come with the first."""
    tables: NetnsCt = net.ct
    hooks: NatHooks = tables.nat.setdefault(ops.pf, NatHooks())
    if not hooks.users:
        hooks.lookups = {hooknum: NatLookup() for _, hooknum, _ in nat_ops}
        hooks.ops = tuple(
            NfHookOps(hook, ops.pf, hooknum, priority, hooks.lookups[hooknum], None)
            for hook, hooknum, priority in nat_ops
        )
        for own in hooks.ops:
            nf_register_net_hook(net, own)
    lookup = hooks.lookups[ops.hooknum]
    lookup.entries = nf_hook_entries_insert(lookup.entries, ops)
    hooks.users += 1


def nf_nat_unregister_fn(net: Net, ops: NfHookOps) -> None:
    """A nat chain is gone; with the last one NAT's hooks."""
    tables: NetnsCt = net.ct
    hooks: NatHooks = tables.nat[ops.pf]
    lookup = hooks.lookups[ops.hooknum]
    lookup.entries = nf_hook_entries_delete(lookup.entries, ops)
    hooks.users -= 1
    if not hooks.users:
        for own in hooks.ops:
            nf_unregister_net_hook(net, own)
        hooks.ops = ()
