"""tc of iproute2 6.1 (tc/tc.c): global options, then one of the objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from webapp.userland.iproute2.arguments import FAILURE, USAGE, Arguments, Exit, lookup, matches, not_modelled
from webapp.userland.iproute2.ip import batch_lines
from webapp.userland.iproute2.ip_common import netns_switch
from webapp.userland.iproute2.m_action import do_action
from webapp.userland.iproute2.tc_common import Tc
from webapp.userland.iproute2.tc_filter import do_chain, do_filter
from webapp.userland.iproute2.tc_qdisc import do_qdisc
from webapp.userland.process import Process

USAGE_TEXT = """\
Usage:\ttc [ OPTIONS ] OBJECT { COMMAND | help }
\ttc [-force] -batch filename
where  OBJECT := { qdisc | class | filter | chain |
\t\t    action | monitor | exec }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[aw] |
\t\t    -o[neline] | -j[son] | -p[retty] | -c[olor]
\t\t    -b[atch] [filename] | -n[etns] name | -N[umeric] |
\t\t     -nm | -nam[es] | { -cf | -conf } path
\t\t     -br[ief] }
"""

VERSION = "tc utility, iproute2-6.1.0, libbpf 1.1.2\n"


def main(process: Process, argv: list[str]) -> int:
    """Runs ``tc`` with ``argv``; its exit code."""
    tc = Tc(process, process.net)
    try:
        return _main(tc, Arguments(argv[1:]))
    except Exit as end:
        tc.complain(end.message)
        return end.code


def _main(tc: Tc, args: Arguments) -> int:
    while args.peek().startswith("-"):
        option = args.peek()
        parse = lookup(OPTIONS, option)
        if parse is None:
            if not _color(option):
                raise Exit(USAGE, f'Option "{option}" is unknown, try "tc -help".\n')
        else:
            parse(tc, args)
        args.take()
    if tc.batch:
        return do_batch(tc)
    if not args:
        raise Exit(0, USAGE_TEXT)
    return do_cmd(tc, args)


def do_cmd(tc: Tc, args: Arguments) -> int:
    """Runs the command of an object."""
    name = args.take()
    run = lookup(OBJECTS, name)
    if run is None:
        raise Exit(USAGE, f'Object "{name}" is unknown, try "tc help".\n')
    return run(tc, args)


def do_class(tc: Tc, args: Arguments) -> int:
    """``tc class``: no qdisc of the model has classes to show or to make."""
    if args and not any(matches(args.peek(), name) for name in ("list", "show")):
        not_modelled("tc class")
    return 0


def _help(tc: Tc, args: Arguments) -> int:
    raise Exit(0, USAGE_TEXT)


def _refuse_object(name: str) -> Callable[[Tc, Arguments], int]:
    def refuse(tc: Tc, args: Arguments) -> int:
        not_modelled(f"tc {name}")

    return refuse


OBJECTS: dict[str, Callable[[Tc, Arguments], int]] = {
    "qdisc*": do_qdisc,
    "class*": do_class,
    "filter*": do_filter,
    "chain*": do_chain,
    "actions*": do_action,
    "monitor*": _refuse_object("monitor"),
    "exec*": _refuse_object("exec"),
    "help*": _help,
}


# Global options: the last word of each stays


def _count(attribute: str) -> Callable[[Tc, Arguments], None]:
    def increment(tc: Tc, args: Arguments) -> None:
        setattr(tc, attribute, getattr(tc, attribute) + 1)

    return increment


def _set(attribute: str) -> Callable[[Tc, Arguments], None]:
    def assign(tc: Tc, args: Arguments) -> None:
        setattr(tc, attribute, True)

    return assign


def _refuse(option: str) -> Callable[[Tc, Arguments], None]:
    def refuse(tc: Tc, args: Arguments) -> None:
        not_modelled(f'option "{option}"')

    return refuse


def _nothing(tc: Tc, args: Arguments) -> None:
    """Concerns rates or ``tc monitor`` only."""


def _version(tc: Tc, args: Arguments) -> None:
    tc.write(VERSION)
    raise Exit(0)


def _usage(tc: Tc, args: Arguments) -> None:
    raise Exit(0, USAGE_TEXT)


def _netns(tc: Tc, args: Arguments) -> None:
    args.take()
    tc.net = netns_switch(tc.process, args.peek() or "(null)")
    if not args:
        args.back()


def _batch(tc: Tc, args: Arguments) -> None:
    args.take()
    if not args:
        raise Exit(FAILURE, USAGE_TEXT)
    tc.batch = args.peek()


OPTIONS: dict[str, Callable[[Tc, Arguments], None]] = {
    "-stats*": _count("show_stats"),
    "-statistics*": _count("show_stats"),
    "-details*": _count("show_details"),
    "-raw*": _count("show_raw"),
    "-pretty*": _count("pretty"),
    "-graph*": _nothing,
    "-Version*": _version,
    "-iec*": _nothing,
    "-help*": _usage,
    "-force*": _set("force"),
    "-batch*": _batch,
    "-netns*": _netns,
    "-Numeric*": _refuse("-Numeric"),
    "-names*": _refuse("-names"),
    "-nm*": _refuse("-names"),
    "-cf*": _refuse("-conf"),
    "-conf*": _refuse("-conf"),
    "-timestamp*": _nothing,
    "-tshort*": _nothing,
    "-json*": _refuse("-json"),
    "-oneline*": _set("oneline"),
    "-brief*": _refuse("-brief"),
}
"""Global options in the order in which abbreviations find them; -color[=WHEN] comes before -timestamp."""


def _color(option: str) -> bool:
    """Whether it is -color[=WHEN]; colours themselves are not modelled."""
    name, _, when = option.partition("=")
    if not matches(name, "-color") or when not in ("", "always", "auto", "never"):
        return False
    if when in ("", "always"):
        not_modelled('option "-color"')
    return True


def do_batch(tc: Tc) -> int:
    """Runs the commands of stdin (``-``), one a line. The model has no files."""
    if tc.batch != "-":
        raise Exit(FAILURE, f'Cannot open file "{tc.batch}" for reading: No such file or directory\n')
    code = 0
    for number, words in _lines(tc):
        try:
            failed = do_cmd(tc, Arguments(words)) != 0
        except Exit as end:
            tc.complain(end.message)
            failed = end.code != 0
        if failed:
            tc.complain(f"Command failed {tc.batch}:{number}\n")
            code = FAILURE
            if not tc.force:
                break
    return code


def _lines(tc: Tc) -> Iterator[tuple[int, list[str]]]:
    return batch_lines(tc.process.stdin)
