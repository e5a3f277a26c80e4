"""What the workshop asks about an open lab, as messages."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from webapp.server.protocol import (
    AskCapture,
    AskReachability,
    AskWhyNot,
    Cancel,
    Cancelled,
    Capture,
    Failed,
    LabState,
    OpenBuiltin,
    Reachability,
    Steps,
    WhyNot,
)
from webapp.server.sessions import Session


def ignored(steps: Steps) -> None:
    """Steps of a walk that nobody waits for."""


@pytest.fixture
def session() -> Session:
    return Session()


def opened(session: Session) -> LabState:
    answer = session.answer(OpenBuiltin("redirect"), ignored)
    assert isinstance(answer, LabState)
    return answer


def test_a_lab_s_state_says_how_its_probes_went(session: Session) -> None:
    (outcome,) = opened(session).outcomes
    assert (outcome.fate, outcome.where, outcome.code) == ("delivered", "container/vethc", 0)


def test_why_not_is_answered_with_reasons_and_remedies_that_can_be_applied(session: Session) -> None:
    state = opened(session)
    answer = session.answer(AskWhyNot(state.lab, 0, "host", "vethh", "nft egress"), ignored)
    assert isinstance(answer, WhyNot)
    assert not answer.reached
    assert [reason.title for reason in answer.reasons if reason.decided] == ["tcf_mirred_act"]
    assert answer.remedies[0].title == "Hand over in netfilter instead of tc"
    assert answer.tried > 0


def test_a_question_that_is_cancelled_while_it_runs_ends_and_the_next_one_is_answered(session: Session) -> None:
    state = opened(session)
    ask = AskWhyNot(state.lab, 0, "host", "vethh", "nft egress", question=7)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(session.answer, ask, ignored)
        assert session.answer(Cancel(7), ignored) == Cancelled(7)  # does not wait for its turn
        answer = asked.result()
    assert isinstance(answer, WhyNot)
    assert not answer.complete
    whole = session.answer(msgspec.structs.replace(ask, question=8), ignored)
    assert isinstance(whole, WhyNot)
    assert whole.complete
    assert answer.tried < whole.tried


def test_pings_that_nobody_waits_for_are_not_sent(session: Session) -> None:
    state = opened(session)
    session.answer(Cancel(3), ignored)
    answer = session.answer(AskReachability(state.lab, question=3), ignored)
    assert isinstance(answer, Reachability)
    assert (answer.pairs, answer.left_out) == ((), 6)


def test_what_a_browser_asked_that_has_gone_is_searched_no_longer(session: Session) -> None:
    state = opened(session)
    session.leave()
    answer = session.answer(AskWhyNot(state.lab, 0, "host", "vethh", "nft egress"), ignored)
    assert isinstance(answer, WhyNot)
    assert answer.tried == 0


def test_reachability_is_answered_for_every_pair(session: Session) -> None:
    answer = session.answer(AskReachability(opened(session).lab), ignored)
    assert isinstance(answer, Reachability)
    assert {(pair.source, pair.target) for pair in answer.pairs if pair.reached} == {
        ("outside", "container"), ("outside", "host"), ("container", "outside"), ("host", "outside"),
    }  # fmt: skip
    assert answer.left_out == 0


def test_a_capture_is_answered_with_lines_and_a_file(session: Session) -> None:
    answer = session.answer(AskCapture(opened(session).lab, 0, "host", "eth0"), ignored)
    assert isinstance(answer, Capture)
    assert [frame.outgoing for frame in answer.frames] == [False, True]
    assert answer.pcapng[:4] == b"\x0a\x0d\x0d\x0a"


@pytest.mark.parametrize(
    "ask",
    [
        lambda lab: AskWhyNot(lab, 9, "host", "vethh", "nft egress"),
        lambda lab: AskCapture(lab, 9, "host", "eth0"),
        lambda lab: AskCapture(lab, -1, "host", "eth0"),
    ],
)
def test_there_must_be_such_a_probe(session: Session, ask: Callable[[str], AskWhyNot | AskCapture]) -> None:
    answer = session.answer(ask(opened(session).lab), ignored)
    assert isinstance(answer, Failed)
    assert answer.code == "unknown_name"


def test_questions_about_a_lab_that_is_not_open_are_refused(session: Session) -> None:
    for ask in (AskReachability("nosuch"), AskWhyNot("nosuch", 0, "", "", "input"), AskCapture("nosuch", 0, "", "")):
        answer = session.answer(ask, ignored)
        assert isinstance(answer, Failed)
        assert answer.code == "unknown_lab"
