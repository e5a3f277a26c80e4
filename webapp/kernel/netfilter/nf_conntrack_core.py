"""Connection tracking (net/netfilter/nf_conntrack_core.c): which connection a packet belongs to, and the table of them.

Entries whose time is up are removed when somebody comes upon them; nothing in the table depends on its order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.netfilter.nf_conntrack import (
    IP_CT_DIR_ORIGINAL,
    IP_CT_DIR_REPLY,
    IP_CT_ESTABLISHED,
    IP_CT_ESTABLISHED_REPLY,
    IP_CT_IS_REPLY,
    IP_CT_NEW,
    IP_CT_RELATED,
    IP_CT_UNTRACKED,
    IPS_ASSURED,
    IPS_CONFIRMED,
    IPS_DYING,
    IPS_FIXED_TIMEOUT,
    IPS_NAT_CLASH,
    IPS_NAT_DONE_MASK,
    IPS_SEEN_REPLY,
    IPS_TEMPLATE,
    PORT_PROTOCOLS,
    ZONE_DFLT,
    NetnsCt,
    NfConn,
    Tuple,
    Zone,
    nf_reset_ct,
)
from webapp.kernel.netfilter.nf_tables_ipv6 import ipv6_find_hdr
from webapp.kernel.trace import RECORDER, Tracked
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NF_DROP, NF_REPEAT, NFPROTO_IPV4, NFPROTO_IPV6

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

_FILE = "net/netfilter/nf_conntrack_core.c"

_VERDICT_NAMES = {NF_ACCEPT: "NF_ACCEPT", NF_DROP: "NF_DROP"}


def nf_verdict_name(verdict: object) -> str:
    """A hook function's verdict in the kernel's word; NF_DROP with an errno is NF_DROP."""
    return _VERDICT_NAMES.get(verdict & 0xFF, "") if isinstance(verdict, int) else ""


# --- protocols ----------------------------------------------------------------------------------------------------


class L4Proto(NamedTuple):
    """struct nf_conntrack_l4proto: how a protocol judges a packet of a connection.

    ``packet`` is given (ct, skb, offset of the transport header, ctinfo, state) and answers NF_ACCEPT, or the negative
    of the verdict for a packet that is no part of the connection. ``allow_clash``: two packets sent at once may both
    begin it.
    """

    packet: Callable[[NfConn, SkBuff, int, int, NfHookState], int]
    allow_clash: bool = False


NF_CT_L4PROTOS: dict[int, L4Proto] = {}
"""nf_ct_l4proto_find: by IP protocol number; filled in boot.py, the generic one under -1."""

NF_CT_ICMP_ERRORS: dict[tuple[int, int], Callable[[NfConn | None, SkBuff, int, NfHookState], int]] = {}
"""nf_conntrack_handle_icmp: by (family, protocol) what looks at ICMP messages first; filled in boot.py."""

NF_CT_INVERT: dict[int, dict[int, int]] = {}
"""The reply's type by the request's, of protocols that have types instead of ports; filled in boot.py."""


def get_l4proto(head: bytes, nhoff: int, pf: int) -> tuple[int, int] | None:
    """Offset and number of the transport protocol; None for later fragments and bogus headers."""
    if pf == NFPROTO_IPV6:
        found = ipv6_find_hdr(head, nhoff)
        return None if found is None or found[2] else (found[1], found[0])
    if len(head) < nhoff + 20 or head[nhoff + 6] & 0x1F or head[nhoff + 7]:
        return None
    dataoff = nhoff + (head[nhoff] & 0xF) * 4
    return None if dataoff > len(head) else (dataoff, head[nhoff + 9])


def nf_ct_get_tuple(head: bytes, nhoff: int, dataoff: int, pf: int, protonum: int) -> Tuple | None:
    """The tuple of a packet whose network header begins at ``nhoff``; None if its transport header is cut off."""
    if pf == NFPROTO_IPV4:
        src, dst = head[nhoff + 12 : nhoff + 16], head[nhoff + 16 : nhoff + 20]
    else:
        src, dst = head[nhoff + 8 : nhoff + 24], head[nhoff + 24 : nhoff + 40]
    if protonum in PORT_PROTOCOLS:
        if len(head) < dataoff + 4:
            return None
        sport, dport = head[dataoff] << 8 | head[dataoff + 1], head[dataoff + 2] << 8 | head[dataoff + 3]
    elif protonum in NF_CT_INVERT:
        if len(head) < dataoff + 8:
            return None
        sport, dport = head[dataoff + 4] << 8 | head[dataoff + 5], head[dataoff] << 8 | head[dataoff + 1]
    else:
        sport = dport = 0
    return Tuple(pf, protonum, src, dst, sport, dport)


def nf_ct_get_tuplepr(head: bytes, nhoff: int, pf: int) -> Tuple | None:
    """The tuple of a packet that is quoted at ``nhoff``."""
    found = get_l4proto(head, nhoff, pf)
    return None if found is None else nf_ct_get_tuple(head, nhoff, found[0], pf, found[1])


def nf_ct_invert_tuple(orig: Tuple) -> Tuple | None:
    """The tuple of the answers; None for a type of ICMP message that has none."""
    l3num, protonum, src, dst, sport, dport = orig
    types = NF_CT_INVERT.get(protonum)
    if types is None:
        return Tuple(l3num, protonum, dst, src, dport, sport)
    answer = types.get(dport >> 8)
    return None if answer is None else Tuple(l3num, protonum, dst, src, sport, answer << 8 | dport & 0xFF)


# --- the table ----------------------------------------------------------------------------------------------------


def nf_conntrack_find(net: Net, zone: Zone, wanted: Tuple) -> tuple[int, NfConn] | None:
    """nf_conntrack_find_get: the direction and the connection that a tuple belongs to."""
    table: dict[tuple[int, int, Tuple], NfConn] = net.ct.hash
    for direction in (IP_CT_DIR_REPLY, IP_CT_DIR_ORIGINAL):
        ct = table.get((direction, zone.of(direction), wanted))
        if ct is not None:
            if ct.timeout > net.machine.clock.now:
                return direction, ct
            nf_ct_delete(ct)
    return None


def _bucket_find(net: Net, zone: Zone, wanted: Tuple, number: int) -> NfConn | None:
    """Who has a tuple among the connections that are hashed with this zone number (nf_ct_key_equal)."""
    for direction in (IP_CT_DIR_ORIGINAL, IP_CT_DIR_REPLY):
        ct: NfConn | None = net.ct.hash.get((direction, number, wanted))
        if ct is not None and zone.of(direction) == number:
            if not ct.expired():
                return ct
            nf_ct_delete(ct)
    return None


def nf_ct_iterate(net: Net) -> Iterator[NfConn]:
    """Every connection of a namespace that is not over, in the order of their confirmation."""
    for ct in tuple(net.ct.conns):
        if ct.expired():
            nf_ct_delete(ct)
        else:
            yield ct


def nf_ct_iterate_cleanup_net(net: Net, over: Callable[[NfConn], bool]) -> None:
    """Forgets the connections of a namespace for which ``over`` holds."""
    for ct in nf_ct_iterate(net):
        if over(ct):
            nf_ct_delete(ct)


def nf_ct_delete(ct: NfConn) -> bool:
    """nf_ct_delete: takes a connection out of the table; False if it was out already."""
    if ct.status & IPS_DYING:
        return False
    ct.status |= IPS_DYING
    tables: NetnsCt = ct.net.ct
    tables.conns.pop(ct, None)
    for direction in (IP_CT_DIR_ORIGINAL, IP_CT_DIR_REPLY):
        key = direction, ct.zone.of(direction), ct.tuples[direction]
        if tables.hash.get(key) is ct:
            del tables.hash[key]
    source = source_key(ct.tuples[0])
    same = tables.bysource.get(source)
    if same is not None and ct in same:
        same.remove(ct)
        if not same:
            del tables.bysource[source]
    return True


def source_key(tuple_: Tuple) -> tuple[int, bytes, int]:
    """What connections from one source have in common (hash_by_src)."""
    return tuple_.protonum, tuple_.src, tuple_.sport


def nf_conntrack_tuple_taken(wanted: Tuple, ignored: NfConn) -> bool:
    """Whether another connection has this tuple; one that began with the same packet does not count."""
    ct = _bucket_find(ignored.net, ignored.zone, wanted, ignored.zone.of(IP_CT_DIR_REPLY))
    if ct is None or ct is ignored:
        return False
    return ct.tuples[0] != ignored.tuples[0] or ct.zone.of(0) != ignored.zone.of(0)


@kfunc(_FILE, "__nf_conntrack_confirm", verdict=nf_verdict_name)
def nf_conntrack_confirm(skb: SkBuff) -> int:
    """__nf_conntrack_confirm: a packet has come through, so its connection enters the table."""
    ct: NfConn = skb.nfct
    if skb.nfctinfo >= IP_CT_IS_REPLY:
        return NF_ACCEPT
    if ct.status & (IPS_CONFIRMED | IPS_DYING):
        return NF_DROP
    tables: NetnsCt = ct.net.ct
    for direction in (IP_CT_DIR_ORIGINAL, IP_CT_DIR_REPLY):
        other = _bucket_find(ct.net, ct.zone, ct.tuples[direction], ct.zone.of(direction))
        if other is not None:
            return _resolve_clash(skb, ct, other)
    ct.timeout += ct.net.machine.clock.now
    _insert(tables, ct)
    return NF_ACCEPT


def _insert(tables: NetnsCt, ct: NfConn) -> None:
    """__nf_conntrack_hash_insert."""
    for direction in (IP_CT_DIR_ORIGINAL, IP_CT_DIR_REPLY):
        tables.hash[direction, ct.zone.of(direction), ct.tuples[direction]] = ct
    tables.conns[ct] = None
    ct.status |= IPS_CONFIRMED


def _resolve_clash(skb: SkBuff, loser: NfConn, ct: NfConn) -> int:
    """nf_ct_resolve_clash: another connection got into the table first.

    The packet joins that one if both are the same, or NAT has no part in it; else the new one stays for a second, to be
    found by replies only.
    """
    proto = NF_CT_L4PROTOS.get(ct.protonum) or NF_CT_L4PROTOS[-1]
    if not proto.allow_clash:
        return NF_DROP
    if not ct.status & IPS_NAT_DONE_MASK or (loser.tuples == ct.tuples and loser.zone == ct.zone):
        nf_ct_acct_merge(ct, loser)
        skb.nfct = ct
        return NF_ACCEPT
    table = loser.net.ct.hash
    reply = IP_CT_DIR_REPLY, loser.zone.of(IP_CT_DIR_REPLY), loser.tuples[IP_CT_DIR_REPLY]
    if reply in table:
        return NF_DROP
    loser.timeout = loser.net.machine.clock.now + NSEC_PER_SEC
    loser.status |= IPS_NAT_CLASH | IPS_FIXED_TIMEOUT | IPS_CONFIRMED
    table[reply] = loser
    return NF_ACCEPT


def nf_ct_acct_merge(ct: NfConn, loser: NfConn) -> None:
    """nf_ct_acct_merge: what the loser counted is the winner's."""
    if ct.acct is not None and loser.acct is not None:
        ct.acct[0][0] += loser.acct[0][0]
        ct.acct[0][1] += loser.acct[0][1]


