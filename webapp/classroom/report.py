"""What is left at the end: a table for spreadsheets, a row a student."""

from __future__ import annotations

import csv
from io import StringIO

from webapp.classroom.room import Member, Question, Room, Task

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def results_csv(room: Room) -> str:
    """A row a student: the answer to each question, whether it was right, and the state of each task. RFC 4180."""
    text = StringIO()
    writer = csv.writer(text)
    heads = ["student"]
    for number, question in enumerate(room.questions, 1):
        heads += [f"question {number}: {question.asked.prompt}", f"question {number} right"]
    for number, task in enumerate(room.tasks, 1):
        heads += [f"task {number}: {task.handed.title}", f"task {number} points", f"task {number} commands"]
    writer.writerow(map(_cell, heads))
    for member in room.members.values():
        writer.writerow(map(_cell, _row(room, member)))
    return text.getvalue()


def _row(room: Room, member: Member) -> list[str]:
    cells = [member.name]
    for question in room.questions:
        cells += _answer(question, member)
    for task in room.tasks:
        cells += _work(task, member)
    return cells


def _answer(question: Question, member: Member) -> list[str]:
    chosen = question.answers.get(member.number)
    if chosen is None:
        return ["", ""]
    if not question.right:
        return [" ".join(chosen) or "?", ""]
    return [" ".join(chosen) or "?", "yes" if set(chosen) == set(question.right) else "no"]


def _work(task: Task, member: Member) -> list[str]:
    work = task.work.get(member.number)
    if work is None:
        return ["", "", ""]
    return [work.state, f"{work.points}/{work.of}" if work.of else "", str(work.commands)]


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
