"""The model, playing each kernel, against what that kernel printed. `-k NAME` shows where a lab differs."""

import pytest

from tests import kit
from webapp.livekernel.compare import compare

KERNELS = ("6.18", "6.12", "6.1")

PENDING = {
    "305-pedit.vm": "pedit",
    "307-act-vlan-push-pop.vm": "the vlan action",
    "r0010": "an ICMP error about a packet that was redirected",
    "r0019": "ICMP errors under masquerade",
}
"""Labs that the model cannot play yet, and for want of what; each is expected to differ on some kernel."""

RECORDED = [
    (name, kernel)
    for name in (*kit.group("path"), *kit.group("rest"))
    for kernel in KERNELS
    if kit.recording(name, kernel) is not None
]


def differences(name: str, kernel: str) -> list[str]:
    real = kit.recording(name, kernel)
    assert real is not None
    return [str(one) for one in compare(real, kit.model_output(name, kernel)).differences]


@pytest.mark.parametrize(("name", "kernel"), [pair for pair in RECORDED if pair[0] not in PENDING])
def test_the_model_prints_what_the_kernel_printed(name, kernel):
    found = differences(name, kernel)
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("name", PENDING)
def test_what_is_pending_still_differs(name):
    assert any(differences(name, kernel) for lab, kernel in RECORDED if lab == name), "take it off the list"
