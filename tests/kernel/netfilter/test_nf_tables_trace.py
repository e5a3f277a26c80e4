"""What chains tell of packets whose nf_trace is set."""

import pytest

from tests.kernel.netfilter.packets import NETDEV, again, udp_frame
from tests.kernel.netfilter.test_nf_tables_core import ACCEPT, COUNTER, DROP, TTL, eq, jump
from webapp.kernel.errno import KernelError
from webapp.kernel.kfunc import recording
from webapp.kernel.netfilter.nfnetlink import nfnetlink_rcv_batch
from webapp.kernel.trace import Recorder, Traced
from webapp.kernel.uapi import nf_tables as nft
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NF_STOLEN
from webapp.kernel.version import LINUX_6_1

TRACE = (nft.Immediate(1, b"\1"), nft.MetaSet(nft.NFT_META_NFTRACE, 1))
UNTRACE = (nft.Immediate(1, b"\0"), nft.MetaSet(nft.NFT_META_NFTRACE, 1))
MARK = (nft.Immediate(1, b"\7\0\0\0"), nft.MetaSet(nft.NFT_META_MARK, 1))
FWD = (nft.Immediate(1, b"\2\0\0\0"), nft.Fwd(1))
RULE, RETURN, POLICY = nft.NFT_TRACETYPE_RULE, nft.NFT_TRACETYPE_RETURN, nft.NFT_TRACETYPE_POLICY


@pytest.fixture
def heard(net):
    """What a listener hears."""
    messages = []
    net.nft.trace_listeners.append(messages.append)
    return messages


def said(messages):
    """Type, chain, rule, verdict and target of each."""
    return [
        (one.type, one.chain, one.handle, *((one.verdict.code, one.verdict.chain) if one.verdict else (None, "")))
        for one in messages
    ]


def test_each_rule_that_matches_is_told_and_the_policy(ingress, heard):
    ingress(udp_frame(), TRACE, [TTL, eq(b"\1"), COUNTER], [COUNTER])
    assert said(heard) == [
        (RULE, "i", 2, nft.NFT_CONTINUE, ""),
        (RULE, "i", 4, nft.NFT_CONTINUE, ""),
        # the end of the chain, of which a reader can say nothing
        (RULE, "i", 0, nft.NFT_CONTINUE, ""),
        (POLICY, "i", 0, None, ""),
    ]
    assert [one.policy for one in heard] == [None, None, None, NF_ACCEPT]


def test_before_6_7_the_ends_of_chains_and_returns_are_told_as_such(net, ingress, heard):
    net.machine.version = LINUX_6_1
    sub = [nft.NewChain(NETDEV, "t", "sub")]
    ingress(udp_frame(), TRACE, [jump("sub")], [nft.Immediate(0, nft.Verdict(nft.NFT_RETURN))], before=sub)
    assert said(heard)[1:] == [
        (RULE, "i", 4, nft.NFT_JUMP, "sub"),
        (RETURN, "sub", 0, nft.NFT_CONTINUE, ""),
        (RETURN, "i", 5, nft.NFT_RETURN, ""),
        (POLICY, "i", 0, None, ""),
    ]


def test_the_first_message_of_a_chain_has_the_packets_headers_and_devices(net, ingress, heard):
    skb = udp_frame(data=b"abc" * 20)
    ingress(skb, TRACE, [ACCEPT])
    first, second = heard
    assert (first.ll_header, first.network_header, first.transport_header) == (
        skb.head[:14],
        skb.head[14:34],
        skb.head[34:54],
    )
    assert (first.iif, first.iiftype, first.oif) == (net.devices["v0"].ifindex, 1, 0)
    assert (second.ll_header, second.network_header, second.transport_header, second.iif) == (b"", b"", b"", 0)


def test_a_tag_beside_the_frame_is_told_as_part_of_it(ingress, heard):
    skb = udp_frame()
    skb.vlan_proto, skb.vlan_tci = 0x8100, 0x2005
    ingress(skb, TRACE)
    assert heard[0].ll_header == skb.head[:12] + b"\x81\x00\x20\x05\x08\x00"


def test_of_a_tagged_frame_whose_data_begin_elsewhere_nothing_is_told(ingress, heard):
    skb = udp_frame()
    skb.vlan_proto, skb.vlan_tci, skb.data = 0x8100, 5, 0
    ingress(skb, TRACE, [ACCEPT])
    assert heard == []


def test_the_mark_is_told_as_the_rule_has_left_it(ingress, heard):
    ingress(udp_frame(), TRACE, MARK, [DROP])
    assert [one.mark for one in heard] == [0, 7, 7]


def test_of_a_packet_that_was_stolen_the_rule_alone_is_told(ingress, heard):
    ingress(udp_frame(), [*TRACE], [*MARK, *FWD])
    assert said(heard)[1:] == [(RULE, "i", 3, NF_STOLEN, "")]
    assert heard[1].mark == 0


def test_tracing_that_begins_with_the_theft_is_not_told(ingress, heard):
    ingress(udp_frame(), [*TRACE, *FWD])
    assert heard == []


def test_a_packet_that_is_traced_no_more_is_not_told(ingress, heard):
    ingress(udp_frame(), TRACE, UNTRACE, [ACCEPT])
    assert said(heard) == [(RULE, "i", 2, nft.NFT_CONTINUE, "")]


def test_packets_differ_in_their_ids_and_keep_them(net, ingress, heard):
    first, second = udp_frame(), udp_frame()
    ingress(first, TRACE)
    again(net, second)
    again(net, first)
    ids = [one.id for one in heard if one.network_header]
    assert ids[0] == ids[2] != ids[1]


def test_the_key_is_on_while_a_rule_may_set_nftrace(net, ingress):
    keys = net.machine.keys
    ingress(udp_frame(), TRACE, UNTRACE)
    assert keys.nft_trace_enabled == 2
    with pytest.raises(KernelError):
        nfnetlink_rcv_batch(net, [nft.NewRule(NETDEV, "t", "i", TRACE), nft.DelTable(NETDEV, "nowhere")])
    assert keys.nft_trace_enabled == 2
    nfnetlink_rcv_batch(net, [nft.DelTable(NETDEV, "t")])
    assert keys.nft_trace_enabled == 0


def test_a_recorder_that_has_words_for_it_notes_each_message(net, ingress):
    ingress(udp_frame(), TRACE, [COUNTER])
    recorder = Recorder(net.machine.clock)
    with recording(recorder):
        again(net, udp_frame())
        recorder.describe_trace = lambda _, message: [f"{message.type} {message.handle}"]
        again(net, udp_frame())
    notes = [note for step in recorder.walk().steps for note in step.notes if isinstance(note, Traced)]
    assert [note.line for note in notes] == ["3 2", "3 3", "3 0", "1 0"]
