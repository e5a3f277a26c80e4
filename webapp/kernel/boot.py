"""Puts the machine together: every table of operations is filled here, by plain statements.

Cycles between the kernel's parts are broken by these tables, as on Linux; nothing registers itself on import.
"""

from __future__ import annotations

from webapp.kernel.bridge.br_if import br_device_event
from webapp.kernel.bridge.br_netfilter_hooks import brnf_device_event, brnf_exit_net, brnf_init_net
from webapp.kernel.bridge.br_netlink import BR_LINK_OPS
from webapp.kernel.core.dev import PTYPE_BASE, netif_receive_skb
from webapp.kernel.core.dev_state import NETDEV_CHAIN, dev_open, unregister_netdevice
from webapp.kernel.core.net_device import PacketType
from webapp.kernel.core.net_namespace import Net, unhash_nsid
from webapp.kernel.core.rtnetlink import RTNL_LINK_HANDLERS, RTNL_LINK_OPS, RTNL_MSG_HANDLERS
from webapp.kernel.core.rtnetlink_bridge import RTNL_BRIDGE_HANDLERS
from webapp.kernel.drivers.dummy import DUMMY_LINK_OPS
from webapp.kernel.drivers.ifb import IFB_LINK_OPS
from webapp.kernel.drivers.loopback import loopback_net_init
from webapp.kernel.drivers.macvlan import MACVLAN_LINK_OPS, macvlan_device_event
from webapp.kernel.drivers.veth import VETH_LINK_OPS
from webapp.kernel.drivers.vxlan.vxlan_dev import (
    VXLAN_LINK_OPS,
    vxlan_exit_net,
    vxlan_init_net,
    vxlan_netdevice_event,
)
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.af_inet import RTNL_INET_HANDLERS, inet_init, inet_net_init, inet_netdev_event
from webapp.kernel.ipv4.arp import arp_rcv
from webapp.kernel.ipv4.in_device import INETADDR_CHAIN
from webapp.kernel.ipv4.ip_input import ip_list_rcv, ip_rcv
from webapp.kernel.ipv6.af_inet6 import RTNL_INET6_HANDLERS, inet6_init, inet6_net_init, inet6_netdev_event
from webapp.kernel.ipv6.ip6_input import ipv6_rcv
from webapp.kernel.machine import Machine
from webapp.kernel.netfilter import nft_expr_types
from webapp.kernel.netfilter.core import NetNf
from webapp.kernel.netfilter.nf_conntrack import IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP
from webapp.kernel.netfilter.nf_conntrack_core import NF_CT_ICMP_ERRORS, NF_CT_INVERT, NF_CT_L4PROTOS
from webapp.kernel.netfilter.nf_conntrack_proto_generic import L4PROTO_GENERIC
from webapp.kernel.netfilter.nf_conntrack_proto_icmp import ICMP_INVERT, L4PROTO_ICMP, nf_conntrack_icmpv4_error
from webapp.kernel.netfilter.nf_conntrack_proto_icmpv6 import (
    ICMPV6_INVERT,
    IPPROTO_ICMPV6,
    L4PROTO_ICMPV6,
    nf_conntrack_icmpv6_error,
)
from webapp.kernel.netfilter.nf_conntrack_proto_tcp import L4PROTO_TCP
from webapp.kernel.netfilter.nf_conntrack_proto_udp import L4PROTO_UDP
from webapp.kernel.netfilter.nf_conntrack_standalone import nf_conntrack_net_init
from webapp.kernel.netfilter.nf_flow_table_core import flow_offload_netdev_event
from webapp.kernel.netfilter.nf_nat_core import NF_NAT_MANIP_PKT
from webapp.kernel.netfilter.nf_nat_masquerade import masq_device_event, masq_inet_event
from webapp.kernel.netfilter.nf_nat_proto import nf_nat_ipv4_manip_pkt, nf_nat_ipv6_manip_pkt
from webapp.kernel.netfilter.nf_tables import NFT_EXPR_TYPES, NFT_OBJECT_TYPES
from webapp.kernel.netfilter.nf_tables_api import nf_tables_net_exit, nf_tables_net_init
from webapp.kernel.netfilter.nf_tables_chain import NFT_CHAIN_TYPES, nf_tables_netdev_event
from webapp.kernel.netfilter.nf_tables_flowtable import nf_tables_flowtable_event
from webapp.kernel.sched.act_api import ACT_BASE
from webapp.kernel.sched.act_csum import CSUM_OPS
from webapp.kernel.sched.act_gact import GACT_OPS
from webapp.kernel.sched.act_mirred import MIRRED_OPS, mirred_device_event
from webapp.kernel.sched.act_nat import NAT_OPS
from webapp.kernel.sched.act_pedit import PEDIT_OPS
from webapp.kernel.sched.act_police import POLICE_OPS
from webapp.kernel.sched.act_simple import SIMPLE_OPS
from webapp.kernel.sched.act_skbedit import SKBEDIT_OPS
from webapp.kernel.sched.act_skbmod import SKBMOD_OPS
from webapp.kernel.sched.act_vlan import VLAN_OPS
from webapp.kernel.sched.cls_api import TCF_PROTO_BASE
from webapp.kernel.sched.cls_basic import CLS_BASIC_OPS
from webapp.kernel.sched.cls_bpf import CLS_BPF_OPS
from webapp.kernel.sched.cls_flower import CLS_FL_OPS
from webapp.kernel.sched.cls_fw import CLS_FW_OPS
from webapp.kernel.sched.cls_matchall import CLS_MALL_OPS
from webapp.kernel.sched.cls_u32 import CLS_U32_OPS
from webapp.kernel.sched.sch_api import QDISC_BASE
from webapp.kernel.sched.sch_ingress import CLSACT_QDISC_OPS, INGRESS_QDISC_OPS
from webapp.kernel.uapi.if_ether import ETH_P_ARP, ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.netfilter import NFPROTO_IPV4, NFPROTO_IPV6
from webapp.kernel.version import LINUX_6_18, Behaviour
from webapp.kernel.vlan.vlan_core import vlan_do_receive
from webapp.kernel.vlan.vlan_dev import vlan_device_event
from webapp.kernel.vlan.vlan_netlink import VLAN_LINK_OPS

