"""nftables' own tests (tests/py of its sources) held against our nft.

Each line of a .t file is a rule with what is to be expected: ok, with the listing if it differs from the rule, or
fail. The .t.payload file beside it has the kernel's expressions. A rule counts once for each table of the file.

    python -m tests.peers SOURCES          prints the scores; exit 1 if one is below docs/peers.md
    python -m tests.peers SOURCES --write  writes docs/peers.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

from msgspec import structs

from tests.peers import nft_elements
from tests.peers.real_nft import RealNft
from webapp.kernel.errno import KernelError
from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi import nftnl
from webapp.userland.nftables import times
from webapp.userland.nftables.batch.batch import Placed
from webapp.userland.nftables.cache import RulesetCache
from webapp.userland.nftables.commands import Compiler
from webapp.userland.nftables.datatype import Output
from webapp.userland.nftables.delinearize import DelinearizeError, stmt_of
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.parser import parse
from webapp.userland.nftables.postprocess import delinearize_rule
from webapp.userland.nftables.print import stmt_print
from webapp.userland.nftables.rule import SetDecl
from webapp.userland.nftables.setelem import set_of

FOLDERS = ("netdev", "any", "inet", "ip", "arp", "bridge", "ip6")


class Lo:
    """The only interface that the tests name."""

    def ifindex(self, name: str) -> int | None:
        return {"lo": 1}.get(name)

    def ifname(self, ifindex: int) -> str | None:
        return {1: "lo"}.get(ifindex)


@dataclass
class Score:
    """Rules of one file or folder, counted."""

    ok: int = 0
    accepted: int = 0
    compared: int = 0
    expressions: int = 0
    elements: int = 0
    listing: int = 0
    unlisted: int = 0
    fail: int = 0
    rejected: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))


@dataclass(frozen=True)
class Table:
    """A table of a test file."""

    family: str
    name: str
    chain: str


NEWER_WORDS = (
    (r"exthdr load (sctp|dccp) ", "exthdr load "),
    (r"ct (load|set) labels", r"ct \1 label"),
    (r"ct load ct_id", "ct load id"),
    (r"last (\d+)ms", r"last \1"),
    (r"log (.*)level audit", r"log \1level 8"),
    (r"(xfrm load .*) 1 =>", r"\1 daddr4 =>"),
    (r"(xfrm load .*) 2 =>", r"\1 daddr6 =>"),
    (r"(xfrm load .*) 3 =>", r"\1 saddr4 =>"),
    (r"(xfrm load .*) 4 =>", r"\1 saddr6 =>"),
    (r"(xfrm load .*) 5 =>", r"\1 reqid =>"),
    (r"(xfrm load .*) 6 =>", r"\1 spi =>"),
)
"""What libnftnl words otherwise since 1.2."""


def new_words(data: bytes, *, host: bool) -> str:
    """Data as the newest libnftnl prints it: numbers with their first digit first."""
    shown = data[::-1] if host else data
    return " ".join(f"0x{shown[at : at + 4].hex()}" for at in range(0, len(shown), 4))


def render(expression: uapi.Expr, *, host: bool) -> str:
    """An expression in the words of the newest libnftnl."""
    kept = nftnl.words
    nftnl.words = lambda data: new_words(data, host=host)
    try:
        text = nftnl.expr_snprintf(expression)
    finally:
        nftnl.words = kept
    line = f"[ {expression.name} {text} ]"
    for old, new in NEWER_WORDS:
        line = re.sub(old, new, line)
    return normal(line)


def merged_ranges(lines: list[str]) -> list[str]:
    """Two comparisons of a register as the range that the newest nft makes of them."""
    made: list[str] = []
    for line in lines:
        low = re.fullmatch(r"\[ cmp gte reg (\d+) (.*) \]", made[-1]) if made else None
        high = re.fullmatch(r"\[ cmp lte reg (\d+) (.*) \]", line)
        if low is not None and high is not None and low[1] == high[1]:
            made[-1] = f"[ range eq reg {low[1]} {low[2]} {high[2]} ]"
        else:
            made.append(line)
    return made


def normal(line: str) -> str:
    """An expression's line without differences that only concern the layout."""
    return re.sub(r"\s+", " ", line.strip())


