"""The functions that a packet went through: what ftrace saw of a kernel, and what a walk of the model shows.

Both are compared as trees, restricted to the functions that the model plays and that the trace could see.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from webapp.kernel import boot  # noqa: F401 - has every function of the model defined
from webapp.kernel.kfunc import SITES
from webapp.kernel.trace import StepKind, Walk

Calls = list[tuple[int, str]]
"""Functions in the order of their calls, each with its depth."""

_CALL = re.compile(r"^( *)(\w+)(?:\.\w+)*(?: \[\w+\])?\(\)", re.MULTILINE)
_INDENT = 2

MARK = "@@@ functions\n"
"""What stands before the traces in what a lab prints with TRACING."""
# Modules whose functions are to be seen from the first probe on.
_MODULES = "nf_tables nft_chain_nat nf_conntrack nft_fib nft_reject_inet cls_matchall cls_flower act_gact act_skbedit"
PREPARE = f"""
modprobe -a {_MODULES} 2>/dev/null
mkdir -p /trace; mount -t tracefs tracefs /trace
echo 0 > /trace/tracing_on
awk 'NR == FNR {{ wanted[$1] = 1; next }} {{ name = $1; sub(/\\..*/, "", name); if (name in wanted) print $1 }}' \\
  /etc/functions /trace/available_filter_functions > /tmp/filter
: > /trace/set_ftrace_filter
while read name; do echo $name >> /trace/set_ftrace_filter; done < /tmp/filter
echo function_graph > /trace/current_tracer
for option in duration cpu overhead irqs tail; do echo nofuncgraph-$option > /trace/trace_options; done
"""
AFTER = f"""echo "{MARK.strip()}"; cat /tmp/functions; : > /tmp/functions"""
ENVIRONMENT = r"""
__traced=
__stop_tracing() {
  [ "$__traced" ] || return 0
  echo 0 > /trace/tracing_on
  { echo "### $__traced"; cat /trace/trace; } >> /tmp/functions
  __traced=
}
__start_tracing() {
  case $1 in
    ping\ * | *\ ping\ * | *arping\ * | *mausezahn\ * | *trafgen\ *)
      __traced=$1
      echo > /trace/trace
      echo 1 > /trace/tracing_on ;;
  esac
}
trap '__stop_tracing; __before_command "$BASH_COMMAND"; __start_tracing "$BASH_COMMAND"' DEBUG
trap __stop_tracing EXIT
"""


@dataclass(frozen=True, slots=True)
class Trace:
    """The calls that one probe caused."""

    command: str
    calls: Calls


def read_traces(text: str) -> Iterator[Trace]:
    """Traces of function_graph without times, after a line ``### COMMAND`` for each probe."""
    for block in text.split("### ")[1:]:
        command, _, calls = block.partition("\n")
        yield Trace(command, [(len(indent) // _INDENT, name) for indent, name in _CALL.findall(calls)])


def walk_calls(walk: Walk) -> Calls:
    """The functions that ran in a walk; hooks that were passed by are none."""
    inside: list[int] = []
    calls = []
    for step in walk.steps:
        while inside and step.number > inside[-1]:
            inside.pop()
        if step.kind is StepKind.RUN:
            calls.append((len(inside), step.symbol))
            inside.append(step.last)
    return calls


def played() -> frozenset[str]:
    """Every function that the model plays."""
    return frozenset(site.symbol for site in SITES)


def restricted(calls: Iterable[tuple[int, str]], names: Collection[str]) -> Calls:
    """Only the calls of ``names``, with their depth among themselves.

    An nf_hook_slow that calls nothing is left out: it may be the empty hook of a security module.
    """
    inside: list[int] = []
    kept = []
    for depth, name in calls:
        while inside and inside[-1] >= depth:
            inside.pop()
        if name in names:
            kept.append((len(inside), name))
            inside.append(depth)
    return [
        call
        for call, after in zip(kept, [*kept[1:], (0, "")], strict=False)
        if call[1] != "nf_hook_slow" or after[0] > call[0]
    ]


def indented(calls: Calls) -> list[str]:
    """One line a call."""
    return [" " * _INDENT * depth + name for depth, name in calls]
