"""br_netfilter (net/bridge/br_netfilter_hooks.c): bridged IPv4 and ARP packets pass the hooks of ip and arp too.

Its hooks stand in a namespace from the first bridge on. They take a packet out of the bridge family's hook, run ip's
hook with the bridge as its device, and go on in the bridge family's hook where they had left it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from webapp.kernel.bridge.br_forward import br_dev_queue_push_xmit, br_forward_finish
from webapp.kernel.bridge.br_input import br_handle_frame_finish
from webapp.kernel.bridge.br_nf_core import bridge_parent_rtable
from webapp.kernel.bridge.br_private import Bridge, br_port_get
from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.neighbour import (
    NUD_CONNECTED,
    neigh_connected_output,
    neigh_create,
    neigh_lookup,
    neigh_output,
)
from webapp.kernel.core.net_device import ETH_HLEN, NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import PACKET_HOST, PACKET_OTHERHOST, SkBuff, kfree_skb_reason
from webapp.kernel.core.sysctl import CtlTable, proc_dointvec
from webapp.kernel.ipv4.address import INADDR_ANY
from webapp.kernel.ipv4.flow import Flowi4
from webapp.kernel.ipv4.ip import FRAG_MAX_SIZE_SHIFT
from webapp.kernel.ipv4.ip_output import ip_do_fragment, neighbour_key
from webapp.kernel.ipv4.route import Rtable, ip_route_input_noref, ip_route_output_key
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import (
    NfHookOps,
    NfHookState,
    nf_hook,
    nf_hook_slow,
    nf_register_net_hook,
    nf_unregister_net_hook,
)
from webapp.kernel.uapi.if_ether import ETH_P_8021Q, ETH_P_ARP, ETH_P_IP
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_ARP_FORWARD,
    NF_BR_FORWARD,
    NF_BR_POST_ROUTING,
    NF_BR_PRE_ROUTING,
    NF_BR_PRI_BRNF,
    NF_BR_PRI_LAST,
    NF_INET_FORWARD,
    NF_INET_POST_ROUTING,
    NF_INET_PRE_ROUTING,
    NF_IP_PRI_FIRST,
    NF_STOLEN,
    NFPROTO_ARP,
    NFPROTO_BRIDGE,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
)
from webapp.kernel.wire.checksum import checksum

_FILE = "net/bridge/br_netfilter_hooks.c"
VLAN_HLEN = 4


@dataclass(slots=True)
class BrnfNet:
    """struct brnf_net: the sysctls of a namespace, all 0 or 1, and whether its hooks are there."""

    enabled: bool = False
    call_arptables: int = 1
    call_iptables: int = 1
    call_ip6tables: int = 1
    filter_vlan_tagged: int = 0
    filter_pppoe_tagged: int = 0
    pass_vlan_indev: int = 0


class NfBridgeInfo:
    """struct nf_bridge_info, in skb.nf_bridge: what is known of a packet that ip's hooks saw within a bridge."""

    __slots__ = (
        "bridged_dnat", "frag_max_size", "in_prerouting", "ipv4_daddr", "neigh_header", "physin", "physout",
        "pkt_otherhost", "sabotage_in_done", "vlan_encapsulated",
    )  # fmt: skip

    def __init__(self) -> None:
        self.physin: NetDevice | None = None
        self.physout: NetDevice | None = None
        self.ipv4_daddr = INADDR_ANY
        self.neigh_header = b""
        self.frag_max_size = 0
        self.in_prerouting = self.pkt_otherhost = self.sabotage_in_done = False
        self.vlan_encapsulated = self.bridged_dnat = False

    def unshare(self) -> NfBridgeInfo:
        """nf_bridge_unshare: a copy of its own for one of several clones."""
        other = NfBridgeInfo()
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        return other


def _encapsulated(skb: SkBuff) -> int:
    """vlan_proto: the protocol inside a vlan tag, 0 without a tag."""
    if skb.vlan_proto:
        return skb.protocol
    if skb.protocol == ETH_P_8021Q:
        return int.from_bytes(skb.head[skb.mac_header + 16 : skb.mac_header + 18], "big")
    return 0


