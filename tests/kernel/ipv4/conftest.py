"""Fixtures of the tests of IPv4."""

import pytest

from tests.kernel.ipv4.topology import PAIR, ROUTER, Topology, build


@pytest.fixture
def pair() -> Topology:
    return build(PAIR)


@pytest.fixture
def router() -> Topology:
    return build(ROUTER)
