"""What is remembered of a host that packets came from (net/ipv4/inetpeer.c): its budget of ICMP errors."""

from __future__ import annotations

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.ipv4.netns_ipv4 import NetnsIpv4
from webapp.kernel.ipv6.netns_ipv6 import NetnsIpv6

XRLIM_BURST_FACTOR = 6


class InetPeer:
    """struct inet_peer. Tokens are ns; one bucket serves ip_error, ICMP errors and redirects alike, as in Linux."""

    __slots__ = ("n_redirects", "rate_last", "rate_tokens")

    def __init__(self, now: int) -> None:
        self.rate_tokens = 0
        self.rate_last = now - 60 * NSEC_PER_SEC
        self.n_redirects = 0


def inet_getpeer_v4(ipv4: NetnsIpv4, addr: bytes) -> InetPeer:
    """The peer's record, made at the first look."""
    peer = ipv4.peers.get(addr)
    if peer is None:
        peer = ipv4.peers[addr] = InetPeer(ipv4.net.machine.clock.now)
    return peer


def inet_getpeer_v6(ipv6: NetnsIpv6, addr: bytes) -> InetPeer:
    """The same for an IPv6 address."""
    peer = ipv6.peers.get(addr)
    if peer is None:
        peer = ipv6.peers[addr] = InetPeer(ipv6.net.machine.clock.now)
    return peer


def inet_peer_xrlim_allow(peer: InetPeer, now: int, timeout: int) -> bool:
    """A token bucket that fills by the time and holds six messages; ``timeout`` is the price of one, in ns."""
    token = min(peer.rate_tokens + now - peer.rate_last, XRLIM_BURST_FACTOR * timeout)
    peer.rate_last = now
    allowed = token >= timeout
    peer.rate_tokens = token - timeout if allowed else token
    return allowed
