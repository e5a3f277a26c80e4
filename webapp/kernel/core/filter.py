"""Classic BPF (net/core/filter.c): the checker of programs, and the machine that runs them.

The machine has an accumulator A, an index register X and 16 words of memory, all of 32 bits. A load beyond the packet
and a division by zero end the program with 0. A program is translated once into tuples that the interpreter's loop
takes apart; the checker has made sure that nothing in them can go wrong.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from webapp.kernel.core.flow_dissector import skb_get_poff
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.uapi.bpf import (
    BPF_A,
    BPF_ABS,
    BPF_ADD,
    BPF_ALU,
    BPF_AND,
    BPF_B,
    BPF_DIV,
    BPF_H,
    BPF_IMM,
    BPF_IND,
    BPF_JA,
    BPF_JEQ,
    BPF_JGE,
    BPF_JGT,
    BPF_JMP,
    BPF_JSET,
    BPF_K,
    BPF_LD,
    BPF_LDX,
    BPF_LEN,
    BPF_LSH,
    BPF_MAXINSNS,
    BPF_MEM,
    BPF_MEMWORDS,
    BPF_MISC,
    BPF_MOD,
    BPF_MSH,
    BPF_MUL,
    BPF_NEG,
    BPF_OR,
    BPF_RET,
    BPF_RSH,
    BPF_ST,
    BPF_STX,
    BPF_SUB,
    BPF_TAX,
    BPF_TXA,
    BPF_W,
    BPF_X,
    BPF_XOR,
    SKF_AD_ALU_XOR_X,
    SKF_AD_CPU,
    SKF_AD_HATYPE,
    SKF_AD_IFINDEX,
    SKF_AD_MARK,
    SKF_AD_NLATTR,
    SKF_AD_NLATTR_NEST,
    SKF_AD_OFF,
    SKF_AD_PAY_OFFSET,
    SKF_AD_PKTTYPE,
    SKF_AD_PROTOCOL,
    SKF_AD_QUEUE,
    SKF_AD_RANDOM,
    SKF_AD_RXHASH,
    SKF_AD_VLAN_TAG,
    SKF_AD_VLAN_TAG_PRESENT,
    SKF_AD_VLAN_TPID,
    SKF_LL_OFF,
    SKF_NET_OFF,
    SockFilter,
)

if TYPE_CHECKING:
    from webapp.kernel.core.skbuff import SkBuff

_U32 = 0xFFFFFFFF
_SIZES = {BPF_W: 4, BPF_H: 2, BPF_B: 1}

_ALU: dict[int, Callable[[int, int], int]] = {
    BPF_ADD: lambda a, b: a + b & _U32,
    BPF_SUB: lambda a, b: a - b & _U32,
    BPF_MUL: lambda a, b: a * b & _U32,
    BPF_DIV: operator.floordiv,
    BPF_MOD: operator.mod,
    BPF_OR: operator.or_,
    BPF_AND: operator.and_,
    BPF_XOR: operator.xor,
    BPF_LSH: lambda a, b: a << (b & 31) & _U32,
    BPF_RSH: lambda a, b: a >> (b & 31),
    BPF_NEG: lambda a, _: -a & _U32,
}
_DIVISIONS = (BPF_DIV, BPF_MOD)

_CONDITIONS: dict[int, Callable[[int, int], Any]] = {
    BPF_JEQ: operator.eq,
    BPF_JGT: operator.gt,
    BPF_JGE: operator.ge,
    BPF_JSET: operator.and_,
}

_LD_SIZES = (BPF_W, BPF_H, BPF_B)
_PACKET_LOADS = frozenset(BPF_LD | mode | size for mode in (BPF_ABS, BPF_IND) for size in _LD_SIZES)
_ABS_LOADS = frozenset(BPF_LD | BPF_ABS | size for size in _LD_SIZES)
_JUMPS = frozenset(BPF_JMP | condition | source for condition in _CONDITIONS for source in (BPF_K, BPF_X))
_ALLOWED = (
    frozenset(BPF_ALU | op | source for op in _ALU if op != BPF_NEG for source in (BPF_K, BPF_X))
    | _PACKET_LOADS
    | _JUMPS
    | {
        BPF_ALU | BPF_NEG, BPF_LD | BPF_W | BPF_LEN, BPF_LD | BPF_IMM, BPF_LD | BPF_MEM, BPF_LDX | BPF_W | BPF_LEN,
        BPF_LDX | BPF_B | BPF_MSH, BPF_LDX | BPF_IMM, BPF_LDX | BPF_MEM, BPF_ST, BPF_STX, BPF_MISC | BPF_TAX,
        BPF_MISC | BPF_TXA, BPF_RET | BPF_K, BPF_RET | BPF_A, BPF_JMP | BPF_JA,
    }
)  # fmt: skip
_MEMORY = (BPF_LD | BPF_MEM, BPF_LDX | BPF_MEM, BPF_ST, BPF_STX)

# --- ancillary loads ----------------------------------------------------------------------------------------------

Ancillary = Callable[["SkBuff", int, int, int], int]
"""(skb, offset of the data in head, A, X) to the new A."""


def _nla_find(head: bytes, at: int, end: int, wanted: int) -> int | None:
    """nla_find: where in ``head`` the attribute of that type begins. Attributes are in the machine's byte order."""
    while at + 4 <= end:
        length = int.from_bytes(head[at : at + 2], "little")
        if length < 4 or at + length > end:
            return None
        if int.from_bytes(head[at + 2 : at + 4], "little") & 0x3FFF == wanted:
            return at
        at += length + 3 & ~3
    return None


