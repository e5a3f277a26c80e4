"""Every message between browser and server, as types; static/src/protocol.ts is generated from this file.

A request travels as the one Socket.IO event ``request`` with a body tagged by ``type``, and is answered by an
acknowledgement, one of Answer. While a walk is computed its steps arrive as ``steps`` events before the answer.
Bytes are base64. The browser keeps the script of each lab: where the server no longer knows a lab (a restart, a long
sleep), the answer is Failed("unknown_lab") and the browser opens its script again.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from webapp.classroom.deeds import Deed
from webapp.classroom.values import Natural, Role, RoomCursor
from webapp.classroom.views import Board, OwnView, RoomView
from webapp.kernel.trace import SkbState, Step
from webapp.lab.topology import Topology
from webapp.lessons.figures import Prices
from webapp.lessons.shown import ComputedHint, Feedback, LessonEntry, Link, Met, Progress, ShownProse, ShownTask
from webapp.workshop.operations import Arrangement, Edit, Operation
from webapp.workshop.questions import Captured, Diagnostic, Outcome, Reach, Reason, Remedy

PROTOCOL_VERSION = 1

MAX_SCRIPT = 100_000
"""Characters of a lab script."""

MAX_LINE = 10_000
"""Characters of one command typed in the terminal."""

Script = Annotated[str, msgspec.Meta(max_length=MAX_SCRIPT)]
Line = Annotated[str, msgspec.Meta(max_length=MAX_LINE)]
Name = Annotated[str, msgspec.Meta(max_length=64)]


# From the browser


class OpenBuiltin(msgspec.Struct, frozen=True, tag=True):
    """Opens one of the built-in labs by its slug."""

    slug: Name


class OpenScript(msgspec.Struct, frozen=True, tag=True):
    """Opens a lab from its text: a file, a link, or a lab that the server has forgotten."""

    script: Script
    title: Annotated[str, msgspec.Meta(max_length=200)] = ""


class RunCommand(msgspec.Struct, frozen=True, tag=True):
    """One line of the terminal, run in namespace ``netns`` of the lab and added to its script."""

    lab: Name
    netns: Name
    line: Line


class ReplaceScript(msgspec.Struct, frozen=True, tag=True):
    """The lab's script was edited as a whole (or a line was taken back): runs it anew."""

    lab: Name
    script: Script


class GetWalk(msgspec.Struct, frozen=True, tag=True):
    """Asks for the steps of a probe by its index in Opened.probes."""

    lab: Name
    probe: int


class Complete(msgspec.Struct, frozen=True, tag=True):
    """What could stand at the end of ``line``: commands, options, and names that exist in the lab."""

    lab: Name
    netns: Name
    line: Line


class CloseLab(msgspec.Struct, frozen=True, tag=True):
    """The lab is no longer shown."""

    lab: Name


class Verify(msgspec.Struct, frozen=True, tag=True):
    """What did real kernels print for this lab? Built-in labs only: nothing that a user types reaches a kernel."""

    lab: Name


class EditScript(msgspec.Struct, frozen=True, tag=True):
    """What would this operation of the picture do to the script? Nothing is run and nothing is changed by asking."""

    script: Script
    operation: Operation


class CompleteScript(msgspec.Struct, frozen=True, tag=True):
    """What could stand at ``offset`` (Unicode characters) of the script, as it is being typed?

    Names come from the lab as it last ran.
    """

    lab: Name
    script: Script
    offset: int


class CompileRule(msgspec.Struct, frozen=True, tag=True):
    """What does the nft rule at ``offset`` (Unicode characters) of the script compile to?"""

    lab: Name
    script: Script
    offset: int


class AskWhyNot(msgspec.Struct, frozen=True, tag=True):
    """Why did a probe's packets not meet a hook, and what smallest edits would change that?

    ``question`` is a number of the browser's by which Cancel names it; 0: it is not cancelled.
    """

    lab: Name
    probe: int
    netns: Name
    dev: Name
    station: Name
    question: int = 0


