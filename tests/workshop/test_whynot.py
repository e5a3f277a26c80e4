"""Why a hook was not met: the function that decided, and edits after which the model does come there."""

from functools import cache

import pytest

from tests.kit import lab as case
from webapp.kernel.version import DEFAULT_VERSION
from webapp.lab.builtin import builtin
from webapp.lab.lab import Lab
from webapp.workshop import remedies
from webapp.workshop.document import apply
from webapp.workshop.journey import Place
from webapp.workshop.operations import OperationError
from webapp.workshop.questions import Remedy
from webapp.workshop.remedies import MOST, TRIED, failures, reached
from webapp.workshop.report import place, report
from webapp.workshop.whynot import WhyNot, why_not

PAIR = """\
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
"""
PING = "ip netns exec a ping -c 1 -W 1 10.0.0.2\n"
INPUT = """\
ip netns exec b nft add table ip f
ip netns exec b nft 'add chain ip f in { type filter hook input priority 0; }'
"""
POLICY = """\
ip netns exec b nft add table ip f
ip netns exec b nft 'add chain ip f in { type filter hook prerouting priority 0; policy drop; }'
"""

LABS = {
    "no-device": PAIR + "ip -n c link set nosuch up\nip -n b link set v1 down\n" + PING,
    "pair": PAIR + PING,
    "down": PAIR.replace("ip -n b link set v1 up\n", "") + PING,
    "ip6-chain": PAIR + INPUT.replace(" ip ", " ip6 ") + "ip netns exec b nft add rule ip6 f in counter\n" + PING,
    "rp-filter": PAIR
    + "ip netns exec b sysctl -qw net.ipv4.conf.all.rp_filter=1\nip -n a addr add 10.7.0.1/32 dev v0\n"
    + "ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0\n"
    + PING.replace("-W 1", "-W 1 -I 10.7.0.1"),
    "unreachable": PAIR + "ip -n b addr add 10.9.0.1/24 dev v1\nip netns exec a ping -c 1 -W 1 10.9.0.1\n",
    "too-late": PAIR + PING + INPUT,
    "policy": PAIR + POLICY + PING,
    "nobody-answers": PAIR + PING.replace("10.0.0.2", "10.0.0.9"),
    "island": PAIR + "ip netns add c\nip -n c link add d0 type dummy\nip -n c link set d0 up\n" + PING,
}  # fmt: skip


def script_of(name: str) -> str:
    if name in LABS:
        return LABS[name]
    found = builtin(name)
    return found.script if found is not None else case(name).read_text()


@cache
def asked(name: str, probe: int, hook: str) -> WhyNot:
    return why_not(script_of(name), probe, place(hook))


