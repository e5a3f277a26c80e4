"""A lesson's labs at work: scripts that are run, and what there is to look at after a probe."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from webapp.lab.lab import Entry, Lab
from webapp.lab.limits import Limits
from webapp.lab.topology import topology
from webapp.lessons.model import Graded, Lesson, Task
from webapp.workshop.document import Document, only_looks
from webapp.workshop.journey import Place, Ways
from webapp.workshop.wording import listed

LIMITS = Limits(packets=20_000, output=500_000, patience=10, seconds=5.0)
"""What a learner's script may cost, probes included."""

AFTER = "after "
"""Before a task's id: the lab that stands when its solution has been run."""


def script_of(lesson: Lesson, lab: str) -> str:
    """The script of a lab that a task names; KeyError where there is none of that name."""
    if not lab.startswith(AFTER):
        return lesson.labs[lab]
    task = next((task for task in lesson.tasks if task.id == lab.removeprefix(AFTER)), None)
    if not isinstance(task, Graded):
        raise KeyError(lab)
    return solved_script(lesson, task)


def start_script(lesson: Lesson, task: Task) -> str:
    """The script that a task begins with."""
    return script_of(lesson, task.lab)


def solved_script(lesson: Lesson, task: Graded) -> str:
    """The script of a graded task with its solution."""
    return with_commands(start_script(lesson, task), lesson.solutions[task.id])


def with_commands(script: str, commands: str) -> str:
    """A script with more commands at its end."""
    return f"{script.rstrip()}\n\n{commands.strip()}\n"


def run(script: str, *, record: bool = False) -> Lab:
    """Runs a script. ScriptError, LimitError as of Lab.append."""
    lab = Lab(limits=LIMITS, record=record)
    lab.append(script)
    return lab


def commands(script: str) -> list[str]:
    """The commands that change something, each in one spelling. OperationError: the text is no script."""
    document = Document(script)
    said = zip(document.commands, document.calls, strict=True)
    return ["\n".join((*(word.text for word in one.words), one.stdin)) for one, call in said if not only_looks(call)]


def commands_over(start: str, script: str) -> int:
    """How many commands a script has over another one: a changed command counts as one."""
    return (Counter(commands(script)) - Counter(commands(start))).total()


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to look at after a probe. ``entry`` is its last command that sent packets, ``ways`` their ways;
    ``output`` what all of its commands printed, ``code`` how the last one ended. ``grown`` says by how much the
    counters of a hook have grown, the one that grew most, or -1 where nothing counts.
    """

    lab: Lab
    entry: Entry | None
    ways: Ways | None
    output: str
    code: int
    grown: Callable[[Place], int]


def probe(lab: Lab, text: str, hooks: Iterable[Place]) -> Seen:
    """Runs a probe at the end of a lab, and looks at the counters of ``hooks`` before and after."""
    places = list(hooks)
    before = [counters(lab, place) for place in places]
    lab.record = True
    entries = lab.append(text) if text.strip() else []
    lab.record = False
    after = [counters(lab, place) for place in places]
    grown = {
        place: max((now - then for then, now in zip(was, has, strict=False)), default=-1)
        for place, was, has in zip(places, before, after, strict=True)
    }
    return seen(lab, entries, lambda place: grown.get(place, -1))


def seen(lab: Lab, entries: list[Entry], grown: Callable[[Place], int]) -> Seen:
    """What some entries of a lab leave to look at."""
    sent = [entry for entry in entries if entry.probe is not None]
    entry = next((entry for entry in reversed(sent) if _ways(entry).sent() is not None), sent[-1] if sent else None)
    output = "".join(entry.output for entry in entries)
    ways = _ways(entry) if entry is not None else None
    return Seen(lab, entry, ways, output, entries[-1].code if entries else 0, grown)


def _ways(entry: Entry) -> Ways:
    assert entry.probe is not None
    return Ways(entry.probe.walk)


_NFT_COUNTER = re.compile(r"\bcounter packets (\d+) bytes \d+")
_TC_COUNTER = re.compile(r"\bSent \d+ bytes (\d+) pkt")


def counters(lab: Lab, hook: Place) -> list[int]:
    """The counters of a hook's nft rules, or of its tc filters' actions, in the order of the listing."""
    if hook.station.startswith("tc "):
        net = lab.machine.namespaces.get(hook.netns)
        side = hook.station.removeprefix("tc ")
        text = listed(net, "tc", "-s", "filter", "show", "dev", hook.dev, side) if net is not None else ""
        return [int(count) for count in _TC_COUNTER.findall(text)]
    return [int(count) for line in _lines(lab, hook) for count in _NFT_COUNTER.findall(line)]


def _lines(lab: Lab, hook: Place) -> Iterable[str]:
    for namespace in topology(lab.machine).namespaces:
        if namespace.name != hook.netns:
            continue
        views = [view for device in namespace.devices if device.name == hook.dev for view in device.hooks]
        for view in (*views, *(namespace.hooks if not hook.dev else ())):
            if view.station == hook.station:
                yield from view.lines