def _is(skb: SkBuff, protocol: int, brnet: BrnfNet) -> bool:
    """IS_IP, is_vlan_ip and so on: whether a packet is of a protocol, bare or, if the sysctl says so, in a vlan."""
    if not skb.vlan_proto and skb.protocol == protocol:
        return True
    return bool(brnet.filter_vlan_tagged) and _encapsulated(skb) == protocol


def _pull_encap_header(skb: SkBuff) -> None:
    """nf_bridge_pull_encap_header: past a tag that is still in the frame."""
    if skb.protocol == ETH_P_8021Q:
        skb.pull(VLAN_HLEN)
        skb.network_header += VLAN_HLEN


def _update_protocol_and_push(skb: SkBuff, nf_bridge: NfBridgeInfo) -> None:
    """nf_bridge_update_protocol and nf_bridge_push_encap_header: back to what the bridge had."""
    if nf_bridge.vlan_encapsulated:
        skb.protocol = ETH_P_8021Q
        skb.push(VLAN_HLEN)
        skb.network_header -= VLAN_HLEN


def br_validate_ipv4(skb: SkBuff) -> bool:
    """br_validate_ipv4: whether the header is what ip's hooks rely on; cuts padding off, as ip_rcv_core would."""
    head, nh = skb.head, skb.network_header
    length = len(head) - nh
    if length < 20:
        return False
    ihl = (head[nh] & 0xF) << 2
    if head[nh] >> 4 != 4 or ihl < 20 or length < ihl or checksum(head[nh : nh + ihl]):
        return False
    total = head[nh + 2] << 8 | head[nh + 3]
    if length < total or total < ihl:
        return False
    if length > total:
        skb.head = head[: nh + total]
    skb.cb = None
    return True


def _dropped(skb: SkBuff, reason: DropReason) -> int:
    """NF_DROP_REASON: the hook has freed the packet itself."""
    kfree_skb_reason(skb, reason)
    return NF_STOLEN | 1 << 16


# --- PREROUTING ---------------------------------------------------------------------------------------------------


@kfunc(_FILE, "br_nf_pre_routing")
def br_nf_pre_routing(priv: object, skb: SkBuff, state: NfHookState) -> int:
    """Shows ip's PREROUTING a packet as if it had come in on the bridge."""
    port = br_port_get(state.in_) if state.in_ is not None else None
    if port is None:
        return _dropped(skb, DropReason.DEV_READY)
    brnet: BrnfNet = state.net.brnf
    if not brnet.call_iptables and not port.br.nf_call_iptables:
        return NF_ACCEPT
    if not _is(skb, ETH_P_IP, brnet):
        return NF_ACCEPT
    _pull_encap_header(skb)
    if not br_validate_ipv4(skb):
        return _dropped(skb, DropReason.IP_INHDR)
    nf_bridge = skb.nf_bridge = NfBridgeInfo()
    br = setup_pre_routing(skb, nf_bridge, port.br.dev)
    nh = skb.network_header
    nf_bridge.ipv4_daddr = skb.head[nh + 16 : nh + 20]
    skb.protocol = ETH_P_IP
    skb.transport_header = nh + ((skb.head[nh] & 0xF) << 2)
    if nf_hook(NFPROTO_IPV4, NF_INET_PRE_ROUTING, state.net, skb, br, None, br_nf_pre_routing_finish) == 1:
        br_nf_pre_routing_finish(skb)
    return NF_STOLEN


def setup_pre_routing(skb: SkBuff, nf_bridge: NfBridgeInfo, bridge: NetDevice) -> NetDevice:
    """setup_pre_routing: to ip's hooks the packet is for this host, and has come in on the bridge."""
    if skb.pkt_type == PACKET_OTHERHOST:
        skb.pkt_type = PACKET_HOST
        nf_bridge.pkt_otherhost = True
    nf_bridge.in_prerouting = True
    nf_bridge.physin = skb.dev
    nf_bridge.vlan_encapsulated = skb.protocol == ETH_P_8021Q
    skb.dev = bridge
    skb.sk = None
    return bridge


