"""Extended matches: a small language of and, or, not and parentheses (tc/m_ematch.c, emp_ematch.y, emp_ematch.l,
em_cmp.c, em_u32.c, em_meta.c, em_nbyte.c).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webapp.kernel.uapi.pkt_cls_ematch import (
    Ematch,
    EmCmp,
    EmContainer,
    EmLayer,
    EmMeta,
    EmNbyte,
    EmOperand,
    EmRelation,
    EmU32,
    MetaObject,
)
from webapp.userland.iproute2.arguments import Arguments, get_unsigned, not_modelled
from webapp.userland.iproute2.tc_common import Illegal

USAGE = """\
Usage: EXPR
where: EXPR  := TERM [ { and | or } EXPR ]
       TERM  := [ not ] { MATCH | '(' EXPR ')' }
       MATCH := module '(' ARGS ')'
       ARGS := ARG1 ARG2 ...

Example: a(x y) and not (b(x) or c(x y z))
"""
CMP_USAGE = """\
Usage: cmp(ALIGN at OFFSET [ ATTRS ] { eq | lt | gt } VALUE)
where: ALIGN  := { u8 | u16 | u32 }
       ATTRS  := [ layer LAYER ] [ mask MASK ] [ trans ]
       LAYER  := { link | network | transport | 0..2 }

Example: cmp(u16 at 3 layer 2 mask 0xff00 gt 20)
"""
U32_USAGE = """\
Usage: u32(ALIGN VALUE MASK at [ nexthdr+ ] OFFSET)
where: ALIGN  := { u8 | u16 | u32 }

Example: u32(u16 0x1122 0xffff at nexthdr+4)
"""
NBYTE_USAGE = """\
Usage: nbyte(NEEDLE at OFFSET [layer LAYER])
where: NEEDLE := { string | "c-escape-sequence" }
       OFFSET := int
       LAYER  := { link | network | transport | 0..2 }

Example: nbyte("ababa" at 12 layer 1)
"""
META_USAGE = """\
Usage: meta(OBJECT { eq | lt | gt } OBJECT)
where: OBJECT  := { META_ID | VALUE }
       META_ID := id [ shift SHIFT ] [ mask MASK ]

Example: meta(nf_mark gt 24)
         meta(indev shift 1 eq "ppp")
         meta(tcindex mask 0xf0 eq 0xf0)

