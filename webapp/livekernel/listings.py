"""What a machine says of its networks: the listings of ip, bridge, tc, nft and sysctl, read into types here.

Links, addresses and neighbours are read as JSON. Routes, rules, forwarding entries, filters and rulesets are kept as
the lines that the programs print: those lines are the language in which they take them back, and tc's JSON loses what
they say (a u32 filter with two keys has one "match" there, pedit and ematches are no JSON at all).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from typing import Any

import msgspec

from webapp.livekernel.namespaces import Namespace

TIMEOUT = 60.0
"""Seconds for all listings of all namespaces."""

_LISTINGS = {
    "links": "ip -d -j addr show",
    "neighbours": "ip -j neigh show nud permanent",
    "proxies": "ip -j neigh show proxy",
    "nsids": "ip -j netns list-id",
    "routes": "ip -4 route show table all",
    "routes6": "ip -6 route show table all",
    "rules": "ip -4 rule show",
    "rules6": "ip -6 rule show",
    "fdb": "bridge fdb show",
    "vlans": "bridge -j vlan show",
    "qdiscs": "tc qdisc show",
    "filters": """tc qdisc show | while read -r _ kind _ _ dev _; do
      case $kind in ingress) sides=ingress;; clsact) sides='ingress egress';; *) continue;; esac
      for side in $sides; do echo "## $dev $side"; tc filter show dev "$dev" $side; done
    done""",
    "ruleset": "nft -s list ruleset",
    "sysctls": "sysctl -a -r '^net\\.(ipv4|ipv6|bridge|netfilter)\\.'",
}

# Each listing is a record: its number of namespace, its name, what it printed, its exit code, what it complained.
_SHOW = r"""
show() {
  local complaint code
  printf '\036%s\037%s\037' "$number" "$1"
  { complaint=$(eval "$2" 2>&1 >&3 3>&-); code=$?; } 3>&1
  printf '\037%s\037%s' "$code" "$complaint"
}
"""

# Namespaces are given names of our own, 0, 1, 2 ..., where nobody else sees them: so that `ip netns list-id` has a name
# for every one, also for those that have none.
_ALL = r"""
set -- "$@"
descriptors=()
for path; do exec {descriptor}<"$path" && descriptors+=($descriptor); done
mkdir -p /run/netns 2>/dev/null || { mount -t tmpfs none /run && mkdir /run/netns; }
mount -t tmpfs none /run/netns || exit
number=0
for descriptor in "${descriptors[@]}"; do
  : > /run/netns/$number
  mount -c --bind /proc/$$/fd/$descriptor /run/netns/$number || exit
  number=$((number + 1))