class AskReachability(msgspec.Struct, frozen=True, tag=True):
    """Which namespace reaches which, by ping, at the end of the script? ``question``: see AskWhyNot."""

    lab: Name
    question: int = 0


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """The answer to a question is no longer wanted: what is found until then is answered, and the model stops."""

    question: int


class AskCapture(msgspec.Struct, frozen=True, tag=True):
    """What does tcpdump see on a device while a probe runs? With ``dev`` empty: on every device of the namespace."""

    lab: Name
    probe: int
    netns: Name
    dev: Name


class OpenRuleset(msgspec.Struct, frozen=True, tag=True):
    """Makes a lab around a ruleset as `nft list ruleset` prints it: the devices that it names, and the ruleset."""

    ruleset: Script


class ExportLab(msgspec.Struct, frozen=True, tag=True):
    """The lab as a file: a page that plays all its walks without a server, or one walk's frames with comments.

    ``probe`` is the walk of a pcapng, and with ``step`` where the page begins; ``link`` is what the page leads back to.
    """

    lab: Name
    format: Literal["html", "pcapng"]
    probe: int = 0
    step: int = 0
    link: Annotated[str, msgspec.Meta(max_length=1_000_000)] = ""


class OpenCourse(msgspec.Struct, frozen=True, tag=True):
    """Which lessons are there? A language that the lessons do not have is answered in English."""

    language: Name


class OpenLesson(msgspec.Struct, frozen=True, tag=True):
    """One lesson, by its slug."""

    lesson: Name
    language: Name


class OpenTask(msgspec.Struct, frozen=True, tag=True):
    """The lab that a task begins with. Of a question, its walk without the answer, unless ``revealed``."""

    lesson: Name
    task: Name
    revealed: bool = False


class AnswerTask(msgspec.Struct, frozen=True, tag=True):
    """An answer to a question: the ids of the chosen options, in order where an order is asked; none: I don't know."""

    lesson: Name
    language: Name
    task: Name
    chosen: Annotated[tuple[Name, ...], msgspec.Meta(max_length=64)]


class GradeScript(msgspec.Struct, frozen=True, tag=True):
    """Does this script do what a graded task wants?"""

    lesson: Name
    language: Name
    task: Name
    script: Script


class AskHint(msgspec.Struct, frozen=True, tag=True):
    """Hint ``number`` (from 0, gentle to plain) of a task, for the learner's script ("" for a question)."""

    lesson: Name
    language: Name
    task: Name
    number: int
    script: Script


class AskSolution(msgspec.Struct, frozen=True, tag=True):
    """The solution of a graded task."""

    lesson: Name
    task: Name


class WatchLesson(msgspec.Struct, frozen=True, tag=True):
    """Is a lesson's ``revision`` still that of its files? For who writes it, and looks at it meanwhile."""

    lesson: Name


Request = (
    Verify
    | OpenBuiltin
    | OpenScript
    | RunCommand
    | ReplaceScript
    | GetWalk
    | Complete
    | CloseLab
    | EditScript
    | CompleteScript
    | CompileRule
    | AskWhyNot
    | AskReachability
    | Cancel
    | AskCapture
    | OpenRuleset
    | ExportLab
    | OpenCourse
    | OpenLesson
    | OpenTask
    | AnswerTask
    | GradeScript
    | AskHint
    | AskSolution
    | WatchLesson
)


# To the browser


class Entry(msgspec.Struct, frozen=True):
    """One command of a lab and what it printed. ``line`` counts from 1 in the script; ``probe``: index, or -1."""

    line: int
    netns: str
    command: str
    output: str
    code: int
    probe: int


class Probe(msgspec.Struct, frozen=True):
    """One command that sent packets. ``steps`` is the length of its walk."""

    index: int
    line: int
    netns: str
    command: str
    steps: int


