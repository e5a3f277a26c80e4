"""Into the bridge (net/bridge/br_input.c): the rx_handler of every port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.bridge.br_fdb import br_fdb_find, br_fdb_update
from webapp.kernel.bridge.br_forward import BrPktType, br_flood, br_forward
from webapp.kernel.bridge.br_private import BridgePort, BrState
from webapp.kernel.core.dev import netif_receive_skb
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import Iff, RxHandlerResult
from webapp.kernel.core.skbuff import PACKET_HOST, PACKET_LOOPBACK, SkBuff, kfree_skb_reason
from webapp.kernel.ethernet.etherdevice import is_multicast_ether_addr, is_valid_ether_addr
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_hook
from webapp.kernel.uapi.netfilter import NF_BR_LOCAL_IN, NF_BR_PRE_ROUTING, NFPROTO_BRIDGE

if TYPE_CHECKING:
    from webapp.kernel.bridge.br_private import Bridge

_BROADCAST = b"\xff" * 6
_LINK_LOCAL = bytes.fromhex("0180c20000")
_PAUSE = 0x01
_STP = 0x00


def _addresses(skb: SkBuff) -> tuple[bytes, bytes]:
    mac = skb.mac_header
    return skb.head[mac : mac + 6], skb.head[mac + 6 : mac + 12]


def _is_link_local(address: bytes) -> bool:
    """01-80-C2-00-00-0X: for the next bridge, not for those behind it."""
    return address.startswith(_LINK_LOCAL) and address[5] < 16


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
    if _is_link_local(destination) and not _forwards_link_local(port.br, destination[5]):
        return _to_local_only(skb, port, destination[5])
    if port.state not in (BrState.FORWARDING, BrState.LEARNING):
        kfree_skb_reason(skb, DropReason.BRIDGE_INGRESS_STP_STATE)
        return RxHandlerResult.CONSUMED
    if destination == port.br.dev.address:
        skb.pkt_type = PACKET_HOST
    dev = skb.dev
    if nf_hook(NFPROTO_BRIDGE, NF_BR_PRE_ROUTING, dev.net, skb, dev, None, br_handle_frame_finish) == 1:
        br_handle_frame_finish(skb)
    return RxHandlerResult.CONSUMED


def _forwards_link_local(br: Bridge, last: int) -> bool:
    """STP frames are forwarded while STP is off (it always is here); the others where group_fwd_mask says so."""
    return last == _STP or (last != _PAUSE and bool(br.group_fwd_mask >> last & 1))


def _to_local_only(skb: SkBuff, port: BridgePort, last: int) -> RxHandlerResult:
    """Frames of the link's own protocols go to this host alone; pause frames to nobody."""
    if last == _PAUSE:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return RxHandlerResult.CONSUMED
    dev = skb.dev
    if nf_hook(NFPROTO_BRIDGE, NF_BR_LOCAL_IN, dev.net, skb, dev, None, None) != 1:
        return RxHandlerResult.CONSUMED
    if port.learning:
        br_fdb_update(port.br, port, _addresses(skb)[1])
    return RxHandlerResult.PASS


@kfunc("net/bridge/br_input.c", "br_handle_frame_finish")
def br_handle_frame_finish(skb: SkBuff) -> int:
    """After PREROUTING: learns, then forwards, floods, or passes up."""
    port = skb.dev.rx_handler_data
    if not isinstance(port, BridgePort) or port.state is BrState.DISABLED:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return 0
    br = port.br
    destination, source = _addresses(skb)
    if port.learning:
        br_fdb_update(br, port, source)
    if port.state is BrState.LEARNING:
        kfree_skb_reason(skb, DropReason.BRIDGE_INGRESS_STP_STATE)
        return 0
    local_rcv = bool(br.dev.flags & Iff.PROMISC)
    if is_multicast_ether_addr(destination):
        kind = BrPktType.BROADCAST if destination == _BROADCAST else BrPktType.MULTICAST
        if kind is BrPktType.MULTICAST:
            br.dev.stats.multicast += 1
        br_flood(br, skb, kind, True, False)
        return br_pass_frame_up(skb)
    entry = br_fdb_find(br, destination)
    if entry is None:
        br_flood(br, skb, BrPktType.UNICAST, local_rcv, False)
    elif entry.local:
        return br_pass_frame_up(skb)
    else:
        br_forward(entry.port, skb, local_rcv, False)
    return br_pass_frame_up(skb) if local_rcv else 0


@kfunc("net/bridge/br_input.c", "br_pass_frame_up")
def br_pass_frame_up(skb: SkBuff) -> int:
    """To this host: the frame now comes in on the bridge device, after the bridge family's INPUT."""
    indev = skb.dev
    brdev = indev.rx_handler_data.br.dev
    brdev.stats.rx_packets += 1
    brdev.stats.rx_bytes += skb.len
    skb.dev = brdev
    if nf_hook(NFPROTO_BRIDGE, NF_BR_LOCAL_IN, indev.net, skb, indev, None, netif_receive_skb) == 1:
        return netif_receive_skb(skb)
    return 0
