"""A frame as tcpdump's line: print-ether.c, print-arp.c, print-ip.c, print-icmp.c, print-udp.c, print-tcp.c …

What tcpdump decodes further and the model does not (NTP, DNS messages, PTP …) is shown as far as UDP or Ethernet.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from webapp.kernel.uapi.if_ether import ETH_P_ARP, ETH_P_IP, ETH_P_IPV6
from webapp.kernel.wire.checksum import checksum, pseudo_header
from webapp.kernel.wire.tcp import ACK, FIN, RST, SYN, URG, Tcp, parse
from webapp.kernel.wire.tcp import options as tcp_options
from webapp.userland.inet import inet_ntoa
from webapp.userland.nftables.netdb import PROTOCOLS, SERVICES
from webapp.userland.tcpdump.frame import Frame
from webapp.userland.tcpdump.text_protocols import text_protocol

_SERVICE_NAMES: dict[int, str] = {}
for _name, _number in SERVICES.items():
    _SERVICE_NAMES.setdefault(_number, _name)
_PROTOCOL_NAMES: dict[int, str] = {}
for _name, _number in PROTOCOLS.items():
    _PROTOCOL_NAMES.setdefault(_number, _name)

_ETHERTYPES = {ETH_P_IP: "IPv4", ETH_P_ARP: "ARP", ETH_P_IPV6: "IPv6", 0x8100: "802.1Q", 0x88A8: "802.1Q-QinQ",
               0x88F7: "PTP", 0x88CC: "LLDP", 0x8863: "PPPoE D", 0x8864: "PPPoE S", 0x8847: "MPLS unicast",
               0x8035: "Reverse ARP", 0x888E: "EAPOL", 0x88A2: "AoE", 0x88E5: "MACsec"}  # fmt: skip
_IP_PROTOCOLS = {1: "ICMP", 2: "IGMP", 4: "IPIP", 6: "TCP", 17: "UDP", 41: "IPv6", 47: "GRE", 50: "ESP", 51: "AH",
                 58: "ICMPv6", 0: "Options", 103: "PIM", 112: "VRRP", 132: "SCTP", 59: "no next header"}  # fmt: skip
_TCP_FLAGS = ((1, "F"), (2, "S"), (4, "R"), (8, "P"), (16, "."), (32, "U"), (64, "E"), (128, "W"))
_BROADCAST = b"\xff" * 6
_VXLAN_PORT = 4789
_ECN = ("", "ECT(1)", "ECT(0)", "CE")


@dataclass(frozen=True, slots=True)
class Style:
    """-n (``numeric``), -v (how often), -e (``link``), -q, -S (``absolute``), and whether -x, -X or -A dump bytes."""

    numeric: bool = False
    verbose: int = 0
    link: bool = False
    quiet: bool = False
    absolute: bool = False
    dumps: bool = False


class _Truncated(Exception):  # noqa: N818 - tcpdump's own word and way: it prints [|proto] and goes on
    pass


class Printer:
    """Prints frames; remembers connections, whose sequence numbers it shows from their beginning."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self._connections: dict[tuple[bytes, int, bytes, int], tuple[int, int]] = {}

    def line(self, frame: Frame) -> str:
        """The text of one frame, without its time and its final newline."""
        if not frame.cooked:
            return self.ethernet(frame.data)
        direction = ("In", "B", "M", "P", "Out")[frame.pkttype]
        text = f"{frame.name:<5} {direction:<3} "
        if self.style.link:
            text += f"ifindex {frame.ifindex} {self.mac(frame.data[6:12])} "
            text += f"ethertype {_ethertype(frame.ethertype)}, length {frame.length}: "
        return text + self.network(frame.ethertype, frame.data[frame.network :], "", frame.length)

    # names

    def mac(self, address: bytes) -> str:
        """etheraddr_string."""
        text = ":".join(f"{byte:02x}" for byte in address)
        if self.style.numeric:
            return text
        return "Broadcast" if address == _BROADCAST else f"{text} (oui Unknown)"

    def port(self, number: int) -> str:
        """tcpport_string and udpport_string."""
        return str(number) if self.style.numeric else _SERVICE_NAMES.get(number, str(number))

    def ip4(self, address: bytes) -> str:
        """ipaddr_string; there is no name server."""
        return "localhost" if not self.style.numeric and address == b"\x7f\0\0\1" else inet_ntoa(address)

    def ip6(self, address: bytes) -> str:
        """ip6addr_string."""
        return str(ipaddress.IPv6Address(address))

    def protocol(self, number: int) -> str:
        """What a protocol without a printer is called."""
        name = "" if self.style.numeric else _PROTOCOL_NAMES.get(number, "")
        return name or f"ip-proto-{number}"

    # Ethernet

    def ethernet(self, data: bytes) -> str:
        """ether_print."""
        if len(data) < 14:
            return "[|ether]"
        ethertype = int.from_bytes(data[12:14], "big")
        header = self._ether_header(data, ethertype)
        text = header if self.style.link else ""
        at = 14
        while ethertype in (0x8100, 0x88A8) and len(data) >= at + 4:
            tag = int.from_bytes(data[at : at + 2], "big")
            inner = int.from_bytes(data[at + 2 : at + 4], "big")
            if self.style.link:
                text += f"vlan {tag & 0xFFF}, p {tag >> 13}{', DEI' if tag & 0x1000 else ''}, "
                if inner > 1500:
                    text += f"ethertype {_ethertype(inner)}, "
            ethertype, at = inner, at + 4
        return text + self.network(ethertype, data[at:], "" if self.style.link else header, len(data))

    def _ether_header(self, data: bytes, ethertype: int) -> str:
        text = f"{self.mac(data[6:12])} > {self.mac(data[:6])}"
        if ethertype <= 1500:
            return f"{text}, 802.3, length {ethertype}: "
        if self.style.quiet:
            name = _ETHERTYPES.get(ethertype, f"Unknown Ethertype (0x{ethertype:04x})")
            return f"{text}, {name}, length {len(data)}: "
        return f"{text}, ethertype {_ethertype(ethertype)}, length {len(data)}: "

    def network(self, ethertype: int, data: bytes, header: str, length: int) -> str:
        """ethertype_print; ``header`` is shown before what nobody decodes."""
        labels: dict[int, tuple[str, Callable[[bytes], str]]] = {
            ETH_P_IP: ("IP", self.ip), ETH_P_IPV6: ("IP6", self.ipv6), ETH_P_ARP: ("ARP", self.arp),
        }  # fmt: skip
        found = labels.get(ethertype)
        if found is not None:
            label, show = found
            separator = ", " if ethertype == ETH_P_ARP else " "
            return (f"{label}{separator}" if not self.style.link else "") + show(data)
        if ethertype == 0x88F7 and len(data) < 34:
            return f" [length {len(data)} < 34] (invalid)"
        return header + ("" if self.style.quiet or self.style.dumps else hex_dump(data, with_text=True))

    # ARP

    def arp(self, data: bytes) -> str:
        """arp_print."""
        if len(data) < 28:
            return "[|arp]"
        operation = int.from_bytes(data[6:8], "big")
        sha, spa, tha, tpa = data[8:14], inet_ntoa(data[14:18]), data[18:24], inet_ntoa(data[24:28])
        text = "Ethernet (len 6), IPv4 (len 4), " if self.style.verbose else ""
        if operation == 1:
            asked = f" ({self.mac(tha)})" if any(tha) else ""
            text += f"Request who-has {tpa}{asked} tell {spa}"
        elif operation == 2:
            text += f"Reply {spa} is-at {self.mac(sha)}"
        else:
            text += f"unknown ({operation})"
        return f"{text}, length {len(data)}"

    # IPv4

    def ip(self, data: bytes) -> str:
        """ip_print."""
        if len(data) < 20:
            return "[|ip]"
        hlen, length = (data[0] & 0xF) * 4, int.from_bytes(data[2:4], "big")
        if hlen < 20:
            return f"bad-hlen {hlen}"
        fragment = int.from_bytes(data[6:8], "big")
        offset = (fragment & 0x1FFF) * 8
        text = self._ip_details(data, hlen, length, fragment, offset) if self.style.verbose else ""
        data = data[: max(length, hlen)] if length else data
        saddr, daddr = self.ip4(data[12:16]), self.ip4(data[16:20])
        protocol, payload = data[9], data[hlen:]
        if offset:
            return f"{text}{saddr} > {daddr}: {self.protocol(protocol)}"
        if protocol in (6, 17):
            return text + self._transport(
                protocol, data[12:16], data[16:20], saddr, daddr, payload, bool(fragment & 0x3FFF)
            )
        return f"{text}{saddr} > {daddr}: {self._demux(protocol, payload, bool(fragment & 0x2000))}"

    def _ip_details(self, data: bytes, hlen: int, length: int, fragment: int, offset: int) -> str:
        tos = data[1]
        ecn = f",{_ECN[tos & 3]}" if tos & 3 else ""
        flags = "".join(name for bit, name in ((0x2000, "+"), (0x4000, "DF"), (0x8000, "rsvd")) if fragment & bit)
        number = data[9]
        name = _IP_PROTOCOLS.get(number, "unknown")
        text = f"(tos 0x{tos:x}{ecn}, ttl {data[8]}, id {int.from_bytes(data[4:6], 'big')}, offset {offset}, "
        text += f"flags [{flags or 'none'}], proto {name} ({number}), length {length}"
        if hlen > 20:
            text += f", options ({data[20:hlen].hex()})"
        found = int.from_bytes(data[10:12], "big")
        right = checksum(data[:10] + b"\0\0" + data[12:hlen])
        if found != right and len(data) >= hlen:
            text += f", bad cksum {found:x} (->{right:x})!"
        return text + ")\n    "

    def _demux(self, protocol: int, payload: bytes, fragmented: bool) -> str:
        """ip_demux_print."""
        if protocol == 1:
            return self.icmp(payload, fragmented)
        if protocol == 2:
            return _igmp(payload)
        if protocol == 47 and len(payload) < 4:
            return " [|gre]"
        if protocol == 4:
            return self.ip(payload) if self.style.verbose else f"IP {self.ip(payload)}"
        if protocol == 58:
            return "[ICMPv6 requires IPv6] (invalid)"
        return f" {self.protocol(protocol)} {len(payload)}"

    # ICMP

    def icmp(self, data: bytes, fragmented: bool = False) -> str:
        """icmp_print."""
        if len(data) < 8:
            return "[|icmp]"
        type_, code, length = data[0], data[1], len(data)
        ident, sequence = int.from_bytes(data[4:6], "big"), int.from_bytes(data[6:8], "big")
        if type_ in (0, 8):
            return f"ICMP echo {'reply' if type_ == 0 else 'request'}, id {ident}, seq {sequence}, length {length}"
        if type_ in (13, 14):
            return f"ICMP time stamp {'query' if type_ == 13 else 'reply'} id {ident} seq {sequence}, length {length}"
        words = self._icmp_words(type_, code, data)
        if self.style.verbose and not fragmented and checksum(data):
            right = checksum(data[:2] + bytes(2) + data[4:])
            words += f" (wrong icmp cksum {int.from_bytes(data[2:4], 'big'):x} (->{right:x})!)"
        text = f"ICMP {words}, length {length}"
        if self.style.verbose and type_ in (3, 5, 11, 12) and len(data) >= 28:
            # the quoted header stands on a line of its own, the payload's rest as it is
            quoted = "" if self.style.link else "IP "
            text += f"\n\t{quoted}{self.ip(data[8:])}"
        return text

    def _icmp_words(self, type_: int, code: int, data: bytes) -> str:
        quoted = data[8:]
        to = self.ip4(quoted[16:20]) if len(quoted) >= 20 else "?"
        if type_ == 3:
            return self._unreachable(code, data, quoted, to)
        if type_ == 5:
            kinds = ("net", "host", "tos to net", "tos to host")
            how = f"{kinds[code]}" if code < 4 else f"#{code}"
            return f"redirect {to} to {how} {self.ip4(data[4:8])}"
        if type_ == 11:
            return (
                ("time exceeded in-transit", "ip reassembly time exceeded")[code]
                if code < 2
                else f"time exceeded-#{code}"
            )
        if type_ == 12:
            return f"parameter problem - octet {data[4]}" if not code else f"parameter problem - code {code}"
        names = {4: "source quench", 9: "router advertisement", 10: "router solicitation"}
        return names.get(type_, f"type-#{type_}")

    def _unreachable(self, code: int, data: bytes, quoted: bytes, to: str) -> str:
        if code == 2:
            return f"{to} protocol {quoted[9]} unreachable"
        if code == 3:
            header = (quoted[0] & 0xF) * 4
            port = int.from_bytes(quoted[header + 2 : header + 4], "big")
            name = {6: "tcp", 17: "udp"}.get(quoted[9])
            if name is None:
                return f"{to} protocol {quoted[9]} port {port} unreachable"
            return f"{to} {name} port {self.port(port)} unreachable"
        if code == 4:
            mtu = int.from_bytes(data[6:8], "big")
            return f"{to} unreachable - need to frag" + (f" (mtu {mtu})" if mtu else "")
        words = _UNREACHABLE.get(code)
        return words.format(to=to) if words else f"{to} unreachable - #{code}"

    # TCP and UDP

    def _transport(
        self, protocol: int, saddr: bytes, daddr: bytes, source: str, target: str, data: bytes, fragmented: bool
    ) -> str:  # fmt: skip
        if len(data) < 8 if protocol == 17 else len(data) < 20:
            name = "udp" if protocol == 17 else "tcp"
            return (
                f"{source} > {target}: {' ' * (len(saddr) > 4)}[|{name}]"
                if len(data) < 4
                else f"{source} > {target}:  [|{name}]"
            )
        sport, dport = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
        ends = f"{source}.{self.port(sport)} > {target}.{self.port(dport)}: "
        if protocol == 17:
            return ends + self.udp(data, saddr, daddr, sport, dport, fragmented)
        return ends + self.tcp(data, saddr, daddr, sport, dport, fragmented)

    def udp(self, data: bytes, saddr: bytes, daddr: bytes, sport: int, dport: int, fragmented: bool) -> str:
        """udp_print."""
        length = int.from_bytes(data[4:6], "big") - 8
        payload = data[8 : 8 + max(length, 0)]
        if self.style.quiet:
            return f"UDP, length {length}"
        text = ""
        found = int.from_bytes(data[6:8], "big")
        if self.style.verbose > 1 and not fragmented:
            text = "[no cksum] " if not found else _udp_sum(data[: length + 8], saddr, daddr, found)
        ports = (sport, dport)
        if length and (53 in ports or 5353 in ports) and length < 12:
            return f"{text}domain [length {length} < 12] (invalid)"
        if (67 in ports or 68 in ports) and length < 236:
            return f"{text} [|bootp]"
        if dport == _VXLAN_PORT and length >= 8:
            flags = "I" if payload[0] & 8 else "."
            vni = int.from_bytes(payload[4:7], "big")
            inner = self.ethernet(payload[8:])
            return f"{text}VXLAN, flags [{flags}] (0x{payload[0]:02x}), vni {vni}\n{inner}"
        return f"{text}UDP, length {length}"

    def tcp(self, data: bytes, saddr: bytes, daddr: bytes, sport: int, dport: int, fragmented: bool) -> str:
        """tcp_print."""
        header = parse(data)
        length = len(data) - header.header_length
        if header.header_length < 20 or length < 0:
            problem = f"long, > {len(data)}" if length < 0 else "short, < 20"
            return f" [bad hdr length {header.header_length} - too {problem}]"
        if self.style.quiet:
            return f"tcp {length}"
        flags = header.flags
        text = f"Flags [{''.join(letter for bit, letter in _TCP_FLAGS if flags & bit) or 'none'}]"
        seq, ack, other = self._relative(header, saddr, daddr, sport, dport)
        if self.style.verbose and not fragmented:
            text += f", cksum 0x{header.check:04x} {_sum_words(data, saddr, daddr, header.check)}"
        if length or self.style.verbose > 1 or flags & (SYN | FIN | RST):
            text += f", seq {seq}" + (f":{seq + length & 0xFFFFFFFF}" if length else "")
        if flags & ACK:
            text += f", ack {ack}"
        text += f", win {header.window}"
        if flags & URG:
            text += f", urg {header.urg_ptr}"
        if header.header_length > 20:
            text += f", options [{','.join(_options(data[20 : header.header_length], other))}]"
        text += f", length {length}"
        payload = data[header.header_length :]
        return text + (text_protocol((sport, dport), payload, verbose=bool(self.style.verbose)) if payload else "")

    def _relative(self, header: Tcp, saddr: bytes, daddr: bytes, sport: int, dport: int) -> tuple[int, int, int]:
        """Sequence number and acknowledgement as they are shown, and the first number of the other side."""
        seq, ack = header.seq, header.ack_seq
        if self.style.absolute or not header.flags & ACK:
            return seq, ack, 0
        forward, back = (saddr, sport, daddr, dport), (daddr, dport, saddr, sport)
        known = self._connections.get(forward)
        if known is None or header.flags & SYN:
            self._connections[forward] = (seq, ack - 1 & 0xFFFFFFFF)
            self._connections[back] = (ack - 1 & 0xFFFFFFFF, seq)
            return seq, ack, 0
        own, other = known
        return seq - own & 0xFFFFFFFF, ack - other & 0xFFFFFFFF, other

    # IPv6

    def ipv6(self, data: bytes) -> str:
        """ip6_print."""
        if len(data) < 40:
            return "[|ip6]"
        length, number = int.from_bytes(data[4:6], "big"), data[6]
        text = ""
        if self.style.verbose:
            traffic, label = int.from_bytes(data[:4], "big") >> 20 & 0xFF, int.from_bytes(data[1:4], "big") & 0xFFFFF
            text = (
                "(" + (f"class 0x{traffic:02x}, " if traffic else "") + (f"flowlabel 0x{label:05x}, " if label else "")
            )
            name = _IP_PROTOCOLS.get(number, "unknown")
            text += f"hlim {data[7]}, next-header {name} ({number}) payload length: {length}) "
        saddr, daddr = self.ip6(data[8:24]), self.ip6(data[24:40])
        payload = data[40 : 40 + length]
        if len(payload) < length:
            text += f"truncated-ip6 - {length - len(payload)} bytes missing!"
        prefix = ""
        if number == 0 and len(payload) >= 8:
            prefix, number, payload = "HBH ", payload[0], payload[(payload[1] + 1) * 8 :]
        if number in (6, 17):
            return text + self._transport(number, data[8:24], data[24:40], saddr, daddr, payload, False)
        if number == 44 and len(payload) >= 8:
            offset = int.from_bytes(payload[2:4], "big") & ~7
            ident = f"0x{int.from_bytes(payload[4:8], 'big'):08x}:" if self.style.verbose else ""
            prefix += f"frag ({ident}{offset}|{len(payload) - 8})"
            if offset:
                return f"{text}{saddr} > {daddr}: {prefix}"
            prefix, number, payload = f"{prefix} ", payload[0], payload[8:]
        return f"{text}{saddr} > {daddr}: {prefix}{self._demux6(number, payload, data[8:24], data[24:40])}"

    def _demux6(self, number: int, payload: bytes, saddr: bytes, daddr: bytes) -> str:
        """What follows the addresses; transports behind an extension header come without them."""
        if number == 58:
            return self.icmp6(payload)
        if number == 59:
            return "no next header"
        if number in _IPV4_ONLY:
            return f"[{_IPV4_ONLY[number]} requires IPv4] (invalid)"
        if number in (6, 17):
            shown = self._transport(number, saddr, daddr, "", "", payload, True)
            return shown.replace(" > .", " > ", 1).removeprefix(".")
        return f"{self.protocol(number)} {len(payload)}"

    def icmp6(self, data: bytes) -> str:
        """icmp6_print."""
        if len(data) < 8:
            return "[|icmp6]"
        type_, code, length = data[0], data[1], len(data)
        text = "ICMP6, "
        if type_ in (128, 129):
            ident, sequence = int.from_bytes(data[4:6], "big"), int.from_bytes(data[6:8], "big")
            return f"{text}echo {'request' if type_ == 128 else 'reply'}, id {ident}, seq {sequence}, length {length}"
        if type_ == 135 and length >= 24:
            return f"{text}neighbor solicitation, who has {self.ip6(data[8:24])}, length {length}"
        if type_ == 136 and length >= 24:
            return f"{text}neighbor advertisement, tgt is {self.ip6(data[8:24])}, length {length}"
        if type_ == 1 and length >= 48:
            return f"{text}destination unreachable, {self._unreachable6(code, data[8:])}, length {length}"
        word = int.from_bytes(data[4:8], "big")
        if type_ == 2:
            return f"{text}packet too big, mtu {word}, length {length}"
        if type_ == 3:
            words = "time exceeded in-transit" if not code else "ip reassembly time exceeded"
            to = self.ip6(data[32:48]) if length >= 48 else "?"
            return f"{text}{words} for {to}, length {length}"
        words = _ICMP6.get(type_, "")
        if type_ == 4:
            words = f"parameter problem, {_PARAMETER_PROBLEMS.get(code, f'code-#{code}')} - octet {word}"
        elif type_ == 143:
            words = f"multicast listener report v2, {word & 0xFFFF} group record(s)"
        if words:
            return f"{text}{words}, length {length}"
        return f"{text}unknown icmp6 type ({type_}), length {length}{hex_dump(data, with_text=False)}"

    def _unreachable6(self, code: int, quoted: bytes) -> str:
        to = self.ip6(quoted[24:40])
        if code == 4 and quoted[6] in (6, 17) and len(quoted) >= 44:
            kind = "tcp" if quoted[6] == 6 else "udp"
            return f"unreachable port, {to} {kind} port {self.port(int.from_bytes(quoted[42:44], 'big'))}"
        words = {
            0: "unreachable route ", 1: "unreachable prohibited ", 2: "beyond scope ", 3: "unreachable address ",
            4: "unreachable port ",
        }  # fmt: skip
        return f"{words.get(code, f'unknown unreach code ({code}) ')}{to}"


