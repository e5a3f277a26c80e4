"""Routes as they are kept (include/net/ip_fib.h): next hops, what several prefixes share, and what a look-up finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.errno import Errno
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import NextHop, Rtax, Rtn, Rtnh, Rtprot, RtScope

if TYPE_CHECKING:
    from webapp.kernel.ipv4.fib_table import FibAlias, FibTable
    from webapp.kernel.ipv4.flow import Flowi4
    from webapp.kernel.ipv4.route import Rtable

_DEAD = int(Rtnh.DEAD)
_LINKDOWN = int(Rtnh.LINKDOWN)


class FibProp(NamedTuple):
    """What a type of route means: the (positive) errno that it answers with, and the widest scope that it may have."""

    error: int
    scope: int


FIB_PROPS = {
    Rtn.UNSPEC: FibProp(0, RtScope.NOWHERE),
    Rtn.UNICAST: FibProp(0, RtScope.UNIVERSE),
    Rtn.LOCAL: FibProp(0, RtScope.HOST),
    Rtn.BROADCAST: FibProp(0, RtScope.LINK),
    Rtn.ANYCAST: FibProp(0, RtScope.LINK),
    Rtn.MULTICAST: FibProp(0, RtScope.UNIVERSE),
    Rtn.BLACKHOLE: FibProp(Errno.EINVAL, RtScope.UNIVERSE),
    Rtn.UNREACHABLE: FibProp(Errno.EHOSTUNREACH, RtScope.UNIVERSE),
    Rtn.PROHIBIT: FibProp(Errno.EACCES, RtScope.UNIVERSE),
    Rtn.THROW: FibProp(Errno.EAGAIN, RtScope.UNIVERSE),
    Rtn.NAT: FibProp(Errno.EINVAL, RtScope.NOWHERE),
    Rtn.XRESOLVE: FibProp(Errno.EINVAL, RtScope.NOWHERE),
}
"""fib_props."""


@dataclass(frozen=True, slots=True)
class FibConfig:
    """struct fib_config: a route as it is asked for. ``dst`` is a number; the rest is as in uapi Route."""

    dst: int
    dst_len: int
    table: int
    type: Rtn
    scope: int
    protocol: int = Rtprot.UNSPEC
    tos: int = 0
    flags: Rtnh = Rtnh.NONE
    oif: int = 0
    gateway: bytes | None = None
    prefsrc: bytes | None = None
    priority: int = 0
    metrics: tuple[tuple[Rtax, int], ...] | None = None
    multipath: tuple[NextHop, ...] = ()
    nlflags: NlmFlags = NlmFlags.NONE


class FibNhException:
    """struct fib_nh_exception: what was learned about one destination behind a next hop, until ``expires`` (ns)."""

    __slots__ = ("daddr", "expires", "gateway", "genid", "mtu_locked", "pmtu", "rth_input", "rth_output")

    def __init__(self, daddr: bytes) -> None:
        self.daddr = daddr
        self.expires = 0
        self.gateway: bytes | None = None
        self.genid = 0
        self.pmtu = 0
        self.mtu_locked = False
        self.rth_input: Rtable | None = None
        self.rth_output: Rtable | None = None


class FibNh:
    """struct fib_nh: one next hop. ``scope`` is that of the gateway's own route, HOST where there is no gateway.

    ``rth_input`` and ``rth_output`` are the routes of packets that went this way before.
    """

    __slots__ = ("dev", "exceptions", "flags", "gateway", "oif", "parent", "rth_input", "rth_output", "scope",
                 "upper_bound", "weight")  # fmt: skip

    def __init__(self, parent: FibInfo, oif: int, gateway: bytes | None, flags: int, weight: int) -> None:
        self.parent = parent
        self.oif = oif
        self.gateway = gateway
        self.flags = flags
        self.weight = weight
        self.scope = 0
        self.upper_bound = 0
        self.dev: NetDevice = None  # type: ignore[assignment]  # routes that refuse have none, and are never followed
        self.exceptions: dict[bytes, FibNhException] = {}
        self.rth_input: Rtable | None = None
        self.rth_output: Rtable | None = None

    def same(self, other: FibNh) -> bool:
        """nh_comp of one next hop."""
        ignored = _DEAD | _LINKDOWN
        return (
            self.oif == other.oif
            and self.gateway == other.gateway
            and self.scope == other.scope
            and self.weight == other.weight
            and not (self.flags ^ other.flags) & ~ignored
        )


class FibInfo:
    """struct fib_info: what several prefixes may share."""

    __slots__ = ("flags", "metrics", "mtu", "nhs", "prefsrc", "priority", "protocol", "scope", "tb_id", "treeref",
                 "type")  # fmt: skip

    def __init__(self, cfg: FibConfig) -> None:
        self.protocol = cfg.protocol
        self.scope = cfg.scope
        self.flags = int(cfg.flags)
        self.priority = cfg.priority
        self.prefsrc = cfg.prefsrc
        self.type = cfg.type
        self.tb_id = cfg.table
        self.metrics: dict[Rtax, int] = dict(cfg.metrics or ())
        self.mtu = self.metrics.get(Rtax.MTU, 0)
        self.treeref = 0
        self.nhs: list[FibNh] = []

    def same(self, other: FibInfo) -> bool:
        """fib_find_info's comparison."""
        return (
            self.protocol == other.protocol
            and self.scope == other.scope
            and self.prefsrc == other.prefsrc
            and self.priority == other.priority
            and self.type == other.type
            and self.tb_id == other.tb_id
            and self.metrics == other.metrics
            and not (self.flags ^ other.flags) & ~(_DEAD | _LINKDOWN)
            and len(self.nhs) == len(other.nhs)
            and all(a.same(b) for a, b in zip(self.nhs, other.nhs, strict=True))
        )


class FibResult:
    """struct fib_result: what a look-up found. ``error`` is a positive errno, and then there is no next hop to use."""

    __slots__ = ("alias", "error", "info", "nh", "prefixlen", "scope", "type")

    def __init__(self, alias: FibAlias | None, nh: FibNh | None, error: int = 0) -> None:
        self.alias = alias
        self.nh: FibNh = nh  # type: ignore[assignment]  # set in every result without error
        if alias is None:
            self.error = error
            self.info: FibInfo = None  # type: ignore[assignment]  # the same
            self.prefixlen, self.type, self.scope = 0, Rtn.UNSPEC, 0
        else:
            self.error = alias.error
            self.info = alias.info
            self.prefixlen = alias.plen
            self.type = alias.type
            self.scope = alias.info.scope

    @property
    def table(self) -> FibTable:
        """The table that had the route."""
        assert self.alias is not None
        return self.alias.table


NO_ROUTE = FibResult(None, None, Errno.EAGAIN)
"""A table without a fitting route: the next rule is asked."""


def ip_ignore_linkdown(dev: NetDevice) -> bool:
    """ip_ignore_linkdown: whether routes over a dead link are passed over (ignore_routes_with_linkdown)."""
    in_dev = dev.in_dev
    return in_dev is not None and bool(
        in_dev.cnf.ignore_routes_with_linkdown or dev.net.ipv4.devconf_all.ignore_routes_with_linkdown
    )


def fib_lookup_good_nhc(nh: FibNh, flow: Flowi4, ignore_linkstate: bool) -> bool:
    """fib_lookup_good_nhc: whether a next hop may be taken for a flow."""
    if nh.flags & _DEAD:
        return False
    if nh.flags & _LINKDOWN and not ignore_linkstate and ip_ignore_linkdown(nh.dev):
        return False
    return not flow.oif or flow.oif == nh.oif
