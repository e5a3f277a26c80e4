"""`hookwalk serve` as a process of its own, as a user has it."""

import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.processes import started

LOOPBACK = "127.0.0.1"

_DATA = tempfile.TemporaryDirectory(prefix="hookwalk-tests-")


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def serving(port: int, *options: str) -> Iterator[str]:
    """Serves while the body runs, which gets the URL. A second use with the same port is a restarted server."""
    serve = [sys.executable, "-m", "webapp.cli", "serve", "--host", LOOPBACK, "--port", str(port), "--data", _DATA.name]
    process = started([*serve, *options])
    deadline = time.monotonic() + 20
    try:
        while not _accepts_connections(port):
            assert process.poll() is None, f"hookwalk serve ended with exit code {process.returncode}"
            assert time.monotonic() < deadline, "hookwalk serve does not listen"
            time.sleep(0.05)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _accepts_connections(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True
