"""Ports come and go (net/bridge/br_if.c), and what happens to their devices (net/bridge/br.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.bridge.br_fdb import br_fdb_add_local, br_fdb_changeaddr, br_fdb_delete_by_port
from webapp.kernel.bridge.br_input import br_handle_frame
from webapp.kernel.bridge.br_private import Bridge, BridgePort, BrState
from webapp.kernel.bridge.br_stp_if import (
    br_stp_disable_port,
    br_stp_enable_port,
    br_stp_recalculate_bridge_id,
)
from webapp.kernel.core.dev_flags import dev_set_allmulti, dev_set_mtu, dev_set_promiscuity, netif_oper_up
from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.net_device import ARPHRD_ETHER, Iff
from webapp.kernel.errno import Errno, KernelError

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice

BR_MAX_PORTS = 1 << 10
ETH_DATA_LEN = 1500


def br_add_if(br: Bridge, dev: NetDevice) -> None:
    """br_add_if: ``dev`` becomes a port. EINVAL, ELOOP or EBUSY where it cannot."""
    if dev.flags & Iff.LOOPBACK or dev.type != ARPHRD_ETHER:
        raise KernelError(Errno.EINVAL)
    if isinstance(dev.priv, Bridge):
        raise KernelError(Errno.ELOOP, "Can not enslave a bridge to a bridge")
    if dev.master is not None or dev.rx_handler is not None:
        raise KernelError(Errno.EBUSY)
    used = {port.number for port in br.ports}
    port = BridgePort(br, dev, next(number for number in range(1, BR_MAX_PORTS) if number not in used))
    dev_set_allmulti(dev, 1)
    dev_set_promiscuity(dev, 1)
    dev.rx_handler, dev.rx_handler_data = br_handle_frame, port
    dev.master = br.dev
    br.ports.insert(0, port)
    br_fdb_add_local(br, port, dev.address)
    br_stp_recalculate_bridge_id(br)
    if dev.running and netif_oper_up(dev) and br.dev.flags & Iff.UP:
        br_stp_enable_port(port)
    br_mtu_auto_adjust(br)


def br_del_if(br: Bridge, dev: NetDevice) -> None:
    """br_del_if: ``dev`` is a device of its own again."""
    port = dev.rx_handler_data
    if not isinstance(port, BridgePort) or port.br is not br:
        raise KernelError(Errno.EINVAL)
    dev.rx_handler = dev.rx_handler_data = dev.master = None
    br.ports.remove(port)
    br_stp_disable_port(port)
    br_fdb_delete_by_port(br, port, static_too=True)
    dev_set_promiscuity(dev, -1)
    dev_set_allmulti(dev, -1)
    br_mtu_auto_adjust(br)
    br_stp_recalculate_bridge_id(br)


def br_mtu_auto_adjust(br: Bridge) -> None:
    """A bridge whose MTU nobody set has the lowest of its ports'."""
    if not br.mtu_set_by_user:
        dev_set_mtu(br.dev, min((port.dev.mtu for port in br.ports), default=ETH_DATA_LEN))


def br_device_event(event: NetdevEvent, dev: NetDevice) -> None:
    """br_device_event (net/bridge/br.c): a port's device changed."""
    port = dev.rx_handler_data
    if not isinstance(port, BridgePort):
        return
    br = port.br
    if event is NetdevEvent.CHANGEMTU:
        br_mtu_auto_adjust(br)
    elif event is NetdevEvent.CHANGEADDR:
        old = next((e.address for e in br.fdb.values() if e.local and e.port is port), dev.address)
        br_fdb_changeaddr(port, old)
        br_stp_recalculate_bridge_id(br)
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


def br_port_carrier_check(port: BridgePort) -> None:
    """The port's cable was plugged in or out."""
    if not port.br.dev.running:
        return
    if port.dev.running and netif_oper_up(port.dev):
        if port.state is BrState.DISABLED:
            br_stp_enable_port(port)
    elif port.state is not BrState.DISABLED:
        br_stp_disable_port(port)