def _nlattr(skb: SkBuff, data: int, a: int, x: int) -> int:
    found = _nla_find(skb.head, data + a, len(skb.head), x)
    return 0 if found is None else found - data


def _nlattr_nest(skb: SkBuff, data: int, a: int, x: int) -> int:
    head = skb.head
    at = data + a
    if at + 4 > len(head):
        return 0
    length = int.from_bytes(head[at : at + 2], "little")
    if length < 4 or at + length > len(head):
        return 0
    found = _nla_find(head, at + 4, at + length, x)
    return 0 if found is None else found - data


_ANCILLARY: dict[int, Ancillary] = {
    SKF_AD_NLATTR: _nlattr,
    SKF_AD_NLATTR_NEST: _nlattr_nest,
    SKF_AD_PAY_OFFSET: lambda skb, data, _a, _x: skb_get_poff(skb, data),
}

_FIELDS: dict[int, Callable[[SkBuff], int]] = {
    SKF_AD_PROTOCOL: lambda skb: skb.protocol,
    SKF_AD_PKTTYPE: lambda skb: skb.pkt_type,
    SKF_AD_IFINDEX: lambda skb: skb.dev.ifindex,
    SKF_AD_MARK: lambda skb: skb.mark,
    SKF_AD_HATYPE: lambda skb: skb.dev.type,
    SKF_AD_VLAN_TAG: lambda skb: skb.vlan_tci,
    SKF_AD_VLAN_TAG_PRESENT: lambda skb: int(skb.vlan_proto != 0),
    SKF_AD_VLAN_TPID: lambda skb: skb.vlan_proto,
}
"""Ancillary loads that read a field of the packet's record."""

_ALWAYS_ZERO = frozenset((SKF_AD_QUEUE, SKF_AD_CPU))
"""Devices of the model have one queue, the machine one CPU."""

_UNMODELLED = {SKF_AD_RANDOM: "SKF_AD_RANDOM", SKF_AD_RXHASH: "SKF_AD_RXHASH"}
"""There is neither chance nor flow hashing in the model."""

_ANCILLARY_NAMES = {
    SKF_AD_PROTOCOL: "#proto", SKF_AD_PKTTYPE: "#type", SKF_AD_IFINDEX: "#ifidx", SKF_AD_NLATTR: "#nla",
    SKF_AD_NLATTR_NEST: "#nlan", SKF_AD_MARK: "#mark", SKF_AD_QUEUE: "#queue", SKF_AD_HATYPE: "#hatype",
    SKF_AD_CPU: "#cpu", SKF_AD_ALU_XOR_X: "#xor_x", SKF_AD_VLAN_TAG: "#vlan_tci",
    SKF_AD_VLAN_TAG_PRESENT: "#vlan_avail", SKF_AD_PAY_OFFSET: "#poff", SKF_AD_VLAN_TPID: "#vlan_tpid",
    SKF_AD_RANDOM: "#rand", SKF_AD_RXHASH: "#rxhash",
}  # fmt: skip
"""All ancillary loads that the kernel knows, in bpf_asm's words."""


def _signed(k: int) -> int:
    return k - (1 << 32) if k & 0x80000000 else k


