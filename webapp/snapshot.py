"""`hookwalk snapshot`: a Linux machine's networks as they stand, as the lab script that stands for them.

Each command is tried on the model as it is written: what the model refuses is left in the script as a comment with the
refusal, and what it does by itself (routes of addresses, link-local addresses) need not be said.
"""

from __future__ import annotations

import platform
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from webapp.kernel.machine import LimitError
from webapp.lab.lab import Lab
from webapp.lab.limits import Limits
from webapp.livekernel import tc_commands
from webapp.livekernel.listings import Address, Link, Listing, ListingError, read
from webapp.livekernel.namespaces import is_root, namespaces
from webapp.userland.shell import ScriptError
from webapp.workshop.device_words import known_device, new_device
from webapp.workshop.open_ruleset import accepted

WIRE = "wire"
"""The namespace in which the other ends are of real hardware, and of cables that lead out of sight."""

_LIMITS = Limits(script_bytes=100_000_000, commands=1_000_000, seconds=600.0)

_SETTINGS = re.compile(
    r"net\.(ipv4\.ip_forward"
    r"|ipv4\.conf\.[^.]+\.(forwarding|rp_filter|arp_\w+|proxy_arp|proxy_arp_pvlan|accept_local|accept_redirects"
    r"|send_redirects|route_localnet|src_valid_mark|promote_secondaries|bc_forwarding|ignore_routes_with_linkdown)"
    r"|ipv6\.conf\.[^.]+\.(disable_ipv6|forwarding|force_forwarding|proxy_ndp|addr_gen_mode|accept_dad|accept_ra"
    r"|accept_redirects|ndisc_notify|ignore_routes_with_linkdown)"
    r"|ipv[46]\.neigh\.[^.]+\.(retrans_time_ms|proxy_delay|mcast_solicit|ucast_solicit)"
    r"|ipv4\.(ip_default_ttl|icmp_echo_ignore_\w+|ip_nonlocal_bind|fwmark_reflect|fib_multipath_hash_policy)"
    r"|ipv6\.(bindv6only|fib_multipath_hash_policy|icmp\.echo_ignore_\w+)"
    r"|bridge\.bridge-nf-\S+"
    r"|netfilter\.nf_conntrack_(acct|checksum|tcp_loose|tcp_be_liberal))"
)
_PER_DEVICE = re.compile(r"net\.ipv[46]\.(?:conf|neigh)\.([^.]+)\.")

_BRIDGE_DEFAULTS = {
    "forward_delay": 1500, "hello_time": 200, "max_age": 2000, "ageing_time": 30000, "stp_state": 0, "priority": 32768,
    "vlan_filtering": 0, "vlan_default_pvid": 1, "group_fwd_mask": "0", "mcast_snooping": 1, "no_linklocal_learn": 0,
    "mcast_vlan_snooping": 0, "nf_call_iptables": 0, "nf_call_ip6tables": 0, "nf_call_arptables": 0,
}  # fmt: skip
_PORT_DEFAULTS = {
    "priority": 32, "cost": 2, "hairpin": False, "guard": False, "root_block": False, "fastleave": False,
    "learning": True, "flood": True, "proxy_arp": False, "proxy_arp_wifi": False, "mcast_flood": True,
    "bcast_flood": True, "mcast_to_unicast": False, "neigh_suppress": False, "vlan_tunnel": False, "isolated": False,
    "locked": False,
}  # fmt: skip
_VXLAN_SWITCHES = {
    "learning": ("nolearning", True), "udp_csum": ("noudpcsum", True), "udp_zero_csum6_tx": ("udp6zerocsumtx", False),
    "udp_zero_csum6_rx": ("udp6zerocsumrx", False), "proxy": ("proxy", False), "rsc": ("rsc", False),
    "l2miss": ("l2miss", False), "l3miss": ("l3miss", False), "external": ("external", False), "gbp": ("gbp", False),
}  # fmt: skip
"""The word that turns a switch away from how it is without a word, and how that is."""

