"""The kinds of links that bring words of their own (get_link_kind of ip/iplink.c), veth apart: its peer is a link."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.userland.iproute2.ip_common import LinkUtil
from webapp.userland.iproute2.iplink_bridge import BRIDGE_LINK_UTIL
from webapp.userland.iproute2.iplink_bridge_slave import BRIDGE_SLAVE_LINK_UTIL
from webapp.userland.iproute2.iplink_macvlan import MACVLAN_LINK_UTIL
from webapp.userland.iproute2.iplink_vlan import VLAN_LINK_UTIL
from webapp.userland.iproute2.iplink_vxlan import VXLAN_LINK_UTIL

LINK_UTILS: Mapping[str, LinkUtil] = {
    "bridge": BRIDGE_LINK_UTIL,
    "bridge_slave": BRIDGE_SLAVE_LINK_UTIL,
    "dummy": LinkUtil("Usage: ... dummy\n"),
    "ifb": LinkUtil("Usage: ... ifb\n"),
    "macvlan": MACVLAN_LINK_UTIL,
    "vlan": VLAN_LINK_UTIL,
    "vxlan": VXLAN_LINK_UTIL,
}
"""By kind, or for what a master says of its port by its kind with _slave."""
