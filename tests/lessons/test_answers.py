"""Right answers are computed: the walk of the lab says what is right, and what is judged follows it."""

from pathlib import Path

import msgspec
import pytest

from webapp.lessons import answers, grade, hints, stage
from webapp.lessons.model import Graded, Lesson, Question, Verdict
from webapp.lessons.read import read
from webapp.lessons.view import shown_task

LESSONS = Path(__file__).parents[2] / "lessons"

SETUP = """\
ip netns add a
ip netns add b
ip netns add w
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec w sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip link add m0 netns a type veth peer name m1 netns w
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a link set m0 up
ip -n w link set m1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 egress protocol ip pref 5 u32 match u32 0 0 action mirred egress mirror dev m0
ip netns exec a nft -f - <<'X'
table netdev t {
	chain out { type filter hook egress device "v0" priority filter; meta mark set 0x2a counter; }
}
X
ip netns exec b nft -f - <<'X'
table netdev t {
	chain in { type filter hook ingress device "v1" priority filter; icmp type echo-request counter drop; counter; }
}
X
ip netns exec w nft -f - <<'X'
table netdev t {
	chain in { type filter hook ingress device "m1" priority filter; counter; }
}
X
ip netns exec a ping -c 1 -W 1 10.0.0.2
"""

LOGIC = """\
man = ["nft(8)"]
functions = ["nf_hook_egress"]

[[tasks]]
id = "verdict"
kind = "verdict"
hook = "b/v1/nft-ingress"
options = [
    { id = "on", verdict = "goes-on", misconception = "m" },
    { id = "off", verdict = "dropped" },
    { id = "away", verdict = "taken", misconception = "m" },
]

[[tasks]]
id = "fields"
kind = "fields"
at = "a/v0/nft-egress"
options = [
    { id = "mark", field = "mark" },
    { id = "dev", field = "dev", misconception = "m" },
    { id = "bytes", field = "bytes", misconception = "m" },
]

[[tasks]]
id = "capture"
kind = "capture"
on = "b/v1"
options = [
    { id = "request", frame = "b/v1/nft-ingress", nth = 2 },
    { id = "who-has", frame = "a/v0/tc-egress" },
    { id = "copy", frame = "w/m1/tc-ingress", misconception = "m" },
]

[[tasks]]
id = "order"
kind = "order"
options = [
    { id = "in", hook = "b/v1/nft-ingress" },
    { id = "tc", hook = "a/v0/tc-egress" },
    { id = "nft", hook = "a/v0/nft-egress" },
    { id = "copy", hook = "w/m1/nft-ingress" },
    { id = "nowhere", hook = "b/v1/tc-egress", misconception = "m" },
]
mistakes = [{ id = "tc-first", first = "tc", second = "nft", misconception = "m" }]

[[tasks]]
id = "end"
kind = "predict"
after = "b/v1/nft-ingress"
options = [
    { id = "input", hook = "b//input", misconception = "m" },
    { id = "end", hook = "end" },
]

[[tasks]]
id = "which-rule"
kind = "choice"
options = [
    { id = "flush", commands = "ip netns exec b nft flush chain netdev t in" },
    { id = "accept", commands = "ip netns exec b nft add rule netdev t in accept", misconception = "m" },
]

[[tasks.expect]]
id = "works"
probe = "ip netns exec a ping -c 1 -W 1 10.0.0.2"
code = 0
"""

TASKS = ("verdict", "fields", "capture", "order", "end", "which-rule")


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    folder = tmp_path_factory.mktemp("course") / "01-test"
    folder.mkdir()
    (folder / "setup.sh").write_text(SETUP)
    (folder / "lesson.toml").write_text(LOGIC)
    tasks = "".join(f"\n::: {name}\nWhat?\n:::\n" for name in TASKS)
    (folder / "text.md").write_text(f"# Title\n> Summary.\n{tasks}")
    return read(folder)


