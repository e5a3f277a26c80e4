"""The switch that keeps IPv6 off a device (net/ipv6/addrconf.c); nothing else of IPv6 is modelled.

IPv6 is off everywhere. The files say 0 at first, as on Linux; 1 can be written, and 0 cannot once 1 has been.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.sysctl import CtlTable, proc_dointvec
from webapp.kernel.errno import Errno, KernelError

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.core.net_namespace import Net


class NetnsIpv6:
    """What IPv6 keeps for a namespace: under which name each device's files are, and which are switched off."""

    def __init__(self) -> None:
        self.names: dict[NetDevice, str] = {}
        self.disabled: set[str] = set()


def addrconf_net_init(net: Net) -> None:
    """addrconf_init_net: the files all and default."""
    net.ipv6 = NetnsIpv6()
    for name in ("all", "default"):
        _register(net, name)


def addrconf_netdev_event(event: NetdevEvent, dev: NetDevice) -> None:
    """addrconf_notify: each device has its files under its present name."""
    ipv6: NetnsIpv6 = dev.net.ipv6
    if event in (NetdevEvent.UNREGISTER, NetdevEvent.CHANGENAME) and dev in ipv6.names:
        name = ipv6.names.pop(dev)
        dev.net.sysctl.unregister(f"net.ipv6.conf.{name}")
        ipv6.disabled.discard(name)
    if event in (NetdevEvent.REGISTER, NetdevEvent.CHANGENAME):
        ipv6.names[dev] = dev.name
        if "default" in ipv6.disabled:
            ipv6.disabled.add(dev.name)
        _register(dev.net, dev.name)


def _register(net: Net, name: str) -> None:
    disabled: set[str] = net.ipv6.disabled

    def write(text: str) -> None:
        value = proc_dointvec(text)
        if not value and name in disabled:
            raise KernelError(Errno.EOPNOTSUPP, "IPv6 is not modelled")
        if not value:
            return
        disabled.add(name)
        if name == "all":
            disabled.update(("default", *net.devices))

    entry = CtlTable(lambda: str(int(name in disabled)), write)
    net.sysctl.register(f"net.ipv6.conf.{name}", {"disable_ipv6": entry})