# --- packets ------------------------------------------------------------------------------------------------------


def nf_ct_zone_tmpl(tmpl: NfConn | None) -> Zone:
    """The zone that a rule has put the packet into."""
    return ZONE_DFLT if tmpl is None else tmpl.zone


def _init_conntrack(net: Net, zone: Zone, tuple_: Tuple) -> NfConn | None:
    """init_conntrack: a connection begins; None where its kind of message has no answers."""
    reply = nf_ct_invert_tuple(tuple_)
    if reply is None:
        return None
    ct = NfConn(net, zone, tuple_, reply)
    if net.ct.sysctl_acct:
        ct.acct = ([0, 0], [0, 0])
    return ct


def _resolve_normal_ct(tmpl: NfConn | None, skb: SkBuff, dataoff: int, protonum: int, state: NfHookState) -> bool:
    """resolve_normal_ct: finds or begins the packet's connection; False where the table is full."""
    net = state.net
    wanted = nf_ct_get_tuple(skb.head, skb.network_header, dataoff, state.pf, protonum)
    if wanted is None:
        return True
    zone = nf_ct_zone_tmpl(tmpl)
    found = nf_conntrack_find(net, zone, wanted)
    if found is None:
        tables: NetnsCt = net.ct
        if (
            tables.sysctl_max
            and len(tables.conns) >= tables.sysctl_max
            and not any(map(_early_drop, nf_ct_iterate(net)))
        ):
            return False
        ct = _init_conntrack(net, zone, wanted)
        if ct is not None:
            skb.nfct, skb.nfctinfo = ct, IP_CT_NEW
        return True
    direction, ct = found
    skb.nfct = ct
    if direction == IP_CT_DIR_REPLY:
        skb.nfctinfo = IP_CT_ESTABLISHED_REPLY
    else:
        skb.nfctinfo = IP_CT_ESTABLISHED if ct.status & IPS_SEEN_REPLY else IP_CT_NEW
    return True


