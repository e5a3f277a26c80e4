"""What the parts of ip share (ip/ip_common.h, lib/libnetlink.c, lib/ll_map.c, lib/namespace.c)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.rtnetlink import rtnetlink_rcv_msg
from webapp.kernel.errno import KernelError
from webapp.kernel.uapi.if_link import AF_UNSPEC, GetLink, LinkData, LinkInfo
from webapp.userland.iproute2.arguments import KERNEL_REFUSED, USAGE, Arguments, Exit
from webapp.userland.process import Process


@dataclass(frozen=True, slots=True)
class LinkUtil:
    """struct link_util: what ip knows of a kind of link.

    ``parse_opt(ip, args, create)`` reads the words after ``type KIND``, ``print_opt(ip, data)`` is what -details tells,
    each word with a blank behind it; None: the kind has nothing of its own. ``usage`` is its help.
    """

    usage: str
    parse_opt: Callable[[Ip, Arguments, bool], LinkData] | None = None
    print_opt: Callable[[Ip, Any], str] | None = None


NETNS_RUN_DIR = "/run/netns"


@dataclass(slots=True)
class Ip:
    """One run of ip: the process, the namespace that it works in, and its global options.

    ``oneline``, ``brief`` etc. are the options of that name; ``show_stats`` and ``show_details`` count.
    """

    process: Process
    net: Net
    family: int = AF_UNSPEC
    show_stats: int = 0
    show_details: int = 0
    human_readable: bool = False
    use_iec: bool = False
    oneline: bool = False
    brief: bool = False
    force: bool = False
    do_all: bool = False
    compress_vlans: bool = False
    max_flush_loops: int = 10
    batch: str = ""

    @property
    def newline(self) -> str:
        """_SL_: what ends a line within a record."""
        return "\\" if self.oneline else "\n"

    def write(self, text: str) -> None:
        """To stdout."""
        self.process.stdout.write(text)

    def complain(self, text: str) -> None:
        """To stderr; the program goes on."""
        self.process.stderr.write(text)

    def rtnl_talk(self, request: Any) -> Any:
        """The kernel's answer; where it refuses, the program ends with its words."""
        try:
            return rtnetlink_rcv_msg(self.net, request)
        except KernelError as error:
            raise Exit(KERNEL_REFUSED, rtnl_error(error)) from error

    def link_get(self, ifindex: int = 0, name: str = "") -> LinkInfo | None:
        """A link by number or name, None where there is none."""
        try:
            link: LinkInfo = rtnetlink_rcv_msg(self.net, GetLink(ifindex, name))
        except KernelError:
            return None
        return link

    def ll_name_to_index(self, name: str) -> int:
        """The number of an interface, 0 if there is none; if5 is number 5 whether it is there or not."""
        link = self.link_get(name=name)
        if link is not None:
            return link.ifindex
        digits = name.removeprefix("if")
        return int(digits) if digits != name and digits.isascii() and digits.isdigit() else 0

    def ll_index_to_name(self, ifindex: int) -> str:
        """The name of an interface, if5 for one that is not there."""
        if ifindex == 0:
            return "*"
        link = self.link_get(ifindex)
        return f"if{ifindex}" if link is None else link.name


def rtnl_error(error: KernelError) -> str:
    """rtnl_talk_error: the kernel's own words where it sent some, else those of its errno."""
    if error.extack:
        return f"Error: {error.extack}{'' if error.extack.endswith('.') else '.'}\n"
    return f"RTNETLINK answers: {error.errno.strerror}\n"


def flush_summary(rounds: int) -> str:
    """What a flush says with -s when it is done."""
    if not rounds:
        return "Nothing to flush.\n"
    return f"*** Flush is complete after {rounds} round{'s' if rounds > 1 else ''} ***\n"


def netns_switch(process: Process, name: str) -> Net:
    """The namespace of that name, or the program's end."""
    net = process.machine.namespaces.get(name)
    if net is None:
        raise Exit(USAGE, f'Cannot open network namespace "{name}": No such file or directory\n')
    return net


def namespace_names(process: Process) -> list[str]:
    """The entries of /run/netns as readdir(3) gives them: a tmpfs lists what was made last first."""
    return list(reversed(process.machine.namespaces))
