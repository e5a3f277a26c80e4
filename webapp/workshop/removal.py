"""Taking things out of a script: the commands that name them, and what cannot be without them, if that is enough.

Commands that take them away would always be right. Where leaving out comes to the same machine, the script gets shorter
instead. The same goes for a device that leaves its namespace for another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.workshop.arrangement import forget
from webapp.workshop.document import apply, sets_link
from webapp.workshop.draft import Draft, Span, cut_commands
from webapp.workshop.nft_text import Part, device_names, structure
from webapp.workshop.operations import Change, OperationError
from webapp.workshop.references import Reference, nft_places
from webapp.workshop.ruleset import doomed, names_in_lists, without_parts
from webapp.workshop.run import Run, Thing, run
from webapp.workshop.shorter import fingerprint, without_words

_ROUNDS = 6


class Removal:
    """What is to go: ``longer`` are the commands that would take it away; the rest is what may be left out.

    ``removed`` are commands, ``parts`` the parts of rulesets by command, ``spans`` stretches of text, ``changes`` other
    words. ``hooks`` are the (namespace, device, station) that are to be empty afterwards.
    """

    def __init__(self, found: Run) -> None:
        self.run = found
        self.document = found.document
        self.longer: list[str] = []
        self.removed: set[int] = set()
        self.parts: dict[int, list[Part]] = {}
        self.spans: list[Span] = []
        self.changes: list[Change] = []
        self.hooks: set[tuple[str, str, str]] = set()
        self.namespaces: set[str] = set()
        self.devices: list[tuple[str, str]] = []
        self.vanished: set[Thing] = set()

    def decide(self, draft: Draft) -> None:
        """The shorter script, if it makes the same machine."""
        longer = Draft(self.document.text)
        longer.add(*self.longer)
        aim = run(apply(self.document.text, longer.edit().changes)) if self.longer else self.run
        self.vanished = _vanished(self.run, aim)
        self._leave_out()
        cuts = self._settled(aim)
        if cuts is None:
            draft.add(*self.longer)
            self._mend_probes(draft, aim)
        else:
            self._take(draft, cuts)
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
            if self._is_changed(index):
                continue
            places = self._places(index)
            if self.document.calls[index].program == "nft" and all(_inside(each, places) for each in references):
                self._leave_out_of_ruleset(index, {reference.name for reference in references})
            elif (spans := self._without_master(index)) is not None:
                self.spans += spans
            else:
                self.removed.add(index)

    def _is_changed(self, index: int) -> bool:
        command = self.document.commands[index]
        return any(command.start <= change.start <= command.end for change in self.changes)

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
        if not sets_link(self.document.calls[index]) or "master" not in texts[3:]:
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
            draft = Draft(self.document.text)
            self._take(draft, cuts)
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
            failed = {kept[at] for at in after.failed if after.document.commands[at].source in failures}
            removed |= failed
            if failed <= self._alone:
                # what failed alone has changed nothing: without it the machine is the one that was just made
                return cut_commands(self.document, removed, spans) if self._same(aim, after) else None
        return None

    @property
    def _alone(self) -> set[int]:
        """The commands that are no part of a longer list."""
        found, index = set(), 0
        for steps in self.document.lists:
            found |= {index} if len(steps) == 1 else set()
            index += len(steps)
        return found

    def _take(self, draft: Draft, cuts: Sequence[Span]) -> None:
        draft.cut(cuts)
        for change in self.changes:
            if not any(start <= change.start < end for start, end in cuts):
                draft.replace(change.start, change.end, change.insert)

    def _same(self, aim: Run, after: Run) -> bool:
        """Whether the shorter script makes what is aimed at; what hangs at hooks may only miss what had to go."""
        if fingerprint(aim, hooks=False) != fingerprint(after, hooks=False):
            return False
        now = after.hooks
        stay = {
            (net.name, name) for net in after.topology.namespaces for name in ("", *(dev.name for dev in net.devices))
        }
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

    def _mend_probes(self, draft: Draft, aim: Run) -> None:
        """The probes at the end follow what has moved; those that fail for want of what is gone go, too."""
        failures = aim.failures - self.run.failures
        last = [index for block in self.document.blocks[self.document.probes :] for index in block.commands]
        gone = {index for index in last if self.document.commands[index].source in failures}
        cuts = cut_commands(self.document, {index for index in gone if not self._is_changed(index)})
        first = self.document.commands[last[0]].start if last else len(self.document.text)
        draft.cut(cuts)
        for change in self.changes:
            if change.start >= first:
                draft.replace(change.start, change.end, change.insert)


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
