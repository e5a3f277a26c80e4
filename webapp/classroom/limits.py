"""How much a room holds. Whoever reaches a limit is told which, and what to do."""

from __future__ import annotations

MAX_MEMBERS = 1000
"""Students who ever joined a room."""

MAX_LABS = 100
MAX_QUESTIONS = 200
MAX_TASKS = 50
MAX_EVENTS = 100_000
MAX_CHANGES = 50
"""How often one student may change the answer to one question, or report the work on one task."""

MAX_OFFERS = 20
"""Labs that one student may offer to the room."""

MAX_CHOICES = 8
MAX_LANGUAGES = 4
MAX_NAME = 64
MAX_NICKNAME = 24
MAX_TITLE = 200
MAX_TEXT = 2000
MAX_SCRIPT = 100_000

CURSORS_PER_SECOND = 20

IDLE_DAYS = 30
"""A room in which nothing happened for so long is deleted with all that was answered in it."""

JOINABLE_HOURS = 24
"""How long after its last event a room can be joined; a teacher can come back until it is deleted."""
