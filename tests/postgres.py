"""A PostgreSQL server of the tests' own, in a temporary directory, behind a Unix socket."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from tests.processes import started
from tests.waiting import wait_until

_DEBIAN = Path("/usr/lib/postgresql")


def binaries() -> Path | None:
    """Where initdb and postgres are, None where they are not installed."""
    if (found := shutil.which("initdb")) is not None and shutil.which("postgres") is not None:
        return Path(found).resolve().parent
    return max(_DEBIAN.glob("*/bin"), default=None, key=lambda path: int(path.parent.name))


class Postgres:
    """A server that runs. Each database that it is asked for is a new one."""

    def __init__(self, bin_: Path, socket: Path, user: str, pid: int) -> None:
        self.pid = pid
        self._bin = bin_
        self._socket = socket
        self._user = user

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"t{uuid4().hex}"
        subprocess.run([self._bin / "createdb", "-h", self._socket, "-U", self._user, name], check=True, timeout=30)
        return f"postgresql://{self._user}@/{name}?host={self._socket}"


@contextmanager
def postgresql() -> Iterator[Postgres]:
    """Runs the server while the body runs; as another user where the tests are root, which PostgreSQL refuses to be."""
    bin_ = binaries()
    assert bin_ is not None
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        where = Path(folder)
        where.chmod(0o755)
        data = where / "data"
        data.mkdir(mode=0o700)
        if user is not None:
            shutil.chown(where, user)
            shutil.chown(data, user)
        initdb = [
            bin_ / "initdb",
            "-D",
            data,
            "-U",
            "hookwalk",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--no-locale",
        ]
        subprocess.run(initdb, check=True, timeout=60, user=user, cwd=where, stdout=subprocess.DEVNULL)
        options = ("listen_addresses=", f"unix_socket_directories={where}", "fsync=off", "max_connections=60")
        command = [bin_ / "postgres", "-D", data, *(part for option in options for part in ("-c", option))]
        with (where / "log").open("wb") as log:
            # by SIGQUIT it stops at once, with all of its own
            process = started(command, signal.SIGQUIT, user=user, cwd=where, stdout=log, stderr=log)
        try:
            ready = [bin_ / "pg_isready", "-q", "-h", where]
            wait_until(lambda: subprocess.run(ready, check=False, timeout=30).returncode == 0, 60)
            yield Postgres(bin_, where, "hookwalk", process.pid)
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(60)
