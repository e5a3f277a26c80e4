"""Rooms over sockets: who sits where, what they ask, and who is told. What may be done is decided in webapp/classroom.

Every deed is in the database before it is acknowledged. Any process of the server answers for any room: what another
one wrote is read from the room's log.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import Protocol

import msgspec

from webapp.classroom import limits
from webapp.classroom.deeds import (
    AskRoom,
    DeclineLab,
    Deed,
    DismissCoTeachers,
    GiveAnswer,
    HandOut,
    OfferLab,
    RefusedDeedError,
    RemoveMember,
    ReportWork,
    RequestLab,
    ShowLab,
    TakeName,
    Who,
    decide,
    graded,
    stays,
)
from webapp.classroom.events import Event, Joined, encode
from webapp.classroom.joining import inviting, joining, opening, returning, teacher_of
from webapp.classroom.report import results_csv
from webapp.classroom.rights import new_code, typed_code
from webapp.classroom.room import Room
from webapp.classroom.values import RoomCursor, RoomLab, RoomTask
from webapp.classroom.views import board, own_view, room_view
from webapp.lessons.course import Shelf
from webapp.server import lessons, roomlessons
from webapp.server.labs import RefusedError
from webapp.server.lastwins import LastWins
from webapp.server.limits import Limits
from webapp.server.protocol import (
    AskHint,
    AskLesson,
    AskRoomHint,
    CoTeacherInvited,
    Failed,
    GetResults,
    GetRoomLab,
    GetRoomWalk,
    Graded,
    GradeScript,
    GradeWork,
    Hinted,
    InviteCoTeacher,
    JoinRoom,
    LeaveRoom,
    MoveCursor,
    OpenRoom,
    Presence,
    RoomAnswer,
    RoomDone,
    RoomGraded,
    RoomHinted,
    RoomJoined,
    RoomLabRun,
    RoomLeft,
    RoomNoted,
    RoomOpened,
    RoomRequest,
    RoomResults,
    RoomWalk,
    SayWhere,
    Whereabouts,
)
from webapp.server.roomlabs import RoomLabs
from webapp.server.roomlog import NoRoomError, RoomLog
from webapp.server.sessions import AT_ONCE
from webapp.store import rooms
from webapp.store.database import Database, now

MAX_ROOMS = 5000
"""Rooms that a database holds."""

VIEWS_EVERY = 0.2
PRESENCE_EVERY = 1.0
KEEP_CURSOR_EVERY = 0.1
"""Seconds between two views, lists of who is there, and cursors in the database."""

BEAT_EVERY = 3.0
"""Seconds after which each process says again who is there, and looks whom another one has sent out."""

_TAGS = 1024
"""Numbers of cursors in a millisecond: each process takes its own, so that no two cursors have the same number."""

_DAY = 86_400_000
_HOUR = 3_600_000

_EVERYONE = "room "

_QUIET = (GiveAnswer, ReportWork, TakeName, OfferLab, DeclineLab)
"""Deeds that come by the hundred: the views after them are gathered."""

_NO_ROOM = Failed("unknown_name", "There is no room of this code. Look at the projector: six letters.")
_NOT_IN = Failed("refused", "You are in no room. Join one first.")
_STUDENTS_ONLY = Failed("refused", "Students do that.")
TEACHERS_ONLY = Failed("refused", "Only a teacher of this room may do that.")


class Door(Protocol):
    """The sockets, as rooms need them. Groups are named; a message goes to all of a group, in all processes. Each
    connection is a group of its own, too.
    """

    def tell(self, event: str, value: msgspec.Struct, group: str) -> None: ...

    def tell_here(self, event: str, value: msgspec.Struct, group: str) -> None:
        """The same to those of the group who are in this process."""

    def enter(self, sid: str, group: str) -> None: ...

    def leave(self, sid: str, group: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a connection sits."""

    code: str
    who: Who

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups whose messages it gets."""
        if self.who.role in ("teacher", "co-teacher"):
            return everyone(self.code), teachers(self.code)
        if self.who.role == "student":
            return everyone(self.code), student(self.code, self.who.member)
        return (everyone(self.code),)


def everyone(code: str) -> str:
    """The group of all in a room."""
    return f"{_EVERYONE}{code}"


def teachers(code: str) -> str:
    """The group of a room's teachers."""
    return f"teachers {code}"


