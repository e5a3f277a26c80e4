"""struct sock (include/net/sock.h) and struct inet_sock (include/net/inet_sock.h): what a program holds of the network.

How a program of webapp/userland uses a socket (addresses are 4 bytes, ports ints, times ns of machine.clock); IPv6's
are used alike, with addresses of 16 bytes, by inet6_create etc. of ipv6/af_inet6.py, rawv6_sendmsg and udpv6_sendmsg:

====================================  ==================================================================================
call                                  module and meaning
====================================  ==================================================================================
inet_create(net, type, protocol)      ipv4/af_inet.py: socket(2); type SOCK_RAW (protocol IPPROTO_ICMP …) or SOCK_DGRAM
inet_bind(sk, addr, port)             ipv4/af_inet.py: bind(2); raises KernelError (EADDRNOTAVAIL, EADDRINUSE)
inet_dgram_connect(sk, addr, port)    ipv4/af_inet.py: connect(2); raises KernelError (ENETUNREACH, EACCES …)
inet_getname(sk)                      ipv4/af_inet.py: getsockname(2) as (address, port)
inet_release(sk)                      ipv4/af_inet.py: close(2); always call it
raw_sendmsg(sk, data, daddr)          ipv4/raw.py: ``data`` follows the IP header (with ``sk.hdrincl``: begins with it)
udp_sendmsg(sk, data, daddr, dport)   ipv4/udp.py: ``daddr`` None sends to the connected peer
ip_mc_join_group(sk, group, ifindex)  ipv4/igmp.py: IP_ADD_MEMBERSHIP; raises KernelError (ENODEV, EADDRINUSE)
sock_error(sk)                        here: takes the pending error (SO_ERROR), 0 if there is none
sock_wait(sk, until)                  here: poll(2): lets time pass until there is something to read, or ``until``
sk.receive_queue.popleft()            a Datagram (of packet sockets: what packet/af_packet.py says)
sock_dequeue_err(sk)                  here: a SockError (recvmsg with MSG_ERRQUEUE) or None; needs ``sk.recverr``
====================================  ==================================================================================

The sendmsg functions return the number of bytes taken, or a negative errno as the kernel does; a pending error of the
socket is returned (and taken) first by sendmsg, and recvmsg of a real program fails with it too: a reader asks
``sock_error`` before ``receive_queue``. Socket options are plain attributes, listed at the classes. A reply is in
``receive_queue`` already when sendmsg returns, unless something on the way waits (a neighbour, a delay).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any, Protocol

from webapp.kernel.errno import Errno

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

AF_INET = 2
AF_INET6 = 10
AF_PACKET = 17

SOCK_STREAM = 1
SOCK_DGRAM = 2
SOCK_RAW = 3

IPPROTO_ICMP = 1
IPPROTO_IGMP = 2
IPPROTO_TCP = 6
IPPROTO_UDP = 17
IPPROTO_ICMPV6 = 58
IPPROTO_RAW = 255

SK_MEM_DEFAULT = 212_992
"""net.core.wmem_default and rmem_default: bytes that a socket may have queued (_SK_MEM_PACKETS * SKB_TRUESIZE(256))."""

INADDR_ANY = bytes(4)
IN6ADDR_ANY = bytes(16)
_MAPPED = bytes(10) + b"\xff\xff"


class SoEeOrigin(IntEnum):
    """sock_extended_err.ee_origin (include/uapi/linux/errqueue.h)."""

    NONE = 0
    LOCAL = 1
    ICMP = 2
    ICMP6 = 3


class IpPmtudisc(IntEnum):
    """IP_MTU_DISCOVER (include/uapi/linux/in.h): ping's -M dont, want, do, probe."""

    DONT = 0
    WANT = 1
    DO = 2
    PROBE = 3
    INTERFACE = 4
    OMIT = 5


@dataclass(frozen=True, slots=True)
class Datagram:
    """One message as recvmsg(2) gives it.

    ``data``: of raw sockets from the IP header on, of UDP the payload. ``daddr`` and ``ifindex`` are IP_PKTINFO,
    ``ttl`` and ``tos`` IP_RECVTTL and IP_RECVTOS; ``timestamp`` is when it was queued; ``mark`` the packet's.
    """

    data: bytes
    saddr: bytes
    sport: int
    daddr: bytes
    ifindex: int
    ttl: int
    tos: int
    mark: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class SockError:
    """One message of the error queue: struct sock_extended_err, and what comes with it.

    ``origin`` LOCAL: this host refused (errno EMSGSIZE: ``info`` is the MTU); ICMP: ``type`` and ``code`` are the
    error's, ``offender`` who sent it (SO_EE_OFFENDER), ``info`` the next hop's MTU for 3/4. ``daddr`` and ``dport``
    are where the refused packet was going, ``data`` its bytes after the IP header (raw) or the UDP header. ICMPv6's
    ``ifindex`` is where it came in: the scope of a link-local offender.
    """

    errno: Errno
    origin: SoEeOrigin
    type: int
    code: int
    info: int
    offender: bytes
    daddr: bytes
    dport: int
    data: bytes
    timestamp: int
    ifindex: int = 0


