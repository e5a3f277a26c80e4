"""A room full of followers: how late a cursor is, beside a bare broadcast in the same run; late joiners; memory.

What a bare broadcast costs is measured in turns with the room, so that whatever else the machine does meets both.
"""

import asyncio
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from tests.bench.followers import Follower, resident
from tests.bench.table import MILLISECONDS, Row
from tests.browser.server import LOOPBACK, free_port
from tests.deployed import DEPLOY, Deployed, deployed, gunicorn, missing
from tests.server.test_classroom_live import Server
from webapp.lab.builtin import builtin

FOLLOWERS = 300
HALL = 1000
PER_SECOND = 20
SECONDS = 10
TURNS = 3
LONG_WALK = "container-policy"
"""A built-in lab of which a walk has more than 200 steps."""

CURSOR = {
    "type": "RoomCursor",
    "number": 0,
    "lab": 0,
    "probe": 0,
    "step": 0,
    "twin": False,
    "level": "hooks",
    "viewport": {"x": 312.5, "y": 160.25, "scale": 1.25},
    "hook": {"netns": "host", "dev": "eth0", "station": "tc ingress"},
    "laser": {"x": 301.5, "y": 144.25},
    "blank": False,
}


class Hall:
    """A teacher and followers at one server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.desk: Follower
        self.code = ""
        self.teacher = ""
        self.followers: list[Follower] = []
        self._step = 0

    async def open(self) -> None:
        """Opens a room, as its teacher."""
        self.desk = await Follower.at(self.url)
        opened = await self.desk.ask("OpenRoom", title="Bench")
        self.code, self.teacher = opened["code"], opened["teacher"]
        await self.desk.ask("JoinRoom", code=self.code, token=self.teacher)

    async def fill(self, count: int) -> None:
        """Lets followers in, a few at a time, each fifty from an address of their own."""
        for first in range(0, count, 25):
            group = range(first, min(first + 25, count))
            self.followers += await asyncio.gather(*(self.enter(number) for number in group))

    async def enter(self, number: int = 0) -> Follower:
        """One more follower; in the room, unless it is a bare broadcast's."""
        follower = await Follower.at(self.url, f"127.0.{1 + number // 50}.1")
        if self.code:
            await follower.ask("JoinRoom", code=self.code, name=f"s{number}")
        return follower

    async def latencies(self, seconds: float = SECONDS) -> list[float]:
        """For each follower and each cursor, the seconds from its sending until this one or a later one was there."""
        sent: dict[int, float] = {}
        for follower in self.followers:
            follower.cursors.clear()
        start = time.perf_counter()
        for count in range(int(seconds * PER_SECOND)):
            await asyncio.sleep(max(0, start + count / PER_SECOND - time.perf_counter()))
            self._step += 1
            sent[self._step] = time.perf_counter()
            self.desk.tell("room", {"type": "MoveCursor", "cursor": CURSOR | {"step": self._step}})
        async with asyncio.timeout(30):
            while not all(self._is_there(one) for one in self.followers):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return [late for follower in self.followers for late in lateness(sent, follower.cursors)]

    def _is_there(self, follower: Follower) -> bool:
        """Is a follower at the last step? In a room it is the last that came, and none came out of order."""
        steps = [step for step, _ in follower.cursors]
        if not self.code:  # a bare broadcast may change the order: each message has a thread of its own
            return self._step in steps
        assert all(before < after for before, after in pairwise(steps)), steps
        return steps[-1:] == [self._step]

    def close(self) -> None:
        """Sends everybody home."""
        for follower in (self.desk, *self.followers):
            follower.close()


def rows() -> Iterator[Row]:
    """Measures, row by row."""
    many_files()
    with tempfile.TemporaryDirectory(prefix="hookwalk-bench-") as folder:
        yield from asyncio.run(_one_process(Path(folder)))
        if reason := missing():
            yield Row(f"{HALL:,} followers on the deployment", "not run", reason)
            return
        with deployed(Path(folder), connections=HALL + 50) as made:
            yield from asyncio.run(_deployment(made))


