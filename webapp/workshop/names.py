"""Names, subnets and addresses that a script does not use yet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import count

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.workshop.operations import OperationError
from webapp.workshop.run import Run

IFNAMSIZ = 16
IPV4 = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?:/(\d{1,2}))?(?![\d.])")
MAC = re.compile(r"(?i)(?<![0-9a-f:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![0-9a-f:])")
_NETNS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_DEVICE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,14}")
_WIDEST = 16
_PRIVATE = IPv4Network("10.0.0.0/8")


def check_netns(name: str) -> None:
    """OperationError where a name for a namespace would not stand in a script as it is."""
    if not _NETNS.fullmatch(name):
        raise OperationError(f'"{name}" cannot name a namespace. Use letters, digits, dots, - and _, 64 at most.')


def check_device(name: str) -> None:
    """OperationError where a name for a device would not stand in a script as it is, or the kernel refuses it."""
    if not _DEVICE.fullmatch(name):
        raise OperationError(
            f'"{name}" cannot name a device. Begin with a letter; use letters, digits, dots, - and _, 15 at most.'
        )


class Names:
    """What is taken in a lab, counting what was handed out before."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._netns = {net.name for net in run.nets}
        self._devices: dict[str, set[str]] = {net.name: set(net.devices) for net in run.nets}
        for found in run.references:
            for reference in found:
                if reference.device:
                    self._devices.setdefault(reference.netns, set()).add(reference.name)
                else:
                    self._netns.add(reference.name)
        self._networks = list(networks(run.document.text))
        self._text = run.document.text

    def netns(self, first: str, stem: str, start: int = 2) -> str:
        """``first``, or else ``stem`` with the lowest number from ``start`` on."""
        return self._free(self._netns, first, stem, start)

    def taken_netns(self, name: str) -> bool:
        """Whether the script says that name of a namespace."""
        return name in self._netns

    def device(self, netns: str, stem: str, wish: str = "", start: int = 0) -> str:
        """``wish``, or else ``stem`` with the lowest number from ``start`` on."""
        return self._free(self._devices.setdefault(netns, {"lo"}), wish if len(wish) < IFNAMSIZ else "", stem, start)

    def taken_device(self, netns: str, name: str) -> bool:
        """Whether the script says that name of a device there."""
        return name in self._devices.get(netns, ())

    def _free(self, taken: set[str], wish: str, stem: str, start: int) -> str:
        names = (f"{stem}{number}" for number in count(start))
        name = wish if wish and wish not in taken else next(name for name in names if name not in taken)
        taken.add(name)
        return name

    def claim_netns(self, name: str) -> str:
        """Takes a name that was asked for; OperationError where it cannot be."""
        check_netns(name)
        if name in self._netns:
            raise OperationError(f"The script has a namespace {name} already. Choose another name.")
        self._netns.add(name)
        return name

    def claim_device(self, netns: str, name: str) -> str:
        """Takes a name that was asked for; OperationError where it cannot be."""
        check_device(name)
        if self.taken_device(netns, name):
            raise OperationError(f"The script has a device {name} there already. Choose another name.")
        self._devices.setdefault(netns, set()).add(name)
        return name

    def subnet(self, prefixlen: int = 24) -> IPv4Network:
        """The first 10.0.N.0/24 of which the script says nothing; other lengths are found in 10.0.0.0/8."""
        size = 1 << (32 - prefixlen)
        first = int(_PRIVATE.network_address)
        for network in sorted(self._networks):
            if int(network.broadcast_address) >= first and int(network.network_address) < first + size:
                first = (int(network.broadcast_address) // size + 1) * size
        candidate = IPv4Network((first, prefixlen))
        if not candidate.subnet_of(_PRIVATE):
            raise OperationError("All subnets of 10.0.0.0/8 are in use. Free one first.")
        self._networks.append(candidate)
        return candidate

    def host(self, network: IPv4Network) -> IPv4Interface:
        """The first address of a subnet of which the script says nothing."""
        used = {address for address, _ in literals(self._text)}
        for address in network.hosts():
            if address not in used:
                self._text += f" {address}"
                return IPv4Interface((address, network.prefixlen))
        raise OperationError(f"All addresses of {network} are in use. Choose one yourself.")

    def mac(self) -> str:
        """A locally administered link-layer address of which the script says nothing."""
        used = {match[0].lower() for match in MAC.finditer(self._text)}
        number = next(number for number in count(1) if _mac(number) not in used)
        self._text += f" {_mac(number)}"
        return _mac(number)


def _mac(number: int) -> str:
    return (0x02 << 40 | number).to_bytes(6).hex(":")


def literals(text: str) -> Iterable[tuple[IPv4Address, int]]:
    """The IPv4 addresses of a text, with their prefix lengths: 32 where none is said."""
    for address, length in IPV4.findall(text):
        if all(int(part) < 256 for part in address.split(".")) and int(length or 32) <= 32:
            yield IPv4Address(_plain(address)), int(length or 32)


def _plain(address: str) -> str:
    """Without leading zeros, which ipaddress refuses."""
    return ".".join(str(int(part)) for part in address.split("."))


def networks(text: str) -> Iterable[IPv4Network]:
    """The networks of a text, without those that hold nearly everything."""
    for address, length in set(literals(text)):
        if length >= _WIDEST:
            yield IPv4Network((address, length), strict=False)


def macs(text: str) -> list[str]:
    """The link-layer addresses of a text."""
    return [match[0].lower() for match in MAC.finditer(text)]


# What a machine has


def addresses(dev: NetDevice) -> list[IPv4Interface]:
    """The IPv4 addresses of a device."""
    if dev.in_dev is None:
        return []
    return [IPv4Interface((ifa.local, ifa.prefixlen)) for ifa in dev.in_dev.ifa_list]


def all_addresses(net: Net) -> list[tuple[NetDevice, IPv4Interface]]:
    """The IPv4 addresses of a namespace, without those of lo."""
    return [(dev, address) for dev in net.devices.values() if dev is not net.loopback for address in addresses(dev)]


def peer(dev: NetDevice) -> NetDevice | None:
    """The other end of a veth pair."""
    get_peer = dev.netdev_ops.ndo_get_peer_dev
    return get_peer(dev) if get_peer is not None and dev.kind == "veth" else None
