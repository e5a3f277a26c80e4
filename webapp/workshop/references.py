"""Which characters of a command name which namespace or device.

The grammars are those of iproute2 (ip-link(8), ip-netns(8), tc(8), bridge(8)), of sysctl(8), of the probes' man pages
and of nft(8), as far as they name things. What is read here is only where names stand; the programs say what they mean.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from webapp.userland.iproute2.arguments import matches
from webapp.userland.shell import Command, Word
from webapp.workshop.document import Call
from webapp.workshop.nft_text import device_names


class Reference(NamedTuple):
    """A name in a command: ``start`` to ``end`` in the script, without quotes.

    ``netns`` is the namespace of a device. ``place`` is the word that says so, where it says so of this device alone or
    of the whole command; None in the namespace in which a lab starts. A namespace's ``device`` is False. ``made``: the
    command makes it.
    """

    name: str
    start: int
    end: int
    device: bool
    netns: str = ""
    place: Word | None = None
    made: bool = False


Finder = Callable[[Call, Sequence[Word]], Iterator[Reference]]


def references(text: str, command: Command, call: Call) -> tuple[Reference, ...]:
    """All names in a command, in the order in which they stand there; ``text`` is the script."""
    found = [_namespace(word, text) for word in call.netns_words]
    finder = _FINDERS.get(call.program)
    if finder is not None:
        found += (_trimmed(reference, text) for reference in finder(call, call.words[1:]))
    if call.program == "nft":
        found += _in_nft(text, command, call)
    return tuple(sorted(set(found), key=lambda reference: reference.start))


def _trimmed(reference: Reference, text: str) -> Reference:
    """Without the quotes that its word has."""
    at = text.find(reference.name, reference.start, reference.end)
    if at < 0:
        return reference
    return reference._replace(start=at, end=at + len(reference.name))


def _namespace(word: Word, text: str) -> Reference:
    return _trimmed(Reference(word.text, word.start, word.end, device=False), text)


def _device(call: Call, word: Word) -> Reference:
    return Reference(word.text, word.start, word.end, True, call.netns, _place(call))


def _place(call: Call) -> Word | None:
    return call.netns_words[-1] if call.netns_words else None


# iproute2

_NAMING = frozenset(("dev", "oif", "iif", "master", "via-dev"))


def _pairs(call: Call, words: Sequence[Word]) -> Iterator[Reference]:
    """Devices that stand after a keyword."""
    for keyword, word in itertools.pairwise(words):
        if keyword.text in _NAMING:
            yield _device(call, word)


def _ip(call: Call, words: Sequence[Word]) -> Iterator[Reference]:
    if not words:
        return
    name = words[0].text
    if matches(name, "netns"):
        makes = len(words) > 1 and matches(words[1].text, "add")
        yield from (Reference(word.text, word.start, word.end, device=False, made=makes) for word in words[2:3])
    elif matches(name, "link") and len(words) > 1 and not _lists(words[1]):
        yield from _link(call, words[2:], making=matches(words[1].text, "add") or words[1].text == "replace")
    else:
        yield from _pairs(call, words)
        if len(words) > 2 and _lists(words[1]) and not matches(name, "route"):
            yield from _bare(call, words[2:])


def _lists(word: Word) -> bool:
    return any(len(word.text) > 1 and matches(word.text, verb) for verb in ("show", "list", "lst"))


def _bare(call: Call, words: Sequence[Word]) -> Iterator[Reference]:
    """The device of a listing that has no ``dev`` before it."""
    if words[0].text not in _NAMING | {"type", "up", "group", "nud", "to", "scope"}:
        yield _device(call, words[0])


_VALUED = frozenset(
    ("address", "lladdr", "mtu", "txqueuelen", "qlen", "txqlen", "index", "alias", "group", "broadcast", "brd",
     "numtxqueues", "numrxqueues", "arp", "multicast", "allmulticast", "promisc", "trailers", "dynamic", "carrier",
     "link-netnsid", "addrgenmode", "mode", "state", "vrf", "gso_max_size", "gso_max_segs")
)  # fmt: skip
_SWITCHES = frozenset(("up", "down", "nomaster"))


def _link(call: Call, words: Sequence[Word], *, making: bool) -> Iterator[Reference]:
    """ip link add, set and delete. ``netns`` says of a device that is made where it is, else where it goes."""
    place, netns = _place(call), call.netns
    named: list[Word] = []
    at = 0
    while at < len(words):
        word = words[at].text
        value = words[at + 1] if at + 1 < len(words) else None
        if word == "type":
            yield from _kind(call, words[at + 1 :])
            break
        if word in _SWITCHES:
            at += 1
            continue
        if word in ("dev", "name") and value is not None:
            named.append(value)
        elif word == "netns" and value is not None:
            yield Reference(value.text, value.start, value.end, device=False)
            if making:
                place, netns = value, value.text
        elif word in ("link", "master") and value is not None:
            yield _device(call, value)
        elif word not in _VALUED:
            named.append(words[at])
            at -= 1
        at += 2
    yield from (Reference(word.text, word.start, word.end, True, netns, place, making) for word in named)


def _kind(call: Call, words: Sequence[Word]) -> Iterator[Reference]:
    """What follows ``type``: a veth's peer is a link of its own."""
    texts = [word.text for word in words]
    if texts[:1] == ["veth"] and "peer" in texts:
        yield from _link(call, words[texts.index("peer") + 1 :], making=True)
    elif texts[:1] != ["veth"]:
        yield from _pairs(call, words)


