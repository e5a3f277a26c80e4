"""Requests about links and namespace numbers (include/uapi/linux/if_link.h, net_namespace.h), and what they answer.

They are given to ``rtnetlink_rcv_msg(net, request)`` like those of uapi/rtnetlink.py.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import msgspec

from webapp.kernel.uapi.netlink import NlmFlags

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

AF_UNSPEC = 0

IFALIASZ = 256


NETNSA_NSID_NOT_ASSIGNED = -1


class OperState(IntEnum):
    """RFC 2863 operational status (IF_OPER_*)."""

    UNKNOWN = 0
    NOTPRESENT = 1
    DOWN = 2
    LOWERLAYERDOWN = 3
    TESTING = 4
    DORMANT = 5
    UP = 6


class LinkData(msgspec.Struct, frozen=True):
    """IFLA_INFO_DATA: what a kind of link has of its own; kinds that have more than a peer derive from it.

    ``peer`` is the other end of kinds that are made in pairs (rtnl_link_ops->peer_type).
    """

    peer: LinkMessage | None = None


class VethInfo(LinkData, frozen=True):
    """IFLA_INFO_DATA of kind veth: what VETH_INFO_PEER says about the other end."""


class LinkMessage(msgspec.Struct, frozen=True):
    """struct ifinfomsg and the IFLA attributes of a request to create, change or delete a link.

    None means that the attribute is not there. ``ifindex`` 0 leaves the device to ``name`` or the number to the kernel;
    ``flags`` counts only where ``change`` has a bit. ``netns`` stands for IFLA_NET_NS_FD, ``netns_pid`` for
    IFLA_NET_NS_PID. ``master`` 0 takes the device out of its master. ``slave_data`` is
    what the master's kind is asked about its port.
    """

    name: str | None = None
    ifindex: int = 0
    flags: int = 0
    change: int = 0
    address: bytes | None = None
    broadcast: bytes | None = None
    mtu: int | None = None
    txqlen: int | None = None
    group: int | None = None
    alias: str | None = None
    carrier: bool | None = None
    master: int | None = None
    link: int | None = None
    netns: Net | None = None
    netns_pid: int | None = None
    new_ifindex: int | None = None
    kind: str | None = None
    data: LinkData | None = None
    slave_data: LinkData | None = None


class LinkStats(msgspec.Struct, frozen=True):
    """struct rtnl_link_stats64, the counters that the model keeps."""

    rx_packets: int
    tx_packets: int
    rx_bytes: int
    tx_bytes: int
    rx_errors: int
    tx_errors: int
    rx_dropped: int
    tx_dropped: int
    multicast: int
    collisions: int
    rx_missed_errors: int
    tx_carrier_errors: int


class LinkInfo(msgspec.Struct, frozen=True):
    """One RTM_NEWLINK message as rtnl_fill_ifinfo makes it. None: the attribute is not there.

    ``link`` is IFLA_LINK, the number of the device below or of the peer, in the namespace that ``link_netnsid`` names
    if that is given. ``addr_gen_mode`` is IFLA_INET6_ADDR_GEN_MODE; None where IPv6 is not on the device. ``data`` is
    what the kind tells of itself, ``slave_data`` what the master's kind tells of its port.
    """

    ifindex: int
    name: str
    type: int
    flags: int
    mtu: int
    min_mtu: int
    max_mtu: int
    txqlen: int
    operstate: OperState
    group: int | None
    promiscuity: int
    allmulti: int
    num_queues: int
    tso_max_size: int
    carrier_changes: int
    qdisc: str
    address: bytes
    broadcast: bytes
    stats: LinkStats
    alias: str
    kind: str
    link: int | None
    link_netnsid: int | None
    master: int | None
    addr_gen_mode: int | None
    data: LinkData | None
    slave_kind: str | None = None
    slave_data: LinkData | None = None


class NewLink(msgspec.Struct, frozen=True):
    """RTM_NEWLINK: creates a link (CREATE) or changes the one that ``link`` names."""

    link: LinkMessage
    nlm_flags: NlmFlags = NlmFlags.NONE
    family: int = AF_UNSPEC


class DelLink(msgspec.Struct, frozen=True):
    """RTM_DELLINK: deletes the link of that number or name, or else all of ``group``."""

    link: LinkMessage
    family: int = AF_UNSPEC


class GetLink(msgspec.Struct, frozen=True):
    """RTM_GETLINK: answers the LinkInfo of a number, or where that is 0 of a name; ENODEV where there is none."""

    ifindex: int = 0
    name: str = ""
    family: int = AF_UNSPEC


class DumpLinks(msgspec.Struct, frozen=True):
    """RTM_GETLINK with NLM_F_DUMP: LinkInfo values in order of number, of one master or kind if given."""

    master: int = 0
    kind: str = ""
    family: int = AF_UNSPEC


class NewNsid(msgspec.Struct, frozen=True):
    """RTM_NEWNSID: gives namespace ``peer`` a number here; a negative ``nsid`` lets the kernel choose."""

    peer: Net
    nsid: int = NETNSA_NSID_NOT_ASSIGNED
    family: int = AF_UNSPEC


class GetNsid(msgspec.Struct, frozen=True):
    """RTM_GETNSID: answers the number that namespace ``peer`` has here, NETNSA_NSID_NOT_ASSIGNED if it has none."""

    peer: Net
    family: int = AF_UNSPEC


class DumpNsids(msgspec.Struct, frozen=True):
    """RTM_GETNSID with NLM_F_DUMP: the numbers that namespaces have here, as ints."""

    family: int = AF_UNSPEC
