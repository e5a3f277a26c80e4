"""Actions that change the packet: pedit, csum, vlan, nat, skbmod; and police, which counts time."""

from __future__ import annotations

import pytest

from tests.kernel.sched.bench import DST, MAC_A, MAC_B, SRC, Bench, everything, frame
from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.net_device import NET_XMIT_DROP, NET_XMIT_SUCCESS
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.sched.act_api import tc_dump_action
from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q, ETH_P_IP
from webapp.kernel.uapi.pkt_cls import TC_ACT_OK, TC_ACT_PIPE, TC_ACT_SHOT
from webapp.kernel.uapi.pkt_sched import (
    Action,
    CsumFlags,
    CsumOptions,
    NatOptions,
    PeditHeader,
    PeditKey,
    PeditOptions,
    PoliceOptions,
    RateSpec,
    SkbmodOptions,
    TcGen,
    VlanAction,
    VlanOptions,
)
from webapp.kernel.wire.checksum import checksum, pseudo_header
from webapp.kernel.wire.crc32c import crc32c

PIPE = TcGen(action=TC_ACT_PIPE)
TTL = PeditKey(0x00FFFFFF, 0x05000000, 8)


@pytest.fixture
def bench() -> Bench:
    return Bench("v0")


def pedit(*keys: PeditKey) -> Action:
    return Action("pedit", PeditOptions(PIPE, keys, extended=True))


def csum(flags: CsumFlags) -> Action:
    return Action("csum", CsumOptions(PIPE, flags))


def vlan(action: VlanAction, **fields: object) -> Action:
    return Action("vlan", VlanOptions(PIPE, action, **fields))  # type: ignore[arg-type]


def police(**fields: object) -> Action:
    return Action("police", PoliceOptions(TcGen(action=TC_ACT_SHOT), **fields))  # type: ignore[arg-type]


def sent(bench: Bench, *actions: Action) -> SkBuff:
    bench.add("v0 egress", everything(*actions))
    assert bench.send("v0") == NET_XMIT_SUCCESS
    [(_, skb)] = bench.sent
    return skb


def test_pedit_changes_bytes_and_leaves_checksums_wrong(bench: Bench) -> None:
    skb = sent(bench, pedit(TTL))
    assert skb.head[22] == 5
    assert checksum(skb.head[14:34]) != 0


def test_csum_makes_the_ip_header_right_again(bench: Bench) -> None:
    skb = sent(bench, pedit(TTL), csum(CsumFlags.IPV4HDR))
    assert checksum(skb.head[14:34]) == 0


def test_pedit_adds_within_its_mask_as_a_little_endian_machine_does(bench: Bench) -> None:
    skb = sent(bench, pedit(PeditKey(0x00FFFFFF, 0xFF000000, 8, header=PeditHeader.IP4, add=True)))
    assert (skb.head[22], skb.head[23]) == (63, 17)


def test_pedit_finds_the_transport_header_behind_the_ip_header(bench: Bench) -> None:
    key = PeditKey(0xFFFF0000, 0x00000050, 0, header=PeditHeader.UDP)
    skb = sent(bench, pedit(key), csum(CsumFlags.UDP))
    datagram = skb.head[34:]
    assert datagram[2:4] == b"\x00\x50"
    assert checksum(pseudo_header(SRC, DST, 17, len(datagram)) + datagram) == 0


def test_pedit_beyond_the_packet_is_an_overlimit_and_goes_on(bench: Bench) -> None:
    skb = sent(bench, pedit(PeditKey(0, 0, 1000), TTL))
    assert skb.head == frame().head
    [action] = tc_dump_action(bench.net, "pedit")
    assert action.stats is not None
    assert action.stats.overlimits == 1


def test_pedit_needs_keys(bench: Bench) -> None:
    with pytest.raises(KernelError, match="Pedit requires keys to be passed"):
        bench.add("v0 egress", everything(pedit()))


def test_csum_drops_what_is_shorter_than_it_says(bench: Bench) -> None:
    bench.add("v0 egress", everything(csum(CsumFlags.UDP)))
    skb = frame()
    skb.head = skb.head[:-1]
    assert bench.send("v0", skb) == NET_XMIT_DROP


def test_crc32c_is_the_one_of_sctp() -> None:
    assert crc32c(b"123456789") == 0xE3069283


def test_a_second_tag_pushes_the_first_into_the_frame(bench: Bench) -> None:
    one = vlan(VlanAction.PUSH, vid=5, priority=3)
    two = vlan(VlanAction.PUSH, vid=6, protocol=ETH_P_8021AD)
    bench["v0"].hw_vlan_tx = True
    skb = sent(bench, one, two)
    assert (skb.vlan_proto, skb.vlan_tci) == (ETH_P_8021AD, 6)
    assert skb.protocol == ETH_P_8021Q
    assert skb.head[12:18] == b"\x81\x00\x60\x05\x08\x00"
    assert skb.head[skb.network_header : skb.network_header + 2] == b"\x60\x05"