# What decided: the lab, its probe, the hook, and the title and a part of the text of the decision.
DECIDED = [
    ("redirect", 0, "host/vethh/nft-egress", "tcf_mirred_act", "egress of host/vethh, inside tc"),
    ("redirect", 0, "host/eth0/nft-ingress", "tcf_mirred_act", "egress of host/vethh, inside tc"),
    ("redirect", 0, "host/prerouting", "tcf_mirred_act", "inside tc"),
    ("fwd", 0, "host/prerouting", "nft_fwd_netdev_eval", "out of host/vethh from netfilter"),
    ("002-egress-nft-before-tc", 0, "b/v1/nft-ingress", "tc egress on a/v0", "TC_ACT_SHOT"),
    ("007-ingress-nft-drop", 0, "b/input", "nft ingress on b/v1", "`icmp type echo-request counter drop` (handle 2)"),
    ("106-stateful-firewall", 1, "a/input", "forward on r/ra", "its policy did: `NF_DROP`"),
    ("072-forward-off", 0, "r/forward", "ip_error", "`net.ipv4.ip_forward` 0"),
    (
        "023-nft-fwd-at-egress", 0, "c/prerouting", "ip_rcv_core",
        "is for 02:00:00:00:00:02; c/vethc's address is 02:00:00:00:00:04",
    ),
    ("080-arp-dropped-at-egress", 0, "b/prerouting", "nft egress on a/v0", "arp operation request counter drop"),
    (
        "082-neighbour-failure-forwarded", 0, "b/prerouting", "arp_error_report",
        "address of 10.2.0.9 on r/rb is not known",
    ),
    ("311-flowtable.vm", 2, "r/forward", "nf_flow_offload_ip_hook", "sent it on to r/rb from here"),
    ("060-bridge-plain", 0, "s/prerouting", "br_flood", "`bridge-nf-call-iptables` is 0"),
    ("060-bridge-plain", 0, "s/br0/nft-ingress", "br_flood", "by its MAC address"),
    ("086-lo-down", 0, "a/lo/nft-ingress", "__dev_queue_xmit", "a/lo is down"),
    ("086-lo-down", 1, "a/lo/nft-ingress", "ping", "sent no packet"),
    ("074-forward-mtu-df", 1, "r/forward", "ip_forward", "`PKT_TOO_BIG`"),
    ("001-plain", 0, "a/arp-out", "neigh_resolve_output", "10.0.0.2 is known to be at 02:00:00:00:00:02 (`PERMANENT`)"),
    ("056-egress-udp-port-set", 0, "a/output", "packet_snd", "`AF_PACKET`"),
    ("106-stateful-firewall", 1, "r/rb/nft-egress", "ip_route_input_noref", "the route to 10.1.0.1: `10.1.0.1 dev ra`"),
    ("ip6-chain", 0, "b/input", "nf_hook", "`chain ip6 f in`"),
    ("rp-filter", 0, "b/input", "ip_rcv", "`rp_filter`: a packet from 10.7.0.1 is not expected on b/v1"),
    ("policy", 0, "b/input", "prerouting on b/v1", "no rule of chain `ip f in` decided"),
    ("pair", 0, "a/v0/nft-egress", "nf_hook_egress", "static key is off"),
    ("down", 0, "b/v1/tc-ingress", "__dev_queue_xmit", "a/v0 is up, without a carrier"),
    (
        "nobody-answers", 0, "b/prerouting", "__neigh_event_send",
        "10.0.0.9 on a/v0 is not known; nobody answered for it. The request was last seen at b/v1",
    ),
    ("unreachable", 0, "b/input", "ping", "sent no packet"),
    ("island", 0, "c/d0/nft-egress", "No way leads there", "no cable and no route"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "probe", "hook", "title", "text"), DECIDED)
def test_the_first_decision_that_turned_the_packet_away_is_named(
    name: str, probe: int, hook: str, title: str, text: str
) -> None:
    answer = asked(name, probe, hook)
    (decided,) = [reason for reason in answer.reasons if reason.decided]
    assert not answer.reached
    assert (decided.title, text in decided.text) == (title, True), decided


@pytest.mark.parametrize(("name", "probe", "hook"), [row[:3] for row in DECIDED])
def test_every_remedy_leads_there_when_its_script_is_run_anew(name: str, probe: int, hook: str) -> None:
    script = script_of(name)
    before = Lab()
    before.append(script)
    answer = asked(name, probe, hook)
    assert len(answer.remedies) <= MOST
    assert answer.tried <= TRIED
    for remedy in answer.remedies:
        assert apply(script, remedy.changes) == remedy.script
        lab = Lab(record=True)
        lab.append(remedy.script)
        probes = [entry.probe for entry in lab.entries if entry.probe is not None]
        assert reached(probes[probe], Place(*remedy.hook)), remedy
        assert failures(lab.entries) <= failures(before.entries), remedy
        assert why_not(remedy.script, probe, Place(*remedy.hook)).reached


def test_the_commit_s_redirect_is_told_in_the_kernel_s_terms() -> None:
    hit, sent, passed = asked("redirect", 0, "host/vethh/nft-egress").reasons
    assert (hit.title, hit.text) == (
        "tc ingress on host/eth0", "`u32 match ip dst 10.0.0.3/32` matched. `nf_skip_egress` 0 → 1."
    )  # fmt: skip
    assert (sent.title, sent.decided) == ("tcf_mirred_act", True)
    assert (passed.title, passed.text) == ("nf_hook_egress", "returned at once: `skb->nf_skip_egress` is 1.")
    assert 0 < hit.step < sent.step < passed.step


def test_the_commit_s_redirect_is_mended_by_fwd_or_by_routing() -> None:
    fwd, route = asked("redirect", 0, "host/vethh/nft-egress").remedies
    assert fwd.title == "Hand over in netfilter instead of tc"
    assert fwd.commands == (
        "tc -n host filter del dev eth0 ingress pref 10",
        'ip netns exec host nft add rule netdev t i ip daddr 10.0.0.3 fwd to "vethh"',
    )
    assert "filter add dev eth0 ingress" not in fwd.script  # cut out, not taken back
    assert (route.title, len(route.commands)) == ("Let host route it", 4)


