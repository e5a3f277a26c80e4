"""bridge fdb (bridge/fdb.c): the forwarding databases of bridges, vxlan and other devices."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from webapp.kernel.uapi.if_bridge import DelFdb, DumpFdb, Fdb, FlushFdb, GetFdb, NewFdb
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import Ntf, Nud
from webapp.userland.iproute2.arguments import (
    USAGE,
    Arguments,
    Exit,
    duparg,
    duparg2,
    get_unsigned,
    invarg,
    lookup,
    matches,
    not_modelled,
)
from webapp.userland.iproute2.br_common import atoi, no_bridge, nodev, talk
from webapp.userland.iproute2.inet_prefix import format_host, get_addr, ll_addr_n2a
from webapp.userland.iproute2.ip_common import Ip

USAGE_TEXT = """\
Usage: bridge fdb { add | append | del | replace } ADDR dev DEV
              [ self ] [ master ] [ use ] [ router ] [ extern_learn ]
              [ sticky ] [ local | static | dynamic ] [ vlan VID ]
              [ dst IPADDR ] [ port PORT] [ vni VNI ] [ via DEV ]
       bridge fdb [ show [ br BRDEV ] [ brport DEV ] [ vlan VID ]
              [ state STATE ] [ dynamic ] ]
       bridge fdb get [ to ] LLADDR [ br BRDEV ] { brport | dev } DEV
              [ vlan VID ] [ vni VNI ] [ self ] [ master ] [ dynamic ]
       bridge fdb flush dev DEV [ brport DEV ] [ vlan VID ]
              [ self ] [ master ] [ [no]permanent | [no]static | [no]dynamic ]