PTYPE_BASE[ETH_P_IP] = [PacketType(ETH_P_IP, ip_rcv, list_func=ip_list_rcv)]
PTYPE_BASE[ETH_P_IPV6] = [PacketType(ETH_P_IPV6, ipv6_rcv)]
PTYPE_BASE[ETH_P_ARP] = [PacketType(ETH_P_ARP, arp_rcv)]

NETDEV_CHAIN.extend([br_device_event, brnf_device_event, vxlan_netdevice_event])
NETDEV_CHAIN.extend([vlan_device_event, macvlan_device_event])
NETDEV_CHAIN.extend([inet_netdev_event, inet6_netdev_event, nf_tables_netdev_event, mirred_device_event])

RTNL_LINK_OPS["veth"] = VETH_LINK_OPS
RTNL_LINK_OPS["dummy"] = DUMMY_LINK_OPS
RTNL_LINK_OPS["bridge"] = BR_LINK_OPS
RTNL_LINK_OPS["vxlan"] = VXLAN_LINK_OPS
RTNL_LINK_OPS["vlan"] = VLAN_LINK_OPS
RTNL_LINK_OPS["macvlan"] = MACVLAN_LINK_OPS
RTNL_LINK_OPS["ifb"] = IFB_LINK_OPS

RTNL_MSG_HANDLERS.update(RTNL_LINK_HANDLERS)
RTNL_MSG_HANDLERS.update(RTNL_BRIDGE_HANDLERS)
RTNL_MSG_HANDLERS.update(RTNL_INET_HANDLERS)
RTNL_MSG_HANDLERS.update(RTNL_INET6_HANDLERS)
inet_init()
inet6_init()

