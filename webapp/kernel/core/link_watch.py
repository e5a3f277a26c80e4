"""The operational state that follows from a device's carrier (net/core/link_watch.c).

On Linux a work item looks at changed devices: at once, but for those that are not urgent up to a second after the last
time that it did, for whatever namespace. Here the queue is run at the end of the operation that changed the carrier
(dev_state.linkwatch_run_queue): the model's links are settled whenever a program looks. ``machine.linkwatch_busy``
makes those that are not urgent wait, until it is cleared and the queue is run: as on a machine with other links, too.
"""

from __future__ import annotations

from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.uapi.if_link import OperState


def dev_get_iflink(dev: NetDevice) -> int:
    """dev_get_iflink (net/core/dev.c): the number of the peer or of the device below, its own where there is none."""
    if dev.netdev_ops.ndo_get_peer_dev is not None:
        peer = dev.netdev_ops.ndo_get_peer_dev(dev)
        return 0 if peer is None else peer.ifindex
    if dev.netdev_ops.ndo_get_iflink is not None:
        return dev.netdev_ops.ndo_get_iflink(dev)
    return dev.iflink or dev.ifindex


def default_operstate(dev: NetDevice) -> OperState:
    """The state after RFC 2863.

    The peer is looked up by number in the device's own namespace, as Linux does, even where it lives in another.
    """
    if dev.carrier:
        return OperState.UP
    iflink = dev_get_iflink(dev)
    if iflink == dev.ifindex:
        return OperState.DOWN
    peer = dev.net.dev_get_by_index(iflink)
    return OperState.DOWN if peer is None or peer.carrier else OperState.LOWERLAYERDOWN


def linkwatch_init_dev(dev: NetDevice) -> None:
    """A device is registered: without carrier it has a state at once, else it is unknown until something happens."""
    if not dev.carrier:
        dev.operstate = default_operstate(dev)


def linkwatch_urgent_event(dev: NetDevice) -> bool:
    """linkwatch_urgent_event: a device with another number than its link's, or one that is to take packets again.

    Two ends of a veth cable often have the same number, each in its own namespace.
    """
    if not dev.flags & Iff.UP:
        return False
    return dev.ifindex != dev_get_iflink(dev) or (dev.carrier and not dev.xmit_active)


def linkwatch_fire_event(dev: NetDevice) -> None:
    """The carrier changed."""
    queue = dev.net.machine.lweventlist
    if dev not in queue:
        queue.append(dev)
