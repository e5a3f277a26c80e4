"""What is asked of bridges and their ports (net/bridge/br_netlink.c): making, changing, telling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from webapp.kernel.bridge.br_device import BR_NETDEV_OPS, br_dev_setup
from webapp.kernel.bridge.br_fdb import br_fdb_delete_by_port, br_fdb_flush_learned, br_fdb_schedule
from webapp.kernel.bridge.br_if import br_dev_delete
from webapp.kernel.bridge.br_private import (
    BR_GROUPFWD_MACPAUSE,
    BR_GROUPFWD_RESTRICTED,
    Bridge,
    BridgePort,
    VlanGroup,
    br_port_get,
)
from webapp.kernel.bridge.br_stp_if import br_set_port_state, br_stp_change_bridge_id, br_stp_set_port_priority
from webapp.kernel.bridge.br_vlan import (
    br_recalculate_fwd_mask,
    br_vlan_add,
    br_vlan_delete,
    br_vlan_filter_toggle,
    br_vlan_set_default_pvid,
    br_vlan_set_proto,
    nbp_vlan_add,
    nbp_vlan_delete,
)
from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.dev_flags import dev_get_flags
from webapp.kernel.core.dev_state import register_netdevice
from webapp.kernel.core.link_watch import dev_get_iflink
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.rtnetlink import RtnlLinkOps
from webapp.kernel.core.skbuff import VLAN_VID_MASK
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ethernet.etherdevice import ETH_ALEN, eth_validate_request, is_link_local_ether_addr
from webapp.kernel.uapi.if_bridge import (
    USER_HZ,
    BridgeInfo,
    BridgeLink,
    BridgePortInfo,
    BridgeVlanInfo,
    DelBridgeLink,
    SetBridgeLink,
    VlanInfo,
)
from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q
from webapp.kernel.uapi.if_link import LinkData, LinkMessage

_TICK = NSEC_PER_SEC // USER_HZ

_HELLO_TIMES = range(USER_HZ, 10 * USER_HZ + 1)
_MAX_AGES = range(6 * USER_HZ, 40 * USER_HZ + 1)
_TAKEN_GROUPS = (1, 2, 3)
"""Of 01-80-C2-00-00-0X: pause frames, slow protocols and 802.1X are not a bridge's own."""


# --- bridges ------------------------------------------------------------------------------------------------------


def br_validate(link: LinkMessage) -> None:
    """br_validate: EPROTONOSUPPORT for a vlan protocol that is none, EINVAL for a vlan that cannot be the default."""
    eth_validate_request(link.address)
    data = link.data
    if not isinstance(data, BridgeInfo):
        return
    if data.vlan_protocol is not None and data.vlan_protocol not in (ETH_P_8021Q, ETH_P_8021AD):
        raise KernelError(Errno.EPROTONOSUPPORT)
    if data.vlan_default_pvid is not None and data.vlan_default_pvid >= VLAN_VID_MASK:
        raise KernelError(Errno.EINVAL)


def br_dev_newlink(dev: NetDevice, link: LinkMessage, link_net: Net) -> None:
    """br_dev_newlink: a bridge that cannot be as asked for is taken away again."""
    register_netdevice(dev.net, dev, link.ifindex)
    if link.address is not None:
        br_stp_change_bridge_id(dev.priv, link.address)
    if isinstance(link.data, BridgeInfo):
        try:
            br_changelink(dev, link.data)
        except KernelError:
            br_dev_delete(dev)
            raise


def br_changelink(dev: NetDevice, data: LinkData) -> None:
    """br_changelink: one setting after the other; what was done before a refusal stays done."""
    assert isinstance(data, BridgeInfo)
    br: Bridge = dev.priv
    _set_times(br, data)
    if data.priority is not None:
        br.priority = data.priority
    if data.vlan_filtering is not None:
        br_vlan_filter_toggle(br, bool(data.vlan_filtering))
    if data.vlan_protocol is not None:
        br_vlan_set_proto(br, data.vlan_protocol)
    if data.vlan_default_pvid is not None:
        br_vlan_set_default_pvid(br, data.vlan_default_pvid)
    if data.group_fwd_mask is not None:
        if data.group_fwd_mask & BR_GROUPFWD_RESTRICTED:
            raise KernelError(Errno.EINVAL)
        br.group_fwd_mask = data.group_fwd_mask
    if data.group_address is not None:
        _set_group_address(br, data.group_address)
    if data.fdb_flush:
        br_fdb_flush_learned(br)
    for name in ("mcast_snooping", "nf_call_iptables", "nf_call_ip6tables", "nf_call_arptables"):
        value = getattr(data, name)
        if value is not None:
            setattr(br, name, bool(value))
    if data.no_linklocal_learn is not None:
        br.no_ll_learn = bool(data.no_linklocal_learn)


