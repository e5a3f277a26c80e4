"""What a connection may ask, and what it is answered."""

from webapp.lab.builtin import builtin
from webapp.server.labs import OpenLab
from webapp.server.protocol import (
    Answer,
    Closed,
    CloseLab,
    Complete,
    Completions,
    Failed,
    GetWalk,
    LabState,
    OpenBuiltin,
    OpenScript,
    ReplaceScript,
    Request,
    RunCommand,
    Steps,
    Verified,
    Verify,
    WalkDone,
)
from webapp.server.sessions import BURST, MAX_LABS, REQUESTS_PER_SECOND, Session, Sessions
from webapp.server.sockets import Json, read

PAIR = """\
ip netns add a
ip netns add b
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
"""


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Browser:
    """A session as a browser uses it: answers, and the steps that came before them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.session = Session(self.clock)
        self.steps: list[Steps] = []

    def ask(self, request: Request) -> Answer:
        self.clock.now += 1
        return self.session.answer(request, self.steps.append)

    def open(self, script: str = PAIR) -> LabState:
        answer = self.ask(OpenScript(script))
        assert isinstance(answer, LabState), answer
        return answer


def test_an_opened_lab_shows_its_commands_and_its_topology() -> None:
    lab = Browser().open()
    assert [entry.code for entry in lab.entries] == [0] * 7
    assert {space.name: [dev.name for dev in space.devices] for space in lab.topology.namespaces if space.name} == {
        "a": ["lo", "v0"],
        "b": ["lo", "v1"],
    }


def test_a_command_is_run_in_its_namespace_and_stands_in_the_script_so_that_a_shell_can_run_it() -> None:
    browser = Browser()
    lab = browser.open()
    for line in ("ip link show v0", "true && sysctl -n net.ipv4.ip_forward"):
        answer = browser.ask(RunCommand(lab.lab, "a", line))
        assert isinstance(answer, LabState), answer
    assert answer.script.splitlines()[-2:] == [
        "ip -n a link show v0",
        "ip netns exec a true && ip netns exec a sysctl -n net.ipv4.ip_forward",
    ]
    assert answer.entries[-1].output == "0\n"


def test_a_probe_typed_in_the_terminal_sends_its_steps_before_the_answer() -> None:
    browser = Browser()
    lab = browser.open()
    answer = browser.ask(RunCommand(lab.lab, "a", "ping -c 1 10.0.0.2"))
    assert isinstance(answer, LabState)
    streamed = [step for part in browser.steps for step in part.steps]
    assert len(streamed) == answer.probes[0].steps > 0
    assert [step.number for step in streamed] == list(range(len(streamed)))


def test_a_walk_asked_for_is_the_walk_that_was_streamed() -> None:
    browser = Browser()
    lab = browser.open()
    browser.ask(RunCommand(lab.lab, "a", "ping -c 2 10.0.0.2"))
    streamed, browser.steps = browser.steps, []
    answer = browser.ask(GetWalk(lab.lab, 0))
    assert isinstance(answer, WalkDone)
    for parts in (streamed, browser.steps):
        assert [part.first_state for part in parts] == [
            sum(len(before.states) for before in parts[:at]) for at in range(len(parts))
        ]
    assert [s for part in streamed for s in part.steps] == [s for part in browser.steps for s in part.steps]
    assert [s for part in streamed for s in part.states] == [s for part in browser.steps for s in part.states]


def test_a_text_that_is_no_lab_is_refused_at_its_place_and_leaves_the_lab_as_it_was() -> None:
    browser = Browser()
    lab = browser.open()
    answer = browser.ask(ReplaceScript(lab.lab, "ip netns add a\nfor i in 1; do true; done\n"))
    assert isinstance(answer, Failed)
    assert (answer.code, answer.line) == ("script", 2)
    after = browser.ask(RunCommand(lab.lab, "a", "true"))
    assert isinstance(after, LabState)
    assert after.script.startswith(PAIR)


def test_a_lab_that_asks_for_too_much_says_which_limit() -> None:
    answer = Browser().ask(OpenScript("".join(f"ip netns add n{i}\n" for i in range(300))))
    assert isinstance(answer, Failed)
    assert answer.code == "limit"
    assert "namespaces" in answer.message


def test_nothing_that_is_typed_reaches_a_shell() -> None:
    browser = Browser()
    lab = browser.open()
    for line in ("cat /etc/passwd", "sh -c id"):
        answer = browser.ask(RunCommand(lab.lab, "a", line))
        assert isinstance(answer, LabState)
        assert answer.entries[-1].code != 0
    for line in ("echo $(id)", "true; `id`", "echo $HOME", "true | id", "true > /tmp/x"):
        assert isinstance(browser.ask(RunCommand(lab.lab, "a", line)), Failed), line


def test_a_lab_that_was_closed_or_pushed_out_is_unknown() -> None:
    browser = Browser()
    first = browser.open()
    for _ in range(MAX_LABS):
        last = browser.open()
    assert browser.ask(CloseLab(last.lab)) == Closed(last.lab)
    for key in (first.lab, last.lab, "guess"):
        answer = browser.ask(RunCommand(key, "a", "true"))
        assert isinstance(answer, Failed)
        assert answer.code == "unknown_lab"


def test_requests_that_come_too_fast_are_told_to_wait_and_may_come_again_later() -> None:
    browser = Browser()
    answers = [browser.session.answer(CloseLab("none"), browser.steps.append) for _ in range(BURST + 1)]
    assert isinstance(answers[-1], Failed)
    assert answers[-1].code == "busy"
    browser.clock.now += 1 / REQUESTS_PER_SECOND
    assert isinstance(browser.session.answer(CloseLab("none"), browser.steps.append), Closed)


def test_a_built_in_lab_keeps_its_slug_until_it_is_changed() -> None:
    browser = Browser()
    lab = browser.ask(OpenBuiltin("order"))
    assert isinstance(lab, LabState)
    assert lab.slug == "order"
    changed = browser.ask(RunCommand(lab.lab, "a", "true"))
    assert isinstance(changed, LabState)
    assert changed.slug == ""
    missing = browser.ask(OpenBuiltin("nope"))
    assert isinstance(missing, Failed)
    assert missing.code == "unknown_name"


def test_completion_knows_programs_and_the_devices_of_the_namespace() -> None:
    browser = Browser()
    lab = browser.open()
    assert browser.ask(Complete(lab.lab, "a", "mau")) == Completions(0, ("mausezahn",))
    assert browser.ask(Complete(lab.lab, "a", "ip link show v")) == Completions(13, ("v0",))
    assert browser.ask(Complete(lab.lab, "", "ip netns exec ")) == Completions(14, ("a", "b"))


def test_a_message_of_another_shape_is_malformed() -> None:
    for body in (
        None,
        7,
        "x",
        {},
        {"type": "Nope"},
        {"type": "GetWalk", "lab": "x"},
        {"type": "OpenScript", "script": 1},
    ):
        answer = read(body)
        assert isinstance(answer, Failed)
        assert answer.code == "malformed"
    long = read({"type": "RunCommand", "lab": "x", "netns": "a", "line": "x" * 20_000})
    assert isinstance(long, Failed)


def test_what_goes_over_the_wire_reads_back_as_the_request_that_it_was() -> None:
    request = RunCommand("k", "a", "nft list ruleset")
    assert read(Json.loads(Json.dumps(request))) == request


def test_a_full_server_has_no_room_until_somebody_leaves() -> None:
    sessions = Sessions(most=2)
    assert [sessions.open(sid) for sid in ("a", "b", "c")] == [True, True, False]
    sessions.close("a")
    assert sessions.open("c")


def test_a_built_in_lab_is_confirmed_by_the_kernels_that_printed_the_same() -> None:
    browser = Browser()
    lab = browser.ask(OpenBuiltin("redirect"))
    assert isinstance(lab, LabState)
    assert "6.18" in lab.confirmed
    answer = browser.ask(Verify(lab.lab))
    assert isinstance(answer, Verified)
    verdict = next(verdict for verdict in answer.verdicts if verdict.kernel == "6.18")
    assert verdict.agrees
    assert verdict.real != verdict.model  # the times differ, so these are two outputs


def test_a_lab_of_one_s_own_is_never_given_to_a_kernel() -> None:
    asked: list[str] = []

    def live(script: str) -> tuple[str, str]:
        asked.append(script)
        return "6.18.0", ""

    session = Session(Clock(), live)
    steps: list[Steps] = []
    mine = session.answer(OpenScript(PAIR), steps.append)
    assert isinstance(mine, LabState)
    assert session.answer(Verify(mine.lab), steps.append) == Verified(mine.lab, ())
    assert asked == []
    theirs = session.answer(OpenBuiltin("order"), steps.append)
    assert isinstance(theirs, LabState)
    session.answer(Verify(theirs.lab), steps.append)
    assert len(asked) == 1


def test_a_lab_is_called_what_its_owner_calls_it_even_if_it_is_a_built_in_one() -> None:
    redirect = builtin("redirect")
    assert redirect is not None
    assert OpenLab(redirect.script, "before my edit").state().title == "before my edit"
    assert OpenLab(redirect.script).state().title == redirect.title
