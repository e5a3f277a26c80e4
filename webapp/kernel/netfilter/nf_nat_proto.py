"""NAT's hooks of each family, and how a tuple is written into a packet (net/netfilter/nf_nat_proto.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ipv4.netfilter import ip_route_me_harder
from webapp.kernel.ipv6.netfilter import ip6_route_me_harder
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookOps, NfHookState
from webapp.kernel.netfilter.nf_conntrack import (
    IP_CT_IS_REPLY,
    IP_CT_RELATED,
    IP_CT_RELATED_REPLY,
    IPPROTO_ICMP,
    IPPROTO_TCP,
    IPPROTO_UDP,
    IPPROTO_UDPLITE,
    IPS_DST_NAT,
    IPS_NAT_DONE_MASK,
    IPS_NAT_MASK,
    IPS_SRC_NAT,
    NfConn,
    Tuple,
)
from webapp.kernel.netfilter.nf_conntrack_core import nf_ct_invert_tuple, nf_verdict_name
from webapp.kernel.netfilter.nf_conntrack_proto_icmp import ICMP_INVERT
from webapp.kernel.netfilter.nf_conntrack_proto_icmpv6 import ICMPV6_INVERT
from webapp.kernel.netfilter.nf_nat_core import (
    NF_NAT_MANIP_SRC,
    NatLookup,
    NatOps,
    hook2manip,
    nf_nat_inet_fn,
    nf_nat_register_fn,
    nf_nat_unregister_fn,
)
from webapp.kernel.netfilter.nf_tables_ipv6 import ipv6_find_hdr
from webapp.kernel.trace import RECORDER, Translated
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_DROP,
    NF_INET_LOCAL_IN,
    NF_INET_LOCAL_OUT,
    NF_INET_POST_ROUTING,
    NF_INET_PRE_ROUTING,
    NF_IP_PRI_NAT_DST,
    NF_IP_PRI_NAT_SRC,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
)
from webapp.kernel.uapi.rtnetlink import Rtn
from webapp.kernel.wire.checksum import checksum, pseudo_header, update
from webapp.kernel.wire.icmp import ICMP_REDIRECT

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

_FILE = "net/netfilter/nf_nat_proto.c"
_IPPROTO_ICMPV6 = 58
_NDISC_REDIRECT = 137


# --- writing ------------------------------------------------------------------------------------------------------


def _csum_replace(skb: SkBuff, at: int, old: bytes, new: bytes) -> None:
    """csum_replace: the checksum at ``at`` after bytes that it covers, at an even place, have changed."""
    head = skb.head
    check = head[at] << 8 | head[at + 1]
    for place in range(0, len(old), 2):
        check = update(check, old[place] << 8 | old[place + 1], new[place] << 8 | new[place + 1])
    skb.write(at, check.to_bytes(2, "big"))


def _manip_ports(skb: SkBuff, thoff: int, check: int, old: bytes, new: bytes, port: tuple[int, int]) -> None:
    """A port at ``port[0]`` becomes ``port[1]``; the checksum at ``check`` (-1: there is none) hears of the address."""
    at, value = port
    port_before, port_after = skb.head[at : at + 2], value.to_bytes(2, "big")
    skb.write(at, port_after)
    if check >= 0:
        _csum_replace(skb, check, old + port_before, new + port_after)


def _l4proto_manip_pkt(skb: SkBuff, thoff: int, target: Tuple, manip: int, addresses: tuple[bytes, bytes]) -> None:
    """l4proto_manip_pkt: ports, ICMP's id, and the checksums that cover the addresses (old, new)."""
    head = skb.head
    protocol = target.protonum
    source = manip == NF_NAT_MANIP_SRC
    port = (thoff, target.sport) if source else (thoff + 2, target.dport)
    if protocol == IPPROTO_TCP:
        # an ICMP error may quote the first eight bytes only, without the checksum
        check = thoff + 16 if len(head) >= thoff + 20 else -1
        _manip_ports(skb, thoff, check, *addresses, port)
    elif protocol in (IPPROTO_UDP, IPPROTO_UDPLITE):
        check = thoff + 6
        if protocol == IPPROTO_UDP and head[check : check + 2] == b"\0\0":
            check = -1
        _manip_ports(skb, thoff, check, *addresses, port)
        if check >= 0 and skb.head[check : check + 2] == b"\0\0":
            skb.write(check, b"\xff\xff")
    elif protocol == _IPPROTO_ICMPV6:
        # its checksum covers the addresses, its type decides whether there is an id
        before, after = head[thoff + 4 : thoff + 6], target.sport.to_bytes(2, "big")
        skb.write(thoff + 4, after if head[thoff] in ICMPV6_INVERT else before)
        _csum_replace(skb, thoff + 2, addresses[0] + before, addresses[1] + skb.head[thoff + 4 : thoff + 6])
    elif protocol == IPPROTO_ICMP and head[thoff] in ICMP_INVERT:
        before, after = head[thoff + 4 : thoff + 6], target.sport.to_bytes(2, "big")
        skb.write(thoff + 4, after)
        _csum_replace(skb, thoff + 2, before, after)