def remedy(name: str, probe: int, hook: str, title: str) -> Remedy:
    return next(remedy for remedy in asked(name, probe, hook).remedies if remedy.title == title)


@pytest.mark.parametrize(
    ("name", "hook", "title", "commands"),
    [
        (
            "072-forward-off", "r/forward", "Turn on forwarding in r",
            ("ip netns exec r sysctl -qw net.ipv4.ip_forward=1",),
        ),
        (
            "060-bridge-plain", "s/prerouting", "Let the bridge call the IP hooks (br_netfilter)",
            ("ip netns exec s sysctl -qw net.bridge.bridge-nf-call-iptables=1",),
        ),
        (
            "082-neighbour-failure-forwarded", "r/rb/tc-egress", "Attach a counter to the hook",
            ("tc -n r qdisc add dev rb clsact", "tc -n r filter add dev rb egress pref 10 matchall action ok"),
        ),
    ],
)  # fmt: skip
def test_a_remedy_is_the_command_that_one_would_type(
    name: str, hook: str, title: str, commands: tuple[str, ...]
) -> None:
    assert asked(name, 0, hook).remedies[0].title == title
    assert remedy(name, 0, hook, title).commands == commands


def test_a_rule_is_changed_where_the_script_says_it() -> None:
    found = remedy("080-arp-dropped-at-egress", 0, "b/prerouting", "Let the rule accept")
    assert (
        found.commands[-1]
        == "ip netns exec a nft replace rule netdev t e handle 2 arp operation request counter accept"
    )
    assert "arp operation request counter accept" in found.script
    assert "nft replace rule" not in found.script


def test_a_frame_that_a_program_made_is_sent_to_the_device_that_it_came_to() -> None:
    found = remedy("marks", 0, "c/prerouting", "Send the frame to ca")
    (command,) = [command for command in found.commands if "mausezahn" in command]
    assert command in found.script
    assert script_of("marks").count("mausezahn") == found.script.count("mausezahn")


def test_a_hook_that_was_met_needs_no_reason() -> None:
    assert why_not(script_of("redirect"), 0, Place("host", "vethh", "tc egress")) == WhyNot(True, (), (), 0, True)


def test_what_is_attached_only_after_the_probe_is_said_to_be() -> None:
    answer = asked("too-late", 0, "b/input")
    assert answer.reasons[-1].text == "something is attached there, but only after the probe has run."
    assert [remedy.title for remedy in answer.remedies] == ["Attach a counter to the hook"]


def test_commands_that_failed_before_the_probe_are_named() -> None:
    answer = asked("no-device", 0, "b/v1/nft-ingress")
    failed = answer.reasons[0]
    assert (failed.step, failed.title) == (-1, "Line 10 failed")
    assert failed.text.startswith("`ip -n c link set nosuch up`: ")


def test_what_met_the_device_on_the_other_lane_is_told_what_the_hook_is_called_over_there() -> None:
    texts = [reason.text for reason in asked("088-hairpin-redirect", 0, "b/v1/nft-ingress").reasons]
    assert "the packet goes out at b/v1; nft ingress is for what comes in. That is nft egress on a/v0." in texts


def test_there_must_be_such_a_probe() -> None:
    for number in (-1, 1):
        with pytest.raises(OperationError, match="no probe number"):
            why_not(script_of("redirect"), number, Place("host", "vethh", "nft egress"))


def test_there_must_be_such_a_hook() -> None:
    for hook in (Place("nosuch", "", "prerouting"), Place("host", "nosuch", "nft egress")):
        with pytest.raises(OperationError, match="There is no"):
            why_not(script_of("redirect"), 0, hook)


def test_answers_are_the_same_each_time() -> None:
    script, hook = script_of("072-forward-off"), Place("b", "vb", "nft ingress")
    assert why_not(script, 0, hook) == why_not(script, 0, hook)


FORWARD = INPUT.replace("hook input", "hook forward") + "ip netns exec b nft add rule ip f in counter\n"


