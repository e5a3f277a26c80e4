"""nft: reads commands, tells the kernel, lists its answers (nftables src/main.c, libnftables.c; nft(8)).

It behaves as nft 1.0.6 of Debian 12. Of ``monitor`` there is ``monitor trace``, which runs until somebody ends it:
``timeout 5 nft monitor trace &``.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nfnetlink import BatchError, nfnetlink_rcv_batch
from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.jobs import Result
from webapp.userland.nftables.batch.batch import Placed, SeveralError
from webapp.userland.nftables.cache import RulesetCache
from webapp.userland.nftables.commands import Compiler
from webapp.userland.nftables.datatype import Output
from webapp.userland.nftables.describe import describe
from webapp.userland.nftables.erec import MAX_ERRORS, NftError, Source
from webapp.userland.nftables.interface_names import InterfaceNames
from webapp.userland.nftables.listing import list_command
from webapp.userland.nftables.monitor import monitor, monitor_evaluate
from webapp.userland.nftables.netlink_debug import element_debug, rule_debug, set_debug
from webapp.userland.nftables.parser import parse
from webapp.userland.nftables.rule import FAMILY_NAMES, Cmd, CmdOp, MonitorDecl
from webapp.userland.process import Process

VERSION = "nftables v1.0.6 (Lester Gooch #5)\n"
_EXTENDED = f"{VERSION}  cli:\t\teditline\n  json:\t\tyes\n  minigmp:\tno\n  libxtables:\tyes\n"
_ASKING = frozenset((CmdOp.LIST, CmdOp.RESET, CmdOp.GET, CmdOp.DESCRIBE))

_FLAGS = {
    "a": "handle", "s": "stateless", "t": "terse", "S": "service", "u": "guid", "y": "numeric_priority",
    "p": "numeric_protocol", "T": "seconds",
}  # fmt: skip
_LONG = {
    "help": "h", "version": "v", "file": "f", "define": "D", "interactive": "i", "includepath": "I", "check": "c",
    "optimize": "o", "handle": "a", "stateless": "s", "terse": "t", "service": "S", "reversedns": "N", "guid": "u",
    "numeric": "n", "numeric-priority": "y", "numeric-protocol": "p", "numeric-time": "T", "echo": "e", "json": "j",
    "debug": "d",
}  # fmt: skip
_WITH_ARGUMENT = frozenset("fDId")
_REFUSED = {
    "i": "interactive", "e": "echo", "j": "json", "o": "optimize", "D": "define", "I": "includepath",
}  # fmt: skip
_DEBUG_LEVELS = ("scanner", "parser", "eval", "netlink", "mnl", "proto-ctx", "segtree", "all")


class _UsageError(Exception):
    """The command line is wrong; the text is nft's."""


class _Options(Struct):
    """The command line: what to run, and how to list."""

    output: Output = field(default_factory=Output)
    file: str | None = None
    check: bool = False
    netlink: bool = False
    shown: str | None = None
    commands: tuple[str, ...] = ()


def main(process: Process, argv: list[str]) -> Result:
    """The program; 0, or 1 after any error. With ``monitor`` it runs until somebody sends a signal."""
    try:
        options = _parse_arguments(argv)
    except _UsageError as error:
        process.stderr.write(f"{error}\n")
        return 1
    if options.shown is not None:
        process.stdout.write(options.shown)
        return 0
    if options.file is not None:
        if options.file not in {"-", "/dev/stdin"}:
            process.stderr.write(
                f'internal:0:0-0: Error: Could not open file "{options.file}": {Errno.ENOENT.strerror}\n\n\n'
            )
            return 1
        source = Source(process.stdin, "/dev/stdin")
    elif options.commands:
        source = Source(" ".join(options.commands) + "\n")
    else:
        process.stderr.write(f"{argv[0]}: no command specified\n")
        return 1
    options.output = replace(options.output, names=InterfaceNames(process.net))
    return run(process, source, options)


def run(process: Process, source: Source, options: _Options) -> Result:
    """Parses, evaluates and carries out an input; the exit code."""
    commands, errors = parse(source.text)
    errors += _carry_out(process, commands, options, only_check=bool(errors))
    for error in errors:
        process.stderr.write(source.report(error))
    watched = next((cmd.data for cmd in commands if isinstance(cmd.data, MonitorDecl)), None)
    return monitor(process, watched, options.output) if watched is not None and not errors else int(bool(errors))


