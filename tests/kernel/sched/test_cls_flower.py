from __future__ import annotations

import pytest

from tests.kernel.sched.bench import DST, Bench, frame, gact
from webapp.kernel.core.net_device import NET_XMIT_DROP, NET_XMIT_SUCCESS
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import recording
from webapp.kernel.sched.cls_api import tc_del_tfilter, tc_dump_tfilter, tc_new_chain
from webapp.kernel.trace import FilterRun, Recorder
from webapp.kernel.uapi.if_ether import ETH_P_8021Q, ETH_P_IP
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.pkt_cls import TC_ACT_OK, TC_ACT_SHOT, TC_ACT_UNSPEC
from webapp.kernel.uapi.pkt_cls_flower import FlowerKey, FlowerVlan
from webapp.kernel.uapi.pkt_sched import FlowerOptions

ALL = b"\xff" * 4


@pytest.fixture
def bench() -> Bench:
    return Bench("v0")


def flower(control: int = TC_ACT_SHOT, eth_type: int = ETH_P_IP, **fields: object) -> FlowerOptions:
    return FlowerOptions(FlowerKey(eth_type=eth_type, **fields), (gact(control),))  # type: ignore[arg-type]


def handles(bench: Bench) -> list[int]:
    return [info.handle for info in tc_dump_tfilter(bench.net, bench.request("v0 egress", None)) if info.options]


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"ip_dst": (DST, ALL)}, NET_XMIT_DROP),
        ({"ip_dst": (b"\x0a\0\0\x7f", b"\xff\xff\xff\0")}, NET_XMIT_DROP),
        ({"ip_src": (DST, ALL)}, NET_XMIT_SUCCESS),
        ({"ip_proto": 17, "dst_port": (53, 0xFFFF)}, NET_XMIT_DROP),
        ({"ip_proto": 17, "dst_port": (0x30, 0xFFF0)}, NET_XMIT_DROP),
        ({"ip_proto": 17, "dst_port_range": (50, 53)}, NET_XMIT_DROP),
        ({"ip_proto": 17, "dst_port_range": (54, 60)}, NET_XMIT_SUCCESS),
        ({"ip_proto": 6, "dst_port": (53, 0xFFFF)}, NET_XMIT_SUCCESS),
        ({"ip_ttl": (64, 0xF0)}, NET_XMIT_DROP),
        ({"ip_flags": (0, 1)}, NET_XMIT_DROP),
        ({"ip_flags": (1, 1)}, NET_XMIT_SUCCESS),
    ],
)
def test_fields_are_compared_under_their_masks(bench: Bench, fields: dict[str, object], verdict: int) -> None:
    bench.add("v0 egress", flower(**fields))
    assert bench.send("v0") == verdict


def test_the_first_mask_that_came_decides_though_a_later_one_is_closer(bench: Bench) -> None:
    bench.add("v0 egress", flower(TC_ACT_OK, ip_dst=(DST, b"\xff\0\0\0")), prio=1)
    bench.add("v0 egress", flower(TC_ACT_SHOT, ip_dst=(DST, ALL)), prio=1)
    assert bench.send("v0") == NET_XMIT_SUCCESS


def test_an_action_that_continues_goes_to_the_next_preference_and_not_to_the_next_mask(bench: Bench) -> None:
    bench.add("v0 egress", flower(TC_ACT_UNSPEC, ip_dst=(DST, b"\xff\0\0\0")), prio=1)
    bench.add("v0 egress", flower(TC_ACT_SHOT, ip_dst=(DST, ALL)), prio=1)
    assert bench.send("v0") == NET_XMIT_SUCCESS
    bench.add("v0 egress", flower(TC_ACT_SHOT, ip_dst=(DST, ALL)), prio=2)
    assert bench.send("v0") == NET_XMIT_DROP


def test_a_key_stands_once_under_its_mask(bench: Bench) -> None:
    bench.add("v0 egress", flower(ip_dst=(DST, ALL)), prio=1)
    with pytest.raises(KernelError) as caught:
        bench.add("v0 egress", flower(TC_ACT_OK, ip_dst=(DST, ALL)), prio=1)
    assert caught.value.errno == Errno.EEXIST
    assert handles(bench) == [1]