class LabState(msgspec.Struct, frozen=True, tag=True):
    """A lab as it stands: the answer to OpenBuiltin, OpenScript, ReplaceScript and RunCommand.

    ``slug`` is that of the built-in lab while the script is still its own, else empty. ``twin`` is the slug of the
    lab that is worth a comparison, or empty. ``topology`` is that at the end of the script. ``confirmed`` are the
    kernels that printed the same for this very script. ``diagnostics`` are the commands that failed, in order;
    ``outcomes`` say how each probe went; ``arrangement`` is what the script's comments say about the picture.
    """

    lab: str
    slug: str
    title: str
    summary: str
    twin: str
    script: str
    entries: tuple[Entry, ...]
    probes: tuple[Probe, ...]
    topology: Topology
    confirmed: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    arrangement: Arrangement = Arrangement()


class Verdict(msgspec.Struct, frozen=True):
    """A lab on one kernel: what that printed (``real``), what the model prints as that kernel, where they differ."""

    kernel: str
    agrees: bool
    real: str
    model: str
    differences: tuple[str, ...]


class Verified(msgspec.Struct, frozen=True, tag=True):
    """The answer to Verify; without verdicts for a lab that is not a built-in one."""

    lab: str
    verdicts: tuple[Verdict, ...]


class WalkDone(msgspec.Struct, frozen=True, tag=True):
    """All steps of a walk have been sent: the answer to GetWalk. ``topology`` is that when the probe ran."""

    lab: str
    probe: int
    command: str
    line: int
    netns: str
    steps: int
    truncated: bool
    topology: Topology


class Completions(msgspec.Struct, frozen=True, tag=True):
    """``words`` that could replace the characters of the line from ``start`` on."""

    start: int
    words: tuple[str, ...]


class Edited(msgspec.Struct, frozen=True, tag=True):
    """The answer to EditScript."""

    edit: Edit


class CompletionOption(msgspec.Struct, frozen=True):
    """One word that may stand there; ``kind`` is for its mark, ``detail`` a few words about it, or empty."""

    label: str
    kind: Literal["program", "word", "namespace", "device", "table", "chain", "set", "address", "keyword", "option"]
    detail: str


class ScriptCompletions(msgspec.Struct, frozen=True, tag=True):
    """The answer to CompleteScript: ``options`` replace the characters from ``start`` to the offset."""

    start: int
    options: tuple[CompletionOption, ...]


class Compiled(msgspec.Struct, frozen=True, tag=True):
    """The answer to CompileRule: the ``rule``, and what `nft --debug=netlink` prints of it; empty where none is."""

    rule: str
    lines: tuple[str, ...]


class WhyNot(msgspec.Struct, frozen=True, tag=True):
    """The answer to AskWhyNot: the ``reasons`` in the order of the walk, and the smallest edits first.

    ``reached`` is true where the hook was met after all; ``tried`` says how many edits the model was run with, and
    ``complete``, whether those are all that there are: a search ends when its time is over.
    """

    reached: bool
    reasons: tuple[Reason, ...]
    remedies: tuple[Remedy, ...]
    tried: int
    complete: bool


class Reachability(msgspec.Struct, frozen=True, tag=True):
    """The answer to AskReachability: every ordered pair of namespaces whose target has an address.

    Of a large lab only some are asked, and ``left_out`` says how many are not in ``pairs``.
    """

    pairs: tuple[Reach, ...]
    left_out: int


class Capture(msgspec.Struct, frozen=True, tag=True):
    """The answer to AskCapture; ``pcapng`` is the file, with a comment per frame."""

    frames: tuple[Captured, ...]
    pcapng: bytes


class RulesetLab(msgspec.Struct, frozen=True, tag=True):
    """The answer to OpenRuleset: a lab's script, and what was left out of it."""

    script: str
    notes: tuple[str, ...]


class Exported(msgspec.Struct, frozen=True, tag=True):
    """The answer to ExportLab: the file."""

    content: bytes


class Cancelled(msgspec.Struct, frozen=True, tag=True):
    """The answer to Cancel."""

    question: int


class Closed(msgspec.Struct, frozen=True, tag=True):
    """The answer to CloseLab."""

    lab: str


class Steps(msgspec.Struct, frozen=True, tag=True):
    """A part of a walk, in order: ``first`` is the number of its first step; ``states`` go on from ``first_state``."""

    lab: str
    probe: int
    first: int
    steps: tuple[Step, ...]
    first_state: int
    states: tuple[SkbState, ...]


