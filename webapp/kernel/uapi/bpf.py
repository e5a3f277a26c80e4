"""Classic BPF programs as they are handed to the kernel (include/uapi/linux/filter.h, bpf_common.h)."""

from __future__ import annotations

from typing import NamedTuple

BPF_MAXINSNS = 4096
BPF_MEMWORDS = 16

# Instruction classes
BPF_LD = 0x00
BPF_LDX = 0x01
BPF_ST = 0x02
BPF_STX = 0x03
BPF_ALU = 0x04
BPF_JMP = 0x05
BPF_RET = 0x06
BPF_MISC = 0x07

# Sizes of loads
BPF_W = 0x00
BPF_H = 0x08
BPF_B = 0x10

# Modes of loads
BPF_IMM = 0x00
BPF_ABS = 0x20
BPF_IND = 0x40
BPF_MEM = 0x60
BPF_LEN = 0x80
BPF_MSH = 0xA0

# Operations of BPF_ALU
BPF_ADD = 0x00
BPF_SUB = 0x10
BPF_MUL = 0x20
BPF_DIV = 0x30
BPF_OR = 0x40
BPF_AND = 0x50
BPF_LSH = 0x60
BPF_RSH = 0x70
BPF_NEG = 0x80
BPF_MOD = 0x90
BPF_XOR = 0xA0

# Conditions of BPF_JMP
BPF_JA = 0x00
BPF_JEQ = 0x10
BPF_JGT = 0x20
BPF_JGE = 0x30
BPF_JSET = 0x40

# Operands of BPF_ALU, BPF_JMP and BPF_RET
BPF_K = 0x00
BPF_X = 0x08
BPF_A = 0x10

# Operations of BPF_MISC
BPF_TAX = 0x00
BPF_TXA = 0x80

SKF_AD_OFF = -0x1000
SKF_NET_OFF = -0x100000
SKF_LL_OFF = -0x200000

# Ancillary loads: offsets from SKF_AD_OFF
SKF_AD_PROTOCOL = 0
SKF_AD_PKTTYPE = 4
SKF_AD_IFINDEX = 8
SKF_AD_NLATTR = 12
SKF_AD_NLATTR_NEST = 16
SKF_AD_MARK = 20
SKF_AD_QUEUE = 24
SKF_AD_HATYPE = 28
SKF_AD_RXHASH = 32
SKF_AD_CPU = 36
SKF_AD_ALU_XOR_X = 40
SKF_AD_VLAN_TAG = 44
SKF_AD_VLAN_TAG_PRESENT = 48
SKF_AD_PAY_OFFSET = 52
SKF_AD_RANDOM = 56
SKF_AD_VLAN_TPID = 60


class SockFilter(NamedTuple):
    """struct sock_filter: one instruction. ``code`` 16 bits, ``jt`` and ``jf`` 8, ``k`` 32, all unsigned."""

    code: int
    jt: int
    jf: int
    k: int
