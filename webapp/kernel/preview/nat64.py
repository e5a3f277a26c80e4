"""NAT64 and NAT46 at netfilter's device hooks: a preview, NOT IN LINUX.

The commit that introduced the egress hook names in-kernel NAT64/NAT46 as a future use of it. This file plays what such
a use could look like: at a device's egress hook IPv6 packets for the translation prefix become IPv4 packets (RFC 6146,
RFC 7915, addresses as in RFC 6052 with a /96 prefix), at its ingress hook the answers become IPv6 again. The frame's
link-layer addresses stay. ICMP echo, UDP and TCP are translated; every other packet for the prefix is dropped.
"""

from __future__ import annotations

from webapp.kernel.core.net_device import ETH_HLEN, NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv6.address import printed
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookOps, NfHookState, nf_register_net_hook, nf_unregister_net_hook
from webapp.kernel.trace import RECORDER, Band, Translated
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_DROP,
    NF_NETDEV_EGRESS,
    NF_NETDEV_INGRESS,
    NFPROTO_NETDEV,
)
from webapp.kernel.wire import ipv4, ipv6
from webapp.kernel.wire.checksum import checksum, pseudo_header

FILE = "(preview, not in Linux)"
PRIORITY = 100

_ICMP, _TCP, _UDP, _ICMPV6 = 1, 6, 17, 58
_ECHO_TO_4 = {128: 8, 129: 0}
_ECHO_TO_6 = {4: 6, 8: 128, 0: 129}
_PORTS = range(1024, 65536)

Session = tuple[int, bytes, int]
"""IPv4 protocol, and an inner source: IPv6 address and port (of ICMP echo: the identifier)."""


class Nat64:
    """The translator of one device. ``prefix`` is 12 bytes (a /96), ``pool`` the IPv4 source address, 4 bytes."""

    __slots__ = ("dev", "forward", "hooks", "pool", "prefix", "reverse")

    def __init__(self, dev: NetDevice, prefix: bytes, pool: bytes) -> None:
        self.dev = dev
        self.prefix = prefix
        self.pool = pool
        self.forward: dict[Session, int] = {}
        self.reverse: dict[tuple[int, int], Session] = {}
        self.hooks = (
            NfHookOps(nat64_egress, NFPROTO_NETDEV, NF_NETDEV_EGRESS, PRIORITY, self, dev),
            NfHookOps(nat64_ingress, NFPROTO_NETDEV, NF_NETDEV_INGRESS, -PRIORITY, self, dev),
        )

    def outer_port(self, session: Session) -> int | None:
        """The port on the pool address: the session's own, else the inner one if it is free, else the first free."""
        known = self.forward.get(session)
        if known is not None:
            return known
        protocol, _, port = session
        free = (number for number in (port, *_PORTS) if (protocol, number) not in self.reverse)
        outer = next(free, None)
        if outer is not None:
            self.forward[session] = outer
            self.reverse[protocol, outer] = session
        return outer


def nat64_add(net: Net, dev: NetDevice, prefix: bytes, pool: bytes) -> None:
    """Translates at ``dev`` from now on; EEXIST where one translates already, EINVAL for a prefix that is no /96."""
    if dev in net.machine.nat64:
        raise KernelError(Errno.EEXIST)
    if len(prefix) != len(b"\0" * 12):
        raise KernelError(Errno.EINVAL)
    translator = Nat64(dev, prefix, pool)
    for ops in translator.hooks:
        nf_register_net_hook(net, ops)
    net.machine.nat64[dev] = translator


def nat64_del(net: Net, dev: NetDevice) -> None:
    """Translates no more; ENOENT where nobody did."""
    translator = net.machine.nat64.pop(dev, None)
    if translator is None:
        raise KernelError(Errno.ENOENT)
    for ops in translator.hooks:
        nf_unregister_net_hook(net, ops)


def _note(field: str, address: bytes, port: int) -> None:
    recorder = RECORDER.get()
    if recorder is not None:
        shown = ".".join(map(str, address)) if len(address) == 4 else printed(address)
        recorder.note(Translated(field, f"{shown} {port}" if port else shown))


@kfunc(FILE, "nat64_egress", band=Band.NETFILTER)
def nat64_egress(nat: Nat64, skb: SkBuff, state: NfHookState) -> int:
    """IPv6 for the prefix becomes IPv4; the packet's data is at the link-layer header."""
    at = skb.data + ETH_HLEN
    if skb.protocol != ETH_P_IPV6 or len(skb.head) < at + ipv6.HLEN:
        return NF_ACCEPT
    header = ipv6.parse(skb.head, at)
    if not header.daddr.startswith(nat.prefix):
        return NF_ACCEPT
    payload = skb.head[at + ipv6.HLEN : at + ipv6.HLEN + header.payload_len]
    protocol = _ICMP if header.nexthdr == _ICMPV6 else header.nexthdr
    inner = _source_port(payload, header.nexthdr)
    outer = None if inner is None else nat.outer_port((protocol, header.saddr, inner))
    destination = header.daddr[12:]
    made = None if outer is None else _to_ipv4(payload, protocol, outer, nat.pool, destination)
    if made is None or outer is None:
        return NF_DROP
    new = ipv4.emit(
        nat.pool, destination, protocol, len(made), ttl=header.hop_limit, tos=header.tclass, frag_off=ipv4.IP_DF
    )
    _replace(skb, ETH_P_IP, new + made, len(new))
    _note("source", nat.pool, outer)
    _note("destination", destination, 0)
    return NF_ACCEPT


