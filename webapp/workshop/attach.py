"""What is hung up at a hook: AddChain, AddRule, AddFilter, Redirect."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from webapp.kernel.core.net_device import NetDevice
from webapp.userland.shell import Word
from webapp.workshop.draft import Draft, Span, cut_commands
from webapp.workshop.hooks import STATIONS, Filter, chains_of, filters_of, qdiscs_of
from webapp.workshop.nft_text import Chain, Part, structure
from webapp.workshop.operations import AddChain, AddFilter, AddRule, Item, OperationError, Redirect
from webapp.workshop.references import nft_places
from webapp.workshop.words import heredoc, netns_exec, tc

# nft


def add_chain(draft: Draft, operation: AddChain) -> None:
    """A base chain with one rule, in a table that is there or in a new one."""
    place = STATIONS.get(operation.station)
    if place is None or place.family == "tc":
        raise OperationError(f'There are no nft chains at "{operation.station}". Drop the chain on an nft hook.')
    draft.run.need_net(operation.netns)
    if place.family == "netdev":
        draft.run.need(operation.netns, operation.dev)
    device = operation.dev if place.family == "netdev" else ""
    lines = [line.strip() for line in operation.rule.splitlines() if line.strip()]
    _chain(draft, operation.netns, device, operation.station, lines or ["counter"])


def _chain(draft: Draft, netns: str, device: str, station: str, rules: list[str]) -> None:
    place = STATIONS[station]
    family, table = _table(draft, netns, place.family)
    taken = {chain.name for _, chain in chains_of(draft.run, netns) if (chain.family, chain.table) == (family, table)}
    net = draft.run.need_net(netns)
    taken |= {name for each in net.nft.tables.values() if each.name == table for name in each.chains}
    name = next(name for name in _numbered(place.hook) if name not in taken)
    on = f' device "{device}"' if device else ""
    base = f"type filter hook {place.hook}{on} priority filter;"
    one_line = f"chain {name} {{ {base} {'; '.join(rules)}; }}"
    draft.made.append(Item("hook", netns, device, station))
    home = _home(draft, netns, device, family, table)
    lines = [one_line]
    if home is not None and not _is_dense(draft.document.text, home):
        lines = [f"chain {name} {{", f"\t{base}", *_tabbed(rules), "}"]
    if home is None:
        ruleset = [f"table {family} {table} {{", *_tabbed(lines), "}"]
        draft.add(heredoc(netns_exec(netns, "nft -f -"), ruleset))
        return
    spaced = _is_spaced(draft.document.text, home)
    text = "".join(f"{home.indent}\t{line}\n" for line in lines)
    draft.replace(home.brace, home.brace, "\n" * spaced + text)
    draft.show(f"nft add chain {family} {table} {name} {{ {base} {'; '.join(rules)}; }}")


_PLAIN = re.compile(r"[\w\s.,:/@=+%-]*")


def add_rule(draft: Draft, operation: AddRule) -> None:
    """A rule of a chain; where the shell would read something into its words, they stand in quotes."""
    draft.run.need_net(operation.netns)
    rule = " ".join(operation.rule.split())
    words = f"add rule {operation.family} {operation.table} {operation.chain} {rule}"
    if not _PLAIN.fullmatch(words):
        quoted = words.replace("'", "'\\''")
        words = f"'{quoted}'"
    draft.add(netns_exec(operation.netns, f"nft {words}"))


def _tabbed(lines: list[str]) -> list[str]:
    return [f"\t{line}" for line in lines]


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}{number}" for number in range(2, 10_000))


def _table(draft: Draft, netns: str, family: str) -> tuple[str, str]:
    """The last table of the namespace that fits, or a new one."""
    families = ("inet", "ip") if family == "inet" else (family,)
    found = [
        (chain.family, chain.table) for _, chain in chains_of(draft.run, netns) if chain.family in families
    ]  # fmt: skip
    return found[-1] if found else (family, "t")


@dataclass(frozen=True, slots=True)
class _Home:
    """A table's block in a here-document: where the line of its closing brace begins, and how that is indented."""

    part: Part
    offset: int
    brace: int
    indent: str


