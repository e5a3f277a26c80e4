"""nat, masquerade, redirect and tproxy."""

from __future__ import annotations

from typing import Any

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.productions.production import Args, at

_NAT_FLAGS = {
    "random": uapi.NF_NAT_RANGE_PROTO_RANDOM,
    "fully-random": uapi.NF_NAT_RANGE_PROTO_RANDOM_FULLY,
    "persistent": uapi.NF_NAT_RANGE_PERSISTENT,
}


class NatActions:
    """Addresses and ports that replace the packet's."""

    def nat_stmt(self, args: Args, loc: Location) -> st.Stmt:
        given = dict(args[1][0])
        flags = given.pop("flags", 0)
        for more in args[1][1:]:
            flags = more
        return st.NatStmt(st.NatType(args[0].text), flags=flags | given.pop("netmap", 0), **given, location=at(args[0]))

    def nat_addr(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"addr": args[0]}

    def nat_to(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"addr": args[1]}

    def nat_family_to(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"family": args[0], "addr": args[2]}

    def nat_addr_port(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"addr": args[0], "proto": args[2]}

    def nat_to_port(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"addr": args[1], "proto": args[3]}

    def nat_family_to_port(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"family": args[0], "addr": args[2], "proto": args[4]}

    def nat_port(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"proto": args[1]}

    def nat_port_to(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"proto": args[2]}

    def nat_concat(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"family": args[0], "addr": args[5], "type_flags": st.NAT_F_CONCAT}

    def nat_interval(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"family": args[0], "addr": args[3]}

    def nat_interval_bare(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"addr": args[2]}

    def nat_prefix(self, args: Args, loc: Location) -> dict[str, Any]:
        return {
            "family": args[0],
            "addr": args[3],
            "type_flags": st.NAT_F_PREFIX,
            "netmap": uapi.NF_NAT_RANGE_NETMAP,
        }

    def nat_prefix_bare(self, args: Args, loc: Location) -> dict[str, Any]:
        return {"addr": args[2], "type_flags": st.NAT_F_PREFIX, "netmap": uapi.NF_NAT_RANGE_NETMAP}

    def nat_flag(self, args: Args, loc: Location) -> int:
        return _NAT_FLAGS[args[0].text]

    def masq_stmt(self, args: Args, loc: Location) -> st.Stmt:
        proto, flags = args[1] if len(args) > 1 else (None, 0)
        return st.NatStmt(st.NatType.MASQUERADE, None, proto, flags, location=at(args[0]))

    def redir_stmt(self, args: Args, loc: Location) -> st.Stmt:
        proto, flags = args[1] if len(args) > 1 else (None, 0)
        return st.NatStmt(st.NatType.REDIRECT, None, proto, flags, location=at(args[0]))

    def masq_port(self, args: Args, loc: Location) -> tuple[ex.Expr, int]:
        return args[2], args[3] if len(args) > 3 else 0

    def masq_flags(self, args: Args, loc: Location) -> tuple[None, int]:
        return None, args[0]

    def redir_to(self, args: Args, loc: Location) -> tuple[ex.Expr, int]:
        return args[1], args[2] if len(args) > 2 else 0

    def tproxy(self, args: Args, loc: Location) -> st.Stmt:
        addr, port = args[2]
        return st.TproxyStmt(addr, port, location=loc)

    def tproxy_family(self, args: Args, loc: Location) -> st.Stmt:
        addr, port = args[3]
        return st.TproxyStmt(addr, port, args[1], location=loc)

    def tproxy_addr(self, args: Args, loc: Location) -> tuple[ex.Expr | None, ex.Expr | None]:
        return args[0], None

    def tproxy_port(self, args: Args, loc: Location) -> tuple[ex.Expr | None, ex.Expr | None]:
        return None, args[1]

    def tproxy_addr_port(self, args: Args, loc: Location) -> tuple[ex.Expr | None, ex.Expr | None]:
        return args[0], args[2]