_VXLAN_WORDS = (
    ("group", "group"), ("group6", "group"), ("remote", "remote"), ("remote6", "remote"), ("local", "local"),
    ("local6", "local"), ("link", "dev"), ("tos", "tos"), ("limit", "maxaddress"),
)  # fmt: skip

_FLAGS = {"NOARP": ("arp", "off", "on"), "PROMISC": ("promisc", "on", "off"),
          "ALLMULTI": ("allmulticast", "on", "off"), "MULTICAST": ("multicast", "on", "off")}  # fmt: skip

Place = tuple[int, int]
"""A device: the place of its namespace in the list, and its ifindex there."""


def snapshot() -> str:
    """The script of this machine. ListingError: it cannot be read."""
    root = is_root()
    listings = read(namespaces(), inside=root)
    return Snapshot(listings, complete=root).script()


class Snapshot:
    """Makes the script of what was listed; ``complete`` is false where only this process's namespace was."""

    def __init__(self, listings: Sequence[Listing], *, complete: bool) -> None:
        self._listings = listings
        self._complete = complete
        self._lines: list[str] = []
        self._lab = Lab("snapshot.sh", _LIMITS)
        self._links: dict[Place, Link] = {
            (at, link.ifindex): link for at, listing in enumerate(listings) for link in listing.links
        }
        self._made: set[Place] = set()
        self._wired: set[str] = set()

    def script(self) -> str:
        """The script, its last line ended."""
        self.comment(f"A snapshot of a machine with Linux {platform.release()}.")
        if not self._complete:
            self.comment("Not as root: the namespaces of others are left out, since only root may look into them.")
        for listing in self._listings:
            self._begin(listing)
        self._make_links()
        spaces = [_Namespace(self, listing) for listing in self._listings]
        for space in spaces:
            space.set_up()
        if any(space.checks_addresses for space in spaces):
            self.comment("IPv6 addresses are in use once nobody else was found to have them.")
            self.write("sleep 2")
        for space in spaces:
            space.furnish()
        return "\n".join(self._lines) + "\n"

    # What is written

    def write(self, command: str) -> bool:
        """Adds a command if the model takes it, else a comment that says what was left out and why."""
        problem = self._try(command)
        if problem is None:
            self._lines.append(command)
            return True
        self.leave_out(command, problem)
        return False

    def leave_out(self, what: str, why: str) -> None:
        """A comment for each line of what is left out."""
        head, *rest = what.splitlines() or [""]
        reason = " ".join(why.split())
        self.comment(f"left out: {head} ({reason})")
        for line in rest:
            self.comment(f"          {line.strip()}")

    def comment(self, text: str) -> None:
        """Adds a line that a shell passes over."""
        self._lines.append(f"# {text}")

    def _try(self, command: str) -> str | None:
        """None, or what the model says against it."""
        try:
            entries = self._lab.append(command)
        except (ScriptError, LimitError) as error:
            return str(error)
        failed = next((entry for entry in entries if entry.code), None)
        return None if failed is None else failed.output.strip() or f"exit code {failed.code}"

    def ask(self, command: str) -> str:
        """What the model prints; the script does not have the command."""
        return "".join(entry.output for entry in self._lab.append(command))

    # Namespaces and devices

    def _begin(self, listing: Listing) -> None:
        space = listing.namespace
        if space.name:
            if space.process:
                self.comment(f"{space.name} has no name of its own: {space.process} runs in it")
            self.write(f"ip netns add {shlex.quote(space.name)}")
        for problem in listing.problems:
            self.comment(f"left out: {problem}")
        self.settle(listing, per_device=False)

    def settle(self, listing: Listing, *, per_device: bool) -> None:
        """Writes the settings in which the machine differs from the model as it now is."""
        prefix = prefix_of(listing.namespace.name)
        wanted = dict(listing.sysctls)
        bridges = any(link.linkinfo.info_kind == "bridge" for link in listing.links)
        if bridges and not any(name.startswith("net.bridge.") for name in wanted):  # br_netfilter is not loaded
            wanted |= {f"net.bridge.bridge-nf-call-{what}": "0" for what in ("iptables", "ip6tables", "arptables")}
        for name, value in sorted(wanted.items(), key=lambda item: _order(item[0])):
            device = _PER_DEVICE.match(name)
            if (
                not _SETTINGS.fullmatch(name)
                or (device is not None and device[1] not in ("all", "default")) != per_device
            ):
                continue
            now = self.ask(f"{prefix}sysctl -e -n {shlex.quote(name)}").strip()
            if now and now.split() != value.split():
                self.write(f"{prefix}sysctl -qw {shlex.quote(f'{name}={value}')}")

    def _make_links(self) -> None:
        waiting = [place for place in self._links if self._links[place].ifname != "lo"]
        while waiting:
            ready = [place for place in waiting if self._lower(place) in (None, *self._made)]
            for place in ready or waiting:
                if place not in self._made:
                    self._make(place, self._links[place])
            waiting = [place for place in waiting if place not in self._made and ready and place not in ready]

    def _lower(self, place: Place) -> Place | None:
        """The device under this one; None for none, and for a veth's peer, which is beside it."""
        link = self._links[place]
        if link.linkinfo.info_kind == "veth":
            return None
        if link.link:
            return next(
                (other for other, one in self._links.items() if other[0] == place[0] and one.ifname == link.link), None
            )
        below = (self._listings[place[0]].nsids.get(link.link_netnsid, -1), link.link_index)
        return below if link.link_index and below in self._links else None

    def _peer(self, place: Place) -> Place | None:
        """The other end of a veth pair, where it is in a namespace that was listed."""
        link = self._links[place]
        space = place[0] if link.link_netnsid < 0 else self._listings[place[0]].nsids.get(link.link_netnsid, -1)
        if link.link:
            return next(
                (other for other, one in self._links.items() if other[0] == place[0] and one.ifname == link.link), None
            )
        other = (space, link.link_index)
        return other if other in self._links else None

    def _make(self, place: Place, link: Link) -> None:
        kind = link.linkinfo.info_kind
        if kind == "veth":
            peer = self._peer(place)
            if peer is None:
                self._wire(place, link, "the other end is in a namespace that was not read")
            else:
                self._make_pair(place, peer)
        elif kind in ("bridge", "dummy", "ifb", "vlan", "macvlan", "vxlan"):
            self._make_device(place, link, kind)
        elif not kind and link.link_type == "ether":
            self._wire(place, link, "is hardware")
        else:
            self.leave_out(f"{self._name(place[0])}{link.ifname}", f"a device of kind {kind or link.link_type}")

    def _name(self, at: int) -> str:
        name = self._listings[at].namespace.name
        return f"{name}/" if name else ""

    def _make_pair(self, place: Place, peer: Place) -> None:
        if not self._listings[peer[0]].namespace.name:  # `netns` cannot name the namespace in which a lab starts
            place, peer = peer, place
        one, other = self._links[place], self._links[peer]
        names = [self._listings[at].namespace.name for at, _ in (place, peer)]
        there = f" netns {shlex.quote(names[1])}" if names[0] != names[1] else ""
        if self.write(
            f"{ip_of(names[0])} link add {_named(one)} type veth peer name {_named(other)}{there}"
        ):  # fmt: skip
            self._made |= {place, peer}

    def _wire(self, place: Place, link: Link, why: str) -> None:
        if not self._wired:
            self.write(f"ip netns add {WIRE}")
        end = next(
            name
            for name in (link.ifname, *(f"{link.ifname[:12]}-{n}" for n in range(2, 99)))
            if name not in self._wired
        )
        self._wired.add(end)
        space = self._listings[place[0]].namespace.name
        self.comment(f"{self._name(place[0])}{link.ifname} {why}: here it is a cable to the namespace {WIRE}")
        if self.write(f"{ip_of(space)} link add {_named(link)} type veth peer name {shlex.quote(end)} netns {WIRE}"):
            self._made.add(place)
            if "LOWER_UP" in link.flags:
                self.write(f"ip -n {WIRE} link set {known_device(end)} up")

    def _make_device(self, place: Place, link: Link, kind: str) -> None:
        space = self._listings[place[0]].namespace.name
        lower = self._lower(place)
        home, under = space, ""
        if kind in ("vlan", "macvlan"):
            if lower is None or lower not in self._made:
                self.leave_out(f"{self._name(place[0])}{link.ifname}", "the device under it is not there")
                return
            home = self._listings[lower[0]].namespace.name
            under = f"link {shlex.quote(self._links[lower].ifname)} "
        moved = f" netns {shlex.quote(space)}" if home != space else ""
        options = " ".join(_OPTIONS[kind](link)) if kind in _OPTIONS else ""
        if self.write(f"{ip_of(home)} link add {under}{_named(link)}{moved} type {kind} {options}".rstrip()):
            self._made.add(place)

    def made(self, listing: Listing) -> list[Link]:
        """The devices of a namespace that the lab has, and its lo."""
        at = self._listings.index(listing)
        return [link for link in listing.links if link.ifname == "lo" or (at, link.ifindex) in self._made]


