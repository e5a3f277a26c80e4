"""What ``nft --debug=netlink`` prints: messages as libnftnl 1.2 words them (its src/rule.c, set.c, set_elem.c)."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.nftnl import FAMILY_NAMES, expr_snprintf, verdict_snprintf
from webapp.userland.nftables.ruleset import Table


def tables_debug(tables: Iterable[Table], elements: dict[tuple[int, str, str], tuple[uapi.SetElem, ...]]) -> str:
    """What reading the tables prints before their listing; ``elements`` by family, table and set."""
    text = ""
    for table in tables:
        for found in table.sets:
            record = found.record
            text += f"{FAMILY_NAMES[record.family]} {record.table} @{record.name}\n"
            kept = elements[record.family, record.table, record.name]
            if record.flags & uapi.NFT_SET_INTERVAL and not record.flags & uapi.NFT_SET_CONCAT:
                # the kernel's tree is walked from its last element to its first
                kept = kept[::-1]
            text += "".join(f"{element_debug(elem)}\n" for elem in kept)
        for chain in table.chains:
            text += "".join(rule_debug(rule.record) for rule in chain.rules)
    return text


def rule_debug(rule: uapi.Rule | uapi.NewRule) -> str:
    """A rule: where it belongs, then an expression a line. One from the kernel has its handle and the one before it."""
    head = f"{FAMILY_NAMES[rule.family]} {rule.table} {rule.chain or ''}"
    dumped = isinstance(rule, uapi.Rule)
    if isinstance(rule, uapi.Rule):
        head += f" {rule.handle}" + (f" {rule.position}" if rule.position else "")
    lines = [f"  [ {expr_debug(expr, dumped=dumped)} ]" for expr in rule.expressions]
    lines.append(_userdata(rule.userdata))
    return "".join(f"{line}\n" for line in (head, *lines))


def _userdata(data: bytes) -> str:
    """What nft keeps with an object for itself, as far as it can be printed; empty where there is none."""
    printed = "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in data)
    return f"  userdata = {{ {printed} }}" if data else ""


def expr_debug(expr: uapi.Expr, *, dumped: bool) -> str:
    """An expression without its brackets; look-ups that come from the kernel always have flags."""
    operands = expr_snprintf(expr)
    if dumped and isinstance(expr, uapi.Lookup) and not expr.flags:
        operands += " 0x0"
    return f"{expr.name} {operands}".rstrip()


def set_debug(request: uapi.NewSet) -> str:
    """A set: name, table, flags in hexadecimal, and its size where it has one."""
    size = f" size {request.size}" if request.size else ""
    return f"{request.name} {request.table} {request.flags:x}{size}"


def element_debug(elem: uapi.SetElem) -> str:
    """An element: key, end of its range, data or verdict, flags, comment."""
    key = _words(elem.key)
    last = f" - {_words(elem.key_end)}" if elem.key_end is not None else ""
    data = ""
    if isinstance(elem.data, uapi.Verdict):
        data = verdict_snprintf(elem.data) + " "
    elif elem.data is not None:
        data = _words(elem.data) + " "
    return f"\telement {key} {last} : {data}{elem.flags} [end]{_userdata(elem.userdata)}"


def _words(data: bytes | None) -> str:
    padded = (data or b"") + bytes(-len(data or b"") % 4)
    return " ".join(f"{int.from_bytes(padded[at : at + 4], 'little'):08x}" for at in range(0, len(padded), 4))
