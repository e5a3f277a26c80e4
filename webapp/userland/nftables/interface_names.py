"""The interfaces of a namespace by name and by number, as if_nametoindex(3) and if_indextoname(3) give them."""

from __future__ import annotations

from webapp.kernel.core.net_namespace import Net


class InterfaceNames:
    """Those of one namespace, as they are when somebody asks."""

    def __init__(self, net: Net) -> None:
        self.net = net

    def ifindex(self, name: str) -> int | None:
        device = self.net.devices.get(name)
        return None if device is None else device.ifindex

    def ifname(self, ifindex: int) -> str | None:
        device = self.net.by_index.get(ifindex)
        return None if device is None else device.name