@kfunc(_FILE, "br_nf_pre_routing_finish")
def br_nf_pre_routing_finish(skb: SkBuff) -> int:
    """After ip's PREROUTING: the destination address may have been changed (DNAT), and then the way changes too."""
    nf_bridge: NfBridgeInfo = skb.nf_bridge
    br, physin = skb.dev, nf_bridge.physin
    assert physin is not None
    nf_bridge.frag_max_size = (skb.cb or 0) >> FRAG_MAX_SIZE_SHIFT
    if nf_bridge.pkt_otherhost:
        skb.pkt_type = PACKET_OTHERHOST
        nf_bridge.pkt_otherhost = False
    nf_bridge.in_prerouting = False
    okfn: Callable[[SkBuff], int] = br_handle_frame_finish
    nh = skb.network_header
    if skb.head[nh + 16 : nh + 20] != nf_bridge.ipv4_daddr:
        if not _route(skb, br):
            return 0
        assert skb.dst is not None
        if skb.dst.dev is br:
            okfn = br_nf_pre_routing_finish_bridge
        else:
            skb.write(skb.mac_header, br.address)
            skb.pkt_type = PACKET_HOST
    else:
        port = br_port_get(physin)
        if port is None:
            kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
            return 0
        skb.dst = bridge_parent_rtable(port.br)
    skb.dev = physin
    _update_protocol_and_push(skb, nf_bridge)
    br_nf_hook_thresh(NF_BR_PRE_ROUTING, physin.net, skb, physin, None, okfn)
    return 0


def _route(skb: SkBuff, br: NetDevice) -> bool:
    """Where a packet goes whose destination is another now; False: nowhere, dropped.

    A host that does not forward still bridges what it translates: then the way of its own packets counts.
    """
    head, nh = skb.head, skb.network_header
    daddr, tos = head[nh + 16 : nh + 20], head[nh + 1]
    reason = ip_route_input_noref(skb, daddr, head[nh + 12 : nh + 16], tos, br)
    if reason is None:
        return True
    in_dev = br.in_dev
    if in_dev is not None and not in_dev.cnf.forwarding:
        rt = ip_route_output_key(br.net, Flowi4(daddr, INADDR_ANY, tos))
        if isinstance(rt, Rtable) and rt.dev is br:
            skb.dst = rt
            return True
    kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
    return False


@kfunc(_FILE, "br_nf_pre_routing_finish_bridge")
def br_nf_pre_routing_finish_bridge(skb: SkBuff) -> int:
    """The translated destination is on this bridge: the frame needs its link-layer address.

    While that is not known the packet waits as any other does, and comes back through br_dev_xmit.
    """
    nf_bridge: NfBridgeInfo = skb.nf_bridge
    port = br_port_get(skb.dev)
    rt = skb.dst
    if port is None or not isinstance(rt, Rtable):
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return 0
    br = skb.dev = port.br.dev
    nh = skb.network_header
    key = neighbour_key(br, rt.gateway or skb.head[nh + 16 : nh + 20])
    table = br.net.ipv4.arp_tbl
    neigh = neigh_lookup(table, key, br) or neigh_create(table, key, br)
    if neigh is None:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return 0
    if neigh.nud_state & NUD_CONNECTED and neigh.output is neigh_connected_output:
        skb.write(skb.mac_header, neigh.ha + br.address)
        assert nf_bridge.physin is not None
        skb.dev = nf_bridge.physin
        return br_handle_frame_finish(skb)
    nf_bridge.neigh_header = skb.head[skb.mac_header + 6 : skb.mac_header + ETH_HLEN]
    nf_bridge.bridged_dnat = True
    return neigh_output(neigh, skb)