def _ancillary_of(insn: SockFilter) -> int | None:
    """bpf_anc_helper: which ancillary load an absolute load is."""
    if insn.code not in _ABS_LOADS:
        return None
    number = _signed(insn.k) - SKF_AD_OFF
    return number if number in _ANCILLARY_NAMES else None


# --- the checker --------------------------------------------------------------------------------------------------


def bpf_check_classic(ops: tuple[SockFilter, ...]) -> None:
    """Refuses (EINVAL) a program that could do anything but end, within bounds, with a result."""
    if not 0 < len(ops) <= BPF_MAXINSNS:
        raise KernelError(Errno.EINVAL)
    for pc, insn in enumerate(ops):
        if insn.code not in _ALLOWED or not _operand_fits(insn, len(ops) - pc - 1):
            raise KernelError(Errno.EINVAL)
    if ops[-1].code not in (BPF_RET | BPF_K, BPF_RET | BPF_A):
        raise KernelError(Errno.EINVAL)
    _check_load_and_stores(ops)


def _operand_fits(insn: SockFilter, ahead: int) -> bool:
    """What an allowed instruction must keep to; ``ahead`` instructions follow it."""
    code, jt, jf, k = insn
    if code in (BPF_ALU | BPF_DIV | BPF_K, BPF_ALU | BPF_MOD | BPF_K):
        return k != 0
    if code in (BPF_ALU | BPF_LSH | BPF_K, BPF_ALU | BPF_RSH | BPF_K):
        return k < 32
    if code in _MEMORY:
        return k < BPF_MEMWORDS
    if code == BPF_JMP | BPF_JA:
        return k < ahead
    if code in _JUMPS:
        return jt < ahead and jf < ahead
    if code in _ABS_LOADS:
        return k < SKF_AD_OFF & _U32 or _ancillary_of(insn) is not None
    return True


def _check_load_and_stores(ops: tuple[SockFilter, ...]) -> None:
    """No word of memory may be read that was not written on every way there."""
    everything = (1 << BPF_MEMWORDS) - 1
    masks = [everything] * len(ops)
    valid = 0
    for pc, (code, jt, jf, k) in enumerate(ops):
        valid &= masks[pc]
        if code in (BPF_ST, BPF_STX):
            valid |= 1 << k
        elif code in (BPF_LD | BPF_MEM, BPF_LDX | BPF_MEM):
            if not valid & 1 << k:
                raise KernelError(Errno.EINVAL)
        elif code == BPF_JMP | BPF_JA or code in _JUMPS:
            for ahead in (k,) if code == BPF_JMP | BPF_JA else (jt, jf):
                masks[pc + 1 + ahead] &= valid
            valid = everything


# --- translation --------------------------------------------------------------------------------------------------

(
    _LOAD, _JMP_K, _RET_K, _FIELD, _LOAD_NET, _LOAD_LL, _IND, _ANC, _A_IMM, _A_LEN, _A_MEM, _X_IMM, _X_LEN, _X_MEM,
    _X_MSH, _ST, _STX, _ALU_K, _ALU_X, _DIV_X, _JMP_X, _JA, _RET_A, _TAX, _TXA,
) = range(25)  # fmt: skip


class _Insn(NamedTuple):
    """One instruction, taken apart: operation, function, operand k, and a size or two jumps."""

    op: int
    fn: Callable[..., Any] | None = None
    k: int = 0
    t: int = 0
    f: int = 0


class BpfProg:
    """struct bpf_prog: a checked program; ``ops`` as it was given."""

    __slots__ = ("insns", "ops")

    def __init__(self, ops: tuple[SockFilter, ...]) -> None:
        self.ops = ops
        self.insns: tuple[_Insn, ...] = tuple(map(_translate, ops))


def bpf_prog_create(ops: tuple[SockFilter, ...]) -> BpfProg:
    """Checks and translates a program. EINVAL for what the kernel refuses, EOPNOTSUPP for what the model lacks."""
    bpf_check_classic(ops)
    for insn in ops:
        number = _ancillary_of(insn)
        if number in _UNMODELLED:
            raise KernelError(Errno.EOPNOTSUPP, f"{_UNMODELLED[number]} is not modelled")
    return BpfProg(ops)


