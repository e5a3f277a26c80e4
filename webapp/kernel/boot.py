"""Puts the machine together: every table of operations is filled here, by plain statements.

Cycles between the kernel's parts are broken by these tables, as on Linux; nothing registers itself on import.
"""

from __future__ import annotations

from webapp.kernel.core.dev import PTYPE_BASE, netif_receive_skb
from webapp.kernel.core.dev_state import NETDEV_CHAIN, dev_open
from webapp.kernel.core.net_device import PacketType
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.drivers.loopback import loopback_net_init
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.af_inet import inet_net_init, inet_netdev_event
from webapp.kernel.ipv4.arp import arp_rcv
from webapp.kernel.ipv4.ip_input import ip_rcv
from webapp.kernel.machine import Machine
from webapp.kernel.netfilter.core import NetNf
from webapp.kernel.netfilter.nf_tables_api import nf_tables_net_init, nf_tables_netdev_event
from webapp.kernel.uapi.if_ether import ETH_P_ARP, ETH_P_IP

PTYPE_BASE[ETH_P_IP] = [PacketType(ETH_P_IP, ip_rcv)]
PTYPE_BASE[ETH_P_ARP] = [PacketType(ETH_P_ARP, arp_rcv)]

NETDEV_CHAIN.extend([inet_netdev_event, nf_tables_netdev_event])


def boot(max_packets: int = 100_000) -> Machine:
    """A machine with one namespace, its lo up, as a lab finds it."""
    machine = Machine(max_packets)
    machine.softirq = netif_receive_skb
    setup_net(machine.init_net)
    dev_open(machine.init_net.loopback)
    return machine


def setup_net(net: Net) -> None:
    """setup_net: every subsystem makes its part of a namespace; lo exists and is down."""
    net.nf = NetNf()
    inet_net_init(net)
    nf_tables_net_init(net)
    loopback_net_init(net)


def add_namespace(machine: Machine, name: str) -> Net:
    """``ip netns add``: EEXIST where the name is taken."""
    if name in machine.namespaces:
        raise KernelError(Errno.EEXIST)
    net = Net(machine, name)
    setup_net(net)
    machine.namespaces[name] = net
    return net
