"""Rooms with real servers and real Socket.IO clients: kill -9, restarts, several workers with Redis and PostgreSQL."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio

from tests.browser.server import LOOPBACK, free_port
from tests.postgres import binaries, postgresql
from tests.processes import started
from tests.waiting import wait_until
from webapp.server.classroom import TEACHERS_ONLY

LAB = {"title": "Two", "script": "ip netns add a\nip -n a link set lo up\nip netns exec a ping -c 1 127.0.0.1\n"}
QUESTION = {
    "kind": "choice",
    "prompt": "Which?",
    "options": [{"id": "A", "text": "one"}, {"id": "B", "text": "two"}],
    "right": ["B"],
}


class Server:
    """A process of the server; a second start() is a restart."""

    def __init__(self, port: int, command: list[str], **environment: str) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self._command = command
        self._environment = os.environ | environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.begin()
        wait_until(self.listens, 40)

    def begin(self) -> None:
        """Starts it, and does not wait until it listens."""
        self._process = started(self._command, env=self._environment, start_new_session=True)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """kill -9, workers included."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the server ended with exit code {self._process.returncode}"
        return page_answers(self.url)  # gunicorn listens before its worker is there


def socket_answers(port: int) -> bool:
    import socket

    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def page_answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/icon.svg", timeout=2).ok
    except requests.RequestException:
        return False


def single(data: Path) -> Server:
    port = free_port()
    serve = [sys.executable, "-m", "webapp.cli", "serve", "--host", LOOPBACK, "--port", str(port), "--data", str(data)]
    return Server(port, serve)


def worker(database: str, redis: str) -> Server:
    """One of several processes, as gunicorn runs it."""
    port = free_port()
    gunicorn = [
        sys.executable,
        "-m",
        "gunicorn",
        "--worker-class",
        "gthread",
        "--threads",
        "60",
        "--log-level",
        "error",
    ]
    bound = [*gunicorn, "--bind", f"{LOOPBACK}:{port}", "webapp.server.wsgi:app"]
    return Server(port, bound, DATABASE_URL=database, REDIS_URL=redis)


class Client:
    """A browser in the room: what it was told last under each name. It comes back by itself, as the page does."""

    def __init__(self, url: str, **how: object) -> None:
        self.how = how
        self.joined: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self.steps: list[int] = []
        self.socket = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.5)
        for event in ("view", "board", "own", "cursor", "presence"):
            self.socket.on(event, lambda value, event=event: self._take(event, value))
        self.socket.on("connect", self._come)
        self._connect(url)

    def _connect(self, url: str) -> None:
        self.socket.connect(url, transports=["websocket"], wait_timeout=20)

    def _come(self) -> None:
        if self.how:
            self.socket.start_background_task(self.join)

    def join(self) -> None:
        answer = self.ask("JoinRoom", **self.how)
        if answer["type"] != "RoomJoined":
            self.joined = answer
            return
        if answer["key"]:
            self.how["key"] = answer["key"]
        for event in ("view", "cursor", "own", "board"):
            self._take(event, answer[event])
        self.joined = answer

    def _take(self, event: str, value: Any) -> None:
        order = {"cursor": "number", "view": "revision", "board": "revision", "own": "revision"}.get(event)
        before = self.told.get(event)
        if before and order and value and value[order] < before[order]:
            return
        self.told[event] = value
        if event == "cursor":
            self.steps.append(value["step"])

    def ask(self, type_: str, **fields: object) -> dict[str, Any]:
        answer: dict[str, Any] = self.socket.call("room", {"type": type_, **fields}, timeout=20)
        return answer

    def is_back(self) -> bool:
        """Does the server answer it as one of the room? A connection looks alive for a while after it has died."""
        try:
            answer = self.socket.call("room", {"type": "GetResults"}, timeout=1)
        except socketio.exceptions.SocketIOError:
            return False
        return bool(answer["type"] == "RoomResults" or answer["message"] == TEACHERS_ONLY.message)

    def done(self, type_: str, **fields: object) -> int:
        answer = self.ask(type_, **fields)
        assert answer["type"] == "RoomDone", answer
        revision: int = answer["revision"]
        return revision

    @property
    def step(self) -> int | None:
        return self.told["cursor"]["step"] if self.told.get("cursor") else None

    @property
    def question(self) -> Any:
        return self.told["view"]["question"] if self.told.get("view") else None


def leave(clients: list[Client]) -> None:
    """All at once: each waits seconds for a goodbye that a server of threads does not say."""
    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(lambda client: client.socket.disconnect(), clients))


