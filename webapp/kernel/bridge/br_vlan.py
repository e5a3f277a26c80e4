"""Vlans of a bridge (net/bridge/br_vlan.c): which frames a port takes, in which vlan, and how they leave.

A vlan-aware bridge gives every frame a vlan on entry, in skb.vlan_tci, and takes it off where the vlan is untagged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.bridge.br_fdb import br_fdb_add_local, br_fdb_delete_by_port, br_fdb_find_delete_local
from webapp.kernel.bridge.br_private import BR_GROUPFWD_8021AD, BR_GROUPFWD_DEFAULT, BridgeVlan
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import Iff
from webapp.kernel.core.skbuff import (
    VLAN_VID_MASK,
    SkBuff,
    kfree_skb_reason,
    skb_vlan_untag,
    vlan_insert_tag,
)
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.uapi.if_bridge import VlanInfo
from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q

if TYPE_CHECKING:
    from webapp.kernel.bridge.br_private import Bridge, BridgePort, VlanGroup

ETH_HLEN = 14

_PVID_UNTAGGED = VlanInfo.PVID | VlanInfo.UNTAGGED


# --- frames -------------------------------------------------------------------------------------------------------


def br_allowed_ingress(br: Bridge, vg: VlanGroup, skb: SkBuff) -> int | None:
    """__allowed_ingress: the vlan of a frame that comes in, now in vlan_tci; None: it is not allowed, and was dropped.

    Only asked where the bridge is vlan-aware.
    """
    skb.cb.vlan_filtered = True
    if not skb.vlan_proto and skb.protocol == br.vlan_proto and not skb_vlan_untag(skb):
        return None
    tagged = bool(skb.vlan_proto)
    if tagged and skb.vlan_proto != br.vlan_proto:
        # a tag of the other protocol is payload to this bridge
        vlan_insert_tag(skb)
        tagged = False
    vid = skb.vlan_tci & VLAN_VID_MASK
    if not vid:
        if not vg.pvid:
            kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
            return None
        vid = vg.pvid
        skb.vlan_tci |= vid
        skb.vlan_proto = br.vlan_proto
        return vid
    vlan = vg.vlans.get(vid)
    if vlan is None or not vlan.should_use:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return None
    return vid


def br_allowed_egress(vg: VlanGroup, skb: SkBuff) -> bool:
    """br_allowed_egress, of a frame that passed br_allowed_ingress: its vlan is one of the group's."""
    vlan = vg.vlans.get(skb.vlan_tci & VLAN_VID_MASK)
    return vlan is not None and vlan.should_use


def br_handle_vlan(br: Bridge, vg: VlanGroup, skb: SkBuff) -> bool:
    """br_handle_vlan: takes the tag off where the vlan leaves untagged; False: the vlan is not here, dropped."""
    if not skb.cb.vlan_filtered:
        return True
    vlan = vg.vlans.get(skb.vlan_tci & VLAN_VID_MASK)
    if vlan is None or not vlan.should_use:
        if br.dev.flags & Iff.PROMISC and skb.dev is br.dev:
            return True
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return False
    if vlan.flags & VlanInfo.UNTAGGED:
        skb.vlan_proto = skb.vlan_tci = 0
    return True


def br_should_learn(port: BridgePort, skb: SkBuff) -> int | None:
    """br_should_learn: the vlan in which a frame's source may be learned though the frame is not forwarded."""
    br = port.br
    if not br.vlan_enabled:
        return 0
    vid = skb.vlan_tci & VLAN_VID_MASK if skb.vlan_proto == br.vlan_proto else 0
    if not vid:
        return port.vlgrp.pvid or None
    return vid if vid in port.vlgrp.vlans else None


# --- vlans of a port or of the bridge -----------------------------------------------------------------------------


def _flags_commit(vg: VlanGroup, vlan: BridgeVlan, flags: VlanInfo) -> None:
    """__vlan_flags_commit: PVID and UNTAGGED as asked for."""
    if flags & VlanInfo.PVID:
        vg.pvid = vlan.vid
    elif vg.pvid == vlan.vid:
        vg.pvid = 0
    vlan.flags = vlan.flags & ~VlanInfo.UNTAGGED | flags & VlanInfo.UNTAGGED


def _get_master(br: Bridge, vid: int) -> BridgeVlan:
    """br_vlan_get_master: the bridge's own record of a vlan that a port has."""
    master = br.vlgrp.vlans.get(vid)
    if master is None:
        master = br.vlgrp.vlans[vid] = BridgeVlan(vid, VlanInfo.MASTER)
    master.refcnt += 1
    return master


def _put_master(br: Bridge, master: BridgeVlan) -> None:
    master.refcnt -= 1
    if not master.refcnt:
        del br.vlgrp.vlans[master.vid]


def br_vlan_add(br: Bridge, vid: int, flags: VlanInfo) -> None:
    """br_vlan_add: the host itself is in a vlan. EINVAL where only ports are and BRENTRY is not asked for."""
    vg = br.vlgrp
    vlan = vg.vlans.get(vid)
    if vlan is None:
        vlan = vg.vlans[vid] = BridgeVlan(vid, (flags | VlanInfo.MASTER) & ~VlanInfo.PVID)
        vlan.refcnt = int(bool(flags & VlanInfo.BRENTRY))
        if vlan.should_use:
            br_fdb_add_local(br, None, br.dev.address, vid)
    elif not vlan.flags & VlanInfo.BRENTRY:
        if not flags & VlanInfo.BRENTRY:
            raise KernelError(Errno.EINVAL)
        br_fdb_add_local(br, None, br.dev.address, vid)
        vlan.refcnt += 1
        vlan.flags |= VlanInfo.BRENTRY
    _flags_commit(vg, vlan, flags)