def _early_drop(ct: NfConn) -> bool:
    """early_drop: a connection that nobody has confirmed to be in use makes room."""
    return not ct.status & IPS_ASSURED and nf_ct_delete(ct)


@kfunc(_FILE, "nf_conntrack_in", verdict=nf_verdict_name)
def nf_conntrack_in(skb: SkBuff, state: NfHookState) -> int:
    """Finds the connection of a packet and what the packet is to it: skb.nfct and skb.nfctinfo.

    A packet that no connection can be found for is let through without one: INVALID.
    """
    verdict = _conntrack_in(skb, state)
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Tracked(skb.ct or "INVALID"))
    return verdict


def _conntrack_in(skb: SkBuff, state: NfHookState) -> int:
    tmpl: NfConn | None = skb.nfct
    if tmpl is not None:
        if not tmpl.status & IPS_TEMPLATE:
            return NF_ACCEPT
        nf_reset_ct(skb)
    elif skb.nfctinfo == IP_CT_UNTRACKED:
        return NF_ACCEPT
    found = get_l4proto(skb.head, skb.network_header, state.pf)
    if found is None:
        return NF_ACCEPT
    dataoff, protonum = found
    about_errors = NF_CT_ICMP_ERRORS.get((state.pf, protonum))
    if about_errors is not None:
        verdict = about_errors(tmpl, skb, dataoff, state)
        if verdict <= 0:
            return -verdict
        if skb.nfct is not None or skb.nfctinfo == IP_CT_UNTRACKED:
            return verdict
    while True:
        if not _resolve_normal_ct(tmpl, skb, dataoff, protonum, state):
            return NF_DROP
        ct: NfConn | None = skb.nfct
        if ct is None:
            return NF_ACCEPT
        ctinfo = skb.nfctinfo
        proto = NF_CT_L4PROTOS.get(protonum) or NF_CT_L4PROTOS[-1]
        verdict = proto.packet(ct, skb, dataoff, ctinfo, state)
        if verdict > 0:
            if ctinfo == IP_CT_ESTABLISHED_REPLY:
                ct.status |= IPS_SEEN_REPLY
            return verdict
        nf_reset_ct(skb)
        if verdict != -NF_REPEAT:
            return -verdict