def task(lesson: Lesson, name: str) -> Question:
    found = next(task for task in lesson.tasks if task.id == name)
    assert isinstance(found, Question)
    return found


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("verdict", ("off",)),
        ("fields", ("mark",)),
        ("end", ("end",)),
        ("which-rule", ("flush",)),
    ],
)
def test_the_walk_says_what_is_right(lesson: Lesson, name: str, right: tuple[str, ...]) -> None:
    assert answers.answer(lesson, task(lesson, name)).options == right


def verdict(hook: str, *verdicts: str) -> Verdict:
    options = [{"id": one, "verdict": one} for one in verdicts]
    said = {"kind": "verdict", "id": f"quiet-{len(verdicts)}-{len(hook)}", "hook": hook, "options": options}
    return msgspec.convert(said, Verdict)


@pytest.mark.parametrize(("hook", "quiet"), [("a//output", "off"), ("b/v1/tc-ingress", "empty")])
def test_a_hook_without_chains_is_off_or_empty_and_where_nobody_asks_which_the_packet_goes_on(
    lesson: Lesson, hook: str, quiet: str
) -> None:
    told = verdict(hook, "goes-on", "dropped", "off", "empty")
    assert answers.answer(lesson, told).options == (quiet,)
    assert answers.answer(lesson, verdict(hook, "goes-on", "dropped")).options == ("goes-on",)


def test_a_capture_shows_what_comes_to_the_device_before_its_hooks_and_nothing_else(lesson: Lesson) -> None:
    capture = task(lesson, "capture")
    labels = [option.label for option in shown_task(lesson, capture, "en").options]
    assert any("ICMP echo request" in label for label in labels)
    assert any("ARP, Request who-has" in label for label in labels)
    # the copy at m1 is the same line: a capture of it elsewhere shows the same frame
    assert set(answers.answer(lesson, capture).options) >= {"request", "who-has"}


def test_the_order_is_that_of_the_walk_and_a_hook_that_did_not_run_is_none_of_it(lesson: Lesson) -> None:
    right = answers.answer(lesson, task(lesson, "order")).options
    assert right[:2] == ("nft", "tc")
    assert set(right) == {"nft", "tc", "in", "copy"}


@pytest.mark.parametrize("chosen", [("nft", "tc", "copy", "in"), ("nft", "tc", "in", "copy")])
def test_a_copy_and_its_original_are_in_no_order_to_each_other(lesson: Lesson, chosen: tuple[str, ...]) -> None:
    assert answers.judge(lesson, task(lesson, "order"), chosen).right


def test_a_wrong_order_names_its_mistake_and_keeps_the_credit_of_the_rest(lesson: Lesson) -> None:
    judged = answers.judge(lesson, task(lesson, "order"), ("tc", "nft", "in", "copy"))
    assert not judged.right
    assert judged.wrong == ("tc-first",)
    assert 0 < judged.credit < 1


def test_a_hook_that_did_not_run_spoils_an_order(lesson: Lesson) -> None:
    judged = answers.judge(lesson, task(lesson, "order"), ("nft", "tc", "nowhere", "in", "copy"))
    assert judged.wrong == ("nowhere",)
    assert not judged.right


def test_of_several_right_options_some_are_worth_a_part(lesson: Lesson) -> None:
    judged = answers.judge(lesson, task(lesson, "capture"), ("request",))
    assert not judged.right
    assert 0 < judged.credit < 1
    assert "who-has" in judged.missed


def test_nothing_chosen_is_wrong_and_an_unknown_option_too(lesson: Lesson) -> None:
    verdict = task(lesson, "verdict")
    assert not answers.judge(lesson, verdict, ()).right
    assert answers.judge(lesson, verdict, ("off", "nonsense")).wrong == ("nonsense",)
    assert not answers.judge(lesson, verdict, ("off", "on")).right


# Grading, with lesson 7


@pytest.fixture(scope="module")
def redirect() -> Lesson:
    return read(LESSONS / "07-where-did-my-egress-rule-go")


