"""Operations one by one: what they do to a script, to the character."""

import time

import pytest

from webapp.lab.builtin import builtin
from webapp.workshop.document import apply
from webapp.workshop.edit import edit
from webapp.workshop.operations import (
    AddAddress,
    AddChain,
    AddCommand,
    AddDevice,
    AddFilter,
    AddNamespace,
    AddNeighbour,
    AddProbe,
    AddRoute,
    AddRule,
    AddVeth,
    AddVxlan,
    Arrange,
    Colour,
    Delete,
    Enslave,
    Item,
    MoveDevice,
    OperationError,
    Paste,
    Redirect,
    Rename,
    SetForwarding,
    SetLink,
)

NO_IPV6 = "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1"

PAIR = """\
ip netns add a
ip netns add b
ip link add v0 netns a type veth peer name v1 netns b
ip -n a link set v0 up   # the left end
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1

ip netns exec a ping -c 1 -W 1 10.0.0.2
"""


def after(script, *operations):
    for operation in operations:
        script = apply(script, edit(script, operation).changes)
    return script


def refusal(script, operation):
    with pytest.raises(OperationError) as error:
        edit(script, operation)
    return str(error.value)


ROUTER = """\
ip netns add a
ip netns add r
ip netns add b
ip link add a0 netns a type veth peer name r0 netns r
ip link add b0 netns b type veth peer name r1 netns r
ip -n a link set a0 up
ip -n r link set r0 up
ip -n r link set r1 up
ip -n b link set b0 up
ip -n a addr add 10.0.1.2/24 dev a0
ip -n r addr add 10.0.1.1/24 dev r0
ip -n r addr add 10.0.2.1/24 dev r1
ip -n b addr add 10.0.2.2/24 dev b0
ip -n a route add default via 10.0.1.1
"""
FORWARDS = "ip netns exec r sysctl -qw net.ipv4.ip_forward=1\n"
BACK = "ip -n b route add default via 10.0.2.1\n"


@pytest.mark.parametrize(
    ("script", "target"),
    [
        (ROUTER + FORWARDS + BACK, "10.0.2.2"),  # the host behind the router
        (ROUTER + FORWARDS, "10.0.1.1"),  # which has no way to answer
        (ROUTER + BACK, "10.0.1.1"),  # and that one is no router, but the next host
    ],
)
def test_a_probe_goes_to_a_host_that_can_answer(script, target):
    assert edit(script, AddProbe("a", "ping")).commands == (f"ip netns exec a ping -c 1 -W 1 {target}",)


def test_three_drags_give_two_hosts_that_ping():
    script = after("", AddNamespace("host"), AddNamespace("host"), AddVeth("host", "h2"), AddProbe("host", "ping"))
    assert script == (
        f"ip netns add host\nip netns exec host {NO_IPV6}\n"
        f"ip netns add h2\nip netns exec h2 {NO_IPV6}\n"
        "ip link add eth0 netns host type veth peer name eth0 netns h2\n"
        "ip -n host link set eth0 up\nip -n host addr add 10.0.0.1/24 dev eth0\n"
        "ip -n h2 link set eth0 up\nip -n h2 addr add 10.0.0.2/24 dev eth0\n"
        "\nip netns exec host ping -c 1 -W 1 10.0.0.2\n"
    )


def test_a_container_gets_a_cable_addresses_and_a_route():
    found = edit(PAIR, AddNamespace("container", host="a"))
    assert found.commands == (
        "ip netns add c1",
        f"ip netns exec c1 {NO_IPV6}",
        "ip link add vethc1 netns a type veth peer name eth0 netns c1",
        "ip -n a link set vethc1 up",
        "ip -n a addr add 10.0.1.1/24 dev vethc1",
        "ip -n c1 link set eth0 up",
        "ip -n c1 addr add 10.0.1.2/24 dev eth0",
        "ip -n c1 route add default via 10.0.1.1",
    )
    (change,) = found.changes
    assert change.start == change.end == PAIR.index("\nip netns exec a ping")


