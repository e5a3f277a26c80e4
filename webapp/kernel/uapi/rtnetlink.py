"""Requests about addresses, routes, neighbours and rules (include/uapi/linux/rtnetlink.h and its neighbours).

A request is one of the frozen records below, given to ``rtnetlink_rcv_msg(net, request)`` (core/rtnetlink.py). New* and
Del* answer None, Get* one value, Dump* a tuple of values (the whole table of the namespace; programs filter, as ip does
for most of its selectors). What is refused raises KernelError with the kernel's errno and extack.

The values Address, Route, Neighbour and Rule are what a netlink message says of one, in both directions; ``None`` means
that the attribute is absent. Addresses and link-layer addresses are bytes in network order; interfaces are numbers.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag

import msgspec

from webapp.kernel.core.sock import AF_INET
from webapp.kernel.uapi.netlink import NlmFlags

INFINITY_LIFE_TIME = 0xFFFFFFFF


# --- addresses ----------------------------------------------------------------------------------------------------


class Ifa(IntFlag):
    """IFA_F_*: flags of an address."""

    NONE = 0
    SECONDARY = 0x01
    NODAD = 0x02
    OPTIMISTIC = 0x04
    DADFAILED = 0x08
    HOMEADDRESS = 0x10
    DEPRECATED = 0x20
    TENTATIVE = 0x40
    PERMANENT = 0x80
    MANAGETEMPADDR = 0x100
    NOPREFIXROUTE = 0x200
    MCAUTOJOIN = 0x400
    STABLE_PRIVACY = 0x800


class Address(msgspec.Struct, frozen=True):
    """struct ifaddrmsg with its attributes.

    ``local`` is IFA_LOCAL and ``address`` IFA_ADDRESS, the peer (the same as ``local`` where there is none).
    Lifetimes are seconds; ``metric`` is IFA_RT_PRIORITY; ``proto`` IFA_PROTO.
    """

    ifindex: int
    prefixlen: int
    local: bytes | None = None
    address: bytes | None = None
    broadcast: bytes | None = None
    label: str = ""
    scope: int = 0
    flags: Ifa = Ifa.NONE
    valid_lft: int = INFINITY_LIFE_TIME
    preferred_lft: int = INFINITY_LIFE_TIME
    metric: int = 0
    proto: int = 0
    family: int = AF_INET


class NewAddress(msgspec.Struct, frozen=True):
    """RTM_NEWADDR. ``local`` is required; ``address`` None means: the same."""

    address: Address
    nlm_flags: NlmFlags = NlmFlags.CREATE | NlmFlags.EXCL

    @property
    def family(self) -> int:
        return self.address.family


class DelAddress(msgspec.Struct, frozen=True):
    """RTM_DELADDR: the first address of the interface that fits ``local``, ``label`` and ``address``/``prefixlen``."""

    address: Address

    @property
    def family(self) -> int:
        return self.address.family


class DumpAddresses(msgspec.Struct, frozen=True):
    """RTM_GETADDR with NLM_F_DUMP: Address values in the order of interfaces; ``ifindex`` 0: of all."""

    family: int = AF_INET
    ifindex: int = 0


# --- routes -------------------------------------------------------------------------------------------------------


class Rtn(IntEnum):
    """rtmsg.rtm_type: RTN_*."""

    UNSPEC = 0
    UNICAST = 1
    LOCAL = 2
    BROADCAST = 3
    ANYCAST = 4
    MULTICAST = 5
    BLACKHOLE = 6
    UNREACHABLE = 7
    PROHIBIT = 8
    THROW = 9
    NAT = 10
    XRESOLVE = 11


class RtScope(IntEnum):
    """rtmsg.rtm_scope: how far a destination is; any number between these is allowed too."""

    UNIVERSE = 0
    SITE = 200
    LINK = 253
    HOST = 254
    NOWHERE = 255


class Rtprot(IntEnum):
    """rtmsg.rtm_protocol: who made a route; any other number is allowed too."""

    UNSPEC = 0
    REDIRECT = 1
    KERNEL = 2
    BOOT = 3
    STATIC = 4


RT_TABLE_UNSPEC = 0
RT_TABLE_DEFAULT = 253
RT_TABLE_MAIN = 254
RT_TABLE_LOCAL = 255


class Rtnh(IntFlag):
    """Flags of a next hop (RTNH_F_*) and, above 0xff, of a route in an answer (RTM_F_*)."""

    NONE = 0
    DEAD = 1
    PERVASIVE = 2
    ONLINK = 4
    OFFLOAD = 8
    LINKDOWN = 16
    UNRESOLVED = 32
    NOTIFY = 0x100
    CLONED = 0x200
    EQUALIZE = 0x400


class Rtax(IntEnum):
    """Metrics of a route; the value of LOCK is a mask of ``1 << metric`` for metrics that are locked."""

    LOCK = 1
    MTU = 2
    WINDOW = 3
    RTT = 4
    RTTVAR = 5
    SSTHRESH = 6
    CWND = 7
    ADVMSS = 8
    REORDERING = 9
    HOPLIMIT = 10
    INITCWND = 11
    FEATURES = 12
    RTO_MIN = 13
    INITRWND = 14
    QUICKACK = 15
    CC_ALGO = 16


class NextHop(msgspec.Struct, frozen=True):
    """struct rtnexthop: one of several (``ip route add … nexthop``). ``weight`` counts from 1."""

    oif: int = 0
    gateway: bytes | None = None
    weight: int = 1
    flags: Rtnh = Rtnh.NONE


class Route(msgspec.Struct, frozen=True):
    """struct rtmsg with its attributes.

    ``dst`` is RTA_DST, None (with ``dst_len`` 0) for the default route; ``oif`` 0 is none; ``gateway`` RTA_GATEWAY;
    ``metrics`` is RTA_METRICS. Only answers of GetRoute carry ``src`` (the source that was asked for), ``iif``,
    ``mark``, ``uid``, ``expires`` (seconds that a learned MTU or redirect will last, None: no such) and ``error`` (of
    RTA_CACHEINFO). ``pref`` is RTA_PREF, which IPv6's answers carry (0: medium). A dumped route's ``flags`` hold the
    RTNH_F_* of its next hop.
    """

    dst: bytes | None = None
    dst_len: int = 0
    tos: int = 0
    table: int = RT_TABLE_MAIN
    protocol: int = Rtprot.BOOT
    scope: int = RtScope.UNIVERSE
    type: Rtn = Rtn.UNICAST
    flags: Rtnh = Rtnh.NONE
    oif: int = 0
    gateway: bytes | None = None
    prefsrc: bytes | None = None
    priority: int = 0
    metrics: tuple[tuple[Rtax, int], ...] = ()
    multipath: tuple[NextHop, ...] = ()
    src: bytes | None = None
    src_len: int = 0
    iif: int = 0
    mark: int = 0
    uid: int | None = None
    expires: int | None = None
    error: int = 0
    pref: int | None = None
    family: int = AF_INET


class NewRoute(msgspec.Struct, frozen=True):
    """RTM_NEWROUTE."""

    route: Route
    nlm_flags: NlmFlags = NlmFlags.CREATE | NlmFlags.EXCL

    @property
    def family(self) -> int:
        return self.route.family


class DelRoute(msgspec.Struct, frozen=True):
    """RTM_DELROUTE: the first route that fits.

    ``type`` UNSPEC, ``scope`` NOWHERE, ``protocol`` UNSPEC, ``oif`` 0, no gateway, no prefsrc and ``priority`` 0 fit
    any.
    """

    route: Route

    @property
    def family(self) -> int:
        return self.route.family


class GetRoute(msgspec.Struct, frozen=True):
    """RTM_GETROUTE: which route a packet would take (``ip route get``); answers a Route.

    ``fibmatch`` asks for the table's route instead of the resolved one.
    """

    dst: bytes
    src: bytes | None = None
    iif: int = 0
    oif: int = 0
    mark: int = 0
    tos: int = 0
    uid: int | None = 0
    ipproto: int = 0
    sport: int = 0
    dport: int = 0
    fibmatch: bool = False
    family: int = AF_INET


class DumpRoutes(msgspec.Struct, frozen=True):
    """RTM_GETROUTE with NLM_F_DUMP: Route values of one table, or of all with ``table`` 0 (RT_TABLE_UNSPEC).

    A table that does not exist is refused with ENOENT, "ipv4: FIB table does not exist".
    """

    family: int = AF_INET
    table: int = 0


# --- neighbours ---------------------------------------------------------------------------------------------------


class Nud(IntFlag):
    """NUD_*: states of a neighbour."""

    NONE = 0x00
    INCOMPLETE = 0x01
    REACHABLE = 0x02
    STALE = 0x04
    DELAY = 0x08
    PROBE = 0x10
    FAILED = 0x20
    NOARP = 0x40
    PERMANENT = 0x80


class Ntf(IntFlag):
    """NTF_*: flags of a neighbour or of a forwarding entry."""

    NONE = 0x00
    USE = 0x01
    SELF = 0x02
    MASTER = 0x04
    PROXY = 0x08
    EXT_LEARNED = 0x10
    OFFLOADED = 0x20
    STICKY = 0x40
    ROUTER = 0x80


class Neighbour(msgspec.Struct, frozen=True):
    """struct ndmsg with its attributes.

    ``confirmed``, ``used``, ``updated`` (seconds ago) and ``probes`` are only in answers; proxy entries (``ip neigh add
    proxy``) have the flag PROXY and no ``lladdr``.
    """

    ifindex: int
    dst: bytes
    lladdr: bytes | None = None
    state: Nud = Nud.NONE
    flags: Ntf = Ntf.NONE
    protocol: int = 0
    probes: int = 0
    used: int = 0
    confirmed: int = 0
    updated: int = 0
    family: int = AF_INET


class NewNeighbour(msgspec.Struct, frozen=True):
    """RTM_NEWNEIGH."""

    neighbour: Neighbour
    nlm_flags: NlmFlags = NlmFlags.CREATE | NlmFlags.EXCL

    @property
    def family(self) -> int:
        return self.neighbour.family


class DelNeighbour(msgspec.Struct, frozen=True):
    """RTM_DELNEIGH: by address and interface (and the flag PROXY)."""

    neighbour: Neighbour

    @property
    def family(self) -> int:
        return self.neighbour.family


class GetNeighbour(msgspec.Struct, frozen=True):
    """RTM_GETNEIGH (``ip neigh get``): answers a Neighbour, or ENOENT."""

    dst: bytes
    ifindex: int
    flags: Ntf = Ntf.NONE
    family: int = AF_INET


class DumpNeighbours(msgspec.Struct, frozen=True):
    """RTM_GETNEIGH with NLM_F_DUMP: Neighbour values; ``proxy`` asks for the proxy entries instead."""

    family: int = AF_INET
    proxy: bool = False


# --- rules --------------------------------------------------------------------------------------------------------


class FrAct(IntEnum):
    """FR_ACT_*: what a rule does."""

    UNSPEC = 0
    TO_TBL = 1
    GOTO = 2
    NOP = 3
    BLACKHOLE = 6
    UNREACHABLE = 7
    PROHIBIT = 8


class FibRuleFlag(IntFlag):
    """FIB_RULE_*: flags of a rule; the DETACHED and UNRESOLVED ones only in answers."""

    NONE = 0
    PERMANENT = 0x01
    INVERT = 0x02
    UNRESOLVED = 0x04
    IIF_DETACHED = 0x08
    OIF_DETACHED = 0x10


class Rule(msgspec.Struct, frozen=True):
    """struct fib_rule_hdr with its attributes.

    ``priority`` None lets the kernel choose; ``table`` is for TO_TBL, ``goto`` a rule's priority for GOTO;
    ``suppress_prefixlength`` -1 is none; port ranges are inclusive.
    """

    src: bytes | None = None
    src_len: int = 0
    dst: bytes | None = None
    dst_len: int = 0
    tos: int = 0
    table: int = RT_TABLE_UNSPEC
    action: FrAct = FrAct.TO_TBL
    flags: FibRuleFlag = FibRuleFlag.NONE
    priority: int | None = None
    fwmark: int = 0
    fwmask: int | None = None
    iifname: str = ""
    oifname: str = ""
    goto: int = 0
    suppress_prefixlength: int = -1
    ipproto: int = 0
    sport: tuple[int, int] | None = None
    dport: tuple[int, int] | None = None
    protocol: int = Rtprot.BOOT
    family: int = AF_INET


class NewRule(msgspec.Struct, frozen=True):
    """RTM_NEWRULE."""

    rule: Rule
    nlm_flags: NlmFlags = NlmFlags.CREATE | NlmFlags.EXCL

    @property
    def family(self) -> int:
        return self.rule.family


class DelRule(msgspec.Struct, frozen=True):
    """RTM_DELRULE: the first rule that fits; absent fields fit any."""

    rule: Rule

    @property
    def family(self) -> int:
        return self.rule.family


class DumpRules(msgspec.Struct, frozen=True):
    """RTM_GETRULE with NLM_F_DUMP: Rule values in order of priority."""

    family: int = AF_INET
