"""The answer to "why not?" as text, for the command line."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.workshop.journey import HOOKS, Place
from webapp.workshop.operations import OperationError
from webapp.workshop.whynot import WhyNot, why_not

_INDENT = "    "


def place(text: str) -> Place:
    """NETNS/DEV/STATION, or NETNS/STATION for any device; a station's words may be joined by "-".

    OperationError: there is no such hook.
    """
    parts = text.split("/")
    station = parts[-1].replace("-", " ")
    if len(parts) not in (2, 3) or station not in HOOKS:
        raise OperationError(f"{text} is no hook: write NETNS/DEV/STATION, as host/eth0/nft-ingress")
    return Place(parts[0], parts[1] if len(parts) == 3 else "", station)


def report(script: str, probe: int, hook: Place, kernel: str) -> Iterator[str]:
    """The lines, each with its newline. Raises what why_not raises."""
    answer = why_not(script, probe, hook, kernel)
    where = f"{hook.station} on {hook}" if hook.dev else f"{hook.station} in {hook.netns or 'the lab'}"
    if answer.reached:
        yield f"{where} was reached.\n"
        return
    yield f"Why was {where} not reached?\n\n"
    for reason in answer.reasons:
        step = f", step {reason.step}" if reason.step >= 0 else ""
        decided = " Decided here." if reason.decided else ""
        yield f"{'*' if reason.decided else ' '} {reason.title}{step}: {reason.text.replace('`', '')}{decided}\n"
    yield from _remedies(answer)


def _remedies(answer: WhyNot) -> Iterator[str]:
    runs = f"{answer.tried} {'edit' if answer.tried == 1 else 'edits'} tried"
    runs += "" if answer.complete else "; there was no time for more"
    if not answer.remedies:
        yield f"\nNo single edit was found that leads there ({runs}).\n"
        return
    yield f"\nSmallest edits that reach it ({runs}):\n"
    for number, remedy in enumerate(answer.remedies, 1):
        yield f"\n{number}. {remedy.title}\n"
        for command in remedy.commands:
            yield "".join(f"{_INDENT}{line}\n" for line in command.splitlines())
