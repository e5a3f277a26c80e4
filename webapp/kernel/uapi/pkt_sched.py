"""Traffic control's requests and what its dumps say (include/uapi/linux/{rtnetlink,pkt_sched,pkt_cls}.h, tc_act/).

A request goes to the function of net/sched that plays its netlink message: ``tc_modify_qdisc`` and its neighbours in
sched/sch_api.py, ``tc_new_tfilter`` and its neighbours in sched/cls_api.py, ``tc_ctl_action`` in sched/act_api.py. It
answers with values, or raises KernelError. None means that an attribute is absent. Ethertypes are in host order,
durations are nanoseconds.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag

import msgspec
from msgspec.structs import replace

from webapp.kernel.uapi.bpf import SockFilter
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.pkt_cls_ematch import Ematch
from webapp.kernel.uapi.pkt_cls_flower import FlowerKey

TC_H_MAJ_MASK = 0xFFFF0000
TC_H_MIN_MASK = 0x0000FFFF

TC_H_UNSPEC = 0
TC_H_ROOT = 0xFFFFFFFF
TC_H_INGRESS = 0xFFFFFFF1
TC_H_CLSACT = TC_H_INGRESS
TC_H_MIN_INGRESS = 0xFFF2
TC_H_MIN_EGRESS = 0xFFF3

CLSACT_INGRESS = TC_H_CLSACT & TC_H_MAJ_MASK | TC_H_MIN_INGRESS
CLSACT_EGRESS = TC_H_CLSACT & TC_H_MAJ_MASK | TC_H_MIN_EGRESS

TCA_ACT_MAX_PRIO = 32
TC_COOKIE_MAX_SIZE = 16


def tc_h_maj(handle: int) -> int:
    """TC_H_MAJ: the upper half of a handle, in its place."""
    return handle & TC_H_MAJ_MASK


def tc_h_min(handle: int) -> int:
    """TC_H_MIN: the lower half of a handle."""
    return handle & TC_H_MIN_MASK


class GnetStats(msgspec.Struct, frozen=True):
    """TCA_STATS2: struct gnet_stats_basic and gnet_stats_queue; nothing here waits in a queue."""

    bytes: int
    packets: int
    drops: int
    overlimits: int


# --- qdiscs -------------------------------------------------------------------------------------------------------


class QdiscRequest(msgspec.Struct, frozen=True):
    """struct tcmsg of RTM_NEWQDISC and RTM_DELQDISC with TCA_KIND and the block attributes."""

    ifindex: int
    parent: int
    handle: int
    kind: str | None = None
    flags: NlmFlags = NlmFlags.NONE
    ingress_block: int = 0
    egress_block: int = 0


class QdiscInfo(msgspec.Struct, frozen=True):
    """RTM_NEWQDISC as a dump says it: tcm_info is the reference count."""

    ifindex: int
    parent: int
    handle: int
    refcnt: int
    kind: str
    stats: GnetStats


# --- filters ------------------------------------------------------------------------------------------------------


class ClsFlags(IntFlag):
    """TCA_CLS_FLAGS_*."""

    NONE = 0
    SKIP_HW = 1
    SKIP_SW = 2
    IN_HW = 4
    NOT_IN_HW = 8


class U32SelFlags(IntFlag):
    """TC_U32_*: flags of a selector."""

    NONE = 0
    TERMINAL = 1
    OFFSET = 2
    VAROFFSET = 4
    EAT = 8


class U32Key(msgspec.Struct, frozen=True):
    """struct tc_u32_key. ``mask`` and ``val`` are 32 bits in the order of the packet; ``offmask`` is 0 or -1."""

    mask: int
    val: int
    off: int
    offmask: int = 0


class U32Sel(msgspec.Struct, frozen=True):
    """struct tc_u32_sel with its keys. ``offmask`` (16 bits) and ``hmask`` (32) are in the order of the packet."""

    keys: tuple[U32Key, ...]
    flags: U32SelFlags = U32SelFlags.NONE
    offshift: int = 0
    offmask: int = 0
    off: int = 0
    offoff: int = 0
    hoff: int = 0
    hmask: int = 0


class U32Mark(msgspec.Struct, frozen=True):
    """struct tc_u32_mark; ``success`` only counts in dumps."""

    val: int
    mask: int
    success: int = 0


class U32Options(msgspec.Struct, frozen=True):
    """TCA_U32_*. ``divisor`` makes it a hash table, ``hash`` names the table (and bucket) that a key goes to.

    ``police``: the one action is a policer of the old form (TCA_U32_POLICE), here and for the other classifiers.
    """

    actions: tuple[Action, ...] = ()
    classid: int | None = None
    divisor: int | None = None
    hash: int | None = None
    link: int | None = None
    sel: U32Sel | None = None
    mark: U32Mark | None = None
    indev: str | None = None
    flags: ClsFlags = ClsFlags.NONE
    police: bool = False


class BpfOptions(msgspec.Struct, frozen=True):
    """TCA_BPF_*: a classic program. ``direct_action`` is TCA_BPF_FLAG_ACT_DIRECT, ``flags`` TCA_BPF_FLAGS_GEN."""

    ops: tuple[SockFilter, ...] | None
    actions: tuple[Action, ...] = ()
    classid: int | None = None
    direct_action: bool = False
    flags: ClsFlags = ClsFlags.NONE
    police: bool = False


class MatchallOptions(msgspec.Struct, frozen=True):
    """TCA_MATCHALL_*; ``hits`` (TCA_MATCHALL_PCNT) only in dumps."""

    actions: tuple[Action, ...] = ()
    classid: int | None = None
    flags: ClsFlags = ClsFlags.NONE
    hits: int = 0


class FwOptions(msgspec.Struct, frozen=True):
    """TCA_FW_*; the handle is the mark. ``mask`` None is all bits."""

    actions: tuple[Action, ...] = ()
    classid: int | None = None
    mask: int | None = None
    indev: str | None = None
    police: bool = False


class BasicOptions(msgspec.Struct, frozen=True):
    """TCA_BASIC_*: a tree of ematches, flat as netlink has it (uapi/pkt_cls_ematch.py)."""

    actions: tuple[Action, ...] = ()
    classid: int | None = None
    ematches: tuple[Ematch, ...] = ()
    police: bool = False


class FlowerOptions(msgspec.Struct, frozen=True):
    """TCA_FLOWER_*: ``key`` as asked for, or as a dump says it."""

    key: FlowerKey = FlowerKey()
    actions: tuple[Action, ...] = ()
    classid: int | None = None
    flags: ClsFlags = ClsFlags.NONE


FilterOptions = U32Options | BpfOptions | MatchallOptions | FwOptions | BasicOptions | FlowerOptions


class FilterRequest(msgspec.Struct, frozen=True):
    """struct tcmsg of RTM_{NEW,DEL,GET}TFILTER and RTM_{NEW,DEL,GET}CHAIN. ``prio`` is 16 bits, 0 when not given."""

    ifindex: int
    parent: int
    handle: int = 0
    prio: int = 0
    protocol: int = 0
    chain: int | None = None
    kind: str | None = None
    flags: NlmFlags = NlmFlags.NONE
    options: FilterOptions | None = None


class FilterInfo(msgspec.Struct, frozen=True):
    """RTM_NEWTFILTER as a dump says it. Without ``options`` it is the line of the preference itself."""

    ifindex: int
    parent: int
    handle: int
    prio: int
    protocol: int
    chain: int
    kind: str
    options: FilterOptions | None


class ChainInfo(msgspec.Struct, frozen=True):
    """RTM_NEWCHAIN as a dump says it: ``parent`` is the qdisc's handle, ``kind`` and ``options`` the template's."""

    ifindex: int
    parent: int
    chain: int
    kind: str = ""
    options: FilterOptions | None = None


# --- actions ------------------------------------------------------------------------------------------------------


class ActFlags(IntFlag):
    """TCA_ACT_FLAGS_*: those that users set."""

    NONE = 0
    NO_PERCPU_STATS = 1
    SKIP_HW = 2
    SKIP_SW = 4


class TcGen(msgspec.Struct, frozen=True):
    """tc_gen: what all actions have in common. ``action`` is the control, TC_ACT_*."""

    index: int = 0
    action: int = 0
    refcnt: int = 0
    bindcnt: int = 0


class GactRandom(IntEnum):
    """PGACT_*."""

    NONE = 0
    NETRAND = 1
    DETERM = 2


class GactProb(msgspec.Struct, frozen=True):
    """struct tc_gact_p: every ``pval``-th packet gets ``paction`` instead."""

    ptype: GactRandom
    pval: int
    paction: int


class GactOptions(msgspec.Struct, frozen=True):
    """TCA_GACT_*."""

    gen: TcGen
    prob: GactProb | None = None


class MirredAction(IntEnum):
    """TCA_*_REDIR, TCA_*_MIRROR."""

    EGRESS_REDIR = 1
    EGRESS_MIRROR = 2
    INGRESS_REDIR = 3
    INGRESS_MIRROR = 4


class MirredOptions(msgspec.Struct, frozen=True):
    """TCA_MIRRED_*; ``ifindex`` 0 where the target is gone, ``eaction`` 0 where only an index is named."""

    gen: TcGen
    eaction: int = 0
    ifindex: int = 0


class SkbeditOptions(msgspec.Struct, frozen=True):
    """TCA_SKBEDIT_*: what is None stays as it is."""

    gen: TcGen
    priority: int | None = None
    queue_mapping: int | None = None
    mark: int | None = None
    mask: int | None = None
    ptype: int | None = None
    inheritdsfield: bool = False


class PeditHeader(IntEnum):
    """TCA_PEDIT_KEY_EX_HDR_TYPE_*: where a key's offset counts from."""

    NETWORK = 0
    ETH = 1
    IP4 = 2
    IP6 = 3
    TCP = 4
    UDP = 5