def _set_times(br: Bridge, data: BridgeInfo) -> None:
    """br_set_forward_delay, br_set_hello_time, br_set_max_age, br_set_ageing_time: ERANGE outside 802.1D's bounds."""
    if data.forward_delay is not None:
        br.forward_delay = data.forward_delay * _TICK
    if data.hello_time is not None:
        if data.hello_time not in _HELLO_TIMES:
            raise KernelError(Errno.ERANGE)
        br.hello_time = data.hello_time * _TICK
    if data.max_age is not None:
        if data.max_age not in _MAX_AGES:
            raise KernelError(Errno.ERANGE)
        br.max_age = data.max_age * _TICK
    if data.ageing_time is not None:
        br.ageing_time = data.ageing_time * _TICK
        br_fdb_schedule(br, 0)


def _set_group_address(br: Bridge, address: bytes) -> None:
    if len(address) != ETH_ALEN or not is_link_local_ether_addr(address) or address[5] in _TAKEN_GROUPS:
        raise KernelError(Errno.EINVAL)
    br.group_addr = address
    br.group_addr_set = True
    br_recalculate_fwd_mask(br)


def br_fill_info(dev: NetDevice) -> BridgeInfo:
    """br_fill_info: what there is to say about a bridge."""
    br: Bridge = dev.priv
    now = dev.net.machine.clock.now
    return BridgeInfo(
        forward_delay=br.forward_delay // _TICK,
        hello_time=br.hello_time // _TICK,
        max_age=br.max_age // _TICK,
        ageing_time=br.ageing_time // _TICK,
        stp_state=0,
        priority=br.priority,
        vlan_filtering=int(br.vlan_enabled),
        vlan_protocol=br.vlan_proto,
        vlan_default_pvid=br.default_pvid,
        group_fwd_mask=br.group_fwd_mask,
        group_address=br.group_addr,
        mcast_snooping=int(br.mcast_snooping),
        no_linklocal_learn=int(br.no_ll_learn),
        nf_call_iptables=int(br.nf_call_iptables),
        nf_call_ip6tables=int(br.nf_call_ip6tables),
        nf_call_arptables=int(br.nf_call_arptables),
        bridge_id=br.bridge_id,
        gc_timer=0 if br.gc_work is None else (br.gc_work.expires - now) // _TICK,
    )


# --- ports --------------------------------------------------------------------------------------------------------

_PORT_FLAGS = ("hairpin", "learning", "flood", "mcast_flood", "bcast_flood", "isolated", "locked")


def br_setport(port: BridgePort, data: BridgePortInfo) -> None:
    """br_setport: a port's flags, cost, priority and state."""
    for name in _PORT_FLAGS:
        value = getattr(data, name)
        if value is not None:
            setattr(port, name, value)
    if data.cost is not None:
        if not 1 <= data.cost <= 0xFFFF:
            raise KernelError(Errno.ERANGE)
        port.path_cost = data.cost
    if data.priority is not None:
        br_stp_set_port_priority(port, data.priority)
    if data.state is not None:
        br_set_port_state(port, data.state)
    if data.fdb_flush:
        br_fdb_delete_by_port(port.br, port, 0, do_all=False)
    if data.group_fwd_mask is not None:
        if data.group_fwd_mask & BR_GROUPFWD_MACPAUSE:
            raise KernelError(Errno.EINVAL)
        port.group_fwd_mask = data.group_fwd_mask


def br_port_slave_changelink(dev: NetDevice, slave: NetDevice, data: LinkData) -> None:
    """br_port_slave_changelink: ``ip link set … type bridge_slave``."""
    port = br_port_get(slave)
    assert port is not None
    assert isinstance(data, BridgePortInfo)
    br_setport(port, data)


def br_port_fill_slave_info(dev: NetDevice, slave: NetDevice) -> BridgePortInfo:
    """br_port_fill_attrs: what there is to say about a port."""
    port = br_port_get(slave)
    assert port is not None
    left = port.forward_delay_timer - slave.net.machine.clock.now
    return BridgePortInfo(
        state=port.state,
        priority=port.priority,
        cost=port.path_cost,
        hairpin=port.hairpin,
        learning=port.learning,
        flood=port.flood,
        mcast_flood=port.mcast_flood,
        bcast_flood=port.bcast_flood,
        isolated=port.isolated,
        locked=port.locked,
        group_fwd_mask=port.group_fwd_mask,
        port_no=port.number,
        port_id=port.port_id,
        bridge_id=port.br.bridge_id,
        forward_delay_timer=max(left, 0) // _TICK,
    )