@contextmanager
def lesson(servers: list[Server], students: int) -> Iterator[tuple[Client, list[Client], dict[str, Any]]]:
    """A room with its teacher, who is at the first server, and students, who are at all of them in turn."""
    clients: list[Client] = []
    try:
        desk = Client(servers[0].url)
        clients.append(desk)
        opened = desk.ask("OpenRoom", title="Redirect")
        desk.how = {"code": opened["code"], "token": opened["teacher"]}
        desk.join()
        assert desk.joined["role"] == "teacher"
        room = [Client(servers[n % len(servers)].url, code=opened["code"], name=f"s{n}") for n in range(students)]
        clients += room
        wait_until(lambda: all(one.joined for one in room))
        yield desk, room, opened
    finally:
        leave(clients)


def teach_through_a_kill(servers: list[Server], victim: Server) -> None:
    """A lesson in the middle of which a server is killed: nothing that was acknowledged is lost."""
    with lesson(servers, 6) as (desk, room, opened):
        desk.done("ShowLab", lab=LAB)
        desk.done("AskRoom", question=QUESTION)
        for number, student in enumerate(room):
            student.done("GiveAnswer", question=1, chosen=["AB"[number % 2]])
        desk.ask("MoveCursor", cursor={"lab": 1, "step": 7})
        wait_until(lambda: all(one.step == 7 for one in room))
        before = desk.done("CountAnswers", question=1)

        victim.kill()
        victim.start()

        wait_until(lambda: all(one.is_back() for one in (desk, *room)), 30)
        wait_until(lambda: all(one.told["view"]["revision"] >= before and one.step == 7 for one in room), 30)
        counts = {count["option"]: count["count"] for count in room[0].question["counts"]}
        assert counts == {"A": 3, "B": 3}
        late = Client(servers[-1].url, code=opened["code"])
        wait_until(lambda: late.joined)
        try:
            assert (late.step, late.question["answered"], late.joined["member"]) == (7, 6, 7)
            desk.done("RevealAnswer", question=1)
            desk.ask("MoveCursor", cursor={"lab": 1, "step": 12})
            everybody = [*room, late]
            wait_until(lambda: all(one.step == 12 and one.question["right"] == ["B"] for one in everybody))
            members = {one.joined["member"] for one in everybody}
            assert members == set(range(1, 8))
            assert "board" not in {event for one in everybody for event, value in one.told.items() if value}
            assert "token" not in repr([one.told for one in everybody])
        finally:
            late.socket.disconnect()


def test_a_killed_server_comes_back_with_the_room_as_it_was(tmp_path: Path) -> None:
    server = single(tmp_path)
    server.start()
    try:
        teach_through_a_kill([server], server)
    finally:
        server.kill()


def test_one_of_two_workers_is_killed_and_everybody_ends_on_the_right_step(tmp_path: Path) -> None:
    redis_server = shutil.which("redis-server")
    if redis_server is None:
        pytest.skip("Redis is not installed (Debian: apt install redis-server)")
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    port = free_port()
    with ExitStack() as stack:
        redis = started(
            [redis_server, "--port", str(port), "--bind", LOOPBACK, "--save", "", "--dir", str(tmp_path)],
            stdout=subprocess.DEVNULL,
        )
        stack.callback(redis.wait, 10)
        stack.callback(redis.terminate)
        wait_until(lambda: socket_answers(port))
        database = stack.enter_context(postgresql()).new_database()
        workers = [worker(database, f"redis://{LOOPBACK}:{port}/0") for _ in range(2)]
        for one in workers:
            stack.callback(one.kill)
            one.start()
        teach_through_a_kill(workers, workers[1])


def test_what_is_sent_against_the_rules_is_refused_and_harms_nobody(tmp_path: Path) -> None:
    server = single(tmp_path)
    server.start()
    try:
        with lesson([server], 2) as (desk, (student, other), opened):
            bad: list[object] = [None, 1, [], "x", {}, {"type": "OpenRoom", "title": "x" * 1000}, {"type": "Nope"}]
            for body in bad:
                assert student.socket.call("room", body, timeout=10)["type"] == "Failed"
            script = "x" * 200_000
            assert desk.ask("ShowLab", lab={"title": "x", "script": script})["code"] == "malformed"
            for deed in ({"type": "Freeze", "on": True}, {"type": "CloseRoom"}, {"type": "RemoveMember", "member": 2}):
                assert student.socket.call("room", deed, timeout=10)["code"] == "refused"
            for step in range(500):
                student.socket.emit("room", {"type": "SayWhere", "following": True, "step": step})
            answers = (student.ask("SayWhere", following=True, step=0) for _ in range(30))
            assert any(answer.get("code") == "busy" for answer in answers)
            other.done("TakeName", name="<script>alert(1)</script>")
            assert "alert" not in repr(student.told)
            desk.done("Freeze", on=True)
            wait_until(lambda: other.told["view"]["frozen"])
            assert opened["teacher"] not in repr([student.told, other.told])
    finally:
        server.kill()
