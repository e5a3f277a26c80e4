"""A batch: messages with the places that their fields were typed at."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables.cache import RulesetCache
from webapp.userland.nftables.datatype import Names
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.evaluate.rule import RuleEvaluator
from webapp.userland.nftables.location import NOWHERE, Location
from webapp.userland.nftables.rule import Handle

CREATE = uapi.NLM_F_CREATE


class Placed(Struct, frozen=True):
    """A message, and where its fields were typed; ``expressions`` and ``elements`` one by one."""

    message: uapi.Message
    where: Location
    fields: dict[str, Location] = field(default_factory=dict)
    expressions: tuple[Location, ...] = ()
    elements: tuple[Location, ...] = ()
    host_order: tuple[bool, ...] = ()

    def locate(self, attribute: str, index: int) -> Location:
        """The place of a field that the kernel complains of."""
        several = {"expressions": self.expressions, "elements": self.elements}.get(attribute, ())
        if 0 <= index < len(several) and several[index].start >= 0:
            return several[index]
        return self.fields.get(attribute, self.where)


class SeveralError(NftError):
    """Several errors of one command."""

    errors: tuple[NftError, ...]

    def __init__(self, errors: Sequence[NftError]) -> None:
        first = errors[0]
        super().__init__(first.message, first.location, first.second)
        self.errors = tuple(
            error for group in errors for error in (group.errors if isinstance(group, SeveralError) else (group,))
        )


def places(handle: Handle) -> dict[str, Location]:
    """Where the parts of a handle stand; the name of a message is its most special part."""
    found = {"table": handle.table.location}
    for attribute, spec in (
        ("chain", handle.chain),
        ("set", handle.set),
        ("name", handle.chain),
        ("name", handle.set),
        ("name", handle.obj),
        ("name", handle.flowtable),
    ):
        if spec:
            found[attribute] = spec.location
    if handle.handle:
        found["handle"] = handle.handle.location
    if handle.position:
        found["position"] = handle.position.location
    found.setdefault("name", handle.table.location)
    return found


class BatchEvaluator(RuleEvaluator):
    """Evaluates commands one after the other into one batch."""

    def __init__(self, cache: RulesetCache, names: Names) -> None:
        super().__init__(cache, names)
        self.ruleset = cache
        self.batch: list[Placed] = []
        self.where = NOWHERE
        self.rule_id = 0

    def emit(self, message: uapi.Message, handle: Handle, **more: tuple[Location, ...] | tuple[bool, ...]) -> None:
        self.batch.append(Placed(message, self.where, places(handle), **more))  # type: ignore[arg-type]

    def require_table(self) -> None:
        handle = self.cmd.handle
        if not self.ruleset.table(handle.family, handle.table.name):
            raise self.table_not_found()
