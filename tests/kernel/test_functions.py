"""The model's walks against ftrace's: the same functions, called in the same order and by the same functions."""

import pytest

from tests import kit
from webapp.kernel.trace import StepKind
from webapp.lab.lab import Lab
from webapp.livekernel.functions import indented, played, read_traces, restricted, walk_calls

RECORDED = sorted(path.stem for path in (kit.CASES / "functions").glob("*.txt"))
KERNEL = "6.12"


def test_every_part_of_the_path_was_recorded() -> None:
    assert len(RECORDED) == 15


@pytest.mark.parametrize("name", RECORDED)
def test_a_walk_calls_the_functions_that_ftrace_saw_as_it_saw_them(name: str) -> None:
    traces = list(read_traces((kit.CASES / "functions" / f"{name}.txt").read_text()))
    seen = played() & {called for trace in traces for _, called in trace.calls}
    lab = Lab(name, record=True, kernel=KERNEL)
    lab.append(kit.lab(name).read_text())
    walks = [(entry.command, walk_calls(entry.probe.walk)) for entry in lab.entries if entry.probe is not None]
    assert [command for command, _ in walks] == [trace.command for trace in traces]
    for (_, calls), trace in zip(walks, traces, strict=True):
        assert indented(restricted(calls, seen)) == indented(restricted(trace.calls, seen))


def test_a_hook_that_did_not_run_is_no_call() -> None:
    lab = Lab("lab", record=True)
    lab.append(kit.lab("001-plain").read_text())
    walk = next(entry.probe.walk for entry in lab.entries if entry.probe is not None)
    missed = [step for step in walk.steps if step.kind is not StepKind.RUN]
    assert missed
    assert len(walk_calls(walk)) == len(walk.steps) - len(missed)
