"""What holds for every sequence of operations on every lab."""

import itertools
import os

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.workshop import deeds
from webapp.lab.builtin import BUILTINS
from webapp.lab.lab import Lab
from webapp.lab.topology import topology
from webapp.userland.programs import PROBES
from webapp.workshop.document import apply
from webapp.workshop.edit import edit
from webapp.workshop.names import addresses, all_addresses
from webapp.workshop.operations import (
    AddAddress,
    AddChain,
    AddDevice,
    AddFilter,
    AddNamespace,
    AddProbe,
    AddVeth,
    AddVxlan,
    Change,
    Copy,
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
from webapp.workshop.run import run

PROFILE = settings(
    max_examples=int(os.environ.get("N", "12")),
    deadline=None,
    derandomize="N" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)

SCRIPTS = ["", "# nothing yet", "\n\n", "ip netns add a\nfoo bar\nip netns exec a ping -c 1 -W 1 10.9.9.9"]
SCRIPTS += [builtin.script for builtin in BUILTINS]


def after(script, operation):
    """The script after an operation; where it is refused, the script."""
    try:
        return apply(script, edit(script, operation).changes)
    except OperationError:
        return script


@st.composite
def labs(draw, count=4):
    script = draw(st.sampled_from(SCRIPTS))
    for _ in range(draw(st.integers(0, count))):
        script = after(script, draw(deeds.any_operation(script)))
    return script


def failures(script):
    """The commands that fail, probes apart that find nobody."""
    found = []
    for entry in Lab().run(script):
        missing = "Cannot open network namespace" in entry.output or "No such device" in entry.output
        is_probe = any(word in PROBES for word in entry.command.split()[:5])
        if entry.code and (missing or not is_probe):
            found.append(entry.command)
    return found


def inverse(script, changes):
    shift = 0
    for change in changes:
        yield Change(change.start + shift, change.start + shift + len(change.insert), script[change.start : change.end])
        shift += len(change.insert) - (change.end - change.start)


@PROFILE
@given(st.data())
def test_no_command_fails_that_did_not_fail_before(data):
    script = data.draw(st.sampled_from(SCRIPTS))
    known = len(failures(script)) if script else 0
    for _ in range(data.draw(st.integers(1, 5))):
        operation = data.draw(deeds.any_operation(script))
        new = after(script, operation)
        assert len(failures(new)) <= known, (operation, new)
        script = new


@PROFILE
@given(st.data())
def test_the_inverse_of_an_edit_gives_back_the_script(data):
    script = data.draw(labs())
    operation = data.draw(deeds.any_operation(script))
    try:
        changes = edit(script, operation).changes
    except OperationError:
        return
    starts = [change.start for change in changes]
    assert starts == sorted(starts)
    assert all(one.end <= other.start for one, other in itertools.pairwise(changes))
    new = apply(script, changes)
    assert apply(new, inverse(script, changes)) == script


@PROFILE
@given(st.data())
def test_what_was_added_and_is_deleted_leaves_no_trace(data):
    script = data.draw(labs())
    operation = data.draw(deeds.adding(script))
    try:
        found = edit(script, operation)
    except OperationError:
        return
    # to delete a hook is to take off all that hangs there; and a qdisc that was there may have come with the filter
    if isinstance(operation, (AddChain, AddFilter)):
        (hook,) = found.made
        assume(hook.netns in {net.name for net in run(script).topology.namespaces})
        assume(not run(script).hooks.get((hook.netns, hook.dev, hook.station)))
        assume(not (isinstance(operation, AddFilter) and len(found.commands) == 1))
    new = apply(script, found.changes)
    if isinstance(operation, AddProbe):
        items = (Item("probe", "", probe=number_of_last_probe(new)),)
    elif isinstance(operation, AddNamespace):
        items = found.made[:1]
    else:
        items = found.made
    assert apply(new, edit(new, Delete(items)).changes) == script, new


def number_of_last_probe(script):
    lab = Lab(record=True)
    return sum(entry.probe is not None for entry in lab.append(script)) - 1


@PROFILE
@given(st.data())
def test_a_new_name_and_the_old_one_again_give_back_the_script(data):
    script = data.draw(labs())
    things = [item for item in deeds.items(script) if item.kind in ("namespace", "device")]
    assume(things)
    item = data.draw(st.sampled_from(things))
    try:
        found = edit(script, Rename(item, "newname"))
    except OperationError:
        return
    new = apply(script, found.changes)
    old = item.dev if item.kind == "device" else item.netns
    assert apply(new, edit(new, Rename(found.made[0], old)).changes) == script


@PROFILE
@given(st.data())
def test_where_things_stand_is_no_part_of_the_machine(data):
    script = data.draw(labs())
    new = after(script, data.draw(deeds.arranging(script)))
    assert run(new).topology == run(script).topology


@PROFILE
@given(st.data())
def test_what_was_promised_is_there(data):
    script = data.draw(labs())
    operation = data.draw(deeds.adding(script))
    try:
        found = edit(script, operation)
    except OperationError:
        return
    new = apply(script, found.changes)
    lab = Lab()
    lab.append(new)
    before, now = run(script).topology, topology(lab.machine)
    nets = {net.name: net for net in now.namespaces}
    for item in found.made:
        assume(item.netns in nets)
        net = nets[item.netns]
        devices = {dev.name: dev for dev in net.devices}
        if item.kind == "hook":
            hooks = devices[item.dev].hooks if item.dev else net.hooks
            assert [hook for hook in hooks if hook.station == item.station and hook.count]
        elif item.kind == "device":
            assert item.dev in devices
    match operation:
        case AddVeth(a, b):
            (cable,) = set(now.cables) - set(before.cables)
            assert sorted((cable.a[0], cable.b[0])) == sorted((a, b))
        case AddVxlan():
            assert len(now.tunnels) == len(before.tunnels) + 1
        case AddDevice(netns, kind):
            assert [dev.kind for dev in nets[netns].devices if dev.name == found.made[0].dev] == [kind]
        case AddNamespace("container", host=str(host)):
            (cable,) = set(now.cables) - set(before.cables)
            assert {cable.a[0], cable.b[0]} == {host, found.made[0].netns}
        case AddChain(netns, dev, station):
            assert found.made == (Item("hook", netns, dev, station),)


def device(script, netns, name):
    return run(script).net(netns).devices.get(name)


@PROFILE
@given(st.data())
def test_what_was_changed_is_so(data):
    script = data.draw(labs())
    operation = data.draw(deeds.changing(script))
    try:
        found = edit(script, operation)
    except OperationError:
        return
    new = apply(script, found.changes)
    match operation:
        case Delete(items):
            nets = {net.name: net for net in run(new).nets}
            gone = [item for item in items if item.kind in ("namespace", "device")]
            assert not [item for item in gone if not item.dev and item.netns in nets]
            assert not [item for item in gone if item.dev and item.netns in nets and device(new, item.netns, item.dev)]
            hooks = [(item.netns, item.dev, item.station) for item in items if item.kind == "hook"]
            assert not [hook for hook in hooks if run(new).hooks.get(hook)]
        case MoveDevice((netns, name), target):
            (item,) = found.made or (Item("device", netns, name),)
            assert item.netns == target
            before, now = device(script, netns, name), device(new, target, item.dev)
            assert addresses(before) == addresses(now)
            assert before.kind == now.kind
            assert before.flags & 1 == now.flags & 1
            assert target == netns or device(new, netns, name) is None
        case Enslave((netns, name), master):
            now = device(new, netns, name).master
            assert (now.name if now else "") == master
        case SetLink((netns, name), up):
            assert bool(device(new, netns, name).flags & 1) == up
        case SetForwarding(netns, on):
            assert bool(run(new).net(netns).ipv4.devconf_all.forwarding) == on
        case AddAddress((netns, name), address) if ":" not in address:
            assert len(addresses(device(new, netns, name))) == len(addresses(device(script, netns, name))) + 1
        case Redirect((netns, name), side, to, layer, into, mirror):
            lines = " ".join(run(new).hooks[netns, name, f"{layer} {side}"])
            verb = "dup" if mirror else "fwd"
            words = (
                f"{into} {'mirror' if mirror else 'redirect'} to device {to})" if layer == "tc" else f'{verb} to "{to}"'
            )
            assert words.lower() in lines.lower()
        case Rename(item, name):
            renamed = run(new)
            assert renamed.net(name if item.kind == "namespace" else item.netns) is not None
            assert item.kind == "namespace" or device(new, item.netns, name)
            assert len(renamed.topology.cables) == len(run(script).topology.cables)


@PROFILE
@given(st.data())
def test_what_was_copied_is_pasted_beside_it(data):
    script = data.draw(labs())
    names = deeds.namespaces(script)
    assume(names)
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    copied = edit(script, Copy(tuple(Item("namespace", name) for name in chosen)))
    assert not copied.changes
    new = apply(script, edit(script, Paste("\n".join(copied.commands))).changes)
    assert len(deeds.namespaces(new)) == len(names) + len(chosen)
    used = [str(address) for net in run(new).nets for _, address in all_addresses(net)]
    before = [str(address) for net in run(script).nets for _, address in all_addresses(net)]
    assert len(set(used)) - len(set(before)) == len(used) - len(before) or len(set(before)) < len(before)
    assert len(failures(new)) <= len(failures(script))


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_any_end_of_the_last_line_stays(ending):
    script = "# c\nip netns add a" + ending if ending != "\r\n" else "# c\r\nip netns add a\r\n"
    new = apply(script, edit(script, AddNamespace("host")).changes)
    assert new.startswith(script.rstrip("\r\n"))
    assert new.endswith(ending) if ending else not new.endswith("\n")
    assert ("\r\n" in new) == (ending == "\r\n")
    assert "\n" not in new.replace("\r\n", "") or ending != "\r\n"


WORDS = (
    "ip",
    "-n",
    "netns",
    "exec",
    "a",
    "dev",
    "'",
    '"',
    "{",
    "}",
    ";",
    "&&",
    "|| ",
    "<<X",
    "nft",
    "#:",
    "\n",
    "link",
)


@PROFILE
@given(st.data())
def test_a_damaged_script_is_edited_or_refused(data):
    words = data.draw(st.sampled_from(SCRIPTS)).replace("\n", " \n ").split(" ")
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(words) - 1))
        words[at : at + data.draw(st.integers(0, 3))] = data.draw(st.lists(st.sampled_from(WORDS), max_size=3)) or [""]
    script = " ".join(words)
    operation = data.draw(deeds.any_operation(data.draw(st.sampled_from(SCRIPTS))))
    try:
        changes = edit(script, operation).changes
    except OperationError:
        return
    assert apply(apply(script, changes), inverse(script, changes)) == script
