"""What a lab's output says, as values that can be compared.

An output is all that the lab's commands printed, with ``rc=N line=L`` after each that failed. Read from it: exit codes,
replies and summaries of ping and arping, nft rulesets and traces, tc filters and statistics, links with counters,
addresses, neighbours, routes, rules, learned forwarding entries, sysctl values. Left out is what no two runs share:
times, handles, interface indexes, the order of hash tables; and the wording of the errors of ip, tc and nft, whose
exit codes say enough.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import starmap

from webapp.livekernel.nft_text import normalise
from webapp.livekernel.trace_text import normalise_trace


@dataclass(frozen=True, slots=True)
class Observation:
    """One fact of an output, read at ``line``, counted from 1.

    ``subject`` is unique in an output; an optional observation may be missing on the other side.
    """

    subject: str
    value: str
    optional: bool = False
    line: int = field(default=0, compare=False)


def observe(output: str) -> list[Observation]:
    """All observations, in the order of the output; neighbours, whose order is a hash table's, follow at the end."""
    reader = _Reader(output)
    while reader.lines:
        reader.read_line()
    return reader.observations()


# A neighbour that was used a moment ago passes through these states with time alone.
_NEIGHBOUR_STATE = dict.fromkeys(("REACHABLE", "STALE", "DELAY", "PROBE"), "VALID") | {"INCOMPLETE": "FAILED"}

# Words of a filter's line that are followed by a number of the kernel's choice.
_FILTER_LABELS = {
    "u32": {"handle", "fh", "order", "ht", "bkt", "id", "tag"},
    "other": {"handle", "id", "tag"},
}
_FILTER_NOISE = {"key", "not_in_hw", "jited"}


class _Reader:
    """Reads an output from top to bottom; remembers whose lines it is in the middle of."""

    def __init__(self, output: str) -> None:
        self.lines = output.replace("\r", "").split("\n")[::-1]  # the next one is the last
        self.all = len(self.lines)
        self.raw = ""
        self.found: dict[str, Observation] = {}
        self.neighbours: list[Observation] = []
        self.times_seen: Counter[str] = Counter()
        self.ping: str | None = None
        self.ping_lines: list[str] = []
        self.link: str | None = None
        self.filter: str | None = None
        self.action: str | None = None
        self.qdisc: str | None = None

    def observations(self) -> list[Observation]:
        """What was found so far."""
        for neighbour in sorted(self.neighbours, key=lambda one: one.value):
            self.add(neighbour.subject, neighbour.value, line=neighbour.line)
        self.neighbours.clear()
        return list(self.found.values())

    def next_line(self) -> str:
        """Takes a line, with its blanks made single."""
        self.raw = self.lines.pop()
        return " ".join(self.raw.split())

    def read_line(self) -> None:
        """Hands the next line to the first reader of _READERS that knows it."""
        line = self.next_line()
        for pattern, read in _READERS:
            if (match := pattern.match(line)) and read(self, match):
                return

    @property
    def line(self) -> int:
        """The number of the line that was read last."""
        return self.all - len(self.lines)

    def add(self, subject: str, value: str, *, optional: bool = False, line: int = 0) -> str:
        """Notes an observation; the second one of a subject is "subject (2)". Returns the subject as noted."""
        unique, nth = subject, 1
        while unique in self.found:
            nth += 1
            unique = f"{subject} ({nth})"
        self.found[unique] = Observation(unique, value, optional, line or self.line)
        return unique

    def name(self, kind: str, name: str = "") -> str:
        """Gives "link eth0", and "link eth0#2" when it is listed again."""
        subject = f"{kind} {name}"
        self.times_seen[subject] += 1
        nth = self.times_seen[subject]
        return subject if nth == 1 else f"{subject}#{nth}"

    def number(self, kind: str) -> str:
        """Gives "ping 1", then "ping 2"."""
        self.times_seen[kind] += 1
        return f"{kind} {self.times_seen[kind]}"


# Each reader takes a matching line and says whether the line was its own.
_Read = Callable[[_Reader, re.Match[str]], bool]


def _exit_code(reader: _Reader, match: re.Match[str]) -> bool:
    reader.add(f"rc at line {match[2]}" if match[2] else "rc", match[1])
    return True


def _timeout(reader: _Reader, _: re.Match[str]) -> bool:
    reader.add("timeout", "yes")
    return True


def _ping(reader: _Reader, match: re.Match[str]) -> bool:
    reader.ping = reader.number("ping")
    reader.ping_lines = []
    reader.add(reader.ping, match[2])
    return True