def br_vlan_delete(br: Bridge, vid: int) -> bool:
    """br_vlan_delete: the host itself leaves a vlan; False where it was not in it (ENOENT)."""
    vlan = br.vlgrp.vlans.get(vid)
    if vlan is None or not vlan.flags & VlanInfo.BRENTRY:
        return False
    br_fdb_find_delete_local(br, None, br.dev.address, vid)
    br_fdb_delete_by_port(br, None, vid, do_all=False)
    if br.vlgrp.pvid == vid:
        br.vlgrp.pvid = 0
    vlan.flags &= ~VlanInfo.BRENTRY
    _put_master(br, vlan)
    return True


def nbp_vlan_add(port: BridgePort, vid: int, flags: VlanInfo) -> None:
    """nbp_vlan_add: a port is in a vlan; with MASTER so is the host."""
    vg = port.vlgrp
    vlan = vg.vlans.get(vid)
    if vlan is None:
        if flags & VlanInfo.MASTER:
            br_vlan_add(port.br, vid, flags | VlanInfo.BRENTRY)
        _get_master(port.br, vid)
        vlan = vg.vlans[vid] = BridgeVlan(vid, flags & ~(VlanInfo.MASTER | VlanInfo.PVID | VlanInfo.BRENTRY))
        br_fdb_add_local(port.br, port, port.dev.address, vid)
    _flags_commit(vg, vlan, flags)


def nbp_vlan_delete(port: BridgePort, vid: int) -> bool:
    """nbp_vlan_delete: a port leaves a vlan; False where it was not in it (ENOENT)."""
    if vid not in port.vlgrp.vlans:
        return False
    br_fdb_find_delete_local(port.br, port, port.dev.address, vid)
    br_fdb_delete_by_port(port.br, port, vid, do_all=False)
    _remove(port, vid)
    return True


def _remove(port: BridgePort, vid: int) -> None:
    if port.vlgrp.pvid == vid:
        port.vlgrp.pvid = 0
    del port.vlgrp.vlans[vid]
    _put_master(port.br, port.br.vlgrp.vlans[vid])


def nbp_vlan_init(port: BridgePort) -> None:
    """nbp_vlan_init: a new port is in the bridge's default vlan, untagged."""
    if port.br.default_pvid:
        nbp_vlan_add(port, port.br.default_pvid, _PVID_UNTAGGED)


def nbp_vlan_flush(port: BridgePort) -> None:
    """nbp_vlan_flush: a port that goes away is in no vlan."""
    for vid in list(port.vlgrp.vlans):
        _remove(port, vid)


# --- the bridge's settings ----------------------------------------------------------------------------------------


def br_vlan_filter_toggle(br: Bridge, enabled: bool) -> None:
    """br_vlan_filter_toggle: the bridge looks at vlans from now on, or no longer."""
    br.vlan_enabled = enabled
    _recalculate_group_addr(br)
    br_recalculate_fwd_mask(br)


def br_vlan_set_proto(br: Bridge, proto: int) -> None:
    """__br_vlan_set_proto: whose tags count, 802.1Q's or 802.1ad's."""
    br.vlan_proto = proto
    _recalculate_group_addr(br)
    br_recalculate_fwd_mask(br)


def _recalculate_group_addr(br: Bridge) -> None:
    if not br.group_addr_set:
        provider = br.vlan_enabled and br.vlan_proto == ETH_P_8021AD
        br.group_addr = br.group_addr[:5] + (b"\x08" if provider else b"\x00")


def br_recalculate_fwd_mask(br: Bridge) -> None:
    """br_recalculate_fwd_mask: a provider's bridge forwards what its customers' bridges say to each other."""
    if not br.vlan_enabled or br.vlan_proto == ETH_P_8021Q:
        br.group_fwd_mask_required = BR_GROUPFWD_DEFAULT
    else:
        br.group_fwd_mask_required = BR_GROUPFWD_8021AD & ~(1 << br.group_addr[5])


def _is_default_pvid(vg: VlanGroup, vid: int) -> bool:
    """vlan_default_pvid: the group still has its default vlan as it was made."""
    vlan = vg.vlans.get(vid)
    return vid == vg.pvid and vlan is not None and vlan.should_use and bool(vlan.flags & VlanInfo.UNTAGGED)


def br_vlan_set_default_pvid(br: Bridge, pvid: int) -> None:
    """__br_vlan_set_default_pvid: another default vlan, for those too that still have the old one; 0: none."""
    old = br.default_pvid
    vg = br.vlgrp
    if not pvid:
        if _is_default_pvid(vg, old):
            br_vlan_delete(br, old)
        for port in br.ports:
            if _is_default_pvid(port.vlgrp, old):
                nbp_vlan_delete(port, old)
        br.default_pvid = 0
        return
    entry = vg.vlans.get(pvid)
    if (not old or _is_default_pvid(vg, old)) and (entry is None or not entry.should_use):
        br_vlan_add(br, pvid, _PVID_UNTAGGED | VlanInfo.BRENTRY)
        br_vlan_delete(br, old)
    for port in br.ports:
        if (not old or _is_default_pvid(port.vlgrp, old)) and pvid not in port.vlgrp.vlans:
            nbp_vlan_add(port, pvid, _PVID_UNTAGGED)
            nbp_vlan_delete(port, old)
    br.default_pvid = pvid
