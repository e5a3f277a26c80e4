"""Port states without the spanning tree protocol (net/bridge/br_stp_if.c, br_stp.c): a port that is up forwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.bridge.br_fdb import (
    br_fdb_cancel,
    br_fdb_change_mac_address,
    br_fdb_delete_by_port,
    br_fdb_schedule,
)
from webapp.kernel.clock import NSEC_PER_MSEC
from webapp.kernel.core.dev_flags import netif_oper_up
from webapp.kernel.core.dev_state import netif_carrier_off, netif_carrier_on
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.uapi.if_bridge import BrState

if TYPE_CHECKING:
    from webapp.kernel.bridge.br_private import Bridge, BridgePort

_FIRST_GC = 100 * NSEC_PER_MSEC


def br_port_state_selection(br: Bridge) -> None:
    """br_port_state_selection: a blocked port forwards, as nobody else decides; one that forwards is a carrier."""
    for port in br.ports:
        if port.state is BrState.BLOCKING:
            port.state = BrState.FORWARDING
            if br.forward_delay:
                port.forward_delay_timer = br.dev.net.machine.clock.now + br.forward_delay
    if any(port.state is BrState.FORWARDING for port in br.ports):
        netif_carrier_on(br.dev)
    else:
        netif_carrier_off(br.dev)


def br_stp_enable_port(port: BridgePort) -> None:
    """A port that came up is blocked (br_init_port), and forwards at once: nobody runs STP."""
    port.state = BrState.BLOCKING
    br_port_state_selection(port.br)


def br_stp_disable_port(port: BridgePort) -> None:
    """A port that went down, and what was learned behind it."""
    port.state = BrState.DISABLED
    port.forward_delay_timer = 0
    br_fdb_delete_by_port(port.br, port, 0, do_all=False)
    br_port_state_selection(port.br)


def br_set_port_state(port: BridgePort, state: int) -> None:
    """br_set_port_state (net/bridge/br_netlink.c): EINVAL for what is no state, ENETDOWN for a port that is down."""
    if state > BrState.BLOCKING:
        raise KernelError(Errno.EINVAL)
    if not port.dev.running or (not netif_oper_up(port.dev) and state != BrState.DISABLED):
        raise KernelError(Errno.ENETDOWN)
    port.state = BrState(state)
    br_port_state_selection(port.br)


def br_stp_enable_bridge(br: Bridge) -> None:
    """The bridge device goes up."""
    br_fdb_schedule(br, _FIRST_GC)
    for port in br.ports:
        if port.dev.running and netif_oper_up(port.dev):
            br_stp_enable_port(port)


def br_stp_disable_bridge(br: Bridge) -> None:
    """The bridge device goes down."""
    for port in br.ports:
        if port.state is not BrState.DISABLED:
            br_stp_disable_port(port)
    br_fdb_cancel(br)


def br_stp_recalculate_bridge_id(br: Bridge) -> bool:
    """A bridge whose address nobody set has the lowest of its ports', zeros without ports; True where it changed."""
    if br.dev.addr_assigned:
        return False
    lowest = min((port.dev.address for port in br.ports), default=bytes(6))
    if lowest == br.bridge_addr:
        return False
    br_stp_change_bridge_id(br, lowest)
    return True


def br_stp_change_bridge_id(br: Bridge, address: bytes) -> None:
    """The bridge's own address changes, in its database too."""
    br_fdb_change_mac_address(br, address)
    br.dev.address = br.bridge_addr = address
    br_port_state_selection(br)


def br_stp_set_port_priority(port: BridgePort, priority: int) -> None:
    """br_stp_set_port_priority: ERANGE beyond 6 bits."""
    if priority > 0xFFFF >> 10:
        raise KernelError(Errno.ERANGE)
    port.priority = priority
