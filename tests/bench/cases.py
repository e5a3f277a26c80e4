"""Every recorded case, by the model and by plain commands on this machine's kernel."""

import time
from collections.abc import Iterator

from tests import kit
from tests.bench.table import MILLISECONDS, Row, computed
from webapp.livekernel import real


def rows() -> Iterator[Row]:
    """Measures, row by row."""
    names = [name for group in ("path", "rest") for name in kit.group(name=group)]
    names = [name for name in names if kit.recording(name, "6.18")]
    model = sum(computed(lambda name=name: kit.model_output(name)) for name in names)
    yield Row(f"{len(names)} cases, model", f"{model * MILLISECONDS:,.0f} ms")
    if reason := real.obstacle():
        yield Row("the same by plain commands, this kernel", "not run", reason)
        return
    kernel = sum(_on_kernel(name) for name in names)
    yield Row("the same by plain commands, this kernel", f"{kernel * MILLISECONDS:,.0f} ms")
    yield Row("kernel's time / model's", f"{kernel / model:.1f}")


def _on_kernel(name: str) -> float:
    started = time.perf_counter()
    real.run_plainly(kit.lab(name))
    return time.perf_counter() - started