@kfunc(FILE, "nat46_ingress", band=Band.NETFILTER)
def nat64_ingress(nat: Nat64, skb: SkBuff, state: NfHookState) -> int:
    """IPv4 for the pool address becomes IPv6 where a session knows it; data is at the network header."""
    at = skb.data
    if skb.protocol != ETH_P_IP or len(skb.head) < at + ipv4.HLEN:
        return NF_ACCEPT
    header = ipv4.parse(skb.head, at)
    if header.daddr != nat.pool:
        return NF_ACCEPT
    payload = skb.head[at + header.header_length : at + header.tot_len]
    outer = _destination_port(payload, header.protocol)
    session = None if outer is None else nat.reverse.get((header.protocol, outer))
    if session is None:
        return NF_ACCEPT
    _, address, port = session
    source = nat.prefix + header.saddr
    made = _to_ipv6(payload, header.protocol, port, source, address)
    if made is None:
        return NF_DROP
    nexthdr = _ICMPV6 if header.protocol == _ICMP else header.protocol
    new = ipv6.HEADER.pack(6 << 28 | header.tos << 20, len(made), nexthdr, header.ttl, source, address)
    _replace(skb, ETH_P_IPV6, new + made, len(new))
    _note("destination", address, port)
    return NF_ACCEPT


def _source_port(payload: bytes, nexthdr: int) -> int | None:
    """The port by which a session is known; None where the packet is none that is translated."""
    if nexthdr in (_TCP, _UDP) and len(payload) >= 8:
        return int.from_bytes(payload[0:2], "big")
    if nexthdr == _ICMPV6 and len(payload) >= 8 and payload[0] in _ECHO_TO_4:
        return int.from_bytes(payload[4:6], "big")
    return None


def _destination_port(payload: bytes, protocol: int) -> int | None:
    if protocol in (_TCP, _UDP) and len(payload) >= 8:
        return int.from_bytes(payload[2:4], "big")
    if protocol == _ICMP and len(payload) >= 8 and payload[0] in (0, 8):
        return int.from_bytes(payload[4:6], "big")
    return None


def _to_ipv4(payload: bytes, protocol: int, port: int, saddr: bytes, daddr: bytes) -> bytes | None:
    number = port.to_bytes(2, "big")
    if protocol == _ICMP:
        body = bytes((_ECHO_TO_4[payload[0]], 0, 0, 0)) + number + payload[6:]
        return body[:2] + checksum(body).to_bytes(2, "big") + body[4:]
    return _summed(number + payload[2:], protocol, saddr, daddr)


def _to_ipv6(payload: bytes, protocol: int, port: int, saddr: bytes, daddr: bytes) -> bytes | None:
    number = port.to_bytes(2, "big")
    if protocol == _ICMP:
        body = bytes((_ECHO_TO_6[payload[0]], 0, 0, 0)) + number + payload[6:]
        check = checksum(pseudo_header(saddr, daddr, _ICMPV6, len(body)) + body)
        return body[:2] + check.to_bytes(2, "big") + body[4:]
    return _summed(payload[:2] + number + payload[4:], protocol, saddr, daddr)


def _summed(segment: bytes, protocol: int, saddr: bytes, daddr: bytes) -> bytes | None:
    at = 6 if protocol == _UDP else 16
    if len(segment) < at + 2:
        return None
    blank = segment[:at] + b"\0\0" + segment[at + 2 :]
    check = checksum(pseudo_header(saddr, daddr, protocol, len(segment)) + blank) or 0xFFFF
    return segment[:at] + check.to_bytes(2, "big") + segment[at + 2 :]


def _replace(skb: SkBuff, ethertype: int, packet: bytes, header_length: int) -> None:
    """Another packet behind the same link-layer addresses; ``data`` stays where it was, before or behind them."""
    mac = skb.mac_header
    behind = skb.data != mac
    skb.head = skb.head[mac : mac + 12] + ethertype.to_bytes(2, "big") + packet
    skb.mac_header = 0
    skb.network_header = ETH_HLEN
    skb.transport_header = ETH_HLEN + header_length
    skb.data = ETH_HLEN if behind else 0
    skb.protocol = ethertype
