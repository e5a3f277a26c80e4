"""Rulesets written as nft lists them: compiled, taken by the kernel model and listed, they read the same."""

from __future__ import annotations

import pytest

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.netfilter.nfnetlink import nfnetlink_rcv_batch
from webapp.userland.nftables.cache import RulesetCache
from webapp.userland.nftables.commands import Compiler
from webapp.userland.nftables.datatype import NoNames, Output
from webapp.userland.nftables.parser import parse
from webapp.userland.nftables.ruleset import load, ruleset_print

CONCATENATIONS = """\
table ip t {
	chain x {
		ip saddr . ip ttl . tcp dport { 1.1.1.1 . 5 . 80 }
		ip ttl . tcp dport { 5 . 80 }
		tcp dport . ip ttl { 80 . 5 }
		ip saddr . ip ttl { 1.1.1.1-1.1.1.4 . 5 }
		ip saddr . ip ttl vmap { 1.1.1.1 . 5 : drop }
	}
}
table netdev t {
	chain x {
		ether saddr . vlan id { 0a:0b:0c:0d:0e:0f . 42 }
	}
}
"""
"""As nft 1.0.6 lists them."""


def there_and_back(net: Net, text: str) -> str:
    commands, errors = parse(text)
    assert not errors
    compiler = Compiler(RulesetCache(net), NoNames())
    for command in commands:
        compiler.command(command)
    nfnetlink_rcv_batch(net, [placed.message for placed in compiler.finished()])
    return ruleset_print(load(net), Output(names=NoNames()))


@pytest.mark.parametrize("text", [CONCATENATIONS], ids=["concatenations"])
def test_a_listing_is_what_was_loaded(net: Net, text):
    assert there_and_back(net, text) == text
