"""A bench takes the place of the IP layer; what stood there comes back after each test."""

from collections.abc import Iterator

import pytest

from webapp.kernel.core.dev import PTYPE_BASE


@pytest.fixture(autouse=True)
def _ptype_base() -> Iterator[None]:
    before = dict(PTYPE_BASE)
    yield
    PTYPE_BASE.clear()
    PTYPE_BASE.update(before)
