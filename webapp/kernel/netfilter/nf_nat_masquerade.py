"""Masquerading: the source becomes an address of the device that a connection leaves by, as long as that has it
(net/netfilter/nf_nat_masquerade.c).
"""

from __future__ import annotations

from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ipv4.address import INADDR_ANY
from webapp.kernel.ipv4.in_device import InetAddrEvent, InIfaddr, inet_select_addr
from webapp.kernel.ipv4.route import Rtable
from webapp.kernel.ipv6.if_inet6 import ipv6_dev_get_saddr
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_conntrack import IP_CT_DIR_REPLY, NfConn
from webapp.kernel.netfilter.nf_conntrack_core import nf_ct_iterate_cleanup_net, nf_verdict_name
from webapp.kernel.netfilter.nf_nat_core import NF_NAT_MANIP_SRC, NatRange, nf_nat_setup_info
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NF_DROP
from webapp.kernel.uapi.nf_tables import NF_NAT_RANGE_MAP_IPS
from webapp.kernel.uapi.rtnetlink import RtScope


@kfunc("net/netfilter/nf_nat_masquerade.c", "nf_nat_masquerade_ipv4", verdict=nf_verdict_name)
def nf_nat_masquerade_ipv4(skb: SkBuff, range_: NatRange, out: NetDevice) -> int:
    """NF_DROP where the device has no address to speak from."""
    ct: NfConn = skb.nfct
    if ct.tuples[0].src == INADDR_ANY:
        return NF_ACCEPT
    nh = skb.network_header
    # a bridged packet has no route: its next hop is whom it is for
    gateway = skb.dst.gateway if isinstance(skb.dst, Rtable) else b""
    source = inet_select_addr(out, gateway or skb.head[nh + 16 : nh + 20], RtScope.UNIVERSE)
    if source == INADDR_ANY:
        return NF_DROP
    ct.masq_index = out.ifindex
    wanted = range_._replace(flags=range_.flags | NF_NAT_RANGE_MAP_IPS, min_addr=source, max_addr=source)
    return nf_nat_setup_info(ct, wanted, NF_NAT_MANIP_SRC)


@kfunc("net/netfilter/nf_nat_masquerade.c", "nf_nat_masquerade_ipv6", verdict=nf_verdict_name)
def nf_nat_masquerade_ipv6(skb: SkBuff, range_: NatRange, out: NetDevice) -> int:
    """As for IPv4, with the address that IPv6 would choose."""
    ct: NfConn = skb.nfct
    at = skb.network_header + 24
    source = ipv6_dev_get_saddr(out.net, out, skb.head[at : at + 16])
    if source is None:
        return NF_DROP
    ct.masq_index = out.ifindex
    wanted = range_._replace(flags=range_.flags | NF_NAT_RANGE_MAP_IPS, min_addr=source, max_addr=source)
    return nf_nat_setup_info(ct, wanted, NF_NAT_MANIP_SRC)


def masq_device_event(event: NetdevEvent, dev: NetDevice) -> None:
    """masq_device_event: a device goes down, and the connections that bear its address are forgotten."""
    if event is NetdevEvent.DOWN and dev.net.ct.conns:
        nf_ct_iterate_cleanup_net(dev.net, lambda ct: ct.masq_index == dev.ifindex)


def masq_inet_event(event: InetAddrEvent, ifa: InIfaddr) -> None:
    """masq_inet_event: a device loses an address; one that goes away altogether is masq_device_event's."""
    dev = ifa.in_dev.dev
    if event is InetAddrEvent.DOWN and not ifa.in_dev.dead and dev.net.ct.conns:
        nf_ct_iterate_cleanup_net(
            dev.net, lambda ct: ct.masq_index == dev.ifindex and ct.tuples[IP_CT_DIR_REPLY].dst == ifa.local
        )
