"""Addresses of interfaces, and the routes that come and go with them."""

import pytest

from tests.kernel.ipv4.topology import Topology, address
from webapp.kernel.core.rtnetlink import rtnetlink_rcv_msg
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.addr_type import inet_addr_type
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import Address, DelAddress, DumpAddresses, DumpRoutes, Ifa, NewAddress, Rtn


def add(pair: Topology, local: str, prefixlen: int = 24, flags: NlmFlags = NlmFlags.CREATE | NlmFlags.EXCL) -> None:
    dev = pair.dev("a", "v0")
    rtnetlink_rcv_msg(pair.net("a"), NewAddress(Address(dev.ifindex, prefixlen, address(local)), flags))


def flags(pair: Topology) -> dict[bytes | None, bool]:
    """Addresses of v0 in their order: whether each is secondary."""
    return {item.local: bool(item.flags & Ifa.SECONDARY) for item in rtnetlink_rcv_msg(pair.net("a"), DumpAddresses())}


def routes(pair: Topology) -> set[tuple[Rtn, str]]:
    return {
        (route.type, ".".join(map(str, route.dst or bytes(4))) + f"/{route.dst_len}")
        for route in rtnetlink_rcv_msg(pair.net("a"), DumpRoutes())
    }


def test_a_second_address_of_a_subnet_is_secondary(pair: Topology) -> None:
    add(pair, "10.0.0.3")
    assert flags(pair) == {address("10.0.0.1"): False, address("10.0.0.3"): True}


def test_the_same_address_again_is_refused(pair: Topology) -> None:
    with pytest.raises(KernelError) as error:
        add(pair, "10.0.0.1")
    assert (error.value.errno, error.value.extack) == (Errno.EEXIST, "ipv4: Address already assigned")


def test_the_same_address_with_another_prefix_is_another_address(pair: Topology) -> None:
    add(pair, "10.0.0.1", 25)
    assert (Rtn.UNICAST, "10.0.0.0/25") in routes(pair)


def test_an_address_brings_its_own_its_subnet_s_and_its_broadcast_route(pair: Topology) -> None:
    assert routes(pair) == {
        (Rtn.LOCAL, "10.0.0.1/32"), (Rtn.UNICAST, "10.0.0.0/24"), (Rtn.BROADCAST, "10.0.0.255/32"),
    }  # fmt: skip


def test_secondaries_go_with_their_primary(pair: Topology) -> None:
    add(pair, "10.0.0.3")
    pair.run("ip -n a addr del 10.0.0.1/24 dev v0")
    assert flags(pair) == {}
    assert routes(pair) == set()


def test_promote_secondaries_makes_the_next_one_primary(pair: Topology) -> None:
    pair.run("ip netns exec a sysctl -qw net.ipv4.conf.v0.promote_secondaries=1")
    add(pair, "10.0.0.3")
    pair.run("ip -n a addr del 10.0.0.1/24 dev v0")
    assert flags(pair) == {address("10.0.0.3"): False}
    assert (Rtn.UNICAST, "10.0.0.0/24") in routes(pair)
    assert (Rtn.LOCAL, "10.0.0.1/32") not in routes(pair)


def test_deleting_an_unknown_address_is_refused(pair: Topology) -> None:
    wanted = Address(pair.dev("a", "v0").ifindex, 24, address("10.9.0.1"))
    with pytest.raises(KernelError) as error:
        rtnetlink_rcv_msg(pair.net("a"), DelAddress(wanted))
    assert error.value.errno is Errno.EADDRNOTAVAIL


@pytest.mark.parametrize(
    ("wanted", "errno"),
    [
        (Address(2, 33, address("10.9.0.1")), Errno.EINVAL),
        (Address(2, 24), Errno.EINVAL),
        (Address(99, 24, address("10.9.0.1")), Errno.ENODEV),
        (Address(2, 24, address("10.9.0.1"), valid_lft=5, preferred_lft=6), Errno.EINVAL),
        (Address(2, 24, address("10.0.0.9"), scope=253), Errno.EINVAL),
    ],
)
def test_what_cannot_be_is_refused(pair: Topology, wanted: Address, errno: Errno) -> None:
    with pytest.raises(KernelError) as error:
        rtnetlink_rcv_msg(pair.net("a"), NewAddress(wanted))
    assert error.value.errno is errno


