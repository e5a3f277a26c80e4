"""Why did a probe's packets not meet a hook, and what smallest edits would change that?"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from webapp.kernel.version import DEFAULT_VERSION
from webapp.lab.lab import Lab
from webapp.lab.limits import Limits
from webapp.lab.topology import Topology, topology
from webapp.workshop.candidates import Situation, attachment, candidates
from webapp.workshop.document import Document
from webapp.workshop.journey import Place, Ways
from webapp.workshop.operations import OperationError
from webapp.workshop.outcomes import outcomes
from webapp.workshop.questions import Reason, Remedy
from webapp.workshop.reasons import Decision, explain
from webapp.workshop.remedies import Asked, Before, Beginning, Trials, failures, remedies
from webapp.workshop.wording import Wording


class WhyNot(NamedTuple):
    """The reasons in the order of the walk, the smallest edits first, and how many edits the model was run with.

    ``complete`` says whether those are all that there are: a search ends when its time is over, or nobody wants it.
    """

    reached: bool
    reasons: tuple[Reason, ...]
    remedies: tuple[Remedy, ...]
    tried: int
    complete: bool


def why_not(
    script: str,
    probe: int,
    hook: Place,
    kernel: str = DEFAULT_VERSION,
    limits: Limits | None = None,
    wanted: Callable[[], bool] = lambda: True,
) -> WhyNot:
    """The answer for probe number ``probe`` of a script; a hook without a device means any of its namespace.

    The search ends where ``wanted``, asked now and then, says False.
    OperationError: there is no such probe or hook, or the script is none. Raises what Lab.append raises, too.
    """
    limits = limits or Limits()
    document = Document(script)
    lab = Lab(limits=limits, record=True, kernel=kernel)
    lab.append(script[: document.setup_end])
    beginning = Beginning(script[: document.setup_end], lab)
    lab.append(script[document.setup_end :])
    probes = [entry for entry in lab.entries if entry.probe is not None]
    if not 0 <= probe < len(probes):
        raise OperationError(f"The lab has no probe number {probe}: there are {len(probes)}.")
    entry = probes[probe]
    assert entry.probe is not None
    _check(entry.probe.topology, hook)
    wording = Wording(document, lab.machine)
    explanation = explain(lab.entries, entry, hook, wording)
    if explanation.decision is None:
        return WhyNot(True, (), (), 0, True)
    ways = Ways(entry.probe.walk)
    command = next(at for at, command in enumerate(document.commands) if command.line == entry.line)
    situation = Situation(document, command, ways, entry.probe.topology, wording, hook, explanation.decision)
    asked = Asked(probe, hook)
    sent = ways.sent()
    request = sent is not None and explanation.decision.packet in (0, *ways.family(sent.skb))
    before = Before(document, wording, outcomes(lab.entries), failures(lab.entries), asked, command, request)
    trials = Trials(asked, beginning, kernel, limits, wanted)
    first = attachment(situation)
    found = remedies(before, first, candidates(situation), trials)
    last = _empty(explanation.decision, hook, first, topology(lab.machine))
    return WhyNot(False, (*explanation.reasons, *last), found, trials.count, trials.complete)


def _check(seen: Topology, hook: Place) -> None:
    """The hook must be one of what there is when the probe runs."""
    namespace = next((namespace for namespace in seen.namespaces if namespace.name == hook.netns), None)
    if namespace is None:
        raise OperationError(f"There is no namespace {hook.netns or 'of the lab itself'} when the probe runs.")
    if hook.dev and hook.dev not in {device.name for device in namespace.devices}:
        raise OperationError(f"There is no device {hook} when the probe runs.")


def _empty(decision: Decision, hook: Place, first: tuple[str, ...], end: Topology) -> tuple[Reason, ...]:
    """What the walk cannot say of a hook: that nothing is there either, or only when the lab is at its end."""
    name = f"{hook.station} on {hook}" if hook.dev else f"{hook.station} in {hook.netns or 'the lab'}"
    if decision.kind == "unattached" and _attached(end, hook):
        return (Reason(-1, name, "something is attached there, but only after the probe has run.", False),)
    if not first or decision.kind in ("unattached", "protocol"):
        return ()
    return (Reason(-1, name, "nothing is attached there, either.", False),)


def _attached(seen: Topology, hook: Place) -> bool:
    for namespace in seen.namespaces:
        if namespace.name == hook.netns:
            devices = [device for device in namespace.devices if device.name == hook.dev]
            views = (*namespace.hooks, *(view for device in devices for view in device.hooks))
            return any(view.station == hook.station for view in views)
    return False
