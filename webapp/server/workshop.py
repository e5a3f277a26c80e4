"""What the workshop asks about a lab, answered from webapp/workshop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from webapp.lessons.shown import LANGUAGES
from webapp.server.labs import OpenLab, RefusedError
from webapp.server.protocol import (
    Answer,
    AskCapture,
    AskReachability,
    AskWhyNot,
    Capture,
    Compiled,
    CompileRule,
    CompleteScript,
    CompletionOption,
    Edited,
    EditScript,
    Exported,
    ExportLab,
    Failed,
    OpenRuleset,
    Reachability,
    RulesetLab,
    ScriptCompletions,
    WhyNot,
)
from webapp.server.standalone import player_data, standalone
from webapp.server.translation import translated
from webapp.workshop.capture import capture, whole_capture
from webapp.workshop.compiled import compile_rule
from webapp.workshop.completion import complete
from webapp.workshop.edit import edit
from webapp.workshop.journey import Place
from webapp.workshop.open_ruleset import RulesetError, ruleset_lab
from webapp.workshop.operations import OperationError
from webapp.workshop.reachability import reachability
from webapp.workshop.whynot import why_not

WorkshopRequest = (
    EditScript | CompleteScript | CompileRule | AskWhyNot | AskReachability | AskCapture | OpenRuleset | ExportLab
)


def answer(
    request: WorkshopRequest,
    lab_of: Callable[[str], OpenLab],
    wanted: Callable[[int], bool] = lambda _: True,
    language: str = LANGUAGES[0],
) -> Answer:
    """Answers from the script alone, or from the lab whose key the request carries.

    ``wanted`` is asked with a question's number, from time to time: False ends the search for its answer.
    What is exported as a page is in ``language``.
    """
    match request:
        case CompileRule(key, script, offset):
            compiled = compile_rule(lab_of(key).lab.machine, script, offset)
            return Compiled(compiled.rule, compiled.lines)
        case CompleteScript(key, script, offset):
            found = complete(lab_of(key).lab.machine, script, offset)
            return ScriptCompletions(found.start, tuple(CompletionOption(*option) for option in found.options))
        case AskReachability(key, question):
            lab = lab_of(key).lab
            return Reachability(*reachability(lab.script, lab.kernel, wanted=partial(wanted, question)))
        case AskCapture(key, number, netns, dev):
            probe = lab_of(key).probe(number)
            return Capture(*capture(probe.walk, probe.topology, netns, dev))
        case AskWhyNot():
            return _why_not(request, lab_of(request.lab), partial(wanted, request.question))
        case EditScript():
            return _edited(request)
        case ExportLab(key):
            return _exported(request, lab_of(key), language)
        case OpenRuleset(ruleset):
            return _ruleset_lab(ruleset)


def _why_not(request: AskWhyNot, opened: OpenLab, wanted: Callable[[], bool]) -> WhyNot:
    lab, hook = opened.lab, Place(request.netns, request.dev, request.station)
    try:
        return WhyNot(*why_not(lab.script, request.probe, hook, lab.kernel, wanted=wanted))
    except OperationError as error:
        raise RefusedError(Failed("unknown_name", str(error))) from error


def _edited(request: EditScript) -> Edited:
    try:
        return Edited(edit(request.script, request.operation))
    except OperationError as error:
        raise RefusedError(Failed("operation", str(error))) from error


def _ruleset_lab(ruleset: str) -> RulesetLab:
    try:
        made = ruleset_lab(ruleset)
    except RulesetError as error:
        raise RefusedError(Failed("script", error.message, error.line, error.column)) from error
    return RulesetLab(made.script, made.notes)


def _exported(request: ExportLab, lab: OpenLab, language: str) -> Exported:
    if request.format == "html":
        data = player_data(lab.state(), lab.lab, request.probe, request.step, request.link)
        return Exported(standalone(translated(language, data), language))
    probe = lab.probe(request.probe)
    return Exported(whole_capture(probe.walk, probe.topology))
