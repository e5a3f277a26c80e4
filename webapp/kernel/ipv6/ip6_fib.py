"""Routing tables (net/ipv6/ip6_fib.c, with another algorithm): a dictionary for each prefix length.

The routes of one prefix stand by rising metric, of equal ones the older first. Routes with a gateway that agree in
metric are next hops of one route (siblings).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv6.address import number
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import RT_TABLE_MAIN, Rtax, Rtn, Rtnh, Rtprot

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.ipv6.route import Rt6Info

RTF_GATEWAY = 0x0002
RTF_REJECT = 0x0200
RTF_ANYCAST = 0x00100000
RTF_LOCAL = 0x80000000
RTF_NONEXTHOP = 0x00200000
RTF_EXPIRES = 0x00400000

IP6_RT_PRIO_ADDRCONF = 256
IP6_RT_PRIO_USER = 1024
IP6_RT_GC_INTERVAL = 30 * NSEC_PER_SEC

_DEAD = int(Rtnh.DEAD)
_LINKDOWN = int(Rtnh.LINKDOWN)


@dataclass(frozen=True, slots=True)
class Fib6Config:
    """struct fib6_config: a route as it is asked for. ``dst`` is a number; ``flags`` are RTF_*, ``nh_flags`` RTNH_F_*.

    ``ifindex`` 0 lets the gateway decide; ``expires`` is a time in ns, 0: never; ``nlflags`` None: the kernel asks for
    itself.
    """

    dst: int
    dst_len: int
    table: int = RT_TABLE_MAIN
    metric: int = 0
    ifindex: int = 0
    gateway: bytes | None = None
    flags: int = 0
    nh_flags: int = 0
    type: Rtn = Rtn.UNICAST
    protocol: int = Rtprot.UNSPEC
    prefsrc: bytes | None = None
    metrics: tuple[tuple[Rtax, int], ...] = ()
    weight: int = 1
    expires: int = 0
    nlflags: NlmFlags | None = None


class Rt6Exception:
    """struct rt6_exception: what was learned about one destination, until ``expires`` (ns, 0: for ever)."""

    __slots__ = ("expires", "gateway", "mtu")

    def __init__(self) -> None:
        self.mtu = 0
        self.gateway: bytes | None = None
        self.expires = 0


class Fib6Nh:
    """struct fib6_nh: one next hop. ``rt`` is the route that packets which went this way carry."""

    __slots__ = ("dev", "exceptions", "flags", "gateway", "parent", "rt", "upper_bound", "weight")

    def __init__(self, dev: NetDevice, gateway: bytes | None, flags: int, weight: int) -> None:
        self.dev = dev
        self.gateway = gateway
        self.flags = flags
        self.weight = weight
        self.upper_bound = 0
        self.exceptions: dict[bytes, Rt6Exception] = {}
        self.rt: Rt6Info | None = None
        self.parent: Fib6Info = None  # type: ignore[assignment]  # set by the route that it becomes a part of


class Fib6Info:
    """struct fib6_info: a route. ``table`` is None while it is in none."""

    __slots__ = ("dst", "expires", "flags", "metric", "metrics", "nhs", "plen", "prefsrc", "protocol", "table", "type")

    def __init__(self, cfg: Fib6Config, nh: Fib6Nh) -> None:
        self.dst = cfg.dst >> (128 - cfg.dst_len) << (128 - cfg.dst_len)
        self.plen = cfg.dst_len
        self.metric = cfg.metric
        self.expires = cfg.expires
        self.flags = cfg.flags
        self.type = cfg.type
        self.protocol = cfg.protocol
        self.prefsrc = cfg.prefsrc
        self.metrics: dict[Rtax, int] = dict(cfg.metrics)
        self.table: Fib6Table | None = None
        self.nhs: list[Fib6Nh] = []
        self.add_nexthop(nh)

    def add_nexthop(self, nh: Fib6Nh) -> None:
        """One more sibling; each gets its share of the 31-bit hash (rt6_multipath_rebalance)."""
        nh.parent = self
        self.nhs.append(nh)
        total = sum(nh.weight for nh in self.nhs)
        weight = 0
        for each in self.nhs:
            weight += each.weight
            each.upper_bound = ((weight << 31) + total // 2) // total - 1

    @property
    def qualifies_for_ecmp(self) -> bool:
        """rt6_qualify_for_ecmp."""
        return self.nhs[0].gateway is not None

    def has_same_nexthop(self, other: Fib6Info) -> bool:
        """rt6_duplicate_nexthop: one of our next hops is the other's first."""
        theirs = other.nhs[0]
        return any(nh.dev is theirs.dev and nh.gateway == theirs.gateway for nh in self.nhs)