def test_a_port_of_a_bridge_has_no_address_and_its_peer_one_of_the_bridges_subnet():
    bridged = after(PAIR, AddDevice("a", "bridge"), AddAddress(("a", "br0"), "10.5.0.1/16"))
    assert edit(bridged, AddVeth("a", "b", a_bridge="br0")).commands == (
        "ip link add vethb netns a type veth peer name eth0 netns b",
        "ip -n a link set vethb master br0",
        "ip -n a link set vethb up",
        "ip -n b link set eth0 up",
        "ip -n b addr add 10.5.0.2/16 dev eth0",
    )


def test_a_chain_joins_the_ruleset_of_its_namespace():
    redirect = builtin("redirect").script
    (change,) = edit(redirect, AddChain("host", "vethh", "nft ingress")).changes
    assert change.insert == '\tchain ingress { type filter hook ingress device "vethh" priority filter; counter; }\n'
    assert redirect[: change.start].endswith('"vethh" priority filter; counter; }\n')


def test_a_chain_on_a_device_that_is_made_later_gets_a_ruleset_of_its_own():
    script = after(builtin("redirect").script, AddDevice("host", "dummy"))
    assert edit(script, AddChain("host", "dummy0", "nft egress")).commands == (
        (
            "ip netns exec host nft -f - <<'X'\ntable netdev t {\n"
            '\tchain egress { type filter hook egress device "dummy0" priority filter; counter; }\n}\nX'
        ),
    )


def test_a_chain_is_written_as_the_table_writes_its_chains():
    script = PAIR + "ip netns exec a nft -f - <<'X'\ntable netdev t {\n\tchain i {\n"
    script += '\t\ttype filter hook ingress device "v0" priority 0;\n\t\tcounter\n\t}\n}\nX\n'
    (change,) = edit(script, AddChain("a", "v0", "nft egress", "counter\ndrop")).changes
    assert change.insert == (
        '\tchain egress {\n\t\ttype filter hook egress device "v0" priority filter;\n\t\tcounter\n\t\tdrop\n\t}\n'
    )


def test_a_rule_that_nft_refuses_is_refused_in_its_words():
    assert "syntax error" in refusal(PAIR, AddChain("a", "v0", "nft ingress", "no rule"))
    assert refusal(PAIR, AddFilter(("a", "v0"), "egress", "nothing")).startswith("Error: TC classifier not found.")


CHAIN = f"""{PAIR}ip netns exec a nft -f - <<'X'
table netdev t {{
	chain i {{ type filter hook ingress device "v0" priority filter; counter; }}
}}
X
"""


def test_a_rule_goes_to_the_end_of_its_chain_in_quotes_where_the_shell_would_read_it():
    plain = after(CHAIN, AddRule("a", "netdev", "t", "i", "ip daddr 10.0.0.9\n counter drop"))
    assert "\nip netns exec a nft add rule netdev t i ip daddr 10.0.0.9 counter drop\n" in plain
    quoted = after(CHAIN, AddRule("a", "netdev", "t", "i", 'ip daddr { 10.0.0.9 } log prefix "it\'s" drop'))
    assert "nft 'add rule netdev t i ip daddr { 10.0.0.9 } log prefix \"it'\\''s\" drop'\n" in quoted


def test_a_rule_that_is_none_is_refused_in_nfts_words():
    assert refusal(CHAIN, AddRule("a", "netdev", "t", "i", "countr")).startswith("Error: syntax error")
    assert "No such file or directory" in refusal(CHAIN, AddRule("a", "netdev", "t", "none", "counter"))
    assert "syntax error" in refusal(CHAIN, AddRule("a", "netdev", "t", "i", ""))


