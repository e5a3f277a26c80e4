"""Random tc filters for a network."""

from __future__ import annotations

from collections.abc import Iterator

from tests.live.networks import Device, Feature, Network

# cBPF: offsets count from the Ethernet header; 4294963220 is the packet's mark.
_FIRST_PORT = "48 0 0 34"
_LOADS = (
    "48 0 0 23",
    "48 0 0 22",
    "40 0 0 12",
    "40 0 0 16",
    "32 0 0 30",
    _FIRST_PORT,
    "128 0 0 0",
    "32 0 0 4294963220",
)
_TESTS = ("21", "37", "53", "69")
_OPERANDS = (0, 1, 2, 5, 6, 8, 17, 53, 62, 63, 64, 84, 98, 300, 2048, 2054, 167772162, 167772163)
_RETURNS = ("0", "2", "4294967295", "4294967295", "3")
_REJECTING = ("0", "4294967295", "65537")


def filters(net: Network) -> Iterator[str]:
    """The commands that add clsact qdiscs and filters, on some of the devices."""
    rng = net.rng
    for device in list(net.devices):
        started = device in clsact_devices(net)
        # which qdisc a queue starts with is the kernel's configuration
        if device.name == "ifb0" or (not started and rng.random() < 0.55):
            continue
        if not started:
            yield f"tc -n {device.netns} qdisc add dev {device.name} clsact"
        for side in ("ingress", "egress"):
            for _ in range(rng.choice((0, 1, 1, 2))):
                text = _filter(net, device, side)
                if text:
                    yield f"tc -n {device.netns} filter add dev {device.name} {side} {text}"


def clsact_devices(net: Network) -> list[Device]:
    """The devices that have a clsact, as far as the commands say."""
    text = "\n".join(net.commands)
    return [one for one in net.devices if f"tc -n {one.netns} qdisc add dev {one.name} clsact" in text]


def _filter(net: Network, device: Device, side: str) -> str:
    rng = net.rng
    kinds = [kind for kind, feature in ((_u32, Feature.U32), (_bpf, Feature.BPF)) if feature in net.features]
    if not kinds:
        return ""
    body = rng.choice(kinds)(net, device, side)
    pref = f" pref {rng.randint(1, 50)}" if rng.random() < 0.5 else ""
    return body and f"protocol {rng.choice(('all', 'all', 'ip', 'ip', 'ip', 'arp'))}{pref} {body}"


def _u32(net: Network, device: Device, side: str) -> str:
    action = _action(net, device, side)
    if not action:
        action = net.rng.choice(("flowid 1:1", "classid 1:2"))
    return f"u32 {_selectors(net)} {action}"


def _selectors(net: Network) -> str:
    rng = net.rng
    host = rng.choice(net.hosts).host
    selectors = (
        "match u32 0 0",
        f"match ip dst {host}/32",
        f"match ip src {host}/32",
        "match ip dst 10.0.0.0/8",
        f"match ip protocol {rng.choice((1, 6, 17))} 0xff",
        f"match u8 {rng.choice((0x40, 0x3F))} 0xff at 8",
        f"match u8 {rng.choice((0, 8))} 0xff at 20",
        f"match u16 {rng.choice((53, 80)):#06x} 0xffff at 22",
        "match ip tos 0 0xff",
        f"match ip dport {rng.choice((53, 80, 2000))} 0xffff",
        "match ip nofrag",
        "match u16 0x0054 0xffff at 2",
    )
    return " ".join(rng.sample(selectors, rng.choice((1, 1, 2))))


def _bpf(net: Network, device: Device, side: str) -> str:
    rng = net.rng
    if rng.random() < 0.25:
        action = _action(net, device, side)
        if action:
            return f"bpf bytecode '{_program(net, _REJECTING)}' {action}"
    return f"bpf da bytecode '{_program(net, _RETURNS)}'"


def _program(net: Network, returns: tuple[str, ...]) -> str:
    rng = net.rng
    # the port that a tunnel sends from is chosen by chance
    loads = [load for load in _LOADS if load != _FIRST_PORT or not any(one.name == "vx" for one in net.devices)]
    if rng.random() < 0.2:
        return f"1,6 0 0 {rng.choice(returns)},"
    load, test, operand = rng.choice(loads), rng.choice(_TESTS), rng.choice(_OPERANDS)
    return f"4,{load},{test} 0 1 {operand},6 0 0 {rng.choice(returns)},6 0 0 {rng.choice(returns)}"


def _action(net: Network, device: Device, side: str) -> str:
    """One or two mirred actions, the first of two a mirror that goes on; "" where none may be."""
    rng = net.rng
    if Feature.MIRRED not in net.features:
        return ""
    if rng.random() < 0.2:
        first = _mirred(net, device, side, "mirror")
        second = _mirred(net, device, side, rng.choice(("mirror", "redirect")))
        return f"{first} pipe {second}" if first and second else first or second
    verb = rng.choice(("mirror", "redirect"))
    action = _mirred(net, device, side, verb)
    if action and verb == "mirror" and rng.random() < 0.4:
        action += rng.choice((" pipe", " continue", " ok", " drop"))
    return action


def _mirred(net: Network, device: Device, side: str, verb: str) -> str:
    rng = net.rng
    target = rng.choice([*net.devices_of(device.netns), net.sink(device.netns)])
    to = rng.choice(("egress", "egress", "ingress"))
    at = (device.netns, device.name, "in" if side == "ingress" else "out")
    if not net.may_redirect(at, (target.netns, target.name, "in" if to == "ingress" else "out")):
        return ""
    return f"action mirred {to} {verb} dev {target.name}"