# --- family AF_BRIDGE ---------------------------------------------------------------------------------------------


def br_setlink(dev: NetDevice, request: SetBridgeLink) -> None:
    """br_setlink: ``bridge link set`` and ``bridge vlan add``; the bridge itself takes only vlans."""
    br, port = _bridge_and_port(dev)
    if port is None and request.vlans is None:
        raise KernelError(Errno.EINVAL)
    if port is not None and request.port is not None:
        br_setport(port, request.port)
    if request.vlans is not None:
        for vid in _vids(request.vlans):
            if port is None:
                br_vlan_add(br, vid, request.vlans.flags | VlanInfo.BRENTRY)
            else:
                nbp_vlan_add(port, vid, request.vlans.flags)


def br_dellink(dev: NetDevice, request: DelBridgeLink) -> None:
    """br_dellink: ``bridge vlan del``. A vlan that is not there is no error."""
    br, port = _bridge_and_port(dev)
    for vid in _vids(request.vlans):
        if port is None:
            br_vlan_delete(br, vid)
        else:
            nbp_vlan_delete(port, vid)
            if request.vlans.flags & VlanInfo.MASTER:
                br_vlan_delete(br, vid)


def _bridge_and_port(dev: NetDevice) -> tuple[Bridge, BridgePort | None]:
    port = br_port_get(dev)
    if port is not None:
        return port.br, port
    if not isinstance(dev.priv, Bridge):
        raise KernelError(Errno.EINVAL)
    return dev.priv, None


def _vids(vlans: BridgeVlanInfo) -> range:
    """br_vlan_valid_id, br_vlan_valid_range."""
    for vid in (vlans.vid, vlans.vid_end):
        if not 0 < vid < VLAN_VID_MASK:
            raise KernelError(Errno.EINVAL, "bridge: Vlan id is invalid")
    if vlans.vid < vlans.vid_end and vlans.flags & VlanInfo.PVID:
        raise KernelError(Errno.EINVAL, "bridge: Pvid isn't allowed in a range")
    if vlans.vid > vlans.vid_end:
        raise KernelError(Errno.EINVAL, "bridge: End vlan id is less than or equal to start vlan id")
    return range(vlans.vid, vlans.vid_end + 1)


def br_getlink(dev: NetDevice, vlans: bool) -> BridgeLink | None:
    """br_getlink: a port, and if its vlans are asked for the bridge itself."""
    port = br_port_get(dev)
    if port is None and not vlans:
        return None
    br: Bridge = dev.priv if port is None else port.br
    group = br.vlgrp if port is None else port.vlgrp
    iflink = dev_get_iflink(dev)
    return BridgeLink(
        dev.ifindex,
        dev.name,
        dev_get_flags(dev),
        dev.mtu,
        br.dev.ifindex,
        None if iflink == dev.ifindex else iflink,
        None if port is None else br_port_fill_slave_info(br.dev, dev),
        tuple(_vlan_ranges(group)) if vlans else (),
    )


def _vlan_ranges(group: VlanGroup) -> Iterator[BridgeVlanInfo]:
    """br_fill_ifvlaninfo_compressed: neighbouring vlans with the same flags are told as one range."""
    flagged = [
        (vlan.vid, vlan.flags & VlanInfo.UNTAGGED | (VlanInfo.PVID if vlan.vid == group.pvid else VlanInfo.NONE))
        for vlan in group.usable()
    ]
    runs = groupby(enumerate(flagged), lambda item: (item[1][0] - item[0], item[1][1]))
    for (_, flags), members in runs:
        vids = [vid for _, (vid, _) in members]
        yield BridgeVlanInfo(vids[0], vids[-1], flags)


BR_LINK_OPS = RtnlLinkOps(
    replace(
        BR_NETDEV_OPS,
        ndo_bridge_setlink=br_setlink,
        ndo_bridge_dellink=br_dellink,
        ndo_bridge_getlink=br_getlink,
    ),
    br_dev_setup,
    br_dev_newlink,
    br_dev_delete,
    validate=br_validate,
    changelink=br_changelink,
    fill_info=br_fill_info,
    slave_changelink=br_port_slave_changelink,
    fill_slave_info=br_port_fill_slave_info,
)
"""br_link_ops."""
