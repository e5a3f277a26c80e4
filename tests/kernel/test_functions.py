"""The model's walks against ftrace's: the same functions in the same order, while the same probes run."""

import re
from collections.abc import Iterator

import pytest

from tests import kit
from webapp.kernel.trace import StepKind, Walk
from webapp.lab.lab import Lab

# The hook points of netfilter and tc, what sends a packet sideways, the drivers' transmit and the receive core.
HOOK_POINTS = frozenset((
    "__dev_queue_xmit", "__netif_receive_skb_core", "arp_rcv", "dev_hard_start_xmit", "icmp_rcv", "ip_forward",
    "ip_local_deliver", "ip_output", "ip_rcv", "loopback_xmit", "nf_do_netdev_egress", "nft_do_chain_arp",
    "nft_do_chain_inet", "nft_do_chain_inet_ingress", "nft_do_chain_ipv4", "nft_do_chain_netdev",
    "nft_fwd_netdev_eval", "tc_run", "tcf_mirred_to_dev", "veth_xmit",
))  # fmt: skip

RECORDED = [name for name in kit.group("path") if (kit.CASES / "functions" / f"{name}.txt").exists()]


def recorded_walks(name: str) -> Iterator[tuple[str, list[str]]]:
    """Per probe its command, and the functions of HOOK_POINTS in the order in which they were called."""
    text = (kit.CASES / "functions" / f"{name}.txt").read_text()
    for block in text.split("### ")[1:]:
        command, _, calls = block.partition("\n")
        names = re.findall(r"^ *([a-z_0-9]+)[.a-z0-9]*\(\)", calls, re.MULTILINE)
        yield command, [called for called in names if called in HOOK_POINTS]


def called(walk: Walk) -> list[str]:
    """The functions of HOOK_POINTS that ran in a walk."""
    return [step.symbol for step in walk.steps if step.kind is StepKind.RUN and step.symbol in HOOK_POINTS]


def test_there_are_recordings_of_the_commit_s_path() -> None:
    assert len(RECORDED) == 11


@pytest.mark.parametrize("name", RECORDED)
def test_a_walk_calls_the_functions_that_ftrace_saw_in_the_same_order(name: str) -> None:
    lab = Lab(name, record=True)
    lab.append(kit.lab(name).read_text())
    walks = [(entry.command, called(entry.probe.walk)) for entry in lab.entries if entry.probe is not None]
    assert walks == list(recorded_walks(name))
