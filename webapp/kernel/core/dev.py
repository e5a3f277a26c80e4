"""Transmit and receive (net/core/dev.c).

Order at egress: netfilter, then tc, then the queue, the taps, the driver. At ingress: taps, tc, netfilter, VLAN,
rx_handler, protocols. ``nf_skip_egress`` is 1 exactly while tc has the packet, so that whatever tc sends on from
there does not climb back into netfilter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import (
    NET_RX_DROP,
    NET_RX_SUCCESS,
    NET_XMIT_CN,
    NET_XMIT_DROP,
    NET_XMIT_SUCCESS,
    NETDEV_TX_OK,
    Iff,
    NetDevice,
    PacketType,
    RxHandlerResult,
)
from webapp.kernel.core.skbuff import (
    PACKET_OTHERHOST,
    PACKET_OUTGOING,
    VLAN_HLEN,
    VLAN_VID_MASK,
    SkBuff,
    consume_skb,
    kfree_skb_reason,
    skb_scrub_packet,
    skb_vlan_untag,
    vlan_insert_tag,
)
from webapp.kernel.errno import Errno
from webapp.kernel.ethernet.eth import eth_type_trans
from webapp.kernel.kfunc import Site, kfunc
from webapp.kernel.netfilter.netfilter_netdev import (
    EGRESS_SITE,
    INGRESS_SITE,
    nf_hook_egress,
    nf_hook_ingress,
    note_ingress_passed,
    note_missed,
)
from webapp.kernel.sched.cls_api import TcfResult, tcf_classify, verdict_name
from webapp.kernel.sched.sch_generic import MiniQdisc
from webapp.kernel.trace import RECORDER, Band, Lane, Queued, StepKind, Tapped
from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q, ETH_P_ALL
from webapp.kernel.uapi.netfilter import NF_NETDEV_EGRESS, NF_NETDEV_INGRESS, NFPROTO_NETDEV
from webapp.kernel.uapi.pkt_cls import (
    TC_ACT_CONSUMED,
    TC_ACT_OK,
    TC_ACT_QUEUED,
    TC_ACT_RECLASSIFY,
    TC_ACT_REDIRECT,
    TC_ACT_SHOT,
    TC_ACT_STOLEN,
    TC_ACT_TRAP,
    TC_ACT_UNSPEC,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

XMIT_RECURSION_LIMIT = 8
GOES_ON = -1
"""The packet is still ours after a hook (where a NET_XMIT_* code would say that it is not)."""

_EGRESS = (NFPROTO_NETDEV, NF_NETDEV_EGRESS)
_INGRESS = (NFPROTO_NETDEV, NF_NETDEV_INGRESS)
_STOLEN = frozenset((TC_ACT_STOLEN, TC_ACT_QUEUED, TC_ACT_TRAP))

PTYPE_BASE: dict[int, list[PacketType]] = {}
"""ptype_base: protocol handlers by ethertype, filled in boot.py (ip_rcv, arp_rcv, …)."""

_TC_EGRESS = Site("net/core/dev.c", "sch_handle_egress", band=Band.TC, lane=Lane.OUT, station="tc egress")
_TC_INGRESS = Site("net/core/dev.c", "sch_handle_ingress", band=Band.TC, lane=Lane.IN, station="tc ingress")


# Transmit


@kfunc("net/core/dev.c", "__dev_queue_xmit")
def dev_queue_xmit(skb: SkBuff) -> int:
    """Sends ``skb`` out of skb.dev: egress hooks, queue, driver. Returns NET_XMIT_* or a negative errno.

    ``skb.data`` is at the link-layer header. The receive backlog runs when the outermost call ends.
    """
    dev = skb.dev
    machine = dev.net.machine
    skb.mac_header = skb.data
    machine.local_bh_disable()
    skb.tc_at_ingress = 0
    keys = machine.keys
    if keys.egress_needed_key:
        if keys.nf_hooks_needed.get(_EGRESS):
            verdict = nf_hook_egress(skb, dev)
            if verdict != 1:
                machine.local_bh_enable()
                return NET_XMIT_SUCCESS if verdict == 0 else NET_XMIT_DROP
        else:
            note_missed(EGRESS_SITE, skb, dev, StepKind.OFF)
        skb.nf_skip_egress = 1
        if dev.miniq_egress is not None:
            code = sch_handle_egress(skb, dev)
            if code != GOES_ON:
                machine.local_bh_enable()
                return code
        else:
            note_missed(_TC_EGRESS, skb, dev, StepKind.EMPTY)
        skb.nf_skip_egress = 0
    else:
        note_missed(EGRESS_SITE, skb, dev, StepKind.OFF)
        note_missed(_TC_EGRESS, skb, dev, StepKind.OFF)
    if dev.xmit_dst_release:
        skb.dst = None
    code = dev_xmit_noqueue(skb, dev) if dev.xmit_active else noop_enqueue(skb, dev)
    machine.local_bh_enable()
    return code


def noop_enqueue(skb: SkBuff, dev: NetDevice) -> int:
    """noop_enqueue (net/sched/sch_generic.c): the queue of a device that is down or has no carrier."""
    if dev.net.machine.version.down_counts_dropped:
        dev.stats.tx_dropped += 1
    kfree_skb_reason(skb, DropReason.QDISC_DROP)
    return NET_XMIT_CN


def dev_xmit_noqueue(skb: SkBuff, dev: NetDevice) -> int:
    """The tail of __dev_queue_xmit for devices without a queue: to the driver, if it is up and not too deep."""
    machine = dev.net.machine
    if dev.flags & Iff.UP and machine.xmit_recursion <= XMIT_RECURSION_LIMIT:
        if skb.vlan_proto and not dev.hw_vlan_tx:
            vlan_insert_tag(skb)
        machine.xmit_recursion += 1
        code = dev_hard_start_xmit(skb, dev)
        machine.xmit_recursion -= 1
        return code
    reason = DropReason.RECURSION_LIMIT if dev.flags & Iff.UP else DropReason.DEV_READY
    dev.stats.tx_dropped += 1
    kfree_skb_reason(skb, reason)
    return -Errno.ENETDOWN


@kfunc("net/core/dev.c", "dev_hard_start_xmit")
def dev_hard_start_xmit(skb: SkBuff, dev: NetDevice) -> int:
    """Gives the taps their copies, then the packet to the driver."""
    if dev.ptype_all or dev.net.ptype_all:
        dev_queue_xmit_nit(skb, dev)
    return dev.netdev_ops.ndo_start_xmit(skb, dev)


@kfunc("net/core/dev.c", "dev_queue_xmit_nit")
def dev_queue_xmit_nit(skb: SkBuff, dev: NetDevice) -> None:
    """Every ETH_P_ALL socket but the sender's own sees what leaves, as PACKET_OUTGOING."""
    for ptype in (*dev.net.ptype_all, *dev.ptype_all):
        if skb.sk is not None and ptype.owner is skb.sk:
            continue
        copy = skb.clone()
        copy.mac_header = copy.data
        copy.pkt_type = PACKET_OUTGOING
        _note_tap(ptype, dev, Lane.OUT)
        ptype.func(copy, dev, ptype, dev)


