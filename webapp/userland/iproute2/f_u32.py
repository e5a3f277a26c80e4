"""The classifier u32: selectors become keys, words of 32 bits at offsets from the network header (tc/f_u32.c)."""

from __future__ import annotations

import re
from collections.abc import Callable

from webapp.kernel.core.sock import AF_INET, AF_INET6
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.pkt_sched import (
    Action,
    ClsFlags,
    FilterInfo,
    U32Key,
    U32Mark,
    U32Options,
    U32Sel,
    U32SelFlags,
)
from webapp.userland.iproute2.arguments import Arguments, get_integer, get_unsigned, matches
from webapp.userland.iproute2.f_bpf import parse_filter_action, sprint_cls_flags
from webapp.userland.iproute2.inet_prefix import get_prefix_1
from webapp.userland.iproute2.m_action import parse_old_police, print_old_police, tc_print_action
from webapp.userland.iproute2.tc_common import (
    Illegal,
    Tc,
    get_number,
    get_tc_classid,
    next_arg,
    sprint_tc_classid,
    strtoul_hex,
)

EXPLANATION = """\
Usage: ... u32 [ match SELECTOR ... ] [ link HTID ] [ classid CLASSID ]
               [ action ACTION_SPEC ] [ offset OFFSET_SPEC ]
               [ ht HTID ] [ hashkey HASHKEY_SPEC ]
               [ sample SAMPLE ] [skip_hw | skip_sw]
or         u32 divisor DIVISOR

Where: SELECTOR := SAMPLE SAMPLE ...
       SAMPLE := { ip | ip6 | udp | tcp | icmp | u{32|16|8} | mark }
                 SAMPLE_ARGS [ divisor DIVISOR ]
       FILTERID := X:Y:Z

NOTE: CLASSID is parsed at hexadecimal input.
"""

_U32 = 0xFFFFFFFF
_MAX_KEYS = 128
_TABLE = 0xFFF00000
_TABLE_AND_BUCKET = 0xFFFFF000
_BUCKET = 0xFF000
_NODE = 0xFFF
_NEXTHDR = "nexthdr+"
_ETHER = re.compile(":".join(["([0-9a-fA-F]{1,2})"] * 6))

_ILLEGAL = Illegal("")


# Handles


def get_u32_handle(text: str) -> int | None:
    """TABLE:BUCKET:NODE in hexadecimal, parts may be missing at the end; 0x… is the whole. None if it is neither."""
    if ":" not in text:
        return get_number(text, 16) if text.startswith("0x") else None
    handle, rest = 0, text
    for shift, limit in ((20, 0x1000), (12, 0x100), (0, 0x1000)):
        number, rest = strtoul_hex(rest) or (0, rest)
        if number >= limit or (rest and rest[0] != ":"):
            return None
        handle |= number << shift
        if not rest:
            return handle
        rest = rest[1:]
    return handle


def parse_handle(text: str) -> int:
    """The handle of a filter or table."""
    handle = get_u32_handle(text)
    if handle is None:
        raise Illegal("Illegal filter ID\n")
    return handle


def sprint_u32_handle(handle: int) -> str:
    """A handle as tc prints it: 800:, 800::801, 2:1:800."""
    if not handle:
        return "none"
    table, bucket, node = handle >> 20, handle >> 12 & 0xFF, handle & _NODE
    text = f"{table:x}:" if table else ""
    if bucket:
        text += f"{bucket:x}"
    return text + (f":{node:x}" if node else "")


# Selectors