class Fib6Result:
    """struct fib6_result: what a look-up found. ``error`` is a positive errno: no route, or one that refuses."""

    __slots__ = ("error", "f6i", "nh")

    def __init__(self, f6i: Fib6Info | None, nh: Fib6Nh | None, error: int = 0) -> None:
        self.f6i = f6i
        self.nh = nh
        self.error = error


NO_ROUTE = Fib6Result(None, None, Errno.EAGAIN)
"""A table without a fitting route: the next rule is asked."""


class Fib6Table:
    """struct fib6_table. ``levels`` has (shift, dictionary of routes by the upper bits) from /128 to /0."""

    __slots__ = ("id", "levels", "_by_length")

    def __init__(self, id_: int) -> None:
        self.id = id_
        self._by_length: dict[int, dict[int, list[Fib6Info]]] = {}
        self.levels: list[tuple[int, dict[int, list[Fib6Info]]]] = []

    def find(self, dst: int, plen: int) -> list[Fib6Info]:
        """fib6_locate: the routes of a prefix; not to be changed by the caller."""
        return self._by_length.get(plen, {}).get(dst >> (128 - plen), [])

    def insert(self, place: int, f6i: Fib6Info) -> None:
        """Puts a route at ``place`` among those of its prefix."""
        level = self._by_length.setdefault(f6i.plen, {})
        level.setdefault(f6i.dst >> (128 - f6i.plen), []).insert(place, f6i)
        f6i.table = self
        self._sort()

    def remove(self, f6i: Fib6Info) -> None:
        """Takes a route out."""
        level = self._by_length[f6i.plen]
        key = f6i.dst >> (128 - f6i.plen)
        level[key].remove(f6i)
        f6i.table = None
        if not level[key]:
            del level[key]
        if not level:
            del self._by_length[f6i.plen]
        self._sort()

    def _sort(self) -> None:
        self.levels = [(128 - plen, level) for plen, level in sorted(self._by_length.items(), reverse=True)]

    def lookup(self, addr: bytes) -> Iterator[list[Fib6Info]]:
        """fib6_node_lookup and fib6_backtrack: the routes of every prefix that holds ``addr``, the longest first."""
        key = number(addr)
        for shift, level in self.levels:
            routes = level.get(key >> shift)
            if routes is not None:
                yield routes

    def __iter__(self) -> Iterator[Fib6Info]:
        """All routes in the order of a dump: the tree from left to right, what is within a prefix before it."""
        routes = [f6i for level in self._by_length.values() for same in level.values() for f6i in same]
        return iter(sorted(routes, key=_walk_key))


def _walk_key(f6i: Fib6Info) -> str:
    """The way to a node in bits; the end sorts behind both branches, and the sort keeps the order of one node."""
    return f"{f6i.dst:0128b}"[: f6i.plen] + "2"


def fib6_get_table(net: Net, id_: int) -> Fib6Table | None:
    """fib6_get_table: the table of that number."""
    table: Fib6Table | None = net.ipv6.fib6_tables.get(id_ or RT_TABLE_MAIN)
    return table


def fib6_new_table(net: Net, id_: int) -> Fib6Table:
    """fib6_new_table: the same, made if need be."""
    table = fib6_get_table(net, id_)
    if table is None:
        table = net.ipv6.fib6_tables[id_ or RT_TABLE_MAIN] = Fib6Table(id_ or RT_TABLE_MAIN)
    return table


def rt_genid_bump_ipv6(net: Net) -> None:
    """rt_genid_bump_ipv6: routes that next hops hold are made anew."""
    net.ipv6.rt_genid += 1


