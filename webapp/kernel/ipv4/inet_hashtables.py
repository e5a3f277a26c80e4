"""Who has which port, and whose a segment is (net/ipv4/inet_hashtables.c).

``net.ipv4.tcp_bhash`` has the sockets of each local port, ``tcp_listening`` those that listen, and ``tcp_ehash`` all
connections by their addresses and ports: sockets, requests whose handshake is under way, and what is in TIME_WAIT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.sock import AF_INET, INADDR_ANY
from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.tcp_sock import RequestSock, TcpSock, TimewaitSock, Tuple4
from webapp.kernel.kfunc import kfunc

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

Established = TcpSock | RequestSock | TimewaitSock


def bind_hash(sk: TcpSock | TimewaitSock, port: int) -> None:
    """inet_bind_hash: the socket has the port."""
    sk.num = port
    if isinstance(sk, TcpSock):
        sk.sport = port
    sk.net.ipv4.tcp_bhash.setdefault(port, []).append(sk)


def put_port(sk: TcpSock | TimewaitSock) -> None:
    """inet_put_port: gives the port back."""
    if not sk.num:
        return
    sockets = sk.net.ipv4.tcp_bhash[sk.num]
    sockets.remove(sk)
    if not sockets:
        del sk.net.ipv4.tcp_bhash[sk.num]
    if isinstance(sk, TcpSock):
        sk.num = 0


@kfunc("net/ipv4/inet_hashtables.c", "inet_ehash_insert")
def inet_ehash_insert(sk: Established, net: Net) -> None:
    """A connection is found from now on."""
    net.ipv4.tcp_ehash[sk.key] = sk


def inet_unhash(sk: TcpSock) -> None:
    """inet_unhash: a socket is no longer found by what comes in."""
    ipv4 = sk.net.ipv4
    if ipv4.tcp_ehash.get(sk.key) is sk:
        del ipv4.tcp_ehash[sk.key]
    listeners = ipv4.tcp_listening.get(sk.num)
    if listeners and sk in listeners:
        listeners.remove(sk)
        if not listeners:
            del ipv4.tcp_listening[sk.num]


def _score(sk: TcpSock, daddr: bytes, dif: int) -> int:
    """compute_score of a listener; -1 when the segment is not for it."""
    if sk.bound_dev_if and sk.bound_dev_if != dif:
        return -1
    if len(sk.rcv_saddr) != len(daddr):
        # an IPv6 socket for all addresses takes IPv4, too, unless it says no
        if len(daddr) != len(INADDR_ANY) or any(sk.rcv_saddr) or sk.v6only:
            return -1
    elif any(sk.rcv_saddr) and sk.rcv_saddr != daddr:
        return -1
    return 1 + (sk.family == AF_INET) + 4 * any(sk.rcv_saddr) + 4 * bool(sk.bound_dev_if)


@kfunc("net/ipv4/inet_hashtables.c", "__inet_lookup_listener")
def inet_lookup_listener(net: Net, daddr: bytes, dport: int, dif: int) -> TcpSock | None:
    """The listener that fits best."""
    best, best_score = None, 0
    for sk in net.ipv4.tcp_listening.get(dport, ()):
        score = _score(sk, daddr, dif)
        if score > best_score:
            best, best_score = sk, score
    return best


@kfunc("net/ipv4/inet_hashtables.c", "__inet_lookup_established")
def inet_lookup_established(
    net: Net, saddr: bytes, sport: int, daddr: bytes, dport: int, dif: int
) -> Established | None:
    """The connection between these two ends."""
    sk: Established | None = net.ipv4.tcp_ehash.get((daddr, dport, saddr, sport))
    bound = 0 if sk is None or isinstance(sk, RequestSock) else sk.bound_dev_if
    return None if bound and bound != dif else sk


def inet_lookup(net: Net, saddr: bytes, sport: int, daddr: bytes, dport: int, dif: int) -> Established | None:
    """__inet_lookup: the connection, else the listener."""
    found = inet_lookup_established(net, saddr, sport, daddr, dport, dif)
    return found if found is not None else inet_lookup_listener(net, daddr, dport, dif)


@kfunc("net/ipv4/inet_hashtables.c", "inet_hash_connect")
def inet_hash_connect(sk: TcpSock) -> int:
    """__inet_hash_connect: takes a free local port unless the socket has one; 0, or -EADDRNOTAVAIL."""
    net = sk.net
    if not sk.num:
        for port in net.ipv4.local_ports(2):
            if port not in net.ipv4.tcp_bhash:
                bind_hash(sk, port)
                inet_ehash_insert(sk, net)
                return 0
        return -Errno.EADDRNOTAVAIL
    if not _check_established(net, sk.key):
        return -Errno.EADDRNOTAVAIL
    inet_ehash_insert(sk, net)
    return 0


def _check_established(net: Net, key: Tuple4) -> bool:
    """__inet_check_established: whether nobody has this connection. What is in TIME_WAIT counts (tcp_tw_reuse 2)."""
    return key not in net.ipv4.tcp_ehash