@kfunc(_FILE, "nf_conntrack_inet_error")
def nf_conntrack_inet_error(
    tmpl: NfConn | None, skb: SkBuff, dataoff: int, state: NfHookState, outer_daddr: bytes
) -> int:
    """An ICMP error belongs to the connection of the packet that it quotes at ``dataoff``, as RELATED.

    -NF_ACCEPT: to none. The error must go to the one whom the quoted packet's connection answers.
    """
    quoted = nf_ct_get_tuplepr(skb.head, dataoff, state.pf)
    inner = None if quoted is None else nf_ct_invert_tuple(quoted)
    found = None if inner is None else nf_conntrack_find(state.net, nf_ct_zone_tmpl(tmpl), inner)
    if found is None:
        return -NF_ACCEPT
    direction, ct = found
    if outer_daddr != ct.tuples[direction].dst:
        return -NF_ACCEPT
    skb.nfct = ct
    skb.nfctinfo = IP_CT_RELATED + (IP_CT_IS_REPLY if direction == IP_CT_DIR_REPLY else 0)
    return NF_ACCEPT


def nf_ct_refresh_acct(ct: NfConn, ctinfo: int, skb: SkBuff, timeout: int) -> None:
    """nf_ct_refresh_acct: the connection lives ``timeout`` ns from now, and the packet is counted."""
    status = ct.status
    if not status & IPS_FIXED_TIMEOUT:
        ct.timeout = timeout + ct.net.machine.clock.now if status & IPS_CONFIRMED else timeout
    nf_ct_acct_update(ct, ctinfo, skb)


def nf_ct_acct_update(ct: NfConn, ctinfo: int, skb: SkBuff) -> None:
    """nf_ct_acct_update: counts a packet, where connections are counted."""
    if ct.acct is not None:
        counter = ct.acct[ctinfo >= IP_CT_IS_REPLY]
        counter[0] += 1
        counter[1] += skb.len


def nf_ct_kill_acct(ct: NfConn, ctinfo: int, skb: SkBuff) -> bool:
    """nf_ct_kill_acct: counts the packet, and forgets the connection."""
    nf_ct_acct_update(ct, ctinfo, skb)
    return nf_ct_delete(ct)