_UNREACHABLE = {
    0: "net {to} unreachable", 1: "host {to} unreachable", 5: "{to} unreachable - source route failed",
    6: "net {to} unreachable - unknown", 7: "host {to} unreachable - unknown",
    9: "net {to} unreachable - admin prohibited", 10: "host {to} unreachable - admin prohibited",
    11: "net {to} unreachable - tos prohibited", 12: "host {to} unreachable - tos prohibited",
    13: "host {to} unreachable - admin prohibited filter",
}  # fmt: skip
_IPV4_ONLY = {1: "ICMP", 2: "IGMP"}
_PARAMETER_PROBLEMS = {0: "errorneous", 1: "next header", 2: "option"}
_ICMP6 = {130: "multicast listener query", 131: "multicast listener report", 132: "multicast listener done",
          133: "router solicitation", 134: "router advertisement", 137: "redirect"}  # fmt: skip


def _ethertype(number: int) -> str:
    return f"{_ETHERTYPES.get(number, 'Unknown')} (0x{number:04x})"


def _igmp(data: bytes) -> str:
    """igmp_print."""
    if len(data) < 8:
        return "[|igmp]"
    group = inet_ntoa(data[4:8])
    if data[0] == 0x11:
        version = "v3" if len(data) >= 12 else "v2" if data[1] else "v1"
        asked = f" [gaddr {group}]" if any(data[4:8]) else ""
        return f"igmp query {version}{asked}"
    if data[0] == 0x22:
        return f"igmp v3 report, {int.from_bytes(data[6:8], 'big')} group record(s)"
    words = {0x12: "v1 report", 0x16: "v2 report", 0x17: "leave"}.get(data[0], f"[type 0x{data[0]:x}]")
    return f"igmp {words} {group}"