def nf_nat_ipv4_manip_pkt(skb: SkBuff, nhoff: int, target: Tuple, manip: int) -> bool:
    """nf_nat_ipv4_manip_pkt: source or destination of the packet at ``nhoff`` become the tuple's; False: cut off."""
    head = skb.head
    thoff = nhoff + (head[nhoff] & 0xF) * 4
    if len(head) < thoff + (8 if target.protonum in (IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_ICMP) else 0):
        return False
    at, new = (nhoff + 12, target.src) if manip == NF_NAT_MANIP_SRC else (nhoff + 16, target.dst)
    old = head[at : at + 4]
    _l4proto_manip_pkt(skb, thoff, target, manip, (old, new))
    skb.write(at, new)
    _csum_replace(skb, nhoff + 10, old, new)
    return True


def nf_nat_ipv6_manip_pkt(skb: SkBuff, nhoff: int, target: Tuple, manip: int) -> bool:
    """nf_nat_ipv6_manip_pkt: as for IPv4, the addresses alone where the packet is a later fragment."""
    found = ipv6_find_hdr(skb.head, nhoff)
    at, new = (nhoff + 8, target.src) if manip == NF_NAT_MANIP_SRC else (nhoff + 24, target.dst)
    if found is not None and not found[2]:
        if len(skb.head) < found[1] + 8:
            return False
        _l4proto_manip_pkt(skb, found[1], target, manip, (skb.head[at : at + 16], new))
    skb.write(at, new)
    return True


# --- IPv4 ---------------------------------------------------------------------------------------------------------


@kfunc(_FILE, "nf_nat_icmp_reply_translation")
def nf_nat_icmp_reply_translation(skb: SkBuff, ct: NfConn, ctinfo: int, hooknum: int) -> bool:
    """An ICMP error about a translated connection: what it quotes is turned back, and its own address with it."""
    direction = int(ctinfo >= IP_CT_IS_REPLY)
    manip = hook2manip(hooknum)
    nh = skb.network_header
    thoff = nh + (skb.head[nh] & 0xF) * 4
    if checksum(skb.head[thoff:]) or len(skb.head) < thoff + 28:
        return False
    if skb.head[thoff] == ICMP_REDIRECT and (
        ct.status & IPS_NAT_DONE_MASK != IPS_NAT_DONE_MASK or ct.status & IPS_NAT_MASK
    ):
        return False
    statusbit = IPS_SRC_NAT if manip == NF_NAT_MANIP_SRC else IPS_DST_NAT
    if direction:
        statusbit ^= IPS_NAT_MASK
    if not ct.status & statusbit:
        return True
    other = ct.tuples[not direction]
    if not nf_nat_ipv4_manip_pkt(skb, thoff + 8, other, not manip):
        return False
    skb.write(thoff + 2, b"\0\0")
    skb.write(thoff + 2, checksum(skb.head[thoff:]).to_bytes(2, "big"))
    target = nf_ct_invert_tuple(other)
    if target is None:
        return False
    # the outer packet: an error has no id or port of its own
    outer = target._replace(protonum=IPPROTO_ICMP)
    if not nf_nat_ipv4_manip_pkt(skb, nh, outer, manip):
        return False
    recorder = RECORDER.get()
    if recorder is not None:
        source, _, destination = str(outer).partition(" ")[2].partition(" > ")
        what = "source" if manip == NF_NAT_MANIP_SRC else "destination"
        recorder.note(Translated(what, source if manip == NF_NAT_MANIP_SRC else destination.split()[0]))
    return True


