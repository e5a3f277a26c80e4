from __future__ import annotations

import random
import socket
import struct
from ctypes import addressof, create_string_buffer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kernel.core.filter import bpf_check_classic, bpf_disassemble, bpf_prog_create, bpf_prog_run, bpf_prog_steps
from webapp.kernel.core.net_device import NETDEV_TX_OK, NetDevice, NetDeviceOps
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.machine import Machine
from webapp.kernel.uapi.bpf import BPF_MAXINSNS, SockFilter
from webapp.kernel.uapi.if_ether import ETH_P_IP
from webapp.kernel.wire import ethernet, ipv4, udp

U32 = 0xFFFFFFFF
LD_IMM, LDX_IMM, LD_LEN, LDX_LEN = 0x00, 0x01, 0x80, 0x81
LD_W, LD_H, LD_B, IND_W, IND_H, IND_B, MSH = 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0xB1
LD_MEM, LDX_MEM, ST, STX = 0x60, 0x61, 0x02, 0x03
RET_K, RET_A, TAX, TXA, JA = 0x06, 0x16, 0x07, 0x87, 0x05
ADD, SUB, MUL, DIV, OR, AND, LSH, RSH, NEG, MOD, XOR = (0x04 | op << 4 for op in range(11))
JEQ, JGT, JGE, JSET = 0x15, 0x25, 0x35, 0x45
X = 0x08
ALU = (ADD, SUB, MUL, DIV, OR, AND, LSH, RSH, MOD, XOR)
JUMPS = (JEQ, JGT, JGE, JSET)
SKF_AD, SKF_NET, SKF_LL = U32 + 1 - 0x1000, U32 + 1 - 0x100000, U32 + 1 - 0x200000

Insn = tuple[int, int, int, int]


def packet() -> SkBuff:
    datagram = udp.emit(1, 53, b"\x0a\0\0\1", b"\x0a\0\0\2", bytes(range(20)))
    head = ipv4.emit(b"\x0a\0\0\1", b"\x0a\0\0\2", 17, len(datagram)) + datagram
    dev = NetDevice(Net(Machine(), "a"), "v0", NetDeviceOps(lambda _skb, _dev: NETDEV_TX_OK), "veth")
    dev.ifindex = 7
    skb = SkBuff(ethernet.emit(b"\2" * 6, b"\4" * 6, ETH_P_IP) + head, ETH_P_IP, dev, mark=0xABCD)
    skb.mac_header, skb.network_header = 0, 14
    return skb


def run(*ops: Insn, skb: SkBuff | None = None, data: int = 0) -> int:
    return bpf_prog_run(bpf_prog_create(tuple(SockFilter(*op) for op in ops)), skb or packet(), data) & U32


def refused(*ops: Insn) -> bool:
    try:
        bpf_check_classic(tuple(SockFilter(*op) for op in ops))
    except KernelError as error:
        return error.errno == Errno.EINVAL
    return False


END = (RET_K, 0, 0, 1)


@pytest.mark.parametrize(
    "ops",
    [
        (),
        (END,) * (BPF_MAXINSNS + 1),
        ((LD_IMM, 0, 0, 1),),
        ((0xFF, 0, 0, 0), END),
        ((JEQ, 1, 0, 5), END),
        ((JEQ, 0, 1, 5), END),
        ((JA, 0, 0, 1), END),
        ((JA, 0, 0, U32), END),
        ((DIV, 0, 0, 0), END),
        ((MOD, 0, 0, 0), END),
        ((LSH, 0, 0, 32), END),
        ((RSH, 0, 0, 32), END),
        ((ST, 0, 0, 16), END),
        ((LD_MEM, 0, 0, 0), END),
        ((JEQ, 0, 1, 5), (ST, 0, 0, 0), (LD_MEM, 0, 0, 0), END),
        ((LD_W, 0, 0, SKF_AD + 64), END),
        ((LD_W, 0, 0, SKF_AD + 1), END),
        ((NEG | X, 0, 0, 0), END),
        ((MSH | 0x08, 0, 0, 0), END),
        ((RET_K | X, 0, 0, 0),),
    ],
)
def test_the_checker_refuses_what_could_go_wrong(ops: tuple[Insn, ...]) -> None:
    assert refused(*ops)


@pytest.mark.parametrize(
    "ops",
    [
        (END,) * BPF_MAXINSNS,
        ((JEQ, 0, 0, 5), END),
        ((JA, 0, 0, 0), END),
        ((LSH, 0, 0, 31), END),
        ((ST, 0, 0, 15), (LDX_MEM, 0, 0, 15), END),
        ((JEQ, 1, 0, 5), (ST, 0, 0, 0), END),
        ((JEQ, 0, 1, 5), END, (ST, 0, 0, 0), (LD_MEM, 0, 0, 0), END),
        ((IND_W, 0, 0, SKF_AD + 64), END),
        ((LD_W, 0, 0, SKF_LL), (LD_H, 0, 0, 0x80000000), END),
    ],
)
def test_the_checker_accepts_what_cannot(ops: tuple[Insn, ...]) -> None:
    assert not refused(*ops)


