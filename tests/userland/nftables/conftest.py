"""The kernel's side of nft: a namespace, and batches for it."""

from tests.kernel.netfilter.conftest import _tables, apply, net

__all__ = ["_tables", "apply", "net"]