def _ping_reply(reader: _Reader, match: re.Match[str]) -> bool:
    if reader.ping is None:
        return False
    size, source, sequence, rest = match.groups()
    address = re.sub(r".*\(|\)", "", source)
    rest = re.sub(r"\s*time[=<]?\S* ms", "", rest).strip()
    reader.ping_lines.append(f"seq {sequence} reply {size} bytes from {address} {rest}")
    return True


def _ping_error(reader: _Reader, match: re.Match[str]) -> bool:
    if reader.ping is None:
        return False
    reader.ping_lines.append(f"seq {match[2]} error from {match[1]}: {match[3]}")
    return True


def _ping_summary(reader: _Reader, match: re.Match[str]) -> bool:
    if reader.ping is None:
        return False
    rest = re.sub(r", time \d+ms", "", match[3])
    reader.add(f"{reader.ping} summary", f"{match[1]} transmitted, {match[2]} received{rest}")
    for number, line in enumerate(sorted(reader.ping_lines), start=1):
        reader.add(f"{reader.ping} line {number}", line)
    reader.ping_lines = []
    return True


def _ping_refused(reader: _Reader, match: re.Match[str]) -> bool:
    reader.add("ping error", match.string)
    return True


def _arping(reader: _Reader, match: re.Match[str]) -> bool:
    reader.add(reader.number("arping"), match[1])
    return True


def _arping_reply(reader: _Reader, match: re.Match[str]) -> bool:
    size, address, name, index = match.groups()
    nth = reader.times_seen["arping"]
    reader.add(f"arping {nth} reply", f"{size} bytes from {address} ({name}) index {index}")
    return True


def _arping_summary(reader: _Reader, match: re.Match[str]) -> bool:
    nth = reader.times_seen["arping"]
    reader.add(f"arping {nth} summary", f"{match[1]} transmitted, {match[2]} received, {match[3]}")
    return True


# What no two runs share of a frame's line: ports, sequence numbers, timestamps, identifications, and checksums, which
# the kernel leaves to the card.
_FRAME_NOISE = (
    (re.compile(r"^(?:\d{4}-\d\d-\d\d )?(?:\d\d:\d\d:\d\d\.\d+|\d+\.\d{6}) "), ""),
    (re.compile(r"(?<=\.)(3[2-9]|[45]\d|60)\d{3}\b"), "PORT"),
    (re.compile(r"(seq|ack) \d{5,}(?::\d{5,})?"), r"\1 N"),
    (re.compile(r"TS val \d+ ecr \d+"), "TS"),
    (re.compile(r"\bid \d+"), "id N"),
    (re.compile(r"cksum 0x\w{4} \((?:in)?correct[^)]*\)"), "cksum"),
    (re.compile(r"\[(?:bad udp cksum[^]]*|udp sum ok)\]"), "[cksum]"),
)


def _frame(reader: _Reader, match: re.Match[str]) -> bool:
    """A line of tcpdump; several may listen at once, so that only what they heard counts, not in which order."""
    text = match.string
    for pattern, replacement in _FRAME_NOISE:
        text = pattern.sub(replacement, text)
    reader.add(f"frame {text}", "heard")
    return True


def _captured(reader: _Reader, match: re.Match[str]) -> bool:
    reader.add(f"{reader.number('tcpdump')} captured", match[1])
    return True


def _nft_trace(reader: _Reader, match: re.Match[str]) -> bool:
    """The order counts within a table; two monitors tell what they heard in the order of their turns."""
    reader.add(reader.number(f"trace of {match[1]}"), normalise_trace(match[2]))
    return True


def _nc(reader: _Reader, match: re.Match[str]) -> bool:
    reader.add("nc", re.sub(r"(received on \S+) \d+$", r"\1", match.string))
    return True


def _nft_table(reader: _Reader, match: re.Match[str]) -> bool:
    """Reads on to the table's closing brace."""
    table = reader.name("nft table", f"{match[1]} {match[2]}")
    reader.add(table, "exists")
    block, statements = "", 0
    depth = 1 - match[3].count("}")
    while reader.lines and depth > 0:
        line = reader.next_line()
        if line == "}":
            depth -= 1
            block = "" if depth == 1 else block
        elif depth == 1 and line.endswith("{"):
            block, statements, depth = normalise(line[:-1]), 0, 2
            reader.add(f"{table} {block}", "exists")
        elif line:
            statements = _nft_statements(reader, f"{table} {block}", _to_closing_brace(reader, line), statements)
    return True


def _to_closing_brace(reader: _Reader, line: str) -> str:
    """nft breaks the elements of a set over lines."""
    while line.count("{") > line.count("}") and reader.lines:
        line += " " + reader.next_line()
    return line