def _transport_sum(data: bytes, saddr: bytes, daddr: bytes, protocol: int, at: int) -> int:
    without = data[:at] + b"\0\0" + data[at + 2 :]
    return checksum(pseudo_header(saddr, daddr, protocol, len(data)) + without)


def _udp_sum(data: bytes, saddr: bytes, daddr: bytes, found: int) -> str:
    right = _transport_sum(data, saddr, daddr, 17, 6) or 0xFFFF
    return "[udp sum ok] " if found == right else f"[bad udp cksum 0x{found:04x} -> 0x{right:04x}!] "


def _sum_words(data: bytes, saddr: bytes, daddr: bytes, found: int) -> str:
    right = _transport_sum(data, saddr, daddr, 6, 16)
    return "(correct)" if found == right else f"(incorrect -> 0x{right:04x})"


def _options(data: bytes, other: int) -> list[str]:
    """TCP options; SACK blocks count from the beginning of the other side's data."""
    words = []
    for kind, value in tcp_options(data):
        number = int.from_bytes(value, "big")
        if kind == 8 and len(value) == 8:
            words.append(f"TS val {number >> 32} ecr {number & 0xFFFFFFFF}")
        elif kind == 5:
            edges = [int.from_bytes(value[i : i + 4], "big") - other & 0xFFFFFFFF for i in range(0, len(value), 4)]
            blocks = "".join(f"{{{edges[i]}:{edges[i + 1]}}}" for i in range(0, len(edges) - 1, 2))
            words.append(f"sack {len(edges) // 2} {blocks}")
        elif kind in (2, 3):
            words.append(f"{'mss' if kind == 2 else 'wscale'} {number}")
        else:
            words.append({0: "eol", 1: "nop", 4: "sackOK"}.get(kind, f"unknown-{kind} 0x{value.hex()}"))
    return words


def hex_dump(data: bytes, *, with_text: bool) -> str:
    """hex_print and hex_and_ascii_print: lines of 16 bytes, each begun by a newline and a tab."""
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        words = " ".join(row[i : i + 2].hex() for i in range(0, len(row), 2))
        text = "".join(chr(byte) if 0x20 < byte < 0x7F else "." for byte in row) if with_text else ""
        lines.append(f"\n\t0x{at:04x}:  {words:<39}  {text}" if with_text else f"\n\t0x{at:04x}:  {words}")
    return "".join(lines)


def ascii_dump(data: bytes) -> str:
    """ascii_print."""
    text = "\n"
    for index, byte in enumerate(data):
        if byte == 0x0D:
            # a carriage return before a newline is left out
            following = data[index + 1 : index + 2]
            text += "" if following == b"\n" else "."
        elif 0x20 <= byte < 0x7F or byte in (0x09, 0x0A):
            text += chr(byte)
        else:
            text += "."
    return text
