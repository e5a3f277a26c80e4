"""Which commands of a script hang up what at which hook of the picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from webapp.userland.iproute2.arguments import matches
from webapp.workshop.nft_text import Chain, chains
from webapp.workshop.references import nft_places
from webapp.workshop.run import Run


class Place(NamedTuple):
    """Where a station of the picture is: nft's family and hook, or "tc" and the side."""

    family: str
    hook: str


STATIONS: dict[str, Place] = {
    "nft ingress": Place("netdev", "ingress"),
    "nft egress": Place("netdev", "egress"),
    "tc ingress": Place("tc", "ingress"),
    "tc egress": Place("tc", "egress"),
    "arp in": Place("arp", "input"),
    "arp out": Place("arp", "output"),
    **{hook: Place("inet", hook) for hook in ("prerouting", "input", "forward", "output", "postrouting")},
    **{f"bridge {hook}": Place("bridge", hook) for hook in ("prerouting", "input", "forward", "output", "postrouting")},
}
"""By HookView.station. A chain of the families ip and ip6 stands where one of inet does."""

_LAYER3 = frozenset(("inet", "ip", "ip6"))


def stands_at(chain: Chain, place: Place) -> bool:
    """Whether a base chain stands at a place."""
    if chain.hook != place.hook:
        return False
    if place.family == "netdev":
        return chain.family == "netdev" or (chain.family == "inet" and chain.hook == "ingress")
    return chain.family in _LAYER3 if place.family == "inet" else chain.family == place.family


def chains_of(run: Run, netns: str) -> Iterator[tuple[int, Chain]]:
    """The chains that the nft commands of a namespace make, with the command's index."""
    document = run.document
    for index, call in enumerate(document.calls):
        if call.program == "nft" and call.netns == netns and not document.listening[index]:
            for start, end in nft_places(document.commands[index], call):
                for chain in chains(document.text[start:end]):
                    yield index, chain


class Filter(NamedTuple):
    """The command of a tc filter: the words after ``filter add``."""

    words: tuple[str, ...]
    side: str


def filters_of(run: Run, netns: str, dev: str, side: str) -> Iterator[tuple[int, Filter]]:
    """The commands that add filters at a side of a device, "" for both sides."""
    for index, words in _tc(run, netns, dev, "filter"):
        found = _side(words)
        if found and side in ("", found):
            yield index, Filter(words, found)


def _side(words: tuple[str, ...]) -> str:
    if "ingress" in words or "ffff:" in words or "ffff:fff2" in words:
        at_egress = "egress" in words and "ingress" in words and words.index("egress") < words.index("ingress")
        return "egress" if at_egress else "ingress"
    return "egress" if "egress" in words or "ffff:fff3" in words else ""


def qdiscs_of(run: Run, netns: str, dev: str) -> Iterator[int]:
    """The commands that put clsact, or ingress, on a device."""
    for index, words in _tc(run, netns, dev, "qdisc"):
        if "clsact" in words or "ingress" in words:
            yield index


def _tc(run: Run, netns: str, dev: str, kind: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The tc commands about a device that add something. A name stands for the device that has it in the end."""
    thing = run.need(netns, dev)
    for index, call in enumerate(run.document.calls):
        words = tuple(call.arguments)
        if call.program != "tc" or len(words) < 4 or not matches(words[0], kind):
            continue
        if not any(matches(words[1], verb) for verb in ("add", "replace")):
            continue
        named = [run.means.get((index, found)) for found in run.references[index] if found.device]
        if named and named[0] is thing:
            yield index, words[2:]
