"""Links: how they are numbered, named, changed, moved and deleted, and what is told about them."""

import pytest

from webapp.kernel.boot import add_namespace, boot, del_namespace
from webapp.kernel.core.net_device import Iff
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.rtnetlink import rtnetlink_rcv_msg
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.machine import Machine
from webapp.kernel.uapi.if_link import (
    DelLink,
    DumpLinks,
    GetLink,
    GetNsid,
    LinkInfo,
    LinkMessage,
    NewLink,
    NewNsid,
    OperState,
    VethInfo,
)
from webapp.kernel.uapi.netlink import NlmFlags

ADD = NlmFlags.CREATE | NlmFlags.EXCL


@pytest.fixture
def machine() -> Machine:
    return boot()


def add_veth(net: Net, name: str, peer: str, **fields: object) -> None:
    peer_fields = fields.pop("peer_fields", {})
    message = LinkMessage(name=name, kind="veth", data=VethInfo(LinkMessage(name=peer, **peer_fields)), **fields)
    rtnetlink_rcv_msg(net, NewLink(message, ADD))


def get(net: Net, name: str) -> LinkInfo:
    link: LinkInfo = rtnetlink_rcv_msg(net, GetLink(name=name))
    return link


def change(net: Net, dev: str, **fields: object) -> None:
    rtnetlink_rcv_msg(net, NewLink(LinkMessage(ifindex=get(net, dev).ifindex, **fields)))


def set_up(net: Net, name: str, up: bool = True) -> None:
    change(net, name, flags=Iff.UP if up else 0, change=Iff.UP)


def indexes(net: Net) -> dict[str, int]:
    return {link.name: link.ifindex for link in rtnetlink_rcv_msg(net, DumpLinks())}


def refused(net: Net, request: object) -> tuple[Errno, str]:
    with pytest.raises(KernelError) as error:
        rtnetlink_rcv_msg(net, request)
    return error.value.errno, error.value.extack


def test_a_veth_s_peer_is_numbered_first(machine: Machine) -> None:
    add_veth(machine.init_net, "v0", "v1")
    assert indexes(machine.init_net) == {"lo": 1, "v1": 2, "v0": 3}


def test_numbers_are_not_used_again_and_pass_by_those_that_were_asked_for(machine: Machine) -> None:
    net = machine.init_net
    add_veth(net, "a0", "a1")
    rtnetlink_rcv_msg(net, DelLink(LinkMessage(name="a0")))
    add_veth(net, "b0", "b1", ifindex=5, peer_fields={"ifindex": 7})
    add_veth(net, "c0", "c1")
    add_veth(net, "d0", "d1")
    assert indexes(net) == {"lo": 1, "b0": 5, "b1": 7, "c1": 4, "c0": 6, "d1": 8, "d0": 9}


def test_a_peer_s_number_counts_only_beside_one_for_the_device(machine: Machine) -> None:
    add_veth(machine.init_net, "v0", "v1", peer_fields={"ifindex": 20})
    assert indexes(machine.init_net)["v1"] == 2


def test_names_are_made_up_from_the_kind_or_a_pattern(machine: Machine) -> None:
    net = machine.init_net
    rtnetlink_rcv_msg(net, NewLink(LinkMessage(kind="veth"), ADD))
    rtnetlink_rcv_msg(net, NewLink(LinkMessage(kind="dummy"), ADD))
    add_veth(net, "up%d", "up%d")
    assert list(indexes(net)) == ["lo", "veth0", "veth1", "dummy0", "up0", "up1"]


@pytest.mark.parametrize("name", ["..", "a:b", "a b", "a/b", "%d%d" * 4])
def test_names_that_cannot_be_are_refused(machine: Machine, name: str) -> None:
    request = NewLink(LinkMessage(name=name, kind="dummy"), ADD)
    assert refused(machine.init_net, request)[0] in (Errno.EINVAL, Errno.ERANGE)


def test_what_exists_cannot_be_made_and_what_does_not_cannot_be_changed(machine: Machine) -> None:
    net = machine.init_net
    assert refused(net, NewLink(LinkMessage(name="lo", kind="veth"), ADD)) == (Errno.EEXIST, "")
    assert refused(net, NewLink(LinkMessage(name="nope"))) == (Errno.ENODEV, "")
    assert refused(net, GetLink(name="nope")) == (Errno.ENODEV, "")
    assert refused(net, DelLink(LinkMessage(name="nope"))) == (Errno.ENODEV, "")


def test_a_kind_that_is_not_modelled_is_unknown_as_on_a_kernel_without_it(machine: Machine) -> None:
    request = NewLink(LinkMessage(name="x", kind="amt"), ADD)
    assert refused(machine.init_net, request) == (Errno.EOPNOTSUPP, "Unknown device type")


def test_a_link_that_fails_half_way_leaves_nothing(machine: Machine) -> None:
    net = machine.init_net
    message = LinkMessage(name="v0", kind="veth", data=VethInfo(LinkMessage(name="v1", flags=Iff.UP, change=Iff.UP)))
    assert refused(net, NewLink(message, ADD))[0] is Errno.ENOTCONN
    assert list(indexes(net)) == ["lo"]


