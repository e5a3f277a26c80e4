"""What happened in a room. Its log is a sequence of these, and all that is known of the room follows from it."""

from __future__ import annotations

import msgspec

from webapp.classroom.values import RoomLab, RoomQuestion, RoomTask, Work


class Opened(msgspec.Struct, frozen=True, tag=True):
    """The first event. The teacher's token is kept as a hash, and so is what older rooms had for co-teachers."""

    title: str
    teacher: str
    co_teacher: str = ""


class Joined(msgspec.Struct, frozen=True, tag=True):
    """A student has come for the first time; ``member`` counts from 1, ``key`` is the hash of what proves it later."""

    member: int
    key: str
    name: str


class Named(msgspec.Struct, frozen=True, tag=True):
    """A student calls herself otherwise."""

    member: int
    name: str


class Removed(msgspec.Struct, frozen=True, tag=True):
    """A student was sent out, and cannot come back with the same key."""

    member: int


class Invited(msgspec.Struct, frozen=True, tag=True):
    """Co-teachers come by this link from now on, kept as a hash, and by no earlier one; empty: by none."""

    co_teacher: str


class LabShown(msgspec.Struct, frozen=True, tag=True):
    """The room sees this lab from now on. ``member`` is the student whose it is, 0 for the teacher's."""

    lab: RoomLab
    member: int = 0


class Frozen(msgspec.Struct, frozen=True, tag=True):
    """Everyone is held at the teacher's step, or let go again."""

    on: bool


class Asked(msgspec.Struct, frozen=True, tag=True):
    """A question is open; questions count from 1 in the order of their events."""

    question: RoomQuestion


class Answered(msgspec.Struct, frozen=True, tag=True):
    """A student's answer, which takes the place of an earlier one; empty: "I don't know"."""

    question: int
    member: int
    chosen: tuple[str, ...]


class Counted(msgspec.Struct, frozen=True, tag=True):
    """The room sees how many chose what. Answers may still be changed."""

    question: int


class Revealed(msgspec.Struct, frozen=True, tag=True):
    """The room sees which answers are right; none is taken any more."""

    question: int
    right: tuple[str, ...]
    explanation: str


class HandedOut(msgspec.Struct, frozen=True, tag=True):
    """A task for everyone; tasks count from 1 in the order of their events."""

    task: RoomTask


class Worked(msgspec.Struct, frozen=True, tag=True):
    """How far a student has come with a task."""

    task: int
    member: int
    work: Work


class Collected(msgspec.Struct, frozen=True, tag=True):
    """The task is over."""

    task: int


class LabRequested(msgspec.Struct, frozen=True, tag=True):
    """A teacher asks a student whether the room may see her lab."""

    member: int


class LabOffered(msgspec.Struct, frozen=True, tag=True):
    """The student agrees: this lab, and no other, may be shown."""

    member: int
    lab: RoomLab


class LabDeclined(msgspec.Struct, frozen=True, tag=True):
    """The student does not agree, or takes an offer back."""

    member: int


class Closed(msgspec.Struct, frozen=True, tag=True):
    """The lesson is over; the room can still be looked at."""


Event = (
    Opened
    | Joined
    | Named
    | Removed
    | Invited
    | LabShown
    | Frozen
    | Asked
    | Answered
    | Counted
    | Revealed
    | HandedOut
    | Worked
    | Collected
    | LabRequested
    | LabOffered
    | LabDeclined
    | Closed
)

_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode(event: Event) -> bytes:
    """An event as the log keeps it."""
    return msgspec.json.encode(event)


def decode(body: bytes) -> Event:
    """An event from the log."""
    return _DECODER.decode(body)