@pytest.mark.parametrize(
    ("load", "value"),
    [
        ((LD_H, 0, 0, 12), 0x0800),
        ((LD_B, 0, 0, 23), 17),
        ((LD_W, 0, 0, 30), 0x0A000002),
        ((LD_B, 0, 0, SKF_NET + 9), 17),
        ((LD_H, 0, 0, SKF_LL + 12), 0x0800),
        ((LD_LEN, 0, 0, 0), 62),
        ((LD_W, 0, 0, SKF_AD + 0), ETH_P_IP),
        ((LD_W, 0, 0, SKF_AD + 4), 0),
        ((LD_B, 0, 0, SKF_AD + 8), 7),
        ((LD_W, 0, 0, SKF_AD + 20), 0xABCD),
        ((LD_W, 0, 0, SKF_AD + 24), 0),
        ((LD_W, 0, 0, SKF_AD + 28), 1),
        ((LD_W, 0, 0, SKF_AD + 36), 0),
        ((LD_W, 0, 0, SKF_AD + 44), 0),
        ((LD_W, 0, 0, SKF_AD + 48), 0),
        ((LD_W, 0, 0, SKF_AD + 52), 42),
        ((LD_W, 0, 0, SKF_AD + 60), 0),
    ],
)
def test_loads_read_bytes_headers_and_the_packets_record(load: Insn, value: int) -> None:
    assert run(load, (RET_A, 0, 0, 0)) == value


def test_offsets_count_from_the_data_and_from_the_headers() -> None:
    assert run((LD_B, 0, 0, 9), (RET_A, 0, 0, 0), data=14) == 17
    assert run((LD_B, 0, 0, SKF_NET + 9), (RET_A, 0, 0, 0), data=14) == 17
    assert run((LD_LEN, 0, 0, 0), (RET_A, 0, 0, 0), data=14) == 48


@pytest.mark.parametrize(
    "load",
    [
        (LD_B, 0, 0, 62),
        (LD_W, 0, 0, 59),
        (LD_B, 0, 0, SKF_NET + 48),
        (LD_B, 0, 0, SKF_LL + 62),
        (LD_B, 0, 0, 0x80000000),
        (MSH, 0, 0, 62),
        (IND_B, 0, 0, 62),
        (IND_B, 0, 0, SKF_AD),
        (DIV | X, 0, 0, 0),
        (MOD | X, 0, 0, 0),
    ],
)
def test_what_leads_beyond_the_packet_or_divides_by_zero_ends_with_zero(load: Insn) -> None:
    assert run(load, (RET_K, 0, 0, 5)) == 0


def test_an_indexed_load_may_lead_to_a_header() -> None:
    assert run((LDX_IMM, 0, 0, 9), (IND_B, 0, 0, SKF_NET), (RET_A, 0, 0, 0)) == 17
    assert run((LDX_IMM, 0, 0, U32), (IND_B, 0, 0, 24), (RET_A, 0, 0, 0)) == 17


def test_the_length_of_an_ip_header_goes_to_x() -> None:
    assert run((MSH, 0, 0, 14), (TXA, 0, 0, 0), (RET_A, 0, 0, 0)) == 20


def test_netlink_attributes_are_found_in_the_machines_byte_order() -> None:
    attributes = struct.pack("<HHI", 8, 5, 1) + struct.pack("<HH", 12, 9) + struct.pack("<HHI", 8, 3, 2)
    skb = SkBuff(attributes, 0, packet().dev)
    skb.mac_header = skb.network_header = 0

    def find(kind: int, start: int, wanted: int) -> int:
        return run(
            (LD_IMM, 0, 0, start), (LDX_IMM, 0, 0, wanted), (LD_W, 0, 0, SKF_AD + kind), (RET_A, 0, 0, 0), skb=skb
        )

    assert [find(12, 0, wanted) for wanted in (5, 9, 3)] == [0, 8, 0]
    assert [find(16, 8, wanted) for wanted in (3, 5)] == [12, 0]


@pytest.mark.parametrize(("ancillary", "name"), [(32, "SKF_AD_RXHASH"), (56, "SKF_AD_RANDOM")])
def test_chance_and_hashing_are_refused_by_name(ancillary: int, name: str) -> None:
    with pytest.raises(KernelError, match=name) as caught:
        run((LD_W, 0, 0, SKF_AD + ancillary), END)
    assert caught.value.errno == Errno.EOPNOTSUPP