@kfunc("net/core/dev.c", "__dev_direct_xmit")
def dev_direct_xmit(skb: SkBuff) -> int:
    """PACKET_QDISC_BYPASS: to the driver, past tc, queue and taps. NET_XMIT_SUCCESS or NET_XMIT_DROP."""
    dev = skb.dev
    machine = dev.net.machine
    if not (dev.flags & Iff.UP and dev.carrier):
        dev.stats.tx_dropped += 1
        kfree_skb_reason(skb, DropReason.DEV_READY)
        return NET_XMIT_DROP
    machine.local_bh_disable()
    if skb.vlan_proto and not dev.hw_vlan_tx:
        vlan_insert_tag(skb)
    machine.xmit_recursion += 1
    code = dev.netdev_ops.ndo_start_xmit(skb, dev)
    machine.xmit_recursion -= 1
    machine.local_bh_enable()
    return NET_XMIT_SUCCESS if code == NETDEV_TX_OK else NET_XMIT_DROP


def nf_hook_direct_egress(skb: SkBuff) -> bool:
    """net/packet: netfilter egress for packets that bypass the queue; False when the hook took the packet."""
    dev = skb.dev
    if not dev.net.machine.keys.nf_hooks_needed.get(_EGRESS):
        note_missed(EGRESS_SITE, skb, dev, StepKind.OFF)
        return True
    skb.mac_header = skb.data
    return nf_hook_egress(skb, dev) == 1


def _note_verdict(verdict: int) -> None:
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.verdict(verdict_name(verdict))


