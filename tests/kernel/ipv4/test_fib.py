"""Routes and rules: what is taken, what is refused, and which one a packet gets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.ipv4.topology import ROUTER, Topology, address, build
from webapp.kernel.core.rtnetlink import rtnetlink_rcv_msg
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.addr_type import inet_addr_type
from webapp.kernel.ipv4.fib_rules import fib_lookup
from webapp.kernel.ipv4.flow import Flowi4
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import DumpRoutes, GetRoute, NewRoute, Route, Rtn, RtScope


def get(topology: Topology, netns: str, dst: str, mark: int = 0) -> Route:
    route: Route = rtnetlink_rcv_msg(topology.net(netns), GetRoute(address(dst), mark=mark))
    return route


def test_a_route_get_says_gateway_device_and_source(router: Topology) -> None:
    route = get(router, "a", "8.8.8.8")
    assert (route.gateway, route.oif, route.prefsrc) == (
        address("10.1.0.254"), router.dev("a", "va").ifindex, address("10.1.0.1"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "errno"),
    [
        ("blackhole", Errno.EINVAL), ("unreachable", Errno.EHOSTUNREACH), ("prohibit", Errno.EACCES),
    ],
)  # fmt: skip
def test_routes_that_refuse(router: Topology, kind: str, errno: Errno) -> None:
    router.run(f"ip -n a route add {kind} 10.7.0.0/24")
    with pytest.raises(KernelError) as error:
        get(router, "a", "10.7.0.1")
    assert error.value.errno is errno


def test_throw_goes_on_with_the_next_rule(router: Topology) -> None:
    router.run("""
ip -n a route add throw 10.7.0.0/24 table 9
ip -n a route add 10.7.0.0/16 via 10.1.0.253 table 9
ip -n a rule add lookup 9
""")
    assert get(router, "a", "10.7.0.1").gateway == address("10.1.0.254")
    assert get(router, "a", "10.7.1.1").gateway == address("10.1.0.253")


def test_the_lower_metric_is_taken(router: Topology) -> None:
    router.run("""
ip -n a route add 10.7.0.0/24 via 10.1.0.5 metric 20
ip -n a route add 10.7.0.0/24 via 10.1.0.6 metric 10
""")
    assert get(router, "a", "10.7.0.1").gateway == address("10.1.0.6")
    router.run("ip -n a route del 10.7.0.0/24 metric 10")
    assert get(router, "a", "10.7.0.1").gateway == address("10.1.0.5")


@pytest.mark.parametrize(
    ("command", "extack"),
    [
        ("10.4.0.0/24 via 10.99.0.1 dev va", "Nexthop has invalid gateway"),
        ("10.4.0.0/24 via 10.1.0.255", "Nexthop has invalid gateway"),
        ("10.4.0.0/24 dev va src 10.1.0.9", "Invalid prefsrc address"),
        ("10.14.0.1/24 via 10.1.0.254", "Invalid prefix for given prefix length"),
        ("blackhole 10.4.0.0/24 dev va", "Gateway, device and multipath can not be specified for this route type"),
        ("10.4.0.0/24 via 10.1.0.254 tos 1", "Invalid dsfield (tos): ECN bits must be 0"),
    ],
)
def test_what_cannot_be_is_refused(router: Topology, command: str, extack: str) -> None:
    assert extack in router.fails(f"ip -n a route add {command}")


def test_a_gateway_that_no_route_knows_is_taken_onlink(router: Topology) -> None:
    router.run("ip -n a route add 10.4.0.0/24 via 10.99.0.1 dev va onlink")
    assert get(router, "a", "10.4.0.1").gateway == address("10.99.0.1")


@pytest.mark.parametrize(
    ("flags", "left"),
    [
        (NlmFlags.CREATE | NlmFlags.REPLACE, ["10.1.0.9"]),
        (NlmFlags.CREATE | NlmFlags.APPEND, ["10.1.0.5", "10.1.0.9"]),
        (NlmFlags.CREATE, ["10.1.0.9", "10.1.0.5"]),
    ],
)
def test_replace_append_and_prepend(router: Topology, flags: NlmFlags, left: list[str]) -> None:
    router.run("ip -n a route add 10.7.0.0/24 via 10.1.0.5")
    rtnetlink_rcv_msg(router.net("a"), NewRoute(Route(address("10.7.0.0"), 24, gateway=address("10.1.0.9")), flags))
    dump = rtnetlink_rcv_msg(router.net("a"), DumpRoutes(table=254))
    assert [route.gateway for route in dump if route.dst == address("10.7.0.0")] == [address(text) for text in left]


def test_a_route_that_is_there_cannot_be_added_nor_one_that_is_not_changed(router: Topology) -> None:
    router.run("ip -n a route add 10.7.0.0/24 via 10.1.0.5")
    for flags, dst, errno in (
        (NlmFlags.CREATE | NlmFlags.EXCL, "10.7.0.0", Errno.EEXIST),
        (NlmFlags.REPLACE, "10.8.0.0", Errno.ENOENT),
    ):
        with pytest.raises(KernelError) as error:
            rtnetlink_rcv_msg(router.net("a"), NewRoute(Route(address(dst), 24, gateway=address("10.1.0.9")), flags))
        assert error.value.errno is errno


def test_a_mark_chooses_the_table(router: Topology) -> None:
    router.run("""
