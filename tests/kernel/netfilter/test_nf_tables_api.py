"""What the kernel accepts and refuses of a ruleset, and what it answers."""

from itertools import pairwise

import pytest

from tests.kernel.netfilter.packets import NETDEV, add_device
from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.errno import Errno
from webapp.kernel.netfilter.nf_tables_chain import nf_tables_netdev_event
from webapp.kernel.netfilter.nf_tables_dump import (
    nf_tables_getchain,
    nf_tables_getobj,
    nf_tables_getrule,
    nf_tables_getset,
    nf_tables_getsetelem,
    nf_tables_gettable,
)
from webapp.kernel.netfilter.nfnetlink import BatchError
from webapp.kernel.uapi import nf_tables as nft
from webapp.kernel.uapi.netfilter import NF_INET_LOCAL_IN, NF_NETDEV_EGRESS, NF_NETDEV_INGRESS, NFPROTO_INET

TABLE = nft.NewTable(NETDEV, "t")
CHAIN = nft.NewChain(NETDEV, "t", "c")
INTERVAL_END = nft.NFT_SET_ELEM_INTERVAL_END


def base(name="i", *devices, hook=NF_NETDEV_INGRESS, **more):
    return nft.NewChain(NETDEV, "t", name, nft.Hook(hook, 0, devices or ("v0",)), **more)


def rule(*exprs, chain="c", **more):
    return nft.NewRule(NETDEV, "t", chain, exprs, **more)


def jump(chain):
    return nft.Immediate(0, nft.Verdict(nft.NFT_JUMP, chain))


def interval_set(*bounds, name="s", flags=nft.NFT_SET_INTERVAL):
    elements = tuple(
        nft.SetElem(bytes((value,)), flags=INTERVAL_END if at % 2 else 0) for at, value in enumerate(bounds)
    )
    return nft.NewSet(NETDEV, "t", name, 1, flags, 12, 1), nft.NewSetElem(NETDEV, "t", name, elements)


def refused(apply, *messages):
    """The errors of a batch that is refused: errno and what is at fault."""
    with pytest.raises(BatchError) as caught:
        apply(*messages)
    return [(error.errno, error.where.message, error.where.attribute) for error in caught.value.errors]


def comments(net, chain="c"):
    return [found.userdata.decode() for found in nf_tables_getrule(net, NETDEV, "t", chain)]


def test_a_batch_is_applied_whole_or_not_at_all(net, apply):
    assert refused(apply, TABLE, CHAIN, rule(jump("nope")), nft.NewTable(NETDEV, "u")) == [
        (Errno.ENOENT, 2, "expressions")
    ]
    assert nf_tables_gettable(net) == ()


def test_every_message_at_fault_is_reported(net, apply):
    missing = nft.NewRule(NETDEV, "nope", "c", ())
    assert refused(apply, missing, TABLE, rule(), missing) == [
        (Errno.ENOENT, 0, "table"),
        (Errno.ENOENT, 2, "chain"),
        (Errno.ENOENT, 3, "table"),
    ]


def test_add_takes_what_is_there_and_create_does_not(apply):
    apply(TABLE, TABLE, CHAIN, CHAIN)
    create = nft.NLM_F_CREATE | nft.NLM_F_EXCL
    assert refused(apply, nft.NewTable(NETDEV, "t", nlmsg_flags=create)) == [(Errno.EEXIST, 0, "name")]
    assert refused(apply, nft.NewChain(NETDEV, "t", "c", nlmsg_flags=create)) == [(Errno.EEXIST, 0, "name")]


def test_handles_count_within_a_table_and_tables_within_a_namespace(net, apply):
    apply(TABLE, CHAIN, rule(), nft.NewTable(NETDEV, "u"), nft.NewChain(NETDEV, "u", "d"), rule())
    assert [table.handle for table in nf_tables_gettable(net)] == [1, 2]
    assert [chain.handle for chain in nf_tables_getchain(net)] == [1, 1]
    assert [found.handle for found in nf_tables_getrule(net)] == [2, 3]


def test_rules_are_appended_inserted_and_replaced_by_handle(net, apply):
    insert = nft.NLM_F_CREATE
    apply(TABLE, CHAIN, rule(userdata=b"a"), rule(userdata=b"b"), rule(userdata=b"c", nlmsg_flags=insert))
    assert comments(net) == ["c", "a", "b"]
    apply(rule(userdata=b"d", position=2), rule(userdata=b"e", position=2, nlmsg_flags=insert))
    assert comments(net) == ["c", "e", "a", "d", "b"]
    apply(rule(userdata=b"f", handle=2, nlmsg_flags=nft.NLM_F_REPLACE))
    assert comments(net) == ["c", "e", "f", "d", "b"]
    apply(nft.DelRule(NETDEV, "t", "c", 2))
    assert comments(net) == ["c", "e", "d", "b"]
    assert refused(apply, nft.DelRule(NETDEV, "t", "c", 99)) == [(Errno.ENOENT, 0, "handle")]


