"""Delete: what stands for the things goes, and what cannot be without them.

A command that takes them away would always be right. Where leaving out the commands comes to the same machine, the
script gets shorter instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.userland.iproute2.arguments import matches
from webapp.workshop.arrangement import forget
from webapp.workshop.document import apply
from webapp.workshop.draft import Draft, Span, cut_commands
from webapp.workshop.hooks import STATIONS, chains_of, filters_of, qdiscs_of, stands_at
from webapp.workshop.nft_text import Part, device_names, structure
from webapp.workshop.operations import Delete, Item, OperationError
from webapp.workshop.probes import command_of_probe, listeners
from webapp.workshop.references import Reference, nft_places
from webapp.workshop.ruleset import doomed, names_in_lists, without_parts
from webapp.workshop.run import Run, Thing, run, shown
from webapp.workshop.shorter import fingerprint, without_words
from webapp.workshop.words import ip, netns_exec, tc

_ROUNDS = 6


def delete(draft: Draft, operation: Delete) -> None:
    """Takes away all items at once."""
    removal = _Removal(draft.run)
    for item in operation.items:
        _TAKE[item.kind](removal, item)
    removal.decide(draft)


class _Removal:
    """What is to go: ``longer`` are the commands that would take it away; the rest is what may be left out.

    ``removed`` are commands, ``parts`` the parts of rulesets by command, ``spans`` stretches of text. ``hooks`` are the
    (namespace, device, station) that are to be empty afterwards.
    """

    def __init__(self, found: Run) -> None:
        self.run = found
        self.document = found.document
        self.longer: list[str] = []
        self.removed: set[int] = set()
        self.parts: dict[int, list[Part]] = {}
        self.spans: list[Span] = []
        self.hooks: set[tuple[str, str, str]] = set()
        self.namespaces: set[str] = set()
        self.devices: list[tuple[str, str]] = []
        self.vanished: set[Thing] = set()

    def decide(self, draft: Draft) -> None:
        """The shorter script, if it makes the same machine."""
        longer = Draft(self.run)
        longer.add(*self.longer)
        aim = run(apply(self.document.text, longer.edit().changes)) if self.longer else self.run
        self.vanished = _vanished(self.run, aim)
        self._leave_out()
        cuts = self._settled(aim)
        if cuts is None:
            draft.add(*self.longer)
            draft.cut(cut_commands(self.document, self._stranded(aim)))
        else:
            draft.cut(cuts)
            draft.show(*self.longer)
        forget(
            draft,
            {thing.name for thing in self.vanished if isinstance(thing, Net)},
            {(thing.net.name, thing.name) for thing in self.vanished if isinstance(thing, NetDevice)},
        )

    # What names things that have vanished

    def _leave_out(self) -> None:
        named: dict[int, list[Reference]] = {}
        for (index, reference), thing in self.run.means.items():
            if thing in self.vanished:
                named.setdefault(index, []).append(reference)
        for index, references in named.items():
            places = self._places(index)
            if self.document.calls[index].program == "nft" and all(_inside(each, places) for each in references):
                self._leave_out_of_ruleset(index, {reference.name for reference in references})
            elif (spans := self._without_master(index)) is not None:
                self.spans += spans
            else:
                self.removed.add(index)

    def _places(self, index: int) -> list[Span]:
        return nft_places(self.document.commands[index], self.document.calls[index])

    def _leave_out_of_ruleset(self, index: int, names: set[str]) -> None:
        for start, end in self._places(index):
            text = self.document.text[start:end]
            for part in structure(text):
                self.parts.setdefault(index, []).extend(doomed(text, part, names))
                self.spans += ((start + a, start + b) for a, b in names_in_lists(text, part, names))

    def _without_master(self, index: int) -> Sequence[Span] | None:
        """The words about a vanished bridge in a command that says more of its port; None for other commands."""
        words = self.document.calls[index].words
        texts = [word.text for word in words]
        if (
            texts[0] != "ip"
            or not (matches(texts[1], "link") and matches(texts[2], "set"))
            or "master" not in texts[3:]
        ):
            return None
        at = texts.index("master", 3)
        subjects = {
            thing
            for (number, reference), thing in self.run.means.items()
            if number == index and reference.device and reference.start < words[at].start
        }
        if not subjects or subjects & self.vanished:
            return None
        return without_words(self.document, index, list(words[at : at + 2]), 4 + (texts[3] == "dev"))

    # The shorter script

    def _settled(self, aim: Run) -> list[Span] | None:
        """What to cut so that no command fails for want of another; None if that makes another machine."""
        removed, spans = set(self.removed), list(self.spans)
        for index, parts in self.parts.items():
            for start, end in self._places(index):
                cut = without_parts(self.document.text[start:end], parts)
                if cut is None:
                    removed.add(index)
                else:
                    spans += ((start + a, start + b) for a, b in cut)
        for _ in range(_ROUNDS):
            cuts = cut_commands(self.document, removed, spans)
            draft = Draft(self.run)
            draft.cut(cuts)
            try:
                after = run(apply(self.document.text, draft.edit().changes))
            except OperationError:
                return None
            failures = after.failures - self.run.failures
            if not failures:
                return cuts if self._same(aim, after) else None
            kept = [index for index in range(len(self.document.commands)) if index not in removed]
            if len(kept) != len(after.document.commands):
                return None
            removed |= {kept[at] for at in after.failed if after.document.commands[at].source in failures}
        return None

    def _same(self, aim: Run, after: Run) -> bool:
        """Whether the shorter script makes what is aimed at; what hangs at hooks may only miss what had to go."""
        if fingerprint(aim, hooks=False) != fingerprint(after, hooks=False):
            return False
        now = after.hooks
        stay = {(net.name, name) for net in after.nets for name in ("", *net.devices)}
        for place, lines in self.run.hooks.items():
            left = now.get(place, Counter())
            if place in self.hooks:
                if left:
                    return False
            elif place[:2] in stay and (left - lines or not self._may_miss(place, lines - left)):
                return False
        return not set(now) - set(self.run.hooks)

    def _may_miss(self, place: tuple[str, str, str], lines: Counter[str]) -> bool:
        names = {thing.name for thing in self.vanished if isinstance(thing, NetDevice)}
        if place[2].startswith("tc "):
            return not lines or bool(names) or any(hook[:2] == place[:2] for hook in self.hooks)
        return all(names & {name for name, _ in device_names(line)} for line in lines)

    def _stranded(self, aim: Run) -> set[int]:
        """The probes at the end that fail for want of what the appended commands took away."""
        failures = aim.failures - self.run.failures
        return {
            index
            for block in self.document.blocks[self.document.probes :]
            for index in block.commands
            if self.document.commands[index].source in failures
        }


def _inside(reference: Reference, places: Sequence[Span]) -> bool:
    return any(start <= reference.start < end for start, end in places)


def _vanished(before: Run, aim: Run) -> set[Thing]:
    """The things that the commands have taken away."""
    found: set[Thing] = set()
    for net in before.nets:
        other = aim.net(net.name)
        if other is None:
            found.add(net)
        found |= {dev for dev in net.devices.values() if other is None or dev.name not in other.devices}
    return found


# The kinds of items


def _namespace(removal: _Removal, item: Item) -> None:
    if not item.netns:
        raise OperationError("The namespace in which the lab starts cannot be deleted. Delete its devices.")
    removal.run.need_net(item.netns)
    removal.namespaces.add(item.netns)
    removal.longer.append(f"ip netns del {item.netns}")


def _device(removal: _Removal, item: Item) -> None:
    dev = removal.run.need(item.netns, item.dev)
    if dev is dev.net.loopback:
        raise OperationError("lo cannot be deleted: each namespace has one.")
    port = item.netns, item.dev
    other = next((peer for peer in removal.devices if _peers(removal.run, peer, port)), None)
    if item.netns not in removal.namespaces and other is None:
        removal.devices.append(port)
        removal.longer.append(ip(item.netns, f"link del {item.dev}"))


def _peers(found: Run, one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether one goes with the other: the ends of a cable."""
    cables = {frozenset((cable.a, cable.b)) for cable in found.topology.cables}
    return one == other or frozenset((one, other)) in cables


