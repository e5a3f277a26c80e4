"""The command ``hookwalk``."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from webapp.kernel.version import DEFAULT_VERSION, VERSIONS
from webapp.lab.collector import collect_seldom

if TYPE_CHECKING:
    from webapp.lab.lab import Lab

EXIT_REFUSED = 2
"""Exit code where a lab cannot be read, or asks for more than a lab may."""

EXIT_SIGPIPE = 141
"""Exit code that a shell shows for a program that SIGPIPE ended."""


def main(argv: list[str] | None = None) -> int:
    """Runs one subcommand; without any, serves. Returns the exit code."""
    arguments = _parser().parse_args(argv)
    collect_seldom()
    command: Callable[[Namespace], int] = arguments.command
    try:
        return command(arguments)
    except BrokenPipeError:  # whoever reads has seen enough: `hookwalk walk LAB.sh | head`
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  # the interpreter flushes it as it ends
        return EXIT_SIGPIPE


def _parser() -> ArgumentParser:
    parser = ArgumentParser("hookwalk", description="Walk a packet through Linux's tc and netfilter hooks.")
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    parser.set_defaults(command=_serve, host="127.0.0.1", port=8000, live=False, lessons=None, data=None)
    commands = parser.add_subparsers(metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve the web application (what hookwalk does without a command)")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serve.add_argument("--port", default=8000, type=int, help="port to listen on (%(default)s)")
    serve.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="where short links, progress and rooms are kept (HOOKWALK_DATA, or ~/.local/share/hookwalk); "
        "with DATABASE_URL=postgresql://… in a PostgreSQL database instead",
    )
    serve.add_argument("--live", action="store_true", help="let Verify run the built-in labs on this machine's kernel")
    serve.add_argument(
        "--lessons", type=Path, metavar="DIR", help="show the lessons of this folder, read anew when a file is saved"
    )
    serve.set_defaults(command=_serve)

    run = commands.add_parser("run", help="run a lab in the model and print what its commands print")
    run.add_argument("lab", type=Path, metavar="LAB.sh")
    run.add_argument("--files", type=Path, metavar="DIR", help="write the files there that the lab made (tcpdump -w)")
    _add_kernel(run)
    run.set_defaults(command=_run)

    walk = commands.add_parser("walk", help="run a lab and print the walk of each packet as a tree of kernel functions")
    walk.add_argument("lab", type=Path, metavar="LAB.sh")
    walk.add_argument("--json", action="store_true", help="print a JSON array of walks")
    walk.add_argument(
        "--detail",
        choices=("hooks", "functions", "expressions"),
        default="functions",
        help="what to show of each walk (%(default)s)",
    )
    _add_kernel(walk)
    walk.set_defaults(command=_walk)

    why = commands.add_parser("why", help="say why a probe's packets did not meet a hook, and what would change that")
    why.add_argument("lab", type=Path, metavar="LAB.sh")
    why.add_argument("--probe", type=int, default=0, metavar="N", help="the probe, counted from 0 (%(default)s)")
    why.add_argument(
        "--hook",
        required=True,
        metavar="NETNS/DEV/STATION",
        help="e.g. host/eth0/nft-ingress; host/prerouting is that of any device",
    )
    _add_kernel(why)
    why.set_defaults(command=_why)

    verify = commands.add_parser("verify", help="run labs in the model and on a real kernel: do both print the same?")
    verify.add_argument("labs", type=Path, nargs="+", metavar="LAB.sh")
    verify.add_argument(
        "--on",
        default="host",
        metavar="KERNEL",
        help="host, vm:VERSION (boots /boot/vmlinuz-VERSION* in qemu), recorded or recorded:VERSION (%(default)s)",
    )
    verify.add_argument("--functions", action="store_true", help="compare the calls of functions (with vm:VERSION)")
    verify.add_argument("--full", action="store_true", help="show all of both outputs")
    verify.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="for each lab (%(default)s)")
    verify.set_defaults(command=_verify)

    export = commands.add_parser(
        "export",
        help="write a lab as a file: a page that plays without a server, or a packet capture",
        description="html: one file that plays the lab's walks without a server and without a network. "
        "pcapng: every frame of one walk on every device, each with a comment that says what the hooks did. "
        "script: the lab itself, once it was seen to run. "
        "Pictures (SVG and PNG) are drawn by the browser: the page's Export menu writes them.",
    )
    export.add_argument("lab", type=Path, metavar="LAB.sh")
    export.add_argument("--format", choices=("script", "pcapng", "html"), required=True)
    export.add_argument("-o", "--output", type=Path, metavar="FILE", required=True)
    export.add_argument("--probe", type=int, default=1, metavar="N", help="the lab's Nth probe (%(default)s)")
    export.add_argument(
        "--step", type=int, default=0, metavar="K", help="the step at which the page begins (%(default)s)"
    )
    export.add_argument("--title", default="", help="what the page is called (the file's name)")
    _add_kernel(export)
    export.set_defaults(command=_export)

    _add_lessons(commands.add_parser("lessons", help="check lessons, begin a new one, or run them on real kernels"))

    snapshot = commands.add_parser(
        "snapshot",
        help="print the lab that stands for this machine",
        description="Reads this machine's network namespaces, links, addresses, routes, rules, neighbours, settings, "
        "tc and nft as they stand, and prints the lab script that stands for them. As root it reads all namespaces; "
        "others may read their own, without its nft ruleset. Nothing is changed.",
    )
    snapshot.add_argument("-o", "--output", type=Path, metavar="FILE", help="write the script there")
    snapshot.set_defaults(command=_snapshot)
    return parser


def _add_lessons(parser: ArgumentParser) -> None:
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    course = "a course, or one lesson of it (./lessons; without one, Hookwalk's own)"

    check = commands.add_parser("check", help="say what is wrong with lessons: exit code 1 if anything is")
    check.add_argument("folder", type=Path, nargs="?", metavar="DIR", help=course)
    check.add_argument("--unrecorded", action="store_true", help="what no real kernel has printed yet is no fault")
    check.set_defaults(command=_lessons_check)

    new = commands.add_parser("new", help="begin a lesson: writes a small one that passes the check")
    new.add_argument("slug", metavar="NN-SLUG")
    new.add_argument(
        "--course", type=Path, metavar="DIR", default=Path("lessons"), help="the course's folder (%(default)s)"
    )
    new.set_defaults(command=_lessons_new)

    for name, help_ in (
        ("record", "run a lesson's labs and solutions on a real kernel and keep what that prints beside the lesson"),
        ("verify", "run labs, solutions and wrong answers on a real kernel: does the model print the same?"),
    ):
        proof = commands.add_parser(name, help=help_)
        proof.add_argument("folder", type=Path, nargs="?", metavar="DIR", help=course)
        proof.add_argument("--on", default="host", metavar="KERNEL", help="host, or vm:VERSION (%(default)s)")
        proof.set_defaults(command=_lessons_record if name == "record" else _lessons_verify)


def _lessons_check(arguments: Namespace) -> int:
    from webapp.lesson_commands import check

    return check(arguments.folder, recorded=not arguments.unrecorded)


def _lessons_new(arguments: Namespace) -> int:
    from webapp.lesson_commands import new

    return new(arguments.slug, arguments.course)


def _lessons_record(arguments: Namespace) -> int:
    from webapp.lesson_commands import record

    return record(arguments.folder, arguments.on)


def _lessons_verify(arguments: Namespace) -> int:
    from webapp.lesson_commands import verify

    return verify(arguments.folder, arguments.on)


def _add_kernel(command: ArgumentParser) -> None:
    command.add_argument(
        "--kernel", choices=tuple(VERSIONS), default=DEFAULT_VERSION, help="the kernel to be played (%(default)s)"
    )


def _serve(arguments: Namespace) -> int:
    if arguments.version:
        from importlib.metadata import version

        print(f"hookwalk {version('hookwalk')}")
        return 0
    from webapp.server.app import serve

    live = None
    if arguments.live:
        from webapp.livekernel import real

        problem = real.obstacle()
        if problem is not None:
            print(f"hookwalk: --live: {problem}", file=sys.stderr)
            return EXIT_REFUSED
        live = _on_this_kernel
    shelf = None
    if arguments.lessons is not None:
        from webapp.lessons.course import Shelf

        if not arguments.lessons.is_dir():
            print(f"hookwalk: --lessons: {arguments.lessons} is no folder", file=sys.stderr)
            return EXIT_REFUSED
        shelf = Shelf(arguments.lessons, watched=True)
    from webapp.server.environment import database
    from webapp.store.database import DatabaseError

    try:
        kept = database(arguments.data)
    except DatabaseError as error:
        print(f"hookwalk: {error}", file=sys.stderr)
        return EXIT_REFUSED
    serve(arguments.host, arguments.port, kept, live, shelf)
    return 0


def _on_this_kernel(script: str) -> tuple[str, str]:
    """Runs a built-in lab's script on this machine's kernel: its version and what was printed."""
    from tempfile import NamedTemporaryFile

    from webapp.livekernel import real

    with NamedTemporaryFile("w", suffix=".sh") as file:
        file.write(script)
        file.flush()
        return real.kernel_version(), real.run(Path(file.name))


def _run(arguments: Namespace) -> int:
    from webapp.lab.lab import Lab

    lab = Lab(str(arguments.lab), kernel=arguments.kernel)
    code = _refusals(lambda: _print_entries(lab, arguments.lab.read_text(errors="replace")), arguments.lab)
    if arguments.files is not None:
        _write_files(lab, arguments.files)
    return code


def _write_files(lab: Lab, folder: Path) -> None:
    """Writes a lab's files into ``folder``, under the last part of their names: a lab names no place outside of it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in lab.files.items():
        if Path(name).name not in ("", ".", ".."):
            (folder / Path(name).name).write_bytes(content)