For a list of meta identifiers, use meta(list).
"""

_U32 = 0xFFFFFFFF
_ALIGN = {"u8": 1, "u16": 2, "u32": 4}
_OPERANDS = {"eq": EmOperand.EQ, "gt": EmOperand.GT, "lt": EmOperand.LT}
_LAYERS = {"link": EmLayer.LINK, "network": EmLayer.NETWORK, "transport": EmLayer.TRANSPORT}
_META_IDS = frozenset(
    (
        "random", "loadavg_1", "loadavg_5", "loadavg_15", "dev", "priority", "protocol", "pkt_type", "pkt_len",
        "data_len", "mac_len", "nf_mark", "fwmark", "tc_index", "rt_classid", "rt_iif", "vlan", "sk_family",
        "sk_state", "sk_reuse", "sk_bind_if", "sk_refcnt", "sk_shutdown", "sk_proto", "sk_type", "sk_rcvbuf",
        "sk_rmem", "sk_wmem", "sk_omem", "sk_wmem_queue", "sk_snd_queue", "sk_rcv_queue", "sk_err_queue",
        "sk_fwd_alloc", "sk_sndbuf",
    )
)  # fmt: skip
_META_NAMES = {"fwmark": "nf_mark"}
"""Names that a listing writes otherwise."""

_UNMODELLED = frozenset(("canid", "ipset", "ipt"))


# --- words --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Word:
    """struct bstr: an argument of a match. ``quoted``: it stood between quotes."""

    data: bytes
    quoted: bool = False

    @property
    def text(self) -> str:
        """The word as characters."""
        return self.data.decode("latin-1")

    def printed(self) -> str:
        """What can be printed of it, dots for the rest."""
        return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in self.data)


_TOKEN = re.compile(r"[ \t\r\n]+|\"|[()]|[^\" \t\r\n()][^ \t\r\n()]*")
_IN_STRING = re.compile(r"\\[0-7]{1,3}|\\x[0-9a-fA-F]{1,2}|\\.|[^\\\n\"]+|\"", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "v": "\v", "b": "\b", "f": "\f", "a": "\a"}


class _Lexer:
    """Tokens of the words of the command line, read as far as they are needed: a word at a time."""

    def __init__(self, args: Arguments) -> None:
        self.args = args
        self.taken = 0
        self._line = ""
        self._at = 0
        self._next: str | _Word | None = None

    def peek(self) -> str | _Word:
        """The next token: "(", ")", "and", "or", "not", a word; the empty string at the end of the line."""
        if self._next is None:
            self._next = self._read()
        return self._next

    def take(self) -> str | _Word:
        """The next token, read."""
        token = self.peek()
        self._next = None
        return token

    def _fill(self) -> bool:
        while self.args:
            word = self.args.take()
            self.taken += 1
            if word:
                self._line, self._at = f"{word} ", 0
                return True
        return False

    def _read(self) -> str | _Word:
        while True:
            if self._at >= len(self._line) and not self._fill():
                return ""
            match = _TOKEN.match(self._line, self._at)
            if match is None:
                return ""
            self._at = match.end()
            token = match[0]
            if token == '"':
                return self._string()
            if token in "()":
                return token
            if token.strip(" \t\r\n"):
                keyword = token.lower()
                return keyword if keyword in ("and", "or", "not") else _Word(token.encode())

    def _string(self) -> _Word:
        data = bytearray()
        while True:
            if self._at >= len(self._line) and not self._fill():
                return _Word(bytes(data), quoted=True)
            match = _IN_STRING.match(self._line, self._at)
            if match is None:
                self._at += 1
                continue
            self._at = match.end()
            part = match[0]
            if part == '"':
                return _Word(bytes(data), quoted=True)
            data += _unescaped(part)


def _unescaped(part: str) -> bytes:
    if not part.startswith("\\"):
        return part.encode()
    rest = part[1:]
    if rest[0] == "x" and len(rest) > 1:
        return bytes((int(rest[1:], 16),))
    if rest[0] in "01234567":
        return bytes((int(rest, 8) & 0xFF,))
    return _ESCAPES.get(rest, rest).encode()


# --- trees --------------------------------------------------------------------------------------------------------


class _Node:
    """struct ematch: a match with its arguments, or a container with its run; siblings are linked by relations."""

    def __init__(self, inverted: bool) -> None:
        self.inverted = inverted
        self.args: list[_Word] = []
        self.child: list[_Node] | None = None
        self.relation = EmRelation.END


class _SyntaxError(Exception):
    pass


_RELATIONS = {"and": EmRelation.AND, "or": EmRelation.OR}


def _expr(lexer: _Lexer) -> list[_Node]:
    run = [_match(lexer)]
    while True:
        token = lexer.peek()
        relation = _RELATIONS.get(token) if isinstance(token, str) else None
        if relation is None:
            return run
        lexer.take()
        run[-1].relation = relation
        run.append(_match(lexer))


def _match(lexer: _Lexer) -> _Node:
    inverted = lexer.peek() == "not"
    if inverted:
        lexer.take()
    node = _Node(inverted)
    token = lexer.take()
    if isinstance(token, _Word):
        node.args.append(token)
        _expect(lexer, "(")
        while isinstance(lexer.peek(), _Word):
            word = lexer.take()
            assert isinstance(word, _Word)
            node.args.append(word)
        if len(node.args) < 2:
            raise _SyntaxError
        _expect(lexer, ")")
    elif token == "(":
        node.child = _expr(lexer)
        _expect(lexer, ")")
    else:
        raise _SyntaxError
    return node


def _expect(lexer: _Lexer, token: str) -> None:
    if lexer.take() != token:
        raise _SyntaxError


def parse_ematch(args: Arguments) -> tuple[Ematch, ...]:
    """The tree that begins with the next word, flat. The word behind it stays. Raises Illegal."""
    start = len(args)
    lexer = _Lexer(args)
    try:
        if lexer.peek() == "":
            return ()
        run = _expr(lexer)
    except _SyntaxError:
        raise Illegal("Parse error: syntax error" + _where(args, start) + USAGE) from None
    # The parser looked at the next word to know that the tree was over. Where the line is over too, tc takes back a
    # word of the tree, and asks later what it is.
    lexer.peek()
    args.back()
    return _parse_tree(_flatten(run), args, start)


def _flatten(head: list[_Node]) -> list[_Node]:
    """flatten_tree: the run, then the run of each container in turn, with the runs inside it."""
    nodes = list(head)

    def append_children(run: list[_Node]) -> None:
        for node in run:
            if node.child is not None:
                nodes.extend(node.child)
                append_children(node.child)

    append_children(head)
    return nodes


def _parse_tree(nodes: list[_Node], args: Arguments, start: int) -> tuple[Ematch, ...]:
    places = {id(node): at for at, node in enumerate(nodes)}
    tree = []
    for node in nodes:
        if node.child is not None:
            data: EmCmp | EmU32 | EmNbyte | EmMeta | EmContainer = EmContainer(places[id(node.child[0])])
        else:
            data = _parse_kind(node.args, args, start)
        tree.append(Ematch(data, node.relation, node.inverted))
    return tuple(tree)


def _parse_kind(words: Sequence[_Word], args: Arguments, start: int) -> EmCmp | EmU32 | EmNbyte | EmMeta:
    kind = words[0].text
    if kind in _UNMODELLED:
        not_modelled(f"{kind}()")
    if kind not in _KINDS:
        raise Illegal(f'Unknown ematch "{kind}"\n')
    parse, explanation = _KINDS[kind]
    try:
        return parse(words[1:])
    except _BadArgumentError as bad:
        shown = " ".join(f">>{word.printed()}<<" if word is bad.word else word.printed() for word in words[1:])
        where = f"{_where(args, start)}... {kind}({shown})...\n"
        raise Illegal(f"{bad.complaint}{where}{explanation}") from None


def _where(args: Arguments, start: int) -> str:
    """What em_parse_error shows of the line: the words that were read, the last one marked."""
    read = start - len(args)
    for _ in range(read):
        args.back()
    words = [args.take() for _ in range(read)]
    shown = "".join(f">>{word}<< " if at == read - 1 else f"{word} " for at, word in enumerate(words))
    return f"\n... {shown}...\n"


# --- kinds --------------------------------------------------------------------------------------------------------


class _BadArgumentError(Exception):
    """PARSE_ERR: a complaint about one of the arguments, or about all (None)."""

    def __init__(self, complaint: str, word: _Word | None = None) -> None:
        super().__init__(complaint)
        self.complaint = complaint
        self.word = word


_NUMBER = re.compile(r"\s*[+-]?(0[xX][0-9a-fA-F]+|[0-9]+)")


def _bstrtoul(word: _Word) -> int | None:
    """strtoul of the number at the beginning; None where there is none."""
    match = _NUMBER.match(word.text)
    if match is None:
        return None
    digits = match[1]
    if digits[0] == "0" and not digits.lower().startswith("0x"):
        octal = re.match("[0-7]+", digits)
        return int(octal[0], 8) if octal else None
    return get_unsigned(digits, (1 << 64) - 1)


def _need(number: int | None, complaint: str, word: _Word) -> int:
    if number is None:
        raise _BadArgumentError(complaint, word)
    return number


class _Words:
    """The arguments of a match, one after the other."""

    def __init__(self, words: Sequence[_Word]) -> None:
        self.words = words
        self.at = 0

    def take(self) -> _Word | None:
        """The next one, None at the end."""
        if self.at >= len(self.words):
            return None
        self.at += 1
        return self.words[self.at - 1]

    def value(self, kind: str) -> _Word:
        """The one that the last one needs."""
        option = self.words[self.at - 1]
        word = self.take()
        if word is None:
            raise _BadArgumentError(f"{kind}: missing argument", option)
        return word


def _layer(word: _Word, kind: str) -> EmLayer:
    layer = _LAYERS.get(word.text)
    if layer is not None:
        return layer
    number = _need(_bstrtoul(word), f"{kind}: invalid layer", word)
    if number > EmLayer.TRANSPORT:
        raise _BadArgumentError(f"{kind}: illegal layer, must be in 0..2", word)
    return EmLayer(number)


def _parse_cmp(args: Sequence[_Word]) -> EmCmp:
    align = _ALIGN.get(args[0].text)
    if align is None:
        raise _BadArgumentError("cmp: invalid alignment", args[0])
    words = _Words(args[1:])
    off: int | None = None
    value: int | None = None
    operand, layer, mask, trans = EmOperand.EQ, EmLayer.NETWORK, 0, False
    while (word := words.take()) is not None:
        if word.text == "at":
            number = words.value("cmp")
            off = _need(_bstrtoul(number), "cmp: invalid offset, must be numeric", number)
        elif word.text == "layer":
            layer = _layer(words.value("cmp"), "cmp")
        elif word.text == "mask":
            number = words.value("cmp")
            mask = _need(_bstrtoul(number), "cmp: invalid mask", number)
        elif word.text == "trans":
            trans = True
        elif word.text in _OPERANDS:
            operand = _OPERANDS[word.text]
            number = words.value("cmp")
            value = _need(_bstrtoul(number), "cmp: invalid value", number)
        else:
            raise _BadArgumentError("nbyte: unknown parameter", word)
    if off is None or value is None:
        raise _BadArgumentError("cmp: offset and value required")
    return EmCmp(align, off & 0xFFFF, value & _U32, operand, layer, mask & _U32, trans)


def _parse_u32(args: Sequence[_Word]) -> EmU32:
    size = _ALIGN.get(args[0].text)
    if size is None:
        raise _BadArgumentError("u32: invalid alignment", args[0])
    words = _Words(args[1:])
    key_word = words.take()
    if key_word is None:
        raise _BadArgumentError("u32: missing key")
    key = _need(_bstrtoul(key_word), "u32: invalid key, must be numeric", key_word)
    mask_word = words.take()
    if mask_word is None:
        raise _BadArgumentError("u32: missing mask")
    mask = _need(_bstrtoul(mask_word), "u32: invalid mask, must be numeric", mask_word)
    at = words.take()
    if at is None or at.text != "at":
        raise _BadArgumentError('u32: missing "at"', at)
    off_word = words.take()
    if off_word is None:
        raise _BadArgumentError("u32: missing offset")
    off, offmask, last = _u32_offset(off_word, words)
    trailer = words.take()
    if trailer is not None:
        raise _BadArgumentError("u32: unexpected trailer", trailer)
    return _pack_u32(size, key, mask, off, offmask, last)


def _u32_offset(word: _Word, words: _Words) -> tuple[int, int, _Word]:
    """[nexthdr+]OFFSET; with a space between the two tc forgets the nexthdr."""
    if word.text.startswith("nexthdr+") and len(word.text) > len("nexthdr+"):
        return _bstrtoul(_Word(word.data[len("nexthdr+") :])) or 0, -1, word
    if word.text == "nexthdr+":
        number = words.take()
        if number is None:
            raise _BadArgumentError("u32: missing offset")
        word = number
    return _need(_bstrtoul(word), "u32: invalid offset", word), 0, word


def _pack_u32(size: int, key: int, mask: int, off: int, offmask: int, last: _Word) -> EmU32:
    """A small key goes to its place in the word around it; a half at an odd place counts as the word's second."""
    limit = (1 << size * 8) - 1
    if size < 4:
        for name, number in (("key", key), ("mask", mask)):
            if number > limit:
                raise _BadArgumentError(f"Illegal {name} (>0x{limit:X})", last)
        shift = 24 - (off & 3) * 8 if size == 1 else 0 if off & 3 else 16
        key, mask, off = key << shift, mask << shift, off & ~3
    if off % 4:
        raise _BadArgumentError("u32: invalid offset alignment, must be aligned to 4.", last)
    return EmU32(key & mask & _U32, mask & _U32, off, offmask)