def student(code: str, member: int) -> str:
    """The group of one student's tabs."""
    return f"student {code} {member}"


class Classroom:
    """All rooms, as one process of the server knows them."""

    def __init__(self, database: Database, limits_: Limits, door: Door, shelf: Shelf | None = None) -> None:
        self._shelf = shelf or Shelf()
        self._database = database
        self._limits = limits_
        self._door = door
        self._labs = RoomLabs()
        self._lock = threading.Lock()
        self._seats: dict[str, Seat] = {}
        self._logs: dict[str, RoomLog] = {}
        self._cursors: dict[str, RoomCursor] = {}
        self._where: dict[str, dict[str, Whereabouts]] = {}
        self._beaten: dict[str, int] = {}  # each room's revision at the last beat
        self._tag = secrets.randbelow(_TAGS)
        self._worker = secrets.token_hex(8)
        self._views = LastWins("room views", VIEWS_EVERY, self._tell_views)
        self._pointer = LastWins("room cursors", 1 / limits.CURSORS_PER_SECOND, self._tell_cursor)
        self._keeper = LastWins("room cursor keeper", KEEP_CURSOR_EVERY, self._keep_cursor)
        self._beats = LastWins("room beat", BEAT_EVERY, self.beat)
        self._presence = LastWins("room presence", PRESENCE_EVERY, self._tell_presence)

    def answer(self, sid: str, address: str, request: RoomRequest) -> RoomAnswer:
        """Does what a connection asks."""
        wait = self._limits.wait("connection", sid)
        if wait:
            return Failed("busy", f"Too many messages. Wait {wait} s.")
        try:
            return self._answer(sid, address, request)
        except NoRoomError:
            return _NO_ROOM
        except RefusedDeedError as refused:
            return Failed("refused", str(refused))
        except RefusedError as refused:
            return refused.failed

    def _answer(self, sid: str, address: str, request: RoomRequest) -> RoomAnswer:
        match request:
            case OpenRoom(title):
                return self._open(address, title)
            case JoinRoom():
                return self._join(sid, address, request)
            case LeaveRoom():
                self.leave(sid)
                return RoomNoted()
        seat = self._seats.get(sid)
        if seat is None:
            return _NOT_IN
        match request:
            case MoveCursor(cursor):
                return self._move(seat, cursor)
            case SayWhere(following, step):
                return self._note(sid, seat, following=following, step=step)
            case GetRoomLab() | GetRoomWalk():
                return self._show(seat, request)
            case GetResults() | InviteCoTeacher():
                return self._results(seat) if isinstance(request, GetResults) else self._invite(seat)
            case AskLesson() | GradeWork() | AskRoomHint():
                return self._of_lesson(seat, request)
            case _:
                return self._do(seat, request)

    def leave(self, sid: str) -> bool:
        """A connection leaves its room, or is lost. False: it sat in none."""
        with self._lock:
            seat = self._seats.pop(sid, None)
            if seat is None:
                return False
            self._where.get(seat.code, {}).pop(sid, None)
            if not any(other.code == seat.code for other in self._seats.values()):
                for kept in (self._logs, self._cursors, self._where, self._beaten):
                    kept.pop(seat.code, None)
        for group in seat.groups:
            self._door.leave(sid, group)
        self._presence.ask(seat.code)
        return True

    # Opening and joining

    def _open(self, address: str, title: str) -> RoomAnswer:
        wait = self._limits.wait("room", address)
        if wait:
            return Failed("busy", f"Many rooms were opened from your address. Try again in {wait} s.")
        rooms.delete_before(self._database, now() - limits.IDLE_DAYS * _DAY)
        if rooms.count(self._database) >= MAX_ROOMS:
            return Failed("limit", f"This server holds {MAX_ROOMS} rooms and has no room for more. Try again tomorrow.")
        made = opening(title)
        while not rooms.open_room(self._database, code := new_code(), encode(made.event)):
            pass
        return RoomOpened(code, made.teacher)

    def _join(self, sid: str, address: str, request: JoinRoom) -> RoomAnswer:
        wait = self._limits.blocked("guess", address)
        if wait:
            return Failed("busy", f"Too many wrong codes from your address. Try again in {wait} s.")
        self.leave(sid)
        code = typed_code(request.code)
        log = self._log(code)
        try:
            who, key = self._enter(log, address, request)
        except (NoRoomError, RefusedDeedError):
            self._limits.wait("guess", address)
            raise
        if isinstance(who, Failed):
            return who
        seat = Seat(code, who)
        with self._lock:
            self._seats[sid] = seat
            self._logs.setdefault(code, log)
            if who.role == "student":
                self._where.setdefault(code, {})[sid] = Whereabouts(who.member, following=True, step=0)
        for group in seat.groups:  # before the snapshot is taken: what happens in between is told, or in it
            self._door.enter(sid, group)
        self._presence.ask(code)
        self._beats.ask(code)
        with log.reading() as room:
            return RoomJoined(
                role=who.role,
                member=who.member,
                key=key,
                view=room_view(code, room),
                cursor=self._cursor(code),
                own=own_view(room, who) if who.role == "student" else None,
                board=board(room) if who.role in ("teacher", "co-teacher") else None,
            )

    def _enter(self, log: RoomLog, address: str, request: JoinRoom) -> tuple[Who | Failed, str]:
        """Who somebody is in the room, and a student's key."""
        with log.reading() as room:
            if request.token:
                return teacher_of(room, request.token), ""
            if request.projector:
                return Who("projector"), ""
            if (who := returning(room, request.key) if request.key else None) is not None:
                return who, request.key
        if now() - log.updated > limits.JOINABLE_HOURS * _HOUR:
            return Failed("refused", "This room's lesson is over."), ""
        wait = self._limits.wait("join", address)
        if wait:
            return Failed("busy", f"Many join from your address. Try again in {wait} s."), ""
        made: list[str] = []

        def decided(room: Room) -> tuple[Event, ...]:
            event, key = joining(room, request.name)
            made[:] = [key]
            return (event,)

        (joined,) = log.write(decided)
        self._views.ask(typed_code(request.code))
        assert isinstance(joined, Joined)
        return Who("student", joined.member), made[0]

    def _log(self, code: str) -> RoomLog:
        """The room's log; kept while somebody sits in the room."""
        return self._logs.get(code) or RoomLog(self._database, code)

    # Deeds

    def _do(self, seat: Seat, deed: Deed) -> RoomAnswer:
        log = self._log(seat.code)
        if isinstance(deed, ShowLab):
            wait = self._limits.wait("room lab", seat.code) if seat.who.role in ("teacher", "co-teacher") else 0
            if wait:
                return Failed("busy", f"This room has shown many labs. Wait {wait} s.")
            with log.reading() as room:
                decide(room, seat.who, deed)  # before anything is run for somebody who may not
            self._labs.check(deed.lab)
        if isinstance(deed, HandOut) and deed.task.lesson and seat.who.role in ("teacher", "co-teacher"):
            deed = HandOut(roomlessons.task(self._shelf.course(), deed.task.lesson, deed.task.task))
        events = log.write(lambda room: decide(room, seat.who, deed))
        if events and isinstance(deed, _QUIET):
            self._views.ask(seat.code)
        elif events:
            self._tell_views(seat.code)
        if isinstance(deed, RequestLab | RemoveMember):
            self._tell_student(seat.code, deed.member)
        if isinstance(deed, RemoveMember | DismissCoTeachers):
            self._turn_out(seat.code, log)
        with log.reading() as room:
            own = own_view(room, seat.who) if seat.who.role == "student" else None
            return RoomDone(room.revision, own, len(room.labs))

    # Lessons

    def _of_lesson(self, seat: Seat, request: AskLesson | GradeWork | AskRoomHint) -> RoomAnswer:
        if isinstance(request, AskLesson):
            return self._ask_lesson(seat, request.lesson, request.task)
        return self._grade(seat, request)

    def _ask_lesson(self, seat: Seat, slug: str, task: str) -> RoomAnswer:
        """Shows the question's lab, unless the room sees it, asks, and leads everyone to the step."""
        if seat.who.role not in ("teacher", "co-teacher"):
            return TEACHERS_ONLY
        with AT_ONCE:
            lab, question = roomlessons.question(self._shelf.course(), slug, task)
        self._labs.check(lab)

        def decided(room: Room) -> tuple[Event, ...]:
            seen = bool(room.labs) and room.labs[-1].lab == lab
            shown = () if seen else decide(room, seat.who, ShowLab(lab))
            number = len(room.labs) + len(shown)
            return (*shown, *decide(room, seat.who, AskRoom(msgspec.structs.replace(question, lab=number))))

        log = self._log(seat.code)
        log.write(decided)
        with log.reading() as room:
            revision, number = room.revision, len(room.labs)
        cursor = RoomCursor(lab=number, probe=question.probe, step=question.step)
        self._move(seat, cursor)
        self._tell_views(seat.code)
        return RoomDone(revision, None, number, cursor)

    def _grade(self, seat: Seat, request: GradeWork | AskRoomHint) -> RoomAnswer:
        """Grades a student's lab, or gives the next hint for it; the board is told what came of it."""
        if seat.who.role != "student":
            return _STUDENTS_ONLY
        wait = self._limits.wait("grade", f"{seat.code} {seat.who.member}")
        if wait:
            return Failed("busy", f"Your lab was checked often. Wait {wait} s.")
        log = self._log(seat.code)
        with log.reading() as room:
            before = roomlessons.work_of(room, seat.who, request.task)
            handed: RoomTask = room.tasks[request.task - 1].handed
        about = (handed.lesson, request.language, handed.task)
        with AT_ONCE:
            if isinstance(request, GradeWork):
                found = lessons.answer(GradeScript(*about, request.script), self._shelf)
            else:
                found = lessons.answer(AskHint(*about, before.hints, request.script), self._shelf)
        work = roomlessons.work_after(before, found)
        events = log.write(lambda room: graded(room, seat.who, request.task, work))
        if events:
            self._views.ask(seat.code)
        with log.reading() as room:
            own = own_view(room, seat.who)
        if isinstance(found, Graded):
            return RoomGraded(found, own)
        assert isinstance(found, Hinted)
        return RoomHinted(found, own)

    def _invite(self, seat: Seat) -> RoomAnswer:
        made: list[str] = []

        def decided(room: Room) -> tuple[Event, ...]:
            event, token = inviting(room, seat.who)
            made[:] = [token]
            return (event,)

        log = self._log(seat.code)
        log.write(decided)
        self._turn_out(seat.code, log)  # who came by the link before it
        self._tell_views(seat.code)
        return CoTeacherInvited(made[0])

    def _turn_out(self, code: str, log: RoomLog) -> None:
        """Takes those out of the room's groups, as far as they sit in this process, who may no longer be there."""
        with self._lock:
            seats = [(sid, seat.who) for sid, seat in self._seats.items() if seat.code == code]
        with log.reading() as room:
            out = [sid for sid, who in seats if not stays(room, who)]
        for sid in out:
            if self.leave(sid):  # and not another thread a moment ago
                self._door.tell_here("left", RoomLeft(), sid)

    def _results(self, seat: Seat) -> RoomAnswer:
        if seat.who.role not in ("teacher", "co-teacher"):
            return TEACHERS_ONLY
        with self._log(seat.code).reading() as room:
            if not stays(room, seat.who):
                return _NOT_IN
            return RoomResults(results_csv(room))

    # Labs

    def _show(self, seat: Seat, request: GetRoomLab | GetRoomWalk) -> RoomAnswer:
        with self._log(seat.code).reading() as room:
            if not stays(room, seat.who):
                return _NOT_IN
            if not 1 <= request.number <= len(room.labs):
                return Failed("unknown_name", f"The room has no lab number {request.number}.")
            lab: RoomLab = room.labs[request.number - 1].lab
        if isinstance(request, GetRoomLab):
            return RoomLabRun(request.number, *self._labs.states(lab))
        if request.other and not lab.other:
            return Failed("unknown_name", "This lab is no twin.")
        return RoomWalk(request.number, request.other, *self._labs.walk(lab, request.probe, other=request.other))

    # Cursors and presence, which are no events

    def _move(self, seat: Seat, cursor: RoomCursor) -> RoomAnswer:
        if seat.who.role not in ("teacher", "co-teacher"):
            return TEACHERS_ONLY
        with self._lock:
            before = self._cursors.get(seat.code)
            # after all that are known, also where this machine's clock is behind another's
            moment = max(now(), before.number // _TAGS + 1 if before else 0)
            number = moment * _TAGS + self._tag
            self._cursors[seat.code] = msgspec.structs.replace(cursor, number=number)
        self._pointer.ask(seat.code)
        self._keeper.ask(seat.code)
        return RoomNoted(number)

    def heard(self, group: str, cursor: RoomCursor) -> bool:
        """Another process has told a group of a cursor: this one's will be later. False: a later one is known."""
        return self._newer(group.removeprefix(_EVERYONE), cursor)

    def _newer(self, code: str, cursor: RoomCursor) -> bool:
        with self._lock:
            known = self._cursors.get(code)
            newer = code in self._logs and (known is None or known.number < cursor.number)
            if newer:
                self._cursors[code] = cursor
        return newer

    def _kept_cursor(self, code: str) -> RoomCursor:
        kept = rooms.cursor(self._database, code)
        return RoomCursor() if kept is None else msgspec.json.decode(kept, type=RoomCursor)

    def _cursor(self, code: str) -> RoomCursor:
        """The newest cursor that is known: one that this process knows, or the one that was kept."""
        kept = self._kept_cursor(code)
        self._newer(code, kept)
        return self._cursors.get(code, kept)

    def _note(self, sid: str, seat: Seat, *, following: bool, step: int) -> RoomAnswer:
        if seat.who.role == "student":
            with self._lock:
                self._where.setdefault(seat.code, {})[sid] = Whereabouts(seat.who.member, following, step)
            self._presence.ask(seat.code)
        return RoomNoted()

    def _keep_cursor(self, code: str) -> None:
        cursor = self._cursors.get(code)
        if cursor is not None:
            rooms.keep_cursor(self._database, code, cursor.number, msgspec.json.encode(cursor))

    # What is told without being asked

    def beat(self, code: str) -> None:
        """What each process does of itself, again and again, for every room that somebody of it sits in."""
        log = self._logs.get(code)
        if log is None:
            return
        self._beats.ask(code)
        self._turn_out(code, log)
        self._catch_up(code, log)
        self._tell_presence(code)

    def _catch_up(self, code: str, log: RoomLog) -> None:
        """Says again here what other processes may have said in vain: the queue between them keeps nothing."""
        if self._newer(code, kept := self._kept_cursor(code)):
            self._door.tell_here("cursor", kept, everyone(code))
        with self._lock:
            students = {seat.who for seat in self._seats.values() if seat.code == code and seat.who.role == "student"}
        with log.reading() as room:
            if room.revision == self._beaten.get(code):
                return
            self._beaten[code] = room.revision
            view, all_ = room_view(code, room), board(room)
            owns = [(who, own_view(room, who)) for who in students if room.members[who.member].requested]
        self._door.tell_here("view", view, everyone(code))
        self._door.tell_here("board", all_, teachers(code))
        for who, own in owns:
            self._door.tell_here("own", own, student(code, who.member))

    def _tell_views(self, code: str) -> None:
        try:
            with self._log(code).reading() as room:
                view, all_ = room_view(code, room), board(room)
        except NoRoomError:
            return
        self._door.tell("view", view, everyone(code))
        self._door.tell("board", all_, teachers(code))

    def _tell_student(self, code: str, member: int) -> None:
        with self._log(code).reading() as room:
            own = own_view(room, Who("student", member))
        self._door.tell("own", own, student(code, member))

    def _tell_cursor(self, code: str) -> None:
        cursor = self._cursors.get(code)
        if cursor is not None:
            self._door.tell("cursor", cursor, everyone(code))

    def _tell_presence(self, code: str) -> None:
        with self._lock:
            members = {one.member: one for one in self._where.get(code, {}).values()}
        self._door.tell("presence", Presence(self._worker, tuple(members.values())), teachers(code))
