"""Limits rates with a token bucket on the machine's clock (net/sched/act_police.c, sch_generic.c: psched_ratecfg)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import ActInit, TcAction, TcActionOps, tcf_action_update_bstats
from webapp.kernel.sched.cls_api import TcfResult, verdict_name
from webapp.kernel.uapi.pkt_cls import TC_ACT_EXT_MASK, TC_ACT_GOTO_CHAIN, TC_ACT_OK, TC_ACT_SHOT
from webapp.kernel.uapi.pkt_sched import Action, PoliceOptions, RateSpec, TcGen

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

PSCHED_SHIFT = 6
NO_MTU = 0xFFFFFFFF
_ATM_CELL, _ATM_PAYLOAD = 53, 48


class RateCfg:
    """struct psched_ratecfg: nanoseconds for a length as a multiplication and a shift."""

    __slots__ = ("mult", "shift", "spec")

    def __init__(self, spec: RateSpec) -> None:
        self.spec = spec
        self.mult, self.shift = psched_precompute(spec.rate)

    def l2t_ns(self, length: int) -> int:
        """psched_l2t_ns: how long ``length`` bytes take."""
        spec = self.spec
        length = max(length + spec.overhead, spec.mpu)
        if spec.atm:
            length = -(-length // _ATM_PAYLOAD) * _ATM_CELL
        return length * self.mult >> self.shift


def psched_precompute(rate: int) -> tuple[int, int]:
    """psched_ratecfg_precompute__: the most exact factor of 31 bits, and its shift."""
    mult, shift = 1, 0
    if rate <= 0:
        return mult, shift
    factor = NSEC_PER_SEC
    while True:
        mult = factor // rate & 0xFFFFFFFF
        if mult & 1 << 31 or factor & 1 << 63:
            return mult, shift
        factor <<= 1
        shift += 1


class TcfPolice(TcAction):
    """struct tcf_police: ``toks``, ``ptoks`` and ``pkttoks`` are what is left of each bucket, in ns, since ``t_c``."""

    __slots__ = (
        "burst", "mtu", "mtu_ptoks", "options", "peak", "pkt_burst", "pkttoks", "ppsrate", "ptoks", "rate", "result",
        "t_c", "toks",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.options = PoliceOptions(TcGen())
        self.result = TC_ACT_OK
        self.mtu = NO_MTU
        self.rate: RateCfg | None = None
        self.peak: RateCfg | None = None
        self.ppsrate: tuple[int, int] | None = None
        self.burst = self.pkt_burst = self.mtu_ptoks = 0
        self.toks = self.ptoks = self.pkttoks = 0
        self.t_c = 0


@kfunc("net/sched/act_police.c", "tcf_police_act", verdict=verdict_name)
def tcf_police_act(skb: SkBuff, a: TcAction, res: TcfResult) -> int:
    """What conforms gets one verdict, what exceeds the other (and is an overlimit)."""
    police = cast("TcfPolice", a)
    tcf_action_update_bstats(police, skb)
    if _within_mtu(skb, police.mtu):
        if police.rate is None and police.ppsrate is None:
            return police.result
        if _conforms(police, skb):
            if police.result == TC_ACT_SHOT:
                police.qstats.drops += 1
            return police.result
    police.qstats.overlimits += 1
    if police.action == TC_ACT_SHOT:
        police.qstats.drops += 1
    return police.action


def _within_mtu(skb: SkBuff, mtu: int) -> bool:
    """tcf_police_mtu_check: segment by segment where the packet is still to be cut."""
    if skb.gso is None:
        return skb.qdisc_pkt_len <= mtu
    return len(skb.head) - skb.mac_header - skb.gso.payload + skb.gso.size <= mtu


def _conforms(police: TcfPolice, skb: SkBuff) -> bool:
    """Takes the packet's tokens out of the buckets, if all have enough."""
    now = skb.dev.net.machine.clock.now
    toks = min(now - police.t_c, police.burst)
    ptoks = ppstoks = 0
    if police.peak is not None:
        ptoks = min(toks + police.ptoks, police.mtu_ptoks) - police.peak.l2t_ns(skb.qdisc_pkt_len)
    if police.rate is not None:
        toks = min(toks + police.toks, police.burst) - police.rate.l2t_ns(skb.qdisc_pkt_len)
    elif police.ppsrate is not None:
        mult, shift = police.ppsrate
        ppstoks = min(now - police.t_c, police.pkt_burst)
        ppstoks = min(ppstoks + police.pkttoks, police.pkt_burst) - (mult >> shift)
    if toks < 0 or ptoks < 0 or ppstoks < 0:
        return False
    police.t_c = now
    police.toks, police.ptoks, police.pkttoks = toks, ptoks, ppstoks
    return True