def test_a_chain_at_a_hook_that_the_packet_does_not_come_to_is_moved_to_one_that_it_does() -> None:
    script = PAIR + FORWARD + PING
    found = next(
        one for one in why_not(script, 0, place("b/forward")).remedies if one.title == "Move chain in to input"
    )
    assert found.hook == ("b", "", "input")
    assert found.script == script.replace("hook forward", "hook input")
    assert found.commands[0] == "ip netns exec b nft delete chain ip f in"
    lab = Lab(record=True)
    lab.append(script.removesuffix(PING) + "\n".join(found.commands) + "\n" + PING)
    (probe,) = [entry.probe for entry in lab.entries if entry.probe is not None]
    assert reached(probe, Place("b", "", "input"))


def test_a_chain_of_a_device_is_moved_to_the_device_that_the_packet_comes_by() -> None:
    chain = (
        "nft 'add chain netdev t e { type filter hook ingress device d0 priority 0; }; add rule netdev t e counter'\n"
    )
    script = (
        f"{PAIR}ip -n b link add d0 type dummy\nip netns exec b nft add table netdev t\nip netns exec b {chain}{PING}"
    )
    titles = [one.title for one in why_not(script, 0, place("b/d0/nft-ingress")).remedies]
    assert "Move chain e to nft ingress on v1" in titles


# how long one searches


def test_a_search_that_nobody_wants_any_more_ends_at_once() -> None:
    answer = why_not(script_of("redirect"), 0, place("host/vethh/nft-egress"), wanted=lambda: False)
    assert (answer.tried, answer.complete, answer.remedies) == (0, False, ())
    assert answer.reasons


def test_a_search_is_ended_by_time_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for = place("host/vethh/nft-egress")
    assert why_not(script_of("redirect"), 0, asked_for).complete
    monkeypatch.setattr(remedies, "SECONDS", 0.05)
    monkeypatch.setattr(remedies, "SECONDS_OF_TEXTS", 0.05)
    answer = why_not(script_of("redirect"), 0, asked_for)
    assert not answer.complete
    text = "".join(report(script_of("redirect"), 0, asked_for, DEFAULT_VERSION))
    assert "tried; there was no time for more" in text


def test_among_many_namespaces_the_first_edits_tried_find_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    more = "".join(
        f"ip netns add n{n}\nip link add w{n} netns host type veth peer name eth0 netns n{n}\n" for n in range(120)
    )
    script = script_of("redirect").replace("\nip netns exec outside ping", f"\n{more}\nip netns exec outside ping")
    monkeypatch.setattr(remedies, "TRIED", 3)
    answer = why_not(script, 0, place("host/vethh/nft-egress"))
    assert answer.remedies[0].title == "Hand over in netfilter instead of tc"
    assert (answer.tried, answer.complete) == (3, False)


# the command line


def test_the_report_says_all_of_it_in_lines() -> None:
    text = "".join(report(script_of("redirect"), 0, place("host/vethh/nft-egress"), DEFAULT_VERSION))
    assert text.startswith("Why was nft egress on host/vethh not reached?\n")
    assert "* tcf_mirred_act, step 23: sent the packet to egress of host/vethh, inside tc. Decided here.\n" in text
    assert "\n1. Hand over in netfilter instead of tc\n    tc -n host filter del dev eth0 ingress pref 10\n" in text
    assert "`" not in text


def test_the_report_says_so_where_nothing_helps_and_where_nothing_is_to_be_said() -> None:
    island = "".join(report(script_of("island"), 0, place("c/d0/nft-egress"), DEFAULT_VERSION))
    assert "No single edit was found" in island
    assert "".join(report(script_of("redirect"), 0, place("host/vethh/tc egress"), DEFAULT_VERSION)) == (
        "tc egress on host/vethh was reached.\n"
    )


def test_a_hook_is_written_as_a_path() -> None:
    assert place("host/eth0/nft-ingress") == Place("host", "eth0", "nft ingress")
    assert place("host/prerouting") == Place("host", "", "prerouting")
    for text in ("prerouting", "host/eth0/egress", "a/b/c/nft egress"):
        with pytest.raises(OperationError, match="no hook"):
            place(text)


@pytest.mark.parametrize(
    ("name", "hook"), [("redirect", "host/vethh/nft-egress"), ("too-late", "b/input"), ("policy", "b/input")]
)
def test_a_beginning_that_is_run_once_for_all_edits_changes_no_answer(
    monkeypatch: pytest.MonkeyPatch, name: str, hook: str
) -> None:
    apart = why_not(script_of(name), 0, place(hook))
    monkeypatch.setattr(remedies, "LONG", 1)
    assert why_not(script_of(name), 0, place(hook)) == apart
    assert apart.remedies