"""

_NOT_FOUND = 254
_MAC = re.compile(":".join(["([0-9a-fA-F]{1,2})"] * 6))
_VNI_LIMIT = (1 << 24) - 1


# --- showing ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Filter:
    """What a listing is limited to."""

    index: int = 0
    master: int = 0
    state: int = 0
    vlan: int = 0
    dynamic: bool = False


def _state_n2a(state: Nud) -> str:
    for flag, word in ((Nud.PERMANENT, "permanent"), (Nud.NOARP, "static"), (Nud.STALE, "stale"), (Nud.REACHABLE, "")):
        if state & flag:
            return word
    return f"state={int(state):#x}"


_STATES: Mapping[str, int] = {
    "permanent*": Nud.PERMANENT,
    "static*": Nud.NOARP,
    "temp*": Nud.NOARP,
    "stale*": Nud.STALE,
    "reachable*": Nud.REACHABLE,
    "dynamic*": Nud.REACHABLE,
    "all": 0xFFFFFFFF,
}

_FLAGS = (
    (Ntf.SELF, "self"),
    (Ntf.ROUTER, "router"),
    (Ntf.EXT_LEARNED, "extern_learn"),
    (Ntf.OFFLOADED, "offload"),
    (Ntf.MASTER, "master"),
    (Ntf.STICKY, "sticky"),
)


def print_fdb(ip: Ip, fdb: Fdb, only: Filter) -> None:
    """One entry, if the filter lets it through."""
    if (
        only.index not in (0, fdb.ifindex)
        or (only.state and not fdb.state & only.state)
        or only.vlan not in (0, fdb.vlan)
        or (only.dynamic and fdb.state & Nud.PERMANENT)
    ):
        return
    words = [ll_addr_n2a(fdb.lladdr)]
    if not only.index:
        words.append(f"dev {ip.ll_index_to_name(fdb.ifindex)}")
    if fdb.dst is not None:
        words.append(f"dst {format_host(fdb.dst)}")
    if fdb.vlan:
        words.append(f"vlan {fdb.vlan}")
    words += [f"{name} {number}" for name, number in _numbers(fdb) if number is not None]
    if fdb.via is not None:
        words.append(
            f"via ifindex {fdb.via}" if fdb.link_netnsid is not None else f"via {ip.ll_index_to_name(fdb.via)}"
        )
    if fdb.link_netnsid is not None:
        words.append(f"link-netnsid {fdb.link_netnsid}")
    if ip.show_stats and fdb.used is not None:
        words.append(f"used {fdb.used}/{fdb.updated}")
    words += [word for flag, word in _FLAGS if fdb.flags & flag]
    if fdb.master is not None:
        words.append(f"master {ip.ll_index_to_name(fdb.master)}")
    ip.write(f"{' '.join(words)} {_state_n2a(fdb.state)}\n")


def _numbers(fdb: Fdb) -> tuple[tuple[str, int | None], ...]:
    return ("port", fdb.port), ("vni", fdb.vni), ("src_vni", fdb.src_vni)


def fdb_show(ip: Ip, args: Arguments) -> int:
    """``bridge fdb show``; words that it does not know it passes over, as the real tool does."""
    only = Filter()
    dev = bridge = ""
    while args:
        word = args.take()
        if word in ("brport", "dev"):
            dev = args.value()
        elif word == "br":
            bridge = args.value()
        elif word == "vlan":
            value = args.value()
            if only.vlan:
                duparg("vlan", value)
            only.vlan = atoi(value)
        elif word == "state":
            value = args.value()
            state = lookup(_STATES, value)
            state = get_unsigned(value) if state is None else state
            only.state |= invarg("invalid state", value) if state is None else state
        elif word == "dynamic":
            only.dynamic = True
        elif matches(word, "help"):
            raise Exit(USAGE, USAGE_TEXT)
    if bridge:
        only.master = ip.ll_name_to_index(bridge) or no_bridge(bridge)
    if dev:
        only.index = ip.ll_name_to_index(dev) or nodev(dev)
    for fdb in talk(ip, DumpFdb(only.index, only.master)):
        print_fdb(ip, fdb, only)
    return 0


# --- changing -----------------------------------------------------------------------------------------------------


class Words:
    """fdb_modify: what the words of a command say."""

    def __init__(self, ip: Ip) -> None:
        self.ip = ip
        self.dev = ""
        self.address = ""
        self.dst: bytes | None = None
        self.port = 0
        self.vni: int | None = None
        self.src_vni: int | None = None
        self.via = 0
        self.vlan: int | None = None
        self.flags = Ntf.NONE
        self.state = Nud.NOARP

    def read(self, args: Arguments) -> None:
        """All words."""
        while args:
            word = args.take()
            option = lookup(WORDS, word)
            if option is not None:
                option(self, args)
                continue
            if word == "to":
                word = args.value()
            if matches(word, "help"):
                raise Exit(USAGE, USAGE_TEXT)
            if self.address:
                duparg2("to", word)
            self.address = word

    def message(self) -> Fdb:
        """The entry, with the real tool's assumptions: self and permanent."""
        if not self.dev or not self.address:
            raise Exit(USAGE, "Device and address are required arguments.\n")
        if not self.flags & (Ntf.SELF | Ntf.MASTER):
            self.flags |= Ntf.SELF
        if not self.state & (Nud.PERMANENT | Nud.REACHABLE):
            self.state |= Nud.PERMANENT
        lladdr = _mac(self.address)
        ifindex = self.ip.ll_name_to_index(self.dev) or nodev(self.dev)
        return Fdb(
            ifindex,
            lladdr,
            self.state,
            self.flags,
            self.vlan or 0,
            dst=self.dst,
            port=self.port or None,
            vni=self.vni,
            src_vni=self.src_vni,
            via=self.via or None,
        )


def _mac(text: str) -> bytes:
    """What sscanf finds: two hexadecimal digits at most between colons; what follows does not count."""
    match = _MAC.match(text)
    if match is None:
        raise Exit(USAGE, f"Invalid mac address {text}\n")
    return bytes(int(octet, 16) for octet in match.groups())