def _carry_out(process: Process, commands: list[Cmd], options: _Options, *, only_check: bool) -> list[NftError]:
    """Evaluates the commands and, unless there are errors, gives answers and sends the batch.

    What stands behind ``monitor`` is not come to; what is before it waits for the end of the input, in vain.
    """
    changing = [cmd for cmd in commands if cmd.op not in _ASKING]
    cache = RulesetCache(process.net)
    compiler = Compiler(cache, options.output.names)
    errors: list[NftError] = []
    for cmd in changing:
        try:
            if isinstance(cmd.data, MonitorDecl):
                monitor_evaluate(cmd.data)
            else:
                compiler.command(cmd)
        except SeveralError as several:
            errors.extend(several.errors)
        except NftError as error:
            errors.append(error)
        if len(errors) >= MAX_ERRORS:
            break
    if errors or only_check:
        return errors[:MAX_ERRORS]
    for cmd in commands:
        if cmd.op is CmdOp.MONITOR:
            return []
        if cmd.op not in _ASKING:
            continue
        try:
            process.stdout.write(_answer(process, cmd, compiler, options))
        except NftError as error:
            return [error]
    return _send(process, compiler.finished(), options)


def _answer(process: Process, cmd: Cmd, compiler: Compiler, options: _Options) -> str:
    if cmd.op is CmdOp.DESCRIBE:
        return describe(cmd, options.output)
    return list_command(process.net, cmd, compiler, options.output, netlink=options.netlink)


def _send(process: Process, batch: list[Placed], options: _Options) -> list[NftError]:
    if not batch:
        return []
    if options.netlink:
        process.stdout.write("".join(_debug(placed.message) for placed in batch))
    known = RulesetCache(process.net)
    try:
        nfnetlink_rcv_batch(process.net, [placed.message for placed in batch], commit=not options.check)
    except BatchError as refused:
        return [_kernel_error(error, batch, known) for error in refused.errors]
    return []


def _debug(message: uapi.Message) -> str:
    """What ``--debug=netlink`` prints of a message that is sent."""
    if isinstance(message, uapi.NewSet):
        return f"{set_debug(message)}\n"
    if isinstance(message, uapi.NewSetElem):
        return f"{message.set} {message.table} 0\n{''.join(element_debug(elem) for elem in message.elements)}\n"
    return rule_debug(message) if isinstance(message, uapi.NewRule) else ""


def _kernel_error(error: KernelError, batch: list[Placed], known: RulesetCache) -> NftError:
    """The kernel's refusal, at what it complains of; names that are not there are compared with those that are."""
    where = error.where
    assert isinstance(where, uapi.BadAttr)
    placed = batch[where.message]
    location = placed.locate(where.attribute, where.index)
    if error.errno is Errno.ENOENT and (hint := _did_you_mean(where.attribute, placed.message, known)):
        return NftError(f"{error.errno.strerror}; did you mean {hint}?", location)
    return NftError(f"Could not process rule: {error.errno.strerror}", location)


def _did_you_mean(attribute: str, message: uapi.Message, known: RulesetCache) -> str | None:
    table = getattr(message, "table", "") or getattr(message, "name", "") or ""
    if attribute == "table" or (isinstance(message, uapi.DelTable) and attribute == "name"):
        near = known.near_table(table)
        return None if near is None else f"table ‘{near[1]}’ in family {FAMILY_NAMES[near[0]]}"
    chain = message.name if isinstance(message, uapi.DelChain) else getattr(message, "chain", None)
    if chain and attribute in {"chain", "name"}:
        chains = known.near_chain(chain)
        return None if chains is None else f"chain ‘{chains[2]}’ in table {FAMILY_NAMES[chains[0]]} ‘{chains[1]}’"
    if isinstance(message, uapi.DelSet) and message.name and attribute == "name":
        found = known.near_set(message.name)
        if found is not None:
            kind = "map" if found.is_map else "set"
            handle = found.handle
            family = FAMILY_NAMES[handle.family]
            return f"{kind} ‘{handle.set.name}’ in table {family} ‘{handle.table.name}’"
    return None


# --- the command line -----------------------------------------------------------------------------------------------


