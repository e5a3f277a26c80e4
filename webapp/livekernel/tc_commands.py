"""The filters that ``tc filter show`` lists, as the arguments of ``tc filter add`` that make them (tc/f_*.c, tc/m_*.c).

What tc prints is nearly what it reads. Where it is not (keys of u32 and pedit, names of verdicts), it is turned round
here; what cannot be read back is an UnreadableError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass


class UnreadableError(Exception):
    """A filter that cannot be written as a command; the text says which part."""


@dataclass(frozen=True, slots=True)
class Filter:
    """``command`` is what follows ``tc filter add dev DEV SIDE``, or empty where ``problem`` says why there is none."""

    listed: str
    command: str
    problem: str = ""


_HEAD = re.compile(r"filter (?:parent \S+ )?(?:protocol (\S+) )?pref (\d+) (\S+)(?: chain (\d+))?(.*)", re.DOTALL)
_ACTION = re.compile(r"^\s*action order \d+: ", re.MULTILINE)
_NOISE = re.compile(r"\bnot_in_hw\b|\bin_hw(?: in_hw_count \d+)?\b")


def root_tables(listing: str) -> dict[str, list[str]]:
    """The tables that tc made by itself for u32 filters, by their priority, the first made first."""
    found: dict[str, list[str]] = {}
    for pref, table in re.findall(r"pref (\d+) u32 chain \d+ fh ([89a-f][0-9a-f]{2}): ht divisor", listing):
        found.setdefault(pref, []).append(table)
    return {pref: sorted(tables) for pref, tables in found.items()}


def filters(listing: str, other_tables: Collection[str] = ()) -> Iterator[Filter]:
    """Every filter of one side of a device, in the order in which they are to be added.

    Both sides of a device have their u32 tables in one place, and each lists those of the other that have its
    priority: ``other_tables`` are those, whose filters are left out.
    """
    for block in re.split(r"^(?=filter )", listing, flags=re.MULTILINE):
        head = _HEAD.match(block)
        if head is None or not head[5].strip():  # a line for the priority, before those of its filters
            continue
        protocol, pref, kind, chain, rest = head.groups()
        matched, *actions = _ACTION.split(rest)
        if any(f"key ht {table} " in rest for table in other_tables):
            continue
        if kind not in _KINDS:
            yield Filter(block.strip(), "", f"tc {kind} filters are not part of the model")
            continue
        try:
            words = _KINDS[kind](_NOISE.sub("", matched))
            if words is None:
                continue
            words.actions = [_action(action) for action in actions]
        except UnreadableError as problem:
            yield Filter(block.strip(), "", str(problem))
            continue
        place = [f"protocol {protocol}" if protocol else "", f"pref {pref}", f"chain {chain}" if chain != "0" else ""]
        yield Filter(block.strip(), " ".join(filter(None, [*place, words.text(kind)])))


@dataclass(slots=True)
class _Words:
    """A filter's words: its handle before the kind, what it matches after it."""

    matches: str = ""
    handle: str = ""
    actions: list[str] | None = None

    def text(self, kind: str) -> str:
        handle = f"handle {self.handle}" if self.handle else ""
        actions = (f"action {action}" for action in self.actions or ())
        return " ".join(filter(None, [handle, kind, self.matches, *actions]))


# Classifiers


def _u32(text: str) -> _Words | None:
    """Tables that tc makes by itself, one a priority, have numbers from 800 on."""
    if table := re.match(r"\s*fh ([0-9a-f]+): ht divisor (\d+)", text):
        own = int(table[1], 16) < 0x800
        return _Words(f"divisor {table[2]}", f"{table[1]}:") if own else None
    words = []
    place = re.search(r"key ht ([0-9a-f]+) bkt ([0-9a-f]+)", text)
    if place and int(place[1], 16) < 0x800:
        words.append(f"ht {place[1]}:{place[2]}:")
    for value, mask, at in re.findall(r"match ([0-9a-f]{8})/([0-9a-f]{8}) at (\S+)", text):
        words.append(f"match u32 0x{value} 0x{mask} at {at}")
    if mark := re.search(r"mark 0x([0-9a-f]+) 0x([0-9a-f]+)", text):
        words.append(f"match mark 0x{mark[1]} 0x{mark[2]}")
    if link := re.search(r"\blink ([0-9a-f]+:)", text):
        words.append(f"link {link[1]}")
    if offset := re.search(r"offset ([0-9a-f]{4})>>(\d+) at (\d+)", text):
        words.append(f"offset at {offset[3]} mask {offset[1]} shift {offset[2]}")
    if plus := re.search(r"plus (\d+)", text):
        words.append(f"offset plus {plus[1]}")
    if " eat " in text:
        words.append("offset eat")
    if key := re.search(r"hash mask ([0-9a-f]+) at (-?\d+)", text):
        words.append(f"hashkey mask 0x{key[1]} at {key[2]}")
    words += _common(text)
    if not re.search(r"match ", " ".join(words)) and "link" not in text:
        words.insert(0, "match u32 0 0")
    return _Words(" ".join(words))


