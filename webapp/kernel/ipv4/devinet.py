"""Addresses of interfaces and net.ipv4.conf (net/ipv4/devinet.c)."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.neighbour import neigh_sysctl_table
from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.core.sysctl import CtlTable, int_entry, proc_dointvec
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.address import INADDR_ANY, INADDR_LOOPBACK
from webapp.kernel.ipv4.arp import arp_send
from webapp.kernel.ipv4.fib_frontend import fib_add_ifaddr, fib_del_ifaddr, fib_modify_prefix_metric
from webapp.kernel.ipv4.igmp import ip_mc_down, ip_mc_up
from webapp.kernel.ipv4.in_device import (
    DEVCONF_DEFAULTS,
    INETADDR_CHAIN,
    InDevice,
    InetAddrEvent,
    InIfaddr,
    Ipv4Devconf,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import (
    INFINITY_LIFE_TIME,
    Address,
    DelAddress,
    DumpAddresses,
    Ifa,
    NewAddress,
    RtScope,
)
from webapp.kernel.wire.arp import ARPOP_REQUEST

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

IPV4_MIN_MTU = 68
IPV6ONLY_FLAGS = (
    Ifa.NODAD
    | Ifa.OPTIMISTIC
    | Ifa.DADFAILED
    | Ifa.HOMEADDRESS
    | Ifa.TENTATIVE
    | Ifa.MANAGETEMPADDR
    | Ifa.STABLE_PRIVACY
)

# Files of net.ipv4.conf.* whose effects are not modelled; they can be read, and written with what they say.
_FIXED = {
    "accept_source_route": 1,
    "bootp_relay": 0,
    "disable_policy": 0,
    "disable_xfrm": 0,
    "force_igmp_version": 0,
    "igmpv2_unsolicited_report_interval": 10000,
    "igmpv3_unsolicited_report_interval": 1000,
    "log_martians": 0,
    "mc_forwarding": 0,
    "tag": 0,
}


# --- net.ipv4.conf ------------------------------------------------------------------------------------------------


@cache
def fixed_entry(value: int) -> CtlTable:
    """A file whose effect is not modelled: any other value than its own is refused."""

    def write(text: str) -> None:
        if proc_dointvec(text) != value:
            raise KernelError(Errno.EOPNOTSUPP)

    return CtlTable(lambda: str(value), write)


def _devconf_changed(net: Net, cnf: Ipv4Devconf, name: str) -> None:
    """devinet_conf_proc: a default is handed on to devices that were not set themselves."""
    cnf.state.add(name)
    ipv4 = net.ipv4
    if cnf is ipv4.devconf_dflt:
        for dev in net.devices.values():
            in_dev = dev.in_dev
            if in_dev is not None and name not in in_dev.cnf.state:
                setattr(in_dev.cnf, name, getattr(cnf, name))
    ipv4.rt_genid += 1


def inet_forward_change(net: Net) -> None:
    """inet_forward_change: what net.ipv4.ip_forward says is said to the default and to every device."""
    ipv4 = net.ipv4
    on = ipv4.devconf_all.forwarding
    ipv4.devconf_all.accept_redirects = int(not on)
    ipv4.devconf_dflt.forwarding = on
    for dev in net.devices.values():
        if dev.in_dev is not None:
            dev.in_dev.cnf.forwarding = on
    ipv4.rt_genid += 1


def _forwarding_changed(net: Net, cnf: Ipv4Devconf) -> None:
    if cnf is net.ipv4.devconf_all:
        inet_forward_change(net)
    else:
        net.ipv4.rt_genid += 1


def forward_entry(net: Net, cnf: Ipv4Devconf) -> CtlTable:
    """devinet_sysctl_forward: nothing happens where the value stays."""
    entry = int_entry(cnf, "forwarding", changed=partial(_forwarding_changed, net, cnf))

    def write(text: str) -> None:
        if proc_dointvec(text) != cnf.forwarding:
            assert entry.write is not None
            entry.write(text)

    return CtlTable(entry.read, write)


def devinet_sysctl_register(net: Net, name: str, cnf: Ipv4Devconf) -> None:
    """__devinet_sysctl_register: net.ipv4.conf.NAME."""
    net.sysctl.register(f"net.ipv4.conf.{name}", partial(_devinet_sysctl_table, net, name, cnf))


def _devinet_sysctl_table(net: Net, name: str, cnf: Ipv4Devconf) -> dict[str, CtlTable]:
    table = {
        field: int_entry(cnf, field, changed=partial(_devconf_changed, net, cnf, field))
        for field in DEVCONF_DEFAULTS
        if field != "forwarding"
    }
    table["forwarding"] = forward_entry(net, cnf)
    fixed = dict(_FIXED)
    if name == "all":
        fixed["accept_source_route"] = 0
    if name == "lo":
        fixed.update(disable_policy=1, disable_xfrm=1)
    table.update((field, fixed_entry(value)) for field, value in fixed.items())
    return table


def _register_dev_sysctl(in_dev: InDevice) -> None:
    net, name = in_dev.dev.net, in_dev.dev.name
    in_dev.sysctl_name = name
    devinet_sysctl_register(net, name, in_dev.cnf)
    net.sysctl.register(f"net.ipv4.neigh.{name}", partial(neigh_sysctl_table, in_dev.arp_parms))


def _unregister_dev_sysctl(in_dev: InDevice) -> None:
    net, name = in_dev.dev.net, in_dev.sysctl_name
    net.sysctl.unregister(f"net.ipv4.conf.{name}")
    net.sysctl.unregister(f"net.ipv4.neigh.{name}")


# --- devices ------------------------------------------------------------------------------------------------------


def inetdev_valid_mtu(mtu: int) -> bool:
    """Below 68 bytes there is no IPv4."""
    return mtu >= IPV4_MIN_MTU


def inetdev_init(dev: NetDevice) -> InDevice:
    """inetdev_init: gives a device its IPv4 record and its sysctls."""
    in_dev = InDevice(dev)
    dev.in_dev = in_dev
    _register_dev_sysctl(in_dev)
    if dev.flags & Iff.UP:
        ip_mc_up(in_dev)
    return in_dev


def inetdev_destroy(in_dev: InDevice) -> None:
    """inetdev_destroy: addresses go without promotion, then the record."""
    in_dev.dead = True
    ip_mc_down(in_dev)
    while in_dev.ifa_list:
        inet_del_ifa(in_dev, in_dev.ifa_list[0])
    dev = in_dev.dev
    dev.in_dev = None
    _unregister_dev_sysctl(in_dev)


def _inetdev_up(dev: NetDevice, in_dev: InDevice) -> None:
    if not inetdev_valid_mtu(dev.mtu):
        return
    if dev.flags & Iff.LOOPBACK:
        ifa = InIfaddr(in_dev, INADDR_LOOPBACK, INADDR_LOOPBACK, 8)
        ifa.scope = RtScope.HOST
        if find_matching_ifa(ifa) is None:
            _set_ifa_lifetime(ifa, INFINITY_LIFE_TIME, INFINITY_LIFE_TIME)
            inet_insert_ifa(ifa)
    ip_mc_up(in_dev)
    _notify_peers(dev, in_dev)


def _notify_peers(dev: NetDevice, in_dev: InDevice) -> None:
    if max(in_dev.cnf.arp_notify, dev.net.ipv4.devconf_all.arp_notify):
        inetdev_send_gratuitous_arp(dev, in_dev)


def inetdev_send_gratuitous_arp(dev: NetDevice, in_dev: InDevice) -> None:
    """inetdev_send_gratuitous_arp: tells the link our addresses (arp_notify)."""
    for ifa in in_dev.ifa_list:
        arp_send(ARPOP_REQUEST, ifa.local, dev, ifa.local, None, dev.address)


def inetdev_changename(in_dev: InDevice) -> None:
    """inetdev_changename: labels follow the device's name, aliases keep what comes after the colon."""
    name = in_dev.dev.name
    for number_, ifa in enumerate(in_dev.ifa_list):
        alias = ifa.label.partition(":")[2]
        if not number_:
            ifa.label = name
        else:
            suffix = f":{alias or number_ + 1}"
            ifa.label = (name + suffix)[:15] if len(name + suffix) > 15 else name + suffix
    _unregister_dev_sysctl(in_dev)
    _register_dev_sysctl(in_dev)


