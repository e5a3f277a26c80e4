"""Tracking TCP (net/netfilter/nf_conntrack_proto_tcp.c): states by flags, and windows.

Sequence numbers are whole numbers modulo 2**32; ``_before(a, b)`` says that a comes before b.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.netfilter.nf_conntrack import (
    IP_CT_DIR_ORIGINAL,
    IP_CT_DIR_REPLY,
    IP_CT_IS_REPLY,
    IPPROTO_TCP,
    IPS_ASSURED,
    IPS_CONFIRMED,
    IPS_FIXED_TIMEOUT,
    IPS_SEEN_REPLY,
    NetnsCt,
    NfConn,
)
from webapp.kernel.netfilter.nf_conntrack_core import L4Proto, nf_ct_delete, nf_ct_kill_acct, nf_ct_refresh_acct
from webapp.kernel.netfilter.nf_conntrack_proto import nf_bad_checksum
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NF_DROP, NF_REPEAT
from webapp.kernel.wire import tcp

_MASK = 0xFFFFFFFF
_HALF = 1 << 31
_MAXACKWINCONST = 66000
_TCP_MAX_WSCALE = 14
_OPT_EOL, _OPT_NOP, _OPT_WINDOW, _OPT_SACK_PERM, _OPT_SACK = 0, 1, 3, 4, 5
_TIMESTAMP_ALIGNED = b"\x01\x01\x08\x0a"

# IP_CT_TCP_FLAG_*
FLAG_WINDOW_SCALE = 0x01
FLAG_SACK_PERM = 0x02
FLAG_CLOSE_INIT = 0x04
FLAG_BE_LIBERAL = 0x08
FLAG_DATA_UNACKNOWLEDGED = 0x10
FLAG_MAXACK_SET = 0x20
_EXP_CHALLENGE_ACK = 0x40
_SIMULTANEOUS_OPEN = 0x80


class TcpConntrack(IntEnum):
    """enum tcp_conntrack."""

    NONE = 0
    SYN_SENT = 1
    SYN_RECV = 2
    ESTABLISHED = 3
    FIN_WAIT = 4
    CLOSE_WAIT = 5
    LAST_ACK = 6
    TIME_WAIT = 7
    CLOSE = 8
    SYN_SENT2 = 9
    MAX = 10
    IGNORE = 11


# enum tcp_bit_set
_SYN_SET, _SYNACK_SET, _FIN_SET, _ACK_SET, _RST_SET, _NONE_SET = range(6)

_STATES = {"NO": 0, "SS": 1, "SR": 2, "ES": 3, "FW": 4, "CW": 5, "LA": 6, "TW": 7, "CL": 8, "S2": 9, "IV": 10, "IG": 11}


def _rows(text: str) -> tuple[tuple[TcpConntrack, ...], ...]:
    return tuple(tuple(TcpConntrack(_STATES[word]) for word in line.split()) for line in text.strip().splitlines())


# tcp_conntracks: rows syn, synack, fin, ack, rst, none; columns by the present state, NONE to SYN_SENT2
_ORIGINAL = _rows("""
    SS SS IG IG IG IG IG SS SS S2
    IV IV SR IV IV IV IV IV IV SR
    IV IV FW FW LA LA LA TW CL IV
    ES IV ES ES CW CW TW TW CL IV
    IV CL CL CL CL CL CL CL CL CL
    IV IV IV IV IV IV IV IV IV IV
""")
_REPLY = _rows("""
    IV S2 IV IV IV IV IV SS IV S2
    IV SR IG IG IG IG IG IG IG SR
    IV IV FW FW LA LA LA TW CL IV
    IV IG SR ES CW CW TW TW CL IG
    IV CL CL CL CL CL CL CL CL CL
    IV IV IV IV IV IV IV IV IV IV
