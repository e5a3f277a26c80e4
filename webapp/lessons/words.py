"""The words that the model's findings are told in, by language. Texts of lessons stand in their own files."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.lessons.shown import LANGUAGES
from webapp.workshop.journey import Fate, Place

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "hook": "{station} on {dev}",
        "hook of any": "{station} in {netns}",
        "end": "no hook any more",
        "goes-on": "It goes on.",
        "dropped": "It is dropped.",
        "taken": "It is taken out of this path: redirected, or handed over.",
        "passed": "The hook is not asked.",
        "off": "Nothing: netfilter is patched out of this path.",
        "empty": "It is looked whether a chain is there, and none is.",
        "bytes": "bytes of the frame",
        "fate delivered": "The packet was delivered in {where}.",
        "fate dropped": "The packet was dropped at {where} ({reason}).",
        "fate stolen": "The packet was taken at {where} and did not come out again.",
        "fate lost": "The packet was lost at {where}.",
        "fate waits": "The packet still waits at {where} ({reason}).",
        "fate none": "Nothing was sent.",
        "no packet": "No command sent a packet.",
        "code": "The command ended with exit code {code}.",
        "not met": "{hook} ran nothing for this packet.",
        "met": "{hook} ran for this packet.",
        "there": "The packet came to {hook}.",
        "not there": "The packet did not come to {hook}.",
        "verdict": "{hook} answered {value}.",
        "no verdict": "{hook} had no answer for this packet.",
        "state": "At {hook}, {field} was {value}.",
        "frame": "At {hook}, the bytes from {offset} on were {value}.",
        "counts": "At {hook}, the counter grew by {value}.",
        "counts nothing": "At {hook}, nothing counts packets.",
        "captured": "tcpdump shows {value} frames on {dev}.",
        "prints": "It did not print `{text}`.",
        "printed": "It printed what it should.",
        "same": "`{command}` does not print what it should.",
        "unreadable": "Line {line} of the script cannot be read: {message}.",
        "limit": "The script asks for too much: {message}.",
        "not in linux": "not in Linux",
        "chart row": "configuration",
        "chart runs": "runs",
        "chart rate": "packets/s",
        "chart cost": "ns per packet",
        "chart over": "more",
        "chart ns": "Nanoseconds per packet; shorter is better.",
        "chart instructions": "Instructions per packet; shorter is better.",
        "chart below": "The values are in the table below.",
        "chart source": "Source:",
        "ahead": "A look ahead: **not in Linux**, only in the model.",
    },
    "de": {
        "hook": "{station} an {dev}",
        "hook of any": "{station} in {netns}",
        "end": "kein Hook mehr",
        "goes-on": "Es geht weiter.",
        "dropped": "Es wird verworfen.",
        "taken": "Es verlässt diesen Weg: umgeleitet oder übergeben.",
        "passed": "Der Hook wird nicht gefragt.",
        "off": "Nichts: netfilter ist aus diesem Weg herausgepatcht.",
        "empty": "Es wird nachgesehen, ob eine Chain da ist, und es ist keine da.",
        "bytes": "Bytes des Frames",
        "fate delivered": "Das Paket wurde in {where} zugestellt.",
        "fate dropped": "Das Paket wurde bei {where} verworfen ({reason}).",
        "fate stolen": "Das Paket wurde bei {where} entnommen und kam nicht wieder heraus.",
        "fate lost": "Das Paket ging bei {where} verloren.",
        "fate waits": "Das Paket wartet noch bei {where} ({reason}).",
        "fate none": "Es wurde nichts gesendet.",
        "no packet": "Kein Befehl hat ein Paket gesendet.",
        "code": "Der Befehl endete mit Exit-Code {code}.",
        "not met": "{hook} hat für dieses Paket nichts ausgeführt.",
        "met": "{hook} lief für dieses Paket.",
        "there": "Das Paket kam zu {hook}.",
        "not there": "Das Paket kam nicht zu {hook}.",
        "verdict": "{hook} antwortete {value}.",
        "no verdict": "{hook} hatte für dieses Paket keine Antwort.",
        "state": "Bei {hook} war {field} {value}.",
        "frame": "Bei {hook} waren die Bytes ab {offset} {value}.",
        "counts": "Bei {hook} stieg der Zähler um {value}.",
        "counts nothing": "Bei {hook} zählt nichts Pakete.",
        "captured": "Frames, die tcpdump an {dev} zeigt: {value}.",
        "prints": "Er gab nicht `{text}` aus.",
        "printed": "Er gab aus, was er soll.",
        "same": "`{command}` gibt nicht aus, was es soll.",
        "unreadable": "Zeile {line} des Skripts ist nicht lesbar: {message}.",
        "limit": "Das Skript verlangt zu viel: {message}.",
        "not in linux": "nicht in Linux",
        "chart row": "Konfiguration",
        "chart runs": "Läufe",
        "chart rate": "Pakete/s",
        "chart cost": "ns je Paket",
        "chart over": "mehr",
        "chart ns": "Nanosekunden je Paket; kürzer ist besser.",
        "chart instructions": "Instruktionen je Paket; kürzer ist besser.",
        "chart below": "Die Werte stehen in der Tabelle darunter.",
        "chart source": "Quelle:",
        "ahead": "Ein Ausblick: **nicht in Linux**, nur im Modell.",
    },
}


def say(language: str, key: str, **values: object) -> str:
    """A sentence, with code between backquotes."""
    words = WORDS.get(language, WORDS[LANGUAGES[0]])
    return words[key].format(**values)


def hook_name(language: str, hook: Place) -> str:
    """A hook as texts call it."""
    key = "hook" if hook.dev else "hook of any"
    return say(language, key, station=hook.station, dev=hook.dev, netns=hook.netns)


def fate_sentence(language: str, fate: Fate, at: Place | None) -> str:
    """How a packet ended; ``at`` is the hook at which it did, if it was one."""
    waits = fate.kind == "lost" and fate.reason
    where = hook_name(language, at) if at is not None and fate.kind != "delivered" else str(fate.place)
    return say(language, "fate waits" if waits else f"fate {fate.kind}", where=where, reason=fate.reason)


_GROUPS = {"en": (",", "."), "de": (".", ",")}


def number(language: str, value: float, places: int = 0, *, signed: bool = False) -> str:
    """A number as the language writes it."""
    group, point = _GROUPS.get(language, _GROUPS[LANGUAGES[0]])
    said = f"{value:{'+' if signed else ''},.{places}f}".replace("-", "\u2212")
    return said.translate(str.maketrans(",.", f"{group}{point}"))
