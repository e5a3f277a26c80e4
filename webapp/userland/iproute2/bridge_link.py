"""bridge link (bridge/link.c): the ports of bridges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webapp.kernel.uapi.if_bridge import BridgeLink, BridgePortInfo, BrState, DumpBridgeLinks, SetBridgeLink
from webapp.userland.iproute2.arguments import (
    USAGE,
    Arguments,
    Exit,
    duparg,
    get_integer,
    lookup,
    matches,
    not_modelled,
    parse_on_off,
)
from webapp.userland.iproute2.br_common import atoi, no_bridge, nodev, talk
from webapp.userland.iproute2.ip_common import Ip
from webapp.userland.iproute2.ipaddress import link_flags, name_and_link
from webapp.userland.iproute2.iplink_bridge_slave import on_off

USAGE_TEXT = """\
Usage: bridge link set dev DEV [ cost COST ] [ priority PRIO ] [ state STATE ]
                               [ hairpin {on | off} ]
                               [ learning {on | off} ]
                               [ flood {on | off} ]
                               [ mcast_flood {on | off} ]
                               [ bcast_flood {on | off} ]
                               [ isolated {on | off} ]
                               [ locked {on | off} ]
                               [ self ] [ master ]
       bridge link show [dev DEV]
"""

_EINVAL = 22


def print_link(ip: Ip, link: BridgeLink) -> None:
    """One port, or what a bridge says of itself."""
    name, mdown = name_and_link(ip, link.name, link.link, None)
    text = f"{link.ifindex}: {name}: {link_flags(link.flags, mdown)}mtu {link.mtu} "
    if link.master is not None:
        text += f"master {ip.ll_index_to_name(link.master)} "
    if link.port is not None:
        port = link.port
        text += f"state {BrState(port.state or 0).name.lower()} priority {port.priority} cost {port.cost} "
        if ip.show_details:
            text += f"{ip.newline}    {_details(port)}"
    ip.write(text + "\n")


def _details(port: BridgePortInfo) -> str:
    return (
        f"{on_off('hairpin', port.hairpin)}guard off root_block off fastleave off "
        f"{on_off('learning', port.learning)}{on_off('flood', port.flood)}"
        f"{on_off('mcast_flood', port.mcast_flood)}{on_off('bcast_flood', port.bcast_flood)}"
        "mcast_router 1 mcast_to_unicast off neigh_suppress off vlan_tunnel off "
        f"{on_off('isolated', port.isolated)}{on_off('locked', port.locked)}"
    )


def brlink_show(ip: Ip, args: Arguments) -> int:
    """``bridge link show``; words that it does not know it passes over."""
    dev = ""
    while args:
        if args.take() == "dev":
            value = args.value()
            if dev:
                duparg("dev", value)
            dev = value
    only = (ip.ll_name_to_index(dev) or nodev(dev)) if dev else 0
    for link in talk(ip, DumpBridgeLinks()):
        if only in (0, link.ifindex):
            print_link(ip, link)
    return 0


class Words:
    """brlink_modify: what the words of a command say."""

    def __init__(self) -> None:
        self.dev = ""
        self.self_ = self.master = False
        self.fields: dict[str, Any] = {}


Option = Callable[[Words, str, Arguments], None]


def _on_off(word: str, args: Arguments) -> bool:
    try:
        return parse_on_off(word, args.value())
    except Exit as end:
        # the error, -EINVAL, is what the program returns
        raise Exit(256 - _EINVAL, end.message) if end.code == _EINVAL else end from end


def _flag(words: Words, word: str, args: Arguments) -> None:
    words.fields[word] = _on_off(word, args)


def _off(words: Words, word: str, args: Arguments) -> None:
    """A flag that the model knows only as off."""
    if _on_off(word, args):
        not_modelled(f'"{word} on"')


def _dev(words: Words, word: str, args: Arguments) -> None:
    words.dev = args.value()


def _cost(words: Words, word: str, args: Arguments) -> None:
    cost = atoi(args.value())
    if cost > 0:
        words.fields["cost"] = cost


def _priority(words: Words, word: str, args: Arguments) -> None:
    priority = atoi(args.value())
    if priority >= 0:
        words.fields["priority"] = priority


def _state(words: Words, word: str, args: Arguments) -> None:
    value = args.value()
    state = get_integer(value)
    if state is None:
        names = {state.name.lower(): state.value for state in BrState}
        state = names.get(value)
    if state is None:
        raise Exit(USAGE, "Error: invalid STP port state\n")
    if state >= 0:
        words.fields["state"] = state


def _mcast_router(words: Words, word: str, args: Arguments) -> None:
    number = atoi(args.value())
    if number != 1:
        not_modelled(f'"mcast_router {number}"')


def _hwmode(words: Words, word: str, args: Arguments) -> None:
    if args.value() not in ("vepa", "veb"):
        raise Exit(USAGE, 'Mode argument must be "vepa" or "veb".\n')
    not_modelled('"hwmode"')


def _self(words: Words, word: str, args: Arguments) -> None:
    words.self_ = True


def _master(words: Words, word: str, args: Arguments) -> None:
    words.master = True


def _backup_port(words: Words, word: str, args: Arguments) -> None:
    args.value()
    not_modelled('"backup_port"')


def _nothing(words: Words, word: str, args: Arguments) -> None:
    """nobackup_port: there is none."""


OPTIONS: Mapping[str, Option] = {
    "dev": _dev,
    **dict.fromkeys(("hairpin", "learning", "flood", "mcast_flood", "bcast_flood", "isolated", "locked"), _flag),
    **dict.fromkeys(
        ("guard", "fastleave", "root_block", "learning_sync", "mcast_to_unicast", "neigh_suppress", "vlan_tunnel"), _off
    ),
    "mcast_router": _mcast_router,
    "cost": _cost,
    "priority": _priority,
    "state": _state,
    "hwmode": _hwmode,
    "self": _self,
    "master": _master,
    "backup_port": _backup_port,
    "nobackup_port": _nothing,
}


def brlink_modify(ip: Ip, args: Arguments) -> int:
    """``bridge link set``."""
    words = Words()
    while args:
        word = args.take()
        option = OPTIONS.get(word)
        if option is None:
            raise Exit(USAGE, USAGE_TEXT)
        option(words, word, args)
    if not words.dev:
        raise Exit(USAGE, "Device is a required argument.\n")
    ifindex = ip.ll_name_to_index(words.dev) or no_bridge(words.dev)
    talk(ip, SetBridgeLink(ifindex, BridgePortInfo(**words.fields), None, words.self_, words.master))
    return 0


COMMANDS: Mapping[str, Callable[[Ip, Arguments], int]] = {
    "set*": brlink_modify,
    "change*": brlink_modify,
    "show*": brlink_show,
    "lst*": brlink_show,
    "list*": brlink_show,
}


def do_link(ip: Ip, args: Arguments) -> int:
    """``bridge link …``."""
    if not args:
        return brlink_show(ip, args)
    word = args.take()
    run = lookup(COMMANDS, word)
    if run is None:
        help_asked = matches(word, "help")
        raise Exit(USAGE, USAGE_TEXT if help_asked else f'Command "{word}" is unknown, try "bridge link help".\n')
    return run(ip, args)