def test_a_redirect_in_tc_becomes_one_in_nft_and_back():
    tc = builtin("redirect").script
    nft = after(tc, Redirect(("host", "eth0"), "ingress", "vethh", "nft"))
    assert "filter add dev eth0 ingress" not in nft
    assert "tc -n host qdisc add dev eth0 clsact" not in nft
    assert 'device "eth0" priority filter; ip daddr 10.0.0.3 counter fwd to "vethh"; }' in nft
    again = after(nft, Redirect(("host", "eth0"), "ingress", "vethh", "tc"))
    assert "fwd" not in again.partition("nft -f")[2]
    assert (
        "tc -n host filter add dev eth0 ingress protocol ip pref 10 "
        "u32 match ip dst 10.0.0.3/32 action mirred egress redirect dev vethh\n"
    ) in again


def test_a_redirect_elsewhere_is_another_one():
    script = after(PAIR, AddDevice("a", "dummy"), AddDevice("a", "dummy"))
    one = Redirect(("a", "v0"), "ingress", "dummy0", "nft", match="10.1.0.0/24")
    other = Redirect(("a", "v0"), "ingress", "dummy1", "tc", match="10.2.0.0/24")
    script = after(script, one, other)
    assert 'ip daddr 10.1.0.0/24 counter fwd to "dummy0"' in script
    assert "match ip dst 10.2.0.0/24 action mirred egress redirect dev dummy1" in script


def test_a_redirect_of_the_same_layer_is_changed_in_its_place():
    script = builtin("redirect").script
    (change,) = edit(script, Redirect(("host", "eth0"), "ingress", "vethh", "tc", into="ingress", mirror=True)).changes
    assert change.insert == "u32 match ip dst 10.0.0.3/32 action mirred ingress mirror dev vethh"


def test_a_namespace_goes_with_all_that_cannot_be_without_it():
    script = after(builtin("fwd").script, Delete((Item("namespace", "container"),)))
    assert "container" not in script.split("\n", 2)[2]
    assert "vethh" not in script.split("\n", 2)[2]
    assert "nft -f" not in script
    assert script.count("ping") == 1


def test_a_device_of_several_leaves_the_chain_to_the_others():
    script = PAIR + "ip -n a link add d0 type dummy\nip netns exec a nft -f - <<'X'\ntable netdev t {\n"
    script += "\tchain i { type filter hook ingress devices = { v0, d0 } priority 0; counter; }\n}\nX\n"
    assert after(script, Delete((Item("device", "a", "d0"),))).endswith(
        "devices = { v0 } priority 0; counter; }\n}\nX\n"
    )
    assert after(script, Delete((Item("hook", "a", "v0", "nft ingress"),))).endswith(
        "devices = { d0 } priority 0; counter; }\n}\nX\n"
    )


def test_where_leaving_out_is_not_enough_a_command_is_added():
    script = "ip link add type dummy\nip link add type dummy\nip -br link\n"
    assert after(script, Delete((Item("device", "", "dummy0"),))) == (
        "ip link add type dummy\nip link add type dummy\nip link del dummy0\nip -br link\n"
    )


def test_a_probe_goes_with_its_listener():
    script = after(PAIR, AddProbe("a", "tcp", port=8080))
    assert (
        "ip netns exec b nc -l 8080 &\nsleep 0.2\nip netns exec a nc -N -w 1 10.0.0.2 8080 <<'X'\nhello\nX\n" in script
    )
    assert after(script, Delete((Item("probe", "", probe=2),))) == PAIR
    assert refusal(PAIR, Delete((Item("probe", "", probe=9),))) == "The lab has no probe number 9."


def test_a_list_of_commands_loses_only_those_that_go():
    script = (
        "ip netns add a && ip -n a link add d0 type dummy && ip netns add b; ip -n a link set d0 up; ip netns add c\n"
    )
    assert after(script, Delete((Item("device", "a", "d0"),))) == ("ip netns add a && ip netns add b; ip netns add c\n")


