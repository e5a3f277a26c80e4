"""The deployment of deploy/, with its own configuration, on loopback: Redis, PostgreSQL, nginx, two processes."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.browser.server import LOOPBACK, free_port
from tests.postgres import binaries, postgresql
from tests.processes import started
from tests.server.test_classroom_live import Server, page_answers, socket_answers
from tests.waiting import wait_until

DEPLOY = Path(__file__).parent.parent / "deploy"


@dataclass(frozen=True, slots=True)
class Deployed:
    """``url`` is nginx's. Each worker can be killed and started again."""

    url: str
    workers: list[Server]


def missing() -> str:
    """What is not installed, and how it would be; empty where all is there."""
    programs = {"redis-server": "redis-server", "nginx": "nginx-light"}
    packages = [package for program, package in programs.items() if shutil.which(program) is None]
    packages += ["postgresql"] if binaries() is None else []
    if packages:
        return f"not installed (Debian: apt install {' '.join(packages)})"
    return "" if os.geteuid() == 0 else "Debian's nginx writes to folders of root's"


@contextmanager
def deployed(folder: Path, connections: int = 100) -> Iterator[Deployed]:
    """Runs all of it while the body runs; logs and sockets are in ``folder``."""
    with ExitStack() as stack:
        redis = free_port()
        command = ["redis-server", "--port", str(redis), "--bind", LOOPBACK, "--save", "", "--dir", str(folder)]
        _run(stack, command, folder)
        wait_until(lambda: socket_answers(redis))
        database = stack.enter_context(postgresql()).new_database()
        workers = [gunicorn(database, f"redis://{LOOPBACK}:{redis}/0", connections) for _ in range(2)]
        for worker in workers:
            stack.callback(worker.kill)
            worker.start()
        url = stack.enter_context(_nginx(folder, workers))
        yield Deployed(url, workers)


def gunicorn(database: str, redis: str = "", connections: int = 100) -> Server:
    """One process by deploy/gunicorn.conf.py."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", str(DEPLOY / "gunicorn.conf.py"), "--log-level", "error"]
    return Server(
        port,
        [*command, "webapp.server.wsgi:app"],
        BIND=f"{LOOPBACK}:{port}",
        CONNECTIONS=str(connections),
        DATABASE_URL=database,
        REDIS_URL=redis,
        PROXIES="1",
    )


@contextmanager
def _nginx(folder: Path, workers: list[Server]) -> Iterator[str]:
    port = free_port()
    hosts = [worker.url.removeprefix("http://") for worker in workers]
    template = (DEPLOY / "nginx.conf.template").read_text()
    values = {"LISTEN": f"{LOOPBACK}:{port}", "WORKER_1": hosts[0], "WORKER_2": hosts[1]}
    conf = folder / "nginx.conf"
    conf.write_text(Template(template).safe_substitute(values))  # as envsubst: other names stay
    url = f"http://{LOOPBACK}:{port}"
    with ExitStack() as stack:
        own = f"daemon off; pid {folder / 'nginx.pid'};"
        _run(stack, ["nginx", "-c", str(conf), "-e", str(folder / "nginx.log"), "-g", own], folder)
        wait_until(lambda: page_answers(url))
        yield url


def _run(stack: ExitStack, command: list[str], folder: Path) -> None:
    log = stack.enter_context((folder / f"{command[0]}.out").open("wb"))
    # SIGTERM: nginx's workers do not notice when it is killed
    process = started(command, signal.SIGTERM, stdout=log, stderr=subprocess.STDOUT)
    stack.callback(process.wait, 10)
    stack.callback(process.terminate)
