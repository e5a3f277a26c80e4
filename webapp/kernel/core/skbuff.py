"""struct sk_buff (include/linux/skbuff.h, net/core/skbuff.c).

The frame is one immutable ``bytes`` object, and headers are offsets into it: pulling a header moves an offset, a
clone shares the bytes, a write makes new bytes (copy on write as with skb_ensure_writable), and a recorded state is a
reference. A packet ends once: in ``kfree_skb_reason`` or ``consume_skb``.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_conntrack import ct_state
from webapp.kernel.trace import RECORDER, Cloned, Consumed, Dropped
from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q

if TYPE_CHECKING:
    from webapp.kernel.core.dst import DstEntry
    from webapp.kernel.core.net_device import NetDevice

VLAN_VID_MASK = 0xFFF
VLAN_HLEN = 4
ETH_HLEN = 14
_VLAN_TYPES = frozenset((ETH_P_8021Q, ETH_P_8021AD))

PACKET_HOST = 0
PACKET_BROADCAST = 1
PACKET_MULTICAST = 2
PACKET_OTHERHOST = 3
PACKET_OUTGOING = 4
PACKET_LOOPBACK = 5

CHECKSUM_NONE = 0
CHECKSUM_PARTIAL = 3

# not an attribute of the class: writing one would undo what the interpreter has learned about its instances
_ids = count(1)


class Gso(NamedTuple):
    """skb_shared_info of a packet that stands for several: ``payload`` bytes in ``segs`` pieces of up to ``size``."""

    size: int
    segs: int
    payload: int


class SkBuff:
    """One packet. ``id`` is unique in the process, ``parent`` is the id of the packet that it was copied from, or 0.

    ``hash`` is that of its flow once a tunnel asked for it, if the flow has ports (l4_hash), else 0.
    ``qdisc_pkt_len`` is the length that it had where tc got it, which tc counts whatever actions do to it.
    ``head[data:]`` is what the current layer sees; ``mac_header`` etc. are offsets into ``head``, -1 while unset.
    ``frags`` are the payloads' lengths of the fragments that it was put together from (skb_shinfo's frag_list), if any.
    ``gso`` is set while the packet is still to be cut into segments, which a device does where it must be done at all.
    Checksums always stand in the packet. ``ip_summed`` CHECKSUM_PARTIAL is that of a packet whose checksum a device is
    still to fill in, which nobody doubts on the way; with ``encapsulation`` it is that of a packet in a tunnel.
    ``csum_valid`` is set where somebody has added it up, and stays.
    A vlan tag may stand beside the frame: ``vlan_proto`` is its ethertype, 0 for none, ``vlan_tci`` its other half.
    """

    __slots__ = (
        "cb", "csum_valid", "data", "dev", "dst", "encapsulation", "frags", "from_ingress", "gso", "hash", "head",
        "id", "ignore_df", "ip_summed", "mac_header", "mark", "network_header", "nf_bridge", "nf_skip_egress",
        "nf_trace", "nfct", "nfctinfo", "parent", "pkt_type", "priority", "protocol", "qdisc_pkt_len", "redirected",
        "sk", "skb_iif", "tc_at_ingress", "tc_index", "tc_skip_classify", "transport_header", "vlan_proto",
        "vlan_tci",
    )  # fmt: skip

    def __init__(self, head: bytes, protocol: int = 0, dev: NetDevice | None = None, mark: int = 0) -> None:
        self.id = next(_ids)
        self.parent = 0
        self.head = head
        self.data = 0
        self.mac_header = self.network_header = self.transport_header = -1
        self.dev: NetDevice = dev  # type: ignore[assignment]  # set before the packet meets a device
        self.protocol = protocol
        self.pkt_type = PACKET_HOST
        self.mark = mark
        self.priority = self.skb_iif = self.tc_index = self.vlan_tci = self.vlan_proto = 0
        self.nf_skip_egress = self.tc_at_ingress = self.tc_skip_classify = 0
        self.redirected = self.from_ingress = self.nf_trace = self.ignore_df = 0
        self.dst: DstEntry | None = None
        self.sk: Any = None
        self.nfct: Any = None
        self.nfctinfo = 0
        self.nf_bridge: Any = None
        self.ip_summed = self.csum_valid = self.encapsulation = self.qdisc_pkt_len = self.hash = 0
        self.cb: Any = None
        self.frags: tuple[int, ...] = ()
        self.gso: Gso | None = None

    @property
    def ct(self) -> str:
        """What connection tracking says of the packet now, in words."""
        return ct_state(self)

    @property
    def len(self) -> int:
        """skb->len: bytes from ``data`` on."""
        return len(self.head) - self.data

    def pull(self, length: int) -> None:
        """skb_pull: ``data`` moves past a header."""
        self.data += length

    def push(self, length: int) -> None:
        """skb_push of bytes that were pulled before."""
        self.data -= length

    def push_header(self, header: bytes) -> None:
        """skb_push of new bytes: ``header`` now stands before what was at ``data``; what stood before it is gone.

        Offsets that were set move along, so that they still point at the same bytes.
        """
        shift = len(header) - self.data
        self.head = header + self.head[self.data :]
        self.data = 0
        if self.mac_header >= 0:
            self.mac_header += shift
        if self.network_header >= 0:
            self.network_header += shift
        if self.transport_header >= 0:
            self.transport_header += shift

    def write(self, offset: int, value: bytes) -> None:
        """skb_store_bits: overwrites bytes at ``offset`` into ``head``."""
        self.head = self.head[:offset] + value + self.head[offset + len(value) :]

    def trim(self, length: int) -> None:
        """pskb_trim: keeps ``length`` bytes from ``data`` on."""
        self.head = self.head[: self.data + length]

    def clone(self) -> SkBuff:
        """skb_clone: shares the bytes and copies every field, nf_skip_egress and mark included."""
        child = SkBuff.__new__(SkBuff)
        child.id = next(_ids)
        child.parent = self.id
        child.sk = None
        # plain statements: copying by a list of names takes ten times as long
        child.cb = self.cb
        child.csum_valid = self.csum_valid
        child.data = self.data
        child.dev = self.dev
        child.dst = self.dst
        child.encapsulation = self.encapsulation
        child.frags = self.frags
        child.from_ingress = self.from_ingress
        child.gso = self.gso
        child.hash = self.hash
        child.head = self.head
        child.ignore_df = self.ignore_df
        child.ip_summed = self.ip_summed
        child.mac_header = self.mac_header
        child.mark = self.mark
        child.network_header = self.network_header
        child.nf_bridge = self.nf_bridge
        child.nf_skip_egress = self.nf_skip_egress
        child.nf_trace = self.nf_trace
        child.nfct = self.nfct
        child.nfctinfo = self.nfctinfo
        child.pkt_type = self.pkt_type
        child.priority = self.priority
        child.protocol = self.protocol
        child.qdisc_pkt_len = self.qdisc_pkt_len
        child.redirected = self.redirected
        child.skb_iif = self.skb_iif
        child.tc_at_ingress = self.tc_at_ingress
        child.tc_index = self.tc_index
        child.tc_skip_classify = self.tc_skip_classify
        child.transport_header = self.transport_header
        child.vlan_proto = self.vlan_proto
        child.vlan_tci = self.vlan_tci
        recorder = RECORDER.get()
        if recorder is not None:
            recorder.note(Cloned(child.id))
        return child


def skb_csum_unnecessary(skb: SkBuff) -> bool:
    """skb_csum_unnecessary: whether nobody needs to add the checksum up (any more)."""
    return bool(skb.csum_valid) or skb.ip_summed == CHECKSUM_PARTIAL


def fragment_lengths(skb: SkBuff, length: int, room: int) -> tuple[int, ...]:
    """How ``length`` bytes of payload are cut where a fragment has room for ``room``: all but the last multiples of 8.

    A packet that was put together from fragments is cut as it came where these fit (the fast path of ip_do_fragment and
    ip6_fragment, net/ipv4/ip_output.c, net/ipv6/ip6_output.c).
    """
    came = skb.frags
    if sum(came) == length and max(came, default=room + 1) <= room and not any(piece & 7 for piece in came[:-1]):
        return came
    full = room & ~7
    count = max(0, -(-(length - room) // full))
    return (full,) * count + (length - count * full,)


def skb_gso_network_seglen(skb: SkBuff, gso: Gso) -> int:
    """skb_gso_network_seglen: the length of the longest of its segments, from the network header on."""
    return len(skb.head) - skb.network_header - gso.payload + gso.size


def skb_exceeds_mtu(skb: SkBuff, mtu: int) -> bool:
    """Whether the packet at ``network_header``, or the longest of its segments, is longer than that."""
    if skb.gso is not None:
        return skb_gso_network_seglen(skb, skb.gso) > mtu
    return len(skb.head) - skb.network_header > mtu


def kfree_skb_reason(skb: SkBuff, reason: DropReason) -> None:
    """The one place where packets die (sk_skb_reason_drop in 6.18, of which kfree_skb_reason is an inline wrapper)."""
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Dropped(reason.value))
        recorder.about(skb)
    skb.dst = None


def consume_skb(skb: SkBuff) -> None:
    """The packet did what it was for, and ends (consume_skb)."""
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Consumed())
    skb.dst = None


def skb_vlan_untag(skb: SkBuff) -> bool:
    """skb_vlan_untag: moves the outer tag of a frame into vlan_proto and vlan_tci; False: too short, dropped.

    ``data`` is behind the Ethernet header.
    """
    if skb.vlan_proto:
        return True
    if skb.len < VLAN_HLEN:
        kfree_skb_reason(skb, DropReason.PKT_TOO_SMALL)
        return False
    tag = int.from_bytes(skb.head[skb.data : skb.data + VLAN_HLEN], "big")
    skb.vlan_proto = skb.protocol
    skb.vlan_tci = tag >> 16
    skb.protocol = tag & 0xFFFF
    ethertype = skb.mac_header + 12
    skb.head = skb.head[:ethertype] + skb.head[ethertype + VLAN_HLEN :]
    return True


def vlan_insert_tag(skb: SkBuff) -> None:
    """__vlan_hwaccel_push_inside: the tag beside the frame goes into it, and the frame's protocol is the tag's then.

    The Ethernet header stands before ``data`` or begins there; the offset ``data`` stays as it was.
    """
    at = (skb.mac_header if skb.mac_header >= 0 else skb.data) + 12
    tag = skb.vlan_proto.to_bytes(2, "big") + skb.vlan_tci.to_bytes(2, "big")
    skb.head = skb.head[:at] + tag + skb.head[at:]
    if skb.network_header > at:
        skb.network_header += VLAN_HLEN
    if skb.transport_header > at:
        skb.transport_header += VLAN_HLEN
    skb.protocol = skb.vlan_proto
    skb.vlan_proto = skb.vlan_tci = 0


def skb_vlan_push(skb: SkBuff, protocol: int, tci: int) -> None:
    """skb_vlan_push: a tag beside the frame; the one that stood there goes into the frame.

    ``data`` is at the Ethernet header. What is in the frame then begins with the old tag.
    """
    if skb.vlan_proto:
        vlan_insert_tag(skb)
        skb.network_header -= VLAN_HLEN
    skb.vlan_proto = protocol
    skb.vlan_tci = tci


def skb_vlan_pop(skb: SkBuff) -> bool:
    """skb_vlan_pop: takes the outer tag away, and the next one out of the frame; without a tag nothing happens.

    ``data`` is at the Ethernet header. False: the frame is too short.
    """
    if skb.vlan_proto:
        skb.vlan_proto = skb.vlan_tci = 0
    elif skb.protocol not in _VLAN_TYPES:
        return True
    elif skb_vlan_pop_payload(skb) is None:
        return False
    if skb.protocol not in _VLAN_TYPES:
        return True
    protocol = skb.protocol
    tci = skb_vlan_pop_payload(skb)
    if tci is None:
        return False
    skb.vlan_proto = protocol
    skb.vlan_tci = tci
    return True


def skb_vlan_pop_payload(skb: SkBuff) -> int | None:
    """__skb_vlan_pop: cuts the tag out of the frame, whose protocol is what was behind it; None: too short."""
    at = skb.data + 12
    if len(skb.head) < at + 2 + VLAN_HLEN:
        return None
    tag = int.from_bytes(skb.head[at : at + 6])
    skb.head = skb.head[:at] + skb.head[at + VLAN_HLEN :]
    skb.protocol = tag & 0xFFFF
    if skb.network_header >= at + 2 + VLAN_HLEN:
        skb.network_header -= VLAN_HLEN
    if skb.transport_header >= at + 2 + VLAN_HLEN:
        skb.transport_header -= VLAN_HLEN
    return tag >> 16 & 0xFFFF


def skb_eth_pop(skb: SkBuff) -> bool:
    """skb_eth_pop: takes the Ethernet header away; False where the frame has a tag or is too short."""
    if skb.vlan_proto or skb.len < ETH_HLEN or skb.network_header - skb.mac_header < ETH_HLEN:
        return False
    skb.data += ETH_HLEN
    skb.mac_header = skb.data
    return True


@kfunc("net/core/skbuff.c", "skb_scrub_packet")
def skb_scrub_packet(skb: SkBuff, xnet: bool) -> None:
    """Forgets what belongs to the place that the packet leaves; with ``xnet``, to its namespace: the mark goes too.

    nf_skip_egress, tc_index and the bytes stay.
    """
    skb.pkt_type = PACKET_HOST
    skb.skb_iif = 0
    skb.ignore_df = 0
    skb.dst = None
    skb.nf_bridge = None
    skb.nfct = None
    skb.nfctinfo = 0
    skb.nf_trace = 0
    if xnet:
        skb.mark = 0