class PeditKey(msgspec.Struct, frozen=True):
    """struct tc_pedit_key with TCA_PEDIT_KEY_EX_*: a word of 32 bits, ``mask`` and ``val`` in the order of the packet.

    The word becomes (word & mask) ^ val, or with ``add`` (word & mask) ^ ((word + val) & ~mask). With ``offmask`` the
    byte at ``at`` is added to the offset, masked and shifted.
    """

    mask: int
    val: int
    off: int
    at: int = 0
    offmask: int = 0
    shift: int = 0
    header: PeditHeader = PeditHeader.NETWORK
    add: bool = False


class PeditOptions(msgspec.Struct, frozen=True):
    """TCA_PEDIT_*; ``extended`` where keys name their header."""

    gen: TcGen
    keys: tuple[PeditKey, ...] = ()
    extended: bool = False


class VlanAction(IntEnum):
    """TCA_VLAN_ACT_*."""

    NONE = 0
    POP = 1
    PUSH = 2
    MODIFY = 3
    POP_ETH = 4
    PUSH_ETH = 5


class VlanOptions(msgspec.Struct, frozen=True):
    """TCA_VLAN_*."""

    gen: TcGen
    v_action: VlanAction = VlanAction.NONE
    vid: int | None = None
    protocol: int | None = None
    priority: int | None = None
    eth_dst: bytes | None = None
    eth_src: bytes | None = None