QDISC_BASE.update({ops.id: ops for ops in (CLSACT_QDISC_OPS, INGRESS_QDISC_OPS)})
TCF_PROTO_BASE.update({ops.kind: ops for ops in (CLS_U32_OPS, CLS_BPF_OPS, CLS_MALL_OPS)})
TCF_PROTO_BASE.update({ops.kind: ops for ops in (CLS_FL_OPS, CLS_FW_OPS, CLS_BASIC_OPS)})
NFT_EXPR_TYPES.update(nft_expr_types.EXPR_TYPES)
NFT_OBJECT_TYPES.update(nft_expr_types.OBJECT_TYPES)
NFT_CHAIN_TYPES.update(nft_expr_types.CHAIN_TYPES)

NF_CT_L4PROTOS.update({IPPROTO_TCP: L4PROTO_TCP, IPPROTO_UDP: L4PROTO_UDP, -1: L4PROTO_GENERIC})
NF_CT_L4PROTOS.update({IPPROTO_ICMP: L4PROTO_ICMP, IPPROTO_ICMPV6: L4PROTO_ICMPV6})
NF_CT_INVERT.update({IPPROTO_ICMP: ICMP_INVERT, IPPROTO_ICMPV6: ICMPV6_INVERT})
NF_CT_ICMP_ERRORS[NFPROTO_IPV4, IPPROTO_ICMP] = nf_conntrack_icmpv4_error
NF_CT_ICMP_ERRORS[NFPROTO_IPV6, IPPROTO_ICMPV6] = nf_conntrack_icmpv6_error
NF_NAT_MANIP_PKT.update({NFPROTO_IPV4: nf_nat_ipv4_manip_pkt, NFPROTO_IPV6: nf_nat_ipv6_manip_pkt})
NETDEV_CHAIN.extend([masq_device_event, flow_offload_netdev_event, nf_tables_flowtable_event])
INETADDR_CHAIN.append(masq_inet_event)

ACT_BASE.update({ops.kind: ops for ops in (GACT_OPS, MIRRED_OPS, SKBEDIT_OPS)})
ACT_BASE.update({ops.kind: ops for ops in (PEDIT_OPS, VLAN_OPS, CSUM_OPS, POLICE_OPS)})
ACT_BASE.update({ops.kind: ops for ops in (SIMPLE_OPS, NAT_OPS, SKBMOD_OPS)})


def boot(max_packets: int = 100_000, version: Behaviour = LINUX_6_18) -> Machine:
    """A machine with one namespace, its lo up and IPv6 off in it, as a lab finds it."""
    machine = Machine(max_packets, version)
    machine.softirq = netif_receive_skb
    machine.vlan_do_receive = vlan_do_receive
    setup_net(machine.init_net)
    for name in ("all", "default"):
        machine.init_net.sysctl[f"net.ipv6.conf.{name}.disable_ipv6"] = "1"
    dev_open(machine.init_net.loopback)
    return machine


def setup_net(net: Net) -> None:
    """setup_net: every subsystem makes its part of a namespace; lo exists and is down."""
    net.nf = NetNf()
    nf_conntrack_net_init(net)
    inet_net_init(net)
    inet6_net_init(net)
    nf_tables_net_init(net)
    brnf_init_net(net)
    vxlan_init_net(net)
    loopback_net_init(net)


def add_namespace(machine: Machine, name: str) -> Net:
    """``ip netns add``: EEXIST where the name is taken."""
    if name in machine.namespaces:
        raise KernelError(Errno.EEXIST)
    net = Net(machine, name)
    setup_net(net)
    machine.namespaces[name] = net
    return net


def del_namespace(machine: Machine, name: str) -> None:
    """``ip netns del``: its devices go, their other ends too; ENOENT where there is none of that name."""
    net = machine.namespaces.get(name)
    if net is None:
        raise KernelError(Errno.ENOENT)
    cleanup_net(net)
    del machine.namespaces[name]


def cleanup_net(net: Net) -> None:
    """cleanup_net (net/core/net_namespace.c): what setup_net made is unmade, lo last of the devices."""
    unhash_nsid(net)
    nf_tables_net_exit(net)
    vxlan_exit_net(net)
    for dev in reversed(list(net.by_index.values())):
        if dev.registered and dev is not net.loopback:
            RTNL_LINK_OPS[dev.kind].dellink(dev)
    unregister_netdevice(net.loopback)
    brnf_exit_net(net)
