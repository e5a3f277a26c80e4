"""What the library says to people, in German."""

import ast
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from webapp.lab.builtin import BUILTINS
from webapp.lab.lab import Lab
from webapp.lessons.shown import ComputedHint
from webapp.server.german import GERMAN
from webapp.server.labs import OpenLab
from webapp.server.protocol import BuiltinLab, Failed, Hinted
from webapp.server.sessions import Session
from webapp.server.translation import sentence, translated
from webapp.workshop.explanations import EXPLANATIONS, PROGRAMS_ARE
from webapp.workshop.journey import Place
from webapp.workshop.questions import Reason
from webapp.workshop.whynot import why_not

ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"\{\w+\}")


def open_places(text: str) -> str:
    return PLACEHOLDER.sub("{}", text)


KNOWN = {open_places(text) for text in GERMAN}


def template(node: ast.expr) -> str | None:
    """A text, or an f-string with {} where its values stand."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def calls(folder: str, *names: str) -> Iterator[tuple[str, ast.Call]]:
    for path in sorted((ROOT / "webapp" / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield path.name, node


def said(folder: str, names: tuple[str, ...], argument: int) -> set[str]:
    """The texts that these functions or classes are given."""
    found = (template(call.args[argument]) for _, call in calls(folder, *names) if len(call.args) > argument)
    return {text for text in found if text and re.search(r"[A-Za-z]{2}.* ", text)}


def test_each_sentence_keeps_its_values_and_its_code() -> None:
    for english, german in GERMAN.items():
        assert sorted(PLACEHOLDER.findall(german)) == sorted(PLACEHOLDER.findall(english)), english
        assert sorted(re.findall(r"`[^`]*`", german)) == sorted(re.findall(r"`[^`]*`", english)), english
        assert not re.search(r'["“]\w|\w"', re.sub(r"`[^`]*`", "", german)), german


def test_every_refusal_of_an_operation_is_known() -> None:
    assert said("workshop", ("OperationError",), 0) - KNOWN <= {
        # of the command line
        "{} is no hook: write NETNS/DEV/STATION, as host/eth0/nft-ingress",
    }


def test_every_limit_and_every_failure_is_known() -> None:
    limits = set().union(*(said(folder, ("LimitError",), 0) for folder in ("kernel", "lab", "userland")))
    assert limits - KNOWN == {"more than {} {} in a lab"}  # rules and filters, devices, namespaces
    assert {f"more than {{}} {what} in a lab" for what in ("devices", "namespaces", "rules and filters")} <= KNOWN
    quoted = {re.sub(r"'?\{\}'?", "{}", text) for text in KNOWN}
    failures = said("server", ("Failed",), 1)
    # what only a program that is not the browser is told
    technical = {"not a message of this protocol: {}", "there is no event {}", "this address takes JSON"}
    assert failures - quoted - KNOWN - technical == set()


def test_every_title_of_a_remedy_and_of_a_fix_is_known() -> None:
    titles = said("workshop", ("Candidate", "Fix"), 0)
    assert len(titles) > 20
    assert titles - KNOWN == set()


def test_every_explanation_is_known() -> None:
    assert {open_places(text) for _, text in EXPLANATIONS} - KNOWN == set()
    assert {text for text in PROGRAMS_ARE.values() if " " in text} - KNOWN == set()


def test_every_built_in_lab_is_known() -> None:
    for lab in BUILTINS:
        shown = BuiltinLab(lab.slug, lab.title, lab.summary, lab.statements, lab.twin)
        german = translated("de", shown)
        assert german.title != shown.title
        assert german.summary != shown.summary
        assert translated("en", shown) == shown


@pytest.mark.parametrize("slug", ["redirect", "container-policy", "vxlan", "dsr"])
def test_every_reason_and_every_remedy_of_a_lab_is_in_german(slug: str) -> None:
    lab = next(lab for lab in BUILTINS if lab.slug == slug)
    english = []
    for hook in islice(hooks(lab.script), 8):
        answer = why_not(lab.script, 0, hook)
        texts = [reason.text for reason in answer.reasons] + [remedy.title for remedy in answer.remedies]
        texts += [reason.title for reason in answer.reasons if " " in reason.title]
        english += [text for text in texts if sentence("de", text) == text]
    assert english == []


def hooks(script: str) -> Iterator[Place]:
    lab = Lab(record=True)
    lab.append(script)
    probe = next(entry.probe for entry in lab.entries if entry.probe is not None)
    for namespace in probe.topology.namespaces:
        for device in namespace.devices:
            for hook in device.hooks:
                yield Place(namespace.name, device.name, hook.station)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (
            "nft egress on host/vethh was not asked: tc ingress took the packet.",
            "nft egress an host/vethh wurde nicht gefragt: tc ingress hat das Paket genommen.",
        ),
        (
            "dropped the packet: `OTHERHOST`. The frame is for somebody else (`PACKET_OTHERHOST`).",
            "verwarf das Paket: `OTHERHOST`. Der Frame ist für jemand anderen (`PACKET_OTHERHOST`).",
        ),
        (
            "The script asks for too much: more than 5000 rules and filters in a lab.",
            "Das Skript verlangt zu viel: mehr als 5000 Regeln und Filter in einem Lab.",
        ),
        (
            "There is no device without a name in the namespace in which the lab starts. Make it first.",
            "Im Root-Namespace gibt es kein Gerät ohne Namen. Lege es zuerst an.",
        ),
        ('Cannot find device "eth9"', 'Cannot find device "eth9"'),  # iproute2's own words
        ("ip_rcv", "ip_rcv"),
    ],
)
def test_a_sentence_is_said_with_its_values(english: str, german: str) -> None:
    assert sentence("de", english) == german
    assert sentence("en", english) == english


def test_a_lab_in_german_keeps_its_script_and_its_output() -> None:
    opened = OpenLab("ip netns add a\nip -n a link set eth9 up\n")
    state = opened.state()
    german = translated("de", state)
    assert german.entries == state.entries
    assert german.script == state.script
    assert german.diagnostics[0].message == state.diagnostics[0].message
    assert german.diagnostics[0].explanation.startswith("Der Namespace hat kein Gerät eth9.")


def test_a_session_speaks_the_language_of_its_page() -> None:
    session = Session(language="de")
    session._tokens = -1000
    answer = translated(session.language, Failed("busy", "too many requests; wait a moment and try again"))
    assert answer.message.startswith("zu viele Anfragen")


def test_what_the_model_finds_for_a_hint_is_said_in_the_language_of_the_page() -> None:
    found = ComputedHint(reasons=(Reason(3, "input in inside", "nothing is attached there, either.", False),))
    hinted = translated("de", Hinted("15-clinic", "replies", 1, "", found, 0))
    assert hinted.computed.reasons[0].text == "dort hängt auch nichts."