class Course(msgspec.Struct, frozen=True, tag=True):
    """The answer to OpenCourse: the lessons in order. ``languages`` are those that all texts exist in."""

    language: str
    languages: tuple[str, ...]
    lessons: tuple[LessonEntry, ...]


class Lesson(msgspec.Struct, frozen=True, tag=True):
    """The answer to OpenLesson: ``blocks`` of prose and tasks in order, all texts as HTML that is safe to insert.

    ``script`` is the lab that the lesson begins with. ``confirmed`` are the kernels that printed the same as the model
    for each of its labs and solutions; ``ahead``: what is not in Linux left out. ``previous``
    and ``next`` are slugs, or empty. ``revision``: see WatchLesson.
    ``prices``: what a lesson about cost reckons a walk's way out of devices at.
    """

    slug: str
    number: int
    language: str
    languages: tuple[str, ...]
    title: str
    summary: str
    minutes: int
    script: str
    blocks: tuple[ShownProse | ShownTask, ...]
    links: tuple[Link, ...]
    confirmed: tuple[str, ...]
    ahead: bool
    previous: str
    next: str
    revision: str
    prices: Prices | None = None


class TaskLab(msgspec.Struct, frozen=True, tag=True):
    """The answer to OpenTask. ``lab`` has no key: no session holds it; a graded task's goes on from its ``script``.

    Of a question that is not revealed, ``lab`` ends before the probe, ``walk`` after ``shown`` steps, and outcomes are
    left out. ``probe`` is the number of the probe that is asked about, -1 for a graded task, whose ``walk`` is None.
    """

    lesson: str
    task: str
    lab: LabState
    probe: int
    walk: Steps | None
    shown: int
    hidden: bool


class Judged(msgspec.Struct, frozen=True, tag=True):
    """The answer to AnswerTask: ``right`` says whether all of it is; ``answer`` are the right options' ids (in order).

    ``step`` is where the walk of the task, revealed, shows it (-1: nowhere). ``explanation`` is HTML. Of ``credit``,
    1 is all.
    """

    lesson: str
    task: str
    right: bool
    credit: float
    answer: tuple[str, ...]
    feedback: tuple[Feedback, ...]
    explanation: str
    step: int


class Graded(msgspec.Struct, frozen=True, tag=True):
    """The answer to GradeScript. ``commands`` counts those over the lab that the task begins with; ``par`` is the aim.

    ``resembles`` is the name of a known wrong answer that fails in the same way, or empty, and ``feedback`` what there
    is to say to it, or to a right answer, as HTML. ``problem`` says why a script could not be run at all.
    """

    lesson: str
    task: str
    solved: bool
    points: int
    of: int
    commands: int
    par: int
    expect: tuple[Met, ...]
    resembles: str
    feedback: str
    problem: str


class Hinted(msgspec.Struct, frozen=True, tag=True):
    """The answer to AskHint: HTML, and what the model adds to it. ``more`` says how many hints follow."""

    lesson: str
    task: str
    number: int
    text: str
    computed: ComputedHint
    more: int


class Solution(msgspec.Struct, frozen=True, tag=True):
    """The answer to AskSolution: commands for the terminal, one an entry, and the script that they make."""

    lesson: str
    task: str
    commands: tuple[str, ...]
    script: str


class Revision(msgspec.Struct, frozen=True, tag=True):
    """The answer to WatchLesson. ``faults`` are what `hookwalk lessons check` says about its files as they are.

    A check takes seconds; until it is done there are none.
    """

    lesson: str
    revision: str
    faults: tuple[str, ...]


FailureCode = Literal[
    "malformed", "unknown_lab", "unknown_name", "script", "limit", "operation", "busy", "refused", "internal"
]