def test_popping_takes_the_next_tag_out_of_the_frame(bench: Bench) -> None:
    tags = vlan(VlanAction.PUSH, vid=5), vlan(VlanAction.PUSH, vid=6)
    bench["v0"].hw_vlan_tx = True
    skb = sent(bench, *tags, vlan(VlanAction.POP))
    assert (skb.vlan_tci, skb.protocol, skb.head) == (5, ETH_P_IP, frame().head)


def test_modify_changes_the_tag_that_is_there_and_nothing_where_there_is_none(bench: Bench) -> None:
    bench["v0"].hw_vlan_tx = True
    skb = sent(bench, vlan(VlanAction.MODIFY, vid=9), vlan(VlanAction.PUSH, vid=5, priority=2))
    assert skb.vlan_tci == 2 << 13 | 5
    again = Bench("v0")
    again["v0"].hw_vlan_tx = True
    skb = sent(again, vlan(VlanAction.PUSH, vid=5, priority=2), vlan(VlanAction.MODIFY, vid=9))
    assert skb.vlan_tci == 2 << 13 | 9


@pytest.mark.parametrize(("vid", "errno"), [(None, Errno.EINVAL), (4095, Errno.ERANGE)])
def test_vlan_ids_are_checked(bench: Bench, vid: int | None, errno: Errno) -> None:
    with pytest.raises(KernelError) as caught:
        bench.add("v0 egress", everything(vlan(VlanAction.PUSH, vid=vid)))
    assert caught.value.errno == errno


def test_tc_counts_the_length_that_the_packet_came_with(bench: Bench) -> None:
    sent(bench, vlan(VlanAction.PUSH, vid=5), vlan(VlanAction.PUSH, vid=6), vlan(VlanAction.POP))
    stats = [action.stats.bytes for action in tc_dump_action(bench.net, "vlan") if action.stats is not None]
    assert stats == [len(frame().head)] * 3


def test_nat_translates_the_prefix_and_both_checksums(bench: Bench) -> None:
    options = NatOptions(PIPE, 0x0A000002, 0x0A000709, 0xFFFFFF00)
    skb = sent(bench, Action("nat", options))
    assert skb.head[30:34] == b"\x0a\0\x07\x02"
    assert checksum(skb.head[14:34]) == 0
    datagram = skb.head[34:]
    assert checksum(pseudo_header(SRC, skb.head[30:34], 17, len(datagram)) + datagram) == 0


def test_skbmod_swaps_addresses(bench: Bench) -> None:
    skb = sent(bench, Action("skbmod", SkbmodOptions(PIPE, swapmac=True)))
    assert skb.head[:12] == MAC_A + MAC_B


def test_a_policer_lets_through_what_its_bucket_holds_and_refills_with_time(bench: Bench) -> None:
    length = len(frame().head)
    burst = 2 * length * NSEC_PER_SEC // length >> 6
    rate = RateSpec(length, cell_log=3)
    bench.add("v0 egress", everything(police(rate=rate, burst=burst)))
    assert [bench.send("v0") for _ in range(3)] == [NET_XMIT_SUCCESS, NET_XMIT_SUCCESS, NET_XMIT_DROP]
    bench.machine.advance(bench.machine.clock.now + NSEC_PER_SEC + 1000)
    assert [bench.send("v0") for _ in range(2)] == [NET_XMIT_SUCCESS, NET_XMIT_DROP]
    [action] = tc_dump_action(bench.net, "police")
    assert action.stats is not None
    assert (action.stats.packets, action.stats.drops, action.stats.overlimits) == (5, 2, 2)


def test_a_policer_of_packets_counts_packets(bench: Bench) -> None:
    burst = 2 * NSEC_PER_SEC >> 6
    bench.add("v0 egress", everything(police(pkts_rate=1, pkts_burst=burst)))
    assert [bench.send("v0") for _ in range(3)] == [NET_XMIT_SUCCESS, NET_XMIT_SUCCESS, NET_XMIT_DROP]


def test_a_policer_of_lengths_has_no_bucket(bench: Bench) -> None:
    bench.add("v0 egress", everything(police(mtu=60, result=TC_ACT_OK)))
    assert bench.send("v0") == NET_XMIT_SUCCESS
    assert bench.send("v0", frame(b"x" * 100)) == NET_XMIT_DROP


def test_rates_need_a_table_of_more_than_single_bytes(bench: Bench) -> None:
    with pytest.raises(KernelError) as caught:
        bench.add("v0 egress", everything(police(rate=RateSpec(1000), burst=100)))
    assert caught.value.errno == Errno.ENOMEM
