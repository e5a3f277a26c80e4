"""The collector waits while machines are made, and is left as it was found."""

import gc
from collections.abc import Iterator

import pytest

from webapp import cli
from webapp.lab.collector import collecting_nothing


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.enable()


def test_the_command_looks_for_garbage_less_often_than_python_does(capsys: pytest.CaptureFixture[str]) -> None:
    gc.set_threshold(700, 10, 10)
    assert cli.main(["--version"]) == 0
    assert gc.get_threshold()[0] > 700
    assert capsys.readouterr().out.startswith("hookwalk")


def test_nothing_is_collected_in_between_and_all_is_again_afterwards() -> None:
    with collecting_nothing():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_is_on_again_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), collecting_nothing():
        _ = 1 // 0
    assert gc.isenabled()


def test_who_has_switched_the_collector_off_finds_it_off() -> None:
    gc.disable()
    with collecting_nothing():
        pass
    assert not gc.isenabled()
