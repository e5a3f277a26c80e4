"""ping over IPv6 of iputils 20221126 (ping6_common.c)."""

from __future__ import annotations

import struct
from collections.abc import Callable

from webapp.kernel.core.sock import SOCK_DGRAM, Datagram, Inet6Sock, IpPmtudisc, SoEeOrigin, sock_dequeue_err
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv6.address import (
    IN6ADDR_ANY,
    IN6ADDR_LOOPBACK,
    ipv6_addr_is_linklocal,
    ipv6_addr_is_multicast,
    printed,
)
from webapp.kernel.ipv6.af_inet6 import inet6_bind, inet6_create, inet6_getname, inet6_release, ip6_datagram_connect
from webapp.kernel.ipv6.raw import rawv6_sendmsg
from webapp.kernel.wire import icmpv6
from webapp.userland.inet import inet_pton6
from webapp.userland.iputils.ping_common import Options, Ping, PingError
from webapp.userland.jobs import Task
from webapp.userland.process import Process

_FAILURE = 2
_MC_LINKLOCAL = b"\xff\x02"

_UNREACHABLE = (
    "No route",
    "Administratively prohibited",
    "Beyond scope of source address",
    "Address unreachable",
    "Port unreachable",
)
_EXCEEDED = ("Hop limit", "Defragmentation failure")
_PROBLEMS = ("Wrong header field ", "Unknown header ", "Unknown option ")