def test_a_chain_that_is_jumped_to_cannot_be_deleted(apply):
    apply(TABLE, CHAIN, base(), rule(jump("c"), chain="i"))
    assert refused(apply, nft.DelChain(NETDEV, "t", "c")) == [(Errno.EBUSY, 0, "name")]
    apply(nft.DelRule(NETDEV, "t", "i"), nft.DelChain(NETDEV, "t", "c"))


def test_a_set_that_a_rule_uses_cannot_be_deleted(net, apply):
    new, elements = interval_set(1, 5)
    ttl = nft.Payload(1, 1, 8, 1)
    apply(TABLE, CHAIN, new, elements, rule(ttl, nft.Lookup("s", 1)))
    assert refused(apply, nft.DelSet(NETDEV, "t", "s")) == [(Errno.EBUSY, 0, "name")]
    assert refused(apply, nft.DelRule(NETDEV, "t", "c"), nft.DelSet(NETDEV, "t", "x")) == [(Errno.ENOENT, 1, "name")]
    assert refused(apply, nft.DelSet(NETDEV, "t", "s")) == [(Errno.EBUSY, 0, "name")]


def test_an_anonymous_set_gets_the_first_free_number_and_goes_with_its_rule(net, apply):
    flags = nft.NFT_SET_ANONYMOUS | nft.NFT_SET_CONSTANT
    ttl = nft.Payload(1, 1, 8, 1)

    def anonymous(id_):
        new = nft.NewSet(NETDEV, "t", "__set%d", id_, flags, 12, 1)
        elements = nft.NewSetElem(NETDEV, "t", "__set%d", (nft.SetElem(b"\1"),), set_id=id_)
        return new, elements, rule(ttl, nft.Lookup("__set%d", 1, set_id=id_))

    apply(TABLE, CHAIN, *anonymous(1), *anonymous(2))
    assert [found.name for found in nf_tables_getset(net)] == ["__set0", "__set1"]
    assert [found.expressions[1].set for found in nf_tables_getrule(net)] == ["__set0", "__set1"]
    apply(nft.DelRule(NETDEV, "t", "c", nf_tables_getrule(net)[0].handle))
    assert [found.name for found in nf_tables_getset(net)] == ["__set1"]
    apply(*anonymous(1))
    assert [found.name for found in nf_tables_getset(net)] == ["__set1", "__set0"]


def test_a_chain_that_jumps_to_itself_is_refused_once_a_base_chain_reaches_it(net, apply):
    apply(TABLE, CHAIN, rule(jump("c")), nft.NewChain(NETDEV, "t", "d"), rule(jump("c"), chain="d"))
    assert refused(apply, base(), rule(jump("c"), chain="i")) == [(Errno.EMLINK, 1, "")]


def test_jumps_may_be_nested_fifteen_deep(apply):
    names = [f"c{n}" for n in range(16)]
    chains = [nft.NewChain(NETDEV, "t", name) for name in names]
    jumps = [rule(jump(inner), chain=outer) for outer, inner in pairwise(names[:15])]
    apply(TABLE, *chains, base(), rule(jump("c0"), chain="i"), *jumps)
    assert refused(apply, rule(jump("c15"), chain="c14")) == [(Errno.EMLINK, 0, "")]


def test_nothing_jumps_to_a_base_chain(apply):
    apply(TABLE, base())
    assert refused(apply, CHAIN, rule(jump("i"))) == [(Errno.EOPNOTSUPP, 1, "expressions")]


def test_fwd_belongs_to_the_netdev_family(apply):
    device = nft.Immediate(1, b"\1\0\0\0")
    inet = (
        nft.NewTable(NFPROTO_INET, "f"),
        nft.NewChain(NFPROTO_INET, "f", "in", nft.Hook(NF_INET_LOCAL_IN, 0)),
        nft.NewRule(NFPROTO_INET, "f", "in", (device, nft.Fwd(1))),
    )
    assert refused(apply, *inet) == [(Errno.ENOENT, 2, "expressions")]
    apply(TABLE, base(hook=NF_NETDEV_EGRESS), rule(device, nft.Fwd(1), chain="i"))


def test_pkttype_is_set_at_ingress_only(apply):
    exprs = (nft.Immediate(1, b"\0"), nft.MetaSet(nft.NFT_META_PKTTYPE, 1))
    apply(TABLE, base(), rule(*exprs, chain="i"))
    assert refused(apply, base("e", hook=NF_NETDEV_EGRESS), rule(*exprs, chain="e")) == [(Errno.EOPNOTSUPP, 1, "")]