class _Namespace:
    """What is in a namespace once its devices are there."""

    def __init__(self, snapshot: Snapshot, listing: Listing) -> None:
        self._out = snapshot
        self._listing = listing
        self._space = listing.namespace.name
        self._ip = ip_of(self._space)
        self._links = snapshot.made(listing)
        self._devices = {link.ifname for link in self._links}

    @property
    def checks_addresses(self) -> bool:
        """Whether it has an IPv6 address of which the kernel first asks whether somebody else has it."""
        up = (link for link in self._links if link.ifname != "lo" and "UP" in link.flags)
        return any(address.family == "inet6" for link in up for address in link.addr_info)

    def set_up(self) -> None:
        """Devices: how they are, what they belong to, their addresses; and up."""
        self._out.settle(self._listing, per_device=True)
        for link in self._links:
            self._set(link)
        self._vlans()
        for link in self._links:
            self._addresses(link, [one for one in link.addr_info if one.scope != "link" or one.family == "inet"])
        for link in sorted(self._links, key=lambda one: bool(one.master)):
            if "UP" in link.flags and not self._is_up(link):
                self._out.write(f"{self._ip} link set {known_device(link.ifname)} up")

    def furnish(self) -> None:
        """What stands on devices that are up."""
        for link in self._links:
            self._link_local(link)
        self._forwarding_entries()
        self._neighbours()
        for family, routes, rules in (
            ("", self._listing.routes, self._listing.rules),
            ("-6 ", self._listing.routes6, self._listing.rules6),
        ):
            self._routes(family, routes)
            self._rules(family, rules)
        self._tc()
        self._ruleset()

    def _is_up(self, link: Link) -> bool:
        return "UP" in self._flags(link.ifname)

    def _flags(self, device: str) -> list[str]:
        found = re.search(r"<(.*?)>", self._out.ask(f"{self._ip} -o link show dev {shlex.quote(device)}"))
        return found[1].split(",") if found else []

    def _set(self, link: Link) -> None:
        device = known_device(link.ifname)
        if link.master in self._devices:
            self._out.write(f"{self._ip} link set {device} master {shlex.quote(link.master)}")
            self._port(link)
        elif link.master:
            self._out.leave_out(f"{self._ip} link set {device} master {link.master}", "its master is not there")
        now = self._flags(link.ifname)
        for flag, (word, on, off) in _FLAGS.items():
            if (flag in link.flags) != (flag in now) and not (link.ifname == "lo" and flag == "MULTICAST"):
                self._out.write(f"{self._ip} link set {device} {word} {on if flag in link.flags else off}")
        if link.ifalias:
            self._out.write(f"{self._ip} link set {device} alias {shlex.quote(link.ifalias)}")
        if link.ifname == "lo" and link.mtu != 65536:
            self._out.write(f"{self._ip} link set lo mtu {link.mtu}")

    def _port(self, link: Link) -> None:
        data = link.linkinfo.info_slave_data
        for name, default in _PORT_DEFAULTS.items():
            value = data.get(name, default)
            if value != default and link.linkinfo.info_slave_kind == "bridge":
                word = {True: "on", False: "off"}[value] if isinstance(default, bool) else value
                self._out.write(f"{self._ip} link set {known_device(link.ifname)} type bridge_slave {name} {word}")

    def _vlans(self) -> None:
        """Vlans other than the one that each port has by itself."""
        bridge = f"bridge {_n(self._space)}vlan"
        kinds = {link.ifname: link.linkinfo.info_kind for link in self._links}
        for port in self._listing.vlans:
            if port.ifname not in self._devices:
                continue
            own = " self" if kinds[port.ifname] == "bridge" else ""
            device = shlex.quote(port.ifname)
            if not any(one.vlan == 1 for one in port.vlans):
                self._out.write(f"{bridge} del dev {device} vid 1{own}")
            for one in port.vlans:
                if (one.vlan, one.flags) != (1, ("PVID", "Egress Untagged")):
                    vid = f"{one.vlan}-{one.end}" if one.end else str(one.vlan)
                    flags = (" pvid" if "PVID" in one.flags else "") + (
                        " untagged" if "Egress Untagged" in one.flags else ""
                    )
                    self._out.write(f"{bridge} add dev {device} vid {vid}{flags}{own}")

    def _addresses(self, link: Link, wanted: Iterable[Address]) -> None:
        has = self._out.ask(f"{self._ip} -o addr show dev {shlex.quote(link.ifname)}")
        # the kernel lists the IPv6 addresses of a scope from the newest
        every = list(wanted)
        oldest_first = [one for one in every if one.family != "inet6"] + [
            one for one in every[::-1] if one.family == "inet6"
        ]
        for one in oldest_first:
            local = f"{one.local} peer {one.address}" if one.address else one.local
            if f" {local}/{one.prefixlen} " in has:
                continue
            words = [f"{local}/{one.prefixlen}"]
            if one.broadcast:
                words.append(f"brd {one.broadcast}")
            if one.scope not in (
                "global",
                "host" if link.ifname == "lo" else "global",
                "link" if one.family == "inet6" else "",
            ):
                words.append(f"scope {one.scope}")
            if one.family == "inet" and one.label not in ("", link.ifname):
                words.append(f"label {one.label}")
            if one.noprefixroute:
                words.append("noprefixroute")
            self._out.write(f"{self._ip} addr add {' '.join(words)} dev {shlex.quote(link.ifname)}")

    def _link_local(self, link: Link) -> None:
        """Those that the kernel makes when a device comes up are there already, unless they were changed."""
        wanted = [one for one in link.addr_info if one.family == "inet6" and one.scope == "link"]
        device = shlex.quote(link.ifname)
        has = re.findall(r"inet6 (fe80\S+)", self._out.ask(f"{self._ip} -o addr show dev {device}"))
        for address in has:
            if address not in {f"{one.local}/{one.prefixlen}" for one in wanted}:
                self._out.write(f"{self._ip} addr del {address} dev {device}")
        self._addresses(link, wanted)

    def _forwarding_entries(self) -> None:
        bridge = f"bridge {_n(self._space)}fdb"
        has = set(map(_entry, self._out.ask(f"{bridge} show").splitlines()))
        own = {link.address for link in self._links}
        for line in self._listing.fdb:
            words = line.split()
            lasting = words[-1] in ("permanent", "static")
            known = _entry(line) in has or words[0].startswith(("33:33:", "01:00:5e:", "01:80:c2:")) or words[0] in own
            if lasting and not known and words[words.index("dev") + 1] in self._devices:
                self._out.write(f"{bridge} append {_entry(line)}")

    def _neighbours(self) -> None:
        for one in self._listing.neighbours:
            if one.dev in self._devices and one.lladdr:
                router = " router" if one.router is not False else ""
                self._out.write(
                    f"{self._ip} neigh replace {one.dst} lladdr {one.lladdr} dev {shlex.quote(one.dev)}{router}"
                )
        for one in self._listing.proxies:
            if one.dev in self._devices:
                self._out.write(f"{self._ip} neigh add proxy {one.dst} dev {shlex.quote(one.dev)}")

    def _routes(self, family: str, wanted: Iterable[str]) -> None:
        has = {_route(line) for line in _whole(self._out.ask(f"{self._ip} {family or '-4 '}route show table all"))}
        lines = list(dict.fromkeys(map(_route, wanted)))
        for line in sorted(lines, key=lambda one: "via" in one.split()):
            if line not in has and not ("table local" in line and "proto kernel" in line):
                self._out.write(f"{self._ip} {family}route add {line}")
        for line in has:
            if line not in lines and "table local" not in line:
                self._out.write(f"{self._ip} {family}route del {line}")

    def _rules(self, family: str, wanted: Iterable[str]) -> None:
        has = list(map(_rule, self._out.ask(f"{self._ip} {family or '-4 '}rule show").splitlines()))
        rules = list(map(_rule, wanted))
        for priority, rule in rules:
            if (priority, rule) not in has:
                self._out.write(f"{self._ip} {family}rule add priority {priority} {rule}")
        if rules:
            for priority, rule in has:
                if (priority, rule) not in rules:
                    self._out.write(f"{self._ip} {family}rule del priority {priority} {rule}")

    def _tc(self) -> None:
        tc = f"tc {_n(self._space)}".rstrip()
        for line in self._listing.qdiscs:
            _, kind, handle, _, dev, *rest = line.split()
            if dev not in self._devices:
                continue
            if kind in ("clsact", "ingress"):
                self._out.write(f"{tc} qdisc add dev {shlex.quote(dev)} {kind}")
            elif kind not in ("noqueue", "noop") and rest[:1] == ["root"]:
                self._out.leave_out(f"qdisc {kind} {handle} on {dev}", "queues are not part of the model")
        for (dev, side), listed in self._listing.filters.items():
            if dev not in self._devices:
                continue
            for one in tc_commands.filters(listed, self._tables_of_the_other_side(dev, side)):
                if one.command:
                    self._out.write(f"{tc} filter add dev {shlex.quote(dev)} {side} {one.command}")
                else:
                    self._out.leave_out(one.listed, one.problem)

    def _tables_of_the_other_side(self, dev: str, side: str) -> set[str]:
        """tc does not say whose u32 tables are: it is taken that the first of a priority was made for ingress."""
        both = [tc_commands.root_tables(self._listing.filters.get((dev, one), "")) for one in ("ingress", "egress")]
        found = set()
        for pref in both[0].keys() & both[1].keys():
            tables = sorted({*both[0][pref], *both[1][pref]})
            if len(tables) > 1:
                self._out.comment(
                    f"{dev}: tc lists the u32 filters of pref {pref} at either side; the first are ingress's"
                )
                found |= set(tables[1:] if side == "ingress" else tables[:1])
        return found

    def _ruleset(self) -> None:
        if not self._listing.ruleset.strip():
            return
        taken = accepted(self._listing.ruleset, self._load)
        self._out.write(self._here_document(taken.text))

    def _load(self, ruleset: str) -> str:
        """What nft says against a ruleset, which is taken back if it is nothing."""
        output = self._out.ask(self._here_document(ruleset))
        if not output:
            self._out.ask(f"{prefix_of(self._space)}nft flush ruleset")
        return output

    def _here_document(self, ruleset: str) -> str:
        end = _end_mark(ruleset)
        return f"{prefix_of(self._space)}nft -f - <<'{end}'\n{ruleset.rstrip()}\n{end}"