class Failed(msgspec.Struct, frozen=True, tag=True):
    """What was wrong, in words for people; ``line`` and ``column`` count from 1 in the script, 0 where none applies.
    ``explanation`` says what the words mean and what to do, or is empty.

    malformed: not a message of this protocol. script: the lab's text cannot be read. limit: the lab asks for more
    than this server gives. operation: the picture cannot be changed so.
    busy: too many requests, try again. refused: the room does not allow it. internal: a fault of ours.
    """

    code: FailureCode
    message: str
    line: int = 0
    column: int = 0
    explanation: str = ""


Answer = (
    Verified
    | LabState
    | WalkDone
    | Completions
    | Closed
    | Edited
    | ScriptCompletions
    | Compiled
    | WhyNot
    | Reachability
    | Capture
    | RulesetLab
    | Exported
    | Cancelled
    | Course
    | Lesson
    | TaskLab
    | Judged
    | Graded
    | Hinted
    | Solution
    | Revision
    | Failed
)


# The classroom: requests of the event ``room``, each answered by a RoomAnswer. Without being asked the server sends
# everyone in the room ``view`` (RoomView) and ``cursor`` (RoomCursor), a student ``own`` (OwnView), teachers ``board``
# (Board) and ``presence`` (Presence), and who is sent out ``left`` (RoomLeft). Each replaces what was sent before under
# its name, unless that was newer: there is nothing that a browser could miss and need again.


class OpenRoom(msgspec.Struct, frozen=True, tag=True):
    """Opens a room. Whoever opens it is its teacher, by a token, and has yet to join."""

    title: Annotated[str, msgspec.Meta(max_length=200)] = ""


class JoinRoom(msgspec.Struct, frozen=True, tag=True):
    """Comes into a room, also after a lost connection.

    With ``token`` as a teacher. With the ``key`` of an earlier answer as the same student as then, else as a new one,
    called ``name`` or, where that is empty, by an animal's. A ``projector`` is nobody, and sees what everyone sees.
    """

    code: Name
    token: Name = ""
    key: Name = ""
    name: Name = ""
    projector: bool = False


class LeaveRoom(msgspec.Struct, frozen=True, tag=True):
    """Goes out of the room."""


class MoveCursor(msgspec.Struct, frozen=True, tag=True):
    """Teachers': where the room is to look. The last one of each 50 ms goes out; the last one of all is kept."""

    cursor: RoomCursor


class SayWhere(msgspec.Struct, frozen=True, tag=True):
    """Students': whether one follows, and the step that one is at."""

    following: bool
    step: Natural


class GetRoomLab(msgspec.Struct, frozen=True, tag=True):
    """A lab that the room sees or saw, by its number (from 1)."""

    number: Natural


class GetRoomWalk(msgspec.Struct, frozen=True, tag=True):
    """A walk of such a lab; ``other``: of the second of a twin."""

    number: Natural
    other: bool
    probe: Natural


class GetResults(msgspec.Struct, frozen=True, tag=True):
    """Teachers': everybody's answers and work."""


class AskLesson(msgspec.Struct, frozen=True, tag=True):
    """Teachers': asks a question of a lesson, at its step of its lab, which the room sees then."""

    lesson: Name
    task: Name


class GradeWork(msgspec.Struct, frozen=True, tag=True):
    """Students': does this script do what the task of a lesson wants? The room's board gets the grade."""

    task: Natural
    language: Name
    script: Script


class AskRoomHint(msgspec.Struct, frozen=True, tag=True):
    """Students': the next hint of the lesson's task for this script; the board counts it."""

    task: Natural
    language: Name
    script: Script


class InviteCoTeacher(msgspec.Struct, frozen=True, tag=True):
    """The teacher's: a link for co-teachers, in the place of an earlier one."""


class RoomOpened(msgspec.Struct, frozen=True, tag=True):
    """The answer to OpenRoom: the code for students, and the token that makes a teacher.

    A token stands after the # of a link, which browsers send to no server.
    """

    code: str
    teacher: str


class CoTeacherInvited(msgspec.Struct, frozen=True, tag=True):
    """The answer to InviteCoTeacher: the token that makes a co-teacher. It is told this once."""

    token: str