@kfunc("net/core/dev.c", "sch_handle_egress", band=Band.TC, lane=Lane.OUT, station="tc egress")
def sch_handle_egress(skb: SkBuff, dev: NetDevice) -> int:
    """Runs clsact's egress filters: GOES_ON, or NET_XMIT_* when the packet is no longer ours."""
    miniq = dev.miniq_egress
    assert miniq is not None
    verdict = tc_run(skb, miniq)
    _note_verdict(verdict)
    if verdict == TC_ACT_SHOT:
        kfree_skb_reason(skb, DropReason.TC_EGRESS)
        return NET_XMIT_DROP
    if verdict in _STOLEN:
        consume_skb(skb)
        return NET_XMIT_SUCCESS
    if verdict == TC_ACT_REDIRECT:
        skb_do_redirect(skb)
        return NET_XMIT_SUCCESS
    if verdict == TC_ACT_CONSUMED:
        return NET_XMIT_SUCCESS
    return GOES_ON


@kfunc("net/core/dev.c", "tc_run", band=Band.TC, verdict=verdict_name)
def tc_run(skb: SkBuff, miniq: MiniQdisc) -> int:
    """Classifies with the filters of chain 0; TC_ACT_UNSPEC when there are none. Counts for ``tc -s qdisc``."""
    filters = miniq.filter_list
    if filters is None:
        return TC_ACT_UNSPEC
    length = len(skb.head) - skb.data
    bstats = miniq.bstats
    gso = skb.gso
    if gso is None:
        bstats.packets += 1
    else:
        bstats.packets += gso.segs
        if not skb.tc_at_ingress:
            # qdisc_pkt_len_init: the segments to come have headers of their own
            length += (gso.segs - 1) * (length - gso.payload)
    skb.qdisc_pkt_len = length
    bstats.bytes += length
    result = TcfResult()
    verdict = tcf_classify(skb, miniq.block, filters, result)
    if verdict == TC_ACT_SHOT:
        miniq.qstats.drops += 1
    elif verdict in (TC_ACT_OK, TC_ACT_RECLASSIFY):
        skb.tc_index = result.classid & 0xFFFF
    return verdict


def skb_do_redirect(skb: SkBuff) -> None:
    """TC_ACT_REDIRECT of a program that set no target (a classic one cannot): the packet is lost."""
    kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)


# The backlog


@kfunc("net/core/dev.c", "netif_rx_internal")
def netif_rx(skb: SkBuff) -> int:
    """Puts a packet that came in on skb.dev at the end of the CPU's backlog."""
    machine = skb.dev.net.machine
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Queued("backlog"))
    if len(machine.backlog) >= machine.netdev_max_backlog:
        skb.dev.stats.rx_dropped += 1
        kfree_skb_reason(skb, DropReason.CPU_BACKLOG)
        return NET_RX_DROP
    machine.backlog.append(skb)
    if not machine.bh_disabled and not machine.in_softirq:
        machine.do_softirq()
    return NET_RX_SUCCESS


def netif_receive_skb(skb: SkBuff) -> int:
    """__netif_receive_skb_one_core: the receive path now, in the caller's context."""
    orig_dev = skb.dev
    code, skb2, ptype = netif_receive_skb_core(skb)
    if ptype is not None and skb2 is not None:
        code = ptype.func(skb2, skb2.dev, ptype, orig_dev)
        if ptype.owner is not None:
            consume_skb(skb2)
    return code


def is_skb_forwardable(dev: NetDevice, skb: SkBuff) -> bool:
    """__is_skb_forwardable: whether ``dev`` is up and large enough for the frame, a tag not counted.

    What is still to be cut into segments is taken as it is.
    """
    if not dev.flags & Iff.UP:
        return False
    return len(skb.head) - skb.data <= dev.mtu + dev.hard_header_len + VLAN_HLEN or skb.gso is not None


@kfunc("net/core/dev.c", "__dev_forward_skb")
def dev_forward_skb(dev: NetDevice, skb: SkBuff) -> int:
    """Makes a transmitted frame one that arrives on ``dev``: NET_RX_SUCCESS, and the caller gives it to netif_rx.

    A device that is down or too small for the frame counts it as dropped (NET_RX_DROP).
    """
    if not is_skb_forwardable(dev, skb):
        dev.stats.rx_dropped += 1
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return NET_RX_DROP
    skb_scrub_packet(skb, dev.net is not skb.dev.net)
    skb.priority = 0
    skb.protocol = eth_type_trans(skb, dev)
    return NET_RX_SUCCESS


# Receive