""")
_CONNTRACKS = (_ORIGINAL, _REPLY)

_CHECKED = tcp.FIN | tcp.SYN | tcp.RST | tcp.ACK | tcp.URG
_VALID_FLAGS = frozenset((
    tcp.SYN, tcp.SYN | tcp.URG, tcp.SYN | tcp.ACK, tcp.RST, tcp.RST | tcp.ACK, tcp.FIN | tcp.ACK,
    tcp.FIN | tcp.ACK | tcp.URG, tcp.ACK, tcp.ACK | tcp.URG,
))  # fmt: skip
"""tcp_valid_flags."""

_CLOSING = frozenset((
    TcpConntrack.FIN_WAIT, TcpConntrack.LAST_ACK, TcpConntrack.TIME_WAIT, TcpConntrack.CLOSE, TcpConntrack.CLOSE_WAIT,
))  # fmt: skip
"""tcp_can_early_drop."""

_TIMEOUT_FIELDS = {
    TcpConntrack.SYN_SENT: "tcp_timeout_syn_sent",
    TcpConntrack.SYN_RECV: "tcp_timeout_syn_recv",
    TcpConntrack.ESTABLISHED: "tcp_timeout_established",
    TcpConntrack.FIN_WAIT: "tcp_timeout_fin_wait",
    TcpConntrack.CLOSE_WAIT: "tcp_timeout_close_wait",
    TcpConntrack.LAST_ACK: "tcp_timeout_last_ack",
    TcpConntrack.TIME_WAIT: "tcp_timeout_time_wait",
    TcpConntrack.CLOSE: "tcp_timeout_close",
    TcpConntrack.SYN_SENT2: "tcp_timeout_syn_sent",
}


def tcp_timeout(tables: NetnsCt, state: TcpConntrack) -> int:
    """tn->timeouts: how long (ns) a connection lives in a state."""
    timeout: int = getattr(tables, _TIMEOUT_FIELDS[state])
    return timeout


class TcpState:
    """struct ip_ct_tcp_state: what is known of one side."""

    __slots__ = ("flags", "td_end", "td_maxack", "td_maxend", "td_maxwin", "td_scale")

    def __init__(self) -> None:
        self.flags = 0
        self.td_end = self.td_maxend = self.td_maxwin = self.td_maxack = self.td_scale = 0

    def reset(self) -> None:
        """nf_ct_tcp_state_reset."""
        self.td_end = self.td_maxend = self.td_maxwin = self.td_maxack = self.td_scale = 0
        self.flags &= FLAG_BE_LIBERAL


class IpCtTcp:
    """struct ip_ct_tcp: both sides, the state, and the last packet."""

    __slots__ = ("last_ack", "last_dir", "last_end", "last_flags", "last_index", "last_seq", "last_win", "last_wscale",
                 "retrans", "seen", "state")  # fmt: skip

    def __init__(self) -> None:
        self.seen = (TcpState(), TcpState())
        self.state = TcpConntrack.NONE
        self.last_index = _NONE_SET
        self.last_dir = self.last_seq = self.last_ack = self.last_end = self.last_win = 0
        self.last_wscale = self.last_flags = self.retrans = 0


class Segment(NamedTuple):
    """A TCP header as tracking sees it. ``end``: the sequence number after the last byte, SYN and FIN counted."""

    seq: int
    ack: int
    end: int
    window: int
    flags: int
    options: bytes

    @property
    def bits(self) -> int:
        """get_conntrack_index."""
        if self.flags & tcp.RST:
            return _RST_SET
        if self.flags & tcp.SYN:
            return _SYNACK_SET if self.flags & tcp.ACK else _SYN_SET
        if self.flags & tcp.FIN:
            return _FIN_SET
        return _ACK_SET if self.flags & tcp.ACK else _NONE_SET


def _before(a: int, b: int) -> bool:
    return a - b & _MASK >= _HALF


def _after(a: int, b: int) -> bool:
    return _before(b, a)


def _segment(skb: SkBuff, dataoff: int, state: NfHookState) -> Segment | None:
    """The header; None where it is cut off, its checksum wrong or its flags impossible (tcp_error)."""
    head = skb.head
    if len(head) < dataoff + tcp.HLEN:
        return None
    header = tcp.parse(head, dataoff)
    length = header.header_length
    if not tcp.HLEN <= length <= len(head) - dataoff or nf_bad_checksum(skb, dataoff, IPPROTO_TCP, state):
        return None
    if header.flags & _CHECKED not in _VALID_FLAGS:
        return None
    taken = bool(header.flags & tcp.SYN) + bool(header.flags & tcp.FIN)
    end = header.seq + len(head) - dataoff - length + taken & _MASK
    options = head[dataoff + tcp.HLEN : dataoff + length]
    return Segment(header.seq, header.ack_seq, end, header.window, header.flags, options)


def _options(options: bytes) -> list[tuple[int, bytes]]:
    """Kind and value of each option, as far as they can be read."""
    found = []
    at = 0
    while at < len(options) and options[at] != _OPT_EOL:
        if options[at] == _OPT_NOP:
            at += 1
            continue
        size = options[at + 1] if at + 1 < len(options) else 0
        if size < 2 or at + size > len(options):
            break
        found.append((options[at], options[at + 2 : at + size]))
        at += size
    return found


def _tcp_options(options: bytes, state: TcpState) -> None:
    """tcp_options: window scale and whether SACK is permitted, from a SYN."""
    if not options:
        return
    state.td_scale = 0
    state.flags &= FLAG_BE_LIBERAL
    for kind, value in _options(options):
        if kind == _OPT_SACK_PERM and not value:
            state.flags |= FLAG_SACK_PERM
        elif kind == _OPT_WINDOW and len(value) == 1:
            state.td_scale = min(value[0], _TCP_MAX_WSCALE)
            state.flags |= FLAG_WINDOW_SCALE


def _tcp_sack(options: bytes, sack: int) -> int:
    """tcp_sack: the highest number that a segment acknowledges."""
    if not options or (len(options) == 12 and options.startswith(_TIMESTAMP_ALIGNED)):
        return sack
    for kind, value in _options(options):
        if kind == _OPT_SACK and value and not len(value) % 8:
            for at in range(0, len(value), 8):
                edge = int.from_bytes(value[at + 4 : at + 8], "big")
                sack = edge if _after(edge, sack) else sack
            break
    return sack


def _tcp_new(ct: NfConn, segment: Segment) -> bool:
    """tcp_new: a connection begins with a SYN, or is picked up in its middle where nf_conntrack_tcp_loose allows it."""
    new_state = _ORIGINAL[segment.bits][TcpConntrack.NONE]
    if new_state >= TcpConntrack.MAX:
        return False
    if new_state != TcpConntrack.SYN_SENT and not ct.net.ct.sysctl_tcp_loose:
        return False
    tracked = ct.tcp = IpCtTcp()
    sender = tracked.seen[0]
    sender.td_end = sender.td_maxend = segment.end
    sender.td_maxwin = segment.window or 1
    if new_state == TcpConntrack.SYN_SENT:
        _tcp_options(segment.options, sender)
    else:
        sender.td_maxend = segment.end + sender.td_maxwin & _MASK
        for side in tracked.seen:
            side.flags = FLAG_SACK_PERM | FLAG_BE_LIBERAL
    return True


def _init_sender(sender: TcpState, receiver: TcpState, segment: Segment, direction: int) -> None:
    """tcp_init_sender: what a side's SYN says; windows are scaled only if both sides say so (RFC 7323 2.2)."""
    sender.td_end = sender.td_maxend = segment.end
    sender.td_maxwin = segment.window or 1
    _tcp_options(segment.options, sender)
    if direction == IP_CT_DIR_REPLY and not sender.flags & receiver.flags & FLAG_WINDOW_SCALE:
        sender.td_scale = receiver.td_scale = 0


