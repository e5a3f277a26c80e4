"""Each fault is planted in a copy of a whole lesson, and the check must name it, with file and line."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from webapp import cli
from webapp.lessons.check import check
from webapp.lessons.course import misconceptions
from webapp.lessons.scaffold import ScaffoldError, scaffold

LESSONS = Path(__file__).parents[2] / "lessons"


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with one lesson, as `lessons new` makes it."""
    course = tmp_path_factory.mktemp("course")
    scaffold(course, "16-try")
    return course


@pytest.fixture
def lesson(pattern: Path, tmp_path: Path) -> Path:
    shutil.copytree(pattern, tmp_path / "course")
    return tmp_path / "course" / "16-try"


def faults(lesson: Path) -> list[str]:
    """Those that the lesson did not have from the beginning: its recordings need a real kernel."""
    found = check(lesson, misconceptions(lesson.parent))
    return [str(fault).removeprefix(f"{lesson}/") for fault in found if "nothing is recorded" not in fault.message]


def replace(lesson: Path, file: str, old: str, new: str) -> None:
    path = lesson / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_new_lesson_has_no_fault_but_that_nothing_is_recorded(lesson: Path) -> None:
    assert faults(lesson) == []
    assert len(check(lesson, misconceptions(lesson.parent))) == 3


WORDS = "one two three four five six seven eight nine ten " * 9

