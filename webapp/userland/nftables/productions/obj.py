"""Stateful objects: counters, quotas, limits, secmarks, synproxies, and the three kinds of ct objects."""

from __future__ import annotations

from typing import Any

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.obj_type import OBJECT_TYPES
from webapp.userland.nftables.productions.production import Args, Found, Item, at, last, number
from webapp.userland.nftables.productions.sequence import SequenceActions
from webapp.userland.nftables.rule import CT_TIMEOUT_STATES, CmdObj

OBJECTS = {obj.value.removeprefix("ct "): number for obj, number in OBJECT_TYPES.items()}
PROTOCOL_VALUES = {
    "tcp": 6, "udp": 17, "udplite": 136, "esp": 50, "ah": 51, "icmp": 1, "igmp": 2, "icmpv6": 58, "gre": 47,
    "comp": 108, "dccp": 33, "sctp": 132,
}  # fmt: skip
SYNPROXY_FLAGS = {
    "mss": 0x01,
    "maxseg": 0x01,
    "wscale": 0x02,
    "sack-perm": 0x04,
    "sack-permitted": 0x04,
    "timestamp": 0x08,
}


class ObjActions(SequenceActions):
    """The items of their blocks."""

    def counter_config(self, args: Args, loc: Location) -> Item:
        return "data", uapi.Counter(bytes=number(args[3]), packets=number(args[1])), loc

    def quota_config(self, args: Args, loc: Location) -> Item:
        return "data", uapi.Quota(number(args[1]) * args[2], args[0], args[3]), loc

    def limit_config(self, args: Args, loc: Location) -> Item:
        limit = args[1]
        return "data", uapi.Limit(limit.rate, limit.unit, limit.burst, limit.type, limit.flags), loc

    def secmark_item(self, args: Args, loc: Location) -> list[Any]:
        return self.item([args[0], ("data", uapi.Secmark(args[1].text), loc)], loc)

    def synproxy_config(self, args: Args, loc: Location) -> Item:
        return "data", uapi.Synproxy(number(args[1]), number(args[3]), 3 | args[4] | args[5]), loc

    def synproxy_config_lines(self, args: Args, loc: Location) -> Item:
        return "data", uapi.Synproxy(number(args[1]), number(args[4]), 3 | args[6] | args[7]), loc

    def synproxy_timestamp(self, args: Args, loc: Location) -> int:
        return SYNPROXY_FLAGS["timestamp"]

    def synproxy_sack_perm(self, args: Args, loc: Location) -> int:
        return SYNPROXY_FLAGS["sack-perm"]

    def ct_helper_type(self, args: Args, loc: Location) -> Item:
        return "helper", (args[1].text, PROTOCOL_VALUES[args[3].text]), loc

    def ct_l3proto(self, args: Args, loc: Location) -> Item:
        return "l3proto", args[1], loc

    def ct_protocol(self, args: Args, loc: Location) -> Item:
        return "protocol", PROTOCOL_VALUES[args[1].text], loc

    def ct_timeout_policy(self, args: Args, loc: Location) -> Item:
        return "policy", args[3], loc

    def timeout_state(self, args: Args, loc: Location) -> tuple[str, int, Location]:
        return args[0].text, args[2], at(args[0])

    def ct_expect_dport(self, args: Args, loc: Location) -> Item:
        return "dport", number(args[1]), loc

    def ct_expect_timeout(self, args: Args, loc: Location) -> Item:
        return "timeout", args[1], loc

    def ct_expect_size(self, args: Args, loc: Location) -> Item:
        return "size", number(args[1]), loc


def _counter(found: Found) -> uapi.ObjData:
    return last(found, "data", uapi.Counter())


def _data(found: Found) -> uapi.ObjData:
    return last(found, "data")


def _ct_helper(found: Found) -> uapi.ObjData:
    name, protocol = last(found, "helper", ("", 0))
    return uapi.CtHelper(name, last(found, "l3proto", 0), protocol)


def _ct_timeout(found: Found) -> uapi.ObjData:
    protocol = last(found, "protocol", 0)
    states = CT_TIMEOUT_STATES.get(protocol, {})
    given: dict[int, int] = {}
    for name, seconds, location in last(found, "policy", ()):
        if name not in states:
            raise NftError(f"invalid state name for protocol {'tcp' if protocol == 6 else 'udp'}", location)
        given[states[name][0]] = seconds
    return uapi.CtTimeout(last(found, "l3proto", 0), protocol, tuple(sorted(given.items())))


def _ct_expect(found: Found) -> uapi.ObjData:
    return uapi.CtExpect(
        last(found, "l3proto", 0),
        last(found, "protocol", 0),
        last(found, "dport", 0),
        last(found, "timeout", 0),
        last(found, "size", 0),
    )


OBJECT_OF = {
    CmdObj.COUNTER: _counter,
    CmdObj.QUOTA: _data,
    CmdObj.LIMIT: _data,
    CmdObj.SECMARK: _data,
    CmdObj.SYNPROXY: _data,
    CmdObj.CT_HELPER: _ct_helper,
    CmdObj.CT_TIMEOUT: _ct_timeout,
    CmdObj.CT_EXPECT: _ct_expect,
}
"""What makes an object of its block's items."""
