"""The model against what real kernels printed. `pytest tests/test_cases.py -k NAME` shows where a lab differs."""

from collections import Counter

import pytest

from tests import kit
from webapp.livekernel.compare import compare

# Of the labs of the whole packet path: how many agree, differ, or ask for what is refused. To be noted anew when the
# model learns something.
REST = {"agree": 0, "differ": 0, "refused": 0}


@pytest.mark.parametrize("name", kit.group("path"))
def test_the_model_prints_what_the_kernel_printed(name):
    differences = compare(kit.kernel_output(name), kit.model_output(name)).differences
    assert not differences, "\n" + "\n".join(map(str, differences))


def outcome(name: str) -> str:
    """How a lab fares. Refused: a command fails in the model that did not fail on the kernel."""
    comparison = compare(kit.kernel_output(name), kit.model_output(name))
    if comparison.agrees:
        return "agree"
    failures = (one for one in comparison.differences if one.subject.startswith("rc at line "))
    return "refused" if any(one.real is None for one in failures) else "differ"


def test_the_labs_beyond_the_model_fare_as_noted():
    assert Counter(map(outcome, kit.group("rest"))) == Counter(REST)
