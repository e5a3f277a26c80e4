"""The route that a bridged packet carries past ip's hooks (net/bridge/br_nf_core.c).

A bridge routes nothing, but what stands in ip's hooks reads routes: the next hop of this one is the destination itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.ipv4.route import Rtable, dst_discard
from webapp.kernel.uapi.rtnetlink import Rtn

if TYPE_CHECKING:
    from webapp.kernel.bridge.br_private import Bridge
    from webapp.kernel.core.skbuff import SkBuff


class FakeRtable(Rtable):
    """A route with DST_FAKE_RTABLE: of no type and without flags, and nothing ever follows it."""

    __slots__ = ()

    def __init__(self, br: Bridge) -> None:
        super().__init__(br.dev, 0, Rtn.UNSPEC, dst_discard, dst_discard)


def bridge_parent_rtable(br: Bridge) -> FakeRtable:
    """bridge_parent_rtable: the bridge's own fake route."""
    if br.fake_rtable is None:
        br.fake_rtable = FakeRtable(br)
    return br.fake_rtable


def br_drop_fake_rtable(skb: SkBuff) -> None:
    """br_drop_fake_rtable: before a frame leaves the bridge, up or out."""
    if isinstance(skb.dst, FakeRtable):
        skb.dst = None