# enum nf_ct_tcp_action
_IGNORE, _INVALID, _ACCEPT = range(3)


def _maxackwindow(sender: TcpState) -> int:
    return max(sender.td_maxwin, _MAXACKWINCONST)


def _in_window(ct: NfConn, direction: int, segment: Segment) -> int:
    """tcp_in_window: whether the segment and what it acknowledges can be seen now by the other side.

    Guido van Rooij, "Real Stateful TCP Packet Filtering in IP Filter": upper and lower bound of data and of ACKs.
    """
    tracked: IpCtTcp = ct.tcp
    sender, receiver = tracked.seen[direction], tracked.seen[not direction]
    seq, end, win = segment.seq, segment.end, segment.window
    ack = sack = segment.ack
    syn, has_ack, rst = segment.flags & tcp.SYN, segment.flags & tcp.ACK, segment.flags & tcp.RST
    if receiver.flags & FLAG_SACK_PERM:
        sack = _tcp_sack(segment.options, sack)
    if not sender.td_maxwin:
        if syn:
            _init_sender(sender, receiver, segment, direction)
            if not has_ack:
                return _ACCEPT
        else:
            sender.td_end = end
            sender.td_maxwin = win << sender.td_scale or 1
            sender.td_maxend = end + sender.td_maxwin & _MASK
            if not receiver.td_maxwin:
                receiver.td_end = receiver.td_maxend = sack
            elif sack == receiver.td_end + 1 & _MASK:
                receiver.td_end = sack
    elif syn and _after(end, sender.td_end) and tracked.state in (TcpConntrack.SYN_SENT, TcpConntrack.SYN_RECV):
        _init_sender(sender, receiver, segment, direction)
        if direction == IP_CT_DIR_REPLY and not has_ack:
            return _ACCEPT
    if not has_ack or (rst and not ack):
        ack = sack = receiver.td_end
    if rst and not seq and tracked.state == TcpConntrack.SYN_SENT:
        seq = end = sender.td_end
    problem = _judge(sender, receiver, seq, end, sack)
    if problem is None:
        _update(tracked, direction, segment, (seq, end, ack, sack))
    elif not (sender.flags & FLAG_BE_LIBERAL or ct.net.ct.sysctl_tcp_be_liberal):
        return problem
    return _ACCEPT


