"""Whether a claim holds, and what was seen instead, in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from webapp.lessons.model import Claim
from webapp.lessons.places import device, hook_around, met, place, steps_at, within
from webapp.lessons.stage import Seen
from webapp.lessons.words import fate_sentence, hook_name, say
from webapp.livekernel.compare import compare
from webapp.workshop.capture import capture
from webapp.workshop.journey import Place


class Finding(NamedTuple):
    """One part of a claim: whether it holds, and the sentence that says what was seen."""

    holds: bool
    words: Callable[[str], str]


def hooks(claim: Claim) -> Iterator[Place]:
    """The hooks whose counters a claim speaks of."""
    yield from map(place, claim.counts)


def findings(claim: Claim, seen: Seen, solution: Callable[[str], str]) -> list[Finding]:
    """All parts of a claim. ``solution`` says what a command prints after the solution."""
    return [
        *_fate(claim, seen),
        *_code(claim, seen),
        *_hooks(claim, seen),
        *_comes(claim, seen),
        *_verdicts(claim, seen),
        *_state(claim, seen),
        *_counts(claim, seen),
        *_captured(claim, seen),
        *_printed(claim, seen, solution),
    ]


def _packets(seen: Seen) -> list[int]:
    """The packet that the probe sent first, and all that was made of it."""
    sent = seen.ways.sent() if seen.ways is not None else None
    return seen.ways.family(sent.skb) if seen.ways is not None and sent is not None and sent.skb else []


def _fate(claim: Claim, seen: Seen) -> Iterator[Finding]:
    if claim.fate is None and not (claim.where or claim.reason or claim.dropped_at):
        return
    if seen.ways is None:
        yield Finding(claim.fate == "none", lambda language: say(language, "no packet"))
        return
    fate = seen.ways.fate()
    at = hook_around(seen.ways, fate.step) if fate.step >= 0 else None
    holds = (
        claim.fate in (None, fate.kind)
        and (not claim.where or within(fate.place, device(claim.where)))
        and claim.reason in ("", fate.reason)
        and (not claim.dropped_at or (fate.kind == "dropped" and at == place(claim.dropped_at)))
    )
    yield Finding(holds, lambda language: fate_sentence(language, fate, at))


def _code(claim: Claim, seen: Seen) -> Iterator[Finding]:
    if claim.code is not None:
        yield Finding(seen.code == claim.code, lambda language: say(language, "code", code=seen.code))


def _hooks(claim: Claim, seen: Seen) -> Iterator[Finding]:
    for text, wanted in (*((text, True) for text in claim.meets), *((text, False) for text in claim.misses)):
        hook = place(text)
        ran = seen.ways is not None and any(map(met, steps_at(seen.ways, _packets(seen), hook)))
        yield Finding(ran == wanted, _about(hook, "met" if ran else "not met"))


def _comes(claim: Claim, seen: Seen) -> Iterator[Finding]:
    for text in claim.comes:
        at = place(text)
        came = seen.ways is not None and bool(steps_at(seen.ways, _packets(seen), at))
        yield Finding(came, _about(at, "there" if came else "not there"))


def _verdicts(claim: Claim, seen: Seen) -> Iterator[Finding]:
    for text, wanted in claim.verdicts.items():
        hook = place(text)
        steps = steps_at(seen.ways, _packets(seen), hook) if seen.ways is not None else []
        given = next((step.verdict for step in steps if step.verdict), "")
        yield Finding(given == wanted, _about(hook, "verdict" if given else "no verdict", value=given))


def _about(hook: Place, key: str, **values: object) -> Callable[[str], str]:
    return lambda language: say(language, key, hook=hook_name(language, hook), **values)


def _state(claim: Claim, seen: Seen) -> Iterator[Finding]:
    if not claim.at:
        return
    hook = place(claim.at)
    steps = steps_at(seen.ways, _packets(seen), hook) if seen.ways is not None else []
    step = next((step for step in steps if step.before >= 0), None)
    if step is None or seen.ways is None:
        yield Finding(False, _about(hook, "not there"))
        return
    state = seen.ways.walk.states[step.before]
    for field, wanted in claim.state.items():
        value = getattr(state, field)
        yield Finding(value == wanted, _about(hook, "state", field=field, value=_shown(field, value)))
    for offset, text in claim.frame.items():
        expected = bytes.fromhex(text)
        found = state.head[int(offset) : int(offset) + len(expected)]
        yield Finding(found == expected, _about(hook, "frame", offset=offset, value=found.hex(" ")))


def _shown(field: str, value: object) -> object:
    return hex(value) if field in ("mark", "protocol", "vlan_tci") and isinstance(value, int) else value


def _counts(claim: Claim, seen: Seen) -> Iterator[Finding]:
    for text, wanted in claim.counts.items():
        hook = place(text)
        grown = seen.grown(hook)
        yield Finding(grown == wanted, _about(hook, "counts" if grown >= 0 else "counts nothing", value=grown))


def _captured(claim: Claim, seen: Seen) -> Iterator[Finding]:
    for text, wanted in claim.captured.items():
        at = device(text)
        probe = seen.entry.probe if seen.entry is not None else None
        count = len(capture(probe.walk, probe.topology, at.netns, at.dev).frames) if probe is not None else 0
        yield Finding(count == wanted, _captures(text, count))


def _captures(dev: str, count: int) -> Callable[[str], str]:
    return lambda language: say(language, "captured", value=count, dev=dev)


def _printed(claim: Claim, seen: Seen, solution: Callable[[str], str]) -> Iterator[Finding]:
    output = " ".join(seen.output.split())
    for text in claim.prints:
        there = " ".join(text.split()) in output
        yield Finding(there, _says("printed" if there else "prints", text=text))
    for command in claim.same:
        comparison = compare(solution(command), "".join(entry.output for entry in seen.lab.append(command)))
        yield Finding(comparison.agrees, _says("printed" if comparison.agrees else "same", command=command))


def _says(key: str, **values: object) -> Callable[[str], str]:
    return lambda language: say(language, key, **values)