@kfunc("net/core/dev.c", "__netif_receive_skb_core", lane=Lane.IN, station="receive")
def netif_receive_skb_core(skb: SkBuff) -> tuple[int, SkBuff | None, PacketType | None]:
    """Takes a packet up from the driver; ``data`` is at the network header.

    Returns (code, skb, last receiver): the last receiver is still to be called, as in the kernel, so that it may own
    the packet; it is None when the packet has gone elsewhere.
    """
    orig_dev = skb.dev
    skb.network_header = skb.data
    if skb.transport_header < 0:
        skb.transport_header = skb.data
    while True:
        dev = skb.dev
        skb.skb_iif = dev.ifindex
        if skb.protocol in _VLAN_TYPES and not skb_vlan_untag(skb):
            return _GONE
        pt_prev: PacketType | None = None
        if skb.tc_skip_classify:
            skb.tc_skip_classify = 0
        else:
            if dev.ptype_all or dev.net.ptype_all:
                pt_prev = _deliver_to_taps(skb, orig_dev)
            left = _ingress_hooks(skb, pt_prev, orig_dev)
            if left is _TAKEN:
                return _GONE
            if left is _TAKEN_WELL:
                return _CONSUMED
            pt_prev = left
            skb.redirected = 0
        if not skb.vlan_proto and dev.rx_handler is None:
            return _deliver_to_protocols(skb, orig_dev, pt_prev, deliver_exact=False)
        if pt_prev is not None:
            deliver_skb(skb, pt_prev, orig_dev)
        outcome = _hand_to_upper_device(skb)
        if outcome is RxHandlerResult.CONSUMED:
            return _CONSUMED
        if outcome is not RxHandlerResult.ANOTHER:
            return _deliver_to_protocols(skb, orig_dev, None, outcome is RxHandlerResult.EXACT)


_VLAN_TYPES = frozenset((ETH_P_8021Q, ETH_P_8021AD))
_GONE: tuple[int, None, None] = (NET_RX_DROP, None, None)
_CONSUMED: tuple[int, None, None] = (NET_RX_SUCCESS, None, None)


def _taken(skb: SkBuff, dev: NetDevice, ptype: PacketType, orig_dev: NetDevice) -> int:
    raise AssertionError("a packet that a hook took is delivered to nobody")


_TAKEN = PacketType(0, _taken)
_TAKEN_WELL = PacketType(0, _taken)


def _deliver_to_taps(skb: SkBuff, orig_dev: NetDevice) -> PacketType | None:
    """Every ETH_P_ALL socket of the namespace and the device gets the packet; the last one is left for later."""
    pt_prev: PacketType | None = None
    for ptype in (*skb.dev.net.ptype_all, *skb.dev.ptype_all):
        if pt_prev is not None:
            deliver_skb(skb, pt_prev, orig_dev)
        _note_tap(ptype, skb.dev, Lane.IN)
        pt_prev = ptype
    return pt_prev


def _ingress_hooks(skb: SkBuff, pt_prev: PacketType | None, orig_dev: NetDevice) -> PacketType | None:
    """tc, then netfilter: the receiver that still waits, _TAKEN where a hook took the packet, _TAKEN_WELL where tc did.

    A hook that is attached has the waiting receiver served first.
    """
    dev = skb.dev
    keys = dev.net.machine.keys
    if not keys.ingress_needed_key:
        note_missed(_TC_INGRESS, skb, dev, StepKind.OFF)
        note_missed(INGRESS_SITE, skb, dev, StepKind.OFF)
        return pt_prev
    skb.nf_skip_egress = 1
    miniq = dev.miniq_ingress
    if miniq is None or (miniq.filter_list is None and not dev.net.machine.version.clsact_serves_taps):
        note_missed(_TC_INGRESS, skb, dev, StepKind.EMPTY)
    else:
        if pt_prev is not None:
            deliver_skb(skb, pt_prev, orig_dev)
            pt_prev = None
        code = sch_handle_ingress(skb, dev)
        if code != GOES_ON:
            return _TAKEN if code else _TAKEN_WELL
    skb.nf_skip_egress = 0
    if dev.nf_hooks_ingress is None:
        kind = StepKind.EMPTY if keys.nf_hooks_needed.get(_INGRESS) else StepKind.OFF
        note_missed(INGRESS_SITE, skb, dev, kind)
        return pt_prev
    if pt_prev is not None:
        deliver_skb(skb, pt_prev, orig_dev)
    return None if nf_hook_ingress(skb) == 1 else _TAKEN


