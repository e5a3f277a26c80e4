"""The action pedit: edits become keys, words of 32 bits that are masked, set or added to
(tc/m_pedit.c, p_ip.c, p_ip6.c, p_eth.c, p_tcp.c, p_udp.c).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from webapp.kernel.core.sock import AF_INET, AF_INET6
from webapp.kernel.uapi.pkt_cls import TC_ACT_OK
from webapp.kernel.uapi.pkt_sched import Action, PeditHeader, PeditKey, PeditOptions, TcGen
from webapp.userland.iproute2.arguments import Arguments, Exit, get_integer, get_unsigned, matches
from webapp.userland.iproute2.inet_prefix import get_prefix_1, ll_addr_a2n
from webapp.userland.iproute2.tc_common import (
    Illegal,
    Tc,
    get_number,
    next_arg,
    parse_action_control_dflt,
    parse_index,
    sprint_action_control,
    sprint_tm,
    usage,
)

EXPLANATION = """\
Usage: ... pedit munge [ex] <MUNGE> [CONTROL]
Where: MUNGE := <RAW>|<LAYERED>
\t<RAW>:= <OFFSETC>[ATC]<CMD>
 \t\tOFFSETC:= offset <offval> <u8|u16|u32>
\t\tATC:= at <atval> offmask <maskval> shift <shiftval>
\t\tNOTE: offval is byte offset, must be multiple of 4
\t\tNOTE: maskval is a 32 bit hex number
 \t\tNOTE: shiftval is a shift value
\t\tCMD:= clear | invert | set <setval> | add <addval> | decrement | retain
\t<LAYERED>:= ip <ipdata> | ip6 <ip6data>
 \t\t| udp <udpdata> | tcp <tcpdata> | icmp <icmpdata>
