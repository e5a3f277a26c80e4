"""A namespace with two devices and an empty ruleset, and packets to run through chains."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.kernel.netfilter.packets import NETDEV, add_device, again
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.machine import Machine
from webapp.kernel.netfilter.core import NetNf
from webapp.kernel.netfilter.nf_tables import NFT_EXPR_TYPES, NFT_OBJECT_TYPES
from webapp.kernel.netfilter.nf_tables_api import nf_tables_net_init
from webapp.kernel.netfilter.nf_tables_chain import NFT_CHAIN_TYPES
from webapp.kernel.netfilter.nfnetlink import nfnetlink_rcv_batch
from webapp.kernel.netfilter.nft_chain_filter import NFT_CHAIN_FILTER
from webapp.kernel.netfilter.nft_expr_types import EXPR_TYPES, OBJECT_TYPES
from webapp.kernel.uapi.netfilter import NF_NETDEV_INGRESS
from webapp.kernel.uapi.nf_tables import Expr, Hook, Message, NewChain, NewRule, NewTable


@pytest.fixture(autouse=True)
def _tables() -> None:
    NFT_EXPR_TYPES.update(EXPR_TYPES)
    NFT_OBJECT_TYPES.update(OBJECT_TYPES)
    NFT_CHAIN_TYPES.update(NFT_CHAIN_FILTER)


@pytest.fixture
def net() -> Net:
    namespace = Net(Machine(), "a")
    namespace.nf = NetNf()
    nf_tables_net_init(namespace)
    for name in ("v0", "v1"):
        add_device(namespace, name)
    return namespace


@pytest.fixture
def apply(net: Net) -> Callable[..., None]:
    return lambda *messages: nfnetlink_rcv_batch(net, messages)


@pytest.fixture
def ingress(net: Net) -> Callable[..., int]:
    """Makes a netdev ingress chain of the rules given and runs a packet through it; gives the verdict."""

    def run(skb: SkBuff, *rules: Sequence[Expr], before: Sequence[Message] = (), policy: int = 1) -> int:
        chain = NewChain(NETDEV, "t", "i", Hook(NF_NETDEV_INGRESS, 0, ("v0",)), policy)
        batch = [NewTable(NETDEV, "t"), *before, chain]
        nfnetlink_rcv_batch(net, [*batch, *(NewRule(NETDEV, "t", "i", tuple(rule)) for rule in rules)])
        return again(net, skb)

    return run
