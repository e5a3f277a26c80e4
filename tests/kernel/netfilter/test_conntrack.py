"""Connection tracking, NAT and the conntrack command against what Linux 6.18 (flowtables: 6.12) printed."""

import re
from pathlib import Path

import pytest

from webapp.kernel.boot import boot
from webapp.kernel.netfilter.nfnetlink import nfnetlink_rcv_batch
from webapp.kernel.uapi.netfilter import NF_INET_FORWARD, NFPROTO_IPV4
from webapp.kernel.uapi.nf_tables import NFT_CT_STATE, Ct, DelTable, Hook, NewChain, NewRule, NewTable
from webapp.lab.lab import Lab
from webapp.livekernel.compare import compare

LABS = Path(__file__).parent / "labs"
COMMAND = "conntrack-command"


def run(name: str) -> str:
    script = (LABS / f"{name}.sh").read_text()
    return "".join(entry.transcript for entry in Lab(name).run(script))


@pytest.mark.parametrize("name", sorted(path.stem for path in LABS.glob("*.sh")))
def test_the_lab_prints_what_the_kernel_printed(name: str) -> None:
    differences = compare((LABS / f"{name}.out").read_text(), run(name)).differences
    assert not differences, "\n".join(map(str, differences))


def entries(output: str) -> list[str]:
    """Lines about connections without what no two runs share: order within a listing, numbers, seconds."""
    lines: list[str] = []
    listing: list[str] = []
    for line in output.splitlines():
        if " src=" in line:
            listing.append(re.sub(r"\b(id=)\d+|^(\S+ +\d+ +)\d+(?= )", r"\1\2N", line))
        else:
            lines += [*sorted(listing), line] if line.startswith(("conntrack", "rc=")) else sorted(listing)
            listing = []
    return lines + sorted(listing)


def test_conntrack_prints_what_conntrack_tools_1_4_7_printed() -> None:
    assert entries(run(COMMAND)) == entries((LABS / f"{COMMAND}.out").read_text())


# --- cost ---------------------------------------------------------------------------------------------------------

RULE = (
    NewTable(NFPROTO_IPV4, "f"),
    NewChain(NFPROTO_IPV4, "f", "c", Hook(NF_INET_FORWARD, 0)),
    NewRule(NFPROTO_IPV4, "f", "c", (Ct(NFT_CT_STATE, 1),)),
)


def test_a_namespace_without_a_ct_rule_has_no_hook_of_connection_tracking() -> None:
    net = boot().init_net
    assert not net.nf.hooks


def test_the_hooks_come_with_the_first_ct_rule_and_go_with_the_last() -> None:
    net = boot().init_net
    nfnetlink_rcv_batch(net, RULE)
    there = {ops.hook.__name__ for entries in net.nf.hooks.values() for ops in entries}
    assert {"ipv4_conntrack_defrag", "ipv4_conntrack_in", "ipv4_conntrack_local", "nf_confirm"} <= there
    nfnetlink_rcv_batch(net, [DelTable(NFPROTO_IPV4, "f")])
    assert not net.nf.hooks


# --- walks --------------------------------------------------------------------------------------------------------

MASQUERADE = (LABS / "dnat-port-forward.sh").read_text()


def test_a_walk_tells_the_state_and_what_nat_makes_of_the_packet() -> None:
    walks = [entry.probe.walk for entry in Lab("walk", record=True).run(MASQUERADE) if entry.probe is not None]
    states = {state.ct for state in walks[0].states}
    first, translated = "NEW udp 10.1.0.1:1000 > 10.1.0.254:8080", "(replies 10.2.0.1:2000 > 10.2.0.254:1000)"
    assert {"", first, f"{first} {translated}"} <= states
    notes = [type(note).__name__ for step in walks[0].steps for note in step.notes]
    assert "Tracked" in notes
    assert "Translated" in notes
