"""nat64-preview: turns the model's NAT64 on and off. A real machine answers "command not found": it is NOT IN LINUX."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv6Network, NetmaskValueError

from webapp.kernel.errno import KernelError
from webapp.kernel.preview.nat64 import nat64_add, nat64_del
from webapp.userland.process import Process

USAGE = """\
Usage: nat64-preview add dev DEVICE prefix PREFIX/96 source ADDRESS
       nat64-preview del dev DEVICE
NAT64 at DEVICE's egress hook and NAT46 at its ingress hook. A preview: not in Linux.
"""
_FAILURE = 1
_USAGE = 2


def main(process: Process, argv: list[str]) -> int:
    """Exit code 0; 1 where the model refuses; 2 for words that are not understood."""
    match argv[1:]:
        case ["add", "dev", name, "prefix", prefix, "source", source]:
            return _add(process, name, prefix, source)
        case ["del", "dev", name]:
            return _change(process, name, None)
    process.stderr.write(USAGE)
    return _USAGE


def _add(process: Process, name: str, prefix: str, source: str) -> int:
    try:
        network, pool = IPv6Network(prefix), IPv4Address(source)
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        process.stderr.write(f"nat64-preview: {error}\n")
        return _FAILURE
    if network.prefixlen != 96:
        process.stderr.write("nat64-preview: only a /96 prefix is translated\n")
        return _FAILURE
    return _change(process, name, (network.network_address.packed[:12], pool.packed))


def _change(process: Process, name: str, how: tuple[bytes, bytes] | None) -> int:
    dev = process.net.dev_get_by_name(name)
    if dev is None:
        process.stderr.write(f'Cannot find device "{name}"\n')
        return _FAILURE
    try:
        if how is None:
            nat64_del(process.net, dev)
        else:
            nat64_add(process.net, dev, *how)
    except KernelError as error:
        process.stderr.write(f"nat64-preview: {error.errno.strerror}\n")
        return _FAILURE
    return 0
