"""What the objects of ``bridge`` share (bridge/br_common.h)."""

from __future__ import annotations

from typing import Any, NoReturn

from webapp.kernel.core.rtnetlink import rtnetlink_rcv_msg
from webapp.kernel.errno import KernelError
from webapp.userland.iproute2.arguments import USAGE, Exit
from webapp.userland.iproute2.ip_common import Ip, rtnl_error


def talk(ip: Ip, request: Any, code: int = USAGE) -> Any:
    """The kernel's answer; where it refuses, the program ends with its words and ``code``: what it returns is -1."""
    try:
        return rtnetlink_rcv_msg(ip.net, request)
    except KernelError as error:
        raise Exit(code, rtnl_error(error)) from error


def nodev(dev: str) -> NoReturn:
    """There is no such device; the program returns what nodev does, -1."""
    raise Exit(USAGE, f'Cannot find device "{dev}"\n')


def no_bridge(dev: str) -> NoReturn:
    """The same in other words."""
    raise Exit(USAGE, f'Cannot find bridge device "{dev}"\n')


def atoi(text: str) -> int:
    """C's atoi: the number at the beginning, 0 where there is none."""
    digits = text.lstrip()
    sign = digits[:1] in ("-", "+")
    end = len(digits) - len(digits[sign:].lstrip("0123456789")) if digits[sign:] else 0
    number = digits[:end]
    return int(number) if number.lstrip("+-") else 0