def test_the_steps_of_a_run_are_told_in_the_words_of_bpf_asm() -> None:
    ops = ((LD_H, 0, 0, 12), (JEQ, 0, 1, 0x806), END, (RET_K, 0, 0, 2))
    prog = bpf_prog_create(tuple(SockFilter(*op) for op in ops))
    assert bpf_prog_steps(prog, packet(), 0) == (
        "ldh [12]   A=0x0 X=0x0",
        "jeq #0x806, 2, 3   A=0x800 X=0x0",
        "ret #0x2   A=0x800 X=0x0",
    )


# Random programs

operands = st.one_of(
    st.integers(0, 80),
    st.integers(0, U32),
    *(st.integers(0, 100).map(base.__add__) for base in (SKF_AD, SKF_NET, SKF_LL)),
)
codes = st.one_of(st.sampled_from([LD_IMM, LDX_IMM, LD_LEN, LDX_LEN, LD_W, LD_H, LD_B, IND_W, IND_H, IND_B, MSH, LD_MEM,
                                   LDX_MEM, ST, STX, RET_K, RET_A, TAX, TXA, JA, NEG, *ALU, *(op | X for op in ALU),
                                   *JUMPS, *(op | X for op in JUMPS)]), st.integers(0, 0xFFFF))  # fmt: skip
programs = st.lists(st.tuples(codes, st.integers(0, 5), st.integers(0, 5), operands), min_size=0, max_size=12)


@given(programs, st.integers(0, 62))
def test_any_program_is_refused_or_runs_to_a_result(body: list[Insn], length: int) -> None:
    skb = packet()
    skb.head = skb.head[: max(14, length)]
    ops = tuple(SockFilter(*op) for op in (*body, (RET_A, 0, 0, 0)))
    try:
        prog = bpf_prog_create(ops)
    except KernelError:
        return
    assert -1 <= bpf_prog_run(prog, skb, 0) < U32
    assert len(bpf_prog_steps(prog, skb, 0)) <= len(ops)


@given(st.tuples(codes, st.integers(0, 255), st.integers(0, 255), st.integers(0, U32)))
def test_every_instruction_that_the_checker_knows_has_words(op: Insn) -> None:
    insn = SockFilter(*op)
    if not refused((ST, 0, 0, 0), (STX, 0, 0, op[3] % 16), op, *(END,) * 257):
        assert bpf_disassemble(0, insn)


