"""What deploy/ says is what runs: nginx, two processes, Redis and PostgreSQL from its own files."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.deployed import DEPLOY, Deployed, deployed, missing
from tests.server.test_classroom_live import LAB, QUESTION, Client, lesson, teach_through_a_kill
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    if reason := missing():
        pytest.skip(reason)
    with deployed(tmp_path_factory.mktemp("deployed")) as made:
        yield made


def behind_nginx(running: Deployed) -> list[object]:
    return [type("Nginx", (), {"url": running.url})()]


def test_a_process_is_killed_in_the_middle_of_a_walk_and_everybody_ends_on_the_right_step(running: Deployed) -> None:
    teach_through_a_kill(behind_nginx(running), running.workers[1])  # type: ignore[arg-type]


def test_a_lesson_goes_on_while_a_process_stays_dead(running: Deployed) -> None:
    with lesson(behind_nginx(running), 8) as (desk, room, opened):  # type: ignore[arg-type]
        desk.done("ShowLab", lab=LAB)
        desk.ask("MoveCursor", cursor={"lab": 1, "step": 3})
        wait_until(lambda: all(one.step == 3 for one in room))
        running.workers[0].kill()
        try:
            wait_until(lambda: all(one.is_back() for one in (desk, *room)), 30)
            desk.ask("MoveCursor", cursor={"lab": 1, "step": 9})
            desk.done("AskRoom", question=QUESTION)
            wait_until(lambda: all(one.step == 9 and one.question for one in room), 30)
            late = Client(running.url, code=opened["code"])
            wait_until(lambda: late.step == 9 and late.question)
            late.socket.disconnect()
        finally:
            running.workers[0].start()


def test_nginx_says_where_a_browser_is_and_no_browser_says_it_itself(running: Deployed) -> None:
    page = requests.get(f"{running.url}/classroom", timeout=10, headers={"X-Forwarded-For": "203.0.113.9"})
    assert page.ok
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    template = (DEPLOY / "nginx.conf.template").read_text()
    assert "X-Forwarded-For $remote_addr" in template
    assert "proxy_add_x_forwarded_for" not in template


def test_a_message_longer_than_the_server_takes_is_stopped_by_nginx(running: Deployed) -> None:
    assert requests.post(f"{running.url}/s", data=b"x" * 600_000, timeout=10).status_code == 413


def test_long_polling_finds_its_process_again(running: Deployed) -> None:
    import socketio

    client = socketio.Client()
    client.connect(running.url, transports=["polling"], wait_timeout=20)
    try:
        for _ in range(5):
            assert client.call("room", {"type": "LeaveRoom"}, timeout=10)["type"] == "RoomNoted"
    finally:
        client.disconnect()


def test_gunicorn_leaves_nothing_in_the_user_s_home(running: Deployed) -> None:
    assert "control_socket_disable = True" in (DEPLOY / "gunicorn.conf.py").read_text()
    opened = subprocess.run(["ss", "-xlp"], capture_output=True, text=True, check=False).stdout
    pids = {str(worker.pid) for worker in running.workers}
    control = [line for line in opened.splitlines() if "gunicorn.ctl" in line]
    assert not [line for line in control if set(re.findall(r"pid=(\d+)", line)) & pids]


def test_compose_yaml_is_what_compose_reads() -> None:
    compose = shutil.which("docker-compose")
    if compose is None:
        pytest.skip("docker-compose is not installed (Debian: apt install docker-compose)")
    environment = os.environ | {"POSTGRES_PASSWORD": "x"}
    command = [compose, "-f", str(DEPLOY / "compose.yaml"), "config", "--services"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True, timeout=60)
    assert set(done.stdout.split()) == {"nginx", "worker1", "worker2", "redis", "postgres"}
    assert Path(DEPLOY / "nginx.conf.template").is_file()