class Selector:
    """struct tc_u32_sel while it is put together."""

    def __init__(self) -> None:
        self.keys: list[U32Key] = []
        self.flags = U32SelFlags.NONE
        self.offshift = self.offmask = self.off = self.offoff = self.hoff = self.hmask = 0
        self.mark: U32Mark | None = None

    def pack_key(self, key: int, mask: int, off: int, offmask: int) -> None:
        """Adds a key, or joins it with one at the same place. Raises Illegal where the two contradict each other."""
        key &= mask
        for at, old in enumerate(self.keys):
            if (old.off, old.offmask) == (off, offmask):
                if (key ^ old.val) & mask & old.mask:
                    raise _ILLEGAL
                self.keys[at] = U32Key(old.mask | mask, old.val | key, off, offmask)
                return
        if len(self.keys) >= _MAX_KEYS or off % 4:
            raise _ILLEGAL
        self.keys.append(U32Key(mask, key, off, offmask))

    def pack(self, size: int, key: int, mask: int, off: int, offmask: int) -> None:
        """Adds a key of 4, 2 or 1 bytes; small ones are shifted to their place in the word around them."""
        if key >> size * 8 or mask >> size * 8:
            raise _ILLEGAL
        # An odd offset of a half is taken for the word's second half, as tc does it.
        place = 0 if size == 4 or (size == 2 and off & 3) else 32 - size * 8 - (off & 3) * 8
        self.pack_key(key << place, mask << place, off if size == 4 else off & ~3, offmask)

    def sel(self) -> U32Sel:
        """The finished value."""
        return U32Sel(
            tuple(self.keys), self.flags, self.offshift, self.offmask, self.off, self.offoff, self.hoff, self.hmask
        )


def _number(args: Arguments, base: int = 0) -> int:
    if not args:
        raise _ILLEGAL
    number = get_unsigned(args.peek()) if base == 0 else get_number(args.peek(), base)
    if number is None:
        raise _ILLEGAL
    args.take()
    return number


def _at(args: Arguments, off: int, offmask: int) -> tuple[int, int]:
    """[at [nexthdr+]OFFSET]."""
    if args.peek() != "at":
        return off, offmask
    text = next_arg(args)
    if len(text) > len(_NEXTHDR) and text.startswith(_NEXTHDR):
        offmask = -1
        text = text.removeprefix(_NEXTHDR)
    elif matches(text, _NEXTHDR):
        offmask = -1
        text = next_arg(args)
    number = get_integer(text)
    if number is None:
        raise _ILLEGAL
    args.take()
    return number, offmask


def parse_word(sel: Selector, args: Arguments, size: int, off: int, offmask: int = 0) -> None:
    """VALUE MASK [at OFFSET]: the value in any base, the mask in hexadecimal."""
    if len(args) < 2:
        raise _ILLEGAL
    key = _number(args)
    mask = _number(args, 16)
    off, offmask = _at(args, off, offmask)
    sel.pack(size, key, mask, off, offmask)