def inetdev_event(event: NetdevEvent, dev: NetDevice) -> None:
    """inetdev_event: follows a device's life."""
    in_dev: InDevice | None = dev.in_dev
    if in_dev is None:
        if event is NetdevEvent.REGISTER or (event is NetdevEvent.CHANGEMTU and inetdev_valid_mtu(dev.mtu)):
            inetdev_init(dev)
        return
    if event is NetdevEvent.UP:
        _inetdev_up(dev, in_dev)
    elif event is NetdevEvent.CHANGEADDR:
        _notify_peers(dev, in_dev)
    elif event is NetdevEvent.DOWN:
        ip_mc_down(in_dev)
    elif event is NetdevEvent.UNREGISTER or (event is NetdevEvent.CHANGEMTU and not inetdev_valid_mtu(dev.mtu)):
        inetdev_destroy(in_dev)
    elif event is NetdevEvent.CHANGENAME:
        inetdev_changename(in_dev)


# --- addresses ----------------------------------------------------------------------------------------------------


def _notify(event: InetAddrEvent, ifa: InIfaddr) -> None:
    for notify in INETADDR_CHAIN:
        notify(event, ifa)


def _hash_remove(ifa: InIfaddr) -> None:
    lst = ifa.in_dev.dev.net.ipv4.inet_addr_lst
    same = lst[ifa.local]
    same.remove(ifa)
    if not same:
        del lst[ifa.local]
    if ifa.timer is not None:
        ifa.timer.cancel()


