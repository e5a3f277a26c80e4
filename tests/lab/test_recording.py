"""A walk holds what its own lab did, and nothing else."""

import gc

from webapp.kernel.clock import Clock
from webapp.kernel.kfunc import recording
from webapp.kernel.trace import Recorder
from webapp.lab.lab import Lab


def test_a_lab_that_is_collected_leaves_nothing_in_the_walk_of_another() -> None:
    lab = Lab()
    lab.append("ip netns add a\nip netns exec a nc -l 5000 &\n")
    recorder = Recorder(Clock(), 1000)
    del lab
    with recording(recorder):
        gc.collect()  # the listener's socket is closed by the program's end
    assert [step.symbol for step in recorder.walk("", 0, "").steps] == []
