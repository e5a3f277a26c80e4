"""ip of iproute2 6.1 (ip/ip.c): global options, then one of the objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from webapp.kernel.core.sock import AF_INET, AF_INET6, AF_PACKET
from webapp.userland.iproute2.arguments import (
    FAILURE,
    USAGE,
    Arguments,
    Exit,
    get_integer,
    invarg,
    lookup,
    matches,
    not_modelled,
)
from webapp.userland.iproute2.ip_common import Ip, netns_switch
from webapp.userland.iproute2.ipaddress import do_ipaddr
from webapp.userland.iproute2.iplink import do_iplink
from webapp.userland.iproute2.ipneigh import do_ipneigh
from webapp.userland.iproute2.ipnetns import do_netns
from webapp.userland.iproute2.iproute import do_iproute
from webapp.userland.iproute2.iprule import do_iprule
from webapp.userland.jobs import Result
from webapp.userland.process import Process

USAGE_TEXT = """\
Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
OBJECT := { address | link | neighbour | netns | route | rule }
OPTIONS := { -4 | -6 | -0 | -f[amily] FAMILY | -n[etns] NAME | -a[ll] | -s[tatistics] | -d[etails] |
             -br[ief] | -o[neline] | -h[uman-readable] | -iec | -l[oops] N | -b[atch] - | -force | -V[ersion] }