def test_a_name_changes_where_it_means_the_thing():
    script = PAIR + "echo a v0\n# a and v0\nip netns exec a mausezahn 'v0' -q -c 1 \"00 v0\"\n"
    script += "ip netns exec a nft -f - <<'X'\ntable inet v0 {\n\tset a { type ifname; elements = { \"v0\" } }\n"
    script += '\tchain c { type filter hook input priority 0; iifname { v0, x } meta oifname "v0" accept; }\n}\nX\n'
    renamed = after(script, Rename(Item("device", "a", "v0"), "lan"))
    assert renamed == (
        script.replace("add v0", "add lan").replace("set v0", "set lan").replace("dev v0", "dev lan")
        .replace("'v0'", "'lan'").replace('{ "v0" }', '{ "lan" }').replace("{ v0,", "{ lan,")
        .replace('oifname "v0"', 'oifname "lan"')
    )  # fmt: skip
    assert after(renamed, Rename(Item("namespace", "a"), "left")).count(" left ") == 7


def test_a_name_is_that_of_its_namespace_and_time():
    script = "ip netns add a\nip netns add b\nip link add x type veth peer name y\nip link set x netns a\n"
    script += "ip -n b link add x type dummy\nip -n a link set x up\n"
    assert after(script, Rename(Item("device", "a", "x"), "z")) == (
        script.replace("add x type veth", "add z type veth").replace("set x", "set z")
    )


@pytest.mark.parametrize("name", ["", "a b", "a;b", "$(x)", "'", "../x", "-n", "x" * 65])
def test_a_name_that_would_not_stand_in_a_script_is_refused(name):
    assert refusal(PAIR, Rename(Item("namespace", "a"), name))
    assert refusal(PAIR, Rename(Item("device", "a", "v0"), name))


def test_a_device_moves_where_it_is_made():
    moved = after("ip netns add c\n" + PAIR, MoveDevice(("b", "v1"), "c"))
    assert "peer name v1 netns c\n" in moved
    assert "ip -n c link set v1 up\nip -n a addr add 10.0.0.1/24 dev v0\nip -n c addr add 10.0.0.2/24 dev v1\n" in moved


def test_a_device_gets_another_name_where_its_own_is_taken():
    script = after(
        "", AddNamespace("host"), AddNamespace("host"), AddVeth("host", "h2"), AddNamespace("container", host="h2")
    )
    moved = edit(script, MoveDevice(("c1", "eth0"), "host"))
    assert moved.made == (Item("device", "host", "eth1"),)


def test_a_ports_bridge_changes_in_the_script():
    script = after(PAIR, AddDevice("a", "bridge"), AddDevice("a", "bridge"), Enslave(("a", "v0"), "br0"))
    other = after(script, Enslave(("a", "v0"), "br1"))
    assert "master br0" not in other
    assert "ip -n a link set v0 master br1\n" in other
    assert "master" not in after(other, Enslave(("a", "v0"), ""))


def test_down_is_up_taken_back_and_forwarding_goes_as_it_came():
    assert "ip -n b link set v1 up\n" not in after(PAIR, SetLink(("b", "v1"), up=False))
    assert after(PAIR, SetForwarding("a", on=True), SetForwarding("a", on=False)) == PAIR


def test_a_neighbour_has_an_address_that_the_script_gives():
    assert edit(PAIR, AddNeighbour(("a", "v0"))).commands == (
        "ip -n b link set v1 address 02:00:00:00:00:01",
        "ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:01 dev v0",
    )


def test_a_route_leads_over_the_first_cable():
    assert edit(PAIR, AddRoute("a")).commands == ("ip -n a route add default via 10.0.0.2",)
    assert edit(PAIR, AddRoute("a", "10.9.0.1/24")).commands == ("ip -n a route add 10.9.0.0/24 via 10.0.0.2",)


def test_what_is_typed_runs_in_its_namespace_and_stands_where_it_belongs():
    assert edit(PAIR, AddCommand("a", "ip link add d0 type dummy; nft list ruleset")).commands == (
        "ip -n a link add d0 type dummy; ip netns exec a nft list ruleset",
    )
    assert after(PAIR, AddCommand("b", "tc qdisc")) == PAIR + "tc -n b qdisc\n"
    assert after(PAIR, AddCommand("", "ip netns add c")).splitlines()[7] == "ip netns add c"


