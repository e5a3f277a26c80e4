"""A namespace with up devices that keep what they send, and packets to send through their filters."""

from __future__ import annotations

from webapp.kernel.core.dev import PTYPE_BASE, dev_queue_xmit, netif_receive_skb
from webapp.kernel.core.net_device import NETDEV_TX_OK, Iff, NetDevice, NetDeviceOps, PacketType
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.machine import Machine
from webapp.kernel.netfilter.core import NetNf
from webapp.kernel.sched.act_api import ACT_BASE
from webapp.kernel.sched.act_csum import CSUM_OPS
from webapp.kernel.sched.act_gact import GACT_OPS
from webapp.kernel.sched.act_mirred import MIRRED_OPS
from webapp.kernel.sched.act_nat import NAT_OPS
from webapp.kernel.sched.act_pedit import PEDIT_OPS
from webapp.kernel.sched.act_police import POLICE_OPS
from webapp.kernel.sched.act_skbedit import SKBEDIT_OPS
from webapp.kernel.sched.act_skbmod import SKBMOD_OPS
from webapp.kernel.sched.act_vlan import VLAN_OPS
from webapp.kernel.sched.cls_api import TCF_PROTO_BASE, tc_new_tfilter
from webapp.kernel.sched.cls_basic import CLS_BASIC_OPS
from webapp.kernel.sched.cls_bpf import CLS_BPF_OPS
from webapp.kernel.sched.cls_flower import CLS_FL_OPS
from webapp.kernel.sched.cls_fw import CLS_FW_OPS
from webapp.kernel.sched.cls_matchall import CLS_MALL_OPS
from webapp.kernel.sched.cls_u32 import CLS_U32_OPS
from webapp.kernel.sched.sch_api import QDISC_BASE, tc_modify_qdisc
from webapp.kernel.sched.sch_generic import Qdisc
from webapp.kernel.sched.sch_ingress import CLSACT_QDISC_OPS, INGRESS_QDISC_OPS
from webapp.kernel.uapi.bpf import SockFilter
from webapp.kernel.uapi.if_ether import ETH_P_ALL, ETH_P_IP
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.pkt_cls import TC_ACT_PIPE, TC_ACT_STOLEN
from webapp.kernel.uapi.pkt_sched import (
    CLSACT_EGRESS,
    CLSACT_INGRESS,
    TC_H_CLSACT,
    TC_H_MAJ_MASK,
    TC_H_ROOT,
    Action,
    BpfOptions,
    FilterOptions,
    FilterRequest,
    FlowerOptions,
    GactOptions,
    MatchallOptions,
    MirredAction,
    MirredOptions,
    QdiscRequest,
    SkbeditOptions,
    TcGen,
    U32Key,
    U32Options,
    U32Sel,
    U32SelFlags,
)
from webapp.kernel.wire import ethernet, ipv4, udp

NEW = NlmFlags.CREATE | NlmFlags.EXCL
SIDES = {"egress": CLSACT_EGRESS, "ingress": CLSACT_INGRESS}

SRC, DST = b"\x0a\0\0\1", b"\x0a\0\0\2"
MAC_A, MAC_B = b"\2\0\0\0\0\1", b"\2\0\0\0\0\2"