FAMILY := { inet | inet6 | link }
"""

VERSION = "ip utility, iproute2-6.1.0, libbpf 1.1.2\n"

FAMILIES = {"inet": AF_INET, "inet6": AF_INET6, "link": AF_PACKET}

Object = Callable[[Ip, Arguments], Result]


def usage(ip: Ip, args: Arguments) -> int:
    """``ip help``."""
    raise Exit(USAGE, USAGE_TEXT)


def _not_modelled(name: str) -> Object:
    def refuse(ip: Ip, args: Arguments) -> int:
        not_modelled(f'object "{name}"')

    return refuse


def _objects() -> Iterator[tuple[str, Object]]:
    """The objects in the order in which abbreviations find them."""
    modelled: dict[str, Object] = {
        "address": do_ipaddr,
        "route": do_iproute,
        "rule": do_iprule,
        "neighbor": do_ipneigh,
        "neighbour": do_ipneigh,
        "link": do_iplink,
        "netns": do_netns,
        "help": usage,
    }
    names = (
        "address addrlabel maddress route rule neighbor neighbour ntable ntbl link l2tp fou ila macsec tunnel tunl "
        "tuntap tap token tcpmetrics tcp_metrics monitor xfrm mroute mrule netns netconf vrf sr nexthop mptcp ioam "
        "help stats"
    )
    for name in names.split():
        yield f"{name}*", modelled.get(name) or _not_modelled(name)


OBJECTS: dict[str, Object] = dict(_objects())


def main(process: Process, argv: list[str]) -> Result:
    """Runs ``ip`` with ``argv``; its exit code."""
    ip = Ip(process, process.net)
    try:
        return _main(ip, Arguments(argv[1:]))
    except Exit as end:
        ip.complain(end.message)
        return end.code


def _main(ip: Ip, args: Arguments) -> Result:
    while args.peek().startswith("-"):
        option = args.take()
        if option == "--":
            break
        if option.startswith("--"):
            option = option[1:]
        parse = lookup(OPTIONS, option)
        if parse is not None:
            parse(ip, args)
        elif not _color(option):
            raise Exit(USAGE, f'Option "{option}" is unknown, try "ip -help".\n')
    if ip.batch:
        return do_batch(ip, ip.batch)
    if not args:
        raise Exit(USAGE, USAGE_TEXT)
    return do_cmd(ip, args)


def do_cmd(ip: Ip, args: Arguments) -> Result:
    """Runs the command of an object."""
    name = args.take()
    run = lookup(OBJECTS, name)
    if run is None:
        raise Exit(FAILURE, f'Object "{name}" is unknown, try "ip help".\n')
    return run(ip, args)


# Global options


def _option_value(args: Arguments) -> str:
    if not args:
        raise Exit(USAGE, USAGE_TEXT)
    return args.take()


def _loops(ip: Ip, args: Arguments) -> None:
    ip.max_flush_loops = get_integer(_option_value(args)) or 0


def _family(ip: Ip, args: Arguments) -> None:
    name = _option_value(args)
    if name == "help":
        raise Exit(USAGE, USAGE_TEXT)
    if name in ("mpls", "bridge"):
        not_modelled(f'family "{name}"')
    if name not in FAMILIES:
        invarg("invalid protocol family", name)
    ip.family = FAMILIES[name]


def _set(attribute: str, value: object) -> Callable[[Ip, Arguments], None]:
    def assign(ip: Ip, args: Arguments) -> None:
        setattr(ip, attribute, value)

    return assign


def _count(attribute: str) -> Callable[[Ip, Arguments], None]:
    def increment(ip: Ip, args: Arguments) -> None:
        setattr(ip, attribute, getattr(ip, attribute) + 1)

    return increment


def _refuse(option: str) -> Callable[[Ip, Arguments], None]:
    def refuse(ip: Ip, args: Arguments) -> None:
        not_modelled(f'option "{option}"')

    return refuse


def _version(ip: Ip, args: Arguments) -> None:
    ip.write(VERSION)
    raise Exit(0)


def _help(ip: Ip, args: Arguments) -> None:
    raise Exit(USAGE, USAGE_TEXT)


def _netns(ip: Ip, args: Arguments) -> None:
    # nothing checks that a name follows, and printf writes a null pointer so
    ip.net = netns_switch(ip.process, args.take() if args else "(null)")


def _batch(ip: Ip, args: Arguments) -> None:
    ip.batch = _option_value(args)


def _rcvbuf(ip: Ip, args: Arguments) -> None:
    size = _option_value(args)
    if get_integer(size) is None:
        raise Exit(USAGE, f"Invalid rcvbuf size '{size}'\n")


def _nothing(ip: Ip, args: Arguments) -> None:
    """Only concerns ``ip monitor``."""


OPTIONS: dict[str, Callable[[Ip, Arguments], None]] = {
    "-loops*": _loops,
    "-family*": _family,
    "-4": _set("family", AF_INET),
    "-6": _set("family", AF_INET6),
    "-0": _set("family", AF_PACKET),
    "-M": _refuse("-M"),
    "-B": _refuse("-B"),
    "-human*": _set("human_readable", True),
    "-human-readable*": _set("human_readable", True),
    "-iec*": _set("use_iec", True),
    "-stats*": _count("show_stats"),
    "-statistics*": _count("show_stats"),
    "-details*": _count("show_details"),
    "-resolve*": _refuse("-resolve"),
    "-oneline*": _set("oneline", True),
    "-timestamp*": _nothing,
    "-tshort*": _nothing,
    "-Version*": _version,
    "-force*": _set("force", True),
    "-batch*": _batch,
    "-brief*": _set("brief", True),
    "-json*": _refuse("-json"),
    "-pretty*": _nothing,
    "-rcvbuf*": _rcvbuf,
    "-help*": _help,
    "-netns*": _netns,
    "-Numeric*": _refuse("-Numeric"),
    "-all*": _set("do_all", True),
    "-echo": _refuse("-echo"),
}
"""Global options in the order in which abbreviations find them, without -color[=WHEN]."""


def _color(option: str) -> bool:
    """Whether it is -color[=WHEN]; colours themselves are not modelled."""
    name, _, when = option.partition("=")
    if not matches(name, "-color") or when not in ("", "always", "auto", "never"):
        return False
    if when in ("", "always"):
        not_modelled('option "-color"')
    return True


# Batches


def do_batch(ip: Ip, name: str) -> int:
    """Runs the commands of stdin (``-``), one a line. The model has no files."""
    if name != "-":
        raise Exit(FAILURE, f'Cannot open file "{name}" for reading: No such file or directory\n')
    family = ip.family
    code = 0
    for number, words in batch_lines(ip.process.stdin):
        ip.family = family
        try:
            failed = ip.process.complete(do_cmd(ip, Arguments(words))) != 0
        except Exit as end:
            ip.complain(end.message)
            if end.code == USAGE:
                return USAGE
            failed = end.code != 0
        if failed:
            ip.complain(f"Command failed {name}:{number}\n")
            code = FAILURE
            if not ip.force:
                break
    return code


def batch_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered command lines (lib/utils.c: getcmdline, makeargs): comments, continuations, quoted words."""
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        last, command = number, line.partition("#")[0]
        while command.endswith("\\"):
            last, more = next(lines, (last, ""))
            command = command[:-1] + more.partition("#")[0]
        words = _words(command)
        if words:
            yield last, words


def _words(line: str) -> list[str]:
    words = []
    while line := line.lstrip(" \t\r\n"):
        if line[0] in "'\"":
            word, quote, line = line[1:].partition(line[0])
            if not quote:
                raise Exit(FAILURE, "Unterminated quoted string\n")
        else:
            word = line.split(None, 1)[0]
            line = line[len(word) :]
        words.append(word)
    return words