def test_marks_of_the_picture_are_comments_at_the_end():
    script = after(PAIR, Arrange((("b",), ("a", ""))), Colour("a", 3))
    assert script == PAIR + "#: rows b / a -\n#: colour a 3\n"
    assert (
        after(script, AddProbe("a", "ping")) == after(PAIR, AddProbe("a", "ping")) + "#: rows b / a -\n#: colour a 3\n"
    )
    assert after(script, Rename(Item("namespace", "a"), "z")).endswith("#: rows b / z -\n#: colour z 3\n")
    assert after(script, Delete((Item("namespace", "a"),))).endswith("#: rows b / -\n")
    assert after(script, Colour("a", 0), Arrange(())) == PAIR


@pytest.mark.parametrize(
    "operation",
    [
        AddVeth("a", "nowhere"),
        AddVeth("a", "b", a_bridge="v0"),
        AddDevice("a", "vlan"),
        AddDevice("a", "dummy", "v0"),
        AddVxlan(("a", "v0"), ("b", "lo")),
        AddVxlan(("a", "v0"), ("a", "v0")),
        Enslave(("a", "v0"), "lo"),
        MoveDevice(("a", "lo"), "b"),
        AddChain("a", "v0", "tc ingress"),
        AddChain("a", "v9", "nft ingress"),
        AddFilter(("a", "v9"), "ingress"),
        Redirect(("a", "v0"), "ingress", "v1", "tc"),
        Redirect(("a", "v0"), "ingress", "lo", "tc", match="everything"),
        AddAddress(("a", "v0"), "10.0.0"),
        AddRoute("a", "nowhere"),
        AddProbe("a", "raw", raw="zz"),
        AddProbe("a", "raw", raw="00"),
        AddProbe("a", "ping", to="$(reboot)"),
        AddProbe("b", "ping", to="; true"),
        AddCommand("a", "for x in y; do z; done"),
        Delete((Item("namespace", ""),)),
        Delete((Item("namespace", "x"),)),
        Delete((Item("device", "a", "lo"),)),
        Delete((Item("hook", "a", "v0", "nft ingress"),)),
        Delete((Item("hook", "a", "v0", "tc ingress"),)),
        Rename(Item("namespace", "a"), "b"),
        Rename(Item("device", "a", "lo"), "b"),
        Paste("ip -n nowhere link set x up\n"),
        Paste("if"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_refused_with_a_sentence(operation):
    assert refusal(PAIR, operation).strip()


def test_a_script_that_cannot_be_read_says_where():
    assert refusal("ip netns add a\nif x; then\n", AddNamespace("host")).startswith("Line 2 of the script")


def test_blocks_without_a_name_are_nobodys():
    script = PAIR + "ip netns exec a nft -f - <<'X'\ntable {\n\tchain {\n\t}\n}\ntable t {\n\tchain {\n\t}\n}\nX\n"
    assert "table netdev t {" in after(script, AddChain("a", "v0", "nft egress"))


def test_a_command_without_a_program_goes_with_its_namespace():
    script = PAIR + "ip netns exec a\ntimeout 1\nip -n a\n"
    assert "exec a\n" not in after(script, Delete((Item("namespace", "a"),)))


HOSTILE = {
    "deep": "nft -f - <<'X'\n" + "table a {" * 9000 + "\nX\n",
    "many tables": "nft -f - <<'X'\n" + "table netdev t { chain c { fwd fwd fwd\n" * 2000 + "\nX\n",
    "many words": "ip link add " + "dev x " * 15000 + "\n",
    "many addresses": "".join(f"ip addr add 10.{n % 256}.{n // 256}.1/24 dev lo\n" for n in range(1500)),
    "many quotes": "echo " + "'a'\"b\" " * 10000 + "\n",
    "for ever": "ping 127.0.0.1\n" * 50 + "sleep 100000\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_script_takes_the_server_away(name):
    started = time.process_time()
    for operation in (AddNamespace("container", host=""), AddChain("", "lo", "nft ingress"), Arrange((("a",),))):
        try:
            edit(HOSTILE[name], operation)
        except OperationError:
            continue
    assert time.process_time() - started < 10
