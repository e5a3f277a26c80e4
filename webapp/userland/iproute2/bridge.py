"""bridge of iproute2 6.1 (bridge/bridge.c): global options, then one of the objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from webapp.kernel.core.sock import AF_INET, AF_INET6
from webapp.userland.iproute2.arguments import USAGE, Arguments, Exit, invarg, lookup, not_modelled
from webapp.userland.iproute2.bridge_fdb import do_fdb
from webapp.userland.iproute2.bridge_link import do_link
from webapp.userland.iproute2.bridge_vlan import do_vlan
from webapp.userland.iproute2.ip_common import Ip, netns_switch
from webapp.userland.process import Process

USAGE_TEXT = """\
Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { link | fdb | vlan }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] |
                    -o[neline] | -n[etns] name |
                    -c[ompressvlans] }
"""

VERSION = "bridge utility, 6.1.0\n"

Object = Callable[[Ip, Arguments], int]


def _help(ip: Ip, args: Arguments) -> int:
    raise Exit(USAGE, USAGE_TEXT)


def _not_modelled(name: str) -> Object:
    def refuse(ip: Ip, args: Arguments) -> int:
        not_modelled(f'object "{name}"')

    return refuse


OBJECTS: Mapping[str, Object] = {
    "link*": do_link,
    "fdb*": do_fdb,
    "mdb*": _not_modelled("mdb"),
    "vlan*": do_vlan,
    "vni*": _not_modelled("vni"),
    "monitor*": _not_modelled("monitor"),
    "help*": _help,
}
"""In the order in which abbreviations find them."""


def main(process: Process, argv: list[str]) -> int:
    """Runs ``bridge`` with ``argv``; its exit code."""
    ip = Ip(process, process.net)
    try:
        return _main(ip, Arguments(argv[1:]))
    except Exit as end:
        ip.complain(end.message)
        return end.code


def _main(ip: Ip, args: Arguments) -> int:
    while args.peek().startswith("-"):
        option = args.take()
        if option == "--":
            break
        if option.startswith("--"):
            option = option[1:]
        parse = lookup(OPTIONS, option)
        if parse is None:
            raise Exit(USAGE, f'Option "{option}" is unknown, try "bridge help".\n')
        parse(ip, args)
    if not args:
        raise Exit(USAGE, USAGE_TEXT)
    name = args.take()
    run = lookup(OBJECTS, name)
    if run is None:
        raise Exit(USAGE, f'Object "{name}" is unknown, try "bridge help".\n')
    return run(ip, args)


# Global options


def _usage(ip: Ip, args: Arguments) -> None:
    raise Exit(USAGE, USAGE_TEXT)


def _version(ip: Ip, args: Arguments) -> None:
    ip.write(VERSION)
    raise Exit(0)


def _stats(ip: Ip, args: Arguments) -> None:
    ip.show_stats += 1


def _details(ip: Ip, args: Arguments) -> None:
    ip.show_details += 1


def _oneline(ip: Ip, args: Arguments) -> None:
    ip.oneline = True


def _nothing(ip: Ip, args: Arguments) -> None:
    """Concerns ``bridge monitor`` and JSON only."""


def _family(ip: Ip, args: Arguments) -> None:
    if not args or args.peek() == "help":
        raise Exit(USAGE, USAGE_TEXT)
    name = args.take()
    families = {"inet": AF_INET, "inet6": AF_INET6}
    if name not in families:
        invarg("invalid protocol family", name)
    ip.family = families[name]


def _set_family(family: int) -> Callable[[Ip, Arguments], None]:
    def assign(ip: Ip, args: Arguments) -> None:
        ip.family = family

    return assign


def _netns(ip: Ip, args: Arguments) -> None:
    ip.net = netns_switch(ip.process, args.value())


def _compress(ip: Ip, args: Arguments) -> None:
    ip.compress_vlans = True


def _refuse(option: str) -> Callable[[Ip, Arguments], None]:
    def refuse(ip: Ip, args: Arguments) -> None:
        not_modelled(f'option "{option}"')

    return refuse


OPTIONS: Mapping[str, Callable[[Ip, Arguments], None]] = {
    "-help*": _usage,
    "-Version*": _version,
    "-stats*": _stats,
    "-statistics*": _stats,
    "-details*": _details,
    "-oneline*": _oneline,
    "-timestamp*": _nothing,
    "-family*": _family,
    "-4": _set_family(AF_INET),
    "-6": _set_family(AF_INET6),
    "-netns*": _netns,
    "-color*": _refuse("-color"),
    "-compressvlans*": _compress,
    "-force*": _nothing,
    "-json*": _refuse("-json"),
    "-pretty*": _nothing,
    "-batch*": _refuse("-batch"),
}
"""Global options in the order in which abbreviations find them."""
