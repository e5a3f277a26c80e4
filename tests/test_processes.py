"""What tests start ends with them, however they end."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import binaries
from tests.waiting import wait_until

_SLEEP = """
from tests.processes import started
print(started(["sleep", "1000"]).pid, flush=True)
input()
"""
_POSTGRES = """
from tests.postgres import postgresql
with postgresql() as server:
    print(server.pid, flush=True)
    input()
"""


def is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("script", [_SLEEP, _POSTGRES], ids=["a process", "PostgreSQL"])
def test_what_a_killed_process_has_started_ends_with_it(script: str) -> None:
    if script == _POSTGRES and binaries() is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    started = int(parent.stdout.readline())
    assert is_alive(started)
    parent.kill()
    parent.communicate()
    wait_until(lambda: not is_alive(started))