def _ipv4_fn(priv: NatLookup, skb: SkBuff, state: NfHookState) -> int:
    """nf_nat_ipv4_fn: ICMP errors are translated as their connection is, all else by itself."""
    ct: NfConn | None = skb.nfct
    if ct is None:
        return NF_ACCEPT
    if skb.nfctinfo in (IP_CT_RELATED, IP_CT_RELATED_REPLY) and skb.head[skb.network_header + 9] == IPPROTO_ICMP:
        translated = nf_nat_icmp_reply_translation(skb, ct, skb.nfctinfo, state.hook)
        return NF_ACCEPT if translated else NF_DROP
    return nf_nat_inet_fn(priv, skb, state)


@kfunc(_FILE, "nf_nat_ipv4_pre_routing", verdict=nf_verdict_name)
def nf_nat_ipv4_pre_routing(priv: NatLookup, skb: SkBuff, state: NfHookState) -> int:
    at = skb.network_header + 16
    before = skb.head[at : at + 4]
    verdict = _ipv4_fn(priv, skb, state)
    if verdict == NF_ACCEPT and skb.head[at : at + 4] != before:
        skb.dst = None
    return verdict


@kfunc(_FILE, "nf_nat_ipv4_local_in", verdict=nf_verdict_name)
def nf_nat_ipv4_local_in(priv: NatLookup, skb: SkBuff, state: NfHookState) -> int:
    return _ipv4_fn(priv, skb, state)


@kfunc(_FILE, "nf_nat_ipv4_out", verdict=nf_verdict_name)
def nf_nat_ipv4_out(priv: NatLookup, skb: SkBuff, state: NfHookState) -> int:
    return _ipv4_fn(priv, skb, state)


@kfunc(_FILE, "nf_nat_ipv4_local_fn", verdict=nf_verdict_name)
def nf_nat_ipv4_local_fn(priv: NatLookup, skb: SkBuff, state: NfHookState) -> int:
    """At OUTPUT a new destination needs a new route."""
    verdict = _ipv4_fn(priv, skb, state)
    ct: NfConn | None = skb.nfct
    if verdict != NF_ACCEPT or ct is None:
        return verdict
    direction = int(skb.nfctinfo >= IP_CT_IS_REPLY)
    if ct.tuples[direction].dst != ct.tuples[not direction].src:
        error = ip_route_me_harder(state.net, state.sk, skb, Rtn.UNSPEC)
        if error < 0:
            return -error << 16 | NF_DROP
    return verdict


NF_NAT_IPV4_OPS: NatOps = (
    (nf_nat_ipv4_pre_routing, NF_INET_PRE_ROUTING, NF_IP_PRI_NAT_DST),
    (nf_nat_ipv4_out, NF_INET_POST_ROUTING, NF_IP_PRI_NAT_SRC),
    (nf_nat_ipv4_local_fn, NF_INET_LOCAL_OUT, NF_IP_PRI_NAT_DST),
    (nf_nat_ipv4_local_in, NF_INET_LOCAL_IN, NF_IP_PRI_NAT_SRC),
)

# --- IPv6 ---------------------------------------------------------------------------------------------------------


@kfunc(_FILE, "nf_nat_icmpv6_reply_translation")
def nf_nat_icmpv6_reply_translation(skb: SkBuff, ct: NfConn, ctinfo: int, hooknum: int) -> bool:
    """As for IPv4; the checksum of ICMPv6 covers the addresses too."""
    found = ipv6_find_hdr(skb.head, skb.network_header)
    if found is None:
        return False
    thoff, nh = found[1], skb.network_header
    direction = int(ctinfo >= IP_CT_IS_REPLY)
    manip = hook2manip(hooknum)
    if _icmpv6_sum(skb, thoff):
        return False
    if skb.head[thoff] == _NDISC_REDIRECT and (
        ct.status & IPS_NAT_DONE_MASK != IPS_NAT_DONE_MASK or ct.status & IPS_NAT_MASK
    ):
        return False
    statusbit = IPS_SRC_NAT if manip == NF_NAT_MANIP_SRC else IPS_DST_NAT
    if direction:
        statusbit ^= IPS_NAT_MASK
    if not ct.status & statusbit:
        return True
    other = ct.tuples[not direction]
    target = nf_ct_invert_tuple(other)
    if target is None or not nf_nat_ipv6_manip_pkt(skb, thoff + 8, other, not manip):
        return False
    at, new = (nh + 8, target.src) if manip == NF_NAT_MANIP_SRC else (nh + 24, target.dst)
    skb.write(at, new)
    skb.write(thoff + 2, b"\0\0")
    skb.write(thoff + 2, _icmpv6_sum(skb, thoff).to_bytes(2, "big"))
    return True