class Sock:
    """What all sockets share. Options: ``mark`` (SO_MARK), ``priority`` (SO_PRIORITY), ``bound_dev_if``
    (SO_BINDTODEVICE, an ifindex or 0), ``broadcast`` (SO_BROADCAST), ``rcvbuf`` (SO_RCVBUF, bytes).

    ``data_ready`` is called after each message that is queued (sk_data_ready). ``err`` is the pending error, positive.
    """

    __slots__ = (
        "bound_dev_if", "broadcast", "data_ready", "drops", "err", "error_queue", "family", "mark", "net", "priority",
        "protocol", "rcvbuf", "receive_queue", "type",
    )  # fmt: skip

    def __init__(self, net: Net, family: int, type_: int, protocol: int) -> None:
        self.net = net
        self.family = family
        self.type = type_
        self.protocol = protocol
        self.mark = 0
        self.priority = 0
        self.bound_dev_if = 0
        self.broadcast = False
        self.rcvbuf = SK_MEM_DEFAULT
        self.err = 0
        self.drops = 0
        self.receive_queue: deque[Any] = deque()
        self.error_queue: deque[SockError] = deque()
        self.data_ready: Callable[[], None] | None = None

    def __repr__(self) -> str:
        return f"<socket {self.family}/{self.type}/{self.protocol} in {self.net!r}>"


class InetSock(Sock):
    """An IPv4 socket, raw or UDP; or what an IPv6 socket shares with one.

    Addresses: ``rcv_saddr`` and ``num`` what it is bound to (port; of raw sockets the protocol), ``saddr`` what it
    sends from, ``daddr`` and ``dport`` the connected peer; zeroes mean none.

    Options: ``recverr`` (IP_RECVERR), ``tos`` (IP_TOS), ``uc_ttl`` (IP_TTL; -1: net.ipv4.ip_default_ttl),
    ``pmtudisc`` (IP_MTU_DISCOVER), ``hdrincl`` (IP_HDRINCL), ``icmp_filter`` (ICMP_FILTER: bit n refuses ICMP type n),
    ``mc_ttl``, ``mc_loop``, ``mc_index``, ``mc_addr`` (IP_MULTICAST_TTL, _LOOP, _IF), ``mc_all`` (IP_MULTICAST_ALL),
    ``reuseport`` (SO_REUSEPORT), ``freebind`` (IP_FREEBIND), ``no_check_tx`` (SO_NO_CHECK).

    ``v6only`` (IPV6_V6ONLY) keeps an IPv6 socket from IPv4. An IPv6 socket that talks IPv4 has addresses of 4 bytes
    here, and ``ipv6_sockaddr`` is what its program sees of them.

    ``encap_rcv(sk, skb)`` is set on the sockets of tunnels: it takes a datagram (0), or hands it to protocol N (N).
    """

    __slots__ = (
        "daddr", "dport", "encap_rcv", "freebind", "hdrincl", "icmp_filter", "mc_addr", "mc_all", "mc_index", "mc_list",
        "mc_loop", "mc_ttl", "no_check_tx", "num", "pmtudisc", "rcv_saddr", "recverr", "reuseport", "saddr", "tos",
        "uc_ttl", "v6only",
    )  # fmt: skip

    def __init__(self, net: Net, type_: int, protocol: int) -> None:
        super().__init__(net, AF_INET, type_, protocol)
        self.rcv_saddr = self.saddr = self.daddr = INADDR_ANY
        self.num = self.dport = 0
        self.recverr = False
        self.reuseport = False
        self.tos = 0
        self.uc_ttl = -1
        self.pmtudisc = IpPmtudisc.WANT
        self.hdrincl = False
        self.icmp_filter = 0
        self.mc_ttl = 1
        self.mc_loop = True
        self.mc_index = 0
        self.mc_addr = INADDR_ANY
        self.mc_all = True
        self.mc_list: list[tuple[bytes, int]] = []
        self.freebind = False
        self.encap_rcv: Callable[[InetSock, SkBuff], int] | None = None
        self.no_check_tx = False
        self.v6only = False