def find_matching_ifa(ifa: InIfaddr) -> InIfaddr | None:
    """find_matching_ifa: the same address with the same prefix on the same device."""
    for other in ifa.in_dev.ifa_list:
        if other.same_subnet(ifa) and other.local == ifa.local:
            return other
    return None


def inet_insert_ifa(ifa: InIfaddr) -> None:
    """__inet_insert_ifa: EEXIST for an address that is there, EINVAL for a second scope in one subnet.

    A second address of a subnet is secondary; primaries come before the secondaries, ordered by falling scope.
    """
    if ifa.local == INADDR_ANY:
        return
    ifa.flags &= ~(Ifa.SECONDARY | IPV6ONLY_FLAGS)
    addresses = ifa.in_dev.ifa_list
    last_primary = 0
    for place, other in enumerate(addresses):
        if not other.flags & Ifa.SECONDARY and ifa.scope <= other.scope:
            last_primary = place + 1
        if other.same_subnet(ifa):
            if other.local == ifa.local:
                raise KernelError(Errno.EEXIST)
            if other.scope != ifa.scope:
                raise KernelError(Errno.EINVAL, "ipv4: Invalid scope value")
            ifa.flags |= Ifa.SECONDARY
    addresses.insert(len(addresses) if ifa.flags & Ifa.SECONDARY else last_primary, ifa)
    ifa.in_dev.dev.net.ipv4.inet_addr_lst.setdefault(ifa.local, []).insert(0, ifa)
    _notify(InetAddrEvent.UP, ifa)


