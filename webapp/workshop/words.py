"""Commands as labs write them."""

from __future__ import annotations

from collections.abc import Sequence


def ip(netns: str, words: str) -> str:
    """An ip command in a namespace."""
    return _with_netns("ip", netns, words)


def tc(netns: str, words: str) -> str:
    """A tc command in a namespace."""
    return _with_netns("tc", netns, words)


def _with_netns(program: str, netns: str, words: str) -> str:
    return f"{program} -n {netns} {words}" if netns else f"{program} {words}"


def netns_exec(netns: str, command: str) -> str:
    """Another program in a namespace."""
    return f"ip netns exec {netns} {command}" if netns else command


def heredoc(command: str, lines: Sequence[str]) -> str:
    """A command with a here-document, under a delimiter that none of its lines is."""
    delimiter = next(
        word for word in ("X", "RULES", "END_OF_RULES", *map("X{}".format, range(99))) if word not in lines
    )
    return "\n".join((f"{command} <<'{delimiter}'", *lines, delimiter))
