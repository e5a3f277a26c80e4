"""Rename: every word that means the thing says its new name; a name in other text stays."""

from __future__ import annotations

from webapp.workshop.arrangement import places_of_device, places_of_namespace
from webapp.workshop.draft import Draft
from webapp.workshop.names import check_device, check_netns
from webapp.workshop.operations import Item, OperationError, Rename
from webapp.workshop.run import Thing, shown


def rename(draft: Draft, operation: Rename) -> None:
    """Another name for a namespace or a device. OperationError where the name is one of the script's already."""
    item, name = operation.item, operation.name
    thing = _thing(draft, item)
    if name == thing.name:
        return
    uses = [reference for _, reference in draft.run.uses(thing) if reference.name == thing.name]
    if item.kind == "namespace":
        check_netns(name)
        taken = draft.names.taken_netns(name)
        places = places_of_namespace(draft.document, thing.name)
        draft.made.append(Item("namespace", name))
    else:
        check_device(name)
        taken = any(draft.names.taken_device(netns, name) for netns in {item.netns, *(use.netns for use in uses)})
        places = places_of_device(draft.document, item.netns, thing.name)
        draft.made.append(Item("device", item.netns, name))
    if taken:
        raise OperationError(f"The script says {name} there already. Choose another name.")
    if not any(use.made or use.name == thing.name for use in uses):
        raise OperationError(f"No command of the script says {thing.name}. Name it in the command that makes it.")
    for start, end in sorted({(use.start, use.end) for use in uses} | set(places)):
        draft.replace(start, end, name)


def _thing(draft: Draft, item: Item) -> Thing:
    if item.kind == "namespace" and item.netns:
        return draft.run.need_net(item.netns)
    if item.kind != "device":
        raise OperationError(f"{shown(item.netns)} has no name to change. Choose a namespace or a device.")
    dev = draft.run.need(item.netns, item.dev)
    if dev is dev.net.loopback:
        raise OperationError("lo keeps its name. Choose another device.")
    return dev
