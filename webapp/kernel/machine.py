"""One machine: its namespaces, its one CPU with the receive backlog, its clock and its static keys.

Transmit never calls receive. ``netif_rx`` puts a packet on the backlog (softnet_data.input_pkt_queue), and the
backlog is drained when the outermost section with bottom halves disabled ends, as on Linux in process context.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from webapp.kernel.clock import Clock
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.version import LINUX_6_18, Behaviour

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice, PacketType
    from webapp.kernel.core.skbuff import SkBuff
    from webapp.kernel.preview.nat64 import Nat64


class LimitError(Exception):
    """The machine was asked for more than its limits allow; the message says which limit and its size."""


class StaticKeys:
    """Counted jump labels (include/linux/jump_label.h): a hook that nobody on the machine uses is not even asked.

    ``nf_hooks_needed`` is indexed by (pf, hooknum) and counts registered hooks of all namespaces;
    ``nft_trace_enabled`` counts the expressions that may set a packet's nf_trace.
    """

    __slots__ = ("egress_needed_key", "ingress_needed_key", "nf_hooks_needed", "nft_trace_enabled")

    def __init__(self) -> None:
        self.ingress_needed_key = 0
        self.egress_needed_key = 0
        self.nft_trace_enabled = 0
        self.nf_hooks_needed: dict[tuple[int, int], int] = {}


class Machine:
    """A machine after boot. ``softirq`` handles one backlog packet; boot.py sets it to netif_receive_skb,
    and ``vlan_do_receive`` (net/8021q/vlan_core.c), which says True for another round on the vlan device, False where
    the packet was dropped, None where there is no such vlan.

    ``max_packets`` bounds the packets that softirqs may handle in one call to the machine, so that a loop which real
    hardware would run for ever ends with LimitError.
    """

    def __init__(self, max_packets: int = 100_000, version: Behaviour = LINUX_6_18) -> None:
        self.version = version
        self.clock = Clock()
        self.keys = StaticKeys()
        self.namespaces: dict[str, Net] = {}
        # before 6.18 ETH_P_ALL sockets of all namespaces stand in one list
        self.ptype_all: list[PacketType] = []
        self.init_net = Net(self, "")
        self.backlog: deque[SkBuff] = deque()
        # softnet_data.poll_list, without the backlog: receive queues that hold something
        self.poll_list: deque[Callable[[], None]] = deque()
        # TASKLET_SOFTIRQ: what drivers put off until the packets that came in are dealt with
        self.tasklets: deque[Callable[[], None]] = deque()
        self.lweventlist: list[NetDevice] = []
        # whether changes of links that are not urgent wait, as for a second after any other link's: see link_watch.py
        self.linkwatch_busy = False
        # how many link-layer addresses were made up: the seed of the next one
        self.random_addresses = 0
        # how many nonces were made up for duplicate address detection
        self.nonces = 0
        # the packets that nf_tables told about last, by skb id: their numbers, from which their trace ids are made
        self.traced: dict[int, int] = {}
        self.softirq: Callable[[SkBuff], object] = _no_softirq
        self.vlan_do_receive: Callable[[SkBuff], bool | None] = _no_vlan
        self.netdev_max_backlog = 1000
        self.max_packets = max_packets
        self.packets_left = max_packets
        # called now and then while something goes on that a few packets can make long; may raise LimitError
        self.patience: Callable[[], None] = _patient
        self.jumps = 0
        self.bh_disabled = 0
        self.in_softirq = False
        # softnet_data.xmit: how deep the transmit paths are nested right now
        self.xmit_recursion = 0
        self.mirred_nest = 0
        # icmp_xmit_lock, icmpv6_xmit_lock: the CPU's socket of that kind is sending
        self.icmp_xmit_locked = False
        self.icmpv6_xmit_locked = False
        self.sched_mirred_dev: list[NetDevice] = []
        # webapp/kernel/preview: translators by device, none unless a lab asks for one
        self.nat64: dict[NetDevice, Nat64] = {}
        self.nf_dup_skb_recursion = 0
        self.last_pid = 0

    def local_bh_disable(self) -> None:
        """Bottom halves wait until the matching local_bh_enable."""
        self.bh_disabled += 1

    def local_bh_enable(self) -> None:
        """Ends a section; the outermost one in process context runs what the backlog holds."""
        self.bh_disabled -= 1
        if not self.bh_disabled and (self.backlog or self.poll_list or self.tasklets) and not self.in_softirq:
            self.do_softirq()

    def napi_schedule(self, poll: Callable[[], None]) -> None:
        """napi_schedule: ``poll`` is called when the receive backlog is empty."""
        self.poll_list.append(poll)
        if not self.bh_disabled and not self.in_softirq:
            self.do_softirq()

    def tasklet_schedule(self, work: Callable[[], None]) -> None:
        """tasklet_schedule: ``work`` is done when no packet waits to be received."""
        self.tasklets.append(work)
        if not self.bh_disabled and not self.in_softirq:
            self.do_softirq()

    def do_softirq(self) -> None:
        """Drains the backlog in order of arrival (process_backlog), then the polls that were due when it was drained.

        The tasklets have their turn when nothing is left to receive.
        """
        self.in_softirq = True
        backlog = self.backlog
        softirq = self.softirq
        try:
            while backlog or self.poll_list or self.tasklets:
                while backlog:
                    self.charge()
                    softirq(backlog.popleft())
                if self.poll_list:
                    for _ in range(len(self.poll_list)):
                        self.poll_list.popleft()()
                elif self.tasklets:
                    self.charge()
                    self.tasklets.popleft()()
        except LimitError:
            backlog.clear()
            self.poll_list.clear()
            self.tasklets.clear()
            raise
        finally:
            self.in_softirq = False

    def alloc_pid(self) -> int:
        """A process's number, for programs that mark their packets with it; 1 to 32767, over and over."""
        self.last_pid = self.last_pid % 0x7FFF + 1
        return self.last_pid

    def charge(self) -> None:
        """Counts a packet that a program makes against ``max_packets``."""
        if self.packets_left <= 0:
            raise LimitError(f"more than {self.max_packets} packets in one command")
        self.packets_left -= 1
        if not self.packets_left & 255:
            self.patience()

    def charge_jump(self) -> None:
        """Counts a jump between chains: a few chains that jump to each other often make a packet's way endless."""
        self.jumps += 1
        if not self.jumps & 1023:
            self.patience()

    def advance(self, until: int) -> None:
        """Lets virtual time pass until ``until`` (ns), running the timers that fall due on the way as softirqs."""
        clock = self.clock
        while (expires := clock.next_expiry()) is not None and expires <= until:
            clock.now = max(clock.now, expires)
            self.run_timers()
        clock.now = max(clock.now, until)

    def run_timers(self) -> None:
        """Runs the timers that are due, then the packets that they caused (TIMER_SOFTIRQ before NET_RX_SOFTIRQ)."""
        self.local_bh_disable()
        try:
            while (callback := self.clock.pop_due()) is not None:
                self.charge()
                callback()
        finally:
            self.local_bh_enable()


def _patient() -> None:
    pass


def _no_vlan(skb: SkBuff) -> bool | None:
    """vlan_do_receive where no vlan device exists: None, the tag stays."""
    return None


def _no_softirq(skb: SkBuff) -> None:
    raise RuntimeError("machine was not booted")