def _parse_nbyte(args: Sequence[_Word]) -> EmNbyte:
    needle = args[0]
    if not needle.data:
        raise _BadArgumentError("nbyte: needle length is 0", needle)
    words = _Words(args[1:])
    off: int | None = None
    layer = EmLayer.NETWORK
    while (word := words.take()) is not None:
        if word.text == "at":
            number = words.value("nbyte")
            off = _need(_bstrtoul(number), "nbyte: invalid offset, must be numeric", number)
        elif word.text == "layer":
            layer = _layer(words.value("nbyte"), "nbyte")
        else:
            raise _BadArgumentError("nbyte: unknown parameter", word)
    if off is None:
        raise _BadArgumentError("nbyte: offset required")
    return EmNbyte(needle.data, off & 0xFFFF, layer)


def _parse_meta(args: Sequence[_Word]) -> EmMeta:
    words = _Words(args)
    left = _meta_object(words)
    word = words.take()
    if word is None:
        raise _BadArgumentError("meta: missing operand", args[0])
    operand = _OPERANDS.get(word.text)
    if operand is None:
        raise _BadArgumentError("meta: invalid operand", word)
    if words.at >= len(args):
        raise _BadArgumentError("meta: missing rvalue", args[0])
    right = _meta_object(words)
    if right.name and left.is_var != right.is_var:
        raise _BadArgumentError("lvalue and rvalue are not compatible.", args[words.at - 1])
    trailer = words.take()
    if trailer is not None:
        raise _BadArgumentError("meta: unexpected trailer", trailer)
    return EmMeta(left, operand, right)


