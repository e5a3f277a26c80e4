"""A lab on this machine's kernel, a snapshot of it, and the snapshot in the model: both list the same."""

import re
import sys
from pathlib import Path

import pytest

from tests import kit
from webapp.lab.lab import Lab
from webapp.livekernel import real

OBSTACLE = real.obstacle((*real.COMMANDS, "nsenter", "bridge"))
needs_kernel = pytest.mark.skipif(OBSTACLE is not None, reason=f"no labs on this kernel: {OBSTACLE}")
ROOT = kit.TESTS.parent

CASES = (
    "010-tc-redirect-host-to-container",
    "030-vxlan-overlay-and-underlay",
    "050-container-egress-policy",
    "063-bridge-tc-redirect-port",
    "072-forward-off",
    "086-lo-down",
    "100-masquerade",
    "124-u32-offsets",
    "142-dynamic-set",
    "144-six-hops",
    "172-nat66",
    "176-udp-over-ipv6",
    "146-arp-proxy",
    "r0031",
)

_PROBES = re.compile(
    r"(?:ip netns exec \S+ )?(?:timeout \S+ )?(?:ping|mausezahn|arping|nc|sleep|wait|kill|tcpdump|conntrack)\b"
)
_LISTINGS = re.compile(r"ip (?:-n \S+ )?-s link|tc (?:-n \S+ )?-s |.*nft (?:-a )?(?:list|monitor|reset)")
_SNAPSHOT = "@@@ snapshot"
_AROUND = "@@@ listings"


def listings(netns: str) -> list[str]:
    inside = f"ip netns exec {netns} " if netns else ""
    n = f"-n {netns} " if netns else ""
    return [
        f"echo '@@ {netns} link'", f"ip {n}-br link", f"echo '@@ {netns} addr'", f"ip {n}-br addr",
        f"echo '@@ {netns} route'", f"ip {n}-4 route show table all", f"ip {n}-6 route show table all",
        f"echo '@@ {netns} rule'", f"ip {n}rule show", f"echo '@@ {netns} neigh'", f"ip {n}neigh show nud permanent",
        f"echo '@@ {netns} nft'", f"{inside}nft -s list ruleset", f"echo '@@ {netns} qdisc'", f"tc {n}qdisc show",
    ]  # fmt: skip


def on_the_kernel(script: str, folder: Path) -> tuple[dict[str, list[str]], str]:
    """What is listed at the end of a lab's set-up, and the snapshot that is taken there."""
    lines = [line for line in script.splitlines() if not _PROBES.match(line) and not _LISTINGS.match(line)]
    names = re.findall(r"^ip netns add (\S+)", script, re.MULTILINE)
    commands = [f"echo '{_AROUND}'", *(line for name in ("", *names) for line in listings(name))]
    commands += [filters(name) for name in ("", *names)]
    commands += [f"echo '{_SNAPSHOT}'", f"cd {ROOT}", f"PYTHONPATH={ROOT} {sys.executable} -m webapp.cli snapshot"]
    lab = folder / "lab.sh"
    rest = (
        3 if re.search(r"addr add [0-9a-f]*:", script) else 1.2
    )  # the kernel's work on links; IPv6 asks for duplicates
    lab.write_text("\n".join([*lines, f"sleep {rest}", *commands]) + "\n")
    output = real.run_plainly(lab, timeout=60)
    listed, _, snapshot = output.partition(_AROUND)[2].partition(f"{_SNAPSHOT}\n")
    return parts(listed), snapshot


def filters(netns: str) -> str:
    n = f"-n {netns} " if netns else ""
    return (
        f"tc {n}qdisc show | while read -r _ kind _ _ dev _; do for side in ingress egress; do "
        f'[ $kind = clsact ] && echo "@@ {netns} tc $dev $side" && tc {n}filter show dev $dev $side; done; done'
    )


def in_the_model(snapshot: str, wanted: dict[str, list[str]]) -> dict[str, list[str]]:
    lab = Lab("snapshot.sh")
    failed = [entry for entry in lab.run(snapshot) if entry.code]
    assert not failed, [(entry.command, entry.output) for entry in failed]
    names = [re.sub(r" \S+$", "", head)[3:] for head in wanted if head.endswith(" link")]
    output = "".join(entry.output for name in names for entry in lab.append("\n".join(listings(name))))
    for head in wanted:
        if " tc " in head:
            netns, _, dev, side = head[3:].split(" ")
            n = f"-n {netns} " if netns else ""
            output += f"{head}\n" + "".join(e.output for e in lab.append(f"tc {n}filter show dev {dev} {side}"))
    return parts(output)


def parts(text: str) -> dict[str, list[str]]:
    """Lines by what lists them, without what no two machines share: numbers of interfaces, handles, their order."""
    found: dict[str, list[str]] = {}
    head = ""
    for raw in text.splitlines():
        if raw.startswith("@@ "):
            head = raw
            found[head] = []
        elif raw.strip() and not raw.startswith("qdisc no"):  # noqueue and noop tell of the past, too
            line = re.sub(r"@if\d+|@\w+", "", raw)
            line = re.sub(
                r"\b(index|fh|handle|order|id|tag|refcnt|ref|bind) \S+|not_in_hw|terminal flowid|key ht \S+", "", line
            )
            found[head].append(" ".join(line.split()))
    unordered = (" link", " addr", " neigh", " route", " qdisc")
    return {head: sorted(lines) if head.endswith(unordered) else lines for head, lines in found.items()}


@needs_kernel
@pytest.mark.parametrize("name", CASES)
def test_the_snapshot_of_a_lab_lists_in_the_model_what_the_kernel_listed(name: str, tmp_path: Path) -> None:
    listed, snapshot = on_the_kernel(kit.lab(name).read_text(), tmp_path)
    assert any(lines for lines in listed.values()), snapshot
    assert in_the_model(snapshot, listed) == listed, snapshot