def test_inet_has_no_egress_hook(apply):
    chain = nft.NewChain(NFPROTO_INET, "f", "e", nft.Hook(6, 0, ("v0",)))
    assert refused(apply, nft.NewTable(NFPROTO_INET, "f"), chain) == [(Errno.EOPNOTSUPP, 1, "")]


def test_a_chain_keeps_its_hook(apply):
    apply(TABLE, base())
    assert refused(apply, base(hook=NF_NETDEV_EGRESS)) == [(Errno.EOPNOTSUPP, 0, "")]
    assert refused(apply, CHAIN, nft.NewChain(NETDEV, "t", "c", nft.Hook(0, 0, ("v0",)))) == [(Errno.EEXIST, 1, "name")]


def test_the_policy_of_a_chain_changes_and_its_rules_stay(net, apply):
    apply(TABLE, base(), rule(chain="i"))
    apply(base(policy=0))
    (chain,) = nf_tables_getchain(net)
    assert (chain.policy, chain.use) == (0, 1)


def test_of_equal_priorities_the_chain_that_came_last_runs_first(net, apply):
    apply(TABLE, base("a"), base("b"))
    assert [ops.priv.name for ops in net.devices["v0"].nf_hooks_ingress] == ["b", "a"]


def test_a_refused_batch_leaves_no_hook_behind(net, apply):
    refused(apply, TABLE, base(), rule(jump("nope"), chain="i"))
    assert net.devices["v0"].nf_hooks_ingress is None
    assert net.machine.keys.ingress_needed_key == 0


def test_a_chain_waits_for_the_device_that_it_names(net, apply):
    apply(TABLE, base("i", "late"))
    dev = add_device(net, "late")
    nf_tables_netdev_event(NetdevEvent.REGISTER, dev)
    assert [ops.priv.name for ops in dev.nf_hooks_ingress] == ["i"]


def test_a_renamed_device_loses_its_chain_and_gets_it_back_with_its_name(net, apply):
    apply(TABLE, base())
    dev = net.devices["v0"]
    for name, hooked in (("k9", False), ("v0", True)):
        net.devices[name] = net.devices.pop(dev.name)
        dev.name = name
        nf_tables_netdev_event(NetdevEvent.CHANGENAME, dev)
        assert (dev.nf_hooks_ingress is not None) is hooked
    nf_tables_netdev_event(NetdevEvent.UNREGISTER, dev)
    assert dev.nf_hooks_ingress is None
    assert [chain.hook.devices for chain in nf_tables_getchain(net)] == [("v0",)]


def test_a_dormant_table_has_no_hooks_until_it_wakes(net, apply):
    apply(TABLE, base())
    apply(nft.NewTable(NETDEV, "t", nft.NFT_TABLE_F_DORMANT))
    assert net.devices["v0"].nf_hooks_ingress is None
    apply(nft.NewTable(NETDEV, "t"))
    assert len(net.devices["v0"].nf_hooks_ingress) == 1


def test_devices_are_added_to_a_chain_and_taken_off(net, apply):
    apply(TABLE, base())
    apply(base("i", "v1"))
    assert net.devices["v1"].nf_hooks_ingress is not None
    assert refused(apply, nft.DelChain(NETDEV, "t", "i", hook=nft.Hook(0, 0, ("zz",)))) == [(Errno.ENOENT, 0, "")]
    apply(nft.DelChain(NETDEV, "t", "i", hook=nft.Hook(0, 0, ("v0",))))
    assert net.devices["v0"].nf_hooks_ingress is None
    assert [chain.hook.devices for chain in nf_tables_getchain(net)] == [("v1",)]


def test_flushing_the_ruleset_takes_everything_away(net, apply):
    new, elements = interval_set(1, 5)
    apply(
        TABLE,
        CHAIN,
        base(),
        new,
        elements,
        rule(nft.Payload(1, 1, 8, 1), nft.Lookup("s", 1)),
        rule(jump("c"), chain="i"),
    )
    apply(nft.DelTable(0))
    assert nf_tables_gettable(net) == ()
    assert net.devices["v0"].nf_hooks_ingress is None
    assert not any(net.machine.keys.nf_hooks_needed.values())


def test_intervals_do_not_overlap(net, apply):
    apply(TABLE, *interval_set(10, 20))
    _, overlapping = interval_set(15, 30)
    assert refused(apply, overlapping) == [(Errno.EEXIST, 0, "elements")]
    _, enclosing = interval_set(5, 30)
    assert refused(apply, enclosing) == [(Errno.EEXIST, 0, "elements")]
    _, beside = interval_set(20, 30)
    apply(beside)
    assert len(nf_tables_getsetelem(net, NETDEV, "t", "s")) == 4