def br_nf_dev_xmit(skb: SkBuff) -> bool:
    """br_nf_dev_xmit: a bridged packet that waited for its neighbour goes on where it was; True: taken."""
    nf_bridge: NfBridgeInfo | None = skb.nf_bridge
    if nf_bridge is None or not nf_bridge.bridged_dnat:
        return False
    skb.mac_header = skb.data
    skb.pull(ETH_HLEN)
    nf_bridge.bridged_dnat = False
    skb.write(skb.mac_header + 6, nf_bridge.neigh_header)
    assert nf_bridge.physin is not None
    skb.dev = nf_bridge.physin
    nf_bridge.physout = None
    br_handle_frame_finish(skb)
    return True


# --- FORWARD ------------------------------------------------------------------------------------------------------


@kfunc(_FILE, "br_nf_forward")
def br_nf_forward(priv: object, skb: SkBuff, state: NfHookState) -> int:
    """Shows ip's FORWARD a bridged packet with the bridge on both sides, and arp's a bridged ARP packet."""
    brnet: BrnfNet = state.net.brnf
    if _is(skb, ETH_P_IP, brnet):
        return _forward_ip(skb, state)
    if _is(skb, ETH_P_ARP, brnet):
        return _forward_arp(skb, state, brnet)
    return NF_ACCEPT


def _forward_ip(skb: SkBuff, state: NfHookState) -> int:
    """br_nf_forward_ip. Only what PREROUTING has seen."""
    if skb.nf_bridge is None:
        return NF_ACCEPT
    nf_bridge: NfBridgeInfo = skb.nf_bridge.unshare()
    skb.nf_bridge = nf_bridge
    port = br_port_get(state.out) if state.out is not None else None
    source = br_port_get(state.in_) if state.in_ is not None else None
    if port is None or source is None:
        return _dropped(skb, DropReason.DEV_READY)
    _pull_encap_header(skb)
    if skb.pkt_type == PACKET_OTHERHOST:
        skb.pkt_type = PACKET_HOST
        nf_bridge.pkt_otherhost = True
    if not br_validate_ipv4(skb):
        return _dropped(skb, DropReason.IP_INHDR)
    skb.cb = nf_bridge.frag_max_size << FRAG_MAX_SIZE_SHIFT
    skb.protocol = ETH_P_IP
    nf_bridge.physout = skb.dev
    indev, outdev = source.br.dev, port.br.dev
    if nf_hook(NFPROTO_IPV4, NF_INET_FORWARD, state.net, skb, indev, outdev, br_nf_forward_finish) == 1:
        br_nf_forward_finish(skb)
    return NF_STOLEN


def _forward_arp(skb: SkBuff, state: NfHookState, brnet: BrnfNet) -> int:
    """br_nf_forward_arp: arp's FORWARD, with the ports; nothing of nft can stand there."""
    port = br_port_get(state.out) if state.out is not None else None
    if port is None or (not brnet.call_arptables and not port.br.nf_call_arptables):
        return NF_ACCEPT
    vlan = not skb.vlan_proto and skb.protocol == ETH_P_8021Q
    if vlan:
        _pull_encap_header(skb)
    nh = skb.network_header
    if len(skb.head) - nh < 8:
        return _dropped(skb, DropReason.PKT_TOO_SMALL)
    verdict = 1
    if skb.head[nh + 5] == 4:
        verdict = nf_hook(NFPROTO_ARP, NF_ARP_FORWARD, state.net, skb, state.in_, state.out, br_forward_finish)
    if verdict != 1:
        return NF_STOLEN
    if vlan:
        skb.push(VLAN_HLEN)
        skb.network_header -= VLAN_HLEN
    return NF_ACCEPT