def _meta_object(words: _Words) -> MetaObject:
    """A string, a number, or a fact with [shift N] [mask N]."""
    word = words.take()
    assert word is not None
    if word.quoted:
        return MetaObject("", word.data, is_var=True)
    number = _bstrtoul(word)
    if number is not None:
        return MetaObject("", number & _U32)
    if word.text not in _META_IDS:
        raise _BadArgumentError("meta: unknown meta id\n", word)
    shift = mask = 0
    while words.at < len(words.words) and words.words[words.at].text in ("shift", "mask"):
        option = words.take()
        assert option is not None
        value = words.value("meta")
        complaint = f"meta: invalid {option.text}, must be numeric"
        if option.text == "shift":
            shift = _need(_bstrtoul(value), complaint, value) & 0xFF
        else:
            mask = _need(_bstrtoul(value), complaint, value) & _U32
    return MetaObject(word.text, mask, shift)


_KINDS: dict[str, tuple[Callable[[Sequence[_Word]], EmCmp | EmU32 | EmNbyte | EmMeta], str]] = {
    "cmp": (_parse_cmp, CMP_USAGE),
    "nbyte": (_parse_nbyte, NBYTE_USAGE),
    "u32": (_parse_u32, U32_USAGE),
    "meta": (_parse_meta, META_USAGE),
}