class Inet6Sock(InetSock):
    """An IPv6 socket, raw or UDP (struct ipv6_pinfo): fields and options of an IPv4 one with addresses of 16 bytes.

    ``uc_ttl`` is IPV6_UNICAST_HOPS and ``mc_ttl`` IPV6_MULTICAST_HOPS (-1: the route's), ``tos`` IPV6_TCLASS,
    ``recverr`` IPV6_RECVERR, ``pmtudisc`` IPV6_MTU_DISCOVER; ``dontfrag`` is IPV6_DONTFRAG, ``flowlabel`` a label to
    send with (0: made up), ``icmp6_filter`` ICMP6_FILTER (bit n refuses ICMPv6 type n), ``checksum`` where in a raw
    packet the kernel puts its checksum (IPV6_CHECKSUM; -1: nowhere). ``scope_id`` is the connected peer's interface.
    """

    __slots__ = ("checksum", "dontfrag", "flowlabel", "icmp6_filter", "scope_id")

    def __init__(self, net: Net, type_: int, protocol: int) -> None:
        super().__init__(net, type_, protocol)
        self.family = AF_INET6
        self.rcv_saddr = self.saddr = self.daddr = self.mc_addr = IN6ADDR_ANY
        self.dontfrag = False
        self.flowlabel = 0
        self.icmp6_filter = 0
        self.checksum = 2 if type_ == SOCK_RAW and protocol == IPPROTO_ICMPV6 else -1
        self.scope_id = 0


def ipv6_sockaddr(sk: InetSock, addr: bytes) -> bytes:
    """An address as the socket's program sees it: to IPv6 sockets an IPv4 address is ::ffff:a.b.c.d."""
    if sk.family == AF_INET or len(addr) == len(IN6ADDR_ANY):
        return addr
    return _MAPPED + addr if any(addr) else IN6ADDR_ANY


def unmapped(addr: bytes) -> bytes:
    """The IPv4 address in ::ffff:a.b.c.d, else ``addr`` itself."""
    return addr[12:] if addr.startswith(_MAPPED) and len(addr) == len(IN6ADDR_ANY) else addr


class Bound(Protocol):
    """What holds a port: a socket, or what is left of one."""

    rcv_saddr: bytes
    v6only: bool


def inet_rcv_saddr_equal(sk: Bound, other: Bound) -> bool:
    """inet_rcv_saddr_equal with wildcards: whether ``sk`` wants an address that ``other`` has."""
    addr, held = sk.rcv_saddr, other.rcv_saddr
    if len(addr) == len(held):
        return addr == held or not any(addr) or not any(held)
    if len(addr) == len(IN6ADDR_ANY):
        return not any(addr) and not sk.v6only
    # an IPv6 socket bound to one address counts as 127.0.0.6 here
    return not other.v6only and (not any(addr) or not any(held))


def socket_name(sk: InetSock) -> str:
    """The address and port that a socket is bound to, as people write them."""
    addr = sk.rcv_saddr
    shown = f"[{IPv6Address(addr)}]" if len(addr) == len(IN6ADDR_ANY) else ".".join(map(str, addr))
    return f"{shown}:{sk.num}"


def sock_error(sk: Sock) -> int:
    """sock_error: the pending error as a positive errno, which is thereby forgotten; 0 if there is none."""
    err, sk.err = sk.err, 0
    return err


def sock_queue_err(sk: Sock, error: SockError) -> None:
    """sock_queue_err_skb: puts an error on the error queue and wakes the reader."""
    sk.error_queue.append(error)
    if sk.data_ready is not None:
        sk.data_ready()


def sock_dequeue_err(sk: Sock) -> SockError | None:
    """sock_dequeue_err_skb (recvmsg with MSG_ERRQUEUE): the oldest error, None if there is none.

    The next ICMP error in the queue becomes the pending error; after the last one nothing is pending.
    """
    if not sk.error_queue:
        return None
    error = sk.error_queue.popleft()
    following = sk.error_queue[0] if sk.error_queue else None
    if following is not None and following.origin in _ICMP_ORIGINS:
        sk.err = following.errno
    elif error.origin in _ICMP_ORIGINS:
        sk.err = 0
    if following is not None and sk.data_ready is not None:
        sk.data_ready()
    return error


_ICMP_ORIGINS = (SoEeOrigin.ICMP, SoEeOrigin.ICMP6)


def sock_queue_rcv(sk: Sock, message: Any, truesize: int) -> bool:
    """__sock_queue_rcv_skb: queues ``message``; False when the receive buffer is full (sk->sk_drops).

    What a reader has taken no longer counts, so the room is judged by the length of the queue: messages of one socket
    are taken to be of one size.
    """
    queue = sk.receive_queue
    if len(queue) * truesize >= sk.rcvbuf:
        sk.drops += 1
        return False
    queue.append(message)
    if sk.data_ready is not None:
        sk.data_ready()
    return True


def sock_wait(sk: Sock, until: int) -> bool:
    """poll(2) with a deadline: lets virtual time pass, timer by timer, until ``sk`` has a message or an error.

    False when the clock has reached ``until`` (ns) and there is still nothing.
    """
    machine = sk.net.machine
    while not (sk.receive_queue or sk.error_queue or sk.err):
        expires = machine.clock.next_expiry()
        if expires is None or expires > until:
            machine.advance(until)
            return bool(sk.receive_queue or sk.error_queue or sk.err)
        machine.advance(expires)
    return True


def skb_truesize(skb: SkBuff) -> int:
    """skb->truesize: what a packet costs of a queue's memory: its bytes, and 576 for sk_buff and skb_shared_info."""
    return ((len(skb.head) + 63) & ~63) + 576