def _nft_statements(reader: _Reader, block: str, line: str, before: int) -> int:
    """Notes what a line of a chain or set says; returns how many statements the block has so far."""
    parts = [part for part in line.split(";") if part.strip()] if line.startswith("type ") else [line]
    for part in map(normalise, parts):
        if part.startswith("elements ="):
            reader.add(f"{block} elements", part)
        else:
            before += 1
            reader.add(f"{block} {before}", part)
    return before


def _tc_filter(reader: _Reader, match: re.Match[str]) -> bool:
    protocol, pref, kind, chain, rest = match.groups()
    if not rest or "ht divisor" in rest:
        return True  # the first of a filter's two lines, and u32's hash tables, say nothing
    reader.filter, reader.action, reader.qdisc = reader.number("tc filter"), None, None
    hits = re.search(r"\(rule hit (\d+) success (\d+)", rest)
    code = re.search(r"bytecode ('[^']*')", rest)
    words = _filter_words(kind, re.sub(r"\s*\(rule hit[^)]*\)|bytecode '[^']*'", "", rest).split())
    said = f"protocol {protocol} pref {pref} {kind} chain {chain or 0} {' '.join(words)}"
    reader.add(reader.filter, said + (f" bytecode {code[1]}" if code else ""))
    if hits:
        reader.add(f"{reader.filter} hits", f"{hits[1]} success {hits[2]}", optional=True)
    return True


def _filter_words(kind: str, words: list[str]) -> list[str]:
    labels = _FILTER_LABELS.get(kind, _FILTER_LABELS["other"])
    kept = {word for before, word in zip(["", *words], words, strict=False) if not {before, word} & labels}
    return sorted(kept - _FILTER_NOISE)


def _tc_action(reader: _Reader, match: re.Match[str]) -> bool:
    if reader.filter is None:
        return False
    reader.action = f"{reader.filter} action {match[1]}"
    reader.add(reader.action, re.sub(r"\s+(?:index|ref|bind) \d+", "", match[2]))
    return True


def _u32_match(reader: _Reader, match: re.Match[str]) -> bool:
    if reader.filter is None:
        return False
    noted = reader.add(f"{reader.filter} match", match[1])
    if match[2]:
        reader.add(f"{noted} hits", match[2], optional=True)
    return True


def _tc_qdisc(reader: _Reader, match: re.Match[str]) -> bool:
    reader.qdisc, reader.filter = reader.name("tc qdisc", f"{match[1]} {match[2] or ''}"), None
    reader.add(reader.qdisc, "exists")
    return True


def _tc_statistics(reader: _Reader, match: re.Match[str]) -> bool:
    owner = reader.qdisc or reader.action
    if owner is None:
        return False
    size, packets, dropped, overlimits = match.groups()
    reader.add(f"{owner} statistics", f"{size} bytes {packets} pkts dropped {dropped} overlimits {overlimits}")
    return True


def _link(reader: _Reader, match: re.Match[str]) -> bool:
    reader.link = reader.name("link", match[1])
    reader.filter = reader.qdisc = None
    mtu = re.search(r"\bmtu (\d+)", match[3])
    master = re.search(r"\bmaster (\S+)", match[3])
    state = "up" if "UP" in match[2].split(",") else "down"
    reader.add(reader.link, f"{state} mtu {mtu[1] if mtu else '?'}" + (f" master {master[1]}" if master else ""))
    return True


def _link_counters(reader: _Reader, match: re.Match[str]) -> bool:
    if reader.link is None or not reader.lines:
        return False
    names, values = match[2].split(), reader.next_line().split()
    pairs = zip(names, values, strict=False)
    reader.add(f"{reader.link} {match[1]}", " ".join(starmap("{} {}".format, pairs)))
    return True


def _link_address(reader: _Reader, match: re.Match[str]) -> bool:
    if reader.link is None:
        return False
    reader.add(f"{reader.link} inet", match[1] + re.sub(r"\s*valid_lft.*", "", match[2]))
    return True


def _link_ether(reader: _Reader, match: re.Match[str]) -> bool:
    if reader.link is None:
        return False
    reader.add(f"{reader.link} ether", match[1])
    return True


def _neighbour(reader: _Reader, match: re.Match[str]) -> bool:
    address, dev, rest, state = match.groups()
    lladdr = re.search(r"lladdr (\S+)", rest)
    value = f"{lladdr[1] if lladdr else '-'} {_NEIGHBOUR_STATE.get(state, state)}"
    reader.neighbours.append(Observation(f"neigh {address} dev {dev}", value, line=reader.line))
    return True


def _rule(reader: _Reader, match: re.Match[str]) -> bool:
    reader.add("rule", match.string)
    return True