def _common(text: str) -> list[str]:
    words = re.findall(r"\bskip_hw\b|\bskip_sw\b", text)
    if classid := re.search(r"(?:flowid|classid) ([0-9a-f]*:[0-9a-f]+)", text):
        words.append(f"classid {classid[1]}")
    if device := re.search(r"input dev (\S+)", text):
        words.append(f"indev {device[1]}")
    return words


def _matchall(text: str) -> _Words:
    return _Words(" ".join(_common(text)))


_FLOWER_WORDS = {"icmp_type": "type", "icmp_code": "code"}


def _flower(text: str) -> _Words:
    """One match a line; tc finds the ethertype out by itself from the protocol."""
    words = []
    for line in map(str.strip, text.splitlines()[1:]):
        name, _, value = line.partition(" ")
        if line and name not in ("eth_type", "skip_hw", "skip_sw"):
            words.append(f"{_FLOWER_WORDS.get(name, name)} {value}".strip())
    return _Words(" ".join([*words, *_common(text)]))


def _bpf(text: str) -> _Words:
    code = re.search(r"bytecode ('[^']*')", text)
    if code is None:
        raise UnreadableError("eBPF programs are not part of the model")
    return _Words(" ".join(["bytecode", code[1], *(["da"] if "direct-action" in text else []), *_common(text)]))


def _basic(text: str) -> _Words:
    tree = " ".join(text.partition("\n")[2].split())
    return _Words(" ".join([f"match '{tree}'" if tree else "", *_common(text.partition("\n")[0])]).strip())


def _fw(text: str) -> _Words:
    handle = re.search(r"handle (\S+)", text)
    return _Words(" ".join(_common(text)), handle[1] if handle else "")


_KINDS: dict[str, Callable[[str], _Words | None]] = {
    "u32": _u32,
    "matchall": _matchall,
    "flower": _flower,
    "bpf": _bpf,
    "basic": _basic,
    "fw": _fw,
}


# Actions


def _action(text: str) -> str:
    kind, _, rest = text.strip().partition(" ")
    if kind.lower() not in _ACTIONS:
        raise UnreadableError(f"the action {kind} is not part of the model")
    return _ACTIONS[kind.lower()](rest)


def _head(text: str) -> str:
    """The first line: what an action does. Below it are its numbers and statistics."""
    return " ".join(text.partition("\n")[0].split())


def _gact(text: str) -> str:
    control = _head(text).removeprefix("action ")
    chance = re.search(r"random type (netrand|determ) (\S+(?: chain \d+)?) val (\d+)", text)
    return f"{control} random {chance[1]} {chance[2]} {chance[3]}" if chance else control


_MIRRED = re.compile(r"\((Ingress|Egress) (Redirect|Mirror) to device (\S+)\) (.+)")
_MIRRED_CONTROL = {"redirect": "stolen", "mirror": "pipe"}


def _mirred(text: str) -> str:
    found = _MIRRED.match(_head(text))
    if found is None:
        raise UnreadableError(f"mirred {_head(text)}")
    side, what, dev, control = found[1].lower(), found[2].lower(), found[3], found[4]
    words = f"mirred {side} {what} dev {dev}"
    return words if _MIRRED_CONTROL[what] == control else f"{words} {control}"


def _same(kind: str) -> Callable[[str], str]:
    """An action that is printed as it is read."""
    return lambda text: f"{kind} {_head(text)}"


def _csum(text: str) -> str:
    found = re.match(r"\((.*)\) action (.+)", _head(text))
    if found is None:
        raise UnreadableError(f"csum {_head(text)}")
    targets = found[1].replace("iph", "ip4h").split(", ")
    return f"csum {' and '.join(targets)} {found[2]}"


