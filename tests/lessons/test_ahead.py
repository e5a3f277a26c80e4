"""Labs that look ahead: what only the model has is named so, and is left out of what kernels are asked."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from webapp import assets
from webapp.lessons import proofs
from webapp.lessons.check import check
from webapp.lessons.course import misconceptions
from webapp.lessons.model import Lesson
from webapp.lessons.read import read
from webapp.lessons.view import shown_task

FOLDER = assets.LESSONS / "14-nat64-at-egress"


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return read(FOLDER)


def test_a_proof_holds_what_linux_has_of_a_lab() -> None:
    script = "ip netns add a\nip netns exec a nat64-preview del dev v\nnft list ruleset\n"
    assert proofs.linux_part(script) == "ip netns add a\nnft list ruleset\n"


def test_a_proof_leaves_out_the_whole_line_of_a_preview() -> None:
    assert "preview" not in proofs.linux_part("true; nat64-preview del dev v && true\necho b\n")


def test_a_script_without_a_preview_is_its_own_proof() -> None:
    script = "# nat64-preview is only named here\nnft -f - <<'X'\ntable ip t {\n}\nX\n"
    assert proofs.linux_part(script) == script
    assert not proofs.looks_ahead(script)


def test_no_kernel_is_asked_for_the_preview(lesson: Lesson) -> None:
    scripts = {**proofs.proofs(lesson), **proofs.wrong_proofs(lesson)}
    assert {"setup", "ahead", "police", "seven"} <= scripts.keys()
    assert not any(proofs.looks_ahead(script) for script in scripts.values())


@pytest.mark.parametrize(("language", "words"), [("en", "not in Linux"), ("de", "nicht in Linux")])
def test_each_question_about_a_preview_says_that_it_is_not_in_linux(lesson: Lesson, language: str, words: str) -> None:
    said = {task.id: words in shown_task(lesson, task, language).prompt for task in lesson.tasks}
    assert said == {task.id: task.lab == "ahead" for task in lesson.tasks}


def test_the_check_wants_the_words_in_the_summary(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER.name
    copytree(FOLDER, folder)
    text = folder / "text.md"
    text.write_text(text.read_text().replace("It is not in Linux; the", "The"))
    messages = [fault.message for fault in check(folder, misconceptions(assets.LESSONS))]
    assert messages == ["the lesson runs what only the model does: its summary has to say 'not in Linux'"]