def _judge(sender: TcpState, receiver: TcpState, seq: int, end: int, sack: int) -> int | None:
    """The four bounds: None where all hold, else what the packet is."""
    lower = sender.td_end - receiver.td_maxwin - 1 & _MASK
    ack_late = not _after(sack, receiver.td_end - _maxackwindow(sender) - 1 & _MASK)
    ack_early = not _before(sack, receiver.td_end + 1 & _MASK)
    if not _before(seq, sender.td_maxend + 1 & _MASK):
        overshot = end - sender.td_maxend + 1 & _MASK
        known_window = receiver.td_maxwin and _after(end, lower)
        if not known_window or ack_late or ack_early or overshot > receiver.td_maxwin:
            return _INVALID
        # a sender that overruns the window a little: its data will be acknowledged
        sender.td_end = end
        sender.flags |= FLAG_DATA_UNACKNOWLEDGED
        return _IGNORE
    if ack_early:
        return _INVALID
    return _IGNORE if ack_late or (receiver.td_maxwin and not _after(end, lower)) else None


def _update(tracked: IpCtTcp, direction: int, segment: Segment, numbers: tuple[int, int, int, int]) -> None:
    """The end of tcp_in_window: what the segment says of both sides, and whether it came before."""
    seq, end, ack, sack = numbers
    sender, receiver = tracked.seen[direction], tracked.seen[not direction]
    win = segment.window if segment.flags & tcp.SYN else segment.window << sender.td_scale
    sender.td_maxwin = max(sender.td_maxwin, win + (sack - ack) & _MASK)
    if _after(end, sender.td_end):
        sender.td_end = end
        sender.flags |= FLAG_DATA_UNACKNOWLEDGED
    if segment.flags & tcp.ACK:
        if not sender.flags & FLAG_MAXACK_SET or _after(ack, sender.td_maxack):
            sender.td_maxack = ack
        sender.flags |= FLAG_MAXACK_SET
    if receiver.td_maxwin and _after(end, sender.td_maxend):
        receiver.td_maxwin = receiver.td_maxwin + end - sender.td_maxend & _MASK
    if _after(sack + win & _MASK, receiver.td_maxend - 1 & _MASK):
        receiver.td_maxend = sack + win + (not win) & _MASK
    if ack == receiver.td_end:
        receiver.flags &= ~FLAG_DATA_UNACKNOWLEDGED
    if segment.bits != _ACK_SET:
        return
    last = (tracked.last_dir, tracked.last_seq, tracked.last_ack, tracked.last_end, tracked.last_win)
    if last == (direction, seq, ack, end, segment.window):
        tracked.retrans += 1
        return
    tracked.last_dir, tracked.last_seq, tracked.last_ack = direction, seq, ack
    tracked.last_end, tracked.last_win = end, segment.window
    tracked.retrans = 0


def _handle_invalid(ct: NfConn, direction: int, index: int) -> None:
    """nf_tcp_handle_invalid: FIN or RST out of the window on both sides shortens a connection's life."""
    if not ct.status & IPS_ASSURED or ct.status & IPS_FIXED_TIMEOUT or index not in (_RST_SET, _FIN_SET):
        return
    tracked: IpCtTcp = ct.tcp
    if tracked.last_dir == direction or tracked.last_index not in (_FIN_SET, _RST_SET):
        tracked.last_index, tracked.last_dir = index, direction
        return
    unacknowledged = ct.net.ct.tcp_timeout_unacknowledged
    if ct.expires() >= 120 * NSEC_PER_SEC and ct.expires() > unacknowledged:
        ct.timeout = ct.net.machine.clock.now + unacknowledged


_IN_WINDOW = 100


