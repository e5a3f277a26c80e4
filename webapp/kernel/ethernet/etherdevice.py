"""Ethernet addresses (include/linux/etherdevice.h)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.errno import Errno, KernelError

if TYPE_CHECKING:
    from webapp.kernel.machine import Machine

ETH_ALEN = 6

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


def is_multicast_ether_addr(address: bytes) -> bool:
    """The group bit is set; so it is in the broadcast address."""
    return bool(address[0] & 1)


def is_valid_ether_addr(address: bytes) -> bool:
    """Whether a device may have it: neither a group nor all zero."""
    return not is_multicast_ether_addr(address) and any(address)


def is_link_local_ether_addr(address: bytes) -> bool:
    """01-80-C2-00-00-0X: for the next bridge, not for those behind it (802.1Q, table 8-1)."""
    return address[:5] == b"\x01\x80\xc2\x00\x00" and address[5] < 16


def eth_validate_request(address: bytes | None) -> None:
    """What drivers' validate functions ask of IFLA_ADDRESS: EINVAL for its length, EADDRNOTAVAIL for its value."""
    if address is None:
        return
    if len(address) != ETH_ALEN:
        raise KernelError(Errno.EINVAL)
    if not is_valid_ether_addr(address):
        raise KernelError(Errno.EADDRNOTAVAIL)


def eth_random_addr(machine: Machine) -> bytes:
    """A locally administered unicast address that looks random, and is the same in every run of a lab.

    The bytes are those of SplitMix64 after as many steps as addresses were made.
    """
    machine.random_addresses += 1
    mixed = machine.random_addresses * _GOLDEN & _MASK
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
    mixed ^= mixed >> 31
    octets = bytearray(mixed.to_bytes(8, "big")[:ETH_ALEN])
    octets[0] = octets[0] & 0xFE | 0x02
    return bytes(octets)