class RoomLeft(msgspec.Struct, frozen=True, tag=True):
    """Told to somebody who was sent out, as ``left``. Nothing of the room is told any more."""


class RoomJoined(msgspec.Struct, frozen=True, tag=True):
    """The answer to JoinRoom: all that there is to know. ``key`` and ``own`` are a student's, ``board`` teachers'."""

    role: Role
    member: int
    key: str
    view: RoomView
    cursor: RoomCursor
    own: OwnView | None
    board: Board | None


class RoomDone(msgspec.Struct, frozen=True, tag=True):
    """The answer to a deed: it is kept. ``revision`` is that of the room after it; ``own`` a student's view.

    ``lab`` is the number of the lab that the room sees after it (0: none); ``cursor`` is where the deed has led it.
    """

    revision: int
    own: OwnView | None
    lab: int = 0
    cursor: RoomCursor | None = None


class RoomGraded(msgspec.Struct, frozen=True, tag=True):
    """The answer to GradeWork."""

    graded: Graded
    own: OwnView


class RoomHinted(msgspec.Struct, frozen=True, tag=True):
    """The answer to AskRoomHint."""

    hinted: Hinted
    own: OwnView


class RoomNoted(msgspec.Struct, frozen=True, tag=True):
    """The answer to MoveCursor (``number``: that of the cursor), SayWhere and LeaveRoom."""

    number: int = 0


class RoomLabRun(msgspec.Struct, frozen=True, tag=True):
    """The answer to GetRoomLab: the lab, run. Its key is empty: no session holds it. ``other``: of a twin."""

    number: int
    lab: LabState
    other: LabState | None


class RoomWalk(msgspec.Struct, frozen=True, tag=True):
    """The answer to GetRoomWalk: all of the walk, and the topology when the probe ran."""

    number: int
    other: bool
    walk: Steps
    done: WalkDone


class RoomResults(msgspec.Struct, frozen=True, tag=True):
    """The answer to GetResults: a table for spreadsheets (RFC 4180)."""

    csv: str


class Whereabouts(msgspec.Struct, frozen=True):
    """Where a student is who is connected."""

    member: int
    following: bool
    step: int


class Presence(msgspec.Struct, frozen=True, tag=True):
    """The students who are connected to one process of the server (``worker``)."""

    worker: str
    members: tuple[Whereabouts, ...]


class TeachingLab(msgspec.Struct, frozen=True):
    """A lab that a teacher can show."""

    title: str
    script: str


class TeachingTask(msgspec.Struct, frozen=True):
    """A question or a graded task of a lesson, in the words of its prompt. ``askable``: a room can be asked it."""

    task: str
    prompt: str
    graded: bool
    askable: bool


class TeachingLesson(msgspec.Struct, frozen=True):
    """A lesson as a deck that is ready: its tasks in order."""

    lesson: str
    title: str
    tasks: tuple[TeachingTask, ...]


class RoomData(msgspec.Struct, frozen=True):
    """What a page of a room carries: the room's code (empty: none yet), and for teachers the labs and the lessons."""

    protocol: int
    code: str
    labs: tuple[TeachingLab, ...]
    lessons: tuple[TeachingLesson, ...] = ()


RoomRequest = (
    OpenRoom
    | JoinRoom
    | LeaveRoom
    | MoveCursor
    | SayWhere
    | GetRoomLab
    | GetRoomWalk
    | GetResults
    | AskLesson
    | GradeWork
    | AskRoomHint
    | InviteCoTeacher
    | Deed
)
RoomAnswer = (
    RoomOpened
    | RoomJoined
    | RoomDone
    | RoomGraded
    | RoomHinted
    | RoomNoted
    | RoomLabRun
    | RoomWalk
    | RoomResults
    | CoTeacherInvited
    | Failed
)


# What the server keeps, over HTTP


class KeepLink(msgspec.Struct, frozen=True):
    """The link of a lab by value that is to become a short one (POST /s), and what a short link's page goes on to."""

    address: str


class ShortLink(msgspec.Struct, frozen=True):
    """The answer: the short link's path. The same lab always has the same."""

    path: str


