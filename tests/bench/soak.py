"""`make soak`: two hours of lessons in ten minutes, on the deployment of deploy/. Nothing is lost, nothing grows.

Students come, go, lose their network and come back; each of the two processes is killed once with kill -9 and started
again. Whatever was acknowledged is looked for in the results; at the end of each round everybody is at the right step.
"""

import argparse
import asyncio
import csv
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

from tests.bench.classroom import CURSOR, PER_SECOND, many_files, p95
from tests.bench.followers import Follower, handles, resident
from tests.bench.table import MILLISECONDS, Row
from tests.deployed import Deployed, deployed, missing
from tests.server.test_classroom_live import LAB, QUESTION
from tests.waiting import wait_until

MINUTES = 10
LESSONS = 6
"""Of twenty minutes each; a lesson is a room."""

STUDENTS = 100
SETTLED = 0.55
"""The part of the time after which memory is measured first: both processes have been killed and started by then."""

GROWTH = 0.10
"""What the allocator may keep beyond what it had then."""


class Student:
    """Somebody with a telephone. Without a connection it is away."""

    def __init__(self, soak: "Soak", number: int) -> None:
        self.name = f"s{number}"
        self.key = ""
        self.at: Follower | None = None
        self.wants = True
        self._soak = soak
        self._source = f"127.0.{1 + number // 20}.1"

    async def come(self) -> None:
        """Comes in, or comes back as the same student."""
        follower = await Follower.at(self._soak.url, self._source)
        try:
            joined = await follower.ask("JoinRoom", code=self._soak.code, name=self.name, key=self.key)
        except (OSError, TimeoutError):
            follower.cut()
            raise
        self._soak.done["late joins" if not self.key else "comings back"] += 1
        self.key = joined["key"]
        follower.view = max(joined["view"], follower.view or joined["view"], key=lambda view: view["revision"])
        follower.cursors.append((joined["cursor"]["step"], time.perf_counter()))
        self.at = follower

    async def stay(self) -> None:
        """Sees to it that it is there, if it wants to be: a connection that was lost is made anew."""
        while self.wants and (self.at is None or self.at.lost.done()):
            self.at = None
            try:
                await self.come()
            except (OSError, TimeoutError):  # nobody listens there at the moment
                await asyncio.sleep(0.2)

    async def answer(self, question: int, chosen: str) -> None:
        """Answers until it is acknowledged."""
        while self.wants:
            await self.stay()
            with suppress(OSError, TimeoutError):
                assert self.at is not None
                await self.at.ask("GiveAnswer", question=question, chosen=[chosen])
                self._soak.acknowledged[question, self.name] = chosen
                return

    def go(self, *, silently: bool) -> None:
        """Closes the tab, or is gone without a word."""
        self.wants = False
        if self.at is not None:
            (self.at.cut if silently else self.at.close)()
            self._soak.done["network cuts" if silently else "leaves"] += 1
        self.at = None