def _hook(removal: _Removal, item: Item) -> None:
    place = STATIONS.get(item.station)
    if place is None:
        raise OperationError(f'Nothing can be taken off "{item.station}".')
    removal.hooks.add((item.netns, item.dev, item.station))
    if place.family == "tc":
        _tc_hook(removal, item, place.hook)
        return
    removal.run.need_net(item.netns)
    found = False
    for index, chain in chains_of(removal.run, item.netns):
        if stands_at(chain, place) and (not item.dev or item.dev in chain.devices):
            found = True
            if len(chain.devices) > 1:
                (start, end), *_ = nft_places(removal.document.commands[index], removal.document.calls[index])
                cuts = names_in_lists(removal.document.text[start:end], chain.part, {item.dev})
                removal.spans += ((start + a, start + b) for a, b in cuts)
            else:
                removal.parts.setdefault(index, []).append(chain.part)
            removal.longer.append(netns_exec(item.netns, f"nft delete chain {chain.family} {chain.table} {chain.name}"))
    if not found:
        raise OperationError(f'Nothing of the script stands at "{item.station}" of {item.dev or shown(item.netns)}.')


def _tc_hook(removal: _Removal, item: Item, side: str) -> None:
    found, netns, dev = removal.run, item.netns, item.dev
    here = {index for index, _ in filters_of(found, netns, dev, side)}
    others = {index for index, _ in filters_of(found, netns, dev, "")} - here - removal.removed
    qdiscs = set(qdiscs_of(found, netns, dev))
    if not here and (others or not qdiscs):
        raise OperationError(f"{dev} has no filter at tc {side} that the script adds.")
    removal.removed |= here if others else here | qdiscs
    removal.longer.append(tc(netns, f"filter del dev {dev} {side}" if others else f"qdisc del dev {dev} clsact"))


def _probe(removal: _Removal, item: Item) -> None:
    index = command_of_probe(removal.document, item.probe)
    removal.removed |= {index, *listeners(removal.document, index)}


_TAKE = {"namespace": _namespace, "device": _device, "hook": _hook, "probe": _probe}
