"""wait and kill as bash's builtins: the shell's part in what runs in the background.

A script has no job control, but it has its table of jobs: ``%1`` is the first command with &. Process numbers are not
modelled, so a job is the only thing that can be named.
"""

from __future__ import annotations

from webapp.userland.jobs import SIGTERM, Job, Task, Wait
from webapp.userland.process import Process

NO_SUCH_JOB = 127

SIGNALS = {
    "HUP": 1, "INT": 2, "QUIT": 3, "KILL": 9, "USR1": 10, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "CONT": 18,
    "STOP": 19, "TSTP": 20,
}  # fmt: skip
"""Signal names without SIG, as kill and timeout know them."""

_STOPPING = frozenset((18, 19, 20))


def signal_number(text: str) -> int | None:
    """A signal by number or name, with SIG or without; None if there is no such."""
    if text.isdigit():
        return int(text) if 1 <= int(text) <= 64 else None
    return SIGNALS.get(text.upper().removeprefix("SIG"))


def wait(process: Process, argv: list[str]) -> Task:
    """Until all jobs are over, or those that are named: the exit code of the last one."""
    jobs = process.jobs
    code = 0
    if not argv[1:]:
        for job in list(jobs.table):
            yield from _over(job)
        jobs.forget()
        return 0
    for spec in argv[1:]:
        found = jobs.find(spec) if spec.startswith("%") else None
        if found is None:
            problem = "no such job" if spec.startswith("%") else "process numbers are not modelled; name a job, as %1"
            process.stderr.write(f"{process.shell}wait: {spec}: {problem}\n")
            code = NO_SUCH_JOB
            continue
        yield from _over(found)
        code = found.code or 0
        jobs.table.remove(found)
    return code


def _over(job: Job) -> Task:
    if job.code is None:
        yield Wait(None, lambda: job.code is not None)
    return 0


_KILL_USAGE = "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n"


def kill(process: Process, argv: list[str]) -> int:
    """Sends a signal to jobs."""
    words = argv[1:]
    number: int | None = SIGTERM
    if words and words[0] in ("-s", "-n") and len(words) > 1:
        number, name, words = signal_number(words[1]), words[1], words[2:]
    elif words and words[0].startswith("-"):
        number, name, words = signal_number(words[0][1:]), words[0][1:], words[1:]
    if number is None:
        process.stderr.write(f"{process.shell}kill: {name}: invalid signal specification\n")
        return 1
    if number in _STOPPING:
        process.stderr.write(f"{process.shell}kill: stopping jobs is not modelled\n")
        return 1
    if not words:
        process.stderr.write(_KILL_USAGE)
        return 2
    code = 0
    for spec in words:
        job = process.jobs.find(spec) if spec.startswith("%") else None
        if job is not None:
            process.jobs.signal(job, number)
            continue
        problem = "no such job" if spec.startswith("%") else "process numbers are not modelled; name a job, as %1"
        process.stderr.write(f"{process.shell}kill: {spec}: {problem}\n")
        code = 1
    return code