def _home(draft: Draft, netns: str, device: str, family: str, table: str) -> _Home | None:
    """The table's block in the namespace's last ruleset, if a chain in it comes to the same as one that is added."""
    run, document = draft.run, draft.document
    rulesets = [
        index
        for index, call in enumerate(document.calls)
        if call.program == "nft" and call.netns == netns and not document.listening[index]
    ]
    if not rulesets or not document.commands[rulesets[-1]].heredocs or run.codes[rulesets[-1]] != 0:
        return None
    index = rulesets[-1]
    if device and not _there(draft, netns, device, index):
        return None
    for start, end in nft_places(document.commands[index], document.calls[index]):
        text = document.text[start:end]
        tables = [part for part in structure(text) if part.words in {("table", family, table), ("table", table)}]
        if not tables or not any(part.words[:1] == ("chain",) for part in tables[-1].parts):
            return None
        line = text.rfind("\n", 0, tables[-1].end) + 1
        indent = text[line : tables[-1].end - 1]
        return None if indent.strip() else _Home(tables[-1], start, start + line, indent)
    return None


def _there(draft: Draft, netns: str, device: str, index: int) -> bool:
    """Whether the device has been where it is since before a command."""
    dev = draft.run.need(netns, device)
    uses = [(at, reference) for at, reference in draft.run.uses(dev) if reference.netns == netns]
    return bool(uses) and uses[0][1].name == device and uses[0][0] < index


def _is_dense(text: str, home: _Home) -> bool:
    """Whether the table's last chain stands on one line."""
    last = home.part.parts[-1]
    return "\n" not in text[home.offset + last.start : home.offset + last.end]


def _is_spaced(text: str, home: _Home) -> bool:
    """Whether blank lines part the table's chains."""
    parts = home.part.parts
    return any("\n\n" in text[home.offset + a.end : home.offset + b.start] for a, b in itertools.pairwise(parts))


# tc


def add_filter(draft: Draft, operation: AddFilter) -> None:
    """A filter, and the clsact qdisc below it where there is none."""
    draft.run.need(*operation.dev)
    words = " ".join(operation.filter.split("\n")).strip()
    _filter(draft, operation.dev, operation.side, "", words or "matchall action ok")


def _filter(draft: Draft, port: tuple[str, str], side: str, protocol: str, words: str) -> None:
    netns, name = port
    dev = draft.run.need(netns, name)
    if dev.miniq_ingress is None and dev.miniq_egress is None:
        draft.add(tc(netns, f"qdisc add dev {name} clsact"))
    draft.add(tc(netns, f"filter add dev {name} {side} {protocol}pref {_preference(dev, side)} {words}"))
    draft.made.append(Item("hook", netns, name, f"tc {side}"))