def _dev(words: Words, args: Arguments) -> None:
    words.dev = args.value()


def _dst(words: Words, args: Arguments) -> None:
    value = args.value()
    if words.dst is not None:
        duparg2("dst", value)
    words.dst = get_addr(value, words.ip.family).data


def _port(words: Words, args: Arguments) -> None:
    value = args.value()
    number = get_unsigned(value)
    words.port = invarg("invalid port\n", value) if number is None or number > 0xFFFF else number


def _vni(field: str, complaint: str) -> Callable[[Words, Arguments], None]:
    def parse(words: Words, args: Arguments) -> None:
        value = args.value()
        number = get_unsigned(value)
        if number is None or number > _VNI_LIMIT:
            invarg(complaint, value)
        setattr(words, field, number)

    return parse


def _via(words: Words, args: Arguments) -> None:
    value = args.value()
    words.via = words.ip.ll_name_to_index(value) or nodev(value)


def _flag(flag: Ntf) -> Callable[[Words, Arguments], None]:
    def parse(words: Words, args: Arguments) -> None:
        words.flags |= flag

    return parse


def _permanent(words: Words, args: Arguments) -> None:
    words.state |= Nud.PERMANENT


def _static(words: Words, args: Arguments) -> None:
    words.state |= Nud.REACHABLE


def _dynamic(words: Words, args: Arguments) -> None:
    words.state = (words.state | Nud.REACHABLE) & ~Nud.NOARP


def _vlan(words: Words, args: Arguments) -> None:
    if words.vlan is not None:
        duparg2("vlan", "vlan")
    words.vlan = atoi(args.value())


def _nhid(words: Words, args: Arguments) -> None:
    args.value()
    not_modelled('"nhid"')


WORDS: Mapping[str, Callable[[Words, Arguments], None]] = {
    "dev": _dev,
    "dst": _dst,
    "nhid": _nhid,
    "port": _port,
    "vni": _vni("vni", "invalid VNI\n"),
    "src_vni": _vni("src_vni", "invalid src VNI\n"),
    "via": _via,
    "self": _flag(Ntf.SELF),
    "master*": _flag(Ntf.MASTER),
    "router*": _flag(Ntf.ROUTER),
    "local*": _permanent,
    "permanent*": _permanent,
    "temp*": _static,
    "static*": _static,
    "dynamic*": _dynamic,
    "vlan*": _vlan,
    "use*": _flag(Ntf.USE),
    "extern_learn*": _flag(Ntf.EXT_LEARNED),
    "sticky*": _flag(Ntf.STICKY),
}
"""In the order in which abbreviations find them."""


def _new(flags: NlmFlags) -> Callable[[Ip, Arguments], int]:
    def run(ip: Ip, args: Arguments) -> int:
        words = Words(ip)
        words.read(args)
        talk(ip, NewFdb(words.message(), flags))
        return 0

    return run


def fdb_delete(ip: Ip, args: Arguments) -> int:
    """``bridge fdb del``."""
    words = Words(ip)
    words.read(args)
    talk(ip, DelFdb(words.message()))
    return 0


