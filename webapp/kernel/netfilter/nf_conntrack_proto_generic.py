"""Protocols without a tracker of their own (net/netfilter/nf_conntrack_proto_generic.c, generic_packet)."""

from __future__ import annotations

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.netfilter.nf_conntrack import NfConn
from webapp.kernel.netfilter.nf_conntrack_core import L4Proto, nf_ct_refresh_acct
from webapp.kernel.uapi.netfilter import NF_ACCEPT


def generic_packet(ct: NfConn, skb: SkBuff, dataoff: int, ctinfo: int, state: NfHookState) -> int:
    """Every packet between two addresses is of one connection."""
    nf_ct_refresh_acct(ct, ctinfo, skb, ct.net.ct.generic_timeout)
    return NF_ACCEPT


L4PROTO_GENERIC = L4Proto(generic_packet)