def graded(lesson: Lesson, name: str) -> Graded:
    found = next(task for task in lesson.tasks if task.id == name)
    assert isinstance(found, Graded)
    return found


def with_commands(lesson: Lesson, name: str, commands: str) -> str:
    return stage.with_commands(stage.start_script(lesson, graded(lesson, name)), commands)


def test_another_way_than_the_solution_is_as_good(redirect: Lesson) -> None:
    drop = "tc -n host filter add dev vethh egress protocol ip pref 5 u32 match ip protocol 17 0xff match ip dport 53 "
    script = with_commands(redirect, "dns", f"{drop} 0xffff action drop")
    result = grade.grade(redirect, graded(redirect, "dns"), script)
    assert result.solved
    assert result.commands == 1


def test_what_is_half_right_is_worth_its_part_and_says_what_is_missing(redirect: Lesson) -> None:
    script = with_commands(redirect, "dns", "ip netns exec container nft add rule netdev own arrives drop")
    result = grade.grade(redirect, graded(redirect, "dns"), script)
    assert result.failing == ("pinged", "others")
    assert grade.points(redirect, graded(redirect, "dns"), result) == 1
    assert result.judged[1].seen("en") == "The command ended with exit code 1."
    assert result.judged[2].seen("de") == "input in container hat für dieses Paket nichts ausgeführt."


@pytest.mark.parametrize("name", ["egress-of-vethh", "ingress-of-eth0", "everything", "too-late"])
def test_a_wrong_answer_is_recognised_by_what_it_does(redirect: Lesson, name: str) -> None:
    wrong = next(wrong for wrong in redirect.wrongs if wrong.name == name)
    # written in another way, and with a look at the result: the text is never compared
    commands = wrong.commands.replace("add rule", "insert rule") + "ip -n host link show\n"
    result = grade.grade(redirect, graded(redirect, "dns"), with_commands(redirect, "dns", commands))
    assert grade.resembled(redirect, graded(redirect, "dns"), result) == name


def test_who_has_done_nothing_yet_resembles_nobody(redirect: Lesson) -> None:
    dns = graded(redirect, "dns")
    result = grade.grade(redirect, dns, stage.start_script(redirect, dns))
    assert not result.solved
    assert grade.resembled(redirect, dns, result) == ""
    # the ping is still answered, as it was before: that alone is worth nothing
    assert result.failing == ("stopped",)
    assert grade.points(redirect, dns, result) == 0


def test_probes_and_listings_of_the_learner_are_no_commands(redirect: Lesson) -> None:
    commands = redirect.solutions["dns"] + "ip netns exec outside ping -c 1 -W 1 10.0.0.3\nip -n host link\n"
    result = grade.grade(redirect, graded(redirect, "dns"), with_commands(redirect, "dns", commands))
    assert (result.solved, result.commands) == (True, 1)


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("for x in y; do", "Line 1 of the script cannot be read"),
        ("ip netns add a\n" * 3_000, "The script asks for too much"),
    ],
)
def test_a_script_that_cannot_be_run_is_told_so(redirect: Lesson, script: str, problem: str) -> None:
    result = grade.grade(redirect, graded(redirect, "dns"), script)
    assert not result.solved
    assert result.problem["en"].startswith(problem)


def test_hints_are_computed_of_the_learners_own_lab(redirect: Lesson) -> None:
    dns = graded(redirect, "dns")
    start = stage.start_script(redirect, dns)
    why, parting, plain = (hints.computed(redirect, dns, hint, start, "en") for hint in dns.hints)
    assert any("nf_skip_egress" in reason.text for reason in why.reasons)
    assert parting.divergence is not None
    assert parting.divergence.common == "nft ingress on vethc"
    assert parting.divergence.yours == "input on vethc"
    assert parting.divergence.solution == "", "the solution ends it there"
    assert plain == type(plain)()
    solved = stage.solved_script(redirect, dns)
    assert hints.computed(redirect, dns, dns.hints[1], solved, "en").divergence is None
