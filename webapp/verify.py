"""`hookwalk verify`: labs in the model and on a real kernel, and whether both print the same."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from webapp.kernel.machine import LimitError
from webapp.kernel.version import DEFAULT_VERSION, VERSIONS
from webapp.lab.lab import Lab
from webapp.livekernel import functions, real, vm
from webapp.livekernel.compare import compare
from webapp.livekernel.config import Config, described, lacks, read_config
from webapp.livekernel.side_by_side import side_by_side
from webapp.userland.shell import ScriptError

CONTEXT = 12
RECORDINGS = Path(__file__).parents[1] / "tests" / "cases" / "recorded"


class CannotVerifyError(Exception):
    """There is no such kernel here, or no recording of it; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel that labs can be held against: what it is, and what each lab printed on it."""

    title: str
    version: str
    config: Config | None
    output: Callable[[Path], str]


def kernel(on: str, labs: Sequence[Path], timeout: float) -> Kernel:
    """The kernel that ``--on`` names: host, vm:VERSION, recorded, recorded:VERSION. Runs VM labs at once.

    Raises CannotVerifyError.
    """
    where, _, version = on.partition(":")
    if where == "host" and not version:
        if problem := real.obstacle():
            raise CannotVerifyError(problem)
        return Kernel(
            f"Linux {platform.release()}, this machine's",
            real.kernel_version(),
            read_config(),
            lambda lab: real.run(lab, timeout),
        )
    if where == "vm" and version:
        try:
            machine = vm.find(version)
            outputs = vm.run(machine, labs, timeout)
        except vm.NoVmError as problem:
            raise CannotVerifyError(str(problem)) from problem
        return Kernel(f"Linux {machine.release}, in qemu", version, machine.config, lambda lab: outputs[lab])
    if where == "recorded":
        version = version or DEFAULT_VERSION
        return Kernel(f"Linux {version}, as recorded", version, None, lambda lab: _recording(lab, version))
    raise CannotVerifyError(f"--on {on}: it is host, vm:VERSION, recorded or recorded:VERSION")


def _recording(lab: Path, version: str) -> str:
    """The recording beside the lab (NAME.VERSION.out, NAME.out), or of the case of that name."""
    beside = (lab.with_suffix(f".{version}.out"), lab.with_suffix(".out"), RECORDINGS / version / f"{lab.stem}.out")
    found = next((path for path in beside if path.exists()), None)
    if found is None:
        raise CannotVerifyError(f"{lab}: nothing recorded of Linux {version}")
    return found.read_text(errors="replace")


def in_model(lab: Path, version: str) -> str:
    """What the model prints, playing that version where it knows it."""
    played = version if version in VERSIONS else DEFAULT_VERSION
    entries = Lab(str(lab), kernel=played).run(lab.read_text(errors="replace"))
    return "".join(entry.transcript for entry in entries)


def verify(labs: Sequence[Path], on: str, *, full: bool, timeout: float) -> int:
    """Prints a verdict for each lab. 0: all agree, 1: some differ, 2: something could not be compared."""
    try:
        held = kernel(on, labs, timeout)
    except CannotVerifyError as problem:
        print(f"hookwalk: {problem}", file=sys.stderr)
        return 2
    codes = []
    for lab in labs:
        try:
            lines, code = _verdict(lab, held, full=full)
        except (CannotVerifyError, LimitError, ScriptError, OSError) as problem:
            print(f"hookwalk: {lab}: {problem}", file=sys.stderr)
            codes.append(2)
            continue
        for line in lines:
            print(line)
        codes.append(code)
    if len(labs) > 1:
        print(f"{codes.count(0)} of {len(labs)} labs agree")
    return 2 if 2 in codes else max(codes, default=0)


def _verdict(lab: Path, held: Kernel, *, full: bool) -> tuple[list[str], int]:
    """The lines to print about a lab, and 0 where it agrees."""
    model, said = in_model(lab, held.version), held.output(lab)
    comparison = compare(said, model)
    differing = len(comparison.differences)
    width = shutil.get_terminal_size((160, 50)).columns
    lines = [f"{lab}: {differing} of {comparison.total} observations differ" if differing else f"{lab}: agrees"]
    lines += [f"  {line}" for line in (held.title, described(held.config), *lacks(held.config, lab.read_text()))]
    if full or differing:
        lines.append(f"  {'kernel'.ljust(max((width - 5) // 2, 20))} | model")
        lines += side_by_side(said, model, comparison, width, None if full else CONTEXT)
    if differing:
        first = min(comparison.differences, key=lambda one: max(one.lines))
        lines.append(f"  first difference: {first.subject}: kernel {first.real!r}, model {first.model!r}")
    return lines, int(not comparison.agrees)


def verify_functions(labs: Sequence[Path], on: str, *, timeout: float) -> int:
    """Compares the calls of each probe with function_graph's. 0: all equal, 1: some differ, 2: no such kernel."""
    where, _, version = on.partition(":")
    if where != "vm" or not version:
        print("hookwalk: --functions needs --on vm:VERSION: only a kernel of our own can be traced", file=sys.stderr)
        return 2
    try:
        machine = vm.find(version)
        additions = vm.Additions(
            functions.PREPARE,
            functions.AFTER,
            functions.ENVIRONMENT,
            {"functions": "\n".join(sorted(functions.played()))},
        )
        outputs = vm.run(machine, labs, timeout, additions)
    except vm.NoVmError as problem:
        print(f"hookwalk: {problem}", file=sys.stderr)
        return 2
    codes = [_compare_calls(lab, version, outputs[lab].partition(functions.MARK)[2]) for lab in labs]
    return max(codes, default=0)


def _compare_calls(lab: Path, version: str, text: str) -> int:
    traces = list(functions.read_traces(text))
    seen = functions.played() & {name for trace in traces for _, name in trace.calls}
    played = Lab(str(lab), record=True, kernel=version if version in VERSIONS else DEFAULT_VERSION)
    played.append(lab.read_text(errors="replace"))
    walks = [entry.probe.walk for entry in played.entries if entry.probe is not None]
    code = int(len(walks) != len(traces))
    if code:
        print(f"{lab}: {len(traces)} probes on the kernel, {len(walks)} in the model")
    for walk, trace in zip(walks, traces, strict=False):
        kernel_calls = functions.indented(functions.restricted(trace.calls, seen))
        model_calls = functions.indented(functions.restricted(functions.walk_calls(walk), seen))
        if kernel_calls and kernel_calls == model_calls:
            print(f"{lab}: {trace.command}: the same {len(kernel_calls)} calls")
            continue
        code = 1
        print(f"{lab}: {trace.command}: the calls differ")
        for line in unified_diff(kernel_calls, model_calls, "kernel", "model", lineterm="", n=4):
            print(f"  {line}")
    return code
