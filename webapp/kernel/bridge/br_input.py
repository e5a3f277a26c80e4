"""Into the bridge (net/bridge/br_input.c): the rx_handler of every port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.bridge.br_fdb import br_fdb_find, br_fdb_update
from webapp.kernel.bridge.br_forward import BrPktType, br_flood, br_forward
from webapp.kernel.bridge.br_nf_core import br_drop_fake_rtable
from webapp.kernel.bridge.br_private import BridgePort, BrInputSkbCb, br_port_get
from webapp.kernel.bridge.br_vlan import br_allowed_egress, br_allowed_ingress, br_handle_vlan, br_should_learn
from webapp.kernel.core.dev import netif_receive_skb
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import NET_RX_DROP, Iff, RxHandlerResult
from webapp.kernel.core.skbuff import PACKET_HOST, PACKET_LOOPBACK, SkBuff, kfree_skb_reason
from webapp.kernel.ethernet.etherdevice import is_link_local_ether_addr, is_multicast_ether_addr, is_valid_ether_addr
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookEntries, NfHookState, nf_hook, nf_hook_entries, nf_hook_iterate
from webapp.kernel.trace import Band, Lane
from webapp.kernel.uapi.if_bridge import BrState
from webapp.kernel.uapi.netfilter import NF_BR_LOCAL_IN, NF_BR_PRE_ROUTING, NFPROTO_BRIDGE

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice

_BROADCAST = b"\xff" * 6
_STP = 0x00
_PAUSE = 0x01
_LLDP = 0x0E


def _addresses(skb: SkBuff) -> tuple[bytes, bytes]:
    mac = skb.mac_header
    return skb.head[mac : mac + 6], skb.head[mac + 6 : mac + 12]


@kfunc("net/bridge/br_input.c", "br_handle_frame")
def br_handle_frame(skb: SkBuff) -> RxHandlerResult:
    """PASS leaves the frame to the port's own protocols; CONSUMED: the bridge has it."""
    port: BridgePort = skb.dev.rx_handler_data
    if skb.pkt_type == PACKET_LOOPBACK:
        return RxHandlerResult.PASS
    destination, source = _addresses(skb)
    if not is_valid_ether_addr(source):
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return RxHandlerResult.CONSUMED
    skb.cb = BrInputSkbCb()
    if is_link_local_ether_addr(destination) and not _forwards_link_local(port, destination[5]):
        return _to_local_only(skb, port, destination[5])
    if port.state is not BrState.FORWARDING and port.state is not BrState.LEARNING:
        kfree_skb_reason(skb, DropReason.BRIDGE_INGRESS_STP_STATE)
        return RxHandlerResult.CONSUMED
    if destination == port.br.dev.address:
        skb.pkt_type = PACKET_HOST
    dev = skb.dev
    entries = nf_hook_entries(NFPROTO_BRIDGE, NF_BR_PRE_ROUTING, dev.net, skb, dev)
    if entries is None or nf_hook_bridge_pre(skb, dev, entries) == 1:
        br_handle_frame_finish(skb)
    return RxHandlerResult.CONSUMED


@kfunc("net/bridge/br_input.c", "nf_hook_bridge_pre", band=Band.L3, lane=Lane.IN, station="bridge prerouting")
def nf_hook_bridge_pre(skb: SkBuff, dev: NetDevice, entries: NfHookEntries) -> int:
    """PREROUTING, which a bridge runs without nf_hook_slow: 1 when the frame may go on."""
    state = NfHookState(NF_BR_PRE_ROUTING, NFPROTO_BRIDGE, dev, None, dev.net, None, br_handle_frame_finish)
    return nf_hook_iterate(skb, state, entries)


def _forwards_link_local(port: BridgePort, last: int) -> bool:
    """Whether a frame to 01-80-C2-00-00-0X is forwarded like others: where a mask says so.

    The group address itself always is, as STP is off. The masks of the bridge do not count for it, and none does for
    pause frames.
    """
    br = port.br
    mask = br.group_fwd_mask_required | port.group_fwd_mask
    if last == _STP:
        return True
    return last != _PAUSE and bool((mask | br.group_fwd_mask) >> last & 1)