PLANTED = {
    "solution fails": (
        "solution.sh",
        "echo-request",
        "echo-reply",
        r"solution.sh: silence: the solution fails dropped",
    ),
    "solution does not run": (
        "solution.sh",
        "netns add c",
        "netns add a",
        r"solution.sh: `ip netns add a` fails: Cannot create",
    ),
    "start passes": (
        "setup.sh",
        "filter; counter; }",
        "filter; icmp type echo-request drop; }",
        r"lesson.toml:14: silence: the start passes already",
    ),
    "wrong answer passes": (
        "wrong/all.sh",
        "drop",
        "icmp type echo-request drop",
        r"wrong/all.sh: silence: this wrong an",
    ),
    "wrong answer without feedback": (
        "text.md",
        ":: wrong all",
        ":: hint all",
        r"text.md:18: silence: .* `:: wrong all`",
    ),
    "wrong answer unanswered in German": (
        "text.de.md",
        ":: wrong all",
        ":: hint all",
        r"text.de.md:19: .* `:: wrong all`",
    ),
    "hint says nothing": (
        "lesson.toml",
        '{ id = "parting", computed = "divergence", expect = "dropped" }',
        '{ id = "parting", computed = "why-not", expect = "dropped", hook = "a/v0/tc-egress" }',
        r"lesson.toml:14: silence: hint parting says nothing at the start: the model finds no why-not",
    ),
    "hint without text": (
        "text.md",
        ":: hint rule",
        ":: hint rulez",
        r"text.md:18: silence: there is no `:: hint rule`",
    ),
    "hook that is met nowhere": (
        "text.md",
        "hooks stand on its way",
        "hooks, `nft ingress on v9`, stand on its way",
        r"text.md:4: the hook `nft ingress on v9` is in no walk",
    ),
    "function that runs nowhere": (
        "text.de.md",
        "`nf_hook_egress()`",
        "`nf_hook_nowhere()`",
        r"text.de.md:7: the function `nf_hook_nowhere\(\)` runs in no walk",
    ),
    "function without parentheses": (
        "text.md",
        "`v0`. Two",
        "`v0` by `ip_vanish`. Two",
        r"function `ip_vanish` runs in no",
    ),
    "linked function that runs nowhere": (
        "lesson.toml",
        '"sch_handle_egress"]',
        '"sch_handle_nothing"]',
        r"lesson.toml: the function sch_handle_nothing runs in no walk",
    ),
    "no manual page": ("lesson.toml", '"tc(8)"', '"tc"', r"lesson.toml: tc is no manual page"),
    "par out of reach": (
        "lesson.toml",
        'kind = "script"',
        'kind = "script"\npar = 0',
        r"lesson.toml:14: silence: par is 0, and the solution takes 1 commands",
    ),
    "too many words": (
        "text.md",
        "Say here",
        f"{WORDS}\n\n{WORDS} Say here",
        r"text.md:1\d: 20\d words up to the next",
    ),
    "too many words at the end": (
        "text.md",
        "- What to",
        f"- {WORDS}{WORDS} What to",
        r"text.md:\d+: 19\d words up to",
    ),
    "part that stands there twice": (
        "text.md",
        ":: feedback tc",
        f":: right\n{WORDS * 12}\n\n:: feedback tc",
        r"text.md:\d+: .*twice",
    ),
    "first prediction too late": (
        "text.md",
        "At most",
        f"{WORDS}\n\n{WORDS}At most",
        r"text.md: the first prediction comes after 8\d s; 60 are the most",
    ),
    "unknown misconception": (
        "lesson.toml",
        'misconception = "tc-stands-above"',
        'misconception = "flat-earth"',
        r"lesson.toml:6: first: tc: there is no misconception flat-earth in de",
    ),
    "distractor without misconception": (
        "lesson.toml",
        ', misconception = "tc-stands-above"',
        "",
        r"lesson.toml:6: first: tc is wrong, and names no misconception",
    ),
    "right option with misconception": (
        "lesson.toml",
        'hook = "a/v0/nft-egress" }',
        'hook = "a/v0/nft-egress", misconception = "tc-stands-above" }',
        r"first: option nft is right, and names the misconception",
    ),
    "answer not among the options": (
        "lesson.toml",
        'hook = "a/v0/nft-egress"',
        'hook = "b/v1/nft-ingress"',
        r"lesson.toml:6: first: no right answer: the next hook is nft egress on a/v0, which is no option",
    ),
    "distractor without feedback": (
        "text.md",
        ":: feedback tc",
        ":: hint tc",
        r"text.md:6: first: .* `:: feedback tc`",
    ),
    "German id missing": (
        "text.de.md",
        ":: feedback other-way",
        ":: feedback dropped",
        r"text.de.md:19: silence: `:: feedback other-way` of text.md is missing",
    ),
    "id that belongs to nothing": (
        "text.md",
        ":: feedback other-way",
        ":: feedback other-wag",
        r"text.md:18: silence: `:: feedback other-wag` belongs to nothing",
    ),
    "no end": (
        "text.md",
        "## Remember\n\n- What to take along, in two or three lines.",
        "",
        r"text.md:\d+: a lesson ends",
    ),
    "nothing for a right answer": (
        "text.md",
        ":: right\n`nf_hook",
        ":: hint tc\n`nf_hook",
        r"first: there is no `:: right`",
    ),
    "no prediction": ("lesson.toml", 'kind = "predict"', 'kind = "order"', r"lesson.toml: there is no prediction"),
    "no construction": ("lesson.toml", 'kind = "build"', 'kind = "script"', r"lesson.toml: there is no construction"),
    "link that leads nowhere": ("text.md", "Two hooks", "[Two](ftp://x) hooks", r"text.md:4: the link ftp://x leads"),
    "HTML": ("text.md", "Two hooks", "<b>Two</b> hooks", r"text.md:4: <b> is HTML"),
    "picture": ("text.md", "Two hooks", "![two](two.png) hooks", r"text.md:4: a lesson has no pictures"),
    "second title": ("text.md", "Say here", "# Another\n\nSay here", r"text.md:16: a lesson has one title"),
    "hook in another language's words": (
        "text.de.md",
        "`nft egress an v0`",
        "`nft egress on v0`",
        r"text.de.md:\d+: the hook `nft egress on v0` is called `nft egress an v0`",
    ),
    "option that the picture does not have": (
        "lesson.toml",
        'hook = "a/v0/tc-egress", m',
        'hook = "a/v9/tc-egress", m',
        r"lesson.toml:6: first: tc: the lab has no a/v9",
    ),
    # what cannot be read at all
    "no TOML": ("lesson.toml", 'kind = "predict"', "kind = predict", r"lesson.toml:7: Invalid value"),
    "unknown kind": ("lesson.toml", 'kind = "predict"', 'kind = "guess"', r"lesson.toml:7: Invalid value 'guess'"),
    "unknown key": (
        "lesson.toml",
        'kind = "build"',
        'kind = "build"\nmark = 1',
        r"lesson.toml:\d+: .* unknown field `mark`",
    ),
    "no place": (
        "lesson.toml",
        'hook = "a/v0/tc-egress"',
        'hook = "v0/egress"',
        r"lesson.toml:10: 'v0/egress' is no place",
    ),
    "no claim": (
        "lesson.toml",
        'dropped_at = "a/v0/nft-egress"\nmisses = ["a/v0/tc-egress"]',
        "",
        r"lesson.toml:2\d: says nothing that could be so or not",
    ),
    "task without text": (
        "text.md",
        "::: third",
        "::: fourth",
        r"text.md:\d+: the task fourth stands here, .* third is",
    ),
    "task not ended": (
        "text.md",
        "\n:::\n\n## Remember",
        "\n\n## Remember",
        r"text.md:\d+: the task third is not ended",
    ),
    "part outside of a task": (
        "text.md",
        "Say here",
        ":: hint x\nSay here",
        r"text.md:\d+: ':: hint x' stands in no task",
    ),
    "no title": ("text.md", "# The", "The", r"text.md:1: a text begins with its title"),
    "no script": ("setup.sh", "ip netns add a", "for x in y; do", r"setup.sh:2: "),
    "no solution": ("solution.sh", "#: task third", "", r"solution.sh: there is no solution of third"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_is_named(lesson: Path, planted: str) -> None:
    file, old, new, message = PLANTED[planted]
    replace(lesson, file, old, new)
    found = faults(lesson)
    assert any(re.search(message, fault) for fault in found), found


def _delete(file: str) -> Callable[[Path], None]:
    return lambda lesson: (lesson / file).unlink()


def _twin(lesson: Path) -> None:
    shutil.copy(lesson / "wrong/all.sh", lesson / "wrong/all-again.sh")


def _other_reading(lesson: Path) -> None:
    folder = lesson / "recorded" / "6.12"
    folder.mkdir(parents=True)
    (folder / "setup.out").write_text("1 packets transmitted, 0 received, 100% packet loss, time 0ms\n")


def _write(file: str, text: str) -> Callable[[Path], None]:
    def plant(lesson: Path) -> None:
        (lesson / file).parent.mkdir(parents=True, exist_ok=True)
        (lesson / file).write_text(text)

    return plant


def _untranslated(lesson: Path) -> None:
    shutil.copy(lesson / "text.md", lesson / "text.de.md")


@pytest.mark.parametrize(
    ("plant", "message"),
    [
        (_untranslated, r"text.de.md:1: the summary is not translated"),
        (_untranslated, r"text.de.md:4: what begins here is not translated"),
        (_untranslated, r"text.de.md:18: silence: the question is not translated"),
        (_untranslated, r"text.de.md:18: silence: :: wrong all is not translated"),
        (_write("spare.sh", "ip netns add a\n"), r"spare.sh: no task begins with this lab"),
        (_write("recorded/6.12/old.out", ""), r"recorded/6.12/old.out: the lesson runs nothing that is called old"),
        (_write("recorded/5.4/setup.out", ""), r"recorded/5.4: the model does not play Linux 5.4"),
        (_delete("text.de.md"), r"text.de.md: there is no such file"),
        (_delete("setup.sh"), r"setup.sh: there is no such file"),
        (_delete("wrong/all.sh"), r"silence: there is no wrong answer"),
        (_twin, r"wrong/all.sh: silence: fails in the same way as all-again"),
        (_other_reading, r"recorded/6.12/setup.out: the model prints something else"),
    ],
)
def test_a_fault_among_the_files_is_named(lesson: Path, plant: Callable[[Path], None], message: str) -> None:
    plant(lesson)
    found = faults(lesson)
    assert any(re.search(message, fault) for fault in found), found


def test_feedback_that_is_given_twice_is_named(lesson: Path) -> None:
    (lesson / "wrong/none.sh").write_text("#: task silence\nip netns exec a nft add rule netdev t out counter\n")
    for file in ("text.md", "text.de.md"):
        text = (lesson / file).read_text()
        said = text.split(":: wrong all\n")[1].split("\n")[0]
        (lesson / file).write_text(text.replace(":: wrong all", f":: wrong none\n{said}\n\n:: wrong all"))
    assert any("`:: wrong all` says what another one says" in fault for fault in faults(lesson))


def test_a_lesson_of_twenty_minutes_is_too_long(lesson: Path) -> None:
    text = (lesson / "text.md").read_text()
    (lesson / "text.md").write_text(text.replace("`nf_hook_egress()` is", f"{WORDS * 24} `nf_hook_egress()` is"))
    assert any(re.search(r"text.md: takes \d\d\.\d minutes; a lesson takes 5 to 12", fault) for fault in faults(lesson))


def test_the_command_says_what_is_wrong_and_ends_with_1(lesson: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lessons", "check", str(lesson.parent)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "16-try: 3 faults"
    assert lines[1].startswith("    16-try/recorded/6.1: nothing is recorded of setup, silence, third")
    assert lines[-1] == "1 lesson, 3 faults"


def test_an_author_begins_in_an_empty_folder_and_has_a_course_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lessons", "new", "01-mine"]) == 0
    assert capsys.readouterr().out.startswith("lessons/01-mine is begun. `hookwalk serve --lessons lessons` shows it")
    assert cli.main(["lessons", "check"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == "01-mine: 3 faults"
    assert cli.main(["lessons", "check", "--unrecorded"]) == 0
    assert capsys.readouterr().out.splitlines() == ["01-mine: passes", "1 lesson, 0 faults"]


def test_a_folder_without_lessons_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lessons", "check", str(tmp_path)]) == 2
    assert "there is no lesson" in capsys.readouterr().err


def test_a_new_lesson_needs_a_name_and_a_place(lesson: Path) -> None:
    with pytest.raises(ScaffoldError, match="is called NN-slug"):
        scaffold(lesson.parent, "try")
    with pytest.raises(ScaffoldError, match="is there already"):
        scaffold(lesson.parent, "16-try")


def test_a_new_lesson_leaves_the_misconceptions_of_a_course_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "misconceptions.md").write_text("# Misconceptions\n\n## flat-earth\n\nThe earth is flat.\n")
    scaffold(tmp_path, "16-try")
    assert misconceptions(tmp_path)["en"] == {
        "flat-earth": "The earth is flat.",
        "tc-stands-above": "At egress tc is asked before netfilter.",
    }


@pytest.mark.parametrize("slug", sorted(path.name for path in LESSONS.glob("[0-9][0-9]-*")))
def test_the_lessons_of_the_course_have_no_fault(slug: str) -> None:
    assert [str(fault) for fault in check(LESSONS / slug, misconceptions(LESSONS))] == []