# --- what is printed ----------------------------------------------------------------------------------------------


def print_ematch(tree: tuple[Ematch, ...]) -> str:
    """A tree, an ematch a line; its newlines are some even with -oneline."""
    return f"\n  {_print_seq(tree, 0, 1)}" if tree else ""


def _print_seq(tree: tuple[Ematch, ...], at: int, prefix: int) -> str:
    text = ""
    while True:
        em = tree[at]
        if em.inverted:
            text += "NOT "
        if isinstance(em.data, EmContainer):
            text += "(\n" + "  " * (prefix + 1) + _print_seq(tree, em.data.ref, prefix + 1) + "  " * prefix + ") "
        else:
            text += f"{_print_one(em.data)}\n"
            if em.relation:
                text += "  " * prefix
        if not em.relation:
            return text
        text += f"{em.relation.name} "
        at += 1


def _print_one(data: EmCmp | EmU32 | EmNbyte | EmMeta) -> str:
    if isinstance(data, EmCmp):
        align = f"u{data.align * 8}"
        mask = f"mask 0x{data.mask:x} " if data.mask else ""
        trans = "trans " if data.trans else ""
        operand = data.operand.name.lower()
        return f"cmp({align} at {data.off} layer {data.layer} {mask}{trans}{operand} {_signed(data.val)})"
    if isinstance(data, EmU32):
        return f"u32({data.val:08x}/{data.mask:08x} at {'nexthdr+' if data.offmask else ''}{data.off})"
    if isinstance(data, EmNbyte):
        needle = "".join(f"{byte:02x} " for byte in data.needle)
        return f'nbyte({needle}"{_Word(data.needle).printed()}" at {data.off} layer {data.layer})'
    return f"meta({_print_object(data.left)} {data.operand.name.lower()} {_print_object(data.right)})"


def _signed(number: int) -> int:
    return number - (1 << 32) if number >> 31 else number


def _print_object(side: MetaObject) -> str:
    value = side.value
    if not side.name:
        return _Word(value).printed() if isinstance(value, bytes) else str(_signed(value))
    text = _META_NAMES.get(side.name, side.name)
    if side.shift:
        text += f" shift {side.shift}"
    return f"{text} mask 0x{value:08x}" if isinstance(value, int) and value else text