def _ip_address(sel: Selector, args: Arguments, off: int, family: int) -> None:
    if not args:
        raise _ILLEGAL
    prefix = get_prefix_1(args.peek(), family)
    if prefix is None:
        raise _ILLEGAL
    args.take()
    off, offmask = _at(args, off, 0)
    if family == AF_INET:
        mask = _U32 << 32 - prefix.bitlen & _U32 if prefix.bitlen else 0
        sel.pack_key(int.from_bytes(prefix.data.ljust(4, b"\0"), "big"), mask, off, offmask)
        return
    for at in range(0, prefix.bitlen, 32):
        mask = _U32 << max(0, 32 - (prefix.bitlen - at)) & _U32
        sel.pack_key(int.from_bytes(prefix.data[at // 8 : at // 8 + 4], "big"), mask, off + at // 8, offmask)


def _ip6_class(sel: Selector, args: Arguments) -> None:
    if len(args) < 2:
        raise _ILLEGAL
    key, mask = _number(args), _number(args, 16)
    if key > 0xFF or mask > 0xFF:
        raise _ILLEGAL
    sel.pack_key(key << 20, mask << 20, 0, 0)


def _ether_address(sel: Selector, args: Arguments, off: int) -> None:
    match = _ETHER.match(args.peek())
    if match is None:
        raise Illegal(f"parse_ether_addr: improperly formed address '{args.peek()}'\n")
    args.take()
    off, offmask = _at(args, off, 0)
    for place, byte in enumerate(match.groups()):
        sel.pack(1, int(byte, 16), 0xFF, off + place, offmask)


Sample = Callable[[Selector, Arguments], None]


def _word_at(size: int, off: int, offmask: int = 0) -> Sample:
    return lambda sel, args: parse_word(sel, args, size, off, offmask)


def _constant(key: int, mask: int) -> Sample:
    """A test of the fragment field, which takes no arguments."""
    return lambda sel, _args: sel.pack(2, key, mask, 6, 0)


def _address_at(off: int, family: int) -> Sample:
    return lambda sel, args: _ip_address(sel, args, off, family)


_BARE = frozenset(("nofrag", "firstfrag", "df", "mf"))

_IP: dict[str, Sample] = {
    "src": _address_at(12, AF_INET),
    "dst": _address_at(16, AF_INET),
    "tos": _word_at(1, 1),
    "dsfield*": _word_at(1, 1),
    "precedence*": _word_at(1, 1),
    "ihl": _word_at(1, 0),
    "protocol": _word_at(1, 9),
    "nofrag": _constant(0, 0x3FFF),
    "firstfrag": _constant(0x2000, 0x3FFF),
    "df": _constant(0x4000, 0x4000),
    "mf": _constant(0x2000, 0x2000),
    "dport": _word_at(2, 22),
    "sport": _word_at(2, 20),
    "icmp_type": _word_at(1, 20),
    "icmp_code": _word_at(1, 21),
}
_IP6: dict[str, Sample] = {
    "src": _address_at(8, AF_INET6),
    "dst": _address_at(24, AF_INET6),
    "priority": _ip6_class,
    "protocol": _word_at(1, 6),
    "flowlabel": _word_at(4, 0),
    "dport": _word_at(2, 42),
    "sport": _word_at(2, 40),
    "icmp_type": _word_at(1, 40),
    "icmp_code": _word_at(1, 41, 1),
}
_PORTS: dict[str, Sample] = {"src": _word_at(2, 0, -1), "dst": _word_at(2, 2, -1)}
_ICMP: dict[str, Sample] = {"type": _word_at(1, 0, -1), "code": _word_at(1, 1, -1)}
_ETHER_FIELDS: dict[str, Sample] = {
    "src": lambda sel, args: _ether_address(sel, args, -8),
    "dst": lambda sel, args: _ether_address(sel, args, -14),
}


def _field_of(table: dict[str, Sample], complaint: str = "") -> Sample:
    """A field of a protocol and its arguments."""

    def parse(sel: Selector, args: Arguments) -> None:
        if len(args) < 2:
            raise _ILLEGAL
        word = args.peek()
        for name, sample in table.items():
            if matches(word, name[:-1]) if name[-1] == "*" else word == name:
                if name in _BARE:
                    args.take()
                else:
                    next_arg(args)
                sample(sel, args)
                return
        raise Illegal(complaint.format(word))

    return parse


def _mark(sel: Selector, args: Arguments) -> None:
    """VALUE MASK, and then, as tc reads it, at least one more word."""
    if len(args) <= 1:
        raise _ILLEGAL
    val = get_unsigned(args.peek())
    if val is None:
        raise Illegal('Illegal "mark" value\n')
    mask = get_unsigned(next_arg(args))
    if mask is None:
        raise Illegal('Illegal "mark" mask\n')
    next_arg(args)
    if val & mask != val:
        raise Illegal('Illegal "mark" (impossible combination)\n')
    sel.mark = U32Mark(val, mask)


_SAMPLES: dict[str, Sample] = {
    "u32": _word_at(4, 0),
    "u16": _word_at(2, 0),
    "u8": _word_at(1, 0),
    "ip": _field_of(_IP),
    "ip6": _field_of(_IP6),
    "udp": _field_of(_PORTS),
    "tcp": _field_of(_PORTS),
    "icmp": _field_of(_ICMP),
    "mark": _mark,
    "ether": _field_of(_ETHER_FIELDS, "Unknown match: ether {}\n"),
}
"""What ``match`` takes, in the order in which abbreviations find it."""


def parse_selector(sel: Selector, args: Arguments) -> None:
    """One sample: its protocol and what follows."""
    word = args.peek()
    sample = next((sample for name, sample in _SAMPLES.items() if matches(word, name)), None)
    if sample is None:
        raise _ILLEGAL
    next_arg(args)
    sample(sel, args)


def _parse_offset(sel: Selector, args: Arguments) -> None:
    """[plus N] [at N] [mask HEX] [shift N] [eat]: where the linked table's offsets count from."""
    while args:
        word = args.peek()
        if matches(word, "eat"):
            sel.flags |= U32SelFlags.EAT
        elif matches(word, "mask"):
            sel.offmask = _or_illegal(get_number(next_arg(args), 16, 0xFFFF))
            sel.flags |= U32SelFlags.VAROFFSET
        elif matches(word, "plus"):
            sel.off = _or_illegal(get_integer(next_arg(args))) & 0xFFFF
            sel.flags |= U32SelFlags.OFFSET
        elif matches(word, "at"):
            sel.offoff = _or_illegal(get_integer(next_arg(args)))
            if sel.offoff % 2:
                raise Illegal('offset "at" must be even\n')
            sel.flags |= U32SelFlags.VAROFFSET
        elif matches(word, "shift"):
            sel.offshift = _or_illegal(get_integer(next_arg(args))) & 0xFF
            sel.flags |= U32SelFlags.VAROFFSET
        else:
            return
        args.take()


def _parse_hashkey(sel: Selector, args: Arguments) -> None:
    """[mask HEX] [at N]: which bits choose the bucket."""
    while args:
        if matches(args.peek(), "mask"):
            sel.hmask = _or_illegal(get_number(next_arg(args), 16))
        elif matches(args.peek(), "at"):
            sel.hoff = _or_illegal(get_integer(next_arg(args)))
            if sel.hoff % 4:
                raise _ILLEGAL
        else:
            return
        args.take()


def _or_illegal(number: int | None) -> int:
    if number is None:
        raise _ILLEGAL
    return number


# The line


class _Line:
    """What the words said so far. ``htid`` is the table (and bucket) of TCA_U32_HASH, 0 where none was named."""

    def __init__(self) -> None:
        self.sel = Selector()
        self.sel_ok = self.sample_ok = self.terminal = False
        self.htid = 0
        self.order = 0
        self.classid: int | None = None
        self.divisor: int | None = None
        self.link: int | None = None
        self.indev: str | None = None
        self.flags = ClsFlags.NONE
        self.actions: tuple[Action, ...] = ()
        self.police = False


def _keyword(word: str, parse: Callable[[Selector, Arguments], None], sel: Selector, args: Arguments) -> None:
    next_arg(args)
    try:
        parse(sel, args)
    except Illegal as illegal:
        raise Illegal(f'{illegal.message}Illegal "{word}"\n') from illegal


def parse_u32(tc: Tc, args: Arguments, handle: int) -> tuple[U32Options | None, int]:
    """The options, and the handle with the ``order`` in it."""
    if not args:
        return None, handle
    line = _Line()
    while args:
        _word(tc, args, line, handle)
    if line.terminal:
        line.sel.flags |= U32SelFlags.TERMINAL
    if line.order:
        if handle & _NODE and line.order != handle & _NODE:
            raise Illegal('"order" contradicts "handle"\n')
        handle |= line.order
    if line.flags == ClsFlags.SKIP_HW | ClsFlags.SKIP_SW:
        raise Illegal("skip_hw and skip_sw are mutually exclusive\n")
    options = U32Options(
        actions=line.actions,
        classid=line.classid,
        divisor=line.divisor,
        hash=line.htid or None,
        link=line.link,
        sel=line.sel.sel() if line.sel_ok else None,
        mark=line.sel.mark,
        indev=line.indev,
        flags=line.flags,
        police=line.police,
    )
    return options, handle


def _word(tc: Tc, args: Arguments, line: _Line, handle: int) -> None:
    word = args.peek()
    if matches(word, "match"):
        _keyword("match", parse_selector, line.sel, args)
        line.sel_ok = True
    elif matches(word, "offset"):
        _keyword("offset", _parse_offset, line.sel, args)
    elif matches(word, "hashkey"):
        _keyword("hashkey", _parse_hashkey, line.sel, args)
    elif word == "sample":
        _sample(args, line)
    elif matches(word, "action"):
        next_arg(args)
        line.actions = parse_filter_action(tc, args)
        line.terminal = True
    elif matches(word, "police"):
        next_arg(args)
        line.actions = parse_old_police(args)
        line.police = line.terminal = True
    else:
        _option(args, line, handle)
        args.take()


def _option(args: Arguments, line: _Line, handle: int) -> None:
    """Options of one word or two, whose last word stays."""
    word = args.peek()
    if matches(word, "classid") or word == "flowid":
        line.classid = _or_say(get_tc_classid(next_arg(args)), 'Illegal "classid"\n')
        line.sel.flags |= U32SelFlags.TERMINAL
    elif matches(word, "divisor"):
        line.divisor = _divisor(next_arg(args), 'Illegal "divisor"\n')
    elif matches(word, "order"):
        line.order = _or_say(get_unsigned(next_arg(args)), 'Illegal "order"\n')
    elif word == "link":
        line.link = _or_say(get_u32_handle(next_arg(args)), 'Illegal "link"\n')
        if line.link & _NODE:
            raise Illegal('"link" must be a hash table.\n')
    elif word == "ht":
        table = _or_say(get_u32_handle(next_arg(args)), 'Illegal "ht"\n')
        if handle and table & _NODE:
            raise Illegal('"ht" must be a hash table.\n')
        line.htid = line.htid & _BUCKET | table & _TABLE if line.sample_ok else table & _TABLE_AND_BUCKET
    elif word == "indev":
        args.take()
        if not args:
            raise Illegal("Illegal indev\n")
        line.indev = args.peek()[:16]
    elif word in ("skip_hw", "skip_sw"):
        line.flags |= ClsFlags.SKIP_HW if word == "skip_hw" else ClsFlags.SKIP_SW
    elif word == "help":
        raise Illegal(EXPLANATION)
    else:
        raise Illegal(f'What is "{word}"?\n{EXPLANATION}')


def _or_say(number: int | None, complaint: str) -> int:
    if number is None:
        raise Illegal(complaint)
    return number


def _divisor(text: str, complaint: str) -> int:
    divisor = get_unsigned(text)
    if not divisor or divisor > 0x100 or divisor & divisor - 1:
        raise Illegal(complaint)
    return divisor


def _sample(args: Arguments, line: _Line) -> None:
    """Sample SELECTOR [divisor N]: the bucket that a packet like this goes to."""
    sel = Selector()
    _keyword("sample", parse_selector, sel, args)
    if len(sel.keys) != 1:
        raise Illegal('"sample" must contain exactly ONE key.\n')
    divisor = 0x100
    if args.peek() == "divisor":
        divisor = _divisor(next_arg(args), 'Illegal sample "divisor"\n')
        next_arg(args)
    key = sel.keys[0]
    folded = (key.val & key.mask) >> ((key.mask & -key.mask).bit_length() - 1 if key.mask else 0)
    line.htid = (folded % divisor) << 12 | line.htid & _TABLE
    line.sample_ok = True


# What is printed


def print_u32(tc: Tc, info: FilterInfo) -> str:
    """A table, or a filter with its keys and actions."""
    options = info.options
    assert isinstance(options, U32Options)
    handle = info.handle
    text = f"fh {sprint_u32_handle(handle)}{f'[{handle:08x}]' if tc.show_raw else ''} "
    if handle & _NODE:
        text += f"order {handle & _NODE} "
    if options.divisor is not None:
        text += f"ht divisor {options.divisor} "
    elif options.hash is not None:
        text += f"key ht {options.hash >> 20:x} bkt {options.hash >> 12 & 0xFF:x} "
    sel = options.sel
    terminal = sel is not None and sel.flags & U32SelFlags.TERMINAL
    if options.classid is not None:
        text += f"{'*' if terminal else ''}flowid {sprint_tc_classid(options.classid)} "
    elif terminal:
        text += "terminal flowid "
    if options.link is not None:
        text += f"link {sprint_u32_handle(options.link)} "
    text += sprint_cls_flags(options.flags)
    if options.mark is not None:
        mark = options.mark
        text += f"{tc.newline}  mark 0x{mark.val:04x} 0x{mark.mask:04x} (success {mark.success})"
    if sel is not None:
        text += _print_sel(tc, sel, info.protocol)
    if options.police:
        text += tc.newline + print_old_police(tc, options.actions)
    if options.indev is not None:
        text += f"{tc.newline}  input dev {options.indev}{tc.newline}"
    if options.police:
        return text
    return text + tc_print_action(tc, options.actions)


def _print_sel(tc: Tc, sel: U32Sel, protocol: int) -> str:
    pretty = _PRETTY.get(protocol) if tc.pretty else None
    text = "".join(_print_raw(key, tc.newline) if pretty is None else pretty(key, tc.newline) for key in sel.keys)
    if sel.flags & (U32SelFlags.VAROFFSET | U32SelFlags.OFFSET):
        text += f"{tc.newline}    offset "
        if sel.flags & U32SelFlags.VAROFFSET:
            text += f"{sel.offmask:04x}>>{sel.offshift} at {sel.offoff} "
        if sel.off:
            text += f"plus {sel.off} "
    if sel.flags & U32SelFlags.EAT:
        text += " eat "
    if sel.hmask:
        text += f"{tc.newline}    hash mask {sel.hmask:08x} at {sel.hoff} "
    return text


def _print_raw(key: U32Key, nl: str) -> str:
    return f"{nl}  match {key.val:08x}/{key.mask:08x} at {_NEXTHDR if key.offmask else ''}{key.off}"


def _print_ip(key: U32Key, nl: str, ports: dict[int, str]) -> str:
    """A key in words; one that has none is left out, as tc leaves it out."""
    if (key.off, key.mask) == (0, 0x0F000000):
        return f"{nl}  match IP ihl {key.val >> 24}"
    if (key.off, key.mask) == (0, 0x00FF0000):
        return f"{nl}  match IP dsfield {key.val >> 16:#x}" if key.val else f"{nl}  match IP dsfield 0"
    if (key.off, key.mask) == (8, 0x00FF0000):
        return f"{nl}  match IP protocol {key.val >> 16}"
    if key.off in (12, 16):
        host = ~key.mask & _U32
        if host & host + 1:
            return ""
        address = ".".join(str(byte) for byte in key.val.to_bytes(4, "big"))
        return f"{nl}  match IP {'src' if key.off == 12 else 'dst'} {address}/{key.mask.bit_count()}"
    if key.off == 20 and key.mask in ports:
        return ports[key.mask].format(nl=nl, low=key.val & 0xFFFF, high=key.val >> 16)
    return ""


_IPV4_PORTS = {
    0x0000FFFF: "match dport {low}",
    0xFFFF0000: "{nl}  match sport {high}",
    0xFFFFFFFF: "{nl}  match dport {low}, match sport {high}",
}
_IPV6_PORTS = {
    0x0000FFFF: "{nl}  match sport {low}",
    0xFFFF0000: "match dport {high}",
    0xFFFFFFFF: "{nl}  match sport {low}, match dport {high}",
}
_PRETTY: dict[int, Callable[[U32Key, str], str]] = {
    ETH_P_IP: lambda key, nl: _print_ip(key, nl, _IPV4_PORTS),
    ETH_P_IPV6: lambda key, nl: _print_ip(key, nl, _IPV6_PORTS),
}