def test_lo_can_neither_be_deleted_nor_moved(machine: Machine) -> None:
    net = machine.init_net
    other = add_namespace(machine, "a")
    assert refused(net, DelLink(LinkMessage(name="lo"))) == (Errno.EOPNOTSUPP, "")
    request = NewLink(LinkMessage(ifindex=1, netns=other))
    assert refused(net, request) == (Errno.EINVAL, "The interface netns is immutable")


def test_the_carrier_is_there_while_both_ends_are_up(machine: Machine) -> None:
    a, b = add_namespace(machine, "a"), add_namespace(machine, "b")
    add_veth(machine.init_net, "v0", "v1", netns=a, peer_fields={"netns": b})
    set_up(a, "v0")
    assert not get(a, "v0").flags & Iff.LOWER_UP
    set_up(b, "v1")
    both = [get(a, "v0"), get(b, "v1")]
    assert all(link.flags & Iff.LOWER_UP and link.operstate is OperState.UP for link in both)
    set_up(b, "v1", up=False)
    assert not get(a, "v0").flags & (Iff.LOWER_UP | Iff.RUNNING)
    assert get(b, "v1").operstate is OperState.DOWN


def test_a_peer_in_the_same_namespace_is_a_lower_layer_that_is_down(machine: Machine) -> None:
    net, a, b = machine.init_net, add_namespace(machine, "a"), add_namespace(machine, "b")
    add_veth(net, "v0", "v1")
    add_veth(net, "w0", "w1", netns=a, peer_fields={"netns": b})
    set_up(net, "v0")
    set_up(a, "w0")
    assert get(net, "v0").operstate is OperState.LOWERLAYERDOWN
    assert get(a, "w0").operstate is OperState.DOWN


def test_a_peer_elsewhere_is_mistaken_for_the_device_of_its_number_here(machine: Machine) -> None:
    net, a = machine.init_net, add_namespace(machine, "a")
    add_veth(net, "v0", "v1")
    add_veth(net, "w0", "w1", peer_fields={"netns": a})
    set_up(net, "w0")
    assert get(net, "w0").link == get(net, "v1").ifindex
    assert get(net, "w0").operstate is OperState.LOWERLAYERDOWN


def test_a_device_without_carrier_events_is_in_an_unknown_state(machine: Machine) -> None:
    net = machine.init_net
    rtnetlink_rcv_msg(net, NewLink(LinkMessage(name="d", kind="dummy", flags=Iff.UP, change=Iff.UP), ADD))
    states = [get(net, name).operstate for name in ("lo", "d")]
    assert states == [OperState.UNKNOWN, OperState.UNKNOWN]


def test_the_root_qdisc_is_noop_until_the_device_is_first_up(machine: Machine) -> None:
    net = machine.init_net
    add_veth(net, "v0", "v1")
    kinds = [get(net, "v0").qdisc]
    for up in (True, False):
        set_up(net, "v0", up)
        kinds.append(get(net, "v0").qdisc)
    assert kinds == ["noop", "noqueue", "noqueue"]


def test_a_moved_device_keeps_its_number_where_that_is_free(machine: Machine) -> None:
    net, a = machine.init_net, add_namespace(machine, "a")
    add_veth(net, "v0", "v1")
    add_veth(net, "w0", "w1")
    change(net, "w0", netns=a)
    change(net, "v1", netns=a)
    add_veth(a, "x0", "x1")
    assert indexes(a) == {"lo": 1, "v1": 2, "x1": 3, "x0": 4, "w0": 5}
    change(a, "x1", netns=net, name="y")
    assert indexes(net) == {"lo": 1, "v0": 3, "w1": 4, "y": 6}


def test_a_moved_device_is_down_and_has_lost_its_qdisc(machine: Machine) -> None:
    net, a = machine.init_net, add_namespace(machine, "a")
    add_veth(net, "v0", "v1")
    set_up(net, "v0")
    change(net, "v0", netns=a)
    assert not get(a, "v0").flags & Iff.UP
    assert get(a, "v0").qdisc == "noop"


def test_a_name_or_number_that_is_taken_stops_a_move(machine: Machine) -> None:
    net, a = machine.init_net, add_namespace(machine, "a")
    add_veth(net, "v0", "v1")
    add_veth(a, "v0", "v1")
    index = get(net, "v0").ifindex
    taken = "An interface with the same name exists in the target netns"
    assert refused(net, NewLink(LinkMessage(ifindex=index, netns=a))) == (Errno.EEXIST, taken)
    request = NewLink(LinkMessage(ifindex=index, name="free", netns=a, new_ifindex=2))
    assert refused(net, request) == (Errno.EBUSY, "The ifindex 2 is not available in the target netns")
    assert get(net, "v0").ifindex == index