class CsumFlags(IntFlag):
    """TCA_CSUM_UPDATE_FLAG_*: which checksums are made right."""

    NONE = 0
    IPV4HDR = 1
    ICMP = 2
    IGMP = 4
    TCP = 8
    UDP = 16
    UDPLITE = 32
    SCTP = 64


class CsumOptions(msgspec.Struct, frozen=True):
    """TCA_CSUM_*."""

    gen: TcGen
    update_flags: CsumFlags = CsumFlags.NONE


class RateSpec(msgspec.Struct, frozen=True):
    """struct tc_ratespec with the 64-bit rate, in bytes a second; ``atm``: linklayer is ATM."""

    rate: int
    overhead: int = 0
    mpu: int = 0
    cell_log: int = 0
    atm: bool = False


class PoliceOptions(msgspec.Struct, frozen=True):
    """TCA_POLICE_*: ``gen.action`` is what exceeds, ``result`` what conforms.

    ``burst`` and ``pkts_burst`` are times in psched ticks of 64 ns, ``avrate`` bytes a second.
    """

    gen: TcGen
    rate: RateSpec | None = None
    peakrate: RateSpec | None = None
    burst: int = 0
    mtu: int = 0
    result: int | None = None
    avrate: int | None = None
    pkts_rate: int | None = None
    pkts_burst: int = 0


class SimpleOptions(msgspec.Struct, frozen=True):
    """TCA_DEF_*."""

    gen: TcGen
    sdata: str | None = None


class NatOptions(msgspec.Struct, frozen=True):
    """TCA_NAT_*; addresses and mask as 32-bit numbers in the order of the packet."""

    gen: TcGen
    old_addr: int = 0
    new_addr: int = 0
    mask: int = 0
    egress: bool = False


class SkbmodOptions(msgspec.Struct, frozen=True):
    """TCA_SKBMOD_*."""

    gen: TcGen
    dmac: bytes | None = None
    smac: bytes | None = None
    etype: int | None = None
    swapmac: bool = False
    ecn: bool = False


ActionOptions = (
    GactOptions
    | MirredOptions
    | SkbeditOptions
    | PeditOptions
    | VlanOptions
    | CsumOptions
    | PoliceOptions
    | SimpleOptions
    | NatOptions
    | SkbmodOptions
)


class ActionTimes(msgspec.Struct, frozen=True):
    """struct tcf_t: how long ago (ns) it was installed and used; ``firstuse`` 0 while it never was."""

    install: int
    lastuse: int
    firstuse: int


class Action(msgspec.Struct, frozen=True):
    """TCA_ACT_* of one action; ``stats``, ``times`` and ``used_hw_stats`` only in dumps."""

    kind: str
    options: ActionOptions | None
    cookie: bytes = b""
    flags: ActFlags = ActFlags.NONE
    hw_stats: int | None = None
    stats: GnetStats | None = None
    times: ActionTimes | None = None
    used_hw_stats: bool = False

    def with_control(self, action: int) -> Action:
        """The same action with another control."""
        assert self.options is not None
        return replace(self, options=replace(self.options, gen=replace(self.options.gen, action=action)))


class ActionId(msgspec.Struct, frozen=True):
    """TCA_ACT_KIND and TCA_ACT_INDEX: names one action of the namespace."""

    kind: str
    index: int | None