def _ignored(tracked: IpCtTcp, direction: int, segment: Segment, old: TcpConntrack) -> None:
    """What is remembered of a packet that is let through though it does not fit: ends may know more than we do."""
    tracked.last_index, tracked.last_dir = segment.bits, direction
    tracked.last_seq, tracked.last_end, tracked.last_win = segment.seq, segment.end, segment.window
    if segment.bits == _SYN_SET and direction == IP_CT_DIR_ORIGINAL:
        seen = TcpState()
        _tcp_options(segment.options, seen)
        tracked.last_flags = seen.flags & (FLAG_WINDOW_SCALE | FLAG_SACK_PERM)
        tracked.last_wscale = seen.td_scale
        if old == TcpConntrack.LAST_ACK:
            tracked.last_flags |= _EXP_CHALLENGE_ACK
    if old == TcpConntrack.SYN_SENT and segment.bits == _ACK_SET and direction == IP_CT_DIR_REPLY:
        tracked.last_ack = segment.ack


def _resync(tracked: IpCtTcp, direction: int) -> None:
    """A SYN/ACK answers a SYN that was ignored: both ends are in step, and tracking falls in with them."""
    tracked.last_flags &= ~_EXP_CHALLENGE_ACK
    other = tracked.seen[tracked.last_dir]
    other.td_end = other.td_maxend = tracked.last_end
    other.td_maxwin = tracked.last_win or 1
    other.td_scale = tracked.last_wscale
    other.flags = tracked.last_flags
    tracked.seen[direction].reset()


def _rst(ct: NfConn, direction: int, segment: Segment, old: TcpConntrack) -> tuple[TcpConntrack, int | None]:
    """What a RST leads to: the new state, and None (its window is to be judged), _IN_WINDOW or -NF_ACCEPT."""
    tracked: IpCtTcp = ct.tcp
    if old in _CLOSING:
        return TcpConntrack.CLOSE, _IN_WINDOW
    new = TcpConntrack.CLOSE
    receiver = tracked.seen[not direction]
    if receiver.flags & FLAG_MAXACK_SET and tracked.last_index != _SYN_SET:
        established = old == TcpConntrack.ESTABLISHED
        if not segment.seq and not established:
            return new, None
        if _before(segment.seq, receiver.td_maxack) and not ct.net.ct.sysctl_tcp_ignore_invalid_rst:
            return new, -NF_ACCEPT
        follows = (tracked.last_index, tracked.last_dir, tracked.last_end) == (_ACK_SET, direction, segment.seq)
        if not established or segment.seq == receiver.td_maxack or follows:
            return new, None
        new = old
    answers_ignored = (ct.status & IPS_SEEN_REPLY and tracked.last_index == _SYN_SET) or (
        not ct.status & IPS_ASSURED and tracked.last_index == _ACK_SET
    )
    if answers_ignored and segment.ack == tracked.last_end:
        return new, _IN_WINDOW
    challenged = (tracked.last_index, tracked.last_dir, tracked.last_ack) == (_ACK_SET, IP_CT_DIR_REPLY, segment.seq)
    return new, _IN_WINDOW if old == TcpConntrack.SYN_SENT and challenged else None


def _transition(ct: NfConn, direction: int, segment: Segment) -> tuple[TcpConntrack, TcpConntrack, int | None]:
    """The old and the new state, and what is decided already: None, _IN_WINDOW or a verdict."""
    tracked: IpCtTcp = ct.tcp
    index, old = segment.bits, tracked.state
    new = _CONNTRACKS[direction][index][old]
    if new == TcpConntrack.MAX:
        return old, new, -NF_ACCEPT
    if new == TcpConntrack.IGNORE or (new == TcpConntrack.SYN_SENT and old >= TcpConntrack.TIME_WAIT):
        aborted = (tracked.last_dir, tracked.last_index) == (direction, _RST_SET)
        closing = (tracked.seen[0].flags | tracked.seen[1].flags) & FLAG_CLOSE_INIT
        if new == TcpConntrack.SYN_SENT and (closing or aborted):
            return old, new, -NF_REPEAT if nf_ct_delete(ct) else NF_DROP
        answers = (tracked.last_index, segment.ack) == (_SYN_SET, tracked.last_end) and tracked.last_dir != direction
        if index == _SYNACK_SET and answers:
            _resync(tracked, direction)
            return TcpConntrack.SYN_SENT, TcpConntrack.SYN_RECV, None
        _ignored(tracked, direction, segment, old)
        return old, new, NF_ACCEPT
    if new == TcpConntrack.TIME_WAIT and old == TcpConntrack.LAST_ACK and index == _ACK_SET:
        if tracked.last_dir != direction and tracked.last_index == _SYN_SET and tracked.last_flags & _EXP_CHALLENGE_ACK:
            tracked.last_flags &= ~_EXP_CHALLENGE_ACK
            return old, new, NF_ACCEPT
    elif new == TcpConntrack.SYN_SENT2:
        tracked.last_flags |= _SIMULTANEOUS_OPEN
    elif new == TcpConntrack.SYN_RECV:
        if direction == IP_CT_DIR_REPLY and index == _ACK_SET and tracked.last_flags & _SIMULTANEOUS_OPEN:
            new = TcpConntrack.ESTABLISHED
    elif new == TcpConntrack.CLOSE and index == _RST_SET:
        return old, *_rst(ct, direction, segment, old)
    return old, new, None