CodeWord = Annotated[str, msgspec.Meta(max_length=100)]


class KeepProgress(msgspec.Struct, frozen=True, tag=True):
    """Keeps a learner's progress under a new code word (POST /progress)."""

    progress: Progress


class LoadProgress(msgspec.Struct, frozen=True, tag=True):
    """What is kept under a code word? Capitals, hyphens and the words' endings do not matter."""

    word: CodeWord


class SaveProgress(msgspec.Struct, frozen=True, tag=True):
    """Puts the progress in the place of what is kept under a code word."""

    word: CodeWord
    progress: Progress


class ForgetProgress(msgspec.Struct, frozen=True, tag=True):
    """Deletes what is kept under a code word; the answer holds no progress, and the word is none any more."""

    word: CodeWord


ProgressRequest = KeepProgress | LoadProgress | SaveProgress | ForgetProgress


class KeptProgress(msgspec.Struct, frozen=True, tag=True):
    """The answer: the code word as it was given, and the progress. Nobody who has lost the word can find it again."""

    word: str
    progress: Progress


class SheetData(msgspec.Struct, frozen=True):
    """What the page of a worksheet draws: the lab of its lesson, as it is before anything is asked."""

    title: str
    topology: Topology


class BuiltinLab(msgspec.Struct, frozen=True):
    """A built-in lab as the list of labs shows it; ``statements`` are those of the commit that it shows (S1 …)."""

    slug: str
    title: str
    summary: str
    statements: tuple[str, ...]
    twin: str


class PageData(msgspec.Struct, frozen=True):
    """What the server writes into the page, so that the picture stands before the socket does.

    ``lab`` is the lab to show, already run, with the steps of its first probe in ``walk``; None where the link
    carries the lab itself (after #). ``other`` is the second lab of a twin.
    """

    protocol: int
    labs: tuple[BuiltinLab, ...]
    lab: LabState | None
    walk: Steps | None
    other: LabState | None
    other_walk: Steps | None


class LessonFault(msgspec.Struct, frozen=True):
    """A lesson whose files cannot be read, and why."""

    lesson: str
    message: str


class HomeQuestion(msgspec.Struct, frozen=True):
    """The question that the home page asks, with its walk up to there; ``own``: it is that of Hookwalk's own course."""

    lesson: str
    task: ShownTask
    stage: TaskLab
    own: bool


class CourseData(msgspec.Struct, frozen=True):
    """What the home page and the list of lessons carry. ``watched``: the lessons are being written."""

    protocol: int
    labs: tuple[BuiltinLab, ...]
    course: Course
    faults: tuple[LessonFault, ...]
    question: HomeQuestion | None
    watched: bool


class LessonData(msgspec.Struct, frozen=True):
    """What a lesson's page carries: the ``lesson``, None where its files cannot be read, and its first task's lab."""

    protocol: int
    labs: tuple[BuiltinLab, ...]
    slug: str
    course: Course
    lesson: Lesson | None
    stage: TaskLab | None
    faults: tuple[LessonFault, ...]
    watched: bool


class Recording(msgspec.Struct, frozen=True):
    """A probe's walk, and the lab as it was before it."""

    walk: Steps
    topology: Topology


class PlayerData(msgspec.Struct, frozen=True):
    """What a page carries that plays without a server: a lab with all its walks, and where it begins.

    ``link`` is the address of the lab in the Hookwalk that wrote the page, or empty.
    """

    protocol: int
    lab: LabState
    recordings: tuple[Recording, ...]
    probe: int
    step: int
    link: str


DOCUMENT = (
    *get_args(Request),
    *get_args(Answer),
    Steps,
    PageData,
    PlayerData,
    CourseData,
    LessonData,
    Progress,
    KeepLink,
    ShortLink,
    *get_args(ProgressRequest),
    KeptProgress,
    SheetData,
    *get_args(RoomRequest),
    *get_args(RoomAnswer),
    RoomView,
    RoomCursor,
    OwnView,
    Board,
    Presence,
    RoomLeft,
    RoomData,
)
"""The types that typescript.py starts from."""