# Words


def _end_mark(text: str) -> str:
    """A line that the text does not have."""
    lines = set(text.splitlines())
    return next(mark for number in range(len(lines) + 1) if (mark := f"X{number or ''}") not in lines)


def prefix_of(space: str) -> str:
    """What stands before a program that is to run in a namespace."""
    return f"ip netns exec {shlex.quote(space)} " if space else ""


def ip_of(space: str) -> str:
    """The program ip, told its namespace."""
    return f"ip {_n(space)}".rstrip()


def _n(space: str) -> str:
    return f"-n {shlex.quote(space)} " if space else ""


def _named(link: Link) -> str:
    words = [new_device(link.ifname)]
    if re.fullmatch(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", link.address):
        words.append(f"address {link.address}")
    if link.mtu != 1500:
        words.append(f"mtu {link.mtu}")
    return " ".join(words)


def _order(name: str) -> tuple[int, str]:
    """Settings of all devices are given to each of them: they come first."""
    for place, part in enumerate(("ip_forward", ".all.", ".default.")):
        if part in f"{name}.":
            return place, name
    return 9, name


def _bridge_options(link: Link) -> Iterator[str]:
    for name, default in _BRIDGE_DEFAULTS.items():
        value = link.linkinfo.info_data.get(name, default)
        if value != default:
            yield f"{name} {value}"
    protocol = link.linkinfo.info_data.get("vlan_protocol", "802.1Q")
    if protocol != "802.1Q":
        yield f"vlan_protocol {protocol}"


def _vlan_options(link: Link) -> Iterator[str]:
    data = link.linkinfo.info_data
    if data.get("protocol", "802.1Q") != "802.1Q":
        yield f"protocol {data['protocol']}"
    yield f"id {data.get('id', 1)}"
    flags = data.get("flags", ["REORDER_HDR"])
    if "REORDER_HDR" not in flags:
        yield "reorder_hdr off"
    yield from (f"{flag.lower()} on" for flag in flags if flag != "REORDER_HDR")


def _macvlan_options(link: Link) -> Iterator[str]:
    yield f"mode {link.linkinfo.info_data.get('mode', 'vepa')}"


def _vxlan_options(link: Link) -> Iterator[str]:
    data = link.linkinfo.info_data
    yield f"id {data.get('id', 0)}"
    for name, word in _VXLAN_WORDS:
        if data.get(name):
            yield f"{word} {data[name]}"
    ports = data.get("port_range", {})
    if ports.get("high"):
        yield f"srcport {ports['low']} {ports['high']}"
    yield f"dstport {data.get('port', 8472)}"
    if data.get("ttl"):
        yield f"ttl {data['ttl']}"
    if data.get("df", "unset") != "unset":
        yield f"df {data['df']}"
    if data.get("ageing", 300) != 300:
        yield f"ageing {data['ageing']}"
    for name, (word, default) in _VXLAN_SWITCHES.items():
        if data.get(name, default) != default:
            yield word


_OPTIONS = {
    "bridge": _bridge_options,
    "vlan": _vlan_options,
    "macvlan": _macvlan_options,
    "vxlan": _vxlan_options,
}


def _entry(line: str) -> str:
    """A line of the forwarding database as it is given back: ``master`` is a word there, without the bridge's name."""
    words = line.split()
    if "master" in words:
        del words[words.index("master") + 1]
    return " ".join(words)


_OF_THE_MOMENT = re.compile(r" (?:pref medium|linkdown|dead|offload|trap|rt_offload|rt_trap|expires \S+|error -?\d+)\b")


def _route(line: str) -> str:
    return " ".join(_OF_THE_MOMENT.sub("", f" {line}").split())


def _whole(text: str) -> list[str]:
    return [line for line in text.replace("\n\t", " ").splitlines() if line.strip()]


def _rule(line: str) -> tuple[str, str]:
    priority, _, rule = line.partition(":")
    return priority, " ".join(rule.replace("[detached]", "").split())


__all__ = ["ListingError", "Snapshot", "snapshot"]