def fdb_get(ip: Ip, args: Arguments) -> int:
    """``bridge fdb get``."""
    dev = bridge = address = ""
    vni: int | None = None
    vlan: int | None = None
    flags = Ntf.NONE
    dynamic = False
    while args:
        word = args.take()
        if word in ("brport", "dev"):
            dev = args.value()
        elif word == "br":
            bridge = args.value()
        elif word == "vni":
            value = args.value()
            vni = get_unsigned(value)
            if vni is None or vni > _VNI_LIMIT:
                invarg("invalid VNI\n", value)
        elif word == "self":
            flags |= Ntf.SELF
        elif matches(word, "master"):
            flags |= Ntf.MASTER
        elif matches(word, "vlan"):
            if vlan is not None:
                duparg2("vlan", word)
            vlan = atoi(args.value())
        elif matches(word, "dynamic"):
            dynamic = True
        else:
            word = args.value() if word == "to" else word
            if matches(word, "help"):
                raise Exit(USAGE, USAGE_TEXT)
            if address:
                duparg2("to", word)
            address = word
    if not (dev or bridge) or not address:
        raise Exit(USAGE, "Device or master and address are required arguments.\n")
    lladdr = _mac(address)
    ifindex = (ip.ll_name_to_index(dev) or nodev(dev)) if dev else 0
    master = (ip.ll_name_to_index(bridge) or no_bridge(bridge)) if bridge else 0
    answer = talk(ip, GetFdb(lladdr, ifindex, master, flags, vlan or 0, vni), _NOT_FOUND)
    print_fdb(ip, answer, Filter(dynamic=dynamic))
    return 0


_FLUSH_STATES: Mapping[str, tuple[Nud, Nud]] = {
    "permanent": (Nud.PERMANENT, Nud.PERMANENT),
    "nopermanent": (Nud.NONE, Nud.PERMANENT),
    "static": (Nud.NOARP, Nud.NOARP | Nud.PERMANENT),
    "nostatic": (Nud.NONE, Nud.NOARP),
    "dynamic": (Nud.NONE, Nud.NOARP | Nud.PERMANENT),
    "nodynamic": (Nud.NOARP, Nud.NOARP),
}
"""Which bits a word sets, and which it speaks of."""


def fdb_flush(ip: Ip, args: Arguments) -> int:
    """``bridge fdb flush``; words that it does not know it passes over."""
    dev = port = ""
    vlan: int | None = None
    flags = Ntf.NONE
    state = mask = Nud.NONE
    while args:
        word = args.take()
        if word == "dev":
            dev = args.value()
        elif word == "brport":
            port = args.value()
        elif word == "vlan":
            vlan = atoi(args.value())
        elif word in ("master", "self"):
            flags |= Ntf.MASTER if word == "master" else Ntf.SELF
        elif word in _FLUSH_STATES:
            wanted, asked = _FLUSH_STATES[word]
            state, mask = state & ~asked | wanted, mask | asked
        elif word.removeprefix("no") in ("added_by_user", "extern_learn", "sticky", "offloaded"):
            not_modelled(f'"flush {word}"')
    if not dev:
        raise Exit(USAGE, "Device is a required argument.\n")
    ifindex = ip.ll_name_to_index(dev) or no_bridge(dev)
    port_index = ip.ll_name_to_index(port) if port else 0
    if port and not port_index:
        raise Exit(USAGE, f'Cannot find bridge port device "{port}"\n')
    if vlan is not None and vlan >= 4096:
        raise Exit(USAGE, f'Invalid VLAN ID "{vlan}"\n')
    talk(ip, FlushFdb(ifindex, flags or Ntf.SELF, port_index, vlan or 0, state, mask))
    return 0


COMMANDS: Mapping[str, Callable[[Ip, Arguments], int]] = {
    "add*": _new(NlmFlags.CREATE | NlmFlags.EXCL),
    "append*": _new(NlmFlags.CREATE | NlmFlags.APPEND),
    "replace*": _new(NlmFlags.CREATE | NlmFlags.REPLACE),
    "delete*": fdb_delete,
    "get*": fdb_get,
    "show*": fdb_show,
    "lst*": fdb_show,
    "list*": fdb_show,
    "flush": fdb_flush,
}


def do_fdb(ip: Ip, args: Arguments) -> int:
    """``bridge fdb …``."""
    if not args:
        return fdb_show(ip, args)
    word = args.take()
    run = lookup(COMMANDS, word)
    if run is None:
        help_asked = matches(word, "help")
        raise Exit(USAGE, USAGE_TEXT if help_asked else f'Command "{word}" is unknown, try "bridge fdb help".\n')
    return run(ip, args)
