"""The labs that come with the program: each shows statements of the commit that introduced the egress hook.

The numbers S1 … S12 are those of docs/architecture.md. A lab's summary is the comment at the head of its script.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

RECORDED_ON = ("6.18", "6.12", "6.1")


@dataclass(frozen=True, slots=True)
class Builtin:
    """One built-in lab. ``twin`` is the slug of the lab to compare it with, or empty."""

    slug: str
    title: str
    statements: tuple[str, ...]
    twin: str = ""

    @property
    def script(self) -> str:
        """The lab's text."""
        return files(__package__).joinpath("builtin", f"{self.slug}.sh").read_text()

    @property
    def recordings(self) -> dict[str, str]:
        """What real kernels printed for the script, by version, in the convention of the cases."""
        found = files(__package__).joinpath("builtin", "recorded")
        outputs = {version: found.joinpath(version, f"{self.slug}.out") for version in RECORDED_ON}
        return {version: output.read_text() for version, output in outputs.items() if output.is_file()}

    @property
    def summary(self) -> str:
        """The comment lines at the head of the script, as one paragraph."""
        lines = []
        for line in self.script.splitlines():
            if not line.startswith("# "):
                break
            lines.append(line.removeprefix("# "))
        return " ".join(lines)


BUILTINS = (
    Builtin("redirect", "Redirected past netfilter", ("S7",), twin="fwd"),
    Builtin("fwd", "Handed over inside netfilter", ("S8",), twin="redirect"),
    Builtin("physical", "Redirected to the physical interface", ("S7",)),
    Builtin("order", "netfilter above tc: the order at egress and ingress", ("S1",)),
    Builtin("container-policy", "A container's outbound policy", ("S2",)),
    Builtin("dsr", "Direct Server Return on one node", ("S3",)),
    Builtin("afpacket", "DHCP and ARP from AF_PACKET", ("S4",)),
    Builtin("gptp", "Only gPTP may leave", ("S5",)),
    Builtin("vxlan", "Both packets of a tunnel meet the hook", ("S9",)),
    Builtin("marks", "How tc and netfilter talk", ("S10",)),
    Builtin("nat64", "NAT64 at egress: a look ahead, not in Linux", ("S6",)),
)


@cache
def builtin(slug: str) -> Builtin | None:
    """The lab of that slug, or None."""
    return next((lab for lab in BUILTINS if lab.slug == slug), None)


def builtin_of_script(script: str) -> Builtin | None:
    """The lab whose text this is, to the character; None for every other script."""
    return next((lab for lab in BUILTINS if lab.script == script), None)
