"""Ports come and go (net/bridge/br_if.c), and what happens to their devices (net/bridge/br.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.bridge.br_fdb import (
    br_fdb_add_local,
    br_fdb_cancel,
    br_fdb_change_mac_address,
    br_fdb_changeaddr,
    br_fdb_delete_by_port,
)
from webapp.kernel.bridge.br_input import br_handle_frame
from webapp.kernel.bridge.br_private import BR_MAX_PORTS, ETH_DATA_LEN, Bridge, BridgePort, br_port_get
from webapp.kernel.bridge.br_stp_if import (
    br_stp_disable_port,
    br_stp_enable_port,
    br_stp_recalculate_bridge_id,
)
from webapp.kernel.bridge.br_vlan import br_vlan_add, nbp_vlan_flush, nbp_vlan_init
from webapp.kernel.core.dev_addr_lists import dev_set_allmulti, dev_set_promiscuity
from webapp.kernel.core.dev_flags import dev_set_mtu, netif_oper_up
from webapp.kernel.core.dev_state import (
    NetdevEvent,
    call_netdevice_notifiers,
    linkwatch_run_queue,
    unregister_netdevice,
)
from webapp.kernel.core.net_device import ARPHRD_ETHER, TSO_MAX_SIZE, Iff
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ethernet.etherdevice import is_valid_ether_addr
from webapp.kernel.uapi.if_bridge import BrState, VlanInfo

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice

PATH_COSTS = {10_000: 2, 5_000: 3, 2_500: 4, 1_000: 5, 100: 19, 10: 100}
"""802.1d's cost of a link by its speed in Mbit/s; 100 where nobody knows it."""


def port_cost(dev: NetDevice) -> int:
    """port_cost: by the speed that the device tells of."""
    return PATH_COSTS.get(dev.speed, 100)


def br_add_if(br: Bridge, dev: NetDevice) -> None:
    """br_add_if: ``dev`` becomes a port. EINVAL, ELOOP or EBUSY where it cannot."""
    if dev.flags & Iff.LOOPBACK or dev.type != ARPHRD_ETHER or not is_valid_ether_addr(dev.address):
        raise KernelError(Errno.EINVAL)
    if isinstance(dev.priv, Bridge):
        raise KernelError(Errno.ELOOP, "Can not enslave a bridge to a bridge")
    if dev.master is not None or dev.rx_handler is not None:
        raise KernelError(Errno.EBUSY)
    if dev.dont_bridge:
        raise KernelError(Errno.EOPNOTSUPP, "Device does not allow enslaving to a bridge")
    used = {port.number for port in br.ports}
    port = BridgePort(br, dev, next(number for number in range(1, BR_MAX_PORTS) if number not in used))
    port.path_cost = port_cost(dev)
    dev_set_allmulti(dev, 1)
    dev.rx_handler, dev.rx_handler_data = br_handle_frame, port
    dev.master = br.dev
    br.ports.insert(0, port)
    dev_set_promiscuity(dev, 1)
    br_fdb_add_local(br, port, dev.address, 0)
    nbp_vlan_init(port)
    changed = br_stp_recalculate_bridge_id(br)
    if dev.running and netif_oper_up(dev) and br.dev.flags & Iff.UP:
        br_stp_enable_port(port)
    if changed:
        call_netdevice_notifiers(NetdevEvent.CHANGEADDR, br.dev)
    br_mtu_auto_adjust(br)
    _set_gso_limits(br)
    linkwatch_run_queue(br.dev.net.machine)


def _del_nbp(port: BridgePort) -> None:
    """del_nbp: a port is one no longer."""
    br, dev = port.br, port.dev
    dev_set_allmulti(dev, -1)
    dev_set_promiscuity(dev, -1)
    br_stp_disable_port(port)
    br.ports.remove(port)
    nbp_vlan_flush(port)
    br_fdb_delete_by_port(br, port, 0, do_all=True)
    dev.rx_handler = dev.rx_handler_data = dev.master = None


def br_del_if(br: Bridge, dev: NetDevice) -> None:
    """br_del_if: ``dev`` is a device of its own again."""
    port = br_port_get(dev)
    if port is None or port.br is not br:
        raise KernelError(Errno.EINVAL)
    _del_nbp(port)
    br_mtu_auto_adjust(br)
    _set_gso_limits(br)
    if br_stp_recalculate_bridge_id(br):
        call_netdevice_notifiers(NetdevEvent.CHANGEADDR, br.dev)
    linkwatch_run_queue(br.dev.net.machine)


def br_dev_delete(dev: NetDevice) -> None:
    """br_dev_delete: the bridge goes, its ports stay as devices of their own."""
    br: Bridge = dev.priv
    for port in list(br.ports):
        _del_nbp(port)
    br_fdb_delete_by_port(br, None, 0, do_all=True)
    br_fdb_cancel(br)
    unregister_netdevice(dev)


def br_mtu_auto_adjust(br: Bridge) -> None:
    """A bridge whose MTU nobody set has the lowest of its ports'."""
    if not br.mtu_set_by_user:
        dev_set_mtu(br.dev, min((port.dev.mtu for port in br.ports), default=ETH_DATA_LEN))
        br.mtu_set_by_user = False


def _set_gso_limits(br: Bridge) -> None:
    """br_set_gso_limits: the bridge takes segments that all its ports take."""
    br.dev.tso_max_size = min((port.dev.tso_max_size for port in br.ports), default=TSO_MAX_SIZE)


def br_device_event(event: NetdevEvent, dev: NetDevice) -> None:
    """br_device_event (net/bridge/br.c): something happened to a bridge or to a port's device."""
    if isinstance(dev.priv, Bridge):
        if event is NetdevEvent.REGISTER:
            _registered(dev.priv)
        return
    port = br_port_get(dev)
    if port is None:
        return
    br = port.br
    if event is NetdevEvent.CHANGEMTU:
        br_mtu_auto_adjust(br)
    elif event is NetdevEvent.CHANGEADDR:
        br_fdb_changeaddr(port, dev.address)
        if br_stp_recalculate_bridge_id(br):
            call_netdevice_notifiers(NetdevEvent.CHANGEADDR, br.dev)
    elif event is NetdevEvent.CHANGE:
        br_port_carrier_check(port)
    elif event is NetdevEvent.DOWN:
        if br.dev.flags & Iff.UP:
            br_stp_disable_port(port)
    elif event is NetdevEvent.UP:
        if br.dev.running and netif_oper_up(dev):
            br_stp_enable_port(port)
    elif event is NetdevEvent.UNREGISTER:
        br_del_if(br, dev)


def _registered(br: Bridge) -> None:
    """A new bridge knows its own address, and is in its default vlan (br_vlan_bridge_event)."""
    br_fdb_change_mac_address(br, br.dev.address)
    br_vlan_add(br, br.default_pvid, VlanInfo.PVID | VlanInfo.UNTAGGED | VlanInfo.BRENTRY)


def br_port_carrier_check(port: BridgePort) -> None:
    """The port's cable was plugged in or out."""
    if not port.br.dev.running:
        return
    if port.dev.running and netif_oper_up(port.dev):
        if port.state is BrState.DISABLED:
            br_stp_enable_port(port)
    elif port.state is not BrState.DISABLED:
        br_stp_disable_port(port)
