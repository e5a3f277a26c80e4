"""Lists, and values passed on."""

from __future__ import annotations

from typing import Any, cast

from msgspec.structs import replace

from webapp.userland.nftables.location import Location
from webapp.userland.nftables.productions.production import Args, number
from webapp.userland.nftables.rule import Cmd


class SequenceActions:
    """Productions that only put together what others made."""

    def nothing(self, args: Args, loc: Location) -> list[Any]:
        return []

    def no_value(self, args: Args, loc: Location) -> None:
        return None

    def zero(self, args: Args, loc: Location) -> int:
        return 0

    def one(self, args: Args, loc: Location) -> list[Any]:
        return [args[0]]

    def item(self, args: Args, loc: Location) -> list[Any]:
        if isinstance(args[1], list):
            args[0].extend(args[1])
        elif args[1] is not None:
            args[0].append(args[1])
        return args[0]

    def line_cmd(self, args: Args, loc: Location) -> Cmd:
        """A command, which for nft includes the end of its line."""
        return replace(cast(Cmd, args[0]), location=loc)

    def more(self, args: Args, loc: Location) -> list[Any]:
        args[0].append(args[2])
        return args[0]

    def first(self, args: Args, loc: Location) -> Any:
        return args[0]

    def second(self, args: Args, loc: Location) -> Any:
        return args[1]

    def third(self, args: Args, loc: Location) -> Any:
        return args[2]

    def pair(self, args: Args, loc: Location) -> tuple[str, int]:
        return args[0].text, number(args[1])

    def bit_or(self, args: Args, loc: Location) -> int:
        return args[0] | args[2]

    def over(self, args: Args, loc: Location) -> int:
        return 1

    def positive(self, args: Args, loc: Location) -> int:
        return number(args[0])

    def negative(self, args: Args, loc: Location) -> int:
        return -number(args[1])

    def seconds(self, args: Args, loc: Location) -> int:
        return args[0] // 1000