class File:
    """One .t file."""

    def __init__(self, path: Path, real: RealNft | None = None) -> None:
        self.path = path
        self.real = real
        self.declared: dict[Table, list[tuple[str, str]]] = {}
        self.tables: list[Table] = []
        self.chains: dict[str, str] = {}
        self.score = Score()
        self.payloads: dict[str, dict[str, tuple[list[str], list[str]]]] = {}
        self.caches: dict[Table, RulesetCache] = {}

    def payload(self, family: str, rule: str) -> tuple[list[str], list[str]] | None:
        """The expected expressions and elements of a rule."""
        if family not in self.payloads:
            special = self.path.with_name(f"{self.path.name}.payload.{family}")
            plain = self.path.with_name(f"{self.path.name}.payload")
            found = special if special.exists() else plain
            self.payloads[family] = dict(read_payload(found.read_text())) if found.exists() else {}
        return self.payloads[family].get(rule)

    def run(self) -> Score:
        for line in self.path.read_text().splitlines():
            if not line.strip() or line[0] in "#-":
                continue
            if line[0] == ":":
                name, definition = line[1:].split(";", 1)
                self.chains[name] = definition
            elif line[0] == "*":
                family, table, chains = line[1:].split(";")
                self.tables.extend(Table(family, table, chain) for chain in chains.split(",")[:1])
            elif line[0] in "!?%":
                self.declare(line)
            else:
                for place in self.tables:
                    self.rule(place, line)
        return self.score

    def compiler(self, table: Table) -> Compiler:
        cache = self.caches.get(table)
        if cache is None:
            cache = self.caches[table] = RulesetCache(None)
            Compiler(cache, Lo()).command(parse(f"add table {table.family} {table.name}\n")[0][0])
        return Compiler(cache, Lo())

    def compile(self, table: Table, text: str) -> list[Placed]:
        """The messages of one command. Raises NftError."""
        commands, errors = parse(text + "\n")
        if errors:
            raise errors[0]
        compiler = self.compiler(table)
        for command in commands:
            compiler.command(command)
        return compiler.finished()

    def declare(self, line: str) -> None:
        """A set, elements of one, or an object."""
        body, expected = line[1:].rsplit(";", 1)
        for table in self.tables:
            where = f"{table.family} {table.name}"
            name, rest = body.split(" ", 1)
            if line[0] == "!":
                kind = "map" if " : " in rest else "set"
                rest = re.sub(r"^type (.*?)( flags| timeout|$)", r"type \1;\2", rest)
                rest = re.sub(r"^typeof (.*)$", r"typeof \1;", rest)
                text = f"add {kind} {where} {name} {{ {rest.replace(' flags', ' flags')} ; }}"
            elif line[0] == "?":
                text = f"add element {where} {name} {{ {rest} }}"
            else:
                words = rest.removeprefix("type ").split(" ")
                kind = " ".join(words[: 2 if words[0] == "ct" else 1])
                text = f"add {kind} {where} {name} {rest.removeprefix('type ').removeprefix(kind).strip()}"
            self.declared.setdefault(table, []).append((name, text))
            try:
                self.compile(table, text)
            except NftError as error:
                if expected == "ok":
                    self.score.misses.append(f"declaration {text}: {error.message}")

    def rule(self, table: Table, line: str) -> None:
        rule, expected, *listing = line.split(";")
        wanted_listing = listing[0].strip() if listing and listing[0].strip() else rule.strip()
        text = f"add rule {table.family} {table.name} {table.chain} {rule}"
        score = self.score
        try:
            placed = self.compile(table, text)
        except (NftError, KernelError) as error:
            if expected.strip() == "fail":
                score.fail += 1
                score.rejected += 1
            elif self.real is None or self.real_listing(table, rule) is not None:
                score.ok += 1
                score.misses.append(f"{table.family}: {rule}: refused: {error}")
            return
        if expected.strip() == "fail":
            score.fail += 1
            score.misses.append(f"{table.family}: {rule}: accepted, but must fail")
            return
        score.ok += 1
        score.accepted += 1
        self.compare(table, rule, placed)
        self.compare_listing(table, rule, placed, wanted_listing)

    def compare(self, table: Table, rule: str, placed: list[Placed]) -> None:
        want = self.payload(table.family, rule.strip())
        if want is None:
            return
        message = placed[-1].message
        assert isinstance(message, uapi.NewRule)
        score = self.score
        score.compared += 1
        got = [
            normal(render(expression, host=host))
            for expression, host in zip(message.expressions, placed[-1].host_order, strict=True)
        ]
        got = merged_ranges(got)
        lines, elements = want
        if got == lines:
            score.expressions += 1
        else:
            score.misses.append(f"{table.family}: {rule}: expressions\n    want {lines}\n    got  {got}")
        if same_elements(placed, elements):
            score.elements += 1
        else:
            made = [one.message for one in placed if isinstance(one.message, uapi.NewSetElem)]
            score.misses.append(f"{table.family}: {rule}: elements\n    want {elements}\n    got  {made}")

    def compare_listing(self, table: Table, rule: str, placed: list[Placed], wanted: str) -> None:
        """Lists the rule from the very messages."""
        got = self.listed(table, placed)
        if got is not None and sorted_sets(got) == sorted_sets(wanted):
            self.score.listing += 1
            return
        real = None if self.real is None else self.real_listing(table, rule)
        if self.real is not None and real is None:
            self.score.unlisted += 1
        elif got is not None and real is not None and sorted_sets(got) == sorted_sets(real):
            self.score.listing += 1
        else:
            lines = [f"{table.family}: {rule}: listing", f"want {wanted}", f"got  {got}"]
            self.score.misses.append("\n    ".join([*lines, f"real {real}"] if real is not None else lines))

    def listed(self, table: Table, placed: list[Placed]) -> str | None:
        """The rule as our nft lists it; None: it cannot."""
        message = placed[-1].message
        assert isinstance(message, uapi.NewRule)
        sets = {key[2]: found for key, found in self.caches[table].sets.items() if key[1] == table.name}
        made, names = named_sets(placed)
        expressions = tuple(renamed(expression, names) for expression in message.expressions)
        try:
            stmts = delinearize_rule(message.family, expressions, sets | made, lambda _: None)
        except DelinearizeError:
            return None
        output = Output(stateless=True, numeric_protocol=True, names=Lo())
        return " ".join(stmt_print(stmt, output) for stmt in stmts)

    def real_listing(self, table: Table, rule: str) -> str | None:
        """The rule as the real nft 1.0.6 lists it; None: it, or the kernel, refuses it."""
        assert self.real is not None
        where = f"{table.family} {table.name}"
        chain = f"{where} {table.chain}"
        declared = [text for name, text in self.declared.get(table, []) if re.search(rf"\b{re.escape(name)}\b", rule)]
        commands = [f"add table {where}", f"add chain {chain} {{ {self.chains[table.chain]}; }}", *declared]
        return self.real.listing([*commands, f"add rule {chain} {rule}"], chain)