def inet_del_ifa(in_dev: InDevice, ifa: InIfaddr) -> None:
    """__inet_del_ifa: a primary takes its secondaries along, unless promote_secondaries makes the first one primary."""
    addresses = in_dev.ifa_list
    promote: InIfaddr | None = None
    conf_all = in_dev.dev.net.ipv4.devconf_all
    if not in_dev.dead and not ifa.flags & Ifa.SECONDARY:
        for other in addresses[addresses.index(ifa) + 1 :]:
            if not other.flags & Ifa.SECONDARY or not other.same_subnet(ifa):
                continue
            if in_dev.cnf.promote_secondaries or conf_all.promote_secondaries:
                promote = other
                break
            addresses.remove(other)
            _hash_remove(other)
            _notify(InetAddrEvent.DOWN, other)
    secondaries = [] if promote is None else addresses[addresses.index(promote) :]
    secondaries = [other for other in secondaries if other.same_subnet(ifa)]
    for other in secondaries:
        fib_del_ifaddr(other, ifa)
    place = addresses.index(ifa)
    addresses.remove(ifa)
    _hash_remove(ifa)
    _notify(InetAddrEvent.DOWN, ifa)
    if promote is None:
        return
    addresses.remove(promote)
    while place < len(addresses) and (
        not addresses[place].flags & Ifa.SECONDARY and ifa.scope <= addresses[place].scope
    ):
        place += 1
    addresses.insert(place, promote)
    promote.flags &= ~Ifa.SECONDARY
    _notify(InetAddrEvent.UP, promote)
    for other in secondaries[1:]:
        fib_add_ifaddr(other)


def _set_ifa_lifetime(ifa: InIfaddr, valid_lft: int, preferred_lft: int) -> None:
    """set_ifa_lifetime and check_lifetime: an address that may run out is watched by a timer."""
    clock = ifa.in_dev.dev.net.machine.clock
    if ifa.timer is not None:
        ifa.timer.cancel()
        ifa.timer = None
    ifa.expires = clock.now
    ifa.valid_lft, ifa.preferred_lft = valid_lft, preferred_lft
    ifa.flags &= ~(Ifa.PERMANENT | Ifa.DEPRECATED)
    if valid_lft == INFINITY_LIFE_TIME:
        ifa.flags |= Ifa.PERMANENT
    if not preferred_lft:
        ifa.flags |= Ifa.DEPRECATED
    _check_lifetime(ifa)


def _check_lifetime(ifa: InIfaddr) -> None:
    clock = ifa.in_dev.dev.net.machine.clock
    age = (clock.now - ifa.expires) // NSEC_PER_SEC
    if ifa.valid_lft != INFINITY_LIFE_TIME and age >= ifa.valid_lft:
        inet_del_ifa(ifa.in_dev, ifa)
        return
    if ifa.preferred_lft != INFINITY_LIFE_TIME and age >= ifa.preferred_lft:
        ifa.flags |= Ifa.DEPRECATED
    ends = [end for end in (ifa.preferred_lft, ifa.valid_lft) if end != INFINITY_LIFE_TIME and end > age]
    if ends:
        ifa.timer = clock.call_later((min(ends) - age) * NSEC_PER_SEC, partial(_check_lifetime, ifa))


def rtm_to_ifaddr(net: Net, address: Address) -> InIfaddr:
    """rtm_to_ifaddr: the request as an address, or what is wrong with it."""
    if address.prefixlen > 32:
        raise KernelError(Errno.EINVAL, "ipv4: Invalid prefix length")
    if address.local is None:
        raise KernelError(Errno.EINVAL, "ipv4: Local address is not supplied")
    dev = net.dev_get_by_index(address.ifindex)
    if dev is None:
        raise KernelError(Errno.ENODEV, "ipv4: Device not found")
    in_dev: InDevice | None = dev.in_dev
    if in_dev is None:
        raise KernelError(Errno.ENOBUFS)
    in_dev.cnf.state.update(DEVCONF_DEFAULTS)
    in_dev.arp_parms.set_all()
    if not address.valid_lft or address.preferred_lft > address.valid_lft:
        raise KernelError(Errno.EINVAL, "ipv4: address lifetime invalid")
    ifa = InIfaddr(in_dev, address.local, address.address or address.local, address.prefixlen)
    ifa.flags = address.flags
    ifa.scope = address.scope
    ifa.broadcast = address.broadcast
    ifa.label = address.label or dev.name
    ifa.metric = address.metric
    ifa.proto = address.proto
    return ifa


