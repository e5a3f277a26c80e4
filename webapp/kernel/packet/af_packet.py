"""Packet sockets of type SOCK_RAW (net/packet/af_packet.c): whole frames straight to and from a device.

How a program uses one: ``packet_create``, then ``packet_bind`` to listen, ``packet_sendmsg`` to send, and
``packet_release`` when done. What arrives lies in ``receive_queue`` as PacketMessage. A socket that is bound to
ETH_P_ALL is a tap: it sees frames before tc and netfilter at ingress, and after them at egress.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.kernel.core.dev import (
    dev_add_pack,
    dev_direct_xmit,
    dev_queue_xmit,
    dev_remove_pack,
    nf_hook_direct_egress,
)
from webapp.kernel.core.flow_dissector import skb_probe_transport_header
from webapp.kernel.core.net_device import (
    ARPHRD_ETHER,
    ETH_HLEN,
    NET_XMIT_CN,
    NET_XMIT_DROP,
    NET_XMIT_SUCCESS,
    Iff,
    NetDevice,
    PacketType,
)
from webapp.kernel.core.skbuff import PACKET_LOOPBACK, PACKET_OUTGOING, SkBuff
from webapp.kernel.core.sock import AF_PACKET, SOCK_RAW, Sock, skb_truesize, sock_queue_rcv
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import RECORDER, Lane
from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q, ETH_P_ALL

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

VLAN_HLEN = 4
_VLANS = frozenset((ETH_P_8021Q, ETH_P_8021AD))


@dataclass(frozen=True, slots=True)
class PacketMessage:
    """One frame as recvmsg(2) gives it, with its struct sockaddr_ll. ``data`` begins at the link-layer header;
    ``protocol`` is an ethertype, ``pkttype`` a PACKET_*, ``timestamp`` when it was queued (ns). ``vlan_tci`` and
    ``vlan_proto`` are the tag that stands beside the frame (PACKET_AUXDATA), 0 without one.
    """

    data: bytes
    ifindex: int
    protocol: int
    pkttype: int
    timestamp: int
    vlan_tci: int = 0
    vlan_proto: int = 0


class PacketSock(Sock):
    """struct packet_sock.

    ``protocol`` and ``ifindex`` (0: every device) are what it is bound to; it listens while ``hook`` is not None.
    Options: ``qdisc_bypass`` (PACKET_QDISC_BYPASS), ``ignore_outgoing`` (PACKET_IGNORE_OUTGOING), and those of Sock.
    """

    __slots__ = ("hook", "ifindex", "ignore_outgoing", "qdisc_bypass")

    def __init__(self, net: Net, protocol: int) -> None:
        super().__init__(net, AF_PACKET, SOCK_RAW, protocol)
        self.hook: PacketType | None = None
        self.ifindex = 0
        self.qdisc_bypass = False
        self.ignore_outgoing = False


def packet_create(net: Net, protocol: int) -> PacketSock:
    """socket(AF_PACKET, SOCK_RAW, protocol): with a protocol it listens on every device at once."""
    sk = PacketSock(net, protocol)
    if protocol:
        _register_prot_hook(sk, None)
    return sk


def packet_bind(sk: PacketSock, ifindex: int, protocol: int = 0) -> None:
    """bind(2) to a device (0: all) and a protocol (0: the one it has). KernelError ENODEV: there is no such device.

    On a device that is down the socket is bound, and reports ENETDOWN as its pending error.
    """
    dev = None
    if ifindex:
        dev = sk.net.dev_get_by_index(ifindex)
        if dev is None:
            raise KernelError(Errno.ENODEV)
    _unregister_prot_hook(sk)
    sk.protocol = protocol or sk.protocol
    sk.ifindex = ifindex
    if not sk.protocol:
        return
    if dev is None or dev.flags & Iff.UP:
        _register_prot_hook(sk, dev)
    else:
        sk.err = Errno.ENETDOWN


def packet_release(sk: PacketSock) -> None:
    """close(2)."""
    _unregister_prot_hook(sk)


def _register_prot_hook(sk: PacketSock, dev: NetDevice | None) -> None:
    sk.hook = PacketType(sk.protocol, packet_rcv, dev, sk)
    dev_add_pack(sk.net, sk.hook)


def _unregister_prot_hook(sk: PacketSock) -> None:
    if sk.hook is not None:
        dev_remove_pack(sk.net, sk.hook)
        sk.hook = None


@kfunc("net/packet/af_packet.c", "packet_rcv")
def packet_rcv(skb: SkBuff, dev: NetDevice, ptype: PacketType, orig_dev: NetDevice) -> int:
    """A frame that the socket listens for: it gets the bytes, the packet itself stays whose it was."""
    sk: PacketSock = ptype.owner
    if dev.net is not sk.net:
        return 0
    if skb.pkt_type == PACKET_LOOPBACK or (sk.ignore_outgoing and skb.pkt_type == PACKET_OUTGOING):
        return 0
    now = dev.net.machine.clock.now
    frame = skb.head[skb.mac_header :]
    message = PacketMessage(frame, dev.ifindex, skb.protocol, skb.pkt_type, now, skb.vlan_tci, skb.vlan_proto)
    sock_queue_rcv(sk, message, skb_truesize(skb))
    return 0


def packet_sendmsg(sk: PacketSock, data: bytes, ifindex: int = 0, protocol: int = 0) -> int:
    """sendto(2): ``ifindex`` and ``protocol`` are those of the sockaddr_ll; 0 means what the socket is bound to."""
    return packet_snd(sk, data, ifindex or sk.ifindex, protocol if ifindex else sk.protocol)


@kfunc("net/packet/af_packet.c", "packet_snd", lane=Lane.OUT, station="socket send")
def packet_snd(sk: PacketSock, data: bytes, ifindex: int, protocol: int) -> int:
    """Sends one frame, link-layer header included.

    Returns its length or a negative errno: ENXIO no such device, ENETDOWN it is down, EMSGSIZE longer than the MTU
    allows (four bytes more if it bears a VLAN tag), EINVAL shorter than its header, ENOBUFS dropped on the way out.
    """
    dev = sk.net.dev_get_by_index(ifindex)
    if dev is None:
        return -Errno.ENXIO
    if not dev.flags & Iff.UP:
        return -Errno.ENETDOWN
    if len(data) < dev.hard_header_len:
        return -Errno.EINVAL
    ethertype = int.from_bytes(data[ETH_HLEN - 2 : ETH_HLEN], "big")
    room = dev.mtu + dev.hard_header_len + (VLAN_HLEN if ethertype == ETH_P_8021Q and dev.type == ARPHRD_ETHER else 0)
    if len(data) > room:
        return -Errno.EMSGSIZE
    proto = ethertype if protocol in (0, ETH_P_ALL) else protocol
    skb = SkBuff(data, proto, dev, sk.mark)
    skb.mac_header = 0
    skb.network_header = dev.hard_header_len
    skb.priority = sk.priority
    skb.sk = sk
    if proto in _VLANS:
        skb.network_header = vlan_depth(data) or skb.network_header
    skb_probe_transport_header(skb)
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.about(skb)
    code = packet_xmit(sk, skb)
    if code in (NET_XMIT_SUCCESS, NET_XMIT_CN):
        return len(data)
    return code if code < 0 else -Errno.ENOBUFS


def vlan_depth(frame: bytes) -> int:
    """vlan_get_protocol_and_depth: where the tags of a frame end; 0 where one is cut off."""
    at = ETH_HLEN
    protocol = ETH_P_8021Q
    while protocol in _VLANS:
        if at + VLAN_HLEN > len(frame):
            return 0
        protocol = int.from_bytes(frame[at + 2 : at + VLAN_HLEN])
        at += VLAN_HLEN
    return at


@kfunc("net/packet/af_packet.c", "packet_xmit")
def packet_xmit(sk: PacketSock, skb: SkBuff) -> int:
    """To the queue with all its hooks; with PACKET_QDISC_BYPASS through netfilter egress only, and to the driver."""
    if not sk.qdisc_bypass:
        return dev_queue_xmit(skb)
    if not nf_hook_direct_egress(skb):
        return NET_XMIT_DROP
    return dev_direct_xmit(skb)
