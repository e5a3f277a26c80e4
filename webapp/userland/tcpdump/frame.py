"""A captured frame as libpcap hands it to filters and printers."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.kernel.uapi.if_ether import ETH_P_8021Q, ETH_P_IP, ETH_P_IPV6

ETHER_HLEN = 14
SLL2_HLEN = 20
DLT_EN10MB = 1
LINKTYPE_LINUX_SLL2 = 276


@dataclass(frozen=True, slots=True)
class Frame:
    """``data`` begins with the Ethernet header, an 802.1Q tag of the card in its place; ``time`` is ns.

    ``cooked``: captured on all devices, so that the link-layer header is libpcap's own (LINUX_SLL2), made of
    ``ifindex``, ``name`` and ``pkttype``. ``network`` is where the network header begins, ``ethertype`` its protocol:
    below the tag if the card had taken it off (``vlan`` is the tag then, else None), as the kernel's filters see it.
    """

    data: bytes
    time: int
    ifindex: int
    name: str
    pkttype: int
    cooked: bool
    network: int
    ethertype: int
    vlan: int | None = None

    @property
    def captured(self) -> bytes:
        """The bytes of the capture, with the link-layer header that it has there."""
        if not self.cooked:
            return self.data
        header = b"".join((
            self.ethertype.to_bytes(2, "big"), bytes(2), self.ifindex.to_bytes(4, "big"), b"\0\1",
            bytes((self.pkttype, 6)), self.data[6:12], bytes(2),
        ))  # fmt: skip
        return header + self.data[self.network :]

    @property
    def length(self) -> int:
        """Bytes of the capture."""
        return SLL2_HLEN + len(self.data) - self.network if self.cooked else len(self.data)

    def ip_header(self) -> int | None:
        """Bytes of the IPv4 header, None for everything else."""
        if self.ethertype != ETH_P_IP or len(self.data) < self.network + 20:
            return None
        return (self.data[self.network] & 0xF) * 4

    def transport(self) -> tuple[int, int] | None:
        """Protocol and place of the transport header, -1 where a later fragment has none; None: no IP."""
        at = self.network
        if self.ethertype == ETH_P_IP:
            header = self.ip_header()
            if header is None:
                return None
            later = (self.data[at + 6] << 8 | self.data[at + 7]) & 0x1FFF
            return self.data[at + 9], -1 if later else at + header
        if self.ethertype == ETH_P_IPV6 and len(self.data) >= at + 40:
            return self.data[at + 6], at + 40
        return None


def read_frame(data: bytes, time: int) -> Frame:
    """A frame of an Ethernet capture."""
    ethertype = int.from_bytes(data[12:14], "big")
    network, vlan = ETHER_HLEN, None
    if ethertype == ETH_P_8021Q and len(data) >= ETHER_HLEN + 4:
        vlan = int.from_bytes(data[14:16], "big")
        ethertype = int.from_bytes(data[16:18], "big")
        network += 4
    return Frame(data, time, 0, "", 0, False, network, ethertype, vlan)