@kfunc("net/ipv4/devinet.c", "inet_rtm_newaddr")
def inet_rtm_newaddr(net: Net, request: NewAddress) -> None:
    """Adds an address, or changes the lifetime and metric of one that is there (NLM_F_REPLACE)."""
    address = request.address
    ifa = rtm_to_ifaddr(net, address)
    existing = find_matching_ifa(ifa)
    if existing is None:
        _set_ifa_lifetime(ifa, address.valid_lft, address.preferred_lft)
        try:
            inet_insert_ifa(ifa)
        except KernelError:
            if ifa.timer is not None:
                ifa.timer.cancel()
            raise
        return
    if request.nlm_flags & NlmFlags.EXCL or not request.nlm_flags & NlmFlags.REPLACE:
        raise KernelError(Errno.EEXIST, "ipv4: Address already assigned")
    if existing.metric != ifa.metric:
        fib_modify_prefix_metric(existing, ifa.metric)
        existing.metric = ifa.metric
    existing.proto = ifa.proto
    _set_ifa_lifetime(existing, address.valid_lft, address.preferred_lft)


@kfunc("net/ipv4/devinet.c", "inet_rtm_deladdr")
def inet_rtm_deladdr(net: Net, request: DelAddress) -> None:
    """Deletes the first address that fits."""
    wanted = request.address
    dev = net.dev_get_by_index(wanted.ifindex)
    if dev is None or dev.in_dev is None:
        raise KernelError(Errno.ENODEV, "ipv4: Device not found")
    for ifa in dev.in_dev.ifa_list:
        if wanted.local is not None and ifa.local != wanted.local:
            continue
        if wanted.label and ifa.label != wanted.label:
            continue
        if wanted.address is not None and (wanted.prefixlen != ifa.prefixlen or not ifa.match(wanted.address)):
            continue
        inet_del_ifa(dev.in_dev, ifa)
        return
    raise KernelError(Errno.EADDRNOTAVAIL, "ipv4: Address not found")


def _left(lifetime: int, age: int) -> int:
    return lifetime if lifetime == INFINITY_LIFE_TIME else max(lifetime - age, 0)


def inet_fill_ifaddr(ifa: InIfaddr) -> Address:
    """inet_fill_ifaddr: an address as an RTM_NEWADDR message says it."""
    dev = ifa.in_dev.dev
    age = (dev.net.machine.clock.now - ifa.expires) // NSEC_PER_SEC
    return Address(
        ifindex=dev.ifindex,
        prefixlen=ifa.prefixlen,
        local=ifa.local,
        address=ifa.address,
        broadcast=ifa.broadcast,
        label=ifa.label,
        scope=ifa.scope,
        flags=ifa.flags,
        valid_lft=_left(ifa.valid_lft, age),
        preferred_lft=_left(ifa.preferred_lft, age),
        metric=ifa.metric,
        proto=ifa.proto,
    )


def inet_dump_ifaddr(net: Net, request: DumpAddresses) -> tuple[Address, ...]:
    """All addresses in the order of interface numbers, or those of one interface."""
    if request.ifindex and request.ifindex not in net.by_index:
        raise KernelError(Errno.ENODEV)
    return tuple(
        inet_fill_ifaddr(ifa)
        for ifindex, dev in sorted(net.by_index.items())
        if dev.in_dev is not None and request.ifindex in (0, ifindex)
        for ifa in dev.in_dev.ifa_list
    )
