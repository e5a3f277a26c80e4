"""Random labs: the same seed and features give the same lab, on every machine."""

from __future__ import annotations

from random import Random

from tests.live.filters import filters
from tests.live.networks import EVERY, Feature, Features, network
from tests.live.probes import changes, listings, probes
from tests.live.rules import rulesets

# How often a lab has a feature that is asked for; the others it has more often than not.
_CHANCES = {
    Feature.ARP: 0.12,
    Feature.ARP_FAMILY: 0.4,
    Feature.CHANGES: 0.35,
    Feature.CONNTRACK: 0.4,
    Feature.IFB: 0.1,
    Feature.IPV6: 0.45,
    Feature.MTU: 0.25,
    Feature.NAT: 0.3,
    Feature.POLICY: 0.3,
    Feature.SOCKETS: 0.2,
}
_CHANCE = 0.7


def lab(seed: int, features: Features = EVERY) -> str:
    """The text of a random lab that uses no other features."""
    rng = Random(seed)
    chosen = Features(one for one in Feature if rng.random() < _CHANCES.get(one, _CHANCE) and one in features)
    net = network(rng, chosen)
    net.commands += list(rulesets(net))
    net.commands += list(filters(net))
    net.commands += list(probes(net, rng.choice((2, 3, 4))))
    if Feature.CHANGES in chosen:
        net.commands += list(changes(net))
        net.commands += list(probes(net, rng.choice((1, 2))))
    net.commands += list(listings(net))
    title = f"# random lab, seed {seed}: {net.kind}; {' '.join(sorted(chosen))}"
    return "\n".join((title, *net.commands)) + "\n"
