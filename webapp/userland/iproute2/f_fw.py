"""The classifier fw (tc/f_fw.c)."""

from __future__ import annotations

from webapp.kernel.uapi.pkt_sched import Action, FilterInfo, FwOptions
from webapp.userland.iproute2.arguments import Arguments, get_unsigned, matches
from webapp.userland.iproute2.m_action import parse_action, parse_old_police, print_old_police, tc_print_action
from webapp.userland.iproute2.tc_common import Illegal, Tc, get_tc_classid, next_arg, sprint_tc_classid

EXPLANATION = """\
Usage: ... fw [ classid CLASSID ] [ indev DEV ] [ action ACTION_SPEC ]
\tCLASSID := Push matching packets to the class identified by CLASSID with format X:Y
\t\tCLASSID is parsed as hexadecimal input.
\tDEV := specify device for incoming device classification.
\tACTION_SPEC := Apply an action on matching packets.
\tNOTE: handle is represented as HANDLE[/FWMASK].
\t\tFWMASK is 0xffffffff by default.
"""

_ALL_BITS = 0xFFFFFFFF


def parse_handle(text: str) -> tuple[int, int | None]:
    """MARK[/MASK]."""
    mark_text, slash, mask_text = text.partition("/")
    mark = get_unsigned(mark_text)
    if mark is None:
        raise Illegal('Illegal "handle"\n')
    if not slash:
        return mark, None
    mask = get_unsigned(mask_text)
    if mask is None:
        raise Illegal('Illegal "handle" mask\n')
    return mark, mask


def parse_fw(tc: Tc, args: Arguments, mask: int | None) -> FwOptions | None:
    """[classid ID] [indev DEV] [action …]; without words there are no options, and no mask either."""
    if not args:
        return None
    classid: int | None = None
    indev: str | None = None
    actions: tuple[Action, ...] = ()
    police = False
    while args:
        word = args.peek()
        if matches(word, "classid") or matches(word, "flowid"):
            classid = get_tc_classid(next_arg(args))
            if classid is None:
                raise Illegal('Illegal "classid"\n')
            args.take()
        elif matches(word, "police"):
            next_arg(args)
            actions, police = parse_old_police(args), True
        elif matches(word, "action"):
            next_arg(args)
            try:
                actions = parse_action(tc, args)
            except Illegal as illegal:
                raise Illegal(f'{illegal.message}Illegal fw "action"\n') from illegal
        elif word == "indev":
            args.take()
            if not args:
                raise Illegal("Illegal indev\n")
            indev = args.take()[:16]
        elif word == "help":
            raise Illegal(EXPLANATION)
        else:
            raise Illegal(f'What is "{word}"?\n{EXPLANATION}')
    return FwOptions(actions, classid, mask, indev, police)


def print_fw(tc: Tc, info: FilterInfo) -> str:
    """One line, and the actions, before which there is an empty line even with -oneline."""
    options = info.options
    assert isinstance(options, FwOptions)
    text = ""
    if info.handle or options.mask is not None:
        mask = f"/0x{options.mask:x}" if options.mask not in (None, _ALL_BITS) else ""
        text += f"handle 0x{info.handle:x}{mask} "
    if options.classid is not None:
        text += f"classid {sprint_tc_classid(options.classid)} "
    if options.police:
        text += print_old_police(tc, options.actions)
    if options.indev is not None:
        text += f"input dev {options.indev} "
    if options.actions and not options.police:
        text += f"\n{tc_print_action(tc, options.actions)}"
    return text
