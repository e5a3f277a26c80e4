"""What every Python test gets."""

from hypothesis import HealthCheck, settings

# Same examples on every run and machine; speed of a shared machine is no property of the code.
settings.register_profile("repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")