done
export -f show
for ((number = 0; number < ${#descriptors[@]}; number++)); do
  number=$number nsenter --net=/run/netns/$number bash -c "$LISTINGS"
done
"""


class ListingError(Exception):
    """A machine that cannot be read; the text says why."""


class Address(msgspec.Struct, frozen=True):
    """One entry of addr_info. ``address`` is the peer's; lifetimes are in seconds, 2**32 - 1 for ever."""

    family: str = ""
    local: str = ""
    address: str = ""
    prefixlen: int = 0
    broadcast: str = ""
    scope: str = "global"
    label: str = ""
    dynamic: bool = False
    noprefixroute: bool = False
    temporary: bool = False


class LinkInfo(msgspec.Struct, frozen=True):
    """What kind of device it is, and what it is to its master."""

    info_kind: str = ""
    info_data: dict[str, Any] = msgspec.field(default_factory=dict)
    info_slave_kind: str = ""
    info_slave_data: dict[str, Any] = msgspec.field(default_factory=dict)


class Link(msgspec.Struct, frozen=True):
    """One device.

    ``link`` is the device under it, by name; ``link_index`` and ``link_netnsid`` where that is elsewhere.
    """

    ifindex: int = 0
    ifname: str = ""
    flags: tuple[str, ...] = ()
    mtu: int = 0
    link: str = ""
    link_index: int = 0
    link_netnsid: int = -1
    master: str = ""
    operstate: str = ""
    txqlen: int = 0
    link_type: str = ""
    address: str = ""
    broadcast: str = ""
    ifalias: str = ""
    linkinfo: LinkInfo = LinkInfo()
    addr_info: tuple[Address, ...] = ()


class Neighbour(msgspec.Struct, frozen=True):
    """A permanent neighbour, or an address that is answered for (without ``lladdr``)."""

    dst: str = ""
    dev: str = ""
    lladdr: str = ""
    router: Any = False


class Vlan(msgspec.Struct, frozen=True, rename={"end": "vlanEnd"}):
    """Vlans of a port from ``vlan`` to ``end`` (0: that one)."""

    vlan: int
    end: int = 0
    flags: tuple[str, ...] = ()


class PortVlans(msgspec.Struct, frozen=True):
    """The vlans of a bridge's port, or of the bridge itself."""

    ifname: str = ""
    vlans: tuple[Vlan, ...] = ()


class _Nsid(msgspec.Struct, frozen=True):
    nsid: int
    name: str = ""


class Listing(msgspec.Struct, frozen=True):
    """A namespace as its programs list it. ``nsids`` lead from what this namespace calls another to that one's place.

    ``filters`` are by (device, side). ``problems`` are the listings that could not be had, in the programs' words.
    """

    namespace: Namespace
    links: tuple[Link, ...]
    neighbours: tuple[Neighbour, ...]
    proxies: tuple[Neighbour, ...]
    nsids: dict[int, int]
    routes: tuple[str, ...]
    routes6: tuple[str, ...]
    rules: tuple[str, ...]
    rules6: tuple[str, ...]
    fdb: tuple[str, ...]
    vlans: tuple[PortVlans, ...]
    qdiscs: tuple[str, ...]
    filters: dict[tuple[str, str], str]
    ruleset: str
    sysctls: dict[str, str]
    problems: tuple[str, ...]


def read(spaces: Sequence[Namespace], *, inside: bool) -> list[Listing]:
    """The listings of all ``spaces``; without ``inside``, which needs root, of the first only: this process's own.

    ListingError: nothing can be read at all.
    """
    listings = "\n".join(f"show {name} '{_quoted(command)}'" for name, command in _LISTINGS.items())
    if inside:
        script, paths = _SHOW + _ALL, [str(space.path) for space in spaces]
        command = ["unshare", "-m", "--propagation", "private", "bash", "-c", script, "bash", *paths]
    else:
        command = ["bash", "-c", f"{_SHOW}\nnumber=0\n{listings}"]
    done = subprocess.run(
        command,
        env={**os.environ, "LC_ALL": "C", "PATH": _path(), "BASH_ENV": "", "LISTINGS": listings},
        capture_output=True, timeout=TIMEOUT, check=False,
    )  # fmt: skip
    records = _records(done.stdout.decode(errors="replace"))
    if not records:
        raise ListingError(done.stderr.decode(errors="replace").strip() or "nothing was listed")
    return [_listing(spaces[number], printed) for number, printed in sorted(records.items())]


def _quoted(command: str) -> str:
    return command.replace("'", "'\\''")


def _path() -> str:
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])


class _Printed(msgspec.Struct, frozen=True):
    text: str
    code: int
    complaint: str


def _records(text: str) -> dict[int, dict[str, _Printed]]:
    found: dict[int, dict[str, _Printed]] = {}
    for record in text.split("\036")[1:]:
        fields = record.split("\037")
        if len(fields) == 5 and fields[0].isdigit() and fields[3].isdigit():
            number, name, printed, code, complaint = fields
            found.setdefault(int(number), {})[name] = _Printed(printed, int(code), complaint.strip())
    return found


def _listing(space: Namespace, printed: dict[str, _Printed]) -> Listing:
    nothing = _Printed("", 0, "")
    got = {name: printed.get(name, nothing) for name in _LISTINGS}
    problems = [
        f"{name}: {one.complaint.splitlines()[0]}"
        for name, one in got.items()
        if one.code and one.complaint and name not in ("sysctls", "filters")
    ]
    nsids = _decoded(got["nsids"], tuple[_Nsid, ...])
    return Listing(
        namespace=space,
        links=tuple(link for link in _decoded(got["links"], tuple[Link, ...]) if link.ifname),
        neighbours=_decoded(got["neighbours"], tuple[Neighbour, ...]),
        proxies=_decoded(got["proxies"], tuple[Neighbour, ...]),
        nsids={one.nsid: int(one.name) for one in nsids if one.name.isdigit()},
        routes=_joined(got["routes"].text),
        routes6=_joined(got["routes6"].text),
        rules=tuple(got["rules"].text.splitlines()),
        rules6=tuple(got["rules6"].text.splitlines()),
        fdb=tuple(got["fdb"].text.splitlines()),
        vlans=_decoded(got["vlans"], tuple[PortVlans, ...]),
        qdiscs=tuple(got["qdiscs"].text.splitlines()),
        filters=_by_side(got["filters"].text),
        ruleset=got["ruleset"].text,
        sysctls=dict(line.split(" = ", 1) for line in got["sysctls"].text.splitlines() if " = " in line),
        problems=tuple(problems),
    )


def _decoded(printed: _Printed, kind: type[tuple[Any, ...]]) -> Any:
    """The values of a JSON listing; a program that has nothing to list prints nothing."""
    try:
        return msgspec.json.decode(printed.text, type=kind) if printed.text.strip() else ()
    except msgspec.DecodeError as error:
        raise ListingError(f"a listing that is not understood: {error}") from error


def _joined(text: str) -> tuple[str, ...]:
    """Lines, with those that go on after an indent (the hops of one route) joined to the one before."""
    return tuple(" ".join(line.split()) for line in text.replace("\n\t", " ").splitlines() if line.strip())


def _by_side(text: str) -> dict[tuple[str, str], str]:
    found = {}
    for block in text.split("## ")[1:]:
        head, _, filters = block.partition("\n")
        dev, side = head.split()
        found[dev, side] = filters
    return found