@kfunc("net/ipv6/ip6_fib.c", "fib6_add")
def fib6_add(net: Net, table: Fib6Table, f6i: Fib6Info, nlflags: NlmFlags | None) -> None:
    """Adds, replaces or appends a route as the flags say: EEXIST, ENOENT."""
    flags = NlmFlags.CREATE if nlflags is None else nlflags
    routes = table.find(f6i.dst, f6i.plen)
    place = next((at for at, other in enumerate(routes) if other.metric >= f6i.metric), len(routes))
    same = [other for other in routes if other.metric == f6i.metric]
    if same and flags & NlmFlags.EXCL:
        raise KernelError(Errno.EEXIST)
    if flags & NlmFlags.REPLACE:
        old = next((other for other in same if other.qualifies_for_ecmp == f6i.qualifies_for_ecmp), None)
        old = old or next(iter(same), None)
        if old is not None:
            place = routes.index(old)
            table.remove(old)
            table.insert(place, f6i)
            rt_genid_bump_ipv6(net)
            return
        if not flags & NlmFlags.CREATE:
            raise KernelError(Errno.ENOENT)
    elif any(other.has_same_nexthop(f6i) for other in same):
        raise KernelError(Errno.EEXIST)
    sibling = next((other for other in same if other.qualifies_for_ecmp and f6i.qualifies_for_ecmp), None)
    if sibling is not None and not flags & NlmFlags.REPLACE:
        sibling.add_nexthop(f6i.nhs[0])
        f6i.nhs[0].rt = None
    else:
        table.insert(place + len(same), f6i)
    if f6i.expires:
        fib6_start_gc(net)
    rt_genid_bump_ipv6(net)


def fib6_start_gc(net: Net) -> None:
    """fib6_start_gc: routes that have run out are cleared away every half a minute, as long as any may."""
    if net.ipv6.fib6_gc_timer is None:
        net.ipv6.fib6_gc_timer = net.machine.clock.call_later(IP6_RT_GC_INTERVAL, partial(fib6_run_gc, net))


def fib6_run_gc(net: Net) -> None:
    """fib6_run_gc."""
    net.ipv6.fib6_gc_timer = None
    ageing = [f6i for table in net.ipv6.fib6_tables.values() for f6i in table if f6i.expires]
    for f6i in ageing:
        if net.machine.clock.now >= f6i.expires:
            fib6_del(net, f6i)
        else:
            fib6_start_gc(net)


@kfunc("net/ipv6/ip6_fib.c", "fib6_del")
def fib6_del(net: Net, f6i: Fib6Info) -> None:
    """Takes a route out of its table, if it is in one."""
    if f6i.table is not None:
        f6i.table.remove(f6i)
        rt_genid_bump_ipv6(net)


def fib6_del_nexthop(net: Net, f6i: Fib6Info, nh: Fib6Nh) -> None:
    """One sibling less; with the last one the route goes."""
    rest = [other for other in f6i.nhs if other is not nh]
    if not rest:
        fib6_del(net, f6i)
        return
    f6i.nhs = []
    for other in rest:
        f6i.add_nexthop(other)
    rt_genid_bump_ipv6(net)


def fib6_sync_down_dev(net: Net, dev: NetDevice, *, gone: bool) -> None:
    """rt6_sync_down_dev for NETDEV_DOWN and, with ``gone``, NETDEV_UNREGISTER: routes over ``dev`` go.

    A sibling of a next hop that lives stays as a dead one while its device is only down.
    """
    for table in list(net.ipv6.fib6_tables.values()):
        for f6i in list(table):
            over = [nh for nh in f6i.nhs if nh.dev is dev]
            if not over:
                continue
            for nh in over:
                nh.flags |= _DEAD | _LINKDOWN
            if all(nh.flags & _DEAD for nh in f6i.nhs):
                fib6_del(net, f6i)
            elif gone:
                for nh in over:
                    fib6_del_nexthop(net, f6i, nh)
    rt_genid_bump_ipv6(net)


def fib6_sync_linkdown(net: Net, dev: NetDevice) -> None:
    """rt6_sync_down_dev for NETDEV_CHANGE: routes over ``dev`` have no link."""
    for table in net.ipv6.fib6_tables.values():
        for f6i in table:
            for nh in f6i.nhs:
                if nh.dev is dev and not f6i.flags & (RTF_LOCAL | RTF_ANYCAST):
                    nh.flags |= _LINKDOWN
    rt_genid_bump_ipv6(net)


def fib6_sync_up(net: Net, dev: NetDevice) -> None:
    """rt6_sync_up: the device is up, its link there."""
    for table in net.ipv6.fib6_tables.values():
        for f6i in table:
            for nh in f6i.nhs:
                if nh.dev is dev:
                    nh.flags &= ~(_DEAD | _LINKDOWN)
    rt_genid_bump_ipv6(net)