def _to_local_only(skb: SkBuff, port: BridgePort, last: int) -> RxHandlerResult:
    """Frames of the link's own protocols go to this host alone, LLDP past the hooks; pause frames to nobody."""
    if last == _PAUSE:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return RxHandlerResult.CONSUMED
    dev = skb.dev
    if last != _LLDP and nf_hook(NFPROTO_BRIDGE, NF_BR_LOCAL_IN, dev.net, skb, dev, None, None) != 1:
        return RxHandlerResult.CONSUMED
    learns = port.learning and port.state in (BrState.LEARNING, BrState.FORWARDING) and not port.br.no_ll_learn
    vid = br_should_learn(port, skb) if learns else None
    if vid is not None:
        br_fdb_update(port.br, port, _addresses(skb)[1], vid)
    return RxHandlerResult.PASS


@kfunc("net/bridge/br_input.c", "br_handle_frame_finish")
def br_handle_frame_finish(skb: SkBuff) -> int:
    """After PREROUTING: learns, then forwards, floods, or passes up."""
    port = br_port_get(skb.dev)
    if port is None or port.state is BrState.DISABLED:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return 0
    br = port.br
    cb = skb.cb if isinstance(skb.cb, BrInputSkbCb) else BrInputSkbCb()
    skb.cb = cb
    vid = 0
    if br.vlan_enabled:
        allowed = br_allowed_ingress(br, port.vlgrp, skb)
        if allowed is None:
            return 0
        vid = allowed
    else:
        cb.vlan_filtered = False
    destination, source = _addresses(skb)
    if port.locked and not _unlocked(port, source, vid):
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return 0
    if port.learning:
        br_fdb_update(br, port, source, vid)
    if port.state is BrState.LEARNING:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return 0
    cb.brdev = br.dev
    cb.src_port_isolated = port.isolated
    local_rcv = bool(br.dev.flags & Iff.PROMISC)
    if is_multicast_ether_addr(destination):
        # nobody queries for members of groups here, and without a querier multicast goes to all
        kind = BrPktType.BROADCAST if destination == _BROADCAST else BrPktType.MULTICAST
        if kind is BrPktType.MULTICAST:
            br.dev.stats.multicast += 1
        br_flood(br, skb, kind, True, False)
        return br_pass_frame_up(skb)
    entry = br_fdb_find(br, destination, vid)
    if entry is None:
        br_flood(br, skb, BrPktType.UNICAST, local_rcv, False)
    elif entry.local:
        return br_pass_frame_up(skb)
    else:
        entry.used = br.dev.net.machine.clock.now
        br_forward(entry.port, skb, local_rcv, False)
    return br_pass_frame_up(skb) if local_rcv else 0


def _unlocked(port: BridgePort, source: bytes, vid: int) -> bool:
    """A locked port takes only frames from addresses that are entered as behind it."""
    entry = br_fdb_find(port.br, source, vid)
    return entry is not None and entry.port is port and not entry.local


@kfunc("net/bridge/br_input.c", "br_pass_frame_up")
def br_pass_frame_up(skb: SkBuff) -> int:
    """To this host: the frame now comes in on the bridge device, after the bridge family's INPUT."""
    indev = skb.dev
    port = br_port_get(indev)
    assert port is not None
    br = port.br
    brdev = br.dev
    brdev.stats.rx_packets += 1
    brdev.stats.rx_bytes += skb.len
    if skb.cb.vlan_filtered and not brdev.flags & Iff.PROMISC and not br_allowed_egress(br.vlgrp, skb):
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return NET_RX_DROP
    skb.dev = brdev
    if not br_handle_vlan(br, br.vlgrp, skb):
        return NET_RX_DROP
    if nf_hook(NFPROTO_BRIDGE, NF_BR_LOCAL_IN, indev.net, skb, indev, None, br_netif_receive_skb) == 1:
        return br_netif_receive_skb(skb)
    return 0


def br_netif_receive_skb(skb: SkBuff) -> int:
    """br_netif_receive_skb: on as a frame of the bridge device, to be routed by itself."""
    br_drop_fake_rtable(skb)
    return netif_receive_skb(skb)
