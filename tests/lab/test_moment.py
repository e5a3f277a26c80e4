"""A moment of a lab: the labs that go on from it do what the lab would have done, and do not meet."""

import pytest

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.machine import Machine
from webapp.lab.builtin import BUILTINS
from webapp.lab.lab import Entry, Lab
from webapp.lab.moment import Moment, _common
from webapp.lab.topology import topology
from webapp.workshop.document import Document

PAIR = """\
ip netns add a
ip netns add b
ip link add v0 netns a type veth peer name v1 netns b
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
"""
PING = "ip netns exec a ping -c 1 -W 1 10.0.0.2\n"


def recorded(script: str) -> Lab:
    lab = Lab(record=True)
    lab.append(script)
    return lab


@pytest.mark.parametrize("builtin", BUILTINS, ids=lambda builtin: builtin.slug)
def test_a_lab_goes_on_from_a_moment_as_it_would_have_by_itself(builtin) -> None:
    document = Document(builtin.script)
    beginning = document.blocks[document.probes // 2].start
    lab = recorded(builtin.script[:beginning])
    moment = Moment(lab)
    copies = moment.lab(), moment.lab()
    for copy in copies:
        copy.append(builtin.script[beginning:])
        assert copy.script == builtin.script
    lab.append(builtin.script[beginning:])
    for copy in copies:
        assert copy.entries == lab.entries


def test_what_one_lab_does_the_others_do_not_see() -> None:
    lab = recorded(PAIR)
    moment = Moment(lab)
    other = moment.lab()
    rules = "table ip t { chain i { type filter hook input priority 0; drop; } }"
    other.append(f"ip netns exec b nft -f - <<'X'\n{rules}\nX\n")
    other.append("ip netns del a\n")
    for untouched in (lab, moment.lab()):
        assert [net.name for net in topology(untouched.machine).namespaces if net.name] == ["a", "b"]
        assert _last(untouched, PING).code == 0


def test_a_copy_is_copied_itself() -> None:
    assert _last(Moment(Moment(recorded(PAIR)).lab()).lab(), PING).code == 0


def test_a_lab_with_a_program_in_the_background_is_refused() -> None:
    with pytest.raises(TypeError, match="generator"):
        Moment(recorded(PAIR + "ip netns exec b nc -l 5000 &\n"))


def test_what_labs_have_in_common_belongs_to_no_machine() -> None:
    recorded(PAIR + PING)
    assert not [thing for thing in _common() if isinstance(thing, Machine | Net | Lab)]


def _last(lab: Lab, command: str) -> Entry:
    return lab.append(command)[-1]