def _icmpv6_sum(skb: SkBuff, thoff: int) -> int:
    head, nh = skb.head, skb.network_header
    data = head[thoff:]
    return checksum(pseudo_header(head[nh + 8 : nh + 24], head[nh + 24 : nh + 40], _IPPROTO_ICMPV6, len(data)) + data)


def _ipv6_fn(priv: NatLookup, skb: SkBuff, state: NfHookState) -> int:
    """nf_nat_ipv6_fn."""
    ct: NfConn | None = skb.nfct
    if ct is None:
        return NF_ACCEPT
    if skb.nfctinfo in (IP_CT_RELATED, IP_CT_RELATED_REPLY):
        found = ipv6_find_hdr(skb.head, skb.network_header)
        if found is not None and found[0] == _IPPROTO_ICMPV6:
            translated = nf_nat_icmpv6_reply_translation(skb, ct, skb.nfctinfo, state.hook)
            return NF_ACCEPT if translated else NF_DROP
    return nf_nat_inet_fn(priv, skb, state)


@kfunc(_FILE, "nf_nat_ipv6_in", verdict=nf_verdict_name)
def nf_nat_ipv6_in(priv: NatLookup, skb: SkBuff, state: NfHookState) -> int:
    at = skb.network_header + 24
    before = skb.head[at : at + 16]
    verdict = _ipv6_fn(priv, skb, state)
    if verdict == NF_ACCEPT and skb.head[at : at + 16] != before:
        skb.dst = None
    return verdict


@kfunc(_FILE, "nf_nat_ipv6_out", verdict=nf_verdict_name)
def nf_nat_ipv6_out(priv: NatLookup, skb: SkBuff, state: NfHookState) -> int:
    return _ipv6_fn(priv, skb, state)


@kfunc(_FILE, "nf_nat_ipv6_local_fn", verdict=nf_verdict_name)
def nf_nat_ipv6_local_fn(priv: NatLookup, skb: SkBuff, state: NfHookState) -> int:
    verdict = _ipv6_fn(priv, skb, state)
    ct: NfConn | None = skb.nfct
    if verdict != NF_ACCEPT or ct is None:
        return verdict
    direction = int(skb.nfctinfo >= IP_CT_IS_REPLY)
    if ct.tuples[direction].dst != ct.tuples[not direction].src:
        error = ip6_route_me_harder(state.net, state.sk, skb)
        if error < 0:
            return -error << 16 | NF_DROP
    return verdict


NF_NAT_IPV6_OPS: NatOps = (
    (nf_nat_ipv6_in, NF_INET_PRE_ROUTING, NF_IP_PRI_NAT_DST),
    (nf_nat_ipv6_out, NF_INET_POST_ROUTING, NF_IP_PRI_NAT_SRC),
    (nf_nat_ipv6_local_fn, NF_INET_LOCAL_OUT, NF_IP_PRI_NAT_DST),
    (nf_nat_ipv6_out, NF_INET_LOCAL_IN, NF_IP_PRI_NAT_SRC),
)

_NAT_OPS: dict[int, NatOps] = {NFPROTO_IPV4: NF_NAT_IPV4_OPS, NFPROTO_IPV6: NF_NAT_IPV6_OPS}
"""NAT's hooks by family."""


def nf_nat_register_chain(net: Net, ops: NfHookOps) -> None:
    """nf_nat_ipv4_register_fn and its like for the other families."""
    nf_nat_register_fn(net, ops, _NAT_OPS[ops.pf])


def nf_nat_unregister_chain(net: Net, ops: NfHookOps) -> None:
    """nf_nat_ipv4_unregister_fn and its like."""
    nf_nat_unregister_fn(net, ops)
