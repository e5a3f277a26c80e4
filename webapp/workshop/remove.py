"""Delete: namespaces, devices, what hangs at hooks, and probes."""

from __future__ import annotations

from webapp.workshop.draft import Draft
from webapp.workshop.hooks import STATIONS, chains_of, filters_of, qdiscs_of, stands_at
from webapp.workshop.operations import Delete, Item, OperationError
from webapp.workshop.probes import command_of_probe, companions
from webapp.workshop.references import nft_places
from webapp.workshop.removal import Removal
from webapp.workshop.ruleset import names_in_lists
from webapp.workshop.run import Run, shown
from webapp.workshop.words import ip, netns_exec, tc


def delete(draft: Draft, operation: Delete) -> None:
    """Takes away all items at once."""
    removal = Removal(draft.run)
    for item in operation.items:
        _TAKE[item.kind](removal, item)
    removal.decide(draft)


def _namespace(removal: Removal, item: Item) -> None:
    if not item.netns:
        raise OperationError("The namespace in which the lab starts cannot be deleted. Delete its devices.")
    removal.run.need_net(item.netns)
    removal.namespaces.add(item.netns)
    removal.longer.append(f"ip netns del {item.netns}")


def _device(removal: Removal, item: Item) -> None:
    dev = removal.run.need(item.netns, item.dev)
    if dev is dev.net.loopback:
        raise OperationError("lo cannot be deleted: each namespace has one.")
    port = item.netns, item.dev
    other = next((peer for peer in removal.devices if _peers(removal.run, peer, port)), None)
    if item.netns not in removal.namespaces and other is None:
        removal.devices.append(port)
        removal.longer.append(ip(item.netns, f"link del {item.dev}"))


def _peers(found: Run, one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether one goes with the other: the ends of a cable."""
    cables = {frozenset((cable.a, cable.b)) for cable in found.topology.cables}
    return one == other or frozenset((one, other)) in cables


def _hook(removal: Removal, item: Item) -> None:
    place = STATIONS.get(item.station)
    if place is None:
        raise OperationError(f'Nothing can be taken off "{item.station}".')
    removal.hooks.add((item.netns, item.dev, item.station))
    if place.family == "tc":
        _tc_hook(removal, item, place.hook)
        return
    removal.run.need_net(item.netns)
    found = False
    for index, chain in chains_of(removal.run, item.netns):
        if stands_at(chain, place) and (not item.dev or item.dev in chain.devices):
            found = True
            if len(chain.devices) > 1:
                (start, end), *_ = nft_places(removal.document.commands[index], removal.document.calls[index])
                cuts = names_in_lists(removal.document.text[start:end], chain.part, {item.dev})
                removal.spans += ((start + a, start + b) for a, b in cuts)
            else:
                removal.parts.setdefault(index, []).append(chain.part)
            removal.longer.append(netns_exec(item.netns, f"nft delete chain {chain.family} {chain.table} {chain.name}"))
    if not found:
        raise OperationError(f'Nothing of the script stands at "{item.station}" of {item.dev or shown(item.netns)}.')


def _tc_hook(removal: Removal, item: Item, side: str) -> None:
    found, netns, dev = removal.run, item.netns, item.dev
    here = {index for index, _ in filters_of(found, netns, dev, side)}
    others = {index for index, _ in filters_of(found, netns, dev, "")} - here - removal.removed
    qdiscs = set(qdiscs_of(found, netns, dev))
    if not here and (others or not qdiscs):
        raise OperationError(f"{dev} has no filter at tc {side} that the script adds.")
    removal.removed |= here if others else here | qdiscs
    removal.longer.append(tc(netns, f"filter del dev {dev} {side}" if others else f"qdisc del dev {dev} clsact"))


def _probe(removal: Removal, item: Item) -> None:
    removal.removed |= set(companions(removal.document, command_of_probe(removal.document, item.probe)))


_TAKE = {"namespace": _namespace, "device": _device, "hook": _hook, "probe": _probe}
