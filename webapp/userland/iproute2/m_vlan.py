"""The action vlan (tc/m_vlan.c)."""

from __future__ import annotations

from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q
from webapp.kernel.uapi.pkt_cls import TC_ACT_PIPE
from webapp.kernel.uapi.pkt_sched import Action, TcGen, VlanAction, VlanOptions
from webapp.userland.iproute2.arguments import Arguments, get_unsigned, invarg, matches
from webapp.userland.iproute2.inet_prefix import ll_addr_a2n, ll_addr_n2a
from webapp.userland.iproute2.ll_proto import ll_proto_a2n, ll_proto_n2a
from webapp.userland.iproute2.tc_common import (
    Illegal,
    Tc,
    next_arg,
    parse_action_control_dflt,
    parse_index,
    sprint_action_control,
    sprint_tm,
    usage,
)

EXPLANATION = """\
Usage: vlan pop [CONTROL]
       vlan push [ protocol VLANPROTO ] id VLANID [ priority VLANPRIO ] [CONTROL]
       vlan modify [ protocol VLANPROTO ] id VLANID [ priority VLANPRIO ] [CONTROL]
       vlan pop_eth [CONTROL]
       vlan push_eth dst_mac LLADDR src_mac LLADDR [CONTROL]
       VLANPROTO is one of 802.1Q or 802.1AD
            with default: 802.1Q
       CONTROL := reclassify | pipe | drop | continue | pass |
                  goto chain <CHAIN_INDEX>
"""

_ACTIONS = {
    "pop": VlanAction.POP,
    "push": VlanAction.PUSH,
    "modify": VlanAction.MODIFY,
    "pop_eth": VlanAction.POP_ETH,
    "push_eth": VlanAction.PUSH_ETH,
}
_NAMES = {action: name for name, action in _ACTIONS.items()}
_WITH_TAG = (VlanAction.PUSH, VlanAction.MODIFY)


class _Line:
    """What the words said so far."""

    def __init__(self) -> None:
        self.action = VlanAction.NONE
        self.vid: int | None = None
        self.protocol: int | None = None
        self.priority: int | None = None
        self.dst: bytes | None = None
        self.src: bytes | None = None

    def need_tag(self, word: str) -> None:
        """The word belongs to push and modify."""
        if self.action not in _WITH_TAG:
            invarg("only valid for push/modify", word)

    def need_push_eth(self, word: str) -> None:
        """The word belongs to push_eth."""
        if self.action != VlanAction.PUSH_ETH:
            invarg("only valid for push_eth", word)


def parse_vlan(tc: Tc, args: Arguments) -> VlanOptions:
    """Vlan ACTION … [CONTROL] [index N]."""
    if not matches(args.peek(), "vlan"):
        raise Illegal("")
    next_arg(args)
    line = _Line()
    while args and _word(args, line):
        args.take()
    control = parse_action_control_dflt(args, TC_ACT_PIPE)
    index = parse_index(args, "vlan: ")
    name = _NAMES.get(line.action, "")
    if line.action in _WITH_TAG and line.vid is None:
        raise Illegal(f"id needs to be set for {name}\n{EXPLANATION}")
    if line.action == VlanAction.PUSH_ETH:
        for missing, value in (("dst_mac", line.dst), ("src_mac", line.src)):
            if value is None:
                raise Illegal(f"{missing} needs to be set for {name}\n{EXPLANATION}")
    if line.protocol not in (None, ETH_P_8021Q, ETH_P_8021AD):
        raise Illegal(f"protocol not supported\n{EXPLANATION}")
    gen = TcGen(index=index, action=control)
    return VlanOptions(gen, line.action, line.vid, line.protocol, line.priority, line.dst, line.src)


def _word(args: Arguments, line: _Line) -> bool:
    """One word with its value, whose last word stays; False where another word comes."""
    word = args.peek()
    action = next((action for name, action in _ACTIONS.items() if matches(word, name)), None)
    if action is not None:
        if line.action:
            raise Illegal(f'unexpected "{word}" - action already specified\n{EXPLANATION}')
        line.action = action
    elif matches(word, "id"):
        line.need_tag(word)
        line.vid = _or_invarg(get_unsigned(next_arg(args), 0xFFFF), "id is invalid", args)
    elif matches(word, "protocol"):
        line.need_tag(word)
        line.protocol = _or_invarg(ll_proto_a2n(next_arg(args)), "protocol is invalid", args)
    elif matches(word, "priority"):
        line.need_tag(word)
        line.priority = _or_invarg(get_unsigned(next_arg(args), 7), "prio is invalid", args)
    elif matches(word, "dst_mac"):
        line.need_push_eth(word)
        line.dst = ll_addr_a2n(next_arg(args)).ljust(6, b"\0")[:6]
    elif matches(word, "src_mac"):
        line.need_push_eth(word)
        line.src = ll_addr_a2n(next_arg(args)).ljust(6, b"\0")[:6]
    elif matches(word, "help"):
        usage(EXPLANATION)
    else:
        return False
    return True


def _or_invarg(number: int | None, complaint: str, args: Arguments) -> int:
    if number is None:
        invarg(complaint, args.peek())
    return number


def print_vlan(tc: Tc, action: Action) -> str:
    """Two lines: what happens, and numbers."""
    assert isinstance(action.options, VlanOptions)
    options, gen = action.options, action.options.gen
    text = f"vlan  {_NAMES[options.v_action]}"
    if options.v_action in _WITH_TAG:
        text += f" id {options.vid}"
        if options.protocol is not None:
            text += f" protocol {ll_proto_n2a(options.protocol)}"
        if options.priority is not None:
            text += f" priority {options.priority}"
    if options.eth_dst is not None and options.eth_src is not None:
        text += f" dst_mac {ll_addr_n2a(options.eth_dst)} src_mac {ll_addr_n2a(options.eth_src)}"
    text += f" {sprint_action_control(gen.action)}{tc.newline}"
    text += f"\t index {gen.index} ref {gen.refcnt} bind {gen.bindcnt}"
    if tc.show_stats and action.times is not None:
        text += sprint_tm(action.times)
    return text + tc.newline