ip -n a route add default via 10.1.0.77 table 50
ip -n a rule add fwmark 0x5 lookup 50
""")
    assert get(router, "a", "10.2.0.1").gateway == address("10.1.0.254")
    assert get(router, "a", "10.2.0.1", mark=5).gateway == address("10.1.0.77")


def test_goto_skips_rules_and_suppress_prefixlength_skips_routes(router: Topology) -> None:
    router.run("""
ip -n a route add default via 10.1.0.77 table 50
ip -n a rule add priority 100 goto 300
ip -n a rule add priority 200 lookup 50
ip -n a rule add priority 300 lookup main suppress_prefixlength 0
ip -n a rule add priority 400 to 10.2.0.0/24 lookup 50
""")
    assert get(router, "a", "10.2.0.1").gateway == address("10.1.0.77")
    assert get(router, "a", "10.1.0.9").gateway is None
    assert get(router, "a", "8.8.8.8").gateway == address("10.1.0.254")


def test_without_the_local_rule_a_host_does_not_know_itself(router: Topology) -> None:
    router.run("ip -n r rule del priority 0")
    assert not router.answers("a", "10.1.0.254")


def test_linkdown_routes_are_passed_over_only_if_the_sysctl_says_so(router: Topology) -> None:
    router.run("ip -n a route add default via 10.1.0.254 metric 5 table 7\nip -n r link set ra down")
    assert "linkdown" in router.run("ip -n a route")
    assert get(router, "a", "10.2.0.1").gateway == address("10.1.0.254")
    router.run("ip netns exec a sysctl -qw net.ipv4.conf.va.ignore_routes_with_linkdown=1")
    with pytest.raises(KernelError) as error:
        get(router, "a", "10.2.0.1")
    assert error.value.errno is Errno.ENETUNREACH
    router.run("ip -n r link set ra up")
    assert get(router, "a", "10.2.0.1").gateway == address("10.1.0.254")


def test_of_several_next_hops_each_gets_its_share(router: Topology) -> None:
    router.run("ip -n a route add 10.9.0.0/16 nexthop via 10.1.0.2 nexthop via 10.1.0.3 weight 3")
    chosen = [get(router, "a", f"10.9.{i}.{j}").gateway for i in range(20) for j in range(1, 11)]
    assert 20 <= chosen.count(address("10.1.0.2")) <= 80
    assert chosen.count(address("10.1.0.2")) + chosen.count(address("10.1.0.3")) == 200


PREFIXES = st.lists(
    st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32), st.integers(2, 250)), min_size=1, max_size=30
)


@settings(max_examples=40)
@given(PREFIXES, st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20), st.booleans())
def test_the_longest_prefix_wins(prefixes: list[tuple[int, int, int]], asked: list[int], custom_rules: bool) -> None:
    topology = build(ROUTER)
    net = topology.net("a")
    oif = topology.dev("a", "va").ifindex
    routes: dict[tuple[int, int], int] = {}
    for network, plen, host in {(dst >> (32 - plen) << (32 - plen), plen, host) for dst, plen, host in prefixes}:
        route = Route(network.to_bytes(4, "big"), plen, oif=oif, priority=host, scope=RtScope.LINK, type=Rtn.UNICAST)
        rtnetlink_rcv_msg(net, NewRoute(route, NlmFlags.CREATE))
        routes[plen, network] = min(host, routes.get((plen, network), 999))
    if custom_rules:
        topology.run("ip -n a rule add from 1.2.3.4 lookup 9")
    for key in [*asked, *(dst for dst, _, _ in prefixes)]:
        fitting = [
            (plen, -host) for (plen, network), host in routes.items() if key >> (32 - plen) << (32 - plen) == network
        ]
        result = fib_lookup(net, Flowi4(key.to_bytes(4, "big")))
        own = key in (0x0A010001, 0x0A0100FF) or key >> 8 == 0x0A0100
        if fitting and not own and max(fitting)[0] > 0:
            assert (result.prefixlen, -result.info.priority) == max(fitting)


def test_in_a_namespace_that_never_had_an_address_every_address_is_broadcast() -> None:
    net = build("ip netns add a").net("a")
    assert inet_addr_type(net, b"\x0a\x00\x00\x01") == Rtn.BROADCAST
