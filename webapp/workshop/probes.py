"""Which command of a script a probe of the lab is (LabState.probes)."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.kernel.machine import LimitError
from webapp.lab.lab import Lab
from webapp.userland.shell import Connector
from webapp.workshop.document import Document
from webapp.workshop.operations import OperationError
from webapp.workshop.run import LIMITS


def command_of_probe(document: Document, number: int) -> int:
    """The index of the command that made probe ``number``; OperationError where there is none."""
    for found, index in enumerate(_probes(document)):
        if found == number:
            return index
    raise OperationError(f"The lab has no probe number {number}.")


def _probes(document: Document) -> Iterator[int]:
    """The commands that leave a walk when the lab is run with all its probes."""
    lab = Lab(limits=LIMITS, record=True)
    index = 0
    try:
        for steps in document.lists:
            entries = lab.run_list(steps)
            code = 0
            for number, step in enumerate(steps, index):
                if (step.connector is Connector.AND and code) or (step.connector is Connector.OR and not code):
                    continue
                entry = next(entries)
                code = entry.code
                if entry.probe is not None:
                    yield number
            index += len(steps)
    except LimitError as error:
        raise OperationError(f"The script asks for too much: {error}.") from error


def companions(document: Document, index: int) -> range:
    """A probe's command, and where it is one of listener, wait and client that were added together, all three."""
    for first in range(max(index - 2, 0), min(index, len(document.commands) - 3) + 1):
        listener, wait, client = document.calls[first : first + 3]
        serves = listener.program == client.program == "nc" and listener.arguments[:1] == ["-l"]
        if serves and wait.program == "sleep" and listener.arguments[-1] == client.arguments[-1]:
            return range(first, first + 3)
    return range(index, index + 1)