class Oracle:
    """The instructions one by one, after the manual of bpf(4), for packets without a link layer."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.a = self.x = 0
        self.memory = [0] * 16

    def load(self, at: int, size: int) -> int:
        if at >= 1 << 31 or at + size > len(self.data):
            raise IndexError
        return sum(self.data[at + i] << 8 * (size - 1 - i) for i in range(size))

    def operate(self, op: int, b: int) -> int:
        a = self.a
        return {
            ADD: lambda: a + b, SUB: lambda: a - b, MUL: lambda: a * b, DIV: lambda: a // b, MOD: lambda: a % b,
            OR: lambda: a | b, AND: lambda: a & b, XOR: lambda: a ^ b, LSH: lambda: a << b % 32,
            RSH: lambda: a >> b % 32, NEG: lambda: -a,
        }[op]() % (1 << 32)  # fmt: skip

    def jumps(self, op: int, b: int) -> bool:
        a = self.a
        return {JEQ: a == b, JGT: a > b, JGE: a >= b, JSET: bool(a & b)}[op]

    def run(self, ops: list[Insn]) -> int:
        try:
            return self._run(ops)
        except (IndexError, ZeroDivisionError):
            return 0

    def _run(self, ops: list[Insn]) -> int:
        pc = 0
        while True:
            code, jt, jf, k = ops[pc]
            pc += 1
            b = self.x if code & X else k
            if code in (RET_K, RET_A):
                return k if code == RET_K else self.a
            if code & 7 == 5:
                pc += k if code == JA else jt if self.jumps(code & ~X, b) else jf
            elif code & 7 == 4:
                self.a = self.operate(code & ~X, b)
            else:
                self.other(code, k)

    def other(self, code: int, k: int) -> None:
        if code in (LD_W, LD_H, LD_B):
            self.a = self.load(k, {LD_W: 4, LD_H: 2, LD_B: 1}[code])
        elif code in (IND_W, IND_H, IND_B):
            self.a = self.load((self.x + k) % (1 << 32), {IND_W: 4, IND_H: 2, IND_B: 1}[code])
        elif code == MSH:
            self.x = self.load(k, 1) % 16 * 4
        elif code in (ST, STX):
            self.memory[k] = self.a if code == ST else self.x
        elif code in (LD_MEM, LD_IMM, LD_LEN):
            self.a = {LD_MEM: self.memory[k % 16], LD_IMM: k, LD_LEN: len(self.data)}[code]
        elif code in (LDX_MEM, LDX_IMM, LDX_LEN):
            self.x = {LDX_MEM: self.memory[k % 16], LDX_IMM: k, LDX_LEN: len(self.data)}[code]
        elif code == TAX:
            self.x = self.a
        else:
            assert code == TXA
            self.a = self.x


def random_body(dice: random.Random, size: int) -> list[Insn]:
    """Instructions without returns; jumps stay within or lead to what follows. Memory is written first."""
    body: list[Insn] = [(ST, 0, 0, word) for word in range(16)]
    for left in range(size, 0, -1):
        kind = dice.randrange(8)
        small = dice.choice([0, 1, 3, 31, dice.randrange(330), dice.randrange(U32 + 1)])
        if kind == 0:
            code = dice.choice((LD_W, LD_H, LD_B, IND_W, IND_H, IND_B, MSH))
            body.append((code, 0, 0, dice.choice([0, 5, 20, 296, 299, 300, dice.randrange(310)])))
        elif kind == 1:
            body.append((dice.choice((LD_IMM, LDX_IMM, LD_LEN, LDX_LEN, TAX, TXA)), 0, 0, small))
        elif kind == 2:
            body.append((dice.choice((LD_MEM, LDX_MEM, ST, STX)), 0, 0, dice.randrange(16)))
        elif kind in (3, 4):
            code = dice.choice(JUMPS) | dice.choice((0, X))
            body.append((code, dice.randrange(min(left, 9)), dice.randrange(min(left, 9)), small))
        elif kind == 5:
            body.append((JA, 0, 0, dice.randrange(min(left, 3))))
        else:
            code = dice.choice(ALU)
            operand = dice.randrange(32) if code in (LSH, RSH) else small or 1
            body.append(dice.choice([(code, 0, 0, operand), (code | X, 0, 0, 0), (NEG, 0, 0, 0)]))
    return body


PAYLOAD = bytes(random.Random(1).randrange(256) for _ in range(300))


def model(ops: list[Insn]) -> int:
    skb = SkBuff(PAYLOAD)
    skb.network_header = 0
    return run(*ops, skb=skb)


@pytest.mark.parametrize("seed", range(400))
def test_results_agree_with_the_manual(seed: int) -> None:
    ops = [*random_body(random.Random(seed), 25), (RET_A, 0, 0, 0)]
    assert model(ops) == Oracle(PAYLOAD).run(ops)


def kernel_keeps(ops: list[Insn]) -> int:
    """How many bytes of PAYLOAD a socket filter lets through on the kernel underneath; 0: none at all."""
    program = b"".join(struct.pack("HBBI", *op) for op in ops)
    buffer = create_string_buffer(program)
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with here, there:
        there.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HL", len(ops), addressof(buffer)))
        there.setblocking(False)
        try:
            here.send(PAYLOAD)
            return len(there.recv(400))
        except (BlockingIOError, PermissionError):
            return 0


def attach_is_allowed() -> bool:
    try:
        return kernel_keeps([(RET_K, 0, 0, 7)]) == 7
    except OSError:
        return False


@pytest.mark.skipif(not attach_is_allowed(), reason="no kernel underneath that takes socket filters")
@pytest.mark.parametrize("seed", range(1000, 1100))
def test_results_agree_with_the_kernel_byte_by_byte(seed: int) -> None:
    body = random_body(random.Random(seed), 25)
    for shift in (0, 8, 16, 24):
        ops = [*body, (RSH, 0, 0, shift), (AND, 0, 0, 0xFF), (ADD, 0, 0, 1), (RET_A, 0, 0, 0)]
        assert model(ops) == kernel_keeps(ops)


@pytest.mark.skipif(not attach_is_allowed(), reason="no kernel underneath that takes socket filters")
@pytest.mark.parametrize("seed", range(300))
def test_the_kernel_refuses_the_same_programs(seed: int) -> None:
    dice = random.Random(seed)
    ops = [*random_body(dice, 6), (RET_A, 0, 0, 0)]
    place = dice.randrange(len(ops))
    code, jt, jf, k = ops[place]
    changes = [
        (dice.randrange(0x100), jt, jf, k),
        (code, dice.randrange(12), jf, k),
        (code, jt, dice.randrange(12), k),
        (code, jt, jf, dice.choice([0, 16, 32, SKF_AD + dice.randrange(80), U32])),
    ]
    ops[place] = dice.choice(changes)
    if refused(*ops):
        with pytest.raises(OSError, match="Invalid argument"):
            kernel_keeps(ops)
    else:
        kernel_keeps(ops)