class Bench:
    """``sent`` are the packets that reached a driver, ``up`` those that reached the IP layer, in order."""

    def __init__(self, *names: str) -> None:
        QDISC_BASE.update({ops.id: ops for ops in (CLSACT_QDISC_OPS, INGRESS_QDISC_OPS)})
        TCF_PROTO_BASE.update({ops.kind: ops for ops in (CLS_U32_OPS, CLS_BPF_OPS, CLS_MALL_OPS)})
        TCF_PROTO_BASE.update({ops.kind: ops for ops in (CLS_FL_OPS, CLS_FW_OPS, CLS_BASIC_OPS)})
        ACT_BASE.update({ops.kind: ops for ops in (GACT_OPS, MIRRED_OPS, SKBEDIT_OPS)})
        ACT_BASE.update({ops.kind: ops for ops in (PEDIT_OPS, CSUM_OPS, VLAN_OPS, NAT_OPS, SKBMOD_OPS, POLICE_OPS)})
        self.machine = Machine()
        self.machine.softirq = netif_receive_skb
        self.net = Net(self.machine, "a")
        self.net.nf = NetNf()
        self.sent: list[tuple[str, SkBuff]] = []
        self.up: list[tuple[str, SkBuff]] = []
        PTYPE_BASE[ETH_P_IP] = [PacketType(ETH_P_IP, self._ip_rcv)]
        for name in names:
            self._add(name)

    def _add(self, name: str) -> None:
        dev = NetDevice(self.net, name, NetDeviceOps(ndo_start_xmit=self._xmit), "veth")
        dev.ifindex = self.net.new_index()
        dev.flags |= Iff.UP
        dev.xmit_active = True
        dev.qdisc = Qdisc("noqueue", dev, 0, TC_H_ROOT)
        self.net.devices[name] = self.net.by_index[dev.ifindex] = dev
        clsact = QdiscRequest(dev.ifindex, TC_H_CLSACT, TC_H_CLSACT & TC_H_MAJ_MASK, "clsact", NEW)
        tc_modify_qdisc(self.net, clsact)

    def _xmit(self, skb: SkBuff, dev: NetDevice) -> int:
        self.sent.append((dev.name, skb))
        return NETDEV_TX_OK

    def _ip_rcv(self, skb: SkBuff, dev: NetDevice, _ptype: PacketType, _orig_dev: NetDevice) -> int:
        self.up.append((dev.name, skb))
        return 0

    def __getitem__(self, name: str) -> NetDevice:
        return self.net.devices[name]

    def request(self, at: str, options: FilterOptions | None, **more: object) -> FilterRequest:
        """``at``: "v0 egress"; protocol ip and add unless said otherwise."""
        name, side = at.split()
        kinds = {U32Options: "u32", BpfOptions: "bpf", MatchallOptions: "matchall", FlowerOptions: "flower"}
        kind = kinds.get(type(options))
        fields = {"protocol": ETH_P_IP, "kind": kind, "flags": NEW, "options": options, **more}
        return FilterRequest(self[name].ifindex, SIDES[side], **fields)  # type: ignore[arg-type]

    def add(self, at: str, options: FilterOptions, **more: object) -> None:
        tc_new_tfilter(self.net, self.request(at, options, **more))

    def send(self, name: str, skb: SkBuff | None = None) -> int:
        skb = skb or frame()
        skb.dev = self[name]
        return dev_queue_xmit(skb)

    def receive(self, name: str, skb: SkBuff | None = None) -> int:
        skb = skb or frame()
        skb.dev = self[name]
        skb.mac_header, skb.data = 0, 14
        self.machine.local_bh_disable()
        code = netif_receive_skb(skb)
        self.machine.local_bh_enable()
        return code

    def mirred(self, what: str, to: str, control: int | None = None, index: int = 0) -> Action:
        """``what``: "egress redirect" and the like."""
        direction, verb = what.upper().split()
        eaction = MirredAction[f"{direction}_{'REDIR' if verb == 'REDIRECT' else verb}"]
        default = TC_ACT_STOLEN if verb == "REDIRECT" else TC_ACT_PIPE
        gen = TcGen(index=index, action=default if control is None else control)
        return Action("mirred", MirredOptions(gen, eaction, self[to].ifindex))

    def names(self) -> list[str]:
        return [name for name, _ in self.sent]


def frame(payload: bytes = b"x" * 8, *, ttl: int = 64, mark: int = 0) -> SkBuff:
    """A UDP datagram from SRC to DST as it stands before the driver."""
    datagram = udp.emit(1, 53, SRC, DST, payload)
    packet = ipv4.emit(SRC, DST, 17, len(datagram), ttl=ttl) + datagram
    skb = SkBuff(ethernet.emit(MAC_B, MAC_A, ETH_P_IP) + packet, ETH_P_IP, mark=mark)
    skb.mac_header, skb.network_header, skb.transport_header = 0, 14, 34
    return skb


def gact(control: int, index: int = 0) -> Action:
    return Action("gact", GactOptions(TcGen(index=index, action=control)))


def skbedit(**fields: object) -> Action:
    return Action("skbedit", SkbeditOptions(TcGen(action=TC_ACT_PIPE), **fields))  # type: ignore[arg-type]


def u32(*keys: tuple[int, int, int], actions: tuple[Action, ...] = (), **more: object) -> U32Options:
    """Keys are (value, mask, offset)."""
    sel = U32Sel(tuple(U32Key(mask, value, off) for value, mask, off in keys), U32SelFlags.TERMINAL)
    return U32Options(actions, **{"sel": sel, **more})  # type: ignore[arg-type]


def everything(*actions: Action) -> U32Options:
    return u32((0, 0, 0), actions=actions)


def bpf(*ops: tuple[int, int, int, int], da: bool = True, actions: tuple[Action, ...] = ()) -> BpfOptions:
    return BpfOptions(tuple(SockFilter(*op) for op in ops), actions, direct_action=da)


def ret(value: int, *, da: bool = True, actions: tuple[Action, ...] = ()) -> BpfOptions:
    return bpf((6, 0, 0, value & 0xFFFFFFFF), da=da, actions=actions)


ANY = ETH_P_ALL
