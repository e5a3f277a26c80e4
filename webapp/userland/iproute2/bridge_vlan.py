"""bridge vlan (bridge/vlan.c): the vlans of bridges and their ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from webapp.kernel.uapi.if_bridge import (
    BridgeVlanInfo,
    DelBridgeLink,
    DumpBridgeLinks,
    SetBridgeLink,
    VlanInfo,
)
from webapp.userland.iproute2.arguments import USAGE, Arguments, Exit, duparg, lookup, matches, not_modelled
from webapp.userland.iproute2.br_common import atoi, no_bridge, nodev, talk
from webapp.userland.iproute2.ip_common import Ip

USAGE_TEXT = """\
Usage: bridge vlan { add | del } vid VLAN_ID dev DEV
                                                     [ pvid ] [ untagged ]
                                                     [ self ] [ master ]
       bridge vlan { show } [ dev DEV ] [ vid VLAN_ID ]
"""

_N_VID = 4096
_NAME_WIDTH = 16


class Words:
    """vlan_modify: what the words of a command say. Words that it does not know it passes over."""

    def __init__(self, args: Arguments) -> None:
        self.dev = ""
        self.vid = self.vid_end = -1
        self.range = self.self_ = self.master = False
        self.flags = VlanInfo.NONE
        while args:
            self._take(args.take(), args)

    def _take(self, word: str, args: Arguments) -> None:
        if word == "dev":
            self.dev = args.value()
        elif word == "vid":
            first, dash, last = args.value().partition("-")
            self.vid = atoi(first)
            if dash:
                self.range, self.vid_end = True, atoi(last)
        elif word == "self":
            self.self_ = True
        elif word == "master":
            self.master = True
        elif word == "pvid":
            self.flags |= VlanInfo.PVID
        elif word == "untagged":
            self.flags |= VlanInfo.UNTAGGED
        elif word == "tunnel_info":
            not_modelled('"tunnel_info"')
        elif matches(word, "help"):
            args.value()

    def check(self) -> None:
        """What the program itself asks of the words."""
        if self.vid >= _N_VID:
            raise Exit(USAGE, f'Invalid VLAN ID "{self.vid}"\n')
        if not self.range:
            return
        if self.vid_end == -1 or self.vid_end >= _N_VID or self.vid >= self.vid_end:
            raise Exit(USAGE, f'Invalid VLAN range "{self.vid & 0xFFFF}-{self.vid_end & 0xFFFF}"\n')
        if self.flags & VlanInfo.PVID:
            raise Exit(USAGE, "pvid cannot be configured for a vlan range\n")


def _modify(ip: Ip, args: Arguments) -> tuple[int, BridgeVlanInfo, Words]:
    words = Words(args)
    if not words.dev or words.vid == -1:
        raise Exit(USAGE, "Device and VLAN ID are required arguments.\n")
    ifindex = ip.ll_name_to_index(words.dev) or no_bridge(words.dev)
    words.check()
    last = words.vid_end if words.range else words.vid
    return ifindex, BridgeVlanInfo(words.vid, last, words.flags), words


def vlan_add(ip: Ip, args: Arguments) -> int:
    """``bridge vlan add``."""
    ifindex, vlans, words = _modify(ip, args)
    talk(ip, SetBridgeLink(ifindex, None, vlans, words.self_, words.master))
    return 0


def vlan_delete(ip: Ip, args: Arguments) -> int:
    """``bridge vlan del``."""
    ifindex, vlans, words = _modify(ip, args)
    talk(ip, DelBridgeLink(ifindex, vlans, words.self_, words.master))
    return 0


def vlan_show(ip: Ip, args: Arguments) -> int:
    """``bridge vlan show``; words that it does not know it passes over."""
    dev = ""
    vid = 0
    while args:
        word = args.take()
        if word == "dev":
            value = args.value()
            if dev:
                duparg("dev", value)
            dev = value
        elif word == "vid":
            value = args.value()
            if vid:
                duparg("vid", value)
            vid = atoi(value)
    only = (ip.ll_name_to_index(dev) or nodev(dev)) if dev else 0
    if ip.show_details or ip.show_stats:
        not_modelled("-details and -statistics of vlans")
    ip.write(f"{'port':<{_NAME_WIDTH}s}  {'vlan-id':<9s}\n")
    for link in talk(ip, DumpBridgeLinks(vlans=True)):
        if only in (0, link.ifindex):
            name = ip.ll_index_to_name(link.ifindex)
            for vlan in _listed(ip, link.vlans, vid):
                ip.write(f"{name:<{_NAME_WIDTH}s}  {vlan}\n")
                name = ""
    return 0


def _listed(ip: Ip, vlans: tuple[BridgeVlanInfo, ...], only: int) -> Iterator[str]:
    """The vlans, neighbours with the same flags as one range where that is asked for (-compressvlans)."""
    for entry in vlans:
        vids = [entry.vid, entry.vid_end] if ip.compress_vlans else range(entry.vid, entry.vid_end + 1)
        flags = "".join(
            word
            for flag, word in ((VlanInfo.PVID, " PVID"), (VlanInfo.UNTAGGED, " Egress Untagged"))
            if entry.flags & flag
        )
        if ip.compress_vlans:
            if not only or entry.vid <= only <= entry.vid_end:
                yield f"{'-'.join(map(str, dict.fromkeys(vids)))}{flags}"
        else:
            yield from (f"{vid}{flags}" for vid in vids if only in (0, vid))


def _refuse(ip: Ip, args: Arguments) -> int:
    not_modelled("this command of bridge vlan")


COMMANDS: Mapping[str, Callable[[Ip, Arguments], int]] = {
    "add*": vlan_add,
    "delete*": vlan_delete,
    "show*": vlan_show,
    "lst*": vlan_show,
    "list*": vlan_show,
    "tunnelshow*": _refuse,
    "set*": _refuse,
    "global": _refuse,
}


def do_vlan(ip: Ip, args: Arguments) -> int:
    """``bridge vlan …``."""
    if not args:
        return vlan_show(ip, args)
    word = args.take()
    run = lookup(COMMANDS, word)
    if run is None:
        help_asked = matches(word, "help")
        raise Exit(USAGE, USAGE_TEXT if help_asked else f'Command "{word}" is unknown, try "bridge vlan help".\n')
    return run(ip, args)
