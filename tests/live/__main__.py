"""`make live`: every case and random labs, on this machine's kernel and in the model, at the same time.

For each lab on which the two differ: its seed, the smallest lab that shows the same, and both outputs, in DIR.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import SystemRandom
from tempfile import NamedTemporaryFile

from tests import kit
from tests.live.generate import lab
from tests.live.networks import EVERY, Feature, Features
from tests.live.shrink import shrink
from webapp.kernel.clock import NSEC_PER_MSEC
from webapp.kernel.core.dev_state import linkwatch_run_queue
from webapp.kernel.machine import LimitError
from webapp.lab.lab import Lab
from webapp.lab.limits import Limits
from webapp.livekernel import real
from webapp.livekernel.compare import Difference, compare
from webapp.userland.shell import parse

WORKERS = 2
TIMEOUT = 60.0
LIMITS = Limits(packets=3000)
# A second that a timer waits for may end in the middle of a lab: commands take time on a real machine.
PACES = (5, 10, 20, 50)
PROBES = frozenset(("ping", "arping", "mausezahn", "nc", "tcpdump"))
"""Before these webapp/livekernel/lab_env.bash lets links settle."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a lab fared; it is unstable where the kernel does not print the same twice, or time tells."""

    name: str
    text: str
    real: str
    model: str
    differences: tuple[Difference, ...]
    stable: bool = True


def on_kernel(text: str) -> str:
    """What the kernel prints for a lab."""
    with NamedTemporaryFile("w", suffix=".sh") as script:
        script.write(text)
        script.flush()
        return real.run(Path(script.name), TIMEOUT)


def in_model(text: str, pace: int = 0, *, links_wait: bool = False) -> str:
    """What the model prints for a lab, if each command takes ``pace`` ms.

    With ``links_wait`` changes of links wait for the next probe, before which the real labs let them settle: Linux puts
    them off for up to a second after others', in whatever namespace of the machine.

    LimitError: the lab goes in circles, and is nothing for a real machine.
    """
    lab = Lab("lab.sh", LIMITS)
    machine = lab.machine
    transcript = ""
    for steps in parse(text, 1):
        machine.linkwatch_busy = links_wait and not any(PROBES.intersection(step.command.argv) for step in steps)
        linkwatch_run_queue(machine)
        for entry in lab.run_list(steps):
            transcript += entry.transcript
            machine.advance(machine.clock.now + pace * NSEC_PER_MSEC)
    return transcript


def subjects(differences: tuple[Difference, ...]) -> set[str]:
    """What differs, without the numbers that change when a lab becomes smaller."""
    return {"".join(letter for letter in one.subject if not letter.isdigit()) for one in differences}


def examine(name: str, text: str) -> Result:
    """Runs a lab on both sides; where they differ, once more on the kernel, and in the model at other paces."""
    model = in_model(text)
    kernel = on_kernel(text)
    differences = compare(kernel, model).differences
    if not differences:
        return Result(name, text, kernel, model, differences)
    stable = compare(kernel, on_kernel(text)).agrees
    return Result(name, text, kernel, model, differences, stable=stable and not timed(kernel, text))


def timed(kernel: str, text: str) -> bool:
    """Whether the model prints what the kernel printed at another pace, or if changes of links wait."""
    return any(
        compare(kernel, in_model(text, pace, links_wait=links_wait)).agrees
        for links_wait in (False, True)
        for pace in (0, *PACES)
    )


def shows(subject: set[str], text: str) -> bool:
    """Whether the two sides differ in one of these subjects still."""
    try:
        model = in_model(text)
    except LimitError:
        return False
    return bool(subjects(compare(on_kernel(text), model).differences) & subject)


def smallest(result: Result, budget: int) -> Result:
    """The smallest lab that differs in the same way."""
    text = shrink(result.text, partial(shows, subjects(result.differences)), budget)
    return examine(result.name, text)


def labs(arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The labs to run: names and texts."""
    if arguments.cases:
        for group in ("path", "rest"):
            for name in kit.group(group):
                if not name.endswith(".vm"):
                    yield name, kit.lab(name).read_text()
    features = _features(arguments)
    for seed in range(arguments.seed, arguments.seed + arguments.n):
        yield f"seed {seed}", lab(seed, features)


def _features(arguments: argparse.Namespace) -> Features:
    chosen = Features(Feature(word) for word in arguments.features.split(",")) if arguments.features else EVERY
    return chosen - Features(Feature(word) for word in arguments.without.split(",") if word)


def report(result: Result, directory: Path) -> None:
    """Writes a difference down and shows it."""
    directory.mkdir(parents=True, exist_ok=True)
    stem = directory / result.name.replace(" ", "-")
    stem.with_suffix(".sh").write_text(result.text)
    stem.with_suffix(".real").write_text(result.real)
    stem.with_suffix(".model").write_text(result.model)
    for difference in result.differences[:8]:
        print(f"    {difference}")
    print(f"    -> {stem}.sh, .real, .model", flush=True)


def main() -> int:
    """Exit code 1 where a lab differs, 2 where this kernel runs none."""
    parser = argparse.ArgumentParser("tests.live", description=__doc__)
    parser.add_argument("-n", type=int, default=50, help="how many random labs (%(default)s)")
    parser.add_argument("--seed", type=int, default=None, help="the first one's seed (a random one)")
    parser.add_argument("--features", default="", help="only these: " + ",".join(Feature))
    parser.add_argument("--without", default="", help="not these")
    parser.add_argument("--no-cases", dest="cases", action="store_false", help="random labs only")
    parser.add_argument("--shrink", type=int, default=300, metavar="TRIALS", help="0: leave labs as they are")
    parser.add_argument("--most", type=int, default=sys.maxsize, help="stop after so many differences")
    parser.add_argument("-o", dest="directory", type=Path, default=Path(".make/live"), help="%(default)s")
    arguments = parser.parse_args()
    if arguments.seed is None:
        arguments.seed = SystemRandom().randrange(10**6)
    if obstacle := real.obstacle((*real.COMMANDS, "arping", "mausezahn")):
        print(f"no labs on this kernel: {obstacle}")
        return 2
    return run(arguments)


def run(arguments: argparse.Namespace) -> int:
    """Runs all labs, two at a time."""
    counts: Counter[str] = Counter()
    started = time.monotonic()
    print(f"random labs from seed {arguments.seed}", flush=True)
    with ProcessPoolExecutor(WORKERS) as pool:
        waiting = {pool.submit(examine, name, text): name for name, text in labs(arguments)}
        for done in as_completed(waiting):
            if counts["differ"] >= arguments.most:
                pool.shutdown(cancel_futures=True)
                break
            error = done.exception()
            if isinstance(error, LimitError):
                counts["endless"] += 1
                print(f"{waiting[done]}: goes in circles, and is run on no kernel: {error}", flush=True)
                continue
            if error:
                counts["differ"] += 1
                print(f"{waiting[done]}: the model fails: {error!r}", flush=True)
                continue
            result = done.result()
            kind = "agree" if not result.differences else "differ" if result.stable else "unstable"
            counts[kind] += 1
            if kind == "unstable":
                print(f"{result.name}: depends on how fast it runs", flush=True)
            if kind == "differ":
                print(f"{result.name}: {len(result.differences)} differences", flush=True)
                report(smallest(result, arguments.shrink) if arguments.shrink else result, arguments.directory)
    seconds = time.monotonic() - started
    counted = ", ".join(f"{counts[kind]} {kind}" for kind in ("agree", "differ", "unstable", "endless"))
    print(f"{counted}, {seconds:.0f} s")
    return 1 if counts["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())