def _print_entries(lab: Lab, text: str) -> None:
    for entry in lab.run(text):
        sys.stdout.write(entry.transcript)
        sys.stdout.flush()


def _walk(arguments: Namespace) -> int:
    from webapp.lab.lab import Lab
    from webapp.lab.tree import Detail, lines

    lab = Lab(str(arguments.lab), record=True, kernel=arguments.kernel)
    code = _refusals(lambda: lab.append(arguments.lab.read_text(errors="replace")), arguments.lab)
    walks = [entry.probe.walk for entry in lab.entries if entry.probe is not None]
    if arguments.json:
        import msgspec

        sys.stdout.write(msgspec.json.encode(walks).decode() + "\n")
    else:
        for walk in walks:
            for line in lines(walk, Detail(arguments.detail)):
                print(line)
    return code


def _why(arguments: Namespace) -> int:
    from webapp.workshop.operations import OperationError
    from webapp.workshop.report import place, report

    def work() -> None:
        text = arguments.lab.read_text(errors="replace")
        sys.stdout.writelines(report(text, arguments.probe, place(arguments.hook), arguments.kernel))

    try:
        return _refusals(work, arguments.lab)
    except OperationError as error:
        print(f"hookwalk: {error}", file=sys.stderr)
        return EXIT_REFUSED


