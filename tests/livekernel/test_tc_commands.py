"""Filters that tc lists, written as commands again: the model's tc, which lists as the real one does, takes both."""

import re

import pytest

from webapp.lab.lab import Lab
from webapp.livekernel.tc_commands import filters

FILTERS = (
    "protocol ip pref 1 u32 match ip dst 10.0.0.3/32 action mirred egress redirect dev v1",
    "protocol ip pref 1 u32 match ip src 10.0.0.0/8 match ip protocol 17 0xff action mirred ingress mirror dev v1",
    "protocol all pref 2 u32 match u32 0 0 at -12 flowid 1:2",
    "protocol ip pref 3 u32 match mark 5 0xff action ok",
    "protocol all pref 1 matchall action drop",
    "protocol all pref 1 matchall action mirred egress redirect dev v1 pass",
    "protocol all pref 1 matchall action skbedit mark 5 pipe action skbedit priority 1:2 action ok",
    "protocol all pref 1 matchall action vlan push id 7 protocol 802.1ad priority 3 pipe action mirred egress mirror dev v1",  # noqa: E501
    "protocol all pref 1 matchall action vlan pop pipe",
    "protocol all pref 1 chain 7 matchall action goto chain 9",
    "protocol ip pref 1 matchall action nat ingress 10.0.0.0/24 192.0.2.1 pass",
    "protocol ip pref 1 matchall action csum ip4h and udp pipe",
    "protocol all pref 1 matchall action police rate 1Mbit burst 10k conform-exceed drop/pipe",
    'protocol all pref 1 matchall action simple sdata "seen here"',
    "protocol all pref 1 matchall action skbmod set dmac 02:00:00:00:00:09 swap mac pipe",
    "protocol ip pref 1 matchall action pedit ex munge ip dst set 10.0.0.9 munge ip ttl add 255 pipe action csum ip4h",
    "protocol ip pref 1 matchall action pedit ex munge eth src set 02:00:00:00:00:01 munge eth dst set 02:00:00:00:00:02",  # noqa: E501
    "protocol ip pref 1 matchall action pedit ex munge udp dport set 53 munge tcp sport set 80",
    "protocol ip pref 1 matchall action pedit munge offset 8 u8 set 5 munge offset 12 u32 set 0x0a000001",
    "protocol all pref 1 matchall action gact drop random determ ok 5",
    "protocol ip pref 1 flower dst_ip 10.0.0.0/8 ip_proto tcp dst_port 80 tcp_flags 0x2/0x2 action drop",
    "protocol ip pref 1 flower skip_hw ip_proto icmp type 8 code 0 classid 1:1 action ok",
    "protocol arp pref 1 flower arp_op request arp_tip 10.0.0.1 action drop",
    "protocol 802.1Q pref 1 flower vlan_id 7 vlan_ethtype ipv4 dst_ip 10.0.0.1 action vlan pop",
    "protocol all pref 1 flower src_mac 02:00:00:00:00:01 ip_flags frag action drop",
    "protocol all pref 1 bpf bytecode '1,6 0 0 4294967295' action ok",
    "protocol all pref 1 bpf bytecode '4,48 0 0 23,21 0 1 17,6 0 0 2,6 0 0 0' da",
    "protocol ip pref 1 basic match 'cmp(u8 at 9 layer network eq 17)' action drop",
    "protocol all pref 1 handle 5/0xff fw classid 1:1 action ok",
    "protocol all pref 1 handle 6 fw action drop",
)  # fmt: skip

SETUP = """\
ip link add v0 type veth peer name v1
ip link add v2 type veth peer name v3
tc qdisc add dev v0 clsact
tc qdisc add dev v2 clsact
"""


def run(lab: Lab, command: str) -> str:
    (entry,) = lab.append(command)
    assert entry.code == 0, entry.output
    return entry.output


def shown(lab: Lab, dev: str) -> str:
    listing = run(lab, f"tc filter show dev {dev} ingress")
    return re.sub(r"\b(index|fh|ht|police) \S+", r"\1", listing)


@pytest.mark.parametrize("filter_", FILTERS)
def test_a_listed_filter_becomes_the_command_that_makes_it(filter_: str) -> None:
    lab = Lab()
    lab.append(SETUP)
    run(lab, f"tc filter add dev v0 ingress {filter_}")
    (found,) = filters(run(lab, "tc filter show dev v0 ingress"))
    assert found.problem == ""
    run(lab, f"tc filter add dev v2 ingress {found.command}")
    assert shown(lab, "v2") == shown(lab, "v0")


def test_tables_of_u32_and_what_links_to_them_come_back() -> None:
    lab = Lab()
    lab.append(SETUP)
    for line in (
        "protocol ip pref 5 handle 1: u32 divisor 4",
        "protocol ip pref 5 u32 ht 1:2: match ip dst 10.0.0.1/32 action drop",
        "protocol ip pref 5 u32 match ip protocol 6 0xff link 1: hashkey mask 0xff at 16 offset at 0 mask 0f00 shift 6",
    ):
        run(lab, f"tc filter add dev v0 ingress {line}")
    for found in filters(run(lab, "tc filter show dev v0 ingress")):
        run(lab, f"tc filter add dev v2 ingress {found.command}")
    assert sorted(shown(lab, "v2").splitlines()) == sorted(shown(lab, "v0").splitlines())


@pytest.mark.parametrize(
    ("listed", "problem"),
    [
        ("bpf chain 0 handle 0x1 p.o:[x] direct-action not_in_hw id 5 tag 00 jited\n", "eBPF"),
        ("cgroup chain 0 handle 0x1\n", "tc cgroup"),
        ("matchall chain 0 handle 0x1 \n\taction order 1: tunnel_key  unset pipe\n", "tunnel_key"),
    ],
)
def test_what_cannot_be_written_says_why(listed: str, problem: str) -> None:
    (found,) = filters(f"filter protocol all pref 1 {listed}")
    assert (found.command, problem in found.problem) == ("", True)
