"""The model, playing each kernel, against what that kernel printed. `-k NAME` shows where a lab differs."""

import pytest

from tests import kit
from webapp.livekernel.compare import compare

KERNELS = ("6.18", "6.12", "6.1")

RECORDED = [
    (name, kernel)
    for name in (*kit.group("path"), *kit.group("rest"))
    for kernel in KERNELS
    if kit.recording(name, kernel) is not None
]


@pytest.mark.parametrize(("name", "kernel"), RECORDED)
def test_the_model_prints_what_the_kernel_printed(name, kernel):
    real = kit.recording(name, kernel)
    assert real is not None
    found = compare(real, kit.model_output(name, kernel)).differences
    assert not found, "\n" + "\n".join(map(str, found))