def _hand_to_upper_device(skb: SkBuff) -> RxHandlerResult:
    """VLAN demultiplexing and the device's rx_handler (bridge, macvlan): who has the packet now."""
    dev = skb.dev
    if skb.vlan_proto:
        found = dev.net.machine.vlan_do_receive(skb)
        if found is not None:
            return RxHandlerResult.ANOTHER if found else RxHandlerResult.CONSUMED
    result = RxHandlerResult.PASS
    if dev.rx_handler is not None:
        result = dev.rx_handler(skb)
    if skb.vlan_proto and result in (RxHandlerResult.PASS, RxHandlerResult.EXACT):
        if skb.vlan_tci & VLAN_VID_MASK:
            skb.pkt_type = PACKET_OTHERHOST
        skb.vlan_proto = skb.vlan_tci = 0
    return result


def _deliver_to_protocols(
    skb: SkBuff, orig_dev: NetDevice, pt_prev: PacketType | None, deliver_exact: bool
) -> tuple[int, SkBuff | None, PacketType | None]:
    """The tail of __netif_receive_skb_core: protocol handlers and sockets bound to the ethertype, last one left."""
    dev = skb.dev
    if not deliver_exact:
        for ptype in PTYPE_BASE.get(skb.protocol, ()):
            if pt_prev is not None:
                deliver_skb(skb, pt_prev, orig_dev)
            pt_prev = ptype
    specific = dev.net.ptype_specific
    if specific:
        for ptype in specific.get(skb.protocol, ()):
            if (ptype.dev is None and not deliver_exact) or ptype.dev in (dev, orig_dev):
                if pt_prev is not None:
                    deliver_skb(skb, pt_prev, orig_dev)
                pt_prev = ptype
    if pt_prev is None:
        dev.stats.rx_dropped += 1
        kfree_skb_reason(skb, DropReason.UNHANDLED_PROTO)
        return NET_RX_DROP, None, None
    return NET_RX_SUCCESS, skb, pt_prev


def deliver_skb(skb: SkBuff, ptype: PacketType, orig_dev: NetDevice) -> int:
    """Gives a receiver that is not the last one its packet: sockets only look, protocols get a copy of their own."""
    return ptype.func(skb if ptype.owner is not None else skb.clone(), skb.dev, ptype, orig_dev)


@kfunc("net/core/dev.c", "sch_handle_ingress", band=Band.TC, lane=Lane.IN, station="tc ingress")
def sch_handle_ingress(skb: SkBuff, dev: NetDevice) -> int:
    """Runs the ingress filters of clsact or the ingress qdisc: GOES_ON, or NET_XMIT_* when the packet is gone."""
    miniq = dev.miniq_ingress
    assert miniq is not None
    skb.tc_at_ingress = 1
    verdict = tc_run(skb, miniq)
    _note_verdict(verdict)
    if verdict == TC_ACT_SHOT:
        kfree_skb_reason(skb, DropReason.TC_INGRESS)
        code = NET_XMIT_DROP
    elif verdict in _STOLEN:
        consume_skb(skb)
        code = NET_XMIT_SUCCESS
    elif verdict == TC_ACT_REDIRECT:
        skb.push(skb.data - skb.mac_header)
        skb_do_redirect(skb)
        code = NET_XMIT_SUCCESS
    elif verdict == TC_ACT_CONSUMED:
        return NET_XMIT_SUCCESS
    else:
        return GOES_ON
    note_ingress_passed(skb, dev)
    return code


def _note_tap(ptype: PacketType, dev: NetDevice, lane: Lane) -> None:
    recorder = RECORDER.get()
    if recorder is not None and ptype.owner.net is dev.net:
        recorder.note(Tapped(dev.name, lane))


def dev_add_pack(net: Net, ptype: PacketType) -> None:
    """A packet socket begins to listen (dev_add_pack): as a tap for ETH_P_ALL, else behind the hooks."""
    if ptype.type != ETH_P_ALL:
        net.ptype_specific.setdefault(ptype.type, []).append(ptype)
    elif ptype.dev is not None:
        ptype.dev.ptype_all.append(ptype)
    else:
        net.ptype_all.append(ptype)


def dev_remove_pack(net: Net, ptype: PacketType) -> None:
    """The socket has stopped to listen."""
    if ptype.type != ETH_P_ALL:
        net.ptype_specific[ptype.type].remove(ptype)
        if not net.ptype_specific[ptype.type]:
            del net.ptype_specific[ptype.type]
    elif ptype.dev is not None:
        ptype.dev.ptype_all.remove(ptype)
    else:
        net.ptype_all.remove(ptype)
