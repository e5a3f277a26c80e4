"""What an address is to this host (net/ipv4/fib_frontend.c, the functions that only look)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.ipv4.address import ipv4_is_lbcast, ipv4_is_multicast, ipv4_is_zeronet
from webapp.kernel.ipv4.fib_table import fib_lookup_merged, fib_table_lookup
from webapp.kernel.ipv4.flow import Flowi4
from webapp.kernel.uapi.rtnetlink import RT_TABLE_LOCAL, Rtn

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net


def inet_addr_type_table(net: Net, addr: bytes, table: int, dev: NetDevice | None = None) -> Rtn:
    """__inet_dev_addr_type: the type of the route to ``addr`` in a table; UNICAST where there is none, on ``dev``.

    BROADCAST where the table itself is not there, as in a namespace that never had an address.
    """
    if ipv4_is_zeronet(addr) or ipv4_is_lbcast(addr):
        return Rtn.BROADCAST
    if ipv4_is_multicast(addr):
        return Rtn.MULTICAST
    found = net.ipv4.tables.get(table)
    if found is None:
        return Rtn.BROADCAST
    flow = Flowi4(addr)
    if table == RT_TABLE_LOCAL and not net.ipv4.fib_has_custom_rules:
        result = fib_lookup_merged(net, flow)
    else:
        result = fib_table_lookup(found, flow)
    elsewhere = dev is not None and not result.error and result.info.nhs[0].dev is not dev
    return Rtn.UNICAST if result.error or elsewhere else result.type


def inet_addr_type(net: Net, addr: bytes) -> Rtn:
    """inet_addr_type: LOCAL, BROADCAST, MULTICAST, or UNICAST for whatever is not here."""
    return inet_addr_type_table(net, addr, RT_TABLE_LOCAL)


def inet_dev_addr_type(net: Net, dev: NetDevice | None, addr: bytes) -> Rtn:
    """inet_dev_addr_type: the same for one device, if one is given."""
    return inet_addr_type_table(net, addr, RT_TABLE_LOCAL, dev)


def ip_dev_find(net: Net, addr: bytes) -> NetDevice | None:
    """__ip_dev_find: the device that has ``addr``, or over which a local route holds it."""
    addresses = net.ipv4.inet_addr_lst.get(addr)
    if addresses:
        dev: NetDevice = addresses[0].in_dev.dev
        return dev
    local = net.ipv4.tables.get(RT_TABLE_LOCAL)
    if local is None:
        return None
    result = fib_table_lookup(local, Flowi4(addr))
    return result.nh.dev if not result.error and result.type == Rtn.LOCAL else None