def _police(text: str) -> str:
    words = re.sub(r"^(?:0x[0-9a-f]+) ", "", _head(text))
    words = re.sub(r"\[[0-9a-f]{8}\] ", "", words)
    words = re.sub(r"overhead 0b ?", "", words)
    return "police " + re.sub(r"\baction (\S+?)(/\S+)?( |$)", r"conform-exceed \1\2 ", words).strip()


def _simple(text: str) -> str:
    found = re.search(r"<(.*)>", text)
    return f'simple sdata "{found[1] if found else ""}"'


def _skbmod(text: str) -> str:
    control = _head(text).split()[0]
    etype = re.search(r"set etype (\S+)", text)
    words = [f"set etype {etype[1]}"] if etype else []
    words += [f"set {name} {mac}" for name, mac in re.findall(r"set (dmac|smac) (\S+)", text)]
    words += ["swap mac"] if "swap mac" in text else []
    words += ["ecn"] if re.search(r"\becn\b", text) else []
    return f"skbmod {' '.join(words)} {control}"


_PEDIT = re.compile(r"key #\d+\s+at (?:(\w+)\+)?(-?\d+): (val|add) ([0-9a-f]{8}) mask ([0-9a-f]{8})")
_FIELDS = {
    ("eth", 12, 0x0000FFFF): ("eth type", 16),
    ("ipv4", 12, 0): ("ip src", 0),
    ("ipv4", 16, 0): ("ip dst", 0),
    ("ipv4", 0, 0xFF00FFFF): ("ip tos", 16),
    ("ipv4", 8, 0x00FFFFFF): ("ip ttl", 24),
    ("ipv4", 8, 0xFF00FFFF): ("ip protocol", 16),
    ("ipv6", 4, 0xFFFFFF00): ("ip6 hoplimit", 0),
    ("ipv6", 4, 0xFFFF00FF): ("ip6 nexthdr", 8),
    ("ipv6", 4, 0x0000FFFF): ("ip6 payload_len", 16),
    ("tcp", 0, 0x0000FFFF): ("tcp sport", 16),
    ("tcp", 0, 0xFFFF0000): ("tcp dport", 0),
    ("udp", 0, 0x0000FFFF): ("udp sport", 16),
    ("udp", 0, 0xFFFF0000): ("udp dport", 0),
}
"""Fields of a word by header, offset and what stays of the word; and how far from its right end they are."""

_MACS = {(0, 0, 4, 0x0000FFFF): "dst", (4, 0xFFFF0000, 8, 0): "src"}
_KEY = tuple[str, int, str, int, int]


def _pedit(text: str) -> str:
    control = _head(text).removeprefix("action ").split(" keys ")[0]
    keys = [
        (header, int(off), what, int(value, 16), int(mask, 16))
        for header, off, what, value, mask in _PEDIT.findall(text)
    ]
    if not keys:
        raise UnreadableError(f"pedit {_head(text)}")
    words, extended = [], any(header or what == "add" for header, _, what, _, _ in keys)
    while keys:
        words.append(_munge(keys))
    return f"pedit {'ex ' if extended else ''}{' '.join(words)} {control}"


def _munge(keys: list[_KEY]) -> str:
    """Takes one field's keys from the front."""
    header, off, what, value, mask = key = keys.pop(0)
    word = "set" if what == "val" else "add"
    if not header and what == "val":
        return f"munge offset {off} u32 set 0x{value:08x} retain 0x{~mask & 0xFFFFFFFF:08x}"
    if header == "eth" and keys and (mac := _MACS.get((off, mask, keys[0][1], keys[0][4]))):
        octets = (value.to_bytes(4) + keys.pop(0)[3].to_bytes(4))[2 if mac == "src" else 0 :][:6]
        return f"munge eth {mac} set {octets.hex(':')}"
    if (header, off, mask) not in _FIELDS:
        raise UnreadableError(f"pedit key at {header}+{off} mask {mask:08x}: {key[3]:08x}")
    name, shift = _FIELDS[header, off, mask]
    if name in ("ip src", "ip dst"):
        return f"munge {name} {word} {'.'.join(map(str, value.to_bytes(4)))}"
    return f"munge {name} {word} {value >> shift}"


_ACTIONS: dict[str, Callable[[str], str]] = {
    "gact": _gact,
    "mirred": _mirred,
    "skbedit": _same("skbedit"),
    "vlan": _same("vlan"),
    "nat": _same("nat"),
    "csum": _csum,
    "police": _police,
    "simple": _simple,
    "skbmod": _skbmod,
    "pedit": _pedit,
}