def sorted_sets(text: str) -> str:
    """A rule with the elements of its sets in alphabetical order: the order of hash tables is nobody's business."""

    def order(match: re.Match[str]) -> str:
        return "{ " + ", ".join(sorted(part.strip() for part in match[1].split(","))) + " }"

    return " ".join(re.sub(r"\{([^{}]*)\}", order, text).split())


def same_elements(placed: list[Placed], lines: list[str]) -> bool:
    """Whether the anonymous sets of a rule have the elements of the payload file, set by set."""
    requests = {one.message.id: one.message for one in placed if isinstance(one.message, uapi.NewSet)}
    made = [one.message for one in placed if isinstance(one.message, uapi.NewSetElem) and one.message.set_id]
    return len(made) == len(lines) and all(
        nft_elements.equal(requests[message.set_id], message.elements, [line])
        for message, line in zip(made, lines, strict=True)
    )


def named_sets(placed: list[Placed]) -> tuple[dict[str, SetDecl], dict[int, str]]:
    """The anonymous sets of a rule as the kernel would dump them, and their names by id."""
    names: dict[int, str] = {}
    made: dict[str, SetDecl] = {}
    for one in placed:
        message = one.message
        if not isinstance(message, uapi.NewSet):
            continue
        name = message.name.replace("%d", str(message.id))
        names[message.id] = name
        elements = next(
            (
                other.message.elements
                for other in placed
                if isinstance(other.message, uapi.NewSetElem) and other.message.set_id == message.id
            ),
            (),
        )
        record = uapi.Set(
            message.family, message.table, name, 0, message.flags, message.key_type, message.key_len,
            message.data_type, message.data_len, message.obj_type, message.policy, message.size, message.concat,
            message.timeout, message.gc_interval, message.expressions, message.userdata,
        )  # fmt: skip
        made[name] = set_of(record, elements, stmt_of)
    return made, names


def renamed(expression: uapi.Expr, names: dict[int, str]) -> uapi.Expr:
    """The expression with the name that the kernel gives a set."""
    if isinstance(expression, uapi.Lookup) and expression.set_id in names:
        return structs.replace(expression, set=names[expression.set_id])
    if isinstance(expression, uapi.ObjrefMap | uapi.Dynset) and expression.set_id in names:
        return structs.replace(expression, set_name=names[expression.set_id])
    return expression


def read_payload(text: str) -> Iterator[tuple[str, tuple[list[str], list[str]]]]:
    """Rule, expected expressions, expected lines of elements."""
    rule: str | None = None
    lines: list[str] = []
    elements: list[str] = []
    for line in [*text.splitlines(), "# "]:
        if line.startswith("# "):
            if rule is not None:
                yield rule, (lines, elements)
            rule, lines, elements = line[2:].strip(), [], []
        elif line.strip().startswith("["):
            lines.append(normal(line))
        elif line.strip().startswith("element"):
            elements.append(line)


def run(sources: Path, folders: tuple[str, ...] = FOLDERS, real: RealNft | None = None) -> dict[str, dict[str, Score]]:
    """Scores by folder and file. ``real`` is asked about each rule that we list otherwise than recorded."""
    # Their test runner sets TZ=UTC-2.
    times.GMTOFF = 7200
    found: dict[str, dict[str, Score]] = {}
    for folder in folders:
        found[folder] = {
            path.name: File(path, real).run() for path in sorted((sources / "tests" / "py" / folder).glob("*.t"))
        }
    return found