def _timeout(tables: NetnsCt, tracked: IpCtTcp, index: int) -> int:
    """How long the connection lives from this packet on."""
    timeout = tcp_timeout(tables, tracked.state)
    if tracked.retrans >= tables.sysctl_tcp_max_retrans and timeout > tables.tcp_timeout_max_retrans:
        return tables.tcp_timeout_max_retrans
    if index == _RST_SET:
        return tables.tcp_timeout_close
    unacknowledged = (tracked.seen[0].flags | tracked.seen[1].flags) & FLAG_DATA_UNACKNOWLEDGED
    if unacknowledged and timeout > tables.tcp_timeout_unacknowledged:
        return tables.tcp_timeout_unacknowledged
    if not tracked.last_win:
        return min(timeout, tables.tcp_timeout_max_retrans)
    return timeout


@kfunc("net/netfilter/nf_conntrack_proto_tcp.c", "nf_conntrack_tcp_packet")
def nf_conntrack_tcp_packet(ct: NfConn, skb: SkBuff, dataoff: int, ctinfo: int, state: NfHookState) -> int:
    """One segment: the state that its flags lead to, its window, and how long the connection lives."""
    segment = _segment(skb, dataoff, state)
    if segment is None or not (ct.status & IPS_CONFIRMED or _tcp_new(ct, segment)):
        return -NF_ACCEPT
    direction = int(ctinfo >= IP_CT_IS_REPLY)
    tracked: IpCtTcp = ct.tcp
    index = segment.bits
    old, new, decided = _transition(ct, direction, segment)
    if decided is not None and decided != _IN_WINDOW:
        return decided
    if decided is None:
        window = _in_window(ct, direction, segment)
        if window == _IGNORE:
            return NF_ACCEPT
        if window == _INVALID:
            _handle_invalid(ct, direction, index)
            return -NF_ACCEPT
    tracked.last_index, tracked.last_dir = index, direction
    tracked.state = new
    if old != new and new == TcpConntrack.FIN_WAIT:
        tracked.seen[direction].flags |= FLAG_CLOSE_INIT
    return _accept(ct, skb, ctinfo, index, old)


def _accept(ct: NfConn, skb: SkBuff, ctinfo: int, index: int, old: TcpConntrack) -> int:
    """The end of nf_conntrack_tcp_packet: the segment fits."""
    tables: NetnsCt = ct.net.ct
    tracked: IpCtTcp = ct.tcp
    timeout = _timeout(tables, tracked, index)
    if not ct.status & IPS_SEEN_REPLY:
        if index == _RST_SET:
            nf_ct_kill_acct(ct, ctinfo, skb)
            return NF_ACCEPT
        if index == _SYN_SET and old == TcpConntrack.SYN_SENT:
            return NF_ACCEPT
        if tracked.state == TcpConntrack.ESTABLISHED:
            timeout = min(timeout, tables.tcp_timeout_unacknowledged)
    elif tracked.state == TcpConntrack.ESTABLISHED and old in (TcpConntrack.SYN_RECV, TcpConntrack.ESTABLISHED):
        ct.status |= IPS_ASSURED
    nf_ct_refresh_acct(ct, ctinfo, skb, timeout)
    return NF_ACCEPT


def nf_conntrack_tcp_set_closing(ct: NfConn) -> None:
    """nf_conntrack_tcp_set_closing: this host refuses the connection, so it is over soon."""
    if not ct.status & IPS_CONFIRMED:
        return
    tracked: IpCtTcp = ct.tcp
    old, tracked.state = tracked.state, TcpConntrack.CLOSE
    if old != TcpConntrack.CLOSE and not ct.status & IPS_FIXED_TIMEOUT:
        ct.timeout = ct.net.machine.clock.now + ct.net.ct.tcp_timeout_close


L4PROTO_TCP = L4Proto(nf_conntrack_tcp_packet)