_PLAIN = {
    BPF_LD | BPF_IMM: _A_IMM, BPF_LD | BPF_MEM: _A_MEM, BPF_LD | BPF_W | BPF_LEN: _A_LEN,
    BPF_LDX | BPF_IMM: _X_IMM, BPF_LDX | BPF_MEM: _X_MEM, BPF_LDX | BPF_W | BPF_LEN: _X_LEN,
    BPF_LDX | BPF_B | BPF_MSH: _X_MSH, BPF_ST: _ST, BPF_STX: _STX, BPF_JMP | BPF_JA: _JA,
    BPF_RET | BPF_K: _RET_K, BPF_RET | BPF_A: _RET_A, BPF_MISC | BPF_TAX: _TAX, BPF_MISC | BPF_TXA: _TXA,
}  # fmt: skip


def _translate(insn: SockFilter) -> _Insn:
    code, jt, jf, k = insn
    plain = _PLAIN.get(code)
    if plain is not None:
        return _Insn(plain, k=k)
    if code in _JUMPS:
        return _Insn(_JMP_X if code & BPF_X else _JMP_K, _CONDITIONS[code & 0xF0], k, jt, jf)
    if code in _ABS_LOADS:
        return _translate_abs(insn)
    if code in _PACKET_LOADS:
        return _Insn(_IND, k=k, t=_SIZES[code & 0x18])
    op = code & 0xF0
    if not code & BPF_X:
        return _Insn(_ALU_K, _ALU[op], k)
    return _Insn(_DIV_X if op in _DIVISIONS else _ALU_X, _ALU[op])


def _translate_abs(insn: SockFilter) -> _Insn:
    number = _ancillary_of(insn)
    if number in _FIELDS:
        return _Insn(_FIELD, _FIELDS[number])
    if number in _ANCILLARY:
        return _Insn(_ANC, _ANCILLARY[number])
    if number in _ALWAYS_ZERO:
        return _Insn(_A_IMM)
    if number == SKF_AD_ALU_XOR_X:
        return _Insn(_ALU_X, operator.xor)
    offset = _signed(insn.k)
    size = _SIZES[insn.code & 0x18]
    if offset >= 0:
        return _Insn(_LOAD, k=offset, t=size)
    if offset >= SKF_NET_OFF:
        return _Insn(_LOAD_NET, k=offset - SKF_NET_OFF, t=size)
    return _Insn(_LOAD_LL, k=offset - SKF_LL_OFF, t=size) if offset >= SKF_LL_OFF else _Insn(_RET_K, k=0)


# --- the machine --------------------------------------------------------------------------------------------------


def _convert_offset(skb: SkBuff, data: int, offset: int) -> int:
    """bpf_skb_load_helper_convert_offset: where in head a computed offset (32 bits) leads; -1 for nowhere."""
    offset = _signed(offset & _U32)
    if offset >= 0:
        return data + offset
    if offset >= SKF_NET_OFF:
        return skb.network_header + offset - SKF_NET_OFF
    if offset >= SKF_LL_OFF and skb.mac_header >= 0:
        return skb.mac_header + offset - SKF_LL_OFF
    return -1


def bpf_prog_run(  # noqa: C901, PLR0912, PLR0915 - one loop, one branch an operation, as ___bpf_prog_run
    prog: BpfProg, skb: SkBuff, data: int, steps: list[tuple[int, int, int]] | None = None
) -> int:
    """Runs a program on a packet whose bytes begin at ``data`` in head; its result, unsigned but -1 for all ones.

    ``steps`` receives (instruction, A, X) after each instruction.
    """
    head = skb.head
    end = len(head)
    insns = prog.insns
    mem = [0] * BPF_MEMWORDS
    a = x = pc = 0
    while True:
        op, fn, k, t, f = insns[pc]
        if steps is not None:
            steps.append((pc, a, x))
        pc += 1
        if op == _LOAD:
            at = data + k
            if at + t > end:
                return 0
            a = int.from_bytes(head[at : at + t])
        elif op == _JMP_K:
            pc += t if fn(a, k) else f  # type: ignore[misc]
        elif op == _RET_K:
            return -1 if k == _U32 else k
        elif op == _FIELD:
            a = fn(skb)  # type: ignore[misc]
        elif op in (_LOAD_NET, _LOAD_LL):
            at = skb.network_header if op == _LOAD_NET else skb.mac_header
            if at < 0 or at + k + t > end:
                return 0
            a = int.from_bytes(head[at + k : at + k + t])
        elif op == _IND:
            at = _convert_offset(skb, data, x + k)
            if at < 0 or at + t > end:
                return 0
            a = int.from_bytes(head[at : at + t])
        elif op == _ALU_K:
            a = fn(a, k)  # type: ignore[misc]
        elif op == _ALU_X:
            a = fn(a, x)  # type: ignore[misc]
        elif op == _DIV_X:
            if not x:
                return 0
            a = fn(a, x)  # type: ignore[misc]
        elif op == _JMP_X:
            pc += t if fn(a, x) else f  # type: ignore[misc]
        elif op == _JA:
            pc += k
        elif op == _ANC:
            a = fn(skb, data, a, x)  # type: ignore[misc]
        elif op == _A_IMM:
            a = k
        elif op == _A_LEN:
            a = end - data
        elif op == _A_MEM:
            a = mem[k]
        elif op == _X_IMM:
            x = k
        elif op == _X_LEN:
            x = end - data
        elif op == _X_MEM:
            x = mem[k]
        elif op == _X_MSH:
            at = _convert_offset(skb, data, k)
            if not 0 <= at < end:
                return 0
            x = (head[at] & 0xF) * 4
        elif op == _ST:
            mem[k] = a
        elif op == _STX:
            mem[k] = x
        elif op == _TAX:
            x = a
        elif op == _TXA:
            a = x
        else:
            return -1 if a == _U32 else a