class Soak:
    """The run: its rooms one after the other, its ledger of what was acknowledged."""

    def __init__(self, made: Deployed, minutes: float, seed: int) -> None:
        self.url = made.url
        self.code = ""
        self.done: Counter[str] = Counter()
        self.acknowledged: dict[tuple[int, str], str] = {}
        self.ages: list[float] = []
        self.back: list[float] = []
        self._workers = made.workers
        self._seconds = minutes * 60
        self._chance = random.Random(seed)
        self._started = time.monotonic()
        self._students: list[Student] = []
        self._desk: Follower
        self._token = ""
        self._step = 0
        self._first: list[tuple[int, int, int]] = []
        self._last: list[tuple[int, int, int]] = []

    @property
    def part(self) -> float:
        """How much of the time is over."""
        return (time.monotonic() - self._started) / self._seconds

    async def run(self) -> None:
        """All lessons. AssertionError: something was lost."""
        kills = asyncio.create_task(self._kill())
        for lesson in range(LESSONS):
            await self._open(lesson)
            number = 0
            while self.part < (lesson + 1) / LESSONS:
                number += 1
                await self._round(number)
                if not self._first and self.part > SETTLED:
                    self._first = await self._measured()
            if lesson == LESSONS - 1:
                self._last = await self._measured()
            await self._close()
        await kills

    async def _kill(self) -> None:
        for server, part in zip(self._workers, (0.2, 0.4), strict=True):
            await asyncio.sleep(max(0.0, (part - self.part) * self._seconds))
            server.kill()
            killed = time.perf_counter()
            self.done["kill -9 and restart"] += 1
            await asyncio.sleep(1)
            server.begin()
            await asyncio.to_thread(wait_until, server.listens, 60)
            await asyncio.gather(*(student.stay() for student in self._students))
            self.back.append(time.perf_counter() - killed)

    # A lesson

    async def _open(self, lesson: int) -> None:
        self._desk = await Follower.at(self.url)
        opened = await self._desk.ask("OpenRoom", title=f"Lesson {lesson}")
        self.code, self._token = opened["code"], opened["teacher"]
        await self._teach("JoinRoom", code=self.code, token=self._token)
        self.acknowledged.clear()
        self._students = [Student(self, number) for number in range(STUDENTS * 8 // 10)]
        await asyncio.gather(*(student.stay() for student in self._students))

    async def _close(self) -> None:
        """The lesson is over: every answer that was acknowledged is in the results."""
        results = await self._teach("GetResults")
        kept = {row["student"]: row for row in csv.DictReader(StringIO(results["csv"]))}
        for (question, name), chosen in self.acknowledged.items():
            found = kept[name][f"question {question}: {QUESTION['prompt']}"]
            assert found == chosen, f"{name} answered question {question} with {chosen}, and {found!r} was kept"
        self.done["acknowledged answers, all found"] += len(self.acknowledged)
        assert len(kept) == len(self._students), "a student was lost or came twice"
        for student in self._students:
            student.go(silently=False)
        self._desk.close()

    async def _teach(self, type_: str, **fields: object) -> dict[str, Any]:
        """What the teacher does; done again if the connection is lost before it is acknowledged."""
        while True:
            try:
                if self._desk.lost.done():
                    self._desk = await Follower.at(self.url)
                    await self._desk.ask("JoinRoom", code=self.code, token=self._token)
                    self.done["the teacher came back"] += 1
                return await self._desk.ask(type_, **fields)
            except (OSError, TimeoutError):
                await asyncio.sleep(0.2)

    async def _round(self, number: int) -> None:
        """The teacher shows, moves, asks, reveals; meanwhile some come and some go. Then everybody is where she is."""
        if number % 5 == 1:
            await self._teach("ShowLab", lab=LAB)
        asked = await self._teach("AskRoom", question=QUESTION)
        board = await self._teach(
            "JoinRoom", code=self.code, token=self._token
        )  # after a loss it may stand there twice
        question = len(board["board"]["questions"])
        assert asked["revision"] <= board["board"]["revision"]
        moving = asyncio.create_task(self._move())
        present = [student for student in self._students if student.wants]
        answers = [student.answer(question, self._chance.choice("AB")) for student in present]
        await asyncio.gather(self._come_and_go(), *answers)
        await moving
        told = await self._teach("RevealAnswer", question=question)
        await self._all_are_there(told["revision"])
        self.done["rounds"] += 1

    async def _move(self) -> None:
        """A second of cursors; the age of what each student sees is measured while nobody is killed."""
        sent: dict[int, float] = {}
        watched = [(one.at, len(one.at.cursors)) for one in self._students if one.at is not None]
        start = time.perf_counter()
        for count in range(PER_SECOND):
            await asyncio.sleep(max(0.0, start + count / PER_SECOND - time.perf_counter()))
            self._step += 1
            sent[self._step] = time.perf_counter()
            self._desk.tell("room", {"type": "MoveCursor", "cursor": CURSOR | {"step": self._step}})
        await asyncio.sleep(0.2)
        for follower, seen in watched:
            self.ages += [at - sent[step] for step, at in follower.cursors[seen:] if step in sent]

    async def _come_and_go(self) -> None:
        chance = self._chance
        for student in chance.sample(self._students, 6):
            if student.wants:
                student.go(silently=chance.random() < 0.5)
        away = [student for student in self._students if not student.wants]
        for student in away:
            if chance.random() < 0.4:
                student.wants = True
        if len(self._students) < STUDENTS:
            self._students.append(Student(self, len(self._students)))
        await asyncio.gather(*(student.stay() for student in self._students))

    async def _all_are_there(self, revision: int) -> None:
        """Everybody who wants to be there is, at the teacher's step, and knows of her last deed."""
        deadline = time.monotonic() + 30
        while True:
            self._step += 1
            moved = {"step": self._step, "lab": 1}
            await self._teach("MoveCursor", cursor=CURSOR | moved)
            for _ in range(20):
                await asyncio.gather(*(student.stay() for student in self._students))
                if not (behind := [one.name for one in self._students if not self._is_there(one, revision)]):
                    return
                await asyncio.sleep(0.05)
            assert time.monotonic() < deadline, f"behind for 30 s: {behind}"

    def _is_there(self, student: Student, revision: int) -> bool:
        if not student.wants:
            return True
        at = student.at
        return at is not None and at.cursors[-1][0] == self._step and at.view["revision"] >= revision

    # What it takes

    async def _measured(self) -> list[tuple[int, int, int]]:
        """Memory, and threads and open files, of each process, with everybody there."""
        for student in self._students:
            student.wants = True
        await asyncio.gather(*(student.stay() for student in self._students))
        await asyncio.sleep(2)
        return [(resident(worker.pid), *handles(worker.pid)) for worker in self._workers]

    def rows(self) -> Iterator[Row]:
        """What was measured."""
        for name, count in sorted(self.done.items()):
            yield Row(name, f"{count:,}")
        yield Row("a cursor's age when it came, median", f"{statistics.median(self.ages) * MILLISECONDS:.0f} ms")
        yield Row("the same, p95", f"{p95(self.ages) * MILLISECONDS:.0f} ms")
        yield Row("from kill -9 until everybody was back, at most", f"{max(self.back):.1f} s")
        first, last = (tuple(map(sum, zip(*measured, strict=True))) for measured in (self._first, self._last))
        before, after = first[0], last[0]
        yield Row("memory of both processes after the kills", f"{before / 2**20:.0f} MiB")
        goal = f"<= +{GROWTH:.0%}"
        yield Row("the same at the end", f"{after / 2**20:.0f} MiB", goal, after <= before * (1 + GROWTH))
        before, after = first[1], last[1]
        yield Row("files that they have open, then and at the end", f"{before} / {after}", goal, after <= before * 1.1)
        yield Row("threads, which their pools keep", f"{first[2]} / {last[2]}")


def main() -> int:
    """Prints what was done and measured; 1 if something grew."""
    options = argparse.ArgumentParser(prog="make soak", description=__doc__)
    options.add_argument("--minutes", type=float, default=MINUTES)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    if reason := missing():
        print("not run:", reason)
        return 0
    many_files()
    with (
        tempfile.TemporaryDirectory(prefix="hookwalk-soak-") as folder,
        deployed(Path(folder), connections=2 * STUDENTS) as made,
    ):
        soak = Soak(made, chosen.minutes, chosen.seed)
        asyncio.run(soak.run())
        rows = list(soak.rows())
    for row in rows:
        print(row, flush=True)
    return int(any(row.reached is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