class Ping6(Ping):
    """ping to one IPv6 address."""

    def __init__(self, process: Process, options: Options, sk: Inet6Sock, target: str) -> None:
        super().__init__(process, options, sk)
        self.sk6 = sk
        self.hostname = target
        self.whereto, self.scope_id = self._resolve(target)
        self.source, self.source_scope = options.source6 or IN6ADDR_ANY, 0
        # the answer to a subnet's anycast address comes from another one
        self.subnet_router_anycast = not any(self.whereto[8:])

    def _resolve(self, target: str) -> tuple[bytes, int]:
        found = inet_pton6(target)
        if found is None:
            raise PingError(_FAILURE, f"{target}: Temporary failure in name resolution")
        address, scope = found
        if not scope:
            return address, 0
        dev = self.process.net.dev_get_by_name(scope)
        ifindex = int(scope) if scope.isdigit() else 0 if dev is None else dev.ifindex
        if not ifindex or not _is_near(address):
            raise PingError(_FAILURE, f"{target}: Name or service not known")
        return address, ifindex

    def pr_addr(self, address: bytes, scope: int) -> str:
        """An address as ping shows it: link-local ones with their interface."""
        dev = self.process.net.dev_get_by_index(scope) if scope and _is_near(address) else None
        return printed(address) + ("" if dev is None else f"%{dev.name}")

    def run(self) -> Task:
        """Sets the socket up, says what it does, and does it."""
        options = self.options
        device = self._ifindex()
        if options.source6 is None:
            self._find_source(device)
        elif device and _is_near(self.source):
            self.source_scope = device
        self._set_options(device)
        self.print(f"PING {self.hostname}({self.pr_addr(self.whereto, self.scope_id)}) ")
        if options.flowlabel:
            self.print(f", flow 0x{options.flowlabel:05x}, ")
        if options.device or options.strict_source:
            self.print(f"from {self.pr_addr(self.source, self.source_scope)} {options.device}: ")
        self.print(f"{options.datalen} data bytes\n")
        if options.ident is None:
            options.ident = self.process.machine.alloc_pid()
        return (yield from self.main_loop())

    def _ifindex(self) -> int:
        name = self.options.device
        if not name:
            return 0
        dev = self.process.net.dev_get_by_name(name)
        if dev is None:
            raise PingError(_FAILURE, f"unknown iface: {name}")
        return dev.ifindex

    def _find_source(self, device: int) -> None:
        """Asks the kernel, by connecting a UDP socket, from which address it would send.

        For link-local destinations the real program forgets to name the family, and so learns nothing.
        """
        self.sk6.bound_dev_if = device
        if not _is_near(self.whereto):
            probe = inet6_create(self.process.net, SOCK_DGRAM, 0)
            try:
                probe.bound_dev_if = device
                probe.mark = self.options.mark or 0
                _checked("connect", lambda: ip6_datagram_connect(probe, self.whereto, 1025, self.scope_id))
                self.source, _ = inet6_getname(probe)
            finally:
                inet6_release(probe)
        if device and not self._is_on_device():
            self.error(f"Warning: source address might be selected on device other than: {self.options.device}")

    def _is_on_device(self) -> bool:
        dev = self.process.net.dev_get_by_name(self.options.device)
        idev = None if dev is None else dev.inet6_dev
        return idev is not None and any(ifa.addr == self.source for ifa in idev.addr_list)

    def _set_options(self, device: int) -> None:
        options, sk = self.options, self.sk6
        if options.strict_source and device:
            sk.bound_dev_if = device
        self.multicast = ipv6_addr_is_multicast(self.whereto)
        if self.multicast and options.pmtudisc is None:
            options.pmtudisc = IpPmtudisc.DO
        if options.pmtudisc is not None:
            sk.pmtudisc = IpPmtudisc(options.pmtudisc)
        if options.strict_source:
            _checked("bind icmp socket", lambda: inet6_bind(sk, self.source, 0, self.source_scope))
        sk.recverr = True
        sk.icmp6_filter = (1 << 256) - 1 & ~(1 << icmpv6.ICMPV6_ECHO_REPLY)
        sk.mc_loop = not options.noloop
        if options.ttl is not None:
            sk.mc_ttl = sk.uc_ttl = options.ttl
        sk.tos = options.tos
        sk.flowlabel = options.flowlabel
        if options.mark is not None:
            sk.mark = options.mark

    def send_probe(self, sequence: int) -> int:
        self.forget(sequence & 0xFFFF)
        now = self.clock.now // 1000
        stamp = struct.pack("<qq", now // 1_000_000, now % 1_000_000) if self.timing else b""
        assert self.options.ident is not None
        un = self.options.ident << 16 | sequence & 0xFFFF
        packet = icmpv6.HEADER.pack(icmpv6.ICMPV6_ECHO_REQUEST, 0, 0, un) + stamp + self.outpack[len(stamp) :]
        whereto = self.whereto if self.whereto != IN6ADDR_ANY else IN6ADDR_LOOPBACK
        sent = rawv6_sendmsg(self.sk6, packet, whereto, self.scope_id)
        return 0 if sent >= 0 else -sent

    def receive_error_msg(self) -> int:
        options = self.options
        error = sock_dequeue_err(self.sk)
        if error is None:
            return -1
        if error.origin is SoEeOrigin.LOCAL:
            if not options.quiet:
                if options.flood:
                    self.print("E")
                elif error.errno == Errno.EMSGSIZE:
                    self.error(f"local error: message too long, mtu: {error.info}")
                else:
                    self.error(f"local error: {error.errno.strerror}")
                self.statistics.errors += 1
            return -1
        if error.daddr != self.whereto or len(error.data) < icmpv6.HLEN:
            return 0
        echo = icmpv6.parse(error.data)
        if echo.type != icmpv6.ICMPV6_ECHO_REQUEST or echo.un >> 16 != options.ident:
            return 0
        self.statistics.errors += 1
        if options.flood and not options.quiet:
            self.print("\bE")
        elif not options.quiet:
            self.print_timestamp()
            self.print(f"From {self.pr_addr(error.offender, error.ifindex)} icmp_seq={echo.un & 0xFFFF} ")
            self.print(_icmp_words(error.type, error.code, error.info) + "\n")
        return 1

    def parse_reply(self, message: Datagram) -> bool:
        packet = message.data
        if len(packet) < icmpv6.HLEN:
            if self.options.verbose:
                self.error(f"packet too short: {len(packet)} bytes")
            return True
        reply = icmpv6.parse(packet)
        if reply.type != icmpv6.ICMPV6_ECHO_REPLY or reply.un >> 16 != self.options.ident:
            return True
        anybody = self.multicast or self.subnet_router_anycast
        self.gather_statistics(
            reply.un & 0xFFFF, packet[icmpv6.HLEN :], message.timestamp, self.pr_addr(message.saddr, message.ifindex),
            message.ttl, not anybody and message.saddr != self.whereto,
        )  # fmt: skip
        return False


def _is_near(address: bytes) -> bool:
    """Link-local, or a group of that scope."""
    return ipv6_addr_is_linklocal(address) or address[:2] == _MC_LINKLOCAL


def _checked(what: str, work: Callable[[], object]) -> None:
    """Runs a system call; where it fails the program ends with "ping: WHAT: STRERROR"."""
    try:
        work()
    except KernelError as error:
        raise PingError(_FAILURE, f"{what}: {error.errno.strerror}") from None


def _icmp_words(type_: int, code: int, info: int) -> str:
    """print_icmp: an ICMPv6 error in words. ``info``: MTU or pointer."""
    if type_ == icmpv6.ICMPV6_DEST_UNREACH:
        return "Destination unreachable: " + (_UNREACHABLE[code] if code < 5 else f"Unknown code {code}")
    if type_ == icmpv6.ICMPV6_PKT_TOOBIG:
        return f"Packet too big: mtu={info}" + (f", code={code}" if code else "")
    if type_ == icmpv6.ICMPV6_TIME_EXCEED:
        return "Time exceeded: " + (_EXCEEDED[code] if code < 2 else f"code {code}")
    if type_ == icmpv6.ICMPV6_PARAMPROB:
        return "Parameter problem: " + (_PROBLEMS[code] if code < 3 else f"code {code} ") + f"at {info}"
    return f"unknown icmp type: {type_}"