# --- for people ---------------------------------------------------------------------------------------------------

_LD_WORDS = {BPF_W: "ld", BPF_H: "ldh", BPF_B: "ldb"}
_ALU_WORDS = {
    BPF_ADD: "add", BPF_SUB: "sub", BPF_MUL: "mul", BPF_DIV: "div", BPF_MOD: "mod", BPF_OR: "or", BPF_AND: "and",
    BPF_XOR: "xor", BPF_LSH: "lsh", BPF_RSH: "rsh",
}  # fmt: skip
_JUMP_WORDS = {BPF_JEQ: "jeq", BPF_JGT: "jgt", BPF_JGE: "jge", BPF_JSET: "jset"}
_PLAIN_WORDS = {
    BPF_LD | BPF_IMM: "ld #{k:#x}", BPF_LD | BPF_MEM: "ld M[{k}]", BPF_LD | BPF_W | BPF_LEN: "ld #len",
    BPF_LDX | BPF_IMM: "ldx #{k:#x}", BPF_LDX | BPF_MEM: "ldx M[{k}]", BPF_LDX | BPF_W | BPF_LEN: "ldx #len",
    BPF_LDX | BPF_B | BPF_MSH: "ldxb 4*([{k}]&0xf)", BPF_ST: "st M[{k}]", BPF_STX: "stx M[{k}]",
    BPF_JMP | BPF_JA: "ja {l}", BPF_RET | BPF_K: "ret #{k:#x}", BPF_RET | BPF_A: "ret a",
    BPF_MISC | BPF_TAX: "tax", BPF_MISC | BPF_TXA: "txa",
    BPF_ALU | BPF_NEG: "neg",
}  # fmt: skip


def bpf_disassemble(pc: int, insn: SockFilter) -> str:
    """One instruction in the words of bpf_asm(1), jumps as numbers of instructions."""
    code, jt, jf, k = insn
    plain = _PLAIN_WORDS.get(code)
    if plain is not None:
        return plain.format(k=k, l=pc + 1 + k)
    operand = "x" if code & BPF_X else f"#{k:#x}"
    if code in _JUMPS:
        return f"{_JUMP_WORDS[code & 0xF0]} {operand}, {pc + 1 + jt}, {pc + 1 + jf}"
    number = _ancillary_of(insn)
    if number is not None:
        return f"{_LD_WORDS[code & 0x18]} {_ANCILLARY_NAMES[number]}"
    if code in _PACKET_LOADS:
        index = "x + " if code & BPF_IND else ""
        return f"{_LD_WORDS[code & 0x18]} [{index}{_signed(k)}]"
    return f"{_ALU_WORDS[code & 0xF0]} {operand}"


def bpf_prog_steps(prog: BpfProg, skb: SkBuff, data: int) -> tuple[str, ...]:
    """The instructions that a run takes, each with A and X as it finds them."""
    steps: list[tuple[int, int, int]] = []
    bpf_prog_run(prog, skb, data, steps)
    return tuple(f"{bpf_disassemble(pc, prog.ops[pc])}   A={a:#x} X={x:#x}" for pc, a, x in steps)