# The other programs

_CONF = re.compile(r"net([./])ipv[46]\1(?:conf|neigh)\1(.+)\1[a-z0-9_]+(?:=.*)?")


def _sysctl(call: Call, words: Sequence[Word]) -> Iterator[Reference]:
    for word in words:
        match = _CONF.fullmatch(word.text)
        if match is not None and match[2] not in ("all", "default") and word.end - word.start == len(word.text):
            start = word.start + match.start(2)
            yield Reference(match[2], start, start + len(match[2]), True, call.netns, _place(call))


def _option(letters: str) -> Finder:
    def find(call: Call, words: Sequence[Word]) -> Iterator[Reference]:
        for option, word in itertools.pairwise(words):
            if len(option.text) > 1 and option.text[0] == "-" and option.text[-1] in letters:
                yield _device(call, word)

    return find


_MAUSEZAHN_VALUED = "acdbABPptTQlrfMIECs"


def _mausezahn(call: Call, words: Sequence[Word]) -> Iterator[Reference]:
    """The interface is the first word that is neither an option nor an option's value."""
    at = 0
    while at < len(words):
        word = words[at].text
        if not word.startswith("-"):
            yield _device(call, words[at])
            return
        at += 2 if len(word) == 2 and word[1] in _MAUSEZAHN_VALUED else 1


_FINDERS: Mapping[str, Finder] = {
    "ip": _ip,
    "tc": _pairs,
    "bridge": _pairs,
    "nat64-preview": _pairs,
    "sysctl": _sysctl,
    "ping": _option("I"),
    "arping": _option("iI"),
    "tcpdump": _option("i"),
    "trafgen": _option("do"),
    "mausezahn": _mausezahn,
    "mz": _mausezahn,
}


def nft_places(command: Command, call: Call) -> list[tuple[int, int]]:
    """Where nft text stands in the script: the last here-document, or what follows the options on the command line."""
    if command.heredocs:
        heredoc = command.heredocs[-1]
        return [(heredoc.start, heredoc.end)]
    words = [word for word in call.words[1:] if not word.text.startswith("-")]
    return [(words[0].start, words[-1].end)] if words else []


def _in_nft(text: str, command: Command, call: Call) -> Iterator[Reference]:
    for start, end in nft_places(command, call):
        for name, at in device_names(text[start:end]):
            yield Reference(name, start + at, start + at + len(name), True, call.netns, _place(call))
