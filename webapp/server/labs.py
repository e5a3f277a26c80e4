"""A lab as one browser holds it open, and its values for the wire."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from webapp.kernel.machine import LimitError
from webapp.kernel.trace import SkbState, Step, Walk
from webapp.lab import lab as running
from webapp.lab.builtin import Builtin, builtin_of_script
from webapp.lab.topology import topology
from webapp.server.protocol import Entry, Failed, LabState, Probe, Steps, Verified, WalkDone
from webapp.server.verify import LiveKernel, confirmed, live_verdict, recorded_verdicts
from webapp.userland.shell import ScriptError, parse
from webapp.workshop.arrangement import arrangement
from webapp.workshop.diagnostics import diagnostics
from webapp.workshop.explanations import explanation
from webapp.workshop.outcomes import outcomes

CHUNK = 200
"""Steps of one message, so that the first arrive before the last are encoded."""

SendSteps = Callable[[Steps], None]


class RefusedError(Exception):
    """A request that cannot be met; ``failed`` is the answer to it."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.message)
        self.failed = failed


class OpenLab:
    """One open lab. ``key`` names it in messages; nobody can guess it. ``title`` is what people call it."""

    def __init__(self, script: str, title: str = "") -> None:
        self.key = secrets.token_urlsafe(12)
        self.title = title
        self.lab = _run(script)

    def replace(self, script: str) -> None:
        """Runs another script in the lab's place; the old one stays where the new one is refused."""
        self.lab = _run(script)

    def command(self, netns: str, line: str, send: SendSteps) -> None:
        """Runs one line in ``netns`` and adds it to the script. ``send`` gets a probe's steps while they happen."""
        text = _in_namespace(netns, line)
        lab = self.lab
        number = sum(entry.probe is not None for entry in lab.entries)

        def sink(first: int, steps: tuple[Step, ...], first_state: int, states: tuple[SkbState, ...]) -> None:
            send(Steps(self.key, number, first, steps, first_state, states))

        lab.sink = sink
        try:
            lab.append(text)
        except (ScriptError, LimitError) as error:
            raise RefusedError(failure(error)) from error
        finally:
            lab.sink = None

    def state(self) -> LabState:
        """The lab as the browser is to show it."""
        builtin = builtin_of_script(self.lab.script)
        return lab_state(self.lab, self.key, self.title, builtin)

    def verify(self, live: LiveKernel | None) -> Verified:
        """What real kernels printed for the lab, if it is a built-in one as it came."""
        builtin = builtin_of_script(self.lab.script)
        if builtin is None:
            return Verified(self.key, ())
        now = (live_verdict(builtin, live),) if live is not None else ()
        return Verified(self.key, (*now, *recorded_verdicts(builtin)))

    def probe(self, number: int) -> running.Probe:
        """The probe of that number; RefusedError where there is none."""
        entries = _probes(self.lab)
        if not 0 <= number < len(entries):
            raise RefusedError(Failed("unknown_name", f"the lab has no probe number {number}"))
        probe = entries[number].probe
        assert probe is not None
        return probe

    def send_walk(self, number: int, send: SendSteps) -> WalkDone:
        """Sends the steps of probe ``number`` in parts."""
        probe = self.probe(number)
        for part in steps_messages(self.key, number, probe.walk):
            send(part)
        walk = probe.walk
        return WalkDone(
            self.key, number, walk.command, walk.line, walk.netns, len(walk.steps), walk.truncated, probe.topology
        )  # fmt: skip


def _run(script: str) -> running.Lab:
    lab = running.Lab(record=True)
    try:
        lab.append(script)
    except (ScriptError, LimitError) as error:
        raise RefusedError(failure(error)) from error
    return lab


def failure(error: ScriptError | LimitError) -> Failed:
    """The answer to a text that is no lab, or a lab that asks for too much."""
    if isinstance(error, ScriptError):
        return Failed("script", error.message, error.line, error.column, explanation(error.message))
    return Failed("limit", str(error))


def _in_namespace(netns: str, line: str) -> str:
    """The line as it stands in the script: each of its commands run in ``netns``."""
    if not netns:
        return line
    try:
        lists = parse(line)
    except ScriptError as error:
        raise RefusedError(Failed("script", error.message, error.line, error.column)) from error
    return "; ".join(
        " ".join(f"{step.connector} {_exec(netns, step.command.source)}" for step in steps).strip() for steps in lists
    )


def _exec(netns: str, source: str) -> str:
    program, _, rest = source.partition(" ")
    if program in ("ip", "tc", "bridge"):
        return f"{program} -n {netns} {rest}"
    return f"ip netns exec {netns} {source}"


def _probes(lab: running.Lab) -> list[running.Entry]:
    return [entry for entry in lab.entries if entry.probe is not None]


def lab_state(lab: running.Lab, key: str, title: str, builtin: Builtin | None) -> LabState:
    """The value that shows ``lab``; ``builtin`` where its script is a built-in one's."""
    probes = _probes(lab)
    numbers = {id(entry): number for number, entry in enumerate(probes)}
    return LabState(
        lab=key,
        slug=builtin.slug if builtin else "",
        title=title or (builtin.title if builtin else ""),
        summary=builtin.summary if builtin else "",
        twin=builtin.twin if builtin else "",
        script=lab.script,
        entries=tuple(Entry(e.line, e.netns, e.command, e.output, e.code, numbers.get(id(e), -1)) for e in lab.entries),
        probes=tuple(
            Probe(number, e.line, e.netns, e.probe.walk.command, len(e.probe.walk.steps))
            for number, e in enumerate(probes)
            if e.probe is not None
        ),
        topology=topology(lab.machine),
        confirmed=confirmed(builtin),
        outcomes=outcomes(lab.entries),
        diagnostics=diagnostics(lab.script, lab.entries, lab.machine),
        arrangement=arrangement(lab.script),
    )


def steps_messages(key: str, number: int, walk: Walk) -> list[Steps]:
    """A walk in parts: each carries the states that its steps are the first to name."""
    messages = []
    sent = 0
    for first in range(0, max(len(walk.steps), 1), CHUNK):
        steps = walk.steps[first : first + CHUNK]
        known = max((max(step.before, step.after) + 1 for step in steps), default=0)
        messages.append(Steps(key, number, first, steps, sent, walk.states[sent:known]))
        sent = max(sent, known)
    return messages