\tCONTROL:= reclassify | pipe | drop | continue | pass |
\t          goto chain <CHAIN_INDEX>
\tNOTE: if 'ex' is set, extended functionality will be supported (kernel >= 4.11)
For Example usage look at the examples directory
"""

T = TypeVar("T")

_U32 = 0xFFFFFFFF
_MAX_OFFS = 128
_ILLEGAL = Illegal("")
_SET_ONLY = Illegal("Non extended mode. only 'set' command is supported\n")


@dataclass(frozen=True, slots=True)
class _Field:
    """Where a field is, how many bytes it has, and which bits of them are its own. ``kind``: what a value is."""

    off: int
    size: int
    retain: int
    kind: str = "number"
    decrement: bool = False
    header_only: bool = False


_ANY = _U32
_BYTE, _HALF = 0xFF, 0xFFFF

_IP = {
    "src": _Field(12, 4, _ANY, "ipv4"),
    "dst": _Field(16, 4, _ANY, "ipv4"),
    "tos": _Field(1, 1, _BYTE),
    "dsfield*": _Field(1, 1, _BYTE),
    "ihl": _Field(0, 1, 0x0F),
    "ttl": _Field(8, 1, _BYTE, decrement=True),
    "protocol": _Field(9, 1, _BYTE),
    "precedence*": _Field(1, 1, _BYTE),
    "nofrag": _Field(6, 1, 0x3F),
    "firstfrag": _Field(6, 1, 0x1F),
    "ce": _Field(6, 1, 0x80),
    "df": _Field(6, 1, 0x40),
    "mf": _Field(6, 1, 0x20),
    # Behind the header of 20 bytes: not with "ex", where tcp and udp are headers of their own.
    "dport": _Field(22, 2, _HALF, header_only=True),
    "sport": _Field(20, 2, _HALF, header_only=True),
    "icmp_type": _Field(20, 1, _BYTE, header_only=True),
    "icmp_code": _Field(20, 1, _BYTE, header_only=True),
}
_IP6 = {
    "src": _Field(8, 16, _ANY, "ipv6"),
    "dst": _Field(24, 16, _ANY, "ipv6"),
    "flow_lbl": _Field(0, 4, 0x0007FFFF),
    "payload_len": _Field(4, 2, _HALF),
    "nexthdr": _Field(6, 1, _BYTE),
    "hoplimit": _Field(7, 1, _BYTE, decrement=True),
    "traffic_class": _Field(1, 1, _BYTE),
}
_ETH = {"type": _Field(12, 2, _HALF), "dst": _Field(0, 6, _ANY, "mac"), "src": _Field(6, 6, _ANY, "mac")}
_TCP = {"sport": _Field(0, 2, _HALF), "dport": _Field(2, 2, _HALF), "flags": _Field(13, 1, _BYTE)}
_UDP = {"sport": _Field(0, 2, _HALF), "dport": _Field(2, 2, _HALF)}

_LAYERS: dict[str, tuple[PeditHeader, dict[str, _Field]]] = {
    "ip": (PeditHeader.IP4, _IP),
    "ip6": (PeditHeader.IP6, _IP6),
    "eth": (PeditHeader.ETH, _ETH),
    "tcp": (PeditHeader.TCP, _TCP),
    "udp": (PeditHeader.UDP, _UDP),
    "icmp": (PeditHeader.NETWORK, {}),
}
_RAW = {"u32": (4, _U32), "u16": (2, _HALF), "u8": (1, _BYTE)}


class _Selector:
    """struct m_pedit_sel: the keys so far, and whether they may name headers."""

    def __init__(self) -> None:
        self.keys: list[PeditKey] = []
        self.extended = False

    def pack(self, key: PeditKey) -> None:
        """pack_key: one word."""
        if len(self.keys) >= _MAX_OFFS:
            raise _ILLEGAL
        if key.off % 4:
            raise Illegal("offsets MUST be in 32 bit boundaries\n")
        if not self.extended and (key.header or key.add):
            raise Illegal("Munge parameters not supported. Use 'pedit ex munge ...'.\n")
        self.keys.append(key)

    def pack_part(self, key: PeditKey, size: int, retain: int) -> None:
        """pack_key32, pack_key16, pack_key8: a field of 4, 2 or 1 bytes in the word around it."""
        if size == 4 and key.off % 4:
            raise Illegal("pack_key32: 32 bit offsets must begin in 32bit boundaries\n")
        limit = (1 << size * 8) - 1
        if key.val > limit or key.mask > limit:
            raise Illegal(_BAD_VALUE[size].format(val=key.val, mask=key.mask))
        if size == 2 and key.off & 3 == 3:
            raise Illegal("pack_key16 bad index value 3\n")
        shift = (4 - size - (key.off & 3)) * 8
        outside = _U32 ^ limit << shift
        mask = (key.mask | ~retain & _U32) << shift & _U32 | outside
        self.pack(replace_key(key, val=(key.val & retain) << shift & _U32, mask=mask, off=key.off & ~3))


_BAD_VALUE = {
    4: "",
    2: "pack_key16 bad value\n",
    1: "pack_key8 bad value (val {val:x} mask {mask:x}\n",
}


def replace_key(key: PeditKey, *, val: int, mask: int, off: int) -> PeditKey:
    """The same key with another word."""
    return PeditKey(mask, val, off, key.at, key.offmask, key.shift, key.header, key.add)


def parse_pedit(tc: Tc, args: Arguments) -> PeditOptions:
    """Pedit [ex] munge … [CONTROL] [index N]."""
    sel = _Selector()
    ok = 0
    while args:
        word = args.peek()
        if matches(word, "pedit"):
            next_arg(args)
            ok += 1
            if matches(args.peek(), "ex"):
                if ok > 1:
                    raise Illegal(f"'ex' must be before first 'munge'\n{EXPLANATION}")
                sel.extended = True
                next_arg(args)
        elif matches(word, "help"):
            usage(EXPLANATION)
        elif matches(word, "munge"):
            _munge(args, sel, ok)
            ok += 1
        else:
            break
    if not ok:
        raise Illegal(EXPLANATION)
    control = parse_action_control_dflt(args, TC_ACT_OK)
    gen = TcGen(index=parse_index(args, "Pedit: "), action=control)
    return PeditOptions(gen, tuple(sel.keys), sel.extended)


def _munge(args: Arguments, sel: _Selector, ok: int) -> None:
    if not ok:
        raise Illegal(_bad(args.peek()))
    next_arg(args)
    word = args.peek()
    if matches(word, "offset"):
        next_arg(args)
        try:
            _raw(args, sel)
        except Illegal as illegal:
            raise Illegal(f"{illegal.message}{_bad(args.peek() or '(null)')}") from illegal
        return
    try:
        _layered(args, sel, word)
    except Illegal as illegal:
        raise Illegal(f"{illegal.message}bad pedit parsing\n{_bad(word)}") from illegal


def _bad(word: str) -> str:
    return f"Bad pedit construct ({word})\n{EXPLANATION}"


def _raw(args: Arguments, sel: _Selector) -> None:
    """OFFSET SIZE [at AT OFFMASK SHIFT] COMMAND."""
    key, size, retain = _at_its_place(args, lambda: _raw_place(args))
    field = _Field(key.off, size, retain)
    command = _at_its_place(args, lambda: _command(args, key, field, sel))
    sel.pack_part(command.key, size, command.retain)


def _at_its_place(args: Arguments, parse: Callable[[], T]) -> T:
    """Parses; where that fails, the reader stands where it began: complaints name the word there."""
    left = len(args)
    try:
        return parse()
    except Illegal:
        while len(args) < left:
            args.back()
        raise


def _raw_place(args: Arguments) -> tuple[PeditKey, int, int]:
    off = get_integer(args.peek())
    if off is None:
        raise _ILLEGAL
    args.take()
    found = next((part for name, part in _RAW.items() if matches(args.peek(), name)), None)
    if found is None:
        raise _ILLEGAL
    size, retain = found
    at = offmask = shift = 0
    next_arg(args)
    if matches(args.peek(), "at"):
        at = _number(get_unsigned(next_arg(args)))
        offmask = _number(get_number(next_arg(args), 16))
        shift = _number(get_unsigned(next_arg(args)))
        next_arg(args)
    return PeditKey(0, 0, off, at, offmask, shift), size, retain


@dataclass(frozen=True, slots=True)
class _Command:
    """A key with its value, and which bits may change. ``data``: an address longer than a word."""

    key: PeditKey
    retain: int
    data: bytes = b""


def _layered(args: Arguments, sel: _Selector, word: str) -> None:
    """LAYER FIELD COMMAND."""
    if word not in _LAYERS:
        next_arg(args)
        raise Illegal(f'Unknown action  hence option "{args.peek()}" is unparsable\n')
    header, fields = _LAYERS[word]
    next_arg(args)
    if len(args) < 2 or (not sel.extended and word != "ip"):
        raise _ILLEGAL
    field = _lookup(fields, args.peek())
    if field is None or (sel.extended and field.header_only):
        raise _ILLEGAL
    next_arg(args)
    key = PeditKey(0, 0, field.off, header=header if sel.extended else PeditHeader.NETWORK)
    command = _command(args, key, field, sel)
    if field.kind == "mac":
        _pack_mac(sel, command)
    elif field.kind == "ipv6":
        for place in range(0, 16, 4):
            word_key = replace_key(
                command.key, val=int.from_bytes(command.data[place : place + 4]), mask=0, off=field.off + place
            )
            sel.pack_part(word_key, 4, _U32)
    else:
        sel.pack_part(command.key, field.size, command.retain)
        if fields is _IP6 and field.off == 1:
            # The traffic class begins in the middle of a byte.
            last = sel.keys[-1]
            sel.keys[-1] = replace_key(last, val=last.val << 4 & _U32, mask=last.mask << 4 & _U32 | 0xF, off=last.off)


def _lookup(fields: dict[str, _Field], word: str) -> _Field | None:
    for name, field in fields.items():
        if matches(word, name[:-1]) if name[-1] == "*" else word == name:
            return field
    return None


def _command(args: Arguments, key: PeditKey, field: _Field, sel: _Selector) -> _Command:
    """parse_cmd: invert, set VALUE, add VALUE, decrement, preserve or clear, and then [retain BITS]."""
    if not args:
        raise _ILLEGAL
    word = args.peek()
    retain = field.retain
    val = mask = 0
    add = False
    data = bytes(field.size)
    if matches(word, "invert"):
        val = mask = (1 << field.size * 8) - 1 if field.size in (1, 2, 4) else _BYTE
    elif matches(word, "set") or matches(word, "add"):
        add = not matches(word, "set")
        if add and not sel.extended:
            raise _SET_ONLY
        next_arg(args)
        val, data = _value(args.peek(), field)
    elif matches(word, "decrement"):
        if not field.decrement:
            raise Illegal("decrement command is not supported for this field\n")
        if not sel.extended:
            raise _SET_ONLY
        add, val = True, retain
    elif matches(word, "preserve"):
        retain = 0
    elif not matches(word, "clear"):
        raise _ILLEGAL
    args.take()
    if matches(args.peek(), "retain"):
        retain = _number(get_unsigned(next_arg(args)))
        args.take()
    if field.size > 4 and retain != _U32:
        raise Illegal("retain is not supported for fields longer the 32 bits\n")
    changed = PeditKey(mask, val, key.off, key.at, key.offmask, key.shift, key.header, add)
    return _Command(changed, retain, data)


def _value(text: str, field: _Field) -> tuple[int, bytes]:
    """parse_val: a number, or an address in bytes."""
    if field.kind == "number":
        return _number(get_unsigned(text)), b""
    if field.kind == "mac":
        return 0, _mac(text)
    prefix = get_prefix_1(text, AF_INET if field.kind == "ipv4" else AF_INET6)
    if prefix is None:
        raise _ILLEGAL
    if field.kind == "ipv4":
        return int.from_bytes(prefix.data.ljust(4, b"\0")), b""
    return 0, prefix.data.ljust(16, b"\0")


def _mac(text: str) -> bytes:
    """ll_addr_a2n, which complains by itself and does not end the program."""
    try:
        mac = ll_addr_a2n(text, 6)
    except Exit as end:
        raise Illegal(end.message) from end
    if len(mac) != 6:
        raise _ILLEGAL
    return mac


def _pack_mac(sel: _Selector, command: _Command) -> None:
    """pack_mac: a word and a half, in the order in which the address lies in words."""
    parts = ((0, 4), (4, 2)) if command.key.off % 4 == 0 else ((0, 2), (2, 4))
    for place, size in parts:
        val = int.from_bytes(command.data[place : place + size])
        off = command.key.off + place
        sel.pack_part(replace_key(command.key, val=val, mask=0, off=off), size, _U32)


def _number(number: int | None) -> int:
    if number is None:
        raise _ILLEGAL
    return number


_PLACES = {PeditHeader.ETH: "eth", PeditHeader.IP4: "ipv4", PeditHeader.IP6: "ipv6",
           PeditHeader.TCP: "tcp", PeditHeader.UDP: "udp"}  # fmt: skip


def print_pedit(tc: Tc, action: Action) -> str:
    """Two lines and one for each key; only the last newline heeds -oneline."""
    assert isinstance(action.options, PeditOptions)
    options, gen = action.options, action.options.gen
    text = f" pedit action {sprint_action_control(gen.action)} keys {len(options.keys)}\n"
    text += f" \t index {gen.index} ref {gen.refcnt} bind {gen.bindcnt}"
    if tc.show_stats and action.times is not None:
        text += sprint_tm(action.times)
    for number, key in enumerate(options.keys):
        place = f"{_PLACES[key.header]}{key.off:+d}" if key.header in _PLACES else str(key.off)
        command = "add" if key.add else "val"
        text += f"\n\t key #{number}  at {place}: {command} {key.val:08x} mask {key.mask:08x}"
    return text + tc.newline
