"""Port states without the spanning tree protocol (net/bridge/br_stp_if.c, br_stp.c): a port that is up forwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.bridge.br_fdb import br_fdb_add_local, br_fdb_delete_by_port, br_fdb_delete_local
from webapp.kernel.bridge.br_private import BrState
from webapp.kernel.core.dev_flags import netif_oper_up
from webapp.kernel.core.dev_state import NetdevEvent, call_netdevice_notifiers, netif_carrier_off, netif_carrier_on

if TYPE_CHECKING:
    from webapp.kernel.bridge.br_private import Bridge, BridgePort


def br_port_state_selection(br: Bridge) -> None:
    """The bridge has a carrier while one port forwards."""
    if any(port.state is BrState.FORWARDING for port in br.ports):
        netif_carrier_on(br.dev)
    else:
        netif_carrier_off(br.dev)


def br_stp_enable_port(port: BridgePort) -> None:
    """A port that came up forwards at once: nobody runs STP."""
    port.state = BrState.FORWARDING
    br_port_state_selection(port.br)


def br_stp_disable_port(port: BridgePort) -> None:
    """A port that went down, and what was learned behind it."""
    port.state = BrState.DISABLED
    br_fdb_delete_by_port(port.br, port, static_too=False)
    br_port_state_selection(port.br)


def br_stp_enable_bridge(br: Bridge) -> None:
    """The bridge device goes up."""
    for port in br.ports:
        if port.dev.running and netif_oper_up(port.dev):
            br_stp_enable_port(port)


def br_stp_disable_bridge(br: Bridge) -> None:
    """The bridge device goes down."""
    for port in br.ports:
        if port.state is not BrState.DISABLED:
            br_stp_disable_port(port)


def br_stp_recalculate_bridge_id(br: Bridge) -> None:
    """A bridge whose address nobody set has the lowest of its ports'."""
    if br.dev.addr_assigned or not br.ports:
        return
    lowest = min(port.dev.address for port in br.ports)
    if lowest != br.dev.address:
        br_stp_change_bridge_id(br, lowest)


def br_stp_change_bridge_id(br: Bridge, address: bytes) -> None:
    """The bridge's own address changes, in its database too."""
    br_fdb_delete_local(br, None, br.dev.address)
    br.dev.address = address
    br_fdb_add_local(br, None, address)
    call_netdevice_notifiers(NetdevEvent.CHANGEADDR, br.dev)
