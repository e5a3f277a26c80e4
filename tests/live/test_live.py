"""Random labs: what they are made of, how they are made smaller, and a few of them on this machine's kernel."""

import sys
from pathlib import Path

import pytest

from tests.live.__main__ import examine, in_model, main
from tests.live.generate import lab
from tests.live.networks import EVERY, Feature
from tests.live.shrink import shrink
from webapp.livekernel import real
from webapp.livekernel.config import read_config

SEEDS = range(1, 7)


def obstacle() -> str | None:
    """Why random labs cannot run here: they use these programs, and the egress hook."""
    config = read_config()
    if config is not None and "NETFILTER_EGRESS" not in config:
        return "no CONFIG_NETFILTER_EGRESS"
    return real.obstacle((*real.COMMANDS, "arping", "mausezahn", "conntrack", "bridge"))


OBSTACLE = obstacle()


@pytest.mark.skipif(OBSTACLE is not None, reason=f"no random labs on this kernel: {OBSTACLE}")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_lab_prints_the_same_on_this_kernel(seed):
    result = examine(f"seed {seed}", lab(seed))
    assert not result.stable or not result.differences, "\n".join(map(str, result.differences))


@pytest.mark.parametrize("seed", [0, 7])
def test_a_seed_gives_the_same_lab_each_time(seed):
    assert lab(seed) == lab(seed)


def test_a_feature_that_is_left_out_is_in_no_lab():
    labs = [lab(seed, EVERY - {Feature.VXLAN, Feature.MIRRED}) for seed in range(40)]
    assert not [text for text in labs if "type vxlan" in text or "action mirred" in text]
    assert any("type vxlan" in lab(seed) for seed in range(40))


def test_a_cable_that_is_out_for_a_moment_only_may_go_unnoticed():
    small = """
ip netns add a
ip netns add b
ip link add v0 netns a type veth peer name v1 netns b
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip netns exec a ping -c 1 -W 0.3 10.0.0.2
ip -n a link set v0 down
ip -n a link set v0 up
ip -n b neigh
"""
    assert "10.0.0.1" not in in_model(small).splitlines()[-1]
    assert "10.0.0.1" in in_model(small, links_wait=True).splitlines()[-1]


def test_no_lab_goes_in_circles():
    for seed in range(30):
        in_model(lab(seed))


def test_a_lab_is_shrunk_to_the_lines_that_matter():
    text = "a\nb\nnft -f - <<'X'\ntable t {\n\tchain c {\n\t\tone\n\t\ttwo\n\t}\n\tchain d {\n\t}\n}\nX\nc\n"
    small = shrink(text, lambda one: "b\n" in one and "two" in one)
    assert small == "b\nnft -f - <<'X'\ntable t {\n\tchain c {\n\t\ttwo\n\t}\n}\nX\n"


def test_a_lab_that_goes_in_circles_is_run_on_no_kernel_and_is_no_difference(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["live", "--no-cases", "-n", "1", "--seed", "2300729", "-o", str(tmp_path)])
    monkeypatch.setattr(real, "obstacle", lambda _programs: None)
    assert main() == 0
    assert "seed 2300729: goes in circles" in (printed := capsys.readouterr().out)
    assert "0 agree, 0 differ, 0 unstable, 1 endless" in printed