def _check(net: Net, request: Action, how: ActInit) -> None:
    """What a request says is judged when it is used."""


def _check_new(net: Net, request: Action) -> None:
    assert isinstance(request.options, PoliceOptions)
    options = request.options
    for spec in (options.rate, options.peakrate):
        # qdisc_get_rtab takes no table of cells of one byte
        if spec is not None and spec.cell_log == 0:
            raise KernelError(Errno.ENOMEM)
    if options.avrate is not None:
        # An average needs an estimator, which tc asks for with words that the model refuses.
        raise KernelError(Errno.EINVAL)
    if options.result is not None and options.result >= 0 and options.result & TC_ACT_EXT_MASK == TC_ACT_GOTO_CHAIN:
        raise KernelError(Errno.EINVAL, "goto chain not allowed on fallback")
    if options.pkts_rate is not None and options.rate is not None:
        raise KernelError(Errno.EINVAL, "packet-per-second and byte-per-second rate limits not allowed in same action")


def _change(net: Net, a: TcAction, request: Action) -> None:
    assert isinstance(request.options, PoliceOptions)
    police, options = cast("TcfPolice", a), request.options
    created = police.options.gen == TcGen() and not police.t_c
    police.options = options
    police.rate = None if options.rate is None else RateCfg(options.rate)
    police.peak = None if options.peakrate is None or options.rate is None else RateCfg(options.peakrate)
    police.mtu = options.mtu or (NO_MTU if options.rate is None else 255 << options.rate.cell_log)
    police.burst = police.toks = options.burst << PSCHED_SHIFT
    if police.peak is not None:
        police.mtu_ptoks = police.ptoks = police.peak.l2t_ns(police.mtu)
    police.ppsrate = None
    if options.pkts_rate is not None:
        police.ppsrate = psched_precompute(options.pkts_rate)
        police.pkt_burst = police.pkttoks = options.pkts_burst << PSCHED_SHIFT
    if options.result is not None:
        police.result = options.result
    if created:
        police.t_c = net.machine.clock.now


def _dump(a: TcAction, gen: TcGen) -> PoliceOptions:
    police = cast("TcfPolice", a)
    options = police.options
    return PoliceOptions(
        gen,
        rate=options.rate,
        peakrate=None if police.peak is None else options.peakrate,
        burst=police.burst >> PSCHED_SHIFT,
        mtu=police.mtu,
        result=police.result or None,
        pkts_rate=options.pkts_rate,
        pkts_burst=options.pkts_burst,
    )


def _text(a: TcAction) -> str:
    police = cast("TcfPolice", a)
    words = []
    if police.rate is not None:
        words.append(f"rate {police.rate.spec.rate * 8}bit burst {police.burst}ns, {police.toks}ns left")
    if police.options.pkts_rate is not None:
        words.append(f"pkts_rate {police.options.pkts_rate}, {police.pkttoks}ns left")
    if police.mtu != NO_MTU:
        words.append(f"mtu {police.mtu}")
    return " ".join(words)


POLICE_OPS = TcActionOps("police", tcf_police_act, _check, _check_new, TcfPolice, _change, _dump, _text, lambda _: True)