@kfunc(_FILE, "br_nf_forward_finish")
def br_nf_forward_finish(skb: SkBuff) -> int:
    """After ip's FORWARD: on in the bridge's."""
    nf_bridge: NfBridgeInfo = skb.nf_bridge
    nf_bridge.frag_max_size = (skb.cb or 0) >> FRAG_MAX_SIZE_SHIFT
    if nf_bridge.pkt_otherhost:
        skb.pkt_type = PACKET_OTHERHOST
        nf_bridge.pkt_otherhost = False
    _update_protocol_and_push(skb, nf_bridge)
    br_nf_hook_thresh(NF_BR_FORWARD, skb.dev.net, skb, nf_bridge.physin, skb.dev, br_forward_finish)
    return 0


# --- POSTROUTING --------------------------------------------------------------------------------------------------


@kfunc(_FILE, "br_nf_post_routing")
def br_nf_post_routing(priv: object, skb: SkBuff, state: NfHookState) -> int:
    """Shows ip's POSTROUTING a bridged packet as if it left by the bridge."""
    nf_bridge: NfBridgeInfo | None = skb.nf_bridge
    # a packet that came in on a bridge and was routed since has passed ip's POSTROUTING already
    if nf_bridge is None or nf_bridge.physout is None:
        return NF_ACCEPT
    port = br_port_get(skb.dev)
    if port is None:
        return _dropped(skb, DropReason.DEV_READY)
    if not _is(skb, ETH_P_IP, state.net.brnf):
        return NF_ACCEPT
    if skb.pkt_type == PACKET_OTHERHOST:
        skb.pkt_type = PACKET_HOST
        nf_bridge.pkt_otherhost = True
    _pull_encap_header(skb)
    skb.protocol = ETH_P_IP
    if nf_hook(NFPROTO_IPV4, NF_INET_POST_ROUTING, state.net, skb, None, port.br.dev, br_nf_dev_queue_xmit) == 1:
        br_nf_dev_queue_xmit(skb)
    return NF_STOLEN


@kfunc(_FILE, "br_nf_dev_queue_xmit")
def br_nf_dev_queue_xmit(skb: SkBuff) -> int:
    """The last step; what was put together from fragments is cut up again."""
    nf_bridge: NfBridgeInfo = skb.nf_bridge
    mtu = skb.dev.mtu
    if nf_bridge.pkt_otherhost:
        skb.pkt_type = PACKET_OTHERHOST
        nf_bridge.pkt_otherhost = False
    if nf_bridge.frag_max_size:
        mtu = min(mtu, nf_bridge.frag_max_size)
    _update_protocol_and_push(skb, nf_bridge)
    if skb.len <= mtu or skb.gso is not None:
        skb.nf_bridge = None
        return br_dev_queue_push_xmit(skb)
    return _fragment(skb, nf_bridge, mtu)


def _fragment(skb: SkBuff, nf_bridge: NfBridgeInfo, mtu: int) -> int:
    """br_nf_ip_fragment: pieces no larger than those that came, each with the frame's own header and tag."""
    nh = skb.network_header
    if not br_validate_ipv4(skb) or (skb.head[nh + 6] & 0x40 and not skb.ignore_df):
        kfree_skb_reason(skb, DropReason.PKT_TOO_BIG)
        return 0
    mac, dev = skb.head[skb.mac_header : nh], skb.dev
    vlan_tci, vlan_proto = skb.vlan_tci, skb.vlan_proto

    def output(fragment: SkBuff) -> int:
        fragment.push_header(mac)
        fragment.mac_header = 0
        fragment.network_header = len(mac)
        fragment.pull(ETH_HLEN)
        fragment.dev = dev
        fragment.vlan_tci, fragment.vlan_proto = vlan_tci, vlan_proto
        fragment.nf_bridge = None
        return br_dev_queue_push_xmit(fragment)

    return ip_do_fragment(skb, mtu, output)


# --- where bridge and ip meet -------------------------------------------------------------------------------------


@kfunc(_FILE, "ip_sabotage_in")
def ip_sabotage_in(priv: object, skb: SkBuff, state: NfHookState) -> int:
    """A packet for this host has passed ip's PREROUTING within the bridge: not a second time."""
    nf_bridge: NfBridgeInfo | None = skb.nf_bridge
    if nf_bridge is not None and not nf_bridge.sabotage_in_done and not nf_bridge.in_prerouting:
        nf_bridge.sabotage_in_done = True
        if state.okfn is not None:
            state.okfn(skb)
        return NF_STOLEN
    return NF_ACCEPT