def _preference(dev: NetDevice, side: str) -> int:
    """10, 20, 30 …: after all that are there."""
    attached = dev.miniq_ingress if side == "ingress" else dev.miniq_egress
    used = (
        [filter_.prio for chain in attached.block.chain_list.values() for filter_ in chain.filter_chain]
        if attached
        else []
    )
    return (max((prio for prio in used if prio < 0x8000), default=0) // 10 + 1) * 10


# Redirect


def redirect(draft: Draft, operation: Redirect) -> None:
    """A redirect or mirror by one layer; one that it would compete with at the same hook is changed to it."""
    netns, name = operation.dev
    draft.run.need(netns, name)
    draft.run.need(netns, operation.to)
    match = _prefix(operation.match)
    old = list(_rivals(draft, operation, match))
    if not match:
        match = next((rival.match for rival in old if rival.match), "")
    kept = next((rival for rival in old if rival.layer == operation.layer), None)
    rest = [rival for rival in old if rival is not kept]
    removed = {rival.index for rival in rest if rival.span is None}
    if operation.layer == "nft":
        removed |= _idle_qdiscs(draft, operation.dev, removed)
    draft.cut(cut_commands(draft.document, removed, [rival.span for rival in rest if rival.span is not None]))
    words = _tc_words(operation, match) if operation.layer == "tc" else _nft_rule(operation, match)
    station = f"{operation.layer} {operation.side}"
    if kept is not None:
        _change(draft, kept, words)
        draft.made.append(Item("hook", netns, name, station))
    elif operation.layer == "tc":
        _filter(draft, operation.dev, operation.side, "protocol ip " if match else "", words)
    else:
        _chain(draft, netns, name, station, [words])


def _change(draft: Draft, rival: _Rival, words: str) -> None:
    """Another redirect in the place of one of the same layer."""
    start, end = rival.words
    text = draft.document.text
    if text[start:end] != words:
        draft.replace(start, end, words)
    begin, finish = rival.within
    draft.show(text[begin:start] + words + text[end:finish])


def _nft_rule(operation: Redirect, match: str) -> str:
    verb = "dup" if operation.mirror else "fwd"
    of = f"ip daddr {match.removesuffix('/32')} " if match else ""
    return f'{of}counter {verb} to "{operation.to}"'


def _tc_words(operation: Redirect, match: str) -> str:
    verb = "mirror" if operation.mirror else "redirect"
    of = f"u32 match ip dst {match}" if match else "matchall"
    return f"{of} action mirred {operation.into} {verb} dev {operation.to}"


def _prefix(match: str) -> str:
    """A prefix in full, "10.0.0.3/32"; OperationError where it is none."""
    if not match:
        return ""
    try:
        return str(IPv4Network(match, strict=False))
    except ValueError as error:
        raise OperationError(f"{match} is no IPv4 prefix. Write it as 10.0.0.3 or 10.0.1.0/24.") from error


@dataclass(frozen=True, slots=True)
class _Rival:
    """A redirect that gives way: a whole command, or a stretch of its here-document.

    ``words`` are where its classifier and action, or its rule, stand; ``within`` is the command or the chain that they
    are part of.
    """

    layer: str
    index: int
    span: Span | None
    words: Span
    within: Span
    match: str


_TC_MATCH = re.compile(r"match ip dst (\S+)")
_NFT_MATCH = re.compile(r"ip daddr (\d\S*)")
_NFT_TARGET = re.compile(r'\b(?:fwd|dup) to "?([^\s";]+)')


def _rivals(draft: Draft, operation: Redirect, match: str) -> Iterator[_Rival]:
    """The redirects at the hook to the same device, or of the same packets."""
    netns, name = operation.dev
    document = draft.document
    for index, found in filters_of(draft.run, netns, name, operation.side):
        words = " ".join(found.words)
        if _competes(operation, match, _after(found, "redirect", "mirror"), _matched(_TC_MATCH, words)):
            classifier = _classifier(document.calls[index].words)
            command = (document.commands[index].words[0].start, classifier[1])
            yield _Rival("tc", index, None, classifier, command, _matched(_TC_MATCH, words))
    for index, chain in chains_of(draft.run, netns):
        if chain.family == "netdev" and chain.hook == operation.side and name in chain.devices:
            yield from _nft_rivals(draft, operation, match, index, chain)


_CLASSIFIERS = frozenset(("u32", "matchall", "bpf", "flower", "basic", "fw"))


def _classifier(words: tuple[Word, ...]) -> Span:
    first = next((word for word in words if word.text in _CLASSIFIERS), words[-1])
    return first.start, words[-1].end


def _nft_rivals(draft: Draft, operation: Redirect, match: str, index: int, chain: Chain) -> Iterator[_Rival]:
    document = draft.document
    base, end = nft_places(document.commands[index], document.calls[index])[0]
    rules = [part for part in chain.part.parts if part.words[0] not in ("type", "policy", "comment")]
    rivals = []
    for rule in rules:
        words = document.text[base + rule.start : base + rule.end]
        target = _NFT_TARGET.search(words)
        if target and _competes(operation, match, target[1], _matched(_NFT_MATCH, words)):
            rivals.append((rule, _matched(_NFT_MATCH, words)))
    whole = len(rivals) == len(rules) and len(chain.devices) == 1
    for rule, found in rivals:
        part = _outermost(chain) if whole else rule
        command = part is chain.inside and len(structure(document.text[base:end])) == 1
        span = None if command else (base + part.start, base + part.end)
        within = (base + chain.part.start, base + chain.part.end)
        yield _Rival("nft", index, span, (base + rule.start, base + rule.end), within, found)


def _outermost(chain: Chain) -> Part:
    """The chain, or its table where it is all that the table has."""
    return chain.inside if chain.inside is not None and len(chain.inside.parts) == 1 else chain.part


def _after(found: Filter, *words: str) -> str:
    """The device after ``redirect dev`` or ``mirror dev``."""
    for at, word in enumerate(found.words[:-2]):
        if word in words and found.words[at + 1] == "dev":
            return found.words[at + 2]
    return ""


def _competes(operation: Redirect, match: str, target: str, matched: str) -> bool:
    return bool(target) and (target == operation.to or matched == match)


def _matched(pattern: re.Pattern[str], words: str) -> str:
    found = pattern.search(words)
    try:
        return str(IPv4Network(found[1], strict=False)) if found else ""
    except ValueError:
        return found[1] if found else ""


def _idle_qdiscs(draft: Draft, port: tuple[str, str], removed: set[int]) -> set[int]:
    """The clsact of the device, if no filter is left below it."""
    netns, name = port
    left = [index for index, _ in filters_of(draft.run, netns, name, "") if index not in removed]
    return set() if left or not removed else set(qdiscs_of(draft.run, netns, name))
