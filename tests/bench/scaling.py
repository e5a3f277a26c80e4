"""The cost of a packet as a lab grows: namespaces, set elements, rules; and what a large ruleset costs to load.

Both sizes are measured in turns, so that whatever else the machine does meets both.
"""

from collections.abc import Iterator

from tests.bench.kernel import on_kernel
from tests.bench.redirect import FRAMES, UNLIMITED, built, sent
from tests.bench.table import MICROSECONDS, MILLISECONDS, Row, best, computed
from webapp.kernel.boot import add_namespace
from webapp.lab.lab import Lab
from webapp.livekernel import real

TURNS = 7
RULES = 1000
CHAIN = 'type filter hook ingress device "vethc" priority 1'


def rows() -> Iterator[Row]:
    """Measures, row by row."""
    yield _ratio("a packet at 10,000 namespaces / at 10", namespaces(10), namespaces(10_000), 1.1)
    yield _ratio("a packet with 100,000 set elements / with 10", elements(10), elements(100_000), 1.2)
    yield from _per_rule()
    yield from _loading()


def namespaces(count: int) -> Lab:
    """The redirect lab on a machine of ``count`` namespaces."""
    lab = built()
    for number in range(count - len(lab.machine.namespaces)):
        add_namespace(lab.machine, f"ns{number}")
    return lab


def elements(count: int) -> Lab:
    """The redirect lab, each packet looked for in a set of ``count`` addresses that does not hold it."""
    listed = ", ".join(_address(number) for number in range(count))
    return _with_table(
        f"\tset s {{ type ipv4_addr; elements = {{ {listed} }} }}\n\tchain c {{ {CHAIN}; ip saddr @s drop; }}\n"
    )


def rules(count: int) -> Lab:
    """The redirect lab, each packet past ``count`` rules that do not match it."""
    return _with_table(f"\tchain c {{\n\t\t{CHAIN}\n{_rules(count)}\t}}\n")


def _rules(count: int) -> str:
    return "".join(f"\t\tip saddr {_address(number)} drop\n" for number in range(count))


def _address(number: int) -> str:
    return f"172.{16 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


def _with_table(body: str) -> Lab:
    lab = built()
    entries = lab.append(f"ip netns exec container nft -f - <<'X'\ntable netdev b {{\n{body}}}\nX\n")
    assert entries[-1].code == 0, entries[-1].output
    return lab


def _seconds(small: Lab, large: Lab) -> tuple[float, float]:
    """Seconds for FRAMES through each lab, the best of several turns."""
    sent(small), sent(large)
    turns = [(sent(small), sent(large)) for _ in range(TURNS)]
    return min(turn[0] for turn in turns), min(turn[1] for turn in turns)


def _ratio(name: str, small: Lab, large: Lab, goal: float) -> Row:
    first, second = _seconds(small, large)
    ratio = second / first
    return Row(name, f"{ratio:.2f}", f"<= {goal}", ratio <= goal)


def _per_rule() -> Iterator[Row]:
    """Linear: a rule among a thousand costs what a rule among a hundred does."""
    ten, hundred = _seconds(rules(10), rules(100))
    _, thousand = _seconds(rules(10), rules(RULES))
    among_hundred = (hundred - ten) / FRAMES / 90 * MICROSECONDS
    among_thousand = (thousand - ten) / FRAMES / (RULES - 10) * MICROSECONDS
    yield Row("a rule that does not match, among 100", f"{among_hundred:.2f} µs")
    yield Row("the same among 1,000", f"{among_thousand:.2f} µs", "<= 1.5 µs", among_thousand <= 1.5)


def _loading() -> Iterator[Row]:
    script = f"nft -f - <<'X'\ntable ip b {{\n\tchain c {{\n{_rules(RULES)}\t}}\n}}\nX\n"

    def model() -> float:
        lab = Lab(limits=UNLIMITED)
        seconds = computed(lambda: lab.append(script))
        assert lab.entries[-1].code == 0, lab.entries[-1].output
        return seconds

    yield Row("1,000 rules loaded, model", f"{best(5, model) * MILLISECONDS:.0f} ms")
    if reason := real.obstacle():
        yield Row("the same by nft -f, this kernel", "not run", reason)
    else:
        yield Row("the same by nft -f, this kernel", f"{best(5, lambda: on_kernel(script)) * MILLISECONDS:.0f} ms")
