"""What every Python test gets."""

import pytest
from hypothesis import HealthCheck, settings

from webapp.workshop import remedies

# Same examples on every run and machine; speed of a shared machine is no property of the code.
settings.register_profile("repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _a_search_has_all_the_time_it_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    """What "Why not?" finds in a test does not depend on how fast the machine is; its number of edits is limited."""
    monkeypatch.setattr(remedies, "SECONDS", 1e6)
    monkeypatch.setattr(remedies, "SECONDS_OF_TEXTS", 1e6)
