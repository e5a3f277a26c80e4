"""How somebody becomes who they are in a room: by the teacher's link, by a key of an earlier visit, or anew."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest

from webapp.classroom import limits
from webapp.classroom.deeds import TEACHER_ONLY, RefusedDeedError, Who, check
from webapp.classroom.events import Invited, Joined, Opened
from webapp.classroom.names import clean, free_animal
from webapp.classroom.rights import hashed, new_token, proves
from webapp.classroom.room import Room


@dataclass(frozen=True, slots=True)
class Opening:
    """A new room's first event, and its teacher's token, which nobody else ever gets."""

    event: Opened
    teacher: str


def opening(title: str) -> Opening:
    """A new room."""
    teacher = new_token()
    return Opening(Opened(title, hashed(teacher)), teacher)


def inviting(room: Room, who: Who) -> tuple[Invited, str]:
    """The event and the token of a new link for co-teachers. RefusedDeedError: only the teacher makes one."""
    check(room, who, TEACHER_ONLY)
    token = new_token()
    return Invited(hashed(token)), token


def teacher_of(room: Room, token: str) -> Who:
    """The teacher, or the co-teacher, whose token it is; RefusedDeedError where it is nobody's."""
    # both are compared, so that the time tells nothing; no hash is empty, as that of a link that was taken back
    teacher, co_teacher = proves(token, room.teacher), proves(token, room.co_teacher)
    if not (teacher or co_teacher):
        raise RefusedDeedError("This link does not open the room as a teacher. Use the one that you got with the room.")
    return Who("teacher") if teacher else Who("co-teacher", key=room.co_teacher)


def returning(room: Room, key: str) -> Who | None:
    """The student whose key it is; None: nobody's, as after another room. RefusedDeedError: she was sent out."""
    kept = hashed(key)
    member = next((member for member in room.members.values() if compare_digest(member.key, kept)), None)
    if member is None:
        return None
    if member.removed:
        raise RefusedDeedError("The teacher has sent you out of this room. Talk to the teacher.")
    return Who("student", member.number)


def joining(room: Room, wish: str) -> tuple[Joined, str]:
    """A new student's event and key. A name that is taken becomes one with a number; without one it is an animal."""
    if room.closed:
        raise RefusedDeedError("This lesson is over.")
    if len(room.members) >= limits.MAX_MEMBERS:
        raise RefusedDeedError(f"The room is full: {limits.MAX_MEMBERS} have joined. Watch at the projector.")
    key = new_token()
    taken = {member.name for member in room.present}
    return Joined(len(room.members) + 1, hashed(key), _free(clean(wish), taken)), key


def _free(name: str, taken: set[str]) -> str:
    if not name:
        return free_animal(taken)
    number = 2
    free = name
    while free in taken:
        free = f"{name[: limits.MAX_NICKNAME - 5]} {number}"
        number += 1
    return free