def test_the_lowest_free_handle_is_given_out(bench: Bench) -> None:
    for last in (1, 2, 3):
        bench.add("v0 egress", flower(ip_dst=(bytes((10, 0, 0, last)), ALL)), prio=1)
    tc_del_tfilter(bench.net, bench.request("v0 egress", None, prio=1, handle=2, kind="flower", flags=NlmFlags.NONE))
    bench.add("v0 egress", flower(ip_dst=(b"\x0a\0\0\x09", ALL)), prio=1)
    assert handles(bench) == [1, 2, 3]


def test_a_filter_may_be_replaced_under_its_own_mask_only(bench: Bench) -> None:
    bench.add("v0 egress", flower(ip_dst=(DST, ALL)), prio=1)
    replace = {"prio": 1, "handle": 1, "flags": NlmFlags.CREATE}
    bench.add("v0 egress", flower(TC_ACT_OK, ip_dst=(DST, ALL)), **replace)
    assert bench.send("v0") == NET_XMIT_SUCCESS
    with pytest.raises(KernelError) as caught:
        bench.add("v0 egress", flower(ip_dst=(DST, b"\xff\xff\0\0")), **replace)
    assert caught.value.errno == Errno.EINVAL


def test_skipping_software_needs_hardware(bench: Bench) -> None:
    with pytest.raises(KernelError) as caught:
        bench.add("v0 egress", FlowerOptions(FlowerKey(eth_type=ETH_P_IP), flags=type(FlowerOptions().flags)(2)))
    assert caught.value.errno == Errno.EOPNOTSUPP


def test_a_tag_beside_the_frame_is_a_tag(bench: Bench) -> None:
    tagged = flower(eth_type=ETH_P_8021Q, vlan=FlowerVlan(vid=5, ethtype=ETH_P_IP), ip_dst=(DST, ALL))
    bench.add("v0 egress", tagged, protocol=ETH_P_8021Q)
    skb = frame()
    assert bench.send("v0", skb) == NET_XMIT_SUCCESS
    skb = frame()
    skb.vlan_proto, skb.vlan_tci = ETH_P_8021Q, 5
    assert bench.send("v0", skb) == NET_XMIT_DROP


def test_ports_of_a_packet_that_ends_before_them_are_none(bench: Bench) -> None:
    bench.add("v0 egress", flower(ip_proto=17, dst_port=(53, 0xFFFF)))
    whole = frame()
    skb = SkBuff(whole.head[:36], ETH_P_IP)
    skb.mac_header, skb.network_header = 0, 14
    assert bench.send("v0", skb) == NET_XMIT_SUCCESS


def test_a_template_bounds_masks(bench: Bench) -> None:
    template = FlowerOptions(FlowerKey(eth_type=ETH_P_IP, ip_dst=(bytes(4), b"\xff\xff\0\0")))
    tc_new_chain(bench.net, bench.request("v0 egress", template, chain=1, kind="flower"))
    bench.add("v0 egress", flower(ip_dst=(DST, b"\xff\xff\0\0")), chain=1)
    with pytest.raises(KernelError, match="Mask does not fit the template"):
        bench.add("v0 egress", flower(ip_dst=(DST, ALL)), chain=1)


def test_a_walk_tells_what_each_filter_asked_for_and_what_the_packet_has(bench: Bench) -> None:
    bench.add("v0 egress", flower(TC_ACT_UNSPEC, ip_proto=17, dst_port=(54, 0xFFFF)), prio=1)
    bench.add("v0 egress", flower(TC_ACT_UNSPEC, ip_proto=17, dst_port=(53, 0xFFFF)), prio=1)
    with recording(Recorder(bench.machine.clock)) as recorder:
        bench.send("v0")
    runs = [note for step in recorder.walk().steps for note in step.notes if isinstance(note, FilterRun)]
    assert [(run.handle, run.matched, run.detail[-1]) for run in runs] == [
        (1, False, "dst_port 54: 53"),
        (2, True, "dst_port 53: 53"),
    ]