def _parse_arguments(argv: list[str]) -> _Options:
    options = _Options()
    at = 1
    while at < len(argv) and argv[at].startswith("-") and argv[at] != "-":
        word = argv[at]
        at += 1
        if word == "--":
            break
        for letter, value in _letters(argv[0], word):
            if letter in _WITH_ARGUMENT and value is None:
                if at >= len(argv):
                    raise _UsageError(f"{argv[0]}: option requires an argument -- '{letter}'")
                value = argv[at]  # noqa: PLW2901 # the next word is the option's
                at += 1
            _option(options, letter, value or "")
    options.commands = tuple(argv[at:])
    _check_order(argv, at)
    return options


def _letters(program: str, word: str) -> list[tuple[str, str | None]]:
    """An argument's options, each with its value where that is part of the same word."""
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        matches = [known for known in _LONG if known.startswith(name)]
        exact = name if name in _LONG else matches[0] if len(matches) == 1 else None
        if exact is None:
            raise _UsageError(f"{program}: unrecognized option '{word}'")
        return [(_LONG[exact], value if equals else None)]
    found: list[tuple[str, str | None]] = []
    for place, letter in enumerate(word[1:], 1):
        if letter not in {*_LONG.values(), "V"}:
            raise _UsageError(f"{program}: invalid option -- '{letter}'")
        if letter in _WITH_ARGUMENT:
            found.append((letter, word[place + 1 :] or None))
            break
        found.append((letter, None))
    return found


def _option(options: _Options, letter: str, value: str) -> None:
    if letter in _REFUSED:
        raise _UsageError(f"Error: option --{_REFUSED[letter]} is not supported here")
    if letter in _FLAGS:
        flag: dict[str, Any] = {_FLAGS[letter]: True}
        options.output = replace(options.output, **flag)
    elif letter == "n":
        options.output = replace(
            options.output, numeric_priority=True, numeric_protocol=True, seconds=True, numeric_symbol=True
        )
    elif letter == "f":
        options.file = value
    elif letter == "c":
        options.check = True
    elif letter == "d":
        _debug_levels(options, value)
    elif letter in "vVh":
        options.shown = {"v": VERSION, "V": _EXTENDED, "h": USAGE}[letter]


def _debug_levels(options: _Options, value: str) -> None:
    for level in value.split(","):
        if level not in _DEBUG_LEVELS:
            raise _UsageError(f"invalid debug parameter `{level}'")
        if level != "netlink":
            raise _UsageError(f"Error: --debug={level} is not supported here")
        options.netlink = True


def _check_order(argv: list[str], at: int) -> None:
    """Options stand before commands."""
    for place in range(at + 1, len(argv)):
        word = argv[place]
        if word.startswith("-") and len(word) > 1 and not word[1].isdigit():
            line = argv[0] + "".join(f" {part}" for part in argv[1:]) + " "
            first = len(argv[0]) + 1 + sum(len(part) + 1 for part in argv[1:place])
            marks = " " * len(argv[0]) + "^"
            raise _UsageError(
                "Error: syntax error, options must be specified before commands\n"
                f"{line}\n{marks}{' ' * (first - len(marks))}{'~' * len(word)}"
            )


USAGE = """\
Usage: nft [ options ] [ cmds... ]

Options (general):
  -h, --help                      Show this help
  -v, --version                   Show version information
  -V                              Show extended version information

Options (ruleset input handling):
  -f, --file <filename>           Read input from <filename>
  -D, --define <name=value>       Define variable, e.g. --define foo=1.2.3.4
  -i, --interactive               Read input from interactive CLI
  -I, --includepath <directory>   Add <directory> to the paths searched for include files. Default is: /etc
  -c, --check                     Check commands validity without actually applying the changes.
  -o, --optimize                  Optimize ruleset

Options (ruleset list formatting):
  -a, --handle                    Output rule handle.
  -s, --stateless                 Omit stateful information of ruleset.
  -t, --terse                     Omit contents of sets.
  -S, --service                   Translate ports to service names as described in /etc/services.
  -N, --reversedns                Translate IP addresses to names.
  -u, --guid                      Print UID/GID as defined in /etc/passwd and /etc/group.
  -n, --numeric                   Print fully numerical output.
  -y, --numeric-priority          Print chain priority numerically.
  -p, --numeric-protocol          Print layer 4 protocols numerically.
  -T, --numeric-time              Print time values numerically.

Options (command output formatting):
  -e, --echo                      Echo what has been added, inserted or replaced.
  -j, --json                      Format output in JSON
  -d, --debug <level [,level...]> Specify debugging level (scanner, parser, eval, netlink, mnl, proto-ctx, segtree, all)

"""
