"""What the words of tools and kernels mean, in plain sentences: one table, so that it can be translated.

Each entry: a pattern that the words must contain, and the sentences; {name} stands for a group of the pattern. The
first entry that fits counts.
"""

from __future__ import annotations

import re


def _entry(pattern: str, text: str) -> tuple[re.Pattern[str], str]:
    return re.compile(pattern), text


EXPLANATIONS = (
    # nft
    _entry(
        r"NAT is only supported for IPv4/IPv6",
        "Only tables of the families ip, ip6 and inet translate addresses: a netdev, bridge or arp chain runs"
        " outside of routing. Put the rule into an ip table.",
    ),
    _entry(
        r"did you mean (?P<what>table|chain|set|map|obj|flowtable)",
        "There is no {what} of this name; one with a similar name exists.",
    ),
    _entry(
        r"Error: syntax error, unexpected end of file",
        "The input ends in the middle of something. Most often a closing brace is missing.",
    ),
    _entry(r"Error: syntax error, unexpected newline, expecting string", "The line ends where a name is needed."),
    _entry(r"Error: syntax error, unexpected newline", "The line ends too early: something has to follow."),
    _entry(
        r"Error: syntax error, unexpected (?P<what>\S+), expecting (?P<wanted>.+)",
        "nft reads up to here, and then needs {wanted}.",
    ),
    _entry(
        r"Error: syntax error, unexpected (?P<what>.+)",
        "nft understands everything up to here, and not this: no rule of its grammar goes on in this way. "
        "Completion (Ctrl Space) lists what may stand here.",
    ),
    _entry(
        r"Error: Statement after terminal statement has no effect",
        "The statement before ends the rule, so this one would never run. Move it in front, or leave it out.",
    ),
    _entry(
        r"Error: conflicting (?:network layer )?protocols specified: (?P<one>\S+) vs\. (?P<other>\S+)",
        "A packet cannot be {one} and {other} at once: use matches of one protocol in a rule.",
    ),
    _entry(
        r"Error: conflicting (?:transport|link) layer protocols specified: (?P<one>\S+) vs\. (?P<other>\S+)",
        "A packet cannot be {one} and {other} at once: use matches of one protocol in a rule.",
    ),
    _entry(
        r"Error: Could not process rule: Operation not supported",
        "The kernel does not do this in this family or at this hook. Statements like fwd belong to netdev "
        "chains, nat statements to nat chains, and reject needs a hook that knows the sender.",
    ),
    _entry(
        r"Error: (?:Could not process rule: )?No such file or directory",
        "What the command names is not there (any more): a table, chain, set or rule. Create it first, and "
        "check family and spelling; without a family nft means ip.",
    ),
    _entry(
        r"Error: Could not process rule: File exists",
        "There is one already. `add` leaves an equal one alone; `create`, and another type of the same name, do not.",
    ),
    _entry(
        r"Error: Could not process rule: Device or resource busy",
        "Something still uses it: a rule jumps to the chain, or a rule names the set. Delete that first.",
    ),
    _entry(
        r"Error: Could not process rule: No such device",
        "The chain is bound to a device that the namespace does not have. Create the device first, or check its name.",
    ),
    _entry(
        r"Error: Could not process rule: Invalid argument",
        "The kernel refuses this combination, although every word of it is known.",
    ),
    _entry(
        r"Error: (?:unknown chain type|chain type)",
        "The types are filter, nat and route; nat and route exist only in ip, ip6 and inet.",
    ),
    _entry(
        r"Error: unknown chain hook",
        "This family has no such hook: netdev has ingress and egress, arp has input and output, ip, ip6 and "
        "inet have prerouting, input, forward, output and postrouting.",
    ),
    _entry(
        r"Error: '?(?P<name>[^' ]+)'? is invalid priority",
        "A priority is a number or a name of this family and hook, such as filter, raw, mangle, dstnat or srcnat.",
    ),
    _entry(
        r"Error: (?:datatype mismatch|Value .* exceeds|Could not parse|Could not resolve hostname|"
        r"Service out of range)",
        "The value does not belong to what it is compared with: an address with addresses, a number that fits"
        " with numbers.",
    ),
    # iproute2
    _entry(
        r'(?:Cannot find device|Device) "(?P<name>[^"]+)"',
        "The namespace has no device {name}. Names count per namespace: the other end of a veth may live in "
        "another one.",
    ),
    _entry(
        r"Cannot open network namespace \"(?P<name>[^\"]+)\"",
        "There is no namespace {name} (yet). `ip netns add {name}` makes it.",
    ),
    _entry(
        r'argument "(?P<name>[^"]+)" is wrong: Device does not exist',
        "The namespace has no device {name}. Names count per namespace.",
    ),
    _entry(
        r'argument "(?P<name>[^"]+)" is wrong: (?:Invalid )?"?netns"?',
        "There is no namespace {name} (yet). `ip netns add {name}` makes it.",
    ),
    _entry(
        r'argument "(?P<name>[^"]+)" is wrong: "(?:name|dev)" not a valid ifname',
        "A device's name has at most 15 characters, and no blank or slash.",
    ),
    _entry(r'argument "(?P<name>[^"]+)" is wrong', "{name} is no value that this option takes."),
    _entry(
        r'(?:any valid|inet|inet6) (?:prefix|address) is expected rather than "(?P<name>[^"]+)"',
        "{name} is no address: write it like 10.0.0.1, with /24 behind it where a network is meant.",
    ),
    _entry(
        r'either "(?P<key>[^"]+)" is duplicate, or "(?P<name>[^"]+)" is a garbage',
        "{name} is no word of this command, so it is taken for another {key}. Check its spelling.",
    ),
    _entry(r'(?:Object|Command) "(?P<name>[^"]+)" is unknown', "There is no {name} here. Check its spelling."),
    _entry(r"Command line is not complete", "The last word needs a value behind it."),
    _entry(
        r'Not enough information: "dev" argument is required',
        "The command does not say which device: add `dev NAME`.",
    ),
    _entry(
        r"Error: Parent Qdisc doesn't exists",
        "Filters need a qdisc to hang on. `tc qdisc add dev NAME clsact` gives a device one for both directions.",
    ),
    _entry(
        r"Error: Exclusivity flag on, cannot modify",
        "The device has such a qdisc already; `replace` instead of `add` changes it.",
    ),
    _entry(
        r"Error: Filter with specified priority/protocol not found",
        "No filter has this priority and protocol on this side of the device.",
    ),
    _entry(r"Error: TC classifier not found", "The kernel has no classifier of this name."),
    _entry(
        r"Error: Specified filter kind does not match existing one",
        "Filters of one priority are of one kind. Give this one a priority of its own (`pref`).",
    ),
    _entry(
        r"bad action parsing|bad (?:pedit|mirred|police|vlan|skbedit) parsing|parse_action: bad value",
        "tc cannot read the action. Its words have an order: `action mirred egress redirect dev NAME`.",
    ),
    _entry(
        r'Unknown filter "(?P<name>[^"]+)"',
        "{name} is neither a classifier nor a word of tc filter; known are matchall, flower, u32, bpf, fw and basic.",
    ),
    _entry(
        r"Nexthop has invalid gateway",
        "The gateway is not in a network that one of the namespace's devices has an address of, or that "
        "device is down.",
    ),
    _entry(
        r"RTNETLINK answers: Network is (?:unreachable|down)|Error: Nexthop device is not up|"
        r"Device for nexthop is not up",
        "There is no way there at this moment: a device is down, or has no address in that network.",
    ),
    _entry(
        r"(?:ipv[46]: )?Address already assigned|RTNETLINK answers: File exists",
        "There is one already: a device, address, route or neighbour of this name and place.",
    ),
    _entry(r"RTNETLINK answers: No such process", "There is no such route or rule to delete."),
    _entry(r"RTNETLINK answers: No such device", "The namespace has no such device."),
    _entry(
        r"RTNETLINK answers: Cannot assign requested address|ipv[46]: Address not found",
        "The device does not have this address.",
    ),
    _entry(
        r"RTNETLINK answers: Operation not supported|Unknown device type",
        "This kind of device does not do that, or the kernel has none of this kind.",
    ),
    _entry(
        r"RTNETLINK answers: Invalid argument",
        "The kernel refuses this combination, although every word of it is known.",
    ),
    _entry(r"RTNETLINK answers: No such file or directory", "What the command names is not there."),
    _entry(r"Cannot create namespace file .*: File exists", "There is a namespace of this name already."),
    # probes, the shell, the model
    _entry(
        r"ping: connect: Network is unreachable|Network is unreachable",
        "The namespace has no route to this address, so nothing was sent. Add a route, or an address in its network.",
    ),
    _entry(r"Name or service not known", "There are no name servers in a lab: write an address."),
    _entry(r"cannot stat /proc/sys/", "There is no such value, or the model does not have it."),
    _entry(
        r"command not found|exec of .* failed",
        "A lab knows ip, tc, bridge, nft, sysctl, ping, arping, mausezahn, trafgen, nc, tcpdump and a few more.",
    ),
    _entry(
        r"not part of the model|is not modelled|is not supported here",
        "A real machine does this; the model does not, and says so instead of doing something else.",
    ),
    _entry(
        r"here-document is not ended by `(?P<name>.+)'",
        "A line with {name} alone has to end the text that begins here.",
    ),
    _entry(r"unexpected EOF while looking for matching", "A quote that begins here is never closed."),
)
"""By pattern; the first that fits counts."""


PROGRAMS_ARE = {
    "ip": "devices, addresses, routes, neighbours, namespaces",
    "bridge": "ports, forwarding databases and vlans of bridges",
    "tc": "traffic control: qdiscs, filters, actions",
    "nft": "netfilter's rules",
    "ping": "ICMP echo requests",
    "arping": "who has this address, on the link",
    "mausezahn": "frames and packets of one's own",
    "trafgen": "frames byte by byte, past queue and tc",
    "sysctl": "values below net",
    "conntrack": "the table of connections",
    "nat64-preview": "a preview of NAT64, not in Linux",
    "nc": "UDP and TCP by hand",
    "tcpdump": "what a packet socket hears",
    "timeout": "ends a program after a time",
    "sleep": "lets time pass",
    "wait": "for jobs in the background",
    "kill": "a signal to a job",
    "true": "succeeds",
    "false": "fails",
    "echo": "prints its words",
}
"""What each program is for, in a few words."""


def explanation(words: str) -> str:
    """What ``words`` mean and what to do, or nothing."""
    for pattern, text in EXPLANATIONS:
        match = pattern.search(words)
        if match is not None:
            return text.format(**match.groupdict())
    return ""