def test_a_peer_elsewhere_is_told_by_the_number_of_its_namespace(machine: Machine) -> None:
    net, a, b = machine.init_net, add_namespace(machine, "a"), add_namespace(machine, "b")
    add_veth(net, "v0", "v1", peer_fields={"netns": b})
    add_veth(net, "w0", "w1", peer_fields={"netns": a})
    add_veth(net, "x0", "x1")
    assert [(get(net, name).link, get(net, name).link_netnsid) for name in ("v0", "w0", "x0")] == [
        (2, 0),
        (2, 1),
        (get(net, "x1").ifindex, None),
    ]
    assert rtnetlink_rcv_msg(net, GetNsid(b)) == 0
    assert refused(net, NewNsid(b, 9)) == (Errno.EEXIST, "Peer netns already has a nsid assigned")


def test_a_number_of_a_deleted_namespace_is_free_again(machine: Machine) -> None:
    net = machine.init_net
    for name in ("a", "b"):
        rtnetlink_rcv_msg(net, NewNsid(add_namespace(machine, name)))
    del_namespace(machine, "a")
    again = add_namespace(machine, "a")
    rtnetlink_rcv_msg(net, NewNsid(again))
    assert rtnetlink_rcv_msg(net, GetNsid(again)) == 0


def test_flags_that_are_not_for_setting_keep_their_value(machine: Machine) -> None:
    net = machine.init_net
    add_veth(net, "v0", "v1")
    change(net, "v0", flags=Iff.LOOPBACK | Iff.NOARP, change=0xFFFFFFFF)
    assert get(net, "v0").flags == Iff.BROADCAST | Iff.NOARP


def test_promiscuity_is_counted_and_shown_only_if_asked_for_by_request(machine: Machine) -> None:
    net = machine.init_net
    add_veth(net, "v0", "v1")
    for _ in range(2):
        change(net, "v0", flags=Iff.PROMISC, change=Iff.PROMISC)
    assert (get(net, "v0").promiscuity, bool(get(net, "v0").flags & Iff.PROMISC)) == (1, True)
    change(net, "v0", flags=0, change=Iff.PROMISC)
    assert (get(net, "v0").promiscuity, bool(get(net, "v0").flags & Iff.PROMISC)) == (0, False)


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"mtu": 67}, (Errno.EINVAL, "mtu less than device minimum")),
        ({"mtu": 65536}, (Errno.EINVAL, "mtu greater than device maximum")),
        ({"mtu": -1}, (Errno.EINVAL, "mtu less than device minimum")),
        ({"address": bytes(6)}, (Errno.EADDRNOTAVAIL, "")),
        ({"address": b"\1" + bytes(5)}, (Errno.EADDRNOTAVAIL, "")),
        ({"address": bytes(5)}, (Errno.EINVAL, "")),
        ({"name": "lo"}, (Errno.EEXIST, "")),
        ({"name": "a/b"}, (Errno.EINVAL, "")),
        ({"carrier": False}, (Errno.EOPNOTSUPP, "")),
        ({"master": 1}, (Errno.EOPNOTSUPP, "")),
        ({"master": 99}, (Errno.EINVAL, "")),
        ({"netns_pid": 77}, (Errno.ESRCH, "")),
        ({"alias": "x" * 256}, (Errno.EINVAL, "")),
    ],
)
def test_what_a_link_cannot_have_is_refused(machine: Machine, fields: dict, answer: tuple[Errno, str]) -> None:
    net = machine.init_net
    add_veth(net, "v0", "v1")
    before = get(net, "v0")
    assert refused(net, NewLink(LinkMessage(ifindex=before.ifindex, **fields))) == answer
    assert get(net, "v0") == before


def test_deleting_a_group_takes_its_links_with_their_peers(machine: Machine) -> None:
    net = machine.init_net
    add_veth(net, "a0", "a1", group=7, peer_fields={"group": 7})
    add_veth(net, "b0", "b1", group=7)
    add_veth(net, "c0", "c1")
    rtnetlink_rcv_msg(net, DelLink(LinkMessage(group=7)))
    assert list(indexes(net)) == ["lo", "c1", "c0"]


def test_a_namespace_that_goes_takes_its_veths_and_their_other_ends(machine: Machine) -> None:
    net, a = machine.init_net, add_namespace(machine, "a")
    add_veth(net, "v0", "v1", peer_fields={"netns": a})
    add_veth(net, "w0", "w1")
    del_namespace(machine, "a")
    assert list(indexes(net)) == ["lo", "w1", "w0"]
    assert "a" not in machine.namespaces


def test_made_up_addresses_are_local_unicast_and_the_same_on_every_run() -> None:
    def addresses() -> list[bytes]:
        net = boot().init_net
        add_veth(net, "v0", "v1")
        add_veth(net, "w0", "w1")
        return [get(net, name).address for name in ("v0", "v1", "w0", "w1")]

    first = addresses()
    assert first == addresses()
    assert len(set(first)) == 4
    assert all(address[0] & 3 == 2 for address in first)


def test_a_request_that_nobody_answers_is_not_supported(machine: Machine) -> None:
    assert refused(machine.init_net, GetLink(family=10, name="nope"))[0] is Errno.ENODEV