def test_an_element_may_be_added_again_but_not_created_again(apply):
    new = nft.NewSet(NETDEV, "t", "s", 1, 0, 12, 1)
    add = nft.NewSetElem(NETDEV, "t", "s", (nft.SetElem(b"\1"),))
    apply(TABLE, new, add, add)
    create = nft.NewSetElem(NETDEV, "t", "s", (nft.SetElem(b"\1"),), nlmsg_flags=nft.NLM_F_CREATE | nft.NLM_F_EXCL)
    assert refused(apply, create) == [(Errno.EEXIST, 0, "elements")]


def test_a_set_takes_no_more_than_its_size(apply):
    new = nft.NewSet(NETDEV, "t", "s", 1, 0, 7, 4, size=2)
    three = nft.NewSetElem(NETDEV, "t", "s", tuple(nft.SetElem(bytes((0, 0, 0, n))) for n in range(3)))
    assert refused(apply, TABLE, new, three) == [(Errno.ENFILE, 2, "elements")]


def test_a_map_has_one_value_for_a_key(apply):
    new = nft.NewSet(NETDEV, "t", "m", 1, nft.NFT_SET_MAP, 12, 1, 19, 4)
    one = nft.NewSetElem(NETDEV, "t", "m", (nft.SetElem(b"\1", data=bytes(4)),))
    other = nft.NewSetElem(NETDEV, "t", "m", (nft.SetElem(b"\1", data=b"\1\0\0\0"),))
    apply(TABLE, new, one, one)
    assert refused(apply, other) == [(Errno.EEXIST, 0, "elements")]


def test_elements_are_deleted_and_a_refused_batch_brings_them_back(net, apply):
    new = nft.NewSet(NETDEV, "t", "s", 1, 0, 12, 1)
    apply(TABLE, new, nft.NewSetElem(NETDEV, "t", "s", (nft.SetElem(b"\1"), nft.SetElem(b"\2"))))
    delete = nft.DelSetElem(NETDEV, "t", "s", (nft.SetElem(b"\1"),))
    assert refused(apply, delete, delete) == [(Errno.ENOENT, 1, "elements")]
    assert {elem.key for elem in nf_tables_getsetelem(net, NETDEV, "t", "s")} == {b"\1", b"\2"}
    apply(delete)
    apply(nft.DelSetElem(NETDEV, "t", "s"))
    assert nf_tables_getsetelem(net, NETDEV, "t", "s") == ()


def test_packets_may_fill_a_set_of_unknown_size_but_not_a_plain_one(apply):
    saddr = nft.Payload(1, 1, 12, 4)
    add = rule(saddr, nft.Dynset("s", 0, 1))
    plain = nft.NewSet(NETDEV, "t", "s", 1, 0, 7, 4, size=5)
    assert refused(apply, TABLE, CHAIN, plain, add) == [(Errno.EOPNOTSUPP, 3, "expressions")]
    apply(TABLE, CHAIN, nft.NewSet(NETDEV, "t", "s", 1, 0, 7, 4), add)


def test_an_object_in_use_cannot_be_deleted(net, apply):
    apply(TABLE, CHAIN, nft.NewObj(NETDEV, "t", "n", nft.Counter()), rule(nft.Objref(nft.NFT_OBJECT_COUNTER, "n")))
    delete = nft.DelObj(NETDEV, "t", nft.NFT_OBJECT_COUNTER, "n")
    assert refused(apply, delete) == [(Errno.EBUSY, 0, "name")]
    apply(nft.DelRule(NETDEV, "t", "c"), delete)
    assert nf_tables_getobj(net) == ()


def test_resetting_answers_with_what_was_and_leaves_zero(net, apply):
    apply(TABLE, nft.NewObj(NETDEV, "t", "n", nft.Counter(84, 1)))
    assert nf_tables_getobj(net, reset=True)[0].data == nft.Counter(84, 1)
    assert nf_tables_getobj(net)[0].data == nft.Counter(0, 0)


def test_a_register_must_be_written_before_it_is_read(apply):
    assert refused(apply, TABLE, CHAIN, rule(nft.Cmp(1, 0, b"\1"))) == [(Errno.ENODATA, 2, "expressions")]


def test_destroy_does_not_mind_what_is_not_there(apply):
    apply(TABLE, nft.DelTable(NETDEV, "u", destroy=True), nft.DelChain(NETDEV, "t", "x", destroy=True))
    assert refused(apply, nft.DelTable(NETDEV, "u")) == [(Errno.ENOENT, 0, "name")]
