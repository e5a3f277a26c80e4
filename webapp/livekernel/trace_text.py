"""Lines of ``nft monitor trace`` as text that can be compared: without what no two runs share."""

import re
from collections.abc import Callable

from webapp.livekernel.nft_text import normalise

# Packet ids, echo ids, flow labels, ports of the kernel's choice, and the times that ping sends.
_NOISE = (
    (re.compile(r"\b(ip id|icmp id|ip6 flowlabel) \d+"), r"\1 N"),
    (re.compile(r"\b([ds]port) (?:3[2-9]|[45]\d|60)\d{3}\b"), r"\1 PORT"),
    (re.compile(r"(icmp sequence \d+ @th,\d+,\d+) 0x[0-9a-f]+"), r"\1"),
    # an echo's id and number, which nft 1.0.6 takes for this field of IPv6's errors
    (
        re.compile(r"(icmpv6 type echo-\w+ icmpv6 code \S+ icmpv6 parameter-problem) \d+ (@th,\d+,\d+) 0x[0-9a-f]+"),
        r"\1 \2",
    ),
)
_RAW = re.compile(r"@(nh|th),0,(\d+) 0x([0-9a-f]+)")

_EPHEMERAL = range(0x7D00, 0xEE48)
_HIDDEN = {
    1: ((4, 12), (16, 40)),
    58: ((4, 12), (16, 40)),
    17: ((12, 16),),
    6: ((8, 24), (32, 36)),
}
"""Of a transport header by its protocol, the hexadecimal digits that are chance: checksums, ids, times, sequences."""


def normalise_trace(text: str) -> str:
    """What stands behind ``trace id ID FAMILY TABLE``."""
    for pattern, replacement in _NOISE:
        text = pattern.sub(replacement, text)
    return normalise(_RAW.sub(_raw(), text))


def _raw() -> Callable[[re.Match[str]], str]:
    """Hides what is chance in headers that nft did not take apart; the transport header's is known by the network's."""
    protocol = 0

    def hide(match: re.Match[str]) -> str:
        nonlocal protocol
        layer, bits, digits = match.groups()
        digits = digits.zfill(int(bits) // 4)
        hidden = _HIDDEN.get(protocol, ())
        if layer == "nh":
            hidden = {"4": ((8, 12), (20, 24)), "6": ((3, 8),)}.get(digits[0], ())
            at = {"4": 18, "6": 12}.get(digits[0])
            protocol = int(digits[at : at + 2], 16) if at is not None else 0
        elif protocol in (6, 17):
            digits = "".join("PORT" if int(port, 16) in _EPHEMERAL else port for port in _ports(digits)) + digits[8:]
        for start, end in hidden:
            digits = digits[:start] + "?" * len(digits[start:end]) + digits[end:]
        return f"@{layer},0,{bits} 0x{digits}"

    return hide


def _ports(digits: str) -> tuple[str, str]:
    return digits[:4], digits[4:8]