def _verify(arguments: Namespace) -> int:
    from webapp.verify import verify, verify_functions

    if arguments.functions:
        return verify_functions(arguments.labs, arguments.on, timeout=arguments.timeout)
    return verify(arguments.labs, arguments.on, full=arguments.full, timeout=arguments.timeout)


def _export(arguments: Namespace) -> int:
    from webapp.lab.lab import Lab

    lab = Lab(str(arguments.lab), record=True, kernel=arguments.kernel)
    code = _refusals(lambda: lab.append(arguments.lab.read_text(errors="replace")), arguments.lab)
    if code:
        return code
    number = arguments.probe - 1
    probes = [entry.probe for entry in lab.entries if entry.probe is not None]
    if arguments.format != "script" and not 0 <= number < len(probes):
        print(
            f"hookwalk: {arguments.lab} has {len(probes)} probes, and none of number {arguments.probe}", file=sys.stderr
        )
        return EXIT_REFUSED
    try:
        arguments.output.write_bytes(_exported(arguments, lab, number))
    except OSError as problem:
        print(f"hookwalk: {problem}", file=sys.stderr)
        return EXIT_REFUSED
    return 0


def _exported(arguments: Namespace, lab: Lab, number: int) -> bytes:
    if arguments.format == "script":
        return lab.script.encode()
    if arguments.format == "pcapng":
        from webapp.workshop.capture import whole_capture

        probe = [entry.probe for entry in lab.entries if entry.probe is not None][number]
        return whole_capture(probe.walk, probe.topology)
    from webapp.server.labs import lab_state
    from webapp.server.standalone import player_data, standalone

    title = arguments.title or arguments.lab.stem
    return standalone(player_data(lab_state(lab, "", title, None), lab, number, arguments.step))


def _snapshot(arguments: Namespace) -> int:
    from webapp.snapshot import ListingError, snapshot

    try:
        script = snapshot()
    except (ListingError, OSError) as problem:
        print(f"hookwalk: {problem}", file=sys.stderr)
        return EXIT_REFUSED
    if arguments.output is None:
        sys.stdout.write(script)
    else:
        arguments.output.write_text(script)
    return 0


def _refusals(work: Callable[[], object], lab: Path) -> int:
    """Runs ``work``; where the lab is refused, says so on stderr."""
    from webapp.kernel.machine import LimitError
    from webapp.userland.shell import ScriptError

    try:
        work()
    except ScriptError as error:
        print(f"{lab}:{error}", file=sys.stderr)
    except (LimitError, OSError) as error:
        print(f"hookwalk: {error}", file=sys.stderr)
    else:
        return 0
    return EXIT_REFUSED


if __name__ == "__main__":
    sys.exit(main())
