"""nc: netcat-openbsd 1.219 (Debian 12)."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import NamedTuple

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.sock import (
    AF_INET,
    AF_INET6,
    IN6ADDR_ANY,
    INADDR_ANY,
    SOCK_DGRAM,
    SOCK_STREAM,
    Inet6Sock,
    InetSock,
    ipv6_sockaddr,
    sock_error,
)
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.af_inet import (
    inet_accept,
    inet_bind,
    inet_create,
    inet_dgram_connect,
    inet_listen,
    inet_release,
    inet_shutdown,
    inet_stream_connect,
)
from webapp.kernel.ipv4.ip_sockglue import ip_sock_set_tos
from webapp.kernel.ipv4.tcp import so_error, tcp_poll, tcp_recvmsg, tcp_sendmsg
from webapp.kernel.ipv4.tcp_sock import POLLERR, POLLHUP, POLLIN, POLLOUT, SEND_SHUTDOWN, TcpSock
from webapp.kernel.ipv4.udp import udp_sendmsg
from webapp.kernel.ipv6.address import ipv6_addr_needs_scope_id, printed
from webapp.kernel.ipv6.af_inet6 import (
    inet6_bind,
    inet6_create,
    inet6_release,
    inet6_stream_connect,
    ip6_datagram_connect,
    tcp6_socket,
)
from webapp.kernel.ipv6.udp import udpv6_sendmsg
from webapp.userland.getopt import Getopt, OptionError
from webapp.userland.inet import inet_ntoa, inet_pton, inet_pton6
from webapp.userland.jobs import Task, Wait
from webapp.userland.nftables.netdb import SERVICES
from webapp.userland.process import Process

_BUFSIZE = 16384
_UDP_SCAN_TIMEOUT = 3
_INT_MAX = (1 << 31) - 1

_USAGE = (
    "usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n"
    "\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n"
    "\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n"
    "\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n"
    "\t  [destination] [port]\n"
)

_OPTIONS = "46bCDdFhI:i:klM:m:NnO:P:p:q:rSs:T:tUuV:vW:w:X:x:Zz"
_FLAGS = {
    "b": "broadcast", "C": "crlf", "d": "detached", "k": "keep", "l": "listen", "N": "shut", "n": "numeric",
    "u": "udp", "v": "verbose", "z": "zero",
}  # fmt: skip
_FAMILIES = {"4": AF_INET, "6": AF_INET6}
_WITHOUT_EFFECT = frozenset("D")
_LOOPBACK = bytes((127, 0, 0, 1))
_MAPPED = bytes(10) + b"\xff\xff"


class NcError(Exception):
    """nc ends: the whole message."""


class ResolverError(Exception):
    """gai_strerror(3)."""


class SockAddr(NamedTuple):
    """A sockaddr without its port; ``scope`` is the interface of an address that needs one."""

    addr: bytes
    scope: int = 0

    @property
    def family(self) -> int:
        """AF_INET or AF_INET6."""
        return AF_INET if len(self.addr) == len(INADDR_ANY) else AF_INET6


@dataclass(slots=True)
class Options:
    """The command line; ``timeout`` in ns, ``quit`` in seconds; ``family`` 0: either."""

    family: int = 0
    broadcast: bool = False
    crlf: bool = False
    detached: bool = False
    keep: bool = False
    listen: bool = False
    shut: bool = False
    numeric: bool = False
    udp: bool = False
    verbose: bool = False
    zero: bool = False
    timeout: int | None = None
    quit: int = -1
    port: str = ""
    source: str = ""
    ttl: int = -1
    tos: int = 0


def main(process: Process, argv: list[str]) -> Task:
    """Exit code 0 if any connection was made, else 1."""
    try:
        options, operands = _options(argv)
        return (yield from Netcat(process, options, operands).run())
    except NcError as error:
        process.stderr.write(str(error))
    except OptionError as error:
        process.stderr.write(f"nc: {error}\n{_USAGE}")
    return 1


# --- the command line ---------------------------------------------------------------------------------------------


def _options(argv: list[str]) -> tuple[Options, list[str]]:
    options = Options()
    getopt = Getopt(argv[1:], _OPTIONS)
    for letter, text in getopt:
        if letter in _FLAGS:
            setattr(options, _FLAGS[letter], True)
        elif letter in _FAMILIES:
            options.family = _FAMILIES[letter]
        elif letter == "p":
            options.port = text
        elif letter == "s":
            options.source = text
        elif letter == "w":
            options.timeout = _number(text, 0, _INT_MAX // 1000, "timeout") * NSEC_PER_SEC
        elif letter == "q":
            options.quit = _number(text, -_INT_MAX, _INT_MAX, "quit timer")
            options.shut = options.shut or options.quit >= 0
        elif letter == "M":
            options.ttl = _number(text, 0, 255, "ttl")
        elif letter == "T":
            options.tos = _tos(text)
        elif letter not in _WITHOUT_EFFECT:
            raise NcError(f"nc: -{letter} is not modelled\n")
    return options, getopt.operands


def _number(text: str, low: int, high: int, what: str) -> int:
    """strtonum(3)."""
    stripped = text.strip()
    if not stripped.lstrip("+-").isdigit():
        raise NcError(f"nc: {what} invalid: {text}\n")
    value = int(stripped)
    if value < low:
        raise NcError(f"nc: {what} too small: {text}\n")
    if value > high:
        raise NcError(f"nc: {what} too large: {text}\n")
    return value


def _tos(text: str) -> int:
    try:
        return int(text, 0) & 0xFF
    except ValueError:
        raise NcError(f"nc: -T {text} is not modelled; give a number\n") from None


def _ports(text: str) -> list[int]:
    """One port, by number or name, or a range (build_ports)."""
    if text in SERVICES:
        return [SERVICES[text]]
    low, dash, high = text.partition("-")
    if dash and low:
        first, last = _port(low), _port(high)
        return list(range(min(first, last), max(first, last) + 1))
    return [_port(text)]


def _port(text: str) -> int:
    if not text.strip().lstrip("+-").isdigit():
        raise NcError(f"nc: port number invalid: {text}\n")
    value = int(text)
    if value < 1:
        raise NcError(f"nc: port number too small: {text}\n")
    if value > 65535:
        raise NcError(f"nc: port number too large: {text}\n")
    return value


# --- one socket of either kind --------------------------------------------------------------------------------------


def _poll(sk: InetSock) -> int:
    """poll(2)."""
    if isinstance(sk, TcpSock):
        return tcp_poll(sk)
    error = POLLERR if sk.err or sk.error_queue else 0
    return POLLOUT | (POLLIN if sk.receive_queue else 0) | error


def _read(sk: InetSock) -> bytes | int:
    """read(2): bytes, or a negative errno."""
    if isinstance(sk, TcpSock):
        return tcp_recvmsg(sk, _BUFSIZE)
    if sk.err:
        return -sock_error(sk)
    data: bytes = sk.receive_queue.popleft().data
    return data[:_BUFSIZE]


def _write(sk: InetSock, data: bytes) -> int:
    """write(2): bytes taken, or a negative errno."""
    if isinstance(sk, TcpSock):
        return tcp_sendmsg(sk, data)
    if sk.err:
        return -sock_error(sk)
    if isinstance(sk, Inet6Sock):
        return udpv6_sendmsg(sk, data, None, 0, 0)
    return udp_sendmsg(sk, data, None, 0)


def _release(sk: InetSock) -> None:
    """close(2)."""
    if isinstance(sk, Inet6Sock):
        inet6_release(sk)
    else:
        inet_release(sk)


def _bind(sk: InetSock, address: SockAddr, port: int) -> None:
    """bind(2)."""
    if isinstance(sk, Inet6Sock) or (isinstance(sk, TcpSock) and sk.family == AF_INET6):
        inet6_bind(sk, address.addr, port, address.scope)
    else:
        inet_bind(sk, address.addr, port)


def _dgram_connect(sk: InetSock, address: SockAddr, port: int) -> None:
    """connect(2) of a datagram socket."""
    if isinstance(sk, Inet6Sock):
        ip6_datagram_connect(sk, address.addr, port, address.scope)
    else:
        inet_dgram_connect(sk, address.addr, port)


def _stream_connect(sk: TcpSock, address: SockAddr, port: int) -> int:
    """connect(2) of a stream socket: 0, or a positive errno."""
    if sk.family == AF_INET6:
        return -inet6_stream_connect(sk, address.addr, port, address.scope)
    return -inet_stream_connect(sk, address.addr, port)


def ipv6_ntop(addr: bytes) -> str:
    """inet_ntop(3): ::ffff:a.b.c.d keeps its dots."""
    return f"::ffff:{inet_ntoa(addr[12:])}" if addr.startswith(_MAPPED) else printed(addr)


class Netcat:
    """One run of nc."""

    def __init__(self, process: Process, options: Options, operands: list[str]) -> None:
        self.process = process
        self.options = options
        self.clock = process.machine.clock
        self.stdin = process.stdin.encode("utf-8", "surrogateescape")
        if options.crlf:
            self.stdin = self.stdin.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        self.stdin_open = not options.detached
        self.host, self.port = self._destination(operands)

    def _destination(self, operands: list[str]) -> tuple[str, str]:
        options = self.options
        if len(operands) > 2 or (not operands and not options.listen):
            raise NcError(_USAGE)
        if len(operands) == 2:
            host, port = operands
        elif options.listen:
            host, port = ("", operands[0]) if operands and not options.port else ("".join(operands), options.port)
        else:
            raise NcError("nc: missing port number\n")
        if options.listen and options.source:
            raise NcError(_USAGE if not operands or options.port else "nc: cannot use -s and -l\n")
        if options.listen and options.zero:
            raise NcError("nc: cannot use -z and -l\n")
        if not port:
            raise NcError("nc: missing port number\n")
        if options.keep and not options.listen:
            raise NcError("nc: must use -l with -k\n")
        return host, port

    def run(self) -> Task:
        """Listens, or connects to one port after the other."""
        return (yield from (self._serve() if self.options.listen else self._connect_to_ports()))

    def complain(self, text: str) -> None:
        """warnx(3)."""
        self.process.stderr.write(f"nc: {text}\n")

    # names

    def _resolve(self, host: str, family: int, *, numeric: bool) -> SockAddr:
        """getaddrinfo(3): a number, or localhost; a lab has no name server. ResolverError."""
        address = inet_pton(host)
        if address is None and host == "localhost" and not numeric and family != AF_INET6:
            address = _LOOPBACK
        found = None if address is None else SockAddr(address)
        if found is None:
            six = inet_pton6(host)
            found = None if six is None else SockAddr(six[0], self._scope(six[1]))
        if found is None:
            raise ResolverError("Name or service not known" if numeric else "Temporary failure in name resolution")
        if family not in (0, found.family):
            raise ResolverError("Address family for hostname not supported")
        return found

    def _scope(self, name: str) -> int:
        """What stands behind a % as an interface number. ResolverError."""
        dev = self.process.net.dev_get_by_name(name)
        if dev is not None:
            return dev.ifindex
        if name and not name.isdigit():
            raise ResolverError("Name or service not known")
        return int(name or "0")

    def _numeric(self, address: SockAddr) -> str:
        """getnameinfo(3) with NI_NUMERICHOST."""
        if address.family == AF_INET:
            return inet_ntoa(address.addr)
        if not address.scope:
            return ipv6_ntop(address.addr)
        dev = self.process.net.dev_get_by_index(address.scope)
        return f"{ipv6_ntop(address.addr)}%{address.scope if dev is None else dev.name}"

    def _shown_service(self, port: int) -> str:
        if self.options.numeric:
            return "*"
        return next((name for name, number in SERVICES.items() if number == port), "*")

    def _report(self, what: str, address: SockAddr, port: int) -> None:
        """report_sock."""
        if not self.options.verbose:
            return
        name = self._numeric(address)
        if not self.options.numeric and address.addr != IN6ADDR_ANY:
            if address.addr[0] != _LOOPBACK[0] or address.family != AF_INET:
                self.complain("getnameinfo: Temporary failure in name resolution")
                return
            name = "localhost"
        self.process.stderr.write(f"{what} {name} {port}\n")

    def _report_received(self, sk: InetSock, addr: bytes, port: int) -> None:
        addr = ipv6_sockaddr(sk, addr)
        near = len(addr) == len(IN6ADDR_ANY) and ipv6_addr_needs_scope_id(addr)
        self._report("Connection received on", SockAddr(addr, sk.bound_dev_if if near else 0), port)

    # sockets

    def _socket(self, family: int) -> InetSock:
        options, net = self.options, self.process.net
        sk: InetSock
        if family == AF_INET6:
            sk = inet6_create(net, SOCK_DGRAM, 0) if options.udp else tcp6_socket(net)
            sk.tos = options.tos
            sk.uc_ttl = options.ttl
            return sk
        sk = inet_create(net, SOCK_DGRAM if options.udp else SOCK_STREAM, 0)
        sk.broadcast = options.broadcast
        ip_sock_set_tos(sk, options.tos)
        sk.uc_ttl = options.ttl
        return sk

    # listening

    def _listen(self) -> InetSock:
        """local_listen."""
        port = _ports(self.port)[0]
        try:
            anybody = SockAddr(IN6ADDR_ANY if self.options.family == AF_INET6 else INADDR_ANY)
            address = (
                self._resolve(self.host, self.options.family, numeric=self.options.numeric) if self.host else anybody
            )
        except ResolverError as error:
            raise NcError(f"nc: getaddrinfo: {error}\n") from None
        sk = self._socket(address.family)
        sk.reuseport = True
        try:
            if isinstance(sk, TcpSock):
                sk.reuse = True
            _bind(sk, address, port)
            if isinstance(sk, TcpSock):
                inet_listen(sk, 1)
        except KernelError as error:
            _release(sk)
            raise NcError(f"nc: {error.errno.strerror}\n") from None
        self._report("Bound on" if self.options.udp else "Listening on", address, port)
        return sk

    def _serve(self) -> Task:
        sk = self._listen()
        try:
            while True:
                if isinstance(sk, TcpSock):
                    yield from self._accept(sk)
                elif self.options.keep:
                    # datagrams of all comers, and nobody to answer
                    yield from self.transfer(sk)
                    return 0
                else:
                    yield Wait(None, lambda: sk.receive_queue or sk.err)
                    peer = sk.receive_queue[0]
                    near = len(peer.saddr) == len(IN6ADDR_ANY) and ipv6_addr_needs_scope_id(peer.saddr)
                    try:
                        _dgram_connect(sk, SockAddr(peer.saddr, peer.ifindex if near else 0), peer.sport)
                    except KernelError as error:
                        raise NcError(f"nc: connect: {error.errno.strerror}\n") from None
                    self._report_received(sk, peer.saddr, peer.sport)
                    yield from self.transfer(sk)
                if not self.options.keep:
                    return 0
        finally:
            _release(sk)

    def _accept(self, listener: TcpSock) -> Generator[Wait, bool, None]:
        yield Wait(None, lambda: listener.accept_queue)
        sk = inet_accept(listener)
        if sk is None:
            return
        try:
            self._report_received(sk, sk.daddr, sk.dport)
            yield from self.transfer(sk)
        finally:
            inet_release(sk)

    # connecting

    def _connect_to_ports(self) -> Task:
        code = 1
        for port in _ports(self.port):
            try:
                address = self._resolve(self.host, self.options.family, numeric=self.options.numeric)
            except ResolverError as error:
                raise NcError(f'nc: getaddrinfo for host "{self.host}" port {self.port}: {error}\n') from None
            sk = self._socket(address.family)
            try:
                if not (yield from self._connect(sk, address, port)):
                    continue
                code = 0
                tested = self.options.udp and (self.options.verbose or self.options.zero)
                if tested and not (yield from self._udptest(sk)):
                    code = 1
                    continue
                if self.options.verbose:
                    self._report_connected(address, port)
                if not self.options.zero:
                    yield from self.transfer(sk)
            finally:
                _release(sk)
        return code

    def _report_connected(self, address: SockAddr, port: int) -> None:
        service = f"{'udp' if self.options.udp else 'tcp'}/{self._shown_service(port)}"
        self.process.stderr.write(f"Connection to {self._shown(address)} {port} port [{service}] succeeded!\n")

    def _connect(self, sk: InetSock, address: SockAddr, port: int) -> Generator[Wait, bool, bool]:
        """remote_connect for one address; False: it did not work, which was said with -v."""
        options = self.options
        if options.source or options.port:
            try:
                anybody = SockAddr(INADDR_ANY if address.family == AF_INET else IN6ADDR_ANY)
                own = self._resolve(options.source, address.family, numeric=False) if options.source else anybody
                _bind(sk, own, _ports(options.port)[0] if options.port else 0)
            except ResolverError as unknown:
                raise NcError(f"nc: getaddrinfo: {unknown}\n") from None
            except KernelError as refused:
                raise NcError(f"nc: bind failed: {refused.errno.strerror}\n") from None
        how = "failed"
        if isinstance(sk, TcpSock):
            error = _stream_connect(sk, address, port)
            if error == Errno.EINPROGRESS:
                until = None if options.timeout is None else self.clock.now + options.timeout
                if (yield Wait(until, lambda: _poll(sk) & (POLLOUT | POLLERR | POLLHUP))):
                    error = so_error(sk)
                else:
                    how = "timed out"
        else:
            error = _dgram_error(sk, address, port)
        if error and options.verbose:
            kind = "udp" if options.udp else "tcp"
            problem = Errno(error).strerror
            self.complain(f"connect to {self._shown(address)} port {port} ({kind}) {how}: {problem}")
        return not error

    def _shown(self, address: SockAddr) -> str:
        shown = self._numeric(address)
        return self.host if self.options.numeric or shown == self.host else f"{self.host} ({shown})"

    def _udptest(self, sk: InetSock) -> Generator[Wait, bool, bool]:
        """udptest: writes a few times, in the hope of an ICMP error if nobody listens."""
        if _write(sk, b"X") != 1 or _write(sk, b"X") == -Errno.ECONNREFUSED:
            return False
        timeout = self.options.timeout
        for _ in range(_UDP_SCAN_TIMEOUT if timeout is None else timeout // NSEC_PER_SEC):
            yield self.process.sleep(NSEC_PER_SEC)
            if _write(sk, b"X") == -Errno.ECONNREFUSED:
                return False
        return True

    # data

    def transfer(self, sk: InetSock) -> Generator[Wait, bool, None]:
        """readwrite: from stdin to the network and from the network to stdout, until there is nothing more to do."""
        yield from _Transfer(self, sk).run()


def _dgram_error(sk: InetSock, address: SockAddr, port: int) -> int:
    try:
        _dgram_connect(sk, address, port)
    except KernelError as error:
        return error.errno
    return 0


class _Transfer:
    """readwrite's state: which of the two directions is open, and what waits for the network."""

    def __init__(self, nc: Netcat, sk: InetSock) -> None:
        self.nc = nc
        self.sk = sk
        self.to_net = self.from_net = True
        self.buffer = b""
        self.quit_at: int | None = None

    def _revents(self) -> int:
        """What poll reports of the socket, as far as one of its two directions wants to know."""
        wanted = (POLLIN if self.from_net else 0) | (POLLOUT if self.to_net and self.buffer else 0)
        if not (self.to_net or self.from_net):
            return 0
        return _poll(self.sk) & (wanted | POLLERR | POLLHUP)

    def _over(self) -> bool:
        nc = self.nc
        if self.buffer and self.to_net:
            return False
        if not self.from_net:
            return True
        return not nc.stdin_open and not self.to_net and not self.from_net

    def run(self) -> Generator[Wait, bool, None]:
        """Turns of poll(2)."""
        nc = self.nc
        timeout = nc.options.timeout
        while not self._over():
            until = None if timeout is None else nc.clock.now + timeout
            if self.quit_at is not None:
                until = self.quit_at if until is None else min(until, self.quit_at)
            if not (yield Wait(until, lambda: nc.stdin_open or self._revents())):
                return
            if self.quit_at is not None and nc.clock.now >= self.quit_at:
                return
            if self._turn():
                return

    def _turn(self) -> bool:
        """Does what can be done without waiting; True: nc quits."""
        nc = self.nc
        revents = self._revents()
        if revents & POLLERR:
            self.to_net = self.from_net = False
        if revents & POLLHUP:
            self.to_net = False
            self.from_net = self.from_net and bool(revents & POLLIN)
        if not self.to_net:
            nc.stdin_open = False
        if nc.stdin_open:
            self._read_stdin()
        if self.to_net and self.buffer and _poll(self.sk) & POLLOUT:
            self._write_net()
        if self.from_net and revents & POLLIN:
            self._read_net()
        if not nc.stdin_open and not self.buffer and self.to_net:
            self.to_net = False
            if nc.options.shut:
                self._shutdown()
            if nc.options.quit == 0:
                return True
            if nc.options.quit > 0:
                self.quit_at = nc.clock.now + nc.options.quit * NSEC_PER_SEC
        return False

    def _read_stdin(self) -> None:
        nc = self.nc
        room = _BUFSIZE - len(self.buffer)
        self.buffer += nc.stdin[:room]
        nc.stdin_open = bool(nc.stdin)
        nc.stdin = nc.stdin[room:]

    def _write_net(self) -> None:
        sent = _write(self.sk, self.buffer)
        if sent >= 0:
            self.buffer = self.buffer[sent:]
        elif sent != -Errno.EAGAIN:
            self.to_net, self.buffer = False, b""

    def _read_net(self) -> None:
        data = _read(self.sk)
        if isinstance(data, int):
            self.from_net = data == -Errno.EAGAIN
        elif data:
            self.nc.process.stdout.write(data.decode("utf-8", "replace"))
        else:
            self.from_net = False

    def _shutdown(self) -> None:
        try:
            if isinstance(self.sk, TcpSock):
                inet_shutdown(self.sk, SEND_SHUTDOWN)
        except KernelError:
            # the peer was faster; nc does not look either
            return