async def _one_process(folder: Path) -> list[Row]:
    room = gunicorn(f"sqlite:///{folder / 'bench.sqlite3'}", connections=FOLLOWERS + 50)
    bare = _bare(FOLLOWERS + 50)
    for server in (room, bare):
        server.start()
    try:
        return await _compared(room, bare)
    finally:
        for server in (room, bare):
            server.kill()


async def _compared(room: Server, bare: Server) -> list[Row]:
    ours, theirs = Hall(room.url), Hall(bare.url)
    await ours.open()
    theirs.desk = await Follower.at(bare.url)
    before = _memory(room)
    await ours.fill(FOLLOWERS)
    each = (_memory(room) - before) / FOLLOWERS
    await theirs.fill(FOLLOWERS)
    await ours.latencies(1)
    await theirs.latencies(1)
    turns = [(p95(await ours.latencies()), p95(await theirs.latencies())) for _ in range(TURNS)]
    mine, plain = (statistics.median(turn[side] for turn in turns) for side in (0, 1))
    ratio = statistics.median(turn[0] / turn[1] for turn in turns)
    joins = [await _late_join(ours, number) for number in range(5)]
    for hall in (ours, theirs):
        hall.close()
    late = statistics.median(joins)
    what = f"{FOLLOWERS} followers, {PER_SECOND} cursors/s"
    return [
        Row(f"{what}, p95", f"{mine * MILLISECONDS:.1f} ms", "<= 50 ms", mine <= 0.05),
        Row("the same, a bare Socket.IO broadcast", f"{plain * MILLISECONDS:.1f} ms"),
        Row("the room's / the bare one's", f"{ratio:.2f}", "<= 1.3", ratio <= 1.3),
        Row("late join with a walk of > 200 steps", f"{late * MILLISECONDS:.0f} ms", "<= 500 ms", late <= 0.5),
        Row("memory of a follower", f"{each / 1024:.0f} KiB"),
    ]


async def _late_join(hall: Hall, number: int) -> float:
    """Seconds from the first byte to the lab and the walk at hand; the room has shown the lab before."""
    if number == 0:
        lab = builtin(LONG_WALK)
        assert lab is not None
        await hall.desk.ask("ShowLab", lab={"title": lab.title, "script": lab.script})
    started = time.perf_counter()
    follower = await hall.enter(number)
    _, walk = await asyncio.gather(
        follower.ask("GetRoomLab", number=1), follower.ask("GetRoomWalk", number=1, probe=0, other=False)
    )
    took = time.perf_counter() - started
    assert len(walk["walk"]["steps"]) >= 200
    hall.followers.append(follower)
    return took


async def _deployment(made: Deployed) -> list[Row]:
    hall = Hall(made.url)
    await hall.open()
    await hall.fill(HALL)
    await hall.latencies(1)
    late = await hall.latencies()
    hall.close()
    middle, most = statistics.median(late), p95(late)
    came = sum(len(follower.cursors) for follower in hall.followers) / (HALL * PER_SECOND * SECONDS)
    what = f"{HALL:,} followers at nginx, two processes"
    return [
        Row(f"{what}, p95", f"{most * MILLISECONDS:.0f} ms"),
        Row("the same, median", f"{middle * MILLISECONDS:.0f} ms"),
        Row("the same, cursors that came (the last wins)", f"{came:.0%}"),
    ]


def lateness(sent: dict[int, float], came: list[tuple[int, float]]) -> list[float]:
    """Per cursor, the seconds until the state that it stands for, or a later one, was there. Some are left out, as the
    last wins: they count by the one that came in their place.
    """
    late: list[float] = []
    waiting = iter(sorted(sent))
    step = next(waiting, None)
    for reached, at in came:
        while step is not None and step <= reached:
            late.append(at - sent[step])
            step = next(waiting, None)
    return late


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


def _bare(connections: int) -> Server:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", str(DEPLOY / "gunicorn.conf.py"), "--log-level", "error"]
    return Server(port, [*command, "tests.bench.bare:app"], BIND=f"{LOOPBACK}:{port}", CONNECTIONS=str(connections))


def _memory(server: Server) -> int:
    return resident(server.pid)


def many_files() -> None:
    """Lets this process have a connection for each follower."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 8192), hard), hard))


if __name__ == "__main__":
    for row in rows():
        print(row, flush=True)