def br_nf_hook_thresh(
    hook: int,
    net: Net,
    skb: SkBuff,
    indev: NetDevice | None,
    outdev: NetDevice | None,
    okfn: Callable[[SkBuff], Any],
) -> None:
    """br_nf_hook_thresh: runs the hooks of the bridge family that stand behind br_netfilter's own, then ``okfn``."""
    entries = net.nf.hooks.get((NFPROTO_BRIDGE, hook)) or ()
    at = 0
    for ops in entries:
        if ops.priority > NF_BR_PRI_BRNF:
            break
        at += 1
        if ops.hook is br_nf_pre_routing:
            break
    if not entries:
        okfn(skb)
        return
    state = NfHookState(hook, NFPROTO_BRIDGE, indev, outdev, net, None, okfn)
    if nf_hook_slow(skb, state, entries[at:]) == 1:
        okfn(skb)


_HOOKS = (
    (br_nf_pre_routing, NFPROTO_BRIDGE, NF_BR_PRE_ROUTING, NF_BR_PRI_BRNF),
    (br_nf_forward, NFPROTO_BRIDGE, NF_BR_FORWARD, NF_BR_PRI_BRNF),
    (br_nf_post_routing, NFPROTO_BRIDGE, NF_BR_POST_ROUTING, NF_BR_PRI_LAST),
    (ip_sabotage_in, NFPROTO_IPV4, NF_INET_PRE_ROUTING, NF_IP_PRI_FIRST),
    (ip_sabotage_in, NFPROTO_IPV6, NF_INET_PRE_ROUTING, NF_IP_PRI_FIRST),
)


def brnf_device_event(event: NetdevEvent, dev: NetDevice) -> None:
    """brnf_device_event: a namespace's first bridge brings the hooks."""
    if event is not NetdevEvent.REGISTER or not isinstance(dev.priv, Bridge):
        return
    brnet: BrnfNet = dev.net.brnf
    if not brnet.enabled:
        for hook, pf, hooknum, usual in _HOOKS:
            priority = dev.net.machine.version.br_nf_forward_priority if hook is br_nf_forward else usual
            nf_register_net_hook(dev.net, NfHookOps(hook, pf, hooknum, priority, None, None))
        brnet.enabled = True


def _call_tables(brnet: BrnfNet, field: str) -> CtlTable:
    """brnf_sysctl_call_tables: any number but 0 is 1."""

    def write(text: str) -> None:
        setattr(brnet, field, int(proc_dointvec(text) != 0))

    return CtlTable(lambda: str(getattr(brnet, field)), write)


_SYSCTLS = {
    "bridge-nf-call-arptables": "call_arptables",
    "bridge-nf-call-iptables": "call_iptables",
    "bridge-nf-call-ip6tables": "call_ip6tables",
    "bridge-nf-filter-vlan-tagged": "filter_vlan_tagged",
    "bridge-nf-filter-pppoe-tagged": "filter_pppoe_tagged",
    "bridge-nf-pass-vlan-input-dev": "pass_vlan_indev",
}


def brnf_init_net(net: Net) -> None:
    """brnf_init_net: the sysctls below net.bridge, which are there without a bridge too."""
    net.brnf = BrnfNet()
    brnf = net.brnf
    net.sysctl.register("net.bridge", lambda: {name: _call_tables(brnf, field) for name, field in _SYSCTLS.items()})


def brnf_exit_net(net: Net) -> None:
    """brnf_exit_net: the hooks go with their namespace."""
    if net.brnf.enabled:
        for entries in list(net.nf.hooks.values()):
            for ops in entries:
                if any(ops.hook is hook for hook, *_ in _HOOKS):
                    nf_unregister_net_hook(net, ops)
        net.brnf.enabled = False