def _route(reader: _Reader, match: re.Match[str]) -> bool:
    if reader.raw.startswith("\t"):
        return False  # a continuation: nexthop, cache
    reader.add("route", re.sub(r"\s+(uid \d+|linkdown|onlink)\b", "", match.string))
    return True


def _fdb(reader: _Reader, match: re.Match[str]) -> bool:
    address, dev, rest = match.groups()
    # A bridge's own addresses are listed once more for each VLAN where the kernel has VLAN filtering.
    own = "permanent" in rest and "master" in rest
    if not own and not address.startswith(("33:33", "01:00:5e")):
        reader.add(f"fdb {address} dev {dev} {' '.join(sorted(rest.split()))}", "exists")
    return True


def _sysctl(reader: _Reader, match: re.Match[str]) -> bool:
    reader.add(f"sysctl {match[1]}", match[2])
    return True


_IPV4 = r"\d+\.\d+\.\d+\.\d+"
_FILTER_PLACE = r"(?:dev \S+ )?(?:(?:ingress|egress) )?(?:parent \S+ )?"
_ROUTE_TYPES = "default|broadcast|local|multicast|unreachable|blackhole|prohibit|throw|anycast|nat|unicast"
_NEIGHBOUR_STATES = "PERMANENT|NOARP|REACHABLE|STALE|DELAY|PROBE|FAILED|INCOMPLETE|NONE"

_FRAME = (
    r"(?:(?:\d{4}-\d\d-\d\d )?(?:\d\d:\d\d:\d\d\.\d+|\d+\.\d{6}) )?(?:\S+ (?:In|Out|B|M|P) )?"
    r"(?:IP6? \S+ > |ARP, |(?:[0-9a-f]{2}:){5}[0-9a-f]{2} > |\S+ > \S+: )"
)

# The order is the order of asking.
_READERS: list[tuple[re.Pattern[str], _Read]] = [
    (re.compile(pattern), read)
    for pattern, read in (
        (r"rc=(\d+)(?: line=(\d+))?$", _exit_code),
        (r"TIMEOUT$", _timeout),
        (r"PING (\S+?) ?\((\S+?)\)", _ping),
        (r"(\d+) bytes from (.*?):? icmp_seq=(\d+)(.*)$", _ping_reply),
        (r"From (\S+?):?(?: \(\S+\))?:? icmp_seq=(\d+) (.*)$", _ping_error),
        (r"(\d+) packets transmitted, (\d+) received(.*)$", _ping_summary),
        (r"ping: ", _ping_refused),
        (r"ARPING (\S+)", _arping),
        (r"(\d+) bytes from (\S+) \((\S+)\): index=(\d+)", _arping_reply),
        (r"(\d+) packets transmitted, (\d+) packets received, (.*)$", _arping_summary),
        (_FRAME, _frame),
        (r"(\d+) packets? captured$", _captured),
        (r"(?:nc: |Connection to \S+ .* (?:succeeded!|failed)|Connection received on |(?:Listening|Bound) on )", _nc),
        (r"trace id [0-9a-f]{8} (\w+ \S+) (.*)$", _nft_trace),
        (r"table (\w+) (\S+) \{(.*)$", _nft_table),
        (rf"filter {_FILTER_PLACE}protocol (\S+) pref (\d+) (\S+)(?: chain (\d+))?\s*(.*)$", _tc_filter),
        (r"action order (\d+): (.*)$", _tc_action),
        (r"match ([0-9a-f]{8}/[0-9a-f]{8} at \S+)\s*(?:\(success (\d+)\s*\))?", _u32_match),
        (r"qdisc (\S+) \S+(?: dev (\S+))?", _tc_qdisc),
        (r"Sent (\d+) bytes (\d+) pkts? \(dropped (\d+), overlimits (\d+)", _tc_statistics),
        (r"\d+: ([^:@\s]+)(?:@\S+)?: <([^>]*)>\s*(.*)", _link),
        (r"(RX|TX): (bytes.*)$", _link_counters),
        (r"inet6? (\S+)(.*)$", _link_address),
        (r"link/ether (\S+)", _link_ether),
        (rf"({_IPV4}|[0-9a-f:]+:[0-9a-f:]*)\s+dev (\S+)\s*(.*?)\s*\b({_NEIGHBOUR_STATES})\s*$", _neighbour),
        (r"\d+: from .*$", _rule),
        (rf"(?:(?:{_ROUTE_TYPES})\s|{_IPV4}(?:/\d+)?\s)", _route),
        (r"((?:[0-9a-f]{2}:){5}[0-9a-f]{2}) dev (\S+)(.*)$", _fdb),
        (r"(net\.\S+) = (.*)$", _sysctl),
    )
]