def test_an_address_with_a_lifetime_is_deprecated_and_then_gone(pair: Topology) -> None:
    pair.run("ip -n a addr add 10.9.0.1/24 dev v0 valid_lft 20 preferred_lft 10")
    pair.wait(11)
    assert Ifa.DEPRECATED in rtnetlink_rcv_msg(pair.net("a"), DumpAddresses())[1].flags
    pair.wait(10)
    assert list(flags(pair)) == [address("10.0.0.1")]
    assert (Rtn.UNICAST, "10.9.0.0/24") not in routes(pair)


def test_the_last_address_takes_all_routes_of_the_device_along(pair: Topology) -> None:
    pair.run("ip -n a route add 10.50.0.0/16 dev v0\nip -n a addr del 10.0.0.1/24 dev v0")
    assert routes(pair) == set()


def test_a_link_that_goes_down_keeps_only_local_routes(pair: Topology) -> None:
    pair.run("ip -n a route add 10.50.0.0/16 via 10.0.0.2\nip -n a link set v0 down")
    assert routes(pair) == {(Rtn.LOCAL, "10.0.0.1/32")}
    pair.run("ip -n a link set v0 up")
    assert routes(pair) == {
        (Rtn.LOCAL, "10.0.0.1/32"), (Rtn.UNICAST, "10.0.0.0/24"), (Rtn.BROADCAST, "10.0.0.255/32"),
    }  # fmt: skip


def test_what_an_address_is_to_a_host(pair: Topology) -> None:
    net = pair.net("a")
    kinds = {text: inet_addr_type(net, address(text)) for text in (
        "10.0.0.1", "10.0.0.255", "255.255.255.255", "0.0.0.0", "224.0.0.1", "10.0.0.9", "8.8.8.8",
    )}  # fmt: skip
    assert kinds == {
        "10.0.0.1": Rtn.LOCAL, "10.0.0.255": Rtn.BROADCAST, "255.255.255.255": Rtn.BROADCAST,
        "0.0.0.0": Rtn.BROADCAST, "224.0.0.1": Rtn.MULTICAST, "10.0.0.9": Rtn.UNICAST, "8.8.8.8": Rtn.UNICAST,
    }  # fmt: skip


def test_a_default_of_net_ipv4_conf_reaches_devices_that_were_not_set(pair: Topology) -> None:
    pair.run("ip -n a link add d0 type dummy\nip netns exec a sysctl -qw net.ipv4.conf.default.arp_ignore=2")
    sysctl = pair.net("a").sysctl
    assert sysctl["net.ipv4.conf.d0.arp_ignore"] == "2"
    assert sysctl["net.ipv4.conf.v0.arp_ignore"] == "0"


def test_ip_forward_is_said_to_every_device(pair: Topology) -> None:
    pair.run("ip netns exec a sysctl -qw net.ipv4.ip_forward=1")
    sysctl = pair.net("a").sysctl
    assert {sysctl[f"net.ipv4.conf.{name}.forwarding"] for name in ("all", "default", "v0", "lo")} == {"1"}
    assert sysctl["net.ipv4.conf.all.accept_redirects"] == "0"


@pytest.mark.parametrize("text", ["", "x", "1 2", "08", "1.0"])
def test_a_sysctl_takes_numbers_only(pair: Topology, text: str) -> None:
    with pytest.raises(KernelError) as error:
        pair.net("a").sysctl["net.ipv4.conf.v0.rp_filter"] = text
    assert error.value.errno is Errno.EINVAL


def test_a_sysctl_keeps_its_bounds(pair: Topology) -> None:
    with pytest.raises(KernelError):
        pair.net("a").sysctl["net.ipv4.ip_default_ttl"] = "256"
    pair.net("a").sysctl["net.ipv4.ip_default_ttl"] = "0x20"
    assert pair.net("a").sysctl["net.ipv4.ip_default_ttl"] == "32"


def test_a_sysctl_without_effect_in_the_model_takes_no_other_value(pair: Topology) -> None:
    sysctl = pair.net("a").sysctl
    sysctl["net.ipv4.conf.v0.bootp_relay"] = "0"
    with pytest.raises(KernelError) as error:
        sysctl["net.ipv4.conf.v0.bootp_relay"] = "1"
    assert error.value.errno is Errno.EOPNOTSUPP


def test_sysctls_follow_a_device_s_name_and_end(pair: Topology) -> None:
    pair.run("ip -n a link add d0 type dummy\nip -n a link set d0 name d1")
    assert "net.ipv4.conf.d1.rp_filter" in pair.net("a").sysctl
    assert "net.ipv4.conf.d0.rp_filter" not in pair.net("a").sysctl
    pair.run("ip -n a link del d1")
    assert "net.ipv4.conf.d1.rp_filter" not in pair.net("a").sysctl
