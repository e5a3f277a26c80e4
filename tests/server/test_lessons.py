"""The messages of the lessons' pages. Nothing that tells an answer may reach the browser before it has answered."""

from pathlib import Path

import msgspec
import pytest

from webapp.lessons.course import Shelf
from webapp.lessons.model import Question
from webapp.server.labs import RefusedError
from webapp.server.lessons import answer
from webapp.server.protocol import (
    Answer,
    AnswerTask,
    AskHint,
    AskSolution,
    Course,
    Graded,
    GradeScript,
    Hinted,
    Judged,
    Lesson,
    OpenCourse,
    OpenLesson,
    OpenTask,
    Revision,
    Solution,
    TaskLab,
    WatchLesson,
)

LESSON = "07-where-did-my-egress-rule-go"
SHELF = Shelf()


def of(request: object) -> Answer:
    return answer(request, SHELF)  # type: ignore[arg-type]


def test_the_course_lists_its_lessons_in_the_language_that_is_asked_for() -> None:
    english, german, other = (of(OpenCourse(language)) for language in ("en", "de", "fr"))
    assert isinstance(english, Course)
    assert isinstance(german, Course)
    assert isinstance(other, Course)
    titles = {lesson.slug: lesson.title for lesson in english.lessons}
    assert titles[LESSON] == "Where did my egress rule go?"
    assert {lesson.slug: lesson.title for lesson in german.lessons}[LESSON] == "Wo ist meine Egress-Regel geblieben?"
    assert other == english


def test_a_lesson_is_html_without_its_answers() -> None:
    lesson = of(OpenLesson(LESSON, "en"))
    assert isinstance(lesson, Lesson)
    text = msgspec.json.encode(lesson).decode()
    kept = SHELF.course().lesson(LESSON)
    assert kept is not None
    for part in kept.texts["en"].parts:
        right = getattr(part, "right", "")
        assert right.split("`")[0][:40] not in text or not right.split("`")[0]
    assert "misconception" not in text
    assert "nf_skip_egress" in text  # it is an option
    assert kept.solutions["dns"].strip() not in text


def test_a_questions_walk_ends_where_its_answer_begins() -> None:
    opened, revealed = (of(OpenTask(LESSON, "next", shown)) for shown in (False, True))
    assert isinstance(opened, TaskLab)
    assert isinstance(revealed, TaskLab)
    assert opened.walk is not None
    assert revealed.walk is not None
    last = opened.walk.steps[-1]
    assert (last.dev, last.station) == ("eth0", "tc ingress")
    assert opened.shown == len(opened.walk.steps) < len(revealed.walk.steps)
    # of a function that is still under way nothing is known but that it began
    assert (last.verdict, last.notes, last.last, last.after) == ("", (), last.number, last.before)
    assert all(step.last <= last.number for step in opened.walk.steps)
    told = msgspec.json.encode(opened).decode()
    assert "nf_skip_egress = 1" not in told
    assert opened.lab.outcomes == ()
    assert not any(entry.command.startswith("ip netns exec outside ping") for entry in opened.lab.entries)
    assert not revealed.hidden


@pytest.mark.parametrize("number", range(7))
def test_every_question_of_the_course_shows_no_step_of_its_answer(number: int) -> None:
    questions = [
        (lesson.slug, task) for lesson in SHELF.course().lessons for task in lesson.tasks if isinstance(task, Question)
    ]
    if number >= len(questions):
        pytest.skip("fewer questions")
    slug, task = questions[number]
    opened = of(OpenTask(slug, task.id))
    assert isinstance(opened, TaskLab)
    assert opened.walk is not None
    judged = of(AnswerTask(slug, "en", task.id, ()))
    assert isinstance(judged, Judged)
    assert all(step.number < judged.step for step in opened.walk.steps)


def test_a_wrong_answer_is_told_what_it_takes_to_believe_it() -> None:
    judged = of(AnswerTask(LESSON, "de", "next", ("nft-vethh",)))
    assert isinstance(judged, Judged)
    assert not judged.right
    assert judged.answer == ("tc-vethh",)
    (feedback,) = judged.feedback
    assert "innerhalb" in feedback.text
    assert feedback.misconception.startswith("Am Egress wird netfilter immer vor tc gefragt")
    assert "tcf_mirred_act" in judged.explanation


def test_a_script_is_graded_and_a_known_wrong_one_is_answered() -> None:
    lab = of(OpenTask(LESSON, "dns"))
    assert isinstance(lab, TaskLab)
    assert lab.walk is None
    wrong = "ip netns exec host nft add rule netdev police to_container udp dport 53 drop\n"
    result = of(GradeScript(LESSON, "en", "dns", lab.lab.script + wrong))
    assert isinstance(result, Graded)
    assert (result.solved, result.points, result.of, result.commands, result.par) == (False, 0, 3, 1, 1)
    assert result.resembles == "egress-of-vethh"
    assert "passed by" in result.feedback
    solution = of(AskSolution(LESSON, "dns"))
    assert isinstance(solution, Solution)
    right = of(GradeScript(LESSON, "en", "dns", solution.script))
    assert isinstance(right, Graded)
    assert right.solved
    assert right.commands == len(solution.commands) == right.par


def test_hints_come_one_by_one() -> None:
    lab = of(OpenTask(LESSON, "dns"))
    assert isinstance(lab, TaskLab)
    hint = of(AskHint(LESSON, "en", "dns", 0, lab.lab.script))
    assert isinstance(hint, Hinted)
    assert hint.more == 2
    assert hint.computed.reasons
    with pytest.raises(RefusedError, match="no hint number 3"):
        of(AskHint(LESSON, "en", "dns", 3, ""))


@pytest.mark.parametrize(
    "request_",
    [
        OpenLesson("99-none", "en"),
        OpenTask(LESSON, "none"),
        AnswerTask(LESSON, "en", "dns", ("x",)),
        GradeScript(LESSON, "en", "next", ""),
        AskSolution(LESSON, "next"),
        WatchLesson("../../etc"),
    ],
)
def test_what_is_not_there_is_refused(request_: object) -> None:
    with pytest.raises(RefusedError) as refused:
        of(request_)
    assert refused.value.failed.code == "unknown_name"


def test_a_watched_lesson_is_read_anew_when_it_is_saved(tmp_path: Path) -> None:
    from webapp.lessons.scaffold import scaffold

    scaffold(tmp_path, "16-try")
    shelf = Shelf(tmp_path, watched=True)
    first = answer(WatchLesson("16-try"), shelf)
    assert isinstance(first, Revision)
    text = tmp_path / "16-try" / "text.md"
    text.write_text(text.read_text().replace("# The lesson's title", "# Another title"))
    second = answer(WatchLesson("16-try"), shelf)
    opened = answer(OpenLesson("16-try", "en"), shelf)
    assert isinstance(second, Revision)
    assert isinstance(opened, Lesson)
    assert second.revision == opened.revision != first.revision
    assert opened.title == "Another title"
    text.write_text("no title")
    broken = answer(WatchLesson("16-try"), shelf)
    assert isinstance(broken, Revision)
    assert broken.faults == ("16-try/text.md:1: a text begins with its title: `# Title`",)
    with pytest.raises(RefusedError, match=r"16-try/text\.md:1: a text begins with its title"):
        answer(OpenLesson("16-try", "en"), shelf)
